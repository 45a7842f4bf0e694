"""What the portrait page works on: the data with the saved groups and the models' groups that its rules speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from analytics.catalog import model
from analytics.dataset import Dataset, Segmented
from analytics.errors import AnalyticsError
from analytics.i18n import verbatim
from analytics.models import portrait
from analytics.models.portrait import Params, Result
from analytics.models.portrait_attributes import Attribute, People
from analytics.models.portrait_columns import (
    MODEL_GROUPS,
    Worked,
    models_for,
    models_named,
    names_of,
    settings,
    table_for,
)
from analytics.rules import parse
from analytics.tags import read_tags
from ui import cached, groups

if TYPE_CHECKING:
    from analytics.i18n import Text

_MENU_VALUES = 300


@dataclass(frozen=True)
class Basis:
    """What rules are written over: everybody's attributes, before any rule."""

    data: Dataset
    params: Params
    table: ibis.Table
    attributes: tuple[Attribute, ...]

    def worked(self, params: Params) -> Worked:
        """The people with what the rules of some settings speak of. Raises ParamError."""
        found = People(self.table, self.attributes)
        return portrait.complete(found, ready(self.data, params), params)

    def count(self, rule: str) -> int:
        """How many customers fit a rule. Raises ParamError."""
        params = Params(
            group=rule, as_of=self.params.as_of, refund_policy=self.params.refund_policy, tags=self.params.tags
        )
        data = ready(self.data, params)
        return cached.remembered(
            "portrait.count",
            data,
            (rule, params),
            lambda: portrait.count_matches(self.worked(params), parse(rule)),
        )

    @property
    def columns(self) -> tuple[Attribute, ...]:
        """What conditions can be put together from: attributes, saved tags, groups of models (their values later)."""
        tags = [
            Attribute(tag.name, verbatim(tag.name), verbatim(tag.name), "text", "tag",
                      names=tuple((choice.value, verbatim(choice.value)) for choice in tag.choices))
            for tag in read_tags(self.params.tags)
        ]  # fmt: skip
        told = ((key, *MODEL_GROUPS[key]) for key in models_for(self.data))
        models_of = [Attribute(key, label, meaning, "text", "model") for key, label, meaning, _ in told]
        return (*self.attributes, *tags, *models_of)

    def values(self, attribute: Attribute) -> list[str]:
        """The values of a column of the table, the commonest first."""
        return cached.remembered(
            "portrait.values",
            self.data,
            (attribute.key, self.params.as_of, self.params.refund_policy),
            lambda: _values(self.table, attribute.key),
        )


def _values(table: ibis.Table, key: str) -> list[str]:
    counts = table.filter(table[key].notnull()).group_by(value=table[key]).agg(n=lambda t: t.count())
    frame = counts.order_by(ibis.desc("n"), "value").limit(_MENU_VALUES).execute()
    return [str(value) for value in frame["value"]]


def basis(data: Dataset, params: Params) -> Basis:
    """Everybody's attributes on the settings' day. Raises what the analysis raises."""
    plain = Params(as_of=params.as_of, refund_policy=params.refund_policy)
    answer: Result = cached.analyzed("portrait", data, plain)
    return Basis(data, params, answer.people, answer.known)


def ready(data: Dataset, params: Params) -> Dataset:
    """The data with the saved groups and the models' groups that the settings' rules speak of."""
    names = portrait.groups_of(params)
    chosen = [group for group in groups.saved(data) if group.name in names]
    return data.with_groups(chosen, [segmented(data, key, params) for key in models_named(params.rules, data)])


def segmented(data: Dataset, key: str, params: Params) -> Segmented:
    """A model's groups with its default settings, as its own page would have them. Raises what the model raises."""
    table = table_for(key, data)
    asked = settings(key, table, params.as_of, params.refund_policy)
    answer = cached.analyzed(key, table, asked)
    path = cached.stored_table(key, table, asked, "customers")
    return Segmented(key, path, table.entity, names_of(answer), params.as_of, params.refund_policy)


def model_names(data: Dataset, key: str, params: Params) -> Sequence[tuple[str, Text]]:
    """What a model's groups are called, by key; none when the model cannot run on these data."""
    try:
        return segmented(data, key, params).names
    except AnalyticsError:
        return ()


def models(data: Dataset) -> dict[str, Text]:
    """The models whose groups can be used here, with their titles."""
    return {key: model(key).title for key in models_for(data)}
