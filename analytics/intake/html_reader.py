"""Reads the table out of an .xls that is really HTML or Excel 2003 XML, as many back offices export.

One small parser for both: tr/td/th with colspan and rowspan, and Row/Cell with ss:Index and ss:MergeAcross.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.intake.decode import as_utf8
from analytics.intake.layout import SAMPLE_ROWS, find_layout
from analytics.intake.raw import Limits, ReadNote, ReadOptions
from analytics.intake.table_writer import TableWriter, Written, no_rows, too_many_cells, too_many_columns

_CHUNK_CHARS = 1 << 20
_CELL_SHARE = 16  # rows are held as Python lists, which cost this many times an ordinary cell
_ROW_TAGS = frozenset({"tr", "row"})
_CELL_TAGS = frozenset({"td", "th", "cell"})
_TABLE_TAGS = frozenset({"table"})
_SILENT_TAGS = frozenset({"script", "style"})


@dataclass(frozen=True)
class HtmlTable:
    """What was found in the page, beside what was written."""

    written: Written
    header_row: int
    encoding: str
    notes: tuple[ReadNote, ...]


def read_html(source: Path, work: Path, options: ReadOptions, limits: Limits) -> HtmlTable:
    """Reads the largest table of ``source`` into ``work``/raw.parquet and left_out.parquet.

    Raises FileError: ``file.no_table``, ``file.empty``, ``file.no_rows``, ``file.encoding``, ``file.too_big``.
    """
    text = as_utf8(source, work, options.encoding)
    parser = _TableParser(limits)
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        while chunk := file.read(_CHUNK_CHARS):
            parser.feed(chunk)
    parser.close()
    rows = max(parser.tables, key=lambda table: sum(map(len, table)), default=[])
    if not rows:
        raise FileError(
            "file.no_table", msg("这个网页文件里没有表格。"), msg("在导出的后台选择 Excel 或 csv 格式，再上传。")
        )
    layout = find_layout(rows[:SAMPLE_ROWS], options.header_row)
    width = max(len(row) for row in rows)
    writer = TableWriter(work / "raw.parquet", work / "left_out.parquet", layout.header_cells, width, limits)
    try:
        for row in layout.title_rows:
            writer.leave_out(row, "title_row", rows[row - 1])
        data = [[*row, *[None] * (width - len(row))] for row in rows[layout.first_data_row - 1 :]]
        if not data:
            raise no_rows()
        numbers = pa.array(range(layout.first_data_row, layout.first_data_row + len(data)), pa.int64())
        writer.add(numbers, [pa.array(column, pa.string()) for column in zip(*data, strict=True)])
        written = writer.finish()
    finally:
        writer.abandon()
    return HtmlTable(written, layout.header_row, text.encoding, text.notes)


@dataclass
class _Cell:
    text: list[str] = field(default_factory=list)
    across: int = 1
    down: int = 1
    column: int | None = None  # said by ss:Index


class _TableParser(HTMLParser):
    """Collects every table, a nested one on its own; cells that a rowspan covers repeat its value."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str | None]]] = []
        self._limits = limits
        self._open: list[list[list[str | None]]] = []
        self._covered: dict[int, tuple[int, str]] = {}  # column → rows still covered, value
        self._row: list[str | None] | None = None
        self._cell: _Cell | None = None
        self._silent = 0
        self._cells_left = limits.cells // _CELL_SHARE

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = tag.rsplit(":", 1)[-1]
        said = {name.rsplit(":", 1)[-1]: value or "" for name, value in attrs}
        if tag in _TABLE_TAGS:
            self._end_row()
            self._open.append([])
            self._covered = {}
        elif tag in _ROW_TAGS:
            self._end_row()
            self._start_row(_whole(said.get("index")))
        elif tag in _CELL_TAGS:
            self._end_cell()
            if self._row is None:
                self._start_row(0)
            across = _whole(said.get("colspan")) or _whole(said.get("mergeacross")) + 1
            down = _whole(said.get("rowspan")) or _whole(said.get("mergedown")) + 1
            index = _whole(said.get("index"))
            self._cell = _Cell(across=across, down=down, column=index - 1 if index else None)
        elif tag == "br" and self._cell is not None:
            self._cell.text.append("\n")
        elif tag in _SILENT_TAGS:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        tag = tag.rsplit(":", 1)[-1]
        if tag in _CELL_TAGS:
            self._end_cell()
        elif tag in _ROW_TAGS:
            self._end_row()
        elif tag in _TABLE_TAGS and self._open:
            self._end_row()
            self.tables.append(self._open.pop())
        elif tag in _SILENT_TAGS and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.text.append(data)

    def close(self) -> None:
        """Ends what a cut-off file left open."""
        super().close()
        self._end_row()
        self.tables += self._open
        self._open = []

    def _start_row(self, index: int) -> None:
        if not self._open:
            self._open.append([])
        table = self._open[-1]
        if len(table) < index - 1 <= len(table) + 100_000:  # Excel XML skips empty rows
            self._count(index - 1 - len(table))
            table.extend([] for _ in range(index - 1 - len(table)))
        self._row = []

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        cell, self._cell = self._cell, None
        value = "".join(cell.text).replace("\xa0", " ").strip()
        self._fill_covered()
        if cell.column is not None and len(self._row) < cell.column <= self._limits.columns:
            self._row.extend([None] * (cell.column - len(self._row)))
        if len(self._row) + cell.across > self._limits.columns:
            raise too_many_columns(len(self._row) + cell.across, self._limits)
        if cell.down > 1:
            self._covered[len(self._row)] = (cell.down, value)
        self._row.append(value or None)
        self._row.extend([None] * (cell.across - 1))

    def _fill_covered(self) -> None:
        """Cells of this row that a rowspan above covers."""
        if self._row is None:
            return
        while (covered := self._covered.get(len(self._row))) and covered[0] > 0:
            self._row.append(covered[1] or None)

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        self._fill_covered()
        self._covered = {at: (left - 1, value) for at, (left, value) in self._covered.items() if left > 1}
        if self._open:
            self._count(len(self._row) + 1)
            self._open[-1].append(self._row)
        self._row = None

    def _count(self, cells: int) -> None:
        self._cells_left -= cells
        if self._cells_left < 0:
            raise too_many_cells(self._limits)


def _whole(text: str | None) -> int:
    return int(text) if text and text.strip().isascii() and text.strip().isdigit() and len(text) < 7 else 0
