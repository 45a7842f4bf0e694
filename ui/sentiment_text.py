"""Sentences shown as evidence: the words that decided are marked, user text is never markup."""

from __future__ import annotations

import html
import re
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.models.sentiment import Result
from ui.i18n import t

MOST_SENTENCES = 8
_MARK = "background:rgba(230,159,0,.28);color:inherit;padding:0 2px;border-radius:3px"  # light and dark
_TONES = {"positive": "#009E73", "neutral": "#8A939B", "negative": "#D55E00"}
_POLARITY = {1: "positive", 0: "neutral", -1: "negative"}


def sentences(found: pd.DataFrame, key: str) -> None:
    """Reviews with their words marked, a page at a time: text · words · tone (a segment) and a note."""
    if found.empty:
        st.info(t("没有符合的句子。"))
        return
    pages = -(-len(found) // MOST_SENTENCES)
    page = 1 if pages == 1 else st.pagination(pages, key=f"{key}-page") if hasattr(st, "pagination") else int(
        st.number_input(t("第几页（共 {n:int} 页）", n=pages), 1, pages, 1, key=f"{key}-page", width=160)
    )  # fmt: skip
    start = (page - 1) * MOST_SENTENCES
    shown = found.iloc[start : start + MOST_SENTENCES]
    st.html("".join(_card(row) for row in shown.to_dict("records")))
    st.caption(t("第 {a:int} 到 {b:int} 条，共 {n:int} 条", a=start + 1, b=start + len(shown), n=len(found)))


def _card(row: dict[Hashable, Any]) -> str:
    note = f'<div style="opacity:.65;font-size:.82em;margin-top:2px">{html.escape(row["note"])}</div>'
    return (
        f'<div style="border-left:3px solid {_TONES[row["tone"]]};padding:4px 10px;margin:6px 0;'
        f'overflow-wrap:anywhere">'
        f"{marked(str(row['text']), str(row['words']).split())}{note if row['note'] else ''}</div>"
    )


def marked(text: str, words: Sequence[str]) -> str:
    """HTML of a text with words in bold, everything escaped; long texts are cut around the first word."""
    text = " ".join(text.split())
    ranked = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    pattern = re.compile("|".join(map(re.escape, ranked)), re.IGNORECASE) if ranked else None
    if len(text) > 240:
        first = pattern.search(text) if pattern else None
        begin = max(0, (first.start() if first else 0) - 80)
        text = f"{'…' if begin else ''}{text[begin : begin + 240]}…"
    if pattern is None:
        return html.escape(text)
    parts, at = [], 0
    for found in pattern.finditer(text):
        parts += [html.escape(text[at : found.start()]), f'<mark style="{_MARK}">{html.escape(found.group())}</mark>']
        at = found.end()
    return "".join([*parts, html.escape(text[at:])])


def of_aspect(answer: Result, aspect: str, polarity: int) -> pd.DataFrame:
    """The reviews behind one cell of aspect × polarity, ready for ``sentences``, newest and surest first."""
    mentions = answer.mentions
    rows = mentions.filter((mentions.aspect == aspect) & (mentions.polarity == polarity)).execute()
    words = rows.groupby("row_id")["words"].agg(" ".join).reset_index()
    table = answer.customers
    told = table.filter(table.row_id.isin(words["row_id"].tolist())).execute().merge(words, on="row_id")
    return as_sentences(told.assign(tone=_POLARITY[polarity]), ascending=polarity < 0)


def as_sentences(told: pd.DataFrame, *, ascending: bool = True) -> pd.DataFrame:
    """Rows of ``Result.customers`` as what ``sentences`` shows, surest complaints (or praise) first."""
    told = told.sort_values(["probability", "row_id"], ascending=[ascending, True], ignore_index=True)
    if "words" not in told:
        told["words"] = [" ".join(re.sub(r"[+−]", "", text).split("、")) for text in told["evidence"]]
    if "tone" not in told:
        told["tone"] = told["segment"]
    return told.assign(note=[_note(row) for row in told.to_dict("records")])[
        ["row_id", "text", "words", "tone", "note"]
    ]


def _note(row: dict[Hashable, Any]) -> str:
    parts = []
    if row.get("reviewed_at") is not None and not pd.isna(row["reviewed_at"]):
        parts.append(f"{row['reviewed_at']:%Y-%m-%d}")
    if not pd.isna(row["probability"]):
        parts.append(t("好评概率 {p:pct}", p=row["probability"]))
    return " · ".join(parts)
