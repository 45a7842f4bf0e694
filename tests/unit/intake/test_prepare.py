"""Raw tables in, a dataset out: counted by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.dataset import Dataset, Issue
from analytics.engine import Engine
from analytics.errors import DataError, MappingError
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import PrepareOptions, ReturnedOrders, find_returns, prepare, status_values
from analytics.intake.raw import RawTable, ReadNote
from tests.unit.intake.raw_tables import raw_table

BASIC = {"customer_id": "客户", "ordered_at": "日期", "amount": "金额", "order_id": "单号"}
ROLES = {
    **BASIC, "quantity": "数量", "unit_price": "单价", "status": "状态", "refund_amount": "退款", "product": "商品",
}  # fmt: skip


def mapping(*roles: str, kind: str = "lines", **more: Any) -> Mapping:
    return Mapping(kind, tuple((role, ROLES[role]) for role in roles), **more)  # type: ignore[arg-type]


def rows(table: Any, *columns: str, by: str = "row_id") -> list[tuple[Any, ...]]:
    found = table.order_by(by).select(*columns).to_pyarrow().to_pydict()
    return list(zip(*(found[c] for c in columns), strict=True))


def issue(data: Dataset, code: str) -> Issue:
    return next(i for i in data.manifest.issues if i.code == code)


def codes(data: Dataset) -> set[str]:
    return {i.code for i in data.manifest.issues}


@pytest.fixture
def orders(tmp_path: Path) -> RawTable:
    return raw_table(
        tmp_path,
        {
            "单号": ["1", "1", "2", "3", "4", "5", "6", "7"],
            "客户": ["a", "a", "b", None, "c", "c", "d", "d"],
            "日期": [
                "2024-01-03",
                "2024-01-03",
                "2024年1月4日",
                "2024-01-05",
                "昨天",
                None,
                "2024-01-06",
                "2024-01-07",
            ],
            "金额": ["10", "2.5", "¥1,000", "7", "8", "9", "很多", "--"],
            "备注": [None, "急", None, None, None, None, None, None],
            "空列": [None] * 8,
        },
        left_out=[(10, "total_row", "合计 | 1,036.5")],
    )


def test_rows_are_used_or_left_out_by_reason(orders: RawTable, tmp_path: Path, engine: Engine):
    data = prepare([orders], mapping(*BASIC), tmp_path / "out", engine)
    facts = data.facts
    assert (facts.rows_read, facts.rows_used) == (9, 3)
    assert {item.reason: (item.count, item.rows) for item in facts.left_out} == {
        "total_row": (1, (10,)),
        "no_id": (1, (5,)),
        "bad_date": (1, (6,)),
        "no_date": (1, (7,)),
        "bad_amount": (1, (8,)),
        "no_amount": (1, (9,)),
    }
    assert rows(data.left_out, "source_row", "content", by="source_row")[0] == (5, "3 |  | 2024-01-05 | 7 |  | ")
    assert (facts.entities, facts.orders, facts.gross, facts.refund) == (2, 2, 1012.5, 0.0)
    assert (facts.first_at, facts.last_at, facts.date_only) == (dt.datetime(2024, 1, 3), dt.datetime(2024, 1, 4), True)


def test_tables_are_as_the_layout_says(orders: RawTable, tmp_path: Path, engine: Engine):
    data = prepare([orders], mapping(*BASIC), tmp_path / "out", engine)
    schema = {name: str(kind) for name, kind in data.main.schema().items()}
    assert schema == {
        "row_id": "int64",
        "source_row": "int64",
        "customer_id": "string",
        "ordered_at": "timestamp(6)",
        "gross": "decimal(18, 4)",
        "refund": "decimal(18, 4)",
        "amount": "decimal(18, 4)",
        "order_id": "string",
        "x0": "string",
    }
    assert {name: str(kind) for name, kind in data.orders.schema().items()} == {
        "order_id": "string",
        "customer_id": "string",
        "ordered_at": "timestamp(6)",
        "gross": "decimal(18, 4)",
        "refund": "decimal(18, 4)",
        "amount": "decimal(18, 4)",
        "lines": "int64",
        "quantity": "float64",
    }
    assert rows(data.orders, "order_id", "customer_id", "amount", "lines", by="order_id") == [
        ("1", "a", Decimal("12.5000"), 2),
        ("2", "b", Decimal("1000.0000"), 1),
    ]
    assert [(extra.name, extra.label) for extra in data.manifest.extras] == [("x0", "备注")]
    assert data.manifest.roles == tuple(BASIC.items())
    assert data.manifest.names == ("orders.csv",)
    assert Dataset.open(tmp_path / "out", engine).manifest == data.manifest


def test_unit_price_times_quantity(tmp_path: Path, engine: Engine):
    table = raw_table(
        tmp_path,
        {
            "客户": ["a", "a", "b", "b"],
            "日期": ["2024-01-03"] * 4,
            "单价": ["2.55", "0.1", "3", "2"],
            "数量": ["6", "3", "-2", "x"],
        },
    )
    data = prepare([table], mapping("customer_id", "ordered_at", "unit_price", "quantity"), tmp_path / "out", engine)
    assert rows(data.main, "gross", "refund", "amount") == [
        (Decimal("15.3000"), Decimal(0), Decimal("15.3000")),
        (Decimal("0.3000"), Decimal(0), Decimal("0.3000")),
        (Decimal(0), Decimal(6), Decimal(-6)),
    ]
    assert [(item.reason, item.count) for item in data.facts.left_out] == [("bad_amount", 1)]
    assert str(data.main.schema()["amount"]) == "decimal(18, 4)"


def test_negative_lines_only_take_money_back(tmp_path: Path, engine: Engine):
    table = raw_table(
        tmp_path,
        {
            "客户": ["a", "a", "a"],
            "日期": ["2024-01-03"] * 3,
            "金额": ["10", "(4)", "3"],
            "数量": ["1", "1", "-1"],
            "单号": ["1", "1", "2"],
        },
    )
    data = prepare([table], mapping(*BASIC, "quantity"), tmp_path / "out", engine)
    assert rows(data.main, "gross", "refund") == [(10, 0), (0, 4), (0, 3)]
    assert rows(data.orders, "order_id", "gross", "refund", "amount", "quantity", by="order_id") == [
        ("1", 10, 4, 6, 2.0),
        ("2", 0, 3, -3, -1.0),
    ]
    assert data.facts.refund_orders == 2


def test_statuses_and_refund_amounts(tmp_path: Path, engine: Engine):
    table = raw_table(
        tmp_path,
        {
            "单号": list("12345678"),
            "客户": ["a"] * 8,
            "日期": ["2024-01-03"] * 8,
            "金额": ["10"] * 8,
            "状态": ["交易成功", "等待买家付款", "交易关闭", "退款成功", "部分退款", "部分退款", "已揽收", "退款成功"],
            "退款": [None, None, "10", None, "4", None, None, "12"],
        },
    )
    roles = mapping(*BASIC, "status", "refund_amount")
    data = prepare([table], roles, tmp_path / "out", engine)
    assert rows(data.main, "order_id", "gross", "refund") == [
        ("1", 10, 0),
        ("3", 10, 10),  # closed, but money had come and went back
        ("4", 10, 10),
        ("5", 10, 4),
        ("6", 10, 0),
        ("7", 10, 0),
        ("8", 10, 12),
    ]
    assert [(item.reason, item.rows) for item in data.facts.left_out] == [("unpaid", (3,))]
    assert codes(data) == {"unknown_status", "partial_refund_unknown", "refund_over_gross"}
    assert issue(data, "unknown_status").rows == (8,)
    assert issue(data, "partial_refund_unknown").rows == (7,)
    assert issue(data, "refund_over_gross").rows == (9,)

    chosen = PrepareOptions(status_classes=(("已揽收", "unpaid"),))
    again = prepare([table], roles, tmp_path / "chosen", engine, options=chosen)
    assert [(item.reason, item.rows) for item in again.facts.left_out] == [("unpaid", (3, 8))]
    assert again.digest != data.digest

    found = status_values(table, roles)
    assert found.loc[found["status"] == "退款成功", ["rows", "class"]].to_numpy().tolist() == [[2, "refunded"]]
    assert found.loc[found["status"] == "已揽收", "class"].isna().all()


def test_without_an_order_number(tmp_path: Path, engine: Engine):
    cells = {"客户": ["a", "a", "a", "b"], "金额": ["1", "2", "4", "8"]}
    timed = raw_table(
        tmp_path, cells | {"日期": ["2024-01-03 10:00", "2024-01-03 10:00", "2024-01-03 11:00", "2024-01-03 10:00"]}
    )
    data = prepare([timed], mapping("customer_id", "ordered_at", "amount"), tmp_path / "timed", engine)
    assert data.manifest.order_rule == "customer_time"
    assert sorted(rows(data.orders, "customer_id", "amount", by="amount")) == [("a", 3), ("a", 4), ("b", 8)]
    dated = raw_table(tmp_path, cells | {"日期": ["2024-01-03"] * 4})
    data = prepare([dated], mapping("customer_id", "ordered_at", "amount"), tmp_path / "dated", engine)
    assert data.manifest.order_rule == "customer_day"
    assert sorted(rows(data.orders, "customer_id", "amount", by="amount")) == [("a", 7), ("b", 8)]


def test_returned_orders_of_a_second_table(tmp_path: Path, engine: Engine):
    table = raw_table(
        tmp_path,
        {
            "单号": ["CN-01", "CN-01", "CN-02", "CN-03"],
            "客户": list("aabc"),
            "日期": ["2024-01-03"] * 4,
            "金额": ["1", "2", "4", "8"],
        },
    )
    second = raw_table(
        tmp_path, {"订单号": ["CN-01", "CN-03 ", "CN-01", "CN-02", None], "退回": ["是"] * 5}, name="退货.csv"
    )
    assert find_returns(table, mapping(*BASIC), second) == ("订单号", 3)
    third = raw_table(tmp_path, {"地区": ["华东", "华北"], "经理": ["1", "2"]}, name="人员.csv")
    assert find_returns(table, mapping(*BASIC), third) is None

    listed = raw_table(tmp_path, {"订单号": ["CN-01", "CN-03", "CN-99"]}, name="退货2.csv")
    data = prepare([table], mapping(*BASIC), tmp_path / "out", engine, returns=ReturnedOrders(listed, "订单号"))
    assert rows(data.main, "gross", "refund") == [(1, 1), (2, 2), (4, 0), (8, 8)]
    assert issue(data, "returns_applied").count == 2
    assert "1 个没找到" in str(issue(data, "returns_applied").text)
    plain = prepare([table], mapping(*BASIC), tmp_path / "plain", engine)
    assert plain.digest != data.digest
    no_number = mapping("customer_id", "ordered_at", "amount")
    with pytest.raises(MappingError) as caught:
        prepare([table], no_number, tmp_path / "none", engine, returns=ReturnedOrders(listed, "订单号"))
    assert caught.value.code == "mapping.returns_need_order_id"


def test_several_files_are_appended_by_name(tmp_path: Path, engine: Engine):
    first = raw_table(tmp_path, {"客户": ["a"], "日期": ["2024-01-03"], "金额": ["1"], "单号": ["1"]}, name="一月.csv")
    second = raw_table(
        tmp_path, {"金额": ["2"], "备注": ["急"], "单号": ["2"], "日期": ["2024-02-03"], "客户": ["b"]}, name="二月.csv"
    )
    data = prepare([first, second], mapping(*BASIC), tmp_path / "out", engine)
    assert sorted(rows(data.main, "customer_id", "amount", "x0")) == [("a", 1, None), ("b", 2, "急")]
    assert len(set(rows(data.main, "row_id"))) == 2
    assert data.manifest.names == ("一月.csv", "二月.csv")
    turned = prepare([second, first], mapping(*BASIC), tmp_path / "turned", engine)
    assert turned.digest == data.digest


def test_exact_duplicates_are_counted_and_dropped_on_request(tmp_path: Path, engine: Engine):
    table = raw_table(
        tmp_path,
        {
            "客户": ["a", "a", "a", "b"],
            "日期": ["2024-01-03"] * 4,
            "金额": ["1"] * 4,
            "单号": ["1"] * 4,
            "备注": ["x", "x", "x", "x"],
        },
    )
    kept = prepare([table], mapping(*BASIC), tmp_path / "kept", engine)
    assert (kept.facts.duplicate_rows, kept.facts.rows_used) == (2, 4)
    dropped = prepare(
        [table], mapping(*BASIC), tmp_path / "dropped", engine, options=PrepareOptions(drop_duplicates=True)
    )
    assert [(item.reason, item.rows) for item in dropped.facts.left_out] == [("duplicate", (3, 4))]
    assert dropped.facts.gross == 2.0


def test_an_amount_of_the_order_on_every_line_counts_once(tmp_path: Path, engine: Engine):
    orders = [(str(n), f"c{n % 3}", str(10 + n)) for n in range(6) for _ in range(2)]
    cells = {
        "单号": [o for o, _, _ in orders],
        "客户": [c for _, c, _ in orders],
        "金额": [m for _, _, m in orders],
        "日期": ["2024-01-03"] * 12,
        "商品": ["笔", "纸"] * 6,
    }
    table, roles = raw_table(tmp_path, cells), mapping(*BASIC, "product")
    data = prepare([table], roles, tmp_path / "out", engine)
    assert data.facts.gross == 75.0  # 10 + 11 + 12 + 13 + 14 + 15
    assert issue(data, "amount_repeated").count == 6
    summed = prepare([table], roles, tmp_path / "sum", engine, options=PrepareOptions(amount_per_order=False))
    assert summed.facts.gross == 150.0
    assert "amount_repeated" not in codes(summed)


def test_an_amount_on_the_first_line_only(tmp_path: Path, engine: Engine):
    """Shopify's order export: the other lines of an order have no total."""
    table = raw_table(
        tmp_path,
        {
            "单号": ["1", "1", "2", "3"],
            "客户": ["a", "a", "b", "b"],
            "日期": ["2024-01-03"] * 4,
            "金额": ["10", None, "5", None],
        },
    )
    data = prepare([table], mapping(*BASIC), tmp_path / "out", engine)
    assert rows(data.main, "order_id", "gross") == [("1", 10), ("1", 0), ("2", 5)]
    assert [(item.reason, item.rows) for item in data.facts.left_out] == [("no_amount", (5,))]
    assert issue(data, "amount_on_one_line").rows == (3,)


