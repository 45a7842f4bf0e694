"""Files that break readers: each ends in a clear refusal, within limits, and leaves nothing behind."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from analytics.errors import FileError
from analytics.intake.raw import Limits
from tests.traps import hostile
from tests.unit.intake.reading import cells, note_codes, read, read_bytes


def workbook(rows: list[list], far: str | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if far:
        book.active[far] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


GOOD = workbook([["订单号", "金额"], ["A1", 5], ["A2", 6]])


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "file.empty"),
        ("blank.csv", b"\xef\xbb\xbf \r\n\r\n", "file.empty"),
        ("commas.csv", b",,\n,,\n", "file.empty"),
        ("header.csv", "订单号,客户,金额\n".encode(), "file.no_rows"),
        ("totals.csv", "订单号,客户,金额\n合计,,5\n".encode(), "file.no_rows"),
        ("empty.xlsx", workbook([]), "file.empty"),
        ("header.xlsx", workbook([["订单号", "客户", "金额"]]), "file.no_rows"),
        ("cut.xlsx", GOOD[: len(GOOD) // 2], "file.truncated"),
        ("cut.csv.gz", gzip.compress(b"a,b\n1,2\n" * 999, mtime=0)[:-20], "file.truncated"),
        ("cut.parquet", b"PAR1\x15\x04", "file.truncated"),
        ("ole.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file.truncated"),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(99), "file.not_a_table"),
        ("program.csv", b"MZ\x90\x00" + bytes(range(256)) * 4, "file.not_a_table"),
        ("latin1.csv", "name,city\nJosé,Köln\n".encode("latin-1"), "file.encoding"),
        ("page.xls", b"<html><body>please log in</body></html>", "file.no_table"),
    ],
)
def test_refused_with_its_code(tmp_path: Path, name: str, content: bytes, code: str):
    with pytest.raises(FileError, match=code) as caught:
        read_bytes(tmp_path, name, content)
    assert caught.value.code == code
    assert not list((tmp_path / "out").iterdir())


def test_a_word_document_is_named(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(FileError, match="Word"):
        read(tmp_path / "x.xlsx")


def test_a_cell_at_the_far_corner_is_refused_before_any_parser_sees_it(tmp_path: Path):
    with pytest.raises(FileError, match=r"file\.too_big") as caught:
        read_bytes(tmp_path, "x.xlsx", workbook([["订单号", "金额"], ["A1", 5]], far="XFD1048576"))
    assert "1,048,576" in str(caught.value.message)


def test_a_far_cell_with_nothing_but_its_place_is_seen_too(tmp_path: Path):
    (tmp_path / "x.xlsx").write_bytes(hostile.far_corner())
    with pytest.raises(FileError, match=r"file\.too_big") as caught:
        read(tmp_path / "x.xlsx")
    assert "16,384" in str(caught.value.message)


def test_a_far_cell_without_a_value_harms_nobody(tmp_path: Path):
    plain = zipfile.ZipFile(io.BytesIO(GOOD))
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        for member in plain.namelist():
            content = plain.read(member)
            if member.endswith("sheet1.xml"):
                far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
                content = content.replace(b"</sheetData>", far)
            archive.writestr(member, content)
    assert cells(read(tmp_path / "x.xlsx")) == [("A1", "5"), ("A2", "6")]


def test_a_zip_bomb_is_refused_by_its_declared_size(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(150 << 20))
    with pytest.raises(FileError, match=r"file\.too_big"):
        read(tmp_path / "x.xlsx")


def test_a_gzip_bomb_is_stopped(tmp_path: Path):
    with pytest.raises(FileError, match=r"file\.too_big"):
        read_bytes(tmp_path, "x.csv.gz", gzip.compress(b"a,b\n" * (1 << 20)), limits=Limits(unzipped_mb=2))


@pytest.mark.parametrize(
    ("limits", "content"),
    [
        (Limits(columns=20), b",".join([b"a"] * 21) + b"\n" + b",".join([b"1"] * 21)),
        (Limits(cells=10), b"a,b\n" + b"1,2\n" * 6),
        (Limits(cell_chars=50), b"a,b\n1," + b"x" * 51 + b"\n"),
        (Limits(cell_chars=50), b'a,b\n1,"' + b"x" * 200 + b'"\n'),
    ],
)
def test_limits_hold(tmp_path: Path, limits: Limits, content: bytes):
    with pytest.raises(FileError, match=r"file\.too_big"):
        read_bytes(tmp_path, "x.csv", content, limits=limits)


def test_an_inner_quote_swallows_no_rows(tmp_path: Path):
    """With lenient parsers the 20 rows between the two stray marks become one cell, without an error."""
    lines = [f'A{i},"大号' if i in {5, 25} else f"A{i},小号" for i in range(40)]
    raw = read_bytes(tmp_path, "x.csv", "\n".join(["订单号,规格", *lines]).encode())
    assert raw.rows == 40
    assert note_codes(raw) == ["literal_quotes"]


def test_one_crooked_row_changes_no_other(tmp_path: Path):
    """Thirty thousand rows and one ragged one: the careful parser must number and keep all the others."""
    lines = [f"A{i},{i}" for i in range(30_000)]
    clean = read_bytes(tmp_path, "clean.csv", "\n".join(["订单号,金额", *lines]).encode())
    expected = cells(clean)
    lines[20_500] += ",多,了"
    crooked = read_bytes(tmp_path, "crooked.csv", "\n".join(["订单号,金额", *lines]).encode())
    del expected[20_500]
    assert cells(crooked) == expected
    assert dict(crooked.left_out) == {"ragged_row": 1}
