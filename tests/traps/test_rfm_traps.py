"""Ways to get a wrong RFM without an error message, each held off by an invariant."""

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
from analytics.models import rfm
from analytics.models.rfm_compare import distribution, migrate
from analytics.models.rfm_segments import EIGHT, ELEVEN, SEGMENTS
from tests.order_tables import Order, orders_dataset

MANY_EQUAL: list[Order] = [(f"c{i:03}", "2024-01-01", 10) for i in range(95)] + [
    (f"d{i}", "2024-01-02", 20) for i in range(5) for _ in range(3)
]


def test_equal_customers_score_equal(tmp_path: Path, engine: Engine) -> None:
    """NTILE would spread the 95 equal customers over all five classes."""
    result = rfm.analyze(orders_dataset(tmp_path, engine, MANY_EQUAL), rfm.Params())
    scores = result.customers.select("r", "f", "m", "segment").distinct().execute()
    assert len(scores) == 2
    assert "empty_scores" in {finding.code for finding in result.findings}


def test_an_old_file_is_not_dormant_today(tmp_path: Path, engine: Engine) -> None:
    result = rfm.analyze(orders_dataset(tmp_path, engine, [("A", "2017-12-30", 10)]), rfm.Params())
    assert result.as_of == dt.date(2017, 12, 31)
    assert result.customers.recency_days.execute().tolist() == [1]


def test_row_order_changes_nothing(tmp_path: Path, engine: Engine) -> None:
    orders: list[Order] = [
        (f"c{i % 17}", f"2024-01-{i % 28 + 1:02}", round(0.1 * i, 1), round(0.1 * (i % 3), 1)) for i in range(1, 200)
    ]
    shuffled = list(orders)
    random.Random(7).shuffle(shuffled)
    first = rfm.analyze(orders_dataset(tmp_path / "a", engine, orders), rfm.Params())
    second = rfm.analyze(orders_dataset(tmp_path / "b", engine, shuffled), rfm.Params())
    columns = ["customer_id", "recency_days", "frequency", "monetary", "r", "f", "m", "segment"]
    one, two = (r.customers.select(columns).order_by("customer_id").execute() for r in (first, second))
    assert one.equals(two)


def test_every_score_has_one_segment() -> None:
    assert len(ELEVEN) == 5
    assert all(len(row) == 5 for row in ELEVEN)
    assert len({key for row in ELEVEN for key in row}) == 11
    assert len(set(EIGHT.values())) == 8
    assert {key for row in ELEVEN for key in row} | set(EIGHT.values()) | {"no_net_spend"} == set(SEGMENTS)


def test_an_order_on_the_reference_day_is_in_the_future(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-01", 10), ("A", "2024-01-05 00:00:00", 10)])
    result = rfm.analyze(data, rfm.Params(as_of=dt.date(2024, 1, 5)))
    assert result.customers.select("frequency", "recency_days").execute().values.tolist() == [[1, 4]]


def test_nothing_before_the_reference_day(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10)])
    with pytest.raises(DataError, match=r"data\.no_orders_before"):
        rfm.analyze(data, rfm.Params(as_of=dt.date(2024, 1, 5)))


def test_all_refunded(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10, 10), ("B", "2024-01-06", 10, 12)])
    for method in ("quantile", "fixed", "mean"):
        result = rfm.analyze(data, rfm.Params(method=method))
        assert result.segments["segment"].tolist() == ["no_net_spend"]
        assert [finding.code for finding in result.findings] == ["overview", "no_net_spend"]
        assert distribution(result, "monetary").empty


def test_one_customer(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10)])
    for method in ("quantile", "fixed", "mean"):
        result = rfm.analyze(data, rfm.Params(method=method))
        assert result.customers_total == 1
        assert "few_customers" in {finding.code for finding in result.findings}
        assert distribution(result, "frequency")["customers"].sum() == 1


def test_money_is_summed_exactly(tmp_path: Path, engine: Engine) -> None:
    """Ten times 0.1 is 1 in money and 0.9999999999999999 in floats."""
    orders: list[Order] = [("A", f"2024-01-{day:02}", 0.1) for day in range(1, 11)] + [("B", "2024-01-01", 1.0)]
    result = rfm.analyze(orders_dataset(tmp_path, engine, orders), rfm.Params(method="fixed", m_cuts=(0.5, 1, 2)))
    assert result.customers.m.execute().tolist() == [2, 2]


def test_migration_refuses_a_date_outside_the_data(tmp_path: Path, engine: Engine) -> None:
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10), ("A", "2024-03-05", 10)])
    result = rfm.analyze(data, rfm.Params())
    for day in (dt.date(2024, 1, 5), dt.date(2024, 3, 6)):
        with pytest.raises(ParamError, match=r"param\.earlier"):
            migrate(data, result, day)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bins": 2}, {"bins": 6}, {"method": "nope"}, {"refund_policy": "maybe"}, {"r_cuts": (30, 20)},
        {"f_cuts": (1,)}, {"m_cuts": (-1, 5)}, {"m_cuts": (1, float("nan"))}, {"r_weight": -1},
        {"r_weight": 0, "f_weight": 0, "m_weight": 0}, {"r_weight": float("nan")},
    ],
)  # fmt: skip
def test_params_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ParamError):
        rfm.Params(**wrong)  # type: ignore[arg-type]


orders_lists = st.lists(
    st.tuples(
        st.sampled_from("ABCDEFGH"),
        st.dates(dt.date(2024, 1, 1), dt.date(2024, 6, 1)).map(str),
        st.decimals(0, 1000, places=2).map(float),
        st.sampled_from([0.0, 0.0, 0.0, 5.0, 400.0]),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=orders_lists, method=st.sampled_from(["quantile", "fixed", "mean"]), bins=st.integers(3, 5))
def test_segments_partition_the_customers(
    tmp_path: Path, engine: Engine, orders: list[Order], method: rfm.Method, bins: int
) -> None:
    data = orders_dataset(Path(tempfile.mkdtemp(dir=tmp_path)), engine, orders)
    result = rfm.analyze(data, rfm.Params(method=method, bins=bins))
    frame = result.customers.execute()
    assert frame["segment"].notna().all()
    assert set(frame["customer_id"]) == {order[0] for order in orders}
    assert not frame["customer_id"].duplicated().any()
    assert result.segments["customers"].sum() == len(frame)
    assert result.segments["revenue"].sum() == pytest.approx(float(frame["monetary"].sum()))
    for measure, score, better in (("recency_days", "r", False), ("frequency", "f", True), ("monetary", "m", True)):
        ranked = frame.dropna(subset=[score]).sort_values(measure, ascending=better, kind="stable")
        assert ranked[score].is_monotonic_increasing, (measure, score)
        assert (ranked.groupby(measure)[score].nunique() == 1).all()
