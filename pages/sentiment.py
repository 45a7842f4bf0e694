"""Reviews: what customers praise and complain about, what got worse lately, which reviews to answer."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import intake, reproduce, result, sentiment_form, sentiment_views
from ui.notice import show_error
from ui.sentiment_lists import ready_lists
from ui.target_list import ListSource, target_list

entry = model("sentiment")
data = intake.require(entry)
params = sentiment_form.ask(data)
try:
    answer = sentiment_views.answer(data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    sentiment_views.overview(answer)

sentiment_views.details(data, answer)

ready_lists(data, answer)
spec = target_list(ListSource(entry.key, data, answer))
reproduce.box(entry.key, data, answer, spec)
