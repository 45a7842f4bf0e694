"""AARRR: the five stages of growth on one page, each defined by the user's own records."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import aarrr_form, aarrr_views, cached, intake, reproduce, result
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("aarrr")
data = intake.require(entry)
params = aarrr_form.ask(data)
try:
    with st.spinner(t("正在计算…")):
        answer = cached.analyzed(entry.key, data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

aarrr_views.stages(answer)
words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    aarrr_views.ladder(answer)

aarrr_views.details(answer)
spec = target_list(ListSource(entry.key, data, answer))
reproduce.box(entry.key, data, answer, spec)
