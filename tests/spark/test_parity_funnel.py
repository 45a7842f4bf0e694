"""The funnel on Apache Spark and on DuckDB: equal frames, by joins and by running maxima, and on orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

from analytics import api
from analytics.dataset import Dataset
from analytics.models import funnel, funnel_compare, funnel_look
from tests.event_tables import generated, write_events

pytestmark = pytest.mark.spark

STEPS = ("view", "cart", "order", "pay")
ORDERS = "订单号,客户编号,下单时间,付款时间,金额\n" + "".join(
    f"A{n},C{n % 7},2024-01-{n % 28 + 1:02d} 10:00:00,"
    + (f"2024-01-{n % 28 + 1:02d} 10:05:00" if n % 3 else "")
    + f",{20 + n}.00\n"
    for n in range(60)
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory, engine, spark) -> tuple[Dataset, Dataset]:
    folder = tmp_path_factory.mktemp("events") / "d"
    here = write_events(folder, engine, generated(6_000, 300, 5, round_to=600, heavy=True))
    return here, Dataset.open(folder, spark)


def rows(table: Any, *keys: str) -> Any:
    frame = table.to_pyarrow().to_pandas()
    return frame.sort_values(list(keys), ignore_index=True)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"order": "strict"},
        {"order": "any"},
        {"steps": ("view", "cart?", "view", "pay")},
        {"exclusions": ("home@1-2", "fav")},
    ],
    ids=["sequential", "strict", "any", "optional and repeated", "exclusions"],
)
def test_outcome_lists_and_steps(pair, changes):
    params = funnel.Params(**({"steps": STEPS, "window_days": 3} | changes))
    here, there = (funnel.analyze(data, params) for data in pair)
    assert len(here.segments) > 1
    assert_frame_equal(rows(here.outcome, "unit"), rows(there.outcome, "unit"), check_dtype=False)
    assert_frame_equal(rows(here.customers, "user_id"), rows(there.customers, "user_id"), check_dtype=False)
    assert_frame_equal(here.steps, there.steps, check_dtype=False)
    assert here.headline == there.headline


def test_the_closer_looks(pair):
    params = funnel.Params(steps=STEPS, window_days=3)
    here, there = (funnel.analyze(data, params) for data in pair)
    a, b = pair
    assert_frame_equal(funnel_look.trend(here), funnel_look.trend(there), check_dtype=False)
    assert_frame_equal(funnel_look.next_events(a, here, 1), funnel_look.next_events(b, there, 1), check_dtype=False)
    assert_frame_equal(funnel_compare.odds(a, here), funnel_compare.odds(b, there), check_dtype=False)
    one, two = funnel_look.times(here), funnel_look.times(there)
    assert one is not None
    assert two is not None
    assert one.median == pytest.approx(two.median)
    assert_frame_equal(one.bars, two.bars, check_dtype=False)


def test_orders(tmp_path: Path, engine, spark):
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    raw = api.open_file(tmp_path / "orders.csv", folder=tmp_path)
    results = [
        funnel.analyze(
            api.prepare(raw, api.decide(raw, {}), folder=tmp_path / where.name, engine=where), funnel.Params()
        )
        for where in (engine, spark)
    ]
    assert list(results[0].steps["units"]) == [60, 40]
    assert_frame_equal(results[0].steps, results[1].steps, check_dtype=False)
