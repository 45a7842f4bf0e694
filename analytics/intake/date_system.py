"""Workbooks that count their days from 1904: a copy that the parser cannot misread.

The parser takes the last element called workbookPr for the truth, and Mac Excel writes a second one of an extension
(x14:workbookPr), without the date system, behind the real one: every date then comes out four years early.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from analytics.intake.archive import DAMAGED, plain_name
from analytics.intake.sniff import truncated

_FROM_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*?\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_PROPERTIES = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*>")
_EXTENSIONS = re.compile(rb"<(?:\w+:)?extLst\b.*</(?:\w+:)?extLst>", re.DOTALL)


def with_one_date_system(path: Path, work: Path) -> Path:
    """The xlsx itself, or a copy in ``work`` without the extensions of the workbook when they hide the date system.

    FileError ``file.truncated`` for a damaged archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            book = next((name for name in archive.namelist() if plain_name(name) == "xl/workbook.xml"), None)
            text = archive.read(book) if book else b""
            if not _FROM_1904.search(text) or len(_PROPERTIES.findall(text)) < 2:
                return path
            target = work / "one_date_system.xlsx"
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
                for member in archive.infolist():
                    is_book = member.filename == book
                    copy.writestr(member.filename, _EXTENSIONS.sub(b"", text) if is_book else archive.read(member))
            return target
    except DAMAGED:
        raise truncated() from None
