"""The numbers about a basket analysis that its sentences need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.models.basket_search import Found


@dataclass(frozen=True)
class Facts:
    """How the baskets came about.

    people      it is known who bought, when and for how much; not where a row of the file is a basket
    baskets     all that count; searched: those that rules were looked for in; later: those kept back
    boundary    the first day kept back, None without
    min_orders  the threshold in force; chosen: by the user; raised: the default was too low for so many combinations
    rows_out    rows of (basket, item) that do not count: unnamed, refunded, excluded
    sized_out   baskets with too few or too many items
    rules       passed the thresholds; significant: of those; redundant: of these; shown: the rest; listed: those of the
                rest that the table holds
    """

    item_role: str
    people: bool
    baskets: int
    searched: int
    later: int
    boundary: dt.date | None
    items: int
    mean_size: float
    several_share: float
    sized_out: int
    rows_out: dict[str, int]
    excluded: tuple[str, ...]
    min_orders: int
    chosen: bool
    raised: bool
    itemsets: int
    rules: int
    significant: int
    redundant: int
    pairs_only: bool
    shown: int
    listed: int


def told(found: Found) -> dict[str, Any]:
    """The part of the facts that the search knows."""
    return {
        "baskets": found.baskets,
        "searched": found.rules.baskets,
        "later": 0 if found.later is None else len(found.later),
        "boundary": found.boundary,
        "mean_size": found.mean_size,
        "several_share": found.several_share,
        "min_orders": found.min_orders,
        "raised": found.raised,
        "itemsets": found.itemsets,
        "pairs_only": found.pairs_only,
    }
