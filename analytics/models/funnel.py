"""Funnel: where people drop out on the way from a first step to a last, and who they are.

Every eligible entry of a user is tried and the deepest attempt counts (funnel_match.py); the window runs from the
entry. Who has not got through while the window is still open at the end of the data is pending, not lost. Counts agree
with ClickHouse's windowFunnel in its default mode, which the tests hold against. Unlike its strict_order, "strict"
here also tries every entry.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import DataError, ParamError
from analytics.i18n import Text, msg
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment, moments_as
from analytics.models.funnel_events import (
    count_events,
    default_steps,
    event_names,
    events_of,
    has_amounts,
    known_names,
    missing_events,
    property_columns,
)
from analytics.models.funnel_findings import find, tell_method
from analytics.models.funnel_match import Order, Shape
from analytics.models.funnel_outcome import (
    customers_of,
    list_columns,
    named_segments,
    segment_columns,
    segment_table,
    settled,
    step_table,
    with_money,
)
from analytics.models.funnel_steps import MOST_STEPS, parse_exclusion, parse_step, step_names
from analytics.models.funnel_units import Spec, UnitName, match

Unit = Literal["auto", "user", "session", "order"]

NEEDS = (
    Needs(
        kind="events",
        must=("user_id", "event", "occurred_at"),
        can=("session_id", "order_id", "amount", "channel", "category", "product"),
        solid_entities=100,
        solid_days=7,
        beside=("customers",),
    ),
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at"),
        can=("order_id", "paid_at", "shipped_at", "finished_at", "channel", "store", "category"),
        solid_entities=100,
        solid_days=30,
        beside=("customers",),
    ),
)
MOST_DAYS = 3650


@dataclass(frozen=True)
class Params:
    """What to count.

    steps        2 to 20 in the notation of funnel_steps; empty: chosen from the file's events
    order        sequential: others may happen between; strict: nothing between; any: in whatever order
    window_days  from the entry to the last step, the end included; parts of a day are fine
    unit         who goes through: user, session or order; auto: orders where a file has several times per order
    exclusions   events that may not happen between steps: 退款, or 退款@2-3 for between steps 2 and 3
    entry_from, entry_to   days of the entry, both included; None: all
    as_of        events from this day on are not looked at; None: the day after the last record
    """

    steps: tuple[str, ...] = ()
    order: Order = "sequential"
    window_days: float = 14
    unit: Unit = "auto"
    exclusions: tuple[str, ...] = ()
    entry_from: dt.date | None = None
    entry_to: dt.date | None = None
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        _one_of("order", self.order, get_args(Order))
        _one_of("unit", self.unit, get_args(Unit))
        if not (math.isfinite(self.window_days) and 1 / 86_400 <= self.window_days <= MOST_DAYS):
            raise ParamError(
                "param.window_days",
                msg("转化窗口不能是 {days} 天。", days=self.window_days),
                msg("填大于 0、不超过 {most:int} 天的数；半天写 0.5，一小时写 0.0417。", most=MOST_DAYS),
            )
        if self.entry_from and self.entry_to and self.entry_from > self.entry_to:
            raise ParamError("param.entry_to", msg("进入日期的开始晚于结束。"), msg("把两个日期换过来，或清空一个。"))
        if self.steps:
            self._check_steps()
        for text in self.exclusions:
            parse_exclusion(text, len(self.steps) or MOST_STEPS)

    def _check_steps(self) -> None:
        steps = [parse_step(text) for text in self.steps]
        if not 2 <= len(steps) <= MOST_STEPS:
            raise ParamError(
                "param.steps",
                msg("漏斗要 2 到 {most:int} 步，现在是 {n:int} 步。", most=MOST_STEPS, n=len(steps)),
                msg("比如：浏览，加购，支付。"),
            )
        if steps[0].optional or steps[-1].optional:
            raise ParamError(
                "param.optional_end",
                msg("第一步和最后一步不能是可跳过的。"),
                msg("去掉这一步后面的问号，或换一步。"),
            )
        if self.order == "any" and any(step.optional for step in steps):
            raise ParamError(
                "param.optional_any",
                msg("不限顺序时没有可跳过的步骤。"),
                msg("去掉问号，或改成按顺序。"),
            )
        stops = {event.name for text in self.exclusions for event in parse_exclusion(text, len(steps)).events}
        if both := stops & {event.name for step in steps for event in step.events}:
            raise ParamError(
                "param.exclusions",
                msg("“{name}”既是步骤又是排除行为。", name=min(both)),
                msg("一个行为只能是其中一种。"),
            )


@dataclass(frozen=True)
class Result:
    """The answer (models/base.py says what every answer has).

    customers  lazy, one row per user who entered (of several sessions or orders: the one that got furthest):
               depth · entered_at · reached_at · hours (entry to last step, if converted) · last_seen_at · stake · value
    outcome    lazy, one row per unit (funnel_units) with ``stake``: the amount at the last step reached
    steps      one row per step: step (1 …) · key (notation) · optional · units · pending · dropped (units that ended
               here: their window is still open, or over) · overall_rate (of step 1) · step_rate (of the required step
               before) · median_hours (from the required step before) · median_total_hours (from the entry) · stake
    names      what each step is called
    end        the moment up to which events are known
    settled, settled_through   units whose window is over, and those of them that got through
    """

    customers: ibis.Table
    outcome: ibis.Table
    steps: pd.DataFrame
    segments: pd.DataFrame
    names: tuple[Text, ...]
    unit: UnitName
    as_of: dt.date
    end: dt.datetime
    params: Params
    headline: dict[str, float]
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]
    columns: tuple[ListColumn, ...]
    segment_columns: tuple[ListColumn, ...]
    named: tuple[Segment, ...]
    rank_by: str
    settled: int
    settled_through: int


def analyze(data: Dataset, params: Params) -> Result:
    """Count a funnel. Raises DataError when nobody entered, ParamError when a step does not fit the data."""
    params = fill_in(data, params)
    spec = make_spec(data, params)
    events = events_before(data, params.as_of)
    matched = match(events, spec)
    money = has_amounts(data)
    outcome = with_money(matched, events, spec, money=money).cache()
    steps = step_table(outcome, spec, params.steps)
    if int(steps["units"].iloc[0]) == 0:
        raise DataError(
            "data.nobody_entered",
            msg("没有人做过第一步“{step}”。", step=spec.steps[0].name(event_names(data))),
            msg("换一个第一步，或放宽进入日期。"),
        )
    customers = customers_of(outcome, events, spec, money=money, entity=data.entity)
    names = step_names(spec.steps, event_names(data))
    excluded = 0 if matched.excluded is None else int(matched.excluded.count().execute())
    required = [name for name, step in zip(names, spec.steps, strict=True) if not step.optional]
    named = named_segments(required, any_order=params.order == "any")
    over, through = settled(outcome, spec)
    result = Result(
        customers=customers,
        outcome=outcome,
        steps=steps,
        segments=segment_table(customers, named, money=money),
        names=names,
        unit=spec.unit,
        as_of=resolve_as_of(data, params.as_of),
        end=spec.end,
        params=params,
        headline=_headline(steps),
        findings=(),
        method=(),
        columns=moments_as(list_columns(money=money), date_only=data.facts.date_only),
        segment_columns=segment_columns(money=money),
        named=named,
        rank_by="value" if money else "last_seen_at",
        settled=over,
        settled_through=through,
    )
    method = tell_method(data, result, spec, excluded)
    return replace(result, method=method, findings=find(data, result, excluded))


def fill_in(data: Dataset, params: Params) -> Params:
    """The parameters with steps and unit as they are used. Raises ParamError (param.no_such_event, param.unit)."""
    counts = count_events(data)
    names = event_names(data)
    steps = known_names(params.steps, names) or default_steps(data)
    exclusions = known_names(params.exclusions, names)
    wanted = (*steps, *(text.rpartition("@")[0] or text for text in exclusions))
    if missing := missing_events(wanted, counts):
        raise ParamError(
            "param.no_such_event",
            msg("数据里没有“{name}”这个行为。", name=missing[0]),
            msg("有的行为：{names}。", names="、".join(str(name) for name in counts["event"][:20])),
        )
    unit = params.unit
    times = {event for step in steps for event in step.split("|")}
    if unit == "auto":
        unit = "order" if data.kind == "lines" and len(times) > 1 and "order_id" in data.roles else "user"
    role = {"session": "session_id", "order": "order_id"}.get(unit)
    if role is not None and role not in data.roles and not (data.kind == "lines" and unit == "order"):
        raise ParamError(
            "param.unit",
            msg("数据里没有{role}，不能按它算漏斗。", role=msg("会话编号") if unit == "session" else msg("订单号")),
            msg("改成按用户算，或在列对应里指定这一列。"),
        )
    if params.order == "strict" and data.facts.date_only:
        raise ParamError(
            "param.strict_days",
            msg("数据只有日期，没有时刻，同一天里谁先谁后看不出来，不能用“严格相邻”。"),
            msg("改成“按顺序”。"),
        )
    return replace(params, steps=steps, exclusions=exclusions, unit=unit)


def make_spec(data: Dataset, params: Params) -> Spec:
    """The funnel that filled-in parameters mean on this dataset."""
    steps = tuple(parse_step(text) for text in params.steps)
    exclusions = tuple(parse_exclusion(text, len(steps)) for text in params.exclusions)
    shape = Shape(
        steps=len(steps),
        optional=tuple(step.optional for step in steps),
        order=params.order,
        window_seconds=max(1, round(params.window_days * 86_400)),
        exclusions=tuple((exclusion.first, exclusion.last) for exclusion in exclusions),
    )
    last = last_event(data)
    limit = dt.datetime.combine(params.as_of, dt.time()) if params.as_of else last
    return Spec(
        steps=steps,
        exclusions=exclusions,
        shape=shape,
        unit=cast("UnitName", params.unit),
        columns=property_columns(data),
        first_day=params.entry_from,
        last_day=params.entry_to,
        end=min(limit, last),
    )


def events_before(data: Dataset, as_of: dt.date | None) -> ibis.Table:
    """The events that were known on a day."""
    events = events_of(data)
    if as_of is None:
        return events
    return events.filter(events.occurred_at < ibis.literal(dt.datetime.combine(as_of, dt.time())))


def resolve_as_of(data: Dataset, as_of: dt.date | None) -> dt.date:
    """The given day, or the day after the last event: the clock is the data's."""
    return as_of or last_event(data).date() + dt.timedelta(days=1)


def last_event(data: Dataset) -> dt.datetime:
    """The last moment of the data. Raises DataError (data.no_dates)."""
    last = data.facts.last_at
    if data.kind == "lines":  # an order may be shipped after the last one was placed
        found: Any = events_of(data).occurred_at.max().to_pyarrow().as_py()
        last = dt.datetime.fromisoformat(str(found)) if found is not None else last
    if last is None:
        raise DataError("data.no_dates", msg("数据里没有可用的日期。"), msg("检查时间对应的列。"))
    return last


def _headline(steps: pd.DataFrame) -> dict[str, float]:
    numbers = {f"step_{step}": int(units) for step, units in zip(steps["step"], steps["units"], strict=True)}
    return {**numbers, "pending": int(steps["pending"].sum())}


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ParamError(
            f"param.{name}",
            msg("{name} 不能是“{value}”。", name=name, value=str(value)),
            msg("可选：{allowed}。", allowed="、".join(allowed)),
        )
