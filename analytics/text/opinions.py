"""The opinion words (data/opinions.toml), ready for finding the longest one at a place in a text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache

from analytics.text.tokens import DATA

_STRENGTH = {"strong_positive": 1.6, "positive": 1.0, "negative": -1.0, "neutral": 0.0}
# Contrast words that may stand in the middle of a sentence without a comma before them.
_TURNING = ("但是", "可是", "不过", "然而", "可惜", "没想到", "谁知", "好在", "幸好", "结果", " but ")


@dataclass(frozen=True)
class Opinions:
    """``index`` maps a word's first character to the words that begin so, longest first, each with its strength."""

    index: dict[str, tuple[tuple[str, float], ...]]
    negators: tuple[str, ...]
    contrast: tuple[str, ...]
    concession: tuple[str, ...]
    boosters: tuple[str, ...]
    softeners: tuple[str, ...]
    turning: re.Pattern[str]


@lru_cache(maxsize=1)
def opinions() -> Opinions:
    """The words of data/opinions.toml."""
    stored = tomllib.loads((DATA / "opinions.toml").read_text(encoding="utf-8"))
    lists = {name: [word.replace("_", " ") for word in part["words"].split()] for name, part in stored.items()}
    strength = {word: value for name, value in _STRENGTH.items() for word in lists[name]}
    index: dict[str, list[tuple[str, float]]] = {}
    for word, value in sorted(strength.items(), key=lambda pair: (-len(pair[0]), pair[0])):
        index.setdefault(word[0], []).append((word, value))
    others = {name: tuple(sorted(lists[name], key=len, reverse=True)) for name in lists if name not in _STRENGTH}
    return Opinions(
        index={first: tuple(words) for first, words in index.items()},
        turning=re.compile("|".join(map(re.escape, _TURNING))),
        **others,
    )
