"""Which row is the header, and what the columns are called."""

from __future__ import annotations

import pytest

from analytics.errors import FileError
from analytics.intake.layout import Layout, basket_items, column_names, find_layout, is_total_label, is_total_row

DATA = [["A1", "2024-01-03", "12.5"], ["A2", "2024-01-04", "8"], ["A3", "2024-01-05", "9.9"]]
HEADER = ["订单号", "下单时间", "金额"]
GROUPS, PARTS = ["销售", None, "退货", None], ["数量", "金额", "数量", "金额"]


@pytest.mark.parametrize(
    ("rows", "header_row", "title_rows"),
    [
        ([HEADER, *DATA], 1, ()),
        ([["一月销售", None, None], [None, None, None], HEADER, *DATA], 3, (1,)),
        ([["一月销售"] * 3, HEADER, *DATA], 2, (1,)),  # a merged title that was filled
        ([["门店：一店", None, None], ["制表：李", None, None], HEADER, *DATA], 3, (1, 2)),
        (DATA, 0, ()),
        ([["1", "2268318", "pv"], ["1", "2333346", "pv"], ["2", "2576651", "buy"]], 0, ()),
        ([["U1", "pv"], ["U2", "pv"], ["U3", "buy"]], 0, ()),
        ([["地区", "2023", "2024"], ["华东", "120.5", "90"], ["华北", "80", "77"]], 1, ()),
        ([["客户", *GROUPS], [None, *PARTS], *[["张", "1", "2", "3", "4"]] * 3], 1, ()),
        ([["客户", *GROUPS], ["客户", *PARTS], *[["张", "1", "2", "3", "4"]] * 3], 2, (1,)),
        ([["评论"], ["很好"], ["一般"]], 1, ()),
        ([["citrus", "bread"], ["milk"], ["beer", "milk", "salt"], ["tea"], ["rum", "gin", "ale"]], 0, ()),
    ],
    ids=[
        "plain", "title", "merged title", "two notes above", "no header", "no header, codes", "no header, ids", "years",
        "two rows, sparse lower", "two rows, filled lower", "one column", "baskets",
    ],
)  # fmt: skip
def test_header_is_found(rows: list, header_row: int, title_rows: tuple[int, ...]):
    found = find_layout(rows, None)
    assert (found.header_row, found.title_rows) == (header_row, title_rows)


BASKETS = [["milk", "bread"], ["bread", "butter", "milk"], ["milk"], ["beer"], ["bread", "beer"]]
LABELLED = [["ann", "new"], ["bob", "old", "vip"], ["cid"], ["dan", "vip", "new"], ["eve", "new", "old", "vip"]]
ANSWERS = [["yes", "no", "no"], ["no", "no"], ["yes", "yes"], ["no", "yes", "no", "yes"], ["no", "no"], ["yes"]]


@pytest.mark.parametrize(
    ("rows", "items"),
    [
        (BASKETS, "words"),
        ([["39", "48", "41"], ["48", "39"], ["39"], ["41", "48", "39", "38"], ["38", "41"]], "numbers"),
        ([["milk", "bread"], ["bread", "milk"], ["milk", "beer"], ["beer", "bread"], ["milk", "beer"]], None),
        (LABELLED, None),  # a name and its labels
        (ANSWERS, None),  # the same answer twice in a row
        ([["a", None, "b"], ["b", None, None, "a"], ["b"], ["a", None, "b", "c"], ["c", None, "a"]], None),
        ([["2024-01-03", "2024-01-04"], ["2024-01-04"], ["2024-01-05", "2024-01-03", "2024-01-04"]] * 3, None),
        (BASKETS[:4], None),
        ([], None),
    ],
    ids=["words", "numbers", "even", "labels", "answers", "gaps", "dates", "too few", "nothing"],
)
def test_rows_that_are_baskets_are_known(rows: list, items: str | None):
    assert basket_items(rows) == items


def test_a_short_first_basket_is_no_title_and_no_header():
    rows = [["milk"], *[["bread", "milk", "tea"], ["tea", "bread", "jam"], ["milk", "jam", "salt", "tea"]] * 4]
    assert find_layout(rows, None) == Layout(0, (), (), 1, baskets=True)


def test_a_line_that_names_items_is_a_header_of_baskets():
    assert find_layout([["Items"], *BASKETS], None).header_row == 1
    numbered = ["Item 1", "Item 2", "Item 3"]
    assert find_layout([numbered, *BASKETS], None).header_row == 1
    assert find_layout([["one", "two", "three"], *BASKETS * 8], None).header_row == 1  # in none of forty baskets


def test_the_user_has_the_last_word():
    rows = [["a", "b"], ["c", "d"], ["e", "f"]]
    assert find_layout(rows, 2).header_cells == ("c", "d")
    assert find_layout(rows, 0).first_data_row == 1
    with pytest.raises(FileError, match=r"file\.header_row"):
        find_layout(rows, 9)
    with pytest.raises(FileError, match=r"file\.empty"):
        find_layout([[None], [" "]], None)


def test_headers_are_trimmed_named_and_unique():
    header = [" 金额\n(元) ", "金额", None, "金额", "列3", "金额 (2)"]
    assert column_names(header, 7) == ("金额 (元)", "金额", "列3 (2)", "金额 (3)", "列3", "金额 (2)", "列7")


@pytest.mark.parametrize(
    "label", ["合计", "总 计", "小计：", " Total ", "ＴＯＴＡＬ", "Grand total", "本页合计", "合计金额"]
)
def test_total_labels(label: str):
    assert is_total_label(label)


@pytest.mark.parametrize("cell", ["合计牌计算器", "总计划书", "totally", "小计划", "张三 合计", "13800000000"])
def test_other_words_are_no_totals(cell: str):
    assert not is_total_label(cell)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["合计", None, "20.5"], True),
        ([None, "合计", "20.5"], True),
        (["合计", "2024-01-03", "20.5"], False),  # a customer of that name, with a date
        (["合计", "20240103", "20.5"], False),
        (["合计", "三件", "20.5"], False),
        (["A1", "合计", "20.5"], False),
    ],
)
def test_total_rows_hold_numbers_and_no_ids(cells: list, expected: bool):
    assert is_total_row(cells, HEADER) is expected
