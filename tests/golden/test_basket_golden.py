"""Basket analysis against published counts, other implementations, and tables counted by hand.

Groceries (arules; Hahsler et al.) and FIMI files: ../shared/reference_values.md. Groceries at support .001 has 13,492
itemsets here, in mlxtend 0.25 and in Borgelt's fpgrowth and eclat (the note beside the data says 13,488).
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.errors import DataError
from analytics.models import basket
from analytics.models.basket_lines import Baskets, from_lists
from analytics.models.basket_mine import Itemsets, mine, orders_for
from analytics.models.basket_rules import Rules, make_rules, measures
from tests.basket_tables import Line, lines_dataset, orders

OPEN = basket.Params(
    min_orders=1, min_confidence=0, min_lift=0, correction="none", alpha=1, holdout_share=0, max_rule_items=10
)


@pytest.fixture(scope="module")
def groceries(shared_data: Path) -> Baskets:
    with (shared_data / "groceries" / "groceries.csv").open(encoding="utf-8", newline="") as file:
        return from_lists([[item for item in row if item] for row in csv.reader(file)])[0]


def fimi(shared_data: Path, name: str) -> tuple[Baskets, list[list[str]]]:
    rows = [line.split() for line in (shared_data / "fimi" / name).read_text().splitlines()]
    return from_lists(rows)[0], rows


@pytest.mark.parametrize(
    ("support", "confidence", "rules", "by_size"),
    [
        (0.006, 0.25, 463, {2: 150, 3: 297, 4: 16}),
        (0.001, 0.5, 5668, {2: 11, 3: 1461, 4: 3211, 5: 939, 6: 46}),
        (0.001, 0.8, 410, {3: 29, 4: 229, 5: 140, 6: 12}),  # a naive float comparison finds 406
    ],
)
def test_groceries_has_the_rules_of_arules(
    groceries: Baskets, support: float, confidence: float, rules: int, by_size: dict[int, int]
):
    assert (len(groceries), groceries.n_items) == (9835, 169)
    found = make_rules(mine(groceries, orders_for(support, 9835)), confidence)
    assert len(found) == rules
    assert Counter(found.sizes.tolist()) == by_size


def test_groceries_itemsets(groceries: Baskets):
    assert len(mine(groceries, orders_for(0.001, 9835))) == 13_492


def test_fimi_retail_itemsets(shared_data: Path):
    baskets, _ = fimi(shared_data, "retail.dat")
    assert len(baskets) == 88_162
    assert len(mine(baskets, orders_for(0.001, len(baskets)))) == 7_589


@pytest.mark.parametrize(("support", "itemsets"), [(0.5, 153), (0.4, 565), (0.3, 2_735), (0.2, 53_583)])
def test_fimi_mushroom_itemsets(shared_data: Path, support: float, itemsets: int):
    baskets, _ = fimi(shared_data, "mushroom.dat")
    assert len(mine(baskets, orders_for(support, len(baskets)))) == itemsets


def test_mushroom_stops_by_count_and_says_what_fits(shared_data: Path):
    """At one basket there are more itemsets than any memory holds."""
    baskets, _ = fimi(shared_data, "mushroom.dat")
    with pytest.raises(DataError) as stopped:
        mine(baskets, orders_for(0.1, len(baskets)))
    assert stopped.value.code == "data.too_many_itemsets"
    fits = dict(stopped.value.hint.values)["fits"]
    assert 813 < fits < 1_000
    assert 100_000 < len(mine(baskets, fits)) <= 200_000


def peer_rules(rows: list[list[str]], min_orders: int, confidence: float) -> pd.DataFrame:
    """mlxtend's rules with the measures that it shares with us, by left and right."""
    from mlxtend.frequent_patterns import association_rules, fpgrowth
    from mlxtend.preprocessing import TransactionEncoder

    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(rows), columns=encoder.columns_)
    itemsets = fpgrowth(table, min_support=(min_orders - 0.5) / len(rows), use_colnames=True)
    rules = association_rules(itemsets, metric="confidence", min_threshold=confidence - 1e-9)
    rules.index = [
        (tuple(sorted(a)), tuple(sorted(b))) for a, b in zip(rules.antecedents, rules.consequents, strict=True)
    ]
    return rules


def test_all_consequents_and_every_measure_are_those_of_mlxtend(shared_data: Path):
    baskets, rows = fimi(shared_data, "mushroom.dat")
    _, names = from_lists(rows)
    orders = orders_for(0.4, len(baskets))
    ours = make_rules(mine(baskets, orders), 0.6, consequents="all")
    theirs = peer_rules(rows, orders, 0.6)
    values = measures(ours.both_orders, ours.left_orders, ours.right_orders, ours.baskets)
    keys = [
        tuple(tuple(sorted(names[c] for c in side if c >= 0)) for side in (left, right))
        for left, right in zip(ours.left.tolist(), ours.right.tolist(), strict=True)
    ]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(theirs.index)
    assert len(keys) > 4_000
    theirs = theirs.loc[keys]
    for ours_name, name in (
        ("support", "support"), ("confidence", "confidence"), ("lift", "lift"), ("leverage", "leverage"),
        ("conviction", "conviction"), ("zhang", "zhangs_metric"),
    ):  # fmt: skip
        expected = theirs[name].to_numpy(dtype=float)
        certain = np.isinf(values[ours_name])
        assert (certain == np.isinf(expected)).all()
        # mlxtend works on floats: where the denominator is 0 it can be a rounding error away from it
        same = np.isclose(values[ours_name], expected, rtol=1e-6, atol=1e-9)
        assert (same | certain).mean() > (0.999 if name == "zhangs_metric" else 0.999999), name


