"""Text columns → typed columns, as lazy expressions.

The engine's plain cast comes first. Only where cells remain that it could not read are their distinct texts brought
to Python (intake/cells.py), and the answers joined back. Every typed column ``role`` has a companion ``role__bad``:
true where the cell holds something that is not a value.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from analytics.dataset import Issue
from analytics.expressions import trimmed
from analytics.fields import ROLES
from analytics.i18n import msg
from analytics.intake import cells
from analytics.intake.mapping import DateOrder, Mapping
from analytics.intake.prepare_sources import FILE_NO, ROW_ID, SOURCE_ROW, Stack

MONEY = "decimal(18, 4)"
FIRST_ROWS = 5
_FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000\u00a0\ufeff"
_HALF_WIDTH = "".join(map(chr, range(0x21, 0x7F))) + "   "
# Engines differ in what their regular expressions mean: \z is the end in all of them, and \s leaves out \x0B in some.
_UNCLEAN = r"^[\s\x0B'\"`=]|[\s\x0B'\"`]\z|[！-～\x{3000}\x{00a0}\x{feff}]"
_WRAPPING = r"^[\s\x0B'\"`=]+|[\s\x0B'\"`]+\z"
_ZONE_SUFFIX = r"\s*([zZ]|UTC|GMT|[+-]\d{2}(:?\d{2})?)\z"
_YEAR = r"(199\d|20\d\d|2100)"  # cells.PLAUSIBLE_YEARS
_WRITTEN_MOMENT = rf"^{_YEAR}[-/]\d\d?[-/]\d\d?([ T]\d\d?:\d\d(:\d\d(\.\d+)?)?)?\z"
_EPOCH_DIGITS = r"^\d{9,13}\z"
_EPOCH = (631_152_000, 4_133_980_799)  # 1990 to 2100, in seconds
_SCIENTIFIC = r"^\d(\.\d+)?[eE]\+?\d+\z"
_ROUNDED_OFF = r"^\d{15}0+\z"  # a spreadsheet keeps 15 digits
# Ids of these characters, no longer than this, are what they look like: no sign, no blank, no 1E5, no "nan" or "none".
_PLAIN_ID_CHARACTERS = "0123456789_" + "".join(sorted(set(string.ascii_letters) - set("eEnN")))
_PLAIN_ID_BYTES = 15
_ZONELESS = ("0123456789-/: ", 19)  # characters and length of moments that can name neither a zone nor a fraction
# Nothing that a look at ids is after: no word for "missing", no 1.0, no 1E5, no more than 15 digits on their own.
_PLAIN_ID = r"^([A-Za-z][0-9A-Za-z_-]*[0-9]|[0-9]{1,15})\z"


@dataclass(frozen=True)
class Typed:
    """A stack with one more column per role (and its ``__bad``), and what was noticed on the way.

    filled  text column (h3) → cells that are not empty
    sound   the roles that have a value in every row: what looks for rows without one need not look
    """

    rows: ibis.Table
    issues: tuple[Issue, ...]
    filled: dict[str, int]
    sound: frozenset[str]


def bad(role: str) -> str:
    """The name of the companion column."""
    return f"{role}__bad"


def first_rows(rows: ibis.Table, condition: Any) -> tuple[int, ...]:
    """The first source rows for which a condition holds."""
    found = rows.filter(condition).order_by(ROW_ID).limit(FIRST_ROWS).select(SOURCE_ROW).execute()
    return tuple(int(row) for row in found[SOURCE_ROW])


def type_columns(stacked: Stack, mapping: Mapping, *, date_1904: bool, epoch_offset_hours: float) -> Typed:
    """Add a typed column for each mapped role."""
    stats = _statistics(stacked, mapping)
    rows, issues = stacked.rows, list[Issue]()
    for role, header in mapping.roles:
        column, kind = stacked.disk_name(header), ROLES[role].value_type
        if kind == "id":
            rows, found = _type_id(rows, column, role, stats)
        elif kind == "datetime":
            reading = _Dates(mapping.date_order, date_1904, epoch_offset_hours)
            rows, found = _type_moment(rows, column, role, stats, reading)
        elif kind == "text":
            rows, found = rows.mutate(**{role: trimmed(rows[column]).nullif("")}), []
        else:
            rows, found = _type_decimal(rows, column, role, stats)
        issues += found
    filled = {f"h{at}": int(stats.total(f"h{at}:filled")) for at in range(len(stacked.headers))}
    sound = frozenset(role for role, header in mapping.roles if stats.is_sound(stacked.disk_name(header)))
    return Typed(rows, tuple(issues), filled, sound)


# ── one pass over the text to learn what needs more than a cast ──────────────────────────────────────────────────


@dataclass(frozen=True)
class _Statistics:
    """Counts by file; the columns that may hold a "_"; those whose moments can name no zone."""

    by_file: tuple[dict[str, Any], ...]
    underscored: frozenset[str]
    zoneless: frozenset[str]

    def total(self, name: str) -> int:
        return sum(int(counts[name] or 0) for counts in self.by_file)

    def files(self, holds: Any) -> list[int]:
        return [int(counts[FILE_NO]) for counts in self.by_file if holds(counts)]

    def is_sound(self, column: str) -> bool:
        """Whether every row has a cell and the plain reading made a value of it."""
        odd = ("unclean", "missing", "unread")
        counted = [f"{column}:{what}" for what in odd if self.by_file and f"{column}:{what}" in self.by_file[0]]
        return (
            self.total(f"{column}:filled") == self.total("rows") and bool(counted) and not any(map(self.total, counted))
        )


def _statistics(stacked: Stack, mapping: Mapping) -> _Statistics:
    """What plain reading cannot do, counted by file. The many cells that it can do pass one cheap test only."""
    rows = stacked.rows
    odd, nothing = dict[str, Any](), dict[str, int]()
    plain = {header for _, header in mapping.roles if stacked.within(header, _PLAIN_ID_CHARACTERS, _PLAIN_ID_BYTES)}
    underscored = frozenset(stacked.disk_name(h) for _, h in mapping.roles if not stacked.lacks(h, "_"))
    zoneless = frozenset(stacked.disk_name(h) for _, h in mapping.roles if stacked.within(h, *_ZONELESS))
    for role, header in mapping.roles:
        name, kind = stacked.disk_name(header), ROLES[role].value_type
        if kind == "id" and header not in plain:
            odd[f"{name}:odd"] = _unless(rows[name].re_search(_PLAIN_ID), rows[name])
        elif kind == "datetime":
            moment = _cast_moment(rows[name], zoneless=name in zoneless)
            odd[f"{name}:odd"] = _unless(moment.notnull(), rows[name])
    rows = rows.mutate(**odd)
    wanted = {"rows": rows.count()}
    for at in range(len(stacked.headers)):
        wanted[f"h{at}:filled"] = rows[f"h{at}"].count()
    for role, header in mapping.roles:
        name, kind = stacked.disk_name(header), ROLES[role].value_type
        if kind == "id" and header in plain:
            nothing |= {f"{name}:{what}": 0 for what in _ID_TESTS}
        elif kind == "id":
            wanted |= {f"{name}:{what}": test(rows[f"{name}:odd"]).sum() for what, test in _ID_TESTS.items()}
        elif kind == "datetime":
            unread, text = rows[f"{name}:odd"], rows[name]
            wanted[f"{name}:unread"] = unread.count()
            wanted[f"{name}:epoch"] = _epoch_seconds(unread, 0.0).count()
            if name in zoneless:
                nothing[f"{name}:zoned"] = 0
            else:
                long = ibis.ifelse(text.length() > 19, text, ibis.null("string"))
                wanted[f"{name}:zoned"] = long.re_search(r":\d\d.*" + _ZONE_SUFFIX).sum()
        elif kind in ("money", "number"):
            value = _cast_money(rows[name], underscored=name in underscored)
            wanted[f"{name}:unread"] = (rows[name].notnull() & value.isnull()).sum()
    counted = rows.group_by(FILE_NO).aggregate(**wanted).to_pyarrow().to_pylist()
    return _Statistics(tuple(counts | nothing for counts in counted), underscored, zoneless)


def _unless(condition: Any, text: Any) -> Any:
    return ibis.ifelse(condition, ibis.null("string"), text)


_ID_TESTS: dict[str, Callable[[Any], Any]] = {
    "unclean": lambda text: text.re_search(_UNCLEAN),
    "missing": lambda text: text.lower().isin(sorted(cells.MISSING_WORDS)),
    "point_zero": lambda text: text.re_search(r"^\d+\.0+\z"),
    "scientific": lambda text: text.re_search(_SCIENTIFIC),
    "long": lambda text: text.re_search(r"^\d{16,}\z"),
    "rounded": lambda text: text.re_search(_ROUNDED_OFF),
}


# ── ids ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def clean_id(text: Any) -> Any:
    """cells.clean_id as an expression."""
    cleaned = text.translate(_FULL_WIDTH, _HALF_WIDTH).re_replace(_WRAPPING, "")
    return ibis.ifelse(cleaned.lower().isin(sorted(cells.MISSING_WORDS)), ibis.null("string"), cleaned)


def _type_id(rows: ibis.Table, column: str, role: str, stats: _Statistics) -> tuple[ibis.Table, list[Issue]]:
    value, name = rows[column], f"{column}:"
    if stats.total(name + "unclean") or stats.total(name + "missing"):
        value = clean_id(value)
    # 17850.0 is 17850 that went through a float: only where a whole file writes its ids so.
    floats = stats.files(
        lambda n: n[name + "point_zero"] and n[name + "point_zero"] == n[name + "filled"] - n[name + "missing"]
    )
    if floats:
        value = ibis.ifelse(rows[FILE_NO].isin(floats), value.re_replace(r"\.0+\z", ""), value)
    rows = rows.mutate(**{role: value})
    damaged, condition = stats.total(name + "scientific"), rows[role].re_search(_SCIENTIFIC)
    rounded = stats.total(name + "rounded")
    if rounded >= 3 and rounded * 2 >= stats.total(name + "long"):
        damaged, condition = damaged + rounded, condition | rows[role].re_search(_ROUNDED_OFF)
    if not damaged:
        return rows, []
    text = msg(
        "“{role}”有 {n:int} 个编号被表格软件改坏了（如 1.23457E+17，或末尾变成 0），不同的编号可能已经变成同一个；"
        "请从原系统重新导出，并把这一列设成文本格式。",
        role=ROLES[role].title,
        n=damaged,
    )
    return rows, [Issue("damaged_ids", "error", text, damaged, first_rows(rows, condition))]


# ── money and numbers ────────────────────────────────────────────────────────────────────────────────────────────


def _cast_money(text: Any, *, underscored: bool = True) -> Any:
    """The engine's own reading of a plain number. DuckDB alone reads 1_000."""
    if not underscored:
        return text.try_cast(MONEY)
    return ibis.ifelse(text.contains("_"), ibis.null("string"), text).try_cast(MONEY)


