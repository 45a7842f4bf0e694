"""Raw tables for tests, written without a reader."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.intake.raw import CONTENT, REASON, ROW, RawTable, ReadNote


def raw_table(
    folder: Path,
    columns: Mapping[str, Sequence[str | None]],
    *,
    name: str = "orders.csv",
    left_out: Sequence[tuple[int, str, str]] = (),
    notes: tuple[ReadNote, ...] = (),
) -> RawTable:
    """Headers in row 1, cells from row 2 on; ``left_out`` is (row, reason, content)."""
    rows = len(next(iter(columns.values()))) if columns else 0
    digest = hashlib.sha256(json.dumps([name, dict(columns)]).encode()).hexdigest()
    path, left_out_path = folder / f"{digest[:12]}.parquet", folder / f"{digest[:12]}.left_out.parquet"
    cells = {f"c{at}": pa.array(list(texts), pa.string()) for at, texts in enumerate(columns.values())}
    pq.write_table(pa.table({ROW: pa.array(range(2, rows + 2), pa.int64()), **cells}), path)
    kept = {
        ROW: pa.array([r for r, _, _ in left_out], pa.int64()),
        REASON: pa.array([r for _, r, _ in left_out], pa.string()),
        CONTENT: pa.array([c for _, _, c in left_out], pa.string()),
    }
    pq.write_table(pa.table(kept), left_out_path)
    counts: dict[str, int] = {}
    for _, reason, _ in left_out:
        counts[reason] = counts.get(reason, 0) + 1
    return RawTable(
        path=path,
        left_out_path=left_out_path,
        file_name=name,
        columns=tuple(columns),
        rows=rows,
        left_out=tuple(counts.items()),
        header_row=1,
        digest=digest,
        notes=notes,
    )
