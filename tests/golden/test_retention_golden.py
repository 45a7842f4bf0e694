"""Retention on tables small enough to count by hand, a published survival curve, and two real files counted anew."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import api
from analytics.engine import Engine
from analytics.models import retention
from analytics.models.retention_repurchase import kaplan_meier
from tests.conftest import PrepareFile
from tests.order_tables import Order, orders_dataset
from tests.retention_tables import Event, customers_dataset, events_dataset

# Counted to 2024-04-16, so April is not over. Cohorts: January A B, February C, March D.
ORDERS: list[Order] = [
    ("A", "2024-01-05", 100), ("A", "2024-02-10", 50), ("A", "2024-04-01", 30),
    ("B", "2024-01-20", 200),
    ("C", "2024-02-03", 80), ("C", "2024-03-04", 20),
    ("D", "2024-03-15", 60),
]  # fmt: skip
AS_OF = dt.date(2024, 4, 16)
NAN = math.nan


def analyze(folder: Path, engine: Engine, orders: list[Order] = ORDERS, **params: object) -> retention.Result:
    settings = {"period": "month", "as_of": AS_OF} | params
    return retention.analyze(orders_dataset(folder, engine, orders), retention.Params(**settings))  # type: ignore[arg-type]


def rates(result: retention.Result, column: str = "rate") -> dict[str, list[float]]:
    return {
        result.calendar.label(int(str(cohort))): own[column].tolist()
        for cohort, own in result.cells.groupby("cohort", sort=True)
    }


def assert_rates(found: dict[str, list[float]], expected: dict[str, list[float]]) -> None:
    assert list(found) == list(expected)
    for cohort, values in expected.items():
        np.testing.assert_allclose(found[cohort], values, err_msg=cohort)


def segments(result: retention.Result) -> dict[str, str]:
    frame = result.customers.execute()
    return dict(zip(frame["customer_id"], frame["segment"], strict=True))


def test_users_in_the_period(tmp_path: Path, engine: Engine) -> None:
    result = analyze(tmp_path, engine)
    # January: A came in February (1 of 2), nobody in March, April is not over. February: C came in March.
    assert_rates(rates(result), {"2024-01": [1, 0.5, 0, NAN], "2024-02": [1, 1, NAN], "2024-03": [1, NAN]})
    curve = result.curve.set_index("k")
    assert curve["rate"].tolist() == pytest.approx([1, 2 / 3, 0])  # (1 + 1) of (2 + 1), then 0 of 2
    assert curve["cohorts"].tolist() == [3, 2, 1]
    assert curve["customers"].tolist() == [4, 3, 2]


def test_users_in_the_period_or_later(tmp_path: Path, engine: Engine) -> None:
    result = analyze(tmp_path, engine, mode="unbounded")
    # In March A was still to come again, in April.
    assert_rates(rates(result), {"2024-01": [1, 0.5, 0.5, NAN], "2024-02": [1, 1, NAN], "2024-03": [1, NAN]})


def test_revenue(tmp_path: Path, engine: Engine) -> None:
    result = analyze(tmp_path, engine, measure="revenue")
    assert_rates(rates(result), {"2024-01": [1, 50 / 300, 0, NAN], "2024-02": [1, 20 / 80, NAN], "2024-03": [1, NAN]})
    assert_rates(
        rates(result, "cumulative"),
        {"2024-01": [150, 175, 175, NAN], "2024-02": [80, 100, NAN], "2024-03": [60, NAN]},
    )
    curve = result.curve.set_index("k")
    assert curve["rate"].tolist() == pytest.approx([1, 70 / 380, 0])
    assert curve["cumulative"].tolist() == pytest.approx([(300 + 80 + 60) / 4, (350 + 100) / 3, 175])


def test_orders_of_weeks(tmp_path: Path, engine: Engine) -> None:
    # 2024-01-01 was a Monday. X orders on Monday and Sunday of the first week, then once in the third.
    orders: list[Order] = [
        ("X", "2024-01-01", 1),
        ("X", "2024-01-07", 1),
        ("X", "2024-01-15", 1),
        ("Y", "2024-01-08", 1),
    ]
    result = analyze(tmp_path, engine, orders, period="week", measure="orders", as_of=dt.date(2024, 1, 22))
    assert_rates(rates(result), {"2024-01-01": [1, 0, 0.5], "2024-01-08": [1, 0]})


def test_lists_say_who_came_when(tmp_path: Path, engine: Engine) -> None:
    assert segments(analyze(tmp_path / "1", engine)) == {
        "A": "2024-01:in", "B": "2024-01:gone", "C": "2024-02:in", "D": "2024-03:open",
    }  # fmt: skip
    # In period 2, March, A did not come, but had in February; for C and D period 2 is not over.
    assert segments(analyze(tmp_path / "2", engine, list_period=2)) == {
        "A": "2024-01:back", "B": "2024-01:gone", "C": "2024-02:open", "D": "2024-03:open",
    }  # fmt: skip
    late: list[Order] = [("A", "2024-01-05", 100), ("A", "2024-03-02", 100), ("B", "2024-01-06", 100)]
    assert segments(analyze(tmp_path / "3", engine, late)) == {"A": "2024-01:late", "B": "2024-01:gone"}


def test_the_repurchase_curve_with_censoring(tmp_path: Path, engine: Engine) -> None:
    curve = analyze(tmp_path, engine).repurchase
    # C came again after 30 days, A after 36; D has been watched for 31 days and B for 86.
    table = curve.curve[["day", "at_risk", "events", "censored", "share"]]
    expected = pd.DataFrame(
        [(0, 4, 0, 0, 0.0), (30, 4, 1, 0, 0.25), (31, 3, 0, 1, 0.25), (36, 2, 1, 0, 0.625), (86, 1, 0, 1, 0.625)],
        columns=table.columns,
    )
    pd.testing.assert_frame_equal(table.reset_index(drop=True), expected)
    assert (curve.customers, curve.returned, curve.median_days) == (4, 2, 36)
    assert curve.within(35)[0] == 0.25
    assert math.isnan(curve.within(87)[0])


def test_a_published_survival_curve() -> None:
    """Remission of 21 patients on 6-MP: Freireich et al., Blood 21 (1963), the textbook example; + is censored.

    Interval at 6 weeks as R's survfit gives it with conf.type "log-log": 0.620 to 0.952.
    """
    events = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    censored = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
    counts = pd.DataFrame(
        [(day, True, n) for day, n in events.items()] + [(day, False, n) for day, n in censored.items()],
        columns=["day", "came", "customers"],
    )
    found = kaplan_meier(counts)
    survival = {day: round(1 - found.within(day)[0], 3) for day in events}
    assert survival == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    _, low, high = found.within(6)
    assert (round(1 - high, 3), round(1 - low, 3)) == (0.620, 0.952)
    assert found.median_days == 23


def test_everybody_and_nobody_came_again() -> None:
    both = kaplan_meier(pd.DataFrame({"day": [3, 5], "came": [True, True], "customers": [1, 1]}))
    assert both.curve["share"].tolist() == [0, 0.5, 1]
    assert both.median_days == 3
    nobody = kaplan_meier(pd.DataFrame({"day": [3, 5], "came": [False, False], "customers": [1, 1]}))
    assert nobody.curve["share"].tolist() == [0, 0, 0]
    assert nobody.median_days is None


EVENTS: list[Event] = [
    ("u1", "view", "2024-01-01 10:00:00"), ("u1", "buy", "2024-01-02 10:00:00"), ("u1", "view", "2024-01-03 10:00:00"),
    ("u2", "view", "2024-01-01 11:00:00"), ("u2", "view", "2024-01-02 09:00:00"),
    ("u3", "buy", "2024-01-02 12:00:00"), ("u3", "buy", "2024-01-03 23:59:59"),
]  # fmt: skip


def test_events_by_day_with_chosen_events(tmp_path: Path, engine: Engine) -> None:
    data = events_dataset(tmp_path, engine, EVENTS)
    anything = retention.analyze(data, retention.Params(period="day"))
    assert_rates(rates(anything), {"2024-01-01": [1, 1, 0.5], "2024-01-02": [1, 1]})
    # First view, then buying: u1 bought the day after; u3 never viewed.
    chosen = retention.analyze(data, retention.Params(period="day", start_events=("view",), return_events=("buy",)))
    assert_rates(rates(chosen), {"2024-01-01": [1, 0.5, 0]})
    assert chosen.outside.records == 2  # the purchases of u3
    assert "revenue" not in chosen.customers.columns


def test_breakdown_by_the_first_touch_and_by_the_customers_table(tmp_path: Path, engine: Engine) -> None:
    rows = [
        {"customer_id": "A", "gender": "女"},
        {"customer_id": "B", "gender": "男"},
        {"customer_id": "C", "gender": " "},
    ]
    beside = customers_dataset(tmp_path / "c", engine, rows)
    data = orders_dataset(tmp_path / "o", engine, ORDERS).with_beside([beside])
    result = retention.analyze(data, retention.Params(period="month", as_of=AS_OF, by="customers.gender"))
    first = result.groups[result.groups["k"] == 1]
    # D is in no customer list, C's cell is blank: both are "empty", D not observed in period 1.
    assert dict(zip(first["group"], first["rate"], strict=True)) == {"\x1fempty": 1.0, "女": 1.0, "男": 0.0}
    assert result.groups.drop_duplicates("group")["size"].tolist() == [2, 1, 1]


def test_online_retail_counted_anew(shared_data: Path, prepare_file: PrepareFile) -> None:
    """The monthly table of a real file, from its orders by another way: pandas periods and a crosstab."""
    data = prepare_file(shared_data / "online_retail" / "online_retail.csv.gz")
    result = retention.analyze(data, retention.Params(period="month"))
    orders = data.orders.select("customer_id", "ordered_at", "amount").execute()
    orders["month"] = orders["ordered_at"].dt.to_period("M")
    paid = orders[orders["amount"] > 0]
    first = paid.groupby("customer_id")["month"].min().rename("cohort")
    joined = paid.join(first, on="customer_id").drop_duplicates(["customer_id", "month"])
    joined["k"] = [(m - c).n for m, c in zip(joined["month"], joined["cohort"], strict=True)]
    table = pd.crosstab(joined["cohort"], joined["k"])
    last = orders["month"].max()  # 2011-12 goes to the 9th only
    assert str(last) == "2011-12"
    seen = result.cells[result.cells["observed"]]
    assert len(seen) == sum((last - cohort).n for cohort in table.index)
    for row in seen.itertuples():
        assert row.users == table.loc[pd.Period(result.calendar.label(int(row.cohort)), "M"), row.k]
    assert int(result.cells.loc[result.cells["k"] == 0, "size"].sum()) == len(first)
    assert not result.cells.loc[~result.cells["observed"], "rate"].notna().any()


def test_taobao_events_counted_anew(shared_data: Path) -> None:
    """Days of a log without a header, of epoch seconds, a few of them far outside its week."""
    path = shared_data / "taobao_userbehavior" / "UserBehavior_100k.csv"
    raw = api.open_file(path, header_row=0)
    data = api.prepare(raw, {"user_id": raw.columns[0], "event": raw.columns[3], "occurred_at": raw.columns[4]})
    since = dt.date(2017, 11, 25)
    result = retention.analyze(data, retention.Params(period="day", since=since))
    log = pd.read_csv(path, header=None).dropna()
    log["day"] = (pd.to_datetime(log[4], unit="s") + pd.Timedelta(hours=8)).dt.date
    days = log.groupby(0)["day"].agg(set)
    first = days.map(min)
    for row in result.cells[result.cells["observed"]].itertuples():
        cohort = since + dt.timedelta(days=int(row.cohort) - (since - dt.date(1970, 1, 1)).days)
        wanted = cohort + dt.timedelta(days=int(row.k))
        assert row.users == sum(wanted in own for own in days[first == cohort])
    assert int(result.cells.loc[result.cells["k"] == 0, "size"].sum()) == int((first >= since).sum())
