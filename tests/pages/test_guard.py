"""Behind a login nobody sees a page before it, by whatever address, and data belong to the user, not to a cookie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.workspace import Workspace
from tests.pages.support import MAIN, ROOT, assert_no_bug, start

PAGES = sorted((ROOT / "pages").glob("*.py"))
USER = {"is_logged_in": True, "iss": "https://login.example.com", "sub": "u-1", "email": "li@example.com"}


def run(script: Path | str, user: dict[str, Any], auth: bool = True, lang: str = "zh") -> AppTest:
    app = AppTest.from_file(str(script), default_timeout=120)
    if auth:
        app.secrets["auth"] = {"redirect_uri": "x"}
    app.user = user
    if lang != "zh":
        app.query_params["lang"] = lang
    return app.run()


def workspaces() -> set[str]:
    return {path.name for path in Path(os.environ["ZHIKE_HOME"]).glob("workspaces/*") if path.is_dir()}


def assert_shut(app: AppTest) -> None:
    assert_no_bug(app)
    assert [button.key for button in app.button] == ["log-in"]
    assert not app.file_uploader
    assert not app.metric


@pytest.mark.parametrize("script", [Path(MAIN), *PAGES], ids=lambda path: path.stem)
@pytest.mark.parametrize("user", [{}, {"is_logged_in": False}], ids=["nobody", "logged out"])
def test_without_a_login_there_is_only_the_way_to_it(script: Path, user: dict[str, Any]):
    before = workspaces()
    assert_shut(run(script, user))
    assert workspaces() == before  # nothing is even made for them


def test_the_way_in_speaks_english_too():
    app = run(MAIN, {}, lang="en")
    assert_shut(app)
    assert app.button(key="log-in").label == "Log in"


def test_where_no_login_is_configured_nobody_is_asked():
    app = start()
    assert app.file_uploader
    assert not any(button.key in {"log-in", "log-out"} for button in app.button)


def test_the_same_user_finds_their_data_in_another_session_and_another_user_does_not():
    first = run(MAIN, USER)
    assert_no_bug(first)
    first.button(key="sample").click().run()
    assert_no_bug(first)
    assert first.metric
    assert run(MAIN, USER).metric
    for other in (USER | {"sub": "u-2"}, USER | {"iss": "https://elsewhere.example.com"}):
        app = run(MAIN, other)
        assert_no_bug(app)
        assert not app.metric
        assert app.file_uploader


def test_one_session_that_changes_hands_starts_afresh():
    app = run(MAIN, USER | {"sub": "u-3"})
    app.button(key="sample").click().run()
    assert app.metric
    app.user = USER | {"sub": "u-4"}
    app.run()
    assert_no_bug(app)
    assert not app.metric
    app.user = {"is_logged_in": False}
    app.run()
    assert_shut(app)


def test_issuer_and_subject_cannot_be_confused_with_another_pair():
    root = Path(os.environ["ZHIKE_HOME"])
    from ui import login

    made = set()
    for issuer, subject in (("a b", "c"), ("a", "b c"), ('a", "b', "c")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(login, "is_required", lambda: True)
            patch.setattr(login.st, "user", {"is_logged_in": True, "iss": issuer, "sub": subject})
            made.add(Workspace.at(root, str(login.user_token())).key)
    assert len(made) == 3


@pytest.mark.parametrize("user", [{"is_logged_in": True}, {"is_logged_in": True, "iss": "x"}, {"iss": "x", "sub": "y"}])
def test_nobody_has_a_workspace_without_a_subject(user: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    from ui import login

    monkeypatch.setattr(login, "is_required", lambda: True)
    monkeypatch.setattr(login.st, "user", user)
    with pytest.raises(PermissionError):
        login.user_token()
