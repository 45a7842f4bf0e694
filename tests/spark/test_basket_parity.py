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


def prepared(file, folder, engines):
    """The datasets that the engines make of one file."""
    raw = api.open_file(file, folder=folder)
    mapping = api.decide(raw, {})
    return tuple(
        api.prepare(raw, mapping, returns=None, options=PrepareOptions(), folder=folder / where.name, engine=where)
        for where in engines
    )


@pytest.fixture(scope="module")
def pair(tmp_path_factory, engine, spark):
    return prepared(SAMPLES / "订单明细.xlsx", tmp_path_factory.mktemp("basket"), (engine, spark))


def same_answers(answers, entity, least):
    """That rules and lists agree; returns the lists, by segment and entity, of at least so many rows."""
    here, there = answers
    columns = [name for name in here.rules.columns if name not in ("later", "left", "right")]
    assert here.rules["rule"].tolist() == there.rules["rule"].tolist()
    assert_frame_equal(here.rules[columns], there.rules[columns], check_dtype=False, rtol=1e-9)
    keys = ["segment", entity]
    lists = [result.customers.to_pyarrow().to_pandas().sort_values(keys, ignore_index=True) for result in answers]
    assert len(lists[0]) > least
    assert lists[0][keys].equals(lists[1][keys])
    return lists


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
    lists = same_answers((here, there), "customer_id", 100)
    assert lists[0]["bought_orders"].tolist() == lists[1]["bought_orders"].tolist()
    assert np.allclose(lists[0]["bought_amount"].astype(float), lists[1]["bought_amount"].astype(float))


def test_baskets_one_a_line(tmp_path, engine, spark):
    file = tmp_path / "baskets.csv"
    file.write_text(many_baskets(), encoding="utf-8")
    pair = prepared(file, tmp_path, (engine, spark))
    assert [data.kind for data in pair] == ["baskets", "baskets"]
    assert [(data.facts.entities, data.facts.items) for data in pair] == [(300, 6), (300, 6)]
    answers = [basket.analyze(data, basket.Params(min_orders=10, max_rule_items=2)) for data in pair]
    assert set(answers[0].rules["status"]) >= {"shown"}
    same_answers(answers, "order_id", 20)
