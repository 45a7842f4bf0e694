"""What is written is what is read back, and nothing in it is a formula."""

import csv
import io
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from analytics.export.safe import guard_text, unguard
from analytics.export.sheets import CELL_CHARS, Column, Sheet, display_width, unique, write_csv_file, write_workbook

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "'=1", "＝1", " =1", "1;=2", 'a"b', "a\nb", "", "12"]
)
ROWS = st.lists(st.tuples(TEXT, st.none() | st.integers(-(2**40), 2**40)), max_size=8)


def batch(rows):
    return pa.RecordBatch.from_arrays(
        [pa.array([r[0] for r in rows], pa.string()), pa.array([r[1] for r in rows], pa.int64())], names=["a", "b"]
    )


@given(ROWS, TEXT)
def test_csv_round_trip(rows, header):
    target = io.BytesIO()
    write_csv_file(target, (Column(header), Column("n", "int")), [batch(rows)])
    read = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))
    assert unguard(read[0][0]) == header or read[0][0] == header
    assert [(unguard(a), b) for a, b in read[1:]] == [(a, "" if b is None else str(b)) for a, b in rows]
    assert not any(cell.lstrip()[:1] in tuple("=+-@") or cell[:1] in tuple("\t\r") for cell, _ in read if cell)


@given(ROWS)
def test_xlsx_round_trip(rows):
    target = io.BytesIO()
    write_workbook(target, [Sheet("s", (Column("a"), Column("b", "int")), [batch(rows)], len(rows))])
    cells = list(openpyxl.load_workbook(target).active.iter_rows(min_row=2))
    assert [b.value for _, b in cells] == [b for _, b in rows]
    assert all(a.data_type in "sn" for a, _ in cells)
    assert not any(a.data_type == "n" and a.value is not None for a, _ in cells)
    printable = [(a, text) for (a, _), (text, _) in zip(cells, rows, strict=True) if text.isprintable()]
    assert all(unescape(a.value or "") == unescape(text) for a, text in printable)


def test_text_longer_than_a_cell_is_cut():
    target = io.BytesIO()
    write_workbook(target, [Sheet("s", (Column("a"), Column("b", "int")), [batch([("长" * 40_000, 1)])], 1)])
    assert len(openpyxl.load_workbook(target).active["A2"].value) == CELL_CHARS


@pytest.mark.parametrize(("text", "guarded"), [("=1", "'=1"), ("\tx", "'\tx"), ("'x", "''x"), ("x=1", "x=1"), ("", "")])
def test_guard(text, guarded):
    assert guard_text(text) == guarded
    assert unguard(guarded) == text


def test_headers_are_made_different():
    assert unique(["金额", "金额", "金额 (2)", "金额"]) == ["金额", "金额 (2)", "金额 (2) (2)", "金额 (3)"]


def test_chinese_takes_two_columns():
    assert display_width("客户ID") == 6


def test_money_is_the_nearest_number_to_what_the_books_say():
    money = pa.RecordBatch.from_arrays([pa.array([Decimal("256438.4900"), None], pa.decimal128(18, 4))], names=["a"])
    target = io.BytesIO()
    write_csv_file(target, (Column("a", "money"),), [money])
    assert target.getvalue().decode("utf-8-sig").splitlines() == ['"a"', "256438.49", ""]
