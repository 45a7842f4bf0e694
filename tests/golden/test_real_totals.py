"""Totals of real files against published or independently computed answers.

The answers: superstore (Tableau's sample) and UCI Online Retail counted with pandas over the raw cells. The files are
no part of the project (mixed licences); without them these tests skip.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.engine import Engine
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import PrepareOptions, ReturnedOrders, find_returns, prepare
from analytics.intake.raw import RawTable, ReadOptions
from analytics.intake.reader import read_file
from analytics.intake.recognise import recognise


def read(source: Path, folder: Path, **options: str | int) -> RawTable:
    if not source.exists():
        pytest.skip(f"{source.name} is not here")
    return read_file(source, folder, options=ReadOptions(**options))  # type: ignore[arg-type]


def test_superstore(shared_data: Path, tmp_path: Path, engine: Engine):
    source = shared_data / "superstore_cn" / "示例-超市.xls"
    raw = read(source, tmp_path / "orders", sheet="订单")
    second = read(source, tmp_path / "returns", sheet="退货")
    guess = recognise(raw)
    assert guess.sure
    assert dict(guess.mapping.roles) == {
        "customer_id": "客户 ID",
        "ordered_at": "订单日期",
        "amount": "销售额",
        "order_id": "订单 ID",
        "shipped_at": "发货日期",
        "quantity": "数量",
        "product": "产品名称",
        "product_id": "产品 ID",
        "category": "类别",
        "region": "省/自治区",
        "city": "城市",
        "customer_name": "客户名称",
        "discount": "折扣",
        "profit": "利润",
    }
    assert recognise(second).mapping.kind == "returns"
    assert find_returns(raw, guess.mapping, second) == ("订单 ID", 296)

    data = prepare([raw], guess.mapping, tmp_path / "data", engine, returns=ReturnedOrders(second, "订单 ID"))
    facts = data.facts
    assert (facts.rows_read, facts.rows_used, facts.entities) == (10_000, 10_000, 790)
    assert facts.gross == pytest.approx(16_117_548.237, abs=1e-6)
    assert int(data.main.order_id.nunique().execute()) == 2_773
    assert float(data.main.profit.sum().execute()) == pytest.approx(2_156_559.517, abs=0.01)
    assert (facts.first_at.date().isoformat(), facts.last_at.date().isoformat()) == ("2014-01-01", "2017-12-30")
    refunded = data.orders.filter(data.orders.refund > 0)
    assert int(refunded.order_id.nunique().execute()) == 296


def test_online_retail(shared_data: Path, tmp_path: Path, engine: Engine):
    raw = read(shared_data / "online_retail" / "online_retail.csv.gz", tmp_path / "raw")
    guess = recognise(raw)
    assert guess.sure
    data = prepare([raw], guess.mapping, tmp_path / "data", engine)
    facts = data.facts
    assert facts.rows_read == 541_909
    assert [(item.reason, item.count) for item in facts.left_out] == [("no_id", 135_080)]
    assert facts.entities == 4_372
    assert facts.duplicate_rows == 5_268
    ids = data.main.select("customer_id").distinct().order_by("customer_id").limit(3).to_pyarrow()["customer_id"]
    assert ids.to_pylist() == ["12346", "12347", "12348"]
    cells = engine.read_parquet(raw.path)
    cancelled = cells.filter(cells[raw.disk_name("InvoiceNo")].startswith("C"))
    assert int(cancelled.count().execute()) == 9_288
    # A cancellation only takes money back.
    lines = data.main
    assert int(lines.filter(lines.order_id.startswith("C") & (lines.gross > 0)).count().execute()) == 0
    dropped = prepare([raw], guess.mapping, tmp_path / "once", engine, options=PrepareOptions(drop_duplicates=True))
    assert dropped.facts.rows_used == 541_909 - 135_080 - 5_225  # 43 of the 5,268 have no customer either


@pytest.mark.parametrize(
    ("file", "kind", "sure", "roles"),
    [
        (
            "taobao_comments_gb18030/taobaoComment_data.csv",
            "reviews",
            True,
            {"text": "评论内容", "reviewed_at": "购买时间", "customer_id": "用户ID"},
        ),
        ("bank_churn_10k/Churn_Modelling.csv", "customers", True, {"customer_id": "CustomerId", "age": "Age"}),
        ("asap/dev_sample.csv", "reviews", True, {"text": "reviewbody", "rating": "star"}),
        ("reviews_online_shopping/online_shopping_10_cats.csv", "reviews", True, {"text": "review", "category": "cat"}),
        ("hillstrom/hillstrom.csv", None, False, {}),
        ("starbucks_geo/starbucks_directory.csv", None, False, {}),
        ("groceries/groceries.csv", "baskets", True, {}),
        ("fimi/retail.dat", "baskets", False, {}),  # numbers could be anything
    ],
)
def test_kinds_of_real_files(
    shared_data: Path, tmp_path: Path, file: str, kind: str | None, sure: bool, roles: dict[str, str]
):
    guess = recognise(read(shared_data / file, tmp_path))
    assert guess.sure is sure
    assert kind is None or guess.mapping.kind == kind
    assert roles.items() <= dict(guess.mapping.roles).items()


def test_cdnow_without_headers(shared_data: Path, tmp_path: Path, engine: Engine):
    """The CD shop of Fader and Hardie: 2,357 customers and 6,919 transactions in the 1/10 sample."""
    raw = read(shared_data / "cdnow" / "CDNOW_sample.txt", tmp_path / "raw", header_row=0)
    guess = recognise(raw)
    assert (guess.mapping.kind, guess.sure) == ("lines", False)
    data = prepare([raw], guess.mapping, tmp_path / "data", engine)
    assert (data.facts.rows_used, data.facts.entities) == (6_919, 2_357)
    assert data.facts.first_at is not None
    assert data.facts.first_at.date().isoformat() == "1997-01-01"


def test_taobao_behaviour_without_headers(shared_data: Path, tmp_path: Path, engine: Engine):
    raw = read(shared_data / "taobao_userbehavior" / "UserBehavior_100k.csv", tmp_path / "raw", header_row=0)
    guess = recognise(raw)
    assert (guess.mapping.kind, guess.sure) == ("events", False)
    data = prepare([raw], guess.mapping, tmp_path / "data", engine)
    assert data.facts.entities == 815
    counts = data.main.group_by("event").aggregate(n=data.main.count()).to_pyarrow().to_pylist()
    assert {row["event"]: row["n"] for row in counts} == {"pv": 75_837, "cart": 4_497, "fav": 2_356, "buy": 1_750}
    # One page view, the last row of the file, is cut off before its time; 35 lie outside the nine days of the log.
    left_out = {item.reason: item.count for item in data.facts.left_out}
    assert left_out == {"no_date": 1, "odd_time": 35}


def test_damaged_ids_of_the_taobao_comments(shared_data: Path, tmp_path: Path, engine: Engine):
    raw = read(shared_data / "taobao_comments_gb18030" / "taobaoComment_data.csv", tmp_path / "raw")
    mapping = Mapping("reviews", (("text", "评论内容"), ("customer_id", "用户ID"), ("reviewed_at", "购买时间")))
    data = prepare([raw], mapping, tmp_path / "data", engine)
    assert next(issue for issue in data.manifest.issues if issue.code == "damaged_ids").severity == "error"
