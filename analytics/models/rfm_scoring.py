"""From orders to recency, frequency and monetary, from those to scores, from scores to a segment. All lazy.

Equal values always score equal: a score is one plus the number of cut points below the value, and the cut points of
the quantile method are values of the data (the smallest value at which the cumulative share of customers reaches
k/n: type 1 of Hyndman and Fan, 1996). With many equal values some cut points coincide and the scores between them
stay empty; nothing is spread by id or by row order.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import ibis

from analytics.models.rfm_segments import EIGHT, ELEVEN, NO_NET_SPEND

if TYPE_CHECKING:
    from analytics.dataset import Dataset

RefundPolicy = Literal["net", "drop", "keep"]
SCALE = 5


@dataclass(frozen=True)
class Cuts:
    """Ascending cut points: a value above the k-th lies in a higher class.

    r in days, f in orders, m in money. For the mean split each holds the one mean, and being strictly better than
    it counts as high.
    """

    r: tuple[float, ...]
    f: tuple[float, ...]
    m: tuple[float, ...]


@dataclass(frozen=True)
class Weights:
    """How much R, F and M count; only their ratios matter."""

    r: float = 1
    f: float = 1
    m: float = 1


def marked_orders(data: Dataset, as_of: dt.date, policy: RefundPolicy) -> ibis.Table:
    """The orders before ``as_of`` with paid (1 or 0: whether it counts as an order) and value (what it counts for).

    Policies: net: refunds are taken off, an order wholly refunded does not count; drop: an order with any refund
    is left out; keep: refunds are ignored.
    """
    orders = data.orders.filter(data.orders.ordered_at < ibis.literal(dt.datetime.combine(as_of, dt.time())))
    valued = valued_orders(orders, policy)
    return valued.mutate(paid=valued.paid.cast("int64"))


def customer_base(data: Dataset, as_of: dt.date, policy: RefundPolicy) -> ibis.Table:
    """One row per customer with an order before ``as_of``, at the start of that day.

    customer_id · frequency (paid orders) · monetary · refund · first_order_at · last_order_at · recency_days.
    Recency is from the last paid order; null where there is none.
    """
    orders = marked_orders(data, as_of, policy)
    marked = orders.mutate(paid_at=ibis.ifelse(orders.paid == 1, orders.ordered_at, ibis.null("timestamp")))
    base = marked.group_by("customer_id").agg(
        frequency=marked.paid.sum(),
        monetary=marked.value.sum().cast("decimal(38,4)"),
        refund=marked.refund.sum().cast("decimal(38,4)"),
        first_order_at=marked.paid_at.min(),
        last_order_at=marked.paid_at.max(),
    )
    return base.mutate(recency_days=ibis.literal(as_of).delta(base.last_order_at.date(), unit="day"))


def valued_orders(orders: ibis.Table, policy: RefundPolicy) -> ibis.Table:
    """Orders with ``paid`` (whether it counts as a purchase) and ``value`` (what it counts for) under a policy.

    The policies are those of ``marked_orders``. Order lines have the same three amounts and can be given too.
    """
    if policy == "net":
        paid, value = orders.amount > 0, orders.amount
    elif policy == "drop":
        paid = (orders.gross > 0) & (orders.refund == 0)
        value = ibis.ifelse(paid, orders.gross, ibis.literal(0).cast("decimal(18,4)"))
    else:
        paid, value = orders.gross > 0, orders.gross
    return orders.mutate(paid=paid, value=value)


def scored_part(base: ibis.Table) -> ibis.Table:
    """The customers that get scores: at least one paid order and a net spending above zero."""
    return base.filter((base.frequency > 0) & (base.monetary > 0))


def quantile_cuts(base: ibis.Table, bins: int) -> Cuts:
    """Cut points that put about 1/bins of the scored customers in each class."""
    scored = scored_part(base)
    return Cuts(
        *(_quantile_points(scored, measure, bins) for measure in ("recency_days", "frequency", "monetary")),
    )


def mean_cuts(base: ibis.Table) -> Cuts:
    """The means over the scored customers."""
    scored = scored_part(base)
    # Divided here, from exact sums: engines give the mean of decimals a different number of places.
    sums = scored.agg(
        r=scored.recency_days.sum(), f=scored.frequency.sum(), m=scored.monetary.sum(), customers=scored.count()
    )
    row = sums.to_pyarrow().to_pylist()[0]
    if not row["customers"]:
        return Cuts((0.0,), (0.0,), (0.0,))
    # Rounded so that a customer who equals the mean is not above it by the last bit of a float division.
    return Cuts(*((round(float(row[name] / row["customers"]), 9),) for name in "rfm"))


def _quantile_points(scored: ibis.Table, measure: str, bins: int) -> tuple[float, ...]:
    counts = scored.group_by(value=scored[measure]).agg(customers=scored.count())
    running = counts.mutate(upto=counts.customers.sum().over(ibis.cumulative_window(order_by=counts.value)))
    total = int(scored.count().execute())
    if total == 0:
        return ()
    wanted = {f"q{k}": running.value.min(where=running.upto * bins >= k * total) for k in range(1, bins)}
    row = running.agg(**wanted).execute().iloc[0]
    return tuple(float(row[f"q{k}"]) for k in range(1, bins))


def add_scores(base: ibis.Table, cuts: Cuts, weights: Weights, *, by_mean: bool) -> ibis.Table:
    """Add r, f, m (1 is worst), score (weighted mean on the scale of 1 to 5) and segment (a key of SEGMENTS).

    Customers without net spending have null scores and the segment NO_NET_SPEND.
    """
    counts = base.mutate(
        in_score=(base.frequency > 0) & (base.monetary > 0),
        # strictly fewer days than the mean counts as recent; for classes a day on the cut is still inside it
        r=_points_above(base.recency_days, cuts.r, or_equal=by_mean),
        f=_points_above(base.frequency, cuts.f),
        m=_points_above(base.monetary, cuts.m),
    )
    r_top = len(cuts.r) + 1
    scored = counts.mutate(r=r_top - counts.r, f=counts.f + 1, m=counts.m + 1)
    on_scale = scored.mutate(
        r_scale=_rescaled(scored.r, r_top),
        f_scale=_rescaled(scored.f, len(cuts.f) + 1),
        m_scale=_rescaled(scored.m, len(cuts.m) + 1),
    )
    total = weights.r + weights.f + weights.m
    score = (on_scale.r_scale * weights.r + on_scale.f_scale * weights.f + on_scale.m_scale * weights.m) / total
    segment = _eight(on_scale) if by_mean else _eleven(on_scale, weights)
    inside = on_scale.in_score
    return on_scale.mutate(
        r=ibis.ifelse(inside, on_scale.r, ibis.null("int64")),
        f=ibis.ifelse(inside, on_scale.f, ibis.null("int64")),
        m=ibis.ifelse(inside, on_scale.m, ibis.null("int64")),
        score=ibis.ifelse(inside, two_places(score), ibis.null("float64")),
        segment=ibis.ifelse(inside, segment, ibis.literal(NO_NET_SPEND)),
    ).drop("in_score", "r_scale", "f_scale", "m_scale")


def _points_above(value: Any, points: tuple[float, ...], *, or_equal: bool = False) -> Any:
    """How many cut points a value lies above (or on)."""
    numbers = [value.cast("float64") >= p if or_equal else value.cast("float64") > p for p in points]
    return reduce(lambda total, above: total + above.cast("int64"), numbers, ibis.literal(0).cast("int64"))


def two_places(score: Any) -> Any:
    """Half up, as people round: engines disagree on 2.675, whose float lies just below."""
    return (score * 100 + 0.5 + 1e-9).floor().cast("float64") / 100


def _rescaled(score: Any, top: int) -> Any:
    """A score of 1..top on the scale of 1..5; a single class sits in the middle."""
    if top == 1:
        return ibis.literal(3.0)
    return (score - 1) * (SCALE - 1) / (top - 1) + 1.0


def _eleven(on_scale: ibis.Table, weights: Weights) -> Any:
    r = (on_scale.r_scale + 0.5).floor().cast("int64")
    share = weights.f + weights.m
    f_weight, m_weight = (weights.f / share, weights.m / share) if share else (0.5, 0.5)
    mean = on_scale.f_scale * f_weight + on_scale.m_scale * m_weight
    # 2.5 rounds up to 3; the small term keeps 2.4999999 of a float product from rounding down
    fm = (mean + 0.5 + 1e-9).floor().cast("int64")
    return _picked([key for row in ELEVEN for key in row], (r - 1) * 5 + fm - 1)


def _eight(on_scale: ibis.Table) -> Any:
    middle = (SCALE + 1) / 2
    r, f, m = ((scale > middle).cast("int64") for scale in (on_scale.r_scale, on_scale.f_scale, on_scale.m_scale))
    keys = [EIGHT[bool(place & 4), bool(place & 2), bool(place & 1)] for place in range(8)]
    return _picked(keys, r * 4 + f * 2 + m)


def _picked(keys: list[str], place: Any) -> Any:
    """The key at a place, counted from 0. One long CASE would repeat the place in every branch: Spark then gives up
    compiling the query.
    """
    return ibis.array([ibis.literal(key) for key in keys])[place.cast("int32")]
