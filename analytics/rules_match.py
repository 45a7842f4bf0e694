"""Rules over a table: what a rule means in words, and the expression that says who fits it.

A column is found by its key or by what it is called in either language. An empty cell fits no condition but 为空:
``!=`` and 不包含 (lacks) leave empty cells out too. 前 20 % (top) takes equal values together and may hold a few more.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

import ibis

from analytics.errors import ParamError
from analytics.i18n import LANGUAGES, Lang, Text, either, join, msg, verbatim
from analytics.rules import Condition, Op, Rule

if TYPE_CHECKING:
    from analytics.groups import Group

_UNITS = {"万": 1e4, "亿": 1e8, "%": 0.01}
_EDGE = 1e-9  # 20 % of 10 is two, not two and the last bit of a float


@dataclass(frozen=True)
class RuleColumn:
    """A column that rules can speak of. ``key`` is its name in the table; ``names``: the words of its values, by key.

    also  what else it answers to, such as the user's header
    """

    key: str
    label: Text
    kind: Literal["text", "number"]
    names: tuple[tuple[str, Text], ...] = ()
    also: tuple[str, ...] = ()

    def called(self) -> set[str]:
        """Everything it answers to."""
        return {_plain(name) for name in (self.key, *self.also, *(self.label.in_language(lang) for lang in LANGUAGES))}


@dataclass(frozen=True)
class Matcher:
    """A table of one row per customer, its columns, and saved groups by name.

    members  name of a group → the boolean column of the table that says who is in it
    """

    table: ibis.Table
    columns: Sequence[RuleColumn]
    members: Mapping[str, str]

    def find(self, name: str) -> RuleColumn:
        """The column of that name. Raises ParamError (param.rule_column) with the nearest one."""
        return find_column(name, self.columns)

    def matches(self, rule: Rule) -> Any:
        """Whether a row fits: never null. Raises ParamError."""
        return reduce(lambda a, b: a | b, (reduce(lambda a, b: a & b, map(self._holds, part)) for part in rule.any_of))

    def _holds(self, condition: Condition) -> Any:  # noqa: PLR0911  # an operator a line
        if condition.op == "all":
            return ibis.literal(value=True)
        if condition.op in ("inside", "outside"):
            return self._member(condition)
        column = self.find(condition.column)
        cell = self.table[column.key]
        if condition.op in ("top", "bottom"):
            return _ranked(_number(cell, column, condition), condition)
        if condition.op in ("empty", "filled"):
            empty = cell.isnull() | (cell == "") if column.kind == "text" else cell.isnull()
            return empty if condition.op == "empty" else ~empty
        if condition.op in ("is", "is_not"):
            return _is_one_of(cell, column, condition)
        if condition.op in ("contains", "lacks"):
            return _contains(cell, column, condition)
        limit = as_number(condition.values[0], column.label)
        number = _number(cell, column, condition)
        compared = {
            "above": number > limit, "at_least": number >= limit, "below": number < limit, "at_most": number <= limit,
        }  # fmt: skip
        return compared[condition.op].fill_null(ibis.literal(value=False))

    def _member(self, condition: Condition) -> Any:
        name = condition.values[0]
        if name not in self.members:
            raise ParamError(
                "param.unknown_group",
                msg("没有叫“{name}”的分组。", name=name),
                msg("可用的分组：{names}。", names="、".join(self.members) or "—"),
            )
        inside = self.table[self.members[name]]
        return inside if condition.op == "inside" else ~inside


def find_column(name: str, columns: Sequence[RuleColumn]) -> RuleColumn:
    """The column that a name means. Raises ParamError (param.rule_column) with the nearest name."""
    for exact in (True, False):  # a column's own name goes before what another one also answers to
        for column in columns:
            if _plain(name) in (column if not exact else replace(column, also=())).called():
                return column
    shown = {str(column.label): column for column in columns} | {column.key: column for column in columns}
    near = difflib.get_close_matches(name, shown, n=1, cutoff=0.5)
    names = join([column.label for column in columns[:30]]) if columns else verbatim("—")
    hint = (
        msg("是不是 {near}？可用：{names}。", near=near[0], names=names)
        if near
        else msg("可用：{names}。", names=names)
    )
    raise ParamError("param.rule_column", msg("条件里的“{name}”不是这里的列。", name=name), hint)


def with_members(
    table: ibis.Table, entity: str, names: Sequence[str], groups: Sequence[Group], engine: Any
) -> tuple[ibis.Table, dict[str, str]]:
    """The table with a boolean column for each group named, and which column is whose; unknown groups are left out."""
    known = {group.name: group for group in groups}
    members: dict[str, str] = {}
    for name in names:
        if name not in known or name in members:
            continue
        column = f"member_{len(members)}"
        ids = known[name].ids(engine).select(_member="id").distinct().mutate(**{column: ibis.literal(value=True)})
        joined = table.left_join(ids, table[entity].cast("string") == ids["_member"])
        kept = {old: joined[old] for old in table.columns}
        table = joined.select(**kept, **{column: joined[column].fill_null(ibis.literal(value=False))})
        members[name] = column
    return table, members


def words(rule: Rule, columns: Sequence[RuleColumn]) -> Text:
    """What a rule says, in a sentence's words. Raises ParamError for an unknown column."""
    told = []
    for part in rule.any_of:
        spoken = [_spoken(condition, columns) for condition in part]
        told.append(reduce(lambda a, b: msg("{before}，且{after}", before=a, after=b), spoken))
    return reduce(lambda a, b: msg("{before}；或者{after}", before=a, after=b), told)


