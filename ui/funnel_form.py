"""The settings of the funnel page: the steps, put together from the file's events, and the rules of counting."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import Any, cast, get_args

import pandas as pd
import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.funnel_templates import TEMPLATES
from analytics.i18n import Text, msg
from analytics.models.funnel import Params, Unit, fill_in
from analytics.models.funnel_events import apply_template, count_events, event_names
from analytics.models.funnel_findings import ORDERS
from analytics.models.funnel_match import Order
from analytics.models.funnel_steps import MOST_STEPS, parse_step, step_names, write_event
from ui import cached, session
from ui.i18n import lang, t
from ui.look import choose_placeholder
from ui.notice import show_error

_UNITS: dict[str, Text] = {"user": msg("用户"), "session": msg("会话"), "order": msg("订单")}
_SPANS: dict[str, tuple[Text, float]] = {
    "d": (msg("天"), 1.0),
    "h": (msg("小时"), 1 / 24),
    "m": (msg("分钟"), 1 / 1440),
}
_EDIT_ROWS = 3  # empty rows at the end of the table of steps


def ask(data: Dataset) -> Params:
    """The parameters in force, steps filled in. Submitting puts new ones in force; wrong input leaves the old ones."""
    key = f"funnel.params.{data.digest[:16]}"
    params = session.get(key, None) or _kept(data)
    params = cached.remembered("funnel.filled", data, params, lambda: _filled(data, params))
    with st.expander(_summary(params, data), icon=":material/tune:", key="funnel-settings"):
        try:
            chosen = _form(data, params)
        except AnalyticsError as error:
            show_error(error)
            return params
        if chosen is not None:
            session.put(key, chosen)
            session.keep("funnel.params", data, json.loads(json.dumps(asdict(chosen), default=str)))
            st.rerun()
    return params


def _filled(data: Dataset, params: Params) -> Params:
    """What is applied; kept parameters that no longer fit give way to the defaults."""
    try:
        return fill_in(data, params)
    except AnalyticsError:
        return fill_in(data, Params())


def _kept(data: Dataset) -> Params:
    stored = session.kept("funnel.params", data)
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
    try:
        for name in ("entry_from", "entry_to", "as_of"):
            if values.get(name):
                values[name] = dt.date.fromisoformat(values[name])
        return Params(**values)
    except (AnalyticsError, TypeError, ValueError):  # kept by another version
        return Params()


def _summary(params: Params, data: Dataset) -> str:
    steps = [parse_step(step) for step in params.steps]
    names = [name.in_language(lang()) for name in step_names(steps, event_names(data))]
    told = " → ".join(names if len(names) <= 4 else [*names[:3], "…", names[-1]])
    return t(
        "设置：{steps} · 窗口 {window} · 按{unit}", steps=told, window=_window_text(params), unit=_UNITS[params.unit]
    )


def _window_text(params: Params) -> str:
    key, amount = _span(params.window_days)
    return f"{amount:g} {t(_SPANS[key][0])}"


def _span(days: float) -> tuple[str, float]:
    """The unit in which a window reads best, and how many of it."""
    for key, (_, size) in _SPANS.items():
        amount = days / size
        if amount >= 1 and abs(amount - round(amount)) < 0.01:
            return key, float(round(amount))
    return "m", round(days * 1440, 1)


def _form(data: Dataset, params: Params) -> Params | None:
    counts = cached.remembered("funnel.events", data, (), lambda: count_events(data))
    steps = _start_from(data, params, [str(name) for name in counts["event"]])
    with st.form("funnel-form", border=False):
        texts = _ask_steps(data, steps, counts)
        values = _ask_rules(params, data)
        values |= _ask_dates(params, data)
        exclusions = _ask_exclusions(data, params, counts)
        if not st.form_submit_button(t("应用"), type="primary"):
            return None
        return fill_in(data, Params(steps=texts, exclusions=exclusions, **values))


def _start_from(data: Dataset, params: Params, names: list[str]) -> tuple[str, ...]:
    """The steps that the table begins with: those in force, or a template's."""
    fits = {key: apply_template(key, names) for key in TEMPLATES}
    options = [key for key, steps in fits.items() if len(steps) > 1]
    if data.kind == "lines" or not options:
        return params.steps
    chosen = st.segmented_control(
        t("从模板开始"), ["now", *options], default="now", required=True, key=f"funnel-template-{hash(params)}",
        format_func=lambda key: t("现在的步骤") if key == "now" else t(TEMPLATES[key][0]),
    )  # fmt: skip
    return params.steps if chosen in (None, "now") else fits[str(chosen)]


