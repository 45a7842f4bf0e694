"""The interval flow (after PostHog): per day, week or month who came for the first time, again, back, or not again.

A customer is active in an interval with at least one visit in it. Active = new + returning + resurrecting. Dormant is
a flow: active in the interval before, not in this one. Weeks begin on Monday.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

import ibis
import pandas as pd

from analytics.models.lifecycle_stage import acts, data_begin, registrations

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.lifecycle import Params

Interval = Literal["day", "week", "month"]
DAYS_UP_TO, WEEKS_UP_TO = 45, 200  # spans, in days, up to which auto takes days and weeks
STATES = ("new", "returning", "resurrecting", "dormant")
_MONDAY = dt.date(1970, 1, 5)


def choose_interval(data: Dataset, params: Params, as_of: dt.date) -> Interval:
    """The interval that was asked for; auto: one that gives a few dozen bars at the most."""
    if params.interval != "auto":
        return params.interval
    begin = data_begin(data, params)
    days = (as_of - begin).days if begin else 0
    return "day" if days <= DAYS_UP_TO else "week" if days <= WEEKS_UP_TO else "month"


def interval_number(day: Any, interval: Interval) -> Any:
    """Which interval a date expression lies in, as a whole number that grows by one from each to the next."""
    if interval == "month":
        return (day.year() * 12 + day.month() - 1).cast("int64")
    days = day.delta(ibis.literal(_MONDAY), unit="day").cast("int64")
    return days if interval == "day" else (days / 7).floor().cast("int64")


def number_of(day: dt.date, interval: Interval) -> int:
    """``interval_number`` of one day."""
    if interval == "month":
        return day.year * 12 + day.month - 1
    return (day - _MONDAY).days // (1 if interval == "day" else 7)


def start_of(number: int, interval: Interval) -> dt.date:
    """The first day of an interval."""
    if interval == "month":
        return dt.date(number // 12, number % 12 + 1, 1)
    return _MONDAY + dt.timedelta(days=number * (1 if interval == "day" else 7))


def flow(data: Dataset, params: Params, as_of: dt.date, interval: Interval, *, valued: bool) -> pd.DataFrame:
    """One row per interval from the first with a visit to the one before ``as_of``, none left out.

    start (date) · active · new · returning · resurrecting · dormant (customers) · the same with _value (what they
    spent in the interval; dormant_value: in the interval before; columns are absent without amounts) · incomplete
    (it is not over at ``as_of``; its dormant may still come) · censored (the first one, where nobody can be known
    from before, or some of its customers have no registration date).
    """
    joined = _spells(data, params, as_of, interval, valued=valued)
    states = (
        ("new", joined.state == "new"),
        ("returning", joined.state == "returning"),
        ("resurrecting", joined.state == "resurrecting"),
    )
    sums: dict[str, Any] = {"active": joined.count()}
    for name, inside in states:
        sums[name] = inside.cast("int64").sum()
    stops = (joined.next_number.isnull() | (joined.next_number > joined.number + 1)).cast("int64")
    sums["stopped"] = stops.sum()
    if valued:
        nothing = joined.value * 0
        sums["active_value"] = joined.value.sum()
        for name, inside in states:
            sums[f"{name}_value"] = ibis.ifelse(inside, joined.value, nothing).sum()
        sums["stopped_value"] = ibis.ifelse(stops == 1, joined.value, nothing).sum()
    if data.companion("customers") is not None:
        sums["unknown"] = (~joined.registered).cast("int64").sum()
    counts = joined.group_by("number").agg(**sums).execute().set_index("number").astype(float)
    return _on_a_calendar(counts, as_of, interval, valued=valued)


def _spells(data: Dataset, params: Params, as_of: dt.date, interval: Interval, *, valued: bool) -> ibis.Table:
    """One row per customer and interval with a visit: its state, and the customer's next interval."""
    table = acts(data, params, as_of, valued=valued)
    numbered = table.mutate(number=interval_number(table.day, interval))
    spells = numbered.group_by("who", "number").agg(
        visits=numbered.paid.sum(), value=numbered.value.sum().cast("decimal(38,4)")
    )
    spells = spells.filter(spells.visits > 0)
    window = ibis.window(group_by=spells.who, order_by=spells.number)
    spells = spells.mutate(before=spells.number.lag().over(window), next_number=spells.number.lead().over(window))
    known, begin = registrations(data), data_begin(data, params)
    if known is not None and begin is not None:
        both = spells.left_join(known, spells.who == known.registered_who)
        old = both.registered_at < ibis.literal(dt.datetime.combine(begin, dt.time()))
        both = both.mutate(
            known_before=old.fill_null(ibis.literal(value=False)), registered=both.registered_at.notnull()
        )
    else:
        both = spells.mutate(known_before=ibis.literal(value=False), registered=ibis.literal(value=False))
    state = ibis.cases(
        (both.before == both.number - 1, "returning"),
        (both.before.isnull() & ~both.known_before, "new"),
        else_="resurrecting",
    )
    return both.mutate(state=state)


def _on_a_calendar(counts: pd.DataFrame, as_of: dt.date, interval: Interval, *, valued: bool) -> pd.DataFrame:
    last = number_of(as_of - dt.timedelta(days=1), interval)
    numbers = range(int(counts.index.min()), last + 1) if len(counts) else range(0)
    full = counts.reindex(numbers).fillna(0.0)
    shown = pd.DataFrame({"start": pd.Series([start_of(n, interval) for n in numbers], dtype="object")})
    for name in ("active", "new", "returning", "resurrecting"):
        shown[name] = full[name].to_numpy().astype("int64")
    # Who stopped after an interval is missing in the next one; before the first nobody was seen.
    shown["dormant"] = full["stopped"].shift(1, fill_value=0).to_numpy().astype("int64")
    if valued:
        for name in ("active", "new", "returning", "resurrecting"):
            shown[f"{name}_value"] = full[f"{name}_value"].to_numpy()
        shown["dormant_value"] = full["stopped_value"].shift(1, fill_value=0.0).to_numpy()
    shown["incomplete"] = [start_of(n + 1, interval) > as_of for n in numbers]
    unknown = full["unknown"].to_numpy() if "unknown" in full else full["active"].to_numpy()
    shown["censored"] = [at == 0 and unknown[at] > 0 for at in range(len(shown))]
    return shown
