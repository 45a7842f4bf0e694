"""The tag builder: rules in a table, counted while they are edited; saved with the workspace, kept as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import portrait as charts
from analytics.errors import AnalyticsError
from analytics.models.portrait import Params
from analytics.models.portrait_tags import Tagged, tagged
from analytics.rules import WRITTEN, Condition, quote
from analytics.rules_match import words
from analytics.tags import read_tags, write_tags
from ui import cached, portrait_data, portrait_form, portrait_rule, result, session
from ui.i18n import lang, literal, t
from ui.notice import show_error
from ui.portrait_data import Basis

_DRAFT, _TURN = "portrait.draft", "portrait.draft.turn"


def builder(basis: Basis, params: Params) -> None:
    """The whole tab."""
    st.caption(
        t(
            "一行一个标签值：谁符合条件，谁就得到它。同一个标签里从上往下，先符合的算。"
            "保存以后，标签会变成名单里的列，也能在上面当条件用。"
        )
    )
    draft = _draft(basis, params)
    _add_line(basis, draft)
    text = _edited(basis, draft)
    counted = _count(basis, params, text)
    _buttons(basis, params, text, ready=counted is not None)
    if counted is not None and counted.tags:
        _counts(basis, params, counted)
        if len(counted.counts) > 1:
            st.markdown(t("**标签之间的重叠**"))
            st.caption(t("横着看：这一行的客户里，有多少也在那一列。同一个标签里每位客户只有一个值，所以不重叠。"))
            figure = charts.overlap(counted, lang=lang(), dark=result.is_dark())
            with st.container(key="wide-chart"):
                result.chart(figure, "portrait-overlap", alt=t("标签两两之间重叠的客户数"))


def _place(basis: Basis, name: str) -> str:
    return f"{name}.{basis.data.digest[:16]}"


def _draft(basis: Basis, params: Params) -> str:
    """The text that the table starts from: what was last changed otherwise than in the table, else what is saved."""
    held: str | None = session.get(_place(basis, _DRAFT), None)
    return params.tags if held is None else held


def _set_draft(basis: Basis, text: str) -> None:
    """Start the table anew from a text."""
    session.put(_place(basis, _DRAFT), text)
    session.put(_place(basis, _TURN), session.get(_place(basis, _TURN), 0) + 1)
    st.rerun()


def _add_line(basis: Basis, draft: str) -> None:
    """A line put together by choosing."""
    with st.container(border=True):
        left, right = st.columns(2)
        name = left.text_input(t("标签"), placeholder=t("比如 客户价值"), max_chars=40, key="portrait-tag-name")
        value = right.text_input(t("值"), placeholder=t("比如 高价值"), max_chars=40, key="portrait-tag-value")

        def add(condition: Condition, _joint: str) -> None:
            if not name.strip() or not value.strip():
                st.warning(t("先填标签和值，比如“客户价值”和“高价值”。"))
                return
            lines = session.get(_place(basis, f"{_DRAFT}.now"), draft).rstrip("\n")
            _set_draft(basis, f"{lines}\n{name.strip()}/{value.strip()}: {condition.write(lang())}\n".lstrip("\n"))

        portrait_rule.build_condition("portrait-tag", basis, add, joints=False)


def _edited(basis: Basis, draft: str) -> str:
    """The table; returns the rules as text."""
    tag, value, rule = t("标签"), t("值"), t("条件")
    rows = _rows(draft)
    frame = pd.DataFrame(rows, columns=[tag, value, rule], dtype="object")
    edited: Any = st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        key=f"portrait-tags-{basis.data.digest[:8]}-{session.get(_place(basis, _TURN), 0)}-{lang()}",
        column_config={
            tag: st.column_config.TextColumn(width="small", max_chars=40),
            value: st.column_config.TextColumn(width="small", max_chars=40),
            rule: st.column_config.TextColumn(
                width="large", help=t("写成“列名 比较 值”，“且”“或”连接；写“全部”就是其余的人。")
            ),
        },
    )
    lines = [
        f"{_cell(row[tag])}/{_cell(row[value])}: {_cell(row[rule])}"
        for row in edited.to_dict("records")
        if any(_cell(row[column]) for column in (tag, value, rule))
    ]
    text = "".join(f"{line}\n" for line in lines)
    session.put(_place(basis, f"{_DRAFT}.now"), text)
    return text


def _rows(text: str) -> list[tuple[str, str, str]]:
    try:
        return [(tag.name, c.value, c.rule.write(lang())) for tag in read_tags(text) for c in tag.choices]
    except AnalyticsError:
        return []


def _cell(value: Any) -> str:
    return "" if value is None or value != value else " ".join(str(value).split())  # noqa: PLR0124


def _count(basis: Basis, params: Params, text: str) -> Tagged | None:
    """The counts of the rules as they stand; None when they are wrong, with the reason shown."""
    try:
        wanted = replace(params, tags=text, group="", against="")
        data = portrait_data.ready(basis.data, wanted)

        def compute() -> Tagged:
            worked = basis.worked(wanted)
            return tagged(worked, worked.people.table)

        return cached.remembered("portrait.tags", data, wanted, compute)
    except AnalyticsError as error:
        show_error(error)
        return None


def _buttons(basis: Basis, params: Params, text: str, *, ready: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        changed = text != params.tags
        if st.button(
            t("保存，打到名单上"), type="primary", icon=":material/label:", disabled=not ready or not changed,
            key="portrait-tags-save",
        ):  # fmt: skip
            portrait_form.put(basis.data, replace(params, tags=text))
            _set_draft(basis, text)
        st.download_button(
            t("下载规则"), data=text.encode("utf-8-sig"), file_name=t("标签规则") + ".txt", mime="text/plain",
            icon=":material/download:", on_click="ignore", disabled=not text or not ready, key="portrait-tags-file",
        )  # fmt: skip
        with st.popover(t("打开规则文件"), icon=":material/upload_file:"):
            _open(basis)
        if not text and (start := _examples(basis)) and st.button(t("先放几条示例"), key="portrait-tags-examples"):
            _set_draft(basis, start)
        earlier = portrait_form.kept_tags()
        if earlier and not text and st.button(t("用上次保存的规则"), key="portrait-tags-last"):
            _set_draft(basis, earlier)


def _examples(basis: Basis) -> str:
    """A few rules to begin with, over the columns of an order file."""
    labels = {attribute.key: quote(t(attribute.label)) for attribute in basis.attributes}
    if not {"monetary", "recency_days"} <= set(labels):
        return ""
    top, everyone = WRITTEN["top"][0 if lang() == "zh" else 1], WRITTEN["all"][0 if lang() == "zh" else 1]
    worth, lately = t("客户价值"), t("近况")
    return (
        f"{worth}/{t('高价值')}: {labels['monetary']} {top} 20%\n{worth}/{t('普通')}: {everyone}\n"
        f"{lately}/{t('近期来过')}: {labels['recency_days']} <= 90\n"
        f"{lately}/{t('很久没来')}: {labels['recency_days']} > 90\n"
    )


def _open(basis: Basis) -> None:
    file = st.file_uploader(t("规则文件（.txt）"), type=["txt"], key="portrait-tags-open", label_visibility="collapsed")
    if file is None or session.get("portrait.tags.opened", "") == file.file_id:
        return
    text = file.getvalue().decode("utf-8-sig", errors="replace")
    try:
        read_tags(text)
    except AnalyticsError as error:
        show_error(error)
        return
    session.put("portrait.tags.opened", file.file_id)
    _set_draft(basis, text)


def _counts(basis: Basis, params: Params, counted: Tagged) -> None:
    """What each rule comes to."""
    columns = [
        a.column for a in basis.worked(replace(params, tags=_text(counted), group="", against="")).people.attributes
    ]
    rules = [choice.rule for tag in counted.tags for choice in tag.choices]
    frame = counted.counts
    shown = {
        t("标签"): [f"**{literal(str(name))}**" for name in frame["tag"]],
        t("值"): [literal(str(value)) for value in frame["value"]],
        t("意思"): [literal(t(words(rule, columns))) for rule in rules],
        t("符合条件"): [f"{n:,}" for n in frame["fits"]],
        t("得到标签"): [f"{n:,}" for n in frame["gets"]],
        t("占客户"): [f"{n / counted.customers:.1%}" for n in frame["gets"]],
    }
    st.table(pd.DataFrame(shown), hide_index=True, border="horizontal")
    for name, left in counted.without.items():
        if left:
            st.caption(t("“{tag}”：{n:int} 位客户哪一条都不符合，没有值。", tag=literal(name), n=left))


def _text(counted: Tagged) -> str:
    return write_tags(counted.tags)
