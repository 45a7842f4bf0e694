"""A review's text made comparable: markup out, full width to half, traditional to simplified, and its words."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
MOST_CHARACTERS = 5000  # a longer review is judged by its first and last half of this

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|<!--.*?-->", re.DOTALL)
_BREAK = re.compile(r"<(?:br|p|div|li)\b[^<>]{0,100}>", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s\u4e00-\u9fff]+")
_REPEAT = re.compile(r"(.)\1{2,}", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BLANK = re.compile(r"\s+")
_MEANT = re.compile(r"[^\W_]|[\u2600-\u27bf\U0001f000-\U0001faff]")
_TEMPLATE = re.compile(
    r"^(?:此|该)?用户(?:没有|未)填写|^用户未及时|系统默认|^默认好评|没有填写评[价论]|^未填写评[价论]"
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}|[a-z][a-z0-9'-]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def clean(text: str) -> str:
    """The text as a person would read it, for showing and for cutting into clauses; the length may change."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(text)
    if "http" in text:
        text = _LINK.sub(" ", text)
    text = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").translate(_simplified()).strip()
    if len(text) > MOST_CHARACTERS:
        half = MOST_CHARACTERS // 2
        text = f"{text[:half]}\n{text[-half:]}"
    return text


def plain(cleaned: str) -> str:
    """A cleaned text for counting characters: lower case, any number is 0, no character more than twice in a row."""
    return _BLANK.sub(" ", _REPEAT.sub(r"\1\1", _NUMBER.sub("0", cleaned.lower()))).strip()


def says_something(cleaned: str) -> bool:
    """Whether there is a letter, a digit or an emoji in it, and it is not what a shop system writes for silence."""
    return _MEANT.search(cleaned) is not None and not _TEMPLATE.search(cleaned)


def is_foreign(cleaned: str) -> bool:
    """Letters without a single Chinese character."""
    return _HAN.search(cleaned) is None and re.search(r"[^\W\d_]", cleaned) is not None


def is_word(token: str) -> bool:
    """Two characters and more; no punctuation, number or single character."""
    return _WORD.fullmatch(token) is not None


def tokens(cleaned: str) -> list[str]:
    """Every token in order, punctuation included."""
    import rjieba

    return list(rjieba.cut(cleaned.lower()))


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    lines = (DATA / "traditional.txt").read_text(encoding="utf-8").splitlines()
    pairs: Sequence[str] = [pair for line in lines if not line.startswith("#") for pair in line.split()]
    return {ord(pair[0]): pair[1] for pair in pairs}
