"""Which column plays which role, and why the recogniser thought so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.errors import MappingError
from analytics.fields import KINDS, ROLES, SUBSTITUTES, Kind
from analytics.i18n import Text, msg

DateOrder = Literal["ymd", "dmy", "mdy"]


@dataclass(frozen=True)
class Mapping:
    """A table's kind and its roles, by header name and never by position.

    roles       ((role, header), …), one header a role and one role a header, in the order of KINDS
    date_order  how 03/04/2024 is read; ymd also stands for "no such cell in the file"
    """

    kind: Kind
    roles: tuple[tuple[str, str], ...]
    date_order: DateOrder = "ymd"

    def column(self, role: str) -> str | None:
        """The header that plays a role."""
        return dict(self.roles).get(role)

    def missing(self) -> tuple[str, ...]:
        """Roles the kind must have that neither a column nor a substitute plays."""
        have = {role for role, _ in self.roles}
        return tuple(
            role
            for role in KINDS[self.kind].must
            if role not in have and not (role in SUBSTITUTES and have.issuperset(SUBSTITUTES[role]))
        )

    def check(self, columns: tuple[str, ...]) -> None:
        """Raise MappingError unless every role is known, every header is in the table and nothing is missing."""
        kind = KINDS[self.kind]
        for role, header in self.roles:
            if role not in kind.must + kind.can:
                raise MappingError(
                    "mapping.unknown_role",
                    msg("{kind}表没有“{role}”这个字段。", kind=kind.title, role=role),
                    msg("可用的字段：{roles}。", roles="、".join(kind.must + kind.can)),
                )
            if header not in columns:
                raise MappingError(
                    "mapping.unknown_column",
                    msg("表里没有“{column}”这一列。", column=header),
                    msg("表里的列：{columns}。", columns="、".join(columns[:30])),
                )
        headers = [header for _, header in self.roles]
        twice = next((h for h in headers if headers.count(h) > 1), None)
        if twice is not None:
            raise MappingError(
                "mapping.column_twice",
                msg("“{column}”这一列被指定了两次。", column=twice),
                msg("一列只能对应一个字段，请改掉其中一个。"),
            )
        for role in self.missing():
            raise MappingError(
                "mapping.missing_role",
                msg("还没有指定“{role}”是哪一列。", role=ROLES[role].title),
                msg("在列对应表里选一列：{meaning}。", meaning=ROLES[role].meaning),
            )


@dataclass(frozen=True)
class Guess:
    """What the recogniser proposes.

    reasons   role → why this column, in words
    warnings  what the user should look at before confirming, such as an id that Excel has damaged
    sure      False when the user should be asked before anything is computed
    """

    mapping: Mapping
    reasons: tuple[tuple[str, Text], ...]
    warnings: tuple[Text, ...] = ()
    sure: bool = True
