"""Recommendation beside its peers: how often it is right, and how long a million customers take.

    python benchmarks/recommend.py accuracy ../shared/data/movielens_100k/ml-100k.inter
    python benchmarks/recommend.py scale 1000000 [rounds]

accuracy  what our choice, made on the past alone, hits on the future, beside the libraries' models and popularity,
          under the same split in time (the last 20 % and the last 10 % of the ratings)
scale     N customers with about 10 of 5,000 products each, 10 recommendations for everybody with reasons, written to
          Parquet, beside what the library needs for fitting and ranking alone. Each in a process of its own.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import statistics
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from make_orders import PRODUCTS, by_taste

from analytics.dataset import Dataset, Facts, Manifest, write_manifest
from analytics.engine import embedded
from analytics.models import recommend
from analytics.models.recommend_data import Purchases, load
from analytics.models.recommend_rank import Ranker

TOP = 10
EACH = 10
TASTES = 20
CHOSEN, POPULARITY = "ours, chosen", "popularity"


def dataset(folder: Path, customers: pa.Array, products: pa.Array, moments: np.ndarray) -> Dataset:
    """A dataset of kind lines with one line for each purchase."""
    n = len(customers)
    money = {name: pa.array([Decimal(value)], pa.decimal128(18, 4)) for name, value in (("one", 10), ("none", 0))}
    one, none = (money[name].take(pa.array(np.zeros(n, np.int32))) for name in ("one", "none"))
    table = {
        "row_id": np.arange(n), "customer_id": customers, "ordered_at": pa.array(moments.astype("datetime64[us]")),
        "gross": one, "refund": none, "amount": one, "product": products,
    }  # fmt: skip
    pq.write_table(pa.table(table), folder / "lines.parquet")
    first, last = (moment.astype("datetime64[us]").item() for moment in (moments.min(), moments.max()))
    facts = Facts(n, n, (), 0, first, last, date_only=False, entities=len(customers.unique()))
    roles = (("customer_id", "customer"), ("ordered_at", "at"), ("product", "product"))
    write_manifest(folder, Manifest("b" * 64, "lines", ("benchmark",), roles, (), facts, ()))
    return Dataset.open(folder, embedded())


def movielens(file: Path, folder: Path) -> Dataset:
    """The ratings as purchases: what was rated was watched."""
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))[1:]
    moments = np.array([int(float(row[3])) for row in rows], "datetime64[s]")
    return dataset(folder, pa.array([row[0] for row in rows]), pa.array([row[1] for row in rows]), moments)


def accuracy(file: Path) -> None:
    """Print hit rate, recall and coverage at 10 for each way under each split; on the last line the rates as JSON."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        data = movielens(file, Path(folder))
        last = data.facts.last_at.date() + dt.timedelta(days=1)
        everything = load(data, recommend.Params(exclude=()), last)
        for share in (0.2, 0.1):
            cut = np.quantile(everything.last_at.astype("datetime64[s]").astype(np.int64), 1 - share)
            day = dt.datetime.fromtimestamp(cut, dt.UTC).date()
            found[f"last {share:.0%}, from {day}"] = judge(data, day, everything)
    print(json.dumps(found))


