"""Files made to harm: each ends in a clear refusal within the limits, while somebody else's file is still read."""

from __future__ import annotations

import gzip
import io
import os
import stat
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt

from analytics.errors import AnalyticsError, FileError
from analytics.intake import sandbox
from analytics.intake.raw import Limits
from analytics.intake.reader import read_file
from tests.traps import hostile as h
from tests.unit.intake.reading import cells, read, read_bytes

# Smaller than what people get, so that the files can be smaller, too.
LIMITS = Limits(seconds=30, memory_mb=1500, cells=40_000_000, cell_chars=200_000)
ORDERS = "订单号,客户,金额\nA1,张三,5\nA2,李四,6\n".encode()

Build = Callable[[Path], bytes | None]


def million_columns_csv(_: Path) -> bytes:
    return b",".join(b"c%d" % at for at in range(1_000_000)) + b"\n" + b",".join([b"1"] * 1_000_000) + b"\n"


def million_columns_further_down(_: Path) -> bytes:
    return b"a,b\n" + b"1,2\n" * 300 + b",".join([b"1"] * 1_000_000) + b"\n"


def million_columns_xlsx(_: Path) -> bytes:
    """Beyond XFD no program goes; a reader that counts cells in order follows."""
    return h.xlsx(h.sheet('<row r="1">' + "<c><v>1</v></c>" * 1_000_000 + "</row>" + h.ROW))


def lines_without_end(folder: Path) -> None:
    """40 MB without a line end, where 6 MB are a row's most. (2 GB under the limits of every day: 32 MB are enough.)"""
    with (folder / "x").open("wb") as file:
        file.write("订单号,金额\n".encode())
        block = b"A1,5," * (1 << 18)
        for _ in range(30):
            file.write(block)


def open_quote(_: Path) -> bytes:
    rows = [f'A{at},"张{at},5' if at == 3 else f"A{at},张,{at}" for at in range(60_000)]
    return "\n".join(["订单号,客户,金额", *rows, "尾,巴"]).encode()


def quoted_record_without_end(_: Path) -> bytes:
    """No line is long and no cell is, but one record never ends: its line ends are all inside quotes."""
    return b"a,b\n1,2\n" + b'"\n",' * 2_000_000


def xls_bytes() -> bytes:
    book, buffer = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("s")
    for row in range(40):
        for column in range(5):
            page.write(row, column, f"格{row}{column}")
    book.save(buffer)
    return buffer.getvalue()


def xls_record_too_long(_: Path) -> bytes:
    """The string table says that it goes on beyond the end of the file."""
    content = bytearray(xls_bytes())
    at = content.find(b"\xfc\x00", 512)
    content[at + 2 : at + 4] = b"\xff\xff"
    content[at + 4 : at + 12] = b"\xff\xff\xff\x7f" * 2
    return bytes(content)


def parquet_part(path: Path, write: Callable[[Path], None]) -> bytes:
    write(path / "part")
    return (path / "part").read_bytes()


def parquet_bytes(_: Path) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"订单号": ["A1"], "金额": [5]}), buffer)
    return buffer.getvalue()


SQUARE = h.ods_row(h.ods_cell("订单号") + h.ods_cell("金额")) + h.ods_row(h.ods_cell("1", 16_384), 1_048_576)
LATE = h.ods_row(h.ods_cell("订单号") + h.ods_cell("金额")) + "".join(
    h.ods_row("<table:table-cell/>", 999_999) for _ in range(300)
)
EXCEL_XML = (
    '<?xml version="1.0"?>{}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>'
    "{}</Table></Worksheet></Workbook>"
)

