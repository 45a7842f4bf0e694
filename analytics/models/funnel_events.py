"""What a funnel is made from: one table of events, from a log or from the times that an order file holds.

Of an order file each order gives an event per time it has: 下单, 付款, 发货, 完成 (keys ordered, paid, shipped,
finished). Its properties are those of its first line, its amount that of the whole order. Orders that were never paid
are in (a funnel without them would convert everybody), though no other model sees them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.fields import ROLES
from analytics.funnel_templates import TEMPLATES
from analytics.i18n import Text, msg
from analytics.models.funnel_steps import MOST_STEPS, parse_step, write_event

ORDER_EVENTS: dict[str, Text] = {
    "ordered": msg("下单"), "paid": msg("付款"), "shipped": msg("发货"), "finished": msg("完成"),
}  # fmt: skip
ORDER_MOMENTS = {"ordered": "ordered_at", "paid": "paid_at", "shipped": "shipped_at", "finished": "finished_at"}
MOST_EVENTS = 300
_DEFAULT_STEPS = 5


def events_of(data: Dataset) -> ibis.Table:
    """row_id · user_id · event · occurred_at · session_id? · order_id? · amount? and the other columns of the data."""
    return data.main if data.kind == "events" else _order_events(data)


def event_names(data: Dataset) -> dict[str, Text]:
    """What known events are called; events of a log go by what the file calls them."""
    return ORDER_EVENTS if data.kind == "lines" else {}


def _order_events(data: Dataset) -> ibis.Table:
    rows = data.order_steps
    first = [name for name in rows.columns if name in data.attributes() or name in ("region", "city")]
    moments = {event: name for event, name in ORDER_MOMENTS.items() if name in rows.columns}
    orders = rows.group_by("order_id", "customer_id").agg(
        row_id=rows.row_id.min(),
        amount=rows.amount.sum().cast("float64"),
        sold=_sold(rows),
        **{name: rows[name].min() for name in moments.values()},
        **{name: rows[name].argmin(rows.row_id) for name in dict.fromkeys(first)},
    )
    orders = orders.filter(orders.sold)
    parts = []
    for number, (event, moment) in enumerate(moments.items()):
        some = orders.filter(orders[moment].notnull())
        parts.append(
            some.select(
                row_id=some.row_id * 4 + number, user_id=some.customer_id, event=ibis.literal(event),
                occurred_at=some[moment], order_id=some.order_id, amount=some.amount,
                **{name: some[name] for name in dict.fromkeys(first)},
            )
        )  # fmt: skip
    return reduce(ibis.union, parts)


def _sold(rows: ibis.Table) -> Any:
    """Whether an order is one: a document that only takes goods back is not."""
    if "gross" in rows.columns:
        return (rows.gross.sum() > 0) | (rows.refund.sum() == 0)
    return rows.amount.sum() >= 0


def property_columns(data: Dataset) -> dict[str, str]:
    """What a property may be called (role, its name in both languages, the file's header) → its column."""
    columns: dict[str, str] = {}
    have = set(data.attributes()) | ({"amount"} if has_amounts(data) else set())
    have -= {"event"}
    for role, header in data.manifest.roles:
        if role in have:
            columns |= dict.fromkeys((header, role, *_titles(ROLES[role].title)), role)
    if "amount" in have:
        columns |= dict.fromkeys(("amount", *_titles(ROLES["amount"].title)), "amount")
    for extra in data.manifest.extras:
        columns[extra.label] = extra.name
        columns.setdefault(extra.name, extra.name)
    return columns


def _titles(title: Text) -> tuple[str, str]:
    return title.in_language("zh"), title.in_language("en")


def has_amounts(data: Dataset) -> bool:
    """Whether events carry money."""
    return data.kind == "lines" or "amount" in data.roles


def count_events(data: Dataset) -> pd.DataFrame:
    """The events there are: event · rows · users · first_rank (mean position of the first time within a user).

    Most frequent first, at most MOST_EVENTS.
    """
    events = events_of(data)
    firsts = events.group_by("user_id", "event").agg(rows=events.count(), at=events.occurred_at.min())
    ranked = firsts.mutate(
        place=ibis.rank().over(ibis.window(group_by=firsts.user_id, order_by=firsts["at"])).cast("float64")
    )
    counts = ranked.group_by("event").agg(rows=ranked.rows.sum(), users=ranked.count(), first_rank=ranked.place.mean())
    frame: pd.DataFrame = counts.order_by([ibis.desc("rows"), "event"]).limit(MOST_EVENTS).execute()
    return frame


def default_steps(data: Dataset) -> tuple[str, ...]:
    """Steps to begin with: the template that fits more of the file's events, else its commonest events as they come."""
    counts = count_events(data)
    names = [str(name) for name in counts["event"]]
    if data.kind == "lines":
        there = [event for event in ORDER_EVENTS if event in names]
        return tuple(there) if len(there) > 1 else (*there, *there)  # one time only: who comes back
    fitted = [apply_template(key, names) for key in TEMPLATES]
    best = max(fitted, key=len)
    if len(best) > 1:
        return best
    common = counts.sort_values(["users", "event"], ascending=[False, True]).head(_DEFAULT_STEPS)
    ordered = [write_event(str(name)) for name in common.sort_values(["first_rank", "event"])["event"]]
    return tuple(ordered) if len(ordered) > 1 else tuple(ordered * 2)


def apply_template(key: str, names: Sequence[str]) -> tuple[str, ...]:
    """The steps of a template that the file has events for."""
    left, steps = list(names), []
    for words in TEMPLATES[key][1]:
        fits = [name for name in left if re.search(words, name, re.IGNORECASE)]
        left = [name for name in left if name not in fits]
        if fits:
            steps.append("|".join(write_event(name) for name in sorted(fits)))
    return tuple(steps[:MOST_STEPS])


def known_names(steps: Sequence[str], names: Mapping[str, Text]) -> tuple[str, ...]:
    """Steps with the names of known events, in either language, put back into their keys: 付款 → paid."""
    keys: dict[str, str] = {}
    for key, name in names.items():
        keys |= dict.fromkeys(_titles(name), key)
    return tuple("|".join(keys.get(part.strip(), part) for part in step.split("|")) for step in steps)


def missing_events(steps: Sequence[str], counts: pd.DataFrame) -> list[str]:
    """Events that steps name and the file does not have."""
    have = {str(name) for name in counts["event"]}
    named: Any = (event.name for step in steps for event in parse_step(step).events)
    return [name for name in dict.fromkeys(named) if name not in have]
