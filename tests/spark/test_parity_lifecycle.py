"""The lifecycle on Apache Spark and on DuckDB: equal frames, findings and moves, for orders and for events."""

import datetime as dt
import random

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analytics import api
from analytics.intake.prepare import PrepareOptions
from analytics.models import lifecycle
from analytics.models.lifecycle_moves import moves
from tests.spark.conftest import messy_orders
from tests.spark.test_parity import both, frame

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def orders(tmp_path_factory, engine, spark):
    folder = tmp_path_factory.mktemp("orders")
    messy_orders(3000, seed=7).to_csv(folder / "orders.csv", index=False)
    raw = api.open_file(folder / "orders.csv", folder=folder / "raw")
    return both(raw, None, PrepareOptions(), folder, engine, spark)


@pytest.fixture(scope="module")
def events(tmp_path_factory, engine, spark):
    folder, draw = tmp_path_factory.mktemp("events"), random.Random(3)
    start = dt.datetime(2024, 1, 1)
    rows = [
        (
            f"u{draw.randint(1, 80)}",
            draw.choice(["浏览", "加购", "支付"]),
            start + dt.timedelta(hours=draw.randint(0, 2000)),
        )
        for _ in range(1500)
    ]
    pd.DataFrame(rows, columns=["用户编号", "行为", "发生时间"]).to_csv(folder / "events.csv", index=False)
    raw = api.open_file(folder / "events.csv", folder=folder / "raw")
    return both(raw, None, PrepareOptions(), folder, engine, spark)


def same(pair, params):
    here, there = (lifecycle.analyze(data, params) for data in pair)
    assert_frame_equal(frame(here.customers, pair[0].entity), frame(there.customers, pair[0].entity))
    for name in ("segments", "flow", "gaps"):
        assert_frame_equal(getattr(here, name), getattr(there, name))
    assert (here.limits, here.early, here.findings, here.method) == (
        there.limits, there.early, there.findings, there.method,
    )  # fmt: skip
    one, two = (moves(data, result) for data, result in zip(pair, (here, there), strict=True))
    assert len(one.flows) > 3
    assert_frame_equal(one.flows, two.flows)
    assert one.findings == two.findings


@pytest.mark.parametrize(
    "params",
    [
        lifecycle.Params(),
        lifecycle.Params(interval="week", refund_policy="drop", own_visits=3, since=dt.date(2024, 3, 1)),
        lifecycle.Params(interval="day", own_rhythm=False, at_risk_days=20.5, as_of=dt.date(2024, 9, 1)),
    ],
    ids=["as it comes", "weeks", "days"],
)
def test_orders(orders, params):
    same(orders, params)


@pytest.mark.parametrize("params", [lifecycle.Params(), lifecycle.Params(activity=("支付",), interval="week")])
def test_events(events, params):
    same(events, params)
