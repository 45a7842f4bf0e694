"""What customers are compared by: measures of their orders, numeric columns of a customer file, or both.

Everything is one lazy table, one row per customer. Only paid orders count (the refund policies of rfm_scoring). A
measure that a customer cannot have is null, never 0: who ordered once has no gap between orders.
Floats are rounded to six decimals, so that no engine's order of summing reaches the clusters.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Literal

import ibis

from analytics.errors import DataError, ParamError
from analytics.fields import ROLES
from analytics.i18n import LANGUAGES, Text, msg, verbatim
from analytics.models.rfm_scoring import RefundPolicy, valued_orders

if TYPE_CHECKING:
    from analytics.dataset import Dataset

Unit = Literal["days", "count", "money", "share", "number"]
NIGHT_FROM, NIGHT_TO = 22, 6  # o'clock
FEWEST_GAPS = 2  # a spread of gaps needs two of them
MOSTLY_NUMBERS = 0.95  # of a column's filled cells
_DIGITS = 6


@dataclass(frozen=True)
class Feature:
    """A measure. ``key`` is its column in the table of features and its name on the command line.

    high, low  what a group is called that has much, or little, of it
    source     orders, or column: a numeric column of the customer file, found again by its header
    column     the column of the customer table, for source "column"
    """

    key: str
    label: Text
    unit: Unit
    high: Text
    low: Text
    source: Literal["orders", "column"] = "orders"
    column: str = ""
    default: bool = False

    @property
    def header(self) -> Text:
        """The label with its unit, for a column of numbers."""
        units: dict[str, Text] = {
            "days": msg("{label}（天）", label=self.label), "money": msg("{label}（元）", label=self.label)
        }  # fmt: skip
        return units.get(self.unit, self.label)


ORDER_FEATURES: tuple[Feature, ...] = (
    Feature("recency_days", msg("距上次下单"), "days", msg("很久没来"), msg("近期活跃"), default=True),
    Feature("frequency", msg("下单次数"), "count", msg("高频"), msg("低频"), default=True),
    Feature("basket_value", msg("客单价"), "money", msg("高客单"), msg("低客单"), default=True),
    Feature("monetary", msg("累计净消费"), "money", msg("高消费"), msg("低消费")),
    Feature("basket_items", msg("每单件数"), "number", msg("每单多件"), msg("每单件少")),
    Feature("categories", msg("买过几个品类"), "count", msg("品类广"), msg("品类少")),
    Feature("discount_share", msg("打折商品占比"), "share", msg("爱买折扣"), msg("少买折扣")),
    Feature("refund_share", msg("退款占比"), "share", msg("退款多"), msg("退款少")),
    Feature("weekend_share", msg("周末下单占比"), "share", msg("周末买"), msg("平日买")),
    Feature("night_share", msg("夜间下单占比"), "share", msg("夜里买"), msg("白天买")),
    Feature("gap_days", msg("平均下单间隔"), "days", msg("隔得久"), msg("隔得短")),
    Feature("gap_spread", msg("间隔的波动"), "number", msg("间隔不定"), msg("间隔规律")),
    Feature("tenure_days", msg("距首次下单"), "days", msg("老客"), msg("新客")),
)
_NEEDS_ROLE = {"basket_items": "quantity", "categories": "category", "discount_share": "discount"}


@dataclass(frozen=True)
class Period:
    """The orders that count: before ``as_of``, and when ``window_days`` is not 0 at most that long before."""

    as_of: dt.date
    window_days: int
    policy: RefundPolicy

    def holds(self, moment: ibis.Value) -> ibis.Value:
        """Whether a moment lies in the period."""
        before = moment < ibis.literal(dt.datetime.combine(self.as_of, dt.time()))
        if self.window_days == 0:
            return before
        start = dt.datetime.combine(self.as_of - dt.timedelta(days=self.window_days), dt.time())
        return before & (moment >= ibis.literal(start))


@dataclass(frozen=True)
class Offer:
    """The measures that a dataset allows, and columns that look numeric but are no default choice, with the reason."""

    features: tuple[Feature, ...]
    passed_over: tuple[tuple[Feature, Text], ...] = ()

    @property
    def usual(self) -> tuple[Feature, ...]:
        """What is taken unless the user says otherwise."""
        return tuple(feature for feature in self.features if feature.default)


def offer(data: Dataset, people: Dataset | None) -> Offer:
    """What a dataset, and the customer file beside it, can be clustered by."""
    if data.kind == "customers":
        return _column_offer(data, default=True)
    kept = [f for f in ORDER_FEATURES if _NEEDS_ROLE.get(f.key, "customer_id") in data.roles]
    if data.facts.date_only:
        kept = [f for f in kept if f.key != "night_share"]
    if not data.facts.refund:
        kept = [f for f in kept if f.key != "refund_share"]
    beside = _column_offer(people, default=False) if people is not None else Offer(())
    return Offer((*kept, *beside.features), beside.passed_over)


def choose(offered: Offer, names: Sequence[str]) -> tuple[Feature, ...]:
    """The features of these keys or labels, in the offered order; the usual ones when none is named."""
    if not names:
        return offered.usual
    known: dict[str, Feature] = {}
    for feature in reversed(offered.features):
        known |= {feature.key: feature, **{feature.label.in_language(lang): feature for lang in LANGUAGES}}
        if feature.column:
            known[feature.column] = feature
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            every = "、".join(feature.key for feature in offered.features)
            hint = msg("是不是 {near}？可用：{names}。", near=near[0], names=every) if near else None
            raise ParamError(
                "param.features", msg("没有“{name}”这个特征。", name=name), hint or msg("可用：{names}。", names=every)
            )
    wanted = {known[name].key for name in names}
    return tuple(feature for feature in offered.features if feature.key in wanted)


def _column_offer(people: Dataset, *, default: bool) -> Offer:
    """Numeric columns of a customer file; numbers of rows and ids, and columns of two values, are no default."""
    table = people.main
    names = [
        name for name in people.attributes()
        if name not in ("phone", "product_id") and (name.startswith("x") or ROLES[name].value_type == "number")
    ]  # fmt: skip
    if not names:
        return Offer(())
    told: dict[str, ibis.Value] = {}
    for name in names:
        number = as_number(table[name])
        told |= {
            f"{name}:filled": (table[name].cast("string").nullif("")).count(), f"{name}:numbers": number.count(),
            f"{name}:values": number.nunique(), f"{name}:low": number.min(), f"{name}:high": number.max(),
            f"{name}:whole": (number == number.floor()).sum(),
        }  # fmt: skip
    facts = table.aggregate(**told).execute().iloc[0]
    features, passed = [], []
    for name in names:
        filled, numbers, values = (int(facts[f"{name}:{what}"]) for what in ("filled", "numbers", "values"))
        if numbers == 0 or numbers < MOSTLY_NUMBERS * filled:
            continue
        reason = _no_measure(
            numbers, values, int(facts[f"{name}:whole"]), float(facts[f"{name}:low"]), float(facts[f"{name}:high"])
        )
        feature = column_feature(people.label(name), name, default=default and reason is None)
        features.append(feature)
        if reason is not None:
            passed.append((feature, reason))
    return Offer(tuple(features), tuple(passed))


def _no_measure(numbers: int, values: int, whole: int, low: float, high: float) -> Text | None:
    """Why a numeric column is probably no measure of a customer; None when it may be one."""
    if values == 1:
        return msg("每个客户都一样")
    if values == 2:
        return msg("只有两个值，距离会被它左右")
    one_each = values == numbers and whole == numbers and numbers > 20
    if one_each and (high - low == numbers - 1 or low >= 1e7):
        return msg("像序号或编号")
    return None


def column_feature(label: Text, column: str, *, default: bool = True) -> Feature:
    """A column of a customer file as a measure."""
    return Feature(
        key=f"value_{column}", label=label, unit="number", high=msg("{label} 偏高", label=label),
        low=msg("{label} 偏低", label=label), source="column", column=column, default=default,
    )  # fmt: skip


def as_number(column: ibis.Value) -> ibis.Value:
    """A column's cells as numbers; what is none, or not finite, is null."""
    number = column.try_cast("float64") if column.type().is_string() else column.cast("float64")
    return ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)


