"""Which row is the header, what stands above it, and what the columns are called. Shared by text and sheets.

Works on the first rows only. What lies further down (blank, total and repeated header rows) is table_writer's.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.intake.sniff import empty_file

Cells = Sequence[str | None]

SAMPLE_ROWS = 200
_HEADER_CHARS = 200  # what is longer is cut: a name has to fit into a menu
_ABOVE_ROWS = 30  # a header further down than this is not looked for

_CURRENCY = r"(?:[¥￥$€£]|人民币|rmb|cny|usd|eur|gbp|hkd|us\$|hk\$)"
_NUMBER = re.compile(
    rf"^(=\")?[(（]?[-+]?\s*{_CURRENCY}?\s*[-+]?(\d[\d,，]*\.?\d*|\.\d+)([eE][-+]?\d+)?\s*([%％万元圆块)）]|{_CURRENCY})*\"?$",
    re.IGNORECASE,
)
_DATE = re.compile(r"^\d{2,4}\s*[-/.年]\s*\d{1,2}(\s*[-/.月]\s*\d{1,4}\s*日?)?([T\s].*)?$|^\d{1,2}:\d{2}(:\d{2})?$")
_YEAR_OR_MONTH = re.compile(r"^(19|20)\d{2}([-/.年](0?[1-9]|1[0-2]))?[年月]?$|^(0?[1-9]|1[0-2])月$")
_TOTAL = re.compile(
    r"^(本页|本月|本日|总|本頁|總)?(合计|总计|小计|共计|汇总|累计|合計|總計|小計|共計|匯總|累計)(金额|金額)?$"
    r"|^(grand\s*|sub\s*-?\s*)?totals?$",
    re.IGNORECASE,
)
_KEY_HEADER = re.compile(
    r"编号|编码|单号|订单|账号|会员|客户|用户|日期|时间|电话|手机|姓名|名称|产品|商品|\bid\b|_id$|id$|date|time|phone|sku",
    re.IGNORECASE,
)
_HEADER_WORD = re.compile(
    r"(号|编码|名|名称|姓名|昵称|时间|日期|金额|价|价格|数|量|数量|类|类别|品类|类型|率|状态|地区|省份|城市|渠道|店铺|门店|电话|手机|"
    r"手机号码|内容|备注|(\b|_)?id|date|time|name|amount|price|qty|quantity|type|status)$",
    re.IGNORECASE,
)
_ADDED_UP_HEADER = re.compile(
    r"金额|实付|应付|实收|应收|总价|总额|单价|价格|售价|数量|件数|销售额|运费|折扣|优惠|利润|积分|"
    r"amount|price|total|qty|quantity|revenue|sales|discount|profit|freight",
    re.IGNORECASE,
)
_BASKETS_HEADER = re.compile(
    r"^(items?|products?|goods|baskets?|transactions?|购物篮|商品|产品|货品)\W*\w?$", re.IGNORECASE
)

# When rows are baskets (shares of rows, or of filled cells).
_FEWEST_BASKETS = 5
_SAME_SIZE = 0.9  # more rows than this with the same number of cells: a table
_PACKED = 0.95  # rows without a gap
_DIFFERENT = 0.8  # rows that hold nothing twice: answers to a questionnaire do
_ITEM_CELLS, _ITEM_CHARS = 0.95, 60  # cells that can be items; a longer text is none
_SHARED = 0.3  # cells whose value turns up in another column too
_SHARED_FIRST = 0.1  # the same for the first column: of a name before its labels there are none
_MANY_BASKETS = 30  # among so many the largest is hardly one of its own kind


@dataclass(frozen=True)
class Layout:
    """header_row is 1-based, 0 for none; title_rows are the 1-based rows above it that hold something.

    header_cells  the header as it stands in the file; empty without a header
    baskets       each row is a basket, so that rows of different lengths are as they should be
    """

    header_row: int
    header_cells: tuple[str | None, ...]
    title_rows: tuple[int, ...]
    first_data_row: int
    baskets: bool = False


def find_layout(rows: Sequence[Cells], header_row: int | None) -> Layout:
    """The layout of a table by its first rows (row 1 first; blank rows are empty or hold blanks).

    ``header_row`` is the user's word: 1-based, 0 for none, None to find out.
    Raises FileError ``file.empty`` (nothing there), ``file.header_row`` (no such row, or blank).
    """
    filled = [index for index, row in enumerate(rows) if any(not blank(cell) for cell in row)]
    if not filled:
        raise empty_file()
    if header_row is not None:
        return _as_told(rows, filled, header_row)
    if basket_items(rows) and not _heads_baskets(rows[filled[0]], [rows[index] for index in filled[1:]]):
        return Layout(0, (), (), filled[0] + 1, baskets=True)  # a short first line is a small basket, not a title
    start = _first_full_row(rows, filled)
    above = tuple(index + 1 for index in filled if index < start)
    below = [rows[index] for index in filled if index > start]
    if start + 1 in filled and _continues_header(rows[start], rows[start + 1], below[1:]):
        above, start = (*above, start + 1), start + 1
        below = below[1:]
    if _is_header(rows[start], below):
        return Layout(start + 1, tuple(rows[start]), above, start + 2)
    return Layout(0, (), above, start + 1)


def _as_told(rows: Sequence[Cells], filled: list[int], header_row: int) -> Layout:
    if header_row <= 0:
        return Layout(0, (), (), filled[0] + 1, baskets=basket_items(rows) is not None)
    if header_row - 1 not in filled:
        raise FileError(
            "file.header_row",
            msg("第 {row:int} 行不能当表头：这一行是空的，或者太靠后。", row=header_row),
            msg("表头要在前 {count:int} 行里，并且有内容。", count=SAMPLE_ROWS),
        )
    above = tuple(index + 1 for index in filled if index < header_row - 1)
    return Layout(header_row, tuple(rows[header_row - 1]), above, header_row + 1)


def column_names(header_cells: Cells, width: int) -> tuple[str, ...]:
    """``width`` headers: trimmed, on one line, never empty (列3), never twice ("金额", "金额 (2)")."""
    cleaned = [_one_line(cell) for cell in header_cells][:width]
    cleaned += [""] * (width - len(cleaned))
    taken = {name for name in cleaned if name}
    names: list[str] = []
    seen: set[str] = set()
    for position, name in enumerate(cleaned, start=1):
        wanted = name or f"列{position}"
        unique, repeat = wanted, 2
        while unique in seen or (unique != name and unique in taken):
            unique, repeat = f"{wanted} ({repeat})", repeat + 1
        seen.add(unique)
        names.append(unique)
    return tuple(names)


def blank(cell: str | None) -> bool:
    """Null, empty, or blanks only."""
    return cell is None or not cell.strip()


def is_total_label(cell: str) -> bool:
    """合计, 总计：, Ｔｏｔａｌ and the like, and nothing else in the cell."""
    text = unicodedata.normalize("NFKC", cell)
    return bool(
        _TOTAL.match(re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", text).strip().rstrip(":").strip())
    )


def is_total_row(cells: Cells, columns: Sequence[str]) -> bool:
    """A label first, then numbers only, and nothing under headers that name or date a thing."""
    filled = [(index, cell) for index, cell in enumerate(cells) if cell is not None and cell.strip()]
    if not filled or not is_total_label(filled[0][1]):
        return False
    return all(
        is_number(cell) and (_ADDED_UP_HEADER.search(columns[index]) or not _KEY_HEADER.search(columns[index]))
        for index, cell in filled[1:]
    )


def is_added_up(column: str) -> bool:
    """Whether a header speaks of something one adds up (金额, 数量), which must not be repeated over merged rows."""
    return bool(_ADDED_UP_HEADER.search(column))


def is_number(cell: str) -> bool:
    """Digits with what money and percentages carry: ¥1,234.50, (12), 3.5%, 1e5."""
    return bool(_NUMBER.match(unicodedata.normalize("NFKC", cell).strip()))


def basket_items(rows: Sequence[Cells]) -> Literal["words", "numbers"] | None:
    """What the items are where each row is a basket, its items side by side; None where the rows are no baskets.

    Baskets differ in size, leave no gap, hold a thing once, and the same things turn up in several columns.
    """
    packed = [[cell.strip() for cell in row if cell is not None and cell.strip()] for row in rows]
    filled = [(row, items) for row, items in zip(rows, packed, strict=True) if items]
    count, total = len(filled), sum(len(items) for _, items in filled)
    sizes = Counter(len(items) for _, items in filled)
    if count < _FEWEST_BASKETS or max(sizes.values()) > _SAME_SIZE * count:
        return None
    gapless = sum(not any(blank(cell) for cell in row[: len(items)]) for row, items in filled)
    different = sum(len({*items}) == len(items) for _, items in filled)
    columns: dict[str, set[int]] = {}
    times = Counter(item for _, items in filled for item in items)
    for _, items in filled:
        for at, item in enumerate(items):
            columns.setdefault(item, set()).add(at)
    shared = sum(times[item] for item, places in columns.items() if len(places) > 1)
    first = sum(len(columns[items[0]]) > 1 for _, items in filled)
    if gapless < _PACKED * count or different < _DIFFERENT * count or shared < _SHARED * total:
        return None
    if first < _SHARED_FIRST * count:
        return None
    words = sum(n for item, n in times.items() if len(item) <= _ITEM_CHARS and not _is_value(item))
    numbers = sum(n for item, n in times.items() if item.isdecimal())
    if words + numbers < _ITEM_CELLS * total:
        return None
    return "words" if words >= _ITEM_CELLS * total else "numbers"


def _heads_baskets(row: Cells, below: Sequence[Cells]) -> bool:
    """Whether the row above baskets is no basket: its cells are in none, and name columns or reach across all."""
    cells = [cell.strip() for cell in row if cell is not None and cell.strip()]
    held = {cell.strip() for other in below for cell in other if cell is not None}
    if held.intersection(cells) or any(_is_value(cell) for cell in cells):
        return False
    widest = max(sum(not blank(cell) for cell in other) for other in below)
    wide = len(cells) >= widest and len(below) >= _MANY_BASKETS
    return wide or any(_HEADER_WORD.search(cell) or _BASKETS_HEADER.match(cell) for cell in cells)


def _one_line(cell: str | None) -> str:
    name = " ".join((cell or "").replace("\ufeff", "").split())
    return name if len(name) <= _HEADER_CHARS else name[: _HEADER_CHARS - 1] + "…"


def _breadth(row: Cells) -> int:
    """Filled cells; a text that a merged title repeats over many cells counts once."""
    values = [cell.strip() for cell in row if cell is not None and cell.strip()]
    return len({*values}) if values and not is_number(values[0]) else len(values)


def _first_full_row(rows: Sequence[Cells], filled: list[int]) -> int:
    """The first row about as wide as the table: narrower ones above are titles or notes."""
    breadths = {index: _breadth(rows[index]) for index in filled}
    common = Counter(breadths[index] for index in filled[: _ABOVE_ROWS * 3])
    usual = max(common, key=lambda width: (common[width], width))
    enough = usual if usual <= 2 else max(2, usual * 0.6)
    for index in filled[:_ABOVE_ROWS]:
        if breadths[index] >= enough:
            return index
    return filled[0]


def _continues_header(upper: Cells, lower: Cells, below: Sequence[Cells]) -> bool:
    """Whether the header has two rows: the upper sparse or repeating (merged groups), the lower all words."""
    lower_cells = [cell for cell in lower if not blank(cell)]
    if not below or len(lower_cells) < 2 or any(_is_value(cell or "") for cell in lower_cells):
        return False
    width = max(len(upper), len(lower))
    sparse = sum(not blank(cell) for cell in upper) < sum(not blank(cell) for cell in lower) == width
    groups = sparse and any(blank(cell) and index and not blank(upper[index - 1]) for index, cell in enumerate(upper))
    typed_below = any(_is_value(cell or "") for row in below[:20] for cell in row)
    return groups and typed_below and _is_header(lower, below)


def _is_value(cell: str) -> bool:
    text = unicodedata.normalize("NFKC", cell).strip()
    return bool(_NUMBER.match(text) or _DATE.match(text))


def _shape(cell: str) -> str:
    """U0001 → a9, 2024-01-03 → 9-9-9: what two values of one column have in common."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell.strip()))


