"""Who wrote a review, by the orders beside it: what they have spent, when they last came, their stage (lifecycle)."""

from __future__ import annotations

import datetime as dt

import ibis

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.i18n import msg
from analytics.models import lifecycle
from analytics.models.base import ListColumn
from analytics.models.lifecycle_segments import STAGES

COLUMNS = (
    ListColumn("customer_value", msg("客户累计净消费（元）"), "money"),
    ListColumn("customer_orders", msg("客户下单次数"), "int"),
    ListColumn("customer_last_days", msg("客户距上次下单（天）"), "int"),
    ListColumn("customer_stage", msg("客户阶段"), "text", words=tuple((key, one.name) for key, one in STAGES.items())),
)


def customer_value(
    reviews: ibis.Table, lines: Dataset, as_of: dt.date | None
) -> tuple[ibis.Table, tuple[ListColumn, ...]]:
    """``reviews`` with the value of each writer; blank for writers who are not in the orders.

    Orders count that were placed before ``as_of`` (without reviews' times: before the day after the last order).
    """
    end = as_of or (lines.facts.last_at.date() + dt.timedelta(days=1) if lines.facts.last_at else None)
    orders = lines.orders
    if end is not None:
        orders = orders.filter(orders.ordered_at < ibis.literal(dt.datetime.combine(end, dt.time())))
    people = orders.group_by("customer_id").agg(
        customer_value=orders.amount.sum().cast("float64"),
        customer_orders=orders.gross.count(where=orders.gross > 0),
        last_at=orders.ordered_at.max(),
    )
    days = ibis.literal(end).delta(people.last_at.date(), unit="day") if end is not None else ibis.null("int64")
    people = people.mutate(customer_last_days=days.cast("int64")).drop("last_at")
    people = people.left_join(_stages(lines, end), "customer_id").drop("customer_id_right")
    joined = reviews.left_join(people, "customer_id")
    return joined.select(*reviews.columns, *(column.name for column in COLUMNS)), COLUMNS


def _stages(lines: Dataset, end: dt.date | None) -> ibis.Table:
    """customer_id · customer_stage, as the lifecycle page tells it with its usual settings; none where it cannot."""
    try:
        customers = lifecycle.analyze(lines, lifecycle.Params(as_of=end)).customers
    except AnalyticsError:
        customers = lines.orders.filter(ibis.literal(value=False)).mutate(segment=ibis.null("string"))
    return customers.select("customer_id", customer_stage=customers.segment)
