"""A prepared dataset: canonical Parquet tables in one folder, and the facts about how they came to be.

A folder holds ``manifest.json`` and the tables below. It is written whole by intake/prepare.py and never changed.

    lines.parquet      (kind "lines") one row per order line
        row_id int64 unique · source_row int64 · customer_id str · order_id str · ordered_at timestamp
        gross, refund, amount  decimal(18,4): what was sold, what of it came back, gross − refund.
            A line that only takes money back (a negative amount) has gross 0 and refund > 0.
        then the other roles that were mapped (quantity float64, product str, …) and extras x0, x1, … (str)
    orders.parquet     (kind "lines") one row per order and customer
        order_id · customer_id · ordered_at (earliest line) · gross · refund · amount · lines int64 · quantity float64
    order_steps.parquet  (kind "lines", where the file has paid_at, shipped_at or finished_at) lines that were not paid
        too: row_id · customer_id · order_id · ordered_at · amount (as in the file) · those times · other roles, extras
    baskets.parquet    (kind "baskets") one row per basket and filled cell
        row_id int64 unique · source_row int64 · order_id str (without such a column the line's number) · product str
    events / customers / reviews / ratings.parquet   (other kinds) row_id, source_row, typed roles, extras
    left_out.parquet   source_row int64 · reason str · content str · file str
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from analytics.fields import ROLES, Kind
from analytics.groups import Group, content
from analytics.i18n import Text, msg, verbatim

if TYPE_CHECKING:
    import ibis

    from analytics.engine import Engine

Severity = Literal["info", "warn", "error"]
# The column that tells one customer (user, review) from another, and the main date, by kind of table.
ENTITY: dict[Kind, str] = {
    "lines": "customer_id", "events": "user_id", "customers": "customer_id", "reviews": "row_id",
    "ratings": "customer_id", "baskets": "order_id",
}  # fmt: skip
MOMENT: dict[Kind, str] = {
    "lines": "ordered_at", "events": "occurred_at", "customers": "registered_at", "reviews": "reviewed_at",
    "ratings": "rated_at", "baskets": "ordered_at",
}  # fmt: skip


@dataclass(frozen=True)
class Extra:
    """A user's own column: its name in the tables (x0) and its header."""

    name: str
    label: str


@dataclass(frozen=True)
class Issue:
    """Something about the data that the user should know. ``rows`` are the first source rows concerned."""

    code: str
    severity: Severity
    text: Text
    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """Rows that no model sees, for one reason (a key of intake.raw.REASONS)."""

    reason: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Facts:
    """Counts a reader checks first. Amounts are in the file's currency; None where the kind has no such thing.

    rows_read = rows_used + sum of left_out; rows are those of the file
    date_only  every timestamp of the main date falls on midnight
    """

    rows_read: int
    rows_used: int
    left_out: tuple[LeftOut, ...]
    duplicate_rows: int
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    date_only: bool
    entities: int  # customers, users, baskets or, for reviews, texts
    orders: int | None = None
    gross: float | None = None
    refund: float | None = None
    refund_orders: int | None = None
    items: int | None = None  # different products, where a row lists them

    @property
    def span_days(self) -> int:
        """Calendar days from the first to the last record, both counted; 0 without dates."""
        if self.first_at is None or self.last_at is None:
            return 0
        return (self.last_at.date() - self.first_at.date()).days + 1


@dataclass(frozen=True)
class Manifest:
    """Everything about a dataset but its rows."""

    digest: str
    kind: Kind
    names: tuple[str, ...]  # the source files (and sheets), as shown to people
    roles: tuple[tuple[str, str], ...]  # role → header in the source
    extras: tuple[Extra, ...]
    facts: Facts
    issues: tuple[Issue, ...]
    order_rule: Literal["order_id", "customer_time", "customer_day"] = "order_id"


@dataclass(frozen=True)
class Segmented:
    """What a model has already said of these data: a Parquet file of ``entity`` and segment, and the segments' names.

    as_of, policy  the day and the refund policy it was asked with; everything else was the model's default
    """

    model: str
    path: Path
    entity: str
    names: tuple[tuple[str, Text], ...]
    as_of: dt.date | None
    policy: str


