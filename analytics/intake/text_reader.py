"""Reads csv, tsv and txt of any size into text columns.

A regular file goes through Arrow's csv parser. Anything irregular (ragged rows, blank lines, stray quotes, aligned
columns) goes through Python's csv module, row by row. Both give the same cells; a test holds them to it.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.intake.decode import Utf8File, as_utf8
from analytics.intake.layout import SAMPLE_ROWS, Layout, basket_items, blank, find_layout
from analytics.intake.raw import Limits, ReadNote, ReadOptions
from analytics.intake.sniff import WHITESPACE, delimiter
from analytics.intake.table_writer import TableWriter, Written, cell_too_long, line_too_long, no_rows, too_many_columns

_BATCH_ROWS = 20_000
_BATCH_CELLS = 2_000_000
_LONGEST_CELLS = 32  # a record may be as long as this many of the longest cells
_BLOCK_BYTES = 16 << 20
_HEAD_CHARS = 256 << 10


@dataclass(frozen=True)
class TextTable:
    """What was found in a text file, beside what was written."""

    written: Written
    header_row: int
    encoding: str
    delimiter: str | None
    notes: tuple[ReadNote, ...]


@dataclass(frozen=True)
class _Format:
    """How the text splits into cells. delimiter None: one column; literal_quotes: quotation marks mean nothing."""

    delimiter: str | None
    literal_quotes: bool = False


@dataclass(frozen=True)
class _Plan:
    """All that either parser needs: the text, how it splits, its first records, header and number of columns."""

    text: Utf8File
    form: _Format
    sample: Sequence[Sequence[str]]
    layout: Layout
    width: int


class _Irregular(Exception):  # noqa: N818 - not an error: the other parser takes over
    """The fast parser met something that it cannot say the truth about."""


def read_text(source: Path, work: Path, options: ReadOptions, limits: Limits) -> TextTable:
    """Reads ``source`` into ``work``/raw.parquet and left_out.parquet.

    Raises FileError: ``file.encoding``, ``file.empty``, ``file.no_rows``, ``file.open_quote``, ``file.too_big``,
    ``file.delimiter``, ``file.header_row``.
    """
    text = as_utf8(source, work, options.encoding)
    chosen = _chosen_delimiter(options.delimiter) if options.delimiter else _found_delimiter(text.head(_HEAD_CHARS))
    regular = text.quotes_end == text.start or (_one_byte(chosen) and _quotes_are_regular(text, chosen or "\n"))
    form = _Format(chosen) if regular else _format_with_stray_quotes(text, chosen, limits)
    sample = list(itertools.islice(_records(text, form, limits), SAMPLE_ROWS))
    layout = find_layout(sample, options.header_row)
    width, needs_care = _width(text, form, sample, layout, limits)
    plan = _Plan(text, form, sample, layout, width)
    notes = list(text.notes)
    if form.literal_quotes:
        notes.append(ReadNote("literal_quotes", msg("引号没有成对出现，已把引号当作普通文字读取。")))
    written = None
    if regular and not needs_care and _one_byte(chosen):
        try:
            written = _read_fast(plan, work, limits)
        except _Irregular:
            written = None
    if written is None:
        written, short_rows = _read_carefully(plan, work, limits)
        if short_rows and not layout.baskets:
            note = msg("有 {count:int} 行的格子不够，缺的按空白处理。", count=short_rows)
            notes.append(ReadNote("short_rows", note))
    return TextTable(written, layout.header_row, text.encoding, chosen, tuple(notes))


def _found_delimiter(head: str) -> str | None:
    """The delimiter of the first lines; also where so many baskets hold one item that most lines have none."""
    found = delimiter(head)
    if found is not None:
        return found
    lines = head.splitlines()[:SAMPLE_ROWS]
    return next((one for one in ",\t;|" if basket_items([line.split(one) for line in lines]) == "words"), None)


def _chosen_delimiter(told: str) -> str:
    named = {"\\t": "\t", "tab": "\t", "space": WHITESPACE}.get(told.lower(), told)
    if len(named) == 1 and named not in '"\r\n':
        return named
    raise FileError(
        "file.delimiter",
        msg("“{told}”不能当分隔符。", told=told),
        msg("分隔符是一个字符，例如逗号、分号、竖线或制表符。"),
    )


def _one_byte(chosen: str | None) -> bool:
    return chosen is None or (chosen != WHITESPACE and chosen.isascii())


def _quotes_are_regular(text: Utf8File, chosen: str) -> bool:
    """Whether every quotation mark opens or closes a whole cell or is doubled inside one, as RFC 4180 has it.

    Counting from 0, an even mark must follow a delimiter, a line end or a mark; an odd one must be followed by one.
    Then every parser reads the same cells.
    """
    edges = np.zeros(256, dtype=bool)
    edges[[ord(chosen), 10, 13, 34]] = True
    seen, previous = 0, 10
    with text.path.open("rb") as file:
        file.seek(text.start)
        # What follows the last mark belongs to the look; at the end of the file a line end does.
        behind = min(text.quotes_end + 1, text.end)
        remaining, carried = behind - text.start, b""
        while remaining or carried:
            fresh = file.read(min(_BLOCK_BYTES, remaining))
            remaining -= len(fresh)
            # The last byte waits for its successor, except at the end.
            block = carried + fresh + (b"" if remaining else b"\n")
            data = np.frombuffer(block, dtype=np.uint8)
            marks = np.flatnonzero(data[:-1] == 34)
            opening = marks[(np.arange(len(marks)) + seen) % 2 == 0]
            closing = marks[(np.arange(len(marks)) + seen) % 2 == 1]
            before = np.where(opening > 0, data[opening - 1], previous)
            if not (edges[before].all() and edges[data[closing + 1]].all()):
                return False
            seen += len(marks)
            previous, carried = int(data[-2]) if len(data) > 1 else previous, block[-1:] if remaining else b""
    return seen % 2 == 0


def _format_with_stray_quotes(text: Utf8File, chosen: str | None, limits: Limits) -> _Format:
    """Quotes by the book where they close; as plain text where that gives an even table.

    Raises FileError ``file.open_quote`` naming the row where a quotation mark opens and never closes rightly.
    """
    if chosen == WHITESPACE:
        return _Format(chosen)
    strict = _Format(chosen)
    row = 0
    try:
        for row, _ in enumerate(_records(text, strict, limits), start=1):  # noqa: B007 - the count is what we want
            pass
    except (csv.Error, FileError):  # a cell without end is an open quote as well
        literal = _Format(chosen, literal_quotes=True)
        widths = {len(cells) for cells in _records(text, literal, limits) if cells}
        if len(widths) == 1 and (widths != {1} or chosen is None):
            return literal
        raise FileError(
            "file.open_quote",
            msg("第 {row:int} 行有一个引号没有合上，后面的内容分不清是哪一格。", row=row + 1),
            msg("打开文件检查这一行的引号，补上或删掉它，再上传。"),
        ) from None
    return strict


def _records(text: Utf8File, form: _Format, limits: Limits) -> Iterator[list[str]]:
    """Every record, blank ones as []; a line break inside quotes stays in its cell.

    Raises csv.Error for a bad quote, FileError ``file.too_big`` for a cell without end.
    """
    with text.path.open("rb") as file:
        file.seek(text.start)
        window = io.BufferedReader(_Window(file, text.end), _BLOCK_BYTES)
        lines = _Lines(io.TextIOWrapper(window, encoding="utf-8", newline=""), limits)
        try:
            for cells in _split(lines, form, limits):
                lines.next_record()
                yield cells if len(cells) <= limits.columns else _without_empty_end(cells, limits)
        except csv.Error as error:
            if "field larger" in str(error):
                raise cell_too_long(limits) from None
            raise


def _split(lines: _Lines, form: _Format, limits: Limits) -> Iterator[list[str]]:
    if form.delimiter == WHITESPACE:
        return (line.split() for line in lines)
    csv.field_size_limit(limits.cell_chars * 2)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if form.literal_quotes else csv.QUOTE_MINIMAL
    # A single column has no delimiter: a character that text cannot hold stands in.
    return csv.reader(lines, delimiter=form.delimiter or "\x00", quoting=quoting, strict=True)


def _without_empty_end(cells: list[str], limits: Limits) -> list[str]:
    """Spreadsheet programs write thousands of empty cells behind the last column; those are no columns."""
    width = next((at for at in range(len(cells), 0, -1) if not blank(cells[at - 1])), 0)
    if width > limits.columns:
        raise too_many_columns(width, limits)
    return cells[: max(width, 1)]


class _Lines:
    """Lines of a text; a record that goes on and on is refused before it fills the memory."""

    def __init__(self, text: io.TextIOWrapper, limits: Limits) -> None:
        self._text = text
        self._most = self._left = limits.cell_chars * _LONGEST_CELLS

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        self._left -= len(line)
        if self._left < 0:
            raise line_too_long(self._most)
        if not line:
            raise StopIteration
        return line

    def next_record(self) -> None:
        """What comes now belongs to another record."""
        self._left = self._most


class _Window(io.RawIOBase):
    """A file from where it stands to ``end``."""

    def __init__(self, file: IO[bytes], end: int) -> None:
        super().__init__()
        self._file = file
        self._left = end - file.tell()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fills ``buffer`` with what is left."""
        data = self._file.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def _width(
    text: Utf8File, form: _Format, sample: Sequence[Sequence[str]], layout: Layout, limits: Limits
) -> tuple[int, bool]:
    """Columns of the table, and whether only the careful parser will do.

    The header decides, unless half of the first rows are wider; without a header the widest row does.
    """
    data = [row for row in sample[layout.first_data_row - 1 :] if row]
    filled = [max((i + 1 for i, cell in enumerate(row) if not blank(cell)), default=0) for row in data]
    if not layout.header_row:
        ragged = len({len(row) for row in data}) > 1
        widest = max((len(row) for row in data), default=0)
        if ragged:
            widest = max(len(row) for row in _records(text, form, limits))
        if widest > limits.columns:
            raise too_many_columns(widest, limits)
        return widest, ragged
    width = len(layout.header_cells)
    wider = [count for count in filled if count > width]
    if len(wider) * 2 > len(filled):
        width = max(wider)
    return width, any(len(row) != width for row in data)


