"""RFM: who bought recently, often and for much money, and what to do with each group.

Recency: days from the last paid order to ``as_of``. Frequency: number of paid orders (orders, not lines). Monetary:
what the customer paid, net of refunds by default. Customers without net spending form a group of their own.
After A. M. Hughes, Strategic Database Marketing (1994); the eight types follow Chinese practice (R, F, M against the
mean). Unlike the many tools that cut by NTILE, equal values always score equal (see rfm_scoring).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import DataError, ParamError
from analytics.i18n import Text, msg
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment, moments_as
from analytics.models.rfm_findings import FEW_CUSTOMERS, find, tell_method
from analytics.models.rfm_scoring import (
    Cuts,
    RefundPolicy,
    Weights,
    add_scores,
    customer_base,
    mean_cuts,
    quantile_cuts,
    scored_part,
)
from analytics.models.rfm_segments import NO_NET_SPEND, SEGMENTS, segment_keys

Method = Literal["quantile", "fixed", "mean"]

# Minimums after Klaviyo, which refuses below them; here they only warn.
NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at", "amount"),
        can=("order_id", "status", "refund_amount", "region", "channel", "store", "category"),
        solid_entities=FEW_CUSTOMERS,
        solid_days=180,
        beside=("customers",),
    ),
)
COLUMNS = (
    ListColumn("recency_days", msg("距上次下单（天）"), "int"),
    ListColumn("frequency", msg("下单次数"), "int"),
    ListColumn("monetary", msg("累计净消费（元）"), "money"),
    ListColumn("score", msg("综合分"), "number"),
    ListColumn("r", msg("R 分"), "int", default=False),
    ListColumn("f", msg("F 分"), "int", default=False),
    ListColumn("m", msg("M 分"), "int", default=False),
    ListColumn("last_order_at", msg("最近下单"), "datetime"),
    ListColumn("first_order_at", msg("首次下单"), "datetime", default=False),
    ListColumn("refund", msg("累计退款（元）"), "money", default=False),
)
SEGMENT_COLUMNS = (
    ListColumn("customers", msg("客户"), "int"),
    ListColumn("customer_share", msg("占客户"), "share"),
    ListColumn("revenue", msg("净消费"), "money"),
    ListColumn("revenue_share", msg("占净消费"), "share"),
    ListColumn("recency_days", msg("平均距今（天）"), "number"),
    ListColumn("frequency", msg("平均单数"), "number"),
    ListColumn("monetary", msg("人均净消费"), "money"),
)


@dataclass(frozen=True)
class Params:
    """How to score.

    method         quantile: classes of about equal size; fixed: the cut points below; mean: the eight types
    bins           classes for the quantile method, 3 to 5
    r_cuts         fixed: days, ascending; up to the first is the best class
    f_cuts, m_cuts fixed: orders and money, ascending; up to the first is the worst class
    *_weight       how much each counts in the score and in the mean of F and M
    as_of          the day recency is counted to; None: the day after the last record
    refund_policy  net: take refunds off; drop: leave refunded orders out; keep: ignore refunds
    """

    method: Method = "quantile"
    bins: int = 5
    r_cuts: tuple[float, ...] = (30, 60, 90, 180)
    f_cuts: tuple[float, ...] = (1, 2, 4, 8)
    m_cuts: tuple[float, ...] = (100, 300, 1000, 3000)
    r_weight: float = 1
    f_weight: float = 1
    m_weight: float = 1
    as_of: dt.date | None = None
    refund_policy: RefundPolicy = "net"

    def __post_init__(self) -> None:
        one_of("method", self.method, get_args(Method))
        one_of("refund_policy", self.refund_policy, get_args(RefundPolicy))
        if not 3 <= self.bins <= 5:
            raise ParamError("param.bins", msg("分档数要在 3 到 5 之间。"), msg("常用 5 档。"))
        for name in ("r_cuts", "f_cuts", "m_cuts"):
            _ascending(name, getattr(self, name))
        weights = (self.r_weight, self.f_weight, self.m_weight)
        if not all(0 <= weight < float("inf") for weight in weights) or sum(weights) == 0:
            raise ParamError("param.weights", msg("权重不能是负数，也不能全是 0。"), msg("不确定时三个都填 1。"))

    @property
    def weights(self) -> Weights:
        """The three weights together."""
        return Weights(self.r_weight, self.f_weight, self.m_weight)


@dataclass(frozen=True)
class Result:
    """The answer (models/base.py says what every answer has).

    customers  lazy, one row per customer with an order before as_of: customer_id · frequency · monetary · refund ·
               first_order_at · last_order_at · recency_days · r · f · m · score · segment
    segments   one row per segment that has customers, in display order: segment · customers · customer_share ·
               revenue · revenue_share · recency_days · frequency · monetary (means). Shares are of the customers
               and of the net spending with scores; they and recency are NaN for NO_NET_SPEND
    cells      r · f · customers · revenue, the scored customers only
    cuts       the cut points that were used
    """

    customers: ibis.Table
    segments: pd.DataFrame
    cells: pd.DataFrame
    cuts: Cuts
    as_of: dt.date
    params: Params
    customers_total: int
    revenue_total: float
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]
    columns: tuple[ListColumn, ...] = COLUMNS

    rank_by = "monetary"
    segment_columns = SEGMENT_COLUMNS

    @property
    def named(self) -> tuple[Segment, ...]:
        """The segments that these parameters can give, in display order."""
        return tuple(SEGMENTS[key] for key in segment_keys(self.params.method))

    @property
    def headline(self) -> dict[str, float]:
        """Customers with an order before as_of, and their net spending."""
        return {"customers": self.customers_total, "revenue": self.revenue_total}


def analyze(data: Dataset, params: Params) -> Result:
    """Score every customer. Raises DataError when there is no order before ``as_of``."""
    as_of = resolve_as_of(data, params.as_of)
    base = customer_base(data, as_of, params.refund_policy).cache()
    cuts = find_cuts(base, params)
    customers = add_scores(base, cuts, params.weights, by_mean=params.method == "mean")
    grouped = _grouped(customers)
    if grouped.empty:
        raise DataError(
            "data.no_orders_before",
            msg("{as_of:date} 之前没有订单。", as_of=as_of),
            msg("把统计日期改到 {first:date} 之后。", first=data.facts.first_at),
        )
    segments = _segments(grouped, params.method)
    scored = grouped[grouped["segment"] != NO_NET_SPEND]
    result = Result(
        customers=customers,
        segments=segments,
        cells=scored.groupby(["r", "f"], as_index=False)[["customers", "revenue"]].sum(),
        cuts=cuts,
        as_of=as_of,
        params=params,
        customers_total=int(segments["customers"].sum()),
        revenue_total=float(segments["revenue"].sum()),
        findings=(),
        method=tell_method(data, params, cuts, as_of, grouped),
        columns=moments_as(COLUMNS, date_only=data.facts.date_only),
    )
    return replace(result, findings=find(data, result, scored, top_fifth_share(base)))


def resolve_as_of(data: Dataset, as_of: dt.date | None) -> dt.date:
    """The given day, or the day after the last record: the clock is the data's."""
    if as_of is not None:
        return as_of
    if data.facts.last_at is None:
        raise DataError("data.no_dates", msg("数据里没有可用的日期。"), msg("检查下单时间对应的列。"))
    return data.facts.last_at.date() + dt.timedelta(days=1)


