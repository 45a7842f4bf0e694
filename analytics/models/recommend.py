"""Recommendation: what each customer is likely to buy next, and whom a product should be offered to.

From who bought what: item-item similarity, implicit ALS, and popularity as the baseline that both must beat. Which one
is used is decided by a time split: recommend from the orders up to a day, look at what was bought after it (see
recommend_split). Where no personal way is clearly better, popularity is used and the findings say so.
Sources: Sarwar et al. (2001) for item-item; Hu, Koren and Volinsky (2008) for ALS.
"""

from __future__ import annotations

import datetime as dt
import math
import shutil
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from analytics.api import new_folder
from analytics.dataset import Dataset
from analytics.engine import work_root
from analytics.errors import DataError, ParamError
from analytics.fields import ROLES
from analytics.i18n import Text, msg, verbatim
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment
from analytics.models.recommend_data import ItemRole, Purchases, allowed_items, item_facts, like_from, load
from analytics.models.recommend_findings import find, tell_method
from analytics.models.recommend_itemitem import Lookup, more_than_chance, similarities
from analytics.models.recommend_rank import Ranker, Way
from analytics.models.recommend_split import NO_TRIAL, Trial, run
from analytics.models.recommend_write import Written, write

if TYPE_CHECKING:
    import ibis

Method = Literal["auto", "popularity", "item_item", "als"]

NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at", "product"),
        can=("amount", "order_id", "quantity", "category", "refund_amount", "status"),
        solid_entities=200,
        solid_days=60,
    ),
    Needs(
        kind="ratings",
        must=("customer_id", "product", "rating", "rated_at"),
        can=("category",),
        solid_entities=200,
        solid_days=60,
    ),
)
MOST_RECOMMENDED = 50
PRODUCT_LABEL, CATEGORY_LABEL = msg("推荐商品"), msg("推荐品类")


@dataclass(frozen=True)
class Params:
    """What to recommend to whom.

    method          auto: what the time split favours; or popularity, item_item, als
    top             recommendations per customer, 1 to 50; also the k of hit rate@k
    item            product, or category: recommend categories instead
    exclude_bought  leave out what the customer has already bought
    stock           only these products; empty: all
    categories      only products of these categories; empty: all
    min_price, max_price  only products whose average price per piece lies between; None: open
    exclude         products never recommended; None: what reads like postage, fees, adjustments and gifts
    trend_days      half-life of a purchase in days: recent ones count more; 0: all count alike; None: as the split says
    as_of           the day up to which purchases count, itself not included; None: the day after the last record
    rating          header of a rating column: only purchases rated at least ``rating_from`` are a signal; None: all
                    are, except in a table of ratings, whose ratings always count
    rating_from     None: three quarters of the way from the lowest rating to the highest (4 of 5 stars)
    holdout         share of the lines that the time split only looks at, 0.05 to 0.5
    evaluate        run the time split; with a fixed method it may be left out
    """

    method: Method = "auto"
    top: int = 5
    item: ItemRole = "product"
    exclude_bought: bool = True
    stock: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    min_price: float | None = None
    max_price: float | None = None
    exclude: tuple[str, ...] | None = None
    trend_days: float | None = None
    as_of: dt.date | None = None
    rating: str | None = None
    rating_from: float | None = None
    holdout: float = 0.2
    evaluate: bool = True

    def __post_init__(self) -> None:
        _one_of("method", self.method, get_args(Method))
        _one_of("item", self.item, get_args(ItemRole))
        _inside("top", self.top, 1, MOST_RECOMMENDED)
        _inside("holdout", self.holdout, 0.05, 0.5)
        for name in ("rating_from", "min_price", "max_price", "trend_days"):
            if getattr(self, name) is not None:
                _inside(name, getattr(self, name), 0, 1e9)
        if self.min_price is not None and self.max_price is not None and self.min_price > self.max_price:
            raise ParamError("param.price", msg("最低价高过了最高价。"), msg("把两个数换过来。"))
        if self.method == "auto" and not self.evaluate:
            raise ParamError("param.evaluate", msg("自动选方法要先检验。"), msg("打开检验，或者指定一个方法。"))


