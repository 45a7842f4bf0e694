"""Datasets of events and of customers made by hand, beside order_tables.py, without any file to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.dataset import Dataset, Facts, Manifest, write_manifest
from analytics.engine import Engine
from analytics.fields import Kind

Event = tuple[str, str, str] | tuple[str, str, str, float | None]  # user, event, moment, amount


def events_dataset(folder: Path, engine: Engine, events: Sequence[Event], *, amounts: bool = False) -> Dataset:
    """A dataset of kind "events" with exactly these; ``amounts``: the fourth value of each is money or None."""
    moments = [dt.datetime.fromisoformat(event[2]) for event in events]
    columns: dict[str, Any] = {
        "row_id": pa.array(range(len(events)), pa.int64()),
        "user_id": pa.array([event[0] for event in events], pa.string()),
        "event": pa.array([event[1] for event in events], pa.string()),
        "occurred_at": pa.array(moments, pa.timestamp("us")),
    }
    roles = [("user_id", "用户"), ("event", "行为"), ("occurred_at", "时间")]
    if amounts:
        money = [None if len(event) < 4 or event[3] is None else Decimal(str(event[3])) for event in events]
        columns["amount"] = pa.array(money, pa.decimal128(18, 4))
        roles.append(("amount", "金额"))
    return _write(folder, engine, "events", columns, roles, moments, len({event[0] for event in events}))


def customers_dataset(folder: Path, engine: Engine, rows: Sequence[dict[str, str | None]]) -> Dataset:
    """A dataset of kind "customers": customer_id, and registered_at (a date), inviter_id and others as text."""
    names = list(rows[0])
    columns: dict[str, Any] = {"row_id": pa.array(range(len(rows)), pa.int64())}
    for name in names:
        values = [row[name] for row in rows]
        if name == "registered_at":
            days = [None if value is None else dt.datetime.fromisoformat(value) for value in values]
            columns[name] = pa.array(days, pa.timestamp("us"))
        else:
            columns[name] = pa.array(values, pa.string())
    return _write(folder, engine, "customers", columns, [(name, name) for name in names], [], len(rows))


def _write(
    folder: Path,
    engine: Engine,
    kind: Kind,
    columns: dict[str, Any],
    roles: list[tuple[str, str]],
    moments: list[dt.datetime],
    entities: int,
) -> Dataset:
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns)
    pq.write_table(table, folder / f"{kind}.parquet")
    facts = Facts(
        rows_read=table.num_rows,
        rows_used=table.num_rows,
        left_out=(),
        duplicate_rows=0,
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
        date_only=False,
        entities=entities,
    )
    write_manifest(folder, Manifest(f"{kind:0<64}", kind, ("手工.csv",), tuple(roles), (), facts, ()))
    return Dataset.open(folder, engine)
