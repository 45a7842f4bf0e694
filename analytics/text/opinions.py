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
# What denies, unless it stands in a word that does not (非常, 特别, 不过) or asks (是不是, 会不会).
_DENYING = {
    "非": "非(?!常|要|得)",
    "别": "(?<![特分个区差级性类])别(?![人的家处致])",
    "未": "未(?!来|必)",
    "无": "无(?!论|线|比|非|数)",
    "不": "不(?!过|但|仅|光|论|管|断|愧|禁|(?<=是不)是|(?<=会不)会|(?<=能不)能)",
    "不是": "(?<!是)不是",
    "不会": "(?<!会)不会",
    "不能": "(?<!能)不能",
    "没": "没(?!想到)",
}


@dataclass(frozen=True)
class Opinions:
    """``strength`` of each word; ``lengths`` maps a first character to the lengths of the words that begin so;
    ``begins`` holds the first two characters of those that have two, ``single`` the others.
    """

    strength: dict[str, float]
    lengths: dict[str, tuple[int, ...]]
    begins: frozenset[str]
    single: frozenset[str]
    negators: re.Pattern[str]
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
    lengths: dict[str, set[int]] = {}
    for word in strength:
        lengths.setdefault(word[0], set()).add(len(word))
    others = {name: tuple(sorted(lists[name], key=len, reverse=True)) for name in lists if name not in _STRENGTH}
    negators = others.pop("negators")
    return Opinions(
        strength=strength,
        begins=frozenset(word[:2] for word in strength if len(word) > 1),
        single=frozenset(word for word in strength if len(word) == 1),
        lengths={first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
        negators=re.compile("|".join(_DENYING.get(word, re.escape(word)) for word in negators)),
        turning=re.compile("|".join(map(re.escape, _TURNING))),
        **others,
    )
