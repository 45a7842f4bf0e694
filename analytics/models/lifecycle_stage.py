"""How long customers usually stay away, and the stage that follows for each of them. All lazy but the gap counts.

A visit is a day with a paid order (or with one of the chosen events): several orders a day are one visit, so a gap is
at least one day and files that know only days give the same answer. A customer's usual gap is the median of the own
gaps where there are enough visits, else the population's median. A stage begins when the days since the last visit
exceed a limit in days; for customers with a usual gap of their own the limit is scaled by own ÷ population's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from analytics.errors import ParamError
from analytics.i18n import msg
from analytics.models.lifecycle_segments import NO_NET_SPEND
from analytics.models.rfm_scoring import marked_orders, two_places

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.lifecycle import Params

FALLBACK_DAYS = (30.0, 30.0, 90.0, 180.0)  # usual, at risk, dormant, lost: when nobody has come on a second day
YEAR_DAYS = 365
_MONEY = "decimal(38,4)"


@dataclass(frozen=True)
class Limits:
    """What decides the stages, in days; each but the first is the last day of the stage before it.

    usual_days  the population's usual gap (median); ``at_risk_days`` < ``dormant_days`` < ``lost_days``
    gaps        how many gaps the quantiles rest on;  ``repeaters``: how many customers those come from
    from_data   the names of the limits that are quantiles of the gaps; the others were set, or are FALLBACK_DAYS
    """

    usual_days: float
    at_risk_days: float
    dormant_days: float
    lost_days: float
    gaps: int
    repeaters: int
    from_data: tuple[str, ...]

    @property
    def stages(self) -> tuple[float, float, float]:
        """The three limits between stages."""
        return self.at_risk_days, self.dormant_days, self.lost_days


def acts(data: Dataset, params: Params, as_of: dt.date, *, valued: bool) -> ibis.Table:
    """What customers did before ``as_of``: who · at · day · paid (0 or 1: it counts as a visit) · value · refund.

    lines: one row per order. events: one row per event that counts. ``value`` is 0 throughout without amounts.
    """
    zero = ibis.literal(0).cast("decimal(18,4)")
    if data.kind == "lines":
        orders = marked_orders(data, as_of, params.refund_policy)
        table = orders.select(
            who=orders.customer_id, at=orders.ordered_at, day=orders.ordered_at.date(), paid=orders.paid,
            value=orders.value, refund=orders.refund,
        )  # fmt: skip
    else:
        events = data.main.filter(data.main.occurred_at < _midnight(as_of))
        if params.activity:
            events = events.filter(events.event.isin(params.activity))
        table = events.select(
            who=events.user_id, at=events.occurred_at, day=events.occurred_at.date(), paid=ibis.literal(1, "int64"),
            value=events.amount.cast("decimal(18,4)").fill_null(zero) if valued else zero, refund=zero,
        )  # fmt: skip
    return table if params.since is None else table.filter(table.at >= _midnight(params.since))


def _midnight(day: dt.date) -> ibis.Value:
    return ibis.literal(dt.datetime.combine(day, dt.time()))


def gaps_between(table: ibis.Table) -> ibis.Table:
    """One row per gap: who · day · gap_days, for each visit but a customer's first, the days since the one before."""
    days = table.filter(table.paid == 1).select("who", "day").distinct()
    before = days.day.lag().over(group_by=days.who, order_by=days.day)
    marked = days.mutate(before=before)
    marked = marked.filter(marked.before.notnull())
    return marked.select("who", "day", gap_days=marked.day.delta(marked.before, unit="day").cast("int64"))


def own_gaps(gaps: ibis.Table) -> ibis.Table:
    """One row per customer with a gap: who · gaps (how many) · own_gap_days (median: the mean of the middle two).

    By place instead of ``median``: engines differ in how they interpolate and in what they call exact.
    """
    place = ibis.row_number().over(group_by=gaps.who, order_by=[gaps.gap_days, gaps.day])
    ranked = gaps.mutate(place=place, gaps=gaps.count().over(group_by=gaps.who))
    middle = ranked.filter((ranked.place * 2 >= ranked.gaps - 2) & (ranked.place * 2 <= ranked.gaps))
    sums = middle.group_by("who").agg(gaps=middle.gaps.max(), total=middle.gap_days.sum(), n=middle.count())
    return sums.select("who", "gaps", own_gap_days=sums.total.cast("float64") / sums.n.cast("float64"))


