"""From order lines to baskets of items: what a basket is, what counts as an item, and the codes a miner works on.

An item counts once in a basket, however many lines or pieces of it there are. It counts when something of it was
paid and not wholly refunded: gross > 0 and gross − refund > 0 over its lines in the basket. A refund that stands in an
order of its own cannot be traced to the purchase and takes nothing back; it is no basket either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from analytics.errors import DataError, ParamError
from analytics.expressions import trimmed
from analytics.fields import DERIVED
from analytics.i18n import msg
from analytics.models.basket_params import Params

if TYPE_CHECKING:
    from analytics.dataset import Dataset

FEWEST_LATER = 50  # a shorter later part says nothing


@dataclass(frozen=True, eq=False)
class Baskets:
    """Sets of item codes, one after another: basket i holds items[starts[i]:starts[i + 1]].

    starts int32, one more than there are baskets · items int32, ascending within a basket · n_items codes in all
    days   datetime64[D], the day of each basket, ascending; None when there is no time
    """

    starts: np.ndarray
    items: np.ndarray
    n_items: int
    days: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> np.ndarray:
        """Different items in each basket."""
        return np.diff(self.starts)

    @property
    def item_counts(self) -> np.ndarray:
        """Baskets that each item is in."""
        return np.bincount(self.items, minlength=self.n_items)

    def matrix(self, dtype: str) -> Any:
        """Baskets × items as scipy CSR, 1 where a basket holds an item."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.items), dtype=dtype)
        return csr_matrix((ones, self.items, self.starts), shape=(len(self), self.n_items))

    def part(self, first: int, end: int) -> Baskets:
        """The baskets from ``first`` up to ``end``, not included."""
        low, high = self.starts[first], self.starts[end]
        days = None if self.days is None else self.days[first:end]
        return Baskets(self.starts[first : end + 1] - low, self.items[low:high], self.n_items, days)


def item_role(data: Dataset, params: Params) -> str:
    """The column that names an item. Raises DataError when the table has no such column."""
    wanted = ("product", "category") if params.item == "auto" else (params.item,)
    have = data.roles | DERIVED.get(data.kind, frozenset())
    for role in wanted:
        if role in have:
            return role
    raise DataError(
        "data.no_items",
        msg("订单里没有商品，也没有品类，看不出什么和什么一起买。"),
        msg("在字段对应里选出商品或品类那一列；或者把“按什么看”改成另一种。"),
    )


def all_items(data: Dataset, params: Params) -> ibis.Table:
    """One row per basket and item before ``as_of``, whatever it is: nothing is left out yet.

    customer_id · basket (unique with customer_id) · item (null where the line names none) · at (earliest) · gross ·
    refund · amount (gross − refund) · margin (float; null where neither cost nor profit is known)
    In a table of baskets a basket stands for its customer, and time and money are null.
    Raises ParamError for a setting that needs what a table of baskets does not have.
    """
    item = item_role(data, params)
    if data.kind == "baskets":
        return _listed_items(data, params)
    lines = data.main
    if params.as_of is not None:
        lines = lines.filter(lines.ordered_at < ibis.literal(dt.datetime.combine(params.as_of, dt.time())))
    basket = lines.order_id if params.basket == "order" else lines.ordered_at.date().cast("string")
    lines = lines.mutate(basket=basket, item=trimmed(lines[item]).nullif(""), margin=_margin(data, lines))
    grouped = lines.group_by("customer_id", "basket", "item").agg(
        at=lines.ordered_at.min(),
        gross=lines.gross.sum(),
        refund=lines.refund.sum(),
        amount=lines.amount.sum(),
        margin=lines.margin.sum(),
    )
    return grouped.mutate(**{name: grouped[name].cast("decimal(38,4)") for name in ("gross", "refund", "amount")})


def _listed_items(data: Dataset, params: Params) -> ibis.Table:
    """``all_items`` of a table of baskets."""
    if params.basket != "order" or params.as_of is not None:
        raise ParamError(
            "param.only_baskets",
            msg("这张表一行就是一个购物篮，没有客户和日期，不能按“同一客户同一天”或按统计日期看。"),
            msg("去掉这两个设置，或者换一张有客户和下单时间的订单表。"),
        )
    rows = data.main
    items = rows.select(customer_id=rows.order_id, basket=rows.order_id, item=rows["product"]).distinct()
    nothing = {name: ibis.null("decimal(38,4)") for name in ("gross", "refund", "amount")}
    return items.mutate(at=ibis.null("timestamp"), **nothing, margin=ibis.null("float64"))


def _margin(data: Dataset, lines: ibis.Table) -> Any:
    if "cost" in data.roles:
        return (lines.amount.cast("float64") - lines.cost.cast("float64")).cast("float64")
    if "profit" in data.roles:
        return lines.profit.cast("float64")
    return ibis.null("float64")


def unnamed(items: ibis.Table) -> Any:
    """Whether a row of ``all_items`` names no item."""
    return items.item.isnull()


def refunded(items: ibis.Table, params: Params) -> Any:
    """Whether a row was wholly refunded, only takes money back, or cost nothing (where that is to be left out).

    Where no money is known, nothing was.
    """
    nothing = ibis.literal(0).cast("decimal(38,4)")
    if params.free_lines == "in":
        return ((items.amount <= nothing) & (items.refund > nothing)).fill_null(False)
    return ((items.gross <= nothing) | (items.amount <= nothing)).fill_null(False)


def excluded(items: ibis.Table, params: Params) -> Any:
    """Whether a row's item is left out by a word or by name."""
    name = items.item.lower()
    hits = [name == word[1:] if word.startswith("=") else name.contains(ibis.literal(word)) for word in params.words]
    by_word = reduce(or_, hits) if hits else ibis.literal(False)
    if params.keep_items:
        by_word = by_word & ~items.item.isin(list(params.keep_items))
    return by_word | items.item.isin(list(params.drop_items)) if params.drop_items else by_word


