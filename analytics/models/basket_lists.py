"""Who bought one side of a rule and not the other: the list that a rule is good for."""

from __future__ import annotations

import ibis
import pandas as pd

from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import ListColumn, Segment

COLUMNS = (
    ListColumn("bought", msg("买过"), "text"),
    ListColumn("missing", msg("还没买"), "text"),
    ListColumn("last_bought_at", msg("最近一次买"), "datetime"),
    ListColumn("bought_orders", msg("买过几单"), "int"),
    ListColumn("bought_amount", msg("花在上面（元）"), "money"),
    ListColumn("confidence", msg("一起买的比例"), "share"),
    ListColumn("lift", msg("平时的倍数"), "number"),
)
SEGMENT_COLUMNS = (
    ListColumn("customers", msg("买了左边没买右边的客户"), "int"),
    ListColumn("both_orders", msg("一起买的单数"), "int"),
    ListColumn("confidence", msg("一起买的比例"), "share"),
    ListColumn("lift", msg("平时的倍数"), "number"),
    ListColumn("extra_orders", msg("多卖的单数"), "int"),
    ListColumn("extra_amount", msg("多卖的金额"), "money"),
)

# The same where a row of the file is a basket and nobody's: no customer, no time, no money.
BASKET_COLUMNS = (
    ListColumn("bought", msg("里面有"), "text"),
    ListColumn("missing", msg("里面没有"), "text"),
    *COLUMNS[-2:],
)
BASKET_SEGMENT_COLUMNS = (
    ListColumn("customers", msg("有左边没有右边的购物篮"), "int"),
    *SEGMENT_COLUMNS[1:-1],
)


def candidates(items: ibis.Table, rules: pd.DataFrame) -> ibis.Table:
    """One row per rule and customer who has bought every item of the left side, ever, and not all of the right side.

    items  one row per basket and item that counts (basket_lines.basket_items), baskets of any size
    rules  rule · left · right (tuples of names) · confidence · lift
    Columns: customer_id · segment (the rule) and COLUMNS. A customer may be in several rules.
    """
    sides = _sides(rules)
    facts = ibis.memtable(_facts(rules))
    ours = items.semi_join(sides, "item")
    bought = ours.group_by("customer_id", "item").agg(
        orders=ours.count(), last_at=ours["at"].max(), amount=ours.amount.sum()
    )
    hits = bought.join(sides, "item")
    left = hits.on_left
    held = hits.group_by("customer_id", "segment").agg(
        lefts=left.cast("int64").sum(),
        rights=(~left).cast("int64").sum(),
        last_bought_at=hits.last_at.max(where=left),
        bought_orders=hits.orders.min(where=left),
        bought_amount=hits.amount.sum(where=left),
    )
    joined = held.join(facts, "segment")
    joined = joined.filter((joined.lefts == joined.left_size) & (joined.rights < joined.right_size))
    return joined.select("customer_id", "segment", *(column.name for column in COLUMNS)).mutate(
        bought_amount=joined.bought_amount.cast("decimal(38,4)"), bought_orders=joined.bought_orders.cast("int64")
    )


def _sides(rules: pd.DataFrame) -> ibis.Table:
    rows = [
        (rule, item, on_left)
        for rule, left, right in zip(rules["rule"], rules["left"], rules["right"], strict=True)
        for side, on_left in ((left, True), (right, False))
        for item in side
    ]
    frame = pd.DataFrame(rows, columns=["segment", "item", "on_left"])
    frame = frame.astype({"segment": "str", "item": "str", "on_left": "bool"})
    return ibis.memtable(frame, schema={"segment": "string", "item": "string", "on_left": "boolean"})


def _facts(rules: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment": rules["rule"].astype("str"),
            "bought": [plain_side(side) for side in rules["left"]],
            "missing": [plain_side(side) for side in rules["right"]],
            "left_size": [len(side) for side in rules["left"]],
            "right_size": [len(side) for side in rules["right"]],
            "confidence": rules["confidence"].astype(float),
            "lift": rules["lift"].astype(float),
        }
    ).astype({"bought": "str", "missing": "str", "left_size": "int64", "right_size": "int64"})


def plain_side(side: tuple[str, ...]) -> str:
    """One side of a rule as text for a cell."""
    return " + ".join(side)


def side_text(side: tuple[str, ...]) -> Text:
    """One side of a rule inside a sentence."""
    return join([verbatim(name) for name in side])


def name_rules(rules: pd.DataFrame, *, people: bool) -> tuple[Segment, ...]:
    """A segment for each rule: of customers where the data know people, else of baskets."""
    sides = zip(rules["rule"], rules["left"], rules["right"], strict=True)
    return tuple(
        Segment(
            rule,
            msg("{left} → {right}", left=plain_side(left), right=plain_side(right)),
            *(_for_people(left, right) if people else _for_baskets(left, right)),
            "cross_sell",
        )
        for rule, left, right in sides
    )


def _for_people(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[Text, Text]:
    """Meaning and action."""
    names = {"left": side_text(left), "right": side_text(right)}
    return (
        msg("买过“{left}”，还没买过“{right}”", **names),
        msg("下次联系时推荐“{right}”；在“{left}”的页面和包裹里放上它", **names),
    )


def _for_baskets(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[Text, Text]:
    names = {"left": side_text(left), "right": side_text(right)}
    return (
        msg("里面有“{left}”、没有“{right}”的购物篮", **names),
        msg("把“{right}”摆在“{left}”旁边，结账时提一句", **names),
    )
