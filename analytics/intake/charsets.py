"""Which characters a column is written with, found from the bytes of its cells at memory speed.

Most columns of an export hold digits, a few letters and one or two signs. Knowing that spares every later look for
quotation marks, full-width digits, blanks, time zones or words for "missing": tests that cost more than the reading.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.intake.raw import Charset

_HIGH = bytes(range(0x80, 0x100))
_FIRST_BYTES = 1 << 16


class CharsetFinder:
    """Takes the cells of one column batch by batch; what it knows holds for all that it was given."""

    def __init__(self) -> None:
        self._seen = b""
        self._beyond_ascii = False
        self.longest_bytes = 0

    def add(self, cells: pa.Array) -> None:
        """A batch of strings."""
        self.longest_bytes = max(self.longest_bytes, pc.max(pc.binary_length(cells)).as_py() or 0)
        data = _bytes_of(cells)
        self._beyond_ascii = self._beyond_ascii or not data.isascii()
        if not self._seen:
            self._see(data[:_FIRST_BYTES])
        # Deleting what is known already leaves next to nothing to look at.
        self._see(data.translate(None, self._seen + _HIGH))

    def may_hold_any(self, characters: str) -> bool:
        """False: none of these ASCII characters, and nothing beyond ASCII, is in any cell."""
        return self._beyond_ascii or any(ord(character) in self._seen for character in characters)

    def may_hold_word(self, word: str) -> bool:
        """False: the letters of this ASCII word, large or small, are not all there, and all is ASCII."""
        return self._beyond_ascii or all(ord(c.lower()) in self._seen or ord(c.upper()) in self._seen for c in word)

    def found(self) -> Charset:
        """What the cells so far are written with."""
        return Charset(frozenset(self._seen.decode("ascii")), self._beyond_ascii, self.longest_bytes)

    def _see(self, data: bytes) -> None:
        fresh = {byte for byte in set(data) if byte < 0x80}
        self._seen = bytes(sorted(fresh.union(self._seen)))


def _bytes_of(cells: pa.Array) -> bytes:
    """The bytes of all cells in a row."""
    _, ends, data = cells.buffers()
    if data is None or not len(cells):
        return b""
    ends = np.frombuffer(ends, dtype=np.int32)
    first, last = int(ends[cells.offset]), int(ends[cells.offset + len(cells)])
    cut: bytes = data.slice(first, last - first).to_pybytes()
    return cut
