"""A review cut into clauses, each with its place in the text and how much it weighs in the whole."""

from __future__ import annotations

import re
from typing import NamedTuple

from analytics.text.opinions import opinions

_STOPS = re.compile(
    r"[，,。；;！!？?…~～、\n\r\t]+|\s{2,}|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|(?<=[a-z])\.(?=\s|$)"
)
_SHORTEST = 2


class Clause(NamedTuple):
    """A part of a text; a tuple, for there are many and these are quick to make.

    ``text`` is the part of it from ``start`` to ``end``; ``stop`` is what ends it.

    weight  below 1 for what is conceded (虽然…) or overruled later, above 1 for what comes after 但是
    """

    text: str
    start: int
    end: int
    stop: str
    weight: float


def cut(cleaned: str) -> list[Clause]:
    """The clauses of a cleaned text in order; a contrast word inside a sentence begins a new one."""
    spans = _spans(cleaned)
    weights = [_weight(cleaned[start:end]) for start, end, _ in spans]
    turns = [at for at, weight in enumerate(weights) if weight > 1]
    found = []
    for at, (start, end, stop) in enumerate(spans):
        overruled = turns and at < turns[-1] and weights[at] >= 1
        found.append(Clause(cleaned[start:end], start, end, stop, 0.6 if overruled else weights[at]))
    return found


def _spans(text: str) -> list[tuple[int, int, str]]:
    spans, begin = [], 0
    for stop in _STOPS.finditer(text):
        spans += _split(text, begin, stop.start(), stop.group())
        begin = stop.end()
    return spans + _split(text, begin, len(text), "")


def _split(text: str, start: int, end: int, stop: str) -> list[tuple[int, int, str]]:
    """One stretch between stops, cut before a contrast word that stands inside it."""
    spans = []
    for found in opinions().turning.finditer(text, start, end):
        if found.start() - start >= _SHORTEST and end - found.end() >= _SHORTEST:
            spans.append((start, found.start(), ""))
            start = found.start()
    return [*spans, (start, end, stop)] if text[start:end].strip() else spans


def _weight(clause: str) -> float:
    words = opinions()
    opened = clause.strip().lower()
    if opened.startswith(words.concession):
        return 0.4
    return 1.6 if opened.startswith(words.contrast) else 1.0
