"""Itemsets of two and more items by rusket's Rust miner, which is given as much at once as memory allows.

The miner holds some 550 bytes for each item of each basket. More than _MOST_CELLS of these are mined in parts: items
are counted off from the rarest, a part takes the itemsets whose rarest item lies in its stretch, and sees only the
baskets with such an item, without what is rarer than the stretch. So every itemset is found in one part, with all of
its baskets. (FP-growth, Han, Pei and Yin, 2000, projects its tree in the same order.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from analytics.models.basket_lines import Baskets

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_MOST_CELLS = 4_000_000  # about 2 GB in the miner


@dataclass(frozen=True, eq=False)
class Level:
    """All frequent itemsets of one size. items: int32, one row each, codes ascending, rows sorted; counts: baskets."""

    items: np.ndarray
    counts: np.ndarray


def mine_levels(baskets: Baskets, min_orders: int, max_len: int | None) -> list[Level]:
    """Every itemset of two and more items in at least ``min_orders`` baskets, level by level."""
    rarest_first = np.argsort(baskets.item_counts, kind="stable").astype("int32")
    place = np.empty_like(rarest_first)
    place[rarest_first] = np.arange(len(place), dtype="int32")
    cells = replace(baskets, items=place[baskets.items]).matrix("uint8")
    cells = cells[np.diff(cells.indptr) > 1]
    cells.sort_indices()
    found: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    for first, end in _stretches(cells):
        for items, counts in _call(_led_by(cells, first, end), min_orders, max_len):
            led = items.min(axis=1) < end - first
            found.setdefault(items.shape[1], []).append((rarest_first[items[led] + first], counts[led]))
    return [_level(*(np.concatenate(side) for side in zip(*found[size], strict=True))) for size in sorted(found)]


def _level(items: np.ndarray, counts: np.ndarray) -> Level:
    items = np.sort(items, axis=1).astype("int32")
    order = np.lexsort(items.T[::-1])
    return Level(items[order], counts[order])


def _stretches(cells: csr_matrix) -> Iterator[tuple[int, int]]:
    """Stretches of items whose parts hold no more than _MOST_CELLS each, or one item: (first, end)."""
    n_items = cells.shape[1]
    if cells.nnz <= _MOST_CELLS:
        yield 0, n_items
        return
    # a basket brings the part of an item what it holds from that item on
    held = np.repeat(cells.indptr[1:], np.diff(cells.indptr)) - np.arange(cells.nnz)
    weights = np.bincount(cells.indices, weights=held, minlength=n_items)
    first, sum_cells = 0, 0.0
    for item, weight in enumerate(weights):
        if item > first and sum_cells + weight > _MOST_CELLS:
            yield first, item
            first, sum_cells = item, 0.0
        sum_cells += weight
    yield first, n_items


def _led_by(cells: csr_matrix, first: int, end: int) -> csr_matrix:
    """The baskets with an item from ``first`` up to ``end``, without rarer items; the item ``first`` becomes 0."""
    if first == 0 and end == cells.shape[1]:
        return cells
    rest = cells[:, first:]
    led = np.diff(rest[:, : end - first].indptr) > 0
    return rest[led & (np.diff(rest.indptr) > 1)]


def _call(cells: csr_matrix, min_orders: int, max_len: int | None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """What the miner finds, by size from two on: itemsets and their counts."""
    import rusket

    baskets = cells.shape[0]
    if baskets < min_orders:
        return
    # The miner takes a share and makes ceil(share × baskets) of it: half a basket less cannot be rounded up.
    share = (min_orders - 0.5) / baskets
    frame = rusket.fpgrowth(cells, min_support=share, use_colnames=False, max_len=max_len)
    counts = np.rint(frame["support"].to_numpy() * baskets).astype("int64")
    lists: Any = pa.array(frame["itemsets"])
    lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    flat, sizes = lists.flatten().to_numpy(zero_copy_only=False), np.diff(lists.offsets.to_numpy())
    starts = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    for size in range(2, int(sizes.max(initial=0)) + 1):
        rows = np.flatnonzero(sizes == size)
        yield flat[starts[rows][:, None] + np.arange(size)], counts[rows]
