"""Any text file as clean UTF-8 on disk: which encoding it is in, checked over the whole stream.

UTF-16 (by its mark or its NUL pattern), then strict UTF-8, then strict GB18030; Big5 and others by manual choice
only, since statistical sniffers misname short GBK. A clean UTF-8 file is used in place; anything else is rewritten.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.intake.raw import ReadNote
from analytics.intake.sniff import HEAD_BYTES, cannot_decode, empty_file, maybe_big5, utf16_without_bom

_CHUNK_BYTES = 8 << 20
_BOM_BYTES = len(codecs.BOM_UTF8)


@dataclass(frozen=True)
class Utf8File:
    """UTF-8 bytes ``start`` to ``end`` of ``path``: no byte order mark, no NUL, no blank lines at the end.

    encoding    what the user's file was in
    quotes_end  behind the last quotation mark; ``start`` when there is none
    """

    path: Path
    start: int
    end: int
    encoding: str
    quotes_end: int
    notes: tuple[ReadNote, ...] = ()

    def head(self, size: int = HEAD_BYTES) -> str:
        """The first ``size`` bytes as text, cut at a line end where there is one."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            data = file.read(min(size, self.end - self.start))
        if self.start + len(data) < self.end:
            data = data[: data.rfind(b"\n") + 1] or data
        return data.decode("utf-8", "ignore")


def as_utf8(source: Path, work: Path, encoding: str | None) -> Utf8File:
    """``source`` as UTF-8, rewritten into ``work`` when it has to be.

    Raises FileError ``file.encoding`` or ``file.empty``.
    """
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
    tried = [encoding] if encoding else _candidates(head)
    for name in tried:
        codec = _codec(name)
        clean = _in_place(source, head) if codec == "utf-8" and not encoding_needs_rewrite(head) else None
        if clean is not None:
            return clean
        rewritten = _rewritten(source, work, codec)
        if rewritten is not None:
            notes = _notes(source, head, codec, manual=encoding is not None)
            return _measured(rewritten, _public_name(codec), notes)
    raise cannot_decode()


def encoding_needs_rewrite(head: bytes) -> bool:
    """NUL bytes have to go, so the file cannot be used in place."""
    return b"\0" in head


def _candidates(head: bytes) -> list[str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    bare = utf16_without_bom(head)
    return [bare] if bare else ["utf-8", "gb18030"]


def _codec(name: str) -> str:
    try:
        codec = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        raise _unknown_encoding(name) from None
    if codec in {"utf-8-sig", "ascii"}:
        return "utf-8"
    if codec in {"gb2312", "gbk"}:
        return "gb18030"  # the superset that shops' programs really write under these names
    if codec == "big5":
        return "big5hkscs"
    if not codec.startswith(("utf", "gb", "big5", "cp", "iso8859", "shift_jis", "euc", "koi8", "mac")):
        raise _unknown_encoding(name)
    return codec


def _public_name(codec: str) -> str:
    return "big5" if codec == "big5hkscs" else codec


def _unknown_encoding(name: str) -> FileError:
    return FileError(
        "file.encoding",
        msg("不认识编码“{name}”。", name=name),
        msg("常用的编码有 utf-8、gb18030、big5、utf-16。"),
    )


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _in_place(source: Path, head: bytes) -> Utf8File | None:
    """The file itself when it is UTF-8 all through, without NULs."""
    start = _BOM_BYTES if head.startswith(codecs.BOM_UTF8) else 0
    rest = b""
    for chunk in _chunks(source):
        if b"\0" in chunk:
            return None
        whole, rest = _split_at_character(rest + chunk if rest else chunk)
        if not _is_utf8(whole):
            return None
    if rest:
        return None
    return Utf8File(source, start, _content_end(source, start), "utf-8", _quotes_end(source, start))


def _split_at_character(data: bytes) -> tuple[bytes, bytes]:
    """What ends at a character's end, and the started character behind it (at most three bytes)."""
    for back in range(1, min(4, len(data)) + 1):
        lead = data[-back]
        if lead < 0x80:
            break
        if lead >= 0xC0:
            length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return (data[:-back], data[-back:]) if length > back else (data, b"")
    return data, b""


def _is_utf8(data: bytes) -> bool:
    """Strict check without making a str: many times faster than decode() on Chinese text."""
    if data.isascii():
        return True
    offsets = pa.array([0, len(data)], pa.int32()).buffers()[1]
    cell = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        cell.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _rewritten(source: Path, work: Path, codec: str) -> Path | None:
    """A UTF-8 copy without mark and NULs, or None when ``source`` is not in ``codec``."""
    target = work / "text.utf8"
    decoder = codecs.getincrementaldecoder("utf-8-sig" if codec == "utf-8" else codec)("strict")
    try:
        with target.open("wb") as file:
            for chunk in _chunks(source):
                file.write(_clean(decoder.decode(chunk)))
            file.write(_clean(decoder.decode(b"", final=True)))
    except UnicodeError:
        target.unlink()
        return None
    return target


def _clean(text: str) -> bytes:
    # A lone surrogate can come out of UTF-16 handlers of some codecs; it is not text.
    return text.replace("\0", "").encode("utf-8")


def _measured(path: Path, encoding: str, notes: tuple[ReadNote, ...]) -> Utf8File:
    with path.open("rb") as file:
        start = _BOM_BYTES if file.read(_BOM_BYTES) == codecs.BOM_UTF8 else 0
    return Utf8File(path, start, _content_end(path, start), encoding, _quotes_end(path, start), notes)


def _quotes_end(path: Path, start: int) -> int:
    """Where the last quotation mark ends; ``start`` without one. Many exports quote their header and nothing else."""
    end, at = start, 0
    for chunk in _chunks(path):
        last = chunk.rfind(b'"')
        end = at + last + 1 if last >= 0 else end
        at += len(chunk)
    return end


def _content_end(path: Path, start: int) -> int:
    """Where the last line with anything in it ends, its line end not counted. FileError ``file.empty``."""
    end = path.stat().st_size
    with path.open("rb") as file:
        while end > start:
            size = min(1 << 16, end - start)
            file.seek(end - size)
            block = file.read(size).rstrip(b"\r\n\x1a")
            end += len(block) - size
            if block:
                return end
    raise empty_file()


def _notes(source: Path, head: bytes, codec: str, *, manual: bool) -> tuple[ReadNote, ...]:
    notes = []
    if codec == "gb18030" and not manual and maybe_big5(head):
        text = msg("按简体编码读出来有很多生僻字，这可能是繁体文件。如果文字是乱码，请把编码改成 Big5。")
        notes.append(ReadNote("maybe_big5", text))
    if not codec.startswith("utf-16"):
        nuls = sum(chunk.count(0) for chunk in _chunks(source))
        if nuls:
            notes.append(ReadNote("nul_bytes", msg("去掉了 {count:int} 个看不见的空字符（NUL）。", count=nuls)))
    return tuple(notes)
