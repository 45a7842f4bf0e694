"""The settings of the lifecycle page: what counts as a visit, the limits between stages, the interval, the dates."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.i18n import Text, msg
from analytics.models.lifecycle import IntervalChoice, Params, Result
from analytics.models.lifecycle_activity import event_names
from analytics.models.lifecycle_findings import LIMIT_NAMES
from ui import cached, params_box
from ui.i18n import listing, t
from ui.look import choose_placeholder
from ui.notice import show_error

_INTERVALS: dict[str, Text] = {"auto": msg("自动"), "day": msg("天"), "week": msg("周"), "month": msg("月")}


def in_force(data: Dataset) -> Params:
    """The parameters last applied to these data, in an earlier session too; else the defaults."""
    return params_box.in_force("lifecycle", data, Params())


def reset(data: Dataset) -> None:
    """Back to the defaults."""
    params_box.put_in_force("lifecycle", data, Params())


def ask(data: Dataset, params: Params, answer: Result | None) -> None:
    """The form. Submitting it puts new parameters in force and runs again; wrong input leaves the old ones.

    answer  with the parameters in force: its limits are what the empty fields stand for; None: it could not be found
    """
    box = st.expander(_summary(data, params, answer), icon=":material/tune:", key="lifecycle-settings")
    with box, st.form("lifecycle-form", border=False):
        values = _ask_visit(data, params) | _ask_limits(params, answer) | _ask_when(data, params)
        if st.form_submit_button(t("应用"), type="primary"):
            try:
                chosen = Params(**values)
            except AnalyticsError as error:
                show_error(error)
            else:
                params_box.put_in_force("lifecycle", data, chosen)
                st.rerun()


def _summary(data: Dataset, params: Params, answer: Result | None) -> str:
    as_of = params.as_of or params_box.day_after(data)
    visit = t("付款订单") if data.kind == "lines" else listing(params.activity) or t("所有行为")
    if answer is None:
        return t("设置：{visit} · 统计到 {as_of:date}", visit=visit, as_of=as_of)
    days = " / ".join(f"{limit:g}" for limit in answer.limits.stages)
    return t("设置：{visit} · 分界 {days} 天 · 统计到 {as_of:date}", visit=visit, days=days, as_of=as_of)


def _ask_visit(data: Dataset, params: Params) -> dict[str, Any]:
    if data.kind == "lines":
        return {"refund_policy": params_box.ask_refunds(st, params.refund_policy)}
    names = cached.remembered("lifecycle.events", data, (), lambda: event_names(data))
    chosen = st.multiselect(
        t("哪些行为算来过（不选就是全部）"),
        names,
        default=[name for name in params.activity if name in names],
        placeholder=choose_placeholder(),
        help=t("只看成交，就只选付款。选了带金额的一种行为，才会算钱。"),
    )
    return {"activity": tuple(chosen)}


def _ask_limits(params: Params, answer: Result | None) -> dict[str, Any]:
    st.markdown(f"**{t('超过多少天没来算')}**")
    values: dict[str, Any] = {}
    for name, column in zip(LIMIT_NAMES, st.columns(3), strict=True):
        found = f"{getattr(answer.limits, name):g}" if answer else ""
        values[name] = column.number_input(
            t(LIMIT_NAMES[name]),
            min_value=0.5,
            max_value=99_999.0,
            value=getattr(params, name),
            step=1.0,
            format="%g",
            placeholder=t("按数据：{days}", days=found),
        )
    st.caption(t("空着的按数据里两次之间的间隔算：75%、90%、97% 的间隔都不超过它。分布见下面“间隔和分界”。"))
    left, right = st.columns([3, 2], vertical_alignment="center")
    values["own_rhythm"] = left.checkbox(
        t("按每位客户自己的节奏放大或缩小"),
        params.own_rhythm,
        help=t("有人一周来一次，有人半年来一次，用同一个天数不公平。来的次数够多的客户，用他自己两次之间的中位数。"),
    )
    values["own_visits"] = int(
        right.number_input(t("来过几天以上才看自己的节奏"), min_value=3, max_value=1000, value=params.own_visits)
    )
    return values


def _ask_when(data: Dataset, params: Params) -> dict[str, Any]:
    first = data.facts.first_at.date() if data.facts.first_at else None
    one, two, three = st.columns(3)
    interval = one.selectbox(
        t("进出图按"),
        get_args(IntervalChoice),
        index=get_args(IntervalChoice).index(params.interval),
        format_func=lambda name: t(_INTERVALS[name]),
    )
    since = two.date_input(
        t("开始日期"),
        value=params.since or first,
        min_value=first,
        max_value=params_box.day_after(data) - dt.timedelta(days=1) if first else None,
        format="YYYY-MM-DD",
        help=t("早于这一天的记录不看。默认是数据的第一天。"),
    )
    as_of = params_box.ask_as_of(three, data, params.as_of, t("数到这一天。默认是数据最后一天的后一天，不是今天。"))
    return {
        "interval": interval,
        "since": None if since == first else since,
        "as_of": as_of,
    }
