"""Text that a spreadsheet program shows and never calculates.

A cell that begins with =, +, -, @, a tab or a carriage return can run as a formula when a csv file is opened
(OWASP, "CSV Injection"). In csv such a text gets an apostrophe in front; the full-width forms count as well, since
some programs fold them, and so does white space before them. Only text is touched: the number -5 stays -5.
Who reads the csv back by program takes one leading apostrophe off again (``unguard``); texts that began with an
apostrophe get a second one, so that nothing is lost.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_RISKY = r"^(?:'|[\t\r\n]|\s*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}])"


def guard(text: pa.Array) -> pa.Array:
    """A string array with an apostrophe before every text that a spreadsheet could take for a formula."""
    risky = pc.match_substring_regex(text, _RISKY)
    if not pc.any(risky).as_py():
        return text
    return pc.if_else(risky, pc.binary_join_element_wise("'", text, ""), text)


def guard_text(text: str) -> str:
    """``guard`` for one text, such as a header."""
    guarded: str = guard(pa.array([text], pa.string()))[0].as_py()
    return guarded


def unguard(text: str) -> str:
    """The text before ``guard``."""
    return text.removeprefix("'")
