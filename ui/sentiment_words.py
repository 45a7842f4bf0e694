"""The tabs of words and of repeated reviews."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.charts import sentiment as charts
from analytics.dataset import Dataset
from analytics.i18n import msg
from analytics.models.sentiment import Result
from analytics.models.sentiment_words import copied_texts, unknown_words, words_by_polarity, words_lately
from ui import cached, result
from ui.i18n import lang, t

MOST_COPIES = 200


def words(data: Dataset, answered: Result) -> None:
    """Praise against complaint, lately against before, and words that the dictionary lacks."""
    options = {"polarity": t("好评和差评"), "lately": t("最近和以前"), "unknown": t("新词")}
    if answered.daily.empty:
        options.pop("lately")
    how = st.segmented_control(
        t("比什么"),
        list(options),
        default="polarity",
        required=True,
        format_func=options.get,
        key="sentiment-words-how",
    )
    params = (answered.params, how)
    if how == "unknown":
        _unknown(cached.remembered("sentiment.unknown", data, params, lambda: unknown_words(answered)))
        return
    if how == "lately":
        days = int(st.number_input(t("最近几天"), 1, 365, 30, key="sentiment-lately-days", width=160))
        names = (msg("最近"), msg("以前"))
        table = cached.remembered("sentiment.lately", data, (*params, days), lambda: words_lately(answered, days))
        alt = t("最近比以前说得多的词")
    else:
        names = (msg("好评"), msg("差评"))
        table = cached.remembered("sentiment.words", data, params, lambda: words_by_polarity(answered))
        alt = t("好评和差评各自偏爱的词")
    result.chart(charts.word_bars(table, names, lang=lang(), dark=result.is_dark()), f"sentiment-{how}", alt=alt)
    st.caption(t("越长，越是这一边才说的词（对数优势比除以标准误，少见的词向全体靠拢）。一条评论里重复只算一次。"))


def _unknown(table: pd.DataFrame) -> None:
    if table.empty:
        st.info(t("没有找到新词：评论里没有反复连在一起、词典又不认识的字。"))
        return
    st.dataframe(
        table[["word", "texts"]].set_axis([t("词"), t("出现在几种评论里")], axis=1), hide_index=True, width=420
    )
    st.caption(t("总是连在一起、分词词典却拆开的字。是方面的叫法，就加进设置里的方面词典。"))


def copies(answered: Result) -> None:
    """Reviews that say the same, by how often."""
    table = copied_texts(answered, MOST_COPIES)
    if table.empty:
        st.success(t("没有雷同的评论。"), icon=":material/check_circle:")
        return
    st.caption(t("12 个字以上、一字不差或只改了几个字的评论。同一段话很多人“写”，多半是复制粘贴或刷评。"))
    st.dataframe(
        table.set_axis([t("条数"), t("其中一条")], axis=1), hide_index=True, height=320, key="sentiment-copies",
        column_config={t("其中一条"): st.column_config.TextColumn(width="large")},
    )  # fmt: skip