def judge(data: Dataset, day: dt.date, everything: Purchases) -> dict[str, float]:
    """One split: learn before the day, look at what is new after it. Returns hit rates by name."""
    rates: dict[str, float] = {}
    params = recommend.Params(top=TOP, as_of=day, exclude=())
    before = load(data, params, day)
    rows = np.searchsorted(everything.customers.to_pylist(), before.customers.to_pylist())
    columns = np.searchsorted(everything.items.to_pylist(), before.items.to_pylist())
    new = (everything.liked_matrix[rows][:, columns] - before.liked_matrix) > 0
    truth = new.tocsr()
    tested = np.flatnonzero(np.diff(truth.indptr))
    bought = np.diff(truth.indptr)[tested]
    print(f"\nsplit on {day}: {before.liked_matrix.nnz:,} purchases before, {len(tested)} customers tested")

    def tell(name: str, items: np.ndarray, seconds: float) -> None:
        hits = np.array([truth[user, row].sum() for user, row in zip(tested, items, strict=True)])
        rates[name] = float(np.mean(hits > 0))
        print(
            f"  {name:44s} hit rate {np.mean(hits > 0):.4f}  recall {np.mean(hits / bought):.4f}"
            f"  coverage {len(np.unique(items)) / truth.shape[1]:.3f}  {seconds:6.2f} s"
        )

    started = time.perf_counter()
    answer = recommend.analyze(data, params)
    allowed = np.arange(len(before.items))
    ranker = Ranker.fit(answer.way, before, answer.trend_days, allowed, hide_bought=True)
    items = np.vstack([batch.items for batch in ranker.batches(TOP, tested)])
    print(f"  chosen by the past alone: {answer.way}, {answer.trend_days:g} days")
    tell(CHOSEN, items, time.perf_counter() - started)
    for way in ("popularity", "item_item", "als"):
        for days in (0.0, 7.0, 21.0):
            started = time.perf_counter()
            fixed = Ranker.fit(way, before, days, allowed, hide_bought=True)
            items = np.vstack([batch.items for batch in fixed.batches(TOP, tested)])
            plain = way == "popularity" and days == 0
            tell(POPULARITY if plain else f"  ours, {way}, {days:g} days", items, time.perf_counter() - started)
    peers(before, tested, tell)
    return rates


def peers(before: Purchases, tested: np.ndarray, tell) -> None:
    """The models of implicit and rusket."""
    import rusket
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
    from threadpoolctl import threadpool_limits

    matrix = before.liked_matrix
    with threadpool_limits(1, "blas"):
        for name, model in (
            ("implicit ALS, 100 factors (its default)", AlternatingLeastSquares(random_state=1)),
            ("implicit ALS, 32 factors", AlternatingLeastSquares(factors=32, random_state=1)),
            ("implicit ALS, 16 factors", AlternatingLeastSquares(factors=16, random_state=1)),
            ("implicit Cosine, K=20 (its default)", CosineRecommender(K=20)),
            ("implicit BM25, K=20 (its default)", BM25Recommender(K=20)),
            ("implicit Cosine, K=200", CosineRecommender(K=200)),
        ):
            started = time.perf_counter()
            model.fit(matrix, show_progress=False)
            items, _ = model.recommend(tested, matrix[tested], N=TOP)
            tell(name, items, time.perf_counter() - started)
        for name, model in (
            ("rusket ALS (its default)", rusket.ALS(seed=1)),
            ("rusket ALS, 32 factors, alpha 1", rusket.ALS(factors=32, alpha=1.0, seed=1)),
            ("rusket ItemKNN, BM25, k=20 (its default)", rusket.ItemKNN()),
            ("rusket ItemKNN, cosine, k=200", rusket.ItemKNN(method="cosine", k=200)),
            ("rusket UserKNN (its default)", rusket.UserKNN()),
            ("rusket EASE (its default)", rusket.EASE()),
            ("rusket SVD (its default)", rusket.SVD()),
            ("rusket BPR (its default)", rusket.BPR(seed=1)),
            ("rusket popularity", rusket.PopularityRecommender()),
        ):
            started = time.perf_counter()
            model.fit(matrix)
            found = [np.asarray(model.recommend_items(int(user), n=TOP, exclude_seen=True)[0]) for user in tested]
            tell(name, np.array([np.pad(row, (0, TOP - len(row)), mode="edge") for row in found]),
                 time.perf_counter() - started)  # fmt: skip


