"""The tabs of the sentiment page, each computed only when it is open."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts import sentiment as charts
from analytics.dataset import Dataset
from analytics.models.sentiment import Params, Result
from analytics.models.sentiment_scores import handed_over, score
from analytics.models.sentiment_words import opinions_near
from analytics.text.aspects import name_of
from ui import cached, result, session
from ui.i18n import keyed, lang, listing, t
from ui.sentiment_alerts import warnings
from ui.sentiment_correct import corrections
from ui.sentiment_text import of_aspect, sentences
from ui.sentiment_words import copies, words

LONG_FILE = 3000  # reviews from which scoring shows a progress bar
_POLARITY = {"negative": -1, "neutral": 0, "positive": 1}


def answer(data: Dataset, params: Params) -> Result:
    """The result, with a progress bar when a long file is scored for the first time."""
    known = cached.stored_table("sentiment", data, params, "customers").is_file()
    if known or data.facts.rows_used < LONG_FILE:
        with st.spinner(t("正在计算…")):
            found: Result = cached.analyzed("sentiment", data, params)
            return found
    bar = st.progress(0.0, text=t("正在读 {n:int} 条评论…", n=data.facts.rows_used))

    def move(share: float) -> None:
        bar.progress(share)

    scored = score(data, params, move)
    bar.progress(0.9, text=t("正在汇总…"))
    with handed_over(scored):
        found = cached.analyzed("sentiment", data, params)
    bar.empty()
    return found


def overview(answered: Result) -> None:
    """Aspects by praise and complaint: a click opens the sentences below."""
    st.markdown(f"**{t('客户在说哪些方面')}**")
    figure = charts.aspect_bars(answered, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "sentiment-aspects", alt=t("各方面的称赞和抱怨占比"))
    result.follow_click("sentiment.clicked", clicked)
    st.caption(t("按提到的次数排。百分比的分母是提到这个方面的次数，没提到不算。点一条，在下面看原话。"))


def details(data: Dataset, answered: Result) -> None:
    """The tabs below the first screen."""
    show = {
        t("方面和原话"): partial(aspects, data, answered),
        t("趋势和预警"): partial(warnings, data, answered),
        t("词语"): partial(words, data, answered),
        t("更正"): partial(corrections, data, answered),
        t("雷同评论"): partial(copies, data, answered),
        t("口径"): partial(result.method_card, answered.method),
    }
    result.tabs("sentiment-tabs", show)


def aspects(data: Dataset, answered: Result) -> None:
    """Aspect × polarity with counts, and the sentences of one cell."""
    table = answered.aspects
    if table.empty:
        st.info(t("评论里没有提到词典里的方面。可以在设置里换一本词典，或加上自己的词。"))
        return
    picks, cell = st.columns([2, 3])
    clicked = session.get("sentiment.clicked", "")
    listed = list(table["aspect"])
    turn = session.get("sentiment.clicked-round", 0)
    aspect = picks.selectbox(
        t("看哪个方面"),
        listed,
        index=listed.index(clicked) if clicked in listed else 0,
        format_func=lambda key: t(name_of(key)),
        key=keyed(f"sentiment-aspect-{turn}"),
    )
    polarity = cell.segmented_control(
        t("看哪一边"),
        list(_POLARITY),
        default="negative",
        required=True,
        format_func=lambda key: t(charts.POLARITIES[key]),
        key="sentiment-polarity",
    )
    found = cached.remembered(
        "sentiment.aspect",
        data,
        (answered.params, aspect, polarity, lang()),
        lambda: of_aspect(answered, aspect, _POLARITY[polarity or "negative"]),
    )
    near = cached.remembered(
        "sentiment.near",
        data,
        (answered.params, aspect, polarity),
        lambda: opinions_near(answered, aspect, _POLARITY[polarity or "negative"]),
    )
    if near:
        told = listing([t("{word}（{n:int}）", word=word, n=n) for word, n in near])
        st.markdown(t("说得最多的：{words}", words=told))
    sentences(found, f"sentiment-{aspect}-{polarity}")
    with st.expander(t("全部方面的数字"), icon=":material/table:"):
        _aspect_table(table)


def _aspect_table(table: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            t("方面"): [t(name_of(aspect)) for aspect in table["aspect"]],
            t("提到次数"): table["mentions"],
            t("称赞"): table["positive"],
            t("没有好坏"): table["neutral"],
            t("抱怨"): table["negative"],
            t("抱怨占比"): table["negative_share"],
            t("抱怨 TGI"): table["tgi"].round(),
        }
    )
    st.dataframe(
        shown, hide_index=True, key="sentiment-aspect-table",
        column_config={t("抱怨占比"): st.column_config.NumberColumn(format="percent")},
    )  # fmt: skip
    st.caption(t("TGI：这个方面的抱怨占比 ÷ 所有方面的抱怨占比 × 100。提到不到 20 次的，看看就好。"))
