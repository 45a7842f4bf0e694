"""Datasets of events and of customers made by hand, beside order_tables.py, without any file to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.dataset import Dataset
from analytics.engine import Engine
from tests.written import write_dataset

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
    return write_dataset(
        folder, engine, "events", pa.table(columns), roles, digest=f"{'events':0<64}", moments=moments,
        entities=len({event[0] for event in events}),
    )  # fmt: skip


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
    return write_dataset(
        folder, engine, "customers", pa.table(columns), [(name, name) for name in names],
        digest=f"{'customers':0<64}", entities=len(rows),
    )  # fmt: skip
