"""The one door through which a user's file becomes a RawTable: decided by content, parsed in a child process."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.intake import sandbox
from analytics.intake.raw import Limits, RawTable, ReadNote, ReadOptions

if TYPE_CHECKING:
    from analytics.intake.table_writer import Written

_CHUNK_BYTES = 8 << 20
_SMALL_BYTES = 256 << 20  # below this no ratio is suspicious
_DEFAULT_OPTIONS = ReadOptions()
_DEFAULT_LIMITS = Limits()


def read_file(
    source: Path,
    out_dir: Path,
    *,
    file_name: str | None = None,
    options: ReadOptions = _DEFAULT_OPTIONS,
    limits: Limits = _DEFAULT_LIMITS,
) -> RawTable:
    """Reads xlsx, xlsm, xls, xlsb, ods, csv, tsv, txt, csv.gz, parquet, or an HTML table, whatever it is called.

    Writes raw.parquet and left_out.parquet into ``out_dir`` (made when absent); on failure nothing is left there
    and what an earlier call wrote stays. ``file_name`` is the user's name, for display only.

    Raises FileError (``file.empty``, ``file.no_rows``, ``file.truncated``, ``file.not_a_table``, ``file.encoding``,
    ``file.open_quote``, ``file.sheet``, ``file.header_row``, ``file.delimiter``, ``file.too_big``, ``file.timeout``,
    ``file.crashed``, ``file.missing``) or PasswordNeededError (``file.password``, ``file.password_wrong``).
    """
    if not source.is_file():
        raise FileError("file.missing", msg("找不到文件“{name}”。", name=source.name), msg("检查路径和文件名。"))
    out_dir.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".reading-", dir=out_dir))
    try:
        table = sandbox.run(_parse, source.resolve(), work.resolve(), options, limits, limits=limits)
        raw, left_out = out_dir / "raw.parquet", out_dir / "left_out.parquet"
        table.path.replace(raw)
        table.left_out_path.replace(left_out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return replace(table, path=raw, left_out_path=left_out, file_name=file_name or source.name)


def _parse(source: Path, work: Path, options: ReadOptions, limits: Limits) -> RawTable:
    """What the child does."""
    sys.meta_path.insert(0, _WithoutPandas())
    with ThreadPoolExecutor(max_workers=1) as beside:  # hashing leaves the interpreter to the parser
        digest = beside.submit(_digest, source)
        table, written, notes = _parse_as_found(source, work, options, limits)
    return replace(
        table,
        columns=written.columns,
        rows=written.rows,
        left_out=written.left_out,
        digest=_with_sheet(digest.result(), table.sheet),
        notes=notes,
        charsets=written.charsets,
    )


def _parse_as_found(
    source: Path, work: Path, options: ReadOptions, limits: Limits
) -> tuple[RawTable, Written, tuple[ReadNote, ...]]:
    """The table as far as its container tells, what was written, and what was noticed."""
    from analytics.intake.sniff import container

    notes: tuple[ReadNote, ...] = ()
    kind, path = container(source), source
    if kind == "gzip":
        path = _unzipped(source, work, limits)
        kind = container(path)
        if kind == "gzip":
            raise _packed_twice()
    if kind in {"encrypted", "xls"}:
        from analytics.intake.sheet_reader import decrypted

        path = decrypted(path, kind, work, options.password)
        kind = container(path)
    base = RawTable(work / "raw.parquet", work / "left_out.parquet", source.name, (), 0, (), 0, "")
    if kind == "text":
        from analytics.intake.text_reader import read_text

        text = read_text(path, work, options, limits)
        table = replace(base, header_row=text.header_row, encoding=text.encoding, delimiter=text.delimiter)
        written, notes = text.written, text.notes
    elif kind == "html":
        from analytics.intake.html_reader import read_html

        page = read_html(path, work, options, limits)
        table = replace(base, header_row=page.header_row, encoding=page.encoding)
        written = page.written
        seen_as = msg("这个文件其实是{what}，已按里面的表格读取。", what=msg("网页（HTML 或 XML）"))
        notes = (ReadNote("html", seen_as), *page.notes)
    elif kind == "parquet":
        from analytics.intake.parquet_reader import read_parquet

        written, table = read_parquet(path, work, limits), replace(base, header_row=1)
    else:
        from analytics.intake.sheet_reader import read_sheet

        sheet = read_sheet(path, kind, work, options, limits)
        table = replace(base, header_row=sheet.header_row, sheet=sheet.sheet, sheets=sheet.sheets)
        written, notes = sheet.written, sheet.notes
    return table, written, notes


class _WithoutPandas(MetaPathFinder):
    """Arrow imports all of pandas (0.8 s) to ask whether a list is a Series; the child has no use for it."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:  # noqa: ARG002
        """ImportError for pandas, which Arrow takes for "not installed"."""
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)


def _digest(source: Path) -> Any:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256")


def _with_sheet(digest: Any, sheet: str | None) -> str:
    digest.update((sheet or "").encode("utf-8"))
    return str(digest.hexdigest())


def _unzipped(source: Path, work: Path, limits: Limits) -> Path:
    """The content of a .gz, written into ``work`` and stopped when it grows beyond the limits."""
    from analytics.intake.archive import unpacks_too_big
    from analytics.intake.sniff import truncated

    target = work / "unzipped"
    packed, size = source.stat().st_size, 0
    try:
        with gzip.open(source) as packed_file, target.open("wb") as file:
            while chunk := packed_file.read(_CHUNK_BYTES):
                size += len(chunk)
                suspicious = size > _SMALL_BYTES and size > packed * limits.zip_ratio
                if size > limits.unzipped_mb << 20 or suspicious:
                    raise unpacks_too_big(size)
                file.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise truncated() from None
    return target


def _packed_twice() -> FileError:
    from analytics.intake.sniff import not_a_table

    return not_a_table(msg("压缩包"))
