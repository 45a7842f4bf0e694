"""Frequent itemsets, exact, with a guard that counts before it computes.

The miner is rusket's FP-growth (Rust). It cannot be stopped while it runs, and a few long baskets are enough for more
itemsets than any memory holds, so nothing is mined before an upper bound of its answer is known:

1. pairs are counted here (a sparse product, in blocks);
2. every frequent itemset is a clique of the graph of frequent pairs: when there are few enough cliques, all sizes are
   mined at once;
3. otherwise sizes are mined one after another, each only when its bound fits: triangles of the graph for three, the
   Kruskal–Katona bound on the level below for more (Geerts, Goethals, Van den Bussche, 2001).

Thresholds are whole numbers of baskets, so no share is ever compared as a float.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from analytics.errors import DataError
from analytics.i18n import msg
from analytics.models.basket_lines import Baskets
from analytics.models.basket_miner import Level, mine_levels

MOST_ITEMSETS = 200_000
MOST_MINED = 4_000_000  # rows that one call of the miner may give, by its bound: about 1 GB
_BLOCK_CELLS = 8_000_000
_TOLERANCE = 1e-9


class TooManyError(Exception):
    """There are more itemsets than the limit; ``at_least`` is what was counted or bounded when mining stopped."""

    def __init__(self, at_least: int) -> None:
        super().__init__(f"more than {at_least} itemsets")
        self.at_least = at_least


@dataclass(frozen=True, eq=False)
class Itemsets:
    """Every frequent itemset by size; ``levels[k - 1]`` holds those of k items. Each subset of one is there too."""

    levels: tuple[Level, ...]
    baskets: int
    min_orders: int
    n_items: int

    def __len__(self) -> int:
        return sum(len(level.counts) for level in self.levels)

    @cached_property
    def _keys(self) -> tuple[np.ndarray, ...]:
        """Per size the sorted numbers (place of the itemset without its last item) × n_items + last item."""
        keys = [self.levels[0].items[:, 0].astype("int64")] if self.levels else []
        for level in self.levels[1:]:
            keys.append(self._place(level.items[:, :-1], keys) * self.n_items + level.items[:, -1])
        return tuple(keys)

    def _place(self, rows: np.ndarray, keys: list[np.ndarray] | tuple[np.ndarray, ...]) -> np.ndarray:
        place = np.searchsorted(keys[0], rows[:, 0])
        for at in range(1, rows.shape[1]):
            place = np.searchsorted(keys[at], place * self.n_items + rows[:, at])
        return place

    def places(self, rows: np.ndarray) -> np.ndarray:
        """Where itemsets (codes ascending, frequent) stand in the level of their size."""
        return self._place(rows, self._keys)


def orders_for(share: float, baskets: int) -> int:
    """The fewest baskets that make a share; a share that is a whole number of baskets but for its last bit is one."""
    return max(1, math.ceil(share * baskets - _TOLERANCE * max(1, baskets)))


def mine(baskets: Baskets, min_orders: int, max_len: int | None = None, most: int = MOST_ITEMSETS) -> Itemsets:
    """Every itemset in at least ``min_orders`` baskets, of at most ``max_len`` items.

    Raises DataError (data.too_many_itemsets) when there are more than ``most``, naming a threshold that fits.
    """
    try:
        return try_mine(baskets, min_orders, max_len, most)
    except TooManyError as found:
        fits = fitting_orders(baskets, min_orders, max_len, most)
        raise DataError(
            "data.too_many_itemsets",
            msg(
                "至少 {orders:int} 单一起出现的商品组合超过 {found:int} 种，全算出来会占满内存，已停下。",
                orders=min_orders, found=min(found.at_least, 10**12),
            ),
            msg("把“最少几单”提高到 {fits:int}，或者让一条规则的商品少一点。", fits=fits),
        ) from None  # fmt: skip


def fitting_orders(baskets: Baskets, min_orders: int, max_len: int | None = None, most: int = MOST_ITEMSETS) -> int:
    """About the lowest threshold above ``min_orders`` under which no more than ``most`` itemsets are found."""
    try:  # counted once: a higher threshold has a part of them
        pairs = all_pairs(baskets, min_orders, MOST_MINED)
    except TooManyError:
        pairs = None

    def fits(orders: int) -> bool:
        try:
            try_mine(baskets, orders, max_len, most, pairs)
        except TooManyError:
            return False
        return True

    low, high = min_orders, max(min_orders + 1, math.ceil(min_orders * 1.5))
    top = int(baskets.item_counts.max(initial=0)) + 1  # above it nothing is frequent
    while high < top and not fits(high):
        low, high = high, math.ceil(high * 1.5)
    high = min(high, max(top, min_orders + 1))
    while high - low > max(1, high // 12):
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def try_mine(baskets: Baskets, min_orders: int, max_len: int | None, most: int, pairs: Level | None = None) -> Itemsets:
    """As ``mine``; raises TooManyError without looking for a threshold that fits.

    pairs  of ``all_pairs`` with this threshold or a lower one, when they are known
    """
    counts = baskets.item_counts
    frequent = np.flatnonzero(counts >= min_orders).astype("int32")
    if len(frequent) > most:
        raise TooManyError(len(frequent))
    levels = [Level(frequent[:, None], counts[frequent].astype("int64"))]
    if max_len != 1 and len(frequent) > 1:
        small, left = _only(baskets, frequent), most - len(frequent)
        if pairs is None:
            here = count_pairs(small, min_orders, left)
        else:
            kept = pairs.counts >= min_orders
            here = _within(Level(pairs.items[kept], pairs.counts[kept]), frequent)
        if len(here.counts) > left:
            raise TooManyError(len(frequent) + len(here.counts))
        levels.append(Level(frequent[here.items], here.counts))
        if max_len != 2 and len(here.counts) > 2:
            longer = _longer(small, here, min_orders, max_len, left - len(here.counts))
            levels += [Level(frequent[level.items], level.counts) for level in longer]
    kept_levels = tuple(level for level in levels if len(level.counts))
    return Itemsets(kept_levels, len(baskets), min_orders, baskets.n_items)


def all_pairs(baskets: Baskets, min_orders: int, most: int) -> Level:
    """The frequent pairs in the codes of ``baskets``. Raises TooManyError."""
    frequent = np.flatnonzero(baskets.item_counts >= min_orders).astype("int32")
    pairs = count_pairs(_only(baskets, frequent), min_orders, most)
    return Level(frequent[pairs.items], pairs.counts)


def _only(baskets: Baskets, frequent: np.ndarray) -> Baskets:
    """The baskets without infrequent items, in new codes; empty baskets stay."""
    new = np.full(baskets.n_items, -1, dtype="int32")
    new[frequent] = np.arange(len(frequent), dtype="int32")
    codes = new[baskets.items]
    kept = codes >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])
    return Baskets(ends[baskets.starts].astype("int32"), codes[kept], len(frequent))


def count_pairs(baskets: Baskets, min_orders: int, most: int) -> Level:
    """Every pair in at least ``min_orders`` baskets. Raises TooManyError."""
    matrix = baskets.matrix("int32")
    by_item = matrix.T.tocsr()
    found: list[np.ndarray] = []
    total = 0
    block = max(1, _BLOCK_CELLS // max(1, baskets.n_items))
    for first in range(0, baskets.n_items, block):
        together = (by_item[first : first + block] @ matrix).tocoo()
        kept = (together.data >= min_orders) & (together.col > together.row + first)
        found.append(np.column_stack([together.row[kept] + first, together.col[kept], together.data[kept]]))
        total += int(kept.sum())
        if total > most:
            raise TooManyError(total)
    rows = np.concatenate(found) if found else np.zeros((0, 3), dtype="int64")
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    return Level(rows[:, :2].astype("int32"), rows[:, 2].astype("int64"))


def _longer(baskets: Baskets, pairs: Level, min_orders: int, max_len: int | None, most: int) -> list[Level]:
    """The levels from three items on."""
    later = _later_neighbours(pairs, baskets.n_items)
    few = _cliques(later, max_len, most) <= most
    triangles, core = _triangles(pairs, later)
    if not triangles:
        return []
    mined = _mined if few else partial(_upwards, triangles=triangles, most=most)
    levels = mined(_only(baskets, core), _within(pairs, core), min_orders, max_len)
    return [Level(core[level.items], level.counts) for level in levels]


def _upwards(
    baskets: Baskets, pairs: Level, min_orders: int, max_len: int | None, *, triangles: int, most: int
) -> list[Level]:
    """As ``_mined`` where there may be more than ``most``: a level more at a time, as long as it is bounded."""
    bound, size = triangles, 3
    levels: list[Level] = []
    while bound and (max_len is None or size <= max_len):
        if bound > MOST_MINED:
            raise TooManyError(most)
        levels = _mined(baskets, pairs, min_orders, size)
        if sum(len(level.counts) for level in levels) > most:
            raise TooManyError(sum(len(level.counts) for level in levels))
        bound = _next_level_bound(len(levels[-1].counts), size) if len(levels) == size - 2 else 0
        size += 1
    return levels


def _mined(baskets: Baskets, pairs: Level, min_orders: int, max_len: int | None) -> list[Level]:
    """Levels from three items on. Raises RuntimeError when the miner's pairs are not those counted here."""
    levels = mine_levels(baskets, min_orders, max_len)
    mined = levels[0] if levels else Level(np.zeros((0, 2), "int32"), np.zeros(0, "int64"))
    if not (np.array_equal(mined.items, pairs.items) and np.array_equal(mined.counts, pairs.counts)):
        raise RuntimeError("rusket found other pairs than a direct count")
    return levels[1:]


