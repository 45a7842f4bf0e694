"""Texts as counts of character 1- to 4-grams, hashed: a sparse matrix without a vocabulary to keep or to load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

BITS = 20
LONGEST = 4
_START, _END = "\x02", "\x03"  # so that how a text begins and ends is told from what stands inside it


def count(texts: Sequence[str]) -> Any:
    """Texts × 2**BITS counts as scipy CSR, float32. One pass over all characters at once, no loop over texts."""
    from scipy import sparse

    framed = [f"{_START}{text}{_END}" for text in texts]
    codes = np.frombuffer("".join(framed).encode("utf-32-le"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(framed), dtype=np.int32), [len(text) for text in framed])
    rows, columns, hashed = [], [], np.zeros(len(codes), np.uint64)
    for length in range(1, min(LONGEST, len(codes)) + 1):
        size = len(codes) - length + 1
        hashed = hashed[:size] * np.uint64(1_000_003) + codes[length - 1 :] + np.uint64(length)
        whole = owner[:size] == owner[length - 1 :]  # does not run into the next text
        columns.append(_mixed(hashed[whole]))
        rows.append(owner[:size][whole])
    entries = (np.ones(sum(map(len, rows)), np.float32), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(entries, shape=(len(framed), 1 << BITS))


def _mixed(hashed: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """Spread the sums over all buckets (the finaliser of splitmix64, shortened)."""
    hashed = hashed ^ (hashed >> np.uint64(29))
    hashed = hashed * np.uint64(0xBF58476D1CE4E5B9)
    hashed = hashed ^ (hashed >> np.uint64(32))
    return (hashed & np.uint64((1 << BITS) - 1)).astype(np.int32)


def rarity(counts: Any) -> npt.NDArray[np.float32]:
    """Inverse document frequency of each bucket, 0 for those in fewer than two texts."""
    texts = np.bincount(counts.indices, minlength=counts.shape[1])
    common = np.flatnonzero(texts >= 2)
    found = np.zeros(len(texts), np.float32)
    found[common] = np.log((1 + counts.shape[0]) / (1 + texts[common])) + 1
    return found


def weighted(counts: Any, idf: npt.NDArray[np.float32]) -> Any:
    """(1 + log count) × idf, each text scaled to length 1.

    What the corpus does not know counts into the length as a rare gram: a text of mostly unknown grams says little,
    rather than being judged wholly by the few that are known.
    """
    times = 1 + np.log(counts.data)
    known = idf[counts.indices]
    values = times * known
    weights = times * np.where(known > 0, known, idf.max())
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(rows, weights=weights * weights, minlength=counts.shape[0]))
    length[length == 0] = 1
    scaled = counts.copy()
    scaled.data = (values / length[rows]).astype(np.float32)
    return scaled
