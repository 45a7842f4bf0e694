"""What the commands print: one JSON object, or text that lines up in a terminal."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from analytics.cli_run import Inspected, Ran
from analytics.dataset import Facts, Issue, LeftOut
from analytics.export.sheets import display_width
from analytics.fields import KINDS, ROLES
from analytics.i18n import Lang, Text, msg, word
from analytics.intake.raw import REASONS
from analytics.models.base import SEGMENT_LABEL, CellType, Level, ListColumn, Segment

_LEVELS: dict[Level, Text] = {"green": msg("可以用"), "amber": msg("能用，但要留意"), "red": msg("还不能用")}
_SHOWN_SEGMENTS = 40
_SHOWN_ISSUES = 12


def plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, dates as text, money as numbers."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.item() if hasattr(value, "item") else value


def inspected_as_json(found: Inspected, lang: Lang) -> dict[str, Any]:
    """``inspect --json``."""
    raw, guess = found.raw, found.guess
    return {
        "file": raw.file_name,
        "kind": guess.mapping.kind,
        "sure": guess.sure,
        "sheet": raw.sheet,
        "sheets": [sheet.name for sheet in raw.sheets],
        "header_row": raw.header_row,
        "encoding": raw.encoding,
        "delimiter": raw.delimiter,
        "columns": list(raw.columns),
        "mapping": dict(guess.mapping.roles),
        "date_order": guess.mapping.date_order,
        "reasons": {role: reason.in_language(lang) for role, reason in guess.reasons},
        "rows": raw.rows,
        "rows_read": raw.rows_read,
        "issues": _noticed(found, lang),
        "readiness": {
            key: {"level": ready.level, "reasons": [reason.in_language(lang) for reason in ready.reasons]}
            for key, ready in found.readiness.items()
        },
    }


def _noticed(found: Inspected, lang: Lang) -> list[dict[str, Any]]:
    """Everything worth knowing: of the dataset when there is one (it counts what the reader left out, too)."""
    raw, data = found.raw, found.data
    noticed: list[dict[str, Any]] = [
        {"code": note.code, "severity": "info", "text": note.text.in_language(lang)} for note in raw.notes
    ]
    noticed += [
        {"code": "mapping.look", "severity": "warn", "text": text.in_language(lang)} for text in found.guess.warnings
    ]
    if data is not None:
        left_out: Sequence[LeftOut] = data.facts.left_out
        noticed += [_issue(issue, lang) for issue in data.manifest.issues]
    else:
        left_out = [LeftOut(reason, count, ()) for reason, count in raw.left_out]
    noticed += [
        {"code": f"left_out.{left.reason}", "severity": "info", "text": REASONS[left.reason].in_language(lang),
         "count": left.count, "rows": list(left.rows)}
        for left in left_out
    ]  # fmt: skip
    if found.problem is not None:
        problem = found.problem
        noticed.append({"code": problem.code, "severity": "error", "text": problem.in_language(lang)})
    return noticed


def _issue(issue: Issue, lang: Lang) -> dict[str, Any]:
    return {
        "code": issue.code, "severity": issue.severity, "text": issue.text.in_language(lang),
        "count": issue.count, "rows": list(issue.rows),
    }  # fmt: skip


def ran_as_json(ran: Ran, lang: Lang) -> dict[str, Any]:
    """A model's ``--json``: rows.left_out is the total, rows.reasons says why."""
    facts, result = ran.data.facts, ran.result
    named = {segment.key: segment for segment in result.named}
    return {
        "model": ran.model.key,
        "digest": ran.data.digest,
        "rows": {
            "read": facts.rows_read,
            "used": facts.rows_used,
            "left_out": sum(left.count for left in facts.left_out),
            "reasons": [
                {"reason": left.reason, "text": REASONS[left.reason].in_language(lang), "count": left.count,
                 "rows": list(left.rows)}
                for left in facts.left_out
            ],
        },
        "issues": [_issue(issue, lang) for issue in ran.data.manifest.issues],
        "as_of": plain(result.as_of),
        "params": {field.name: plain(getattr(result.params, field.name)) for field in fields(result.params)},
        "headline": {name: plain(value) for name, value in result.headline.items()},
        "segments": [_segment(row, named, lang) for row in result.segments.to_dict("records")],
        "findings": [
            {"code": f.code, "tone": f.tone, "segment": f.segment, "text": f.text.in_language(lang)}
            for f in result.findings
        ],
        "method": [{"label": word(m.label, lang), "value": word(m.value, lang)} for m in result.method],
        "list": {"customers": ran.listed, "out": None if ran.out is None else str(ran.out)},
    }  # fmt: skip


def _segment(row: dict[Hashable, Any], named: Mapping[str, Segment], lang: Lang) -> dict[str, Any]:
    segment = named[row["segment"]]
    words = {"name": segment.name, "meaning": segment.meaning, "action": segment.action}
    return {str(name): plain(value) for name, value in row.items()} | {
        name: text.in_language(lang) for name, text in words.items()
    }


