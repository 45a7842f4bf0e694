"""Recommendation: what each customer buys next, whom a product should be offered to, and whether it would work."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import cached, intake, recommend_form, recommend_views, reproduce, result
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("recommend")
data = intake.require(entry)
params = recommend_form.ask(data)
try:
    with st.spinner(t("正在计算，并用以前的订单检验…")):
        answer = cached.analyzed(entry.key, data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    recommend_views.overview(answer)

recommend_views.details(data, answer)

spec = target_list(ListSource(entry.key, data, answer))
reproduce.box(entry.key, data, answer, spec)
