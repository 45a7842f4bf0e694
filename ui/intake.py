"""From a dropped file to a confirmed dataset: what the home page shows, and require() for all other pages.

The steps: drop (intake_upload) → look and confirm (intake_form) → health and readiness (intake_health).
"""

from __future__ import annotations

import streamlit as st

from analytics.dataset import Dataset
from analytics.models.base import Needs, readiness
from ui import cached, guard, intake_form, intake_health, intake_upload, look, session
from ui.i18n import literal, t

HOME = "../pages/home.py"


def home() -> None:
    """The first page, whatever state the visitor is in."""
    guard.require_login()
    waiting = session.pending()
    data = session.current()
    if waiting is not None:
        intake_form.show(waiting, has_data=data is not None)
    elif data is not None:
        intake_health.show(data)
    else:
        _welcome()


def require(needs: Needs, *, title: str = "", question: str = "") -> Dataset:
    """The current dataset if a model with these needs can run on it; otherwise say what to do next and stop.

    With ``title`` and ``question`` the page's heading is written first.
    """
    guard.require_login()
    data = session.current()
    if title:
        look.page_title(title, question)
    if data is None:
        _nothing_yet()
        st.stop()
    state = readiness(needs, data.manifest)
    if state.level == "red":
        with st.container(border=True):
            st.markdown(t("**这份数据还不能做这个分析**"))
            for reason in state.reasons:
                st.markdown(f":red[:material/close:] {literal(t(reason))}")
            st.page_link(HOME, label=t("去数据页补上，或换一份数据"), icon=":material/arrow_back:")
        st.stop()
    for reason in state.reasons:
        st.caption(f":orange[:material/info:] {literal(t(reason))}")
    return data


def dataset_card() -> None:
    """The current dataset in the sidebar, in four short lines, and the way to delete it."""
    data = session.current()
    if data is None:
        return
    facts = data.facts
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/description: **{literal(data.manifest.names[0])}**")
        if len(data.manifest.names) > 1:
            st.caption(t("共 {n:int} 个文件", n=len(data.manifest.names)))
        st.caption(
            t("{rows:int} 行，{entities:int} 位客户", rows=facts.rows_used, entities=facts.entities)
            if data.kind in ("lines", "customers")
            else t("{rows:int} 行", rows=facts.rows_used)
        )
        if facts.first_at and facts.last_at:
            st.caption(t("{first:date} 至 {last:date}", first=facts.first_at, last=facts.last_at))
        _clear_button()


def _clear_button() -> None:
    with st.popover(t("清除我的数据"), icon=":material/delete:", type="tertiary"):
        st.markdown(t("删除上传的文件、整理好的数据、结果和记住的对应关系。删掉后找不回来。"))
        if st.button(t("全部删除"), type="primary", key="clear-all"):
            cached.forget()
            session.clear()
            st.rerun()


def _welcome() -> None:
    """The empty state of the first page."""
    st.title(t("把订单表拖进来，拿走一份该联系谁的名单"), anchor=False)
    st.caption(
        t("淘宝、京东、有赞、收银软件导出的表都行。表里有客户、时间、金额三列就够。文件只存在运行本程序的电脑上。")
    )
    with st.container(key="empty"):
        intake_upload.uploader()
    with st.container(horizontal=True, vertical_alignment="center"):
        intake_upload.sample_button(primary=False)
        st.caption(t("一家虚构网店一年半的订单，点一下就能看到全部功能。"))
    st.space("small")
    steps = (
        (":material/upload_file:", t("拖进来"), t("自动认出表头、编码、日期和金额，每一列是什么、为什么，都给你看。")),
        (":material/fact_check:", t("看一眼"), t("哪些行没用上、差在哪里，一行一行说清楚，可以下载。")),
        (":material/contacts:", t("拿走名单"), t("按价值和流失风险分好组，挑出要联系的人，下载成 Excel。")),
    )
    with st.grid(3, min_column_width=220, border=True):
        for icon, title, text in steps:
            with st.container(gap=None):
                st.markdown(f":primary[{icon}] **{title}**")
                st.caption(text)


def _nothing_yet() -> None:
    """The empty state of a model's page."""
    with st.container(border=True):
        st.markdown(t("**还没有数据**"))
        st.caption(t("先拖进来一份表，或用示例数据看看这个分析给出什么。"))
        with st.container(horizontal=True, vertical_alignment="center"):
            intake_upload.sample_button(primary=True)
            st.page_link(HOME, label=t("上传自己的表"), icon=":material/upload_file:")
