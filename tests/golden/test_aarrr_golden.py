"""AARRR on tables small enough to count by hand. The comments show the count."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.models import aarrr
from tests.order_tables import Order, orders_dataset
from tests.retention_tables import Event, customers_dataset, events_dataset

# Counted to 2024-04-16: April is not over.
ORDERS: list[Order] = [
    ("A", "2024-01-05", 100), ("A", "2024-01-25", 50), ("A", "2024-02-10", 50), ("A", "2024-04-01", 30),
    ("B", "2024-01-20", 200), ("B", "2024-03-20", 10),
    ("C", "2024-02-03", 80), ("C", "2024-03-04", 20),
    ("D", "2024-03-25", 60),
]  # fmt: skip
AS_OF = dt.date(2024, 4, 16)
# B was invited by A, C by a stranger, D by D; A by nobody. E never ordered, and came to the list before the data.
PEOPLE: list[dict[str, str | None]] = [
    {"customer_id": "A", "registered_at": "2024-01-01", "inviter_id": None},
    {"customer_id": "B", "registered_at": "2024-01-10", "inviter_id": "A"},
    {"customer_id": "C", "registered_at": "2024-02-03", "inviter_id": "nobody-we-know"},
    {"customer_id": "D", "registered_at": "2024-03-01", "inviter_id": "D"},
    {"customer_id": "E", "registered_at": "2023-06-01", "inviter_id": None},
    {"customer_id": "F", "registered_at": "2024-02-20", "inviter_id": "A"},
]


def stage(result: aarrr.Result, name: str) -> dict[str, float]:
    row = result.stages.set_index("stage").loc[name]
    return {column: float(row[column]) for column in ("value", "base", "rate")}


def trend(result: aarrr.Result, *columns: str) -> list[list[float]]:
    return result.trend[list(columns)].astype(float).to_numpy().tolist()


def segments(result: aarrr.Result, column: str) -> dict[str, str]:
    return dict(result.customers.select(column, "segment").execute().itertuples(index=False))


def test_orders_alone(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, ORDERS)
    result = aarrr.analyze(data, aarrr.Params(period="month", as_of=AS_OF, activation_days=29))
    assert stage(result, "acquisition")["value"] == 4
    # 29 days: A again after 20, B after 60, C after 30. D's 29 days end on 04-23: not over.
    assert stage(result, "activation") == pytest.approx({"value": 1, "base": 3, "rate": 1 / 3})
    # January → February: A of A, B. February → March: C of A, C. March → April: April is not over.
    assert stage(result, "retention") == pytest.approx({"value": 2, "base": 4, "rate": 0.5})
    assert stage(result, "revenue")["value"] == 600
    assert result.stages.set_index("stage")["each"]["revenue"] == 150
    assert math.isnan(stage(result, "referral")["value"])
    assert result.stages.set_index("stage")["missing"].tolist() == [False, False, False, False, True]
    nan = math.nan
    np.testing.assert_allclose(trend(result, "acquired", "activation_rate", "active", "retention_rate", "revenue"), [
        [2, 0.5, 2, 0.5, 350],
        [1, 0, 2, 0.5, 130],
        [1, nan, 3, nan, 90],
        [nan, nan, nan, nan, nan],
    ])  # fmt: skip
    assert result.trend["referral_rate"].isna().all()
    assert segments(result, "customer_id") == {"A": "retention", "B": "retention", "C": "retention", "D": "open"}


def test_a_day_more_activates_one_more(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, ORDERS)
    result = aarrr.analyze(data, aarrr.Params(period="month", as_of=AS_OF, activation_days=30))
    assert stage(result, "activation") == pytest.approx({"value": 2, "base": 3, "rate": 2 / 3})


def with_people(folder: Path, engine: Engine) -> aarrr.Dataset:
    return orders_dataset(folder / "o", engine, ORDERS).with_beside([customers_dataset(folder / "c", engine, PEOPLE)])


def test_referral_from_the_customers_table(tmp_path: Path, engine: Engine) -> None:
    result = aarrr.analyze(with_people(tmp_path, engine), aarrr.Params(period="month", as_of=AS_OF))
    # New: A, B, C, D, all listed; B and C were invited, D invited herself.
    assert stage(result, "referral") == {"value": 2, "base": 4, "rate": 0.5}
    assert segments(result, "customer_id")["A"] == "referral"  # brought B and F
    people = result.customers.execute().set_index("customer_id")
    assert people["invited"].to_dict() == {"A": 2, "B": 0, "C": 0, "D": 0}


def test_acquisition_by_registration_and_activation_by_payment(tmp_path: Path, engine: Engine) -> None:
    params = aarrr.Params(
        period="month", as_of=AS_OF, acquisition="registered", activation="payment", activation_days=15
    )
    result = aarrr.analyze(with_people(tmp_path, engine), params)
    # The data begin on 01-05: A (01-01) and E registered before and may have paid before. Acquired: B, C, D, F.
    assert stage(result, "acquisition")["value"] == 4
    # Paid within 15 days: B after 10, C on the day, D after 24, F never.
    assert stage(result, "activation") == {"value": 2, "base": 4, "rate": 0.5}
    assert segments(result, "customer_id") == {
        "A": "referral", "B": "retention", "C": "retention", "D": "acquisition", "F": "acquisition",
    }  # fmt: skip


EVENTS: list[Event] = [
    ("u1", "visit", "2024-01-01 10:00:00", None), ("u1", "signup", "2024-01-01 10:05:00", None),
    ("u1", "pay", "2024-01-02 10:00:00", 30), ("u1", "invite", "2024-01-03 10:00:00", None),
    ("u2", "visit", "2024-01-01 11:00:00", None), ("u2", "visit", "2024-01-02 11:00:00", None),
    ("u3", "visit", "2024-01-02 12:00:00", None), ("u3", "pay", "2024-01-02 13:00:00", 12.5),
    ("u4", "visit", "2024-01-03 09:00:00", None),
]  # fmt: skip


def test_events_with_chosen_stages(tmp_path: Path, engine: Engine) -> None:
    data = events_dataset(tmp_path, engine, EVENTS, amounts=True)
    params = aarrr.Params(
        period="day", activation="event", activation_events=("signup",), activation_days=1, referral_events=("invite",)
    )
    result = aarrr.analyze(data, params)
    assert stage(result, "acquisition")["value"] == 4
    # One day to sign up: over for u1, u2 and u3 on 01-03; u4 came that day.
    assert stage(result, "activation") == pytest.approx({"value": 1, "base": 3, "rate": 1 / 3})
    # 01-01 → 01-02: u1, u2 of two. 01-02 → 01-03: u1 of u1, u2, u3.
    assert stage(result, "retention") == pytest.approx({"value": 3, "base": 5, "rate": 0.6})
    # "pay" is the only event with an amount.
    assert stage(result, "revenue") == {"value": 42.5, "base": 4, "rate": 0.5}
    assert stage(result, "referral") == {"value": 1, "base": 4, "rate": 0.25}
    assert segments(result, "user_id") == {"u1": "referral", "u2": "retention", "u3": "revenue", "u4": "open"}


def test_payers_are_known_without_amounts_and_money_is_not(tmp_path: Path, engine: Engine) -> None:
    data = events_dataset(tmp_path, engine, EVENTS)
    result = aarrr.analyze(data, aarrr.Params(period="day", revenue_events=("pay",)))
    found = result.stages.set_index("stage").loc["revenue"]
    assert (found["payers"], found["base"], found["rate"]) == (2, 4, 0.5)
    assert math.isnan(found["value"])
    assert result.trend["revenue"].isna().all()  # not 0
    unknown = aarrr.analyze(data, aarrr.Params(period="day"))
    assert unknown.stages.set_index("stage")["missing"]["revenue"]
    assert pd.isna(unknown.stages.set_index("stage")["payers"]["revenue"])
    assert unknown.trend["payers"].isna().all()
