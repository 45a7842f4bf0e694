"""What a column is written with: never less than what is in it, since later looks are spared by it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analytics
from analytics.intake.charsets import CharsetFinder
from analytics.intake.raw import Charset


def found(*batches: list[str | None]) -> Charset:
    finder = CharsetFinder()
    for batch in batches:
        finder.add(pa.array(batch, pa.string()))
    return finder.found()


def test_digits_and_a_letter() -> None:
    assert found(["C01", None, "C25"]) == Charset(frozenset("C0125"), beyond_ascii=False, longest_bytes=3)


def test_a_later_batch_adds_to_the_first() -> None:
    charset = found(["12"], ["3 kg"])
    assert charset.characters >= set("123 kg")
    assert charset.longest_bytes == 4


def test_chinese_is_beyond_ascii_and_counts_in_bytes() -> None:
    charset = found(["北京a"])
    assert (charset.characters, charset.beyond_ascii, charset.longest_bytes) == (frozenset("a"), True, 7)
    assert not charset.within("a", 100)


def test_nothing_at_all() -> None:
    assert found([None, None]) == Charset(frozenset(), beyond_ascii=False, longest_bytes=0)


def test_a_slice_does_not_lose_its_cells() -> None:
    finder = CharsetFinder()
    finder.add(pa.array(["ab", "cd", "ef"]).slice(1, 1))
    assert finder.found().characters == frozenset("cd")


@given(st.lists(st.lists(st.one_of(st.none(), st.text()), max_size=6), min_size=1, max_size=4))
def test_every_character_is_known(batches: list[list[str | None]]) -> None:
    charset = found(*batches)
    written = "".join(cell or "" for batch in batches for cell in batch)
    assert {character for character in written if character < "\x80"} <= charset.characters
    assert charset.beyond_ascii or written.isascii()
    assert charset.longest_bytes == max((len((cell or "").encode()) for batch in batches for cell in batch), default=0)


# A cell that needs a second look stands far behind 70,000 bytes that do not.
PLAIN = "\n".join(f"C{at:05},2024-01-{at % 28 + 1:02} 10:00:00,{at % 90 + 10}.5" for at in range(3000))


@pytest.mark.parametrize(
    ("row", "customers", "used", "code"),
    [
        ("none,2024-02-01 10:00:00,5", 3000, 3000, None),  # a word for "missing"
        ("'C00001,2024-02-01 10:00:00,5", 3000, 3001, None),  # a quotation mark before an id
        ("1.5E+17,2024-02-01 10:00:00,5", 3001, 3001, "damaged_ids"),
        ("C00001,2024-02-01T10:00:00+08:00,5", 3000, 3001, "zone_dropped"),
        ("C00001,2024-02-01 10:00:00,1_000", 3000, 3000, None),  # no number
    ],
)
def test_one_odd_cell_behind_many_plain_ones(
    tmp_path: Path, row: str, customers: int, used: int, code: str | None
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(f'"customer_id","ordered_at","amount"\n{PLAIN}\n{row}\n', encoding="utf-8")
    data = analytics.prepare(analytics.open_file(file))
    assert (data.facts.entities, data.facts.rows_used) == (customers, used)
    assert code is None or code in {issue.code for issue in data.manifest.issues}


def test_a_total_row_behind_many_plain_ones(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(f"customer_id,ordered_at,amount\n{PLAIN}\nTotal,,9\n", encoding="utf-8")
    assert analytics.open_file(file).left_out == (("total_row", 1),)
