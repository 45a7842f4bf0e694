"""The search for rules: in this process by the exact miner, or on a cluster by an Ibis expression (pairs only)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from analytics.models.basket_lines import Baskets, split, to_baskets
from analytics.models.basket_mine import Itemsets, TooManyError, fitting_orders, mine, orders_for, try_mine
from analytics.models.basket_pairs import count_baskets, pair_rules
from analytics.models.basket_params import Params
from analytics.models.basket_rules import Rules, make_rules, measures

AUTO_ITEMSETS = 60_000  # what a threshold that nobody chose may find
KEPT_PAIRS = 20_000
FEW_BASKETS = 2_000


@dataclass(frozen=True, eq=False)
class Found:
    """What the search gave, wherever it ran.

    pairs     left · right (names) · both_orders · left_orders · right_orders · lift · extra_orders, both directions
    baskets   all of them; rules.baskets were searched, the later ones were kept back
    boundary  the first day kept back
    """

    rules: Rules
    pairs: pd.DataFrame
    baskets: int
    later: Baskets | None
    boundary: dt.date | None
    mean_size: float
    several_share: float
    min_orders: int
    raised: bool
    itemsets: int
    pairs_only: bool


def search(items: ibis.Table, table: pd.DataFrame, params: Params, *, on_cluster: bool) -> Found:
    """Every rule that passes the thresholds, significant or not.

    items  one row per basket and item (basket_lines.within_size); table: the items by code (basket_lines.item_table)
    """
    return _on_cluster(items, table, params) if on_cluster else _here(items, table, params)


def default_orders(baskets: int) -> int:
    """The threshold when nobody chose one: 5 where there are few baskets, else a thousandth of them within 10 to 30."""
    return 5 if baskets < FEW_BASKETS else min(30, max(10, orders_for(0.001, baskets)))


def _here(items: ibis.Table, table: pd.DataFrame, params: Params) -> Found:
    every = to_baskets(items, table["item"])
    early, later = split(every, params.holdout_share)
    itemsets, raised = _mined(early, params)
    rules = make_rules(itemsets, params.min_confidence, min_lift=params.min_lift, consequents=params.consequents)
    return Found(
        rules=rules,
        pairs=_pairs(itemsets, table["item"]),
        baskets=len(every),
        later=later,
        boundary=None if later is None or later.days is None else later.days[0].astype(dt.date),
        mean_size=float(every.sizes.mean()),
        several_share=float((every.sizes > 1).mean()),
        min_orders=itemsets.min_orders,
        raised=raised,
        itemsets=len(itemsets),
        pairs_only=False,
    )


def _mined(baskets: Baskets, params: Params) -> tuple[Itemsets, bool]:
    """The itemsets; with the default threshold raised where it would find too many to look at."""
    if params.min_orders is not None:
        return mine(baskets, params.min_orders, params.max_rule_items), False
    orders = default_orders(len(baskets))
    try:
        return try_mine(baskets, orders, params.max_rule_items, AUTO_ITEMSETS), False
    except TooManyError:
        orders = fitting_orders(baskets, orders, params.max_rule_items, AUTO_ITEMSETS)
        return try_mine(baskets, orders, params.max_rule_items, AUTO_ITEMSETS), True


def _on_cluster(items: ibis.Table, table: pd.DataFrame, params: Params) -> Found:
    """Pair rules by the engine itself; no part is kept back."""
    baskets = count_baskets(items)
    orders = params.min_orders or default_orders(baskets)
    frame = pair_rules(items, baskets, orders).execute()
    frame = frame.sort_values(["left_item", "right_item"], ignore_index=True)
    code = {name: at for at, name in enumerate(table["item"])}
    passes = (frame["confidence"] >= params.min_confidence - 1e-9) & (frame["lift"] >= params.min_lift - 1e-9)
    kept = frame[passes]
    left, right = (kept[name].map(code).to_numpy(dtype="int32") for name in ("left_item", "right_item"))
    both, lefts, rights = (
        kept[name].to_numpy(dtype="int64") for name in ("both_orders", "left_orders", "right_orders")
    )
    sizes = items.group_by("customer_id", "basket").agg(size=items.count())
    row = sizes.agg(mean=sizes.size.mean(), several=(sizes.size > 1).cast("float64").mean()).execute().iloc[0]
    return Found(
        rules=Rules(left[:, None], right[:, None], both, lefts, rights, np.zeros(len(kept), bool), baskets),
        pairs=_named_pairs(frame["left_item"], frame["right_item"], frame, baskets),
        baskets=baskets,
        later=None,
        boundary=None,
        mean_size=float(row["mean"]),
        several_share=float(row["several"]),
        min_orders=orders,
        raised=False,
        itemsets=len(frame) // 2 + int((table["orders"] >= orders).sum()),
        pairs_only=True,
    )


def _pairs(itemsets: Itemsets, names: pd.Series) -> pd.DataFrame:
    """Both directions of the frequent pairs with the most extra orders (or the fewest: those that avoid each other)."""
    if len(itemsets.levels) < 2:
        empty = pd.DataFrame(
            {name: pd.Series(dtype="int64") for name in ("both_orders", "left_orders", "right_orders")}
        )
        return _named_pairs(pd.Series(dtype="str"), pd.Series(dtype="str"), empty, itemsets.baskets)
    level, singles = itemsets.levels[1], itemsets.levels[0]
    count = pd.Series(singles.counts, index=singles.items[:, 0])
    low, high = level.items[:, 0], level.items[:, 1]
    left, right = np.concatenate([low, high]), np.concatenate([high, low])
    counts = pd.DataFrame(
        {
            "both_orders": np.concatenate([level.counts, level.counts]),
            "left_orders": count.loc[left].to_numpy(),
            "right_orders": count.loc[right].to_numpy(),
        }
    )
    name = names.to_numpy()
    return _named_pairs(pd.Series(name[left]), pd.Series(name[right]), counts, itemsets.baskets)


def _named_pairs(left: pd.Series, right: pd.Series, counts: pd.DataFrame, baskets: int) -> pd.DataFrame:
    three = ("both_orders", "left_orders", "right_orders")
    both, lefts, rights = (counts[name].to_numpy(dtype="int64") for name in three)
    values = measures(both, lefts, rights, max(1, baskets))
    frame = pd.DataFrame(
        {"left": left.to_numpy(), "right": right.to_numpy()} | {n: counts[n].to_numpy() for n in three}
    )
    frame["lift"], frame["extra_orders"] = values["lift"], values["extra_orders"]
    order = frame.assign(size=-frame["extra_orders"].abs()).sort_values(["size", "left", "right"]).index
    return frame.loc[order].head(KEPT_PAIRS).reset_index(drop=True)