def customer_base(data: Dataset, params: Params, as_of: dt.date, *, valued: bool) -> ibis.Table:
    """One row per customer with anything before ``as_of``, at the start of that day; no stage yet.

    who · frequency (paid orders, or events) · visit_days · monetary · year_value (of the last 365 days) · refund ·
    first_at · last_at · recency_days · own_gap_days (null with fewer than own_visits visits) · known_before (bool:
    registered before the data begin)
    """
    table = acts(data, params, as_of, valued=valued)
    year = ibis.ifelse(table.at >= _midnight(as_of - dt.timedelta(days=YEAR_DAYS)), table.value, table.value * 0)
    marked = table.mutate(
        year=year.cast("decimal(18,4)"), paid_at=ibis.ifelse(table.paid == 1, table.at, ibis.null("timestamp"))
    )
    base = marked.group_by("who").agg(
        frequency=marked.paid.sum(),
        monetary=marked.value.sum().cast(_MONEY),
        year_value=marked.year.sum().cast(_MONEY),
        refund=marked.refund.sum().cast(_MONEY),
        first_at=marked.paid_at.min(),
        last_at=marked.paid_at.max(),
    )
    own = own_gaps(gaps_between(table))
    joined = base.left_join(own.rename(gap_who="who"), base.who == own.who)
    enough = joined.gaps.fill_null(0) + 1 >= params.own_visits if params.own_rhythm else ibis.literal(value=False)
    joined = joined.mutate(
        visit_days=ibis.ifelse(joined.frequency > 0, joined.gaps.fill_null(0) + 1, 0),
        recency_days=ibis.literal(as_of).delta(joined.last_at.date(), unit="day").cast("int64"),
        own_gap_days=ibis.ifelse(enough, joined.own_gap_days, ibis.null("float64")),
    ).drop("gaps", "gap_who")
    return _with_known_before(joined, data, params)


def data_begin(data: Dataset, params: Params) -> dt.date | None:
    """The first day that is looked at."""
    first = data.facts.first_at.date() if data.facts.first_at else None
    return max(first, params.since) if first and params.since else first


def registrations(data: Dataset) -> ibis.Table | None:
    """registered_who · registered_at, from a customer file beside the data; None without one that knows the date."""
    people = data.companion("customers")
    if people is None or "registered_at" not in people.roles:
        return None
    table = people.main
    table = table.filter(table.registered_at.notnull())
    return table.group_by(registered_who=table.customer_id).agg(registered_at=table.registered_at.min())


def _with_known_before(base: ibis.Table, data: Dataset, params: Params) -> ibis.Table:
    known, begin = registrations(data), data_begin(data, params)
    if known is None or begin is None:
        return base.mutate(known_before=ibis.literal(value=False))
    both = base.left_join(known, base.who == known.registered_who)
    before = (both.registered_at < _midnight(begin)).fill_null(ibis.literal(value=False))
    return both.mutate(known_before=before).drop("registered_who", "registered_at")


def count_gaps(table: ibis.Table) -> tuple[pd.DataFrame, int]:
    """(gap_days · gaps: how often each gap occurs, ascending; how many customers have one)."""
    gaps = gaps_between(table)
    counts = gaps.group_by("gap_days").agg(gaps=gaps.count()).order_by("gap_days").execute()
    return counts.astype("int64"), int(gaps.who.nunique().execute())


def find_limits(counts: pd.DataFrame, repeaters: int, params: Params) -> Limits:
    """The limits that were set, the others from the gaps. Raises ParamError when together they do not ascend."""
    names = ("at_risk_days", "dormant_days", "lost_days")
    given = (params.at_risk_days, params.dormant_days, params.lost_days)
    gaps = int(counts["gaps"].sum())
    usual, *found = [_quantile(counts, share) for share in (0.5, *params.quantiles)] if gaps else FALLBACK_DAYS
    limits: list[float] = []
    for value, own in zip(found, given, strict=True):
        # Quantiles may coincide where most gaps are short: each stage is then at least a day long.
        limits.append(own if own is not None else max([value, *(limit + 1 for limit in limits[-1:])]))
    if not limits[0] < limits[1] < limits[2]:
        raise ParamError(
            "param.limits",
            msg("三个天数要从小到大，现在是 {days}。", days=" · ".join(f"{limit:g}" for limit in limits)),
            msg("后一个要比前一个大；留空的用数据里的间隔算。"),
        )
    from_data = tuple(name for name, own in zip(names, given, strict=True) if own is None) if gaps else ()
    at_risk, dormant, lost = limits
    return Limits(usual, at_risk, dormant, lost, gaps=gaps, repeaters=repeaters, from_data=from_data)


def _quantile(counts: pd.DataFrame, share: float) -> float:
    """The smallest gap that at least this share of gaps does not exceed (type 1 of Hyndman and Fan)."""
    upto = counts["gaps"].cumsum()
    # The small term keeps 0.9 × 10 from needing the tenth of ten.
    return float(counts["gap_days"][upto >= share * upto.iloc[-1] - 1e-9].iloc[0])


def add_stage(base: ibis.Table, limits: Limits) -> ibis.Table:
    """Add usual_gap_days · times_usual · overdue_days (0 when not) · segment (a key of STAGES)."""
    usual = base.own_gap_days.fill_null(limits.usual_days)
    days = base.recency_days.cast("float64")

    def beyond(limit: float) -> Any:
        # days > limit × own ÷ population's, without a division that two engines could round apart
        return days * limits.usual_days > usual * limit

    stage = ibis.cases(
        (base.frequency == 0, NO_NET_SPEND),
        (beyond(limits.lost_days), "lost"),
        (beyond(limits.dormant_days), "dormant"),
        (beyond(limits.at_risk_days), "at_risk"),
        ((base.visit_days == 1) & ~base.known_before, "new"),
        else_="active",
    )
    visited = base.frequency > 0
    none = ibis.null("float64")
    return base.mutate(
        usual_gap_days=ibis.ifelse(visited, usual, none),
        times_usual=two_places(days / usual),
        overdue_days=ibis.ifelse(visited, ibis.greatest(days - usual, ibis.literal(0.0)), none),
        segment=stage,
    ).drop("known_before")
