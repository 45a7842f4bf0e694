"""RFM: who is worth most, who is slipping away, whom to contact first."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import cached, intake, reproduce, result, rfm_form, rfm_views
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("rfm")
data = intake.require(entry)
params = rfm_form.ask(data)
try:
    with st.spinner(t("正在计算…")):
        answer = cached.analyzed(entry.key, data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    rfm_views.overview(answer)

rfm_views.details(data, answer)

spec = target_list(ListSource(entry.key, data, answer))
reproduce.box(entry.key, data, answer, spec)
