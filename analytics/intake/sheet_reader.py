"""Reads xlsx, xlsm, xls, xlsb and ods into text columns: which sheet, merged cells, error cells, passwords."""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import python_calamine

from analytics.errors import FileError, PasswordNeededError
from analytics.i18n import msg, verbatim
from analytics.intake.archive import DAMAGED, check_archive, check_honest
from analytics.intake.date_system import with_one_date_system
from analytics.intake.layout import SAMPLE_ROWS, Layout, column_names, find_layout, is_added_up
from analytics.intake.ods_xml import check_ods
from analytics.intake.raw import Limits, ReadNote, ReadOptions, SheetInfo
from analytics.intake.sheet_xml import Merge, SheetScan, scan_sheets
from analytics.intake.sniff import Container, empty_file, truncated
from analytics.intake.table_writer import TableWriter, Written, no_rows, too_many_columns

_BATCH_ROWS = 65_536
_PLACES_SHOWN = 10
# What the decrypter lets through about damaged headers: half a record, broken XML, missing or absurd numbers.
_DAMAGED_KEYS = (struct.error, ExpatError, ValueError, LookupError, OverflowError, AttributeError)
_DURATION = re.compile(r'DurationIso\("([^"]{1,60})"\)')
_DURATION_PARTS = re.compile(r"^P(?:(\d{1,6})D)?T?(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,9})?)S)?$")


@dataclass(frozen=True)
class SheetTable:
    """What was found in a workbook, beside what was written."""

    written: Written
    header_row: int
    sheet: str
    sheets: tuple[SheetInfo, ...]
    notes: tuple[ReadNote, ...]


@dataclass(frozen=True)
class _Sheet:
    name: str
    hidden: bool
    cells: pa.RecordBatch  # row 0 is row 1 of the sheet; leading empty columns are gone
    filled: int
    error_rows: tuple[int, ...] = ()  # 1-based rows of error cells (#N/A), one entry per cell


def decrypted(source: Path, kind: Container, work: Path, password: str | None) -> Path:
    """The workbook without its password, written into ``work``; the file itself when it has none.

    Raises PasswordNeededError ``file.password`` (none given) or ``file.password_wrong``; FileError
    ``file.truncated``.
    """
    import msoffcrypto
    import msoffcrypto.exceptions as crypto

    target = work / "decrypted"
    try:
        with source.open("rb") as file, target.open("wb") as plain:
            office = msoffcrypto.OfficeFile(file)
            if not office.is_encrypted():
                return source
            if not password:
                raise _needs_password()
            office.load_key(password=password)
            office.decrypt(plain)
    except crypto.InvalidKeyError:
        raise _wrong_password() from None
    except (crypto.FileFormatError, crypto.ParseError, OSError, EOFError, zipfile.BadZipFile, *_DAMAGED_KEYS):
        if kind == "xls":  # Excel 5 and 95: unknown to the decrypter, but not to the parser
            return source
        raise truncated() from None
    except crypto.DecryptionError as error:
        raise (_wrong_password() if "assword" in str(error) or "ey" in str(error) else _unknown_encryption()) from None
    return target


def read_sheet(source: Path, kind: Container, work: Path, options: ReadOptions, limits: Limits) -> SheetTable:
    """Reads one sheet of ``source`` into ``work``/raw.parquet and left_out.parquet.

    Raises FileError: ``file.sheet`` (no such sheet), ``file.empty``, ``file.no_rows``, ``file.truncated``,
    ``file.too_big``, ``file.header_row``.
    """
    scans = _checked(source, kind, limits)
    if kind == "xlsx":
        source = with_one_date_system(source, work)
    chosen, infos = _choose(source, options.sheet, limits)
    merges, first_column = _merges(source, chosen, scans.get(chosen.name), kind)
    filled = _fill_merges(chosen.cells, merges, first_column)
    sample = [list(row) for row in zip(*(c.to_pylist() for c in filled.slice(0, SAMPLE_ROWS).columns), strict=True)]
    layout = find_layout(sample, options.header_row)
    names = column_names(layout.header_cells, filled.num_columns)
    changed = [i for i in range(filled.num_columns) if filled.column(i) is not chosen.cells.column(i)]
    kept_apart = [i for i in changed if is_added_up(names[i])]
    columns = [chosen.cells.column(i) if i in kept_apart else filled.column(i) for i in range(filled.num_columns)]
    written = _write(columns, sample, layout, work, limits)
    notes = (
        *_merge_notes(merges, [names[i] for i in kept_apart], layout.first_data_row - 1),
        *_error_notes(chosen.error_rows),
    )
    return SheetTable(written, layout.header_row, chosen.name, infos, notes)


