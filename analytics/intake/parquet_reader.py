"""Reads Parquet into text columns, cells as a person would type them: no 1.0 for 1, no T in a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.intake.archive import unpacks_too_big
from analytics.intake.raw import Limits
from analytics.intake.sniff import truncated
from analytics.intake.table_writer import TableWriter, Written, no_rows, too_many_cells, too_many_columns

_BATCH_ROWS = 65_536


def read_parquet(source: Path, work: Path, limits: Limits) -> Written:
    """Reads ``source`` into ``work``/raw.parquet and left_out.parquet; the names are row 1, data starts in row 2.

    Raises FileError: ``file.truncated``, ``file.no_rows``, ``file.too_big``.
    """
    try:
        with pq.ParquetFile(source) as file:
            names = file.schema_arrow.names
            if len(names) > limits.columns:
                raise too_many_columns(len(names), limits)
            if not names or not file.metadata.num_rows:
                raise no_rows()
            _check_declared(file.metadata, limits)
            return _copy(file, names, work, limits)
    except pa.ArrowMemoryError:  # a kind of MemoryError, and of ArrowException too
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError):  # whatever Arrow says about damaged files
        raise truncated() from None


def _check_declared(metadata: pq.FileMetaData, limits: Limits) -> None:
    """Refuses by what the file says of itself, before a page is unpacked."""
    if metadata.num_rows < 0:
        raise truncated()
    if metadata.num_rows * metadata.num_columns > limits.cells:
        raise too_many_cells(limits)
    declared = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if declared > limits.unzipped_mb << 20:
        raise unpacks_too_big(declared)


def _copy(file: pq.ParquetFile, names: list[str], work: Path, limits: Limits) -> Written:
    writer = TableWriter(work / "raw.parquet", work / "left_out.parquet", names, len(names), limits)
    row = 2
    try:
        for batch in file.iter_batches(_BATCH_ROWS):
            rows = pa.array(np.arange(row, row + batch.num_rows, dtype=np.int64))
            writer.add(rows, [as_text(column) for column in batch.columns])
            row += batch.num_rows
        return writer.finish()
    finally:
        writer.abandon()


def as_text(column: pa.Array) -> pa.Array:
    """Any Arrow array as strings; nulls and NaN stay null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if isinstance(column, pa.ExtensionArray):
        return as_text(column.storage)
    if pa.types.is_nested(kind) or pa.types.is_duration(kind):
        return _worded(column, lambda value: json.dumps(value, ensure_ascii=False, default=str))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _worded(column, _bytes_text)
    if pa.types.is_timestamp(kind):
        return _moment_text(column)
    return _float_text(column) if pa.types.is_floating(kind) else column.cast(pa.string())


def _worded(column: pa.Array, word: Callable[[Any], str]) -> pa.Array:
    return pa.array([None if value is None else word(value) for value in column.to_pylist()], pa.string())


def _moment_text(column: pa.Array) -> pa.Array:
    """2024-01-03 14:05:01.000000Z: a fraction of zeros says nothing."""
    try:  # whole seconds, as nearly always: four times as fast as trimming
        return column.cast(pa.timestamp("s", column.type.tz)).cast(pa.string())
    except pa.ArrowInvalid:
        texts = column.cast(pa.string())
    texts = pc.replace_substring_regex(texts, r"\.0+(Z?)$", r"\1")
    return pc.replace_substring_regex(texts, r"(\.\d*[1-9])0+(Z?)$", r"\1\2")


def _float_text(column: pa.Array) -> pa.Array:
    values = column.cast(pa.float64()) if pa.types.is_float16(column.type) else column
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
    whole = pc.fill_null(pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), 1e15)), False)
    integers = pc.if_else(whole, values, pa.scalar(0, values.type)).cast(pa.int64()).cast(pa.string())
    return pc.if_else(whole, integers, values.cast(pa.string()))


def _bytes_text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.hex()