@dataclass(frozen=True)
class Result:
    """The answer.

    customers  lazy, one row per customer and recommendation (a customer stands in up to ``top`` rows):
               customer_id · segment (the recommended product) · rank (1 is best) · score (comparable within this
               result only) · reason (the bought product that is most like it; null: there is none) ·
               products_bought · last_bought_at
    segments   one row per recommended product, most often recommended first: segment · customers · first (how many
               have it as number one) · buyers · price · category
    trial      the time split
    way        the way that was used; trend_days its half-life (0: all purchases count alike)
    liked_from  the rating from which a purchase is a signal; None where ratings play no part
    reasoned    share of the recommendations that have a reason
    buyers_mean  customers who liked an item, on average; has_category: whether items have categories
    segment_label, repeats   what a list calls ``segment``; that a customer can stand in several of its rows
    """

    customers: ibis.Table
    columns: tuple[ListColumn, ...]
    rank_by: str
    segments: pd.DataFrame
    segment_columns: tuple[ListColumn, ...]
    named: tuple[Segment, ...]
    headline: dict[str, float]
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]
    params: Params
    as_of: dt.date
    trial: Trial
    way: Way
    trend_days: float
    items_known: int
    items_allowed: int
    customers_known: int
    customers_served: int
    one_product: int
    liked_from: float | None
    reasoned: float
    buyers_mean: float
    has_category: bool
    segment_label: Text = PRODUCT_LABEL
    repeats: bool = True


def analyze(data: Dataset, params: Params) -> Result:
    """Recommend to everybody who bought (or rated) before ``as_of``.

    Raises DataError (data.no_product, data.no_purchases, data.one_product, data.nothing_to_recommend), ParamError.
    """
    as_of = _checked_as_of(data, params)
    bought = load(data, params, as_of)
    if not len(bought.customers):
        raise DataError(
            "data.no_purchases",
            msg("{as_of:date} 之前没有写了商品的订单。", as_of=as_of),
            msg("检查商品对应的列。"),
        )
    if len(bought.items) < 2:
        raise DataError("data.one_product", msg("数据里只有一种，没有别的可以推荐。"), msg("换一份商品更多的数据。"))
    liked_from = like_from(data, params)
    facts = item_facts(data, params, as_of).set_index("item").reindex(bought.items.to_pylist()).reset_index()
    allowed = np.flatnonzero(allowed_items(facts, params))
    trial = run(data, params, as_of) if params.evaluate else NO_TRIAL
    way, trend_days = choose(trial, params)
    ranker = Ranker.fit(way, bought, trend_days, allowed, hide_bought=params.exclude_bought)
    customers, written = _written(data, ranker, params.top)
    if not written.rows:
        raise DataError(
            "data.nothing_to_recommend",
            msg("没有一位客户有可以推荐的商品：{n:int} 种符合条件的商品他们都买过了。", n=len(allowed)),
            msg("放宽条件，或者允许推荐买过的商品。"),
        )
    segments = _segments(facts, bought, written)
    result = Result(
        customers=customers,
        columns=_columns(data),
        rank_by="score",
        segments=segments,
        segment_columns=_segment_columns(segments),
        named=tuple(_segment(row) for row in segments.itertuples(index=False)),
        headline=_headline(written, segments, trial, way),
        findings=(),
        method=(),
        params=params,
        as_of=as_of,
        trial=trial,
        way=way,
        trend_days=trend_days,
        items_known=len(bought.items),
        items_allowed=len(allowed),
        customers_known=len(bought.customers),
        customers_served=written.customers,
        liked_from=liked_from,
        reasoned=written.reasoned / written.rows,
        buyers_mean=float(bought.popularity(0).mean()),
        has_category=bool(facts["category"].notna().any()),
        segment_label=CATEGORY_LABEL if params.item == "category" else PRODUCT_LABEL,
        one_product=int((np.diff(bought.bought_matrix.indptr) == 1).sum()),
    )
    return replace(result, findings=find(result), method=tell_method(data, result, facts))


def choose(trial: Trial, params: Params) -> tuple[Way, float]:
    """The way to use and its half-life in days: what was asked for, else what the time split favours."""
    way: Way
    if params.method != "auto":
        way = params.method
        row = trial.best(way)
    elif trial.personal_wins and trial.personal is not None:
        row = trial.personal
        way = row["way"]
    else:
        way, row = "popularity", trial.best("popularity")
    if params.trend_days is not None:
        return way, params.trend_days
    return way, 0.0 if row is None or not trial.reliable else float(row["trend_days"])


