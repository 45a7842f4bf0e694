r"""The steps of a funnel as one writes them down, and as conditions on a table of events.

    浏览                            an event
    加入购物车|收藏                  any of several events
    支付[渠道=抖音|天猫][amount>=100]   an event whose properties fit; each bracket must hold
    收藏?                           an optional step
    成交::支付|货到付款              a name of one's own before two colons

A backslash before one of | [ ] = ! < > ? : \ takes away its meaning. A column is named by its header or its role.
Exclusions are written the same, with the steps between which they are forbidden at the end: 退款@2-4 (all by default).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis

from analytics.errors import ParamError
from analytics.i18n import Text, either, msg, verbatim

MOST_STEPS = 20
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = "|[]=!<>?:@\\"
_RANGE = re.compile(r"^(?P<event>.*?)@(?P<first>\d+)-(?P<last>\d+)$", re.DOTALL)
_CONDITION = re.compile(r"^(?P<column>[^=<>!]+?)\s*(?P<how>!=|>=|<=|=|>|<)(?P<values>.*)$", re.DOTALL)
_HIDDEN = 0xE000  # escaped characters become private ones while the text is taken apart


@dataclass(frozen=True)
class Condition:
    """A property of an event. ``how``: = != (any of, none of the values) > >= < <= (a number)."""

    column: str
    how: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """An event by name, and what must hold of its properties."""

    name: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step: any of its events. ``label`` is the user's own name for it, else empty."""

    events: tuple[Event, ...]
    optional: bool = False
    label: str = ""

    def name(self, names: Mapping[str, Text]) -> Text:
        """What the step is called; ``names`` are the names of known events."""
        if self.label:
            return verbatim(self.label)
        parts = [names.get(event.name, verbatim(event.name)) for event in self.events]
        told = [
            msg("{event}（{conditions}）", event=part, conditions=_tell(event)) if event.conditions else part
            for part, event in zip(parts, self.events, strict=True)
        ]
        return either(told)


@dataclass(frozen=True)
class Exclusion:
    """An event that may not happen after step ``first`` and before step ``last``."""

    events: tuple[Event, ...]
    first: int
    last: int


def step_names(steps: Sequence[Step], names: Mapping[str, Text]) -> tuple[Text, ...]:
    """What steps are called; equal ones are counted: 下单, 第 2 次下单."""
    found, seen = list[Text](), list[tuple[Event, ...]]()
    for step in steps:
        seen.append(step.events)
        again, name = seen.count(step.events), step.name(names)
        found.append(msg("第 {n:int} 次{event}", n=again, event=name) if again > 1 and not step.label else name)
    return tuple(found)


def parse_step(text: str) -> Step:
    """A step from its notation. Raises ParamError (param.step) with an example."""
    hidden = _hide(text).strip()
    label, marked, rest = hidden.partition("::")
    if not marked:
        label, rest = "", hidden
    optional = rest.rstrip().endswith("?")
    rest = rest.rstrip().removesuffix("?")
    events = tuple(_parse_event(part, text) for part in _split(rest))
    if not events or not all(event.name for event in events):
        raise _wrong(text)
    return Step(events, optional, _show(label).strip())


def parse_exclusion(text: str, steps: int) -> Exclusion:
    """An exclusion from its notation. Raises ParamError (param.step, param.exclusions)."""
    hidden = _hide(text).strip()
    found = _RANGE.match(hidden)
    first, last = (int(found["first"]), int(found["last"])) if found else (1, steps)
    if not 1 <= first < last <= steps:
        raise ParamError(
            "param.exclusions",
            msg("排除行为“{text}”的步骤范围不对。", text=text),
            msg("写成“行为@2-4”，两个数在 1 到 {steps:int} 之间，前小后大。", steps=steps),
        )
    step = parse_step(_back(found["event"] if found else hidden))
    return Exclusion(step.events, first, last)


def write_event(name: str) -> str:
    """An event's name in the notation."""
    return "".join("\\" + char if char in _SPECIAL else char for char in name)


def hits(events: ibis.Table, wanted: Sequence[Event], columns: Mapping[str, str]) -> Any:
    """Whether a row is one of the events. ``columns``: what a column may be called → its name in the table."""
    return reduce(or_, (_holds(events, event, columns) for event in wanted))


def _holds(events: ibis.Table, event: Event, columns: Mapping[str, str]) -> Any:
    conditions = [_fits(events, condition, columns) for condition in event.conditions]
    return reduce(and_, conditions, events.event == event.name)


def _fits(events: ibis.Table, condition: Condition, columns: Mapping[str, str]) -> Any:
    name = columns.get(condition.column)
    if name is None:
        raise ParamError(
            "param.step_column",
            msg("没有叫“{column}”的列，不能按它挑步骤。", column=condition.column),
            msg("可用的列：{columns}。", columns="、".join(dict.fromkeys(columns))),
        )
    value = events[name]
    if condition.how in ("=", "!="):
        same = value.cast("string").fill_null("").isin(condition.values)
        if value.type().is_numeric():
            same = value.cast("float64").isin([_number(condition, text) for text in condition.values])
            same = same.fill_null(False)
        return same if condition.how == "=" else ~same
    number = value.cast("float64") if value.type().is_numeric() else value.cast("string").try_cast("float64")
    limit = _number(condition, condition.values[0])
    compared = {">": number > limit, ">=": number >= limit, "<": number < limit, "<=": number <= limit}
    return compared[condition.how].fill_null(False)


def _number(condition: Condition, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ParamError(
            "param.step_number",
            msg("“{column}”后面的“{text}”不是数字。", column=condition.column, text=text),
            msg("写成 {column}>=100 这样。", column=condition.column),
        ) from None


def _parse_event(text: str, whole: str) -> Event:
    name, bracket, rest = text.partition("[")
    conditions: list[Condition] = []
    while bracket:
        inside, closed, rest = rest.partition("]")
        found = _CONDITION.match(inside.strip())
        if not closed or found is None:
            raise _wrong(whole)
        how = found["how"]
        values = tuple(
            _show(part).strip() for part in (found["values"].split("|") if how in "!=" else [found["values"]])
        )
        conditions.append(Condition(_show(found["column"]).strip(), how, values))
        between, bracket, rest = rest.partition("[")
        if between.strip():
            raise _wrong(whole)
    if "]" in name:
        raise _wrong(whole)
    return Event(_show(name).strip(), tuple(conditions))


def _split(text: str) -> list[str]:
    """At each | outside brackets."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if char == "|" and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _hide(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(_HIDDEN + ord(found[1])) if ord(found[1]) < 128 else found[1], text)


def _show(text: str) -> str:
    return "".join(chr(ord(char) - _HIDDEN) if _HIDDEN <= ord(char) < _HIDDEN + 128 else char for char in text)


def _back(text: str) -> str:
    return "".join("\\" + _show(char) if _HIDDEN <= ord(char) < _HIDDEN + 128 else char for char in text)


def _tell(event: Event) -> str:
    return "，".join(f"{c.column}{c.how}{'/'.join(c.values)}" for c in event.conditions)


def _wrong(text: str) -> ParamError:
    return ParamError(
        "param.step",
        msg("步骤“{text}”看不懂。", text=text),
        msg("写成：浏览；加购|收藏；支付[渠道=抖音][amount>=100]；收藏?（可跳过）。"),
    )
