"""Rules over frequent itemsets: measures, significance, redundancy, and how they did later.

With n baskets, a with the left side, b with the right side and ab with both:

    support ab/n · confidence ab/a · lift ab·n/(a·b) · leverage ab/n − a·b/n² · conviction (1 − b/n)/(1 − ab/a),
    infinite when the confidence is 1 · Zhang's metric leverage / max(ab/n·(1 − a/n), a/n·(b/n − ab/n)), and 0 where
    that denominator is 0 (one side is in every basket)

as in mlxtend and arules (Agrawal et al. 1993; Brin et al. 1997; Zhang 2000). Thresholds are compared on counts, with a
tolerance of one part in a thousand million: a confidence of exactly 0.8 passes 0.8.
A rule is redundant when a smaller left side gives the same right side at least as surely (Bayardo et al. 2000). The
p-value is Fisher's exact test that the sides meet more often than by chance, one-sided.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import DataError
from analytics.i18n import msg
from analytics.models.basket_lines import Baskets
from analytics.models.basket_mine import Itemsets
from analytics.models.basket_params import Consequents, Correction

MOST_RULES = 500_000
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Rules:
    """Rules as arrays, one row each. left, right: int32 codes padded with −1; the counts: int64 baskets."""

    left: np.ndarray
    right: np.ndarray
    both_orders: np.ndarray
    left_orders: np.ndarray
    right_orders: np.ndarray
    redundant: np.ndarray
    baskets: int

    def __len__(self) -> int:
        return len(self.both_orders)

    @property
    def sizes(self) -> np.ndarray:
        """Items in each rule, both sides together."""
        return np.asarray((self.left >= 0).sum(axis=1) + (self.right >= 0).sum(axis=1))


def make_rules(
    itemsets: Itemsets, min_confidence: float, *, min_lift: float = 0, consequents: Consequents = "one"
) -> Rules:
    """Every rule over the itemsets that passes both thresholds.

    Raises DataError (data.too_many_rules) above MOST_RULES, before they are built.
    """
    width = max(1, len(itemsets.levels))
    parts: list[tuple[np.ndarray, ...]] = []
    best_below: dict[int, np.ndarray] = {}
    total = 0
    for size in range(2, len(itemsets.levels) + 1):
        level = itemsets.levels[size - 1]
        places = _subset_places(itemsets, size)
        best: dict[int, np.ndarray] = {}
        for mask in _left_sides(size, consequents):
            left = _counts_of(itemsets, level.items, mask)
            right = _counts_of(itemsets, level.items, _full(size) ^ mask)
            confidence = level.counts / left
            simpler = _best_simpler(best_below, places, mask, len(level.counts))
            best[mask] = np.maximum(confidence, simpler)
            passes = (level.counts >= min_confidence * left * (1 - TOLERANCE)) & (
                level.counts * float(itemsets.baskets) >= min_lift * (left * right.astype(float)) * (1 - TOLERANCE)
            )
            rows = np.flatnonzero(passes)
            total += len(rows)
            if total > MOST_RULES:
                raise _too_many(min_confidence)
            if len(rows):
                sides = (_padded(level.items[rows], keep, width) for keep in (mask, _full(size) ^ mask))
                dull = simpler[rows] >= confidence[rows] * (1 - TOLERANCE)
                parts.append((*sides, level.counts[rows], left[rows], right[rows], dull))
        best_below = best
    if not parts:
        none, nothing = np.zeros((0, width), "int32"), np.zeros(0, "int64")
        return Rules(none, none, nothing, nothing, nothing, np.zeros(0, bool), itemsets.baskets)
    left_side, right_side, both, lefts, rights, redundant = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Rules(left_side, right_side, both, lefts, rights, redundant, itemsets.baskets)


def _too_many(min_confidence: float) -> DataError:
    return DataError(
        "data.too_many_rules",
        msg("规则超过 {most:int} 条，看不过来，也占内存，已停下。", most=MOST_RULES),
        msg(
            "把“也买的比例”提高到 {share:pct} 以上，或者提高“最少几单”。",
            share=min(0.95, max(0.5, min_confidence + 0.2)),
        ),
    )


def _full(size: int) -> int:
    return (1 << size) - 1


def _left_sides(size: int, consequents: Consequents) -> list[int]:
    """The positions that make the left side, as bit masks."""
    if consequents == "one":
        return [_full(size) ^ (1 << at) for at in range(size)]
    return list(range(1, _full(size)))


def _positions(mask: int) -> list[int]:
    return [at for at in range(mask.bit_length()) if mask >> at & 1]


def _counts_of(itemsets: Itemsets, items: np.ndarray, mask: int) -> np.ndarray:
    chosen = items[:, _positions(mask)]
    return np.asarray(itemsets.levels[chosen.shape[1] - 1].counts[itemsets.places(chosen)])


def _subset_places(itemsets: Itemsets, size: int) -> list[np.ndarray]:
    """Per position: where the itemset without that item stands in the level below."""
    items = itemsets.levels[size - 1].items
    return [itemsets.places(np.delete(items, at, axis=1)) for at in range(size)]


def _best_simpler(below: dict[int, np.ndarray], places: list[np.ndarray], mask: int, rows: int) -> np.ndarray:
    """The best confidence for the same right side among all smaller left sides; −1 where the left side is one item."""
    best = np.full(rows, -1.0)
    lefts = _positions(mask)
    if len(lefts) == 1:
        return best
    for at in lefts:
        low, high = mask & ((1 << at) - 1), mask >> (at + 1) << at
        best = np.maximum(best, below[low | high][places[at]])
    return best


def _padded(items: np.ndarray, mask: int, width: int) -> np.ndarray:
    side = np.full((len(items), width), -1, dtype="int32")
    chosen = _positions(mask)
    side[:, : len(chosen)] = items[:, chosen]
    return side


def measures(
    both_orders: np.ndarray, left_orders: np.ndarray, right_orders: np.ndarray, baskets: int
) -> dict[str, np.ndarray]:
    """The measures of the module's docstring, and extra_orders = leverage × baskets: more than by chance."""
    both, left, right = (np.asarray(count, dtype=float) / baskets for count in (both_orders, left_orders, right_orders))
    with np.errstate(divide="ignore", invalid="ignore"):
        confidence = np.asarray(both_orders, float) / left_orders
        leverage = both - left * right
        certain = np.asarray(both_orders) >= np.asarray(left_orders)
        conviction = np.where(certain, np.inf, (1 - right) / np.where(certain, 1, 1 - confidence))
        denominator = np.maximum(both * (1 - left), left * (right - both))
        zhang = np.where(denominator > TOLERANCE**2, leverage / denominator, 0.0)
        lift = confidence / right
    return {
        "support": both, "confidence": confidence, "lift": lift, "leverage": leverage, "conviction": conviction,
        "zhang": zhang, "extra_orders": leverage * baskets,
    }  # fmt: skip


