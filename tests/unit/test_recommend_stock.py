"""A stock list is found in whichever column holds names of known products."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import DataError
from analytics.intake.reader import read_file
from analytics.models.recommend_stock import stock_list

PRODUCTS = ("红茶", "绿茶", "茶杯")


def table(folder: Path, text: str, name: str = "库存.csv"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return read_file(file, folder)


def test_the_column_with_most_known_names_is_taken(tmp_path: Path):
    found = stock_list(table(tmp_path, "货号,备注,品名\n1,绿茶,红茶\n2,,茶杯\n3,,普洱\n4,,红茶\n"), PRODUCTS)
    assert (found.column, found.known, found.unknown) == ("品名", ("红茶", "茶杯"), 1)


def test_a_bare_list_without_a_header_loses_nothing(tmp_path: Path):
    found = stock_list(table(tmp_path, "绿茶\n茶杯\n普洱\n"), PRODUCTS)
    assert found.known == ("绿茶", "茶杯")


def test_nothing_known_is_an_error_in_words(tmp_path: Path):
    with pytest.raises(DataError, match=r"data\.no_stock"):
        stock_list(table(tmp_path, "品名,数量\n咖啡,3\n奶茶,4\n"), PRODUCTS)
