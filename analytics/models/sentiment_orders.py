"""Who wrote a review, by the orders beside it: what they have spent and when they last came."""

from __future__ import annotations

import datetime as dt

import ibis

from analytics.dataset import Dataset
from analytics.i18n import msg
from analytics.models.base import ListColumn

COLUMNS = (
    ListColumn("customer_value", msg("客户累计净消费（元）"), "money"),
    ListColumn("customer_orders", msg("客户下单次数"), "int"),
    ListColumn("customer_last_days", msg("客户距上次下单（天）"), "int"),
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
    joined = reviews.left_join(people, "customer_id")
    return joined.select(*reviews.columns, *(column.name for column in COLUMNS)), COLUMNS
