"""A Jupyter notebook that reads the same file again and comes to the same numbers.

Whatever comes from the user (file names, headers, filter values) stands in code cells as a Python literal made by
repr, and never in markdown, so that no text can become code or markup.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from nbformat import NotebookNode, v4, validate, writes

from analytics.export.reproduce import Beside, Recipe, SourceFile, cli_line, group_file
from analytics.i18n import Lang, Text, msg, word


def build_notebook(recipe: Recipe, headline: Mapping[str, int | float], lang: Lang) -> bytes:
    """The notebook as bytes of .ipynb (nbformat 4).

    headline  the numbers on the page: the Result's ``headline``; the last cell compares its own with them
    """
    cells = [
        _say(msg("# 重现这次分析"), lang),
        _say(
            msg(
                "把原来的文件放在这个笔记本旁边，从上到下运行，会得到和网页上一样的数字。"
                "需要先装好知客（`pip install -r requirements.txt`），并让 Python 能找到 `analytics` 文件夹。"
            ),
            lang,
        ),
        _code(_imports(recipe)),
        _say(msg("## 1. 读文件"), lang),
        _code(_read(recipe)),
        _say(msg("## 2. 哪一列是什么"), lang),
        _code(_prepare(recipe)),
        _say(msg("## 3. 计算"), lang),
        _code(_analyze(recipe, lang)),
        _say(msg("## 4. 结论和口径"), lang),
        _code(_tell(lang)),
        _say(msg("## 5. 名单"), lang),
        _code(_list(recipe)),
        _say(msg("## 6. 和网页上的数字对一遍"), lang),
        _code(_compare(recipe, headline)),
        _say(msg("同样的名单，用命令行："), lang),
        _code(f"command = {_literal(cli_line(recipe))}\nprint(command)"),
    ]
    for at, cell in enumerate(cells):
        cell["id"] = f"cell-{at}"  # ids are random otherwise, and the same notebook should be the same bytes
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = v4.new_notebook(cells=cells, metadata=kernel)  # type: ignore[no-untyped-call]
    validate(book)
    text: str = writes(book)  # type: ignore[no-untyped-call]
    return text.encode("utf-8")


def _say(text: Text, lang: Lang) -> NotebookNode:
    return v4.new_markdown_cell(word(text, lang))  # type: ignore[no-untyped-call, no-any-return]


def _code(source: str) -> NotebookNode:
    return v4.new_code_cell(source)  # type: ignore[no-untyped-call, no-any-return]


def _literal(value: Any) -> str:
    """Python source of a value: literals, and the library's own frozen dataclasses."""
    if is_dataclass(value) and not isinstance(value, type):
        inside = ", ".join(f"{field.name}={_literal(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}({inside})"
    if isinstance(value, tuple):
        return "(" + "".join(f"{_literal(part)}, " for part in value).rstrip() + ")"
    if isinstance(value, dt.date):
        return f"dt.date({value.year}, {value.month}, {value.day})"
    if value is None or isinstance(value, str | int | float | bool):
        # ascii(): no invisible character can hide in a cell; Chinese stays readable through repr.
        return repr(value) if str(value).isprintable() else ascii(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def _imports(recipe: Recipe) -> str:
    lines = [
        "import datetime as dt",
        "import getpass",
        "",
        "import analytics",
        "from analytics.export.lists import Filter, ListSpec, build_list, preview",
        "from analytics.export.roster import Roster",
        "from analytics.intake.mapping import Mapping",
        "from analytics.intake.prepare import PrepareOptions, ReturnedOrders",
        f"from analytics.models import {recipe.model} as model",
    ]
    if not _has_password(recipe):
        lines.remove("import getpass")
    return "\n".join(lines)


def _has_password(recipe: Recipe) -> bool:
    beside = [source for other in recipe.beside for source in other.files]
    sources = [*recipe.files, *([recipe.returns[0]] if recipe.returns else []), *beside]
    return any(source.encrypted for source in sources)


def _open(source: SourceFile) -> str:
    said = {
        "sheet": source.sheet, "encoding": source.encoding, "delimiter": source.delimiter,
        "header_row": source.header_row,
    }  # fmt: skip
    words = [_literal(source.name), *(f"{name}={_literal(value)}" for name, value in said.items() if value is not None)]
    if source.encrypted:
        words.append("password=getpass.getpass()")
    return f"analytics.open_file({', '.join(words)})"


def _read(recipe: Recipe) -> str:
    lines = ["tables = [", *(f"    {_open(source)}," for source in recipe.files), "]"]
    if recipe.returns is None:
        lines.append("returns = None")
    else:
        source, column = recipe.returns
        lines.append(f"returns = ReturnedOrders({_open(source)}, {_literal(column)})")
    return "\n".join([*lines, "[table.rows for table in tables]"])


def _prepare(recipe: Recipe) -> str:
    roles = [f"    {_literal(role)}: {_literal(header)}," for role, header in recipe.mapping.roles]
    kind, order = _literal(recipe.mapping.kind), _literal(recipe.mapping.date_order)
    return "\n".join(
        [
            "roles = {",
            *roles,
            "}",
            f"mapping = Mapping({kind}, tuple(roles.items()), date_order={order})",
            f"options = {_literal(recipe.options)}",
            "data = analytics.prepare(tables, mapping, returns=returns, options=options)",
            *(line for other in recipe.beside for line in _prepare_beside(other)),
            *([*_read_groups(recipe.groups), "data = data.with_groups(groups)"] if recipe.groups else []),
            "data.facts.rows_read, data.facts.rows_used, data.facts.entities",
        ]
    )


def _prepare_beside(other: Beside) -> list[str]:
    """Lines that add a table beside the data."""
    said = (other.mapping.kind, other.mapping.roles, other.mapping.date_order)
    mapping = f"Mapping({', '.join(_literal(part) for part in said)})"
    opened = ", ".join(_open(source) for source in other.files)
    prepared = f"analytics.prepare([{opened}], {mapping}, options={_literal(other.options)})"
    return [f"data = data.with_beside([*data.beside, {prepared}])"]


def _analyze(recipe: Recipe, lang: Lang) -> str:
    values = ",\n".join(
        f"    {field.name}={_literal(getattr(recipe.params, field.name))}" for field in fields(recipe.params)
    )
    return "\n".join(
        [
            f"params = model.Params(\n{values},\n)",
            "result = model.analyze(data, params)",
            "shown = result.segments.copy()",
            f"names = {{segment.key: segment.name.in_language({lang!r}) for segment in result.named}}",
            "shown['segment'] = shown['segment'].map(names)",
            "shown",
        ]
    )


def _tell(lang: Lang) -> str:
    return "\n".join(
        [
            "for finding in result.findings:",
            f"    print('•', finding.text.in_language({lang!r}))",
            "print()",
            "for line in result.method:",
            f"    print(line.label.in_language({lang!r}), line.value.in_language({lang!r}), sep=': ')",
        ]
    )


def _list(recipe: Recipe) -> str:
    return "\n".join(
        [
            f"spec = {_literal(recipe.spec)}",
            *_groups(recipe),
            "customers = build_list(Roster.of(data, result, groups), spec)",
            "preview(customers, limit=20)",
        ]
    )


def _groups(recipe: Recipe) -> list[str]:
    """Lines that read the groups which the list is narrowed by, from the files that the page hands out."""
    return _read_groups([*recipe.spec.within, *recipe.spec.without])


def _read_groups(chosen: Sequence[str]) -> list[str]:
    """Lines that make ``groups`` of the files that the page hands out."""
    names = dict.fromkeys(chosen)
    if not names:
        return ["groups = []"]
    return [
        "import dataclasses, pathlib",
        "from analytics.groups import group_from_file",
        f"files = {_literal(tuple((name, group_file(name)) for name in names))}",
        "opened = [(name, analytics.open_file(file)) for name, file in files]",
        "groups = [",
        "    dataclasses.replace(group_from_file(raw, raw.path.with_name('group.parquet'), data.engine), name=name)",
        "    for name, raw in opened",
        "]",
    ]


def _compare(recipe: Recipe, headline: Mapping[str, int | float]) -> str:
    on_page = {name: float(value) if isinstance(value, float) else int(value) for name, value in headline.items()}
    return "\n".join(
        [
            f"on_page = {on_page!r}",
            f"same_file = data.digest == {_literal(recipe.digest)}",
            "for name, value in on_page.items():",
            "    here = result.headline[name]",
            "    print(name, here, 'OK' if abs(here - value) < 0.005 else f'!= {value}')",
            "print('same file and settings:', same_file)",
        ]
    )
