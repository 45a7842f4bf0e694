"""Two lists that are ready: complaints to answer, and their writers to call, by what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analytics.dataset import Dataset
from analytics.export.lists import Filter, ListSpec, count_rows
from analytics.models.sentiment import Result
from ui.i18n import t
from ui.target_list import ListSource, later

DAYS = 90
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class _Ready:
    key: str
    title: str
    why: str
    spec: ListSpec


def ready_lists(data: Dataset, answered: Result) -> None:
    """A button for each list that the file allows, with how many are on it."""
    source = ListSource("sentiment", data, answered)
    lists = list(_lists(answered))
    st.subheader(t("现成的名单"), anchor=False)
    for place, ready in zip(st.columns(len(lists)), lists, strict=True):
        rows = count_rows(source.roster, ready.spec)
        with place.container(border=True):
            st.markdown(f"**{ready.title}**  {t('{n:int} 条', n=rows)}")
            st.caption(ready.why)
            make: Callable[[], bytes] = later(source, ready.spec, "xlsx")
            st.download_button(
                t("下载 Excel"), data=make, file_name=f"{ready.title}.xlsx", mime=_XLSX, icon=":material/download:",
                on_click="ignore", disabled=rows == 0, key=f"sentiment-ready-{ready.key}",
            )  # fmt: skip
    if "customer_id" in data.main.columns and data.companion("lines") is None:
        st.caption(t("把订单文件也传上来，就有要打电话的客户：差评的买家花过多少、在哪个阶段。"))


def _lists(answered: Result) -> list[_Ready]:
    names = {column.name for column in answered.columns}
    recent = (Filter("days_ago", "between", high=DAYS),) if "days_ago" in names else ()
    open_ = (Filter("replied", "in", ("",)),) if "replied" in names else ()
    why = (
        t("差评，最近 {days:int} 天，还没回复；越确定、越近的越靠前。", days=DAYS)
        if recent and open_
        else t("差评，越确定、越近的越靠前。")
    )
    found = [_Ready("answer", t("要回复的评论"), why, ListSpec(("negative",), (*recent, *open_)))]
    if "customer_value" in names:
        bought = Filter("customer_value", "between", low=0.01)
        text = t("写了差评、在订单里找得到的买家，带上累计消费、上次下单和客户阶段；越急的越靠前。")
        found.append(_Ready("call", t("要打电话的客户"), text, ListSpec(("negative",), (*recent, bought))))
    return found
