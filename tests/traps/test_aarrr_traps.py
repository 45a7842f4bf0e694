"""Ways to get a wrong AARRR page without an error message, each held off by an invariant."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.errors import ParamError
from analytics.models import aarrr
from tests.order_tables import Order, orders_dataset
from tests.retention_tables import customers_dataset, events_dataset


def rows(result: aarrr.Result) -> dict[str, dict[str, float]]:
    return {str(row["stage"]): row for row in result.stages.to_dict("records")}  # type: ignore[misc]


def test_a_missing_stage_reads_no_data_and_says_what_is_needed(tmp_path: Path, engine: Engine) -> None:
    result = aarrr.analyze(orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10)]), aarrr.Params(period="month"))
    found = rows(result)
    assert [stage for stage, row in found.items() if row["missing"]] == ["activation", "retention", "referral"]
    assert set(result.why_missing) == {"activation", "retention", "referral"}
    assert "activation_value" not in result.headline
    assert any("无数据" in str(finding.text) for finding in result.findings)


def test_amounts_on_several_events_are_not_all_revenue(tmp_path: Path, engine: Engine) -> None:
    """A cart's amount is a price, not money earned: which event is a payment has to be said."""
    data = events_dataset(
        tmp_path, engine, [("u", "cart", "2024-01-01", 99), ("u", "pay", "2024-01-02", 90)], amounts=True
    )
    unsaid = aarrr.analyze(data, aarrr.Params(period="day"))
    assert rows(unsaid)["revenue"]["missing"]
    assert "cart" in str(unsaid.why_missing["revenue"])
    assert rows(aarrr.analyze(data, aarrr.Params(period="day", revenue_events=("pay",))))["revenue"]["value"] == 90


def test_who_could_not_be_watched_is_not_unactivated(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-01", 10), ("A", "2024-01-10", 10), ("new", "2024-01-31", 10)]
    result = aarrr.analyze(orders_dataset(tmp_path, engine, orders), aarrr.Params(period="month", activation_days=14))
    assert rows(result)["activation"]["rate"] == 1.0  # of A alone
    assert result.trend["activation_rate"].isna().all()  # January holds someone whose days are not over


def test_a_person_in_two_rows_of_the_customers_table_counts_once(tmp_path: Path, engine: Engine) -> None:
    people: list[dict[str, str | None]] = [
        {"customer_id": "A", "inviter_id": "B"}, {"customer_id": "A", "inviter_id": "B"},
        {"customer_id": "B", "inviter_id": " "},
    ]  # fmt: skip
    orders: list[Order] = [("A", "2024-01-01", 10), ("B", "2024-01-02", 10)]
    beside = customers_dataset(tmp_path / "c", engine, people)
    result = aarrr.analyze(orders_dataset(tmp_path / "o", engine, orders).with_beside([beside]), aarrr.Params())
    assert (rows(result)["referral"]["value"], rows(result)["referral"]["base"]) == (1, 2)
    assert result.customers.execute().set_index("customer_id")["invited"].to_dict() == {"A": 0, "B": 1}


def test_since_keeps_old_customers_old(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("old", "2024-01-05", 10), ("old", "2024-03-05", 10), ("new", "2024-03-06", 20)]
    params = aarrr.Params(period="month", since=dt.date(2024, 3, 1))
    result = aarrr.analyze(orders_dataset(tmp_path, engine, orders), params)
    assert rows(result)["acquisition"]["value"] == 1
    assert rows(result)["revenue"]["value"] == 30
    assert not result.first_is_old
    listed = dict(result.customers.select("customer_id", "segment").execute().itertuples(index=False))
    assert listed == {"old": "before", "new": "open"}


def test_choices_that_mean_nothing_are_refused(tmp_path: Path, engine: Engine) -> None:
    orders = orders_dataset(tmp_path / "o", engine, [("A", "2024-01-05", 10)])
    events = events_dataset(tmp_path / "e", engine, [("u", "view", "2024-01-05")])
    for data, params, code in (
        (orders, aarrr.Params(activation="payment"), "param.activation"),
        (orders, aarrr.Params(acquisition="registered"), "param.acquisition"),
        (orders, aarrr.Params(revenue_events=("pay",)), "param.events"),
        (events, aarrr.Params(revenue_events=("pay",)), "param.events"),
        (events, aarrr.Params(activation="payment"), "param.activation"),
    ):
        with pytest.raises(ParamError) as refused:
            aarrr.analyze(data, params)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "year"}, {"acquisition": "ads"}, {"activation": "magic"}, {"activation": "event"},
        {"activation_events": ("a",)}, {"activation_days": 0}, {"activation_days": 2.5}, {"refund_policy": "x"},
        {"acquisition": "registered", "acquisition_events": ("a",)},
        {"since": dt.date(2024, 2, 1), "as_of": dt.date(2024, 1, 1)},
    ],
)  # fmt: skip
def test_params_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ParamError):
        aarrr.Params(**wrong)  # type: ignore[arg-type]


orders_lists = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 31)), st.integers(1, 50)),
    min_size=1,
    max_size=30,
)


@given(orders=orders_lists)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_stages_agree_with_the_list(tmp_path: Path, engine: Engine, orders: list[tuple[str, dt.date, int]]) -> None:
    data = orders_dataset(
        Path(tempfile.mkdtemp(dir=tmp_path)), engine, [(who, str(day), sold) for who, day, sold in orders]
    )
    result = aarrr.analyze(data, aarrr.Params(period="week", activation_days=10))
    people = len({who for who, _, _ in orders})
    found = rows(result)
    assert found["acquisition"]["value"] == people == result.segments["customers"].sum()
    assert found["revenue"]["value"] == sum(sold for _, _, sold in orders)
    for row in found.values():
        assert not row["rate"] > 1
    shown = result.trend[result.trend["retention_rate"].notna()]
    assert (shown["retained"] <= shown["active"]).all()
