"""The settings of the AARRR page: what each stage means, the period, the dates. It asks what the data can serve."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.dataset import Dataset
from analytics.i18n import Text, msg
from analytics.models.aarrr import Params
from analytics.models.aarrr_people import find_sources
from analytics.models.retention_activity import event_counts
from analytics.models.retention_periods import NAMES, PERIODS, choose
from ui import cached, params_box
from ui.i18n import t
from ui.retention_form import period_name

_ACQUISITION: dict[str, Text] = {"first": msg("首次到来"), "registered": msg("注册")}
_ACTIVATION: dict[str, Text] = {
    "repeat": msg("换一天再来一次"), "payment": msg("付第一笔款"), "event": msg("做了某个行为"),
}  # fmt: skip


def ask(data: Dataset) -> Params:
    """The parameters in force."""
    return params_box.ask(
        "aarrr",
        data,
        Params,
        summary=lambda params: _summary(params, data),
        fields_of=lambda params: _fields(params, data),
        check=lambda params: find_sources(data, params),
    )


def _summary(params: Params, data: Dataset) -> str:
    return t(
        "设置：{period} · 获客看{acquisition} · {days:int} 天内{activation}算激活 · 统计到 {as_of:date}",
        period=NAMES[choose(params.period, data.facts, params.since)],
        acquisition=_ACQUISITION[params.acquisition],
        days=params.activation_days,
        activation=_ACTIVATION[params.activation],
        as_of=params.as_of or params_box.day_after(data),
    )


def _fields(params: Params, data: Dataset) -> dict[str, Any]:
    one, two, three, four = st.columns(4)
    periods = ("auto", *PERIODS)
    beside = data.companion("customers")
    registered = beside is not None and "registered_at" in beside.roles
    acquisitions = ("first", "registered") if registered else ("first",)
    activations = ("repeat", "payment", "event") if data.kind == "events" else ("repeat", "payment")[: 1 + registered]
    values: dict[str, Any] = {
        "period": one.selectbox(
            t("周期"),
            periods,
            index=periods.index(params.period),
            format_func=lambda name: period_name(name, data, params.since),
        ),
        "acquisition": two.selectbox(
            t("获客看什么"),
            acquisitions,
            index=_place(acquisitions, params.acquisition),
            format_func=lambda name: t(_ACQUISITION[name]),
            disabled=not registered,
            help=t("再上传一份带注册时间的客户名单，就能按注册算获客。"),
        ),
        "activation": three.selectbox(
            t("激活看什么"),
            activations,
            index=_place(activations, params.activation),
            format_func=lambda name: t(_ACTIVATION[name]),
            disabled=len(activations) == 1,
            help=t("订单里，按注册算获客时才能用“付第一笔款”：按首单算获客时人人都付过。"),
        ),
        "activation_days": int(
            four.number_input(t("几天内算激活"), min_value=1, max_value=365, value=params.activation_days)
        ),
    }
    return values | _dates(params, data) | (_events(params, data) if data.kind == "events" else {})


def _place(allowed: tuple[str, ...], chosen: str) -> int:
    return allowed.index(chosen) if chosen in allowed else 0


def _dates(params: Params, data: Dataset) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    explained = t("只看这一天所在的那一期以后；谁是新客仍按整份数据里的第一次算。")
    values: dict[str, Any] = {
        "since": params_box.ask_since(left, data, params.since, explained),
        "as_of": params_box.ask_as_of(
            middle, data, params.as_of, t("默认是数据最后一天的后一天，不是今天。这一天之前没过完的一期留空。")
        ),
    }
    if data.kind == "lines":
        values["refund_policy"] = params_box.ask_refunds(right, params.refund_policy)
    return values


def _events(params: Params, data: Dataset) -> dict[str, Any]:
    counts = cached.remembered("events", data, (), lambda: event_counts(data))
    first, second = st.columns(3), st.columns(3)
    asked = {
        "acquisition_events": (first[0], t("获客的行为"), t("任何行为"), ""),
        "activation_events": (first[1], t("激活的行为"), t("不选"), t("激活看“做了某个行为”时才用。")),
        "retention_events": (first[2], t("留存的行为"), t("任何行为"), ""),
        "revenue_events": (second[0], t("付款的行为"), t("不选就用唯一带金额的行为"), ""),
        "referral_events": (second[1], t("推荐的行为"), t("不选就看邀请人编号"), ""),
    }
    return {
        name: params_box.ask_events(
            place, label, counts, getattr(params, name), key=f"aarrr-{name}", empty=empty, explained=explained
        )
        for name, (place, label, empty, explained) in asked.items()
    }
