"""Several raw tables of one kind as one: appended by column name, every row with an id of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from analytics.engine import Engine
from analytics.intake.raw import CONTENT, REASON, ROW, Charset, RawTable

ROW_ID, SOURCE_ROW, FILE, FILE_NO = "row_id", "source_row", "__file", "__file_no"
_ROWS_PER_FILE = 10**10  # row_id = file number × this + source row
_SEPARATOR = "\x1f"
_SORTED_ROWS = 20_000_000  # twice eight bytes each while they are sorted


@dataclass(frozen=True)
class Stack:
    """The appended tables.

    rows      lazy: ROW_ID, SOURCE_ROW, FILE, FILE_NO and one text column ``h0``, ``h1``, … per header
    headers   the union of all headers, in order of first appearance
    left_out  lazy: what the reader set aside (source_row, reason, content, file)
    charsets  header → what its cells are written with, in each table that has it; no entry where nobody looked
    """

    rows: ibis.Table
    headers: tuple[str, ...]
    left_out: ibis.Table
    names: tuple[str, ...]
    rows_read: int
    charsets: Mapping[str, tuple[Charset, ...]]

    def within(self, header: str, allowed: str, longest_bytes: int) -> bool:
        """Whether every cell under a header is known to consist of these characters and to be no longer."""
        found = self.charsets.get(header, ())
        return bool(found) and all(charset.within(allowed, longest_bytes) for charset in found)

    def lacks(self, header: str, character: str) -> bool:
        """Whether an ASCII character is known to be in no cell under a header."""
        found = self.charsets.get(header, ())
        return bool(found) and not any(character in charset.characters for charset in found)

    def disk_name(self, header: str) -> str:
        """The name of a header's column in ``rows``."""
        return f"h{self.headers.index(header)}"


def display_name(raw: RawTable) -> str:
    """File, and sheet where a workbook has several."""
    return f"{raw.file_name} / {raw.sheet}" if raw.sheet and len(raw.sheets) > 1 else raw.file_name


def stack(tables: Sequence[RawTable], engine: Engine) -> Stack:
    """Append raw tables by header; a column that one of them lacks is null there."""
    headers = tuple(dict.fromkeys(header for raw in tables for header in raw.columns))
    rows, left_out = [], []
    for number, raw in enumerate(tables):
        name = display_name(raw)
        cells = engine.read_parquet(raw.path)
        texts = {
            f"h{at}": cells[raw.disk_name(header)] if header in raw.columns else ibis.null("string")
            for at, header in enumerate(headers)
        }
        rows.append(
            cells.select(
                **{
                    ROW_ID: cells[ROW] + number * _ROWS_PER_FILE,
                    SOURCE_ROW: cells[ROW],
                    FILE: ibis.literal(name),
                    FILE_NO: ibis.literal(number, type="int16"),
                },
                **texts,
            )
        )
        aside = engine.read_parquet(raw.left_out_path)
        left_out.append(
            aside.select(source_row=aside[ROW], reason=aside[REASON], content=aside[CONTENT], file=ibis.literal(name))
        )
    return Stack(
        rows=ibis.union(*rows) if len(rows) > 1 else rows[0],
        headers=headers,
        left_out=ibis.union(*left_out) if len(left_out) > 1 else left_out[0],
        names=tuple(display_name(raw) for raw in tables),
        rows_read=sum(raw.rows_read for raw in tables),
        charsets=_charsets(tables, headers),
    )


def _charsets(tables: Sequence[RawTable], headers: Sequence[str]) -> dict[str, tuple[Charset, ...]]:
    if not all(raw.charsets for raw in tables):
        return {}
    return {
        header: tuple(raw.charsets[raw.columns.index(header)] for raw in tables if header in raw.columns)
        for header in headers
    }


def digest_of(tables: Sequence[RawTable], parts: Any) -> str:
    """sha256 over the sources (in any order) and everything else that decides what prepare writes."""
    told = json.dumps([sorted(raw.digest for raw in tables), parts], ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _joined(rows: ibis.Table, headers: Sequence[str], separator: str) -> Any:
    return ibis.literal(separator).join([rows[f"h{at}"].fill_null("") for at in range(len(headers))])


def content(rows: ibis.Table, headers: Sequence[str]) -> Any:
    """The cells of a row for people: joined by " | "."""
    return _joined(rows, headers, " | ")


def surplus_duplicates(stacked: Stack) -> ibis.Table | None:
    """ROW_IDs of the rows whose every cell equals an earlier row's; None when there is none.

    Hashes find the few candidates, whole texts decide. Most files have no two equal rows, which sorted numbers tell
    in half the time of a group for each row; beyond _SORTED_ROWS they would need too much memory.
    """
    cells = {f"h{at}": stacked.rows[f"h{at}"] for at in range(len(stacked.headers))}
    keyed = stacked.rows.select(ROW_ID, key=ibis.struct(cells).hash())
    at_hand = keyed.get_backend().name == "duckdb" and stacked.rows_read <= _SORTED_ROWS
    if at_hand and not _repeats(keyed["key"]):
        return None
    twice = keyed.group_by("key").aggregate(times=keyed.count()).filter(ibis._.times > 1)
    if int(twice.count().execute()) == 0:
        return None
    candidates = keyed.semi_join(twice, "key").select(ROW_ID)
    texts = stacked.rows.semi_join(candidates, ROW_ID)
    texts = texts.select(ROW_ID, whole=_joined(texts, stacked.headers, _SEPARATOR))
    numbered = texts.mutate(at=ibis.row_number().over(group_by=texts.whole, order_by=texts[ROW_ID]))
    return numbered.filter(numbered["at"] > 0).select(ROW_ID)


def _repeats(keys: Any) -> bool:
    """Whether a column of whole numbers holds one of them twice."""
    numbers = np.sort(keys.to_pyarrow().to_numpy())
    return bool((numbers[1:] == numbers[:-1]).any())