def _later_neighbours(pairs: Level, n_items: int) -> list[int]:
    """Per item a bit set of the items with a higher code that it makes a frequent pair with."""
    later = [0] * n_items
    for low, high in pairs.items.tolist():
        later[low] |= 1 << high
    return later


def _cliques(later: list[int], max_len: int | None, most: int) -> int:
    """Cliques of three and more items in the graph of frequent pairs; stops counting above ``most``."""
    deepest = max_len or len(later)
    total = 0
    stack = [(bits, 2) for bits in later if bits]  # items that extend a clique, and the size they extend it to
    while stack and total <= most:
        common, size = stack.pop()
        if size >= deepest:
            continue
        rest = common
        while rest:
            lowest = rest & -rest
            rest ^= lowest
            smaller = common & later[lowest.bit_length() - 1]
            if smaller:
                total += smaller.bit_count()
                stack.append((smaller, size + 1))
    return total


def _triangles(pairs: Level, later: list[int]) -> tuple[int, np.ndarray]:
    """How many triangles the graph of frequent pairs has, and the items that are in any: the others need no miner."""
    total = inside = 0
    for low, high in pairs.items.tolist():
        common = later[low] & later[high]
        if common:
            total += common.bit_count()
            inside |= common | 1 << low | 1 << high
    bits = np.frombuffer(inside.to_bytes(len(later) // 8 + 1, "little"), dtype="uint8")
    return total, np.flatnonzero(np.unpackbits(bits, bitorder="little")).astype("int32")


def _within(pairs: Level, items: np.ndarray) -> Level:
    """The pairs of some items, in the codes that ``_only`` gives them."""
    kept = np.isin(pairs.items, items).all(axis=1)
    return Level(np.searchsorted(items, pairs.items[kept]).astype("int32"), pairs.counts[kept])


def _next_level_bound(count: int, size: int) -> int:
    """The most itemsets of size + 1 that ``count`` itemsets of ``size`` allow (Kruskal–Katona)."""
    bound, left = 0, count
    while left and size:
        top = size
        while math.comb(top + 1, size) <= left:
            top += 1
        bound += math.comb(top, size + 1)
        left -= math.comb(top, size)
        size -= 1
    return bound