def _type_decimal(rows: ibis.Table, column: str, role: str, stats: _Statistics) -> tuple[ibis.Table, list[Issue]]:
    text = rows[column]
    plain = _cast_money(text, underscored=column in stats.underscored)
    if not stats.total(f"{column}:unread"):
        return rows.mutate(**{role: plain, bad(role): ibis.literal(False)}), []
    unread = _distinct(rows.filter(text.notnull() & plain.isnull()), column)
    european = cells.looks_european(unread)
    if european:  # then 1.234 means 1234, and the plain cast may not be trusted with a point
        unread = _distinct(rows.filter(text.re_search(r"[.,]") | (text.notnull() & plain.isnull())), column)
        european = cells.looks_european(unread)
    parse = cells.parse_money if ROLES[role].value_type == "money" else cells.parse_number
    values = [parse(cell, european=european) for cell in unread]
    fixes = pa.table(
        {
            "text": pa.array(unread, pa.string()),
            "value": pa.array([None if v is None else str(v.quantize(Decimal("0.0001"))) for v in values], pa.string()),
            "bad": pa.array([v is None and not cells.is_missing(c) for v, c in zip(values, unread, strict=True)]),
        }
    )
    rows = _join_fixes(rows, column, role, fixes, None if european else plain)
    issues = []
    if european:
        issues.append(
            Issue(
                "european_numbers",
                "info",
                msg("“{role}”按 1.234,56 的写法读（点是千位，逗号是小数）。", role=ROLES[role].title),
                len(unread),
            )
        )
    currencies = sorted({c for c in map(cells.currency_of, unread) if c})
    if len(currencies) > 1:
        text_mixed = msg(
            "“{role}”里有几种货币（{names}），现在没有换算就加在一起；请分开分析，或先换算成一种。",
            role=ROLES[role].title,
            names="、".join(currencies),
        )
        issues.append(Issue("mixed_currency", "warn", text_mixed, len(currencies)))
    return rows, issues


