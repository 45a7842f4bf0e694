"""The one door: content over names, digests, HTML and Parquet, and nothing left behind on failure."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from analytics.errors import FileError
from analytics.intake.reader import read_file
from tests.unit.intake.reading import cells, note_codes, read, read_bytes, row_numbers

ORDERS = "订单号,客户,金额\nA1,张三,12.5\nA2,李四,8\n"
ORDER_CELLS = [("A1", "张三", "12.5"), ("A2", "李四", "8")]

HTML = """<html><head><style>td {color: red}</style></head><body><table><tr><td>菜单</td></tr></table>
<table><tr><th>订单号</th><th>客户</th><th>金额</th></tr>
<tr><td rowspan="2">A1</td><td>张&amp;三</td><td>12.5</td></tr><tr><td>李四</td><td>8</td></tr>
<tr><td>A3</td><td colspan=2>赠品</td></tr></table></body></html>"""

EXCEL_XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="a"><Table><Row><Cell><Data ss:Type="String">订单号</Data></Cell><Cell><Data>客户</Data></Cell>
<Cell><Data>金额</Data></Cell></Row><Row ss:Index="3"><Cell><Data>A1</Data></Cell>
<Cell ss:Index="3"><Data>5</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_content_decides_not_the_name(tmp_path: Path):
    assert cells(read_bytes(tmp_path, "x.xls", ORDERS.replace(",", "\t").encode("gb18030"))) == ORDER_CELLS
    book = Workbook()
    for line in ORDERS.splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "x.xlsx")
    (tmp_path / "x.xlsx").rename(tmp_path / "x.csv")
    assert cells(read(tmp_path / "x.csv")) == ORDER_CELLS


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_html_that_calls_itself_xls(tmp_path: Path, encoding: str):
    raw = read_bytes(tmp_path, "x.xls", HTML.encode(encoding))
    assert raw.columns == ("订单号", "客户", "金额")
    assert cells(raw) == [("A1", "张&三", "12.5"), ("A1", "李四", "8"), ("A3", "赠品", None)]
    assert note_codes(raw) == ["html"]


def test_excel_2003_xml(tmp_path: Path):
    raw = read_bytes(tmp_path, "x.xls", EXCEL_XML.encode())
    assert (cells(raw), row_numbers(raw)) == ([("A1", None, "5")], [3])


def test_parquet_cells_read_as_typed(tmp_path: Path):
    stamp = dt.datetime(2024, 1, 3, 14, 5, 1)
    table = pa.table(
        {
            "id": pa.array([1, 2]),
            "amount": pa.array([12.0, 0.5]),
            "when": pa.array([stamp, None], pa.timestamp("us")),
            "zoned": pa.array([stamp, stamp.replace(microsecond=500000)], pa.timestamp("ns", "UTC")),
            "day": pa.array([dt.date(2024, 1, 3), None]),
            "price": pa.array([Decimal("1.50"), Decimal(100)], pa.decimal128(9, 2)),
            "tags": pa.array([["甲", "乙"], None]),
            "ok": pa.array([True, False]),
            "kind": pa.array(["a", None]).dictionary_encode(),
            "raw": pa.array(["中".encode(), b"\xff"]),
            "odd": pa.array([float("nan"), 1e20]),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    raw = read(tmp_path / "x.parquet")
    assert raw.columns == tuple(table.column_names)
    first, second = cells(raw)
    assert first[:5] == ("1", "12", "2024-01-03 14:05:01", "2024-01-03 14:05:01Z", "2024-01-03")
    assert first[5:] == ("1.50", '["甲", "乙"]', "true", "a", "中", None)
    assert second[:5] == ("2", "0.5", None, "2024-01-03 14:05:01.5Z", None)
    assert second[5:] == ("100.00", None, "false", None, "ff", "1e+20")
    assert row_numbers(raw) == [2, 3]


def test_the_digest_is_of_the_bytes(tmp_path: Path):
    raw = read_bytes(tmp_path, "x.csv", ORDERS.encode())
    assert raw.digest == hashlib.sha256(ORDERS.encode()).hexdigest()
    assert read_bytes(tmp_path, "other name.csv", ORDERS.encode()).digest == raw.digest


def test_the_users_name_is_for_display_only(tmp_path: Path):
    source = tmp_path / "upload"
    source.write_text(ORDERS, encoding="utf-8")
    raw = read_file(source, tmp_path / "out", file_name="../../etc/passwd.csv")
    assert raw.file_name == "../../etc/passwd.csv"
    assert raw.path == tmp_path / "out" / "raw.parquet"


def test_a_failure_leaves_what_was_there(tmp_path: Path):
    first = read_bytes(tmp_path, "x.csv", ORDERS.encode())
    with pytest.raises(FileError, match=r"file\.no_rows"):
        read_bytes(tmp_path, "y.csv", "订单号,客户,金额\n".encode())
    assert cells(first) == ORDER_CELLS
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["left_out.parquet", "raw.parquet"]


def test_a_missing_file_is_said(tmp_path: Path):
    with pytest.raises(FileError, match=r"file\.missing"):
        read(tmp_path / "none.csv")
