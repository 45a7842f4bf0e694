"""Retention: of the people who came for the first time in a period, who came back, when, and what they brought.

A cohort is everybody whose first paid order (or first event) lies in the same calendar day, week or month. Period 0 is
that period and the base. Retention in period k: there in that period (classic, N-day), or in that period or any later
one (unbounded). What cannot have been observed completely by ``as_of`` is blank and out of every mean. Beside it the
repurchase curve of Kaplan and Meier. After P. Fader and B. Hardie's cohort charts; names as in common product
analytics tools.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.i18n import msg
from analytics.models import retention_activity as activity
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment, moments_as
from analytics.models.retention_activity import Events, Outside
from analytics.models.retention_cohorts import (
    MEASURES,
    MODES,
    count_cells,
    second_visits,
    triangle,
    visits,
    weighted_curve,
)
from analytics.models.retention_findings import find, tell_method
from analytics.models.retention_groups import check_name, check_property, grouped_curves
from analytics.models.retention_periods import PERIODS, Calendar
from analytics.models.retention_repurchase import Repurchase, kaplan_meier, waits
from analytics.models.retention_segments import count_segments, customers, named
from analytics.models.rfm_scoring import RefundPolicy

NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at", "amount"),
        can=("order_id", "status", "refund_amount", "region", "channel", "store", "category", "product"),
        solid_entities=200,
        solid_days=90,
        beside=("customers",),
    ),
    Needs(
        kind="events",
        must=("user_id", "event", "occurred_at"),
        can=("amount", "channel", "region", "category"),
        solid_entities=200,
        solid_days=7,
        beside=("customers",),
    ),
)


@dataclass(frozen=True)
class Params:
    """What is counted.

    period         day, week, month; auto: by the length of the data
    measure        users, orders (events: how many acts) or revenue
    mode           period: in that period; unbounded: in that period or later (users only)
    list_period    the k of the lists: who was there k periods after the first
    by             a column to break down by, taken at the first touch; "customers.x": of the customers' table beside
    start_events   events only: what can be a person's first; empty: any
    return_events  events only: what counts as coming back; empty: any
    since          people who started before this day are left out; None: nobody is
    as_of          records from this day on are not counted; None: the day after the last record
    refund_policy  orders only: net, drop or keep, as in RFM
    """

    period: str = "auto"
    measure: str = "users"
    mode: str = "period"
    list_period: int = 1
    by: str = ""
    start_events: Events = ()
    return_events: Events = ()
    since: dt.date | None = None
    as_of: dt.date | None = None
    refund_policy: RefundPolicy = "net"

    def __post_init__(self) -> None:
        activity.one_of("period", self.period, ("auto", *PERIODS))
        activity.one_of("measure", self.measure, MEASURES)
        activity.one_of("mode", self.mode, MODES)
        activity.one_of("refund_policy", self.refund_policy, activity.POLICIES)
        activity.check_count("list_period", self.list_period, 1, 365, msg("名单看第几期"))
        check_name(self.by)
        if self.mode == "unbounded" and self.measure != "users":
            raise ParamError(
                "param.mode",
                msg("“那一期或以后”只能数人，不能加总单数或金额。"),
                msg("指标改成客户数，或者改成“那一期”。"),
            )
        if self.since and self.as_of and self.since >= self.as_of:
            raise ParamError("param.since", msg("“从哪天起”要早于统计日期。"), msg("把其中一个日期改一改。"))


@dataclass(frozen=True)
class Result:
    """The answer.

    customers  lazy, one row per person with a first act: id · segment · cohort · first_at · next_at · last_at ·
               idle_days · orders · revenue
    segments   a row per cohort and state (retention_segments) that has members
    cells      the triangle: see retention_cohorts.triangle
    curve      means over the cohorts: see retention_cohorts.weighted_curve
    groups     curves by the property (empty without one): see retention_groups.grouped_curves
    repurchase the Kaplan–Meier curve of the second purchase day
    """

    customers: ibis.Table
    columns: tuple[ListColumn, ...]
    rank_by: str
    segments: pd.DataFrame
    segment_columns: tuple[ListColumn, ...]
    named: tuple[Segment, ...]
    headline: dict[str, float]
    cells: pd.DataFrame
    curve: pd.DataFrame
    groups: pd.DataFrame
    repurchase: Repurchase
    calendar: Calendar
    outside: Outside
    has_revenue: bool
    params: Params
    as_of: dt.date
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]


def analyze(data: Dataset, params: Params) -> Result:
    """Follow every cohort. Raises DataError without a first act, ParamError for columns and events there are not."""
    has_revenue = data.kind == "lines" or "amount" in data.roles
    if params.measure == "revenue" and not has_revenue:
        raise ParamError("param.measure", msg("数据里没有金额，算不了金额留存。"), msg("指标改成客户数或次数。"))
    if params.by:
        check_property(data, params.by)
    calendar = activity.find_calendar(data, params.period, params.since, params.as_of)
    acts = activity.acts(data, calendar.as_of, params.refund_policy, params.start_events, params.return_events)
    first = activity.first_acts(acts, calendar, params.since).cache()
    seen = visits(acts, first, calendar).cache()
    sizes, counted = count_cells(seen, first)
    cells = triangle(sizes, counted, calendar, params.measure, params.mode)
    people = customers(first, seen, calendar=calendar, k=params.list_period, mode=params.mode)
    people = people.rename({data.entity: "person"})
    if not has_revenue:
        people = people.drop("revenue")
    segments = named(
        [int(cohort) for cohort in sorted(cells["cohort"].unique())], calendar, params.list_period, params.mode
    )
    groups = pd.DataFrame(columns=["group", "size", "k", "rate", "base", "customers", "cohorts"])
    if params.by:
        how = (params.measure, params.mode)
        groups = grouped_curves(data, params.by, first, seen, calendar, starts=params.start_events, how=how)
    result = Result(
        customers=people,
        columns=_columns(data, has_revenue=has_revenue),
        rank_by="revenue" if has_revenue else "orders",
        segments=count_segments(people, [segment.key for segment in segments], has_revenue=has_revenue),
        segment_columns=_segment_columns(has_revenue=has_revenue),
        named=segments,
        headline={},
        cells=cells,
        curve=weighted_curve(cells),
        groups=groups,
        repurchase=kaplan_meier(waits(first, second_visits(seen), calendar.as_of)),
        calendar=calendar,
        outside=_outside(acts, counted),
        has_revenue=has_revenue,
        params=params,
        as_of=calendar.as_of,
        findings=(),
        method=(),
    )
    result = replace(result, headline=_headline(result))
    return replace(result, findings=find(data, result), method=tell_method(data, result))


def _outside(acts: ibis.Table, counted: pd.DataFrame) -> Outside:
    """What is in no cohort: everything before ``as_of`` less what the cohorts hold."""
    row = acts.agg(n=acts.counts.cast("int64").sum(), value=acts.value.sum()).to_pyarrow().to_pylist()[0]
    return Outside(
        int(row["n"] or 0) - int(counted["orders"].sum()),
        round(float(row["value"] or 0) - float(counted["revenue"].sum()), 2),
    )


def _columns(data: Dataset, *, has_revenue: bool) -> tuple[ListColumn, ...]:
    orders = data.kind == "lines"
    columns = (
        ListColumn("cohort", msg("同期群"), "text"),
        ListColumn("first_at", msg("首次下单") if orders else msg("第一次来"), "datetime"),
        ListColumn("next_at", msg("第二次下单") if orders else msg("第二天来"), "datetime"),
        ListColumn("last_at", msg("最近下单") if orders else msg("最近一次来"), "datetime"),
        ListColumn("idle_days", msg("多少天没来"), "int"),
        ListColumn("orders", msg("下单次数") if orders else msg("行为次数"), "int"),
        ListColumn("revenue", msg("累计净消费（元）"), "money"),
    )
    kept = tuple(column for column in columns if has_revenue or column.name != "revenue")
    return moments_as(kept, date_only=data.facts.date_only)


def _segment_columns(*, has_revenue: bool) -> tuple[ListColumn, ...]:
    columns = (
        ListColumn("customers", msg("客户数"), "int"),
        ListColumn("cohort_share", msg("占这批新客"), "share"),
        ListColumn("revenue", msg("净消费"), "money"),
        ListColumn("revenue_each", msg("人均"), "money"),
    )
    return tuple(column for column in columns if has_revenue or column.type != "money")


def _headline(result: Result) -> dict[str, float]:
    cells, curve, repurchase = result.cells, result.curve, result.repurchase
    rates = {f"rate_{k}": float(rate) for k, rate in zip(curve["k"], curve["rate"], strict=True) if k in (1, 2, 3)}
    median = {} if repurchase.median_days is None else {"median_days": float(repurchase.median_days)}
    return {
        "customers": float(cells.loc[cells["k"] == 0, "size"].sum()),
        "cohorts": float(cells["cohort"].nunique()),
        **rates,
        "returned": float(repurchase.returned),
        **median,
    }
