"""A table of a database or a cluster as a raw table, so that it goes the same way as a file from there on.

From a mere source (PostgreSQL) its rows are brought over. On Spark they stay: the cells are written as text, with row
numbers, to a Parquet folder on the cluster's storage, and only a sample of 3,400 rows comes here to be recognised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.engine import Engine
from analytics.errors import AnalyticsError
from analytics.i18n import msg
from analytics.intake.layout import column_names
from analytics.intake.parquet_reader import as_text
from analytics.intake.profile import HEAD_ROWS, OTHER_ROWS
from analytics.intake.raw import CONTENT, REASON, ROW, Limits, RawTable
from analytics.intake.table_writer import TableWriter, no_rows

FIRST_ROW = 2  # the names are row 1
_BATCH_ROWS = 65_536
_LIMITS = Limits()


@dataclass(frozen=True)
class SourceTable:
    """A table ready to be prepared, and what to recognise its columns by: a part of it, or itself where it is here."""

    raw: RawTable
    sample: RawTable


def open_table(name: str, engine: Engine, folder: Path, limits: Limits = _LIMITS) -> SourceTable:
    """A table by name ("schema.table"); on Spark also a Parquet file or folder (a path, or s3a://…, hdfs://…).

    folder  where the raw table goes; for Spark it must lie on storage that the cluster reaches under the same path
    Raises AnalyticsError (engine.no_table, engine.cannot_read, engine.changing) and FileError (file.no_rows,
    file.too_big) as for a file.
    """
    if engine.name != "spark":
        raw = bring_over(name, engine, folder, limits)
        return SourceTable(raw, raw)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _on_cluster(name, engine, folder)
    except engine.problems as problem:
        raise _cannot_read(name) from problem


def bring_over(name: str, engine: Engine, folder: Path, limits: Limits = _LIMITS) -> RawTable:
    """A table by name with all its rows, batch by batch, as a raw table on this machine, whatever the engine.

    Raises as open_table does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _brought_over(name, engine, folder, limits)
    except engine.problems as problem:
        raise _cannot_read(name) from problem


def _cannot_read(name: str) -> AnalyticsError:
    return AnalyticsError(
        "engine.cannot_read",
        msg("“{name}”读不出来。", name=name),
        msg("看看有没有读这张表的权限，路径和表名对不对，连接有没有断。"),
    )


# ── a source: its rows are brought over ──────────────────────────────────────────────────────────────────────────


def _brought_over(name: str, engine: Engine, folder: Path, limits: Limits) -> RawTable:
    table = engine.table(name)
    names, digest = list(table.columns), hashlib.sha256(name.encode())
    writer = TableWriter(folder / "raw.parquet", folder / "left_out.parquet", names, len(names), limits)
    row = FIRST_ROW
    try:
        for texts in _text_batches(engine.batches(table, _BATCH_ROWS)):
            for column in texts:
                digest.update(pc.binary_join(pa.array([pc.fill_null(column, "").to_pylist()]), "\x1f")[0].as_buffer())
            writer.add(pa.array(range(row, row + len(texts[0])), pa.int64()), texts)
            row += len(texts[0])
        written = writer.finish()
    finally:
        writer.abandon()
    return RawTable(
        path=folder / "raw.parquet",
        left_out_path=folder / "left_out.parquet",
        file_name=name,
        columns=written.columns,
        rows=written.rows,
        left_out=written.left_out,
        header_row=1,
        digest=digest.hexdigest(),
    )


def _text_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.Array]]:
    for batch in batches:
        if batch.num_rows and batch.num_columns:
            yield [as_text(_instants_as_epoch(column)) for column in batch.columns]


def _instants_as_epoch(column: pa.Array) -> pa.Array:
    """A point in time (timestamptz) as seconds since 1970, which prepare moves to the shop's wall time."""
    if not pa.types.is_timestamp(column.type) or column.type.tz is None:
        return column
    return pc.cast(column.cast(pa.timestamp("s", column.type.tz), safe=False), pa.int64())


# ── Spark: the rows stay ─────────────────────────────────────────────────────────────────────────────────────────


