"""Which column plays which role: one line a role, with sample values and the reason."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.fields import KINDS, ROLES, SUBSTITUTES, Kind
from analytics.i18n import Text
from analytics.intake.mapping import Mapping
from ui import look, session
from ui.i18n import keyed, listing, literal, t
from ui.source import Pending

_WIDTHS = (1.25, 1.65, 2.2, 2.6)
_SAMPLES = 3
_SAMPLE_CHARS = 20
_MAIN_EXTRAS = {"lines": ("order_id", "status", "refund_amount"), "events": ("session_id",), "reviews": ("rating",)}


@dataclass(frozen=True)
class _Form:
    """What every line of the form needs. ``given`` is role → header as the form starts."""

    pending: Pending
    kind: Kind
    given: MappingOf[str, str]
    rows: pd.DataFrame
    reasons: MappingOf[str, Text]


def pick(
    pending: Pending, kind: Kind, start: Mapping, rows: pd.DataFrame, reasons: MappingOf[str, Text]
) -> tuple[tuple[str, str], ...]:
    """Draw the lines and return ((role, header), …) in the order of KINDS."""
    asked = KINDS[kind]
    given = dict(start.roles) if start.kind == kind else {}
    form = _Form(pending, kind, given, rows, reasons)
    needed = asked.must + tuple(s for role in asked.must if role not in given for s in SUBSTITUTES.get(role, ()))
    main = needed + tuple(role for role in _MAIN_EXTRAS.get(kind, ()) if role in asked.can and role in given)
    rest = tuple(role for role in asked.must + asked.can if role not in main)
    found = sum(role in given for role in rest)
    if main:
        _heading()
    chosen = {role: _line(form, role) for role in main}
    if rest:
        label = t("其他列（认出 {found:int} 个，共 {n:int} 个可用）", found=found, n=len(rest))
        with st.expander(label, icon=":material/view_column:"):
            chosen |= {role: _line(form, role) for role in rest}
    return tuple((role, header) for role in asked.must + asked.can if (header := chosen.get(role)) is not None)


def _heading() -> None:
    with st.container(key="roles-heading"):
        cells = st.columns(_WIDTHS, gap="small")
    for cell, text in zip(cells, (t("字段"), t("表里的列"), t("前几个值"), t("为什么")), strict=True):
        cell.caption(text)


def _line(form: _Form, role: str) -> str | None:
    name, choice, samples, why = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
    title = t(ROLES[role].title)
    name.markdown(f"**{title}**" if role in KINDS[form.kind].must else title, help=t(ROLES[role].meaning))
    options: list[str | None] = [None, *form.rows.columns]
    place = f"{form.pending.key}-{form.kind}-{role}"
    given = session.get(place, form.given.get(role))  # what was chosen holds in the other language too
    header = choice.selectbox(
        title,
        options,
        index=options.index(given) if given in options else 0,
        format_func=lambda value: t("（没有）") if value is None else value,
        placeholder=look.choose_placeholder(),
        label_visibility="collapsed",
        key=keyed(place),
    )
    session.put(place, header)
    samples.caption(literal(_samples(form.rows, header)) if header else "—")
    why.caption(_why(form, role, header))
    return header


def _why(form: _Form, role: str, header: str | None) -> str:
    if header is None and role in SUBSTITUTES and all(other in form.given for other in SUBSTITUTES[role]):
        return t("没有也行，用单价乘数量")
    if header is None and role in KINDS[form.kind].must:
        return t("必须有；没有就选单价和数量") if role in SUBSTITUTES else t("必须有，请选一列")
    if header is None:
        return t("表里没有也行")
    if header != form.given.get(role):
        return t("你选的")
    if form.pending.replayed:
        return t("上次确认过")
    reason = form.reasons.get(role)
    return literal(t(reason)) if reason else "—"


def _samples(rows: pd.DataFrame, header: str) -> str:
    values = rows[header].dropna().drop_duplicates().head(_SAMPLES)
    return listing(v if len(v) <= _SAMPLE_CHARS else f"{v[: _SAMPLE_CHARS - 1]}…" for v in values) or t("全是空的")
