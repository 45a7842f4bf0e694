"""Bundle ideas: items that already go together, and what it would bring if more buyers of one side took the other.

An idea is one set of items, told from the side of the rule whose missing side is worth the most. The numbers are of
the baskets that were searched; prices are mean net amounts of an item in a basket.
"""

from __future__ import annotations

import pandas as pd

COLUMNS = (
    "rule", "left", "right", "both_orders", "price", "extra_amount", "open_orders", "added_orders", "added_amount",
    "added_margin",
)  # fmt: skip


def bundles(rules: pd.DataFrame, items: pd.DataFrame, added_share: float) -> pd.DataFrame:
    """One row per set of items among the shown rules, most added money first (orders, where no money is known).

    rules, items   of a basket Result
    added_share    the part of the baskets with the left side alone that would add the right side, 0 to 1: an assumption
    Columns: rule · left · right · both_orders · price (of all items together) · extra_amount (what going together
    already brings) · open_orders (left without right) · added_orders · added_amount · added_margin (NaN where the
    margin is unknown).
    """
    shown = rules[(rules["status"] == "shown") & (rules["later"] != "gone")].copy()
    if shown.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in COLUMNS})
    price = items.set_index("item")["price"]
    shown["price"] = [
        float(price.loc[[*left, *right]].sum()) for left, right in zip(shown["left"], shown["right"], strict=True)
    ]
    shown["open_orders"] = shown["left_orders"] - shown["both_orders"]
    shown["added_orders"] = shown["open_orders"] * added_share
    shown["added_amount"] = shown["added_orders"] * shown["right_price"]
    shown["added_margin"] = shown["added_orders"] * shown["right_margin"]
    shown["together"] = [
        "\x1f".join(sorted({*left, *right})) for left, right in zip(shown["left"], shown["right"], strict=True)
    ]
    worth = "added_amount" if shown["added_amount"].notna().any() else "added_orders"  # baskets without money
    best = shown.sort_values([worth, "rule"], ascending=[False, True]).drop_duplicates("together")
    return best.loc[:, list(COLUMNS)].reset_index(drop=True)