def _read_fast(plan: _Plan, work: Path, limits: Limits) -> Written:
    """The regular file by Arrow; _Irregular as soon as one row has another number of cells."""
    text, layout, width = plan.text, plan.layout, plan.width
    start = _offset_of_record(text, layout.first_data_row)
    if start >= text.end:
        raise no_rows()
    names = [f"c{i}" for i in range(width)]
    writer = _writer(plan, work, limits)
    row = layout.first_data_row
    try:
        _leave_out_titles(writer, plan)
        with text.path.open("rb") as file:
            file.seek(start)
            reader = pa_csv.open_csv(
                pa.PythonFile(io.BufferedReader(_Window(file, text.end), _BLOCK_BYTES), mode="r"),
                read_options=pa_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
                parse_options=pa_csv.ParseOptions(
                    delimiter=plan.form.delimiter or "\x01",
                    newlines_in_values=text.quotes_end > start,
                    ignore_empty_lines=False,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            for batch in reader:
                rows = pa.array(np.arange(row, row + batch.num_rows, dtype=np.int64))
                writer.add(rows, batch.columns)
                row += batch.num_rows
        return writer.finish()
    except pa.ArrowInvalid:
        raise _Irregular from None
    finally:
        writer.abandon()


def _offset_of_record(text: Utf8File, row: int) -> int:
    """The byte where record ``row`` (1-based) starts; quotes are known to be regular."""
    offset = text.start
    with text.path.open("rb") as file:
        file.seek(offset)
        lines = io.TextIOWrapper(io.BufferedReader(_Window(file, text.end)), encoding="utf-8", newline="")
        marks, record = 0, 1
        for line in lines:
            if record >= row:
                break
            offset += len(line.encode("utf-8"))
            marks += line.count('"')
            record += marks % 2 == 0
    return offset


def _read_carefully(plan: _Plan, work: Path, limits: Limits) -> tuple[Written, int]:
    """Any file by Python's csv module; returns the number of rows with too few cells as well."""
    width, short_rows = plan.width, 0
    writer = _writer(plan, work, limits)
    try:
        _leave_out_titles(writer, plan)
        numbered = enumerate(_records(plan.text, plan.form, limits), start=1)
        data = itertools.islice(numbered, plan.layout.first_data_row - 1, None)
        batch_rows = max(SAMPLE_ROWS, min(_BATCH_ROWS, _BATCH_CELLS // max(1, width)))
        while batch := list(itertools.islice(data, batch_rows)):
            rows: list[int] = []
            fitting: list[list[str]] = []
            for row, cells in batch:
                if len(cells) > width and any(not blank(cell) for cell in cells[width:]):
                    writer.leave_out(row, "ragged_row", cells)
                    continue
                short_rows += 0 < len(cells) < width and any(cells)
                rows.append(row)
                fitting.append((cells + [""] * (width - len(cells)))[:width])
            columns = [pa.array(column, pa.string()) for column in zip(*fitting, strict=True)]
            writer.add(pa.array(rows, pa.int64()), columns)
        return writer.finish(), short_rows
    finally:
        writer.abandon()


def _writer(plan: _Plan, work: Path, limits: Limits) -> TableWriter:
    return TableWriter(work / "raw.parquet", work / "left_out.parquet", plan.layout.header_cells, plan.width, limits)


def _leave_out_titles(writer: TableWriter, plan: _Plan) -> None:
    for row in plan.layout.title_rows:
        writer.leave_out(row, "title_row", plan.sample[row - 1])
