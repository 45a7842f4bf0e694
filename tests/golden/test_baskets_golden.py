"""Basket analysis of files with one basket a line, the whole way from the file to the answer.

Published counts: groceries (arules; ../shared/reference_values.md; 13,492 itemsets at support .001, as in
test_basket_golden.py). The five baskets are counted by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.export.lists import ListSpec, build_list
from analytics.export.roster import Roster
from analytics.models import basket
from analytics.models.basket_bundles import bundles
from tests.basket_tables import FIVE, many_baskets

PrepareFile = Callable[[Path], Dataset]
OPEN = {"min_orders": 1, "min_confidence": 0.0, "min_lift": 0.0, "correction": "none", "alpha": 1.0}


@pytest.fixture(scope="module")
def groceries(shared_data: Path, prepare_file: PrepareFile) -> Dataset:
    return prepare_file(shared_data / "groceries" / "groceries.csv")


def test_groceries_is_9835_baskets_of_169_items(groceries: Dataset):
    facts = groceries.facts
    assert groceries.kind == "baskets"
    assert (facts.rows_read, facts.rows_used, facts.entities, facts.items) == (9835, 9835, 9835, 169)
    assert int(groceries.main.count().execute()) == 43_367


@pytest.mark.parametrize(
    ("orders", "confidence", "itemsets", "rules"),
    [(10, 0.5, 13_492, 5_668), (10, 0.8, 13_492, 410), (60, 0.25, None, 463)],
)
def test_groceries_has_the_itemsets_and_rules_of_arules(
    groceries: Dataset, orders: int, confidence: float, itemsets: int | None, rules: int
):
    params = basket.Params(
        min_orders=orders, min_confidence=confidence, min_lift=0, max_rule_items=10, exclude_words=("-",)
    )
    facts = basket.analyze(groceries, params).facts
    assert (facts.baskets, facts.searched, facts.later, facts.items) == (9835, 9835, 0, 169)
    assert facts.rules == rules
    assert itemsets in (None, facts.itemsets)


def five(tmp_path: Path, prepare_file: PrepareFile, **settings: object) -> tuple[Dataset, basket.Result]:
    file = tmp_path / "five.csv"
    file.write_text(FIVE)
    data = prepare_file(file)
    return data, basket.analyze(data, basket.Params(**(OPEN | settings)))  # type: ignore[arg-type]


def test_five_baskets_counted_by_hand(tmp_path: Path, prepare_file: PrepareFile):
    """milk is in 3 of 5, bread in 3, both in 2."""
    _, result = five(tmp_path, prepare_file)
    rules = result.rules
    found = rules[(rules["left"] == ("milk",)) & (rules["right"] == ("bread",))].iloc[0]
    assert (found["left_orders"], found["right_orders"], found["both_orders"]) == (3, 3, 2)
    assert found["support"] == pytest.approx(0.4)
    assert found["confidence"] == pytest.approx(2 / 3)
    assert found["lift"] == pytest.approx(10 / 9)
    assert found["leverage"] == pytest.approx(0.04)
    assert found["extra_orders"] == pytest.approx(0.2)
    assert found["p_value"] == pytest.approx(0.7)  # (6 + 1) of the 10 ways to put 3 breads into 5 baskets
    assert dict(zip(result.items["item"], result.items["orders"], strict=True)) == {
        "beer": 2, "bread": 3, "butter": 1, "milk": 3,
    }  # fmt: skip


def test_what_no_basket_tells_is_absent_and_never_zero(tmp_path: Path, prepare_file: PrepareFile):
    _, result = five(tmp_path, prepare_file)
    assert result.rules[["extra_amount", "extra_margin", "later_lift", "later_confidence"]].isna().all().all()
    assert set(result.rules["later"]) == {None}
    assert result.items[["amount", "price", "margin", "margin_each"]].isna().all().all()
    assert result.as_of is None
    assert "extra_amount" not in result.segments
    assert not {"last_bought_at", "bought_orders", "bought_amount"} & set(result.customers.columns)
    assert not any("¥" in finding.text.in_language("zh") or "客户" in finding.text.in_language("zh")
                   for finding in result.findings)  # fmt: skip
    card = {line.label.in_language("zh"): line.value.in_language("zh") for line in result.method}
    assert "一行是一个购物篮" in card["一单"]
    assert card["客户、时间、金额"].startswith("表里没有")
    assert "统计日期" not in card
    assert "退款" not in card


def test_the_list_is_of_baskets_with_one_side_and_not_the_other(tmp_path: Path, prepare_file: PrepareFile):
    data, result = five(tmp_path, prepare_file)
    held = result.customers.execute()
    milk_no_bread = held[(held["bought"] == "milk") & (held["missing"] == "bread")]
    assert list(milk_no_bread["order_id"]) == ["3"]
    assert list(held[(held["bought"] == "bread") & (held["missing"] == "beer")]["order_id"].sort_values()) == ["1", "2"]
    listed = build_list(Roster.of(data, result), ListSpec()).execute()
    assert list(listed.columns) == ["order_id", "segment", "bought", "missing", "confidence", "lift"]
    assert listed["lift"].is_monotonic_decreasing


def test_an_item_twice_in_a_basket_counts_once(tmp_path: Path, prepare_file: PrepareFile):
    file = tmp_path / "twice.csv"
    file.write_text(FIVE + "tea,tea,milk\n")
    items = basket.analyze(prepare_file(file), basket.Params(**OPEN)).items  # type: ignore[arg-type]
    assert items.set_index("item")["orders"]["tea"] == 1


@pytest.mark.parametrize("settings", [{"basket": "customer_day"}, {"as_of": "2024-01-01"}])
def test_a_setting_that_needs_customers_or_days_is_refused(tmp_path: Path, prepare_file: PrepareFile, settings: dict):
    with pytest.raises(ParamError) as refused:
        five(tmp_path, prepare_file, **settings)
    assert refused.value.code == "param.only_baskets"


def test_bundle_ideas_are_ranked_by_orders_where_there_is_no_money(tmp_path: Path, prepare_file: PrepareFile):
    file = tmp_path / "many.csv"
    file.write_text(many_baskets())
    result = basket.analyze(prepare_file(file), basket.Params())
    ideas = bundles(result.rules, result.items, 0.1)
    assert len(ideas) > 1
    assert ideas["added_orders"].is_monotonic_decreasing
    assert all(math.isnan(value) for value in ideas["added_amount"])
