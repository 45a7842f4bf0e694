"""Datasets made by hand, for tests of models: a few orders in, a prepared dataset out, without any file to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.dataset import Dataset, Facts, Manifest, write_manifest
from analytics.engine import Engine

Order = tuple[str, str, float] | tuple[str, str, float, float]  # customer, day, sold, refunded

_SCHEMA = pa.schema(
    [
        ("order_id", pa.string()),
        ("customer_id", pa.string()),
        ("ordered_at", pa.timestamp("us")),
        ("gross", pa.decimal128(18, 4)),
        ("refund", pa.decimal128(18, 4)),
        ("amount", pa.decimal128(18, 4)),
        ("lines", pa.int64()),
        ("quantity", pa.float64()),
    ]
)


def orders_dataset(folder: Path, engine: Engine, orders: Sequence[Order]) -> Dataset:
    """A dataset of kind "lines" with exactly these orders."""
    rows = []
    for number, (customer, day, sold, *back) in enumerate(orders):
        gross, refund = Decimal(str(sold)), Decimal(str(back[0] if back else 0))
        at = dt.datetime.fromisoformat(day)
        rows.append((f"o{number}", customer, at, gross, refund, gross - refund, 1, 1.0))
    folder.mkdir(parents=True, exist_ok=True)
    columns = list(zip(*rows, strict=True)) or [[]] * len(_SCHEMA)
    pq.write_table(pa.table(list(map(list, columns)), schema=_SCHEMA), folder / "orders.parquet")
    moments = [row[2] for row in rows]
    facts = Facts(
        rows_read=len(rows),
        rows_used=len(rows),
        left_out=(),
        duplicate_rows=0,
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
        date_only=True,
        entities=len({row[1] for row in rows}),
        orders=len(rows),
    )
    roles = (("customer_id", "客户"), ("ordered_at", "日期"), ("amount", "金额"))
    write_manifest(folder, Manifest("d" * 64, "lines", ("手工.csv",), roles, (), facts, ()))
    return Dataset.open(folder, engine)
