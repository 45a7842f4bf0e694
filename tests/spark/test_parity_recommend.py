"""Purchases, facts about products and the whole list are the same on Apache Spark and on DuckDB."""

from __future__ import annotations

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from analytics import api
from analytics.intake.prepare import PrepareOptions
from analytics.models import recommend
from analytics.models.recommend_data import item_facts, load
from tests.conftest import SAMPLES

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def pair(tmp_path_factory, engine, spark):
    folder = tmp_path_factory.mktemp("recommend")
    raw = api.open_file(SAMPLES / "订单明细.xlsx", folder=folder)
    mapping = api.decide(raw, {})
    return tuple(
        api.prepare(raw, mapping, returns=None, options=PrepareOptions(), folder=folder / where.name, engine=where)
        for where in (engine, spark)
    )


def test_purchases_and_facts(pair):
    params = recommend.Params()
    here, there = (load(data, params, data.facts.last_at.date()) for data in pair)
    assert len(here.customer) > 5000
    assert here.customers.equals(there.customers)
    assert here.items.equals(there.items)
    for name in ("customer", "item", "liked", "last_at"):
        assert np.array_equal(getattr(here, name), getattr(there, name)), name
    facts = [
        item_facts(data, params, data.facts.last_at.date()).sort_values("item", ignore_index=True) for data in pair
    ]
    assert_frame_equal(*facts, check_dtype=False, rtol=1e-12)


def test_the_whole_answer(pair):
    here, there = (recommend.analyze(data, recommend.Params(top=3)) for data in pair)
    assert here.way == there.way
    assert here.headline == pytest.approx(there.headline)
    assert_frame_equal(here.segments, there.segments, check_dtype=False, rtol=1e-9)
    keys = ["customer_id", "rank"]
    lists = [result.customers.to_pyarrow().to_pandas().sort_values(keys, ignore_index=True) for result in (here, there)]
    assert len(lists[0]) > 1000
    assert_frame_equal(lists[0][sorted(lists[0])], lists[1][sorted(lists[1])], check_dtype=False, rtol=1e-9)
