"""Words on pages: t("…{n:int}…", n=3) in the session's language. Chinese is the source, locales/en.po the English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

import streamlit as st

from analytics.i18n import LANGUAGES, Lang, Text, msg, word
from ui import session

_SWITCH = "language"
_NAMES: dict[Lang, str] = {"zh": "中文", "en": "English"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")


def lang() -> Lang:
    """The language that texts appear in."""
    return session.lang()


def t(text: str | Text, /, **values: Any) -> str:
    """A template or a Text in the session's language."""
    return word(text if isinstance(text, Text) else msg(text, **values), session.lang())


def literal(text: str) -> str:
    """User text for a place that reads Markdown: shown as it is, never as a link, formula or heading."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def listing(items: Iterable[str]) -> str:
    """Items side by side with the language's list comma."""
    return ("、" if session.lang() == "zh" else ", ").join(items)


def keyed(key: str) -> str:
    """The key of a menu whose options are words of ours: another one in each language.

    The browser holds what is chosen by its words. Under the same key it goes on showing those of the language before,
    and may ask for run after run to be told the others.
    """
    return key if session.lang() == "zh" else f"{key}-{session.lang()}"


def language_switch() -> None:
    """中文 or English; remembered for the next visit and in the address."""
    st.segmented_control(
        "语言 / Language",
        LANGUAGES,
        default=session.lang(),
        required=True,
        format_func=lambda code: _NAMES[cast("Lang", code)],
        label_visibility="collapsed",
        key=_SWITCH,
        on_change=_switch,
        width="stretch",
    )


def _switch() -> None:
    # On a change, not whenever it differs: a page that stops early leaves the state of older widgets behind.
    session.switch_lang(cast("Lang", session.chosen(_SWITCH)))
