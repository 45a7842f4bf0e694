"""What a file really is, whatever its name says: container by magic bytes, encoding and delimiter by trial."""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Literal

from analytics.errors import FileError
from analytics.i18n import Text, msg, verbatim

Container = Literal["xlsx", "xlsb", "ods", "xls", "encrypted", "parquet", "gzip", "html", "text"]

HEAD_BYTES = 1 << 20
WHITESPACE = " "  # as a delimiter: any run of blanks, as in aligned columns
DELIMITERS = (",", "\t", ";", "|", "、")

_ZIP_KINDS: tuple[tuple[str, Container], ...] = (
    ("xl/workbook.bin", "xlsb"),
    ("xl/workbook.xml", "xlsx"),
    ("content.xml", "ods"),
)
_OTHER_ZIPS = (("word/", "Word (docx)"), ("ppt/", "PowerPoint (pptx)"), ("META-INF/MANIFEST.MF", "Java (jar)"))
_PICTURE, _ARCHIVE = msg("图片"), msg("压缩包")
_OTHER_MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"RIFF", msg("音频、视频或图片")),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"%PDF", verbatim("PDF")),
    (b"SQLite format 3", verbatim("SQLite")),
    (b"{\\rtf", verbatim("RTF")),
    (b"MZ", msg("程序")),
    (b"\x7fELF", msg("程序")),
)
_OUR_MAGIC: tuple[tuple[bytes, Container], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    # A bare BIFF stream (Excel 2 to 5 without OLE) starts with a BOF record.
    (b"\x09\x00\x04\x00", "xls"),
    (b"\x09\x02\x06\x00", "xls"),
    (b"\x09\x04\x06\x00", "xls"),
    (b"\x09\x08\x08\x00", "xls"),
)
_DBASE_VERSIONS = (b"\x03", b"\x30", b"\x83", b"\x8b", b"\xf5")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XML_TABLE = re.compile(
    rb"<(table|tr|html|!doctype html)[\s>]|urn:schemas-microsoft-com:office:spreadsheet", re.IGNORECASE
)
_JSON_START = re.compile(rb'\s*[\[{]\s*(["\[{]|$)')
_NUMBERS = re.compile(r"^[\d\s.]+$")  # baskets of item numbers: a line may have any length
_CONTROL = bytes(set(range(32)) - {0, 9, 10, 11, 12, 13, 26, 27})


def container(path: Path) -> Container:
    """What is inside. FileError ``file.empty``, ``file.truncated``, or ``file.not_a_table`` naming what it is."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe") and path.stat().st_size <= len(head):
        raise empty_file()
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head.startswith(_OLE):
        return _ole_kind(path)
    for magic, kind in _OUR_MAGIC:
        if head.startswith(magic):
            return kind
    _refuse_other(head)
    # The markup may be UTF-16; without its NULs it reads like any other.
    start = head[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<") and b"<!entity" in head.replace(b"\0", b"").lower():
        raise not_a_table("XML")  # no export defines entities of its own; billion-laughs files do
    if start.startswith(b"<") and _XML_TABLE.search(head.replace(b"\0", b"")):
        return "html"
    if start.startswith((b"<?xml", b"<svg")):
        raise not_a_table("XML")
    return "text"


def not_a_table(what: Text | str) -> FileError:
    """The file is something else; ``what`` names it."""
    return FileError(
        "file.not_a_table",
        msg("这不是表格，看起来是{what}文件。", what=what if isinstance(what, Text) else verbatim(f" {what} ")),
        msg("请上传 xlsx、xls、xlsb、ods、csv、tsv、txt、csv.gz 或 parquet 表格；压缩包请先解压。"),
    )


def empty_file() -> FileError:
    """No bytes, or only blanks."""
    return FileError("file.empty", msg("这个文件是空的。"), msg("重新导出一份有内容的表格再上传。"))


def truncated() -> FileError:
    """The end is missing, or the inside is damaged."""
    return FileError(
        "file.truncated",
        msg("这个文件不完整或已损坏，没法打开。"),
        msg("重新下载或导出一次；如果 Excel 能打开它，另存为新的 xlsx 再上传。"),
    )


def cannot_decode() -> FileError:
    """No encoding fits, or not the one that was chosen."""
    return FileError(
        "file.encoding",
        msg("看不懂这个文件的文字编码。"),
        msg("手动选择编码（繁体文件常用 Big5），或者在 Excel 里另存为“CSV UTF-8”再上传。"),
    )


def _zip_kind(path: Path) -> Container:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise truncated() from None
    lowered = {name.lower().replace("\\", "/") for name in names}
    for member, kind in _ZIP_KINDS:
        if member in lowered:
            return kind
    for prefix, what in _OTHER_ZIPS:
        if any(name.startswith(prefix.lower()) for name in lowered):
            raise not_a_table(what)
    # A workbook may keep its parts elsewhere; the content types still say that it is one.
    if "[content_types].xml" in lowered and any("workbook" in name for name in lowered):
        return "xlsb" if any(name.endswith(".bin") for name in lowered) else "xlsx"
    raise not_a_table(_ARCHIVE)


def _ole_kind(path: Path) -> Container:
    import msoffcrypto.exceptions
    import olefile  # type: ignore[import-untyped]  # comes with msoffcrypto-tool

    try:
        with olefile.OleFileIO(path) as ole:
            if ole.exists("EncryptedPackage"):
                return "encrypted"
            if ole.exists("Workbook") or ole.exists("Book"):
                return "xls"
            if ole.exists("WordDocument"):
                raise not_a_table("Word (doc)")
            if ole.exists("PowerPoint Document"):
                raise not_a_table("PowerPoint (ppt)")
    except (OSError, IndexError, ValueError, msoffcrypto.exceptions.FileFormatError):
        raise truncated() from None
    raise not_a_table("Office")


def _refuse_other(head: bytes) -> None:
    for magic, what in _OTHER_MAGIC:
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head[:512]):
            raise not_a_table(what)
    if head[4:8] == b"ftyp":
        raise not_a_table("MP4")
    if _is_dbase(head):
        raise not_a_table("dBASE (dbf)")
    if _JSON_START.match(head.lstrip(b"\xef\xbb\xbf")):
        raise not_a_table("JSON")
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or utf16_without_bom(head)
    controls = len(head) - len(head.translate(None, _CONTROL))
    if not wide and (controls > 0.02 * len(head) + 2 or head.count(0) > 0.3 * len(head)):
        raise not_a_table(msg("程序或媒体一类的二进制"))


def _is_dbase(head: bytes) -> bool:
    """A version byte, a date, and a header of 32-byte fields that ends with a carriage return."""
    length = int.from_bytes(head[8:10], "little")
    dated = len(head) > 32 and 1 <= head[2] <= 12 and 1 <= head[3] <= 31
    return head[:1] in _DBASE_VERSIONS and dated and length % 32 == 1 and head[length - 1 : length] == b"\r"


def utf16_without_bom(head: bytes) -> str | None:
    """utf-16-le or utf-16-be when NUL bytes stand on one side of the pairs only, as separators and digits put them."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < 2 or (even + odd) < 0.04 * len(head) or min(even, odd) > 0.05 * max(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder(name)("strict").decode(head)
    except UnicodeDecodeError:
        return None
    return name