def test_an_order_of_several_customers_is_several_orders(tmp_path: Path, engine: Engine):
    table = raw_table(
        tmp_path, {"客户": ["a", "b"], "日期": ["2024-01-03"] * 2, "金额": ["1", "2"], "单号": ["7", "7"]}
    )
    data = prepare([table], mapping(*BASIC), tmp_path / "out", engine)
    assert data.facts.orders == 2
    assert issue(data, "order_many_customers").count == 1


def test_day_and_month_are_chosen_or_assumed_aloud(tmp_path: Path, engine: Engine):
    table = raw_table(tmp_path, {"客户": ["a"], "日期": ["03/04/2024"], "金额": ["1"], "单号": ["1"]})
    assumed = prepare([table], mapping(*BASIC), tmp_path / "assumed", engine)
    assert assumed.facts.first_at == dt.datetime(2024, 3, 4)
    assert issue(assumed, "ambiguous_dates").severity == "warn"
    chosen = prepare([table], mapping(*BASIC, date_order="dmy"), tmp_path / "chosen", engine)
    assert chosen.facts.first_at == dt.datetime(2024, 4, 3)
    assert codes(chosen) == set()


def test_dates_of_a_workbook_that_counts_from_1904(tmp_path: Path, engine: Engine):
    from analytics.i18n import verbatim

    cells = {"客户": ["a"], "日期": ["43832"], "金额": ["1"], "单号": ["1"]}
    table = raw_table(tmp_path, cells, notes=(ReadNote("date_1904", verbatim("1904")),))
    assert prepare([table], mapping(*BASIC), tmp_path / "out", engine).facts.first_at == dt.datetime(2024, 1, 3)


