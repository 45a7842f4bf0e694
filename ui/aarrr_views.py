"""What the AARRR page shows: five stages in a row, the ladder, trends."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import aarrr as charts
from analytics.i18n import format_count, format_money
from analytics.models.aarrr import Result
from analytics.models.aarrr_findings import STAGE_NAMES
from ui import result, target_list
from ui.i18n import lang, literal, t


def stages(answer: Result) -> None:
    """A card per stage: the number, its base, and in words what it counts."""
    with st.container(key="stages"):
        cards = st.columns(len(answer.stages), border=True, gap="xsmall")
    for card, row in zip(cards, answer.stages.to_dict("records"), strict=True):
        stage = str(row["stage"])
        number, base = _figures(stage, row)
        words = answer.why_missing.get(stage, answer.definitions[stage])
        with card.container(gap="xxsmall"):
            st.metric(t(STAGE_NAMES[stage]), number)
            if base:
                st.markdown(f":small[{literal(base)}]")
            st.caption(literal(t(words)))


def _figures(stage: str, row: dict[Any, Any]) -> tuple[str, str]:
    """The big number of a card and the line below it."""
    if row["missing"]:
        return t("无数据"), ""
    if stage == "acquisition":
        return format_count(row["value"], lang()), t("位新客")
    if stage == "revenue" and not math.isnan(row["value"]):
        return format_money(row["value"], lang()), t("人均 {each:money}（{n:int} 位）", each=row["each"], n=row["base"])
    hits = row["payers"] if stage == "revenue" else row["value"]
    words = {
        "activation": t("{n:int} / {base:int} 位新客", n=hits, base=row["base"]),
        "retention": t("{n:int} / {base:int} 人次", n=hits, base=row["base"]),
        "revenue": t("{n:int} / {base:int} 位付过款；没有金额", n=hits, base=row["base"]),
        "referral": t("{n:int} / {base:int} 位", n=hits, base=row["base"]),
    }
    return f"{row['rate']:.1%}", words[stage]


def ladder(answer: Result) -> None:
    """Customers by the furthest stage: a click picks the group for the list."""
    st.markdown(f"**{t('每位客户走到的最远一步')}**")
    figure = charts.ladder(answer, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "aarrr-ladder", alt=t("走到各步的客户数"))
    target_list.pick("aarrr", [key for key in clicked if key in set(answer.segments["segment"])])
    st.caption(t("点一根柱子，下面的名单就只看这一组。"))


def details(answer: Result) -> None:
    """The tabs below the first screen."""
    show: dict[str, Callable[[], None]] = {
        t("趋势"): partial(trends, answer),
        t("每期的数"): partial(numbers, answer),
        t("分组和建议"): partial(result.segment_table, answer),
        t("口径"): partial(result.method_card, answer.method),
    }
    result.tabs("aarrr-tabs", show)


def trends(answer: Result) -> None:
    """Every stage over time."""
    figure = charts.trends(answer, lang=lang(), dark=result.is_dark())
    result.chart(figure, "aarrr-trends", alt=t("各阶段随时间的变化"))
    st.caption(t("空着的是还看不全的：那一期没过完，或者激活天数、下一期还没过完。"))


def numbers(answer: Result) -> None:
    """The trend as a table."""
    table = answer.trend.iloc[::-1]
    labels = [answer.calendar.label(int(period)) for period in table["period"]]
    columns: dict[str, list[str]] = {t("期"): labels}
    for name, label, kind in (
        ("acquired", t("新客"), "int"), ("activation_rate", t("激活率"), "share"), ("active", t("来过的人"), "int"),
        ("retention_rate", t("下一期又来"), "share"), ("payers", t("付过款"), "int"), ("revenue", t("收入"), "money"),
        ("arpu", t("人均收入"), "money"), ("referred", t("推荐来的"), "int"), ("referral_rate", t("推荐率"), "share"),
    ):  # fmt: skip
        if table[name].notna().any():
            columns[label] = [result.worded(value, kind) for value in table[name]]  # type: ignore[arg-type]
    st.dataframe(pd.DataFrame(columns), hide_index=True, placeholder="", key="aarrr-numbers")
    st.caption(t("激活率和下一期又来都按人数算；— 是还看不全，或者这份数据没有。"))