def feature_table(
    data: Dataset, people: Dataset | None, features: Sequence[Feature], period: Period | None
) -> ibis.Table:
    """customer_id · the features · with orders also frequency, monetary and last_order_at. One row per customer.

    Of orders: the customers with an order in the period; features are null where there is no paid one.
    """
    columns = [feature for feature in features if feature.source == "column"]
    if data.kind == "customers":
        return _column_values(data, columns)
    if period is None:
        raise DataError("data.no_dates", msg("数据里没有可用的日期。"), msg("检查下单时间对应的列。"))
    table = _order_values(data, period, {feature.key for feature in features})
    if columns and people is not None:
        table = _beside(table, _column_values(people, columns))
    wanted = ["frequency", "monetary", "last_order_at", *(feature.key for feature in features)]
    return table.select("customer_id", *dict.fromkeys(wanted))


def _column_values(people: Dataset, columns: Sequence[Feature]) -> ibis.Table:
    """The mean of a customer's rows, where a file has several."""
    table = people.main.filter(people.main.customer_id.notnull())
    numbers = table.select("customer_id", **{f.key: as_number(table[f.column]) for f in columns})
    return numbers.group_by("customer_id").agg(**{f.key: numbers[f.key].mean().round(_DIGITS) for f in columns})


def _order_values(data: Dataset, period: Period, wanted: set[str]) -> ibis.Table:
    orders = valued_orders(data.orders.filter(period.holds(data.orders.ordered_at)), period.policy)
    paid, at = orders.paid, orders.ordered_at
    weekend = at.day_of_week.index().isin([5, 6])
    night = (at.hour() >= NIGHT_FROM) | (at.hour() < NIGHT_TO)
    base = orders.group_by("customer_id").agg(
        frequency=paid.cast("int64").sum(),
        monetary=orders.value.sum().cast("decimal(38,4)"),
        refund=orders.refund.sum().cast("float64"),
        gross=orders.gross.sum().cast("float64"),
        first_order_at=ibis.ifelse(paid, at, ibis.null("timestamp")).min(),
        last_order_at=ibis.ifelse(paid, at, ibis.null("timestamp")).max(),
        weekend=(paid & weekend).cast("int64").sum(),
        night=(paid & night).cast("int64").sum(),
        items=ibis.ifelse(paid, orders.quantity, 0.0).sum(),
    )
    paid_orders = base.frequency.nullif(0)
    as_of = ibis.literal(period.as_of)
    table = base.mutate(
        recency_days=as_of.delta(base.last_order_at.date(), unit="day"),
        tenure_days=as_of.delta(base.first_order_at.date(), unit="day"),
        basket_value=_ratio(base.monetary.cast("float64"), paid_orders),
        basket_items=_ratio(base["items"], paid_orders),
        refund_share=_ratio(base.refund, base.gross.nullif(0)),
        weekend_share=_ratio(base.weekend, paid_orders),
        night_share=_ratio(base.night, paid_orders),
    )
    others = []
    if wanted & {"gap_days", "gap_spread"}:
        others.append(_gaps(orders))
    if wanted & {"categories", "discount_share"}:
        others.append(_line_values(data, period, wanted))
    return reduce(_beside, others, table)


