"""Customer portrait: what sets a group apart from the others; tags by rules, as columns of the list."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import cached, intake, portrait_data, portrait_form, portrait_tags, portrait_views, reproduce, result
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("portrait")
data = intake.require(entry)
params = portrait_form.in_force(data)
try:
    with st.spinner(t("正在计算…")):
        basis = portrait_data.basis(data, params)
except AnalyticsError as error:
    show_error(error)
    st.stop()

answer, problem = None, None
try:
    with st.spinner(t("正在计算…")):
        chosen = portrait_data.ready(data, params)
        answer = cached.analyzed(entry.key, chosen, params)
except AnalyticsError as error:
    problem = error

portrait_form.ask(basis, params, answer)
if answer is None:
    if problem is not None:
        show_error(problem)
    if params.tags:
        portrait_tags.builder(basis, params)
    st.stop()

words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    portrait_views.overview(answer)

portrait_views.details(basis, answer)

spec = target_list(ListSource(entry.key, chosen, answer, picked=False))
reproduce.box(entry.key, chosen, answer, spec)
