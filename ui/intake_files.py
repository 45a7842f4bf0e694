"""The dropped files: what each was read as, and the ways to read it differently (sheet, encoding, header, password)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.fields import KINDS
from ui import intake_steps, session
from ui.i18n import listing, literal, t
from ui.notice import show_error
from ui.source import Dropped, Pending

_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".gz")
_ENCODINGS = (None, "utf-8", "gb18030", "big5", "utf-16")
_NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030（GBK）", "big5": "Big5", "utf-16": "UTF-16"}
_LAST_HEADER_ROW = 1000
# Problems that another encoding or header row can mend.
_WORTH_ANOTHER_TRY = frozenset({"file.encoding", "file.header_row", "file.no_table", "file.no_rows", "file.delimiter"})


def show(pending: Pending) -> None:
    """One block for each file, and how they go together."""
    for at, file in enumerate(pending.files):
        _file(pending, at, file)
    if len(pending.main) > 1:
        names = listing(literal(pending.files[at].name) for at in pending.main)
        st.caption(f":material/join: {t('按列名接成一张表：{names}', names=names)}")
    used = set(pending.main)
    for at, file in enumerate(pending.files):
        applied = pending.returns is not None and pending.returns.table is file.table
        if at not in used and file.guess is not None and not applied and len(pending.files) > 1:
            kind = t(KINDS[file.guess.mapping.kind].title)
            text = t("没有用到：{name}，它看起来是{kind}", name=literal(file.name), kind=kind)
            st.caption(f":orange[:material/info:] {text}")


def _file(pending: Pending, at: int, file: Dropped) -> None:
    if file.needs_password:
        _password(pending, at, file)
        return
    if file.problem is not None:
        show_error(file.problem, file.name)
    table = file.table
    can_reread = file.path.is_file()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if table is not None:
            st.markdown(f":material/description: **{literal(file.name)}**", width="content")
            if len(table.sheets) > 1 and can_reread:
                _sheet(pending, at, file)
            st.caption(_facts(file), width="content")
        if can_reread and table is not None:
            with st.popover(t("读得不对？换一种读法"), type="tertiary"):
                _ways(pending, at, file)
    if can_reread and file.problem is not None and file.problem.code in _WORTH_ANOTHER_TRY:
        _ways(pending, at, file)


def _facts(file: Dropped) -> str:
    table = file.table
    if table is None:
        return ""
    facts = [t("{rows:int} 行 × {columns:int} 列", rows=table.rows, columns=len(table.columns))]
    facts.append(t("表头在第 {row:int} 行", row=table.header_row) if table.header_row else t("没有表头"))
    if table.encoding:
        facts.append(_NAMES.get(table.encoding.lower(), table.encoding))
    return " · ".join(facts + [literal(t(note.text)) for note in table.notes])


def _sheet(pending: Pending, at: int, file: Dropped) -> None:
    table = file.table
    if table is None:
        return
    names = [sheet.name for sheet in table.sheets]
    picked = st.selectbox(
        t("工作表"),
        names,
        index=names.index(table.sheet) if table.sheet in names else 0,
        label_visibility="collapsed",
        key=f"{pending.key}-{at}-sheet",
        width=200,
    )
    if picked != table.sheet:
        _read_again(pending, at, replace(file, options=replace(file.options, sheet=picked, header_row=None)))


def _ways(pending: Pending, at: int, file: Dropped) -> None:
    with st.form(f"{pending.key}-{at}-ways", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        encoding = file.options.encoding
        if file.path.name.endswith(_TEXT_SUFFIXES):
            encoding = st.selectbox(
                t("编码"),
                _ENCODINGS,
                index=_ENCODINGS.index(encoding) if encoding in _ENCODINGS else 0,
                format_func=lambda name: t("自动") if name is None else _NAMES[name],
                width=190,
            )
        header = st.number_input(
            t("表头在第几行"),
            min_value=0,
            max_value=_LAST_HEADER_ROW,
            value=file.options.header_row,
            placeholder=t("自动"),
            help=t("填 0 表示没有表头"),
            width=160,
        )
        pressed = st.form_submit_button(t("重新读"), icon=":material/refresh:")
    if pressed:
        options = replace(file.options, encoding=encoding, header_row=None if header is None else int(header))
        _read_again(pending, at, replace(file, options=options))


def _password(pending: Pending, at: int, file: Dropped) -> None:
    with st.form(f"{pending.key}-{at}-password", border=True):
        st.markdown(f":material/lock: **{literal(file.name)}**")
        if file.options.password is not None and file.problem is not None:
            st.caption(f":red[{literal(t(file.problem.message))}]")
        else:
            st.caption(t("这个文件有密码。密码只用来打开它，不会保存。"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            password = st.text_input(t("密码"), type="password", width=260)
            pressed = st.form_submit_button(t("打开"), type="primary")
    if pressed and password:
        _read_again(pending, at, replace(file, options=replace(file.options, password=password)))


def _read_again(pending: Pending, at: int, file: Dropped) -> None:
    again = replace(file, table=None, guess=None, problem=None)
    files = [again if place == at else other for place, other in enumerate(pending.files)]
    with st.spinner(t("正在看这份表……")):
        session.set_pending(intake_steps.understand(files))
    st.rerun()