def _ratio(part: ibis.Value, whole: ibis.Value) -> ibis.Value:
    return (part.cast("float64") / whole.cast("float64")).round(_DIGITS)


def _gaps(orders: ibis.Table) -> ibis.Table:
    """Days between a customer's order days: their mean, and their spread (standard deviation over mean)."""
    days = orders.filter(orders.paid).select("customer_id", day=lambda t: t.ordered_at.date()).distinct()
    before = days.day.lag().over(ibis.window(group_by="customer_id", order_by=days.day))
    gaps = days.mutate(gap=days.day.delta(before, unit="day").cast("float64"))
    found = gaps.group_by("customer_id").agg(
        n=gaps.gap.count(), total=gaps.gap.sum(), squares=(gaps.gap * gaps.gap).sum()
    )
    mean = found.total / found.n.nullif(0)
    spread = ibis.greatest(found.squares / found.n.nullif(0) - mean * mean, 0.0).sqrt() / mean
    return found.select(
        "customer_id",
        gap_days=mean.round(_DIGITS),
        gap_spread=ibis.ifelse(found.n >= FEWEST_GAPS, spread, ibis.null("float64")).round(_DIGITS),
    )


def _line_values(data: Dataset, period: Period, wanted: set[str]) -> ibis.Table:
    lines = valued_orders(data.main.filter(period.holds(data.main.ordered_at)), period.policy)
    bought = lines.filter(lines.paid)
    found = {}
    if "categories" in wanted:
        found["categories"] = bought.category.nunique()
    if "discount_share" in wanted:
        found["discount_share"] = (bought.discount.fill_null(0) > 0).cast("float64").mean().round(_DIGITS)
    return bought.group_by("customer_id").agg(**found)


def _beside(table: ibis.Table, other: ibis.Table) -> ibis.Table:
    joined = table.left_join(other, "customer_id")
    return joined.select(*table.columns, *(name for name in other.columns if name not in table.columns))


def found_again(stored: Sequence[Feature], offered: Offer) -> tuple[Feature, ...]:
    """The stored features in another file: orders by key, columns by header. Raises DataError when one is missing."""
    by_label = {str(feature.label): feature for feature in offered.features if feature.source == "column"}
    by_key = {feature.key: feature for feature in offered.features if feature.source == "orders"}
    found = [by_key.get(f.key) if f.source == "orders" else by_label.get(str(f.label)) for f in stored]
    missing = [str(feature.label) for feature, here in zip(stored, found, strict=True) if here is None]
    if missing:
        raise DataError(
            "data.model_feature",
            msg("这份数据里没有模型要用的：{names}。", names=verbatim("、".join(missing))),
            msg("换一份列相同的文件，或者不用旧模型，重新聚类。"),
        )
    pairs = zip(stored, found, strict=True)
    return tuple(replace(feature, column=here.column) for feature, here in pairs if here is not None)
