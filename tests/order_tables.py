"""Datasets made by hand, for tests of models: a few orders in, a prepared dataset out, without any file to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from analytics.dataset import Dataset
from analytics.engine import Engine
from tests.written import write_dataset

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
    columns = list(zip(*rows, strict=True)) or [[]] * len(_SCHEMA)
    roles = (("customer_id", "客户"), ("ordered_at", "日期"), ("amount", "金额"))
    return write_dataset(
        folder, engine, "lines", pa.table(list(map(list, columns)), schema=_SCHEMA), roles, digest="d" * 64,
        stored_as="orders", moments=[row[2] for row in rows], entities=len({row[1] for row in rows}),
        orders=len(rows), date_only=True,
    )  # fmt: skip
