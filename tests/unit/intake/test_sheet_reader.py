"""Workbooks: which sheet, what cells become, merged and error cells, passwords. Written by openpyxl and xlwt."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import msoffcrypto.format.ooxml as ooxml
import pytest
import xlwt
from openpyxl import Workbook

from analytics.errors import FileError, PasswordNeededError
from analytics.intake.raw import SheetInfo
from tests.unit.intake.reading import cells, left_out, note_codes, read, row_numbers

HEADER = ["订单号", "客户", "金额"]


def save(folder: Path, rows: list[list], name: str = "x.xlsx", merges: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for merge in merges:
        book.active.merge_cells(merge)
    book.save(folder / name)
    return folder / name


def test_values_become_the_text_a_person_would_type(tmp_path: Path):
    typed = [
        (1, "1"),
        (0.1 + 0.2, "0.3"),
        (16117548.237, "16117548.237"),
        (True, "true"),
        ("001", "001"),
        (" 留白 ", " 留白 "),
        ("", None),
        (dt.datetime(2024, 1, 3, 14, 5, 1), "2024-01-03 14:05:01"),
        (dt.datetime(2024, 1, 3), "2024-01-03"),
        (dt.date(2024, 1, 3), "2024-01-03"),
        (dt.time(3, 4), "03:04:00"),
    ]
    raw = read(save(tmp_path, [["订单号", "客户", "值"], *[["A1", "张", value] for value, _ in typed]]))
    assert [row[2] for row in cells(raw)] == [text for _, text in typed]


def test_row_numbers_are_the_sheets_own(tmp_path: Path):
    rows = [
        [],
        [],
        [None, "一月报表"],
        [None, *HEADER],
        [None, "A1", "张", 5],
        [],
        [None, "A2", "李", 6],
        [None, "合计", None, 11],
    ]
    raw = read(save(tmp_path, rows))
    assert (raw.header_row, raw.columns, row_numbers(raw)) == (4, tuple(HEADER), [5, 7])
    assert left_out(raw) == [(3, "title_row", "一月报表"), (6, "blank_row", ""), (8, "total_row", "合计 |  | 11")]


def test_the_fullest_visible_sheet_is_the_default_and_all_are_listed(tmp_path: Path):
    book = Workbook()
    book.active.title = "说明"
    book.active.append(["请看第二张表"])
    orders, secret = book.create_sheet("订单"), book.create_sheet("底稿")
    for row in [HEADER, ["A1", "张", 5], ["A2", "李", 6]]:
        orders.append(row)
    for _ in range(9):
        secret.append(["x"] * 9)
    secret.sheet_state = "hidden"
    book.create_sheet("空表")
    book.save(tmp_path / "x.xlsx")
    raw = read(tmp_path / "x.xlsx")
    assert raw.sheet == "订单"
    assert raw.sheets == (
        SheetInfo("说明", 1, 1, hidden=False),
        SheetInfo("订单", 3, 3, hidden=False),
        SheetInfo("底稿", 9, 9, hidden=True),
        SheetInfo("空表", 0, 0, hidden=False),
    )
    assert read(tmp_path / "x.xlsx", sheet="底稿", header_row=0).rows == 9
    assert read(tmp_path / "x.xlsx", sheet="底稿", header_row=0).digest != raw.digest
    with pytest.raises(FileError, match=r"file\.sheet") as caught:
        read(tmp_path / "x.xlsx", sheet="没有")
    assert "说明、订单、底稿、空表" in str(caught.value.hint)
    with pytest.raises(FileError, match=r"file\.empty"):
        read(tmp_path / "x.xlsx", sheet="空表")


@pytest.mark.parametrize("shift", [[], [None, None]], ids=["at A", "at C"])
def test_merged_names_are_filled_but_merged_amounts_are_not(tmp_path: Path, shift: list):
    rows = [
        ["订单号", "客户", "商品", "实付金额"],
        ["A1", "张三", "杯", 30],
        [None, None, "碗", None],
        ["A2", "李四", "盘", 8],
    ]
    first = "CDEF" if shift else "ABCD"
    merges = tuple(f"{column}2:{column}3" for column in (first[0], first[1], first[3]))
    raw = read(save(tmp_path, [shift + row for row in rows], merges=merges))
    assert cells(raw) == [("A1", "张三", "杯", "30"), ("A1", "张三", "碗", None), ("A2", "李四", "盘", "8")]
    assert note_codes(raw) == ["merged_cells", "merged_amounts"]


def test_a_merged_title_and_two_header_rows(tmp_path: Path):
    rows = [
        ["一月报表", None, None],
        ["客户", "销售", None],
        [None, "数量", "金额"],
        ["张", 1, 2.5],
        ["李", 2, 5],
    ]
    raw = read(save(tmp_path, rows, merges=("A1:C1", "A2:A3", "B2:C2")))
    assert (raw.header_row, raw.columns) == (3, ("客户", "数量", "金额"))
    assert cells(raw) == [("张", "1", "2.5"), ("李", "2", "5")]
    assert note_codes(raw) == []


def test_error_cells_are_counted_with_their_rows(tmp_path: Path):
    raw = read(save(tmp_path, [HEADER, ["A1", "张", "#N/A"], ["A2", "李", 6], ["A3", "#DIV/0!", 7]]))
    assert cells(raw) == [("A1", "张", None), ("A2", "李", "6"), ("A3", None, "7")]
    assert [str(note.text) for note in raw.notes] == ["2 个格子是公式错误（如 #N/A），按空白处理；在第 2、4 行。"]


def test_old_xls(tmp_path: Path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("订单")
    date = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for row, values in enumerate(
        [["订单号", "日期", "金额"], ["A1", dt.date(2024, 1, 3), 5.5], ["A2", dt.date(2024, 1, 4), 6]]
    ):
        for column, value in enumerate(values):
            sheet.write(row, column, value, date) if isinstance(value, dt.date) else sheet.write(row, column, value)
    book.save(str(tmp_path / "x.xls"))
    raw = read(tmp_path / "x.xls")
    assert (raw.sheet, cells(raw)) == ("订单", [("A1", "2024-01-03", "5.5"), ("A2", "2024-01-04", "6")])


def test_passwords(tmp_path: Path):
    plain = save(tmp_path, [HEADER, ["A1", "张", 5]], "plain.xlsx")
    locked = tmp_path / "locked.xlsx"
    with plain.open("rb") as source, locked.open("wb") as target:
        ooxml.OOXMLFile(source).encrypt("芝麻开门", target)
    with pytest.raises(PasswordNeededError, match=r"file\.password:"):
        read(locked)
    with pytest.raises(PasswordNeededError, match=r"file\.password_wrong"):
        read(locked, password="sesame")  # noqa: S106
    assert cells(read(locked, password="芝麻开门")) == [("A1", "张", "5")]  # noqa: S106
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["left_out.parquet", "raw.parquet"]


def test_a_chart_sheet_is_no_table(tmp_path: Path):
    book = Workbook()
    for row in [HEADER, ["A1", "张", 5]]:
        book.active.append(row)
    book.create_chartsheet("图")
    buffer = io.BytesIO()
    book.save(buffer)
    (tmp_path / "x.xlsx").write_bytes(buffer.getvalue())
    assert read(tmp_path / "x.xlsx").rows == 1
