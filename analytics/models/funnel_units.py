"""From events to one row per unit: how far it got, when, and whether its window is still open.

outcome   unit · user · depth · step · t_1 … t_n · last_entry · pending
          depth counts required steps; t_k is when step k was done in the attempt that counts (null: not done, or
          skipped); with any order only t_1 (the first step done) and t_depth (the last) are known
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal

import ibis

from analytics.engine import computed
from analytics.models.funnel_match import AT, LIGHT_ROWS, PLACE, UNIT, Shape, chains, furthest, within
from analytics.models.funnel_steps import Event, Exclusion, Step, hits

UnitName = Literal["user", "session", "order"]

_LAST = 99  # where a row that is no step stands among the rows of one instant
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Spec:
    """A funnel made concrete for one table of events.

    columns    what a property may be called → its column
    first_day, last_day   of the entries, both included; None: all
    end        the moment up to which events are known: an attempt whose window reaches beyond it is still open
    """

    steps: tuple[Step, ...]
    exclusions: tuple[Exclusion, ...]
    shape: Shape
    unit: UnitName
    columns: Mapping[str, str]
    first_day: dt.date | None
    last_day: dt.date | None
    end: dt.datetime


@dataclass(frozen=True)
class Matched:
    """``outcome`` (lazy) and ``excluded``: units that an exclusion event removed (lazy, column unit)."""

    outcome: ibis.Table
    base: ibis.Table
    excluded: ibis.Table | None


def match(events: ibis.Table, spec: Spec) -> Matched:
    """The outcome of every unit that entered. ``events``: user_id · event · occurred_at · row_id and properties."""
    base = build_base(events, spec)
    entered = _in_range(base[AT], spec)
    if spec.shape.order == "any":
        units, excluded = _any_order(base, entered, spec), None
        if spec.exclusions:
            units, excluded = _without_excluded_any(units, base, spec)
    else:
        entries = base.filter(base.hit_1 & entered)
        units = furthest(chains(base, entries, spec.shape), spec.shape)
        excluded = None
        if spec.exclusions:
            units, excluded = _without_excluded(computed(units), base, entries, spec)
    full = len(spec.shape.required())
    still_open = units.last_entry + ibis.interval(seconds=spec.shape.window_seconds) > ibis.literal(spec.end)
    units = units.mutate(pending=(units.depth < full) & still_open)
    if spec.unit == "user":
        return Matched(units.mutate(user=units[UNIT]), base, excluded)
    owners = base.group_by(UNIT).agg(user=base.user.min()).rename(owned=UNIT)
    joined = units.join(owners, units[UNIT] == owners.owned)
    return Matched(joined.select(*units.columns, "user"), base, excluded)


def unit_of(events: ibis.Table, unit: UnitName) -> Any:
    """The unit's key; null where a row belongs to none (no session, no order)."""
    if unit == "user":
        return events.user_id
    return events.user_id + _SEPARATOR + events["session_id" if unit == "session" else "order_id"]


def build_base(events: ibis.Table, spec: Spec) -> ibis.Table:
    """The rows that matter, with what the engine needs of them (see chains); kept in the engine for the next query."""
    steps = {f"hit_{k}": hits(events, step.events, spec.columns) for k, step in enumerate(spec.steps, start=1)}
    overlap = _overlap(spec.steps)
    stops = {f"stop_{x}": hits(events, e.events, spec.columns) for x, e in enumerate(spec.exclusions, start=1)}
    rows = events.select(
        events.row_id,
        user=events.user_id,
        at=events.occurred_at.cast("timestamp"),
        **{UNIT: unit_of(events, spec.unit)},
        **steps,
        **stops,
    )
    rows = rows.filter(rows[UNIT].notnull())
    rows = rows.mutate(**{PLACE: _place(rows, spec)})
    if spec.shape.order != "strict":
        rows = rows.filter(reduce(or_, (rows[flag] for flag in (*steps, *stops))) if overlap else rows[PLACE] != _LAST)
    if spec.shape.order == "strict":
        # Exclusions are no rows of their own between two steps here: anything between breaks a strict chain anyway.
        order = ibis.window(group_by=rows[UNIT], order_by=[rows[AT], rows[PLACE], rows.row_id])
        rows = rows.mutate(position=ibis.row_number().over(order).cast("int64"))
    if stops:
        rows = _with_stops(rows, tuple(stops))
    needless = {"row_id"} if spec.shape.order == "sequential" else set[str]()
    needless |= {"user"} if spec.unit == "user" else set()
    needless |= set() if overlap else set(steps)  # the place says it
    base = computed(rows.select([name for name in rows.columns if name not in needless]))
    if not overlap:
        base = base.mutate(**{f"hit_{k}": base[PLACE] == k for k in range(1, len(spec.steps) + 1)})
    return base if spec.shape.order != "sequential" else _with_weight(base)


