"""The charts and tables of the lifecycle page, each computed only when its tab is open."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts import lifecycle as charts
from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.export.lists import Filter, ListSpec, build_list, count_rows
from analytics.i18n import Text
from analytics.models.lifecycle import EARLY, Result
from analytics.models.lifecycle_findings import INTERVALS
from analytics.models.lifecycle_moves import default_earlier, earlier_bounds, gap_bars, moves
from analytics.models.lifecycle_segments import FLOWS, STAGES
from analytics.models.rfm_compare import NEW_BUYER, NEW_BUYER_NAME
from ui import cached, moves_view, result, target_list
from ui.i18n import lang, t
from ui.notice import show_error

_NAMES: dict[str, Text] = {key: stage.name for key, stage in STAGES.items()} | {NEW_BUYER: NEW_BUYER_NAME}
# Half a day: the shortest that a gap can be passed by, since usual gaps are whole or half days.
EARLY_FILTER = Filter("overdue_days", "between", low=0.5)


def overview(answer: Result) -> None:
    """Both views, one at a time: where customers stand now, and who came and stayed away in each interval."""
    view = st.segmented_control(
        t("看什么"),
        ["stage", "flow"],
        default="stage",
        required=True,
        format_func=lambda key: t("当前阶段") if key == "stage" else t("每期进出"),
        label_visibility="collapsed",
        key="lifecycle-view",
    )
    if view == "flow":
        flow(answer, "top")
        return
    figure = charts.stage_bars(answer, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "lifecycle-stages", alt=t("各阶段的客户数和净消费"))
    target_list.pick("lifecycle", [key for key in clicked if key in STAGES])
    st.caption(t("点一条，下面的名单就只看这一阶段。"))


def details(data: Dataset, answer: Result) -> None:
    """The tabs below the first screen."""
    show = {
        t("阶段和建议"): partial(stages, answer),
        t("流失预警"): partial(warnings, data, answer),
        t("每期进出"): partial(flow_details, answer),
        t("间隔和分界"): partial(gaps, data, answer),
        t("阶段怎么变"): partial(changes, data, answer),
        t("口径"): partial(result.method_card, answer.method),
    }
    result.tabs("lifecycle-tabs", show)


def stages(answer: Result) -> None:
    """Every stage with its size, its money and what to do."""
    result.segment_table(answer)
    st.caption(t("占比的分母是有阶段的客户。平均距今：距最后一次来过的天数；平时间隔：两次来过之间一般隔几天。"))


def warnings(data: Dataset, answer: Result) -> None:
    """Customers past their usual gap, most valuable first, with a list of their own."""
    source = target_list.ListSource("lifecycle", data, answer)
    present = tuple(key for key in EARLY if key in source.present)
    st.caption(
        t("距上次的天数超过平时的间隔，但还没到沉睡的客户，花得最多的在最前面：现在联系最来得及。")
        if answer.valued
        else t("距上次的天数超过平时的间隔，但还没到沉睡的客户，来得最多的在最前面：现在联系最来得及。")
    )
    if not present:
        st.info(t("没有这样的客户。"), icon=":material/check_circle:")
        return
    spec = ListSpec(segments=present, filters=(EARLY_FILTER,))
    table = build_list(source.roster, spec)
    target_list.show_list(source, spec, table, count_rows(source.roster, spec), part="-early")


def flow(answer: Result, place: str) -> None:
    """The interval flow as a chart, by customers or by what they spent."""
    by = "customers"
    if answer.valued:
        chosen = st.segmented_control(
            t("数什么"),
            ["customers", "value"],
            default="customers",
            required=True,
            format_func=lambda key: t("客户数") if key == "customers" else t("净消费"),
            label_visibility="collapsed",
            key=f"lifecycle-flow-by-{place}",
        )
        by = chosen or by
    figure = charts.flow_chart(answer, "value" if by == "value" else "customers", lang=lang(), dark=result.is_dark())
    result.chart(figure, f"lifecycle-flow-{place}-{by}", alt=t("每期来的客户，零线以下是没再来的"))
    shown = t("按{interval}看。零线以上是来的人，零线以下是上一期来过、这一期没来的人。浅色的一期不能和别的比。",
              interval=INTERVALS[answer.interval])  # fmt: skip
    if len(answer.flow) > charts.MOST_INTERVALS:
        shown += t("图上是最近 {n:int} 期。", n=charts.MOST_INTERVALS)
    st.caption(shown)


def flow_details(answer: Result) -> None:
    """The flow with its numbers."""
    flow(answer, "tab")
    table = answer.flow.iloc[::-1]
    marks = {(False, False): "", (True, False): t("未完"), (False, True): t("数据起点"), (True, True): t("未完")}
    shown = pd.DataFrame({t("开始"): [str(start) for start in table["start"]], t("来的人"): table["active"]})
    for key, (name, _) in FLOWS.items():
        shown[t(name)] = table[key]
    if answer.valued:
        shown[t("净消费（¥）")] = table["active_value"].round()
        shown[t("没再来的人上一期花了（¥）")] = table["dormant_value"].round()
    shown[t("注意")] = [marks[bool(i), bool(c)] for i, c in zip(table["incomplete"], table["censored"], strict=True)]
    whole = st.column_config.NumberColumn(format="localized")
    numbers = [column for column in shown.columns if column not in (t("开始"), t("注意"))]
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="",
        height=280,
        key="lifecycle-flow-table",
        column_config=dict.fromkeys(numbers, whole),
    )


def gaps(data: Dataset, answer: Result) -> None:
    """How long customers stay away between visits, and the limits that follow."""
    frame = cached.remembered("lifecycle.gaps", data, answer.params, lambda: gap_bars(answer))
    figure = charts.gap_chart(frame, answer, lang=lang(), dark=result.is_dark())
    result.chart(figure, "lifecycle-gaps", alt=t("两次来过之间隔了几天的分布和阶段分界"))
    st.caption(
        t(
            "共 {n:int} 个间隔，来自 {people:int} 位来过不止一天的客户；颜色是隔了这么久会落在哪个阶段。"
            "最右一根柱子合并了更长的。要改分界，在上面的设置里填天数。",
            n=answer.limits.gaps, people=answer.limits.repeaters,
        )
    )  # fmt: skip


def changes(data: Dataset, answer: Result) -> None:
    """Where customers stood at an earlier date, by the same limits."""
    bounds = earlier_bounds(data, answer)
    if bounds is None:
        st.info(t("数据不到两天，没有以前可比。"))
        return
    earlier = st.date_input(
        t("和哪一天比"),
        value=default_earlier(data, answer),
        min_value=bounds[0],
        max_value=bounds[1],
        format="YYYY-MM-DD",
        key=f"lifecycle-earlier-{answer.as_of}",
        width=200,
        help=t("用同样的天数给当时的客户分阶段，看谁走远、谁回来。"),
    )
    try:
        moved = cached.remembered(
            "lifecycle.moves", data, (answer.params, earlier), lambda: moves(data, answer, earlier)
        )
    except AnalyticsError as error:
        show_error(error)
        return
    moves_view.show(moved, "lifecycle-changes", alt=t("客户从哪个阶段到了哪个阶段"), names=_NAMES)
    st.caption(
        t("横着看：当时这一阶段的客户现在在哪。颜色越深，占这一行的比例越高。格子里是客户数和累计净消费。")
        if answer.valued
        else t("横着看：当时这一阶段的客户现在在哪。颜色越深，占这一行的比例越高。格子里是客户数。")
    )
