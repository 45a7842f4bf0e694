"""The reproduce box: the command line and the notebook that give the numbers on this page again."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.dataset import Dataset
from analytics.export.lists import ListSpec
from analytics.export.notebook import build_notebook
from analytics.export.reproduce import Beside, Recipe, cli_line
from analytics.models.base import Answer
from ui import session
from ui.i18n import lang, t
from ui.source import IntakeSource


def box(model_key: str, data: Dataset, answer: Answer, spec: ListSpec | None) -> None:
    """How to get the same list without this page. Shows nothing while the list's choices are invalid."""
    source = session.source(data.kind)
    if source is None or spec is None:
        return
    recipe, headline, language = _recipe(model_key, data, answer.params, spec, source), answer.headline, lang()
    with st.expander(t("复现这份结果"), icon=":material/replay:", key=f"{model_key}-reproduce"):
        st.caption(t("在装好知客的文件夹里，把原始文件放进来，运行这一行，得到同一份名单："))
        st.code(cli_line(recipe), language="bash", wrap_lines=True)
        st.caption(t("或者下载笔记本，在 Jupyter 里逐步运行，数字和这一页相同。"))
        st.download_button(
            t("下载笔记本（.ipynb）"),
            data=lambda: build_notebook(recipe, headline, language),
            file_name=f"zhike_{model_key}.ipynb",
            mime="application/x-ipynb+json",
            icon=":material/download:",
            on_click="ignore",
            key=f"{model_key}-notebook",
        )


def _recipe(model_key: str, data: Dataset, params: Any, spec: ListSpec, source: IntakeSource) -> Recipe:
    return Recipe(
        model=model_key,
        files=source.files,
        mapping=source.mapping,
        params=params,
        digest=data.digest,
        returns=source.returns,
        options=source.prepare,
        spec=spec,
        beside=tuple(
            Beside(other.files, other.mapping, other.prepare)
            for kind in (companion.kind for companion in data.beside)
            if (other := session.source(kind)) is not None
        ),
        groups=tuple(group.name for group in data.groups),
    )