def _nowhere() -> Any:
    return ibis.literal(0).cast("int64")  # said in the query: Spark would make a plain 0 an int32


def _with_weight(base: ibis.Table) -> ibis.Table:
    """The base with ``heavy``, where units have more than LIGHT_ROWS rows: whether its own has."""
    counts = base.group_by(UNIT).agg(n=base.count())
    many = counts.filter(counts.n > LIGHT_ROWS).select(many=UNIT).cache()
    if not int(many.count().execute()):
        return base.mutate(position=_nowhere())
    joined = base.left_join(many, base[UNIT] == many.many)
    return joined.select(*base.columns, position=_nowhere(), heavy=joined.many.notnull())


def _overlap(steps: Sequence[Step]) -> bool:
    """Whether one row can be of two steps."""
    names = [event.name for step in steps for event in {event.name: event for event in step.events}.values()]
    return len(names) != len(set(names))


def _place(rows: ibis.Table, spec: Spec) -> Any:
    """The order of rows within an instant: an exclusion first, then by step, what is no step last.

    Where a row can be of two steps the number is its own, so that rows tell themselves from others. Rows of the same
    steps are interchangeable, so that the order of the file changes nothing.
    """
    numbers = range(1, len(spec.steps) + 1)
    step = ibis.cases(*((rows[f"hit_{k}"], k) for k in numbers), else_=_LAST)
    if spec.exclusions:
        stop = reduce(or_, (rows[f"stop_{x}"] for x in range(1, len(spec.exclusions) + 1)))
        step = ibis.ifelse(stop, 0, step)
    if not _overlap(spec.steps):
        return step.cast("int64")
    mask = reduce(lambda a, b: a + b, (rows[f"hit_{k}"].cast("int64") * 2 ** (k - 1) for k in numbers))
    return (step.cast("int64") * 2**20 + mask) * 2**35 + rows.row_id.cast("int64")


def _with_stops(rows: ibis.Table, stops: Sequence[str]) -> ibis.Table:
    order: dict[str, Any] = {"group_by": rows[UNIT], "order_by": [rows[AT], rows[PLACE]]}
    so_far, ahead = ibis.window(**order, rows=(None, 0)), ibis.window(**order, rows=(1, None))
    added: dict[str, Any] = {}
    for stop in stops:
        number = stop.removeprefix("stop_")
        added[f"gap_{number}"] = rows[stop].cast("int64").sum().over(so_far)
        when = ibis.ifelse(rows[stop], rows[AT], ibis.null(rows[AT].type()))
        added[f"next_{number}"] = when.min().over(ahead)
    return rows.mutate(**added)


def _in_range(at: Any, spec: Spec) -> Any:
    inside = ibis.literal(True)
    if spec.first_day is not None:
        inside = inside & (at >= ibis.literal(dt.datetime.combine(spec.first_day, dt.time())))
    if spec.last_day is not None:
        inside = inside & (at < ibis.literal(dt.datetime.combine(spec.last_day + dt.timedelta(days=1), dt.time())))
    return inside


def _without_excluded(
    units: ibis.Table, base: ibis.Table, entries: ibis.Table, spec: Spec
) -> tuple[ibis.Table, ibis.Table]:
    """Only units with an attempt as deep as their deepest in which no exclusion event came between two steps.

    Where an attempt ended before the last step, the event may not follow within the window either: it came between
    the step that was done and the one that was not.
    """
    shape, required = spec.shape, spec.shape.required()
    reached = chains(base, entries, shape, clean=True)
    held = list(reached)
    for at, step in enumerate(required[:-1]):
        rows = reached[step - 1]
        for gap in shape.gaps(step, required[at + 1]):
            following = rows[gap.replace("gap_", "next_")]
            rows = rows.filter(following.isnull() | ~within(rows.t_1, following, shape))
        held[step - 1] = rows
    kept = computed(furthest(held, shape, starts=reached[0]))
    deepest = units.select(was_unit=UNIT, was_depth="depth", was_entry="last_entry")
    joined = kept.join(deepest, [kept[UNIT] == deepest.was_unit, kept.depth == deepest.was_depth])
    same = joined.select(*(name for name in kept.columns if name != "last_entry"), last_entry="was_entry")
    return same, units.anti_join(same, UNIT).select(UNIT)


