"""Who did something when: orders or events brought to one shape, for models that follow people through time.

From orders: every order before ``as_of``; it counts as a purchase by the refund policy of RFM. From events: every
event; which of them count is the caller's choice. Lazy all the way.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, get_args

import ibis

from analytics.dataset import Dataset
from analytics.errors import DataError, ParamError
from analytics.i18n import msg
from analytics.models.retention_periods import Calendar, choose, index_column
from analytics.models.rfm_scoring import RefundPolicy, valued_orders

Events = tuple[str, ...]


def paid_orders(data: Dataset, as_of: dt.date, policy: RefundPolicy) -> ibis.Table:
    """Orders before ``as_of``: person · at · paid (bool) · value decimal.

    net: the value is what is left after refunds, an order wholly refunded is no purchase (its value still counts when
    it is negative); drop: an order with any refund is left out; keep: refunds are ignored.
    """
    orders = valued_orders(data.orders.filter(data.orders.ordered_at < midnight(as_of)), policy)
    return orders.select(person=orders.customer_id, at=orders.ordered_at, paid=orders.paid, value=orders.value)


def acts(data: Dataset, as_of: dt.date, policy: RefundPolicy, starts: Events = (), returns: Events = ()) -> ibis.Table:
    """Records before ``as_of``: person · at · starts (bool: can be a person's first) · counts (bool) · value decimal.

    starts, returns  names of events; empty: any. Orders have none: a paid order is both.
    Raises ParamError (param.events) for a name the events do not hold.
    """
    if data.kind == "lines":
        if starts or returns:
            raise ParamError("param.events", msg("订单表没有行为可选。"), msg("把行为的选择去掉，或者换一份行为日志。"))
        orders = paid_orders(data, as_of, policy)
        return orders.select("person", "at", "value", starts=orders.paid, counts=orders.paid)
    check_events(data, (*starts, *returns))
    events = data.main.filter(data.main.occurred_at < midnight(as_of))
    counts = is_one_of(events.event, returns)
    amount = events.amount.cast("decimal(18,4)").fill_null(nothing()) if "amount" in data.roles else nothing()
    return events.select(
        person=events.user_id, at=events.occurred_at, value=ibis.ifelse(counts, amount, nothing()),
        starts=is_one_of(events.event, starts), counts=counts,
    )  # fmt: skip


def first_acts(table: ibis.Table, calendar: Calendar, since: dt.date | None) -> ibis.Table:
    """Person · first_at · first_period of everybody who started, on ``since`` or later."""
    started = table.filter(table.starts)
    first = started.group_by("person").agg(first_at=started.at.min())
    if since is not None:
        first = first.filter(first.first_at >= midnight(since))
    return first.mutate(first_period=index_column(first.first_at, calendar.period))


def find_calendar(data: Dataset, period: str, since: dt.date | None, as_of: dt.date | None) -> Calendar:
    """The periods of an analysis. ``as_of`` None: the day after the last record. Raises DataError without dates."""
    first, last = data.facts.first_at, data.facts.last_at
    if first is None or last is None:
        raise DataError("data.no_dates", msg("数据里没有可用的日期。"), msg("检查时间对应的列。"))
    day = as_of or last.date() + dt.timedelta(days=1)
    if day <= first.date():
        raise DataError(
            "data.nothing_before",
            msg("{as_of:date} 之前没有记录。", as_of=day),
            msg("把统计日期改到 {first:date} 之后。", first=first),
        )
    return Calendar(choose(period, data.facts, since), day)


def event_counts(data: Dataset, most: int = 200) -> dict[str, int]:
    """The events there are and how often each happened, most frequent first; nothing for orders."""
    if data.kind != "events":
        return {}
    counts = data.main.group_by("event").agg(n=data.main.count())
    frame = counts.order_by(ibis.desc("n"), "event").limit(most).execute()
    return {str(event): int(n) for event, n in zip(frame["event"], frame["n"], strict=True)}


def check_events(data: Dataset, names: Events) -> None:
    """Raises ParamError (param.events) when a name is not among the events."""
    if not names:
        return
    have = set(
        data.main.filter(data.main.event.isin(names)).event.as_table().distinct().to_pyarrow()["event"].to_pylist()
    )
    missing = [name for name in names if name not in have]
    if missing:
        raise ParamError(
            "param.events",
            msg("数据里没有“{event}”这个行为。", event=missing[0]),
            msg("有这些：{events}。", events="、".join(list(event_counts(data))[:20])),
        )


def is_one_of(column: Any, names: Events) -> Any:
    """Whether an event is one of those; no names: any event."""
    return column.isin(names) if names else ibis.literal(value=True)


def midnight(day: dt.date) -> Any:
    """The start of a day as a literal."""
    return ibis.literal(dt.datetime.combine(day, dt.time()))


def nothing() -> Any:
    """No money."""
    return ibis.literal(0).cast("decimal(18,4)")


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raises ParamError (param.<name>) unless the value is allowed."""
    if value not in allowed:
        raise ParamError(
            f"param.{name}",
            msg("{name} 不能是“{value}”。", name=name, value=str(value)),
            msg("可选：{allowed}。", allowed="、".join(allowed)),
        )


def check_count(name: str, value: float, least: int, most: int, meaning: Any) -> None:
    """Raises ParamError (param.<name>) unless the value is a whole number in [least, most]."""
    if isinstance(value, bool) or not float(value).is_integer() or not least <= value <= most:
        raise ParamError(
            f"param.{name}",
            msg("{meaning}要是 {least:int} 到 {most:int} 之间的整数。", meaning=meaning, least=least, most=most),
            msg("不确定时用默认值。"),
        )


POLICIES: tuple[str, ...] = get_args(RefundPolicy)


@dataclass(frozen=True)
class Outside:
    """Records of nobody's cohort: of people who never started, or before they did."""

    records: int
    revenue: float
