"""Funnel: where people drop out, what it costs, and whom to bring back."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import cached, funnel_form, funnel_views, intake, reproduce, result
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("funnel")
data = intake.require(entry)
try:
    params = funnel_form.ask(data)
    with st.spinner(t("正在计算…")):
        answer = cached.analyzed(entry.key, data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    funnel_views.overview(answer)

funnel_views.details(data, answer)

spec = target_list(ListSource(entry.key, data, answer))
reproduce.box(entry.key, data, answer, spec)
