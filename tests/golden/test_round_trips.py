"""One table written in every way that shops' programs write it, and read back: the same cells, row for row.

The parser runs in this process for most cases (a child process costs half a second) and through the one door for
some. Dates and money go on through prepare, where they become values.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.intake.cells import parse_moment, parse_money
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import prepare
from analytics.intake.raw import Limits, RawTable, ReadOptions
from analytics.intake.sniff import container
from analytics.intake.text_reader import read_text
from tests.unit.intake.reading import cells, left_out, read, row_numbers

HEADER = ["订单号", "客户", "下单时间", "商品", "实付金额"]
ROWS = [
    ["A001", "张三", "2024-01-03 14:05:01", '水杯 6" 大', "12.50"],
    ["A002", "李四", "2024-01-04 09:00:00", "袜子, 三双; 黑|白", "8"],
    ["A003", "王五", "2024-01-05 23:59:59", "第一行\n第二行", "1234.00"],
    ["A004", "", "2024-01-06 00:00:01", "a\tb", "-3.5"],
    ["0005", "赵六", "2024-02-01 12:00:00", "碗", "0"],
]
TRADITIONAL = {"订单号": "訂單編號", "客户": "會員", "下单时间": "下單時間", "实付金额": "實付金額", "张三": "張三",
               "赵六": "趙六", "袜子, 三双; 黑|白": "襪子, 三雙; 黑|白", "合计": "合計",
               "一月报表": "一月報表", "导出人：小张": "匯出人：小張"}  # fmt: skip

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "gb18030", "gbk", "big5")
BOMS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
READ_AS = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16", "gbk": "gb18030"}
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}
QUOTINGS = ("where needed", "everywhere", "words")
LINE_ENDS = {"n": "\n", "rn": "\r\n", "r": "\r"}
# What stands around the table; the cases take turns.
SHAPES = list(itertools.product((0, 1, 2), (False, True), (False, True)))  # title rows, blank rows, total row


def written(rows: Sequence[Sequence[str]], encoding: str, delimiter: str, quoting: str, line_end: str) -> bytes:
    """The file's bytes. (csv.writer leaves \\n without quotes where lines end in \\r: nobody can read that.)"""

    def cell(text: str) -> str:
        needed = any(mark in text for mark in (delimiter, '"', "\r", "\n"))
        if needed or quoting == "everywhere" or (quoting == "words" and not text.replace(".", "").isdigit()):
            return '"' + text.replace('"', '""') + '"'
        return text

    text = "".join(delimiter.join(map(cell, row)) + line_end for row in rows)
    return BOMS.get(encoding, b"") + text.encode(encoding)


def parse_here(source: Path, folder: Path, **options: str) -> RawTable:
    """What the child does with a text file."""
    assert container(source) == "text"
    text = read_text(source, folder, ReadOptions(**options), Limits())
    return RawTable(
        folder / "raw.parquet",
        folder / "left_out.parquet",
        source.name,
        text.written.columns,
        text.written.rows,
        text.written.left_out,
        text.header_row,
        digest=source.name,
        encoding=text.encoding,
        delimiter=text.delimiter,
    )


def laid_out(
    shape: tuple[int, bool, bool], words: dict[str, str]
) -> tuple[list[list[str]], list[int], list[tuple[int, str]]]:
    """The file's rows, the row numbers of the data, and what must be set aside as (row, reason)."""
    titles, blanks, total = shape
    lines: list[list[str]] = [["一月报表"], ["导出人：小张"]][:titles]
    aside: list[tuple[int, str]] = [(row, "title_row") for row in range(1, titles + 1)]
    if titles and blanks:
        lines.append([])
    lines.append(HEADER)
    numbers = []
    for at, row in enumerate(ROWS):
        if blanks and at == 2:
            lines.append([])
            aside.append((len(lines), "blank_row"))
        lines.append(row)
        numbers.append(len(lines))
    if total:
        lines.append(["合计", "", "", "", "1251.00"])
        aside.append((len(lines), "total_row"))
    return [[words.get(cell, cell) for cell in line] for line in lines], numbers, aside