def _without_excluded_any(units: ibis.Table, base: ibis.Table, spec: Spec) -> tuple[ibis.Table, ibis.Table]:
    """With any order there is no step before or after: the event may not come between the first and the last."""
    stops = reduce(or_, (base[f"stop_{x}"] for x in range(1, len(spec.exclusions) + 1)))
    moments = base.filter(stops).select(stop_unit=UNIT, stop_at=AT)
    last = ibis.coalesce(*(units[f"t_{k}"] for k in range(len(spec.steps), 0, -1)))
    full = len(spec.steps)
    until = units.mutate(
        until=ibis.ifelse(units.depth == full, last, units.t_1 + ibis.interval(seconds=spec.shape.window_seconds))
    )
    inside = (moments.stop_at > until.t_1) & (moments.stop_at <= until.until)
    hit = until.join(moments, [until[UNIT] == moments.stop_unit, inside]).select(UNIT).distinct()
    return units.anti_join(hit, UNIT), hit


def _any_order(base: ibis.Table, entered: Any, spec: Spec) -> ibis.Table:
    """Per row that does any step: how many steps are done from here on within the window; then the best per unit.

    Identical steps need as many rows: the second of them is done when the second such row comes.
    """
    count = len(spec.steps)
    seen: dict[tuple[Event, ...], int] = {}
    rows, names = base, []
    for k, step in enumerate(spec.steps, start=1):
        again = seen.get(step.events, 0)
        seen[step.events] = again + 1
        when = ibis.ifelse(rows[f"hit_{k}"], rows[AT], ibis.null(rows[AT].type()))
        if again:
            alike = ibis.window(group_by=[rows[UNIT], rows[f"hit_{k}"]], order_by=[rows[AT], rows[PLACE], rows.row_id])
            when = ibis.ifelse(rows[f"hit_{k}"], rows[AT].lead(again).over(alike), ibis.null(rows[AT].type()))
        rows = rows.mutate(**{f"when_{k}": when})
        names.append(f"when_{k}")
    onwards = ibis.window(group_by=rows[UNIT], order_by=[rows[AT], rows[PLACE], rows.row_id], rows=(0, None))
    rows = rows.mutate(**{name: rows[name].min().over(onwards) for name in names})
    done = [
        ibis.ifelse(within(rows[AT], rows[name], spec.shape), rows[name], ibis.null(rows[AT].type())) for name in names
    ]
    rows = rows.mutate(**dict(zip(names, done, strict=True)))
    own = reduce(or_, (rows[f"hit_{k}"] for k in range(1, count + 1)))
    rows = rows.filter(own & entered)
    depth = reduce(lambda a, b: a + b, (rows[name].notnull().cast("int64") for name in names))
    epoch = ibis.literal(dt.datetime(1970, 1, 1))
    last = ibis.greatest(*(rows[name].coalesce(epoch) for name in names)) if count > 1 else rows[names[0]]
    rows = rows.select(UNIT, AT, PLACE, "row_id", depth=depth, last=last)
    seconds = rows[AT].epoch_seconds()
    order = [rows.depth.desc(), ibis.ifelse(rows.depth == count, seconds, -seconds), rows[PLACE], rows.row_id]
    best = rows.mutate(
        choice=ibis.row_number().over(ibis.window(group_by=rows[UNIT], order_by=order)),
        last_entry=rows[AT].max().over(ibis.window(group_by=rows[UNIT])),
    )
    best = best.filter(best.choice == 0)
    times = {
        f"t_{k}": ibis.ifelse(best.depth == k, best["last"], ibis.null(best["last"].type()))
        for k in range(2, count + 1)
    }
    return best.select(UNIT, "depth", step=best.depth, t_1=best[AT], **times, last_entry=best.last_entry)
