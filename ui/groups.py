"""Saved groups on pages: keep a list under a name, narrow another list by it, look through what was saved."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace

import ibis
import streamlit as st

from analytics.dataset import Dataset
from analytics.engine import embedded
from analytics.errors import AnalyticsError
from analytics.export.lists import ListSpec, build_list
from analytics.export.reproduce import group_file
from analytics.export.roster import Roster
from analytics.export.sheets import Column, write_csv_file
from analytics.groups import NAME_CHARS, Group, check_name, write_ids
from analytics.i18n import Text, join, msg
from ui import session
from ui.i18n import literal, t
from ui.notice import show_error

_BATCH_ROWS = 50_000
_NOBODY = ("reviews", "baskets")  # kinds of table whose lists are not of people


def saved(data: Dataset) -> tuple[Group, ...]:
    """The groups that fit the data: those of customers fit all but reviews and baskets."""
    return () if data.kind in _NOBODY else session.workspace().groups()


def ask(
    key: str, groups: Sequence[Group], within: Sequence[str], without: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which saved groups a list is narrowed by; nothing is asked while there are none."""
    if not groups:
        return (), ()
    names = [group.name for group in groups]
    keep, leave = st.columns(2)
    inside = keep.multiselect(
        t("只要这些分组里的"),
        names,
        default=[n for n in within if n in names],
        placeholder=t("不限"),
        key=f"{key}-within",
    )
    outside = leave.multiselect(
        t("去掉这些分组里的"), names, default=[n for n in without if n in names], placeholder=t("不去掉"),
        key=f"{key}-without",
    )  # fmt: skip
    return tuple(inside), tuple(outside)


def save_button(key: str, title: Text, roster: Roster, spec: ListSpec) -> None:
    """Keep the customers of this list as a group."""
    if roster.data.kind in _NOBODY:
        return
    with st.popover(t("存成分组"), icon=":material/bookmark_add:", width="stretch"):
        st.caption(t("存下这份名单里的客户，在别的页面用来筛选或对比。"))
        with st.form(f"{key}-save-group", border=False, clear_on_submit=True):
            typed = st.text_input(t("分组名称"), max_chars=NAME_CHARS, placeholder=t("比如 春季召回名单"))
            pressed = st.form_submit_button(t("保存"), type="primary")
        if not pressed:
            return
        try:
            group = _save(check_name(typed), title, roster, spec)
        except AnalyticsError as error:
            show_error(error)
            return
    st.toast(t("存好了：{name}，{n:int} 位客户", name=group.name, n=group.members), icon=":material/bookmark_added:")


def _save(name: str, title: Text, roster: Roster, spec: ListSpec) -> Group:
    entity = roster.data.entity
    table = build_list(roster, replace(spec, columns=(entity,), control_percent=0, campaign_id=""))
    names = [roster.segment_names[key] for key in spec.segments]
    origin = msg("{model}：{segments}", model=title, segments=join(names) if names else msg("全部"))
    path = session.workspace().new_group_file()
    members = write_ids(table, entity, path, roster.data.engine)
    group = Group(name, path, origin, members)
    session.workspace().keep_group(group)
    return group


def card() -> None:
    """The saved groups in the sidebar: what they are, their files, the way to delete one."""
    groups = session.workspace().groups()
    if not groups:
        return
    with st.popover(t("我的分组（{n:int}）", n=len(groups)), icon=":material/bookmarks:", width="stretch"):
        for at, group in enumerate(reversed(groups)):
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{literal(group.name)}**")
                st.caption(t("{n:int} 位客户 · {origin}", n=group.members, origin=group.origin))
                with st.container(horizontal=True):
                    st.download_button(
                        t("下载"), data=_csv(group), file_name=group_file(group.name), mime="text/csv",
                        icon=":material/download:", type="tertiary", on_click="ignore", key=f"group-file-{at}",
                    )  # fmt: skip
                    if st.button(t("删除"), icon=":material/delete:", type="tertiary", key=f"group-delete-{at}"):
                        session.workspace().remove_group(group.name)
                        st.rerun()


def _csv(group: Group) -> Callable[[], bytes]:
    """The ids as a file; made in a thread of its own, hence on an engine of its own."""
    header = t("客户编号")

    def make() -> bytes:
        engine, file = embedded(), io.BytesIO()
        rows = group.ids(engine).order_by(ibis.asc("id"))
        write_csv_file(file, (Column(header),), engine.batches(rows, _BATCH_ROWS))
        return file.getvalue()

    return make
