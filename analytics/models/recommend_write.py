"""From ranked batches to one Parquet file: never more than a batch in memory, whatever the number of customers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.models.recommend_data import Purchases
from analytics.models.recommend_itemitem import Lookup, reasons
from analytics.models.recommend_rank import Batch, Ranker

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("segment", pa.string()),
        ("rank", pa.int64()),
        ("score", pa.float64()),
        ("reason", pa.string()),
        ("products_bought", pa.int64()),
        ("last_bought_at", pa.timestamp("us")),
    ]
)
_STORED = pa.schema([f.with_type(pa.dictionary(pa.int32(), pa.string())) if f.name in ("segment", "reason") else f
                     for f in SCHEMA])  # fmt: skip
_REPEATING = ["customer_id", "segment", "reason"]
_DIGITS = 9  # below it floats tell nothing, and ties would show as differences


@dataclass(frozen=True)
class Written:
    """What was written: rows, customers with at least one recommendation, rows with a reason, and per item code how
    often it was recommended and how often first.
    """

    rows: int
    customers: int
    reasoned: int
    recommended: np.ndarray[Any, Any]
    first: np.ndarray[Any, Any]


def write(ranker: Ranker, depth: int, path: Path, lookup: Lookup) -> Written:
    """Rank everybody and write one row per customer and recommendation, by customer and rank.

    lookup  similarities for the reason of each row
    """
    bought = ranker.bought
    counts = np.diff(bought.bought_matrix.indptr)
    last_at = _last_at(bought)
    items = len(bought.items)
    recommended, first = np.zeros(items, np.int64), np.zeros(items, np.int64)
    rows = customers = reasoned = 0
    with pq.ParquetWriter(path, _STORED, compression="snappy", use_dictionary=_REPEATING) as writer:
        for batch, because in _with_reasons(ranker, depth, lookup):
            there = batch.items >= 0
            owner = np.repeat(np.arange(batch.first, batch.first + len(batch.items)), there.sum(axis=1))
            found, why = batch.items[there], because[there]
            table = {
                "customer_id": bought.customers.take(pa.array(owner)),
                "segment": pa.DictionaryArray.from_arrays(pa.array(found.astype(np.int32)), bought.items),
                "rank": pa.array(np.nonzero(there)[1] + 1),
                "score": pa.array(np.round(batch.scores[there], _DIGITS)),
                "reason": pa.DictionaryArray.from_arrays(pa.array(why, mask=why < 0), bought.items),
                "products_bought": pa.array(counts[owner].astype(np.int64)),
                "last_bought_at": pa.array(last_at[owner]),
            }
            writer.write_table(pa.Table.from_pydict(table, _STORED))
            rows += len(found)
            customers += int(there.any(axis=1).sum())
            reasoned += int((why >= 0).sum())
            recommended += np.bincount(found, minlength=items)
            first += np.bincount(batch.items[:, 0][there[:, 0]], minlength=items)
    return Written(rows, customers, reasoned, recommended, first)


def _last_at(bought: Purchases) -> np.ndarray[Any, Any]:
    """Each customer's last purchase; pairs are sorted by customer, and everyone has at least one."""
    starts = bought.bought_matrix.indptr[:-1]
    moments = bought.last_at.astype("datetime64[us]").astype(np.int64)
    return np.maximum.reduceat(moments, starts).astype("datetime64[us]")


def _with_reasons(ranker: Ranker, depth: int, lookup: Lookup) -> Iterator[tuple[Batch, np.ndarray[Any, Any]]]:
    """Batches in order, each with its reasons; these are looked up beside the ranking of the next ones."""
    liked = ranker.bought.liked_matrix
    workers = os.cpu_count() or 1

    def explain(batch: Batch) -> tuple[Batch, np.ndarray[Any, Any]]:
        personal = np.where(batch.scores > 0, batch.items, -1)
        return batch, reasons(personal, liked[batch.first : batch.first + len(batch.items)], lookup)

    with ThreadPoolExecutor(workers) as pool:
        waiting: list[Future[tuple[Batch, np.ndarray[Any, Any]]]] = []
        for batch in _ahead(ranker.batches(depth)):
            waiting.append(pool.submit(explain, batch))
            if len(waiting) > workers:
                yield waiting.pop(0).result()
        for left in waiting:
            yield left.result()


def _ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches, the next one already being ranked while this one is written."""
    with ThreadPoolExecutor(1) as ranking:
        coming = ranking.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = ranking.submit(next, batches, None)
            yield batch
