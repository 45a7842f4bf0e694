"""Expressions that engines would read differently if they were written the usual way."""

from __future__ import annotations

from typing import Any

import ibis

_OUTER_SPACE = r"^[\s\x0B]+|[\s\x0B]+\z"


def trimmed(text: Any) -> Any:
    """Text without blanks, tabs and line ends around it; Ibis' strip takes the letters v and f off on Spark."""
    has_outer_space = (text.left(1) <= " ") | (text.right(1) <= " ")
    return ibis.ifelse(has_outer_space, text.re_replace(_OUTER_SPACE, ""), text)
