"""A file with one basket a line: read whole, recognised, stored as one row per basket and item."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.errors import DataError
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import PrepareOptions, prepare
from analytics.intake.raw import RawTable
from analytics.intake.recognise import recognise
from tests.basket_tables import FIVE, many_baskets
from tests.unit.intake.reading import cells, left_out, note_codes, read_bytes

BASKETS = Mapping("baskets", ())


def read_text(folder: Path, text: str, name: str = "baskets.csv", **options: object) -> RawTable:
    folder.mkdir(exist_ok=True)
    return read_bytes(folder, name, text.encode(), **options)


def stored(raws: list[RawTable], mapping: Mapping, folder: Path, engine: Engine) -> pd.DataFrame:
    data = prepare(raws, mapping, folder / "dataset", engine)
    return data.main.order_by("row_id").execute()


def test_every_line_is_kept_and_nothing_is_said_of_short_ones(tmp_path: Path):
    raw = read_text(tmp_path, FIVE)
    assert (raw.header_row, raw.rows, len(raw.columns)) == (0, 5, 3)
    assert cells(raw)[0] == ("milk", "bread", None)
    assert (left_out(raw), note_codes(raw)) == ([], [])


def test_a_long_line_far_down_is_no_ragged_row(tmp_path: Path):
    raw = read_text(tmp_path, many_baskets(400) + ",".join("abcdefghij") + "\n")
    assert (raw.rows, len(raw.columns)) == (401, 10)
    assert left_out(raw) == []


def test_words_are_surely_items_and_numbers_are_not(tmp_path: Path):
    words = recognise(read_text(tmp_path / "words", FIVE))
    assert (words.mapping, words.sure, words.warnings) == (BASKETS, True, ())
    numbers = recognise(read_text(tmp_path / "numbers", "39 48 41\n48 39\n39\n41 48 39 38\n38 41\n", "a.dat"))
    assert (numbers.mapping, numbers.sure, len(numbers.warnings)) == (BASKETS, False, 1)


def test_a_table_with_a_header_is_not_taken_for_baskets(tmp_path: Path):
    text = "Item 1,Item 2,Item 3\n" + "".join(f"{line}\n" for line in FIVE.split())
    assert recognise(read_text(tmp_path, text)).mapping.kind != "baskets"


def test_one_row_per_basket_and_filled_cell(tmp_path: Path, engine: Engine):
    raw = read_text(tmp_path, "milk, bread \n\nbread,,butter\nmilk\nbeer\nbread,beer\nbread,beer\n")
    found = stored([raw], BASKETS, tmp_path, engine)
    assert found["row_id"].is_unique
    assert list(found.columns) == ["row_id", "source_row", "order_id", "product"]
    assert list(zip(found["source_row"], found["order_id"], found["product"], strict=True)) == [
        (1, "1", "milk"), (1, "1", "bread"), (3, "3", "bread"), (3, "3", "butter"), (4, "4", "milk"),
        (5, "5", "beer"), (6, "6", "bread"), (6, "6", "beer"), (7, "7", "bread"), (7, "7", "beer"),
    ]  # fmt: skip


def test_facts_count_lines_baskets_and_items(tmp_path: Path, engine: Engine):
    data = prepare([read_text(tmp_path, FIVE + "\n" + FIVE)], BASKETS, tmp_path / "dataset", engine)
    facts = data.facts
    assert (facts.rows_read, facts.rows_used, facts.entities, facts.items) == (11, 10, 10, 4)
    assert [(left.reason, left.count, left.rows) for left in facts.left_out] == [("blank_row", 1, (6,))]
    assert (facts.first_at, facts.gross, facts.orders, data.manifest.extras) == (None, None, None, ())


def test_a_column_of_order_numbers_makes_rows_one_basket(tmp_path: Path, engine: Engine):
    text = "no,a,b\nA1,milk,bread\nA1,jam,\nA2,,\n,tea,\nA3,tea,milk\n"
    raw = read_text(tmp_path, text, header_row=1)
    data = prepare([raw], Mapping("baskets", (("order_id", "no"),)), tmp_path / "dataset", engine)
    held = data.main.execute().groupby("order_id")["product"].agg(sorted).to_dict()
    assert held == {"A1": ["bread", "jam", "milk"], "A3": ["milk", "tea"]}
    assert (data.facts.rows_read, data.facts.rows_used, data.facts.entities) == (5, 3, 2)
    assert {left.reason: left.rows for left in data.facts.left_out} == {"no_text": (4,), "no_id": (5,)}
    assert data.label("order_id").in_language("zh") == "订单号"


def test_lines_of_several_files_are_told_apart(tmp_path: Path, engine: Engine):
    raws = [read_text(tmp_path / name, FIVE, f"{name}.csv") for name in ("jan", "feb")]
    found = stored(raws, BASKETS, tmp_path, engine)
    assert found["order_id"].nunique() == 10
    assert found["row_id"].is_unique
    assert set(found[found["product"] == "beer"]["order_id"]) == {"1:4", "1:5", "2:4", "2:5"}


def test_equal_baskets_go_only_on_request(tmp_path: Path, engine: Engine):
    raw = read_text(tmp_path, FIVE + FIVE)
    assert prepare([raw], BASKETS, tmp_path / "all", engine).facts.entities == 10
    options = PrepareOptions(drop_duplicates=True)
    assert prepare([raw], BASKETS, tmp_path / "some", engine, options=options).facts.entities == 5


def test_without_an_item_column_there_is_nothing_to_use(tmp_path: Path, engine: Engine):
    raw = read_text(tmp_path, "no\nA1\nA2\n", header_row=1)
    with pytest.raises(DataError, match=r"data\.no_rows"):
        prepare([raw], Mapping("baskets", (("order_id", "no"),)), tmp_path / "dataset", engine)