CASES = [
    pytest.param(*case, SHAPES[at % len(SHAPES)], id="-".join(case))
    for at, case in enumerate(itertools.product(ENCODINGS, DELIMITERS, QUOTINGS, LINE_ENDS))
]


def check(raw: RawTable, encoding: str, delimiter: str, shape: tuple[int, bool, bool]) -> None:
    words = TRADITIONAL if encoding == "big5" else {}
    _, numbers, aside = laid_out(shape, words)
    assert (raw.encoding, raw.delimiter) == (READ_AS.get(encoding, encoding), DELIMITERS[delimiter])
    assert raw.columns == tuple(words.get(cell, cell) for cell in HEADER)
    assert cells(raw) == [tuple(words.get(cell, cell) or None for cell in row) for row in ROWS]
    assert row_numbers(raw) == numbers
    assert [(row, reason) for row, reason, _ in left_out(raw)] == aside


@pytest.mark.parametrize(("encoding", "delimiter", "quoting", "line_end", "shape"), CASES)
def test_the_same_table(
    tmp_path: Path, encoding: str, delimiter: str, quoting: str, line_end: str, shape: tuple[int, bool, bool]
):
    lines, _, _ = laid_out(shape, TRADITIONAL if encoding == "big5" else {})
    content = written(lines, encoding, DELIMITERS[delimiter], quoting, LINE_ENDS[line_end])
    (tmp_path / "x.csv").write_bytes(content)
    options = {"encoding": "big5"} if encoding == "big5" else {}
    check(parse_here(tmp_path / "x.csv", tmp_path, **options), encoding, delimiter, shape)


@pytest.mark.parametrize(("encoding", "delimiter", "quoting", "line_end", "shape"), CASES[5::31])
def test_the_same_table_through_the_door(
    tmp_path: Path, encoding: str, delimiter: str, quoting: str, line_end: str, shape: tuple[int, bool, bool]
):
    lines, _, _ = laid_out(shape, TRADITIONAL if encoding == "big5" else {})
    content = written(lines, encoding, DELIMITERS[delimiter], quoting, LINE_ENDS[line_end])
    (tmp_path / "x.csv").write_bytes(content)
    options = {"encoding": "big5"} if encoding == "big5" else {}
    check(read(tmp_path / "x.csv", **options), encoding, delimiter, shape)


# ── any text at all ──────────────────────────────────────────────────────────────────────────────────────────────

_TEXT = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Cn", "Co"), include_characters="\n,;|\t\"' 0", exclude_characters="\ufeff"
    ),
    max_size=12,
)
_AROUND = st.tuples(
    st.sampled_from(ENCODINGS[:5]), st.sampled_from([",", "\t", ";", "|"]), st.sampled_from(["\n", "\r\n"])
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(texts=st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=8), around=_AROUND)
def test_any_cell_comes_back(tmp_path: Path, texts: list[tuple[str, str]], around: tuple[str, str, str]):
    """Cells of any text, between an id and an amount: told the delimiter, nothing is lost, moved or changed."""
    encoding, delimiter, line_end = around
    rows = [[f"A{at}", first, second, f"{at}.5"] for at, (first, second) in enumerate(texts)]
    lines = [["订单号", "备注", "地址", "金额"], *rows]
    (tmp_path / "x.csv").write_bytes(written(lines, encoding, delimiter, "where needed", line_end))
    raw = parse_here(tmp_path / "x.csv", tmp_path, delimiter=delimiter)
    assert (raw.header_row, raw.columns) == (1, ("订单号", "备注", "地址", "金额"))
    assert cells(raw) == [tuple(cell or None for cell in row) for row in rows]


# ── dates and money, through prepare ─────────────────────────────────────────────────────────────────────────────

