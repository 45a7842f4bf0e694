"""What every model's module shares: needs, readiness, findings and the method card. No model is named here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.dataset import Dataset, Facts, Manifest
from analytics.fields import KINDS, ROLES, Kind
from analytics.i18n import Text, join, msg, verbatim
from analytics.intake.raw import REASONS

Level = Literal["green", "amber", "red"]
Tone = Literal["good", "warn", "info"]


@dataclass(frozen=True)
class Needs:
    """What a model must have to run at all (kind, roles), and from when on its answer is solid (the minimums)."""

    kind: Kind
    must: tuple[str, ...]
    can: tuple[str, ...] = ()
    solid_entities: int = 0
    solid_days: int = 0


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


def readiness(needs: Needs, manifest: Manifest) -> Readiness:
    """Whether a model can run on a dataset, with exactly what is missing."""
    if manifest.kind != needs.kind:
        text = msg(
            "需要一张{needed}表，现在是{have}表", needed=KINDS[needs.kind].title, have=KINDS[manifest.kind].title
        )
        return Readiness("red", (text,))
    have = {role for role, _ in manifest.roles} | _always(manifest)
    missing = tuple(msg("缺少字段：{role}", role=ROLES[role].title) for role in needs.must if role not in have)
    if missing:
        return Readiness("red", missing)
    weak = tuple(_weaknesses(needs, manifest.facts))
    return Readiness("amber" if weak else "green", weak)


def _always(manifest: Manifest) -> set[str]:
    """Roles that a prepared order table has whatever was mapped: prepare derives them."""
    return {"amount", "order_id"} if manifest.kind == "lines" else set()


def _weaknesses(needs: Needs, facts: Facts) -> list[Text]:
    weak = []
    if facts.entities < needs.solid_entities:
        weak.append(
            msg(
                "只有 {have:int} 位客户，少于 {need:int} 位时分组会不稳，看看就好",
                have=facts.entities,
                need=needs.solid_entities,
            )
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
