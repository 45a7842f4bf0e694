"""Lifecycle: who is new, active, slipping, asleep or gone; whom to contact first."""

import streamlit as st

from analytics.catalog import model
from analytics.errors import AnalyticsError
from ui import cached, intake, lifecycle_form, lifecycle_views, reproduce, result
from ui.i18n import t
from ui.notice import show_error
from ui.target_list import ListSource, target_list

entry = model("lifecycle")
data = intake.require(entry)
params = lifecycle_form.in_force(data)
settings = st.container()
try:
    with st.spinner(t("正在计算…")):
        answer = cached.analyzed(entry.key, data, params)
except AnalyticsError as error:
    with settings:
        lifecycle_form.ask(data, params, None)
    show_error(error)
    st.button(t("恢复默认设置"), on_click=lifecycle_form.reset, args=(data,))
    st.stop()
with settings:
    lifecycle_form.ask(data, params, answer)

words, picture = st.columns([5, 6], gap="medium")
with words:
    result.findings(answer.findings)
with picture:
    lifecycle_views.overview(answer)

lifecycle_views.details(data, answer)

spec = target_list(ListSource(entry.key, data, answer))
reproduce.box(entry.key, data, answer, spec)
