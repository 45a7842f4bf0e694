"""What every model's module shares: needs, readiness, what an answer has, findings, the method card. Names no model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from analytics.dataset import Dataset, Facts, Manifest
from analytics.fields import DERIVED, KINDS, ROLES, Kind
from analytics.i18n import Text, either, join, msg, verbatim
from analytics.intake.raw import REASONS

if TYPE_CHECKING:
    import ibis
    import pandas as pd

Level = Literal["green", "amber", "red"]
Tone = Literal["good", "warn", "info"]
CellType = Literal["text", "int", "number", "money", "share", "date", "datetime"]


@dataclass(frozen=True)
class Needs:
    """What a model must have to run at all (kind, roles), and from when on its answer is solid (the minimums).

    A model that takes several kinds of table has one Needs for each.
    either  groups of roles of which one each must be there
    beside  kinds of other tables of the same visitor that enrich the answer or its lists when they are there
    """

    kind: Kind
    must: tuple[str, ...]
    can: tuple[str, ...] = ()
    solid_entities: int = 0
    solid_days: int = 0
    beside: tuple[Kind, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Readiness:
    """green: run it; amber: it runs, the reasons say what weakens it; red: it cannot run, the reasons say why."""

    level: Level
    reasons: tuple[Text, ...]


@dataclass(frozen=True)
class Segment:
    """A named group of customers. ``group`` says what to do with it, coarse enough to compare methods by."""

    key: str
    name: Text
    meaning: Text
    action: Text
    group: str


SEGMENT_LABEL = msg("分层")  # what lists call ``segment`` unless a model's Result has a ``segment_label``


@dataclass(frozen=True)
class Finding:
    """A fact worth a sentence. ``segment`` names the group it is about, so that a page can offer its list."""

    code: str
    text: Text
    tone: Tone = "info"
    segment: str | None = None


@dataclass(frozen=True)
class MethodLine:
    """One line of the method card (口径)."""

    label: Text
    value: Text


@dataclass(frozen=True)
class ListColumn:
    """A column that a list or a table of segments has; ``default``: it is there unless the user says otherwise.

    share: 0.25 is shown as 25.0%; money: in the file's currency. ``words``: keys that stand in it, and what lists call
    them.
    """

    name: str
    label: Text
    type: CellType
    default: bool = True
    words: tuple[tuple[str, Text], ...] = ()


def moments_as(columns: Sequence[ListColumn], *, date_only: bool) -> tuple[ListColumn, ...]:
    """The columns with moments shown as days where the data know only days."""
    return tuple(replace(c, type="date") if date_only and c.type == "datetime" else c for c in columns)


class Answer(Protocol):
    """What every model's Result has beside its own fields, so that pages, lists and the command line serve them all."""

    @property
    def customers(self) -> ibis.Table:
        """Lazy: the id column of the data's kind (Dataset.entity), ``segment``, and what ``columns`` describe.

        One row per customer, or per customer and segment where one can be in several.
        """

    @property
    def columns(self) -> tuple[ListColumn, ...]:
        """The model's own columns of ``customers``, in the order of a list."""

    @property
    def rank_by(self) -> str:
        """That of ``columns`` which puts a list in order, highest first."""

    @property
    def segments(self) -> pd.DataFrame:
        """``segment`` and what ``segment_columns`` describe; a row per segment with members, in display order."""

    @property
    def segment_columns(self) -> tuple[ListColumn, ...]:
        """What the columns of ``segments`` after the first are."""

    @property
    def named(self) -> tuple[Segment, ...]:
        """Every segment that ``customers`` can hold, in display order."""

    @property
    def headline(self) -> dict[str, float]:
        """The main numbers by name: what a reproduction is compared with."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The facts in words, most useful first."""

    @property
    def method(self) -> tuple[MethodLine, ...]:
        """The method card."""

    @property
    def params(self) -> Any:
        """The parameters that led here."""

    @property
    def as_of(self) -> dt.date | None:
        """The day up to which was counted; None where time plays no part."""


def needs_for(needs: Sequence[Needs], kind: Kind) -> Needs | None:
    """The alternative for a kind of table; None when the model does not take that kind."""
    return next((one for one in needs if one.kind == kind), None)


def wrong_kind(wanted: Sequence[Kind], have: Kind) -> Readiness:
    """Red, since the model takes other kinds of table."""
    needed = either([KINDS[kind].title for kind in wanted])
    return Readiness("red", (msg("需要一张{needed}表，现在是{have}表", needed=needed, have=KINDS[have].title),))


def readiness(alternatives: Sequence[Needs], manifest: Manifest) -> Readiness:
    """Whether a model can run on a dataset, with exactly what is missing."""
    needs = needs_for(alternatives, manifest.kind)
    if needs is None:
        return wrong_kind([one.kind for one in alternatives], manifest.kind)
    have = {role for role, _ in manifest.roles} | DERIVED.get(manifest.kind, frozenset())
    missing = tuple(msg("缺少字段：{role}", role=ROLES[role].title) for role in needs.must if role not in have)
    missing += tuple(
        msg("缺少字段：{role}", role=either([ROLES[role].title for role in group]))
        for group in needs.either if not have.intersection(group)
    )  # fmt: skip
    if missing:
        return Readiness("red", missing)
    weak = tuple(_weaknesses(needs, manifest.facts))
    return Readiness("amber" if weak else "green", weak)


def _weaknesses(needs: Needs, facts: Facts) -> list[Text]:
    weak = []
    if facts.entities < needs.solid_entities:
        counts = {"have": facts.entities, "need": needs.solid_entities}
        weak.append(
            msg("只有 {have:int} 个购物篮，少于 {need:int} 个时搭配会不稳，看看就好", **counts)
            if needs.kind == "baskets"
            else msg("只有 {have:int} 位客户，少于 {need:int} 位时分组会不稳，看看就好", **counts)
        )
    if facts.span_days < needs.solid_days:
        gap = needs.solid_days - facts.span_days
        weak.append(msg("还差 {gap:int} 天历史（现有 {have:int} 天）", gap=gap, have=facts.span_days))
    return weak


def tell_data(data: Dataset) -> tuple[MethodLine, ...]:
    """The first lines of every method card: files, dates, rows used and why not the others, what was noticed."""
    facts = data.facts
    files = "、".join(data.manifest.names)
    span = (
        msg("{files}；{start:date} 至 {end:date}", files=files, start=facts.first_at, end=facts.last_at)
        if facts.first_at
        else verbatim(files)
    )
    rows = msg(
        "读到 {read:int}，用到 {used:int}，未用 {out:int}",
        read=facts.rows_read,
        used=facts.rows_used,
        out=facts.rows_read - facts.rows_used,
    )
    reasons = [msg("{reason} {count:int} 行", reason=REASONS[item.reason], count=item.count) for item in facts.left_out]
    return (
        MethodLine(msg("数据"), span),
        MethodLine(msg("行数"), rows),
        MethodLine(msg("未用原因"), join(reasons) if reasons else msg("无")),
        *(MethodLine(msg("数据提示"), issue.text) for issue in data.manifest.issues),
    )
