"""The tab of early warning: the trend with ratings, the alerts, and the sentences that caused one."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from analytics.charts import sentiment as charts
from analytics.dataset import Dataset
from analytics.models.sentiment import Result
from analytics.models.sentiment_alerts import DIMENSIONS, KINDS, AlertParams, Period, alerts, behind, changed_words
from analytics.text.aspects import name_of
from ui import cached, result, session
from ui.i18n import keyed, lang, listing, t
from ui.sentiment_text import as_sentences, sentences

MOST_ALERTS = 50  # shown, and in the menu


def warnings(data: Dataset, answered: Result) -> None:
    """Trend, alerts, sentences."""
    if answered.daily.empty:
        st.info(t("文件里没有评论时间，看不了趋势和预警。在数据页把时间列对上，就能看。"))
        return
    left, right = st.columns(2)
    names = {"week": t("按周"), "day": t("按天")}
    period = cast(
        "Period",
        left.segmented_control(
            t("周期"), list(names), default="week", required=True, format_func=names.__getitem__, key="sentiment-period"
        ),
    )
    words = {0.01: t("只报很确定的"), 0.1: t("适中"), 0.25: t("宁可多报")}
    threshold = right.segmented_control(
        t("灵敏度"), list(words), default=0.1, required=True, format_func=words.__getitem__, key="sentiment-threshold",
        help=t("把几百个格子一起看时，碰巧也会有高的。已经扣除了这种碰巧：适中时，报出来的里大约十分之一是碰巧；只报很确定的，是百分之一；宁可多报，是四分之一。"),
    )  # fmt: skip
    params = AlertParams(period, float(threshold or 0.1))
    found = cached.remembered(
        "sentiment.alerts", data, (answered.params, params), lambda: alerts(data, answered, params)
    )
    marks = found[(found["dimension"] == "all") & (found["kind"] == "share")]
    figure = charts.trend(answered, params.period, marks, lang=lang(), dark=result.is_dark())
    alt = t("评论数、差评占比和平均评分的走势")
    clicked = result.clickable_chart(figure, f"sentiment-trend-{params.period}", alt=alt)
    result.follow_click("sentiment.moment", clicked)
    if found.empty:
        st.success(t("没有比平时明显变差的地方。"), icon=":material/check_circle:")
    else:
        _table(found, params.period)
    _sentences(data, answered, found, params.period)


def _label(alert: pd.Series) -> str:
    what = t(DIMENSIONS[alert["dimension"]])
    if alert["dimension"] == "all":
        return what
    part = t(name_of(alert["slice"])) if alert["dimension"] == "aspect" else str(alert["slice"])
    return t("{what}：{part}", what=what, part=part)


def _table(found: pd.DataFrame, period: Period) -> None:
    rows = found.head(MOST_ALERTS)
    shown = pd.DataFrame(
        {
            t("什么变了"): [t(KINDS[kind]) for kind in rows["kind"]],
            t("哪里"): [_label(row) for _, row in rows.iterrows()],
            t("哪一周（从周一）") if period == "week" else t("哪一天"): rows["start"].dt.date,
            t("评论数"): rows["reviews"],
            t("平时的评论数"): rows["usual_reviews"].round(1),
            t("差评"): rows["complaints"],
            t("差评占比"): rows["share"],
            t("平时的差评占比"): rows["usual_share"],
        }
    )
    percent = st.column_config.NumberColumn(format="percent")
    st.markdown(f"**{t('{n:int} 处和平时不一样', n=len(found))}**")
    st.dataframe(
        shown,
        hide_index=True,
        height=min(35 * len(shown) + 38, 250),
        key="sentiment-alert-table",
        column_config={t("差评占比"): percent, t("平时的差评占比"): percent},
    )
    st.caption(
        t(
            "平时：同一商品、店铺或方面在这之前的水平，评论少的向全部评论靠拢。差评变多排在前面，越不像碰巧越靠前。全部评论一起变多时，商品和店铺不重复报。"
        )
    )


def _sentences(data: Dataset, answered: Result, found: pd.DataFrame, period: Period) -> None:
    """The sentences of an alert, or of any period: of a bar that was clicked, or chosen from the menu."""
    places = [alert for _, alert in found.head(MOST_ALERTS).iterrows()]
    labels = {f"alert-{at}": f"{row['start']:%Y-%m-%d} · {t(KINDS[row['kind']])} · {_label(row)}"
              for at, row in enumerate(places)}  # fmt: skip
    chosen = dict(zip(labels, places, strict=True))
    counts = charts.per_period(answered.daily, period)
    for start, row in counts[counts["reviews"] > 0].iloc[::-1].iterrows():
        for segment in ("negative", "neutral", "positive"):
            if row[segment]:
                key = f"{start:%Y-%m-%d} {segment}"
                labels[key] = t(
                    "{day:date} · {what} {n:int} 条", day=start, what=t(charts.NAMES[segment]), n=row[segment]
                )
                chosen[key] = pd.Series({"kind": "segment", "dimension": "all", "slice": segment, "start": start})
    wanted, turn = session.get("sentiment.moment", ""), session.get("sentiment.moment-round", 0)
    at = st.selectbox(
        t("看哪一处的原话"), list(labels), index=list(labels).index(wanted) if wanted in labels else 0,
        format_func=labels.__getitem__, key=keyed(f"sentiment-alert-{period}-{turn}"),
        help=t("先是上面表里的，再是每一期的；点图上的柱子也行。"),
    )  # fmt: skip
    alert = chosen[at]
    asked = (answered.params, period, tuple(alert[["kind", "dimension", "slice", "start"]]), lang())
    told = cached.remembered("sentiment.behind", data, asked, lambda: behind(data, answered, alert, period))
    if alert["kind"] != "segment":
        ids = told["row_id"].tolist()
        more = cached.remembered("sentiment.changed", data, asked, lambda: changed_words(answered, ids))
        if more:
            st.markdown(t("比平时说得多的词：{words}", words=listing(more)))
    sentences(as_sentences(told, ascending=alert["slice"] != "positive"), f"sentiment-alert-{period}-{at}")
