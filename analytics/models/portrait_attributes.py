"""What can be said of a customer: columns of the customer file, and what their orders or events come to.

Everything is one lazy table, one row per customer. Of orders only the paid ones count (rfm_scoring's policies). Where a
customer has several rows, each attribute says which of them it is about: the latest, the first, or the commonest.
What says nothing about a group (empty, the same for all, a number of its own for each) is put aside, with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import ibis

from analytics.dataset import MOMENT
from analytics.expressions import trimmed
from analytics.fields import ROLES
from analytics.i18n import LANGUAGES, Text, msg, verbatim
from analytics.models.clusters_features import Feature, Period, Unit, as_number, feature_table, offer
from analytics.models.rfm_scoring import RefundPolicy, valued_orders
from analytics.provinces import spellings
from analytics.rules_match import RuleColumn

if TYPE_CHECKING:
    from analytics.dataset import Dataset

Source = Literal["orders", "events", "file", "model", "tag"]
FEW_VALUES = 8  # a number of so few whole values (0 and 1, a level) is told value by value
MOSTLY = 0.95  # of a column's filled cells
MOST_SPELLINGS = 2000
MOST_EVENTS = 8
_LONG_ID = 1e7
HABIT_ORDERS = 3  # a share of fewer orders than that is chance, not a habit
_NEVER = frozenset({"status", "customer_name", "phone", "product_id", "customer_id", "user_id"})
_MEANINGS: dict[str, Text] = {
    "recency_days": msg("最后一张付款订单到统计日期的天数"), "frequency": msg("付款订单数"),
    "basket_value": msg("净消费除以付款订单数"), "monetary": msg("付款金额合计，退款按口径里的规则"),
    "basket_items": msg("件数除以付款订单数"), "categories": msg("买过几个不同的品类"),
    "discount_share": msg("付款商品行里有折扣的占几成"), "refund_share": msg("退款占成交额几成"),
    "weekend_share": msg("周六周日的订单占几成；不到 3 单的看不出习惯，留空"),
    "night_share": msg("晚上 10 点到早上 6 点的订单占几成；不到 3 单的看不出习惯，留空"),
    "gap_days": msg("两个下单日之间平均隔几天；只买过一天的没有"),
    "gap_spread": msg("间隔的标准差除以平均值；少于三个下单日的没有"),
    "tenure_days": msg("第一张付款订单到统计日期的天数"),
}  # fmt: skip


@dataclass(frozen=True)
class Attribute:
    """Something to tell a customer by. ``key`` is its column in the table of people.

    names      the words of its values, by key, where they are ours (a model's groups)
    provinces  spelling → province, where it is a column of provinces
    whole      a number without decimals
    role       the role it came from, where it came from one (region, channel, …)
    also       what else it answers to in rules: the plain name of its column, the user's header
    compared   whether it is told of groups; what is not (an id, a date, a remark) can still stand in rules
    """

    key: str
    label: Text
    meaning: Text
    kind: Literal["number", "text"]
    source: Source
    unit: Unit = "number"
    names: tuple[tuple[str, Text], ...] = ()
    provinces: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    role: str = ""
    also: tuple[str, ...] = ()
    compared: bool = True

    @property
    def column(self) -> RuleColumn:
        """As rules see it."""
        return RuleColumn(self.key, self.label, self.kind, self.names, self.also)


@dataclass(frozen=True)
class People:
    """One row per customer (the id column and a column for each attribute), and what was put aside, with the reason."""

    table: ibis.Table
    attributes: tuple[Attribute, ...]
    put_aside: tuple[tuple[Text, Text], ...] = ()

    @property
    def compared(self) -> tuple[Attribute, ...]:
        """The attributes that are told of groups."""
        return tuple(attribute for attribute in self.attributes if attribute.compared)


def people(data: Dataset, as_of: dt.date | None, policy: RefundPolicy) -> People:
    """The customers (users) of the data with everything that can be told of them."""
    lines = data if data.kind == "lines" else data.companion("lines")
    file = data if data.kind == "customers" else data.companion("customers")
    rows = data.orders if data.kind == "lines" else data.main
    if data.kind == "lines" and as_of is not None:
        rows = rows.filter(rows.ordered_at < ibis.literal(dt.datetime.combine(as_of, dt.time())))
    table = rows.filter(rows[data.entity].notnull()).select(data.entity).distinct()
    found: list[Attribute] = []
    parts: list[tuple[ibis.Table, str]] = []
    if lines is not None and as_of is not None and data.kind != "events":
        for part, told in _of_orders(lines, Period(as_of, 0, policy)):
            parts.append((part, "customer_id"))
            found += told
    if data.kind == "events" and as_of is not None:
        for part, told in _of_events(data, as_of):
            parts.append((part, "user_id"))
            found += told
    if file is not None:
        part, told = _of_file(file, as_of, {attribute.key for attribute in found})
        parts.append((part, "customer_id"))
        found += told
    joined = reduce(lambda whole, part: _beside(whole, part[0], data.entity, part[1]), parts, table)
    return _settled(joined.cache(), data.entity, found)


def _beside(table: ibis.Table, other: ibis.Table, entity: str, key: str) -> ibis.Table:
    names = [name for name in other.columns if name != key]
    renamed = other.select(_key=other[key], **{name: other[name] for name in names})
    joined = table.left_join(renamed, table[entity] == renamed["_key"])
    return joined.select(*table.columns, *names)


def _of_orders(lines: Dataset, period: Period) -> list[tuple[ibis.Table, list[Attribute]]]:
    features = [feature for feature in offer(lines, None).features if feature.source == "orders"]
    counted = feature_table(lines, None, features, period)
    keys = [feature.key for feature in features]
    habit = counted.frequency >= HABIT_ORDERS
    cells = {key: counted[key].cast("float64") for key in keys}
    for key in ("weekend_share", "night_share"):
        if key in cells:
            cells[key] = ibis.ifelse(habit, cells[key], ibis.null("float64"))
    numbers = counted.select("customer_id", **cells)
    parts = [(numbers, [_measure(feature) for feature in features])]
    described = _describing(lines)
    if not described and "profit" not in lines.roles:
        return parts
    bought = valued_orders(lines.main.filter(period.holds(lines.main.ordered_at)), period.policy)
    bought = bought.filter(bought.paid)
    if "profit" in lines.roles:
        profit = bought.group_by("customer_id").agg(profit=bought.profit.cast("decimal(38,4)").sum().cast("float64"))
        told = Attribute("profit", msg("累计利润"), msg("付款订单行的利润合计"), "number", "orders", "money")
        parts.append((profit, [told]))
    for column in described:
        parts += [_picked(lines, bought, column, which) for which in _which(column)]
    return parts


def _measure(feature: Feature) -> Attribute:
    whole = feature.key in ("recency_days", "frequency", "categories", "tenure_days")
    meaning = _MEANINGS[feature.key]
    return Attribute(feature.key, feature.label, meaning, "number", "orders", feature.unit, whole=whole)


def _describing(data: Dataset) -> list[str]:
    """Columns of rows that say something about the customer: places, channels, goods, the user's own."""
    return [name for name in data.attributes() if name not in _NEVER and not _is_number_role(name)]


def _is_number_role(name: str) -> bool:
    return name in ROLES and ROLES[name].value_type in ("number", "money")


def _which(column: str) -> tuple[str, ...]:
    if column in ("product", "category"):
        return ("most",) if column == "product" else ("most", "first")
    return ("last", "first") if column == "channel" else ("last",)


def _picked(data: Dataset, rows: ibis.Table, column: str, which: str) -> tuple[ibis.Table, list[Attribute]]:
    """A customer's latest, first or commonest value of a column of their rows; empty cells are passed over."""
    at, unit = MOMENT[data.kind], "order_id" if data.kind == "lines" else "event"
    key, label = f"{which}_{column}", own_label(data, column)
    cells = rows.select(_id=rows[data.entity], _at=rows[at], _unit=rows[unit], value=_text(rows[column]))
    cells = cells.filter(cells.value.notnull())
    if which == "most":
        cells = cells.group_by("_id", "value").agg(n=cells["_unit"].nunique(), _at=cells["_at"].max())
        order = [cells.n.desc(), cells["_at"].desc(), cells.value.asc()]
        told, meaning = msg("买得最多的{label}", label=label), msg("在最多张付款订单里出现的；一样多时取最近的")
    elif which == "last":
        order = [cells["_at"].desc(), cells["_unit"].desc(), cells.value.asc()]
        told, meaning = msg("最近的{label}", label=label), msg("最近一次有值的那一行")
    else:
        order = [cells["_at"].asc(), cells["_unit"].asc(), cells.value.asc()]
        told, meaning = msg("首次的{label}", label=label), msg("第一次有值的那一行")
    ranked = cells.mutate(_place=ibis.row_number().over(ibis.window(group_by="_id", order_by=order)))
    first = ranked.filter(ranked["_place"] == 0)
    source: Source = "orders" if data.kind == "lines" else "events"
    also = _plain_names(data, column) if which == _which(column)[0] else ()
    attribute = Attribute(key, told, meaning, "text", source, role=column if column in ROLES else "", also=also)
    return first.select(**{data.entity: first["_id"], key: first.value}), [attribute]


def _plain_names(data: Dataset, column: str) -> tuple[str, ...]:
    header = dict(data.manifest.roles).get(column)
    label = own_label(data, column)
    return tuple({column, *([header] if header else []), *(label.in_language(lang) for lang in LANGUAGES)})


def own_label(data: Dataset, column: str) -> Text:
    """What a column is called; the user's header where a column of their own has the usual name of a role."""
    label = data.label(column)
    clash = {str(label.in_language("zh")) for label in (data.label(extra.name) for extra in data.manifest.extras)}
    header = dict(data.manifest.roles).get(column)
    return verbatim(header) if header is not None and label.in_language("zh") in clash else label


def _text(cell: Any) -> Any:
    return trimmed(cell.cast("string")).nullif("")


def _of_events(data: Dataset, as_of: dt.date) -> list[tuple[ibis.Table, list[Attribute]]]:
    end = ibis.literal(dt.datetime.combine(as_of, dt.time()))
    rows = data.main.filter((data.main.occurred_at < end) & data.main.user_id.notnull())
    counts = rows.group_by("event").agg(n=rows.count()).order_by(ibis.desc("n"), "event").limit(MOST_EVENTS)
    names = [str(name) for name in counts.execute()["event"]]
    day = ibis.literal(as_of)
    table = rows.group_by("user_id").agg(
        events=rows.count().cast("float64"),
        active_days=rows.occurred_at.date().nunique().cast("float64"),
        recency_days=day.delta(rows.occurred_at.max().date(), unit="day").cast("float64"),
        tenure_days=day.delta(rows.occurred_at.min().date(), unit="day").cast("float64"),
        **{f"event_{at}": (rows.event == name).cast("int64").sum().cast("float64") for at, name in enumerate(names)},
    )
    told: list[tuple[str, Text, Text, Unit]] = [
        ("events", msg("行为次数"), msg("一共做了多少次"), "count"),
        ("active_days", msg("活跃天数"), msg("有行为的天数"), "count"),
        ("recency_days", msg("距上次活跃"), msg("最后一次行为到统计日期的天数"), "days"),
        ("tenure_days", msg("距首次活跃"), msg("第一次行为到统计日期的天数"), "days"),
        *((f"event_{at}", msg("{event}次数", event=name), msg("做了多少次“{event}”", event=name), "count")
          for at, name in enumerate(names)),
    ]  # fmt: skip
    measures = [
        Attribute(key, label, meaning, "number", "events", unit, whole=True) for key, label, meaning, unit in told
    ]
    parts = [(table, measures)]
    for column in _describing(data):
        parts += [_picked(data, rows, column, which) for which in _which(column)]
    return parts


def _of_file(file: Dataset, as_of: dt.date | None, taken: set[str]) -> tuple[ibis.Table, list[Attribute]]:
    """The customer file's columns: of several rows of one customer the latest, whatever order they stand in."""
    names = [name for name in file.attributes() if name not in _NEVER]
    moment = MOMENT["customers"]
    rows = file.main.filter(file.main.customer_id.notnull())
    order = [rows[moment].desc(nulls_first=False)] if moment in rows.columns else []
    order += [rows[name].cast("string").asc(nulls_first=False) for name in names]
    if order:
        ranked = rows.mutate(_place=ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order)))
        rows = ranked.filter(ranked["_place"] == 0)
    found, columns = [], {}
    for name in names:
        key = f"file_{name}" if name in taken else name
        number = _is_number_role(name)
        columns[key] = rows[name].cast("float64") if number else _text(rows[name])
        role = name if name in ROLES else ""
        label = own_label(file, name)
        meaning = msg("客户名单里的“{label}”一列", label=label)
        kind: Literal["number", "text"] = "number" if number else "text"
        also = _plain_names(file, name)
        found.append(Attribute(key, label, meaning, kind, "file", role=role, also=also))
    if moment in rows.columns and as_of is not None:
        columns["registered_days"] = ibis.literal(as_of).delta(rows[moment].date(), unit="day").cast("float64")
        told = msg("注册到统计日期的天数")
        found.append(Attribute("registered_days", msg("注册多久"), told, "number", "file", "days", whole=True))
    if not columns:
        return rows.select("customer_id").distinct(), []
    return rows.select("customer_id", **columns), found