# ── moments ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Dates:
    order: DateOrder
    date_1904: bool
    epoch_offset_hours: float


def _cast_moment(text: Any, *, zoneless: bool = False) -> Any:
    """The engine's own reading of 2024-1-3 and 2024-01-03 14:05:01.5 within plausible years.

    Beyond these shapes engines disagree: Spark reads "12:30" as a time of today, DuckDB converts 14:05+08 to UTC.
    """
    without_zone = text if zoneless else ibis.ifelse(text.length() > 19, text.re_replace(_ZONE_SUFFIX, ""), text)
    usual = text.like("20__-__-__ __:__:__") | text.like("20__-__-__")  # five times as fast as the whole pattern
    is_written = usual | without_zone.re_search(_WRITTEN_MOMENT)
    written = ibis.ifelse(is_written, without_zone, ibis.null("string"))
    return written.try_cast("timestamp")


def _epoch_seconds(text: Any, offset_hours: float) -> Any:
    number = ibis.ifelse(text.re_search(_EPOCH_DIGITS), text, ibis.null("string")).try_cast("int64")
    offset = round(offset_hours * 3600)
    in_ms = number.between(_EPOCH[0] * 1000, _EPOCH[1] * 1000)
    ms = ibis.cases((number.between(*_EPOCH), number * 1000), (in_ms, number), else_=ibis.null("int64"))
    return ibis.literal(dt.datetime(1970, 1, 1)) + (ms + offset * 1000).as_interval("ms")


