"""Retention: how many come back, when, and who did not."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import cached, intake, reproduce, result, retention_form, retention_views
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("retention")
data = intake.require(entry)
params = retention_form.ask(data)
try:
    with st.spinner(t("正在计算…")):
        answer = cached.analyzed(entry.key, data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

source = ListSource(entry.key, data, answer)
words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    retention_views.overview(answer)

retention_views.details(source, answer)
retention_views.pick_cell(answer)
spec = target_list(source)
reproduce.box(entry.key, data, answer, spec)
