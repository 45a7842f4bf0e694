"""Item-item: two products are alike when many of the same customers bought both.

similarity(i, j) = customers of both ÷ (√(customers of i × customers of j) + SHRINK): the cosine of Sarwar et al.
(2001) on bought-or-not, pulled towards 0 where few customers prove it. A customer's score for i is the sum over what
they bought. Only the NEIGHBOURS nearest products of each are kept, ties by name, so that memory is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy import sparse

SHRINK = 10.0
NEIGHBOURS = 300
FEWEST_BOTH = 3
CHANCE = 2.0
_BLOCK_CELLS = 20_000_000


def similarities(liked: sparse.csr_matrix, *, shrink: float = SHRINK, most: int = NEIGHBOURS) -> sparse.csr_matrix:
    """Items × items: row i holds what i is like, float32, sorted by code, without i itself."""
    from scipy import sparse

    items = liked.shape[1]
    owners = np.asarray(liked.sum(axis=0), np.float64).ravel()
    by_item = liked.T.tocsr()
    block = max(1, _BLOCK_CELLS // max(items, 1))
    parts = []
    for first in range(0, items, block):
        both = (by_item[first : first + block] @ liked).tocsr()
        both.sort_indices()
        rows = np.repeat(np.arange(first, first + both.shape[0]), np.diff(both.indptr))
        values = both.data / (np.sqrt(owners[rows] * owners[both.indices]) + shrink)
        values[rows == both.indices] = 0
        part = sparse.csr_matrix((values.astype(np.float32), both.indices, both.indptr), shape=both.shape)
        part.eliminate_zeros()
        parts.append(_nearest(part, most))
    return sparse.vstack(parts, format="csr", dtype=np.float32)


def _nearest(part: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """The ``most`` largest values of each row; of equal ones the lower code."""
    from scipy import sparse

    lengths = np.diff(part.indptr)
    if lengths.max(initial=0) <= most:
        return part
    kept = np.ones(part.nnz, bool)
    for row in np.flatnonzero(lengths > most):
        place = slice(part.indptr[row], part.indptr[row + 1])
        values = part.data[place]
        least = np.partition(values, len(values) - most)[len(values) - most]
        above, equal = values > least, values == least
        kept[place] = above | (equal & (np.cumsum(equal) <= most - int(above.sum())))
    indptr = np.concatenate([[0], np.cumsum(np.minimum(lengths, most))])
    return sparse.csr_matrix((part.data[kept], part.indices[kept], indptr), shape=part.shape)


def more_than_chance(alike: sparse.csr_matrix, liked: sparse.csr_matrix) -> sparse.csr_matrix:
    """Only the pairs that clearly more customers bought both of than would if each bought without regard to the other.

    For reasons that are found afterwards: at least FEWEST_BOTH customers, and CHANCE standard deviations more.
    """
    from scipy import sparse

    owners = np.asarray(liked.sum(axis=0), np.float64).ravel()
    rows = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    product = owners[rows] * owners[alike.indices]
    both = np.rint(alike.data * (np.sqrt(product) + SHRINK))
    expected = product / max(liked.shape[0], 1)
    clear = (both >= FEWEST_BOTH) & (both - expected >= CHANCE * np.sqrt(expected))
    kept = sparse.csr_matrix((np.where(clear, alike.data, 0), alike.indices, alike.indptr), shape=alike.shape)
    kept.eliminate_zeros()
    return kept


class Lookup:
    """Similarities of many pairs at once: from a full table where it is small, else from the sparse rows."""

    _FULL_ITEMS = 6000  # 144 MB

    def __init__(self, alike: sparse.csr_matrix) -> None:
        self._alike = alike
        self._full = alike.toarray() if alike.shape[0] <= self._FULL_ITEMS else None

    def __call__(self, first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """similarity[first, second], element by element."""
        if self._full is not None:
            return np.asarray(self._full.ravel()[first.astype(np.int64) * self._full.shape[1] + second])
        return np.asarray(self._alike[first, second], np.float32).ravel()


def end_to_end(
    matrix: sparse.csr_matrix, rows: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The columns of some rows, which may come again, one row after another; how many each has, where each begins."""
    counts = np.diff(matrix.indptr)[rows]
    starts = np.cumsum(counts) - counts
    places = np.arange(counts.sum()) + np.repeat(matrix.indptr[rows] - starts, counts)
    return matrix.indices[places], counts, starts


def reasons(items: np.ndarray[Any, Any], bought: sparse.csr_matrix, lookup: Lookup) -> np.ndarray[Any, Any]:
    """For each recommended item the bought one that it is most like (of equals the lower code), -1 where none is.

    items   int (customers × k), −1 for no recommendation
    bought  customers × all items, one row per row of ``items``
    """
    because = np.full(items.size, -1, np.int32)
    depth = items.shape[1]
    usable = np.flatnonzero((items.ravel() >= 0) & (np.repeat(np.diff(bought.indptr), depth) > 0))
    if not len(usable):
        return because.reshape(items.shape)
    source, counts, starts = end_to_end(bought, usable // depth)
    values = lookup(np.repeat(items.ravel()[usable], counts), source)
    best = np.maximum.reduceat(values, starts)
    hit = np.flatnonzero(values == np.repeat(best, counts))
    pair = np.repeat(np.arange(len(usable)), counts)[hit]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    because[usable] = np.where(best > 0, source[hit[first]], -1)
    return because.reshape(items.shape)
