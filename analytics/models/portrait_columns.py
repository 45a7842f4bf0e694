"""Columns that are worked out before customers are compared: the groups of other models, tags, who is in a group.

The groups of a model are those with its default settings and the portrait's day and refund policy. Whoever already has
them (a page that has run the model) hands them over in ``Dataset.segmented``, so that nothing is computed twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis

from analytics.errors import AnalyticsError
from analytics.i18n import Text, msg, verbatim
from analytics.models.portrait_attributes import Attribute, People
from analytics.rules import Rule
from analytics.rules_match import Matcher, find_column, with_members
from analytics.tags import Tag

if TYPE_CHECKING:
    import datetime as dt

    from analytics.dataset import Dataset

# Model → what its groups are called as a column, and the kinds of table it runs on.
MODEL_GROUPS: dict[str, tuple[Text, Text, tuple[str, ...]]] = {
    "rfm": (msg("RFM 分层"), msg("RFM 页用默认设置分的层"), ("lines",)),
    "lifecycle": (msg("生命周期阶段"), msg("生命周期页用默认设置分的阶段"), ("lines", "events")),
    "clusters": (msg("聚类分群"), msg("聚类页用默认设置分的群"), ("lines", "customers")),
}
_ALSO_CALLED = {"rfm": "RFM", "lifecycle": "lifecycle", "clusters": "clusters"}
# What a model's groups are made of: a group chosen by them differs in these by definition.
MADE_OF: dict[str, frozenset[str]] = {
    "rfm": frozenset({"recency_days", "frequency", "monetary"}),
    "lifecycle": frozenset({"recency_days", "gap_days", "active_days"}),
    "clusters": frozenset({"recency_days", "frequency", "basket_value"}),
}


@dataclass(frozen=True)
class Worked:
    """People with worked-out columns. ``members``: group name → the boolean column that says who is in it."""

    people: People
    entity: str
    tags: tuple[Tag, ...] = ()
    members: tuple[tuple[str, str], ...] = ()

    @property
    def matcher(self) -> Matcher:
        """What rules are matched against."""
        return Matcher(self.people.table, [a.column for a in self.people.attributes], dict(self.members))

    def attribute(self, name: str) -> Attribute:
        """The attribute that a rule means. Raises ParamError."""
        key = find_column(name, [a.column for a in self.people.attributes]).key
        return next(a for a in self.people.attributes if a.key == key)


def models_for(data: Dataset) -> tuple[str, ...]:
    """The models whose groups these data can have."""
    have = {data.kind} | ({"lines"} if data.companion("lines") is not None else set())
    return tuple(key for key, (_, _, kinds) in MODEL_GROUPS.items() if have & set(kinds))


def models_named(rules: Iterable[Rule], data: Dataset) -> tuple[str, ...]:
    """The models whose groups some rules speak of."""
    spoken = {name.strip().casefold() for rule in rules for name in rule.columns}
    return tuple(
        key for key in models_for(data)
        if spoken & {key, *(MODEL_GROUPS[key][0].in_language(lang).casefold() for lang in ("zh", "en"))}
    )  # fmt: skip


def table_for(key: str, data: Dataset) -> Dataset:
    """The table that a model runs on: the orders where there are any."""
    kinds = MODEL_GROUPS[key][2]
    lines = data.companion("lines")
    return lines if data.kind not in kinds[:1] and "lines" in kinds and lines is not None else data


def with_models(found: People, data: Dataset, keys: Sequence[str], as_of: dt.date | None, policy: str) -> People:
    """The people with a column for each model's groups. Raises what the models raise."""
    for key in keys:
        customers, named = _segments(key, data, as_of, policy)
        label, meaning, _ = MODEL_GROUPS[key]
        ids = customers.columns[0]
        part = customers.select(_key=customers[ids], **{key: customers[customers.columns[1]]})
        entity = found.table.columns[0]
        joined = found.table.left_join(part, found.table[entity] == part["_key"])
        attribute = Attribute(key, label, meaning, "text", "model", names=named)
        table = joined.select(*found.table.columns, key).cache()
        found = replace(found, table=table, attributes=(*found.attributes, attribute))
    return found