def chance(both_orders: np.ndarray, left_orders: np.ndarray, right_orders: np.ndarray, baskets: int) -> np.ndarray:
    """Fisher's exact test, one-sided: the chance of at least so many baskets with both, the sides being independent."""
    from scipy.stats import hypergeom

    return np.asarray(hypergeom.sf(both_orders - 1, baskets, left_orders, right_orders), dtype=float)


def corrected(p_values: np.ndarray, how: Correction) -> np.ndarray:
    """p-values for as many tests as there are, at most 1."""
    count = len(p_values)
    if how == "none" or count == 0:
        return p_values
    order = np.argsort(p_values, kind="stable")
    ranks = np.arange(1, count + 1)
    if how == "bh":
        stepped = np.minimum.accumulate((p_values[order] * count / ranks)[::-1])[::-1]
    else:
        stepped = np.maximum.accumulate(p_values[order] * (count - ranks + 1))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(1, stepped)
    return adjusted


def later_counts(rules: pd.DataFrame, later: Baskets) -> pd.DataFrame:
    """How often the rules' sides were in other baskets: both_orders · left_orders · right_orders, int64.

    rules  with left and right: tuples of codes
    """
    wanted = sorted({code for column in ("left", "right") for side in rules[column] for code in side})
    order = np.argsort(later.items, kind="stable")
    starts = np.concatenate([[0], np.cumsum(later.item_counts)])
    basket_of = np.repeat(np.arange(len(later), dtype="int32"), later.sizes)
    holders = {code: np.sort(basket_of[order[starts[code] : starts[code + 1]]]) for code in wanted}
    sides: dict[tuple[int, ...], np.ndarray] = {}

    def having(side: tuple[int, ...]) -> np.ndarray:
        if side not in sides:
            found = holders[side[0]]
            for code in side[1:]:
                found = np.intersect1d(found, holders[code], assume_unique=True)
            sides[side] = found
        return sides[side]

    rows = []
    for left, right in zip(rules["left"], rules["right"], strict=True):
        both = np.intersect1d(having(left), having(right), assume_unique=True)
        rows.append((len(both), len(having(left)), len(having(right))))
    return pd.DataFrame(rows, columns=["both_orders", "left_orders", "right_orders"], dtype="int64")
