"""The fast way to the best items of item-item: the same as adding everything up exactly and sorting."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from analytics.models import recommend_rank
from analytics.models.recommend_data import Purchases
from analytics.models.recommend_rank import Ranker

ITEMS, CUSTOMERS, DEPTH = 400, 300, 5


@pytest.fixture
def bought() -> Purchases:
    """Some heavy customers and many light ones, some with nothing in common: ties in plenty, and scores of 0."""
    draw = np.random.default_rng(7)
    pairs = {
        (customer, int(item))
        for customer in range(CUSTOMERS)
        for item in draw.random(60 if customer % 10 == 0 else 1 + customer % 4) ** 3 * ITEMS
    }
    customer, item = np.array(sorted(pairs), np.int32).T
    names = pa.array([f"P{code:03}" for code in range(ITEMS)])
    people = pa.array([f"C{code:03}" for code in range(CUSTOMERS)])
    last_at = np.full(len(item), np.datetime64("2024-01-01", "us"))
    return Purchases(people, names, customer, item, np.ones(len(item), bool), last_at, dt.date(2024, 1, 2))


def exactly(ranker: Ranker) -> list[list[int]]:
    """Everything in float64, by score and then by popularity and name; what was bought left out."""
    liked = ranker.bought.liked_matrix.toarray().astype(np.float64)
    assert ranker.alike is not None
    scores = liked @ ranker.alike.toarray().astype(np.float64).T
    popularity = liked.sum(axis=0)
    best = []
    for row, mine in zip(scores, liked, strict=True):
        free = [code for code in range(ITEMS) if not mine[code]]
        best.append(sorted(free, key=lambda code: (-round(row[code], 12), -popularity[code], code))[:DEPTH])
    return best


@pytest.mark.parametrize("full", [True, False], ids=["a full table", "sparse rows"])
def test_the_best_are_those_of_exact_sums(bought: Purchases, monkeypatch: pytest.MonkeyPatch, *, full: bool) -> None:
    if not full:
        monkeypatch.setattr(recommend_rank, "_FULL_CELLS", 0)
    ranker = Ranker.fit("item_item", bought, 0, np.arange(ITEMS), hide_bought=True)
    assert [row for batch in ranker.batches(DEPTH) for row in batch.items.tolist()] == exactly(ranker)


def test_both_ways_give_the_same_scores(bought: Purchases, monkeypatch: pytest.MonkeyPatch) -> None:
    ranker = Ranker.fit("item_item", bought, 0, np.arange(ITEMS), hide_bought=True)
    full = np.vstack([batch.scores for batch in ranker.batches(DEPTH)])
    monkeypatch.setattr(recommend_rank, "_FULL_CELLS", 0)
    sparse = np.vstack([batch.scores for batch in ranker.batches(DEPTH)])
    np.testing.assert_allclose(full, sparse, rtol=1e-12)
