"""The arithmetic of a portrait: the TGI with its interval, and which differences are more than chance.

TGI (target group index) = share of a feature in the group ÷ its share in all × 100. 100: as often as in all.

The interval is that of the ratio of two independent shares by the method of variance estimates recovery over Wilson
intervals (Donner and Zou, Closed-form confidence intervals for functions of the normal mean and standard deviation,
Statistical Methods in Medical Research 21, 2012). Where the group is a part of all, the independent share is that of
the rest: with w = group ÷ all and R = share in the group ÷ share in the rest, TGI = 100 R / (w R + 1 - w), which
rises with R, so the interval of R carries over. A group that is everyone has 100, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054  # of 95 %
FALSE_SHARE = 0.05  # of the differences that are called sure, at most so many by chance (Benjamini and Hochberg, 1995)


@dataclass(frozen=True)
class Counted:
    """Of ``n_group`` customers ``group`` have the feature, of ``n_other`` ``other``.

    nested  the others are all customers, the group among them; else another group
    """

    group: int
    n_group: int
    other: int
    n_other: int
    nested: bool

    @property
    def rest(self) -> tuple[int, int]:
        """The independent counterpart: those of the others who are not in the group."""
        return (self.other - self.group, self.n_other - self.n_group) if self.nested else (self.other, self.n_other)


@dataclass(frozen=True)
class Tgi:
    """The index and its 95 % interval; NaN where it cannot be told. ``p``: of so great a difference by chance alone."""

    value: float
    low: float
    high: float
    p: float


def tgi(counted: Counted) -> Tgi:
    """The TGI of a feature."""
    if counted.n_group == 0 or counted.n_other == 0 or counted.other == 0:
        return Tgi(math.nan, math.nan, math.nan, math.nan)
    value = counted.group / counted.n_group / (counted.other / counted.n_other) * 100
    rest, n_rest = counted.rest
    if n_rest <= 0:
        return Tgi(100.0, 100.0, 100.0, 1.0)
    low, high = ratio_interval(counted.group, counted.n_group, rest, n_rest)
    part = counted.n_group / counted.n_other if counted.nested else 0.0
    p = _p_value(counted.group, counted.n_group, rest, n_rest)
    return Tgi(value, _index(low, part), _index(high, part), p)


def _index(ratio: float, part: float) -> float:
    if math.isinf(ratio):
        return 100 / part if part else math.inf
    return 100 * ratio / (part * ratio + 1 - part)


def wilson(x: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (1927)."""
    share, z2 = x / n, Z * Z
    middle, half = share + z2 / (2 * n), Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return (0.0 if x == 0 else max(low, 0.0)), (1.0 if x == n else min(high, 1.0))


def ratio_interval(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float]:
    """The 95 % interval of (x1 ÷ n1) ÷ (x2 ÷ n2); without end where x2 is 0."""
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = wilson(x1, n1), wilson(x2, n2)
    # The difference p1 - t p2 is 0 at the ends: a quadratic in t, solved for its smaller and its larger root.
    low_root = max(0.0, (p1 * p2) ** 2 - l1 * u2 * (2 * p1 - l1) * (2 * p2 - u2))
    low_below, high_below = u2 * (2 * p2 - u2), l2 * (2 * p2 - l2)
    if low_below == 0:
        low = l1 * (2 * p1 - l1) / (2 * p1 * p2) if p1 else 0.0
    else:
        low = (p1 * p2 - math.sqrt(low_root)) / low_below
    high_root = max(0.0, (p1 * p2) ** 2 - u1 * l2 * (2 * p1 - u1) * (2 * p2 - l2))
    high = math.inf if high_below <= 0 else (p1 * p2 + math.sqrt(high_root)) / high_below
    return max(low, 0.0), high


def _p_value(x1: int, n1: int, x2: int, n2: int) -> float:
    """Two-sided, of equal shares (pooled z)."""
    pooled = (x1 + x2) / (n1 + n2)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return 1.0 if spread == 0 else math.erfc(abs(x1 / n1 - x2 / n2) / spread / math.sqrt(2))


def sure(p_values: Sequence[float]) -> list[bool]:
    """Which differences stand when so many are looked at (Benjamini and Hochberg); NaN never does."""
    known = sorted((p, at) for at, p in enumerate(p_values) if not math.isnan(p))
    last = max((rank for rank, (p, _) in enumerate(known, 1) if p <= FALSE_SHARE * rank / len(known)), default=0)
    found = {at for _, at in known[:last]}
    return [at in found for at in range(len(p_values))]


def strength(value: Tgi) -> float:
    """How far from 100 the cautious end of the interval lies, as a factor's logarithm; 0 where it holds 100."""
    if math.isnan(value.low):
        return 0.0
    if value.low > 100:
        return math.log(value.low / 100)
    if value.high < 100:
        return math.log(100 / max(value.high, 1.0))
    return 0.0