def _checked(source: Path, kind: Container, limits: Limits) -> dict[str, SheetScan]:
    """What Python can tell about a workbook before a native parser opens it; only of an xlsx by sheet."""
    if kind == "xls":
        return {}
    check_archive(source, limits)
    if kind == "xlsx":
        return scan_sheets(source, limits)
    if kind == "ods":
        check_ods(source, limits)
        return {}
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
        for member in members:
            check_honest(source, member)
    except DAMAGED:
        raise truncated() from None
    return {}


def _choose(source: Path, wanted: str | None, limits: Limits) -> tuple[_Sheet, tuple[SheetInfo, ...]]:
    """The sheet by name, or the visible one with the most filled cells; and what the others hold."""
    try:
        book = fastexcel.read_excel(source)
        names = list(book.sheet_names)
        if wanted is not None and wanted not in names:
            raise _no_such_sheet(wanted, names)
        chosen: _Sheet | None = None
        infos = []
        for name in names:
            sheet = _load(book, name)
            infos.append(_info(sheet))
            better = sheet.name == wanted if wanted is not None else _better(sheet, chosen)
            chosen = sheet if better else chosen
    except fastexcel.FastExcelError:
        raise truncated() from None
    if chosen is None or not chosen.filled:
        raise empty_file()
    if chosen.cells.num_columns > limits.columns:
        raise too_many_columns(chosen.cells.num_columns, limits)
    return chosen, tuple(infos)


def _load(book: fastexcel.ExcelReader, name: str) -> _Sheet:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # skip_rows=0 keeps empty rows at the top, so that row numbers are the sheet's own.
            sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
            cells, unread = sheet.to_arrow_with_errors()
            hidden = sheet.visible != "visible"
        except (fastexcel.SheetNotFoundError, fastexcel.UnsupportedColumnTypeCombinationError):  # a chart sheet
            return _Sheet(name, hidden=True, cells=pa.RecordBatch.from_pylist([]), filled=0)
    faults = [(*error.position, error.detail) for error in unread.errors] if unread else []
    durations = {(row, column): found[1] for row, column, detail in faults if (found := _DURATION.search(detail))}
    errors = tuple(sorted(row + 1 for row, column, _ in faults if (row, column) not in durations))
    cells = _with_durations(cells, durations)
    filled = sum(len(column) - column.null_count for column in cells.columns)
    return _Sheet(name, hidden, cells, filled, errors)


def _with_durations(cells: pa.RecordBatch, durations: dict[tuple[int, int], str]) -> pa.RecordBatch:
    """Times of day in an ods, which the parser gives back as an error that holds PT10H5M7S, as 10:05:07."""
    columns = list(cells.columns)
    for at in {column for _, column in durations}:
        texts = {row: _clock_text(text) for (row, column), text in durations.items() if column == at}
        columns[at] = pa.array([texts.get(row, cell) for row, cell in enumerate(columns[at].to_pylist())], pa.string())
    return pa.RecordBatch.from_arrays(columns, names=cells.schema.names) if durations else cells


def _clock_text(duration: str) -> str:
    found = _DURATION_PARTS.match(duration)
    if found is None:
        return duration
    seconds, _, fraction = (found[4] or "0").partition(".")
    hours = int(found[1] or 0) * 24 + int(found[2] or 0)
    return f"{hours:02}:{int(found[3] or 0):02}:{int(seconds):02}" + (f".{fraction}" if fraction.strip("0") else "")


def _better(sheet: _Sheet, chosen: _Sheet | None) -> bool:
    return chosen is None or (not sheet.hidden, sheet.filled) > (not chosen.hidden, chosen.filled)


def _info(sheet: _Sheet) -> SheetInfo:
    columns = [column for column in sheet.cells.columns if column.null_count < len(column)]
    if not columns:
        return SheetInfo(sheet.name, 0, 0, sheet.hidden)
    empty = columns[0].is_null()
    for column in columns[1:]:
        empty = pc.and_(empty, column.is_null())
    rows = len(empty) - (pc.sum(empty).as_py() or 0)
    return SheetInfo(sheet.name, rows, len(columns), sheet.hidden)


def _merges(source: Path, sheet: _Sheet, scan: SheetScan | None, kind: Container) -> tuple[tuple[Merge, ...], int]:
    """Merges over more than one row inside the sheet, and which column of the sheet is the first in ``cells``."""
    if kind not in {"xlsx", "xls"} or (scan is not None and not scan.merges):
        return (), 0
    try:
        with python_calamine.CalamineWorkbook.from_path(source) as book:
            parsed = book.get_sheet_by_name(sheet.name)
            start = parsed.start
            ranges = parsed.merged_cell_ranges or ()
    except python_calamine.CalamineError:
        return (), 0
    merges = scan.merges if scan else tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in ranges)
    return tuple(merge for merge in merges if merge.last_row > merge.first_row), start[1] if start else 0


