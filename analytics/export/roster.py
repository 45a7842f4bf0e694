"""Who can be on a list and what can be said of them: a model's customers, with the attributes that their files give.

A customer's region, channel and other attributes are those of their latest row (the highest row number among rows of
the same time). A customer file beside the data adds its columns, under names that begin with "profile_".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis

from analytics.dataset import MOMENT, Dataset
from analytics.errors import ParamError
from analytics.fields import ROLES
from analytics.groups import Group
from analytics.i18n import Text, msg
from analytics.models.base import Answer, CellType, ListColumn, Segment

PROFILE = "profile_"
_PEOPLE = ("customer_name", "phone")
_SHOWN = ("region", "city", "channel", "store")


@dataclass(frozen=True)
class Roster:
    """What lists are made from. ``customers``, ``columns``, ``rank_by`` and ``named`` are those of an Answer.

    groups  the saved groups that a list can be narrowed by
    """

    data: Dataset
    customers: ibis.Table
    columns: tuple[ListColumn, ...]
    rank_by: str
    named: tuple[Segment, ...]
    groups: tuple[Group, ...] = ()

    @staticmethod
    def of(data: Dataset, answer: Answer, groups: Sequence[Group] = ()) -> Roster:
        """The roster of a model's answer."""
        return Roster(data, answer.customers, answer.columns, answer.rank_by, answer.named, tuple(groups))

    def group(self, name: str) -> Group:
        """A saved group by its name. Raises ParamError (param.unknown_group)."""
        for group in self.groups:
            if group.name == name:
                return group
        raise ParamError(
            "param.unknown_group",
            msg("没有叫“{name}”的分组。", name=name),
            msg("可用的分组：{names}。", names="、".join(group.name for group in self.groups) or "—"),
        )

    def over(self, data: Dataset, customers: ibis.Table) -> Roster:
        """The same roster over tables of another engine."""
        return replace(self, data=data, customers=customers)

    @property
    def segment_names(self) -> Mapping[str, Text]:
        """Key → name, in display order."""
        return {segment.key: segment.name for segment in self.named}

    def list_columns(self) -> tuple[ListColumn, ...]:
        """The columns that can be chosen and filtered on, in the order of the default list."""
        taken = {column.name for column in self.columns} | {self.data.entity, "segment"}
        own = [name for name in self.data.attributes() if name not in taken]
        people = [name for name in _PEOPLE if name in own]
        id_type: CellType = "int" if self.data.entity == "row_id" else "text"
        profile = self.profile_columns()
        return (
            ListColumn(self.data.entity, self.data.label(self.data.entity), id_type),
            *(_attribute(self.data, name, default=True) for name in people),
            *(column for column in profile if column.default),
            ListColumn("segment", msg("分层"), "text"),
            *self.columns,
            *(_attribute(self.data, name, default=name in _SHOWN) for name in own if name not in people),
            *(column for column in profile if not column.default),
        )

    def profile_columns(self) -> tuple[ListColumn, ...]:
        """The columns of the customer file beside the data; of those, whom to call is shown by default."""
        profile = self._profile()
        if profile is None:
            return ()
        have = set(self.data.attributes())
        return tuple(
            replace(_attribute(profile, name, default=name in _PEOPLE and name not in have), name=f"{PROFILE}{name}")
            for name in profile.attributes()
        )

    def with_attributes(self, needed: set[str]) -> ibis.Table:
        """``customers`` with those of the needed columns that are attributes."""
        own = {column.name for column in self.columns}
        table = self.customers
        attributes = [name for name in self.data.attributes() if name in needed and name not in own]
        if attributes:
            table = _joined(table, _latest(self.data, attributes), self.data.entity)
        profile = self._profile()
        wanted = [c.name.removeprefix(PROFILE) for c in self.profile_columns() if c.name in needed]
        if profile is not None and wanted:
            latest = _latest(profile, wanted)
            columns = {f"{PROFILE}{name}": latest[name] for name in wanted} | {self.data.entity: latest[profile.entity]}
            table = _joined(table, latest.select(**columns), self.data.entity)
        return table

    def _profile(self) -> Dataset | None:
        return self.data.companion("customers") if self.data.kind in ("lines", "events") else None


def _attribute(data: Dataset, name: str, *, default: bool) -> ListColumn:
    number = name in ROLES and ROLES[name].value_type == "number"
    return ListColumn(name, data.label(name), "number" if number else "text", default)


def _latest(data: Dataset, attributes: list[str]) -> ibis.Table:
    """One row per entity: the attributes of its latest row."""
    at = MOMENT[data.kind] if MOMENT[data.kind] in data.main.columns else "row_id"
    rows = data.main.select(*dict.fromkeys([data.entity, at, "row_id", *attributes]))
    newest = ibis.row_number().over(
        group_by=data.entity, order_by=[rows[at].desc(nulls_first=False), rows.row_id.desc()]
    )
    ranked = rows.mutate(_newest=newest)
    return ranked.filter(ranked["_newest"] == 0).select(data.entity, *attributes)


def _joined(table: ibis.Table, attributes: ibis.Table, entity: str) -> ibis.Table:
    names = [name for name in attributes.columns if name != entity]
    return table.left_join(attributes, entity).select(*table.columns, *names)