def maybe_big5(head: bytes) -> bool:
    """Whether text that decodes as gb18030 is rather Big5.

    Everyday characters lie in the first level of both standards: lead bytes B0–D7 with trail bytes from A1 in
    GB 2312, lead bytes A4–C6 in Big5. Big5 text read as GBK falls mostly outside of the former.
    """
    try:
        codecs.getincrementaldecoder("big5hkscs")("strict").decode(head)
    except UnicodeDecodeError:
        return False
    pairs = [(head[at], head[at + 1]) for at in _pair_starts(head)]
    if len(pairs) < 6:
        return False
    gb_common = sum(0xB0 <= lead <= 0xD7 and trail >= 0xA1 for lead, trail in pairs) / len(pairs)
    big5_common = sum(0xA4 <= lead <= 0xC6 for lead, _ in pairs) / len(pairs)
    return gb_common < 0.6 and big5_common > 0.85


def _pair_starts(data: bytes) -> list[int]:
    """Where two-byte characters start, punctuation (lead A1–A3 in both standards) left aside."""
    starts, at = [], 0
    while at < len(data) - 1:
        if data[at] < 0x80:
            at += 1
            continue
        if not 0xA1 <= data[at] <= 0xA3:
            starts.append(at)
        at += 2
    return starts


def delimiter(sample: str) -> str | None:
    """The delimiter that splits the first lines most evenly, quotes respected; None for a single column.

    ``sample`` is the start of the text, cut at a line end.
    """
    lines = [line for line in sample.splitlines() if line.strip()][:200]
    if any(" " in line for line in lines) and all(_NUMBERS.match(line) for line in lines):
        return WHITESPACE
    best: tuple[float, int] = (0.0, 0)
    chosen: str | None = None
    for candidate in DELIMITERS:
        widths = _widths(sample, candidate)
        evenness, width = _evenness(widths)
        if width > 1 and (evenness, width) > best and evenness >= (0.9 if candidate == "、" else 0.5):
            best, chosen = (evenness, width), candidate
    if best[0] < 0.9 and (width := _aligned_width(lines)):
        return WHITESPACE if width > 1 else chosen
    # Ragged lists (a basket per line) have no common width, but a delimiter in most lines.
    if chosen is None:
        shares = {c: sum(c in line for line in lines) / max(1, len(lines)) for c in (",", "\t", ";", "|")}
        favourite = max(shares, key=lambda c: shares[c])
        chosen = favourite if shares[favourite] > 0.6 else None
    return chosen


def _widths(sample: str, candidate: str) -> list[int]:
    widths: list[int] = []
    try:
        for record in csv.reader(sample.splitlines(keepends=True), delimiter=candidate):
            if record:
                widths.append(len(record))
            if len(widths) >= 200:
                break
    except csv.Error:
        pass
    return widths


def _evenness(widths: list[int]) -> tuple[float, int]:
    """The share of records with the most frequent width above one, and that width."""
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0.0, 0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    return round(count / len(widths), 1), width


def _aligned_width(lines: list[str]) -> int:
    """The common number of blank-separated cells, when all lines agree and look like columns of values."""
    widths = {len(line.split()) for line in lines}
    if len(widths) != 1 or len(lines) < 2 or not any(char.isdigit() for char in lines[-1]):
        return 0
    return widths.pop()
