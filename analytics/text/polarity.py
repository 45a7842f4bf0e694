"""Is a review praise or complaint: a small linear model, quick to load, with the rules as one of its features.

``Model`` is what training.py makes and data/polarity.npz holds (arrays only, no pickle). ``load`` opens it. The
probabilities it gives are for texts like those it learned from; adapt.py fits them to a file.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.text import clauses, ngrams, rules
from analytics.text.tokens import DATA, clean, is_foreign, plain

FILE = DATA / "polarity.npz"
MOST_RULE_SCORE = 4.0
SHORT = 16.0  # characters
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """Texts ready for scoring, each list as long as the number of texts.

    plain  for counting n-grams   judged  the clauses   rule  their score
    """

    cleaned: list[str]
    plain: list[str]
    judged: list[list[rules.Judged]]
    rule: Numbers

    def take(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Prepared:
        """The texts at these places."""
        at = [int(row) for row in rows]
        return Prepared(
            [self.cleaned[row] for row in at],
            [self.plain[row] for row in at],
            [self.judged[row] for row in at],
            self.rule[at],
        )


@dataclass(frozen=True)
class Model:
    """weights, idf: one number per n-gram bucket; top: the weights of the three features."""

    weights: npt.NDArray[np.float32]
    idf: npt.NDArray[np.float32]
    intercept: float
    top: Numbers
    top_intercept: float

    def linear(self, texts: Sequence[str]) -> Numbers:
        """Log-odds of the n-grams alone for plain texts."""
        if not texts:
            return np.zeros(0)
        found: Numbers = ngrams.weighted(ngrams.count(texts), self.idf) @ self.weights + self.intercept
        return found

    def logits(self, prepared: Prepared) -> Numbers:
        """Log-odds that a text is positive, n-grams and rules together."""
        found: Numbers = features(self, prepared) @ self.top + self.top_intercept
        return found

    def stored(self) -> Model:
        """The model as it is after being written and read: weights and idf in a byte each."""
        weights, scale = _packed(self.weights)
        idf, idf_scale = _packed(self.idf)
        return Model(
            weights * np.float32(scale),
            idf * np.float32(idf_scale),
            self.intercept,
            self.top,
            self.top_intercept,
        )

    def save(self, path: Path = FILE) -> None:
        """Write the arrays."""
        weights, scale = _packed(self.weights)
        idf, idf_scale = _packed(self.idf)
        numbers = np.array([scale, idf_scale, self.intercept, self.top_intercept, *self.top])
        np.savez_compressed(path, weights=weights, idf=idf, numbers=numbers)


def prepare(texts: Sequence[str]) -> Prepared:
    """Clean, cut into clauses and judge by the rules. Empty texts are allowed."""
    cleaned = [clean(text) for text in texts]
    with _uncollected():
        judged = [rules.judge(clauses.cut(text)) for text in cleaned]
    return Prepared(
        cleaned=cleaned,
        plain=[plain(text) for text in cleaned],
        judged=judged,
        rule=np.array([rules.whole(parts) for parts in judged], dtype=float),
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: it takes a quarter of the time to find that none of the clauses is garbage."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def features(model: Model, prepared: Prepared) -> Numbers:
    """Texts × 3: n-grams, rules, and the rules once more for short texts, where n-grams have little to go by."""
    whole = model.linear(prepared.plain)
    whole[[is_foreign(text) for text in prepared.plain]] = 0  # the n-grams know no English; the rules know a little
    rule = np.clip(prepared.rule, -MOST_RULE_SCORE, MOST_RULE_SCORE)
    size = np.array([len(text) for text in prepared.plain], dtype=float)
    return np.column_stack([whole, rule, rule * SHORT / (SHORT + size)])


def _packed(values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], float]:
    scale = float(np.abs(values).max()) / 127 or 1.0
    return np.round(values / scale).astype(np.int8), scale


@lru_cache(maxsize=1)
def load() -> Model:
    """The trained model that is kept with the code."""
    with np.load(FILE, allow_pickle=False) as kept:
        scale, idf_scale, intercept, top_intercept, *top = kept["numbers"].tolist()
        return Model(
            weights=kept["weights"] * np.float32(scale),
            idf=kept["idf"] * np.float32(idf_scale),
            intercept=intercept,
            top=np.array(top),
            top_intercept=top_intercept,
        )


def sigmoid(logits: Any) -> Numbers:
    """Log-odds to probabilities, without overflow."""
    found: Numbers = 1 / (1 + np.exp(-np.clip(logits, -40, 40)))
    return found
