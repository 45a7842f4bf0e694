"""What the cells of a column look like, from a sample: the evidence beside the header."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.intake import cells
from analytics.intake.raw import RawTable

HEAD_ROWS, OTHER_ROWS = 2_000, 700
_CJK = re.compile(r"[\u3400-\u9fff]")
_PHONE = re.compile(r"^(?:\+?86)?1[3-9]\d[\d*]{8}$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_ROUNDED_OFF = re.compile(r"^\d{15}0+$")
_WRITTEN_DATE = re.compile(r"[-/.年:]|[a-z]{3}", re.IGNORECASE)


@dataclass(frozen=True)
class ColumnProfile:
    """Shares are of the filled cells of the sample.

    dates            readable as a plausible moment; ``bare_dates`` those of them that are digits only (20240103)
    fractions        numbers with a part after the point that is not 0
    row_number       whole numbers that go up by one
    damaged          cells that look like ids a spreadsheet has rounded
    """

    header: str
    filled: int
    distinct: int
    numbers: float
    fractions: float
    largest: float
    dates: float
    bare_dates: float
    row_number: bool
    mean_length: float
    chinese: float
    phones: float
    emails: float
    hashed: float
    damaged: int
    date_texts: tuple[str, ...]

    @property
    def repeats(self) -> float:
        """Cells per different value."""
        return self.filled / self.distinct if self.distinct else 0.0

    @property
    def is_date(self) -> bool:
        """Nearly all cells are moments."""
        return self.dates >= 0.8

    @property
    def is_number(self) -> bool:
        """Nearly all cells are numbers."""
        return self.numbers >= 0.8


def sample_of(raw: RawTable) -> pa.Table:
    """The first rows and some from the middle and the end, as text columns on their disk names."""
    file = pq.ParquetFile(raw.path)
    names = [f"c{at}" for at in range(len(raw.columns))]
    groups = file.num_row_groups
    if not groups:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    first = file.read_row_group(0, columns=names)
    if raw.rows <= HEAD_ROWS + 2 * OTHER_ROWS:
        return file.read(columns=names)
    middle = first if groups < 3 else file.read_row_group(groups // 2, columns=names)
    last = first if groups == 1 else file.read_row_group(groups - 1, columns=names)
    at = max(0, middle.num_rows // 2)
    parts = [first.slice(0, HEAD_ROWS), middle.slice(max(at, HEAD_ROWS if groups < 3 else 0), OTHER_ROWS)]
    return pa.concat_tables([*parts, last.slice(max(0, last.num_rows - OTHER_ROWS), OTHER_ROWS)])


def profile(raw: RawTable) -> tuple[ColumnProfile, ...]:
    """One profile per column, in file order."""
    sample = sample_of(raw)
    return tuple(profile_column(header, sample[f"c{at}"].to_pylist()) for at, header in enumerate(raw.columns))


def profile_column(header: str, texts: Sequence[str | None]) -> ColumnProfile:
    """The shape of a column from some of its cells."""
    counts = Counter(text for text in texts if text is not None and not cells.is_missing(text))
    filled = sum(counts.values())

    def share(of: Counter[str]) -> float:
        return sum(of.values()) / filled if filled else 0.0

    numbers = {text: value for text in counts if (value := cells.parse_number(text)) is not None}
    order, _ = cells.date_order(counts)
    moments = {text: m for text in counts if (m := cells.parse_moment(text, order)) and cells.is_plausible(m)}
    plain = {text: cells.plain(text) for text in counts}
    return ColumnProfile(
        header=header,
        filled=filled,
        distinct=len(counts),
        numbers=share(Counter({text: counts[text] for text in numbers})),
        fractions=share(Counter({text: counts[text] for text, value in numbers.items() if value % 1})),
        largest=float(max((abs(value) for value in numbers.values()), default=0)),
        dates=share(Counter({text: counts[text] for text in moments})),
        bare_dates=share(Counter({text: counts[text] for text in moments if not _WRITTEN_DATE.search(text)})),
        row_number=_counts_up(texts),
        mean_length=sum(len(text) * n for text, n in counts.items()) / filled if filled else 0.0,
        chinese=share(Counter({text: counts[text] for text in counts if _CJK.search(text)})),
        phones=share(Counter({text: counts[text] for text in counts if _PHONE.match(plain[text])})),
        emails=share(Counter({text: counts[text] for text in counts if _EMAIL.match(plain[text])})),
        hashed=share(Counter({text: counts[text] for text in counts if plain[text].startswith("#")})),
        damaged=_damaged(Counter({plain[text]: n for text, n in counts.items()})),
        date_texts=tuple(moments),
    )


def _damaged(counts: Counter[str]) -> int:
    scientific = sum(n for text, n in counts.items() if _SCIENTIFIC.match(text))
    long = sum(n for text, n in counts.items() if text.isdigit() and len(text) > 15)
    rounded = sum(n for text, n in counts.items() if _ROUNDED_OFF.match(text))
    return scientific + (rounded if rounded >= 3 and 2 * rounded >= long else 0)


def _counts_up(texts: Sequence[str | None]) -> bool:
    head = [text for text in texts[:HEAD_ROWS] if text is not None]
    if len(head) < 3 or not all(text.strip().isdecimal() and len(text) < 10 for text in head):
        return False
    numbers = [int(text) for text in head]
    steps = Counter(after - before for before, after in pairwise(numbers))
    return steps[1] >= 0.98 * (len(numbers) - 1) and numbers[0] <= 2
