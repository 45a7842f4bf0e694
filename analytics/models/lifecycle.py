"""Lifecycle: who is new, active, slipping, asleep or gone; and how many come, come back and stay away over time.

Two views, named apart. Interval flow (after PostHog's lifecycle): active = new + returning + resurrecting per day,
week or month; dormant, drawn below zero, were active in the interval before. Current stage: days since the last visit
against the customer's own usual gap (median) where there are enough visits, else against the population's; the limits
are quantiles of the gaps between visits in the data, or what the user sets. See lifecycle_stage and lifecycle_flow.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace
from typing import Literal, get_args

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import DataError, ParamError
from analytics.i18n import msg
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, moments_as
from analytics.models.lifecycle_activity import check_activity, has_value
from analytics.models.lifecycle_findings import find, tell_method
from analytics.models.lifecycle_flow import Interval, choose_interval, flow
from analytics.models.lifecycle_segments import NO_NET_SPEND, STAGES
from analytics.models.lifecycle_stage import Limits, acts, add_stage, count_gaps, customer_base, find_limits
from analytics.models.rfm import one_of, resolve_as_of
from analytics.models.rfm_findings import FEW_CUSTOMERS
from analytics.models.rfm_scoring import RefundPolicy

IntervalChoice = Literal["auto", "day", "week", "month"]
# Stages that are still early enough for a warning.
EARLY = ("new", "active", "at_risk")

NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at", "amount"),
        can=("order_id", "status", "refund_amount", "region", "channel", "store", "category"),
        solid_entities=FEW_CUSTOMERS,
        solid_days=180,
        beside=("customers",),
    ),
    Needs(
        kind="events",
        must=("user_id", "event", "occurred_at"),
        can=("amount", "channel", "region", "category"),
        solid_entities=FEW_CUSTOMERS,
        solid_days=28,
        beside=("customers",),
    ),
)


@dataclass(frozen=True)
class Params:
    """How to tell stages and intervals apart.

    interval      of the flow; auto: day up to 45 days of data, week up to 200, else month
    at_risk_days, dormant_days, lost_days
                  a stage begins after this many days without a visit; None: the quantile of the gaps
    quantiles     three shares of the gaps between visits, ascending, for the limits that are not set
    own_rhythm    scale the limits by the customer's own usual gap, where there are at least own_visits visits
    own_visits    3 or more
    activity      events that count as a visit; empty: every event (order files: paid orders)
    since, as_of  count from the start of the one day up to the start of the other; None: all, and the day after the
                  last record
    refund_policy as in RFM (order files only)
    """

    interval: IntervalChoice = "auto"
    at_risk_days: float | None = None
    dormant_days: float | None = None
    lost_days: float | None = None
    quantiles: tuple[float, ...] = (0.75, 0.9, 0.97)
    own_rhythm: bool = True
    own_visits: int = 4
    activity: tuple[str, ...] = ()
    since: dt.date | None = None
    as_of: dt.date | None = None
    refund_policy: RefundPolicy = "net"

    def __post_init__(self) -> None:
        one_of("interval", self.interval, get_args(IntervalChoice))
        one_of("refund_policy", self.refund_policy, get_args(RefundPolicy))
        rising = all(a < b for a, b in itertools.pairwise(self.quantiles))
        if len(self.quantiles) != 3 or not rising or not all(0 < share < 1 for share in self.quantiles):
            raise ParamError(
                "param.quantiles",
                msg("三个分位要从小到大，都在 0 和 1 之间。"),
                msg("例如 {example}。", example="0.75, 0.9, 0.97"),
            )
        given = [days for days in (self.at_risk_days, self.dormant_days, self.lost_days) if days is not None]
        if not all(0 < days < 100_000 for days in given) or not all(a < b for a, b in itertools.pairwise(given)):
            raise ParamError(
                "param.limits",
                msg("有风险、沉睡、流失的天数要大于 0，而且从小到大。"),
                msg("例如 {example}；留空的用数据里的间隔算。", example="30, 90, 180"),
            )
        if not 3 <= self.own_visits <= 1000:
            raise ParamError(
                "param.own_visits", msg("来过几次才看自己的节奏：要 3 次以上。"), msg("常用 4 次，有 3 个间隔。")
            )
        if self.since is not None and self.as_of is not None and self.since >= self.as_of:
            raise ParamError(
                "param.since", msg("开始日期要早于统计日期。"), msg("把开始日期改早一些，或者把统计日期改晚一些。")
            )


@dataclass(frozen=True)
class Result:
    """The answer (models/base.py says what every answer has).

    customers  lazy, one row per customer with anything before as_of: the id · recency_days · usual_gap_days ·
               own_rhythm (whether that gap is their own) · times_usual · overdue_days · frequency (paid orders, or
               events) · visit_days · last_at · first_at · segment; with amounts: monetary · year_value · refund
    segments   a row per stage with customers: customers · customer_share (of those with a stage) · recency_days ·
               usual_gap_days · frequency (means); with amounts: revenue · revenue_share · year_revenue
    flow       see lifecycle_flow.flow
    gaps       gap_days · gaps: how often each gap between visits occurs
    early      customers past their usual gap but not yet dormant: see early_sums
    """

    customers: ibis.Table
    segments: pd.DataFrame
    flow: pd.DataFrame
    gaps: pd.DataFrame
    limits: Limits
    interval: Interval
    early: dict[str, float]
    valued: bool
    as_of: dt.date
    params: Params
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]
    columns: tuple[ListColumn, ...]
    segment_columns: tuple[ListColumn, ...]

    named = tuple(STAGES.values())

    @property
    def rank_by(self) -> str:
        """Net spending; without amounts how often they came."""
        return "monetary" if self.valued else "visit_days"

    @property
    def headline(self) -> dict[str, float]:
        """Customers by stage, those to warn about, and the limits in days."""
        table = self.segments.set_index("segment")
        stages = {f"{key}_customers": float(table["customers"].get(key, 0)) for key in STAGES}
        money = {"revenue": float(table["revenue"].sum())} if self.valued else {}
        limits = {
            "usual_days": self.limits.usual_days, "at_risk_days": self.limits.at_risk_days,
            "dormant_days": self.limits.dormant_days, "lost_days": self.limits.lost_days,
        }  # fmt: skip
        return stages | money | {"early_customers": self.early["customers"]} | limits


def analyze(data: Dataset, params: Params) -> Result:
    """Find each customer's stage and the flow. Raises DataError when nobody did anything before ``as_of``."""
    as_of = resolve_as_of(data, params.as_of)
    check_activity(data, params)
    valued = has_value(data, params)
    base = customer_base(data, params, as_of, valued=valued).cache()
    counts, repeaters = count_gaps(acts(data, params, as_of, valued=valued))
    limits = find_limits(counts, repeaters, params)
    staged = add_stage(base, limits)
    columns = moments_as(list_columns(data, valued=valued), date_only=data.facts.date_only)
    customers = staged.rename({data.entity: "who"}).select(data.entity, *(c.name for c in columns), "segment")
    segments = _segments(staged, valued=valued)
    if segments.empty:
        raise DataError(
            "data.nothing_before",
            msg("选定的日期和行为里没有任何记录。"),
            msg("把日期放宽，或者多选几种行为。"),
        )
    interval = choose_interval(data, params, as_of)
    result = Result(
        customers=customers,
        segments=segments,
        flow=flow(data, params, as_of, interval, valued=valued),
        gaps=counts,
        limits=limits,
        interval=interval,
        early=early_sums(customers, valued=valued),
        valued=valued,
        as_of=as_of,
        params=params,
        findings=(),
        method=tell_method(data, params, limits, as_of, interval, valued=valued),
        columns=columns,
        segment_columns=segment_columns(data, valued=valued),
    )
    return replace(result, findings=find(data, result))


