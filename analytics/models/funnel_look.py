"""A closer look at a funnel: by entry date, time to convert, by property, and where those who dropped out went.

Each function runs its own queries, so that a page pays for what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.i18n import msg
from analytics.models.funnel import Result, events_before, make_spec
from analytics.models.funnel_events import property_columns
from analytics.models.funnel_match import UNIT
from analytics.models.funnel_outcome import seconds_between
from analytics.models.funnel_steps import hits
from analytics.models.funnel_units import Spec, unit_of
from analytics.models.statistics import wilson

MOST_VALUES = 12
OTHER = "\x00other"
NOTHING = "\x00nothing"
NEXT_EVENTS = 3
_TOP_EVENTS = 6
_BARS = 24
_DAILY_UP_TO = 92


def trend(result: Result) -> pd.DataFrame:
    """Conversion by entry date: start · units · through · pending · rate · low · high · complete.

    By day, by week above three months. A unit counts at the entry of its attempt. ``complete`` is False where windows
    are still open: the rate there can only rise.
    """
    outcome, full = result.outcome, _full(result)
    span = outcome.agg(first=outcome.t_1.min(), last=outcome.t_1.max()).execute().iloc[0]
    unit = "D" if (span["last"] - span["first"]).days <= _DAILY_UP_TO else "W"
    counts = outcome.group_by(start=outcome.t_1.truncate(unit)).agg(
        units=outcome.count(), through=(outcome.depth == full).sum(), pending=outcome.pending.sum()
    )
    frame: pd.DataFrame = counts.order_by("start").execute()
    length = pd.Timedelta(days=1 if unit == "D" else 7)
    window = pd.Timedelta(seconds=max(1, round(result.params.window_days * 86_400)))
    frame["complete"] = pd.to_datetime(frame["start"]) + length + window <= pd.Timestamp(result.end)
    return _with_rates(frame)


@dataclass(frozen=True)
class Times:
    """Time to convert of those who got through, in hours: quartiles, how many, and bars (left · right · units)."""

    units: int
    quarter: float
    median: float
    three_quarters: float
    bars: pd.DataFrame


def times(result: Result) -> Times | None:
    """How long it took from the entry to the last step; None when nobody got through."""
    outcome = result.outcome
    last = len(result.names)
    done = outcome.filter(outcome.depth == _full(result))
    hours = seconds_between(done.t_1, done[f"t_{last}"]) / 3600.0
    row = done.agg(
        n=done.count(), a=hours.quantile(0.25), b=hours.quantile(0.5), c=hours.quantile(0.75), top=hours.max()
    ).execute().iloc[0]  # fmt: skip
    if not int(row["n"]):
        return None
    # A tail of days would squeeze the minutes into one bar: bars up to thrice the upper quartile, then the rest.
    top = min(float(row["top"]), max(float(row["c"]) * 3, 1 / 60))
    width = max(top / _BARS, 1 / 3600)
    bar = ibis.least((hours / width).floor().cast("int64"), _BARS)
    counts = done.group_by(bar=bar).agg(units=done.count()).execute()
    frame = pd.DataFrame({"bar": range(int(counts["bar"].max()) + 1)}).merge(counts, how="left").fillna({"units": 0})
    frame["left"], frame["right"] = frame["bar"] * width, (frame["bar"] + 1) * width
    frame.loc[frame.index[-1], "right"] = max(float(row["top"]), float(frame["right"].iloc[-1]))
    frame["units"] = frame["units"].astype("int64")
    return Times(int(row["n"]), float(row["a"]), float(row["b"]), float(row["c"]), frame[["left", "right", "units"]])


def attributed(data: Dataset, result: Result, column: str, attribution: str) -> ibis.Table:
    """Columns unit · value: a property of the event that a unit is attributed to, one value each, "" if empty.

    attribution  first (the entry), last (the last step reached) or the number of a step (only units that reached it)
    """
    spec = make_spec(data, result.params)
    name = property_columns(data).get(column, column)
    events = events_before(data, result.params.as_of)
    if name not in events.columns:
        raise ParamError(
            "param.unknown_column",
            msg("没有“{column}”这一列。", column=column),
            msg("可用的列：{columns}。", columns="、".join(dict.fromkeys(property_columns(data)))),
        )
    outcome = result.outcome
    if result.params.order == "any" and attribution != "first":
        raise ParamError("param.attribution", msg("不限顺序时只能按进入时的属性分。"), msg("把归因改成“进入时”。"))
    numbers = range(1, len(spec.steps) + 1)
    rows = events.select(
        of=unit_of(events, spec.unit), moment=events.occurred_at.cast("timestamp"), value=events[name].cast("string"),
        **{f"hit_{k}": hits(events, spec.steps[k - 1].events, spec.columns) for k in numbers},
    )  # fmt: skip
    if attribution == "last":
        at: Any = ibis.cases(*((outcome.step == k, outcome[f"t_{k}"]) for k in numbers))
        fits: Any = ibis.cases(*((outcome.step == k, rows[f"hit_{k}"]) for k in numbers))
    else:
        step = 1 if attribution == "first" else _step_number(attribution, len(spec.steps))
        at, fits = outcome[f"t_{step}"], rows[f"hit_{step}"]
        if result.params.order == "any":  # the entry may be any of the steps
            fits = reduce(lambda a, b: a | b, (rows[f"hit_{k}"] for k in numbers))
    joined = outcome.join(rows, [outcome[UNIT] == rows.of, at == rows.moment, fits])
    found = joined.group_by(UNIT).agg(value=joined.value.min().fill_null(""))
    return found.rename(value_unit=UNIT)


def _step_number(attribution: str, steps: int) -> int:
    if attribution.isdigit() and 1 <= int(attribution) <= steps:
        return int(attribution)
    raise ParamError(
        "param.attribution",
        msg("归因不能是“{value}”。", value=attribution),
        msg("可选：first（进入时）、last（最后一步）或步骤的序号。"),
    )


def breakdown(data: Dataset, result: Result, column: str, attribution: str = "first") -> pd.DataFrame:
    """Conversion by a property: value · units · through · pending · rate · low · high, most units first.

    Each unit is in one group. Above MOST_VALUES the rest is OTHER; with a step as attribution only units that reached
    it count, and their rate is of those.
    """
    values = attributed(data, result, column, attribution)
    outcome = result.outcome.join(values, result.outcome[UNIT] == values.value_unit)
    counts = outcome.group_by("value").agg(
        units=outcome.count(), through=(outcome.depth == _full(result)).sum(), pending=outcome.pending.sum()
    )
    frame: pd.DataFrame = counts.execute().sort_values(["units", "value"], ascending=[False, True], ignore_index=True)
    if len(frame) > MOST_VALUES:
        rest = frame.iloc[MOST_VALUES - 1 :][["units", "through", "pending"]].sum()
        frame = pd.concat([frame.head(MOST_VALUES - 1), pd.DataFrame([{"value": OTHER, **rest}])], ignore_index=True)
    return _with_rates(frame)


def _with_rates(frame: pd.DataFrame) -> pd.DataFrame:
    for name in ("units", "through", "pending"):
        frame[name] = frame[name].astype("int64")
    frame["rate"] = frame["through"] / frame["units"]
    bounds = [wilson(int(x), int(n)) for x, n in zip(frame["through"], frame["units"], strict=True)]
    frame["low"], frame["high"] = [low for low, _ in bounds], [high for _, high in bounds]
    return frame


def _full(result: Result) -> int:
    return int((~result.steps["optional"]).sum())


def next_events(data: Dataset, result: Result, depth: int) -> pd.DataFrame:
    """What those who dropped out after a step (its number among the required ones) did next.

    level (1 …) · source · target · units: from the step ("" at level 1) to their first event after it, and so on, up
    to NEXT_EVENTS; NOTHING where no event follows, OTHER for rare ones. The order of simultaneous events is by name.
    """
    spec: Spec = make_spec(data, result.params)
    events = events_before(data, result.params.as_of)
    outcome = result.outcome
    lost = outcome.filter((outcome.depth == depth) & ~outcome.pending)
    at = ibis.cases(*((lost.step == k, lost[f"t_{k}"]) for k in range(1, len(spec.steps) + 1)))
    lost = lost.select(person=lost.user, lost_unit=UNIT, since=at)
    rows = events.select("user_id", "row_id", "event", moment=events.occurred_at.cast("timestamp"))
    joined = lost.join(rows, [lost.person == rows.user_id, rows.moment > lost.since])
    order = ibis.window(group_by=joined.lost_unit, order_by=[joined.moment, joined.event, joined.row_id])
    ranked = joined.mutate(rank=ibis.row_number().over(order))
    ranked = ranked.filter(ranked["rank"] < NEXT_EVENTS)
    wide = ranked.group_by("lost_unit").agg(
        **{f"e{k}": ranked.event.max(where=ranked["rank"] == k) for k in range(NEXT_EVENTS)}
    )
    paths = wide.group_by(*(f"e{k}" for k in range(NEXT_EVENTS))).agg(units=wide.count()).execute()
    quiet = int(lost.count().execute()) - int(paths["units"].sum())
    if quiet:
        paths = pd.concat([paths, pd.DataFrame([{f"e{k}": None for k in range(NEXT_EVENTS)} | {"units": quiet}])])
    return _flows(paths.reset_index(drop=True))


def _flows(paths: pd.DataFrame) -> pd.DataFrame:
    flows: list[pd.DataFrame] = []
    paths["e-1"] = ""
    for k in range(NEXT_EVENTS):
        column = f"e{k}"
        sums = paths[paths[column].notna()].groupby(column)["units"].sum().sort_values(ascending=False)
        common = set(sums.head(_TOP_EVENTS).index)
        paths[column] = [NOTHING if pd.isna(event) else event if event in common else OTHER for event in paths[column]]
        going = paths[paths[f"e{k - 1}"] != NOTHING]
        some = going.groupby([f"e{k - 1}", column])["units"].sum().rename_axis(["source", "target"]).reset_index()
        flows.append(some.assign(level=k + 1))
    frame = pd.concat(flows, ignore_index=True)
    frame["units"] = frame["units"].astype("int64")
    ordered = frame.sort_values(["level", "units", "source", "target"], ascending=[True, False, True, True])
    return ordered[["level", "source", "target", "units"]].reset_index(drop=True)


def properties(data: Dataset) -> tuple[str, ...]:
    """The columns that a breakdown can be by: text that describes an event."""
    names: Sequence[str] = data.attributes()
    return tuple(name for name in names if name not in ("event", "phone", "customer_name"))
