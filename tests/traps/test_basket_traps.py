"""Ways to get a wrong basket analysis without an error message, each held off by an invariant."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.errors import DataError, ParamError
from analytics.models import basket
from analytics.models.basket_bundles import bundles
from analytics.models.basket_lines import Baskets, from_lists, split
from analytics.models.basket_mine import mine, orders_for
from analytics.models.basket_pairs import pair_rules
from analytics.models.basket_rules import later_counts, make_rules, measures
from tests.basket_tables import Line, lines_dataset, orders

OPEN = basket.Params(min_orders=1, min_confidence=0, min_lift=0, correction="none", alpha=1, holdout_share=0)


def analyze(folder: Path, engine: Engine, lines: list[Line], params: basket.Params = OPEN) -> basket.Result:
    return basket.analyze(lines_dataset(folder, engine, lines), params)


def counts(result: basket.Result) -> dict[str, int]:
    return dict(zip(result.items["item"], result.items["orders"], strict=True))


def test_an_item_counts_once_in_a_basket(tmp_path: Path, engine: Engine):
    result = analyze(tmp_path, engine, orders("AAAB", "AB", "B"))
    assert counts(result) == {"A": 2, "B": 3}
    assert result.facts.baskets == 3


def test_a_refunded_line_is_out_and_a_part_refund_is_not(tmp_path: Path, engine: Engine):
    lines = [
        Line("o1", "A"), Line("o1", "B", back=10), Line("o1", "C", back=4),
        Line("o2", "A"), Line("o2", "A", sold=0, back=10),  # taken back on a line of its own in the same order
        Line("o3", "B", sold=0, back=10),  # a refund alone is no purchase
    ]  # fmt: skip
    result = analyze(tmp_path, engine, lines)
    assert counts(result) == {"A": 1, "C": 1}
    assert result.facts.baskets == 1
    assert result.facts.rows_out["refunded"] == 3


def test_gifts_postage_and_packaging_are_left_out_and_can_be_kept(tmp_path: Path, engine: Engine):
    lines = [Line("o1", item) for item in ("茶", "赠品杯垫", "运费", "礼袋（大）", "POSTAGE", "LUNCH BAG")]
    lines += [Line("o1", "试用装", sold=0)]
    result = analyze(tmp_path / "a", engine, lines)
    assert set(counts(result)) == {"茶", "LUNCH BAG"}
    assert set(result.facts.excluded) == {"赠品杯垫", "运费", "礼袋（大）", "POSTAGE"}
    assert result.facts.rows_out == {"unnamed": 0, "refunded": 1, "excluded": 4}
    kept = replace(OPEN, keep_items=("礼袋（大）",), drop_items=("茶",), free_lines="in")
    assert set(counts(analyze(tmp_path / "b", engine, lines, kept))) == {"LUNCH BAG", "礼袋（大）", "试用装"}
    nothing = replace(OPEN, exclude_words=("-",))
    assert len(counts(analyze(tmp_path / "c", engine, lines, nothing))) == 6


def test_a_word_for_the_whole_name_does_not_hit_a_part(tmp_path: Path, engine: Engine):
    result = analyze(tmp_path, engine, [Line("o1", "CARRIAGE"), Line("o1", "FRENCH CARRIAGE LANTERN")])
    assert set(counts(result)) == {"FRENCH CARRIAGE LANTERN"}


def test_user_words_are_literals(tmp_path: Path, engine: Engine):
    lines = [Line("o1", "100%棉"), Line("o1", "a_b"), Line("o1", "it's"), Line("o1", "aXb")]
    words = replace(OPEN, exclude_words=("%", "_", "'"))
    assert set(counts(analyze(tmp_path, engine, lines, words))) == {"aXb"}


def test_a_basket_can_be_a_day_of_a_customer(tmp_path: Path, engine: Engine):
    lines = [
        Line("o1", "A", "c1", "2024-01-01 09:00"), Line("o2", "B", "c1", "2024-01-01 18:00"),
        Line("o3", "A", "c2", "2024-01-01 09:00"), Line("o4", "B", "c1", "2024-01-02 09:00"),
    ]  # fmt: skip
    assert analyze(tmp_path / "a", engine, lines).pairs.empty
    by_day = analyze(tmp_path / "b", engine, lines, replace(OPEN, basket="customer_day"))
    assert by_day.facts.baskets == 3
    assert by_day.pairs["both_orders"].tolist() == [1, 1]


def test_one_order_number_of_two_customers_is_two_baskets(tmp_path: Path, engine: Engine):
    result = analyze(tmp_path, engine, [Line("o1", "A", "c1"), Line("o1", "B", "c2")])
    assert result.facts.baskets == 2
    assert result.pairs.empty


def test_basket_sizes_bound_the_base(tmp_path: Path, engine: Engine):
    lines = orders("AB", "AB", "A", "ABCDE")
    result = analyze(tmp_path, engine, lines, replace(OPEN, min_items=2, max_items=3))
    assert (result.facts.baskets, result.facts.sized_out) == (2, 2)
    assert counts(result) == {"A": 2, "B": 2}
    assert result.rules["confidence"].tolist() == [1.0, 1.0]


def test_the_order_of_lines_changes_nothing(tmp_path: Path, engine: Engine):
    draw = random.Random(3)
    lines = [
        Line(f"o{n % 40}", draw.choice("ABCDEF"), f"c{n % 40 % 7}", f"2024-01-{n % 40 % 28 + 1:02}") for n in range(200)
    ]
    shuffled = draw.sample(lines, len(lines))
    one = analyze(tmp_path / "a", engine, lines, replace(OPEN, holdout_share=0.2))
    two = analyze(tmp_path / "b", engine, shuffled, replace(OPEN, holdout_share=0.2))
    assert one.rules.equals(two.rules)
    assert one.segments.equals(two.segments)


def test_a_later_order_never_counts_before_the_reference_day(tmp_path: Path, engine: Engine):
    import datetime as dt

    lines = orders("AB", "AB", day="2024-01-01") + orders("AC", day="2024-02-01")
    result = analyze(tmp_path, engine, lines, replace(OPEN, as_of=dt.date(2024, 2, 1)))
    assert counts(result) == {"A": 2, "B": 2}
    assert set(result.customers.execute()["customer_id"]) == set()


def test_what_is_kept_back_is_later_and_unseen():
    days = np.repeat(np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]"), 30)
    baskets = Baskets(np.arange(301, dtype="int32"), np.zeros(300, dtype="int32"), 1, days)
    early, later = split(baskets, 0.2)
    assert later is not None
    assert early.days is not None
    assert later.days is not None
    assert early.days.max() < later.days.min()
    assert (len(early), len(later)) == (240, 60)
    assert split(baskets, 0)[1] is None
    assert split(Baskets(baskets.starts, baskets.items, 1, days[:1].repeat(300)), 0.2)[1] is None


def test_a_rule_that_ended_is_told_so(tmp_path: Path, engine: Engine):
    """A and B go together in January and avoid each other in February; C and D stay together."""
    lines = orders(*["AB"] * 60, *["CD"] * 60, *["E"] * 120, day="2024-01-01")
    lines += orders(*["A"] * 20, *["B"] * 20, *["CD"] * 20, *["E"] * 20, day="2024-02-01")
    result = analyze(tmp_path, engine, lines, replace(OPEN, holdout_share=0.25, min_lift=1))
    verdicts = {(row.left[0], row.right[0]): row.later for row in result.rules.itertuples()}
    assert verdicts["A", "B"] == "gone"
    assert verdicts["C", "D"] == "held"
    ideas = bundles(result.rules, result.items, 0.1)
    assert [{*a, *b} for a, b in zip(ideas["left"], ideas["right"], strict=True)] == [{"C", "D"}]


def test_chance_is_not_shown_as_a_rule(tmp_path: Path, engine: Engine):
    """Independent items: hundreds of pairs pass the thresholds, the correction lets next to none through."""
    draw = random.Random(11)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWX"
    baskets = ["".join(letter for letter in letters if draw.random() < 0.2) or "A" for _ in range(400)]
    loose = analyze(tmp_path / "a", engine, orders(*baskets), replace(OPEN, min_lift=1, alpha=0.05, max_rule_items=2))
    strict = replace(OPEN, min_lift=1, alpha=0.05, correction="bh", max_rule_items=2)
    corrected = analyze(tmp_path / "b", engine, orders(*baskets), strict)
    assert loose.facts.rules > 200
    assert loose.facts.significant > 10
    assert corrected.facts.significant <= 2


def test_thresholds_are_met_by_equality():
    baskets, _ = from_lists([list("AB")] * 4 + [list("A")] * 1 + [list("C")] * 5)
    assert len(make_rules(mine(baskets, 4), 0.8)) == 2  # A → B at exactly .8
    assert orders_for(0.4, 10) == 4
    assert orders_for(0.1 + 0.2, 10) == 3  # 0.30000000000000004
    assert orders_for(0.0001, 10) == 1


def test_zhang_is_zero_where_a_side_is_in_every_basket():
    found = measures(np.array([4]), np.array([4]), np.array([10]), 10)
    assert found["zhang"].tolist() == [0.0]
    assert found["lift"].tolist() == [1.0]


def test_candidates_bought_all_of_the_left_side_ever(tmp_path: Path, engine: Engine):
    """The left side in different orders counts; having bought the right side once, ever, ends it."""
    lines = orders(*["ABC"] * 5, "D", "D", "D")
    lines += [Line("x1", "A", "later"), Line("x2", "B", "later"), Line("x3", "A", "half")]
    lines += [Line("y1", "A", "done"), Line("y2", "B", "done"), Line("y3", "C", "done", "2023-01-01")]
    result = analyze(tmp_path, engine, lines, replace(OPEN, max_rule_items=3))
    rules = {(row.left, row.right): row.rule for row in result.rules.itertuples()}
    listed = result.customers.execute()
    both = rules[("A", "B"), ("C",)]
    assert set(listed[listed["segment"] == both]["customer_id"]) == {"later"}
    single = listed[listed["segment"] == rules[("A",), ("C",)]]
    assert set(single["customer_id"]) == {"later", "half"}


def test_too_many_rules_stop_before_they_are_built(monkeypatch: pytest.MonkeyPatch):
    from analytics.models import basket_rules

    monkeypatch.setattr(basket_rules, "MOST_RULES", 50)
    itemsets = mine(from_lists([list("ABCDEF")] * 3)[0], 2)
    with pytest.raises(DataError) as stopped:
        make_rules(itemsets, 0, consequents="all")
    assert stopped.value.code == "data.too_many_rules"


def test_one_long_basket_of_many_stops_by_count():
    """Forty items that always come together: 2^40 itemsets, all at once at one threshold."""
    baskets, _ = from_lists([[f"i{n}" for n in range(40)]] * 30 + [["x"]] * 30)
    with pytest.raises(DataError) as stopped:
        mine(baskets, 30)
    assert dict(stopped.value.hint.values)["fits"] == 31
    assert len(mine(baskets, 31)) == 0
    assert len(mine(baskets, 30, max_len=3)) == 41 + 780 + 9_880


def test_a_default_threshold_that_explodes_is_raised_and_told(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    from analytics.models import basket_search

    monkeypatch.setattr(basket_search, "AUTO_ITEMSETS", 100)
    long = "".join(chr(65 + n) for n in range(20))
    lines = orders(*[long] * 8, *["ab"] * 12, *["c"] * 12)
    result = analyze(tmp_path, engine, lines, replace(OPEN, min_orders=None))
    assert result.facts.raised
    assert result.facts.min_orders == 9
    assert "raised" in {finding.code for finding in result.findings}


@pytest.mark.parametrize(("baskets", "orders_"), [(100, 5), (2_000, 10), (15_000, 15), (3_000_000, 30)])
def test_a_large_file_does_not_set_the_threshold_out_of_reach(baskets: int, orders_: int):
    """A thousandth of three million orders is more than most items are in at all."""
    from analytics.models.basket_search import default_orders

    assert default_orders(baskets) == orders_


@pytest.mark.parametrize(
    "wrong",
    [{"max_items": 1}, {"min_items": 5, "max_items": 3}, {"min_orders": 0}, {"max_rule_items": 11}, {"alpha": 2}],
)
def test_wrong_settings_are_refused(wrong: dict[str, int]):
    with pytest.raises(ParamError):
        basket.Params(**wrong)  # type: ignore[arg-type]


def test_without_items_it_says_so(tmp_path: Path, engine: Engine):
    data = lines_dataset(tmp_path, engine, [Line("o1", None), Line("o2", " ")])
    with pytest.raises(DataError) as refused:
        basket.analyze(data, OPEN)
    assert refused.value.code == "data.no_baskets"


BASKETS = st.lists(st.sets(st.integers(0, 6), min_size=1, max_size=6), min_size=1, max_size=14)


def brute(baskets: list[set[int]], min_orders: int) -> dict[tuple[str, ...], int]:
    found: Counter[tuple[str, ...]] = Counter()
    for basket_ in baskets:
        for size in range(1, len(basket_) + 1):
            found.update(itertools.combinations(sorted(map(str, basket_)), size))
    return {itemset: count for itemset, count in found.items() if count >= min_orders}


@settings(max_examples=60, deadline=None)
@given(baskets=BASKETS, min_orders=st.integers(1, 4))
def test_itemsets_are_those_of_counting_every_subset(baskets: list[set[int]], min_orders: int):
    coded, names = from_lists([[str(item) for item in basket_] for basket_ in baskets])
    found = mine(coded, min_orders)
    ours = {
        tuple(names[code] for code in row): count
        for level in found.levels
        for row, count in zip(level.items.tolist(), level.counts.tolist(), strict=True)
    }
    assert ours == brute(baskets, min_orders)


@settings(max_examples=25, deadline=None)
@given(baskets=BASKETS)
def test_later_counts_are_those_of_counting(baskets: list[set[int]]):
    import pandas as pd

    coded, _ = from_lists([[str(item) for item in basket_] for basket_ in baskets] + [list("0123456")])
    rules = pd.DataFrame({"left": [(0,), (0, 1)], "right": [(2,), (3,)]})
    found = later_counts(rules, coded)
    sets = [*baskets, set(range(7))]
    for row, left, right in zip(found.to_dict("records"), ({0}, {0, 1}), ({2}, {3}), strict=True):
        assert row["left_orders"] == sum(left <= one for one in sets)
        assert row["right_orders"] == sum(right <= one for one in sets)
        assert row["both_orders"] == sum(left | right <= one for one in sets)


def test_pair_rules_of_the_engine_are_those_of_the_miner(tmp_path: Path, engine: Engine):
    draw = random.Random(9)
    baskets = ["".join(draw.sample("ABCDEFGH", draw.randint(1, 5))) for _ in range(120)]
    result = analyze(tmp_path, engine, orders(*baskets), replace(OPEN, min_orders=3, max_rule_items=2))
    from analytics.models.basket_lines import all_items, basket_items

    data = lines_dataset(tmp_path / "again", engine, orders(*baskets))
    items = basket_items(all_items(data, OPEN), OPEN, ())
    theirs = pair_rules(items, 120, 3).execute().set_index(["left_item", "right_item"]).sort_index()
    ours = result.rules.assign(left_item=result.rules["left"].str[0], right_item=result.rules["right"].str[0])
    ours = ours.set_index(["left_item", "right_item"]).sort_index()
    assert list(ours.index) == list(theirs.index)
    for name in ("both_orders", "left_orders", "right_orders", "support", "confidence", "lift", "conviction", "zhang"):
        assert np.allclose(ours[name].astype(float), theirs[name].astype(float)), name