def readable(rule: Rule, columns: Sequence[RuleColumn], lang: Lang) -> str:
    """A rule as typed, its columns called by their labels. Raises ParamError for an unknown column."""

    def named(condition: Condition) -> Condition:
        if not condition.column:
            return condition
        return replace(condition, column=find_column(condition.column, columns).label.in_language(lang))

    return Rule(tuple(tuple(map(named, part)) for part in rule.any_of)).write(lang)


def short_name(rule: Rule, columns: Sequence[RuleColumn]) -> Text:
    """What to call those whom a rule fits: the group's or the segment's own name where the rule is just that."""
    if len(rule.conditions) == 1:
        condition = rule.conditions[0]
        if condition.op == "inside":
            return verbatim(condition.values[0])
        if condition.op == "is" and condition.column:
            column = find_column(condition.column, columns)
            if column.names:
                return either([_worded(value, column) for value in condition.values])
    return words(rule, columns)


def _spoken(condition: Condition, columns: Sequence[RuleColumn]) -> Text:
    if condition.op == "all":
        return msg("全部客户")
    if condition.op in ("inside", "outside"):
        name = verbatim(condition.values[0])
        return msg("在“{name}”里", name=name) if condition.op == "inside" else msg("不在“{name}”里", name=name)
    column = find_column(condition.column, columns)
    values = [_worded(value, column) for value in condition.values]
    said: Text = SPOKEN_OPS[condition.op](column.label, either(values) if values else verbatim(""))
    return said


SPOKEN_OPS: dict[Op, Any] = {
    "is": lambda c, v: msg("{column}：{value}", column=c, value=v),
    "is_not": lambda c, v: msg("{column}不是{value}", column=c, value=v),
    "above": lambda c, v: msg("{column}大于 {value}", column=c, value=v),
    "at_least": lambda c, v: msg("{column}不低于 {value}", column=c, value=v),
    "below": lambda c, v: msg("{column}小于 {value}", column=c, value=v),
    "at_most": lambda c, v: msg("{column}不高于 {value}", column=c, value=v),
    "contains": lambda c, v: msg("{column}含有“{value}”", column=c, value=v),
    "lacks": lambda c, v: msg("{column}不含“{value}”", column=c, value=v),
    "empty": lambda c, _: msg("{column}是空的", column=c),
    "filled": lambda c, _: msg("{column}有值", column=c),
    "top": lambda c, v: msg("{column}最高的 {value}%", column=c, value=v),
    "bottom": lambda c, v: msg("{column}最低的 {value}%", column=c, value=v),
}


