"""What every model's page shows of a result: findings in words, charts, the method card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analytics.i18n import Text
from analytics.models.base import Answer, CellType, Finding, MethodLine
from ui.i18n import lang, literal, t

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


def _point_key(point: dict[str, Any]) -> str:
    data = point.get("customdata")
    value = data[0] if isinstance(data, (list, tuple)) and data else data
    return str(value if value is not None else point.get("id") or "")


_TEMPLATES: dict[CellType, str] = {
    "int": "{value:int}", "number": "{value:num}", "money": "{value:money}", "share": "{value:pct}",
    "date": "{value:date}", "datetime": "{value:date}",
}  # fmt: skip


def segment_table(answer: Answer) -> None:
    """Every segment with what the model says of it and the suggested action. A static table: its words wrap."""
    named = {segment.key: segment for segment in answer.named}
    segments = [named[key] for key in answer.segments["segment"]]
    columns = {t("分组"): [f"**{literal(t(one.name))}** :gray[{literal(t(one.meaning))}]" for one in segments]}
    for column in answer.segment_columns:
        cells = answer.segments[column.name]
        columns[t(column.label)] = [worded(value, column.type) for value in cells]
    columns[t("建议动作")] = [literal(t(one.action)) for one in segments]
    with st.container(key="numbers-and-words"):
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