def find_cuts(base: ibis.Table, params: Params) -> Cuts:
    """The cut points of the chosen method on a customer base."""
    if params.method == "fixed":
        return Cuts(params.r_cuts, params.f_cuts, params.m_cuts)
    return mean_cuts(base) if params.method == "mean" else quantile_cuts(base, params.bins)


def top_fifth_share(base: ibis.Table) -> float | None:
    """Share of the net spending that comes from the fifth of scored customers who spend most; None without any."""
    scored = scored_part(base)
    ranked = scored.mutate(
        place=ibis.row_number().over(ibis.window(order_by=[scored.monetary.desc(), scored.customer_id]))
    )
    total = int(scored.count().execute())
    if total == 0:
        return None
    top = ranked.monetary.sum(where=ranked.place < -(-total // 5))
    row = ranked.agg(top=top, all=ranked.monetary.sum()).execute().iloc[0]
    return float(row["top"]) / float(row["all"])


def _grouped(customers: ibis.Table) -> pd.DataFrame:
    """Sums per segment and scores: a few hundred rows however many customers there are."""
    grouped = customers.group_by("segment", "r", "f", "m").agg(
        customers=customers.count(),
        once=(customers.frequency == 1).sum(),
        revenue=customers.monetary.sum(),
        refund=customers.refund.sum(),
        recency_days=customers.recency_days.sum(),
        frequency=customers.frequency.sum(),
    )
    frame: pd.DataFrame = grouped.order_by("segment", "r", "f", "m").execute()
    for column in ("revenue", "refund", "recency_days", "frequency"):
        frame[column] = frame[column].astype(float)
    return frame


def _segments(grouped: pd.DataFrame, method: Method) -> pd.DataFrame:
    sums = grouped.groupby("segment")[["customers", "revenue", "recency_days", "frequency"]].sum()
    sums = sums.reindex([key for key in segment_keys(method) if key in sums.index])
    customers, revenue = sums["customers"], sums["revenue"]
    scored = sums.drop(index=NO_NET_SPEND, errors="ignore")
    table = pd.DataFrame(
        {
            "customers": customers.astype("int64"),
            "customer_share": customers / scored["customers"].sum() if len(scored) else float("nan"),
            "revenue": revenue,
            "revenue_share": revenue / scored["revenue"].sum() if len(scored) else float("nan"),
            "recency_days": sums["recency_days"] / customers,
            "frequency": sums["frequency"] / customers,
            "monetary": revenue / customers,
        }
    )
    if NO_NET_SPEND in table.index:
        table.loc[NO_NET_SPEND, ["recency_days", "customer_share", "revenue_share"]] = float("nan")
    return table.rename_axis("segment").reset_index()


def one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Raise ParamError for a value of a parameter that is not among those allowed."""
    if value not in allowed:
        raise ParamError(
            f"param.{name}",
            msg("{name} 不能是“{value}”。", name=name, value=str(value)),
            msg("可选：{allowed}。", allowed="、".join(allowed)),
        )


def _ascending(name: str, cuts: tuple[float, ...]) -> None:
    rising = all(a < b for a, b in itertools.pairwise(cuts))
    if not 2 <= len(cuts) <= 4 or not rising or not all(0 <= cut < float("inf") for cut in cuts):
        raise ParamError(
            f"param.{name}",
            msg("{measure}的分界点要从小到大，2 到 4 个，不能是负数。", measure=CUT_NAMES[name]),
            msg("例如 {example}。", example=EXAMPLE_CUTS[name]),
        )


EXAMPLE_CUTS = {"r_cuts": "30, 60, 90, 180", "f_cuts": "1, 2, 4, 8", "m_cuts": "100, 300, 1000, 3000"}
CUT_NAMES: dict[str, Text] = {"r_cuts": msg("R（天数）"), "f_cuts": msg("F（单数）"), "m_cuts": msg("M（金额）")}
