"""Recommendation on tables small enough to count by hand, and against published implementations on MovieLens."""

from __future__ import annotations

import csv
import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sparse

from analytics.engine import Engine
from analytics.models import recommend
from analytics.models.recommend_data import load, sold_lines
from analytics.models.recommend_itemitem import SHRINK, Lookup, reasons, similarities
from analytics.models.recommend_rank import Ranker
from analytics.models.recommend_split import run, split_day
from tests.purchase_tables import Line, lines_dataset

# Who bought: a A B C · b A B · c A · d B C · e D          customers of A 3, B 3, C 2, D 1
# Together: A&B 2 (a, b), A&C 1 (a), B&C 2 (a, d), D with nothing.
SHOP: list[Line] = [
    ("a", "2024-01-01", "A"), ("a", "2024-01-01", "B"), ("a", "2024-01-01", "C"),
    ("b", "2024-01-01", "A"), ("b", "2024-01-01", "B"),
    ("c", "2024-01-01", "A"),
    ("d", "2024-01-01", "B"), ("d", "2024-01-01", "C"),
    ("e", "2024-01-01", "D"),
]  # fmt: skip
AB, AC, BC = 2 / (3 + SHRINK), 1 / (math.sqrt(6) + SHRINK), 2 / (math.sqrt(6) + SHRINK)
FIXED = recommend.Params(method="item_item", trend_days=0, evaluate=False, top=3, exclude=())


def rows(result: recommend.Result, *columns: str) -> list[tuple[object, ...]]:
    table = result.customers.order_by(["customer_id", "rank"]).select("customer_id", *columns).to_pyarrow()
    return [tuple(row.values()) for row in table.to_pylist()]


