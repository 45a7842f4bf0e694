"""The tab of corrections: change a label in the table; the model learns from it at once and keeps it."""

from __future__ import annotations

from dataclasses import replace

import ibis
import pandas as pd
import streamlit as st

from analytics.dataset import Dataset
from analytics.models.sentiment import SEGMENTS, Result
from ui import sentiment_form
from ui.i18n import t

SHOWN = 200


def corrections(data: Dataset, answered: Result) -> None:
    """Reviews to check, least certain first, with the label to change."""
    given = dict(answered.params.corrected)
    st.caption(
        t(
            "最拿不准的排在前面。改“判断”这一列，再点学习：改过的照你说的算（一字不差的几条一起改），模型也按它们重新判断别的评论。"
        )
    )
    search = st.text_input(t("只看含有这些字的评论"), key="sentiment-search", width=320)
    frame = _unsure(answered, search)
    names = {segment.key: t(segment.name) for segment in SEGMENTS}
    keys = {name: key for key, name in names.items()}
    rows, judged, text, sure, times = t("行"), t("判断"), t("评论内容"), t("好评概率"), t("条数")
    edited = st.data_editor(
        pd.DataFrame(
            {
                rows: frame["row_id"],
                judged: frame["segment"].map(names),
                text: frame["text"],
                sure: frame["probability"],
                times: frame["times"],
            }
        ),
        hide_index=True,
        height=360,
        disabled=[rows, text, sure, times],
        key=f"sentiment-correct-{len(given)}-{search}",
        column_config={
            judged: st.column_config.SelectboxColumn(options=list(keys), required=True, width="small"),
            text: st.column_config.TextColumn(width="large"),
            sure: st.column_config.NumberColumn(format="percent", width="small"),
            rows: st.column_config.NumberColumn(width=70),
            times: st.column_config.NumberColumn(width=70),
        },
    )
    now = edited[judged].map(keys)
    changed = {
        int(row): key for row, key, was in zip(frame["row_id"], now, frame["segment"], strict=True) if key != was
    }
    learn, undo, told = st.columns([1, 1, 3], vertical_alignment="center")
    if learn.button(t("学习"), type="primary", disabled=not changed, key="sentiment-learn"):
        _put(data, answered, given | changed)
    if undo.button(t("撤销全部更正"), disabled=not given, key="sentiment-forget"):
        _put(data, answered, {})
    if given or changed:
        told.caption(t("已学 {n:int} 条更正，这次改了 {m:int} 条。", n=len(given), m=len(changed)))


def _unsure(answered: Result, search: str) -> pd.DataFrame:
    table = answered.customers
    if search.strip():
        table = table.filter(table.text.contains(search.strip()))
    first = table.row_id.min()
    told = table.group_by(["text", "segment", "probability"]).agg(row_id=first, times=table.count())
    doubt = (told.probability.fill_null(0.0) - 0.5).abs()
    chosen = told.mutate(doubt=doubt).order_by(["doubt", ibis.asc("row_id")]).limit(SHOWN)
    found: pd.DataFrame = chosen.select("row_id", "segment", "text", "probability", "times").execute()
    return found


def _put(data: Dataset, answered: Result, given: dict[int, str]) -> None:
    listed = tuple(f"{row}={segment}" for row, segment in sorted(given.items()))
    sentiment_form.put(data, replace(answered.params, corrections=listed))
    st.rerun()