def list_columns(data: Dataset, *, valued: bool) -> tuple[ListColumn, ...]:
    """The model's columns of a list; money only where there are amounts, orders only for order files."""
    orders = data.kind == "lines"
    money = (
        ListColumn("monetary", msg("累计净消费（元）"), "money"),
        ListColumn("year_value", msg("近一年净消费（元）"), "money"),
    )
    return (
        ListColumn("recency_days", msg("距上次（天）"), "int"),
        ListColumn("usual_gap_days", msg("平时隔几天"), "number"),
        ListColumn("times_usual", msg("是平时的几倍"), "number"),
        ListColumn("overdue_days", msg("比平时晚几天"), "number", default=False),
        *(money if valued else ()),
        ListColumn("frequency", msg("下单次数") if orders else msg("行为次数"), "int"),
        ListColumn("visit_days", msg("来过几天"), "int", default=not orders),
        ListColumn("own_gap_days", msg("自己的间隔（天）"), "number", default=False),
        ListColumn("last_at", msg("最近一次"), "datetime"),
        ListColumn("first_at", msg("第一次"), "datetime", default=False),
        *((ListColumn("refund", msg("累计退款（元）"), "money", default=False),) if orders else ()),
    )


def segment_columns(data: Dataset, *, valued: bool) -> tuple[ListColumn, ...]:
    """What the columns of ``segments`` are."""
    money = (
        ListColumn("revenue", msg("净消费"), "money"),
        ListColumn("revenue_share", msg("占净消费"), "share"),
        ListColumn("year_revenue", msg("近一年净消费"), "money"),
    )
    return (
        ListColumn("customers", msg("客户"), "int"),
        ListColumn("customer_share", msg("占客户"), "share"),
        *(money if valued else ()),
        ListColumn("recency_days", msg("平均距今（天）"), "number"),
        ListColumn("usual_gap_days", msg("平时间隔（天）"), "number"),
        ListColumn("frequency", msg("平均单数") if data.kind == "lines" else msg("平均次数"), "number"),
    )


