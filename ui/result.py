"""What every model's page shows of a result: findings in words, charts, the method card."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analytics.errors import AnalyticsError
from analytics.i18n import Text
from analytics.models.base import Answer, CellType, Finding, MethodLine
from ui import session
from ui.i18n import lang, literal, t
from ui.notice import show_error

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ICONS = {"good": ":green[:material/trending_up:]", "warn": ":orange[:material/error:]", "info": ":material/info:"}
_NUMBERS = re.compile(r"(\d{4}-\d\d(?:-\d\d)?|-?¥?\d[\d,]*(?:\.\d+)?(?:%|[万亿]|[kMB]\b)?)")


def findings(found: Sequence[Finding]) -> None:
    """The findings, one line each, numbers in bold."""
    for finding in found:
        st.markdown(f"{_ICONS[finding.tone]} {_with_bold_numbers(t(finding.text))}")


def _with_bold_numbers(sentence: str) -> str:
    parts = _NUMBERS.split(sentence)
    return "".join(f"**{literal(part)}**" if at % 2 else _keep_spaces(part) for at, part in enumerate(parts))


def _keep_spaces(part: str) -> str:
    """``literal`` trims; the blanks beside a number must stay."""
    stripped = part.strip()
    if not stripped:
        return " " if part else ""
    before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{' ' if before else ''}{literal(stripped)}{' ' if after else ''}"


def is_dark() -> bool:
    """Whether the reader looks at a dark page."""
    return st.context.theme.type == "dark"


def tabs(key: str, show: Mapping[str, Callable[[], None]]) -> None:
    """Tabs by name, in order; only the open one is drawn, and what it cannot show does not take the page with it."""
    for tab, draw in zip(st.tabs(list(show), key=key, on_change="rerun"), show.values(), strict=True):
        if tab.open:
            with tab:
                try:
                    draw()
                except AnalyticsError as error:
                    show_error(error)


def chart(figure: go.Figure, key: str, *, alt: str) -> None:
    """A chart without clicks. ``alt`` says in words what it shows."""
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False, "scrollZoom": False}, alt=alt)


def clickable_chart(figure: go.Figure, key: str, *, alt: str) -> tuple[str, ...]:
    """A chart whose marks carry a key in ``customdata``; returns the keys that are selected now."""
    event: Any = st.plotly_chart(
        figure,
        key=key,
        theme=None,
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False},
        alt=alt,
    )
    points = event["selection"]["points"] if event else []
    return tuple(dict.fromkeys(key for point in points if (key := _point_key(point))))


def follow_click(name: str, clicked: Sequence[str]) -> None:
    """Keep what was clicked last under ``name``. Each new click counts ``{name}-round`` up, for the key of the menu
    that shows it: a widget that is there keeps its own value.
    """
    if clicked and clicked[0] != session.get(name, ""):
        session.put(name, clicked[0])
        session.put(f"{name}-round", session.get(f"{name}-round", 0) + 1)


def _point_key(point: dict[str, Any]) -> str:
    data = point.get("customdata")
    value = data[0] if isinstance(data, (list, tuple)) and data else data
    return str(value if value is not None else point.get("id") or "")


_TEMPLATES: dict[CellType, str] = {
    "int": "{value:int}", "number": "{value:num}", "money": "{value:money}", "share": "{value:pct}",
    "date": "{value:date}", "datetime": "{value:date}",
}  # fmt: skip


_MANY, _TALL = 16, 560  # segments that scroll, and pixels to do so in


def segment_table(answer: Answer) -> None:
    """Every segment with the suggested action and what the model says of it. A static table: its words wrap."""
    named = {segment.key: segment for segment in answer.named}
    segments = [named[key] for key in answer.segments["segment"]]
    columns = {
        t("分组"): [f"**{literal(t(one.name))}** :gray[{literal(t(one.meaning))}]" for one in segments],
        t("建议动作"): [literal(t(one.action)) for one in segments],
    }
    for column in answer.segment_columns:
        cells = answer.segments[column.name]
        columns[t(column.label)] = [worded(value, column.type) for value in cells]
    with st.container(key="segments-and-actions", height=_TALL if len(segments) > _MANY else "content"):
        st.table(pd.DataFrame(columns), hide_index=True, border="horizontal")


def worded(value: Any, cell_type: CellType) -> str:
    """A cell of a table in the session's language; a dash for what is unknown."""
    if pd.isna(value):
        return "—"
    if cell_type == "text":
        return literal(str(value))
    return Text(_TEMPLATES[cell_type], (("value", value),)).in_language(lang())


def method_card(method: Sequence[MethodLine]) -> None:
    """The method card (口径): also the second sheet of every list."""
    table = pd.DataFrame(
        {t("项目"): [t(line.label) for line in method], t("说明"): [literal(t(line.value)) for line in method]}
    )
    st.table(table, hide_index=True, border="horizontal")