def test_events_customers_and_reviews(tmp_path: Path, engine: Engine):
    events = raw_table(
        tmp_path, {"u": ["a", "a", None], "e": ["看", "买", "看"], "t": ["1704261900", "1704261960", "1704261900"]}
    )
    data = prepare(
        [events], Mapping("events", (("user_id", "u"), ("event", "e"), ("occurred_at", "t"))), tmp_path / "e", engine
    )
    assert rows(data.main, "event", "occurred_at")[0] == ("看", dt.datetime(2024, 1, 3, 14, 5))
    assert (data.facts.entities, data.facts.rows_used, data.facts.gross) == (1, 2, None)
    assert "epoch_times" in codes(data)

    people = raw_table(
        tmp_path, {"会员": ["a", "b", "b"], "岁": ["35岁", "很大", "40"], "城": ["杭州", None, "上海"]}, name="会员.csv"
    )
    data = prepare([people], Mapping("customers", (("customer_id", "会员"), ("age", "岁"))), tmp_path / "c", engine)
    assert rows(data.main, "customer_id", "age", "x0") == [("a", 35.0, "杭州"), ("b", None, None), ("b", 40.0, "上海")]
    assert (data.facts.entities, data.facts.span_days) == (2, 0)
    assert issue(data, "unreadable_cells").rows == (3,)

    reviews = raw_table(tmp_path, {"评论": ["好", "  ", "差"], "星": ["5", "1", "1"]}, name="评论.csv")
    data = prepare([reviews], Mapping("reviews", (("text", "评论"), ("rating", "星"))), tmp_path / "r", engine)
    assert [(item.reason, item.rows) for item in data.facts.left_out] == [("no_text", (3,))]
    assert data.facts.entities == 2


