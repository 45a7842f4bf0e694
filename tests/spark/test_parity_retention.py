"""Retention and AARRR give equal frames on Apache Spark and on DuckDB, from orders and from events."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analytics import api
from analytics.intake.prepare import PrepareOptions
from analytics.models import aarrr, retention
from tests.spark.conftest import messy_orders

pytestmark = pytest.mark.spark


def frame(table, key):
    found = table.to_pyarrow().to_pandas()
    return found.sort_values(key, ignore_index=True)


def both(raw, given, kind, folder, engine, spark):
    mapping = api.decide(raw, given, kind)
    return tuple(
        api.prepare(raw, mapping, options=PrepareOptions(), folder=folder / where.name, engine=where)
        for where in (engine, spark)
    )


@pytest.fixture(scope="module")
def orders(tmp_path_factory, engine, spark):
    """Messy orders, with a customer list beside: registered and invited by number."""
    folder = tmp_path_factory.mktemp("orders")
    messy_orders(3000, seed=7).to_csv(folder / "orders.csv", index=False)
    pairs = both(api.open_file(folder / "orders.csv", folder=folder / "raw"), {}, None, folder, engine, spark)
    ids = sorted(pairs[0].orders.select("customer_id").distinct().execute()["customer_id"])
    people = pd.DataFrame(
        {
            "客户编号": ids,
            "注册时间": [f"2024-0{1 + n % 6}-{1 + n % 28:02}" for n in range(len(ids))],
            "邀请人编号": [ids[n // 2] if n % 3 == 0 else None for n in range(len(ids))],
            "性别": ["女" if n % 2 else "男" for n in range(len(ids))],
        }
    )
    people.to_csv(folder / "people.csv", index=False)
    raw = api.open_file(folder / "people.csv", folder=folder / "people-raw")
    beside = both(raw, {}, "customers", folder / "people", engine, spark)
    return tuple(data.with_beside([one]) for data, one in zip(pairs, beside, strict=True))


@pytest.fixture(scope="module")
def events(tmp_path_factory, engine, spark):
    folder = tmp_path_factory.mktemp("events")
    names = ("浏览", "加购", "支付")
    rows = [
        (f"u{user}", names[(user + step) % 3], f"2024-0{1 + step % 3}-{1 + user * step % 28:02} 10:0{step % 10}:00")
        for user in range(120)
        for step in range(user % 9 + 1)
    ]  # fmt: skip
    pd.DataFrame(rows, columns=["用户编号", "行为", "发生时间"]).to_csv(folder / "log.csv", index=False)
    return both(api.open_file(folder / "log.csv", folder=folder / "raw"), {}, "events", folder, engine, spark)


@pytest.mark.parametrize(
    ("period", "more"),
    [
        ("month", {"by": "region", "list_period": 2}), ("week", {"measure": "revenue", "refund_policy": "drop"}),
        ("day", {"mode": "unbounded", "by": "customers.gender"}),
    ],
)  # fmt: skip
def test_retention_of_orders(orders, period, more):
    same_retention(orders, retention.Params(period=period, **more))


@pytest.mark.parametrize("chosen", [(), ("支付",)])
def test_retention_of_events(events, chosen):
    same_retention(events, retention.Params(period="week", return_events=chosen))


def same_retention(pair, params):
    here, there = (retention.analyze(data, params) for data in pair)
    assert_frame_equal(frame(here.customers, pair[0].entity), frame(there.customers, pair[0].entity))
    for name in ("segments", "cells", "curve", "groups"):
        assert_frame_equal(getattr(here, name), getattr(there, name), check_dtype=False)
    assert_frame_equal(here.repurchase.curve, there.repurchase.curve)
    assert here.findings == there.findings
    assert here.method == there.method


@pytest.mark.parametrize(
    "params",
    [
        aarrr.Params(period="month"),
        aarrr.Params(period="week", acquisition="registered", activation="payment", activation_days=14),
    ],
    ids=["first", "registered"],
)
def test_aarrr_of_orders(orders, params):
    same_aarrr(orders, params)


def test_aarrr_of_events(events):
    params = aarrr.Params(
        period="month",
        activation="event",
        activation_events=("加购",),
        revenue_events=("支付",),
        referral_events=("浏览",),
    )
    same_aarrr(events, params)


def same_aarrr(pair, params):
    here, there = (aarrr.analyze(data, params) for data in pair)
    assert_frame_equal(frame(here.customers, pair[0].entity), frame(there.customers, pair[0].entity))
    for name in ("segments", "stages", "trend"):
        assert_frame_equal(getattr(here, name), getattr(there, name), check_dtype=False)
    assert here.findings == there.findings
    assert here.method == there.method
