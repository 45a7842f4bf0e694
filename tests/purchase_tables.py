"""Datasets of order lines made by hand, for tests of models that look at products."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from analytics.dataset import Dataset, Extra
from analytics.engine import Engine
from tests.written import write_dataset

Line = tuple[str, str, str] | tuple[str, str, str, dict[str, object]]  # customer, day, product, anything else

_TYPES: dict[str, pa.DataType] = {
    "row_id": pa.int64(), "source_row": pa.int64(), "customer_id": pa.string(), "ordered_at": pa.timestamp("us"),
    "gross": pa.decimal128(18, 4), "refund": pa.decimal128(18, 4), "amount": pa.decimal128(18, 4),
    "order_id": pa.string(), "quantity": pa.float64(), "product": pa.string(), "category": pa.string(),
    "x0": pa.string(),
}  # fmt: skip


def lines_dataset(folder: Path, engine: Engine, lines: Sequence[Line]) -> Dataset:
    """A dataset of kind "lines": each sells one piece for 10 unless gross, refund, quantity, category or x0 are given.

    x0 is a column of the visitor's own, called 评分.
    """
    rows = []
    for number, (customer, day, product, *more) in enumerate(lines):
        given = dict(more[0]) if more else {}
        gross, refund = (Decimal(str(given.pop(name, fallback))) for name, fallback in (("gross", 10), ("refund", 0)))
        row = {
            "row_id": number, "source_row": number + 2, "customer_id": customer,
            "ordered_at": dt.datetime.fromisoformat(day), "gross": gross, "refund": refund, "amount": gross - refund,
            "order_id": f"o{number}", "quantity": 1.0, "product": product, "category": None, "x0": None,
        }  # fmt: skip
        rows.append(row | given)
    roles = (("customer_id", "客户"), ("ordered_at", "日期"), ("product", "商品"), ("category", "品类"))
    return write_dataset(
        folder, engine, "lines", pa.Table.from_pylist(rows, pa.schema(list(_TYPES.items()))), roles, digest="d" * 64,
        moments=[row["ordered_at"] for row in rows], entities=len({row["customer_id"] for row in rows}),
        orders=len(rows), date_only=True, extras=(Extra("x0", "评分"),),
    )  # fmt: skip
