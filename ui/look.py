"""What the theme cannot say: the logo, the uploader's Chinese words, tiles, and a few corrections of spacing.

Colours, fonts and radii are in .streamlit/config.toml. Nothing here ever holds a user's text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from ui.i18n import t

# A person's head and shoulders inside a speech mark: "know the customer".
_MARK = (
    '<path fill="#0f8f84" d="M6 3h20a5 5 0 0 1 5 5v13a5 5 0 0 1-5 5h-9l-6 5v-5H6a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5z"/>'
    '<circle cx="16" cy="11" r="3.6" fill="#fff"/>'
    '<path fill="#fff" d="M8.8 21.6c.4-3.6 3.3-5.6 7.2-5.6s6.800 2 7.200 5.600z"/>'
)
ICON = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{_MARK}</svg>'
_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 34" width="128" height="34">'
    f'{_MARK}<text x="40" y="24" font-size="21" font-weight="700" fill="#0f8f84" '
    "font-family=\"'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif\">知客</text>"
    '<text x="88" y="24" font-size="13" font-weight="500" fill="#7b8a88" '
    "font-family=\"'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif\">Zhike</text></svg>"
)

_STYLE = """
.block-container {max-width: 1180px; padding-top: 3.4rem;}
@media (max-width: 640px) {
  .block-container {padding: 4rem 1rem 2rem;}
  .st-key-wide-chart {overflow-x: auto;}
  .st-key-wide-chart [data-testid="stElementContainer"] {min-width: 760px;}
  .st-key-roles-heading {display: none;}
  .st-key-roles [data-testid="stHorizontalBlock"] {gap: .3rem;}
  .st-key-roles [data-testid="stVerticalBlock"] {gap: .5rem;}}
[data-testid="stMetric"] {padding: .5rem .75rem;}
[data-testid="stMetric"] > div {padding: 0;}
.st-key-stages [data-testid="stMetric"] {padding: 0;}
.st-key-stages [data-testid="stColumn"] {padding: .6rem .7rem;}
[data-testid="stMetricLabel"] p {font-size: .8rem; opacity: .72;}
[data-testid="stMetricValue"] {font-size: 1.25rem; font-weight: 600; line-height: 1.4;
  font-variant-numeric: tabular-nums;}
[data-testid="stFileUploaderDropzone"] {border-style: dashed;}
.st-key-empty [data-testid="stFileUploaderDropzone"] {
  min-height: 9rem; flex-direction: column; justify-content: center; align-items: center; gap: .6rem;
  text-align: center;}
.st-key-roles [data-testid="stCaptionContainer"] p {line-height: 1.35;}
.st-key-numbers-and-words :is(th, td:not(:first-child, :last-child)) * {white-space: nowrap; word-break: keep-all;}
.st-key-numbers-and-words :is(td:first-child, td:last-child) {min-width: 11.5rem;}
.st-key-empty [data-testid="stFileUploaderDropzoneInstructions"] {flex: 0 0 auto; height: auto;}
"""

# Streamlit's own words have no translation: each is hidden as text and said anew as generated content.
_NATIVE_WORDS = """
[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p,
[data-testid="stFileUploaderDropzoneInstructions"] span,
[data-testid="stFileUploaderDropzone"] > div:not([data-testid]) > span {font-size: 0 !important;}
[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p::after {
  content: CHOOSE; font-size: 1rem;}
[data-testid="stFileUploaderDropzoneInstructions"] span::after {content: LIMIT; font-size: .875rem;}
[data-testid="stFileUploaderDropzone"] > div:not([data-testid]) > span::after {content: DROP; font-size: 1rem;}
[role="listbox"] > [role="option"][style*="contents"] > span {font-size: 0;}
[role="listbox"] > [role="option"][style*="contents"] > span::after {content: NOTHING; font-size: .875rem;}
[data-testid="InputInstructions"] {font-size: 0;}
[data-testid="InputInstructions"]::after {content: ENTER; font-size: .75rem;}
"""


@dataclass(frozen=True)
class Tile:
    """One number with its name; ``help`` explains it on hover, ``span`` is its width in tiles."""

    label: str
    value: str
    help: str | None = None
    span: int = 1


def apply() -> None:
    """Logo and styles; once in every run."""
    st.logo(_LOGO, size="large", icon_image=ICON)
    st.html(f"<style>{_STYLE}{_native_words()}</style>")


def _native_words() -> str:
    gigabytes = int(st.get_option("server.maxUploadSize")) / 1024
    words = {
        "CHOOSE": t("选择文件"),
        "LIMIT": t("或把文件拖到这里，每个不超过 {gigabytes:g} GB", gigabytes=gigabytes),
        "DROP": t("松开鼠标就上传"),
        "NOTHING": t("没有符合的"),
        "ENTER": t("按回车确定"),
    }
    style = _NATIVE_WORDS
    for name, text in words.items():
        style = style.replace(name, json.dumps(text, ensure_ascii=False))
    return style


def tiles(items: Sequence[Tile], *, columns: int = 5) -> None:
    """Rows of small numbers; fewer fit in a row where the page is narrow."""
    grid = st.grid(columns, min_column_width=128, gap="xsmall")
    for item in items:
        with grid.cell(column_span=item.span):
            st.metric(item.label, item.value, help=item.help, border=True, height="stretch")


def page_title(title: str, question: str) -> None:
    """The heading every page starts with: what it is and the question it answers."""
    st.header(title, anchor=False)
    st.caption(question)


def choose_placeholder() -> str:
    """What an empty select box says."""
    return t("请选择")
