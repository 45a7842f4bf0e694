"""The settings of the RFM page: method, classes, cut points, weights, date, refunds. Good defaults, one form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args

import pandas as pd
import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.i18n import Text, msg
from analytics.models.rfm import Method, Params
from analytics.models.rfm_compare import suggested_cuts
from analytics.models.rfm_findings import POLICIES
from ui import cached, params_box
from ui.i18n import t
from ui.notice import show_error

_SHORT: dict[str, Text] = {"quantile": msg("分位数"), "fixed": msg("固定分界点"), "mean": msg("均值八类")}
_MOST_POINTS = 4


def ask(data: Dataset) -> Params:
    """The parameters in force. Submitting the form puts new ones in force; wrong input leaves the old ones."""
    params = params_box.in_force("rfm", data, Params())
    with st.expander(_summary(params, data), icon=":material/tune:", key="rfm-settings"):
        method = _ask_method(params)
        with st.form("rfm-form", border=False):
            values = _ask_classes(method, params, data) | _ask_rest(params, data)
            if st.form_submit_button(t("应用"), type="primary"):
                try:
                    params_box.put_in_force("rfm", data, Params(method=method, **values))
                except AnalyticsError as error:
                    show_error(error)
                else:
                    st.rerun()
    return params


def _summary(params: Params, data: Dataset) -> str:
    as_of = params.as_of or params_box.day_after(data)
    method = _SHORT[params.method]
    if params.method == "quantile":
        method = msg("分位数 {bins:int} 档", bins=params.bins)
    refund = t(POLICIES[params.refund_policy]).split("：")[0].split(":")[0]
    return t("设置：{method} · 统计到 {as_of:date} · {refund}", method=method, as_of=as_of, refund=refund)


def _ask_method(params: Params) -> Method:
    chosen = st.segmented_control(
        t("打分方法"),
        get_args(Method),
        default=params.method,
        required=True,
        format_func=lambda name: t(_SHORT[name]),
        key=f"rfm-method-{params.method}",
    )
    method = cast("Method", chosen or params.method)
    explained = {
        "quantile": t("按排名分档，每档人数大致相等。不知道怎么定标准时用它。"),
        "fixed": t("按自己的规则分档，比如 30 天内买过算最近。每月可比。"),
        "mean": t("R、F、M 各和平均客户比，分高低，得到八类。"),
    }
    st.caption(explained[method])
    return method


def _ask_classes(method: Method, params: Params, data: Dataset) -> dict[str, Any]:
    if method == "quantile":
        return {"bins": st.select_slider(t("分几档"), [3, 4, 5], value=params.bins, width=240)}
    if method == "fixed":
        return _ask_cuts(params, data)
    return {}


def _ask_cuts(params: Params, data: Dataset) -> dict[str, Any]:
    start = params
    if params.method != "fixed":
        cuts = cached.remembered("rfm.suggested", data, params, lambda: suggested_cuts(data, params))
        start = replace(params, r_cuts=cuts.r, f_cuts=cuts.f, m_cuts=cuts.m)
    names = {"r_cuts": t("R：不超过几天"), "f_cuts": t("F：超过几单"), "m_cuts": t("M：超过多少元")}
    table = pd.DataFrame({column: pd.Series(getattr(start, name), dtype=float) for name, column in names.items()})
    table = table.reindex(range(_MOST_POINTS))
    st.caption(
        t("每列从小到大填 2 到 4 个数；起始值按现有数据取整。R 不超过第一个数得最高分，F、M 超过的数越多分越高。")
    )
    edited = st.data_editor(
        table,
        hide_index=True,
        width=520,
        key=f"rfm-cuts-{data.digest[:8]}",
        column_config={column: st.column_config.NumberColumn(min_value=0, format="%g") for column in names.values()},
    )
    return {name: tuple(float(value) for value in edited[column].dropna()) for name, column in names.items()}


def _ask_rest(params: Params, data: Dataset) -> dict[str, Any]:
    left, right = st.columns(2)
    as_of = params_box.ask_as_of(left, data, params.as_of, t("R 数到这一天。默认是数据最后一天的后一天，不是今天。"))
    policy = params_box.ask_refunds(right, params.refund_policy)
    weights = st.columns(3)
    asked = {
        name: column.number_input(label, min_value=0.0, max_value=100.0, value=float(getattr(params, name)), step=0.5)
        for name, column, label in zip(
            ("r_weight", "f_weight", "m_weight"), weights, (t("R 权重"), t("F 权重"), t("M 权重")), strict=True
        )
    }
    return {"as_of": as_of, "refund_policy": policy, **asked}