CASES: dict[str, tuple[Build, set[str]]] = {
    "17 billion cells": (lambda _: h.far_corner(), {"file.too_big"}),
    "17 billion cells, said honestly": (
        lambda _: h.far_corner('<dimension ref="A1:XFD1048576"/>'),
        {"file.too_big"},
    ),
    "17 billion cells, denied": (lambda _: h.far_corner('<dimension ref="A1:B2"/>'), {"file.too_big"}),
    "17 billion cells in other quotes": (
        lambda _: h.far_corner(cell="<c s='1'\n r = 'xfd0001048576'><v>1</v></c>"),
        {"file.too_big", "file.truncated"},
    ),
    "17 billion cells in a sheet that no list names": (
        lambda _: h.archive(
            h.workbook_parts(targets=["elsewhere/odd.xml"])
            | {"xl/elsewhere/odd.xml": h.sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + h.ROW)}
        ),
        {"file.too_big"},
    ),
    "zip bomb, a thousandfold": (lambda _: h.xlsx(h.bomb_sheet(200)), {"file.too_big"}),
    "zip bomb under the ratio check": (lambda _: h.xlsx(h.bomb_sheet(20)), {"file.too_big"}),
    "zip bomb in another part": (
        lambda _: h.xlsx(h.sheet(h.HEADER + h.ROW), **{"xl/media/image1.png": bytes(200 << 20)}),
        {"file.too_big"},
    ),
    "a zip in a zip": (lambda _: h.archive({"a.xlsx": h.xlsx(h.bomb_sheet(200))}), {"file.not_a_table"}),
    "a gzip in a gzip": (lambda _: gzip.compress(h.gzip_bomb(20)), {"file.not_a_table"}),
    "gzip bomb": (lambda _: h.gzip_bomb(300), {"file.too_big"}),
    "size understated": (
        lambda _: h.understated(h.xlsx(h.bomb_sheet(20)), "xl/worksheets/sheet1.xml", 1000),
        {"file.truncated"},
    ),
    "size of another part understated": (
        lambda _: h.understated(
            h.xlsx(h.sheet(h.HEADER + h.ROW), **{"xl/sharedStrings.xml": b"<sst>" + b" " * (20 << 20) + b"</sst>"}),
            "xl/sharedStrings.xml",
            5,
        ),
        {"file.truncated"},
    ),
    "overlapping parts": (lambda _: h.overlapping(h.xlsx(h.bomb_sheet(9)), 500), {"file.truncated", "file.too_big"}),
    "billion laughs in the workbook": (
        lambda _: h.archive(
            h.workbook_parts()
            | {
                "xl/workbook.xml": h.LAUGHS
                + f'<workbook {h.NAMESPACES}><sheets><sheet name="&l11;"/></sheets></workbook>',
                "xl/worksheets/sheet1.xml": h.sheet(h.HEADER + h.ROW),
            }
        ),
        {"file.truncated"},
    ),
    "billion laughs in the shared strings": (
        lambda _: h.xlsx(
            h.sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>0</v></c></row>'),
            **{"xl/sharedStrings.xml": h.LAUGHS + f"<sst {h.NAMESPACES}><si><t>&l11;</t></si></sst>"},
        ),
        {"file.truncated"},
    ),
    "billion laughs in a page": (
        lambda _: (h.LAUGHS + "<html><table><tr><td>a</td></tr><tr><td>&l11;</td></tr></table></html>").encode(),
        {"file.not_a_table"},
    ),
    "billion laughs in Excel 2003 XML": (
        lambda _: EXCEL_XML.format(h.LAUGHS[21:], "<Row><Cell><Data>&l11;</Data></Cell></Row>").encode(),
        {"file.not_a_table"},
    ),
    "rows that skip a billion rows": (
        lambda _: EXCEL_XML.format(
            "", "</Table><Table>".join('<Row Index="90000"><Cell><Data>1</Data></Cell></Row>' for _ in range(40))
        ).encode(),
        {"file.too_big"},
    ),
    "a cell over a million columns": (
        lambda _: b"<table><tr><td>a</td><td colspan=999999>b</td></tr><tr><td>1</td></tr></table>",
        {"file.too_big"},
    ),
    "a million columns": (million_columns_csv, {"file.too_big"}),
    "a million columns in one late row": (million_columns_further_down, {"file.too_big"}),
    "a million columns in a workbook": (million_columns_xlsx, {"file.too_big", "file.truncated"}),
    "a line without end": (lines_without_end, {"file.too_big"}),
    "a record without end": (quoted_record_without_end, {"file.too_big", "file.open_quote"}),
    "a quote without end": (open_quote, {"file.open_quote"}),
    "a parquet of 5,000 columns": (
        lambda folder: parquet_part(folder, lambda path: h.wide_parquet(path, 5_000)),
        {"file.too_big"},
    ),
    "a parquet of 20 GB in kilobytes": (
        lambda folder: parquet_part(folder, lambda path: h.repeating_parquet(path, 20_000, 1 << 20)),
        {"file.too_big"},
    ),
    "a parquet with an endless footer": (lambda folder: h.lying_parquet(parquet_bytes(folder)), {"file.truncated"}),
    "an ods that repeats a row and a cell": (lambda _: h.ods(SQUARE), {"file.too_big"}),
    "an ods whose last cell is far away": (
        lambda _: h.ods(LATE + h.ods_row("<table:table-cell number-columns-repeated='1500'/>" + h.ods_cell("1"))),
        {"file.too_big"},
    ),
    "an xls with a record beyond its end": (xls_record_too_long, {"file.truncated", "file.crashed"}),
    "an xls cut in the middle": (lambda _: xls_bytes()[:3000], {"file.truncated", "file.crashed"}),
    "sheets shown ten thousand times": (
        lambda _: h.archive(
            h.workbook_parts(targets=["worksheets/sheet1.xml"] * 10_000)
            | {"xl/worksheets/sheet1.xml": h.sheet(h.HEADER + h.ROW + " " * (1 << 20))}
        ),
        {"file.too_big"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_within_the_limits_while_another_file_is_read(tmp_path: Path, case: str):
    build, codes = CASES[case]
    content = build(tmp_path)
    if content is not None:
        (tmp_path / "x").write_bytes(content)
    (tmp_path / "other").mkdir()
    others: list[list] = []
    reading = threading.Thread(target=lambda: others.append(cells(read_bytes(tmp_path / "other", "good.csv", ORDERS))))
    largest_before, start = max(_largest_child_mb(), _own_mb()), time.monotonic()  # a fork counts as large as we are
    reading.start()
    with pytest.raises(AnalyticsError) as caught:
        read(tmp_path / "x", limits=LIMITS)
    seconds = time.monotonic() - start
    reading.join()
    assert caught.value.code in codes
    assert caught.value.in_language("zh") != caught.value.in_language("en")
    assert seconds < LIMITS.seconds
    assert others == [[("A1", "张三", "5"), ("A2", "李四", "6")]]
    assert not list((tmp_path / "out").iterdir())
    assert _largest_child_mb() <= max(LIMITS.memory_mb, largest_before)


def _own_mb() -> float:
    resource = pytest.importorskip("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _largest_child_mb() -> float:
    resource = pytest.importorskip("resource")
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def test_the_bomb_is_five_kilobytes():
    assert len(h.far_corner()) < 5_000
    assert len(h.ods(SQUARE)) < 5_000


# ── harmless after all ───────────────────────────────────────────────────────────────────────────────────────────


def test_ten_thousand_sheets_are_read(tmp_path: Path):
    parts = h.workbook_parts(10_000)
    empty = h.sheet("")
    parts |= {f"xl/worksheets/sheet{at}.xml": empty for at in range(1, 10_001)}
    parts["xl/worksheets/sheet7777.xml"] = h.sheet(h.HEADER + h.ROW)
    raw = read_bytes(tmp_path, "x.xlsx", h.archive(parts), limits=LIMITS)
    assert (raw.sheet, len(raw.sheets), cells(raw)) == ("s7777", 10_000, [("A1", "5")])


def test_names_inside_the_archive_are_never_paths(tmp_path: Path):
    parts = h.workbook_parts() | {
        "xl/worksheets/sheet1.xml": h.sheet(h.HEADER + h.ROW),
        "../../outside.txt": "x",
        "/absolute.txt": "x",
        "C:\\outside.txt": "x",
    }
    content = io.BytesIO(h.archive(parts))
    with zipfile.ZipFile(content, "a") as target:
        link = zipfile.ZipInfo("xl/media/link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        target.writestr(link, "/etc/passwd")
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    raw = read_bytes(folder, "x.xlsx", content.getvalue())
    assert cells(raw) == [("A1", "5")]
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["a/b/out/left_out.parquet", "a/b/out/raw.parquet", "a/b/x.xlsx"]


def test_a_sheet_outside_of_the_archive_is_not_followed(tmp_path: Path):
    (tmp_path / "secret.xml").write_text(h.sheet(h.HEADER + h.ROW), encoding="utf-8")
    content = h.archive(h.workbook_parts(targets=[f"../..{tmp_path}/secret.xml"]))
    with pytest.raises(FileError, match=r"file\.(truncated|empty)"):
        read_bytes(tmp_path, "x.xlsx", content)


@pytest.mark.parametrize("name", ["../../up.csv", "/etc/passwd", "C:\\x\\y.csv", "a\0b.csv", "名" * 300, "", ".."])
def test_a_users_file_name_goes_nowhere(tmp_path: Path, name: str):
    source = tmp_path / "upload"
    source.write_bytes(ORDERS)
    raw = read_file(source, tmp_path / "out", file_name=name)
    assert raw.rows == 2
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["left_out.parquet", "out", "raw.parquet", "upload"]


def test_empty_columns_without_end_are_no_columns(tmp_path: Path):
    """Excel writes all 16,384 of them once a far cell was touched."""
    content = b"".join(row + b"," * 16_381 + b"\r\n" for row in (b"no,name,amount", b"A1,x,5", b"A2,y,6"))
    raw = read_bytes(tmp_path, "x.csv", content)
    assert (raw.columns, cells(raw)) == (("no", "name", "amount"), [("A1", "x", "5"), ("A2", "y", "6")])


def test_an_ods_that_ends_in_a_million_empty_rows(tmp_path: Path):
    """LibreOffice ends every sheet like this."""
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = h.ods_row(h.ods_cell("订单号") + h.ods_cell("金额") + empty) + h.ods_row(
        h.ods_cell("A1") + h.ods_cell("5"), 2
    )
    assert cells(read_bytes(tmp_path, "x.ods", h.ods(rows + h.ods_row(empty, 1_048_573)))) == [("A1", "5")] * 2


# ── where the system knows no memory limit ───────────────────────────────────────────────────────────────────────


def _has_resource() -> bool:
    try:
        import resource  # noqa: F401
    except ImportError:
        return False
    return True


def _wait() -> None:
    time.sleep(60)


def _address_space_bytes() -> int:
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)[0]


def _address_space_of_a_child_bytes() -> int:
    return sandbox.run(_address_space_bytes, limits=Limits(memory_mb=100_000))


@pytest.fixture
def without_resource(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child process like Windows': its Python has no module ``resource``."""
    (tmp_path / "no").mkdir()
    (tmp_path / "no" / "resource.py").write_text("raise ImportError('as on Windows')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "no")


@pytest.mark.usefixtures("without_resource")
def test_without_a_memory_limit_time_and_checks_still_hold(tmp_path: Path):
    assert sandbox.run(_has_resource, limits=LIMITS) is False
    assert cells(read_bytes(tmp_path, "good.csv", ORDERS)) == [("A1", "张三", "5"), ("A2", "李四", "6")]
    with pytest.raises(FileError, match=r"file\.timeout"):
        sandbox.run(_wait, limits=Limits(seconds=0.5))
    for case in ("17 billion cells", "size understated", "a line without end", "an ods that repeats a row and a cell"):
        build, codes = CASES[case]
        content = build(tmp_path)
        if content is not None:
            (tmp_path / "x").write_bytes(content)
        with pytest.raises(FileError) as caught:
            read(tmp_path / "x", limits=LIMITS)
        assert caught.value.code in codes


@pytest.mark.skipif(os.name != "posix", reason="memory limits are POSIX")
def test_a_lower_limit_of_the_system_is_kept():
    """Asking for more than the system allows must not fail the read. (A child of a child has a hard limit.)"""
    assert sandbox.run(_address_space_of_a_child_bytes, limits=Limits(memory_mb=3000)) == 3000 << 20
