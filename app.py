"""What `streamlit run app.py` serves: the Streamlit script ui/main.py behind what a script cannot do itself.

Middleware sets the cookie that names a visitor's workspace and the headers that browsers are safer with; a handler
turns a bug into a calm message; and a task deletes what nobody has used for long, whether or not somebody visits.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import cookie_parser

from analytics.engine import work_root
from analytics.workspace_keep import Keep, sweep
from ui import session
from ui.i18n import t

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE_SECONDS = 30 * 24 * 3600
_SWEEP_SECONDS = 600
_CONDITIONS = (b"if-none-match", b"if-modified-since")
# Streamlit's page has an inline script and inline styles, charts and tables draw into blobs; eval is not needed.
_CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_log = logging.getLogger("zhike")


class WorkspaceCookie:
    """Gives a browser without a well-formed workspace cookie one, with the first HTML page it is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: pass everything on; add Set-Cookie to HTML answers where it is needed."""
        if scope["type"] != "http" or _has_cookie(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return

        # A page out of the browser's cache ("304 Not Modified") would come without the cookie.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _new_cookie(secure=scope.get("scheme") == "https"))
                    headers["cache-control"] = "no-store"  # or a proxy hands one visitor's cookie to the next
            await send(message)

        await self.app(scope, receive, send_with_cookie)


class SafeHeaders:
    """Tells browsers to load nothing from elsewhere, to guess no types, to tell no other site where we are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: pass everything on; add headers to every answer, the policy to pages."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
                if headers.get("content-type", "").startswith("text/html"):
                    headers["content-security-policy"] = _CONTENT_POLICY
                    headers["x-frame-options"] = "DENY"  # for browsers that do not know frame-ancestors
            await send(message)

        await self.app(scope, receive, send_safely)


def _has_cookie(headers: Headers) -> bool:
    return session.TOKEN_SHAPE.fullmatch(cookie_parser(headers.get("cookie", "")).get(session.COOKIE, "")) is not None


def _new_cookie(*, secure: bool) -> str:
    """The scheme is uvicorn's: it believes X-Forwarded-Proto from this computer, or whom FORWARDED_ALLOW_IPS names."""
    parts = [
        f"{session.COOKIE}={secrets.token_urlsafe(32)}",
        "Path=/",
        f"Max-Age={_COOKIE_SECONDS}",
        "HttpOnly",
        "SameSite=Lax",
    ]
    return "; ".join([*parts, "Secure"] if secure else parts)


def show_bug(error: Exception) -> bool:
    """Log what went wrong under a short id and show the id alone; the user can quote it."""
    number = secrets.token_hex(3)
    _log.error("error %s", number, exc_info=error)
    text = t("这一步没有做完，是程序的问题，数据没有丢。刷新页面再试；还不行就把编号 {n} 发给维护的人。", n=number)
    st.error(text, title=t("出错了"), icon=":material/error:")
    return True


@contextlib.asynccontextmanager
async def keep_house(_app: st.App) -> AsyncIterator[None]:
    """While the server runs, delete every ten minutes what is kept no longer, and what a killed process left."""
    os.umask(0o077)  # what any library writes is for its owner alone
    keep = Keep.from_environment()  # a wrong setting stops the start, not the first upload
    task = asyncio.create_task(_sweep_for_ever(keep))
    try:
        yield
    finally:
        task.cancel()


async def _sweep_for_ever(keep: Keep) -> None:
    while True:
        try:
            removed = await asyncio.to_thread(sweep, work_root(), dt.datetime.now(dt.UTC), keep)
        except OSError as problem:  # such as a disk that is gone for a while: the next round may do
            _log.warning("sweeping failed: %s", problem)
        else:
            if removed:
                _log.info("deleted %d unused workspaces", removed)
        await asyncio.sleep(_SWEEP_SECONDS)


app = st.App(
    Path(__file__).parent / "ui" / "main.py",
    middleware=[Middleware(SafeHeaders), Middleware(WorkspaceCookie)],
    lifespan=keep_house,
    on_script_error=show_bug,
)
