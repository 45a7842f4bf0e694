"""The three ways to rank products for a customer, behind one call, batch by batch.

popularity  how many customers bought a product, recent ones counting more; the same order for everybody
item_item   the sum of similarities to what the customer bought (recommend_itemitem)
als         the product of the customer's and the product's factors (recommend_als)

The personal scores are multiplied by the product's trend: the share of its customers that is recent (see
Purchases.trend). Equal scores are ordered by popularity and then by name. Where a personal method knows nothing (the
customer bought nothing that others bought too), popularity fills the places up, with a score of 0.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from analytics.models import recommend_als as als
from analytics.models.recommend_data import Purchases
from analytics.models.recommend_itemitem import end_to_end, similarities

if TYPE_CHECKING:
    from scipy import sparse

Way = Literal["popularity", "item_item", "als"]
WAYS: tuple[Way, ...] = get_args(Way)
# chosen customers (a slice or codes) → codes of items and scores, customers × depth
Rank = Callable[[Any], tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]
_BATCH_CELLS = 20_000_000
_BATCH_CUSTOMERS = 20_000
_BLOCK_CELLS = 1_000_000  # 4 MB of float32: what a processor keeps near
_FULL_CELLS = 36_000_000  # 144 MB of float32
_TIE = 1e-9  # below any score that means something
_SEEN_AHEAD = 64
_STRETCHES = 8  # for each of the values that are looked for


@dataclass(frozen=True)
class Batch:
    """The best items of customers first … first + n − 1: codes and scores (n × depth), best first; -1 and 0 for none.

    With the personal ways a score of 0 says: filled up by popularity, for want of anything better.
    """

    first: int
    items: np.ndarray[Any, Any]
    scores: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Ranker:
    """A fitted way to rank.

    allowed      codes of the items that may be recommended, ascending
    hide_bought  whether what a customer has already bought is left out
    """

    way: Way
    bought: Purchases
    half_life_days: float
    allowed: np.ndarray[Any, Any]
    hide_bought: bool
    alike: sparse.csr_matrix | None = None
    factors: als.Factors | None = None

    @staticmethod
    def fit(
        way: Way, bought: Purchases, half_life_days: float, allowed: np.ndarray[Any, Any], *, hide_bought: bool
    ) -> Ranker:
        """Learn from everything that was liked."""
        return Ranker(
            way, bought, half_life_days, allowed, hide_bought,
            alike=similarities(bought.liked_matrix) if way == "item_item" else None,
            factors=als.fit(bought.liked_matrix) if way == "als" else None,
        )  # fmt: skip

    def with_half_life(self, half_life_days: float) -> Ranker:
        """The same with another weight of recent purchases; nothing is learnt again."""
        return replace(self, half_life_days=half_life_days)

    def batches(self, depth: int, customers: np.ndarray[Any, Any] | None = None) -> Iterator[Batch]:
        """The ``depth`` best items of the given customers (ascending codes; None: all), batch by batch.

        ``first`` counts within ``customers``.
        """
        total = len(self.bought.customers) if customers is None else len(customers)
        # factors are multiplied in the library's own small steps; the others fill a table of customers × items
        cells = 1 if self.way == "als" else max(len(self.allowed), 1)
        size = max(1, min(_BATCH_CUSTOMERS, _BATCH_CELLS // cells))
        rank = self._prepared(depth)
        for first in range(0, total, size):
            last = min(first + size, total)
            chosen: Any = slice(first, last) if customers is None else customers[first:last]
            items, scores = rank(chosen)
            missing = depth - items.shape[1]
            if missing > 0:
                items = np.pad(items, ((0, 0), (0, missing)), constant_values=-1)
                scores = np.pad(scores, ((0, 0), (0, missing)))
            yield Batch(first, items, scores)

    def _prepared(self, depth: int) -> Rank:
        """A function from chosen customers to (codes, scores), with what all batches share already computed."""
        popularity = self.bought.popularity(self.half_life_days)[self.allowed]
        # allowed is in the order of names, so a stable sort leaves equals in it
        order = np.argsort(-popularity, kind="stable")
        if self.way == "popularity":
            return lambda chosen: self._popular(chosen, depth, popularity, order)
        trend = self.bought.trend(self.half_life_days)[self.allowed]
        if self.factors is not None:
            weighted = (self.factors.items[self.allowed] * trend[:, None]).astype(np.float32)
            factors, fill = self.factors, partial(self._popular, depth=depth, popularity=popularity, order=order)
            return lambda chosen: self._by_factors(factors, chosen, depth, weighted, fill)
        if self.alike is None:
            raise TypeError("not fitted")
        tie = np.empty(len(order))
        tie[order] = _TIE * (np.arange(len(order), 0, -1) / max(len(order), 1))
        towards: Any = self.alike[self.allowed].T.tocsr()  # bought × allowed, float32
        towards.data = (towards.data * trend[towards.indices]).astype(np.float32)
        if towards.shape[0] * towards.shape[1] <= _FULL_CELLS:
            towards = towards.toarray()  # adding up whole rows is several times as fast as merging sparse ones
        else:
            towards = towards.astype(np.float64)
        return lambda chosen: self._by_likeness(chosen, depth, towards, tie)

    def _hidden(self, chosen: Any) -> sparse.csr_matrix | None:
        if not self.hide_bought:
            return None
        rows = self.bought.bought_matrix[chosen]
        return rows if len(self.allowed) == rows.shape[1] else rows[:, self.allowed].tocsr()

    def _popular(
        self, chosen: Any, depth: int, popularity: np.ndarray[Any, Any], order: np.ndarray[Any, Any]
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        hidden = self._hidden(chosen)
        rows = len(self.bought.customers[chosen]) if isinstance(chosen, slice) else len(chosen)
        most = min(depth, len(order))
        wide = min(len(order), most + _SEEN_AHEAD)
        while True:
            near = order[:wide]
            free = np.ones((rows, wide), bool) if hidden is None else hidden[:, near].toarray() == 0
            if wide == len(order) or int(free.sum(axis=1).min(initial=most)) >= most:
                break
            wide = min(len(order), wide * 4)
        # the first free places, and -1 where there are too few
        places = np.argsort(~free, axis=1, kind="stable")[:, :most]
        there = np.take_along_axis(free, places, axis=1)
        near_items, near_scores = self.allowed[near], popularity[near] / max(float(popularity.max(initial=0)), 1e-300)
        return np.where(there, near_items[places], -1), np.where(there, near_scores[places], 0.0)

    def _by_factors(
        self, factors: als.Factors, chosen: Any, depth: int, weighted: np.ndarray[Any, Any], fill: Rank
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        places, scores = als.best(factors, chosen, weighted, self._hidden(chosen), depth)
        items = np.where(places >= 0, self.allowed[places], -1)
        unknown = np.flatnonzero(np.diff(self.bought.liked_matrix[chosen].indptr) == 0)
        if len(unknown):
            codes = np.arange(len(self.bought.customers))[chosen][unknown]
            items[unknown], scores[unknown] = fill(codes)[0], 0.0
        return items, scores

    def _by_likeness(
        self, chosen: Any, depth: int, towards: Any, tie: np.ndarray[Any, Any]
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """A full table is added up in float32, which is fast, and what comes near the best once more in float64."""
        liked, hidden = self.bought.liked_matrix[chosen].astype(towards.dtype), self._hidden(chosen)
        rows = max(1, _BLOCK_CELLS // len(tie))
        tie_added = tie.astype(towards.dtype)

        def one_block(first: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
            mine = liked[first : first + rows]
            found: Any = mine @ towards
            scores = found if isinstance(found, np.ndarray) else found.toarray()
            scores += tie_added
            if hidden is not None:
                hide = hidden[first : first + rows]
                scores[np.repeat(np.arange(scores.shape[0]), np.diff(hide.indptr)), hide.indices] = -np.inf
            most = min(depth, len(tie))
            row, column = _near_best(scores, most, terms=int(np.diff(mine.indptr).max(initial=0)))
            exact = scores[row, column] if scores.dtype == np.float64 else _added(mine, towards, row, column, tie)
            return _best_first(row, column, exact, (scores.shape[0], most))

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # the products and partitions let go of Python's lock
            parts = list(pool.map(one_block, range(0, liked.shape[0], rows)))
        places, best = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
        personal = np.where(best > 2 * _TIE, best, 0.0)
        return np.where(np.isfinite(best), self.allowed[places], -1), personal


def _near_best(
    scores: np.ndarray[Any, Any], most: int, terms: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Rows and columns of values among which the ``most`` largest of each row are; few more than those. −∞ is none.

    The most-th largest of the maxima of several stretches of a row is no more than its most-th largest value: what
    lies below need not be sorted. That is several times as fast as a partition of the whole row. A float32 may be off
    by half its precision for each of the terms that were added, and has lost the order of ties.
    """
    rows, columns = scores.shape
    stretches = _STRETCHES * most
    if columns > 2 * stretches:
        maxima = np.maximum.reduceat(scores, np.arange(stretches) * columns // stretches, axis=1)
        least = np.partition(maxima, stretches - most, axis=1)[:, stretches - most, None]
        if scores.dtype == np.float32:
            lost = np.abs(least) * np.float32((terms + 2) * np.finfo(np.float32).eps)
            least = least - np.where(least > 2 * _TIE, lost + np.float32(2 * _TIE), lost)
    else:
        least = np.full((rows, 1), -np.inf, scores.dtype)
    flat = np.flatnonzero((scores >= least) & (scores > -np.inf))
    return np.divmod(flat, columns)


def _added(
    mine: sparse.csr_matrix, towards: np.ndarray[Any, Any], row: np.ndarray[Any, Any], column: np.ndarray[Any, Any],
    tie: np.ndarray[Any, Any],
) -> np.ndarray[Any, Any]:  # fmt: skip
    """The scores of some cells, added up in float64: what each customer liked, towards the item of the column."""
    scores: np.ndarray[Any, Any] = tie[column]
    cells = np.flatnonzero(np.diff(mine.indptr)[row])  # a sum of nothing has no place to begin
    if len(cells):
        source, counts, starts = end_to_end(mine, row[cells])
        values = towards[source, np.repeat(column[cells], counts)].astype(np.float64)
        scores[cells] += np.add.reduceat(values, starts)
    return scores


def _best_first(
    row: np.ndarray[Any, Any], column: np.ndarray[Any, Any], found: np.ndarray[Any, Any], shape: tuple[int, int]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Places and values of the largest values of each row, largest first, of equals the first; −∞ where none is left.

    shape  rows, and how many of each
    """
    rows, most = shape
    order = np.lexsort((column, -found, row))
    counts = np.bincount(row, minlength=rows)
    slot = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = order[slot < most]
    places, values = np.zeros((rows, most), np.int64), np.full((rows, most), -np.inf)
    places[row[kept], slot[slot < most]] = column[kept]
    values[row[kept], slot[slot < most]] = found[kept]
    return places, values
