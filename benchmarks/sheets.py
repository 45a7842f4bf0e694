"""Spreadsheets of 300,000 rows × 5 columns, in and out, against openpyxl. Prints one JSON object of seconds."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import work

import analytics
from analytics.export.sheets import Column, Sheet, write_workbook

ROWS = 300_000
COLUMNS = (Column("customer_id"), Column("order_id"), Column("ordered_at", "datetime"), Column("product"),
           Column("amount", "money"))  # fmt: skip


def table(rows: int) -> pa.Table:
    import make_orders

    made = pa.Table.from_batches([next(make_orders.batches(rows))])
    return made.select([column.header for column in COLUMNS])


def written(rows: pa.Table, target: Path) -> None:
    batches = rows.to_batches(max_chunksize=50_000)
    write_workbook(target, [Sheet("orders", COLUMNS, batches, rows.num_rows)])


def written_by_openpyxl(rows: pa.Table, target: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("orders")
    page.append(rows.column_names)
    for batch in rows.to_batches(max_chunksize=50_000):
        for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            page.append(cells)
    book.save(target)


def timed(function, *arguments) -> float:
    begun = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begun


def main() -> dict[str, float]:
    rows = table(ROWS)
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours.xlsx", Path(name) / "theirs.xlsx"
        written(rows.slice(0, 10), ours)  # everything is imported
        seconds = {"write": timed(written, rows, ours), "write_peer": timed(written_by_openpyxl, rows, theirs)}
        analytics.prepare(analytics.open_file(work.ROOT / "sample_data" / "订单明细.xlsx"))  # everything is imported
        seconds["read"] = timed(lambda: analytics.prepare(analytics.open_file(ours)))
        seconds["read_peer"] = timed(lambda: pd.read_excel(ours, engine="openpyxl"))
    return seconds


if __name__ == "__main__":
    print(json.dumps(main()))
