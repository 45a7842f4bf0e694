"""One cell's text → a value: money, numbers, moments, ids. Pure functions without tables or engines.

Prepare tries the engine's plain cast first and comes here only with the distinct texts that it could not read.
``None`` means "not a value"; ``is_missing`` tells an empty cell ("", "--", "#N/A") from an unreadable one.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from analytics.intake.mapping import DateOrder

PLAUSIBLE_YEARS = (1990, 2100)
BEIJING_HOURS = 8.0  # epoch numbers carry no zone; a Chinese shop's wall clock is UTC+8
MISSING_WORDS = frozenset(
    ("", "-", "--", "---", "—", "——", "–", "/", "\\", "\\n", "null", "(null)", "<null>", "none", "nan", "nat", "n/a",
     "#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "undefined", "(blank)", "(空白)", "无", "空",
     "暂无", "未填写", "免费")
)  # fmt: skip

_MONEY_LIMIT = Decimal(10) ** 14  # what DECIMAL(18,4) holds
_UNITS = {"万": 10_000, "w": 10_000, "亿": 100_000_000, "千": 1_000, "k": 1_000, "百万": 1_000_000, "千万": 10_000_000}
_CURRENCY = r"(?:人民币|rmb|cny|usd|eur|gbp|hkd|us\$|hk\$|[¥$£€])"
_MONEY = re.compile(
    rf"^(?P<sign>[-+]?){_CURRENCY}?(?P<sign2>[-+]?)(?P<digits>[\d.,]+(?:e[-+]?\d{{1,2}})?)"
    rf"(?P<unit>百万|千万|[万亿千wk])?(?:{_CURRENCY}|元|圆|块)?(?:整)?(?P<after>-?)$"
)
_ENGLISH_DIGITS = re.compile(r"^(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,2})?$")
_EUROPEAN_DIGITS = re.compile(r"^(?:\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d+(?:,\d*)?|,\d+)$")
_CLEARLY_EUROPEAN = re.compile(r"\d\.\d{3},\d|^\D*\d+,\d{1,2}\D*$")
_CLEARLY_ENGLISH = re.compile(r"\d,\d{3}\.\d|\d,\d{3},\d{3}|^\D*\d+\.(?:\d{1,2}|\d{4,})\D*$")
_COUNT_UNITS = re.compile(r"(?:件|个|岁|星|分|只|台|盒|瓶|袋|次|天|人|单|双|套|pcs|stars?)$")


def plain(text: str) -> str:
    """Full-width to half-width, no-break spaces to spaces, dashes that mean minus to "-", spreadsheet wrappers off."""
    folded = text.strip() if text.isascii() else _half_width(text)
    if folded.startswith('="') and folded.endswith('"'):
        folded = folded[2:-1]
    return folded.strip("'\"` \t\r\n")


def _half_width(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-")
    return folded.replace("\ufeff", "").replace("\u200b", "").strip()


def is_missing(text: str | None) -> bool:
    """Whether a cell says that there is no value: empty, a dash, NULL, an error value of a spreadsheet."""
    return text is None or text.strip().lower() in MISSING_WORDS or plain(text).lower() in MISSING_WORDS


def clean_id(text: str | None) -> str | None:
    """An identifier as text: trimmed, half-width, without ``="…"`` or a leading quote; leading zeros stay."""
    if is_missing(text) or text is None:
        return None
    return plain(text) or None


def looks_european(texts: Iterable[str]) -> bool:
    """Whether amounts are clearly written 1.234,56: some cells only make sense so, and none only the other way."""
    seen = [plain(text) for text in texts]
    return any(_CLEARLY_EUROPEAN.search(t) for t in seen) and not any(_CLEARLY_ENGLISH.search(t) for t in seen)


def currency_of(text: str) -> str | None:
    """The currency that a cell names (CNY, USD, GBP, EUR, HKD), if it names one."""
    lowered = plain(text).lower()
    for code, marks in (
        ("HKD", ("hk$", "hkd")),
        ("USD", ("$", "usd")),
        ("GBP", ("£", "gbp")),
        ("EUR", ("€", "eur")),
        ("CNY", ("¥", "元", "rmb", "cny", "人民币", "圆")),
    ):
        if any(mark in lowered for mark in marks):
            return code
    return None


def parse_money(text: str | None, *, european: bool = False) -> Decimal | None:
    """An amount: ¥1,234.50, 1,234元, (1,234) and 12- and -¥12 (negative), 1.2万, 3亿, full-width digits.

    european  read 1.234,56 as one thousand …; decide that for a whole column with ``looks_european``
    Returns None for anything else, amounts beyond ±10¹⁴ included.
    """
    if is_missing(text) or text is None:
        return None
    cell = plain(text).lower().replace(" ", "")
    negative = cell.startswith("(") and cell.endswith(")")
    match = _MONEY.match(cell[1:-1] if negative else cell)
    if match is None:
        return None
    signs = match["sign"] + match["sign2"] + match["after"]
    if len(signs) > 1 or (negative and signs):
        return None
    digits = match["digits"]
    if european:
        digits = digits.replace(".", "").replace(",", ".") if _EUROPEAN_DIGITS.match(digits) else ""
    elif not _ENGLISH_DIGITS.match(digits):
        digits = ""
    try:
        value = Decimal(digits.replace(",", "")) * _UNITS.get(match["unit"] or "", 1)
    except InvalidOperation:
        return None
    value = -value if negative or signs == "-" else value
    return value if abs(value) < _MONEY_LIMIT else None


def parse_number(text: str | None, *, european: bool = False) -> Decimal | None:
    """A number that is not money: 1,234, 12% (0.12), 3 件, 4.5分, 85 岁."""
    if is_missing(text) or text is None:
        return None
    cell = plain(text).lower().replace(" ", "")
    if cell.endswith("%"):
        share = parse_money(cell[:-1], european=european)
        return None if share is None else share / 100
    return parse_money(_COUNT_UNITS.sub("", cell), european=european)


# ── moments ──────────────────────────────────────────────────────────────────────────────────────────────────────

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: at for at, name in enumerate(_MONTH_NAMES, 1)}
_YMD = re.compile(r"^(\d{4})\s*[-/.年\s\\]\s*(\d{1,2})\s*[-/.月\s\\]\s*(\d{1,2})\s*(?:[日号]|(?!\d))(?P<rest>.*)$")
_THREE = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?P<rest>(?!\d).*)$")
_SHORT_YMD = re.compile(r"^(\d{2})年(\d{1,2})月(\d{1,2})[日号](?P<rest>.*)$")
_MONTH_FIRST = re.compile(
    r"^(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?P<rest>.*)$"
)
_DAY_FIRST = re.compile(r"^(?P<day>\d{1,2})(?:st|nd|rd|th)?[-\s]+(?P<month>[a-z]{3,9})\.?,?[-\s]+(?P<year>\d{4}|\d{2})(?P<rest>(?!\d).*)$")  # fmt: skip  # noqa: E501
_WEEKDAY = r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?)"
_HALF = {"上午": "am", "早上": "am", "凌晨": "am", "am": "am", "a.m.": "am", "下午": "pm", "晚上": "pm", "pm": "pm",
         "p.m.": "pm", "中午": "noon"}  # fmt: skip
_HALF_WORDS = "|".join(re.escape(half) for half in sorted(_HALF, key=len, reverse=True))
_TIME = re.compile(
    rf"^[t,\s]*{_WEEKDAY}?[t,\s]*(?P<before>{_HALF_WORDS})?\s*(?P<h>\d{{1,2}})\s*[:时点]\s*(?:(?P<m>\d{{1,2}})\s*分?)?"
    rf"(?::?\s*(?P<s>\d{{1,2}})(?:[.,](?P<f>\d{{1,9}}))?\s*秒?)?\s*(?P<after>{_HALF_WORDS})?"
    rf"\s*(?P<zone>z|utc|gmt|cst|[-+]\d{{2}}(?::?\d{{2}})?|(?:utc|gmt)[-+]\d{{1,2}}(?::?\d{{2}})?)?$"
)
_NO_TIME = re.compile(rf"^[\s,]*{_WEEKDAY}?\s*z?$")
_ZONE = re.compile(r"(?:\d\s*(?:z|utc|gmt)|:\d{2}(?:\.\d+)?\s*(?:(?:utc|gmt)?[-+]\d{1,2}(?::?\d{2})?))$", re.IGNORECASE)
_EPOCH_PARTS = {10: 1, 13: 1_000, 16: 1_000_000}  # digits → parts of a second
_DIGITS = re.compile(r"^(\d+)(?:\.(\d+))?$")


def has_zone(text: str) -> bool:
    """Whether a moment names a time zone, which parse_moment drops (the wall time stays as written)."""
    return _ZONE.search(text.strip()) is not None


def is_epoch(text: str) -> bool:
    """Whether a moment is written as seconds, milliseconds or microseconds since 1970."""
    match = _DIGITS.match(plain(text))
    return match is not None and len(match[1]) in _EPOCH_PARTS and _from_digits(match, False, 0.0) is not None


def date_order(texts: Iterable[str]) -> tuple[DateOrder, bool]:
    """How the cells of a column such as 03/04/2024 are to be read, and whether that had to be assumed.

    A first part over 12 makes it day-month-year, a second over 12 month-day-year; with neither it is assumed to be
    month-day-year. 24-01-03 is year first where that fits all cells. ("ymd", False) when there is no such cell.
    """
    parts = [(int(m[1]), int(m[2]), m[3]) for m in (_THREE.match(plain(text)) for text in texts) if m]
    if not parts:
        return "ymd", False
    long_years = any(len(year) == 4 for _, _, year in parts)
    if not long_years and all(1 <= month <= 12 and 1 <= int(day) <= 31 for _, month, day in parts):
        years = {year for year, _, _ in parts}
        if max(years) > 31 or len(years) <= len({last for _, _, last in parts}):
            return "ymd", min(years) <= 12 and max(years) <= 31
    if any(first > 12 for first, _, _ in parts):
        return "dmy", False
    if any(second > 12 for _, second, _ in parts):
        return "mdy", False
    return "mdy", True


def parse_moment(
    text: str | None, order: DateOrder = "ymd", *, date_1904: bool = False, epoch_offset_hours: float = BEIJING_HOURS
) -> dt.datetime | None:
    """A date or a date and time, as wall time without a zone.

    Reads 2024年1月3日 14:05, 2024.01.03, 20240103, 20240103140522, ISO (a zone is dropped, the wall time stays),
    03/04/2024 by ``order``, Jan 3, 2024, 上午/下午, epoch seconds, milliseconds and microseconds (moved by
    ``epoch_offset_hours``), and spreadsheet serial days 45292.5 (1900 system, or 1904). Out-of-calendar dates are None.
    """
    if is_missing(text) or text is None:
        return None
    cell = plain(text).lower()
    digits = _DIGITS.match(cell)
    if digits:
        return _from_digits(digits, date_1904, epoch_offset_hours)
    found = _calendar_day(re.sub(rf"^{_WEEKDAY}[\s,]*", "", cell), order)
    if found is None:
        return None
    year, month, day, rest = found
    clock = _clock(rest)
    if clock is None:
        return None
    try:
        return dt.datetime(year, month, day) + clock
    except (ValueError, OverflowError):
        return None


def is_plausible(moment: dt.datetime) -> bool:
    """Whether a moment lies between 1990 and 2100, as every record of a shop does."""
    return PLAUSIBLE_YEARS[0] <= moment.year <= PLAUSIBLE_YEARS[1]


def _calendar_day(cell: str, order: DateOrder) -> tuple[int, int, int, str] | None:
    if match := _YMD.match(cell):
        return int(match[1]), int(match[2]), int(match[3]), match["rest"]
    if match := _SHORT_YMD.match(cell):
        return 2000 + int(match[1]), int(match[2]), int(match[3]), match["rest"]
    if match := _THREE.match(cell):
        return _three_parts(match, order)
    if match := _MONTH_FIRST.match(cell) or _DAY_FIRST.match(cell):
        month = _MONTHS.get(match["month"][:3])
        return None if month is None else (_full_year(match["year"]), month, int(match["day"]), match["rest"])
    return None


def _three_parts(match: re.Match[str], order: DateOrder) -> tuple[int, int, int, str] | None:
    first, second, last = int(match[1]), int(match[2]), match[3]
    if order == "ymd":
        if len(last) == 2:
            return _full_year(match[1]), second, int(last), match["rest"]
        if (first > 12) == (second > 12):
            return None  # could be read both ways, or neither
        order = "dmy" if first > 12 else "mdy"
    day, month = (first, second) if order == "dmy" else (second, first)
    return _full_year(last), month, day, match["rest"]


def _full_year(year: str) -> int:
    number = int(year)
    if len(year) > 2:
        return number
    return 1900 + number if number >= 90 else 2000 + number


def _clock(rest: str) -> dt.timedelta | None:
    if _NO_TIME.match(rest):
        return dt.timedelta()
    match = _TIME.match(rest)
    if match is None:
        return None
    hours, minutes, seconds = int(match["h"]), int(match["m"] or 0), int(match["s"] or 0)
    if hours > 24 or minutes > 59 or seconds > 60 or (hours == 24 and (minutes or seconds)):
        return None
    half = _HALF.get(match["before"] or match["after"] or "")
    if half == "pm" and hours < 12:
        hours += 12
    elif (half == "am" and hours == 12) or (half == "noon" and hours == 24):
        hours = 0
    elif half == "noon" and hours < 3:
        hours += 12
    micro = int((match["f"] or "0").ljust(6, "0")[:6])
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)


def _from_digits(match: re.Match[str], date_1904: bool, epoch_offset_hours: float) -> dt.datetime | None:
    whole, fraction = match[1], match[2] or ""
    if len(whole) == 5:
        start = dt.datetime(1904, 1, 1) if date_1904 else dt.datetime(1899, 12, 30)
        # A serial is a float of days: to the second, as spreadsheets show it.
        return start + dt.timedelta(seconds=round(float(f"{whole}.{fraction or 0}") * 86_400))
    if len(whole) in _EPOCH_PARTS:
        seconds = Decimal(f"{whole}.{fraction or 0}") / _EPOCH_PARTS[len(whole)]
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=int(seconds * 1_000_000))
        return moment + dt.timedelta(hours=epoch_offset_hours)
    if len(whole) in (8, 12, 14) and not fraction.strip("0"):
        pieces = [int(whole[:4]), int(whole[4:6]), int(whole[6:8])]
        pieces += [int(whole[at : at + 2]) for at in range(8, len(whole), 2)]
        try:
            return dt.datetime(*pieces)  # type: ignore[arg-type]
        except ValueError:
            return None
    return None