@dataclass(frozen=True)
class _Facts:
    """Counts of an attribute's cells: filled, different values, numbers, whole ones, dates; the least and the most."""

    filled: int
    values: int
    numbers: int
    whole: int
    dates: int
    least: float
    most: float

    @property
    def numeric(self) -> bool:
        """Whether it is, all but a few cells, a number."""
        return self.numbers >= MOSTLY * self.filled

    @property
    def like_an_id(self) -> bool:
        """One value each that counts on, or is as long as ids are; of text one value each is enough."""
        if self.values < self.filled or self.filled <= FEW_VALUES:
            return False
        return not self.numeric or (
            self.whole == self.numbers and (self.most - self.least == self.numbers - 1 or self.least >= _LONG_ID)
        )


def _settled(table: ibis.Table, entity: str, found: Sequence[Attribute]) -> People:
    """Decides what is a number and what is text, and puts aside what cannot tell customers apart."""
    if not found:
        return People(table, ())
    wanted = {k: v for attribute in found for k, v in _counted(table, attribute).items()}
    row = table.aggregate(**wanted).execute().iloc[0]
    kept, aside, columns = [], [], {}
    for attribute in found:
        values = {field.name: row[f"{attribute.key}:{field.name}"] for field in fields(_Facts)}
        facts = _Facts(**{name: value if value == value else 0 for name, value in values.items()})  # noqa: PLR0124
        reason = _useless(attribute, facts)
        if reason is not None:
            aside.append((attribute.label, reason))
            if facts.values < 2:
                continue
        by_value = facts.numeric and facts.values <= FEW_VALUES and facts.whole == facts.numbers
        number = attribute.kind == "number" or (facts.numeric and not by_value)
        columns[attribute.key] = as_number(table[attribute.key]) if number else table[attribute.key]
        kept.append(
            replace(
                attribute,
                kind="number" if number else "text",
                whole=number and facts.whole == facts.numbers,
                compared=reason is None,
            )
        )
    return _with_provinces(table.select(entity, **columns), kept, tuple(aside))


