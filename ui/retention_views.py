"""The charts of the retention page, each drawn only when its tab is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts import retention as charts
from analytics.models.retention import Result
from analytics.models.retention_findings import MEASURE_NAMES, tell_property
from analytics.models.retention_groups import group_name
from analytics.models.retention_repurchase import FEWEST_AT_RISK
from analytics.models.retention_segments import STATES, state_name
from ui import result, target_list
from ui.i18n import lang, t
from ui.target_list import ListSource

_ROWS, _COLUMNS = 13, 10  # what fits beside the findings


def overview(answer: Result) -> None:
    """The latest cohorts as a small heat map."""
    cohorts = answer.cells["cohort"].nunique()
    figure = charts.heat_map(
        answer, lang=lang(), dark=result.is_dark(), skip=max(0, cohorts - _ROWS), rows=_ROWS, columns=_COLUMNS
    )
    result.chart(figure, "retention-overview", alt=t("最近各批新客之后每一期的留存"))
    what = t("每行是一批新客和人数，+1 是下一期。{told}", told=_told(answer))
    st.caption(what if cohorts <= _ROWS else what + t("这里是最近 {n:int} 批，全部在下面。", n=_ROWS))


def _told(answer: Result) -> str:
    if answer.params.measure != "users":
        name = MEASURE_NAMES[answer.params.measure]
        return t("格子里是那一期的{measure}占第 0 期的百分比。", measure=name)
    if answer.params.mode == "unbounded":
        return t("格子里是那一期或以后还来过的人占这批的百分比。")
    return t("格子里是那一期来过的人占这批的百分比。")


def details(source: ListSource, answer: Result) -> None:
    """The tabs below the first screen."""
    show: dict[str, Callable[[], None]] = {
        t("完整热力图"): partial(heat_map, answer),
        t("留存曲线"): partial(curves, answer),
        t("复购曲线"): partial(repurchase, answer),
    }
    if answer.has_revenue:
        show[t("人均累计消费")] = partial(worth, answer)
    show[t("按属性拆分")] = partial(groups, source, answer)
    show[t("分组和建议")] = partial(result.segment_table, answer)
    show[t("口径")] = partial(result.method_card, answer.method)
    result.tabs("retention-tabs", show)


def heat_map(answer: Result) -> None:
    """All cohorts, in windows where there are many."""
    cohorts = int(answer.cells["cohort"].nunique())
    skip = max(0, cohorts - charts.MOST_ROWS)
    if skip:
        skip = st.slider(
            t("从第几批看起（一屏 {n:int} 批）", n=charts.MOST_ROWS), 1, skip + 1, skip + 1, key="retention-skip"
        )
        skip -= 1
    figure = charts.heat_map(answer, lang=lang(), dark=result.is_dark(), skip=skip)
    with st.container(key="wide-chart"):
        result.chart(figure, "retention-heat", alt=t("各批新客之后每一期的留存"))
    st.caption(
        t(
            "{told}空白是还没过完、看不全的；带 * 的那批自己还没满一期。最上面一行是按人数加权的平均。",
            told=_told(answer),
        )
    )


def pick_cell(answer: Result) -> None:
    """A menu that puts one cohort and state into the list: heat maps cannot be clicked."""
    keys = list(answer.segments["segment"])
    cohorts = list(dict.fromkeys(key.split(":")[0] for key in reversed(keys)))
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    cohort = left.selectbox(
        t("看哪一批的名单"), cohorts, index=None, placeholder=t("选一批新客"), key="retention-cohort"
    )
    have = [state for state in STATES if f"{cohort}:{state}" in keys]
    if cohort and have:
        state = right.segmented_control(
            t("来没来"),
            have,
            format_func=lambda name: t(state_name(name, answer.params.list_period, answer.calendar.period)),
            key=f"retention-state-{cohort}",
        )
        target_list.pick("retention", [f"{cohort}:{state}"] if state else [])


def curves(answer: Result) -> None:
    """Every cohort and the weighted mean."""
    figure = charts.curves(answer, lang=lang(), dark=result.is_dark())
    result.chart(figure, "retention-curves", alt=t("留存随时间的变化"))
    st.caption(t("粗线是加权平均，细线是每一批。越往右，能看到的批次越少；不到 10 位的不画。"))
    table = answer.curve[answer.curve["k"] > 0]
    shown = pd.DataFrame(
        {
            t("第几期"): table["k"],
            t("加权平均"): [result.worded(rate, "share") for rate in table["rate"]],
            t("新客数"): table["customers"],
            t("批数"): table["cohorts"],
        }
    )
    st.dataframe(shown, hide_index=True, placeholder="", height=220, key="retention-curve-table")


def repurchase(answer: Result) -> None:
    """Kaplan–Meier, its milestones and the median."""
    curve = answer.repurchase
    figure = charts.repurchase(answer, lang=lang(), dark=result.is_dark())
    result.chart(figure, "retention-repurchase", alt=t("首次之后多少天内有多大比例的人再来"))
    if curve.median_days is None:
        median = t("中位天数：未达到（到数据结束还不到一半的人再来）。")
    else:
        high = t("未达到") if curve.median_high is None else t("{n:int} 天", n=curve.median_high)
        median = t(
            "中位天数：{days:int} 天（95% 区间 {low:int} 天到 {high}）。",
            days=curve.median_days, low=curve.median_low or 0, high=high,
        )  # fmt: skip
    st.markdown(median)
    st.caption(
        t(
            "首次之后换一天再来的比例（Kaplan–Meier）：{n:int} 位里 {back:int} 位已经再来；"
            "刚来、还没再来的人算还在观察，不当成流失。阴影是 95% 区间；还在观察的不到 {few:int} 位就不画。",
            n=curve.customers, back=curve.returned, few=FEWEST_AT_RISK,
        )
    )  # fmt: skip


def worth(answer: Result) -> None:
    """Cumulative revenue per customer."""
    figure = charts.curves(answer, lang=lang(), dark=result.is_dark(), cumulative=True)
    result.chart(figure, "retention-worth", alt=t("一位新客到每一期为止一共花了多少"))
    st.caption(t("一位新客从第 0 期到那一期一共花多少（净消费 ÷ 这批人数）。获客成本低于它才划算。"))


def groups(source: ListSource, answer: Result) -> None:
    """The curves of the breakdown."""
    if not answer.params.by:
        st.info(t("在上面的设置里选“按什么拆分”，比如第一单的渠道或品类，就能比较各组的留存。"))
        return
    name = tell_property(source.data, answer.params.by)
    figure = charts.group_curves(answer, lang=lang(), dark=result.is_dark())
    result.chart(figure, "retention-groups", alt=t("各组的留存曲线"))
    st.caption(t("按第一次来时的“{name}”分组，每人只在一组；人数最多的几组单列，其余合并。", name=name))
    first = answer.groups[answer.groups["k"].isin((1, 2, 3))]
    wide = first.pivot(index="group", columns="k", values="rate")
    sizes = answer.groups.drop_duplicates("group").set_index("group")["size"]
    wide = wide.reindex(sizes.index)
    columns = {t("组"): [t(group_name(str(group))) for group in wide.index], t("新客数"): list(sizes)}
    for k in wide.columns:
        columns[f"+{k}"] = [result.worded(rate, "share") for rate in wide[k]]
    st.table(pd.DataFrame(columns), hide_index=True, border="horizontal")
