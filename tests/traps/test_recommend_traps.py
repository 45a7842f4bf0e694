"""Ways to recommend wrongly without an error message, each held off by an invariant."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.errors import DataError, ParamError
from analytics.intake.parcel_words import no_goods
from analytics.models import recommend
from analytics.models.recommend_rank import WAYS
from tests.purchase_tables import Line, lines_dataset

WAYS_AND_AUTO = ("auto", *WAYS)


def params(**given: object) -> recommend.Params:
    return recommend.Params(**{"method": "item_item", "trend_days": 0, "evaluate": False, "exclude": (), **given})


def listed(result: recommend.Result) -> dict[str, list[str]]:
    """Customer → recommended products, best first."""
    table = result.customers.order_by(["customer_id", "rank"]).to_pyarrow().to_pylist()
    found: dict[str, list[str]] = {}
    for row in table:
        found.setdefault(row["customer_id"], []).append(row["segment"])
        assert row["rank"] == len(found[row["customer_id"]])
    return found


def a_shop(customers: int = 60, seed: int = 1) -> list[Line]:
    """Two tastes: the first half buys of A0…A4, the second of B0…B4, over 40 days."""
    draw = random.Random(seed)
    return [
        (f"c{number:03}", f"2024-01-{1 + draw.randrange(28):02}", f"{'AB'[number % 2]}{draw.randrange(5)}")
        for number in range(customers)
        for _ in range(4)
    ] + [(f"c{number:03}", f"2024-02-{1 + draw.randrange(10):02}", f"{'AB'[number % 2]}{draw.randrange(5)}")
         for number in range(customers)]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_nobody_is_offered_what_they_have_unless_asked_for(tmp_path: Path, engine: Engine, way: str) -> None:
    lines = a_shop()
    data = lines_dataset(tmp_path, engine, lines)
    had = {(line[0], line[2]) for line in lines}
    hidden = listed(recommend.analyze(data, params(method=way, top=4)))
    assert not {(who, what) for who, products in hidden.items() for what in products} & had
    shown = listed(recommend.analyze(data, params(method=way, top=4, exclude_bought=False)))
    assert {(who, what) for who, products in shown.items() for what in products} & had


@pytest.mark.parametrize("method", WAYS_AND_AUTO)
def test_row_order_changes_nothing(tmp_path: Path, engine: Engine, method: str) -> None:
    lines = a_shop()
    shuffled = list(lines)
    random.Random(7).shuffle(shuffled)
    settings = recommend.Params(method=method, top=3)  # type: ignore[arg-type]
    one, two = (
        recommend.analyze(lines_dataset(tmp_path / name, engine, rows), settings)
        for name, rows in (("a", lines), ("b", shuffled))
    )
    order = ["customer_id", "rank"]
    assert one.customers.order_by(order).execute().equals(two.customers.order_by(order).execute())
    assert one.segments.equals(two.segments)
    assert (one.way, one.trend_days, one.headline) == (two.way, two.trend_days, two.headline)


def test_equal_scores_go_by_popularity_and_then_by_name(tmp_path: Path, engine: Engine) -> None:
    """x bought S. Q, R and T were each bought once together with S: equally like it. T has one more customer."""
    lines: list[Line] = [("x", "2024-01-01", "S")]
    for who, product in (("a", "R"), ("b", "Q"), ("c", "P")):
        lines += [(who, "2024-01-01", "S"), (who, "2024-01-01", product)]
    first = listed(recommend.analyze(lines_dataset(tmp_path / "1", engine, lines), params(top=3)))
    assert first["x"] == ["P", "Q", "R"]
    popular = listed(
        recommend.analyze(
            lines_dataset(tmp_path / "2", engine, [*lines, ("y", "2024-01-01", "R")]),
            params(top=3, method="popularity"),
        )
    )
    assert popular["x"] == ["R", "P", "Q"]


def test_a_customer_with_one_purchase_has_a_recommendation(tmp_path: Path, engine: Engine) -> None:
    lines: list[Line] = [*a_shop(), ("once", "2024-01-05", "A0"), ("odd", "2024-01-05", "nobody else's")]
    result = recommend.analyze(lines_dataset(tmp_path, engine, lines), params(top=2))
    found = listed(result)
    assert all(product.startswith("A") for product in found["once"])
    assert len(found["odd"]) == 2  # likeness knows nothing: bestsellers, without a reason
    odd = result.customers.filter(result.customers.customer_id == "odd").execute()
    assert odd["reason"].isna().all()
    assert (odd["score"] == 0).all()
    assert result.one_product == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_product_that_everyone_bought_crowds_nothing_out(tmp_path: Path, engine: Engine, way: str) -> None:
    lines = a_shop() + [(f"c{number:03}", "2024-01-01", "water") for number in range(60)]
    result = recommend.analyze(lines_dataset(tmp_path, engine, lines), params(method=way, top=2))
    assert "water" not in set(result.segments["segment"])  # everyone has it: nobody can be offered it
    if way != "popularity":
        right = [what[0] == "AB"[int(who[1:]) % 2] for who, products in listed(result).items() for what in products[:1]]
        # those who have all five of their taste are offered the other one
        assert sum(right) / len(right) > 0.8


def test_customers_who_came_after_the_split_are_counted_apart(tmp_path: Path, engine: Engine) -> None:
    lines = a_shop() + [(f"new{number}", "2024-02-09", "A0") for number in range(7)]
    result = recommend.analyze(lines_dataset(tmp_path, engine, lines), recommend.Params(top=2))
    assert result.trial.new_later == 7
    assert result.trial.tested <= 60
    assert set(listed(result)) >= {f"new{number}" for number in range(7)}  # they are recommended to all the same


def test_the_split_never_sees_the_future(tmp_path: Path, engine: Engine) -> None:
    """A product that sells only after the split cannot be known to what is tested."""
    lines = a_shop() + [(f"c{number:03}", "2024-02-10", "hit of the year") for number in range(60)]
    result = recommend.analyze(lines_dataset(tmp_path, engine, lines), recommend.Params(top=3, holdout=0.35))
    assert result.trial.split_on is not None
    assert result.trial.split_on <= dt.date(2024, 2, 10)
    assert result.trial.table["coverage"].max() <= 1
    again = recommend.analyze(lines_dataset(tmp_path / "2", engine, a_shop()), recommend.Params(top=3))
    assert again.trial.tested > 0


def test_popularity_is_used_and_said_when_it_is_as_good(tmp_path: Path, engine: Engine) -> None:
    """Everybody draws from the same twenty products, some more frequent: there is no taste to learn."""
    draw = random.Random(3)
    lines: list[Line] = [
        (f"c{number:03}", f"2024-01-{1 + draw.randrange(30):02}", f"P{int(20 * draw.random() ** 2):02}")
        for number in range(200)
        for _ in range(6)
    ]
    result = recommend.analyze(lines_dataset(tmp_path, engine, lines), recommend.Params(top=3))
    assert result.trial.reliable
    assert result.way == "popularity"
    assert "popularity_wins" in {finding.code for finding in result.findings}
    assert result.customers.filter(result.customers.reason.notnull()).count().execute() == 0


def test_a_taste_that_is_there_beats_popularity(tmp_path: Path, engine: Engine) -> None:
    result = recommend.analyze(lines_dataset(tmp_path, engine, a_shop(200)), recommend.Params(top=1))
    assert result.way != "popularity"
    assert result.headline["hit_rate"] > result.headline["popularity_hit_rate"]
    assert "proof" in {finding.code for finding in result.findings}


@pytest.mark.parametrize("way", ["popularity", "als"])
def test_a_reason_found_afterwards_is_more_than_chance(tmp_path: Path, engine: Engine, way: str) -> None:
    """Bestsellers and factors cross tastes; a reason must not, since no customer of one bought of the other."""
    result = recommend.analyze(lines_dataset(tmp_path, engine, a_shop(200)), params(method=way, top=10))
    rows = result.customers.to_pyarrow().to_pylist()
    told = [row for row in rows if row["reason"] is not None]
    assert told
    assert all(row["reason"][0] == row["segment"][0] for row in told)
    other = [row for row in rows if row["segment"][0] != "AB"[int(row["customer_id"][1:]) % 2]]
    assert other
    assert all(row["reason"] is None for row in other)


def test_products_too_fine_to_show_a_taste_are_said_to_be(tmp_path: Path, engine: Engine) -> None:
    draw = random.Random(5)
    lines: list[Line] = [
        (f"c{number:03}", f"2024-01-{1 + draw.randrange(30):02}", f"P{draw.randrange(200):03}", {"category": "茶"})
        for number in range(150)
        for _ in range(8)
    ]
    found = recommend.analyze(lines_dataset(tmp_path, engine, lines), recommend.Params())
    said = next(finding for finding in found.findings if finding.code == "sparse")
    assert "品类" in said.text.in_language("zh")


@pytest.mark.parametrize(("top", "said"), [(5, True), (2, False)])
def test_a_hit_rate_of_nearly_everything_is_said_to_mean_little(
    tmp_path: Path, engine: Engine, top: int, said: bool
) -> None:
    found = recommend.analyze(lines_dataset(tmp_path, engine, a_shop(200)), recommend.Params(top=top))
    assert ("trivial" in {finding.code for finding in found.findings}) is said


def test_too_few_to_test_is_said(tmp_path: Path, engine: Engine) -> None:
    result = recommend.analyze(lines_dataset(tmp_path, engine, a_shop(10)), recommend.Params())
    assert result.way == "popularity"
    assert "untested" in {finding.code for finding in result.findings}


def test_what_came_back_is_no_signal_and_is_not_offered_again(tmp_path: Path, engine: Engine) -> None:
    lines: list[Line] = [
        ("a", "2024-01-01", "P"), ("a", "2024-01-01", "Q"),
        ("b", "2024-01-01", "P", {"refund": 10}), ("b", "2024-01-01", "R"),  # P wholly refunded on the line
        ("c", "2024-01-01", "P"), ("c", "2024-01-03", "P", {"gross": 0, "refund": 10}), ("c", "2024-01-01", "S"),
    ]  # fmt: skip
    data = lines_dataset(tmp_path, engine, lines)
    result = recommend.analyze(data, params(method="popularity", top=3))
    buyers = dict(result.segments[["segment", "buyers"]].values.tolist())
    assert buyers == {"Q": 1, "R": 1, "S": 1}  # P: liked by a alone, and everybody has had it
    item = recommend.analyze(data, params(top=3))
    because = dict(item.customers.select("segment", "reason").distinct().to_pandas().dropna().values.tolist())
    assert "R" not in because.values()
    assert "P" not in {reason for who, reason in item.customers.select("customer_id", "reason").execute().values
                       if who in ("b", "c")}  # fmt: skip


def test_filters_leave_only_what_fits(tmp_path: Path, engine: Engine) -> None:
    prices = {"A": 5, "B": 20, "C": 100, "D": 400}
    lines: list[Line] = [
        (
            f"c{number}",
            "2024-01-01",
            name,
            {"gross": price * 2, "quantity": 2.0, "category": "贵" if price > 50 else "平"},
        )
        for number, (name, price) in enumerate(prices.items())
    ]
    data = lines_dataset(tmp_path, engine, [*lines, ("z", "2024-01-01", "Z")])

    def offered(**given: object) -> set[str]:
        return set(recommend.analyze(data, params(top=9, **given)).segments["segment"])

    assert offered(min_price=20, max_price=100) == {"B", "C"}  # the price of a piece, not of a line
    assert offered(categories=("贵",)) == {"C", "D"}
    assert offered(stock=("A", "D", "never sold")) == {"A", "D"}
    assert offered(stock=("A", "D"), categories=("贵",)) == {"D"}
    assert offered(exclude=("Z", "A")) == {"B", "C", "D"}
    assert offered(item="category") == {"贵", "平"}
    for wrong in ({"stock": ("nothing",)}, {"categories": ("nothing",)}, {"rating": "nothing"}):
        with pytest.raises(ParamError):
            offered(**wrong)


def test_one_product_in_stock_lists_everybody_who_lacks_it(tmp_path: Path, engine: Engine) -> None:
    lines = a_shop()
    result = recommend.analyze(lines_dataset(tmp_path, engine, lines), params(stock=("A0",), top=1))
    lacking = {line[0] for line in lines} - {line[0] for line in lines if line[2] == "A0"}
    assert set(listed(result)) == lacking
    best = result.customers.order_by([result.customers.score.desc(), "customer_id"]).limit(10).execute()
    assert all(int(who[1:]) % 2 == 0 for who in best["customer_id"])  # those of the same taste come first


def test_a_rating_decides_what_is_liked(tmp_path: Path, engine: Engine) -> None:
    lines: list[Line] = [
        ("a", "2024-01-01", "P", {"x0": "5"}), ("b", "2024-01-01", "P", {"x0": "2"}),
        ("a", "2024-01-01", "Q", {"x0": "没打分"}), ("c", "2024-01-01", "R", {"x0": "4"}),
    ]  # fmt: skip
    result = recommend.analyze(
        lines_dataset(tmp_path, engine, lines), params(method="popularity", rating="评分", rating_from=4)
    )
    assert dict(result.segments[["segment", "buyers"]].values.tolist()) == {"P": 1, "Q": 0, "R": 1}
    assert "P" not in listed(result)["b"]  # rated badly, yet bought


def test_postage_is_no_product() -> None:
    names = ["POSTAGE", "运费补差", "补差价专用", "赠品：茶包", "CARRIAGE CLOCK", "茶叶", "Manual", "Manual Grinder"]
    assert no_goods(names) == ("POSTAGE", "运费补差", "补差价专用", "赠品：茶包", "Manual")


def test_data_that_allow_nothing_are_refused_in_words(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(DataError, match=r"data\.one_product"):
        recommend.analyze(lines_dataset(tmp_path / "1", engine, [("a", "2024-01-01", "P")]), params())
    both: list[Line] = [("a", "2024-01-01", "P"), ("a", "2024-01-01", "Q")]
    with pytest.raises(DataError, match=r"data\.nothing_to_recommend"):
        recommend.analyze(lines_dataset(tmp_path / "2", engine, both), params())
    with pytest.raises(DataError, match=r"data\.no_purchases"):
        recommend.analyze(lines_dataset(tmp_path / "3", engine, both), params(as_of=dt.date(2024, 1, 1)))
    for way in WAYS:
        blank = lines_dataset(tmp_path / way, engine, [("a", "2024-01-01", " "), ("b", "2024-01-01", "P"), *both])
        assert "" not in set(recommend.analyze(blank, params(method=way)).segments["segment"])


@pytest.mark.parametrize("way", WAYS)
def test_everything_refunded_still_ends_in_an_answer(tmp_path: Path, engine: Engine, way: str) -> None:
    lines: list[Line] = [(who, "2024-01-01", what, {"refund": 10}) for who, what in ("aP", "bQ", "cP")]
    result = recommend.analyze(lines_dataset(tmp_path, engine, lines), params(method=way))
    assert listed(result) == {"a": ["Q"], "b": ["P"], "c": ["Q"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "magic"}, {"top": 0}, {"top": 51}, {"item": "shop"}, {"holdout": 0.0}, {"holdout": 0.9},
        {"min_price": -1}, {"max_price": float("nan")}, {"min_price": 5, "max_price": 4}, {"trend_days": -1},
        {"trend_days": float("inf")}, {"rating_from": -1}, {"method": "auto", "evaluate": False},
    ],
)  # fmt: skip
def test_params_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ParamError):
        recommend.Params(**wrong)  # type: ignore[arg-type]


line_lists = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.dates(dt.date(2024, 1, 1), dt.date(2024, 2, 1)).map(str),
              st.sampled_from("PQRSTU")),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=line_lists, way=st.sampled_from(WAYS), top=st.integers(1, 7))
def test_everybody_gets_what_is_left_up_to_the_number_asked_for(
    tmp_path: Path, engine: Engine, lines: list[Line], way: str, top: int
) -> None:
    data = lines_dataset(Path(tempfile.mkdtemp(dir=tmp_path)), engine, lines)
    products = {line[2] for line in lines}
    had = {who: {line[2] for line in lines if line[0] == who} for who in {line[0] for line in lines}}
    left = {who: min(top, len(products - theirs)) for who, theirs in had.items()}
    if len(products) < 2 or not any(left.values()):
        with pytest.raises(DataError):
            recommend.analyze(data, params(method=way, top=top))
        return
    result = recommend.analyze(data, params(method=way, top=top))
    found = listed(result)
    assert {who: len(set(offers)) for who, offers in found.items()} == {who: n for who, n in left.items() if n}
    assert all(not set(offers) & had[who] for who, offers in found.items())
    scores = result.customers.order_by(["customer_id", "rank"]).execute().groupby("customer_id")["score"]
    assert scores.apply(lambda values: values.is_monotonic_decreasing).all()
    assert int(result.segments["customers"].sum()) == result.headline["recommendations"]
