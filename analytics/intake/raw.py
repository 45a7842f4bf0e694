"""What a reader hands on: a table of text cells on disk, and every fact about how it was found.

Nothing here touches a file. Cells are text so that the first thing a person sees is what the file says;
what a cell means is decided later, by role (intake/prepare.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analytics.i18n import Text, msg

ROW = "__row"  # 1-based row in the source, as a spreadsheet program numbers it
REASON = "__reason"
CONTENT = "__content"

# Why a row was set aside: by the reader …
READER_REASONS: dict[str, Text] = {
    "title_row": msg("表头上方的标题行"),
    "blank_row": msg("空行"),
    "total_row": msg("合计、总计或小计行"),
    "repeated_header": msg("重复的表头行"),
    "ragged_row": msg("这一行的列数比表头多"),
}
# … and by prepare, which knows what the columns mean.
PREPARE_REASONS: dict[str, Text] = {
    "no_id": msg("没有编号"),
    "no_date": msg("没有日期"),
    "bad_date": msg("日期看不懂"),
    "no_amount": msg("没有金额"),
    "bad_amount": msg("金额不是数字"),
    "no_text": msg("没有内容"),
    "odd_time": msg("时间离其他记录太远"),
    "unpaid": msg("没有付款或付款前已取消"),
    "duplicate": msg("和前面某一行完全相同"),
}
REASONS: dict[str, Text] = READER_REASONS | PREPARE_REASONS


@dataclass(frozen=True)
class ReadOptions:
    """What the user said about the file; None means: find out.

    header_row  1-based row of the header; 0 means the table has none and columns are called 列1, 列2, …
    """

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    password: str | None = None


@dataclass(frozen=True)
class Limits:
    """What one file may cost. The declared size of a workbook is checked before it is parsed."""

    seconds: float = 300
    memory_mb: int = 4096
    cells: int = 400_000_000
    columns: int = 2_000
    cell_chars: int = 1_000_000
    zip_ratio: int = 200
    unzipped_mb: int = 4096


# For a file that the person at the command line named: it may take an hour and be as long as the disk has room for.
OWN_FILE = Limits(seconds=3600, cells=4_000_000_000, unzipped_mb=64 << 10)


@dataclass(frozen=True)
class SheetInfo:
    """A sheet of a workbook as the chooser shows it; rows and columns count what is filled."""

    name: str
    rows: int
    columns: int
    hidden: bool


@dataclass(frozen=True)
class ReadNote:
    """Something the reader noticed that is not about leaving a row out, such as merged cells filled down."""

    code: str
    text: Text


@dataclass(frozen=True)
class Charset:
    """What the cells of a column are written with: what cannot be in them need not be looked for.

    characters     every ASCII character that occurs; others may be among them that do not
    beyond_ascii   whether anything else may occur
    longest_bytes  of a cell, in UTF-8
    """

    characters: frozenset[str]
    beyond_ascii: bool
    longest_bytes: int

    def within(self, allowed: str, longest_bytes: int) -> bool:
        """Whether every cell consists of these characters and is at most so long."""
        return not self.beyond_ascii and self.longest_bytes <= longest_bytes and self.characters <= set(allowed)


@dataclass(frozen=True)
class RawTable:
    """A table as it was understood, on disk.

    path           Parquet: ROW (int64), then text columns ``c0``, ``c1``, … in file order; null is an empty cell.
                   User headers never name columns on disk: they can collide, be empty, or be hostile.
    left_out_path  Parquet: ROW, REASON (a key of REASONS), CONTENT (the cells, joined by " | ")
    columns        the headers of c0, c1, … made unique: "金额", "金额 (2)"
    rows           rows in ``path``; rows_read adds what was left out
    header_row     1-based; 0 when the table has none
    encoding, delimiter   of a text file, else None
    digest         sha256 of the source bytes and the sheet name
    charsets       of c0, c1, …; () where nobody looked
    """

    path: Path
    left_out_path: Path
    file_name: str
    columns: tuple[str, ...]
    rows: int
    left_out: tuple[tuple[str, int], ...]
    header_row: int
    digest: str
    sheet: str | None = None
    sheets: tuple[SheetInfo, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[ReadNote, ...] = ()
    charsets: tuple[Charset, ...] = ()

    @property
    def rows_read(self) -> int:
        """Every row below or above the header that held or could hold data, the header itself not counted."""
        return self.rows + sum(count for _, count in self.left_out)

    def disk_name(self, column: str) -> str:
        """The name on disk (``c3``) of a header."""
        return f"c{self.columns.index(column)}"
