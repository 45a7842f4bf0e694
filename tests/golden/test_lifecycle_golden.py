"""The lifecycle on tables small enough to count by hand. The comments show the count."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.models import lifecycle
from analytics.models.lifecycle_moves import gap_bars, moves
from tests.order_tables import Order, orders_dataset
from tests.people_tables import customers_dataset, events_dataset

# Last record 2024-03-10, so as_of is 03-11 and March is not over.
MONTHS: list[Order] = [
    ("A", "2024-01-05", 10), ("A", "2024-02-05", 20), ("A", "2024-03-05", 30),
    ("B", "2024-01-10", 7), ("B", "2024-03-10", 8),
    ("C", "2024-02-20", 5),
    ("D", "2024-03-01", 4), ("D", "2024-03-01", 1),
]  # fmt: skip

# Counted on 2024-03-01. Gaps: F 2, 2, 2; P, Q, R 10 each; S 20, 20, 20. The median of nine is the fifth: 10.
STAGES: list[Order] = [
    *[("F", f"2024-02-{day}", 10) for day in (20, 22, 24, 26)],
    ("P", "2024-01-01", 10), ("P", "2024-01-11", 10),
    ("Q", "2024-01-05", 10), ("Q", "2024-01-15", 10),
    ("R", "2024-01-02", 10), ("R", "2024-01-12", 10),
    *[("S", day, 100) for day in ("2023-12-01", "2023-12-21", "2024-01-10", "2024-01-30")],
    ("N", "2024-02-20", 1), ("O", "2024-02-10", 2), ("T", "2024-02-15", 3), ("L", "2023-12-01", 4),
    ("X", "2024-02-25 09:00:00", 5), ("X", "2024-02-25 21:00:00", 5),
    ("Z", "2024-02-20", 9, 9),
]  # fmt: skip
BY_DAYS = lifecycle.Params(at_risk_days=15, dormant_days=30, lost_days=60, as_of=dt.date(2024, 3, 1))


def stages_of(result: lifecycle.Result, *columns: str) -> dict[str, tuple[object, ...]]:
    frame = result.customers.execute()
    return {row[0]: tuple(row[1:]) for row in frame[[frame.columns[0], *columns]].itertuples(index=False)}


def test_the_flow_by_month(tmp_path: Path, engine: Engine) -> None:
    result = lifecycle.analyze(orders_dataset(tmp_path, engine, MONTHS), lifecycle.Params(interval="month"))
    assert result.as_of == dt.date(2024, 3, 11)
    expected = pd.DataFrame(
        {
            "start": [dt.date(2024, 1, 1), dt.date(2024, 2, 1), dt.date(2024, 3, 1)],
            "active": [2, 2, 3],  # A B · A C · A B D
            "new": [2, 1, 1],
            "returning": [0, 1, 1],  # A and A
            "resurrecting": [0, 0, 1],  # B, who skipped February
            "dormant": [0, 1, 1],  # B in February, C in March
            "active_value": [17.0, 25.0, 43.0],
            "new_value": [17.0, 5.0, 5.0],
            "returning_value": [0.0, 20.0, 30.0],
            "resurrecting_value": [0.0, 0.0, 8.0],
            "dormant_value": [0.0, 7.0, 5.0],  # what B spent in January, and C in February
            "incomplete": [False, False, True],
            "censored": [True, False, False],
        }
    )
    pd.testing.assert_frame_equal(result.flow, expected)
    # Gaps: A 31 and 29 (2024 has a 29 February), B 60; D's two orders of one day are one visit.
    assert result.gaps.values.tolist() == [[29, 1], [31, 1], [60, 1]]
    # The smallest gap that half of three reach is the second; three quarters and more need the third. A day apart.
    limits = result.limits
    assert (limits.usual_days, *limits.stages) == (31, 60, 61, 62)
    assert (limits.gaps, limits.repeaters) == (3, 2)


def test_weeks_begin_on_monday_and_empty_ones_are_there(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-07", 1), ("A", "2024-01-08", 1), ("B", "2024-01-24", 1)]  # Sunday, Monday
    flow = lifecycle.analyze(orders_dataset(tmp_path, engine, orders), lifecycle.Params(interval="week")).flow
    assert flow["start"].tolist() == [dt.date(2024, 1, 1) + dt.timedelta(days=7 * week) for week in range(4)]
    assert flow[["active", "new", "returning", "resurrecting", "dormant"]].to_numpy().tolist() == [
        [1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [0, 0, 0, 0, 1], [1, 1, 0, 0, 0],
    ]  # fmt: skip
    assert flow["incomplete"].tolist() == [False, False, False, True]


def test_stages_by_own_rhythm(tmp_path: Path, engine: Engine) -> None:
    result = lifecycle.analyze(orders_dataset(tmp_path, engine, STAGES), BY_DAYS)
    assert result.limits.usual_days == 10
    assert stages_of(result, "recency_days", "usual_gap_days", "times_usual", "segment") == {
        "F": (4, 2.0, 2.0, "at_risk"),  # own gap 2 of 10: limits 3, 6, 12
        "S": (31, 20.0, 1.55, "at_risk"),  # own gap 20 of 10: limits 30, 60, 120
        "P": (50, 10.0, 5.0, "dormant"),  # two visits are too few for a rhythm
        "Q": (46, 10.0, 4.6, "dormant"),
        "R": (49, 10.0, 4.9, "dormant"),
        "N": (10, 10.0, 1.0, "new"),
        "T": (15, 10.0, 1.5, "new"),  # on the limit is not beyond it
        "X": (5, 10.0, 0.5, "new"),  # two orders on one day are one visit
        "O": (20, 10.0, 2.0, "at_risk"),
        "L": (91, 10.0, 9.1, "lost"),
        "Z": (pytest.approx(float("nan"), nan_ok=True),) * 3 + ("no_net_spend",),
    }
    table = result.segments.set_index("segment")
    assert table["customers"].to_dict() == {"new": 3, "at_risk": 3, "dormant": 3, "lost": 1, "no_net_spend": 1}
    # Of the ten with a stage: new 14, at risk 40 + 400 + 2, dormant 60, lost 4.
    assert table["customer_share"].dropna().tolist() == pytest.approx([0.3, 0.3, 0.3, 0.1])
    assert table["revenue"].tolist() == pytest.approx([14, 442, 60, 4, 0])
    assert table["revenue_share"].dropna().sum() == pytest.approx(1)
    # F, S, O and T are past their usual gap and not yet dormant; N is on it.
    assert result.early["customers"] == result.headline["early_customers"] == 4


def test_stages_by_the_same_days_for_all(tmp_path: Path, engine: Engine) -> None:
    params = lifecycle.Params(**{**vars(BY_DAYS), "own_rhythm": False})
    stages = stages_of(lifecycle.analyze(orders_dataset(tmp_path, engine, STAGES), params), "segment")
    assert (stages["F"], stages["S"]) == (("active",), ("dormant",))


def test_stage_changes(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, STAGES)
    moved = moves(data, lifecycle.analyze(data, BY_DAYS), dt.date(2024, 2, 1))
    # On 02-01: P 21, R 20 and Q 17 days; S 2 days with a rhythm of 20; L 62 days. The others had not come yet.
    flows = {(r.source, r.target): (r.customers, r.revenue, r.spent_between) for r in moved.flows.itertuples()}
    assert flows == {
        ("active", "at_risk"): (1, 400.0, 0.0),
        ("at_risk", "dormant"): (3, 60.0, 0.0),
        ("lost", "lost"): (1, 4.0, 0.0),
        ("new_buyer", "new"): (3, 14.0, 14.0),
        ("new_buyer", "at_risk"): (2, 42.0, 42.0),
        ("new_buyer", "no_net_spend"): (1, 0.0, 0.0),
    }


def test_the_last_year_alone(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2022-12-31", 7), ("A", "2023-01-01", 5), ("A", "2023-12-31", 1)]
    result = lifecycle.analyze(orders_dataset(tmp_path, engine, orders), lifecycle.Params())
    # as_of 2024-01-01; 365 days before is 2023-01-01, which is in.
    frame = result.customers.execute()
    assert [float(frame["monetary"].iloc[0]), float(frame["year_value"].iloc[0])] == [13.0, 6.0]


def test_gap_bars_hold_every_gap_and_the_stage_of_each(tmp_path: Path, engine: Engine) -> None:
    bars = gap_bars(lifecycle.analyze(orders_dataset(tmp_path, engine, STAGES), BY_DAYS))
    assert bars["gaps"].sum() == 9
    assert bars[["active", "at_risk", "dormant", "lost"]].sum().tolist() == [6, 3, 0, 0]  # 20 > 15
    assert (bars[["active", "at_risk", "dormant", "lost"]].sum(axis=1) == bars["gaps"]).all()


def test_a_registration_date_tells_old_customers_from_new(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path / "orders", engine, MONTHS)
    params = lifecycle.Params(interval="month", at_risk_days=60)

    def answer(**registered: str | None) -> lifecycle.Result:
        people = customers_dataset(tmp_path / "people", engine, registered)
        return lifecycle.analyze(data.with_beside([people]), params)

    known = answer(A="2023-05-01", B="2024-01-08", C="2022-01-01", D=None)
    # A and C were there before the data begin: they came back. B registered within the data; D is not known.
    assert known.flow[["new", "returning", "resurrecting"]].to_numpy().tolist() == [[1, 0, 1], [0, 1, 1], [1, 1, 1]]
    assert known.flow["censored"].tolist() == [False, False, False]
    assert stages_of(known, "segment")["C"] == ("active",)
    some = answer(A="2023-05-01", B=None, C=None, D=None)
    assert some.flow["censored"].tolist() == [True, False, False]
    assert stages_of(some, "segment")["C"] == ("new",)


def test_events_that_count(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ("u1", "2024-01-01 10:00:00", "view"), ("u1", "2024-01-01 11:00:00", "buy", 30.0),
        ("u1", "2024-01-03 10:00:00", "view"),
        ("u2", "2024-01-02 10:00:00", "view"),
    ]  # fmt: skip
    data = events_dataset(tmp_path, engine, rows)
    everything = lifecycle.analyze(data, lifecycle.Params())
    assert everything.valued
    assert everything.interval == "day"
    assert everything.flow["active"].tolist() == [1, 1, 1]
    assert stages_of(everything, "frequency", "visit_days", "recency_days") == {"u1": (3, 2, 1), "u2": (1, 1, 2)}
    bought = lifecycle.analyze(data, lifecycle.Params(activity=("buy",)))
    assert stages_of(bought, "frequency", "recency_days") == {"u1": (1, 3)}
    assert float(bought.segments["revenue"].sum()) == 30
