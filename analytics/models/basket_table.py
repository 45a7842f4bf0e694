"""The rules as a table: measures, money, significance, redundancy, and how each did in the later baskets."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from analytics.models.basket_params import Params
from analytics.models.basket_rules import TOLERANCE, Rules, chance, corrected, later_counts, measures
from analytics.models.basket_search import Found

STATUSES = ("shown", "redundant", "not_significant")
_EMPTY_LATER = {"later": None, "later_confidence": np.nan, "later_lift": np.nan, "later_left_orders": 0}


def judge(found: Found, table: pd.DataFrame, params: Params) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rules worth keeping, most extra orders first within each status, and how many there are in all.

    Every rule that passed the thresholds counts as a test. Counts: as in basket_facts.Facts.
    """
    rules = found.rules
    three = (rules.both_orders, rules.left_orders, rules.right_orders)
    values = measures(*three, max(1, rules.baskets))
    p_values = chance(*three, rules.baskets)
    adjusted = corrected(p_values, params.correction)
    significant = adjusted <= params.alpha
    status = np.where(~significant, 2, np.where(rules.redundant, 1, 0))
    order = np.lexsort((*_codes(rules), -values["confidence"], -np.round(values["extra_orders"], 6)))
    kept = np.concatenate([order[status[order] == at][: params.most_rules] for at in range(len(STATUSES))])
    frame = pd.DataFrame(
        {"both_orders": three[0][kept], "left_orders": three[1][kept], "right_orders": three[2][kept]}
        | {name: value[kept] for name, value in values.items()}
        | {"p_value": p_values[kept], "p_adjusted": adjusted[kept]}
        | {"redundant": rules.redundant[kept], "significant": significant[kept]}
    )
    frame["status"] = [STATUSES[at] for at in status[kept]]
    codes = {side: _tuples(getattr(rules, side)[kept]) for side in ("left", "right")}
    frame = frame.join(_later(found, codes, params.alpha))
    names = table["item"].tolist()
    sides = {side: [tuple(names[code] for code in one) for one in codes[side]] for side in codes}
    keys = [_key(left, right) for left, right in zip(sides["left"], sides["right"], strict=True)]
    for at, (name, column) in enumerate({"rule": keys, **sides}.items()):
        frame.insert(at, name, pd.Series(column, dtype="object"))
    frame = frame.join(_money(frame, codes["right"], table))
    counts = {
        "rules": len(rules),
        "significant": int(significant.sum()),
        "redundant": int((significant & rules.redundant).sum()),
        "shown": int((status == 0).sum()),
        "listed": int((frame["status"] == "shown").sum()),
    }
    return frame, counts


def _codes(rules: Rules) -> tuple[np.ndarray, ...]:
    """Columns that put rules of equal worth in the order of their items, the last key first."""
    return (*rules.right.T[::-1], *rules.left.T[::-1])


def _tuples(padded: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(code for code in row if code >= 0) for row in padded.tolist()]


def _key(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """The same rule has the same key in every file."""
    text = "\x1f".join(left) + "\x1e" + "\x1f".join(right)
    return "r" + hashlib.sha256(text.encode()).hexdigest()[:12]


def _money(frame: pd.DataFrame, rights: list[tuple[int, ...]], table: pd.DataFrame) -> pd.DataFrame:
    """What the extra orders bring, at the mean net amount of the right side's items in a basket."""
    price, margin = table["price"].to_numpy(), table["margin_each"].to_numpy()
    price_right = np.array([price[list(side)].sum() for side in rights], dtype=float)
    margin_right = np.array([margin[list(side)].sum() for side in rights], dtype=float)
    extra = frame["extra_orders"].to_numpy()
    return pd.DataFrame(
        {
            "right_price": price_right,
            "right_margin": margin_right,
            "extra_amount": extra * price_right,
            "extra_margin": extra * margin_right,
        }
    )


def _later(found: Found, codes: dict[str, list[tuple[int, ...]]], alpha: float) -> pd.DataFrame:
    """held: more often than by chance in the later baskets too (Fisher); gone: not more often at all; else unsure."""
    rows = len(codes["left"])
    if found.later is None or rows == 0:
        return pd.DataFrame({name: [value] * rows for name, value in _EMPTY_LATER.items()})
    counts = later_counts(pd.DataFrame(codes), found.later)
    three = (counts[name].to_numpy() for name in ("both_orders", "left_orders", "right_orders"))
    both, left, right = three
    baskets = len(found.later)
    with np.errstate(divide="ignore", invalid="ignore"):
        confidence = np.where(left > 0, both / left, np.nan)
        lift = np.where((left > 0) & (right > 0), confidence * baskets / right, np.nan)
    p_values = chance(both, left, right, baskets)
    seen = ~np.isnan(lift)
    verdict = np.where(seen & (lift <= 1 + TOLERANCE), "gone", np.where(seen & (p_values <= alpha), "held", "unsure"))
    return pd.DataFrame(
        {"later": verdict, "later_confidence": confidence, "later_lift": lift, "later_left_orders": left}
    )
