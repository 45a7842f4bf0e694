"""RFM on tables small enough to count by hand. The comments show the count."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.models import rfm
from analytics.models.rfm_compare import migrate, sensitivity
from analytics.models.rfm_scoring import Cuts
from tests.order_tables import Order, orders_dataset

# Last record 2024-01-10, so as_of is 2024-01-11. Days since the last order: A 1, B 2, C 3, D 4, E 5.
# Orders: A 5, B 4, C 3, D 2, E 1. Money: A 500, B 400, C 300, D 200, E 100.
LADDER: list[Order] = [
    *[("A", day, 100) for day in ("2024-01-10", "2024-01-09", "2024-01-03", "2024-01-02", "2024-01-01")],
    *[("B", day, 100) for day in ("2024-01-09", "2024-01-08", "2024-01-03", "2024-01-02")],
    *[("C", day, 100) for day in ("2024-01-08", "2024-01-07", "2024-01-03")],
    *[("D", day, 100) for day in ("2024-01-07", "2024-01-06")],
    ("E", "2024-01-06", 100),
]


def customers(result: rfm.Result, *columns: str) -> dict[str, tuple[object, ...]]:
    frame = result.customers.order_by("customer_id").execute()
    return {row[0]: tuple(row[1:]) for row in frame[["customer_id", *columns]].itertuples(index=False)}


def test_quantiles_on_a_ladder(tmp_path: Path, engine: Engine) -> None:
    result = rfm.analyze(orders_dataset(tmp_path, engine, LADDER), rfm.Params())
    assert result.as_of == dt.date(2024, 1, 11)
    # One customer a fifth: the cut points are the four lower values of each measure.
    assert result.cuts == Cuts(r=(1, 2, 3, 4), f=(1, 2, 3, 4), m=(100, 200, 300, 400))
    assert customers(result, "recency_days", "frequency", "r", "f", "m", "segment") == {
        "A": (1, 5, 5, 5, 5, "champions"),
        "B": (2, 4, 4, 4, 4, "loyal"),
        "C": (3, 3, 3, 3, 3, "need_attention"),
        "D": (4, 2, 2, 2, 2, "hibernating"),
        "E": (5, 1, 1, 1, 1, "lost"),
    }
    expected = pd.DataFrame(
        {
            "segment": ["champions", "loyal", "need_attention", "hibernating", "lost"],
            "customers": [1, 1, 1, 1, 1],
            "customer_share": [0.2] * 5,
            "revenue": [500.0, 400.0, 300.0, 200.0, 100.0],
            "revenue_share": [500 / 1500, 400 / 1500, 300 / 1500, 200 / 1500, 100 / 1500],
            "recency_days": [1.0, 2.0, 3.0, 4.0, 5.0],
            "frequency": [5.0, 4.0, 3.0, 2.0, 1.0],
            "monetary": [500.0, 400.0, 300.0, 200.0, 100.0],
        }
    )
    pd.testing.assert_frame_equal(result.segments, expected, check_dtype=False)


def test_fixed_cut_points(tmp_path: Path, engine: Engine) -> None:
    params = rfm.Params(method="fixed", r_cuts=(2, 4), f_cuts=(2, 4), m_cuts=(150, 350))
    result = rfm.analyze(orders_dataset(tmp_path, engine, LADDER), params)
    # A day, an order or a yuan that lies on a cut stays on its lower side: 2 days is still the best class.
    assert customers(result, "r", "f", "m", "segment") == {
        "A": (3, 3, 3, "champions"),
        "B": (3, 2, 3, "champions"),  # on the scale of five: R 5, mean of F 3 and M 5 is 4
        "C": (2, 2, 2, "need_attention"),
        "D": (2, 1, 2, "need_attention"),  # R 3, mean of F 1 and M 3 is 2
        "E": (1, 1, 1, "lost"),
    }


def test_mean_split_gives_the_eight_types(tmp_path: Path, engine: Engine) -> None:
    # Recency by customer, as_of 2024-03-01 (last record 02-29): far = 31 days (01-30), near = 1 day.
    far, near = "2024-01-30", "2024-02-29"
    orders: list[Order] = [
        *[("RFM", near, 100)] * 3, *[("RF", near, 1)] * 3, ("RM", near, 300), ("R", near, 3),
        *[("FM", far, 100)] * 3, *[("F", far, 1)] * 3, ("M", far, 300), ("none", far, 3),
    ]  # fmt: skip
    result = rfm.analyze(orders_dataset(tmp_path, engine, orders), rfm.Params(method="mean"))
    # Means over eight customers: R (4×1 + 4×31)/8 = 16, F (4×3 + 4×1)/8 = 2, M (4×300 + 4×3)/8 = 151.5
    assert result.cuts == Cuts(r=(16,), f=(2,), m=(151.5,))
    assert customers(result, "segment") == {
        "RFM": ("key_value",),
        "RM": ("key_develop",),
        "FM": ("key_keep",),
        "M": ("key_retain",),
        "RF": ("plain_value",),
        "R": ("plain_develop",),
        "F": ("plain_keep",),
        "none": ("plain_retain",),
    }


def test_refund_policies(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [
        ("A", "2024-01-01", 100),
        ("A", "2024-01-05", 80, 80),  # wholly refunded, and the latest
        ("B", "2024-01-02", 100, 30),  # partly refunded
        ("B", "2024-01-03", 50),
        ("C", "2024-01-04", 60, 60),  # nothing left
        ("D", "2024-01-04", 0, 20),  # only money back
    ]
    data = orders_dataset(tmp_path, engine, orders)
    shown = ("recency_days", "frequency", "monetary", "segment")

    def answer(policy: rfm.RefundPolicy) -> dict[str, tuple[object, ...]]:
        result = rfm.analyze(data, rfm.Params(method="fixed", refund_policy=policy))
        return {
            name: (None if pd.isna(days) else days, count, float(str(money)), segment == "no_net_spend")
            for name, (days, count, money, segment) in customers(result, *shown).items()
        }

    # as_of is 2024-01-06
    assert answer("net") == {
        "A": (5, 1, 100.0, False),
        "B": (3, 2, 120.0, False),
        "C": (None, 0, 0.0, True),
        "D": (None, 0, -20.0, True),
    }
    assert answer("drop") == {
        "A": (5, 1, 100.0, False),
        "B": (3, 1, 50.0, False),
        "C": (None, 0, 0.0, True),
        "D": (None, 0, 0.0, True),
    }
    assert answer("keep") == {
        "A": (1, 2, 180.0, False),
        "B": (3, 2, 150.0, False),
        "C": (2, 1, 60.0, False),
        "D": (None, 0, 0.0, True),
    }


def test_migration_counts_each_customer_once(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [
        ("stays", "2024-01-01", 100), ("stays", "2024-02-28", 100),
        ("leaves", "2024-01-30", 500),
        ("comes", "2024-02-20", 70),
    ]  # fmt: skip
    data = orders_dataset(tmp_path, engine, orders)
    params = rfm.Params(method="fixed", r_cuts=(10, 20, 30, 40), f_cuts=(1, 2, 3, 4), m_cuts=(90, 150, 300, 400))
    result = rfm.analyze(data, params)
    migration = migrate(data, result, dt.date(2024, 2, 1))
    # On 02-01 stays: 31 days R 2, F 1, M 2, mean 1.5 → 2. leaves: 2 days R 5, F 1, M 5, mean 3.
    # On 02-29 stays: 1 day R 5, F 2, M 3, mean 2.5 → 3.
    #   leaves: 30 days R 3, F 1, M 5, mean 3. comes: 9 days R 5, F 1, M 1.
    flows = {(r.source, r.target): (r.customers, r.revenue, r.spent_between) for r in migration.flows.itertuples()}
    assert flows == {
        ("hibernating", "potential"): (1, 200.0, 100.0),
        ("potential", "need_attention"): (1, 500.0, 0.0),
        ("new_buyer", "new"): (1, 70.0, 70.0),
    }


def test_sensitivity_starts_with_the_current_answer(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, LADDER)
    result = rfm.analyze(data, rfm.Params())
    table = sensitivity(data, result)
    first = table.iloc[0]
    # champions and loyal are core; need_attention is to be won back; hibernating and lost are low.
    assert first[["moved", "value_customers", "win_back_customers", "low_customers"]].tolist() == [0, 2, 1, 2]
    assert first["value_revenue"] == pytest.approx(900)
    # Ignoring refunds changes nothing in data without refunds.
    assert table["moved"].iloc[-2:].tolist() == [0, 0]