@dataclass(frozen=True)
class Dataset:
    """A dataset opened over an engine. Tables are lazy; nothing is read until something is executed.

    beside     other datasets of the same visitor, one of a kind at the most, for models that can use them
    groups     saved groups that a model's settings speak of
    segmented  answers of other models that this one may use instead of working them out; they change no result
    """

    folder: Path
    engine: Engine
    manifest: Manifest
    beside: tuple[Dataset, ...] = ()
    groups: tuple[Group, ...] = ()
    segmented: tuple[Segmented, ...] = ()

    @staticmethod
    def open(folder: Path, engine: Engine) -> Dataset:
        """Open a folder that intake.prepare wrote."""
        return Dataset(folder, engine, read_manifest(folder))

    def over(self, engine: Engine) -> Dataset:
        """The same dataset and those beside it, opened over another engine (that of another thread)."""
        return replace(self, engine=engine, beside=tuple(other.over(engine) for other in self.beside))

    def with_beside(self, others: Sequence[Dataset]) -> Dataset:
        """This dataset with others at hand, all read through its engine (what two connections opened cannot join)."""
        return replace(self, beside=tuple(other.over(self.engine) for other in others))

    def with_groups(self, groups: Sequence[Group], segmented: Sequence[Segmented] = ()) -> Dataset:
        """This dataset with saved groups at hand, and answers of other models that are already there."""
        return replace(self, groups=tuple(groups), segmented=tuple(segmented))

    def companion(self, kind: Kind) -> Dataset | None:
        """The dataset of a kind that lies beside this one."""
        return next((other for other in self.beside if other.kind == kind), None)

    @property
    def digest(self) -> str:
        """sha256 over the source bytes, the mapping and the preparation options, of those beside it too, and groups."""
        if not self.beside and not self.groups:
            return self.manifest.digest
        others = [*(other.digest for other in self.beside), *(content(group) for group in self.groups)]
        return hashlib.sha256("".join([self.manifest.digest, *others]).encode()).hexdigest()

    @property
    def kind(self) -> Kind:
        """What one row of the main table is."""
        return self.manifest.kind

    @property
    def entity(self) -> str:
        """The column that tells one customer (user, review) from another."""
        return ENTITY[self.kind]

    @property
    def facts(self) -> Facts:
        """Counts, span and amounts."""
        return self.manifest.facts

    @property
    def roles(self) -> frozenset[str]:
        """The roles that were mapped."""
        return frozenset(role for role, _ in self.manifest.roles)

    @cached_property
    def main(self) -> ibis.Table:
        """The table of the dataset's kind: lines, events, customers or reviews."""
        return self._table(self.kind)

    @cached_property
    def orders(self) -> ibis.Table:
        """One row per order (kind "lines" only)."""
        return self._table("orders")

    @cached_property
    def order_steps(self) -> ibis.Table:
        """Order lines with the times of their steps, unpaid ones too; the lines where there are no such times."""
        if (self.folder / "order_steps.parquet").exists():
            return self._table("order_steps")
        return self.main

    @cached_property
    def left_out(self) -> ibis.Table:
        """Every row that was set aside, with its reason."""
        return self._table("left_out")

    def label(self, column: str) -> Text:
        """What a column of the canonical tables is called: the user's header where there is one."""
        for extra in self.manifest.extras:
            if extra.name == column:
                return verbatim(extra.label)
        if column == "row_id":
            return msg("序号")
        if column == "order_id" and self.kind == "baskets" and column not in self.roles:
            return msg("行号")  # what prepare puts there when the file numbers no basket
        return ROLES[column].title if column in ROLES else verbatim(column)

    def attributes(self) -> tuple[str, ...]:
        """Columns of the main table that describe an entity and can be filtered on: text and number roles, extras."""
        described = tuple(
            role for role, _ in self.manifest.roles
            if ROLES[role].value_type in ("text", "number") or role in ("phone", "product_id")
        )  # fmt: skip
        return described + tuple(extra.name for extra in self.manifest.extras)

    def _table(self, name: str) -> ibis.Table:
        return self.engine.read_parquet(self.folder / f"{name}.parquet")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write manifest.json; call it last, since its presence says that the folder is complete."""
    stored = asdict(manifest) | {
        "issues": [asdict(issue) | {"text": issue.text.as_json()} for issue in manifest.issues],
    }
    (folder / "manifest.json").write_text(json.dumps(stored, ensure_ascii=False, default=_plain), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read what write_manifest wrote."""
    stored = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    facts = stored["facts"]
    return Manifest(
        digest=stored["digest"],
        kind=cast("Kind", stored["kind"]),
        names=tuple(stored["names"]),
        roles=tuple((role, header) for role, header in stored["roles"]),
        extras=tuple(Extra(**extra) for extra in stored["extras"]),
        facts=Facts(
            **facts
            | {
                "left_out": tuple(
                    LeftOut(item["reason"], item["count"], tuple(item["rows"])) for item in facts["left_out"]
                ),
                "first_at": _moment(facts["first_at"]),
                "last_at": _moment(facts["last_at"]),
            }
        ),
        issues=tuple(
            Issue(item["code"], item["severity"], Text.from_json(item["text"]), item["count"], tuple(item["rows"]))
            for item in stored["issues"]
        ),
        order_rule=stored["order_rule"],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return float(value)


def _moment(stored: str | None) -> dt.datetime | None:
    return None if stored is None else dt.datetime.fromisoformat(stored)