DAYS = [dt.datetime(2024, 1, 13), dt.datetime(2024, 2, 29), dt.datetime(2023, 12, 31)]
MOMENTS = [dt.datetime(2024, 1, 13, 14, 5), dt.datetime(2024, 2, 29, 0, 30), dt.datetime(2023, 12, 31, 23, 59)]
AMOUNTS = [Decimal("1234.50"), Decimal(-12), Decimal(30000)]
DATE_FORMATS = {
    "2024-01-13": (DAYS, "%Y-%m-%d", "ymd"),
    "2024/1/13": (DAYS, "{0.year}/{0.month}/{0.day}", "ymd"),
    "2024.01.13": (DAYS, "%Y.%m.%d", "ymd"),
    "20240113": (DAYS, "%Y%m%d", "ymd"),
    "2024年1月13日": (DAYS, "{0.year}年{0.month}月{0.day}日", "ymd"),
    "13/01/2024": (DAYS, "%d/%m/%Y", "dmy"),
    "01/13/2024": (DAYS, "%m/%d/%Y", "mdy"),
    "Jan 13, 2024": (DAYS, "%b %d, %Y", "ymd"),
    "2024-01-13 14:05:00": (MOMENTS, "%Y-%m-%d %H:%M:%S", "ymd"),
    "2024-01-13T14:05:00Z": (MOMENTS, "%Y-%m-%dT%H:%M:%SZ", "ymd"),
    "2024/1/13 14:05": (MOMENTS, "{0.year}/{0.month}/{0.day} {0.hour}:{0.minute:02}", "ymd"),
    "2024年1月13日 14时05分": (MOMENTS, "{0.year}年{0.month}月{0.day}日 {0.hour}时{0.minute:02}分", "ymd"),
    "20240113140500": (MOMENTS, "%Y%m%d%H%M%S", "ymd"),
    "01/13/2024 02:05 PM": (MOMENTS, "%m/%d/%Y %I:%M %p", "mdy"),
    "serial": (DAYS, None, "ymd"),
}
MONEY_FORMATS = {
    "plain": ("1234.50", "-12", "30000"),
    "thousands": ("1,234.50", "-12.00", "30,000.00"),
    "sign": ("¥1,234.50", "-¥12", "¥30000"),
    "yen sign": ("￥1234.5", "￥-12", "￥30,000"),
    "yuan": ("1234.50元", "-12元", "3万元"),
    "brackets": ("1,234.50", "(12)", "3万"),
    "full-width": ("１２３４．５０", "－１２", "３００００"),
    "code": ("CNY 1234.50", "CNY -12", "30000 CNY"),
    "spaces": (" 1234.50 ", "- 12", "30 000"),
    "european": ("1.234,50", "-12,00", "30.000,00"),
    "formula": ('="1234.50"', '="-12"', '="30000"'),
}
_FORMATS = list(
    dict.fromkeys(
        [(date, list(MONEY_FORMATS)[at % len(MONEY_FORMATS)]) for at, date in enumerate(DATE_FORMATS)]
        + [(list(DATE_FORMATS)[(at * 4 + 1) % len(DATE_FORMATS)], money) for at, money in enumerate(MONEY_FORMATS)]
    )
)


def date_text(moment: dt.datetime, form: str | None) -> str:
    if form is None:
        return str((moment - dt.datetime(1899, 12, 30)).days)
    return form.format(moment) if form.startswith("{") else moment.strftime(form)


def amount_text(amount: Decimal, form: str) -> str:
    """An amount with at most two decimals as people write it."""
    plain = f"{amount:.2f}"
    whole, fraction = f"{abs(amount):,.2f}".split(".")
    sign = "-" if amount < 0 else ""
    return {
        "plain": plain,
        "thousands": f"{amount:,.2f}",
        "sign": f"{sign}¥{whole}.{fraction}",
        "yuan": f"{plain}元",
        "brackets": f"({whole}.{fraction})" if amount < 0 else f"{whole}.{fraction}",
        "full-width": plain.translate(
            {ord(a): ord(b) for a, b in zip("0123456789.", "０１２３４５６７８９．", strict=True)}
        ),
        "code": f"CNY {plain}",
        "wan": f"{amount / 10_000:f}万",
        "formula": f'="{plain}"',
    }[form]


