"""What tells the groups apart, as rules a person can remember: the best leaves of a shallow decision tree.

The tree (CART, Breiman et al., 1984) learns the groups from the measures in their real units. Its thresholds are
rounded for reading, and coverage and purity are counted again with the rounded rule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.i18n import Text, msg
from analytics.models.clusters_names import in_units

if TYPE_CHECKING:
    from analytics.models.clusters_features import Feature

DEPTH = 3
SMALLEST_LEAF = 0.02
FEWEST_RULES = 3


@dataclass(frozen=True)
class Rule:
    """If all conditions hold, a customer is probably in the group.

    coverage  of the group's customers, how many the rule finds
    purity    of the customers the rule finds, how many are in the group
    customers how many the rule finds, of those it was counted on
    """

    segment: str
    text: Text
    coverage: float
    purity: float
    customers: int


@dataclass(frozen=True)
class _Condition:
    feature: int
    above: bool
    cut: float

    def holds(self, values: np.ndarray) -> np.ndarray:
        column = values[:, self.feature]
        found: np.ndarray = column > self.cut if self.above else column <= self.cut
        return found


def find_rules(values: np.ndarray, keys: Sequence[str], features: Sequence[Feature], seed: int) -> tuple[Rule, ...]:
    """The best rule of each group, then the next best leaves up to three rules; the clearest first.

    values  customers × features in real units, NaN where missing
    keys    the group of each customer
    """
    from sklearn.tree import DecisionTreeClassifier

    groups = np.asarray(keys, dtype=object)
    if len(np.unique(groups)) < 2:
        return ()
    usual = np.nanmedian(values, axis=0)
    filled = np.where(np.isnan(values), usual, values)
    leaf = max(1, math.ceil(SMALLEST_LEAF * len(filled)))
    tree: Any = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=leaf, random_state=seed).fit(filled, groups)
    rules = []
    for path in _paths(tree.tree_):
        conditions = _rounded(path, filled, features)
        holds = reduce(np.logical_and, (c.holds(filled) for c in conditions))
        if not holds.any():
            continue
        found, counts = np.unique(groups[holds], return_counts=True)
        best = found[counts.argmax()]
        hits = int(counts.max())
        text = _worded(conditions, features)
        rules.append(
            Rule(str(best), text, hits / int((groups == best).sum()), hits / int(holds.sum()), int(holds.sum()))
        )
    return _best(rules)


def _best(rules: list[Rule]) -> tuple[Rule, ...]:
    ranked = sorted(rules, key=lambda rule: (-_quality(rule), rule.segment, str(rule.text)))
    first = {rule.segment: rule for rule in reversed(ranked)}
    chosen = [rule for rule in ranked if first[rule.segment] is rule]
    others = [rule for rule in ranked if first[rule.segment] is not rule]
    chosen += others[: max(0, FEWEST_RULES - len(chosen))]
    return tuple(sorted(chosen, key=lambda rule: (-_quality(rule), rule.segment)))


def _quality(rule: Rule) -> float:
    """Harmonic mean of coverage and purity."""
    return 2 * rule.coverage * rule.purity / (rule.coverage + rule.purity)


def _paths(tree: Any) -> list[list[_Condition]]:
    """The conditions of each leaf; the last cut of a kind on a feature is the tightest."""
    paths: list[list[_Condition]] = []

    def walk(node: int, held: Mapping[tuple[int, bool], float]) -> None:
        if tree.children_left[node] == tree.children_right[node]:
            if held:
                paths.append([_Condition(feature, above, cut) for (feature, above), cut in sorted(held.items())])
            return
        feature, cut = int(tree.feature[node]), float(tree.threshold[node])
        walk(tree.children_left[node], {**held, (feature, False): cut})
        walk(tree.children_right[node], {**held, (feature, True): cut})

    walk(0, {})
    return paths


def _rounded(path: list[_Condition], values: np.ndarray, features: Sequence[Feature]) -> list[_Condition]:
    return [_Condition(c.feature, c.above, _round(c.cut, values[:, c.feature], features[c.feature])) for c in path]


def _round(cut: float, column: np.ndarray, feature: Feature) -> float:
    """A threshold between the same two values with as few digits as keep it there."""
    if feature.unit in ("days", "count") and bool((column == np.floor(column)).all()):
        return math.floor(cut)
    below = float(column[column <= cut].max(initial=-math.inf))
    above = float(column[column > cut].min(initial=math.inf))
    spread = float(column.max() - column.min()) or 1.0
    for digits in range(-9, 6):
        candidate = round(cut, digits)
        if below <= candidate < above or abs(candidate - cut) < spread * 0.002:
            return candidate
    return cut


def _worded(conditions: Sequence[_Condition], features: Sequence[Feature]) -> Text:
    texts = []
    for at in dict.fromkeys(condition.feature for condition in conditions):
        feature = features[at]
        over = next((c.cut for c in conditions if c.feature == at and c.above), None)
        upto = next((c.cut for c in conditions if c.feature == at and not c.above), None)
        texts.append(_range(feature, over, upto))
    return reduce(lambda left, right: msg("{left}，且{right}", left=left, right=right), texts)


def _range(feature: Feature, over: float | None, upto: float | None) -> Text:
    low = None if over is None else _exact(over, feature)
    high = None if upto is None else _exact(upto, feature)
    if low is not None and high is not None:
        return msg("{label}大于 {low}、不超过 {high}", label=feature.label, low=low, high=high)
    if low is not None:
        return msg("{label}大于 {low}", label=feature.label, low=low)
    return msg("{label}不超过 {high}", label=feature.label, high=high)


def _exact(value: float, feature: Feature) -> Text | str:
    """A threshold with all its digits: a rule that says ¥1.2万 cannot be checked."""
    if feature.unit == "share":
        return in_units(value, "share")
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    if feature.unit == "days":
        return msg("{days} 天", days=text)
    return f"¥{text}" if feature.unit == "money" else text