def _fill_merges(cells: pa.RecordBatch, merges: Sequence[Merge], first_column: int) -> pa.RecordBatch:
    """Every row of a merge that spans rows gets its value, to the right as well; columns untouched stay the same."""
    height, width = cells.num_rows, cells.num_columns
    taken: dict[int, np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    for merge in merges:
        left, top = merge.first_column - first_column, merge.first_row
        if left < 0 or top >= height:
            continue
        for column in range(left, min(merge.last_column - first_column, width - 1) + 1):
            # Positions in the chosen cells laid end to end, column after column.
            places = taken.setdefault(column, np.arange(height, dtype=np.int64) + column * height)
            places[top : merge.last_row + 1] = left * height + top
    columns = list(cells.columns)
    for column, places in taken.items():
        sources = np.unique(places // height)
        stacked = pa.concat_arrays([cells.column(int(source)) for source in sources])
        shift = np.searchsorted(sources, places // height) * height
        columns[column] = stacked.take(pa.array(shift + places % height))
    return pa.RecordBatch.from_arrays(columns, names=[f"c{i}" for i in range(width)])


def _write(
    columns: Sequence[pa.Array], sample: Sequence[Sequence[str | None]], layout: Layout, work: Path, limits: Limits
) -> Written:
    writer = TableWriter(work / "raw.parquet", work / "left_out.parquet", layout.header_cells, len(columns), limits)
    try:
        for row in layout.title_rows:
            writer.leave_out(row, "title_row", sample[row - 1])
        height = len(columns[0])
        if layout.first_data_row > height:
            raise no_rows()
        for start in range(layout.first_data_row - 1, height, _BATCH_ROWS):
            part = [_plain_times(column.slice(start, _BATCH_ROWS)) for column in columns]
            rows = np.arange(start + 1, start + 1 + len(part[0]), dtype=np.int64)
            writer.add(pa.array(rows), part)
        return writer.finish()
    finally:
        writer.abandon()


def _plain_times(column: pa.Array) -> pa.Array:
    """A date without its midnight (2024-01-03 00:00:00), a time without Excel's day zero (1899-12-31 03:04:00)."""
    if pc.any(pc.ends_with(column, " 00:00:00")).as_py():
        column = pc.replace_substring_regex(column, r"^(\d{4}-\d\d-\d\d) 00:00:00$", r"\1")
    if pc.any(pc.starts_with(column, "1899-12-3")).as_py():
        column = pc.replace_substring_regex(column, r"^1899-12-3[01] (\d\d:\d\d:\d\d)", r"\1")
    return column


def _merge_notes(merges: Sequence[Merge], kept_apart: Sequence[str], first_data_index: int) -> list[ReadNote]:
    count = sum(merge.last_row >= first_data_index for merge in merges)
    if not count:
        return []
    notes = [ReadNote("merged_cells", msg("{count:int} 处跨行的合并单元格，已把内容填到它盖住的每一行。", count=count))]
    if kept_apart:
        text = msg("合并单元格里的“{columns}”只算在第一行，没有重复填，免得重复相加。", columns="、".join(kept_apart))
        notes.append(ReadNote("merged_amounts", text))
    return notes


def _error_notes(error_rows: Sequence[int]) -> list[ReadNote]:
    if not error_rows:
        return []
    rows = sorted(set(error_rows))
    shown = "、".join(str(row) for row in rows[:_PLACES_SHOWN]) + ("…" if len(rows) > _PLACES_SHOWN else "")
    text = msg(
        "{count:int} 个格子是公式错误（如 #N/A），按空白处理；在第 {rows} 行。",
        count=len(error_rows),
        rows=verbatim(shown),
    )
    return [ReadNote("error_cells", text)]


def _no_such_sheet(wanted: str, names: Sequence[str]) -> FileError:
    return FileError(
        "file.sheet",
        msg("没有叫“{sheet}”的工作表。", sheet=wanted),
        msg("这个文件里有：{sheets}。", sheets="、".join(names)),
    )


def _needs_password() -> PasswordNeededError:
    return PasswordNeededError(
        "file.password", msg("这个文件有打开密码。"), msg("请输入密码，或者先在 Excel 里去掉密码再上传。")
    )


def _wrong_password() -> PasswordNeededError:
    return PasswordNeededError(
        "file.password_wrong", msg("密码不对，打不开这个文件。"), msg("核对大小写后再输入一次。")
    )


def _unknown_encryption() -> FileError:
    return FileError(
        "file.encryption",
        msg("这个文件的加密方式读不了。"),
        msg("用 Excel 打开它，去掉密码后另存为新的 xlsx 再上传。"),
    )
