"""How large the tables of an ods really are: a short file can repeat a filled row or cell a million times.

Plain Python over content.xml, in a stream, before a native parser lays the cells out one by one.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from analytics.intake.archive import DAMAGED, check_honest, plain_name, unpacked
from analytics.intake.raw import Limits
from analytics.intake.sheet_xml import too_far_apart
from analytics.intake.sniff import truncated

_LONGEST_ROW_BYTES = 64 << 20
_ROW_END = b"table-row>"
_ROW_OR_TABLE = re.compile(rb"<(?:[\w.]+:)?table(-row)?(?![-\w:])([^>]*)>")
_CELL = re.compile(rb"<(?:[\w.]+:)?(?:covered-)?table-cell(?![-\w])([^>]*)>")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["']\s*(\d{1,9})""")


def check_ods(path: Path, limits: Limits) -> None:
    """Refuses tables that no memory holds: FileError ``file.too_big``, or ``file.truncated`` for a damaged archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        for member in members:
            if plain_name(member.filename) == "content.xml":
                _check_extent(path, member, limits)
            else:
                check_honest(path, member)
    except DAMAGED:
        raise truncated() from None


def _check_extent(path: Path, member: zipfile.ZipInfo, limits: Limits) -> None:
    """The parser holds the rectangle from the first cell to the last filled one; so that is what is limited."""
    rows = width = height = 0
    for part in _whole_rows(path, member):
        tags = list(_ROW_OR_TABLE.finditer(part))
        ends = [tag.start() for tag in tags[1:]] + [len(part)]
        for tag, end in zip(tags, ends, strict=False):
            if not tag[1]:
                rows = width = height = 0
                continue
            rows += _times(tag[2])
            filled = _filled_width(part[tag.end() : end])
            if filled:
                width, height = max(width, filled), rows
                if width > limits.columns or width * height > limits.cells:
                    raise too_far_apart(height, width)


def _whole_rows(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """content.xml in parts that end where a row ends."""
    carried = b""
    for chunk in unpacked(path, member):
        carried += chunk
        cut = carried.rfind(_ROW_END)
        if cut >= 0:
            yield carried[: cut + len(_ROW_END)]
            carried = carried[cut + len(_ROW_END) :]
        elif len(carried) > _LONGEST_ROW_BYTES:
            raise zipfile.BadZipFile(member.filename)
    yield carried


def _filled_width(row: bytes) -> int:
    """Cells up to the last filled one."""
    at = filled = 0
    for cell in _CELL.finditer(row):
        at += _times(cell[1])
        if not cell[1].endswith(b"/") or b"value-type" in cell[1]:
            filled = at
    return filled


def _times(attributes: bytes) -> int:
    if b"-repeated" not in attributes:
        return 1
    found = _REPEATED.search(attributes)
    return max(1, int(found[1])) if found else 1
