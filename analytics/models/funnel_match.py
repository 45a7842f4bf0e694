"""Who got how far: the counting engine of the funnel, as relational expressions.

The question per unit (user, session or order): the deepest step that any eligible entry leads to within the window.
A chain that reaches step k at some row is best extended from the latest entry that leads there, since a later entry
leaves more of the window. So one value per row is enough, the latest entry of a chain ending there:

    entry_1(row) = time of the row;   entry_k(row) = max entry_{k-1} over the unit's rows of step k-1 before this one

and the row counts when it lies within the window of that entry. This is what ClickHouse's windowFunnel computes in one
scan; here each step is one join (units with few rows) or one running maximum (units with many: a join would pair all
with all, a running maximum stays linear). Both give the same rows.

At one instant the steps count in their order (as in windowFunnel), and one row never serves two steps of a chain.
All times that a chain carries rise with its last row, so that the maximum (or minimum) of each column belongs to one
and the same chain; optional steps are the exception, and ``clear_skipped`` mends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import ibis

from analytics.engine import computed

Order = Literal["sequential", "strict", "any"]

LIGHT_ROWS = 24  # units with more rows than this go by running maximum
UNIT, AT, PLACE, POSITION = "unit", "at", "place", "position"


@dataclass(frozen=True)
class Shape:
    """The funnel as the engine needs it. Steps are numbered from 1 and are columns ``hit_1`` … of the base.

    optional     per step: it may be left out
    exclusions   (first step, last step) per exclusion, columns ``gap_1`` … (what came before a row) and ``next_1`` …
                 (when it comes next) of the base
    """

    steps: int
    optional: tuple[bool, ...]
    order: Order
    window_seconds: int
    exclusions: tuple[tuple[int, int], ...] = ()

    def before(self, step: int) -> tuple[int, ...]:
        """The steps that may directly precede a step: the one before, and what lies before optional ones."""
        found = []
        for earlier in range(step - 1, 0, -1):
            found.append(earlier)
            if not self.optional[earlier - 1]:
                break
        return tuple(found)

    def required(self) -> tuple[int, ...]:
        """The steps that count for how far a unit got."""
        return tuple(step for step in range(1, self.steps + 1) if not self.optional[step - 1])

    def gaps(self, first: int, last: int) -> tuple[str, ...]:
        """The exclusions that forbid their event between two steps."""
        return tuple(f"gap_{x}" for x, (i, j) in enumerate(self.exclusions, start=1) if i < last and first < j)

    def nexts(self) -> tuple[str, ...]:
        """The columns that say when each exclusion comes next."""
        return tuple(f"next_{x}" for x in range(1, len(self.exclusions) + 1))


def within(entry: Any, at: Any, shape: Shape) -> Any:
    """Whether a moment lies in the window of an entry; its last instant belongs to it."""
    return at <= entry + ibis.interval(seconds=shape.window_seconds)


def chains(base: ibis.Table, entries: ibis.Table, shape: Shape, *, clean: bool = False) -> list[ibis.Table]:
    """Per step its rows that a chain reaches: unit · at · place · position · t_1 (entry) … t_k.

    base     unit · at · place · position · hit_k bool (and gap_x); heavy bool where some units are
    entries  the rows of ``base`` that may begin a chain, without the hits
    clean    whether exclusion events break a chain (``shape.exclusions``)
    """
    gaps = (*shape.gaps(1, shape.steps), *shape.nexts()) if clean else ()
    keep = (UNIT, AT, PLACE, POSITION, *(["heavy"] if "heavy" in base.columns else []), *gaps)
    reached = [entries.select(*keep, t_1=entries[AT])]
    for step in range(2, shape.steps + 1):
        here = base.filter(base[f"hit_{step}"]).select(*keep)
        sources = []
        for earlier in shape.before(step):
            same = shape.gaps(earlier, step) if clean else ()
            sources.append(_step(here, reached[earlier - 1], step, shape, same))
        found = sources[0] if len(sources) == 1 else _latest(sources, keep, step)
        reached.append(computed(found.filter(within(found.t_1, found[AT], shape))))
    return reached


def _step(here: ibis.Table, earlier: ibis.Table, step: int, shape: Shape, same: Sequence[str]) -> ibis.Table:
    """Rows of a step with the latest chain before each of them; those without one are left out."""
    times = [f"t_{k}" for k in range(1, step)]
    earlier = earlier.mutate(**{name: ibis.null(here[AT].type()) for name in times if name not in earlier.columns})
    if shape.order == "strict":
        return _next_row(here, earlier, times, step, same)
    if "heavy" not in here.columns:
        return _by_join(here, earlier, times, step, shape, same)
    light = _by_join(here.filter(~here.heavy), earlier.filter(~earlier.heavy), times, step, shape, same)
    return ibis.union(light, _by_maximum(here, earlier, times, step, same))


def _renamed(earlier: ibis.Table, times: Sequence[str], extra: Sequence[str]) -> ibis.Table:
    wanted = (UNIT, AT, PLACE, POSITION, *extra)
    return earlier.select(
        **{f"was_{name}": earlier[name] for name in wanted}, **{name: earlier[name] for name in times}
    )


def _next_row(here: ibis.Table, earlier: ibis.Table, times: list[str], step: int, same: Sequence[str]) -> ibis.Table:
    was = _renamed(earlier, times, same)
    pairs = [here[UNIT] == was[f"was_{UNIT}"], here[POSITION] == was[f"was_{POSITION}"] + 1]
    joined = here.join(was, [*pairs, *(here[gap] == was[f"was_{gap}"] for gap in same)])
    return joined.select(*here.columns, *times, **{f"t_{step}": joined[AT]})


def _by_join(  # noqa: PLR0917
    here: ibis.Table, earlier: ibis.Table, times: list[str], step: int, shape: Shape, same: Sequence[str]
) -> ibis.Table:
    was, now = _renamed(earlier, times, same), here
    later = (now[AT] > was[f"was_{AT}"]) | ((now[AT] == was[f"was_{AT}"]) & (now[PLACE] > was[f"was_{PLACE}"]))
    pairs = [now[UNIT] == was[f"was_{UNIT}"], later, within(was.t_1, now[AT], shape)]
    joined = now.join(was, [*pairs, *(now[gap] == was[f"was_{gap}"] for gap in same)])
    found = joined.group_by(*here.columns).agg(**{name: joined[name].max() for name in times})
    return found.select(*here.columns, *times, **{f"t_{step}": found[AT]})


def _by_maximum(here: ibis.Table, earlier: ibis.Table, times: list[str], step: int, same: Sequence[str]) -> ibis.Table:
    nothing = {name: ibis.null(here[AT].type()) for name in times}
    was = earlier.filter(earlier.heavy).select(*here.columns, *times, is_here=ibis.literal(False))
    now = here.filter(here.heavy).mutate(**nothing, is_here=ibis.literal(True)).select(was.columns)
    both = ibis.union(was, now)
    before = ibis.window(
        group_by=[both[UNIT], *(both[gap] for gap in same)],
        # A row of both steps stands here twice: first as what it is now, so that it never precedes itself.
        order_by=[both[AT], both[PLACE], both.is_here.desc()],
        rows=(None, -1),
    )
    latest = both.mutate(**{name: both[name].max().over(before) for name in times})
    found = latest.filter(latest.is_here & latest.t_1.notnull())
    return found.select(*here.columns, *times, **{f"t_{step}": found[AT]})


def _latest(sources: Sequence[ibis.Table], keep: Sequence[str], step: int) -> ibis.Table:
    """One row per row of the step: the latest of the chains that lead there with and without optional steps."""
    both = reduce(ibis.union, sources)
    times = [f"t_{k}" for k in range(1, step)]
    found = both.group_by(*keep).agg(**{name: both[name].max() for name in times})
    return found.mutate(**{f"t_{step}": found[AT]})


def furthest(reached: Sequence[ibis.Table], shape: Shape, starts: ibis.Table | None = None) -> ibis.Table:
    """One row per unit: unit · depth (required steps reached) · step (the last of them) · t_1 … t_n · last_entry.

    A unit that got through shows its first completion, any other its latest chain to the step it got to.
    starts   the rows of all entries, where some of ``reached`` lack units that a later step has
    """
    required, found, nothing = shape.required(), [], ibis.null(reached[0][AT].type())
    entered = computed(reached[0].group_by(UNIT).agg(t_1=reached[0].t_1.max()))
    for depth, step in enumerate(required, start=1):
        rows, through = reached[step - 1], depth == len(required)
        times = [f"t_{k}" for k in range(1, step + 1)]
        pick = {name: rows[name].min() if through else rows[name].max() for name in times}
        some = entered if depth == 1 else rows.group_by(UNIT).agg(**pick)
        for deeper in required[depth : depth + 1] if starts is None else required[depth:]:
            some = some.anti_join(reached[deeper - 1], UNIT)
        rest = {f"t_{k}": nothing for k in range(step + 1, shape.steps + 1)}
        some = some.mutate(depth=ibis.literal(depth, "int64"), step=ibis.literal(step, "int64"), **rest)
        found.append(some.select(UNIT, "depth", "step", *(f"t_{k}" for k in range(1, shape.steps + 1))))
    units = reduce(ibis.union, found)
    for step, optional in enumerate(shape.optional, start=1):
        if optional:  # taken from an earlier chain: the unit skipped the step in this one
            name = f"t_{step}"
            units = units.mutate(**{name: ibis.ifelse(units[name] >= units.t_1, units[name], nothing)})
    first = entered if starts is None else starts.group_by(UNIT).agg(t_1=starts.t_1.max())
    last = first.select(start_unit=UNIT, last_entry="t_1")
    joined = units.join(last, units[UNIT] == last.start_unit)
    return joined.select(*units.columns, "last_entry")
