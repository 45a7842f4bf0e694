"""Pair rules, the items of baskets and the list of candidates are the same on Apache Spark and on DuckDB."""

from dataclasses import replace

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from analytics import api
from analytics.intake.prepare import PrepareOptions
from analytics.models import basket
from analytics.models.basket_lines import all_items, basket_items, left_out, within_size
from analytics.models.basket_pairs import count_baskets, pair_rules
from tests.basket_tables import many_baskets
from tests.conftest import SAMPLES

pytestmark = pytest.mark.spark

PARAMS = basket.Params(min_orders=10, min_items=1, max_items=50, holdout_share=0, max_rule_items=2)


@pytest.fixture(scope="module")
def pair(tmp_path_factory, engine, spark):
    folder = tmp_path_factory.mktemp("basket")
    raw = api.open_file(SAMPLES / "订单明细.xlsx", folder=folder)
    mapping = api.decide(raw, {})
    return tuple(
        api.prepare(raw, mapping, returns=None, options=PrepareOptions(), folder=folder / where.name, engine=where)
        for where in (engine, spark)
    )


def rules_of(data):
    everything = all_items(data, PARAMS)
    items = within_size(basket_items(everything, PARAMS, left_out(everything, PARAMS)[1]), PARAMS)
    frame = pair_rules(items, count_baskets(items), 10, 0.1).to_pyarrow().to_pandas()
    return frame.sort_values(["left_item", "right_item"], ignore_index=True)


def test_pair_rules(pair):
    here, there = (rules_of(data) for data in pair)
    assert len(here) > 50
    assert_frame_equal(here, there, check_dtype=False, rtol=1e-12)


def test_the_whole_answer(pair):
    here, there = (basket.analyze(data, PARAMS) for data in pair)
    assert there.facts.pairs_only
    assert replace(there.facts, pairs_only=False, itemsets=0) == replace(here.facts, itemsets=0)
    columns = [name for name in here.rules.columns if name not in ("later", "left", "right")]
    assert here.rules["rule"].tolist() == there.rules["rule"].tolist()
    assert_frame_equal(here.rules[columns], there.rules[columns], check_dtype=False, rtol=1e-9)
    keys = ["segment", "customer_id"]
    lists = [result.customers.to_pyarrow().to_pandas().sort_values(keys, ignore_index=True) for result in (here, there)]
    assert len(lists[0]) > 100
    assert lists[0][keys].equals(lists[1][keys])
    assert lists[0]["bought_orders"].tolist() == lists[1]["bought_orders"].tolist()
    assert np.allclose(lists[0]["bought_amount"].astype(float), lists[1]["bought_amount"].astype(float))


def test_baskets_one_a_line(tmp_path, engine, spark):
    file = tmp_path / "baskets.csv"
    file.write_text(many_baskets(), encoding="utf-8")
    raw = api.open_file(file, folder=tmp_path)
    mapping = api.decide(raw, {})
    assert mapping.kind == "baskets"
    params = basket.Params(min_orders=10, max_rule_items=2)
    answers = []
    for where in (engine, spark):
        folder = tmp_path / where.name
        data = api.prepare(raw, mapping, returns=None, options=PrepareOptions(), folder=folder, engine=where)
        assert (data.facts.entities, data.facts.items) == (300, 6)
        answers.append(basket.analyze(data, params))
    here, there = answers
    assert set(here.rules["status"]) >= {"shown"}
    columns = [name for name in here.rules.columns if name not in ("later", "left", "right")]
    assert_frame_equal(here.rules[columns], there.rules[columns], check_dtype=False, rtol=1e-9)
    keys = ["segment", "order_id"]
    lists = [result.customers.to_pyarrow().to_pandas().sort_values(keys, ignore_index=True) for result in answers]
    assert len(lists[0]) > 20
    assert lists[0][keys].equals(lists[1][keys])
