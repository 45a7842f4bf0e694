"""Ways to get a wrong lifecycle without an error message, each held off by an invariant."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.errors import DataError, ParamError
from analytics.models import lifecycle
from analytics.models.lifecycle_moves import moves
from analytics.models.lifecycle_segments import STAGES
from tests.order_tables import Order, orders_dataset
from tests.people_tables import events_dataset


def test_an_old_file_is_not_dormant_today(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2017-12-01", 10), ("A", "2017-12-30", 10), ("B", "2017-12-20", 10)]
    result = lifecycle.analyze(orders_dataset(tmp_path, engine, orders), lifecycle.Params())
    assert result.as_of == dt.date(2017, 12, 31)
    assert set(result.segments["segment"]) == {"new", "active"}


def test_nobody_came_twice_is_said(tmp_path: Path, engine: Engine) -> None:
    """Without a gap there is no usual one: the fallback is named, not passed off as the data's."""
    result = lifecycle.analyze(orders_dataset(tmp_path, engine, [("A", "2024-01-01", 1)]), lifecycle.Params())
    assert result.limits.stages == (30, 90, 180)
    assert result.limits.from_data == ()
    assert "no_gaps" in {finding.code for finding in result.findings}


def test_a_refunded_order_is_no_visit(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-01", 10), ("A", "2024-02-01", 10, 10), ("B", "2024-02-10", 5)]
    data = orders_dataset(tmp_path, engine, orders)
    net = lifecycle.analyze(data, lifecycle.Params()).customers.execute().set_index("customer_id")
    assert net.loc["A", ["recency_days", "visit_days"]].tolist() == [41, 1]
    keep = lifecycle.analyze(data, lifecycle.Params(refund_policy="keep")).customers.execute().set_index("customer_id")
    assert keep.loc["A", ["recency_days", "visit_days"]].tolist() == [10, 2]


def test_money_on_several_events_is_not_added_up(tmp_path: Path, engine: Engine) -> None:
    """An order that is placed and then paid carries its amount twice."""
    rows = [("u", "2024-01-01", "placed", 9.0), ("u", "2024-01-02", "paid", 9.0), ("v", "2024-01-02", "view", None)]
    data = events_dataset(tmp_path, engine, rows)
    result = lifecycle.analyze(data, lifecycle.Params())
    assert not result.valued
    assert "revenue" not in result.segments
    assert "monetary" not in result.customers.columns
    assert "ambiguous_amount" in {finding.code for finding in result.findings}
    paid = lifecycle.analyze(data, lifecycle.Params(activity=("paid",)))
    assert float(paid.segments["revenue"].sum()) == 9


def test_without_amounts_no_money_is_told(tmp_path: Path, engine: Engine) -> None:
    rows = [(f"u{i % 5}", f"2024-01-{1 + i % 9:02}", "view") for i in range(40)]
    data = events_dataset(tmp_path, engine, rows)
    result = lifecycle.analyze(data, lifecycle.Params())
    assert not any("¥" in finding.text.in_language(lang) for finding in result.findings for lang in ("zh", "en"))
    assert moves(data, result).flows["revenue"].isna().all()


def test_an_unfinished_interval_is_marked_and_not_told_as_a_whole(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [("A", "2024-01-01", 1), ("A", "2024-02-01", 1), ("B", "2024-03-02", 1)]
    result = lifecycle.analyze(orders_dataset(tmp_path, engine, orders), lifecycle.Params(interval="month"))
    assert result.flow["incomplete"].tolist() == [False, False, True]
    told = next(finding.text for finding in result.findings if finding.code == "flow")
    assert "2024-02-01" in told.in_language("zh")
    whole = lifecycle.Params(interval="month", as_of=dt.date(2024, 4, 1))
    assert not lifecycle.analyze(orders_dataset(tmp_path, engine, orders), whole).flow["incomplete"].any()


def test_row_order_changes_nothing(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [(f"c{i % 17}", f"2024-0{i % 6 + 1}-{i % 28 + 1:02}", i % 7 + 0.25) for i in range(1, 200)]
    shuffled = list(orders)
    random.Random(7).shuffle(shuffled)
    one, two = (
        lifecycle.analyze(orders_dataset(tmp_path / name, engine, rows), lifecycle.Params())
        for name, rows in (("a", orders), ("b", shuffled))
    )
    frames = [result.customers.order_by("customer_id").execute() for result in (one, two)]
    assert frames[0].equals(frames[1])
    assert one.flow.equals(two.flow)
    assert one.findings == two.findings


def test_stray_records_long_before_are_pointed_out(tmp_path: Path, engine: Engine) -> None:
    rows = [("u0", "2017-09-11 10:00:00", "pv")]
    rows += [(f"u{i % 200}", f"2017-11-{25 + i % 5} 10:00:00", "pv") for i in range(400)]
    data = events_dataset(tmp_path, engine, rows)
    result = lifecycle.analyze(data, lifecycle.Params())
    assert "stray" in {finding.code for finding in result.findings}
    later = lifecycle.analyze(data, lifecycle.Params(since=dt.date(2017, 11, 25)))
    assert "stray" not in {finding.code for finding in later.findings}
    assert later.flow["start"].iloc[0] == dt.date(2017, 11, 25)


def test_nothing_within_the_dates(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10)])
    for params in (lifecycle.Params(as_of=dt.date(2024, 1, 5)), lifecycle.Params(since=dt.date(2024, 1, 6))):
        with pytest.raises((DataError, ParamError)):
            lifecycle.analyze(data, params)


def test_only_refunds(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10, 10)])
    result = lifecycle.analyze(data, lifecycle.Params())
    assert result.segments["segment"].tolist() == ["no_net_spend"]
    assert [finding.code for finding in result.findings] == ["overview"]