def _checked_as_of(data: Dataset, params: Params) -> dt.date:
    for role in (params.item, *(("category",) if params.categories else ())):
        if role not in data.main.columns:
            raise DataError(
                f"data.no_{role}", msg("数据里没有{role}这一列。", role=ROLES[role].title), msg("在“认列”里指定它。")
            )
    if params.as_of is not None:
        return params.as_of
    if data.facts.last_at is None:
        raise DataError("data.no_dates", msg("数据里没有可用的日期。"), msg("检查下单时间对应的列。"))
    return data.facts.last_at.date() + dt.timedelta(days=1)


def _written(data: Dataset, ranker: Ranker, top: int) -> tuple[ibis.Table, Written]:
    """The list as a file of our own, which goes away with the last expression that reads it."""
    folder = new_folder(work_root() / "recommend")
    path = folder / "customers.parquet"
    alike = ranker.alike
    if alike is None:
        # Factors and bestsellers tell no reason; one is looked for afterwards, so chance must not be taken for it.
        liked = ranker.bought.liked_matrix
        alike = more_than_chance(similarities(liked), liked)
    written = write(ranker, top, path, Lookup(alike))
    table = data.engine.read_parquet(path)
    weakref.finalize(table.op(), shutil.rmtree, folder, ignore_errors=True)
    return table, written


def _segments(facts: pd.DataFrame, bought: Purchases, written: Written) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "segment": facts["item"],
            "customers": written.recommended,
            "first": written.first,
            "buyers": bought.popularity(0).astype(np.int64),
            "price": facts["price"],
            "category": facts["category"],
        }
    )
    table = table[table["customers"] > 0]
    table = table.drop(columns=[name for name in ("category", "price") if table[name].isna().all()])
    return table.sort_values(["customers", "first", "segment"], ascending=[False, False, True], ignore_index=True)


def _columns(data: Dataset) -> tuple[ListColumn, ...]:
    return (
        ListColumn("rank", msg("第几推荐"), "int"),
        ListColumn("reason", msg("因为买过"), "text"),
        ListColumn("score", msg("推荐分"), "number"),
        ListColumn("products_bought", msg("买过几种商品"), "int"),
        ListColumn("last_bought_at", msg("最近购买"), "date" if data.facts.date_only else "datetime"),
    )


def _segment_columns(segments: pd.DataFrame) -> tuple[ListColumn, ...]:
    known = (
        ListColumn("customers", msg("推荐给几位客户"), "int"),
        ListColumn("first", msg("其中排第一"), "int"),
        ListColumn("buyers", msg("已有几位买过（全退的不算）"), "int"),
        ListColumn("price", msg("均价（元）"), "money"),
        ListColumn("category", msg("品类"), "text"),
    )
    return tuple(column for column in known if column.name in segments.columns)


def _segment(row: Any) -> Segment:
    return Segment(
        key=row.segment,
        name=verbatim(row.segment),
        meaning=msg("最可能接着买它的客户"),
        action=msg("推荐给名单里的客户，说明“因为买过”的那件商品"),
        group="product",
    )


def _headline(written: Written, segments: pd.DataFrame, trial: Trial, way: Way) -> dict[str, float]:
    numbers = {
        "customers": float(written.customers),
        "recommendations": float(written.rows),
        "products": float(len(segments)),
    }
    row, popular = trial.best(way), trial.best("popularity")
    if row is not None and popular is not None:
        numbers |= {
            "hit_rate": float(row["hit_rate"]),
            "recall": float(row["recall"]),
            "coverage": float(row["coverage"]),
            "popularity_hit_rate": float(popular["hit_rate"]),
        }
    return numbers


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ParamError(
            f"param.{name}",
            msg("{name} 不能是“{value}”。", name=name, value=str(value)),
            msg("可选：{allowed}。", allowed="、".join(allowed)),
        )


def _inside(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ParamError(
            f"param.{name}",
            msg("{name} 不能是 {value}。", name=name, value=str(value)),
            msg("填 {low:num} 到 {high:num} 之间的数。", low=low, high=high),
        )
