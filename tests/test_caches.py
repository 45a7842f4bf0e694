"""No cache gives one visitor what was computed for another: every key carries the workspace."""

from __future__ import annotations

import ast

import pytest
from streamlit.testing.v1 import AppTest

from tests.source_code import ROOT, dotted_name, nodes

CACHED = ROOT / "ui" / "cached.py"


def cache_decorator(function: ast.FunctionDef) -> ast.expr | None:
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (dotted_name(called) or "").startswith("st.cache_"):
            return decorator
    return None


CACHES = {
    node.name: node for node in nodes(CACHED) if isinstance(node, ast.FunctionDef) and cache_decorator(node) is not None
}


def test_there_are_caches_to_look_at():
    assert {"_analyzed", "_remembered"} <= set(CACHES)
    mentioned = [node for node in nodes(CACHED) if (dotted_name(node) or "") in {"st.cache_data", "st.cache_resource"}]
    assert len(mentioned) == len(CACHES)  # none is made in another way than by a decorator


@pytest.mark.parametrize("name", CACHES)
def test_a_cache_belongs_to_a_session_and_its_key_begins_with_workspace_and_dataset(name: str):
    decorator = cache_decorator(CACHES[name])
    assert isinstance(decorator, ast.Call)
    options = {keyword.arg: keyword.value for keyword in decorator.keywords}
    assert isinstance(options["scope"], ast.Constant)
    assert options["scope"].value == "session"
    arguments = [argument.arg for argument in CACHES[name].args.args]
    assert arguments[0] == "workspace"
    assert "digest" in arguments  # a leading underscore would keep an argument out of the key


@pytest.mark.parametrize("name", CACHES)
def test_every_use_of_a_cache_passes_the_visitor_s_own_workspace(name: str):
    calls = [node for node in nodes(CACHED) if isinstance(node, ast.Call)]
    uses = [call for call in calls if dotted_name(call.func) in {name, f"{name}.clear"} and call.args]
    assert uses
    for call in uses:
        assert ast.unparse(call.args[0]) == "session.workspace().key"


def same_data_in_two_workspaces() -> None:
    from types import SimpleNamespace
    from unittest import mock

    import streamlit as st

    from ui import cached, session

    data = SimpleNamespace(digest="the same")
    answers = []
    for owner in ("first", "second", "first"):
        with mock.patch.object(session, "workspace", return_value=SimpleNamespace(key=owner)):
            answers.append(cached.remembered("n", data, (), lambda owner=owner: f"computed for {owner}"))  # type: ignore[arg-type]
    answers.append(len(set(answers)))
    st.text(answers)


def test_the_same_data_and_arguments_are_computed_anew_in_another_workspace():
    app = AppTest.from_function(same_data_in_two_workspaces, default_timeout=60).run()
    assert not app.exception
    assert app.text[0].value == str(["computed for first", "computed for second", "computed for first", 2])
