"""Saved groups: lists of customer ids under a name, made on one page and used on others.

A group is a Parquet file with one text column ``id``, without duplicates. It says who, never why: what the group means
stands in ``origin``, in the words of the page that made it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.errors import DataError, ParamError
from analytics.expressions import trimmed
from analytics.i18n import Text, msg, verbatim

if TYPE_CHECKING:
    import ibis

    from analytics.engine import Engine
    from analytics.intake.raw import RawTable

ID = "id"
NAME_CHARS = 40
NOWHERE = verbatim("")


@dataclass(frozen=True)
class Group:
    """A group by its name; ``path`` is where its ids lie; ``origin`` says where it came from."""

    name: str
    path: Path
    origin: Text = NOWHERE
    members: int = 0

    def __repr__(self) -> str:
        """What tells one group from another in a cache's key: the file, which is never written twice."""
        return f"Group({self.name!r}, {self.path.name!r})"

    def ids(self, engine: Engine) -> ibis.Table:
        """The ids as a lazy table of one column ``id``."""
        return engine.read_parquet(self.path)


def content(group: Group) -> str:
    """sha256 over a group's name and members: the same for the same people, wherever their file lies."""
    return hashlib.sha256(f"{group.name}\n{_members_digest(group.path)}".encode()).hexdigest()


@lru_cache(maxsize=200)
def _members_digest(path: Path) -> str:
    """A group's file is never written twice, so that its path stands for what it holds."""
    import pyarrow.parquet as pq

    ids = pq.read_table(path).column(ID).to_pylist()
    return hashlib.sha256("\n".join(sorted(map(str, ids))).encode()).hexdigest()


def check_name(name: str) -> str:
    """The name without blanks around it. Raises ParamError for an empty or a long one."""
    plain = " ".join(name.split())
    if not 0 < len(plain) <= NAME_CHARS:
        raise ParamError(
            "param.group_name",
            msg("分组要有名字，不超过 {most:int} 个字。", most=NAME_CHARS),
            msg("比如“春季召回名单”。"),
        )
    return plain


def write_ids(table: ibis.Table, column: str, path: Path, engine: Engine) -> int:
    """Write the distinct values of a column as a group's file; returns how many there are."""
    ids = table.select(**{ID: table[column].cast("string")})
    return engine.write_parquet(ids.filter(ids[ID].notnull() & (ids[ID] != "")).distinct(), path)


def group_from_file(raw: RawTable, path: Path, engine: Engine) -> Group:
    """A group from an uploaded list: the column that looks like a customer id, else the first one.

    Raises DataError (data.no_ids) when that column is empty.
    """
    from analytics.intake.recognise import recognise

    mapping = recognise(raw).mapping
    header = mapping.column("customer_id") or mapping.column("user_id") or raw.columns[0]
    rows = engine.read_parquet(raw.path)
    # An id that our own csv has guarded against becoming a formula comes back as it was (export/safe.py).
    ids = trimmed(rows[raw.disk_name(header)]).re_replace(r"^'([=+\-@])", r"\1")
    members = write_ids(rows.mutate(**{ID: ids}), ID, path, engine)
    if members == 0:
        raise DataError(
            "data.no_ids",
            msg("“{name}”的“{column}”列里没有编号。", name=raw.file_name, column=header),
            msg("放一列客户编号，一行一个。"),
        )
    return Group(raw.file_name, path, msg("文件“{name}”的“{column}”列", name=raw.file_name, column=header), members)


def narrowed(table: ibis.Table, entity: str, groups: Sequence[Group], engine: Engine, *, keep: bool) -> ibis.Table:
    """The rows whose entity is in any of the groups (``keep``), or in none of them."""
    import ibis

    for_each = [group.ids(engine) for group in groups]
    if not for_each:
        return table
    ids = ibis.union(*for_each, distinct=True) if len(for_each) > 1 else for_each[0]
    keyed = table.mutate(_id=table[entity].cast("string"))
    joined = keyed.semi_join(ids, keyed["_id"] == ids[ID]) if keep else keyed.anti_join(ids, keyed["_id"] == ids[ID])
    return joined.drop("_id")
