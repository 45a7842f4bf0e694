"""Every sentence in the code has its English, with the same values in it, and no translation is left over."""

from __future__ import annotations

import ast
import re
import string
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics.catalog import MODELS
from analytics.i18n import LOCALES, english_catalogue
from tests.source_code import PRODUCT, files, name, nodes, tree

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]")  # full-width punctuation too
STAYS_CHINESE = ("知客", "名单", "口径")  # names of ours that English sentences may quote
TRANSLATORS = {"analytics/i18n.py", "ui/i18n.py"}  # they hand templates on
SPOKEN = files("ui", "pages", "app.py", "analytics/models", "analytics/charts", "analytics/export")
# Not sentences: the product's name, the language switch (each language in that language), units a pattern matches.
SAME_IN_BOTH = ("知客", "中文", "语言", "万亿", *(model.sample for model in MODELS))
CHINESE_ONLY = "_CHINESE"  # a constant of this name is only shown on Chinese pages: words of Streamlit's own


@dataclass(frozen=True)
class Template:
    """A sentence as it stands in the code."""

    text: str
    values: frozenset[str] | None  # None: **values, which cannot be read here
    where: str


def calls(path: Path) -> list[ast.Call]:
    """The calls of msg and t in a file."""
    return [
        node
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"msg", "t"}
    ]


def is_literal(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def value_names(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def templates() -> list[Template]:
    """Every template in the product."""
    return [
        Template(
            call.args[0].value,
            value_names(call),
            f"{name(path)}:{call.lineno}",
        )
        for path in files(*PRODUCT)
        for call in calls(path)
        if call.args and is_literal(call.args[0])
    ]


def placeholders(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


def without(names: tuple[str, ...], text: str) -> str:
    """A text without the names that may stand in it."""
    for each in names:
        text = text.replace(each, "")
    return text


TEMPLATES = templates()


def test_there_are_templates():
    assert len(TEMPLATES) > 50


def could_be_a_sentence(call: ast.Call) -> bool:
    """A call whose template cannot be read here. ``t(finding.text)``, which words a Text, is fine."""
    first = call.args[0] if call.args else None
    if is_literal(first):
        return False
    words_a_text = isinstance(first, ast.Name | ast.Attribute | ast.Subscript | ast.Call) and not call.keywords
    return not (isinstance(call.func, ast.Name) and call.func.id == "t" and words_a_text)


@pytest.mark.parametrize("path", [p for p in files(*PRODUCT) if name(p) not in TRANSLATORS], ids=name)
def test_templates_are_literals(path: Path):
    loose = [call.lineno for call in calls(path) if could_be_a_sentence(call)]
    assert not loose, f"{name(path)}: msg(…) and t(…) take a literal, so that it can be translated; lines {loose}"


def test_every_template_has_its_english():
    catalogue = english_catalogue()
    missing = sorted({f"{t.where} {t.text}" for t in TEMPLATES if HAN.search(t.text) and t.text not in catalogue})
    assert not missing, "\n".join(missing)


def test_english_names_the_same_values():
    catalogue = english_catalogue()
    wrong = [
        f"{chinese} → {english}"
        for chinese, english in catalogue.items()
        if placeholders(chinese) != placeholders(english)
    ]
    assert not wrong, "\n".join(wrong)


def test_calls_give_the_values_their_template_names():
    wrong = [f"{t.where} {t.text}" for t in TEMPLATES if t.values is not None and placeholders(t.text) != t.values]
    assert not wrong, "\n".join(wrong)


def test_english_holds_no_chinese():
    wrong = [english for english in english_catalogue().values() if CHINESE.search(without(STAYS_CHINESE, english))]
    assert not wrong, "\n".join(wrong)


def test_no_translation_is_left_over():
    unused = sorted(set(english_catalogue()) - {t.text for t in TEMPLATES})
    assert not unused, "\n".join(unused)


def test_the_catalogue_has_no_template_without_words():
    from babel.messages.pofile import read_po

    with (LOCALES / "en.po").open("rb") as file:
        empty = [str(m.id) for m in read_po(file, locale="en") if m.id and not m.string]
    assert not empty


@pytest.mark.parametrize("path", [p for p in SPOKEN if name(p) not in TRANSLATORS], ids=name)
def test_chinese_is_spoken_through_the_catalogue_only(path: Path):
    """A Chinese literal outside msg(…) or t(…) would stay Chinese on an English page."""
    fine = {id(call.args[0]) for call in calls(path) if call.args} | documentation(path) | chinese_only(path)
    loose = [
        f"{node.lineno}: {node.value}"
        for node in nodes(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and HAN.search(without(SAME_IN_BOTH, node.value))
        and id(node) not in fine
    ]
    assert not loose, "\n".join(loose)


def documentation(path: Path) -> set[int]:
    """Docstrings, by id of their nodes."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree(path)) if isinstance(node, documented) and node.body]
    return {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}


def chinese_only(path: Path) -> set[int]:
    """Every literal in a constant of the name CHINESE_ONLY, by id of its node."""
    return {
        id(part)
        for node in nodes(path)
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == CHINESE_ONLY for target in node.targets)
        for part in ast.walk(node.value)
    }
