"""AARRR: acquisition, activation, retention, revenue, referral on one page, from what the data hold.

After D. McClure, Startup Metrics for Pirates (2007). Each stage is defined by the user's own records, and the
definition is told in words; a stage that the data cannot tell is missing (无数据), never 0. People count once; "this
period and the next" are calendar periods as in retention.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import DataError, ParamError
from analytics.i18n import Text, msg
from analytics.models import aarrr_people
from analytics.models.aarrr_findings import define, find, tell_method
from analytics.models.aarrr_people import Sources, find_sources
from analytics.models.aarrr_segments import count_segments, customers, named
from analytics.models.aarrr_stages import blank_missing, stages, trend
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment, moments_as
from analytics.models.retention_activity import POLICIES, Events, check_count, find_calendar, one_of
from analytics.models.retention_periods import PERIODS, Calendar, check_span, index_of, start_of
from analytics.models.rfm_scoring import RefundPolicy

ACQUISITIONS = ("first", "registered")
ACTIVATIONS = ("repeat", "payment", "event")

NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at", "amount"),
        can=("order_id", "status", "refund_amount"),
        solid_entities=200,
        solid_days=90,
        beside=("customers",),
    ),
    Needs(
        kind="events",
        must=("user_id", "event", "occurred_at"),
        can=("amount",),
        solid_entities=200,
        solid_days=7,
        beside=("customers",),
    ),
)


@dataclass(frozen=True)
class Params:
    """What each stage means.

    period           day, week, month; auto: by the length of the data
    acquisition      first: the first paid order (event); registered: the day of registration in the customers' table
    activation       repeat: came again on a later day; payment: paid; event: one of activation_events
    activation_days  within how many days of being acquired
    *_events         events only. acquisition, retention: empty means any; revenue: empty means the only event with an
                     amount; activation, referral: empty means none
    since            only what happened from the start of this day's period on; None: everything
    as_of            records from this day on are not counted; None: the day after the last record
    refund_policy    orders only: net, drop or keep, as in RFM
    """

    period: str = "auto"
    acquisition: str = "first"
    activation: str = "repeat"
    activation_days: int = 30
    acquisition_events: Events = ()
    activation_events: Events = ()
    retention_events: Events = ()
    revenue_events: Events = ()
    referral_events: Events = ()
    since: dt.date | None = None
    as_of: dt.date | None = None
    refund_policy: RefundPolicy = "net"

    def __post_init__(self) -> None:
        one_of("period", self.period, ("auto", *PERIODS))
        one_of("acquisition", self.acquisition, ACQUISITIONS)
        one_of("activation", self.activation, ACTIVATIONS)
        one_of("refund_policy", self.refund_policy, POLICIES)
        check_count("activation_days", self.activation_days, 1, 365, msg("激活天数"))
        if (self.activation == "event") != bool(self.activation_events):
            raise ParamError(
                "param.activation_events",
                msg("“做了某个行为”算激活时，要选是哪个行为；其他算法不用选。"),
                msg("选一个行为，或者换一种激活的算法。"),
            )
        if self.acquisition == "registered" and self.acquisition_events:
            raise ParamError(
                "param.acquisition_events", msg("按注册时间算获客时，不用选行为。"), msg("把获客的行为清空。")
            )
        if self.since and self.as_of and self.since >= self.as_of:
            raise ParamError("param.since", msg("“从哪天起”要早于统计日期。"), msg("把其中一个日期改一改。"))


@dataclass(frozen=True)
class Result:
    """The answer.

    customers    lazy, one row per person: id · segment (furthest stage) · joined_at · activated_at · last_at ·
                 active_periods · payments · revenue · invited · inviter
    stages       one row per stage: see aarrr_stages.stages
    trend        one row per period: see aarrr_stages.trend
    definitions  stage → what it means here, in words
    why_missing  stage → what would be needed; only the missing ones
    first_is_old the first period may count old customers as new
    """

    customers: ibis.Table
    columns: tuple[ListColumn, ...]
    rank_by: str
    segments: pd.DataFrame
    segment_columns: tuple[ListColumn, ...]
    named: tuple[Segment, ...]
    headline: dict[str, float]
    stages: pd.DataFrame
    trend: pd.DataFrame
    definitions: dict[str, Text]
    why_missing: dict[str, Text]
    first_is_old: bool
    calendar: Calendar
    sources: Sources
    params: Params
    as_of: dt.date
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]


def analyze(data: Dataset, params: Params) -> Result:
    """Count the five stages. Raises DataError without records, ParamError for what the data cannot tell."""
    sources = find_sources(data, params)
    calendar = find_calendar(data, params.period, params.since, params.as_of)
    start = _start(data, params, calendar)
    rows = aarrr_people.records(data, params, sources, calendar.as_of)
    seen = aarrr_people.visits(rows, calendar, start).cache()
    # Who registered before the data begin may have paid before them: not acquired in this range.
    first_day = max(
        start_of(start, calendar.period), data.facts.first_at.date() if data.facts.first_at else dt.date.min
    )
    people = aarrr_people.people(
        data, params, sources, rows=rows, seen=seen, start=first_day, calendar=calendar
    ).cache()
    orders, refer_by_event = data.kind == "lines", bool(params.referral_events)
    table = trend(people, seen, calendar, start, refer_by_event=refer_by_event)
    found = stages(people, table, sources, orders=orders, refer_by_event=refer_by_event)
    table = blank_missing(table, found)
    segments = named(data, sources)
    listed = customers(people, data, has_paid_step=any(segment.key == "revenue" for segment in segments))
    has_revenue = sources.has_amount and (orders or bool(sources.pay_events))
    kept = _columns(data, sources, has_revenue=has_revenue, refer_by_event=refer_by_event)
    definitions, why = define(data, params, sources, calendar, found)
    listed = listed.select(data.entity, "segment", *(column.name for column in kept))
    counted = count_segments(listed, [segment.key for segment in segments], has_revenue=has_revenue)
    if counted.empty:
        raise DataError(
            "data.no_people", msg("这段时间里没有可以算的记录。"), msg("检查统计日期、“从哪天起”和选的行为。")
        )
    result = Result(
        customers=listed,
        columns=kept,
        rank_by="revenue" if has_revenue else "active_periods",
        segments=counted,
        segment_columns=_segment_columns(has_revenue=has_revenue),
        named=segments,
        headline=_headline(found),
        stages=found,
        trend=table,
        definitions=definitions,
        why_missing=why,
        first_is_old=params.acquisition == "first" and _begins_with_data(data, start, calendar),
        calendar=calendar,
        sources=sources,
        params=params,
        as_of=calendar.as_of,
        findings=(),
        method=(),
    )
    return replace(result, findings=find(data, result), method=tell_method(data, result))


def _start(data: Dataset, params: Params, calendar: Calendar) -> int:
    """The first period of the page: that of the first record, or of ``since``."""
    first = data.facts.first_at
    start = index_of(first.date() if first else calendar.as_of, calendar.period)
    if params.since is not None:
        start = max(start, index_of(params.since, calendar.period))
    check_span(start, calendar.last, calendar.period)
    if start > calendar.last:
        raise DataError(
            "data.nothing_before",
            msg("“从哪天起”之后没有记录。"),
            msg("把“从哪天起”改到 {as_of:date} 之前。", as_of=calendar.as_of),
        )
    return start


def _begins_with_data(data: Dataset, start: int, calendar: Calendar) -> bool:
    first = data.facts.first_at
    return first is not None and index_of(first.date(), calendar.period) == start


def _columns(data: Dataset, sources: Sources, *, has_revenue: bool, refer_by_event: bool) -> tuple[ListColumn, ...]:
    orders = data.kind == "lines"
    columns = [
        ListColumn("joined_at", msg("获客时间"), "datetime"),
        ListColumn("activated_at", msg("激活时间"), "datetime"),
        ListColumn("last_at", msg("最近一次来"), "datetime"),
        ListColumn("active_periods", msg("来过几期"), "int"),
    ]
    if orders or sources.pay_events:
        columns.append(ListColumn("payments", msg("付款次数"), "int"))
    if has_revenue:
        columns.append(ListColumn("revenue", msg("净消费（元）"), "money"))
    if sources.inviters and not refer_by_event:
        columns += [ListColumn("invited", msg("带来几人"), "int"), ListColumn("inviter", msg("邀请人编号"), "text")]
    return moments_as(columns, date_only=data.facts.date_only)


def _segment_columns(*, has_revenue: bool) -> tuple[ListColumn, ...]:
    columns = (
        ListColumn("customers", msg("客户数"), "int"),
        ListColumn("customer_share", msg("占客户"), "share"),
        ListColumn("revenue", msg("净消费"), "money"),
        ListColumn("revenue_each", msg("人均"), "money"),
    )
    return tuple(column for column in columns if has_revenue or column.type != "money")


def _headline(found: pd.DataFrame) -> dict[str, float]:
    """The value of every stage that there is, and its rate."""
    numbers = {}
    for row in found.to_dict("records"):
        for name in ("value", "rate"):
            if not math.isnan(row[name]):
                numbers[f"{row['stage']}_{name}"] = float(row[name])
    return numbers
