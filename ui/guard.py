"""Nobody sees a page before they have logged in, where a login is configured.

ui/main.py asks before it builds the navigation, and every page asks again through intake.home() or
intake.require(), since Streamlit can run a page's file without ui/main.py.
"""

from __future__ import annotations

import streamlit as st

from ui import login
from ui.i18n import t


def require_login() -> None:
    """Show the way to log in and stop, unless this visitor may come in."""
    if login.is_open():
        return
    st.title("知客 Zhike", anchor=False)
    st.markdown(t("请先登录。每个人只看得到自己的数据。"))
    st.button(t("登录"), type="primary", icon=":material/login:", on_click=st.login, key="log-in")
    st.stop()


def logout_button() -> None:
    """The way out, for somebody who logged in."""
    if not login.is_required():
        return
    st.caption(str(st.user.get("email") or st.user.get("name") or ""))
    st.button(t("退出登录"), type="tertiary", icon=":material/logout:", on_click=st.logout, key="log-out")
