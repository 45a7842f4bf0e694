"""The script behind every page: look, language, navigation from the catalogue, and the sidebar."""

from __future__ import annotations

import streamlit as st

from analytics.catalog import MODELS
from ui import groups, guard, i18n, intake, look, session
from ui.i18n import t

st.set_page_config(page_title="知客 Zhike", page_icon=look.ICON, layout="wide", initial_sidebar_state="auto")
look.apply()
guard.require_login()
session.begin()

home = st.Page("../pages/home.py", title=t("数据"), icon=":material/table_view:", url_path="home", default=True)
models = [
    st.Page(f"../pages/{entry.key}.py", title=t(entry.title), icon=entry.icon, url_path=entry.key) for entry in MODELS
]
page = st.navigation({"": [home], t("分析"): models})
with st.sidebar:
    intake.dataset_card()
    groups.card()
    i18n.language_switch()
    guard.logout_button()
page.run()