def _type_moment(
    rows: ibis.Table, column: str, role: str, stats: _Statistics, reading: _Dates
) -> tuple[ibis.Table, list[Issue]]:
    text, issues = rows[column], list[Issue]()
    value = _cast_moment(text, zoneless=column in stats.zoneless)
    epochs, unread_cells = stats.total(f"{column}:epoch"), stats.total(f"{column}:unread")
    zoned = stats.total(f"{column}:zoned")
    if epochs:
        value = value.coalesce(_epoch_seconds(text, reading.epoch_offset_hours))
        told = msg(
            "“{role}”有 {n:int} 个是时间戳数字，按 UTC+{hours:int} 换算成当地时间（8 是北京时间）。",
            role=ROLES[role].title, n=epochs, hours=reading.epoch_offset_hours,
        )  # fmt: skip
        issues.append(Issue("epoch_times", "info", told, epochs))
    if zoned:
        told = msg("“{role}”有 {n:int} 个带时区，时区没有用，时间照写的算。", role=ROLES[role].title, n=zoned)
        issues.append(Issue("zone_dropped", "info", told, zoned))
    if unread_cells <= epochs:
        return rows.mutate(**{role: value, bad(role): ibis.literal(False)}), issues
    unread = _distinct(rows.filter(text.notnull() & value.isnull()), column)
    order = reading.order
    if order == "ymd":
        order, assumed = cells.date_order(unread)
        if assumed:
            told = msg(
                "“{role}”里 03/04/2024 这样的日期，看不出是 3 月 4 日还是 4 月 3 日，现在按“月/日/年”读；"
                "不对的话请在列对应里改日期顺序。",
                role=ROLES[role].title,
            )
            issues.append(Issue("ambiguous_dates", "warn", told, len(unread)))
    moments = [_plausible(cell, order, reading) for cell in unread]
    fixes = pa.table(
        {
            "text": pa.array(unread, pa.string()),
            "value": pa.array([None if m is None else m.isoformat(sep=" ") for m in moments], pa.string()),
            "bad": pa.array([m is None and not cells.is_missing(c) for m, c in zip(moments, unread, strict=True)]),
        }
    )
    return _join_fixes(rows, column, role, fixes, value), issues


def _plausible(cell: str, order: DateOrder, reading: _Dates) -> Any:
    moment = cells.parse_moment(cell, order, date_1904=reading.date_1904, epoch_offset_hours=reading.epoch_offset_hours)
    return moment if moment is not None and cells.is_plausible(moment) else None


# ── bringing texts to Python and answers back ────────────────────────────────────────────────────────────────────


def _distinct(rows: ibis.Table, column: str) -> list[str]:
    found: list[str] = rows.select(column).distinct().to_pyarrow()[column].to_pylist()
    return sorted(found)


def _join_fixes(rows: ibis.Table, column: str, role: str, fixes: pa.Table, plain: Any) -> ibis.Table:
    """Values come as text and are cast to the type of ``plain``: Ibis hands only text to Spark as it is."""
    keep: Sequence[str] = rows.columns
    looked_up = ibis.memtable(fixes.rename_columns([f"{role}__text", f"{role}__value", bad(role)]))
    if plain is None:
        plain = ibis.ifelse(rows[column].re_search("[.,]"), ibis.null(MONEY), _cast_money(rows[column]))
    rows = rows.mutate(**{f"{role}__plain": plain})
    joined = rows.left_join(looked_up, rows[column] == looked_up[f"{role}__text"])
    return joined.select(
        *keep,
        **{
            role: joined[f"{role}__plain"].coalesce(joined[f"{role}__value"].cast(plain.type())),
            bad(role): joined[bad(role)].fill_null(False),
        },
    )
