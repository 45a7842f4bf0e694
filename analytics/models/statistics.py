"""Intervals for shares and their differences, odds ratios, and the correction for many comparisons. Plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z_95 = 1.959963984540054


def wilson(successes: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson, 1927); NaN without observations."""
    if n <= 0:
        return float("nan"), float("nan")
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(x1: int, n1: int, x2: int, n2: int, z: float = Z_95) -> tuple[float, float, float]:
    """Difference of two independent shares x1/n1 − x2/n2 and its interval (Newcombe, 1998, method 10)."""
    if n1 <= 0 or n2 <= 0:
        return float("nan"), float("nan"), float("nan")
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = wilson(x1, n1, z), wilson(x2, n2, z)
    low = p1 - p2 - math.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = p1 - p2 + math.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return p1 - p2, low, high


def odds_ratio(a: int, b: int, c: int, d: int, z: float = Z_95) -> tuple[float, float, float, float]:
    """Odds ratio (a/b)/(c/d), its interval (Woolf) and the two-sided p-value of its logarithm.

    One half is added to each cell where one of them is 0 (Haldane and Anscombe).
    """
    cells = [float(cell) for cell in (a, b, c, d)]
    if 0 in cells:
        cells = [cell + 0.5 for cell in cells]
    log = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    error = math.sqrt(sum(1 / cell for cell in cells))
    p = math.erfc(abs(log) / error / math.sqrt(2))
    return math.exp(log), math.exp(log - z * error), math.exp(log + z * error), p


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the false discovery rate (Benjamini and Hochberg, 1995)."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at], reverse=True)
    adjusted, least = [0.0] * len(p_values), 1.0
    for rank, at in enumerate(order):
        least = min(least, p_values[at] * len(p_values) / (len(p_values) - rank))
        adjusted[at] = least
    return adjusted
