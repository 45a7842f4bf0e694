"""Writes batches of rows to xlsx and csv as they come, never the whole table in memory. Knows nothing of lists.

xlsx goes through rustpy-xlsxwriter, which streams and writes "=1+1" as text; text cells carry the format "@", so that
editing one in Excel does not turn it into a formula, and long ids stay as they are.
"""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import rustpy_xlsxwriter

from analytics.errors import FileError
from analytics.export.safe import guard, guard_text
from analytics.i18n import msg
from analytics.models.base import CellType

SHEET_ROWS = 1_048_575  # what a worksheet holds below its header
CELL_CHARS = 32_767  # what a cell holds; Excel refuses a file with more
_ARROW = {
    "text": pa.string(), "int": pa.int64(), "number": pa.float64(), "money": pa.float64(), "share": pa.float64(),
    "date": pa.timestamp("us"), "datetime": pa.timestamp("us"),
}  # fmt: skip
_EXCEL = {
    "text": "@", "int": "0", "number": "0.00", "money": "#,##0.00", "share": "0.0%",
    "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm",
}  # fmt: skip
_MOMENT_CHARS = {"date": 10, "datetime": 16}  # of 2024-01-03 14:05:01.000000
_WIDTH = {"text": 14, "int": 10, "number": 10, "money": 14, "share": 10, "date": 12, "datetime": 17}  # in characters


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its header as shown, and what its cells are. ``width`` in characters; None: by type."""

    header: str
    type: CellType = "text"
    width: float | None = None


@dataclass(frozen=True)
class Sheet:
    """A worksheet to be: ``batches`` give its columns by position; ``rows`` is how many they hold together."""

    name: str
    columns: tuple[Column, ...]
    batches: Iterable[pa.RecordBatch]
    rows: int


def write_workbook(target: Path | BinaryIO, sheets: Sequence[Sheet]) -> None:
    """Write the sheets; one with more rows than a worksheet holds goes on in "name 2", "name 3", ….

    Raises FileError (file.cannot_write) when the target cannot be written. A path appears whole or not at all.
    """
    parts: list[tuple[str, pa.RecordBatchReader]] = []
    widths: dict[str, Any] = {}
    formats: dict[str, Any] = {}
    filters: dict[str, bool] = {}
    for sheet in sheets:
        headers = unique([column.header for column in sheet.columns])
        schema = pa.schema([(h, _ARROW[c.type]) for h, c in zip(headers, sheet.columns, strict=True)])
        rest = _Slices(_excel_cells(sheet.batches, schema))
        for number in range(max(1, -(-sheet.rows // SHEET_ROWS))):
            name = sheet.name if number == 0 else f"{sheet.name} {number + 1}"
            parts.append((name, pa.RecordBatchReader.from_batches(schema, rest.take(SHEET_ROWS))))
            widths[name] = {h: _width(c) for h, c in zip(headers, sheet.columns, strict=True)}
            formats[name] = {
                h: rustpy_xlsxwriter.Format().set_num_format(_EXCEL[c.type])
                for h, c in zip(headers, sheet.columns, strict=True)
            }
            filters[name] = sheet.rows > 0
    with opened(target) as file:
        rustpy_xlsxwriter.write_worksheets(
            parts, file, bold_headers=True, freeze_panes={"general": {"row": 1, "col": 0}},
            column_widths=widths, column_formats=formats, autofilter=filters,
        )  # fmt: skip


def write_csv_file(target: Path | BinaryIO, columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> int:
    """Write csv: utf-8 with BOM (Excel reads it right), comma, line feeds, text always quoted; returns the rows.

    Texts that could run as formulas get an apostrophe in front (analytics/export/safe.py); numbers do not.
    Raises FileError (file.cannot_write) when the target cannot be written.
    """
    headers = unique([column.header for column in columns])
    schema = pa.schema([(h, _ARROW[c.type]) for h, c in zip(headers, columns, strict=True)])
    text = pa.schema(
        [(f.name, pa.string() if c.type in _MOMENT_CHARS else f.type) for f, c in zip(schema, columns, strict=True)]
    )
    first = io.StringIO()
    csv.writer(first, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(guard_text(header) for header in headers)
    options, rows = pa.csv.WriteOptions(include_header=False), 0
    with opened(target) as file:
        file.write(first.getvalue().encode("utf-8-sig"))
        for batch in batches:
            rows += batch.num_rows
            cells = [_csv_cells(values, c) for values, c in zip(_typed(batch, schema).columns, columns, strict=True)]
            pa.csv.write_csv(pa.RecordBatch.from_arrays(cells, schema=text), file, options)
    return rows


def _csv_cells(values: pa.Array, column: Column) -> pa.Array:
    if column.type == "text":
        return guard(values)
    if column.type not in _MOMENT_CHARS:
        return values
    # strftime would take twenty times as long
    return pc.utf8_slice_codeunits(pc.cast(values, pa.string()), 0, _MOMENT_CHARS[column.type])


def unique(headers: Sequence[str]) -> list[str]:
    """Headers made different from one another: "金额", "金额 (2)"."""
    seen: set[str] = set()
    made = []
    for header in headers:
        name, number = header, 1
        while name in seen:
            number += 1
            name = f"{header} ({number})"
        seen.add(name)
        made.append(name)
    return made


def display_width(text: str) -> int:
    """How many columns of a fixed-width screen a text takes: Chinese characters take two."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _width(column: Column) -> float:
    return column.width or min(60, max(_WIDTH[column.type], display_width(column.header) + 4))


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    cells = [_cast(values, field.type) for values, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(cells, schema=schema)


def _cast(values: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(values.type) and pa.types.is_floating(wanted):
        values = pc.cast(values, pa.string())  # straight to float, 256438.49 would become 256438.49000000002
    return pc.cast(values, wanted, safe=False)


def _excel_cells(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        cells = [
            pc.utf8_slice_codeunits(values, 0, CELL_CHARS) if pa.types.is_string(values.type) else values
            for values in _typed(batch, schema).columns
        ]
        yield pa.RecordBatch.from_arrays(cells, schema=schema)


class _Slices:
    """Hands a stream of batches out in portions of so many rows, in order."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = iter(batches)
        self._rest: pa.RecordBatch | None = None

    def take(self, rows: int) -> Iterator[pa.RecordBatch]:
        while rows > 0:
            batch = self._rest if self._rest is not None else next(self._batches, None)
            if batch is None:
                return
            self._rest = batch.slice(rows) if batch.num_rows > rows else None
            rows -= batch.num_rows
            yield batch.slice(0, rows + batch.num_rows)


@contextmanager
def opened(target: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The target as a writable file; a path is first written beside itself, then renamed."""
    if not isinstance(target, Path):
        yield target
        return
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(target)
    except OSError as problem:
        raise FileError(
            "file.cannot_write",
            msg("“{name}”写不进去。", name=target.name),
            msg("看看文件夹在不在、有没有权限，文件是不是正在 Excel 里开着。"),
        ) from problem
    finally:
        unfinished.unlink(missing_ok=True)