_WRITTEN = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(ENCODINGS[:6]),
        "delimiter": st.sampled_from(list(DELIMITERS.values())),
        "quoting": st.sampled_from(QUOTINGS),
        "line_end": st.sampled_from(list(LINE_ENDS.values())),
        "titles": st.integers(0, 3),
        "blank_rows": st.booleans(),
        "total": st.sampled_from([None, "合计", "总计", "小计", "Total"]),
        "date": st.sampled_from([name for name, (_, form, _) in DATE_FORMATS.items() if form]),
        "money": st.sampled_from(
            ["plain", "thousands", "sign", "yuan", "brackets", "full-width", "code", "wan", "formula"]
        ),
    }
)
_ORDERS = st.lists(
    st.tuples(
        st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 12, 31)).map(
            lambda at: at.replace(second=0, microsecond=0)
        ),
        st.decimals(-99_999, 99_999, places=2, allow_nan=False),
        st.text("张王李赵陈茶碗A7", min_size=1, max_size=6).map(lambda text: f"客{text}"),
    ),
    min_size=3,
    max_size=12,
)


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(how=_WRITTEN, orders=_ORDERS)
def test_any_table_written_in_any_way(tmp_path: Path, how: dict, orders: list[tuple[dt.datetime, Decimal, str]]):
    """Encoding × delimiter × quoting × line ends × titles × blank and total rows × dates × money: the same values."""
    _, form, order = DATE_FORMATS[how["date"]]
    days_only = not any(mark in form for mark in ("%H", "%I", "hour"))
    moments = [at.replace(hour=0, minute=0) if days_only else at for at, _, _ in orders]
    header = ["订单号", "客户", "下单时间", "实付金额"]
    lines: list[list[str]] = [[f"报表{at}"] for at in range(how["titles"])] + [header]
    for at, (moment, (_, amount, who)) in enumerate(zip(moments, orders, strict=True)):
        if how["blank_rows"] and at == 2:
            lines.append([])
        lines.append([f"A{at}", who, date_text(moment, form), amount_text(amount, how["money"])])
    if how["total"]:
        lines.append([how["total"], "", "", amount_text(sum(a for _, a, _ in orders), how["money"])])
    content = written(lines, how["encoding"], how["delimiter"], how["quoting"], how["line_end"])
    (tmp_path / "x.csv").write_bytes(content)
    raw = parse_here(tmp_path / "x.csv", tmp_path)
    assert (raw.columns, raw.header_row) == (tuple(header), how["titles"] + 1)
    found = cells(raw)
    assert [(row[0], row[1]) for row in found] == [(f"A{at}", who) for at, (_, _, who) in enumerate(orders)]
    assert [parse_moment(row[2] or "", order, date_1904=False, epoch_offset_hours=8) for row in found] == moments
    assert [parse_money(row[3]) for row in found] == [amount for _, amount, _ in orders]


@pytest.mark.parametrize(("date", "money"), _FORMATS)
def test_the_same_dates_and_amounts(tmp_path: Path, engine: Engine, date: str, money: str):
    moments, form, order = DATE_FORMATS[date]
    rows = [
        [f"A{at}", f"C{at}", date_text(moment, form), amount]
        for at, (moment, amount) in enumerate(zip(moments, MONEY_FORMATS[money], strict=True))
    ]
    header = ["订单号", "客户编号", "下单时间", "实付金额"]
    (tmp_path / "x.csv").write_bytes(written([["一月"], header, *rows], "gb18030", ",", "where needed", "\r\n"))
    raw = parse_here(tmp_path / "x.csv", tmp_path)
    roles = zip(("customer_id", "order_id", "ordered_at", "amount"), (header[1], header[0], *header[2:]), strict=True)
    data = prepare([raw], Mapping("lines", tuple(roles), order), tmp_path / "dataset", engine)
    lines = data.main.select("order_id", "ordered_at", "amount").order_by("order_id").to_pyarrow().to_pylist()
    assert [line["order_id"] for line in lines] == ["A0", "A1", "A2"]
    assert [line["ordered_at"] for line in lines] == moments
    assert [line["amount"] for line in lines] == AMOUNTS
