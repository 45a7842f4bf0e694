"""The settings of the clustering page: measures, method, number of groups, preparation, a saved model. One form."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.i18n import Text, msg
from analytics.models.clusters import Model, Params
from analytics.models.clusters_features import Offer, offer
from analytics.models.clusters_findings import LOGS, METHODS, MISSING, SCALES
from analytics.models.clusters_prepare import LogRule, MissingRule, ScaleRule
from analytics.models.clusters_run import MOST_K
from ui import cached, params_box, session
from ui.i18n import listing, t
from ui.look import choose_placeholder
from ui.notice import show_error

_SHORT: dict[str, Text] = {"kmeans": msg("K 均值"), "mixture": msg("高斯混合"), "hdbscan": msg("HDBSCAN")}


def ask(data: Dataset) -> Params:
    """The parameters in force. Submitting the form puts new ones in force; wrong input leaves the old ones."""
    params = params_box.in_force("clusters", data, Params())
    offered = cached.remembered("clusters.offer", data, "", lambda: offer(data, data.companion("customers")))
    with st.expander(_summary(params, offered), icon=":material/tune:", key="clusters-settings"):
        if params.model:
            st.info(t("现在用的是保存的模型：特征和群都照旧，下面的设置不起作用。"), icon=":material/save:")
            if st.button(t("不用旧模型，重新聚类"), key="clusters-forget-model"):
                _apply(data, Params())
        with st.form("clusters-form", border=False):
            values = _ask_what(params, offered) | _ask_how(params) | _ask_preparation(params)
            values |= _ask_orders(params, data) if data.kind == "lines" else {}
            if st.form_submit_button(t("应用"), type="primary"):
                try:
                    chosen = Params(**values)
                except AnalyticsError as error:
                    show_error(error)
                else:
                    _apply(data, chosen)
        _ask_model(data, params)
    return params


def _apply(data: Dataset, params: Params) -> None:
    params_box.put_in_force("clusters", data, params)
    st.rerun()


def _summary(params: Params, offered: Offer) -> str:
    if params.model:
        return t("设置：用保存的模型")
    names = {feature.key: feature.label for feature in offered.features}
    keys = [key for key in params.features if key in names] or [feature.key for feature in offered.usual]
    shown = listing(t(names[key]) for key in keys[:4])
    if len(keys) > 4:
        shown = t("{names} 等 {n:int} 个特征", names=shown, n=len(keys))
    groups = t("{k:int} 群", k=params.k) if params.k and params.method != "hdbscan" else t("群数自动")
    return t("设置：{method} · {groups} · 按{features}", method=_SHORT[params.method], groups=groups, features=shown)


def _ask_what(params: Params, offered: Offer) -> dict[str, Any]:
    names = {feature.key: feature.label for feature in offered.features}
    usual = [feature.key for feature in offered.usual]
    chosen = st.multiselect(
        t("按哪些特征分"),
        list(names),
        default=[key for key in params.features if key in names] or usual,
        format_func=lambda key: t(names[key]),
        placeholder=choose_placeholder(),
        help=t("选 3 到 8 个你关心的、彼此不重复的特征。特征越多，群越难分清。"),
    )
    return {"features": () if set(chosen) == set(usual) else tuple(chosen)}


def _ask_how(params: Params) -> dict[str, Any]:
    left, middle, right = st.columns([3, 2, 2])
    method = left.selectbox(
        t("方法"), get_args(Model), index=get_args(Model).index(params.method), format_func=lambda m: t(METHODS[m])
    )
    k = middle.selectbox(
        t("分几群"),
        [None, *range(2, MOST_K + 1)],
        index=0 if params.k is None else params.k - 1,
        format_func=lambda n: t("自动") if n is None else str(n),
        help=t("自动：每种群数都试，看界线清楚不清楚、换一批客户还是不是这些群。HDBSCAN 自己定群数。"),
    )
    span = right.slider(t("自动时试多少群"), 2, MOST_K, (params.k_min, params.k_max))
    weak = st.checkbox(
        t("没有结构也照分"), params.show_weak, help=t("客户没有明显界线时也硬分出来看看。这样的群不要拿来做决定。")
    )
    return {"method": method, "k": k, "k_min": span[0], "k_max": span[1], "show_weak": weak}


def _ask_preparation(params: Params) -> dict[str, Any]:
    st.caption(t("预处理：让单位不同的特征能放在一起比"))
    first, second, third, fourth = st.columns(4)
    winsor = first.selectbox(
        t("极端值"),
        [0.0, 0.01, 0.02, 0.05],
        index=[0.0, 0.01, 0.02, 0.05].index(params.winsor_share) if params.winsor_share in (0, 0.01, 0.02, 0.05) else 1,
        format_func=lambda share: t("每端截去 {share:pct}", share=share) if share else t("不截"),
        help=t("最大和最小的那一小部分拉回到边上，免得一两个大客户自成一群。"),
    )
    log: LogRule = second.selectbox(
        t("取对数"), get_args(LogRule), index=get_args(LogRule).index(params.log), format_func=lambda key: t(LOGS[key]),
        help=t("金额这类特征少数人特别大，取对数后才看得出普通客户之间的差别。"),
    )  # fmt: skip
    scale: ScaleRule = third.selectbox(
        t("缩放"),
        get_args(ScaleRule),
        index=get_args(ScaleRule).index(params.scale),
        format_func=lambda key: t(SCALES[key]),
    )
    missing: MissingRule = fourth.selectbox(
        t("缺失值"),
        get_args(MissingRule),
        index=get_args(MissingRule).index(params.missing),
        format_func=lambda key: t(MISSING[key]),
    )
    return {"winsor_share": winsor, "log": log, "scale": scale, "missing": missing}


def _ask_orders(params: Params, data: Dataset) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    as_of = params_box.ask_as_of(left, data, params.as_of)
    window = middle.number_input(
        t("只看最近几天（0 是全部）"),
        min_value=0,
        max_value=36_500,
        value=params.window_days,
        help=t("要把模型用到以后的文件上时填一个固定的天数，比如 365，次数和金额才可比。"),
    )
    policy = params_box.ask_refunds(right, params.refund_policy)
    return {"as_of": as_of, "window_days": int(window), "refund_policy": policy}


def _ask_model(data: Dataset, params: Params) -> None:
    """A saved model instead of all of the above."""
    st.caption(t("或者用以前保存的模型，把这份数据归到同样的群里，看谁换了群："))
    file = st.file_uploader(
        t("模型文件（.json）"), type=["json"], key=f"clusters-model-{data.digest[:8]}", label_visibility="collapsed"
    )
    if file is None:
        return
    text = file.getvalue().decode("utf-8", errors="replace")
    if text == params.model:
        return
    taken = session.get("clusters.model.taken", "")
    if file.file_id == taken:  # the file stays in the widget after the model was put aside
        return
    try:
        chosen = Params(model=text)
    except AnalyticsError as error:
        show_error(error)
        return
    session.put("clusters.model.taken", file.file_id)
    _apply(data, chosen)
