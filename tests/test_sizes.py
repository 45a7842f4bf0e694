"""A stranger should find their way: no long file, no long function, pages of one screen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.source_code import PRODUCT, files, name, nodes

FILE_LINES = 400
PAGE_LINES = 80
FUNCTION_LINES = 60
OURS = files(*PRODUCT, "sample_data", "benchmarks")


@pytest.mark.parametrize("path", OURS, ids=name)
def test_files_are_short(path: Path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= (PAGE_LINES if name(path).startswith("pages/") else FILE_LINES)


@pytest.mark.parametrize("path", OURS, ids=name)
def test_functions_are_short(path: Path):
    functions = [node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    assert not {function: lines for function, lines in lengths.items() if lines > FUNCTION_LINES}


@pytest.mark.parametrize("path", OURS, ids=name)
def test_files_say_what_they_are_for(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))