def _is_header(row: Cells, below: Sequence[Cells]) -> bool:
    """Whether ``row`` names the columns rather than being the first of the data.

    A column votes for a header when its cell is a word and the cells below are numbers, dates or coded values, and
    against when its cell looks like those below.
    """
    cells = [(index, cell.strip()) for index, cell in enumerate(row) if cell is not None and cell.strip()]
    if _known_words([cell for _, cell in cells]):
        return True
    if below and list(below[0]) == list(row):
        return False  # said twice in a row: these are data
    below = [other for other in below if list(other) != list(row)]  # a header repeated further down says nothing
    if not below:
        return not any(_is_value(cell) for _, cell in cells)
    votes_for = votes_against = repeats = 0
    for index, cell in cells:
        column = [r[index].strip() for r in below if index < len(r) and (r[index] or "").strip()]  # type: ignore[union-attr]
        if not column or (_YEAR_OR_MONTH.match(cell) and not _all_like(column, _YEAR_OR_MONTH)):
            continue
        valued = sum(_is_value(value) for value in column) > 0.7 * len(column)
        if valued:
            votes_against += _is_value(cell)
            votes_for += not _is_value(cell)
        elif any(char.isdigit() for char in cell) and _shape(cell) == Counter(map(_shape, column)).most_common(1)[0][0]:
            votes_against += 1
        else:
            repeats += cell in column and len(cells) > 1
    if votes_for or votes_against:
        return votes_for > votes_against
    values = sum(_is_value(cell) and not _YEAR_OR_MONTH.match(cell) for _, cell in cells)
    return not repeats and not _mostly_wider(row, below) and values * 2 <= len(cells)


def _all_like(column: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return all(pattern.match(value) for value in column)


def _mostly_wider(row: Cells, below: Sequence[Cells]) -> bool:
    """Ragged lists (a basket per line) have no header: many rows go beyond the first."""
    wider = sum(any(not blank(cell) for cell in other[len(row) :]) for other in below)
    narrower = sum(len(other) < len(row) for other in below)
    return wider > 0.2 * len(below) and narrower > 0.1 * len(below)


def _known_words(cells: Sequence[str]) -> bool:
    """Half of the cells, two at least, end as headers do (订单号, 客户ID, amount), and none is a number or a date."""
    known = sum(bool(_HEADER_WORD.search(unicodedata.normalize("NFKC", cell))) for cell in cells)
    return known >= 2 and known * 2 >= len(cells) and not any(_is_value(cell) for cell in cells)
