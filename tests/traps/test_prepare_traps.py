"""Wrong numbers without an error, in the way from text to a dataset. Each trap names what would go wrong."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.engine import Engine
from analytics.errors import DataError
from analytics.intake import cells
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import prepare
from analytics.intake.prepare_columns import clean_id
from tests.unit.intake.raw_tables import raw_table

LINES = Mapping("lines", (("customer_id", "客户"), ("ordered_at", "日期"), ("amount", "金额"), ("order_id", "单号")))


def lines(folder: Path, engine: Engine, mapping: Mapping = LINES, **cells_of: list[str | None]) -> Any:
    """A dataset of the given columns; the other columns get plain values."""
    n = len(next(iter(cells_of.values())))
    plain: dict[str, list[str | None]] = {
        "客户": [f"c{at}" for at in range(n)],
        "日期": ["2024-01-03"] * n,
        "金额": ["1"] * n,
        "单号": [f"n{at}" for at in range(n)],
    }
    return prepare([raw_table(folder, plain | cells_of)], mapping, folder / "out", engine)


def column(data: Any, name: str) -> list[Any]:
    return data.main.order_by("row_id").select(name).to_pyarrow()[name].to_pylist()


def codes(data: Any) -> set[str]:
    return {issue.code for issue in data.manifest.issues}


def test_leading_zeros_and_case_stay_apart(tmp_path: Path, engine: Engine):
    data = lines(tmp_path, engine, 客户=["007", "7", "a1", "A1"])
    assert data.facts.entities == 4


def test_the_same_id_in_a_wrapper_is_the_same_customer(tmp_path: Path, engine: Engine):
    data = lines(tmp_path, engine, 客户=["00123", '="00123"', "'00123", "\t00123", "００１２３", " 00123 "])
    assert set(column(data, "customer_id")) == {"00123"}


def test_cleaning_ids_means_the_same_in_the_engine_and_in_python(tmp_path: Path, engine: Engine):
    texts = [
        "00123",
        '="00123"',
        "'9",
        "\t1 ",
        "ＡＢ１２",
        "NULL",
        "--",
        "a b",
        "张三",
        '"x"',
        "`1",
        "，",
        "1.0",
        "#N/A",
        "Ａ－１",
    ]
    table = engine.read_parquet(raw_table(tmp_path, {"id": texts}).path)
    got = table.mutate(clean=clean_id(table.c0)).order_by("__row").to_pyarrow()["clean"].to_pylist()
    assert got == [cells.clean_id(text) for text in texts]


def test_ids_that_went_through_a_float(tmp_path: Path, engine: Engine):
    assert column(lines(tmp_path, engine, 客户=["17850.0", "13047.0", None]), "customer_id") == ["17850", "13047"]


def test_one_id_with_a_point_does_not_change_the_others(tmp_path: Path, engine: Engine):
    assert column(lines(tmp_path, engine, 客户=["1.0", "1.5", "1"]), "customer_id") == ["1.0", "1.5", "1"]


def test_a_float_file_beside_a_text_file_is_the_same_customer(tmp_path: Path, engine: Engine):
    """Appending January (17850) to February (17850.0) must not make two customers of one."""
    first = raw_table(tmp_path, {"客户": ["17850"], "日期": ["2024-01-03"], "金额": ["1"], "单号": ["1"]}, name="1.csv")
    second = raw_table(
        tmp_path, {"客户": ["17850.0"], "日期": ["2024-02-03"], "金额": ["1"], "单号": ["2"]}, name="2.csv"
    )
    assert prepare([first, second], LINES, tmp_path / "out", engine).facts.entities == 1


@pytest.mark.parametrize(
    "ids", [["1.03531E+12", "1.03579E+12"], ["123456789012345000", "123456789012346000", "123456789012347000"]]
)
def test_damaged_ids_are_an_error_but_stay(tmp_path: Path, engine: Engine, ids: list[str | None]):
    data = lines(tmp_path, engine, 客户=ids)
    (issue,) = data.manifest.issues
    assert (issue.code, issue.severity, issue.count, issue.rows[0]) == ("damaged_ids", "error", len(ids), 2)
    assert data.facts.rows_used == len(ids)


def test_long_ids_that_are_whole_are_not_called_damaged(tmp_path: Path, engine: Engine):
    assert (
        codes(lines(tmp_path, engine, 客户=["123456789012345678", "223456789012345671", "323456789012345000"])) == set()
    )


@pytest.mark.parametrize(
    "text", ["3/4/24", "24-01-03", "infinity", "epoch", "-44-01-01", "1989-12-31", "12345-01-01", "1.5", "2200-01-01"]
)
def test_no_cast_brings_a_date_from_another_age(tmp_path: Path, engine: Engine, text: str):
    """DuckDB casts '3/4/24' to the year 3 and 'infinity' to 9999."""
    data = lines(tmp_path, engine, 日期=["2024-01-03", text])
    assert all(1990 <= moment.year <= 2100 for moment in column(data, "ordered_at"))


def test_dates_in_many_clothes_are_one_day(tmp_path: Path, engine: Engine):
    clothes: list[str | None] = [
        "2024-01-03",
        "2024/1/3",
        "2024年1月3日",
        "20240103",
        "2024.01.03",
        "45294",
        "Jan 3, 2024",
        "２０２４／１／３",
        "24-01-03",
    ]
    data = lines(tmp_path, engine, 日期=clothes)
    assert set(column(data, "ordered_at")) == {dt.datetime(2024, 1, 3)}
    assert data.facts.rows_used == len(clothes)


def test_a_zone_is_dropped_and_told(tmp_path: Path, engine: Engine):
    """Converting to UTC would move an evening order in Beijing to the day before or after."""
    data = lines(
        tmp_path, engine, 日期=["2024-01-03T23:05:00+08:00", "2024-01-03T23:05:00Z", "2024-01-03T23:05:00.5-05:00"]
    )
    assert {moment.replace(microsecond=0) for moment in column(data, "ordered_at")} == {dt.datetime(2024, 1, 3, 23, 5)}
    assert codes(data) == {"zone_dropped"}


def test_epoch_numbers_are_beijing_time_and_told(tmp_path: Path, engine: Engine):
    data = lines(tmp_path, engine, 日期=["1704261900", "1704261900000"])  # 06:05 UTC
    assert column(data, "ordered_at") == [dt.datetime(2024, 1, 3, 14, 5)] * 2
    assert codes(data) == {"epoch_times"}


def test_european_amounts_are_not_a_thousand_times_too_small(tmp_path: Path, engine: Engine):
    data = lines(tmp_path, engine, 金额=["1.234,50", "1.234", "12,50", "7"])
    assert column(data, "amount") == [Decimal("1234.5"), Decimal(1234), Decimal("12.5"), Decimal(7)]
    assert codes(data) == {"european_numbers"}


def test_a_point_stays_a_point_where_one_cell_has_a_comma(tmp_path: Path, engine: Engine):
    data = lines(tmp_path, engine, 金额=["12.50", "12,50"])
    assert column(data, "amount") == [Decimal("12.5")]
    assert [item.reason for item in data.facts.left_out] == ["bad_amount"]


def test_mixed_currencies_are_told(tmp_path: Path, engine: Engine):
    assert "mixed_currency" in codes(lines(tmp_path, engine, 金额=["¥10", "$10"]))
    assert codes(lines(tmp_path, engine, 金额=["¥10", "10元"])) == set()


def test_sums_do_not_depend_on_row_order(tmp_path: Path, engine: Engine):
    rng = random.Random(7)
    amounts: list[str | None] = [f"{rng.random() * 1000:.4f}" for _ in range(3000)]
    customers: list[str | None] = [f"c{at % 50}" for at in range(3000)]
    order = list(range(3000))
    rng.shuffle(order)
    straight = lines(tmp_path / "", engine, 金额=amounts, 客户=customers)
    (tmp_path / "b").mkdir()
    shuffled = lines(tmp_path / "b", engine, 金额=[amounts[at] for at in order], 客户=[customers[at] for at in order])
    assert straight.facts.gross == shuffled.facts.gross == float(sum(Decimal(str(amount)) for amount in amounts))
    totals = [
        data.orders.group_by("customer_id")
        .aggregate(total=data.orders.amount.sum())
        .order_by("customer_id")
        .to_pyarrow()
        for data in (straight, shuffled)
    ]
    assert totals[0].equals(totals[1])


def test_tenths_add_up_exactly(tmp_path: Path, engine: Engine):
    data = lines(tmp_path, engine, 金额=["0.1"] * 10, 单号=["1"] * 10, 客户=["a"] * 10)
    assert data.orders.to_pyarrow()["amount"].to_pylist() == [Decimal("1.0000")]


def test_equal_prices_of_different_items_are_not_an_order_amount(tmp_path: Path, engine: Engine):
    """Few orders, or one price for everything, prove nothing: then lines are added up."""
    data = lines(tmp_path, engine, 单号=["1", "1", "2", "2"], 客户=["a"] * 4, 金额=["9.9"] * 4)
    assert data.facts.gross == 39.6
    (tmp_path / "b").mkdir()
    many: list[str | None] = [str(at // 2) for at in range(40)]
    data = lines(tmp_path / "b", engine, 单号=many, 客户=many, 金额=["9.9"] * 40)
    assert data.facts.gross == 396.0


def test_a_line_amount_that_equals_price_times_quantity_is_not_an_order_amount(tmp_path: Path, engine: Engine):
    mapping = Mapping("lines", (*LINES.roles, ("unit_price", "单价"), ("quantity", "数量")))
    numbers: list[str | None] = [str(at // 2) for at in range(20)]
    amounts: list[str | None] = [str(10 + at // 2) for at in range(20)]
    data = lines(tmp_path, engine, mapping, 单号=numbers, 客户=numbers, 金额=amounts, 单价=amounts, 数量=["1"] * 20)
    assert data.facts.gross == 2.0 * sum(range(10, 20))
    assert codes(data) == set()


def test_a_missing_order_number_falls_back_and_is_told(tmp_path: Path, engine: Engine):
    data = lines(tmp_path, engine, 单号=["1", None, None, "--"], 客户=["a", "a", "a", "b"])
    assert data.facts.orders == 3
    (issue,) = data.manifest.issues
    assert (issue.code, issue.count, issue.rows) == ("order_id_missing", 3, (3, 4, 5))


def test_user_text_is_never_sql(tmp_path: Path, engine: Engine):
    evil = "x'; DROP TABLE lines; --"
    mapping = Mapping("lines", (*LINES.roles, ("status", evil), ("product", 'p"; --')))
    data = lines(
        tmp_path, engine, mapping, **{evil: [evil, "已付款"], 'p"; --': ["'); --", "笔"], "x' --": ["{a}", "%s"]}
    )
    assert data.facts.rows_used == 2
    assert column(data, "product") == ["'); --", "笔"]
    assert evil in str(data.manifest.issues[0].text)


def test_the_source_tables_are_not_touched(tmp_path: Path, engine: Engine):
    raw = raw_table(tmp_path, {"客户": ["a"], "日期": ["x"], "金额": ["1"], "单号": ["1"]})
    before = raw.path.read_bytes()
    with pytest.raises(DataError, match=r"data\.no_rows"):
        prepare([raw], LINES, tmp_path / "out", engine)
    assert raw.path.read_bytes() == before
