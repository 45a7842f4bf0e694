"""The tabs of words and of repeated reviews, each with the sentences behind a word or a group."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.charts import sentiment as charts
from analytics.dataset import Dataset
from analytics.i18n import Text, msg
from analytics.models.sentiment import Result
from analytics.models.sentiment_words import (
    copied_texts,
    copies_of,
    unknown_words,
    with_word,
    words_by_polarity,
    words_lately,
)
from ui import cached, result, session
from ui.i18n import keyed, lang, t
from ui.sentiment_text import as_sentences, sentences

MOST_COPIES = 200


def words(data: Dataset, answered: Result) -> None:
    """Praise against complaint, lately against before, and words that the dictionary lacks."""
    options = {"polarity": t("好评和差评"), "lately": t("最近和以前"), "unknown": t("新词")}
    if answered.daily.empty:
        options.pop("lately")
    left, middle, right = st.columns([3, 2, 2])
    how = left.segmented_control(
        t("比什么"), list(options), default="polarity", required=True, format_func=options.__getitem__,
        key="sentiment-words-how",
    )  # fmt: skip
    params = (answered.params, how)
    if how == "unknown":
        _unknown(data, answered, cached.remembered("sentiment.unknown", data, params, lambda: unknown_words(answered)))
        return
    kinds = {True: t("词组"), False: t("单词")}
    kind = middle.segmented_control(
        t("看词组还是单词"),
        list(kinds),
        default=True,
        required=True,
        format_func=kinds.__getitem__,
        key="sentiment-words-kind",
    )
    if how == "lately":
        days = int(right.number_input(t("最近几天"), 1, 365, 7, key="sentiment-lately-days"))
        names = (msg("最近"), msg("以前"))
        table = cached.remembered("sentiment.lately", data, (*params, days), lambda: words_lately(answered, days))
    else:
        names = (msg("好评"), msg("差评"))
        table = cached.remembered("sentiment.words", data, params, lambda: words_by_polarity(answered))
    _compared(data, answered, charts.telling_words(table[table["phrase"] == bool(kind)]), names, str(how))


def _compared(data: Dataset, answered: Result, shown: pd.DataFrame, names: tuple[Text, Text], how: str) -> None:
    """The chart of words, and the sentences of the one that was clicked or chosen."""
    figure = charts.word_bars(shown, names, sided=how == "polarity", lang=lang(), dark=result.is_dark())
    alt = t("{one}和{other}各自偏爱的词", one=t(names[0]), other=t(names[1]))
    clicked = result.clickable_chart(figure, f"sentiment-{how}-{len(shown)}", alt=alt)
    st.caption(
        t(
            "越长，越是这一边才说的（对数优势比除以标准误，少见的词向全体靠拢）。一条评论里重复只算一次。点一条，看原话。"
        )
    )
    if shown.empty:
        return
    result.follow_click("sentiment.word", clicked)
    listed, wanted = list(shown["word"]), session.get("sentiment.word", "")
    counts = dict(zip(shown["word"], shown["one"] + shown["other"], strict=True))
    said = st.selectbox(
        t("看哪个词的原话"),
        listed,
        index=listed.index(wanted) if wanted in listed else 0,
        format_func=lambda word: t("{word}（{n:int} 条评论）", word=word, n=counts[word]),
        key=keyed(f"sentiment-word-{how}-{session.get('sentiment.word-round', 0)}-{len(listed)}"),
        width=360,
    )
    praise = how == "polarity" and said in set(shown.loc[shown["z"] > 0, "word"])
    _said(data, answered, said, f"sentiment-said-{how}", praise=praise)


def _said(data: Dataset, answered: Result, said: str, key: str, *, praise: bool = False) -> None:
    """The reviews with a word, complaints first or praise first."""
    found = cached.remembered(
        "sentiment.said",
        data,
        (answered.params, said, praise, lang()),
        lambda: as_sentences(with_word(answered, said), ascending=not praise),
    )
    sentences(found, f"{key}-{said}")


def _unknown(data: Dataset, answered: Result, table: pd.DataFrame) -> None:
    if table.empty:
        st.info(t("没有找到新词：评论里没有反复连在一起、词典又不认识的字。"))
        return
    st.dataframe(
        table[["word", "texts"]].set_axis([t("词"), t("出现在几种评论里")], axis=1), hide_index=True, width=420
    )
    st.caption(t("总是连在一起、分词词典却拆开的字。是方面的叫法，就加进设置里的方面词典。"))
    said = st.selectbox(t("看哪个词的原话"), list(table["word"]), key="sentiment-word-unknown", width=360)
    _said(data, answered, said, "sentiment-unknown")


def copies(data: Dataset, answered: Result) -> None:
    """Reviews that say the same, by how often, and the reviews of one group."""
    table = cached.remembered("sentiment.copies", data, answered.params, lambda: copied_texts(answered, MOST_COPIES))
    if table.empty:
        st.success(t("没有雷同的评论。"), icon=":material/check_circle:")
        return
    st.caption(t("12 个字以上、一字不差或只改了几个字的评论。同一段话很多人“写”，多半是复制粘贴或刷评。"))
    st.dataframe(
        table[["copies", "text"]].set_axis([t("条数"), t("其中一条")], axis=1), hide_index=True, height=260,
        key="sentiment-copies",
        column_config={
            t("条数"): st.column_config.NumberColumn(width=80),
            t("其中一条"): st.column_config.TextColumn(width=900),
        },
    )  # fmt: skip
    texts = dict(zip(table["copy_of"], table["text"], strict=True))
    group = st.selectbox(
        t("看哪一组的原话"), list(texts), format_func=lambda key: texts[key][:40], key=keyed("sentiment-copy-group")
    )
    found = cached.remembered(
        "sentiment.copy", data, (answered.params, group, lang()), lambda: as_sentences(copies_of(answered, group))
    )
    sentences(found, f"sentiment-copy-{group}")