def basket_items(everything: ibis.Table, params: Params, out: Sequence[str]) -> ibis.Table:
    """The rows of ``all_items`` that count, without gross and refund. Baskets of any size.

    out  the items that are left out, as ``left_out`` names them: to look for words in every row would take long
    """
    items = everything.filter(~unnamed(everything) & ~refunded(everything, params)).drop("gross", "refund")
    return items.filter(~items.item.isin(list(out))) if out else items


def left_out(everything: ibis.Table, params: Params) -> tuple[dict[str, int], tuple[str, ...]]:
    """Rows of ``all_items`` that do not count, by reason: unnamed, refunded, excluded; each has one reason.

    And the items left out by a word or by name, most frequent first.
    """
    back = refunded(everything, params).cast("int64")
    by_item = everything.group_by("item").agg(rows=everything.count(), back=back.sum())
    counts = by_item.mutate(out=excluded(by_item, params).fill_null(False)).execute()
    named, out = counts[counts["item"].notna()], counts[counts["out"]]
    reasons = {
        "unnamed": int(counts["rows"].sum() - named["rows"].sum()),
        "refunded": int(named["back"].sum()),
        "excluded": int(out["rows"].sum() - out["back"].sum()),
    }
    return reasons, tuple(out.sort_values(["rows", "item"], ascending=[False, True])["item"])


def within_size(items: ibis.Table, params: Params) -> ibis.Table:
    """The rows of the baskets that have enough, and not too many, different items."""
    if params.min_items <= 1 and params.max_items is None:
        return items
    sizes = items.group_by("customer_id", "basket").agg(size=items.count())
    sizes = sizes.filter(sizes.size >= params.min_items)
    if params.max_items is not None:
        sizes = sizes.filter(sizes.size <= params.max_items)
    return items.semi_join(sizes, ["customer_id", "basket"])


def item_table(items: ibis.Table) -> pd.DataFrame:
    """One row per item, ordered by its name (the place is its code): item · orders · amount · margin (float)."""
    table = items.group_by("item").agg(
        orders=items.count(), amount=items.amount.sum(), margin=items.margin.sum(), margins=items.margin.count()
    )
    frame: pd.DataFrame = table.execute().sort_values("item", ignore_index=True)
    frame["amount"] = frame["amount"].astype(float)
    # A margin that is known for a part of the lines only would be too low.
    frame["margin"] = frame["margin"].astype(float).where(frame["margins"] == frame["orders"])
    return frame.drop(columns="margins")


def to_baskets(items: ibis.Table, names: pd.Series) -> Baskets:
    """Fetch the baskets as codes, in the order of their days where they have any; 12 bytes per row of ``items``.

    names  the items by code, as in ``item_table``
    """
    codes = ibis.memtable(pd.DataFrame({"item": names, "code": np.arange(len(names), dtype="int32")}))
    numbered = items.mutate(
        number=ibis.dense_rank().over(ibis.window(order_by=["customer_id", "basket"])).cast("int32")
    )
    coded = numbered.join(codes, "item").select("number", "code", day=numbered["at"].date())
    fetched = coded.to_pyarrow()
    number = fetched["number"].to_numpy()
    code = fetched["code"].to_numpy()
    if len(number) and fetched["day"].null_count:
        return _packed(number, code, len(names))
    day = fetched["day"].to_numpy().astype("datetime64[D]")
    if not len(number):
        return Baskets(np.zeros(1, dtype="int32"), np.zeros(0, dtype="int32"), len(names), np.zeros(0, "datetime64[D]"))
    first_day = np.full(int(number.max()) + 1, np.datetime64("9999-12-31", "D"))
    np.minimum.at(first_day, number, day)
    place = np.empty(len(first_day), dtype="int32")
    place[np.argsort(first_day, kind="stable")] = np.arange(len(first_day), dtype="int32")
    return _packed(place[number], code, len(names), np.sort(first_day))


def _packed(basket: np.ndarray, code: np.ndarray, n_items: int, days: np.ndarray | None = None) -> Baskets:
    """Baskets from the number of the basket, counted from 0 without a gap, and the code of each item."""
    order = np.argsort(basket.astype("int64") * n_items + code)
    starts = np.concatenate([[0], np.cumsum(np.bincount(basket))]).astype("int32")
    return Baskets(starts, code[order].astype("int32"), n_items, days)


def from_lists(baskets: list[list[str]]) -> tuple[Baskets, list[str]]:
    """Baskets from lists of names; an item counts once. Returns the names by code too."""
    sets = [sorted(set(basket)) for basket in baskets]
    names = sorted({name for basket in sets for name in basket})
    code = {name: at for at, name in enumerate(names)}
    starts = np.cumsum([0, *map(len, sets)]).astype("int32")
    items = np.array([code[name] for basket in sets for name in basket], dtype="int32")
    return Baskets(starts, items, len(names)), names


def split(baskets: Baskets, later_share: float) -> tuple[Baskets, Baskets | None]:
    """The earlier baskets, and the later ones that are kept back: whole days, about ``later_share`` of the baskets.

    Nothing is kept back when there is no share, no time, one day only, or too few baskets to say anything.
    """
    if later_share <= 0 or baskets.days is None or len(baskets) == 0:
        return baskets, None
    boundary = baskets.days[min(round(len(baskets) * (1 - later_share)), len(baskets) - 1)]
    cut = int(np.searchsorted(baskets.days, boundary))
    if cut == 0 or len(baskets) - cut < FEWEST_LATER:
        return baskets, None
    return baskets.part(0, cut), baskets.part(cut, len(baskets))