def _worded(value: str, column: RuleColumn) -> Text:
    if value == "":
        return msg("（空）")
    return dict(column.names).get(_key(value, column), verbatim(value))


def _key(value: str, column: RuleColumn) -> str:
    """The key of a named value from its key or its name in either language; another value as it is."""
    for key, name in column.names:
        if _plain(value) in {_plain(key), *(_plain(name.in_language(lang)) for lang in LANGUAGES)}:
            return key
    return value


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().replace("’", "'")


def as_number(text: str, label: Text) -> float:
    """500, ¥1,200, 1.5万, 30%. Raises ParamError (param.rule_number)."""
    plain = text.replace(",", "").replace("¥", "").replace("，", "").strip()
    factor = _UNITS.get(plain[-1:], 1.0)
    try:
        number = float(plain[:-1] if factor != 1.0 else plain) * factor
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ParamError(
            "param.rule_number",
            msg("“{column}”要和数字比，“{value}”不是数字。", column=label, value=text),
            msg("写成数字，比如 500、1.5万、30%。"),
        )
    return number


def _number(cell: Any, column: RuleColumn, condition: Condition) -> Any:
    if column.kind == "number":
        return cell.cast("float64")
    if column.names:
        raise ParamError(
            "param.rule_op",
            msg("“{column}”是文字，不能比大小（{op}）。", column=column.label, op=condition.write()),
            msg("改用“是”或“不是”。"),
        )
    return cell.try_cast("float64")


def _is_one_of(cell: Any, column: RuleColumn, condition: Condition) -> Any:
    given = [value for value in condition.values if value != ""]
    if column.kind == "number":
        empty, fits = (
            cell.isnull(),
            cell.cast("float64").isin([as_number(v, column.label) for v in given] or [math.nan]),
        )
    else:
        keys = [_known_key(value, column) for value in given]
        empty, fits = cell.isnull() | (cell == ""), cell.isin(keys or [""])
    fits = fits.fill_null(ibis.literal(value=False)) & ~empty
    found = fits | empty if "" in condition.values else fits
    return found if condition.op == "is" else ~found & ~empty


def _known_key(value: str, column: RuleColumn) -> str:
    """A named value must be one of those there are: a typing error would find nobody, in silence."""
    key = _key(value, column)
    if column.names and key not in dict(column.names):
        names = [str(name) for _, name in column.names]
        near = difflib.get_close_matches(value, names, n=1)
        hint = (
            msg("是不是 {near}？可用：{names}。", near=near[0], names="、".join(names)) if near
            else msg("可用：{names}。", names="、".join(names))
        )  # fmt: skip
        raise ParamError("param.rule_value", msg("“{column}”里没有“{value}”。", column=column.label, value=value), hint)
    return key


def _contains(cell: Any, column: RuleColumn, condition: Condition) -> Any:
    text = cell if column.kind == "text" else cell.cast("string")
    found = text.lower().contains(ibis.literal(condition.values[0].lower()))
    filled = text.notnull() & (text != "")
    return ((found if condition.op == "contains" else ~found) & filled).fill_null(ibis.literal(value=False))


def _ranked(number: Any, condition: Condition) -> Any:
    share = float(condition.values[0]) / 100
    order = number.desc(nulls_first=False) if condition.op == "top" else number.asc(nulls_first=False)
    before = ibis.rank().over(ibis.window(order_by=order))
    return (number.notnull() & (before < number.count().over(ibis.window()) * share - _EDGE)).fill_null(
        ibis.literal(value=False)
    )
