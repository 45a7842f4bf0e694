"""What recommendation starts from: who bought what and when, as sparse matrices, and facts about each product.

A purchase is a customer and a product with at least one line that sold something (gross above 0) before a day. It
counts as liked when not all of it came back (net above 0) and, with a rating column, when the best rating reaches the
threshold. What was bought but not liked is never a signal, yet counts as already bought.

Codes of customers and products are places in their names sorted by UTF-8 bytes, so nothing depends on row order.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.expressions import trimmed
from analytics.fields import ROLES
from analytics.i18n import msg
from analytics.intake.parcel_words import no_goods

if TYPE_CHECKING:
    from scipy import sparse

    from analytics.models.recommend import Params

ItemRole = Literal["product", "category"]
_BATCH_ROWS = 1_000_000
_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Purchases:
    """Who bought what before a day. ``customers`` and ``items`` are sorted names; a code is a place in them.

    customer, item  int32 codes, one pair per bought product, sorted by customer and then item
    liked           whether the pair is a signal
    age_days        days from the last purchase of the pair to the day, float
    """

    customers: pa.Array
    items: pa.Array
    customer: np.ndarray[Any, Any]
    item: np.ndarray[Any, Any]
    liked: np.ndarray[Any, Any]
    last_at: np.ndarray[Any, Any]
    until: dt.date

    @property
    def age_days(self) -> np.ndarray[Any, Any]:
        """Days from the last purchase of each pair to the end, never below 0."""
        end = np.datetime64(self.until, "us").astype(np.int64)
        days: np.ndarray[Any, Any] = (end - self.last_at.astype("datetime64[us]").astype(np.int64)) / _DAY_US
        return np.asarray(np.maximum(days, 0.0))

    @cached_property
    def liked_matrix(self) -> sparse.csr_matrix:
        """Customers × items, 1 where liked."""
        return self._matrix(self.liked)

    @cached_property
    def bought_matrix(self) -> sparse.csr_matrix:
        """Customers × items, 1 where bought."""
        return self._matrix(np.ones(len(self.customer), bool))

    def _matrix(self, where: np.ndarray[Any, Any]) -> sparse.csr_matrix:
        from scipy import sparse

        shape = (len(self.customers), len(self.items))
        ones = np.ones(int(where.sum()), np.float32)
        return sparse.csr_matrix((ones, (self.customer[where], self.item[where])), shape=shape)

    def popularity(self, half_life_days: float) -> np.ndarray[Any, Any]:
        """Customers who liked each item; each counts 0.5 ** (age ÷ half-life). A half-life of 0: all count 1."""
        if half_life_days == 0:
            weights = np.ones(int(self.liked.sum()))
        else:
            weights = 0.5 ** (self.age_days[self.liked] / half_life_days)
        # bincount adds in the order of the pairs, which is that of the codes: the same bits for any row order
        counts: np.ndarray[Any, Any] = np.bincount(self.item[self.liked], weights, minlength=len(self.items))
        return counts

    def trend(self, half_life_days: float) -> np.ndarray[Any, Any]:
        """The share of each item's customers that is recent, between 0 and 1; all 1 for a half-life of 0."""
        everyone = self.popularity(0)
        recent, none = self.popularity(half_life_days), np.zeros(len(everyone))
        share: np.ndarray[Any, Any] = np.divide(recent, everyone, out=none, where=everyone > 0)
        return share


def purchase_lines(data: Dataset) -> ibis.Table:
    """Order lines as they are; of a table of ratings, each as a line of one piece without a price."""
    if data.kind != "ratings":
        return data.main
    one, none = (ibis.literal(value).cast("decimal(18, 4)") for value in (1, 0))
    return data.main.mutate(ordered_at=data.main.rated_at, gross=one, refund=none, amount=one)


def like_from(data: Dataset, params: Params) -> float | None:
    """The rating from which a purchase is a signal; None where ratings play no part.

    Unless told, three quarters of the way from the lowest to the highest rating there is: 4 of 5 stars.
    """
    rating = _rating(purchase_lines(data), data, params)
    if rating is None:
        return None
    if params.rating_from is not None:
        return params.rating_from
    ends = purchase_lines(data).agg(low=rating.min(), high=rating.max()).to_pyarrow().to_pylist()[0]
    if ends["low"] is None:
        raise ParamError(
            "param.rating",
            msg("“{name}”这一列没有一格是数字，不能当评分。", name=params.rating or ROLES["rating"].title),
            msg("换一列，或者不选评分列。"),
        )
    return float(ends["low"] + 0.75 * (ends["high"] - ends["low"]))


def sold_lines(data: Dataset, params: Params, until: dt.date) -> ibis.Table:
    """The lines that count, before a day: customer_id · item · ordered_at · gross · amount · rating (null: none)."""
    lines = purchase_lines(data)
    item = lines[params.item]
    table = lines.filter(
        lines.gross > 0,
        lines.ordered_at < ibis.literal(dt.datetime.combine(until, dt.time())),
        item.notnull(),
        item.strip() != "",
    )
    rating = _rating(table, data, params)
    rating = ibis.null("float64") if rating is None else rating
    return table.select("customer_id", "ordered_at", "gross", "amount", item=item.strip(), rating=rating)


def _rating(table: ibis.Table, data: Dataset, params: Params) -> Any:
    """The column of ratings as numbers, None where ratings play no part."""
    if params.rating is None:
        return table.rating if data.kind == "ratings" else None
    named = {extra.label: extra.name for extra in data.manifest.extras} | {
        header: role for role, header in data.manifest.roles
    }
    column = named.get(params.rating, params.rating)
    if column not in table.columns:
        raise ParamError(
            "param.rating",
            msg("没有“{name}”这一列，不能当评分。", name=params.rating),
            msg("可用的列：{names}。", names="、".join(named)),
        )
    return table[column].try_cast("float64")


