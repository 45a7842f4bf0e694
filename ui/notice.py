"""How something that the user can mend is told: what is wrong, what to do."""

from __future__ import annotations

import streamlit as st

from analytics.errors import AnalyticsError
from ui.i18n import literal, t


def show_error(error: AnalyticsError, file_name: str | None = None) -> None:
    """A calm box with the message and the hint, in the session's language."""
    what = t(error.message)
    title = what if file_name is None else t("{file}：{problem}", file=file_name, problem=what)
    st.error(literal(t(error.hint)), title=literal(title), icon=":material/error:")
