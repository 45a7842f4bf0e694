"""Pair rules as one Ibis expression: the same numbers on the embedded DuckDB and on a cluster.

Where the baskets are too many to be brought here (Spark), these rules are the answer; three and more items need the
miner of basket_mine.py.
"""

from __future__ import annotations

from typing import Any

import ibis

from analytics.models.basket_rules import TOLERANCE


def count_baskets(items: ibis.Table) -> int:
    """Different baskets in a table of (customer_id, basket, item)."""
    return int(items.select("customer_id", "basket").distinct().count().execute())


def pair_rules(items: ibis.Table, baskets: int, min_orders: int, min_confidence: float = 0) -> ibis.Table:
    """Both directions of every pair of items in at least ``min_orders`` baskets.

    items    one row per basket and item: customer_id · basket · item
    baskets  the base of every share
    Returns left_item · right_item · both_orders · left_orders · right_orders (int64) · support · confidence · lift ·
    leverage · conviction (infinite at confidence 1) · zhang (0 where its denominator is 0).
    """
    counts = items.group_by("item").agg(orders=lambda rows: rows.count())
    frequent = counts.filter(counts.orders >= min_orders)
    one = items.semi_join(frequent, "item").select("customer_id", "basket", left_item="item")
    other = one.select("customer_id", "basket", right_item="left_item")
    both = one.join(other, ["customer_id", "basket"])
    both = both.filter(both.left_item < both.right_item)
    pairs = both.group_by("left_item", "right_item").agg(both_orders=lambda rows: rows.count())
    pairs = pairs.filter(pairs.both_orders >= min_orders)
    turned = pairs.select(left_item="right_item", right_item="left_item", both_orders="both_orders")
    rules = pairs.union(turned)
    rules = rules.join(counts.select(left_item="item", left_orders="orders"), "left_item")
    rules = rules.join(counts.select(right_item="item", right_orders="orders"), "right_item")
    rules = rules.select("left_item", "right_item", "both_orders", "left_orders", "right_orders")
    measured = rules.mutate(**_measures(rules, baskets))
    return measured.filter(measured.both_orders >= min_confidence * measured.left_orders * (1 - TOLERANCE))


def _measures(rules: ibis.Table, baskets: int) -> dict[str, Any]:
    both, left, right = (
        rules[name].cast("float64") / float(baskets) for name in ("both_orders", "left_orders", "right_orders")
    )
    confidence = rules.both_orders.cast("float64") / rules.left_orders.cast("float64")
    leverage = both - left * right
    denominator = ibis.greatest(both * (1 - left), left * (right - both))
    certain = rules.both_orders >= rules.left_orders
    # Spark refuses a division by zero even in the branch that is not taken: null stands in for zero.
    return {
        "support": both,
        "confidence": confidence,
        "lift": confidence / right,
        "leverage": leverage,
        "conviction": ibis.ifelse(certain, ibis.literal(float("inf")), (1 - right) / (1 - confidence).nullif(0.0)),
        "zhang": ibis.ifelse(
            denominator > TOLERANCE**2, leverage / denominator.nullif(0.0), ibis.literal(0.0).cast("float64")
        ),
    }
