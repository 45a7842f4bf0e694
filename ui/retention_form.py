"""The settings of the retention page: period, what is counted, which lists, breakdown, dates, refunds or events."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from analytics.dataset import Dataset
from analytics.i18n import Text, msg
from analytics.models.retention import Params
from analytics.models.retention_activity import check_events, event_counts
from analytics.models.retention_findings import tell_property
from analytics.models.retention_groups import check_property, properties
from analytics.models.retention_periods import NAMES, PERIODS, choose
from ui import cached, params_box
from ui.i18n import t

# What is counted, in one menu: an unbounded sum of money would mean nothing.
_WHAT: dict[tuple[str, str], Text] = {
    ("users", "period"): msg("人数：那一期来过"),
    ("users", "unbounded"): msg("人数：那一期或以后来过"),
    ("orders", "period"): msg("次数"),
    ("revenue", "period"): msg("金额"),
}


def ask(data: Dataset) -> Params:
    """The parameters in force."""
    return params_box.ask(
        "retention",
        data,
        Params,
        summary=lambda params: _summary(params, data),
        fields_of=lambda params: _fields(params, data),
        check=lambda params: _check(params, data),
    )


def _check(params: Params, data: Dataset) -> None:
    if params.by:
        check_property(data, params.by)
    if data.kind == "events":
        check_events(data, (*params.start_events, *params.return_events))


def _summary(params: Params, data: Dataset) -> str:
    return t(
        "设置：{period} · {what} · 统计到 {as_of:date}",
        period=NAMES[choose(params.period, data.facts, params.since)],
        what=_WHAT[params.measure, params.mode],
        as_of=params.as_of or params_box.day_after(data),
    )


def _fields(params: Params, data: Dataset) -> dict[str, Any]:
    one, two, three, four = st.columns(4)
    periods = ("auto", *PERIODS)
    period = one.selectbox(
        t("周期"),
        periods,
        index=periods.index(params.period),
        format_func=lambda name: period_name(name, data, params.since),
        help=t("客户多久来一次就选多长：天天来的选天，一个月来一两次的选月。"),
    )
    kinds = [kind for kind in _WHAT if kind[0] != "revenue" or data.kind == "lines" or "amount" in data.roles]
    what = two.selectbox(
        t("看什么"), kinds, index=kinds.index((params.measure, params.mode)), format_func=lambda kind: t(_WHAT[kind])
    )
    k = three.number_input(
        t("名单看第几期"),
        min_value=1,
        max_value=365,
        value=params.list_period,
        help=t("第 1 期就是次日、次周或次月。名单按这一期来没来、之前之后回没回来分组。"),
    )
    columns = ("", *properties(data))
    by = four.selectbox(
        t("按什么拆分"),
        columns,
        index=columns.index(params.by) if params.by in columns else 0,
        format_func=lambda name: t(tell_property(data, name)) if name else t("不拆分"),
        help=t("按第一次来时的值分组，比如第一单的渠道。有客户名单时，也能按名单里的资料拆。"),
    )
    values = {"period": period, "measure": what[0], "mode": what[1], "list_period": int(k), "by": by}
    return values | _dates(params, data)


def _dates(params: Params, data: Dataset) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    explained = t("第一次来早于这一天的人不算新客。数据开头几批多半混有老客户时用。")
    values: dict[str, Any] = {
        "since": params_box.ask_since(left, data, params.since, explained),
        "as_of": params_box.ask_as_of(
            middle, data, params.as_of, t("默认是数据最后一天的后一天，不是今天。这一天之前没过完的一期留空。")
        ),
    }
    if data.kind == "lines":
        values["refund_policy"] = params_box.ask_refunds(right, params.refund_policy)
        return values
    counts = cached.remembered("events", data, (), lambda: event_counts(data))
    start, back = st.columns(2)
    values["start_events"] = params_box.ask_events(
        start, t("什么算第一次来"), counts, params.start_events, key="retention-start", empty=t("任何行为")
    )
    values["return_events"] = params_box.ask_events(
        back, t("什么算回来"), counts, params.return_events, key="retention-return", empty=t("任何行为")
    )
    return values


def period_name(name: str, data: Dataset, since: dt.date | None) -> str:
    """A choice of period; "auto" says what it comes to."""
    if name == "auto":
        return t("自动（{period}）", period=NAMES[choose(name, data.facts, since)])
    return t(NAMES[name])
