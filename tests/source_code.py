"""Our own Python files as syntax trees, for the tests that guard how the code is built."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("analytics", "ui", "pages", "app.py")


def files(*places: str) -> list[Path]:
    """Python files in folders (or single files) of the project, in a fixed order."""
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []
    return found


def name(path: Path) -> str:
    """A path as messages show it: analytics/engine.py."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def nodes(path: Path) -> Iterator[ast.AST]:
    """Every node of a file's syntax tree."""
    return ast.walk(tree(path))


def imports(path: Path) -> set[str]:
    """Dotted names of everything a file imports, inside functions too: ``from a import b`` gives a and a.b."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def uses(path: Path) -> set[str]:
    """Dotted names a file mentions: ``st.session_state``, ``dt.datetime.now``, ``print``."""
    return {dotted for node in nodes(path) if (dotted := dotted_name(node)) is not None}


def dotted_name(node: ast.AST) -> str | None:
    """``a.b.c`` of an attribute chain that starts at a name, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted_name(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None
