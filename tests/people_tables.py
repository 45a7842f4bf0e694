"""Datasets of events and of customers made by hand: a few rows in, a prepared dataset out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.dataset import Dataset, Facts, Manifest, write_manifest
from analytics.engine import Engine

Event = tuple[str, str, str] | tuple[str, str, str, float | None]  # user, moment, event, amount


def events_dataset(folder: Path, engine: Engine, events: Sequence[Event]) -> Dataset:
    """A dataset of kind "events" with exactly these; it has amounts where any is given."""
    moments = [dt.datetime.fromisoformat(event[1]) for event in events]
    columns = {
        "row_id": pa.array(range(len(events)), pa.int64()),
        "source_row": pa.array(range(2, len(events) + 2), pa.int64()),
        "user_id": pa.array([event[0] for event in events], pa.string()),
        "event": pa.array([event[2] for event in events], pa.string()),
        "occurred_at": pa.array(moments, pa.timestamp("us")),
    }
    roles = ["user_id", "event", "occurred_at"]
    if any(len(event) > 3 for event in events):
        given = [event[3] if len(event) > 3 else None for event in events]
        cells = [None if amount is None else Decimal(str(amount)) for amount in given]
        columns["amount"] = pa.array(cells, pa.decimal128(18, 4))
        roles.append("amount")
    entities = len({event[0] for event in events})
    return _written(folder, engine, "events", columns, roles, _facts(len(events), moments, entities))


def customers_dataset(folder: Path, engine: Engine, registered: dict[str, str | None]) -> Dataset:
    """A dataset of kind "customers": id → day of registration."""
    days = [None if day is None else dt.datetime.fromisoformat(day) for day in registered.values()]
    columns = {
        "row_id": pa.array(range(len(days)), pa.int64()),
        "source_row": pa.array(range(2, len(days) + 2), pa.int64()),
        "customer_id": pa.array(list(registered), pa.string()),
        "registered_at": pa.array(days, pa.timestamp("us")),
    }
    return _written(
        folder, engine, "customers", columns, ["customer_id", "registered_at"], _facts(len(days), [], len(days))
    )


def _facts(rows: int, moments: list[dt.datetime], entities: int) -> Facts:
    return Facts(
        rows_read=rows, rows_used=rows, left_out=(), duplicate_rows=0, first_at=min(moments, default=None),
        last_at=max(moments, default=None), date_only=False, entities=entities,
    )  # fmt: skip


def _written(folder, engine, kind, columns, roles, facts) -> Dataset:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / f"{kind}.parquet")
    named = tuple((role, role) for role in roles)
    write_manifest(folder, Manifest("e" * 64, kind, (f"{kind}.csv",), named, (), facts, ()))
    return Dataset.open(folder, engine)
