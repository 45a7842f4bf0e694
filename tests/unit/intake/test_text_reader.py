"""Text files: cells, row numbers, what is left out; and that the fast and the careful parser agree."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.errors import AnalyticsError, FileError
from analytics.intake import text_reader
from analytics.intake.decode import as_utf8
from analytics.intake.raw import Limits, ReadOptions
from tests.unit.intake.reading import cells, left_out, note_codes, read_bytes, row_numbers

ORDERS = "订单号,客户,金额\nA1,张三,12.5\nA2,李四,8\n"
ORDER_CELLS = [("A1", "张三", "12.5"), ("A2", "李四", "8")]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encodings_give_the_same_cells(tmp_path: Path, encoding: str, name: str):
    raw = read_bytes(tmp_path, "x.csv", ORDERS.encode(encoding))
    assert (raw.encoding, raw.delimiter, raw.header_row) == (name, ",", 1)
    assert raw.columns == ("订单号", "客户", "金额")
    assert cells(raw) == ORDER_CELLS
    assert row_numbers(raw) == [2, 3]
    assert raw.notes == ()


def test_big5_by_choice_and_a_hint_without(tmp_path: Path):
    content = "訂單號,客戶名稱,金額\nA1,張小龍,12.5\nA2,劉華強,8\n".encode("big5")
    assert "maybe_big5" in note_codes(read_bytes(tmp_path, "x.csv", content))
    raw = read_bytes(tmp_path, "x.csv", content, encoding="big5")
    assert raw.columns == ("訂單號", "客戶名稱", "金額")
    assert cells(raw)[0] == ("A1", "張小龍", "12.5")
    assert raw.encoding == "big5"


def test_gzip_is_unpacked(tmp_path: Path):
    assert cells(read_bytes(tmp_path, "x.csv.gz", gzip.compress(ORDERS.encode()))) == ORDER_CELLS


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "、"])
def test_delimiters(tmp_path: Path, delimiter: str):
    raw = read_bytes(tmp_path, "x.txt", ORDERS.replace(",", delimiter).encode())
    assert (raw.delimiter, cells(raw)) == (delimiter, ORDER_CELLS)


def test_cells_keep_their_text(tmp_path: Path):
    text = '订单号,备注,金额\n001," 两行\n的 ""话"" ",\n002,,=1+1\n'
    raw = read_bytes(tmp_path, "x.csv", text.encode())
    assert cells(raw) == [("001", ' 两行\n的 "话" ', None), ("002", None, "=1+1")]
    assert row_numbers(raw) == [2, 3]


def test_rows_left_out_are_named(tmp_path: Path):
    text = (
        "一月销售报表,,\n\n订单号,客户,金额\nA1,张三,12.5\n,,\n\nA2,李四,8\n订单号,客户,金额\n"
        "A3,王五,1,多,了\nA4,合计,3,,\nA5\n小计：,,20.5\n合计,,24\n\n\n"
    )
    raw = read_bytes(tmp_path, "x.csv", text.encode())
    assert raw.header_row == 3
    assert cells(raw) == [("A1", "张三", "12.5"), ("A2", "李四", "8"), ("A4", "合计", "3"), ("A5", None, None)]
    assert row_numbers(raw) == [4, 7, 10, 11]
    assert left_out(raw) == [
        (1, "title_row", "一月销售报表"),
        (5, "blank_row", ""),
        (6, "blank_row", ""),
        (8, "repeated_header", "订单号 | 客户 | 金额"),
        (9, "ragged_row", "A3 | 王五 | 1 | 多 | 了"),
        (12, "total_row", "小计： |  | 20.5"),
        (13, "total_row", "合计 |  | 24"),
    ]
    assert dict(raw.left_out) == {"title_row": 1, "blank_row": 2, "repeated_header": 1, "ragged_row": 1, "total_row": 2}
    assert raw.rows_read == 11
    assert "short_rows" in note_codes(raw)


def test_nameless_empty_columns_go_and_the_rest_is_renumbered(tmp_path: Path):
    raw = read_bytes(tmp_path, "x.csv", "订单号,,金额,,备注\nA1,,5,甲,\nA2,,6,,\n".encode())
    assert raw.columns == ("订单号", "金额", "列4", "备注")
    assert cells(raw) == [("A1", "5", "甲", None), ("A2", "6", None, None)]


def test_without_a_header_columns_are_counted(tmp_path: Path):
    raw = read_bytes(tmp_path, "x.csv", b"1,2268318,pv\n1,2333346,pv\n2,2576651,buy\n")
    assert (raw.header_row, raw.columns, row_numbers(raw)) == (0, ("列1", "列2", "列3"), [1, 2, 3])


def test_nul_bytes_are_taken_out_and_told(tmp_path: Path):
    raw = read_bytes(tmp_path, "x.csv", ORDERS.encode().replace(b"A1", b"A\x001\x00"))
    assert cells(raw) == ORDER_CELLS
    assert str(raw.notes[0].text) == "去掉了 2 个看不见的空字符（NUL）。"


def test_a_quote_in_the_middle_is_a_quote(tmp_path: Path):
    raw = read_bytes(tmp_path, "x.csv", '订单号,商品\nA1,5" 屏\nA2,"""好"""\n'.encode())
    assert cells(raw) == [("A1", '5" 屏'), ("A2", '"好"')]


def test_a_lone_quote_in_an_even_table_is_plain_text(tmp_path: Path):
    raw = read_bytes(tmp_path, "x.csv", '订单号,商品,件\nA1,"好,1\nA2,杯,2\nA3,碗,3\n'.encode())
    assert cells(raw) == [("A1", '"好', "1"), ("A2", "杯", "2"), ("A3", "碗", "3")]
    assert note_codes(raw) == ["literal_quotes"]


def test_an_open_quote_never_swallows_the_rest(tmp_path: Path):
    text = '订单号,商品,件\nA0,"a,b",1\nA1,"好,1\nA2,杯,2\nA3,碗,3\n'
    with pytest.raises(FileError, match=r"file\.open_quote") as caught:
        read_bytes(tmp_path, "x.csv", text.encode())
    assert "第 3 行" in str(caught.value.message)


def test_options_are_obeyed(tmp_path: Path):
    content = b"a;b\n1,5;2\n3,5;4\n"
    assert read_bytes(tmp_path, "x.csv", content, delimiter=",", header_row=0).columns == ("列1", "列2")
    assert read_bytes(tmp_path, "x.csv", content, header_row=2).columns == ("1,5", "2")
    with pytest.raises(FileError, match=r"file\.delimiter"):
        read_bytes(tmp_path, "x.csv", content, delimiter="::")
    with pytest.raises(FileError, match=r"file\.encoding"):
        read_bytes(tmp_path, "x.csv", content, encoding="klingon")


CELL = st.text(st.sampled_from('ab1 ,"\n\r;中é\u3000'), max_size=6)
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, line_end=st.sampled_from(["\n", "\r\n"]), all_quoted=st.booleans())
def test_both_parsers_give_the_cells_that_were_written(tmp_path: Path, rows: list, line_end: str, all_quoted: bool):
    buffer = io.StringIO(newline="")
    # The writer of Python 3.11 leaves a lone carriage return unquoted.
    lone_return = any("\r" in cell for row in rows for cell in row)
    quoting = csv.QUOTE_ALL if all_quoted or lone_return else csv.QUOTE_MINIMAL
    csv.writer(buffer, lineterminator=line_end, quoting=quoting).writerows([["订单号", "客户", "金额"], *rows])
    source = tmp_path / "x.csv"
    source.write_bytes(buffer.getvalue().encode())
    expected = [tuple(cell or None for cell in row) for row in rows if any(cell.strip() for cell in row)]
    for parse in (_fast, _careful):
        assert _cells_by(parse, source, tmp_path) == expected


def _fast(plan: text_reader._Plan, work: Path) -> None:
    text_reader._read_fast(plan, work, Limits())


def _careful(plan: text_reader._Plan, work: Path) -> None:
    text_reader._read_carefully(plan, work, Limits())


def _cells_by(parse, source: Path, work: Path) -> list[tuple[str | None, ...]]:
    text = as_utf8(source, work, None)
    assert text_reader._quotes_are_regular(text, ",")
    form = text_reader._Format(",")
    sample = list(text_reader._records(text, form, Limits()))
    layout = text_reader.find_layout(sample, 1)
    try:
        parse(text_reader._Plan(text, form, sample, layout, 3), work)
    except FileError as error:
        return [] if error.code == "file.no_rows" else [(error.code,)]
    table = pq.read_table(work / "raw.parquet")
    return list(zip(*(table[name].to_pylist() for name in ("c0", "c1", "c2")), strict=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400) | st.text(st.sampled_from('a1,"\n\t;中'), max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes):
    source = tmp_path / "any.csv"
    source.write_bytes(content)
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    try:
        found = text_reader.read_text(source, work, ReadOptions(), Limits())
    except AnalyticsError:
        return
    assert pq.read_metadata(work / "raw.parquet").num_rows == found.written.rows > 0
