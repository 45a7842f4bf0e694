"""A dataset written by hand: one table and the facts that follow from it, without any file to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.dataset import Dataset, Extra, Facts, Manifest, write_manifest
from analytics.engine import Engine
from analytics.fields import Kind


def write_dataset(
    folder: Path,
    engine: Engine,
    kind: Kind,
    table: pa.Table,
    roles: Iterable[tuple[str, str]],
    *,
    digest: str,
    source: str = "手工.csv",
    stored_as: str | None = None,
    moments: Sequence[dt.datetime] = (),
    entities: int,
    orders: int | None = None,
    date_only: bool = False,
    extras: tuple[Extra, ...] = (),
) -> Dataset:
    """``roles``: role and header; ``stored_as``: the table's file when it is not called as the kind is."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / f"{stored_as or kind}.parquet")
    facts = Facts(
        rows_read=table.num_rows, rows_used=table.num_rows, left_out=(), duplicate_rows=0,
        first_at=min(moments, default=None), last_at=max(moments, default=None), date_only=date_only,
        entities=entities, orders=orders,
    )  # fmt: skip
    write_manifest(folder, Manifest(digest, kind, (source,), tuple(roles), extras, facts, ()))
    return Dataset.open(folder, engine)