def purchases(customers: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer, product and moment of about ten purchases each: every customer has a taste, products are skewed."""
    draw = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), EACH)
    taste = np.repeat(draw.integers(0, TASTES, customers), EACH)
    what = by_taste(draw, taste, 2.5)
    moments = np.datetime64("2024-01-01", "s") + draw.integers(0, 365 * 86400, len(who)).astype("timedelta64[s]")
    return who, what, moments


def ours(customers: int, way: str) -> dict[str, float]:
    """Seconds from prepared lines to the written list."""
    who, what, moments = purchases(customers)
    people = pa.array([f"C{code:08}" for code in range(customers)])
    products = pa.array([f"P{code:05}" for code in range(PRODUCTS)])
    with tempfile.TemporaryDirectory() as folder:
        data = dataset(Path(folder), people.take(pa.array(who)), products.take(pa.array(what)), moments)
        del who, what, moments
        started, busy = time.perf_counter(), time.process_time()
        params = recommend.Params(method=way, top=TOP, trend_days=0, evaluate=False, exclude=())
        answer = recommend.analyze(data, params)
        rows = int(answer.customers.count().execute())
        seconds, cpu = time.perf_counter() - started, time.process_time() - busy
        reasoned = int(answer.customers.reason.count().execute())
    return {"seconds": seconds, "cpu": cpu, "rows": rows, "with_reason": reasoned}


def library(customers: int, way: str) -> dict[str, float]:
    """Seconds of implicit alone: fit, and rank everybody, from a matrix that is there."""
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender
    from scipy import sparse
    from threadpoolctl import threadpool_limits

    from analytics.models.recommend_als import FACTORS, ITERATIONS, regularization
    from analytics.models.recommend_itemitem import NEIGHBOURS

    who, what, _ = purchases(customers)
    matrix = sparse.csr_matrix((np.ones(len(who), np.float32), (who, what)), shape=(customers, PRODUCTS))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    with threadpool_limits(1, "blas"):
        started, busy = time.perf_counter(), time.process_time()
        if way == "als":
            model = AlternatingLeastSquares(
                factors=FACTORS, regularization=regularization(matrix), iterations=ITERATIONS, random_state=1,
                num_threads=os.cpu_count() or 1,
            )  # fmt: skip
        else:
            model = CosineRecommender(K=NEIGHBOURS)
        model.fit(matrix, show_progress=False)
        fitted = time.perf_counter() - started
        model.recommend(np.arange(customers), matrix, N=TOP)
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy, "fit": fitted}


def scale(customers: int, rounds: int = 1) -> dict[str, dict[str, float]]:
    """Both in turn, each in its own process, with peak memory: medians by way, and the median of the rounds' ratios."""
    return {way: beside_library(customers, way, rounds) for way in ("item_item", "als")}


def beside_library(customers: int, way: str, rounds: int) -> dict[str, float]:
    """Seconds of ours and of the library, their ratio in each round (of processor time too), our peak memory in MB."""
    from measure import run

    told: dict[str, list[float]] = {name: [] for name in ("ours", "library", "ratio", "cpu_ratio", "peak_mb")}
    cpu = {}
    for _ in range(rounds):
        for name in ("library", "ours"):
            with tempfile.NamedTemporaryFile("r", suffix=".json") as answer:
                cost = run([sys.executable, __file__, name, str(customers), way, answer.name], env=os.environ)
                found = json.loads(Path(answer.name).read_text(encoding="utf-8"))
            told[name].append(found["seconds"])
            cpu[name] = found["cpu"]
            print(f"  {way} {name}: {found}, {cost.peak_mb:,.0f} MB", file=sys.stderr, flush=True)
        told["ratio"].append(told["ours"][-1] / told["library"][-1])
        told["cpu_ratio"].append(cpu["ours"] / cpu["library"])
        told["peak_mb"].append(cost.peak_mb)
    return {name: statistics.median(values) for name, values in told.items()}


if __name__ == "__main__":
    job, argument, *rest = sys.argv[1:]
    if job == "accuracy":
        accuracy(Path(argument))
    elif job == "scale":
        print(json.dumps(scale(int(argument), int(rest[0]) if rest else 1)))
    else:
        answer = (ours if job == "ours" else library)(int(argument), rest[0])
        Path(rest[1]).write_text(json.dumps(answer), encoding="utf-8")
