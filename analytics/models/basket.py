"""Basket analysis: what is bought together, and who bought one thing and not yet the other.

A rule "left → right" says: of the baskets with the left side, a share (confidence) also has the right side, which is
so many times (lift) the share among all baskets. Agrawal, Imieliński, Swami (1993); measures in basket_rules.py, what
a basket is in basket_lines.py, the exact miner and its guard in basket_mine.py.

Rules are found in the earlier part of the baskets and checked on the later part, which they have not seen.

A table of baskets (a row is one, and nobody's) knows no customer, time or money: nothing is checked later, amounts are
NaN, and the list is of the baskets that hold one side and not the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.engine import computed
from analytics.errors import DataError
from analytics.i18n import msg
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment, moments_as
from analytics.models.basket_facts import Facts, told
from analytics.models.basket_findings import find, tell_method
from analytics.models.basket_lines import (
    all_items,
    basket_items,
    item_role,
    item_table,
    left_out,
    within_size,
)
from analytics.models.basket_lists import (
    BASKET_COLUMNS,
    BASKET_SEGMENT_COLUMNS,
    COLUMNS,
    SEGMENT_COLUMNS,
    candidates,
    name_rules,
)
from analytics.models.basket_pairs import count_baskets
from analytics.models.basket_params import Params
from analytics.models.basket_search import search
from analytics.models.basket_table import judge
from analytics.models.rfm import resolve_as_of

__all__ = ["NEEDS", "Params", "Result", "analyze"]

_MORE = ("order_id", "quantity", "status", "refund_amount", "cost", "profit", "region", "channel", "store")
NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at"),
        either=(("product", "category"),),
        can=("product", "category", *_MORE),
        solid_entities=200,
        solid_days=30,
    ),
    Needs(kind="baskets", must=(), can=("order_id",), solid_entities=200),
)


@dataclass(frozen=True)
class Result:
    """The answer (models/base.py says what every answer has).

    customers  lazy, one row per rule and customer who bought its left side and not all of its right side; a customer
               may be in several. In a table of baskets: per rule and basket (order_id)
    rules      rule (key) · left · right (tuples of names) · both_orders · left_orders · right_orders · support ·
               confidence · lift · leverage · conviction · zhang · extra_orders · extra_amount · extra_margin (NaN
               where the margin is unknown) · p_value · p_adjusted · redundant · significant · status (shown,
               redundant, not_significant) · later (held, gone, unsure or None) · later_confidence · later_lift ·
               later_left_orders; at most params.most_rules of each status, most extra orders first
    pairs      left · right (names) · both_orders · left_orders · right_orders · lift · extra_orders: frequent pairs,
               both directions
    items      item · orders · amount · margin · price (mean net amount of a basket's part) · margin_each
    """

    customers: ibis.Table
    segments: pd.DataFrame
    rules: pd.DataFrame
    pairs: pd.DataFrame
    items: pd.DataFrame
    facts: Facts
    as_of: dt.date | None
    params: Params
    named: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]
    columns: tuple[ListColumn, ...] = COLUMNS
    segment_columns: tuple[ListColumn, ...] = SEGMENT_COLUMNS

    repeats = True  # a customer stands in the list of every rule they fit

    @property
    def rank_by(self) -> str:
        """The latest buyers first; baskets, which have no time, by the strength of the rule."""
        return "last_bought_at" if self.facts.people else "lift"

    @property
    def headline(self) -> dict[str, float]:
        """Baskets, and the rules that passed the thresholds, that are significant, and that are shown."""
        facts = self.facts
        names = ("baskets", "rules", "significant", "shown")
        return {name: getattr(facts, name) for name in names}


def analyze(data: Dataset, params: Params) -> Result:
    """Find what goes together. Raises DataError: no items, no baskets, too many itemsets or rules."""
    people = data.kind != "baskets"
    as_of = resolve_as_of(data, params.as_of) if people else None
    everything = all_items(data, params).cache()
    rows_out, excluded = left_out(everything, params)
    counted = computed(basket_items(everything, params, excluded))
    everything.release()  # as large as what is counted
    sized = within_size(counted, params)
    items = sized if sized is counted else sized.cache()
    table = item_table(items)
    if table.empty:
        raise DataError(
            "data.no_baskets",
            msg("没有可用的订单：商品都没填、都退了款，或者都被排除了。"),
            msg("检查商品那一列、排除的词和统计日期；金额全是 0 时把“没花钱的商品”改成“算”。"),
        )
    table["price"] = table["amount"] / table["orders"]
    table["margin_each"] = table["margin"] / table["orders"]
    found = search(items, table, params, on_cluster=data.engine.name == "spark")
    rules, counts = judge(found, table, params)
    facts = Facts(
        item_role=item_role(data, params),
        people=people,
        items=len(table),
        sized_out=0 if sized is counted else count_baskets(counted) - found.baskets,
        rows_out=rows_out,
        excluded=excluded,
        chosen=params.min_orders is not None,
        **counts,
        **told(found),
    )
    shown = rules[rules["status"] == "shown"]
    columns = moments_as(COLUMNS, date_only=data.facts.date_only) if people else BASKET_COLUMNS
    segment_columns = SEGMENT_COLUMNS if people else BASKET_SEGMENT_COLUMNS
    customers = candidates(counted, shown)
    customers = customers.select(
        customers.customer_id.name(data.entity), "segment", *(column.name for column in columns)
    )
    segments = _segments(customers, shown, segment_columns)
    result = Result(
        customers=customers,
        segments=segments,
        rules=rules,
        pairs=found.pairs,
        items=table,
        facts=facts,
        as_of=as_of,
        params=params,
        named=name_rules(shown, people=people),
        findings=(),
        method=tell_method(data, params, facts, as_of),
        columns=columns,
        segment_columns=segment_columns,
    )
    return replace(result, findings=find(result))


def _segments(customers: ibis.Table, shown: pd.DataFrame, columns: Sequence[ListColumn]) -> pd.DataFrame:
    """One row per shown rule that has a list, in the order of the rules."""
    sizes = customers.group_by("segment").agg(customers=customers.count()).execute()
    count = sizes.set_index("segment")["customers"]
    shown = shown[shown["rule"].isin(count.index)]
    table = pd.DataFrame(
        {"segment": shown["rule"].astype("str"), "customers": shown["rule"].map(count).astype("int64")}
    )
    for column in columns[1:]:
        values = shown[column.name]
        table[column.name] = values.round().astype("int64") if column.type == "int" else values
    return table.reset_index(drop=True)
