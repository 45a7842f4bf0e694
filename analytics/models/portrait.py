"""Customer portrait: what sets a group of customers apart, beside all customers or beside another group; and tags.

For each attribute (a column of the customer file, or what a customer's orders or events come to) the shares of its
values in the group and beside, and the TGI (portrait_tgi says how it and its interval are computed). A group is a rule
(analytics/rules.py): over columns, over the groups of other models, over saved groups. Tags are rules too, and become
columns of the list (analytics/tags.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import DataError, ParamError
from analytics.i18n import Text, msg
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment
from analytics.models.portrait_attributes import Attribute, People, people
from analytics.models.portrait_columns import Worked, made_of, models_named, with_groups, with_models, with_tags
from analytics.models.portrait_compare import Compared, Sides, compare
from analytics.models.portrait_findings import find, tell_method
from analytics.models.portrait_groups import (
    BASE,
    BOTH,
    GROUP,
    REST,
    default_rule,
    named_segments,
    segment_columns,
    segment_table,
)
from analytics.models.portrait_tags import Tagged, tagged
from analytics.models.rfm import one_of
from analytics.models.rfm_scoring import RefundPolicy
from analytics.rules import EVERYONE, Rule, parse
from analytics.tags import read_tags

NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at", "amount"),
        can=("order_id", "region", "city", "channel", "store", "category", "product", "quantity", "discount"),
        solid_entities=200,
        beside=("customers",),
    ),
    Needs(
        kind="customers",
        must=("customer_id",),
        can=("gender", "age", "member_level", "region", "city", "channel", "registered_at"),
        solid_entities=200,
        beside=("lines",),
    ),
    Needs(
        kind="events",
        must=("user_id", "event", "occurred_at"),
        can=("channel", "region", "city", "category", "product"),
        solid_entities=200,
        beside=("customers",),
    ),
)
_MEASURES = ("monetary", "frequency", "recency_days", "basket_value", "events", "active_days")


@dataclass(frozen=True)
class Params:
    """Who is looked at, beside whom, and which tags are given.

    group          a rule (analytics/rules.py): 累计净消费 前 20%, rfm = 重要价值客户, 在:春季名单; empty: a usual one
    against        a rule; empty: all customers
    attributes     keys or labels of those to compare; none: all
    tags           the text of a tag file (analytics/tags.py); empty: no tags
    bands          how many bands of about equal size a number is cut into, 2 to 10
    min_n          fewer customers than that in a cell are too few to speak of
    as_of          the day that is counted to, itself left out; None: the day after the last record
    refund_policy  as in RFM (order files only)
    """

    group: str = ""
    against: str = ""
    attributes: tuple[str, ...] = ()
    tags: str = ""
    bands: int = 5
    min_n: int = 10
    as_of: dt.date | None = None
    refund_policy: RefundPolicy = "net"

    def __post_init__(self) -> None:
        one_of("refund_policy", self.refund_policy, get_args(RefundPolicy))
        if not 2 <= self.bands <= 10:
            raise ParamError("param.bands", msg("数字要分成 2 到 10 段。"), msg("常用 5 段。"))
        if not 1 <= self.min_n <= 100_000:
            raise ParamError("param.min_n", msg("最少人数要在 1 到 100,000 之间。"), msg("常用 10。"))
        for text in (self.group, self.against):
            if text.strip():
                parse(text)
        read_tags(self.tags)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that is set."""
        own = [parse(text) for text in (self.group, self.against) if text.strip()]
        return (*own, *(choice.rule for tag in read_tags(self.tags) for choice in tag.choices))


