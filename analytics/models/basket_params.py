"""The settings of the basket analysis, checked where they enter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from analytics.errors import ParamError
from analytics.i18n import Text, msg
from analytics.intake.parcel_words import PARCEL_WORDS

Item = Literal["auto", "product", "category"]
Basket = Literal["order", "customer_day"]
FreeLines = Literal["out", "in"]
Consequents = Literal["one", "all"]
Correction = Literal["bh", "holm", "none"]

MOST_RULE_ITEMS = 10


@dataclass(frozen=True)
class Params:
    """What a basket is, and which rules to show.

    item            auto: products, or categories where the table names no product
    basket          order: one order; customer_day: all that a customer bought on a day
    exclude_words   items whose name contains one of these are left out ("=x": whose name is x); None: PARCEL_WORDS;
                    "-" alone: none
    keep_items      names that stay although a word matches;  drop_items: names that are left out although none does
    free_lines      out: what cost nothing is no item (gifts); in: it is
    min_items, max_items  baskets with fewer or more different items are left out, and out of every base
    min_orders      a rule's items must be together in at least so many baskets; None: from the data
    min_confidence  share of the baskets with the left side that also have the right side, 0 to 1
    min_lift        at least so many times the usual share
    max_rule_items  the most items in a rule, both sides together, 2 to 10
    consequents     one: a single item on the right side; all: any number
    correction      bh: Benjamini–Hochberg (1995); holm: Holm (1979); none; over Fisher's exact test, one-sided
    alpha           a rule is significant when its corrected p-value is at most this
    holdout_share   the last part of the baskets by time, kept back to check the rules on; 0: none
    most_rules      how many rules are shown and have a list, 1 to 1,000
    as_of           baskets before this day; None: all
    """

    item: Item = "auto"
    basket: Basket = "order"
    exclude_words: tuple[str, ...] | None = None
    keep_items: tuple[str, ...] = ()
    drop_items: tuple[str, ...] = ()
    free_lines: FreeLines = "out"
    min_items: int = 1
    max_items: int | None = None
    min_orders: int | None = None
    min_confidence: float = 0.1
    min_lift: float = 1.0
    max_rule_items: int = 4
    consequents: Consequents = "one"
    correction: Correction = "bh"
    alpha: float = 0.05
    holdout_share: float = 0.2
    most_rules: int = 200
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ParamError(
                    f"param.{name}",
                    msg("{name} 不能是“{value}”。", name=name, value=str(getattr(self, name))),
                    msg("可选：{allowed}。", allowed="、".join(allowed)),
                )
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ParamError(
                    f"param.{name}",
                    msg("{what}是 {value}，超出了范围。", what=_NAMES[name], value=f"{value:g}"),
                    msg("填 {low} 到 {high} 之间的数。", low=f"{low:g}", high=f"{high:,g}"),
                )
        if self.max_items is not None and self.max_items < max(2, self.min_items):
            raise ParamError(
                "param.max_items",
                msg("一单最多 {most:int} 种商品，这样找不到搭配。", most=self.max_items),
                msg("至少填 2，而且不少于“最少几种”。"),
            )

    @property
    def words(self) -> tuple[str, ...]:
        """The words in force, lower case."""
        words = PARCEL_WORDS if self.exclude_words is None else self.exclude_words
        return tuple(word.strip().lower() for word in words if word.strip() not in ("", "-"))


_CHOICES: dict[str, tuple[str, ...]] = {
    "item": get_args(Item),
    "basket": get_args(Basket),
    "free_lines": get_args(FreeLines),
    "consequents": get_args(Consequents),
    "correction": get_args(Correction),
}
_RANGES: dict[str, tuple[float, float]] = {
    "min_items": (1, 100),
    "max_items": (1, 100_000),
    "min_orders": (1, 1_000_000_000),
    "min_confidence": (0, 1),
    "min_lift": (0, 1000),
    "max_rule_items": (2, MOST_RULE_ITEMS),
    "alpha": (0, 1),
    "holdout_share": (0, 0.5),
    "most_rules": (1, 1000),
}
_NAMES: dict[str, Text] = {
    "min_items": msg("一单最少几种商品"),
    "max_items": msg("一单最多几种商品"),
    "min_orders": msg("最少几单"),
    "min_confidence": msg("也买的比例"),
    "min_lift": msg("平时的倍数"),
    "max_rule_items": msg("一条规则最多几种商品"),
    "alpha": msg("显著性水平"),
    "holdout_share": msg("留作检验的比例"),
    "most_rules": msg("最多显示几条"),
}
