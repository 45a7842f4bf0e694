"""The settings of the portrait page: which group, beside whom, which attributes. What is chosen is counted at once."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, replace
from typing import Any, get_args

import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.models.portrait import Params, Result
from analytics.models.rfm_findings import POLICIES
from analytics.models.rfm_scoring import RefundPolicy
from analytics.rules_match import readable
from ui import portrait_rule, session
from ui.i18n import keyed, lang, t
from ui.notice import show_error
from ui.params_box import ask_as_of
from ui.portrait_data import Basis

_RULES_KEPT = "portrait.tags"


def in_force(data: Dataset) -> Params:
    """The settings last applied to these data, in an earlier session too; else the defaults."""
    chosen: Params | None = session.get(_key(data), None)
    return chosen or _kept(data)


def _key(data: Dataset) -> str:
    return f"portrait.params.{data.digest[:16]}"


def _kept(data: Dataset) -> Params:
    stored = session.kept("portrait.params", data)
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
    try:
        if values.get("as_of"):
            values["as_of"] = dt.date.fromisoformat(values["as_of"])
        return Params(**values)
    except (AnalyticsError, TypeError, ValueError):  # kept by another version
        return Params()


def put(data: Dataset, params: Params) -> None:
    """Put settings in force, and keep them with the data; the tags with the workspace too, for the next file."""
    session.put(_key(data), params)
    session.keep("portrait.params", data, json.loads(json.dumps(asdict(params), default=str)))
    if params.tags:
        session.workspace().keep_choices(_RULES_KEPT, {"text": params.tags})


def kept_tags() -> str:
    """The tags last saved, with whichever data."""
    return str(session.workspace().choices(_RULES_KEPT).get("text", ""))


def ask(basis: Basis, params: Params, answer: Result | None) -> None:
    """The settings; 应用 (apply) puts them in force and runs again. Wrong input leaves the old ones.

    answer  with the settings in force; None: there is none
    """
    data = basis.data
    place = f"portrait-{data.digest[:8]}"
    with st.expander(_summary(answer), icon=":material/tune:", key="portrait-settings", expanded=answer is None):
        st.markdown(t("**看哪一组**"))
        group = portrait_rule.choose(f"{place}-group", basis, params.group or _usual(answer))
        st.markdown(t("**和谁比**"))
        other = st.segmented_control(
            t("和谁比"),
            ["all", "other"],
            default="other" if params.against else "all",
            required=True,
            format_func=lambda name: t("全部客户") if name == "all" else t("另一组"),
            label_visibility="collapsed",
            key=f"{place}-against",
        )
        against = portrait_rule.choose(f"{place}-base", basis, params.against) if other == "other" else ""
        chosen = _ask_rest(basis, params, place)
        if st.button(t("应用"), type="primary", key=f"{place}-apply"):
            try:
                put(data, replace(params, group=group, against=against, **chosen))
            except AnalyticsError as error:
                show_error(error)
            else:
                st.rerun()


def _ask_rest(basis: Basis, params: Params, place: str) -> dict[str, Any]:
    labels = {attribute.key: attribute.label for attribute in basis.attributes if attribute.compared}
    with st.container():
        attributes = st.multiselect(
            t("比哪些项（不选就是全部）"),
            list(labels),
            default=[key for key in params.attributes if key in labels],
            format_func=lambda key: t(labels[key]),
            placeholder=t("全部"),
            key=keyed(f"{place}-attributes"),
        )
        first, second, third, fourth = st.columns(4)
        bands = first.number_input(
            t("数字分几段"),
            2,
            10,
            params.bands,
            key=f"{place}-bands",
            help=t("年龄、金额这类数字按人数大致平分成几段来比。"),
        )
        min_n = second.number_input(
            t("少于几位变灰"), 1, 1000, min(params.min_n, 1000), key=f"{place}-min",
            help=t("人太少，比例靠不住：变灰，不下结论。"),
        )  # fmt: skip
        values: dict[str, Any] = {"attributes": tuple(attributes), "bands": int(bands), "min_n": int(min_n)}
        if basis.data.facts.last_at is not None:
            values["as_of"] = ask_as_of(third, basis.data, params.as_of)
        if any(attribute.source == "orders" for attribute in basis.attributes):
            policies = {name: t(text) for name, text in POLICIES.items()}
            values["refund_policy"] = fourth.selectbox(
                t("退款"), get_args(RefundPolicy), index=get_args(RefundPolicy).index(params.refund_policy),
                format_func=lambda name: policies[name], key=keyed(f"{place}-refund"),
            )  # fmt: skip
    return values


def _usual(answer: Result | None) -> str:
    """The rule behind the group that is shown when none was chosen."""
    return "" if answer is None else readable(answer.group_rule, [a.column for a in answer.known], lang())


def _summary(answer: Result | None) -> str:
    if answer is None:
        return t("设置：换一组再看")
    return t("设置：看“{group}”，和{base}比", group=t(answer.group_words), base=t(answer.base_words))
