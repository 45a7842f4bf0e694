"""Datasets of events and of customers made by hand: a few rows in, a prepared dataset out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from analytics.dataset import Dataset
from analytics.engine import Engine
from tests.written import write_dataset

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
    return _written(folder, engine, "events", columns, roles, moments, entities)


def customers_dataset(folder: Path, engine: Engine, registered: dict[str, str | None]) -> Dataset:
    """A dataset of kind "customers": id → day of registration."""
    days = [None if day is None else dt.datetime.fromisoformat(day) for day in registered.values()]
    columns = {
        "row_id": pa.array(range(len(days)), pa.int64()),
        "source_row": pa.array(range(2, len(days) + 2), pa.int64()),
        "customer_id": pa.array(list(registered), pa.string()),
        "registered_at": pa.array(days, pa.timestamp("us")),
    }
    return _written(folder, engine, "customers", columns, ["customer_id", "registered_at"], [], len(days))


def _written(folder, engine, kind, columns, roles, moments, entities) -> Dataset:
    named = [(role, role) for role in roles]
    return write_dataset(
        folder, engine, kind, pa.table(columns), named, digest="e" * 64, source=f"{kind}.csv", moments=moments,
        entities=entities,
    )  # fmt: skip
