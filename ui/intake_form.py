"""看懂了什么: what was read and recognised, a form to correct it, and one button to confirm."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.errors import AnalyticsError
from analytics.fields import KINDS, Kind
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import PrepareOptions
from analytics.intake.raw import ROW
from ui import intake_files, intake_options, intake_roles, intake_steps, intake_upload, session
from ui.i18n import listing, literal, t
from ui.notice import show_error
from ui.source import Pending

_SAMPLE_ROWS = 200
_PREVIEW_ROWS = 20
_ITEMS_NAMED = 6


def show(pending: Pending, *, has_data: bool) -> None:
    """The whole form for files that wait to be confirmed."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        title = t("看懂了什么") if pending.tables else t("还没有读出来")
        st.header(title, anchor=False, width="content")
        _how_sure(pending)
    intake_files.show(pending)
    if not pending.tables or pending.mapping is None:
        _start_again(has_data=has_data)
        return
    rows = sample_rows(pending)
    mapping, options, with_returns = _questions(pending, pending.mapping, rows)
    _confirm(pending, mapping, options, with_returns=with_returns)
    _preview(rows)


def sample_rows(pending: Pending) -> pd.DataFrame:
    """The first rows of the deciding table under the user's headers, indexed by source row; read once."""
    table = pending.tables[0]
    key, frame = session.get("intake-sample", ("", pd.DataFrame()))
    if key != table.digest + pending.key:
        lazy = session.engine().read_parquet(table.path).order_by(ROW).limit(_SAMPLE_ROWS)
        frame = lazy.execute().set_index(ROW)
        frame.columns = pd.Index(table.columns)
        session.put("intake-sample", (table.digest + pending.key, frame))
    return frame


def _questions(pending: Pending, start: Mapping, rows: pd.DataFrame) -> tuple[Mapping, PrepareOptions, bool]:
    """Kind, roles and options as the user has them now."""
    guess = pending.guess
    kind = _kind(pending, start.kind)
    for warning in guess.warnings if guess else ():
        st.caption(f":orange[:material/warning:] {literal(t(warning))}")
    reasons = dict(guess.reasons) if guess and guess.mapping.kind == kind else {}
    with st.container(border=True, gap="xsmall", key="roles"):
        told = st.container() if kind == "baskets" else None
        chosen = intake_roles.pick(pending, kind, start, rows, reasons)
        if told is not None:
            told.markdown(_baskets(pending, rows, chosen))
    order = intake_options.date_order(pending, kind, chosen, rows, start.date_order)
    mapping = Mapping(kind, chosen, order)
    options, with_returns = intake_options.show(pending, mapping)
    return mapping, options, with_returns


def _baskets(pending: Pending, rows: pd.DataFrame, roles: tuple[tuple[str, str], ...]) -> str:
    """How many baskets there are, and what is in the first of them."""
    cells = rows.drop(columns=[header for _, header in roles]).to_numpy().ravel()
    items = list(dict.fromkeys(item for cell in cells if isinstance(cell, str) and (item := cell.strip())))
    names = listing(literal(name) for name in items[:_ITEMS_NAMED])
    return t(
        "一行是一个购物篮，共 {n:int} 个；前 {rows:int} 个里有 {items:int} 种商品：{names}……",
        n=sum(table.rows for table in pending.tables), rows=len(rows), items=len(items), names=names,
    )  # fmt: skip


def _how_sure(pending: Pending) -> None:
    if pending.replayed:
        st.badge(t("沿用了上次确认的对应关系"), icon=":material/history:", color="blue")
    elif pending.guess is not None and pending.guess.sure and not pending.guess.warnings:
        st.badge(t("都对上了，看一眼就可以确认"), icon=":material/check:", color="green")
    elif pending.guess is not None:
        st.badge(t("有几处拿不准，请看一下"), icon=":material/help:", color="orange")


def _kind(pending: Pending, start: Kind) -> Kind:
    kinds = [kind.name for kind in KINDS.values() if kind.name != "returns" or start == "returns"]
    return st.segmented_control(
        t("这是一张什么表"),
        kinds,
        default=start,
        required=True,
        format_func=lambda name: t(KINDS[name].title),
        key=f"{pending.key}-kind",
    )


def _confirm(pending: Pending, mapping: Mapping, options: PrepareOptions, *, with_returns: bool) -> None:
    """The button, and why it cannot be pressed yet."""
    problem = _unfit(pending, mapping)
    if problem is not None:
        st.warning(literal(t(problem.hint)), title=literal(t(problem.message)), icon=":material/edit:")
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            t("确认并使用"), type="primary", icon=":material/check:", disabled=problem is not None, key="confirm"
        )
        if st.button(t("放弃"), type="tertiary", key="abandon"):
            _abandon(pending)
    if not pressed:
        return
    try:
        with st.spinner(t("正在整理……")):
            intake_steps.finish(pending, mapping, with_returns=with_returns, options=options)
    except AnalyticsError as error:
        show_error(error)
        return
    st.rerun()


def _unfit(pending: Pending, mapping: Mapping) -> AnalyticsError | None:
    headers = tuple(dict.fromkeys(header for table in pending.tables for header in table.columns))
    try:
        mapping.check(headers)
    except AnalyticsError as problem:
        return problem
    return None


def _abandon(pending: Pending) -> None:
    if not session.in_use(pending):
        intake_steps.discard(pending)
    session.set_pending(None)
    st.rerun()


def _start_again(*, has_data: bool) -> None:
    """Nothing could be read: another file, or back to what there was."""
    pending = session.pending()
    if has_data:
        st.caption(t("原来的数据还在，没有动。"))
    intake_upload.uploader()
    if pending is not None and st.button(t("放弃"), key="abandon"):
        _abandon(pending)


def _preview(rows: pd.DataFrame) -> None:
    with st.expander(t("表的前 {n:int} 行", n=min(_PREVIEW_ROWS, len(rows))), expanded=False):
        shown = rows.head(_PREVIEW_ROWS)
        st.dataframe(
            shown.rename_axis(t("行号")),
            height="content" if len(shown) < 8 else 310,
            column_config={header: st.column_config.TextColumn(header) for header in shown.columns},
            alt=t("表的前 {n:int} 行", n=len(shown)),
        )


def change(done: Pending) -> None:
    """Open the form again for the current dataset."""
    session.set_pending(replace(done, replayed=True))
