"""Clustering: which groups customers fall into by themselves, what they are like, who is in which."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import cached, clusters_form, clusters_views, intake, reproduce, result
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("clusters")
data = intake.require(entry)
params = clusters_form.ask(data)
try:
    with st.spinner(t("正在计算…")):
        answer = cached.analyzed(entry.key, data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
    clusters_views.way_out(answer, data)
with picture:
    clusters_views.overview(answer)

clusters_views.details(data, answer)

if answer.shown:
    spec = target_list(ListSource(entry.key, data, answer, clusters_views.lassoed(answer)))
    reproduce.box(entry.key, data, answer, spec)
