"""Who did what, for the five stages: records with flags, people with the day they joined and how far they came. Lazy.

From orders every paid order is a visit and a payment. From events the caller says which events mean what. The
customers' table beside gives the day of registration and who invited whom.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from analytics.errors import ParamError
from analytics.expressions import trimmed
from analytics.i18n import msg
from analytics.models.retention_activity import check_events, is_one_of, midnight, nothing, paid_orders
from analytics.models.retention_periods import Calendar, day_number, index_column

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.aarrr import Params
    from analytics.models.retention_activity import Events


@dataclass(frozen=True)
class Sources:
    """What the data can tell, decided once.

    pay_events   events: which mean a payment; () when none is known
    many_paid    events: several carry an amount and nobody said which is the payment
    has_amount   there is money
    registered   the customers' table beside has days of registration
    inviters     the customers' table beside says who invited whom
    """

    pay_events: Events
    many_paid: Events
    has_amount: bool
    registered: bool
    inviters: bool


def find_sources(data: Dataset, params: Params) -> Sources:
    """Look at what there is. Raises ParamError for events and choices that the data cannot serve."""
    beside = data.companion("customers")
    roles = beside.roles if beside else frozenset()
    chosen = (*params.acquisition_events, *params.activation_events, *params.retention_events, *params.revenue_events,
              *params.referral_events)  # fmt: skip
    if data.kind == "lines" and chosen:
        raise ParamError("param.events", msg("订单表没有行为可选。"), msg("把行为的选择去掉，或者换一份行为日志。"))
    if data.kind == "events":
        check_events(data, chosen)
    if params.acquisition == "registered" and "registered_at" not in roles:
        raise ParamError(
            "param.acquisition",
            msg("没有注册时间，不能按注册算获客。"),
            msg("再上传一份带注册时间的客户名单，或者按第一次来算。"),
        )
    pay, many = _pay_events(data, params)
    if params.activation == "payment":
        _check_payment(data, params, pay)
    has_amount = data.kind == "lines" or "amount" in data.roles
    return Sources(pay, many, has_amount, "registered_at" in roles, "inviter_id" in roles)


def _pay_events(data: Dataset, params: Params) -> tuple[Events, Events]:
    """The events that mean a payment: those chosen, else the only one that carries an amount."""
    if data.kind == "lines" or params.revenue_events:
        return params.revenue_events, ()
    if "amount" not in data.roles:
        return (), ()
    priced = data.main.filter(data.main.amount > 0)
    names = tuple(sorted(priced.select("event").distinct().to_pyarrow()["event"].to_pylist()))
    return (names, ()) if len(names) == 1 else ((), names)


def _check_payment(data: Dataset, params: Params, pay: Events) -> None:
    if data.kind == "lines" and params.acquisition == "first":
        raise ParamError(
            "param.activation",
            msg("按首单算获客时，人人都付过款，不能再拿首单当激活。"),
            msg("激活改成“再来一次”，或者获客改成按注册时间。"),
        )
    if data.kind == "events" and not pay:
        raise ParamError("param.activation", msg("还没有选哪个行为是付款。"), msg("先在“收入”里选付款的行为。"))


def records(data: Dataset, params: Params, sources: Sources, as_of: dt.date) -> ibis.Table:
    """Before ``as_of``: person · at · value decimal · starts · active · paid · activates · refers (all bool)."""
    no = ibis.literal(value=False)
    if data.kind == "lines":
        orders = paid_orders(data, as_of, params.refund_policy)
        return orders.select(
            "person", "at", "value", starts=orders.paid, active=orders.paid, paid=orders.paid, activates=no, refers=no
        )
    events = data.main.filter(data.main.occurred_at < midnight(as_of))
    paid = events.event.isin(sources.pay_events) if sources.pay_events else no
    amount = events.amount.cast("decimal(18,4)").fill_null(nothing()) if sources.has_amount else nothing()
    return events.select(
        person=events.user_id,
        at=events.occurred_at,
        value=ibis.ifelse(paid, amount, nothing()),
        starts=is_one_of(events.event, params.acquisition_events),
        active=is_one_of(events.event, params.retention_events),
        paid=paid,
        activates=events.event.isin(params.activation_events) if params.activation_events else no,
        refers=events.event.isin(params.referral_events) if params.referral_events else no,
    )


def joined(data: Dataset, params: Params, rows: ibis.Table, as_of: dt.date) -> ibis.Table:
    """Person · joined_at: the first record that can be a start, or the registration."""
    if params.acquisition == "first":
        starts = rows.filter(rows.starts)
        return starts.group_by("person").agg(joined_at=starts.at.min())
    members = _members(data)
    members = members.filter(members.registered_at.notnull() & (members.registered_at < midnight(as_of)))
    return members.group_by("person").agg(joined_at=members.registered_at.min())


def _members(data: Dataset) -> ibis.Table:
    beside = data.companion("customers")
    if beside is None:
        raise ParamError("param.acquisition", msg("没有客户名单。"), msg("再上传一份客户名单。"))
    return beside.main.mutate(person=beside.main.customer_id)


def invitations(data: Dataset) -> ibis.Table:
    """Person · inviter of everybody in the customers' table; "" where nobody invited them, or they did themselves."""
    members = _members(data)
    inviter = trimmed(members.inviter_id.fill_null(""))
    own = members.select("person", inviter=ibis.ifelse(inviter == members.person, "", inviter))
    return own.group_by("person").agg(inviter=own.inviter.max())  # a person in two rows is one person


