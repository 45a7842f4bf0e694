"""Write order lines to measure with: seeded, skewed as a shop's are. ``python benchmarks/make_orders.py N FILE``.

Products are drawn evenly; with ``tastes`` each order has one of so many tastes, which makes some of them go together.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

BATCH = 1_000_000
LINES_AN_ORDER = 3
ORDERS_A_CUSTOMER = 3
PRODUCTS = 5000


def by_taste(rng: np.random.Generator, taste: np.ndarray, skew: float) -> np.ndarray:
    """A product for each taste (a number): few products take most of the lines, other ones with each taste."""
    return ((rng.random(len(taste)) ** skew * PRODUCTS).astype(np.int64) + taste * 37) % PRODUCTS


def batches(lines: int, seed: int = 7, *, tastes: int = 0, lines_an_order: int = LINES_AN_ORDER):
    """Record batches of order_id, customer_id, ordered_at, product, quantity, amount."""
    rng = np.random.default_rng(seed)
    customers = max(lines // (lines_an_order * ORDERS_A_CUSTOMER), 1)
    start = np.datetime64("2023-01-01T00:00:00", "s")
    for first in range(0, lines, BATCH):
        n = min(BATCH, lines - first)
        order = (np.arange(first, first + n) // lines_an_order).astype(np.int64)
        # A number of an order decides its customer and its time, so that the lines of an order agree.
        mixed = (order * 2654435761) % (2**32)
        customer = (np.power(mixed / 2**32, 2) * customers).astype(np.int64)
        at = start + ((mixed * 48271) % (2 * 365 * 86400)).astype("timedelta64[s]")
        product = by_taste(rng, mixed % tastes, 5) if tastes else rng.integers(0, PRODUCTS, n)
        yield pa.record_batch(
            {
                "order_id": pa.array(np.char.add("O", np.char.zfill(order.astype(str), 9))),
                "customer_id": pa.array(np.char.add("C", np.char.zfill(customer.astype(str), 8))),
                "ordered_at": pa.array(at.astype("datetime64[s]")),
                "product": pa.array(np.char.add("P", product.astype(str))),
                "quantity": pa.array(rng.integers(1, 5, n)),
                "amount": pa.array(np.round(rng.gamma(2.0, 40.0, n), 2)),
            }
        )


def write(lines: int, target: Path, *, tastes: int = 0, lines_an_order: int = LINES_AN_ORDER) -> None:
    """Write a .csv or .parquet file."""
    made = batches(lines, tastes=tastes, lines_an_order=lines_an_order)
    head = next(made)
    if target.suffix == ".csv":
        with pa.csv.CSVWriter(target, head.schema, write_options=pa.csv.WriteOptions(quoting_style="none")) as writer:
            writer.write_batch(head)
            for batch in made:
                writer.write_batch(batch)
        return
    with pq.ParquetWriter(target, head.schema) as writer:
        writer.write_batch(head)
        for batch in made:
            writer.write_batch(batch)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
