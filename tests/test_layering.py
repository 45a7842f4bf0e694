"""Data goes one way: the library knows no page, models know no charts, and each delicate thing has one home."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.source_code import PRODUCT, dotted_name, files, imports, name, nodes, uses

LIBRARY = files("analytics")
ALL = files(*PRODUCT)


def imported_under(path: Path, *packages: str) -> set[str]:
    return {module for module in imports(path) if any(re.match(rf"{re.escape(p)}(\.|$)", module) for p in packages)}


def outside(allowed: set[str], paths: list[Path]) -> list[Path]:
    return [path for path in paths if name(path) not in allowed]


@pytest.mark.parametrize("path", LIBRARY, ids=name)
def test_the_library_never_imports_the_user_interface(path: Path):
    assert not imported_under(path, "ui", "pages", "app", "streamlit")


@pytest.mark.parametrize("path", files("analytics/models"), ids=name)
def test_models_never_import_charts_or_exports(path: Path):
    assert not imported_under(path, "analytics.charts", "analytics.export")


@pytest.mark.parametrize("path", files("analytics/intake"), ids=name)
def test_the_intake_knows_no_model(path: Path):
    assert not imported_under(path, "analytics.models", "analytics.charts", "analytics.export")


@pytest.mark.parametrize("path", outside({"analytics/engine.py"}, ALL), ids=name)
def test_only_the_engine_connects(path: Path):
    called = {dotted_name(node.func) for node in nodes(path) if isinstance(node, ast.Call)}
    assert not {c for c in called if c and re.match(r"(duckdb|ibis)(\.\w+)*\.(connect|from_connection)$", c)}


@pytest.mark.parametrize("path", outside({"ui/session.py"}, ALL), ids=name)
def test_only_session_touches_session_state(path: Path):
    assert not {use for use in uses(path) | imports(path) if re.search(r"\bsession_state\b", use)}


@pytest.mark.parametrize("path", outside({"ui/cached.py"}, ALL), ids=name)
def test_only_cached_caches_in_streamlit(path: Path):
    assert not {use for use in uses(path) | imports(path) if re.search(r"\bcache_(data|resource)\b", use)}


@pytest.mark.parametrize("path", LIBRARY, ids=name)
def test_the_library_neither_prints_nor_reads_the_clock_nor_draws_unseeded(path: Path):
    used = uses(path)
    assert "print" not in used
    assert not {use for use in used if re.search(r"\.(now|today|utcnow)$", use) or use == "time.time"}
    assert not {use for use in used if re.match(r"(np|numpy)\.random\.(?!default_rng$|Generator$)", use)}
    assert not imported_under(path, "random")
    unseeded = [
        node.lineno
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and (dotted_name(node.func) or "").endswith("default_rng")
        and not node.args
        and not node.keywords
    ]
    assert not unseeded