def load(data: Dataset, params: Params, until: dt.date) -> Purchases:
    """The purchases before a day, as arrays. One pass over the lines; the pairs must fit in memory (30 bytes each)."""
    lines = sold_lines(data, params, until)
    least = like_from(data, params)
    good = lines.amount if least is None else ibis.ifelse(lines.rating >= least, lines.amount, 0)
    pairs = lines.mutate(good=good.cast("decimal(38, 4)")).group_by("customer_id", "item")
    table = pairs.agg(net=lambda t: t.good.sum(), last_at=lambda t: t.ordered_at.max())
    # Cancellations stand on lines of their own in many files: what came back of a product counts against it.
    if least is None:
        table = _less_returns(data, params, until, table)
    batches = list(data.engine.batches(table, _BATCH_ROWS))
    schema = table.schema().to_pyarrow()
    return _coded(pa.Table.from_batches(batches, schema) if batches else schema.empty_table(), until)


def _less_returns(data: Dataset, params: Params, until: dt.date, pairs: ibis.Table) -> ibis.Table:
    lines = data.main
    back = lines.filter(
        lines.gross == 0, lines.refund > 0, lines.ordered_at < ibis.literal(dt.datetime.combine(until, dt.time()))
    )
    back = back.select("customer_id", "refund", item=trimmed(back[params.item]))
    back = back.group_by(back_customer="customer_id", back_item="item").agg(back=back.refund.sum())
    joined = pairs.left_join(back, [pairs.customer_id == back.back_customer, pairs.item == back.back_item])
    nothing = ibis.literal(0).cast("decimal(38, 4)")
    return joined.select(
        "customer_id", "item", "last_at", net=joined.net - joined.back.cast("decimal(38, 4)").fill_null(nothing)
    )


def _coded(table: pa.Table, until: dt.date) -> Purchases:
    customers, customer = _codes(table["customer_id"])
    items, item = _codes(table["item"])
    order = np.lexsort((item, customer))
    last_at = table["last_at"].cast(pa.timestamp("us")).to_numpy()
    liked = pc.greater(table["net"], pa.scalar(0, table["net"].type)).to_numpy()
    return Purchases(
        customers, items, customer[order], item[order], liked[order].astype(bool), last_at[order], until
    )  # fmt: skip


def _codes(column: pa.ChunkedArray) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    """Sorted distinct values, and each row's place among them."""
    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return coded.dictionary.take(pa.array(order)), place[coded.indices.to_numpy()]


def item_facts(data: Dataset, params: Params, until: dt.date) -> pd.DataFrame:
    """One row per item, by name: item · lines · price (money per piece, else per line) · category (its most frequent).

    ``category`` is None where the file has none, or where items are categories.
    """
    lines = purchase_lines(data)
    until_day = ibis.literal(dt.datetime.combine(until, dt.time()))
    sold = lines.filter(lines.gross > 0, lines.ordered_at < until_day, lines[params.item].notnull())
    sold = sold.mutate(_item=trimmed(sold[params.item]))
    sold = sold.filter(sold["_item"] != "")
    pieces = sold.quantity.sum(where=sold.quantity > 0) if "quantity" in sold.columns else sold.count()
    facts = sold.group_by(item="_item").agg(
        lines=sold.count(), gross=sold.gross.sum().cast("float64"), pieces=pieces.cast("float64")
    )
    frame: pd.DataFrame = facts.execute()
    per = frame["pieces"].where(frame["pieces"] > 0, frame["lines"])
    frame["price"] = math.nan if data.kind == "ratings" else frame["gross"].astype(float) / per.astype(float)
    frame["category"] = None
    if "category" in data.roles and params.item == "product":
        counts = sold.filter(sold.category.notnull()).group_by("_item", "category").agg(n=lambda t: t.count()).execute()
        first = counts.sort_values(["_item", "n", "category"], ascending=[True, False, True]).drop_duplicates("_item")
        frame["category"] = frame["item"].map(dict(zip(first["_item"], first["category"], strict=True)))
    return frame[["item", "lines", "price", "category"]]


def allowed_items(facts: pd.DataFrame, params: Params) -> np.ndarray[Any, Any]:
    """Which items may be recommended, one truth value per row of ``facts``. Raises ParamError on unknown names."""
    names = set(facts["item"])
    categories = set(facts["category"].dropna())
    _known("stock", params.stock, names)
    _known("categories", params.categories, categories)
    excluded = set(no_goods(sorted(names)) if params.exclude is None else params.exclude)
    allowed = ~facts["item"].isin(excluded)
    if params.stock:
        allowed &= facts["item"].isin(params.stock)
    if params.categories:
        allowed &= facts["category"].isin(params.categories)
    if params.min_price is not None:
        allowed &= facts["price"] >= params.min_price
    if params.max_price is not None:
        allowed &= facts["price"] <= params.max_price
    return np.asarray(allowed, bool)


def _known(name: str, given: Sequence[str], known: set[str]) -> None:
    """Products of a stock list that nobody has bought are passed over; a list without any known one is an error."""
    if given and not set(given) & known:
        what = ROLES["category"].title if name == "categories" else ROLES["product"].title
        raise ParamError(
            f"param.{name}",
            msg("没有一个{what}叫“{names}”。", what=what, names="、".join(given[:3])),
            msg("名字要和数据里的一样，比如：{names}。", names="、".join(sorted(known)[:5]) or "—"),
        )