def test_stage_changes_need_a_date_inside_the_data(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10), ("A", "2024-03-05", 10)])
    result = lifecycle.analyze(data, lifecycle.Params())
    for day in (dt.date(2024, 1, 5), dt.date(2024, 3, 6)):
        with pytest.raises(ParamError, match=r"param\.earlier"):
            moves(data, result, day)


@pytest.mark.parametrize(
    "wrong",
    [
        {"interval": "year"}, {"refund_policy": "maybe"}, {"quantiles": (0.9, 0.75, 0.97)}, {"quantiles": (0.5, 0.9)},
        {"quantiles": (0.5, 0.9, 1.0)}, {"at_risk_days": -1.0}, {"at_risk_days": 0.0}, {"lost_days": float("nan")},
        {"at_risk_days": 30.0, "lost_days": 30.0}, {"own_visits": 2},
        {"since": dt.date(2024, 2, 1), "as_of": dt.date(2024, 2, 1)},
    ],
)  # fmt: skip
def test_params_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ParamError):
        lifecycle.Params(**wrong)  # type: ignore[arg-type]


def test_limits_and_events_that_do_not_fit_the_data_are_refused(tmp_path: Path, engine: Engine) -> None:
    orders = orders_dataset(tmp_path / "o", engine, [("A", "2024-01-01", 1), ("A", "2024-01-31", 1)])
    with pytest.raises(ParamError, match=r"param\.limits"):
        lifecycle.analyze(orders, lifecycle.Params(lost_days=5))  # the data's dormant is 31
    with pytest.raises(ParamError, match=r"param\.activity"):
        lifecycle.analyze(orders, lifecycle.Params(activity=("buy",)))
    events = events_dataset(tmp_path / "e", engine, [("A", "2024-01-01", "buy")])
    with pytest.raises(ParamError, match=r"buy"):
        lifecycle.analyze(events, lifecycle.Params(activity=("buys",)))


orders_lists = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"),
        st.dates(dt.date(2024, 1, 1), dt.date(2024, 4, 15)).map(str),
        st.decimals(1, 100, places=2).map(float),
        st.sampled_from([0.0, 0.0, 0.0, 0.5, 400.0]),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=orders_lists, interval=st.sampled_from(["day", "week", "month"]), own=st.booleans())
def test_flow_identity_and_partition(
    tmp_path: Path, engine: Engine, orders: list[Order], interval: lifecycle.IntervalChoice, own: bool
) -> None:
    # A folder of its own: DuckDB may hold on to what it read from a file that is then written anew within a moment.
    data = orders_dataset(Path(tempfile.mkdtemp(dir=tmp_path)), engine, orders)
    result = lifecycle.analyze(data, lifecycle.Params(interval=interval, own_rhythm=own, own_visits=3))
    flow = result.flow
    assert (flow["active"] == flow["new"] + flow["returning"] + flow["resurrecting"]).all()
    # Who was active before either comes again or is dormant.
    before = flow["active"].shift(1, fill_value=0)
    assert (before == flow["returning"] + flow["dormant"]).all()
    visits: dict[str, set[dt.date]] = defaultdict(set)
    for who, day, sold, back in orders:  # type: ignore[misc]
        if back < sold:
            visits[who].add(dt.date.fromisoformat(day))
    assert flow["new"].sum() == len(visits)
    frame = result.customers.execute().set_index("customer_id")
    assert set(frame.index) == {order[0] for order in orders}
    assert frame.index.is_unique
    assert set(frame["segment"]) <= set(STAGES)
    assert result.segments["customers"].sum() == len(frame)
    assert result.segments["revenue"].sum() == pytest.approx(float(frame["monetary"].sum()))
    for who, days in visits.items():
        ordered = sorted(days)
        gaps = [(b - a).days for a, b in itertools.pairwise(ordered)]
        if own and len(days) >= 3:
            assert frame.loc[who, "usual_gap_days"] == statistics.median(gaps)
        else:
            assert frame.loc[who, "usual_gap_days"] == result.limits.usual_days
    assert (frame.loc[frame["segment"] == "no_net_spend", "visit_days"] == 0).all()
