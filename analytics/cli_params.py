"""Reads what was typed on the command line: --map role=column, --set param=value, --filter column=value, --segment."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from analytics.errors import FileError, MappingError, ParamError
from analytics.export.lists import Filter
from analytics.fields import KINDS, ROLES
from analytics.i18n import LANGUAGES, Text, msg
from analytics.models.base import ListColumn

_RANGE = re.compile(r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)?\.\.(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)?", re.IGNORECASE)


def pairs(option: str, typed: Sequence[str]) -> list[tuple[str, str]]:
    """name=value, split at the first "="; raises ParamError (param.pair)."""
    found = []
    for text in typed:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ParamError(
                "param.pair",
                msg("{option} 后面的“{text}”少了等号。", option=option, text=text),
                msg("写成 {option} 名称=值。", option=option),
            )
        found.append((name.strip(), value))
    return found


def roles(typed: Sequence[str]) -> dict[str, dict[str, str]]:
    """--map: "" → role → header; what is said of a table beside the data (customers.phone=手机) under its kind.

    Raises MappingError (mapping.unknown_role) with a suggestion.
    """
    found: dict[str, dict[str, str]] = {}
    for name, header in pairs("--map", typed):
        kind, dot, role = name.partition(".")
        kind, role = (kind, role) if dot and kind in KINDS else ("", name)
        if role not in ROLES:
            raise MappingError(
                "mapping.unknown_role", msg("没有“{role}”这个字段。", role=role), _suggest(role, list(ROLES))
            )
        found.setdefault(kind, {})[role] = header
    return found


def settings(params: type[Any], typed: Sequence[str]) -> Any:
    """--set: an instance of a model's Params; a text "@FILE" is what the file holds, "@@" stands for @.

    Raises ParamError naming what is allowed, FileError (file.missing).
    """
    hints = get_type_hints(params)
    given = {}
    for name, value in pairs("--set", typed):
        if name not in hints or name not in {field.name for field in fields(params)}:
            names = [field.name for field in fields(params)]
            raise ParamError("param.unknown", msg("没有“{name}”这个参数。", name=name), _suggest(name, names))
        given[name] = _value(name, value.strip(), hints[name])
    return params(**given)


def with_model(params: Any, path: Path) -> Any:
    """--use-model: the Params with the text of a saved model. Raises FileError, and ParamError for another file."""
    return replace(params, model=_file_text(path))


def _file_text(path: Path) -> str:
    """A text file. Raises FileError (file.missing)."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise FileError(
            "file.missing", msg("找不到文件“{name}”。", name=path.name), msg("检查路径和文件名。")
        ) from None
    except UnicodeDecodeError:
        return "{"  # no text at all: refused as every other file that is not what was wanted


def statuses(typed: Sequence[str], classes: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    """--status: (status text, class). Raises ParamError (param.status)."""
    found = pairs("--status", typed)
    for text, given in found:
        if given not in classes:
            raise ParamError(
                "param.status",
                msg("“{text}”不能算作“{given}”。", text=text, given=given),
                _suggest(given, list(classes)),
            )
    return tuple(found)


def _suggest(name: str, known: list[str]) -> Text:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return msg("是不是 {near}？可用：{names}。", near=near[0], names="、".join(known))
    return msg("可用：{names}。", names="、".join(known))


def _value(name: str, text: str, hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        if text.lower() in ("", "none", "auto"):
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is Literal:
        if text not in get_args(hint):
            near = difflib.get_close_matches(text, get_args(hint), n=1, cutoff=0.5)
            allowed = "、".join(get_args(hint))
            hint_text = (
                msg("是不是 {near}？可用：{names}。", near=near[0], names=allowed) if near
                else msg("可用：{names}。", names=allowed)
            )  # fmt: skip
            raise ParamError(f"param.{name}", msg("{name} 不能是“{value}”。", name=name, value=text), hint_text)
        return text
    if get_origin(hint) is tuple:
        parts = [] if text == "()" else next(csv.reader([text], skipinitialspace=True), [""])
        return tuple(_value(name, part.strip(), get_args(hint)[0]) for part in parts)
    if hint is str and text.startswith("@"):
        return text[1:] if text.startswith("@@") else _file_text(Path(text[1:]))
    read, example = _READERS[hint]
    try:
        return read(text)
    except ValueError:
        raise ParamError(
            f"param.{name}",
            msg("{name} 不能是“{value}”。", name=name, value=text),
            msg("写成这样：{name}={example}。", name=name, example=example),
        ) from None


def _truth(text: str) -> bool:
    if text.lower() in ("true", "yes", "1"):
        return True
    if text.lower() in ("false", "no", "0"):
        return False
    raise ValueError(text)


_READERS: dict[type, tuple[Callable[[str], Any], str]] = {
    int: (int, "5"),
    float: (float, "1.5"),
    bool: (_truth, "true"),
    dt.date: (dt.date.fromisoformat, "2024-01-31"),
    str: (str, "x"),
}


def segments(typed: Sequence[str], names: Mapping[str, Text]) -> tuple[str, ...]:
    """--segment: keys from keys or names in either language. Raises ParamError (param.unknown_segment)."""
    known = {_plain(key): key for key in names}
    for lang in LANGUAGES:
        known |= {_plain(name.in_language(lang)): key for key, name in names.items()}
    found = []
    for text in typed:
        if _plain(text) not in known:
            raise ParamError(
                "param.unknown_segment",
                msg("没有“{name}”这个分层。", name=text),
                _suggest(text, [str(name) for name in names.values()] + list(names)),
            )
        found.append(known[_plain(text)])
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    return text.strip().casefold().replace("’", "'")


def columns(typed: str | None, known: Sequence[ListColumn]) -> tuple[str, ...] | None:
    """--columns: names from names or labels, comma between."""
    if typed is None:
        return None
    return tuple(_column(part.strip(), known) for part in typed.split(",") if part.strip())


def filters(typed: Sequence[str], known: Sequence[ListColumn]) -> tuple[Filter, ...]:
    """--filter: column=value (several of one column: any of them) or column=low..high."""
    ranges: list[Filter] = []
    values: dict[str, list[str]] = {}
    for name, value in pairs("--filter", typed):
        column = _column(name, known)
        span = _RANGE.fullmatch(value)
        if span and any(span.groups()):
            low, high = (None if end is None else float(end) for end in span.groups())
            ranges.append(Filter(column, "between", low=low, high=high))
        else:
            values.setdefault(column, []).append(value)
    return (*(Filter(column, "in", tuple(given)) for column, given in values.items()), *ranges)


def _column(typed: str, known: Sequence[ListColumn]) -> str:
    """A column's name from its name or label; what is neither stays, and build_list tells so."""
    for column in known:
        if typed in (column.name, *(column.label.in_language(lang) for lang in LANGUAGES)):
            return column.name
    return typed
