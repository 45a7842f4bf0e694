"""Basket: what is bought together, and who bought one thing and not yet the other."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import basket_form, basket_views, cached, intake, reproduce, result
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("basket")
data = intake.require(entry)
params = basket_form.ask(data)
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
    basket_views.overview(answer)

basket_views.details(answer)

if answer.segments.empty:
    st.stop()
spec = target_list(ListSource(entry.key, data, answer))
reproduce.box(entry.key, data, answer, spec)