# Ten baskets: A in 6, B in 5, A and B in 4, C in 2 (always with A).
TEN = ("AB", "AB", "AB", "AB", "AC", "AC", "B", "D", "D", "E")


def hand_counted(tmp_path: Path, engine: Engine, **settings: object) -> basket.Result:
    data = lines_dataset(tmp_path, engine, orders(*TEN))
    return basket.analyze(data, basket.Params(**({**vars(OPEN)} | settings)))  # type: ignore[arg-type]


def rule(result: basket.Result, left: str, right: str) -> pd.Series:
    rows = result.rules[(result.rules["left"] == tuple(left)) & (result.rules["right"] == tuple(right))]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_table_counted_by_hand(tmp_path: Path, engine: Engine):
    result = hand_counted(tmp_path, engine)
    found = rule(result, "A", "B")
    assert (found["left_orders"], found["right_orders"], found["both_orders"]) == (6, 5, 4)
    assert found["support"] == pytest.approx(0.4)
    assert found["confidence"] == pytest.approx(4 / 6)
    assert found["lift"] == pytest.approx(4 / 3)
    assert found["leverage"] == pytest.approx(0.1)
    assert found["extra_orders"] == pytest.approx(1.0)
    assert found["conviction"] == pytest.approx(0.5 / (1 / 3))
    assert found["zhang"] == pytest.approx(0.1 / max(0.4 * 0.4, 0.6 * 0.1))
    # hypergeometric: of C(10, 5) = 252 ways to place B, with A in 6: k = 4: 15·4 = 60, k = 5: 6
    assert found["p_value"] == pytest.approx(66 / 252)
    assert found["extra_amount"] == pytest.approx(10.0)
    assert math.isnan(found["extra_margin"])


def test_a_certain_rule_has_infinite_conviction(tmp_path: Path, engine: Engine):
    found = rule(hand_counted(tmp_path, engine), "C", "A")
    assert found["confidence"] == 1
    assert math.isinf(found["conviction"])


def test_who_bought_one_side_only(tmp_path: Path, engine: Engine):
    result = hand_counted(tmp_path, engine)
    customers = result.customers.execute()
    key = rule(result, "A", "B")["rule"]
    assert sorted(customers[customers["segment"] == key]["customer_id"]) == ["c4", "c5"]
    assert result.segments.set_index("segment").loc[key, "customers"] == 2


def test_corrections_are_those_of_the_textbook():
    from analytics.models.basket_rules import corrected

    p = np.array([0.01, 0.04, 0.03, 0.005])
    assert corrected(p, "holm").tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert corrected(p, "bh").tolist() == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert corrected(p, "none").tolist() == p.tolist()


def test_corrections_are_those_of_statsmodels():
    from statsmodels.stats.multitest import multipletests

    from analytics.models.basket_rules import corrected

    p = np.random.default_rng(5).uniform(size=50) ** 3
    for ours, theirs in (("bh", "fdr_bh"), ("holm", "holm")):
        assert corrected(p, ours) == pytest.approx(multipletests(p, method=theirs)[1])  # type: ignore[arg-type]


def test_fisher_is_that_of_scipy():
    from scipy.stats import fisher_exact

    from analytics.models.basket_rules import chance

    table = [[30, 70], [50, 850]]  # A and B 30, A 100, B 80, of 1,000
    expected = fisher_exact(table, alternative="greater").pvalue
    assert chance(np.array([30]), np.array([100]), np.array([80]), 1000)[0] == pytest.approx(expected)


def test_redundant_rules_are_those_with_a_simpler_one_as_sure():
    """AC → B is less sure than A → B; AD → B is surer than A → B and D → B."""
    texts = ["AB"] * 6 + ["ABC"] * 2 + ["AC"] * 2 + ["ABD"] * 3 + ["D"] * 2 + ["A"] * 2 + ["E"] * 9
    baskets, names = from_lists([list(text) for text in texts])
    found: Rules = make_rules(mine(baskets, 1), 0)
    told = {
        ("".join(names[c] for c in left if c >= 0), "".join(names[c] for c in right if c >= 0)): bool(dull)
        for left, right, dull in zip(found.left.tolist(), found.right.tolist(), found.redundant, strict=True)
    }
    assert told["AC", "B"]
    assert not told["AD", "B"]
    assert not told["A", "B"]


def test_margin_from_cost(tmp_path: Path, engine: Engine):
    lines = [Line(f"o{at}", item, f"c{at}", sold=20, cost=12) for at, items in enumerate(TEN) for item in items]
    result = basket.analyze(lines_dataset(tmp_path, engine, lines), OPEN)
    found = rule(result, "A", "B")
    assert found["extra_amount"] == pytest.approx(20.0)
    assert found["extra_margin"] == pytest.approx(8.0)


def test_every_subset_is_found_where_it_stands():
    found: Itemsets = mine(from_lists([list("ABC")] * 3 + [list("BCD")] * 2)[0], 2)
    for level in found.levels:
        assert found.places(level.items).tolist() == list(range(len(level.counts)))