def _segments(
    key: str, data: Dataset, as_of: dt.date | None, policy: str
) -> tuple[ibis.Table, tuple[tuple[str, Text], ...]]:
    """A model's customers (id and segment), and what its segments are called."""
    for given in data.segmented:
        if given.model == key and (given.as_of, given.policy) == (as_of, policy):
            return data.engine.read_parquet(given.path).select(given.entity, "segment"), given.names
    from analytics.catalog import model  # it names this model too

    entry, table = model(key), table_for(key, data)
    answer = entry.analyze(table, settings(key, table, as_of, policy))
    return answer.customers.select(table.entity, "segment"), names_of(answer)


def settings(key: str, table: Dataset, as_of: dt.date | None, policy: str) -> Any:
    """The default settings of a model, on the portrait's day and with its refund policy."""
    from analytics.catalog import model

    params = model(key).params()
    known = {field.name for field in dataclasses.fields(params)}
    wanted = {"as_of": as_of, "refund_policy": policy} if table.kind in ("lines", "events") else {}
    return replace(params, **{name: value for name, value in wanted.items() if name in known})


def names_of(answer: Any) -> tuple[tuple[str, Text], ...]:
    """Key and name of each segment of an answer that has members."""
    present = set(answer.segments["segment"])
    return tuple((segment.key, segment.name) for segment in answer.named if segment.key in present)


def with_groups(found: People, data: Dataset, rules: Sequence[Rule]) -> Worked:
    """The people with who is in which of the groups that the rules speak of."""
    entity = found.table.columns[0]
    names = list(dict.fromkeys(name for rule in rules for name in rule.groups))
    table, members = with_members(found.table, entity, names, data.groups, data.engine)
    return Worked(replace(found, table=table), entity, members=tuple(members.items()))


def with_tags(worked: Worked, tags: Sequence[Tag]) -> Worked:
    """The people with a column for each tag; a tag's rules may speak of the tags before it. Raises ParamError."""
    for at, tag in enumerate(tags):
        key, matcher = tag_key(at), worked.matcher
        fits = {fits_key(at, place): matcher.matches(choice.rule) for place, choice in enumerate(tag.choices)}
        table = worked.people.table.mutate(**fits)
        branches = [(table[fit], choice.value) for fit, choice in zip(fits, tag.choices, strict=True)]
        table = table.mutate(**{key: ibis.cases(*branches, else_=ibis.null("string"))})
        attribute = Attribute(key, verbatim(tag.name), msg("自己打的标签"), "text", "tag")
        kept = [a for a in worked.people.attributes if str(a.label) != tag.name]  # a tag hides a column of its name
        worked = replace(worked, people=replace(worked.people, table=table, attributes=(*kept, attribute)))
    return replace(worked, tags=tuple(tags))


def tag_key(at: int) -> str:
    """The column of the tag at a place."""
    return f"tag_{at + 1}"


def fits_key(at: int, place: int) -> str:
    """The boolean column that says whom the rule at a place of a tag fits."""
    return f"fits_{at + 1}_{place + 1}"


def made_of(rule: Rule, worked: Worked) -> frozenset[str]:
    """The attributes that a rule is made of, down to those behind tags and models' groups."""
    return _behind(rule, worked, frozenset())


def _behind(rule: Rule, worked: Worked, seen: frozenset[str]) -> frozenset[str]:
    found = set(seen)
    for name in rule.columns:
        try:
            key = worked.attribute(name).key
        except AnalyticsError:  # a column that a tag has hidden
            continue
        if key in found:
            continue
        found |= {key} | MADE_OF.get(key, frozenset())
        for at, tag in enumerate(worked.tags):
            if key == tag_key(at):
                for choice in tag.choices:
                    found |= _behind(choice.rule, worked, frozenset(found))
    return frozenset(found)
