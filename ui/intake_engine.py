"""A table of the administrator's database or cluster instead of an upload; from there on the same form.

Only the address in the environment variable ZHIKE_ENGINE is ever connected to: a visitor who could type one could make
the server knock on doors inside its network.
"""

from __future__ import annotations

import os
import secrets
import shutil

import streamlit as st

from analytics.engine import Engine, connect
from analytics.errors import AnalyticsError
from analytics.intake.recognise import recognise
from analytics.source_tables import bring_over
from analytics.workspace import no_room
from ui import intake_steps, session
from ui.i18n import t
from ui.notice import show_error
from ui.source import Dropped

ADDRESS = "ZHIKE_ENGINE"
_TABLES = "engine-tables"


def chooser() -> None:
    """The expander with the tables to choose from; nothing where the administrator set no address."""
    if not os.environ.get(ADDRESS):
        return
    box = st.expander(
        t("从数据库或集群读表"), icon=":material/database:", key="engine-box", on_change="rerun", expanded=False
    )
    if not box.open:
        return
    with box:
        try:
            names = _names()
            name = st.selectbox(t("哪一张表"), names, index=None, placeholder=t("选一张表"), key="engine-table")
            pressed = st.button(
                t("读这张表"), type="primary", icon=":material/download:", disabled=name is None, key="engine-read"
            )
            st.caption(t("整张表会读到这台服务器上，再像文件一样确认每一列。很大的表请用命令行。"))
            if not pressed or name is None:
                return
            with st.spinner(t("正在读这张表……")):
                intake_steps.replace_pending((_read(name),))
        except AnalyticsError as problem:
            session.put(_TABLES, None)
            show_error(problem)
            return
    session.put(_TABLES, None)
    st.rerun()


def _names() -> tuple[str, ...]:
    """The tables that can be read, asked for once while the box is open."""
    known: tuple[str, ...] | None = session.get(_TABLES, None)
    if known is None:
        engine = _connect()
        try:
            known = engine.table_names()
        finally:
            engine.close()
        session.put(_TABLES, known)
    return known


def _read(name: str) -> Dropped:
    """The table in this visitor's workspace, as if it had been a file."""
    folder = session.workspace().uploads / secrets.token_hex(8)
    folder.mkdir(mode=0o700)
    try:
        engine = _connect()
        try:
            raw = bring_over(name, engine, folder / "raw")
        finally:
            engine.close()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if session.upload_room_bytes() <= 0:
        shutil.rmtree(folder)
        raise no_room()
    return Dropped(name, folder / "source", table=raw, guess=recognise(raw))


def _connect() -> Engine:
    return connect(os.environ[ADDRESS])
