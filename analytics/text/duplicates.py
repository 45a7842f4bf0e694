"""Reviews that say the same: word for word, or nearly so (copied templates with a word changed).

Nearly: the sets of 5-character shingles of two texts overlap by at least SIMILAR (Jaccard). Candidates come from
min-hash bands, so that not every pair is compared; a text is compared with the first of its band only, which is
enough to gather copies of one template.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

SHORTEST = 12  # characters; shorter texts are alike by chance
SIMILAR = 0.8
SHINGLE = 5
BANDS = 8
_NOT_WORD = re.compile(r"[\W_]+")
_SALTS = tuple(0x9E3779B1 * (2 * at + 1) & 0xFFFFFFFF for at in range(BANDS * 2))


def groups(plain: Sequence[str]) -> list[int]:
    """For each text the place of the first text that says the same; its own place when there is none before it."""
    letters = [_letters(text) for text in plain]
    first: dict[str, int] = {}
    leader = [first.setdefault(text, at) if len(text) >= SHORTEST else at for at, text in enumerate(letters)]
    bands: dict[tuple[int, int, int], int] = {}
    shingles: dict[int, frozenset[int]] = {}
    for at, text in enumerate(letters):
        if leader[at] != at or len(text) < SHORTEST:
            continue
        own = _shingles(text)
        lowest = [min((shingle * salt) & 0xFFFFFFFF for shingle in own) for salt in _SALTS]
        for band in range(BANDS):
            head = bands.setdefault((band, lowest[2 * band], lowest[2 * band + 1]), at)
            if head != at and _alike(own, shingles[head]):
                leader[at] = leader[head]
                break
        shingles[at] = own
    return [leader[head] for head in leader]


def can_be_copied(plain: str) -> bool:
    """Whether a text is long enough that two alike are no accident."""
    return len(_letters(plain)) >= SHORTEST


def _letters(text: str) -> str:
    return _NOT_WORD.sub("", text)


def _shingles(text: str) -> frozenset[int]:
    return frozenset(zlib.crc32(text[at : at + SHINGLE].encode()) for at in range(len(text) - SHINGLE + 1))


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    both = len(one & other)
    return both >= SIMILAR * (len(one) + len(other) - both)
