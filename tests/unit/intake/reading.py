"""What the tests of the reader share: write a small file, read it, see cells and what was left out."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from analytics.intake.raw import CONTENT, REASON, ROW, Limits, RawTable, ReadOptions
from analytics.intake.reader import read_file


def read(source: Path, limits: Limits | None = None, **options: object) -> RawTable:
    """The file through the one door, beside itself on disk."""
    return read_file(source, source.parent / "out", options=ReadOptions(**options), limits=limits or Limits())


def read_bytes(folder: Path, name: str, content: bytes, **options: object) -> RawTable:
    source = folder / name
    source.write_bytes(content)
    return read(source, **options)


def cells(raw: RawTable) -> list[tuple[str | None, ...]]:
    """The data rows as tuples, without their row numbers."""
    table = pq.read_table(raw.path)
    assert table.column_names == [ROW, *(f"c{i}" for i in range(len(raw.columns)))]
    return list(zip(*(table[f"c{i}"].to_pylist() for i in range(len(raw.columns))), strict=True))


def row_numbers(raw: RawTable) -> list[int]:
    return pq.read_table(raw.path)[ROW].to_pylist()


def left_out(raw: RawTable) -> list[tuple[int, str, str]]:
    table = pq.read_table(raw.left_out_path)
    found = zip(table[ROW].to_pylist(), table[REASON].to_pylist(), table[CONTENT].to_pylist(), strict=True)
    return sorted(found)


def note_codes(raw: RawTable) -> list[str]:
    return [note.code for note in raw.notes]
