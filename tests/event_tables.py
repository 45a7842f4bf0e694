"""Event datasets made by hand or by a seed, for tests and benchmarks of models: no file to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.dataset import Dataset
from analytics.engine import Engine
from tests.written import write_dataset

EVENTS = ("view", "fav", "cart", "order", "pay", "home")
SHARES = (0.45, 0.10, 0.15, 0.10, 0.08, 0.12)
START = dt.datetime(2024, 1, 1)


def events_dataset(folder: Path, engine: Engine, rows: Sequence[dict[str, Any]]) -> Dataset:
    """A dataset of kind "events" with exactly these rows: user · event · at ("2024-01-01 10:00"), other roles."""
    columns: dict[str, list[Any]] = {"row_id": list(range(len(rows))), "source_row": list(range(len(rows)))}
    columns["user_id"] = [row["user"] for row in rows]
    columns["event"] = [row["event"] for row in rows]
    columns["occurred_at"] = [dt.datetime.fromisoformat(row["at"]) for row in rows]
    others = sorted({name for row in rows for name in row} - {"user", "event", "at"})
    columns |= {name: [row.get(name) for row in rows] for name in others}
    return write_events(folder, engine, pa.table(columns), tuple(others))


def write_events(folder: Path, engine: Engine, table: pa.Table, others: tuple[str, ...] = ()) -> Dataset:
    """A dataset from a table of row_id · user_id · event · occurred_at and other roles."""
    at = table["occurred_at"].cast(pa.timestamp("us"))
    table = table.set_column(table.column_names.index("occurred_at"), "occurred_at", at)
    times = [moment for moment in (pc.min(at).as_py(), pc.max(at).as_py()) if moment]
    midnight = all(moment.time() == dt.time() for moment in at.to_pylist()[:1000])
    roles = ((role, role) for role in ("user_id", "event", "occurred_at", *others))
    return write_dataset(
        folder, engine, "events", table, roles, digest="0" * 64, source="events.csv", moments=times,
        date_only=midnight, entities=len(pc.unique(table["user_id"])),
    )  # fmt: skip


def generated(rows: int, users: int, seed: int, *, round_to: int = 1, heavy: bool = False) -> pa.Table:
    """Random events over 60 days. ``round_to`` seconds: times that collide; ``heavy``: a few users do very much."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, users, rows)
    if heavy:
        who = np.minimum((users * rng.random(rows) ** 4).astype(np.int64), users - 1)
    seconds = rng.integers(0, 60 * 86_400, rows) // round_to * round_to
    at = np.datetime64(START, "us") + seconds.astype("timedelta64[s]").astype("timedelta64[us]")
    what = rng.choice(np.array(EVENTS), rows, p=SHARES)
    return pa.table(
        {
            "row_id": pa.array(np.arange(rows)),
            "user_id": pa.array(np.char.add("u", who.astype(str))),
            "event": pa.array(what),
            "occurred_at": pa.array(at, pa.timestamp("us")),
        }
    )