def test_returns_alone_are_no_dataset(tmp_path: Path, engine: Engine):
    table = raw_table(tmp_path, {"单号": ["1"]})
    with pytest.raises(MappingError) as caught:
        prepare([table], mapping("order_id", kind="returns"), tmp_path / "out", engine)
    assert caught.value.code == "mapping.returns_alone"


def test_nothing_usable_says_why_and_leaves_nothing_behind(tmp_path: Path, engine: Engine):
    table = raw_table(tmp_path, {"客户": ["a", "b"], "日期": ["昨天", "今天"], "金额": ["1", "2"], "单号": ["1", "2"]})
    kept = tmp_path / "data"
    kept.mkdir()
    with pytest.raises(DataError) as caught:
        prepare([table], mapping(*BASIC), kept / "out", engine)
    assert caught.value.code == "data.no_rows"
    assert "日期看不懂" in str(caught.value.message)
    assert "2、3" in str(caught.value.message)
    assert list(kept.iterdir()) == []


def test_a_dataset_is_replaced_only_by_a_complete_one(tmp_path: Path, engine: Engine):
    folder = tmp_path / "data" / "out"
    good = raw_table(tmp_path, {"客户": ["a"], "日期": ["2024-01-03"], "金额": ["1"], "单号": ["1"]})
    bad = raw_table(tmp_path, {"客户": [None], "日期": ["2024-01-03"], "金额": ["1"], "单号": ["1"]})
    first = prepare([good], mapping(*BASIC), folder, engine)
    with pytest.raises(DataError):
        prepare([bad], mapping(*BASIC), folder, engine)
    assert Dataset.open(folder, engine).digest == first.digest
    better = raw_table(tmp_path, {"客户": ["a"], "日期": ["2024-01-03"], "金额": ["5"], "单号": ["1"]})
    assert prepare([better], mapping(*BASIC), folder, engine).facts.gross == 5.0
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, engine: Engine):
    table = raw_table(tmp_path, {"客户": ["a"], "日期": ["2024-01-03"]})
    with pytest.raises(MappingError) as caught:
        prepare([table], mapping("customer_id", "ordered_at"), tmp_path / "out", engine)
    assert caught.value.code == "mapping.missing_role"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1989-12-31 23:59:59", None),
        ("1990-01-01 00:00:00", dt.datetime(1990, 1, 1)),
        ("2100-12-31", dt.datetime(2100, 12, 31)),
        ("2101-01-01", None),
        ("2024-01-03 14:05:01", dt.datetime(2024, 1, 3, 14, 5, 1)),
        ("2024-01-03 14:05+08", dt.datetime(2024, 1, 3, 14, 5)),  # as long as with seconds, but no time that was cut
        ("20xx-01-03 14:05:01", None),
        ("2024-13-03 14:05:01", None),
    ],
)
def test_a_moment_is_read_within_plausible_years(tmp_path: Path, engine: Engine, text: str, moment: dt.datetime | None):
    raw = raw_table(tmp_path, {"客户": ["C0", "C1"], "日期": ["2024-05-05", text], "金额": ["1", "2"]})
    lines = prepare([raw], mapping("customer_id", "ordered_at", "amount"), tmp_path / "dataset", engine).main
    found = lines.filter(lines.customer_id == "C1").to_pyarrow()["ordered_at"].to_pylist()
    assert found == ([] if moment is None else [moment])
