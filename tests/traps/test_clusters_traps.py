"""Ways to get wrong groups without an error message, each held off by an invariant."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.errors import DataError, ParamError
from analytics.models import clusters
from analytics.models.clusters_features import ORDER_FEATURES
from analytics.models.clusters_prepare import Rules, learn
from tests.customer_tables import customers_dataset
from tests.order_tables import Order, orders_dataset

QUICK = {"k_max": 3}


def two_groups(people: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Two groups apart in the first measure, noise in the second."""
    draw = np.random.default_rng(2)
    first = np.where(np.arange(people) < people * 3 // 5, 10.0, 20.0) + draw.normal(scale=0.5, size=people)
    return first.round(3), draw.normal(scale=1.0, size=people).round(3)


def segments(result: clusters.Result) -> dict[str, str]:
    rows = result.customers.execute()
    return dict(zip(rows["customer_id"], rows["segment"], strict=True))


def test_units_do_not_decide(tmp_path: Path, engine: Engine) -> None:
    """Without scaling, a measure in fen would drown one in years."""
    first, noise = two_groups()
    params = clusters.Params(k=2, k_max=2)
    small = customers_dataset(tmp_path / "a", engine, {"年限": first, "余额": noise})
    large = customers_dataset(tmp_path / "b", engine, {"年限": first, "余额": (noise * 1e6).round(1)})
    assert segments(clusters.analyze(small, params)) == segments(clusters.analyze(large, params))


def test_two_outliers_are_not_a_group(tmp_path: Path, engine: Engine) -> None:
    first, noise = two_groups(200)
    first[:2] = 1e7
    found = clusters.analyze(
        customers_dataset(tmp_path, engine, {"年限": first, "余额": noise}), clusters.Params(k=2, k_max=2)
    )
    assert found.segments["customers"].min() > 50


def test_a_shuffled_file_gives_the_same_groups(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [
        (f"c{at:03}", f"2024-0{1 + (at * 7 + turn) % 6}-{1 + at * turn % 27:02}", round(10 + at % 9 * 31.7, 2))
        for at in range(90)
        for turn in range(1 + at % 4 * 2)
    ]
    mixed = list(orders)
    random.Random(3).shuffle(mixed)
    params = clusters.Params(
        features=("recency_days", "frequency", "basket_value", "gap_days"), show_weak=True, k=3, k_max=3
    )
    one = clusters.analyze(orders_dataset(tmp_path / "a", engine, orders), params)
    two = clusters.analyze(orders_dataset(tmp_path / "b", engine, mixed), params)
    assert segments(one) == segments(two)
    assert [(s.key, str(s.name), str(s.meaning)) for s in one.named] == [
        (s.key, str(s.name), str(s.meaning)) for s in two.named
    ]
    assert [str(f.text) for f in one.findings] == [str(f.text) for f in two.findings]
    assert [str(r.text) for r in one.rules] == [str(r.text) for r in two.rules]


def test_most_money_comes_first(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [(f"many{at:02}", "2024-01-01", 10 + at / 10) for at in range(60)]
    orders += [(f"rich{at:02}", "2024-06-01", 1000 + at) for at in range(30)]
    result = clusters.analyze(orders_dataset(tmp_path, engine, orders), clusters.Params(k=2, k_max=2))
    assert result.segments["revenue"].is_monotonic_decreasing
    assert result.segments["customers"].tolist() == [30, 60]


def test_useless_columns_are_named_and_left_out(tmp_path: Path, engine: Engine) -> None:
    first, noise = two_groups()
    columns = {
        "年限": first, "余额": noise, "版本": [3] * 80, "空列": [""] * 80,
        "稀疏": [str(v) if at < 20 else "" for at, v in enumerate(noise)],
        "行号": list(range(1, 81)),
    }  # fmt: skip
    data = customers_dataset(tmp_path, engine, columns)
    result = clusters.analyze(data, clusters.Params(k=2, k_max=2, show_weak=True))
    assert [str(feature.label) for feature in result.features] == ["年限", "余额"]
    told = " ".join(str(line.value) for line in result.method)
    for name in ("版本", "稀疏", "行号"):
        assert name in told
    with pytest.raises(ParamError, match="features"):
        clusters.analyze(data, clusters.Params(features=("空列",)))


def test_nothing_to_compare_by_is_an_error(tmp_path: Path, engine: Engine) -> None:
    data = customers_dataset(tmp_path, engine, {"等级": ["金", "银"] * 20, "版本": [3] * 40})
    with pytest.raises(DataError) as error:
        clusters.analyze(data, clusters.Params())
    assert error.value.code == "data.no_features"
    assert "版本" in str(error.value.hint)


@pytest.mark.parametrize("people", [1, 19])
def test_too_few_customers_is_an_error(tmp_path: Path, engine: Engine, people: int) -> None:
    orders: list[Order] = [(f"c{at}", f"2024-01-{1 + at:02}", 10 + at) for at in range(people)]
    with pytest.raises(DataError) as error:
        clusters.analyze(orders_dataset(tmp_path, engine, orders), clusters.Params())
    assert error.value.code == "data.too_few_customers"


def test_identical_customers_have_no_groups(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [(f"c{at:02}", "2024-01-01", 10) for at in range(40)]
    with pytest.raises(DataError) as error:
        clusters.analyze(orders_dataset(tmp_path, engine, orders), clusters.Params())
    assert error.value.code == "data.no_features"


def test_a_customer_on_several_rows_is_one_customer(tmp_path: Path, engine: Engine) -> None:
    first, noise = two_groups()
    ids = [f"C{at:03}" for at in range(80)]
    once = customers_dataset(tmp_path / "a", engine, {"客户编号": ids, "年限": first, "余额": noise})
    twice = customers_dataset(
        tmp_path / "b", engine,
        {"客户编号": ids * 2, "年限": np.tile(first, 2), "余额": np.tile(noise, 2)},
    )  # fmt: skip
    params = clusters.Params(k=2, k_max=2)
    one, two = clusters.analyze(once, params), clusters.analyze(twice, params)
    assert two.segments["customers"].sum() == 80
    assert segments(one) == segments(two)


def test_no_structure_shows_no_groups_unless_asked(tmp_path: Path, engine: Engine) -> None:
    draw = np.random.default_rng(0)
    columns = {name: draw.normal(size=400).round(4) for name in ("甲", "乙", "丙", "丁", "戊")}
    data = customers_dataset(tmp_path, engine, columns)
    honest = clusters.analyze(data, clusters.Params(**QUICK))
    assert not honest.shown
    assert honest.findings[0].code == "no_structure"
    assert honest.findings[1].code == "what_now"  # of a customer file: no RFM, which needs orders
    assert "RFM" not in str(honest.findings[1].text)
    assert honest.segments["segment"].tolist() == ["unclustered"]
    assert honest.rules == ()
    assert honest.saved is None
    with pytest.raises(ParamError):
        clusters.save(honest)
    asked = clusters.analyze(data, clusters.Params(k=3, show_weak=True, **QUICK))
    assert asked.shown
    assert asked.segments["customers"].sum() == 400
    assert "weak" in {finding.code for finding in asked.findings}


def test_noise_and_incomplete_customers_are_kept(tmp_path: Path, engine: Engine) -> None:
    draw = np.random.default_rng(5)
    tight = np.concatenate([draw.normal(0, 0.2, 100), draw.normal(10, 0.2, 100), draw.uniform(-30, 40, 12)]).round(3)
    other = np.concatenate([draw.normal(0, 0.2, 100), draw.normal(10, 0.2, 100), draw.uniform(-30, 40, 12)]).round(3)
    gaps = [str(value) if at % 40 else "" for at, value in enumerate(tight)]
    data = customers_dataset(tmp_path, engine, {"甲": gaps, "乙": other})
    result = clusters.analyze(data, clusters.Params(method="hdbscan", min_size=20, missing="drop", winsor_share=0))
    counts = dict(zip(result.segments["segment"], result.segments["customers"], strict=True))
    assert counts.pop("incomplete") == 6
    assert counts.pop("noise") >= 6
    assert len(counts) == 2
    assert result.segments["customers"].sum() == 212
    share = result.segments.set_index("segment")["customer_share"]
    assert np.isnan(share["incomplete"])
    assert share.drop("incomplete").sum() == pytest.approx(1)


def test_customers_without_net_spending_stay_a_group(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [(f"c{at:02}", f"2024-0{1 + at % 6}-01", 10 + at * 7) for at in range(60)]
    orders += [("back", "2024-01-01", 50, 50), ("owed", "2024-01-01", 5), ("owed", "2024-01-02", 0, 9)]
    params = clusters.Params(k=2, k_max=2, show_weak=True)
    result = clusters.analyze(orders_dataset(tmp_path, engine, orders), params)
    assert {name for name, key in segments(result).items() if key == "no_net_spend"} == {"back", "owed"}
    assert result.segments["customers"].sum() == 62


def test_an_old_file_is_not_dormant_today(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [(f"c{at:02}", f"2017-0{1 + at % 6}-01", 10 + at * 7) for at in range(60)]
    result = clusters.analyze(orders_dataset(tmp_path, engine, orders), clusters.Params(k=2, k_max=2, show_weak=True))
    assert result.as_of == dt.date(2017, 6, 2)
    assert result.customers.recency_days.max().execute() < 200


@pytest.fixture(scope="module")
def saved(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of a model of two groups."""
    first, noise = two_groups()
    data = customers_dataset(tmp_path_factory.mktemp("saved"), engine, {"年限": first, "余额": noise})
    return clusters.save(clusters.analyze(data, clusters.Params(k=2, k_max=2, show_weak=True)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-20],
        lambda _: "[]",
        lambda _: '{"format": "zhike.clusters"}',
        lambda text: text.replace('"version": 1', '"version": 99'),
        lambda text: json.dumps(json.loads(text) | {"shift": [0]}),
        lambda text: json.dumps(json.loads(text) | {"steps": json.loads(text)["steps"][:1]}),
        lambda text: text.replace("{label} 偏高", "{label:99999999}"),
    ],
)
def test_a_spoilt_model_is_refused(saved: str, spoil: Callable[[str], str]) -> None:
    with pytest.raises(ParamError) as error:
        clusters.Params(model=spoil(saved))
    assert error.value.code == "param.model"


def test_a_model_holds_no_customer(saved: str) -> None:
    assert "C000" not in saved


def test_a_model_needs_its_columns_and_its_kind(tmp_path: Path, engine: Engine, saved: str) -> None:
    first, noise = two_groups()
    other = customers_dataset(tmp_path / "b", engine, {"年限": first, "分数": noise})
    with pytest.raises(DataError) as error:
        clusters.analyze(other, clusters.Params(model=saved))
    assert error.value.code == "data.model_feature"
    assert "余额" in str(error.value.message)
    orders = orders_dataset(tmp_path / "c", engine, [("A", "2024-01-01", 5)])
    with pytest.raises(DataError) as error:
        clusters.analyze(orders, clusters.Params(model=saved))
    assert error.value.code == "data.model_kind"


def test_more_groups_than_kinds_of_customers_is_refused(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [(f"c{at:02}", f"2024-01-0{1 + at % 3}", 10) for at in range(60)]
    with pytest.raises(ParamError) as error:
        clusters.analyze(orders_dataset(tmp_path, engine, orders), clusters.Params(k=5))
    assert error.value.code == "param.k"


def test_names_are_unique(tmp_path: Path, engine: Engine) -> None:
    draw = np.random.default_rng(1)
    steps = np.repeat([0.0, 10, 20, 30, 40, 50], 40)
    data = customers_dataset(tmp_path, engine, {"积分": (steps + draw.normal(size=240)).round(3)})
    result = clusters.analyze(data, clusters.Params())
    names = [str(segment.name) for segment in result.named]
    assert len(result.segments) == 6
    assert len(set(names)) == len(names)


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=5, max_size=60),
    log=st.sampled_from(["auto", "all", "none"]),
    scale=st.sampled_from(["standard", "robust", "minmax", "none"]),
    share=st.sampled_from([0.0, 0.01, 0.1]),
)
def test_preparation_keeps_order_and_is_finite(values: list[float], log: str, scale: str, share: float) -> None:
    column = np.array(values)
    found = learn(column[:, None], ORDER_FEATURES[3:4], Rules(log, share, scale, "median"))  # type: ignore[arg-type]
    if not found.steps:
        return
    prepared = found.array(np.sort(column)[:, None])[:, 0]
    assert np.isfinite(prepared).all()
    assert (np.diff(prepared) >= -1e-9).all()
    missing = found.array(np.array([[np.nan]]))[0, 0]
    assert prepared.min() - 1e-9 <= missing <= prepared.max() + 1e-9