def activations(params: Params, rows: ibis.Table, people: ibis.Table) -> ibis.Table:
    """Person · activated_at: the first moment of activation, however late."""
    if params.activation == "repeat":
        active = rows.filter(rows.active)
        first = active.group_by("person").agg(first_at=active.at.min())
        later = active.inner_join(first, "person")
        hits = later.filter(later.at.date() > later.first_at.date())
    else:
        hits = rows.filter(rows.paid if params.activation == "payment" else rows.activates)
    placed = hits.inner_join(people.select("person", "joined_at"), "person")
    # By day: a registration without a time of day must not lie after the order that came with it.
    after = placed.filter(placed.at.date() >= placed.joined_at.date())
    return after.group_by("person").agg(activated_at=after.at.min())


def visits(rows: ibis.Table, calendar: Calendar, start: int) -> ibis.Table:
    """One row per person and period with a record, from ``start`` on: person · period · active · payments · revenue ·
    refers (numbers of records).
    """
    placed = rows.mutate(period=index_column(rows.at, calendar.period))
    placed = placed.filter(placed.period >= start)
    count = {name: placed[name].cast("int64").sum() for name in ("active", "paid", "refers")}
    return placed.group_by("person", "period").agg(
        active=count["active"], payments=count["paid"], refers=count["refers"],
        revenue=placed.value.sum().cast("decimal(38,4)"), last_at=placed.at.max(where=placed.active),
    )  # fmt: skip


def people(
    data: Dataset,
    params: Params,
    sources: Sources,
    *,
    rows: ibis.Table,
    seen: ibis.Table,
    start: dt.date,
    calendar: Calendar,
) -> ibis.Table:
    """One row per person who joined from ``start`` on or did something since: person · joined_at · joined (bool, in
    the range) · joined_period · activated_at · closed (bool: the time to activate is over) · activated (bool) ·
    retained (bool) · active_periods · payments · revenue · last_at · inviter · invited · refers.
    """
    joins = joined(data, params, rows, calendar.as_of)
    hits = activations(params, rows, joins)
    sums = seen.group_by("person").agg(
        active_periods=(seen.active > 0).cast("int64").sum(), payments=seen.payments.sum(),
        revenue=seen.revenue.sum().cast("decimal(38,4)"), refers=seen.refers.sum(), last_at=seen.last_at.max(),
    )  # fmt: skip
    everyone = ibis.union(
        joins.filter(joins.joined_at >= midnight(start)).select("person"), sums.select("person"), distinct=True
    )
    table = _beside(everyone, joins, "joined_at")
    table = _beside(table, hits, "activated_at")
    table = _beside(table, sums, "active_periods", "payments", "revenue", "refers", "last_at")
    if sources.inviters:
        known = invitations(data)
        table = _beside(table, known.mutate(listed=ibis.literal(value=True)), "inviter", "listed")
        known = known.filter(known.inviter != "")
        table = _beside(table, known.group_by(person=known.inviter).agg(invited=known.count()), "invited")
    else:
        table = table.mutate(inviter=ibis.null("string"), listed=ibis.literal(value=False), invited=ibis.null("int64"))
    return _flags(table, params, start, calendar)


def _beside(left: ibis.Table, right: ibis.Table, *columns: str) -> ibis.Table:
    joined_table = left.left_join(right, "person")
    return joined_table.select(*left.columns, *columns)


def _flags(table: ibis.Table, params: Params, start: dt.date, calendar: Calendar) -> ibis.Table:
    inside = (table.joined_at >= midnight(start)).fill_null(ibis.literal(value=False))
    day = day_number(table.joined_at)
    last = (calendar.as_of - dt.date(1970, 1, 1)).days - 1
    quick = (day_number(table.activated_at) - day <= params.activation_days).fill_null(ibis.literal(value=False))
    zero: Any = ibis.literal(0).cast("int64")
    return table.mutate(
        joined=inside,
        joined_period=index_column(table.joined_at, calendar.period),
        activated=inside & quick,
        closed=inside & (day + params.activation_days <= last).fill_null(ibis.literal(value=False)),
        retained=table.active_periods.fill_null(zero) > 1,
        listed=table.listed.fill_null(ibis.literal(value=False)),
        active_periods=table.active_periods.fill_null(zero),
        payments=table.payments.fill_null(zero),
        refers=table.refers.fill_null(zero),
        invited=table.invited.fill_null(zero),
        revenue=table.revenue.fill_null(ibis.literal(0).cast("decimal(38,4)")),
    )