def _ask_steps(data: Dataset, steps: tuple[str, ...], counts: pd.DataFrame) -> tuple[str, ...]:
    """A table of steps: events (several make one step), a filter in words, optional; the number is the order."""
    known = event_names(data)
    options = [str(name) for name in counts["event"]]
    parsed = [parse_step(step) for step in steps]
    plain = [all(not e.conditions for e in step.events) and not step.label for step in parsed]
    frame = pd.DataFrame(
        {
            "order": pd.Series([float(at) for at in range(1, len(parsed) + 1)], dtype=float),
            "events": pd.Series(
                [[e.name for e in s.events] if p else [] for s, p in zip(parsed, plain, strict=True)], dtype=object
            ),
            "written": pd.Series(
                ["" if p else text.removesuffix("?") for text, p in zip(steps, plain, strict=True)], dtype=object
            ),
            "optional": pd.Series([step.optional for step in parsed], dtype=bool),
        }
    )
    empty = pd.DataFrame(
        {
            "order": [float(len(parsed) + 1 + at) for at in range(_EDIT_ROWS)],
            "events": [[]] * _EDIT_ROWS,
            "written": [""] * _EDIT_ROWS,
            "optional": [False] * _EDIT_ROWS,
        }
    )
    frame = pd.concat([frame, empty], ignore_index=True).astype({"order": float}).head(MOST_STEPS)
    st.caption(
        t("每行一步，从上到下。改“次序”的数字就能换位置；一行选几个行为，做了任何一个都算；清空一行就去掉这一步。")
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        num_rows="dynamic",
        key=f"funnel-steps-{data.digest[:8]}-{hash(steps)}",
        column_config={
            "order": st.column_config.NumberColumn(t("次序"), width=60, format="%g", step=0.5),
            "events": st.column_config.MultiselectColumn(
                t("行为"),
                options=options,
                width="large",
                format_func=lambda name: t(known[name]) if name in known else name,
            ),
            "written": st.column_config.TextColumn(
                t("或写成条件"),
                width="medium",
                help=t("比如：支付成功[渠道=抖音小店][金额>=100]。方括号里是属性，竖线表示“或”。"),
            ),
            "optional": st.column_config.CheckboxColumn(t("可跳过"), width=70),
        },
    )
    rows = edited.assign(order=edited["order"].fillna(float("inf"))).sort_values("order", kind="stable")
    return tuple(text for text in (_step_text(row) for row in rows.to_dict("records")) if text)


def _step_text(row: dict[Any, Any]) -> str:
    written = str(row.get("written") or "").strip()
    events = row.get("events")
    names = [write_event(str(name)) for name in events] if isinstance(events, (list, tuple)) else []
    text = written or "|".join(names)
    return text + "?" if text and row.get("optional") is True else text


def _ask_rules(params: Params, data: Dataset) -> dict[str, Any]:
    left, middle, right = st.columns([2, 1.4, 1.2])
    order = left.selectbox(
        t("顺序"), get_args(Order), index=get_args(Order).index(params.order), format_func=lambda key: t(ORDERS[key])
    )
    span, amount = _span(params.window_days)
    with middle.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        size = st.number_input(t("转化窗口"), min_value=0.5, value=amount, step=1.0, format="%g",
                               help=t("从做第一步算起，多久之内走完才算转化。"))  # fmt: skip
        unit_of_time = st.selectbox(
            t("时间单位"), list(_SPANS), index=list(_SPANS).index(span), format_func=lambda key: t(_SPANS[key][0]),
            label_visibility="hidden",
        )  # fmt: skip
    units = [name for name in ("user", "session", "order") if _has_unit(data, name)]
    chosen = right.selectbox(
        t("按什么算"), units, index=units.index(params.unit) if params.unit in units else 0,
        format_func=lambda key: t(_UNITS[key]),
    )  # fmt: skip
    return {"order": order, "window_days": float(size) * _SPANS[unit_of_time][1], "unit": cast("Unit", chosen)}


def _has_unit(data: Dataset, unit: str) -> bool:
    if unit == "user":
        return True
    if unit == "order":
        return data.kind == "lines" or "order_id" in data.roles
    return "session_id" in data.roles


def _ask_dates(params: Params, data: Dataset) -> dict[str, Any]:
    first = data.facts.first_at.date() if data.facts.first_at else None
    last = data.facts.last_at.date() if data.facts.last_at else None
    left, right = st.columns(2)
    start = left.date_input(
        t("进入日期从（不填就是全部）"), value=params.entry_from, min_value=first, max_value=last, format="YYYY-MM-DD"
    )
    end = right.date_input(
        t("到（含当天）"), value=params.entry_to, min_value=first, max_value=last, format="YYYY-MM-DD",
        help=t("只管第一步在哪天做，后面的步骤可以更晚。"),
    )  # fmt: skip
    return {"entry_from": start, "entry_to": end, "as_of": params.as_of}


def _ask_exclusions(data: Dataset, params: Params, counts: pd.DataFrame) -> tuple[str, ...]:
    known = event_names(data)
    options = [write_event(str(name)) for name in counts["event"]]
    extra = [text for text in params.exclusions if text not in options]
    return tuple(
        st.multiselect(
            t("排除行为：两步之间做过就整个人移出漏斗"),
            [*options, *extra],
            default=list(params.exclusions),
            format_func=lambda text: t(known[text]) if text in known else text.replace("\\", ""),
            placeholder=choose_placeholder(),
        )
    )
