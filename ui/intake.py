"""From a dropped file to a confirmed dataset: what the home page shows, and require() for all other pages.

The steps: drop (intake_upload) → look and confirm (intake_form) → health and readiness (intake_health).
"""

from __future__ import annotations

import streamlit as st

from analytics.catalog import Model
from analytics.dataset import Dataset
from analytics.fields import KINDS, Kind
from analytics.i18n import msg
from analytics.models.base import needs_for, readiness
from ui import cached, guard, intake_form, intake_health, intake_upload, look, session
from ui.i18n import literal, t

HOME = "../pages/home.py"


def home() -> None:
    """The first page, whatever state the visitor is in."""
    guard.require_login()
    waiting = session.pending()
    tables = session.tables()
    if waiting is not None:
        intake_form.show(waiting, has_data=bool(tables))
    elif tables:
        intake_health.show(tables)
    else:
        _welcome()


def require(entry: Model) -> Dataset:
    """A dataset that the model can run on, with the tables that enrich it; otherwise what to do next, and stop.

    Writes the page's heading first.
    """
    guard.require_login()
    tables = session.tables()
    look.page_title(t(entry.title), t(entry.question))
    data = _choose(entry, tables)
    if data is None:
        _nothing_yet(entry)
        st.stop()
    state = readiness(entry.needs, data.manifest)
    if state.level == "red":
        with st.container(border=True):
            st.markdown(t("**这份数据还不能做这个分析**"))
            for reason in state.reasons:
                st.markdown(f":red[:material/close:] {literal(t(reason))}")
            with st.container(horizontal=True, vertical_alignment="center"):
                if data.kind not in entry.tables:
                    intake_upload.sample_button(primary=False, sample=entry.sample)
                st.page_link(HOME, label=t("去数据页补上，或换一份数据"), icon=":material/arrow_back:")
        st.stop()
    for reason in state.reasons:
        st.caption(f":orange[:material/info:] {literal(t(reason))}")
    needs = needs_for(entry.needs, data.kind)
    wanted = needs.beside if needs else ()
    return data.with_beside([tables[kind] for kind in wanted if kind in tables])


def _choose(entry: Model, tables: dict[Kind, Dataset]) -> Dataset | None:
    """The table to run on: asks where several would do; one of a wrong kind where there is no other."""
    usable = [kind for kind in entry.tables if kind in tables]
    if len(usable) < 2:
        return tables[usable[0]] if usable else next(reversed(tables.values()), None)
    earlier = session.workspace().choices(f"table.{entry.key}").get("kind")
    chosen = st.segmented_control(
        t("用哪张表"),
        usable,
        default=earlier if earlier in usable else usable[0],
        required=True,
        format_func=lambda kind: t("{kind}：{name}", kind=KINDS[kind].title, name=tables[kind].manifest.names[0]),
        label_visibility="collapsed",
        key=f"table-{entry.key}",
    )
    kind: Kind = chosen or usable[0]
    if kind != earlier:
        session.workspace().keep_choices(f"table.{entry.key}", {"kind": kind})
    return tables[kind]


def dataset_card() -> None:
    """The tables in use in the sidebar, in a few short lines each, and the way to delete everything."""
    tables = session.tables()
    if not tables:
        return
    with st.container(border=True, gap="xsmall"):
        for data in tables.values():
            _card(data)
        _clear_button()


def _card(data: Dataset) -> None:
    facts = data.facts
    st.markdown(f":material/description: **{literal(data.manifest.names[0])}**")
    if len(data.manifest.names) > 1:
        st.caption(t("共 {n:int} 个文件", n=len(data.manifest.names)))
    counted = {
        "lines": msg("{rows:int} 行，{entities:int} 位客户", rows=facts.rows_used, entities=facts.entities),
        "customers": msg("{rows:int} 行，{entities:int} 位客户", rows=facts.rows_used, entities=facts.entities),
        "ratings": msg("{rows:int} 行，{entities:int} 位客户", rows=facts.rows_used, entities=facts.entities),
        "events": msg("{rows:int} 行，{entities:int} 位用户", rows=facts.rows_used, entities=facts.entities),
        "baskets": msg("{n:int} 个购物篮，{items:int} 种商品", n=facts.entities, items=facts.items or 0),
    }
    st.caption(t(counted.get(data.kind, msg("{rows:int} 行", rows=facts.rows_used))))
    if facts.first_at and facts.last_at:
        st.caption(t("{first:date} 至 {last:date}", first=facts.first_at, last=facts.last_at))


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


def _nothing_yet(entry: Model) -> None:
    """The empty state of a model's page."""
    with st.container(border=True):
        st.markdown(t("**还没有数据**"))
        st.caption(t("先拖进来一份表，或用示例数据看看这个分析给出什么。"))
        with st.container(horizontal=True, vertical_alignment="center"):
            intake_upload.sample_button(primary=True, sample=entry.sample)
            st.page_link(HOME, label=t("上传自己的表"), icon=":material/upload_file:")
