"""The settings of the sentiment page: classifier, learning, the neutral band, the dictionary of aspects, the date."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, cast, get_args

import pandas as pd
import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.models.sentiment import Params
from analytics.models.sentiment_findings import CLASSIFIERS
from analytics.text.aspects import DOMAIN_NAMES, Domain, name_of, stored
from ui import params_box
from ui.i18n import keyed, t
from ui.notice import show_error


def ask(data: Dataset) -> Params:
    """The parameters in force. Submitting the form puts new ones in force; wrong input leaves the old ones."""
    params = in_force(data)
    how = t(CLASSIFIERS[params.classifier]).split("：")[0].split(":")[0]
    label = t("设置：{how} · 中性 {low:pct} 到 {high:pct}", how=how, low=params.neutral_low, high=params.neutral_high)
    with st.expander(label, icon=":material/tune:", key="sentiment-settings"):
        domain = _ask_domain(params)
        with st.form("sentiment-form", border=False):
            values = _ask_judging(params, data) | {"words": _ask_words(params, domain), "domain": domain}
            if st.form_submit_button(t("应用"), type="primary"):
                try:
                    put(data, replace(params, **values))
                except AnalyticsError as error:
                    show_error(error)
                else:
                    st.rerun()
    return params


def in_force(data: Dataset) -> Params:
    """The parameters last applied to these data, in an earlier session too; the defaults when there are none."""
    return params_box.in_force("sentiment", data, Params())


def put(data: Dataset, params: Params) -> None:
    """Put parameters in force, for later sessions too."""
    params_box.put_in_force("sentiment", data, params)


def _ask_domain(params: Params) -> Any:
    return st.selectbox(
        t("方面词典"),
        ("auto", *DOMAIN_NAMES),
        index=("auto", *DOMAIN_NAMES).index(params.domain),
        format_func=lambda key: t("自动选择") if key == "auto" else t(DOMAIN_NAMES[key]),
        help=t("从评论里找物流、质量这些方面用的词。换一个行业，方面也跟着换。"),
        key=keyed(f"sentiment-domain-{params.domain}"),
        width=320,
    )


def _ask_judging(params: Params, data: Dataset) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    classifier = left.selectbox(
        t("判断方法"),
        list(CLASSIFIERS),
        index=list(CLASSIFIERS).index(params.classifier),
        format_func=lambda key: t(CLASSIFIERS[key]),
        help=t("SnowNLP 慢几十倍，也不认否定，只用来对比。"),
    )
    band = middle.slider(
        t("好评概率在这之间算中性（%）"), 0, 100, (round(params.neutral_low * 100), round(params.neutral_high * 100)), 5
    )
    first = data.facts.last_at
    default = first.date() + dt.timedelta(days=1) if first else dt.date(2000, 1, 1)
    as_of = right.date_input(
        t("统计到（不含）"), params.as_of or default, format="YYYY-MM-DD", disabled=first is None,
        max_value=dt.date(2100, 1, 1), help=t("“几天前”数到这一天。默认是最后一条评论的后一天。"),
    )  # fmt: skip
    adapt = left.checkbox(t("按这份文件的用词调整"), params.adapt)
    ratings = middle.checkbox(t("用评分校准"), params.use_ratings, disabled="rating" not in data.roles)
    top = right.number_input(
        t("评分的满分（0：自动）"), 0.0, 1000.0, float(params.rating_top), 1.0, disabled="rating" not in data.roles
    )
    return {
        "classifier": classifier,
        "neutral_low": min(band[0], 50) / 100,
        "neutral_high": max(band[1], 50) / 100,
        "adapt": adapt,
        "use_ratings": ratings,
        "rating_top": top,
        "as_of": None if first is None or as_of == default else as_of,
    }


def _ask_words(params: Params, domain: str) -> tuple[str, ...]:
    """The dictionary as a table; returns what differs from the one that is kept with the code."""
    base = {str(name_of(key)): " ".join(words) for key, words in stored(cast("Domain", _shown(domain))).items()}
    names = {str(name_of(key)): t(name_of(key)) for key in stored(_shown(domain))}
    changed = {name: " ".join(words) for name, words in params.aspect_words}
    rows = {names.get(name, name): words for name, words in (base | changed).items() if words}
    st.caption(t("每行一个方面，词之间用空格。可以改词、加行、删行；提到其中一个词，就算说到这个方面。"))
    edited = st.data_editor(
        pd.DataFrame({t("方面"): list(rows), t("词"): list(rows.values())}),
        hide_index=True,
        num_rows="dynamic",
        height=220,
        key=f"sentiment-words-{domain}",
        column_config={t("词"): st.column_config.TextColumn(width="large")},
    )
    stored_names = {shown: name for name, shown in names.items()}
    now = {
        stored_names.get(str(name).strip(), str(name).strip()): " ".join(str(words).split())
        for name, words in edited.dropna().itertuples(index=False)
        if str(name).strip()
    }
    gone = tuple(f"{name}=" for name in base if name not in now)
    return gone + tuple(f"{name}={words}" for name, words in now.items() if base.get(name) != words)


def _shown(domain: str) -> str:
    return domain if domain in get_args(Domain) else "shop"
