"""Ways to get a wrong retention without an error message, each held off by an invariant."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.errors import DataError, ParamError
from analytics.models import retention
from analytics.models.retention_periods import Calendar, index_of, start_of
from tests.order_tables import Order, orders_dataset
from tests.retention_tables import Event, customers_dataset, events_dataset

MONTHLY = retention.Params(period="month")


def test_an_old_file_is_followed_to_its_own_end(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2017-01-05", 10), ("A", "2017-02-28", 10)]
    result = retention.analyze(orders_dataset(tmp_path, engine, orders), MONTHLY)
    assert result.as_of == dt.date(2017, 3, 1)
    assert result.curve["k"].tolist() == [0, 1]  # March 2017 and all that followed are not zeros


def test_one_missing_day_makes_a_month_incomplete(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-05", 10), ("B", "2024-02-28", 10)]  # 2024-02 has a 29th
    result = retention.analyze(orders_dataset(tmp_path, engine, orders), MONTHLY)
    january = result.cells[result.cells["cohort"] == index_of(dt.date(2024, 1, 1), "month")]
    assert january["observed"].tolist() == [True, False]
    assert january["rate"].isna().tolist() == [False, True]
    assert "incomplete" in {finding.code for finding in result.findings}
    whole = retention.analyze(
        orders_dataset(tmp_path, engine, orders), retention.Params(period="month", as_of=dt.date(2024, 3, 1))
    )
    assert whole.curve.set_index("k")["rate"][1] == 0.0


def test_a_refunded_order_is_no_visit(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [
        ("A", "2024-01-05", 100), ("A", "2024-02-05", 80, 80),  # wholly refunded: did not come back
        ("B", "2024-01-06", 50, 50), ("B", "2024-02-06", 70),  # the first purchase is in February
        ("C", "2024-02-07", 0, 20),  # only money back: never a customer
        ("Z", "2024-02-29", 10),
    ]  # fmt: skip
    data = orders_dataset(tmp_path, engine, orders)
    result = retention.analyze(data, MONTHLY)
    cohorts = dict(result.customers.select("customer_id", "cohort").execute().itertuples(index=False))
    assert cohorts == {"A": "2024-01", "B": "2024-02", "Z": "2024-02"}
    assert result.curve.set_index("k")["rate"][1] == 0.0
    assert result.outside.revenue == -20.0  # C's money, in no cohort, is told
    kept = retention.analyze(data, retention.Params(period="month", refund_policy="keep"))
    assert kept.curve.set_index("k")["rate"][1] == 1.0


def test_money_back_after_the_first_purchase_lowers_revenue(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-05", 100), ("A", "2024-02-05", 0, 30), ("Z", "2024-02-29", 1)]
    result = retention.analyze(orders_dataset(tmp_path, engine, orders), MONTHLY)
    january = result.cells[result.cells["cohort"] == index_of(dt.date(2024, 1, 1), "month")]
    assert january["cumulative"].tolist() == [100, 70]
    assert january["users"].tolist() == [1, 0]


def test_two_orders_on_one_day_are_one_purchase_day(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-05 09:00", 10), ("A", "2024-01-05 21:00", 10), ("A", "2024-01-07 08:00", 10)]
    result = retention.analyze(orders_dataset(tmp_path, engine, orders), MONTHLY)
    assert result.repurchase.median_days == 2
    assert result.customers.execute()["orders"].tolist() == [3]


def test_weeks_start_on_monday_and_months_know_their_length() -> None:
    for day in (dt.date(1969, 12, 29), dt.date(2024, 1, 1), dt.date(2024, 12, 30)):
        week = index_of(day, "week")
        assert start_of(week, "week") == day
        assert index_of(day + dt.timedelta(days=6), "week") == week
        assert index_of(day + dt.timedelta(days=7), "week") == week + 1
    assert Calendar("month", dt.date(2024, 3, 1)).last_complete == index_of(dt.date(2024, 2, 1), "month")
    assert Calendar("month", dt.date(2024, 2, 29)).last_complete == index_of(dt.date(2024, 1, 1), "month")


def test_people_from_before_since_are_no_new_customers(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("old", "2024-01-05", 10), ("old", "2024-03-05", 10), ("new", "2024-03-06", 10)]
    params = retention.Params(period="month", since=dt.date(2024, 2, 1))
    result = retention.analyze(orders_dataset(tmp_path, engine, orders), params)
    assert result.customers.execute()["customer_id"].tolist() == ["new"]
    assert result.outside.records == 2


def test_a_first_cohort_full_of_old_customers_is_named(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [(f"a{n}", "2024-01-05", 10) for n in range(90)]
    orders += [(f"b{month}{n}", f"2024-0{month}-05", 10) for month in (2, 3, 4) for n in range(20)]
    result = retention.analyze(orders_dataset(tmp_path, engine, orders), MONTHLY)
    assert "old_customers" in {finding.code for finding in result.findings}


def test_a_small_drop_is_not_called_one(tmp_path: Path, engine: Engine) -> None:
    """Nine of forty against ten of forty is chance: no good news, no warning."""
    orders: list[Order] = []
    for month in range(1, 7):
        orders += [(f"c{month}-{n}", f"2024-{month:02}-05", 10) for n in range(40)]
        back = 9 if month > 3 else 10
        orders += [(f"c{month}-{n}", f"2024-{month + 1:02}-05", 10) for n in range(back)]
    orders.append(("end", "2024-07-31", 10))
    result = retention.analyze(orders_dataset(tmp_path, engine, orders), MONTHLY)
    assert [finding.tone for finding in result.findings if finding.code == "recent"] == ["info"]


def test_one_wild_date_does_not_choose_the_period(tmp_path: Path, engine: Engine) -> None:
    events: list[Event] = [("wild", "view", "2017-01-01 00:00:00")]
    events += [(f"u{n}", "view", f"2024-01-{n + 1:02} 10:00:00") for n in range(9)]
    data = events_dataset(tmp_path, engine, events)
    assert retention.analyze(data, retention.Params()).calendar.period == "month"
    short = retention.analyze(data, retention.Params(since=dt.date(2024, 1, 1)))
    assert short.calendar.period == "day"
    assert any("7 天内" in str(finding.text) for finding in short.findings if finding.code == "repurchase")


def test_groups_are_compared_only_beyond_chance(tmp_path: Path, engine: Engine) -> None:
    """12 of 40 against 10 of 40 is no difference; 35 against 5 is one."""
    for come, told in ((12, "误差之内"), (35, "最高的是“a”87.5%（40 位），最低的是“b”")):
        orders: list[Order] = [(f"{group}{n}", "2024-01-05", 10) for group in "ab" for n in range(40)]
        orders += [(f"a{n}", "2024-02-05", 10) for n in range(come)]
        orders += [(f"b{n}", "2024-02-05", 10) for n in range(10 if come == 12 else 5)]
        orders.append(("end", "2024-02-29", 1))
        people = [{"customer_id": f"{group}{n}", "city": group} for group in "ab" for n in range(40)]
        beside = customers_dataset(tmp_path / f"c{come}", engine, people)
        data = orders_dataset(tmp_path / f"o{come}", engine, orders).with_beside([beside])
        result = retention.analyze(data, retention.Params(period="month", by="customers.city"))
        assert [told in str(finding.text) for finding in result.findings if finding.code == "groups"] == [True]


def test_too_many_periods_are_refused_before_memory_is(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2000-01-05", 10), ("A", "2024-01-05", 10)])
    with pytest.raises(ParamError, match=r"param\.too_many_periods"):
        retention.analyze(data, retention.Params(period="day"))


def test_what_the_data_cannot_tell_is_refused(tmp_path: Path, engine: Engine) -> None:
    orders = orders_dataset(tmp_path / "o", engine, [("A", "2024-01-05", 10)])
    events = events_dataset(tmp_path / "e", engine, [("u", "view", "2024-01-05 10:00:00")])
    for data, params, code in (
        (orders, retention.Params(return_events=("buy",)), "param.events"),
        (events, retention.Params(return_events=("buy",)), "param.events"),
        (events, retention.Params(measure="revenue"), "param.measure"),
        (orders, retention.Params(by="channel"), "param.by"),
    ):
        with pytest.raises(ParamError) as refused:
            retention.analyze(data, params)
        assert refused.value.code == code
    with pytest.raises(DataError, match=r"data\.nothing_before"):
        retention.analyze(orders, retention.Params(as_of=dt.date(2024, 1, 5)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "year"}, {"measure": "profit"}, {"mode": "ever"}, {"mode": "unbounded", "measure": "revenue"},
        {"list_period": 0}, {"list_period": 1.5}, {"list_period": float("nan")}, {"refund_policy": "maybe"},
        {"by": "DROP TABLE"}, {"since": dt.date(2024, 2, 1), "as_of": dt.date(2024, 1, 1)},
    ],
)  # fmt: skip
def test_params_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ParamError):
        retention.Params(**wrong)  # type: ignore[arg-type]


days = st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 31))
records = st.lists(st.tuples(st.sampled_from("ABCDEF"), days), min_size=1, max_size=40)


@given(records=records, period=st.sampled_from(["day", "week", "month"]), k=st.integers(1, 3))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_triangle_holds_together(
    tmp_path: Path, engine: Engine, records: list[tuple[str, dt.date]], period: str, k: int
) -> None:
    events: list[Event] = [(user, "visit", f"{day} 10:00:00") for user, day in records]
    # A folder of its own for each example: DuckDB may serve a file that was written anew within the same moment from
    # its cache.
    data = events_dataset(Path(tempfile.mkdtemp(dir=tmp_path)), engine, events)
    classic = retention.analyze(data, retention.Params(period=period, list_period=k))
    cells, people = classic.cells, len({user for user, _ in records})
    seen = cells[cells["observed"]]
    assert (seen["users"] <= seen["size"]).all()
    assert cells.loc[~cells["observed"], ["users", "rate", "amount"]].isna().all(axis=None)
    assert cells.loc[cells["k"] == 0, "size"].sum() == people == len(classic.customers.execute())
    ever = retention.analyze(data, retention.Params(period=period, mode="unbounded")).cells
    both = seen.merge(ever, on=["cohort", "k"], suffixes=("", "_ever"))
    assert (both["users_ever"] >= both["users"]).all()
    assert (both["users_ever"] <= both["size"]).all()
    # A list holds exactly the people of its cell.
    listed = classic.segments.set_index("segment")["customers"]
    for cell in seen[seen["k"] == k].itertuples():
        assert listed.get(f"{classic.calendar.label(int(cell.cohort))}:in", 0) == cell.users
