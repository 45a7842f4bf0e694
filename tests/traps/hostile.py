"""Builds the files of test_hostile_files: small ones that would cost a reader gigabytes, hours or its life."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = f'xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"'

HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>订单号</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>金额</t></is></c></row>'
)
ROW = '<row r="2"><c r="A2" t="inlineStr"><is><t>A1</t></is></c><c r="B2"><v>5</v></c></row>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "哈">'
    + "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
    + "]>"
)


def sheet(rows: str, before: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet {NAMESPACES}>{before}<sheetData>{rows}</sheetData></worksheet>'


def workbook_parts(sheets: int = 1, targets: Iterable[str] | None = None) -> dict[str, str]:
    """Everything but the sheets."""
    places = list(targets or (f"worksheets/sheet{at}.xml" for at in range(1, sheets + 1)))
    names = "".join(f'<sheet name="s{at}" sheetId="{at}" r:id="r{at}"/>' for at in range(1, len(places) + 1))
    links = "".join(
        f'<Relationship Id="r{at}" Type="{_RELATIONS}/worksheet" Target="{place}"/>'
        for at, place in enumerate(places, start=1)
    )
    links += f'<Relationship Id="strings" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f"<workbook {NAMESPACES}><sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
    }


def archive(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def xlsx(sheet_xml: str | bytes, **more: str | bytes) -> bytes:
    return archive({**workbook_parts(), "xl/worksheets/sheet1.xml": sheet_xml, **more})


def far_corner(before: str = "", cell: str = '<c r="XFD1048576"><v>1</v></c>') -> bytes:
    return xlsx(sheet(f'{HEADER}{ROW}<row r="1048576">{cell}</row>', before))


def ods(rows: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    table = f'<table:table table:name="s">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?>'
            f"<office:document-content {spaces}>{body}</office:document-content>",
        }
    )


def ods_cell(text: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods_row(cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def bomb_sheet(megabytes: int) -> bytes:
    """A sheet whose one cell is a long run of blanks: packs a thousandfold."""
    start, end = sheet(f'{HEADER}<row r="2"><c r="A2" t="inlineStr"><is><t>|</t></is></c></row>').split("|")
    return start.encode() + b"x" * (megabytes << 20) + end.encode()


def understated(content: bytes, part: str, size: int) -> bytes:
    """The archive with another declared size (and the checksum to match) for one part, in both of its headers."""
    data = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        info = source.getinfo(part)
        crc = zlib.crc32(source.read(part)[:size])
    struct.pack_into("<I", data, info.header_offset + 14, crc)
    struct.pack_into("<I", data, info.header_offset + 22, size)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        name_length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + name_length] == part.encode():
            struct.pack_into("<I", data, at + 16, crc)
            struct.pack_into("<I", data, at + 24, size)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def overlapping(content: bytes, copies: int) -> bytes:
    """The archive with many more entries in its directory, all of which point at the data of the last one."""
    end = content.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    directory = content[start : start + size]
    last = directory[directory.rfind(b"PK\x01\x02") :]
    name_length = struct.unpack_from("<H", last, 28)[0]
    entries = b"".join(
        last[:28] + struct.pack("<H", 8) + last[30:46] + f"part{at:04}".encode() + last[46 + name_length :]
        for at in range(copies)
    )
    count = struct.unpack_from("<H", content, end + 10)[0] + copies
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size + len(entries), start, 0)
    return content[:start] + directory + entries + tail


def gzip_bomb(megabytes: int) -> bytes:
    return gzip.compress("订单号,金额\n".encode() + b"A1,5555555\n" * (megabytes * 95_000), 5)


def wide_parquet(path: Path, columns: int) -> None:
    pq.write_table(pa.table({f"c{at}": [1] for at in range(columns)}), path)


def repeating_parquet(path: Path, rows: int, chars: int) -> None:
    """One long text in a dictionary, for every row: a few kilobytes that unpack to rows × chars bytes."""
    long = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * chars]))
    pq.write_table(pa.table({"订单号": long}), path, compression="zstd", row_group_size=rows)


def lying_parquet(content: bytes) -> bytes:
    """A footer that says it is as long as nothing is."""
    return content[:-8] + struct.pack("<I", 0x7FFFFFFF) + b"PAR1"