def inspected_as_text(found: Inspected, lang: Lang) -> str:
    """``inspect`` for people."""
    raw, guess = found.raw, found.guess
    place = [raw.sheet, raw.encoding, msg("表头在第 {row:int} 行", row=raw.header_row).in_language(lang)]
    lines = [
        msg("{name}：{kind}表", name=raw.file_name, kind=KINDS[guess.mapping.kind].title).in_language(lang)
        + "  ·  " + "  ·  ".join(part for part in place if part),
        msg("{rows:int} 行，{columns:int} 列", rows=raw.rows, columns=len(raw.columns)).in_language(lang),
        "",
    ]  # fmt: skip
    reasons = dict(guess.reasons)
    columns = [
        (word(ROLES[role].title, lang), role, header, reasons[role].in_language(lang) if role in reasons else "")
        for role, header in guess.mapping.roles
    ]
    head = tuple(text.in_language(lang) for text in (msg("字段"), msg("--map 名称"), msg("列"), msg("理由")))
    facts = found.data.manifest.facts if found.data is not None else None
    if facts is not None and facts.items is not None:
        lines.append(msg("{n:int} 个购物篮，{items:int} 种商品", n=facts.entities, items=facts.items).in_language(lang))
    else:
        lines += table(head, columns, "llll")
    lines += ["", *_issue_lines(_noticed(found, lang), lang), ""]
    for key, ready in found.readiness.items():
        lines.append(f"{key}: {_LEVELS[ready.level].in_language(lang)}")
        lines += [f"  - {reason.in_language(lang)}" for reason in ready.reasons]
    return "\n".join(lines).rstrip()


def ran_as_text(ran: Ran, lang: Lang) -> str:
    """A model's answer for people: rows, findings, segments, where the list lies."""
    facts, result = ran.data.facts, ran.result
    lines = [f"{word(ran.model.title, lang)} · {'、'.join(ran.data.manifest.names)}", _rows_line(facts, lang)]
    issues = [_issue(issue, lang) for issue in ran.data.manifest.issues]
    lines += [*_issue_lines(issues, lang), ""]
    lines += [f"• {finding.text.in_language(lang)}" for finding in result.findings]
    lines += ["", *_segment_lines(ran, lang)]
    if ran.out is not None:
        lines += ["", msg("名单：{n:int} 行，写到 {path}", n=ran.listed, path=str(ran.out)).in_language(lang)]
    elif ran.listed is not None:
        lines += ["", msg("名单：{n:int} 行（加 --out 名单.xlsx 写成文件）", n=ran.listed).in_language(lang)]
    return "\n".join(lines)


def _rows_line(facts: Facts, lang: Lang) -> str:
    out = sum(left.count for left in facts.left_out)
    text = msg(
        "读到 {read:int} 行，用了 {used:int} 行，没用 {out:int} 行", read=facts.rows_read, used=facts.rows_used, out=out
    )
    why = "; ".join(f"{REASONS[left.reason].in_language(lang)} {left.count:,}" for left in facts.left_out)
    return text.in_language(lang) + (f" ({why})" if why else "")


def _issue_lines(issues: list[dict[str, Any]], lang: Lang) -> list[str]:
    marks = {"info": "·", "warn": "!", "error": "x"}
    shown = []
    for issue in issues[:_SHOWN_ISSUES]:
        count = f" × {issue['count']:,}" if issue.get("count") and issue["code"].startswith("left_out.") else ""
        shown.append(f"{marks[issue['severity']]} {issue['text']}{count}")
    if len(issues) > _SHOWN_ISSUES:
        shown.append(msg("还有 {n:int} 条，用 --json 看全部", n=len(issues) - _SHOWN_ISSUES).in_language(lang))
    return shown


def _segment_lines(ran: Ran, lang: Lang) -> list[str]:
    columns = ran.result.segment_columns
    label = getattr(ran.result, "segment_label", SEGMENT_LABEL)
    head = [word(label, lang), *(word(column.label, lang) for column in columns)]
    named = {segment.key: segment for segment in ran.result.named}
    rows = [
        (word(named[row["segment"]].name, lang), *(_cell(row[column.name], column) for column in columns))
        for row in ran.result.segments.head(_SHOWN_SEGMENTS).to_dict("records")
    ]
    more = len(ran.result.segments) - len(rows)
    sides = "".join("l" if column.type == "text" else "r" for column in columns)
    lines = table(tuple(head), rows, f"l{sides}")
    return [*lines, msg("还有 {n:int} 行，用 --json 看全部", n=more).in_language(lang)] if more else lines


_CELLS: dict[CellType, str] = {"int": ",.0f", "number": ",.1f", "money": ",.2f", "share": ".1%"}


def _cell(value: Any, column: ListColumn) -> str:
    if value is None or value != value:  # noqa: PLR0124  # NaN, whichever type it has
        return "—"
    if column.type in ("date", "datetime"):
        return f"{value:%Y-%m-%d}"
    return f"{float(value):{_CELLS[column.type]}}" if column.type in _CELLS else str(value)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], sides: str) -> list[str]:
    """Lines of a table whose columns line up though Chinese characters are twice as wide; sides: l or r a column."""
    flat = [tuple(" ".join(cell.split()) for cell in row) for row in (head, *rows)]
    widths = [max(display_width(row[at]) for row in flat) for at in range(len(head))]

    def line(row: tuple[str, ...]) -> str:
        cells = []
        for cell, width, side in zip(row, widths, sides, strict=True):
            space = " " * (width - display_width(cell))
            cells.append(cell + space if side == "l" else space + cell)
        return "  ".join(cells).rstrip()

    return [line(flat[0]), "  ".join("-" * width for width in widths), *(line(row) for row in flat[1:])]
