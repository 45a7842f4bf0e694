"""From raw measures to comparable ones: fill, cut the ends, take logs, scale. Learnt once, applied anywhere.

The same steps are applied to a numpy matrix (to fit) and as an Ibis expression (to assign any number of customers).
Winsorising: Tukey (1962); the share that is cut at each end is a parameter. A log is taken where a measure is not
negative and its skewness is above 1 and smaller after the log.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import ibis
import numpy as np

from analytics.i18n import Text, msg

if TYPE_CHECKING:
    from analytics.models.clusters_features import Feature

LogRule = Literal["auto", "all", "none"]
ScaleRule = Literal["standard", "robust", "minmax", "none"]
MissingRule = Literal["median", "zero", "drop"]
HEAVY_SKEW = 1.0
MOSTLY_MISSING = 0.5
_DIGITS = 9


@dataclass(frozen=True)
class Rules:
    """How to prepare; see clusters.Params for the meaning."""

    log: LogRule
    winsor_share: float
    scale: ScaleRule
    missing: MissingRule


@dataclass(frozen=True)
class Step:
    """What happens to one measure, in this order: fill → clip to [low, high] → ln(1 + x) → (x − centre) / spread.

    fill          None: a customer without the value belongs to no cluster
    trained_*     the values that the steps were learnt from, before any of them: for drift
    missing_share of the customers it was learnt from
    """

    key: str
    fill: float | None
    low: float
    high: float
    log: bool
    centre: float
    spread: float
    trained_low: float
    trained_high: float
    trained_mean: float
    trained_sd: float
    missing_share: float

    def expression(self, value: ibis.Value) -> ibis.Value:
        """The prepared value of a column."""
        number = value.cast("float64")
        filled = number if self.fill is None else number.fill_null(self.fill)
        clipped = filled.clip(lower=self.low, upper=self.high)
        return ((((clipped + 1).ln()) if self.log else clipped) - self.centre) / self.spread

    def array(self, values: np.ndarray) -> np.ndarray:
        """The same of an array with NaN for missing."""
        filled = values if self.fill is None else np.where(np.isnan(values), self.fill, values)
        clipped = np.clip(filled, self.low, self.high)
        scaled: np.ndarray = ((np.log1p(clipped) if self.log else clipped) - self.centre) / self.spread
        return scaled


@dataclass(frozen=True)
class Preparation:
    """The steps by feature, and the features that could not be used, with the reason."""

    steps: tuple[Step, ...]
    dropped: tuple[tuple[Feature, Text], ...] = ()

    def array(self, values: np.ndarray) -> np.ndarray:
        """Prepare a matrix of the features that have steps, in their order. Rows with NaN stay NaN."""
        return np.column_stack([step.array(values[:, at]) for at, step in enumerate(self.steps)])


def learn(values: np.ndarray, features: Sequence[Feature], rules: Rules) -> Preparation:
    """Learn the steps. ``values``: customers × features, NaN where missing."""
    steps, dropped = [], []
    for at, feature in enumerate(features):
        column = values[:, at]
        known = column[np.isfinite(column)]
        reason = _useless(known, len(column), rules)
        step = None if reason else _step(feature, known, 1 - len(known) / len(column), rules)
        if step is None:
            dropped.append((feature, reason or msg("除了两端的极端值，每个客户都一样")))
        else:
            steps.append(step)
    return Preparation(tuple(steps), tuple(dropped))


def _useless(known: np.ndarray, rows: int, rules: Rules) -> Text | None:
    if len(known) == 0:
        return msg("全部缺失")
    if float(known.min()) == float(known.max()):
        return msg("每个客户都一样")
    if rules.missing != "zero" and len(known) < rows * (1 - MOSTLY_MISSING):
        return msg("{share:pct} 的客户没有这个值，补出来的数会左右结果", share=1 - len(known) / rows)
    return None


def _step(feature: Feature, known: np.ndarray, missing_share: float, rules: Rules) -> Step | None:
    low, high = (float(known.min()), float(known.max()))
    if rules.winsor_share > 0:
        low, high = (float(v) for v in np.quantile(known, [rules.winsor_share, 1 - rules.winsor_share]))
    if low == high:
        return None
    fill = {"median": float(np.median(known)), "zero": 0.0, "drop": None}[rules.missing]
    clipped = np.clip(known, low, high)
    if missing_share and fill is not None:  # what is filled in counts for centre and spread too
        share = missing_share / (1 - missing_share)
        clipped = np.concatenate([clipped, np.full(round(len(known) * share), min(max(fill, low), high))])
    log = _takes_log(feature, clipped, rules.log)
    values = np.log1p(clipped) if log else clipped
    centre, spread = _scale(values, rules.scale)
    return Step(
        feature.key, None if fill is None else rounded(fill), rounded(low), rounded(high), log, rounded(centre),
        rounded(spread) or 1.0, rounded(float(known.min())), rounded(float(known.max())), rounded(float(known.mean())),
        rounded(float(known.std())), missing_share,
    )  # fmt: skip


def _takes_log(feature: Feature, values: np.ndarray, rule: LogRule) -> bool:
    if rule == "none" or values.min() < 0 or feature.unit == "share":
        return False
    if rule == "all":
        return True
    before, after = skewness(values), skewness(np.log1p(values))
    return before > HEAVY_SKEW and abs(after) < before


def skewness(values: np.ndarray) -> float:
    """Third standardised moment; 0 for a constant."""
    deviation = values - values.mean()
    spread = float(deviation.std())
    return float((deviation**3).mean() / spread**3) if spread > 0 else 0.0


def _scale(values: np.ndarray, rule: ScaleRule) -> tuple[float, float]:
    if rule == "none":
        return 0.0, 1.0
    if rule == "minmax":
        return float(values.min()), float(values.max() - values.min())
    if rule == "robust":
        low, middle, high = (float(v) for v in np.quantile(values, [0.25, 0.5, 0.75]))
        if high > low:  # half of the customers with one value: no such range, so the standard one
            return middle, high - low
    return float(values.mean()), float(values.std())


def rounded(value: float) -> float:
    """Nine significant digits: what a file stores, and more than the last bit of a sum can change."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else value