def _on_cluster(name: str, engine: Engine, folder: Path) -> SourceTable:
    is_file = "/" in name or "\\" in name or name.lower().endswith(".parquet")
    table = engine.backend.read_parquet(name) if is_file else engine.table(name)
    headers = column_names(table.columns, len(table.columns))
    names = [f"c{at}" for at in range(len(headers))]
    instants = engine.instants(table)
    cells = (_text(table[column], is_instant=column in instants) for column in table.columns)
    texts = table.select(**dict(zip(names, cells, strict=True)))
    numbered = engine.numbered(texts, ROW, FIRST_ROW)
    is_blank = ibis.and_(*(numbered[c].isnull() for c in names))
    raw_path, left_out_path = folder / "raw.parquet", folder / "left_out.parquet"
    rows = engine.write_parquet(numbered.filter(~is_blank), raw_path)
    if not rows:
        raise no_rows()
    aside = numbered.filter(is_blank)
    aside = aside.select(aside[ROW], **{REASON: ibis.literal("blank_row"), CONTENT: ibis.literal("")})
    blank_rows = engine.write_parquet(aside, left_out_path)
    raw = RawTable(
        path=raw_path,
        left_out_path=left_out_path,
        file_name=name,
        columns=headers,
        rows=rows,
        left_out=(("blank_row", blank_rows),) if blank_rows else (),
        header_row=1,
        digest="",
    )
    raw = replace(raw, digest=_fingerprint(raw, engine))
    return SourceTable(raw, _sample(raw, engine, folder, names))


def _text(column: Any, *, is_instant: bool) -> Any:
    """A cell as a person would type it, as intake/parquet_reader.py does it for files; an instant as seconds."""
    kind = column.type()
    if kind.is_string():
        return column.nullif("")
    if is_instant:
        return column.epoch_seconds().cast("string")
    if kind.is_floating():
        number = ibis.ifelse(column.isnan() | column.isinf(), ibis.null("float64"), column.cast("float64"))
        is_whole = (number == number.floor()) & (number.abs() < 1e15)
        whole = ibis.ifelse(is_whole, number, ibis.null("float64")).cast("int64").cast("string")
        return whole.coalesce(number.cast("string"))
    return column.cast("string").nullif("")


def _fingerprint(raw: RawTable, engine: Engine) -> str:
    """Changes with the table: two hashes of every row, added up where the rows are.

    Raises AnalyticsError (engine.changing) when rows came or went while they were numbered.
    """
    rows, aside = engine.read_parquet(raw.path), engine.read_parquet(raw.left_out_path)
    names = [f"c{at}" for at in range(len(raw.columns))]
    whole = ibis.literal("\x1f").join([rows[c].fill_null("") for c in names])
    sums = rows.aggregate(
        n=rows.count(),
        numbers=rows[ROW].cast("decimal(38,0)").sum(),
        one=whole.hash().cast("decimal(38,0)").sum(),
        two=(whole + rows[ROW].cast("string")).hash().cast("decimal(38,0)").sum(),
    )
    found = sums.to_pyarrow().to_pylist()[0]
    numbers = int(found["numbers"]) + int(aside.aggregate(numbers=aside[ROW].sum()).to_pyarrow()[0][0].as_py() or 0)
    if 2 * numbers != raw.rows_read * (raw.rows_read + 2 * FIRST_ROW - 1):  # each number from the first on, once
        raise AnalyticsError(
            "engine.changing",
            msg("“{name}”在读的时候变了。", name=raw.file_name),
            msg("先存成一份 Parquet，再用它来分析。"),
        )
    told = "|".join(str(found[key]) for key in ("n", "one", "two"))
    return hashlib.sha256(f"{raw.file_name}|{told}".encode()).hexdigest()


def _sample(raw: RawTable, engine: Engine, folder: Path, names: list[str]) -> RawTable:
    """The first rows and some from the middle and the end, on this machine."""
    rows = engine.read_parquet(raw.path)
    middle, last = raw.rows_read // 2, raw.rows_read + FIRST_ROW
    taken = [(0, HEAD_ROWS), (middle, middle + OTHER_ROWS), (last - OTHER_ROWS, last)]
    if raw.rows_read <= HEAD_ROWS + 2 * OTHER_ROWS:
        taken = [(0, last)]
    inside = ibis.or_(*((rows[ROW] >= low) & (rows[ROW] < high) for low, high in taken))
    sample = rows.filter(inside).order_by(ROW).select(ROW, *names).to_pyarrow()
    pq.write_table(sample, folder / "sample.parquet")
    return replace(raw, path=folder / "sample.parquet", rows=sample.num_rows)
