"""Who went from which group to which since an earlier day: findings, and a matrix or a flow at the visitor's choice."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analytics.charts.rfm_migration import RFM_NAMES, migration_matrix, migration_sankey
from analytics.i18n import Text
from analytics.models.rfm_compare import Migration
from ui import result
from ui.i18n import lang, t


def show(moved: Migration, key: str, *, alt: str, names: Mapping[str, Text] = RFM_NAMES) -> None:
    """``key`` begins the widgets' keys; ``names`` are those of the groups."""
    result.findings(moved.findings)
    how = st.segmented_control(
        t("怎么看"),
        ["matrix", "sankey"],
        default="matrix",
        required=True,
        format_func=lambda kind: t("矩阵") if kind == "matrix" else t("流向图"),
        label_visibility="collapsed",
        key=f"{key}-view",
    )
    draw = migration_matrix if how == "matrix" else migration_sankey
    result.chart(draw(moved, lang=lang(), dark=result.is_dark(), names=names), f"{key}-{how}", alt=alt)