@dataclass(frozen=True)
class Result:
    """The answer (models/base.py says what every answer has).

    customers   lazy, one row per customer: the id · segment (group, base where it is another group, both, rest) · the
                tags (tag_1, …; text, null without a value) · measures of orders or events · filled (attributes with a
                value)
    segments    segment · customers · customer_share · with orders revenue · revenue_share · monetary (mean)
    people      lazy, one row per customer: the id and every attribute, tags and models' groups too
    values      portrait_compare.VALUE_COLUMNS   attributes: portrait_compare.ATTRIBUTE_COLUMNS
    group_n, base_n  customers in the group and beside;  nested: whether those beside are all customers
    group_rule  what the group was chosen by, also where no group was set
    """

    customers: ibis.Table
    people: ibis.Table
    segments: pd.DataFrame
    values: pd.DataFrame
    attributes: pd.DataFrame
    known: tuple[Attribute, ...]
    tagged: Tagged
    group_n: int
    base_n: int
    nested: bool
    group_rule: Rule
    group_words: Text
    base_words: Text
    named: tuple[Segment, ...]
    columns: tuple[ListColumn, ...]
    segment_columns: tuple[ListColumn, ...]
    rank_by: str
    params: Params
    as_of: dt.date | None
    headline: dict[str, float]
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]

    def attribute(self, key: str) -> Attribute:
        """The attribute of a key."""
        return next(attribute for attribute in self.known if attribute.key == key)


def groups_of(params: Params) -> tuple[str, ...]:
    """The names of the saved groups that the settings speak of."""
    return tuple(dict.fromkeys(name for rule in params.rules for name in rule.groups))


def prepared(data: Dataset, params: Params) -> Worked:
    """Everything that rules can be matched against: attributes, models' groups, saved groups, tags.

    Raises DataError (data.no_attributes), ParamError.
    """
    found = people(data, day_of(data, params.as_of), params.refund_policy)
    if not found.compared:
        raise DataError(
            "data.no_attributes",
            msg("这份数据里没有能区分客户的列。"),
            msg("换一份带性别、地区、等级、消费这类列的表；全空的、每位客户都一样的列用不上。"),
        )
    return complete(found, data, params)


def complete(found: People, data: Dataset, params: Params) -> Worked:
    """People with what the rules of some settings speak of. Raises ParamError."""
    found = with_models(found, data, models_named(params.rules, data), params.as_of, params.refund_policy)
    return with_tags(with_groups(found, data, params.rules), read_tags(params.tags))


def day_of(data: Dataset, as_of: dt.date | None) -> dt.date | None:
    """The day that is counted to: the given one, or the day after the last record of the dated table."""
    if as_of is not None:
        return as_of
    dated = data.companion("lines") if data.kind == "customers" else data
    last = (dated or data).facts.last_at or data.facts.last_at
    return None if last is None else last.date() + dt.timedelta(days=1)


def analyze(data: Dataset, params: Params) -> Result:
    """Compare a group with all customers or with another group.

    Raises DataError (data.no_attributes, data.empty_group), ParamError for a rule that speaks of what is not there.
    """
    worked = prepared(data, params)
    rule = parse(params.group) if params.group.strip() else default_rule(worked)
    against = parse(params.against) if params.against.strip() else EVERYONE
    sides = _sides(worked, rule, against)
    counts = _count(sides, params)
    sides = replace(sides, nested=counts["both"] == counts["group"])
    defining = made_of(rule, worked) | (made_of(against, worked) if against != EVERYONE else frozenset())
    attributes = _chosen(worked, params.attributes)
    compared = compare(sides, attributes, bands=params.bands, min_n=params.min_n, defining=defining)
    return _result(data, params, _Found(worked, (rule, against), sides, counts, compared))


@dataclass(frozen=True)
class _Found:
    """What an analysis came to, before it is told. ``rules``: the group's and that of those beside."""

    worked: Worked
    rules: tuple[Rule, Rule]
    sides: Sides
    counts: dict[str, int]
    compared: Compared


def _sides(worked: Worked, rule: Rule, against: Rule) -> Sides:
    table = worked.people.table
    flagged = table.mutate(_group=worked.matcher.matches(rule), _base=worked.matcher.matches(against))
    return Sides(flagged.cache(), "_group", "_base", nested=True)


def _count(sides: Sides, params: Params) -> dict[str, int]:
    group, base = sides.table[sides.group].cast("int64"), sides.table[sides.base].cast("int64")
    row = sides.table.aggregate(all=sides.table.count(), group=group.sum(), base=base.sum(), both=(group * base).sum())
    found = {name: int(value or 0) for name, value in row.execute().iloc[0].items()}
    for side, text in (("group", params.group), ("base", params.against)):
        if found[side] == 0:
            raise DataError(
                "data.empty_group",
                msg("没有客户符合“{rule}”。", rule=text or "—"),
                msg("放宽条件，或者换一组。"),
            )
    return found


