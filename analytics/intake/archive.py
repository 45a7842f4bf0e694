"""The zip around a workbook, checked before a native parser may open it: declared sizes, lies about them, overlaps.

The parsers unpack as much as the data gives, whatever the directory of the archive says; so everything is unpacked
once in a stream here, and refused where it is more than was declared.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.intake.raw import Limits
from analytics.intake.sniff import truncated

_CHUNK_BYTES = 4 << 20
_SMALL_MB = 100  # below this no ratio is suspicious
_LOCAL_HEADER_BYTES = 30
# What Python raises about archives and streams that are damaged or lie.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def check_archive(path: Path, limits: Limits) -> None:
    """Refuses by what is declared: FileError ``file.too_big``, or ``file.truncated`` for overlaps and twins."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED:
        raise truncated() from None
    declared = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    suspicious = declared > _SMALL_MB << 20 and declared / max(1, packed) > limits.zip_ratio
    if declared > limits.unzipped_mb << 20 or suspicious:
        raise unpacks_too_big(declared)
    # Two parts with one name are told apart differently by different parsers; parts that share bytes make a bomb.
    names = [plain_name(member.filename) for member in members if not member.is_dir()]
    if packed > path.stat().st_size or len(set(names)) < len(names):
        raise truncated()


def unpacked(path: Path, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part in chunks, by its data rather than by its declared size.

    Raises one of DAMAGED when there is more or less than declared. The caller makes a FileError of it.
    """
    with path.open("rb") as file:
        _go_to_data(file, member)
        if member.compress_type == zipfile.ZIP_STORED:
            if member.compress_size != member.file_size:
                raise zipfile.BadZipFile(member.filename)
            yield from _pieces(file, member.compress_size)
        elif member.compress_type == zipfile.ZIP_DEFLATED and not member.flag_bits & 0x1:
            yield from _inflated(file, member)
        else:
            raise zipfile.BadZipFile(member.filename)


def check_honest(path: Path, member: zipfile.ZipInfo) -> None:
    """Unpacks a part and throws it away. Raises one of DAMAGED."""
    for _ in unpacked(path, member):
        pass


def plain_name(name: str) -> str:
    """The name of a part as parsers compare it: lower case, forward slashes."""
    return name.replace("\\", "/").lower()


def unpacks_too_big(size: int) -> FileError:
    """Unpacked, the file is larger than one file may be."""
    return FileError(
        "file.too_big",
        msg("这个文件解压后太大（{mb:int} MB 以上），已停止。", mb=size >> 20),
        msg("删掉用不到的工作表、列和空白区域，或者另存为 csv 再上传。"),
    )


def _go_to_data(file: IO[bytes], member: zipfile.ZipInfo) -> None:
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER_BYTES)
    if len(header) < _LOCAL_HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile(member.filename)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)


def _pieces(file: IO[bytes], left: int) -> Iterator[bytes]:
    while left:
        data = file.read(min(_CHUNK_BYTES, left))
        if not data:
            raise EOFError
        left -= len(data)
        yield data


def _inflated(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    inflater, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    for piece in _pieces(file, member.compress_size):
        waiting = piece
        while waiting and not inflater.eof:
            chunk = inflater.decompress(waiting, _CHUNK_BYTES)
            waiting = inflater.unconsumed_tail
            size += len(chunk)
            if size > member.file_size:
                raise zipfile.BadZipFile(member.filename)
            yield chunk
    if size != member.file_size:
        raise zipfile.BadZipFile(member.filename)
