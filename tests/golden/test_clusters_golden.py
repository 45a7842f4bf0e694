"""Clustering against answers from outside: generated groups, measures counted by hand, scikit-learn's figures."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score, silhouette_score

from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.models import clusters
from analytics.models.clusters_features import ORDER_FEATURES, Period, feature_table
from analytics.models.clusters_fit import fit, silhouette_means
from analytics.models.clusters_region import inside, polygon
from analytics.models.clusters_shape import Prototype, Shape, assign, label_rows
from tests.customer_tables import customers_dataset
from tests.order_tables import Order, orders_dataset

CENTRES = [(0, 0), (12, 0), (0, 12), (12, 12)]


@pytest.fixture(scope="module")
def blobs() -> tuple[np.ndarray, np.ndarray]:
    points, owner = make_blobs([150, 120, 90, 60], centers=CENTRES, cluster_std=0.8, random_state=4)
    return points, owner


@pytest.fixture(scope="module")
def blob_data(blobs: Any, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    points, _ = blobs
    folder = tmp_path_factory.mktemp("blobs")
    return customers_dataset(folder, engine, {"积分": points[:, 0].round(4), "时长": points[:, 1].round(4)})


def labels(result: clusters.Result) -> list[str]:
    return list(result.customers.order_by("customer_id").execute()["segment"])


@pytest.mark.parametrize("method", ["kmeans", "mixture", "hdbscan"])
def test_blobs_are_found_again(blob_data: Dataset, blobs: Any, method: Any) -> None:
    result = clusters.analyze(blob_data, clusters.Params(method=method))
    found, (_, owner) = np.array(labels(result)), blobs
    inside_groups = found != "noise"
    assert inside_groups.mean() > 0.95
    assert adjusted_rand_score(owner[inside_groups], found[inside_groups]) == 1.0
    if method != "hdbscan":
        # No money here, so the largest group comes first.
        assert result.segments["customers"].tolist() == [150, 120, 90, 60]
        assert result.segments["segment"].tolist() == ["c1", "c2", "c3", "c4"]


def test_blobs_are_named_by_what_differs(blob_data: Dataset) -> None:
    result = clusters.analyze(blob_data, clusters.Params())
    names = {segment.key: set(str(segment.name).split("、")) for segment in result.named}
    assert names["c1"] == {"积分 偏低", "时长 偏低"}
    assert names["c2"] == {"积分 偏高", "时长 偏低"}
    assert names["c3"] == {"积分 偏低", "时长 偏高"}
    assert names["c4"] == {"积分 偏高", "时长 偏高"}


def test_rules_separate_blobs(blob_data: Dataset) -> None:
    result = clusters.analyze(blob_data, clusters.Params())
    assert {rule.segment for rule in result.rules} == {"c1", "c2", "c3", "c4"}
    for rule in result.rules:
        assert (rule.coverage, rule.purity) == (1.0, 1.0)
        assert "积分" in str(rule.text)
        assert "时长" in str(rule.text)


def test_silhouette_is_scikit_learns(blobs: Any) -> None:
    points, owner = blobs
    other = np.arange(len(points)) % 3
    ours = silhouette_means(points, {0: owner, 1: other}, chunk=77)
    assert ours[0] == pytest.approx(silhouette_score(points, owner), abs=1e-9)
    assert ours[1] == pytest.approx(silhouette_score(points, other), abs=1e-9)


def test_inertia_is_that_of_ten_starts(blobs: Any) -> None:
    from sklearn.cluster import KMeans

    points, _ = blobs
    for k in (2, 3, 4, 5):
        found = fit(points, "kmeans", (k,), seed=1, min_size=10)
        plain = KMeans(k, n_init=10, random_state=0).fit(points)
        assert found.sweep["inertia"][0] * len(points) <= plain.inertia_ * 1.01


@pytest.mark.parametrize("kind", ["kmeans", "mixture", "hdbscan"])
def test_the_engine_assigns_as_numpy_does(kind: str, engine: Engine) -> None:
    draw = np.random.default_rng(3)
    z = draw.normal(size=(400, 3))
    centres = draw.normal(size=(5, 3))
    if kind == "kmeans":
        shape = Shape.of_centres(centres)
    elif kind == "hdbscan":
        shape = Shape(tuple(Prototype.of(at // 2, c, radius=0.9) for at, c in enumerate(centres)))
    else:
        widths = [np.triu(draw.normal(size=(3, 3))) + 2 * np.eye(3) for _ in centres]
        pairs = enumerate(zip(centres, widths, strict=True))
        shape = Shape(tuple(Prototype.of(at, c, precision=w, offset=float(at)) for at, (c, w) in pairs))
    table = ibis.memtable(pd.DataFrame(z, columns=["a", "b", "c"]).assign(row=range(400)))
    placed = engine.backend.execute(assign(table, ["a", "b", "c"], shape).order_by("row"))
    assert placed["cluster"].tolist() == label_rows(z, shape).tolist()
    if kind == "hdbscan":
        assert 0 < (placed["cluster"] == -1).sum() < 400


def test_measures_counted_by_hand(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [
        ("A", "2024-01-06 23:10:00", 100),  # a Saturday night
        ("A", "2024-01-08 10:00:00", 50, 20),  # two days later, partly refunded
        ("A", "2024-01-12 09:00:00", 60),  # four days later
        ("B", "2024-01-10 12:00:00", 40),
        ("C", "2024-01-11 12:00:00", 30, 30),  # nothing left
    ]
    data = orders_dataset(tmp_path, engine, orders)
    known = {"categories", "discount_share"}
    features = [feature for feature in ORDER_FEATURES if feature.key not in known]
    table = feature_table(data, None, features, Period(dt.date(2024, 1, 13), 0, "net"))
    rows = table.execute().set_index("customer_id")
    a = rows.loc["A"]
    assert (a["recency_days"], a["tenure_days"], a["frequency"]) == (1, 7, 3)
    assert float(a["monetary"]) == 190
    assert a["basket_value"] == pytest.approx(190 / 3, abs=1e-6)
    assert a["refund_share"] == pytest.approx(20 / 210, abs=1e-6)
    assert a["weekend_share"] == pytest.approx(1 / 3, abs=1e-6)
    assert a["night_share"] == pytest.approx(1 / 3, abs=1e-6)
    assert a["gap_days"] == 3  # (2 + 4) / 2
    assert a["gap_spread"] == pytest.approx(1 / 3, abs=1e-6)  # deviation 1, mean 3
    assert rows.loc["B", ["gap_days", "gap_spread"]].isna().all()  # one order has no gap
    assert rows.loc["C", ["recency_days", "basket_value", "weekend_share"]].isna().all()
    assert rows.loc["C", "frequency"] == 0


def test_a_window_leaves_older_orders_out(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-01", 100), ("A", "2024-03-01", 10), ("B", "2024-01-05", 70)]
    data = orders_dataset(tmp_path, engine, orders)
    period = Period(dt.date(2024, 3, 2), 30, "net")
    rows = feature_table(data, None, ORDER_FEATURES[:4], period).execute()
    assert rows["customer_id"].tolist() == ["A"]
    assert float(rows["monetary"][0]) == 10


def test_a_saved_model_assigns_the_same_customers(blob_data: Dataset) -> None:
    first = clusters.analyze(blob_data, clusters.Params())
    again = clusters.analyze(blob_data, clusters.Params(model=clusters.save(first)))
    assert labels(again) == labels(first)
    assert [str(s.name) for s in again.named] == [str(s.name) for s in first.named]
    assert again.drift is not None
    assert again.drift.psi == pytest.approx(0)
    assert (again.drift.features["outside"] == 0).all()


def test_drift_counts_who_left_the_range_and_how_sizes_moved(
    blob_data: Dataset, blobs: Any, engine: Engine, tmp_path: Path
) -> None:
    first = clusters.analyze(blob_data, clusters.Params())
    points, owner = blobs
    later = points[owner != 3].round(4)
    later[:36, 0] += 500  # 36 of 360 beyond everything that was seen, all at high 积分 and low 时长
    data = customers_dataset(tmp_path, engine, {"时长": later[:, 1], "积分": later[:, 0]})  # columns in another order
    drift = clusters.analyze(data, clusters.Params(model=clusters.save(first))).drift
    assert drift is not None
    outside = drift.features.set_index("feature")["outside"]
    assert sorted(outside.round(4)) == [0.0, 0.1]
    sizes = drift.sizes.set_index("segment")
    assert sizes["then"].tolist() == pytest.approx([150 / 420, 120 / 420, 90 / 420, 60 / 420])
    moved_low = int((later[:36, 1] < 6).sum())
    assert sizes.loc["c4", "now"] == pytest.approx((36 - moved_low) / 360)
    assert drift.worn


def test_who_moved_is_read_from_the_orders(tmp_path: Path, engine: Engine) -> None:
    # Sixty customers of two kinds until June; then ten of the rare ones become regulars, and one is new.
    orders: list[Order] = []
    for at in range(30):
        orders += [(f"often{at:02}", f"2024-0{month}-{day:02}", 100 + at) for month in (4, 5) for day in (3, 13, 23)]
        orders += [(f"rare{at:02}", f"2024-01-{1 + at % 9:02}", 20 + at / 10)]
    before = orders_dataset(tmp_path / "a", engine, orders)
    params = clusters.Params(features=("recency_days", "frequency"), k=2)
    first = clusters.analyze(before, params)
    later = orders + [
        (f"rare{at:02}", f"2024-0{month}-{day:02}", 100) for at in range(10) for month in (5, 6) for day in (5, 15, 24)
    ]
    later += [(f"often{at:02}", "2024-06-20", 100) for at in range(30)] + [("fresh", "2024-06-24", 50)] * 4
    second = orders_dataset(tmp_path / "b", engine, later)
    answer = clusters.analyze(second, clusters.Params(model=clusters.save(first)))
    assert answer.drift is not None
    assert answer.drift.moved is not None
    flows = {(r.source, r.target): r.customers for r in answer.drift.moved.itertuples()}
    regular = next(str(s.key) for s in first.named if "高频" in str(s.name))
    rare = {"c1": "c2", "c2": "c1"}[regular]
    # On the model's day (05-24) the ten had three orders each in May: they already counted as they stood then.
    assert flows[regular, regular] >= 30
    assert flows["newcomer", regular] == 1
    assert sum(flows.values()) == 61
    assert flows[rare, rare] == 20


def test_a_lasso_holds_the_people_inside(engine: Engine) -> None:
    frame = pd.DataFrame({"customer_id": list("abcd"), "map_x": [0.1, 2.5, 1.5, -1.0], "map_y": [0.5, 0.5, 2.6, 0.5]})
    table = ibis.memtable(frame)
    triangle = polygon([0, 3, 1.5], [0, 0, 3])
    box = polygon([-2, -0.5], [0, 1])
    run = engine.backend.execute
    assert sorted(run(inside(table, [triangle]))["customer_id"]) == ["b", "c"]
    assert sorted(run(inside(table, [triangle, box]))["customer_id"]) == ["b", "c", "d"]
    assert len(polygon(range(1000), range(1000))) <= 60


def test_superstore(shared_data: Path, prepare_file: Any) -> None:
    data = prepare_file(shared_data / "superstore_cn" / "示例-超市.xls")
    result = clusters.analyze(data, clusters.Params())
    # Totals of reference_values.md: 790 customers, 16,117,548.237 in sales.
    assert result.segments["customers"].sum() == 790
    assert result.segments["revenue"].sum() == pytest.approx(16_117_548.237)
    assert result.shown
    assert result.segments["revenue"].is_monotonic_decreasing
    assert len({str(s.name) for s in result.named}) == len(result.named)


def test_bank_churn(shared_data: Path, prepare_file: Any) -> None:
    data = prepare_file(shared_data / "bank_churn_10k" / "Churn_Modelling.csv")
    # Six independent measures form no round groups, and the page says so …
    flat = clusters.analyze(data, clusters.Params())
    assert not flat.shown
    assert flat.findings[0].code == "no_structure"
    assert flat.segments["segment"].tolist() == ["unclustered"]
    # … while balance (a third have none) and products are lumpy by nature.
    lumpy = clusters.analyze(data, clusters.Params(features=("Balance", "NumOfProducts")))
    assert lumpy.shown
    assert lumpy.segments["customers"].sum() == 10_000
    assert lumpy.headline["silhouette"] > 0.5
