"""Two periods or two groups of a funnel beside each other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from analytics.charts import funnel_look as look
from analytics.dataset import Dataset
from analytics.i18n import Text, join, msg, verbatim
from analytics.models import funnel_compare, funnel_look
from analytics.models.funnel import Result
from analytics.models.funnel_compare import Comparison, Days
from ui import cached, result
from ui.i18n import keyed, lang, t
from ui.look import choose_placeholder


def properties(data: Dataset) -> tuple[str, ...]:
    """The columns that make groups, counted once."""
    return cached.remembered("funnel.properties", data, (), lambda: funnel_look.properties(data))


def comparison(data: Dataset, answer: Result) -> None:
    """The tab: what to compare, the finding, the chart."""
    ways = ["periods", "groups"] if properties(data) else ["periods"]
    way = st.segmented_control(
        t("比什么"), ways, default="periods", required=True, label_visibility="collapsed", key="funnel-compare",
        format_func=lambda key: t("两段时间") if key == "periods" else t("两组人"),
    )  # fmt: skip
    found = _periods(data, answer) if way == "periods" else _groups(data, answer)
    if found is None:
        return
    compared, names = found
    result.findings(compared.findings)
    figure = look.comparison(compared, answer, names, lang=lang(), dark=result.is_dark())
    result.chart(figure, "funnel-comparison", alt=t("两边每一步的总转化率"))
    st.caption(t("竖线是 95% 区间（Wilson）；差的区间用 Newcombe 的方法。"))


def _periods(data: Dataset, answer: Result) -> tuple[Comparison, tuple[Text, Text]] | None:
    first, last = data.facts.first_at, answer.end
    if first is None or (last.date() - first.date()).days < 2:
        st.info(t("数据不到三天，分不成两段来比。"))
        return None
    # Entries whose window is over can be compared fairly: the halves of that stretch.
    window = dt.timedelta(days=answer.params.window_days)
    fair = max(first.date() + dt.timedelta(days=1), min(last.date(), (last - window).date()))
    middle = first.date() + (fair - first.date()) / 2
    left, right = st.columns(2)
    a = _days(left, t("第一段（进入日期）"), (first.date(), middle), (first.date(), last.date()), "a")
    b = _days(right, t("第二段（进入日期）"), (middle + dt.timedelta(days=1), fair), (first.date(), last.date()), "b")
    if a is None or b is None:
        st.info(t("每段选开始和结束两天。"))
        return None
    names = (
        msg("{first:date} 至 {last:date}", first=a[0], last=a[1]),
        msg("{first:date} 至 {last:date}", first=b[0], last=b[1]),
    )
    compared = cached.remembered(
        "funnel.periods", data, (answer.params, a, b), lambda: funnel_compare.compare_periods(data, answer, a, b)
    )
    return compared, names


def _days(place: object, label: str, value: Days, bounds: Days, key: str) -> Days | None:
    start, end = min(value), max(value)
    with place:  # type: ignore[attr-defined]
        chosen = st.date_input(
            label, value=(start, end), min_value=bounds[0], max_value=bounds[1], format="YYYY-MM-DD",
            key=f"funnel-period-{key}-{bounds[1]}",
        )  # fmt: skip
    return (chosen[0], chosen[1]) if isinstance(chosen, tuple) and len(chosen) == 2 else None


def _groups(data: Dataset, answer: Result) -> tuple[Comparison, tuple[Text, Text]] | None:
    columns = properties(data)
    column = str(
        st.selectbox(
            t("按进入时的哪个属性分"),
            columns,
            format_func=lambda name: t(data.label(name)),
            key=keyed("funnel-group-by"),
        )
    )
    frame = cached.remembered(
        "funnel.breakdown", data, (answer.params, column, "first"),
        lambda: funnel_look.breakdown(data, answer, column, "first"),
    )  # fmt: skip
    values = [str(value) for value in frame["value"] if value != funnel_look.OTHER]
    if len(values) < 2:
        st.info(t("这一列只有一种值，分不成两组。"))
        return None
    left, right = st.columns(2)
    words: dict[str, Any] = {"placeholder": choose_placeholder(), "format_func": lambda value: value or t("（空）")}
    a = left.multiselect(t("甲组"), values, default=values[:1], key=f"funnel-group-a-{column}", **words)
    b = right.multiselect(t("乙组"), values, default=values[1:2], key=f"funnel-group-b-{column}", **words)
    if not a or not b or set(a) & set(b):
        st.info(t("两边各选至少一个值，不能重复。"))
        return None
    names = (_name(a), _name(b))
    compared = cached.remembered(
        "funnel.groups", data, (answer.params, column, tuple(a), tuple(b)),
        lambda: funnel_compare.compare_groups(data, answer, column, (a, b), names),
    )  # fmt: skip
    return compared, names


def _name(values: list[str]) -> Text:
    return join([verbatim(value) if value else msg("（空）") for value in values])