def early_warning(customers: ibis.Table) -> ibis.Table:
    """Those past their usual gap who are not yet dormant."""
    return customers.filter(customers.segment.isin(EARLY) & (customers.overdue_days > 0))


def early_sums(customers: ibis.Table, *, valued: bool) -> dict[str, float]:
    """How many were warned about: customers · at_risk.

    With amounts also their year_value, and of those at risk the TOP who spent most: top (how many) · top_year.
    """
    early = early_warning(customers)
    risky = (early.segment == "at_risk").cast("int64")
    sums = {"customers": early.count(), "at_risk": risky.sum()}
    if valued:
        sums |= {"year_value": early.year_value.sum()}
    row = early.agg(**sums).execute().iloc[0]
    found = {name: 0.0 if pd.isna(value) else float(value) for name, value in row.items()}
    if valued:
        at_risk = customers.filter(customers.segment == "at_risk")
        best = at_risk.order_by([at_risk.year_value.desc(), at_risk[customers.columns[0]]]).limit(TOP)
        values = best.year_value.execute()
        found |= {"top": float(len(values)), "top_year": float(values.astype(float).sum())}
    return {str(name): value for name, value in found.items()}


TOP = 20


def _segments(staged: ibis.Table, *, valued: bool) -> pd.DataFrame:
    grouped = (
        staged.group_by("segment")
        .agg(
            customers=staged.count(), revenue=staged.monetary.sum(), year_revenue=staged.year_value.sum(),
            recency_days=staged.recency_days.sum(), usual_gap_days=staged.usual_gap_days.sum(),
            frequency=staged.frequency.sum(),
        )
        .execute()
        .set_index("segment")
        .astype(float)
    )  # fmt: skip
    sums = grouped.reindex([key for key in STAGES if key in grouped.index])
    inside = sums.drop(index=NO_NET_SPEND, errors="ignore")
    table = pd.DataFrame({"customers": sums["customers"].astype("int64")})
    table["customer_share"] = inside["customers"] / inside["customers"].sum()
    if valued:
        total = inside["revenue"].sum()
        table["revenue"] = sums["revenue"]
        table["revenue_share"] = inside["revenue"] / (total if total > 0 else float("nan"))
        table["year_revenue"] = sums["year_revenue"]
    for name in ("recency_days", "usual_gap_days", "frequency"):
        table[name] = inside[name] / inside["customers"]
    return table.rename_axis("segment").reset_index()