def _chosen(worked: Worked, names: Sequence[str]) -> tuple[Attribute, ...]:
    if not names:
        return worked.people.compared
    keys = {worked.attribute(name).key for name in names}
    return tuple(attribute for attribute in worked.people.attributes if attribute.key in keys)


def _result(data: Dataset, params: Params, found: _Found) -> Result:
    worked, rules, sides, counts, compared = found.worked, found.rules, found.sides, found.counts, found.compared
    known = worked.people.attributes
    customers, columns = _customers(worked, sides, everyone=rules[1] == EVERYONE)
    segments = segment_table(customers, valued=any(a.key == "monetary" for a in known))
    named = named_segments(rules, worked)
    held = set(segments["segment"])
    answer = Result(
        customers=customers, people=sides.table.select(worked.entity, *(a.key for a in known)), segments=segments,
        values=compared.values, attributes=compared.attributes, known=known, tagged=tagged(worked, sides.table),
        group_n=counts["group"], base_n=counts["base"], nested=sides.nested, group_rule=rules[0],
        group_words=named[0].name, base_words=msg("所有客户") if rules[1] == EVERYONE else named[1].name,
        named=tuple(segment for segment in named if segment.key in held), columns=columns,
        segment_columns=segment_columns(segments), rank_by=_rank_by(columns), params=params,
        as_of=day_of(data, params.as_of), headline=_headline(segments, counts), findings=(), method=(),
    )  # fmt: skip
    return replace(answer, findings=find(answer, compared), method=tell_method(data, answer, compared, worked, rules))


def _customers(worked: Worked, sides: Sides, *, everyone: bool) -> tuple[ibis.Table, tuple[ListColumn, ...]]:
    table, group, base = sides.table, sides.table[sides.group], sides.table[sides.base]
    beside = ibis.literal(REST) if everyone else ibis.ifelse(base, BASE, REST)
    segment = ibis.ifelse(group, ibis.literal(GROUP) if everyone else ibis.ifelse(base, BOTH, GROUP), beside)
    shown = [a for a in worked.people.attributes if a.source in ("tag", "model") or a.key in _MEASURES]
    cells = {a.key: table[a.key].cast("int64") if a.kind == "number" and a.whole else table[a.key] for a in shown}
    filled = [table[a.key].notnull().cast("int64") for a in worked.people.compared]
    customers = table.select(worked.entity, segment=segment, **cells, filled=sum(filled, ibis.literal(0)))
    columns = [_list_column(attribute) for attribute in shown]
    return customers, (*columns, ListColumn("filled", msg("有值的列数"), "int", default=False))


def _list_column(attribute: Attribute) -> ListColumn:
    if attribute.kind == "text":
        return ListColumn(attribute.key, attribute.label, "text", words=attribute.names)
    units = {"money": msg("{label}（元）", label=attribute.label), "days": msg("{label}（天）", label=attribute.label)}
    label = units.get(attribute.unit, attribute.label)
    kind = "int" if attribute.whole else "money" if attribute.unit == "money" else "number"
    return ListColumn(attribute.key, label, kind, default=attribute.key != "basket_value")  # type: ignore[arg-type]


def _rank_by(columns: Sequence[ListColumn]) -> str:
    names = [column.name for column in columns]
    return next(name for name in ("monetary", "events", "filled") if name in names)


def _headline(segments: pd.DataFrame, counts: dict[str, int]) -> dict[str, float]:
    numbers: dict[str, float] = {"customers": counts["all"], "group": counts["group"], "base": counts["base"]}
    if "revenue" in segments:
        mine = segments[segments["segment"].isin([GROUP, BOTH])]
        numbers["group_revenue"] = float(mine["revenue"].sum())
    return numbers


def count_matches(worked: Worked, rule: Rule) -> int:
    """How many customers fit a rule. Raises ParamError."""
    return int(worked.people.table.filter(worked.matcher.matches(rule)).count().execute())
