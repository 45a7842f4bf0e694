"""Writes text columns to Parquet batch by batch, setting aside blank, total and repeated header rows on the way.

Memory stays bounded: a batch is looked at column by column with Arrow, and only the few rows that could be special
are ever turned into Python objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.intake.charsets import CharsetFinder
from analytics.intake.layout import blank, column_names, is_total_label, is_total_row
from analytics.intake.raw import CONTENT, REASON, ROW, Charset, Limits

COMPRESSION = "lz4"
_LEFT_OUT_SCHEMA = pa.schema([(ROW, pa.int64()), (REASON, pa.string()), (CONTENT, pa.string())])
_LEFT_OUT_BATCH = 20_000
_LEFT_OUT_CHARS = 32_767  # what a cell of a spreadsheet program holds
_PROBE_ROWS = 10_000
_LABEL_BYTES = 60  # no total label is longer
_BLANKS = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"


@dataclass(frozen=True)
class Written:
    """What lies on disk: ``columns`` are the headers of c0, c1, … after wholly empty unnamed columns were dropped."""

    columns: tuple[str, ...]
    rows: int
    left_out: tuple[tuple[str, int], ...]
    charsets: tuple[Charset, ...]


class TableWriter:
    """Takes columns in file order; ``finish`` or ``abandon`` must be called."""

    def __init__(self, table_path: Path, left_out_path: Path, header: Sequence[str | None], width: int, limits: Limits):
        if width > limits.columns:
            raise too_many_columns(width, limits)
        self._limits = limits
        self._header = tuple(header) + (None,) * (width - len(header))
        self.columns = column_names(header, width)
        self._path = table_path
        schema = [(ROW, pa.int64()), *((f"c{i}", pa.string()) for i in range(width))]
        self._schema = pa.schema(schema)
        self._table: pq.ParquetWriter | None = None  # opened by the first batch, which says what repeats
        self._encoder = ThreadPoolExecutor(max_workers=1)  # encodes a batch while the next one is parsed
        self._encoding: Future[None] | None = None
        self._left_out = pq.ParquetWriter(left_out_path, _LEFT_OUT_SCHEMA, compression=COMPRESSION)
        self._waiting: list[tuple[int, str, str]] = []
        self._blank_rows: list[int] = []  # not yet known whether anything follows
        self._counts: Counter[str] = Counter()
        self._filled = [False] * width
        self._charsets = [CharsetFinder() for _ in range(width)]
        self._rows = 0

    def leave_out(self, row: int, reason: str, cells: Sequence[str | None]) -> None:
        """Sets a source row aside with its cells."""
        content = " | ".join(cell or "" for cell in cells).rstrip(" |")
        if len(content) > _LEFT_OUT_CHARS:
            content = content[: _LEFT_OUT_CHARS - 1] + "…"
        self._waiting.append((row, reason, content))
        self._counts[reason] += 1
        if len(self._waiting) >= _LEFT_OUT_BATCH:
            self._flush_left_out()

    def add(self, rows: pa.Array, columns: Sequence[pa.Array]) -> None:
        """A batch: source row numbers (int64) and one string array per column; empty cells are null or ''."""
        if not len(rows):
            return
        columns = [_without_empty(column) for column in columns]
        for charset, column in zip(self._charsets, columns, strict=True):
            charset.add(column)
        self._check_cells(columns)
        drop = self._set_aside(rows, columns)
        batch = pa.RecordBatch.from_arrays([rows, *columns], schema=self._schema)
        if drop:
            keep = pc.invert(pc.is_in(rows, value_set=pa.array(sorted(drop), pa.int64())))
            batch = batch.filter(keep)
        for index, column in enumerate(batch.columns[1:]):
            self._filled[index] = self._filled[index] or column.null_count < len(column)
        self._rows += batch.num_rows
        if self._rows * len(self.columns) > self._limits.cells:
            raise too_many_cells(self._limits)
        if batch.num_rows:
            self._write(batch)

    def finish(self) -> Written:
        """Closes both files. FileError ``file.no_rows`` when no data row came."""
        self._flush_left_out()
        self.abandon()
        if not self._rows:
            raise no_rows()
        kept = [i for i, cell in enumerate(self._header) if self._filled[i] or not blank(cell)]
        if len(kept) < len(self._header):
            self._keep_columns(kept)
            self.columns = tuple(self.columns[i] for i in kept)
        charsets = tuple(self._charsets[i].found() for i in kept)
        return Written(self.columns, self._rows, tuple(sorted(self._counts.items())), charsets)

    def abandon(self) -> None:
        """Closes the files; after a failure the caller removes them."""
        if self._encoding is not None:
            self._encoding.result()
        self._encoder.shutdown()
        if self._table is not None:
            self._table.close()
        self._left_out.close()

    def _write(self, batch: pa.RecordBatch) -> None:
        if self._table is None:
            repeating = [
                name for name, column in zip(batch.schema.names, batch.columns, strict=True) if _repeats(column)
            ]
            self._table = pq.ParquetWriter(
                self._path, self._schema, compression=COMPRESSION, use_dictionary=repeating, write_statistics=[ROW]
            )
        if self._encoding is not None:
            self._encoding.result()
        self._encoding = self._encoder.submit(self._table.write_batch, batch)

    def _check_cells(self, columns: Sequence[pa.Array]) -> None:
        for charset, column in zip(self._charsets, columns, strict=True):
            # Bytes are an upper bound of characters; count only when they are over it.
            if charset.longest_bytes > self._limits.cell_chars < (pc.max(pc.utf8_length(column)).as_py() or 0):
                raise cell_too_long(self._limits)

    def _set_aside(self, rows: pa.Array, columns: Sequence[pa.Array]) -> set[int]:
        """Leaves out blank, total and repeated header rows; returns their row numbers."""
        blanks = _blank_positions(columns, self._charsets)
        special = dict.fromkeys(blanks, "")
        for position in _label_positions(columns, self._charsets):
            cells = [column[position].as_py() for column in columns]
            if is_total_row(cells, self.columns):
                special[position] = "total_row"
        for position in self._repeated_headers(columns):
            special[position] = "repeated_header"
        last_filled = _last_other_than(blanks, len(rows))
        for position in sorted(special):
            row = rows[position].as_py()
            if special[position]:
                self._flush_blank_rows()
                self.leave_out(row, special[position], [column[position].as_py() for column in columns])
            elif position < last_filled:
                self._blank_rows.append(row)
                self._flush_blank_rows()
            else:
                if last_filled >= 0:
                    self._flush_blank_rows(before=rows[last_filled].as_py())
                self._blank_rows.append(row)
        if last_filled >= 0:
            self._flush_blank_rows(before=rows[last_filled].as_py())
        return {rows[position].as_py() for position in special}

    def _flush_blank_rows(self, before: int | None = None) -> None:
        """Something follows these blank rows, so they lie inside of the data."""
        ready = [row for row in self._blank_rows if before is None or row < before]
        self._blank_rows = [row for row in self._blank_rows if before is not None and row >= before]
        for row in ready:
            self.leave_out(row, "blank_row", ())

    def _repeated_headers(self, columns: Sequence[pa.Array]) -> list[int]:
        named = [i for i, cell in enumerate(self._header) if not blank(cell)]
        if not named:
            return []
        first = pc.equal(columns[named[0]], self._header[named[0]])
        positions = _true_positions(first)
        wanted = {i: (self._header[i] or "").strip() for i in named}
        return [
            position
            for position in positions
            if all((columns[i][position].as_py() or "").strip() == text for i, text in wanted.items())
        ]

    def _flush_left_out(self) -> None:
        if not self._waiting:
            return
        rows, reasons, contents = zip(*sorted(self._waiting), strict=True)
        arrays = [pa.array(rows, pa.int64()), pa.array(reasons, pa.string()), pa.array(contents, pa.string())]
        self._left_out.write_batch(pa.RecordBatch.from_arrays(arrays, schema=_LEFT_OUT_SCHEMA))
        self._waiting.clear()

    def _keep_columns(self, kept: Sequence[int]) -> None:
        """Rewrites the table with some columns only, numbered anew from c0."""
        smaller = self._path.with_suffix(".kept")
        schema = pa.schema([(ROW, pa.int64()), *((f"c{i}", pa.string()) for i in range(len(kept)))])
        with pq.ParquetFile(self._path) as source, pq.ParquetWriter(smaller, schema, compression=COMPRESSION) as target:
            for group in range(source.num_row_groups):
                part = source.read_row_group(group, columns=[ROW, *(f"c{i}" for i in kept)])
                target.write_table(part.rename_columns(schema.names))
        smaller.replace(self._path)


def _repeats(column: pa.Array) -> bool:
    """Whether a dictionary of the values would pay: few different ones among the first rows."""
    head = column.slice(0, _PROBE_ROWS)
    return bool(pa.types.is_string(column.type)) and pc.count_distinct(head).as_py() * 4 < len(head)


def _without_empty(column: pa.Array) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    empty = pc.equal(pc.binary_length(column), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), column) if pc.any(empty).as_py() else column


def _true_positions(mask: pa.Array) -> list[int]:
    if not pc.any(mask).as_py():
        return []
    positions: list[int] = pc.indices_nonzero(mask).to_pylist()
    return positions


def _is_blank(column: pa.Array, charset: CharsetFinder) -> pa.Array:
    """True for null and for cells of blanks only."""
    if not charset.may_hold_any(_BLANKS):
        return pc.is_null(column)
    blanks = pc.utf8_is_space(column)
    return pc.fill_null(blanks, True) if column.null_count else blanks


def _blank_positions(columns: Sequence[pa.Array], charsets: Sequence[CharsetFinder]) -> list[int]:
    """Rows in which every cell is blank; looks at a further column only for rows blank so far."""
    candidates: pa.Array | None = None
    for column, charset in zip(columns, charsets, strict=True):
        part = column if candidates is None else column.take(candidates)
        found = pc.indices_nonzero(_is_blank(part, charset))
        if not len(found):
            return []
        candidates = found if candidates is None else candidates.take(found)
    result: list[int] = candidates.to_pylist() if candidates is not None else []
    return result


def _label_positions(columns: Sequence[pa.Array], charsets: Sequence[CharsetFinder]) -> list[int]:
    """Rows whose first filled cell is a total label."""
    found: list[int] = []
    candidates: pa.Array | None = None
    for column, charset in zip(columns, charsets, strict=True):
        part = column if candidates is None else column.take(candidates)
        likely = _true_positions(pc.fill_null(_could_be_label(part), False)) if charset.may_hold_word("total") else []
        labels = [position for position in likely if is_total_label(part[position].as_py())]
        found += labels if candidates is None else candidates.take(pa.array(labels, pa.int64())).to_pylist()
        still_blank = pc.indices_nonzero(_is_blank(part, charset))
        if not len(still_blank):
            break
        candidates = still_blank if candidates is None else candidates.take(still_blank)
    return found


def _could_be_label(column: pa.Array) -> pa.Array:
    """A cheap, generous test: short, and holding 计, 汇 (計, 匯) or a t-t-l."""
    pattern = r"^\s*[^\d\s].{0,10}[计汇計匯]|(?i)^\s*(grand|sub|total|ｔｏｔ|Ｔｏｔ|ＴＯＴ)|^\W*[合总小共累汇總匯]"
    short = pc.less_equal(pc.binary_length(column), _LABEL_BYTES)
    return pc.and_(short, pc.match_substring_regex(column, pattern))


def _last_other_than(blanks: Sequence[int], count: int) -> int:
    """The last position that is not blank, -1 if all are."""
    taken = set(blanks)
    return next((position for position in range(count - 1, -1, -1) if position not in taken), -1)


def too_many_columns(width: int, limits: Limits) -> FileError:
    """Wider than any table that people make."""
    return FileError(
        "file.too_big",
        msg("这张表有 {width:int} 列，最多能读 {limit:int} 列。", width=width, limit=limits.columns),
        msg("删掉用不到的列再上传；如果分隔符选错了，换一个试试。"),
    )


def too_many_cells(limits: Limits) -> FileError:
    """More cells than one file may have."""
    return FileError(
        "file.too_big",
        msg("这张表的格子太多，最多能读 {limit:int} 格。", limit=limits.cells),
        msg("删掉用不到的列和空白区域，或者按月拆成几个文件再上传。"),
    )


def cell_too_long(limits: Limits) -> FileError:
    """A cell longer than any text that people write."""
    return FileError(
        "file.too_big",
        msg("有一格的文字超过了 {limit:int} 个字。", limit=limits.cell_chars),
        msg("检查是不是少了一个引号，或者把这一格的内容删短。"),
    )


def line_too_long(limit_chars: int) -> FileError:
    """A line longer than any row of a table: line ends were lost, or it is no table."""
    return FileError(
        "file.too_big",
        msg("有一行的文字超过了 {limit:int} 个字。", limit=limit_chars),
        msg("检查换行是不是丢了，或者是不是少了一个引号，再重新导出一份。"),
    )


def no_rows() -> FileError:
    """A header and nothing else."""
    return FileError("file.no_rows", msg("这张表只有表头，没有数据。"), msg("重新导出一份有数据的表格再上传。"))