def test_similarities_by_hand(tmp_path: Path, engine: Engine) -> None:
    bought = load(lines_dataset(tmp_path, engine, SHOP), FIXED, dt.date(2024, 1, 2))
    assert bought.items.to_pylist() == ["A", "B", "C", "D"]
    expected = [[0, AB, AC, 0], [AB, 0, BC, 0], [AC, BC, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(similarities(bought.liked_matrix).toarray(), expected, rtol=1e-6)


def test_only_the_nearest_are_kept_and_ties_go_by_name() -> None:
    # Three customers bought everything, a fourth A and D: A is like B and C alike, and more like D.
    liked = sparse.csr_matrix(np.array([[1, 1, 1, 1]] * 3 + [[1, 0, 0, 1]], np.float32))
    one = similarities(liked, most=1).toarray()
    assert [np.flatnonzero(row).tolist() for row in one] == [[3], [2], [1], [0]]
    two = similarities(liked, most=2).toarray()
    assert np.flatnonzero(two[0]).tolist() == [1, 3]  # B, not C: the lower name of equals


def test_item_item_recommendations_by_hand(tmp_path: Path, engine: Engine) -> None:
    result = recommend.analyze(lines_dataset(tmp_path, engine, SHOP), FIXED)
    # Popularity, for what likeness cannot tell: A 3, B 3, C 2, D 1.
    assert rows(result, "rank", "segment", "score", "reason") == [
        ("a", 1, "D", 0.0, None),
        ("b", 1, "C", pytest.approx(AC + BC, abs=1e-6), "B"),  # B is nearer to C than A is
        ("b", 2, "D", 0.0, None),
        ("c", 1, "B", pytest.approx(AB, abs=1e-6), "A"),
        ("c", 2, "C", pytest.approx(AC, abs=1e-6), "A"),
        ("c", 3, "D", 0.0, None),
        ("d", 1, "A", pytest.approx(AB + AC, abs=1e-6), "B"),
        ("d", 2, "D", 0.0, None),
        ("e", 1, "A", 0.0, None),
        ("e", 2, "B", 0.0, None),
        ("e", 3, "C", 0.0, None),
    ]
    assert result.segments[["segment", "customers", "first", "buyers"]].values.tolist() == [
        ["D", 4, 1, 1], ["C", 3, 1, 2], ["A", 2, 2, 3], ["B", 2, 1, 3],
    ]  # fmt: skip
    assert result.headline == {"customers": 5, "recommendations": 11, "products": 4}


def test_popularity_counts_customers_and_halves_with_age(tmp_path: Path, engine: Engine) -> None:
    lines: list[Line] = [
        *[(f"old{i}", "2024-01-01", "A") for i in range(3)],  # 10 days before the end: a quarter each
        *[(f"new{i}", "2024-01-06", "B") for i in range(2)],  # 5 days: a half each
        ("new0", "2024-01-06", "B"),  # the same customer again counts once
        ("x", "2024-01-10", "C"),
    ]
    bought = load(lines_dataset(tmp_path, engine, lines), FIXED, dt.date(2024, 1, 11))
    assert bought.popularity(0).tolist() == [3, 2, 1]
    np.testing.assert_allclose(bought.popularity(5), [0.75, 1.0, 0.5 ** (1 / 5)])
    np.testing.assert_allclose(bought.trend(5), [0.25, 0.5, 0.5 ** (1 / 5)])


def test_metrics_of_the_time_split_by_hand(tmp_path: Path, engine: Engine) -> None:
    # Before: P bought by 4, Q by 3, R by 2, S by 1. After 01-09 (2 of 12 lines, a sixth): u1 buys Q and S, u2 buys R.
    before: list[Line] = [
        ("u1", "2024-01-01", "P"), ("u2", "2024-01-02", "P"), ("u3", "2024-01-03", "P"), ("u4", "2024-01-04", "P"),
        ("u2", "2024-01-05", "Q"), ("u3", "2024-01-05", "Q"), ("u4", "2024-01-05", "Q"),
        ("u3", "2024-01-06", "R"), ("u4", "2024-01-06", "R"), ("u4", "2024-01-07", "S"),
    ]  # fmt: skip
    after: list[Line] = [
        ("u1", "2024-01-09", "Q"), ("u1", "2024-01-09", "S"), ("u2", "2024-01-10", "R"),
        ("u2", "2024-01-10", "P"),  # again: not new to them, so not looked for
        ("new", "2024-01-10", "P"),  # came too late to be tested
        ("u4", "2024-01-10", "T"),  # a product that was unknown before: nobody could have recommended it
    ]  # fmt: skip
    data = lines_dataset(tmp_path, engine, before + after)
    params = recommend.Params(method="popularity", top=1, trend_days=0, holdout=0.375, exclude=())
    trial = run(data, params, dt.date(2024, 1, 11))
    assert (trial.split_on, trial.tested, trial.new_later) == (dt.date(2024, 1, 9), 2, 1)
    # One recommendation: u1 gets Q (hit, 1 of 2), u2 gets R (hit, 1 of 1). Shown: 2 of 4 products.
    row = trial.table.iloc[0]
    assert row[["hit_rate", "recall", "coverage"]].tolist() == [1.0, 0.75, 0.5]
    again = run(data, recommend.Params(**{**vars(params), "exclude_bought": False}), dt.date(2024, 1, 11))
    # Bought ones may be recommended: everybody gets P. u1 misses, u2 hits one of two (R, P).
    assert again.table.iloc[0][["hit_rate", "recall", "coverage"]].tolist() == [0.5, 0.25, 0.25]


def test_the_split_is_the_day_nearest_to_the_share(tmp_path: Path, engine: Engine) -> None:
    lines: list[Line] = [("a", f"2024-01-{day:02}", "P") for day in range(1, 11)]
    data = lines_dataset(tmp_path, engine, lines)
    sold = sold_lines(data, FIXED, dt.date(2024, 2, 1))
    assert split_day(sold, 0.2) == dt.date(2024, 1, 9)
    assert split_day(sold, 0.5) == dt.date(2024, 1, 6)


def test_reasons_pick_the_nearest_bought() -> None:
    alike = sparse.csr_matrix(
        np.array([[0, 0.5, 0.5, 0], [0.5, 0, 0.2, 0], [0.5, 0.2, 0, 0], [0, 0, 0, 0]], np.float32)
    )
    bought = sparse.csr_matrix(np.array([[0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]], np.float32))
    items = np.array([[0, 3], [2, -1], [0, 1]])
    # Of equals the lower code; a product like nothing, no recommendation, and nothing bought have no reason.
    assert reasons(items, bought, Lookup(alike)).tolist() == [[1, -1], [0, -1], [-1, -1]]


@pytest.fixture(scope="module")
def movielens(shared_data: Path, engine: Engine, tmp_path_factory: pytest.TempPathFactory):
    lines: list[Line] = []
    with (shared_data / "movielens_100k" / "ml-100k.inter").open(encoding="utf-8") as file:
        for user, item, _, moment in list(csv.reader(file, delimiter="\t"))[1:]:
            at = dt.datetime.fromtimestamp(int(float(moment)), dt.UTC).replace(tzinfo=None)
            lines.append((user, at.isoformat(sep=" "), item))
    return lines_dataset(tmp_path_factory.mktemp("movielens"), engine, lines)


def test_movielens_has_its_known_size(movielens) -> None:
    bought = load(movielens, FIXED, dt.date(1999, 1, 1))
    assert (len(bought.customers), len(bought.items), len(bought.customer)) == (943, 1682, 100_000)


def test_cosine_without_shrinkage_is_the_librarys(movielens) -> None:
    """implicit's CosineRecommender, an independent implementation of the same measure."""
    from implicit.nearest_neighbours import CosineRecommender

    liked = load(movielens, FIXED, dt.date(1999, 1, 1)).liked_matrix
    peer = CosineRecommender(K=liked.shape[1])
    peer.fit(liked.astype(np.float64), show_progress=False)
    theirs = peer.similarity.toarray()
    np.fill_diagonal(theirs, 0)
    ours = similarities(liked, shrink=0, most=liked.shape[1]).toarray()
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_what_is_chosen_on_the_past_holds_on_the_future(movielens) -> None:
    """Chosen on what came before 1998-03-08, measured on what came after: no worse than the library's ALS."""
    from implicit.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    cut = dt.date(1998, 3, 8)
    params = recommend.Params(top=10, as_of=cut, exclude=())
    answer = recommend.analyze(movielens, params)
    judged = recommend.Params(method=answer.way, top=10, trend_days=answer.trend_days, exclude=())
    before = load(movielens, params, cut)
    everything = load(movielens, params, dt.date(1999, 1, 1))
    later = everything.liked_matrix[np.searchsorted(everything.customers.to_pylist(), before.customers.to_pylist())]
    known = np.searchsorted(everything.items.to_pylist(), before.items.to_pylist())
    truth = later[:, known] - before.liked_matrix
    tested = np.flatnonzero(np.diff((truth > 0).tocsr().indptr))

    def hit_rate(items: np.ndarray) -> float:
        return float(np.mean([truth[user, row[row >= 0]].sum() > 0 for user, row in zip(tested, items, strict=True)]))

    allowed = np.arange(len(before.items))
    ranker = Ranker.fit(answer.way, before, judged.trend_days, allowed, hide_bought=True)
    ours = hit_rate(np.vstack([batch.items for batch in ranker.batches(10, tested)]))
    with threadpool_limits(1, "blas"):
        library = AlternatingLeastSquares(factors=32, random_state=1, num_threads=1)
        library.fit(before.liked_matrix, show_progress=False)
        theirs = hit_rate(library.recommend(tested, before.liked_matrix[tested], N=10)[0])
    assert len(tested) > 80
    assert ours >= theirs > 0.3