def _counted(table: ibis.Table, attribute: Attribute) -> dict[str, Any]:
    cell = table[attribute.key]
    number = as_number(cell)
    dates = cell.try_cast("date").count() if attribute.kind == "text" else ibis.literal(0)
    told = {
        "filled": cell.count(), "values": cell.nunique(), "numbers": number.count(),
        "whole": (number == number.floor()).cast("int64").sum(), "dates": dates, "least": number.min(),
        "most": number.max(),
    }  # fmt: skip
    return {f"{attribute.key}:{what}": value for what, value in told.items()}


def _useless(attribute: Attribute, facts: _Facts) -> Text | None:
    """Why an attribute cannot tell customers apart; None when it can."""
    if facts.filled == 0:
        return msg("全是空的")
    if facts.values == 1:
        return msg("有值的客户都一样")
    of_rows = attribute.kind == "text" and attribute.source in ("orders", "events")
    if of_rows and facts.numeric and facts.values > FEW_VALUES:
        return msg("是每一行的数字，不是客户的")
    if attribute.kind == "text" and not facts.numeric and facts.dates >= MOSTLY * facts.filled:
        return msg("是日期")
    if attribute.source == "file" and facts.like_an_id:
        return msg("每位客户一个值，像编号")
    return None


def _with_provinces(table: ibis.Table, kept: Sequence[Attribute], aside: tuple[tuple[Text, Text], ...]) -> People:
    """One spelling for each province, in every column of provinces."""
    attributes, columns = [], {}
    for attribute in kept:
        found = None
        if attribute.kind == "text" and attribute.role not in ("product", "category", "store", "gender"):
            cell = table[attribute.key]
            counts = table.filter(cell.notnull()).group_by(value=cell).agg(n=lambda t: t.count())
            frame = counts.order_by(ibis.desc("n"), "value").limit(MOST_SPELLINGS).execute()
            found = spellings([(str(v), int(n)) for v, n in zip(frame["value"], frame["n"], strict=True)])
        if found is None:
            attributes.append(attribute)
            continue
        changed = {spelling: name for spelling, name in found.items() if spelling != name}
        if changed:
            columns[attribute.key] = table[attribute.key].substitute(changed)
        attributes.append(replace(attribute, provinces=tuple(sorted(found.items()))))
    return People(table.mutate(**columns) if columns else table, tuple(attributes), aside)
