"""How to get the same list again: everything that went into it, and the command line that says so.

The password of an encrypted workbook is never written down; the command line and the notebook ask for it.
"""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from analytics.export.lists import ListSpec
from analytics.fields import KINDS
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import PrepareOptions
from analytics.intake.raw import RawTable

FOUND_ENCODINGS = ("utf", "gb")  # these are found out again; others were chosen by hand
FOUND_DELIMITERS = (None, ",", "\t")
_NOT_IN_NAMES = frozenset('\\/:*?"<>|.')


@dataclass(frozen=True)
class SourceFile:
    """A file (and sheet) as the user named it, with what must be said to read it the same way."""

    name: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    encrypted: bool = False

    @staticmethod
    def of(raw: RawTable, *, encrypted: bool = False) -> SourceFile:
        """What to say about a table that was read; what would be found out again is left out."""
        encoding = raw.encoding.lower() if raw.encoding else None
        return SourceFile(
            name=raw.file_name,
            sheet=raw.sheet if len(raw.sheets) > 1 else None,
            encoding=None if encoding is None or encoding.startswith(FOUND_ENCODINGS) else raw.encoding,
            delimiter=None if raw.delimiter in FOUND_DELIMITERS else raw.delimiter,
            header_row=None if raw.header_row == 1 else raw.header_row,
            encrypted=encrypted,
        )


@dataclass(frozen=True)
class Beside:
    """A table beside the main one, and how it was prepared."""

    files: tuple[SourceFile, ...]
    mapping: Mapping
    options: PrepareOptions = field(default_factory=PrepareOptions)


@dataclass(frozen=True)
class Recipe:
    """Everything that a result and its list came from.

    returns  a list of returned orders and the header of its order number column
    params   the model's Params
    beside   other tables that the model used: their files, each with its kind's mapping
    groups   names of the saved groups that the parameters speak of
    """

    model: str
    files: tuple[SourceFile, ...]
    mapping: Mapping
    params: Any
    digest: str
    returns: tuple[SourceFile, str] | None = None
    options: PrepareOptions = field(default_factory=PrepareOptions)
    spec: ListSpec = field(default_factory=ListSpec)
    beside: tuple[Beside, ...] = ()
    groups: tuple[str, ...] = ()


def cli_line(recipe: Recipe, out: str = "list.xlsx") -> str:
    """The command that writes the same list, quoted for a POSIX shell. All files lie in the current folder."""
    words = ["python", "-m", "analytics", recipe.model, *(_file(source.name) for source in recipe.files)]
    words += _reading(recipe.files)
    if not KINDS[recipe.mapping.kind].must:  # no role tells that it is this kind
        words.append(f"--kind={recipe.mapping.kind}")
    for role, header in recipe.mapping.roles:
        words.append(f"--map={role}={header}")
    if recipe.mapping.date_order != "ymd":
        words.append(f"--date-order={recipe.mapping.date_order}")
    if recipe.returns is not None:
        source, column = recipe.returns
        same_file = any(source.name == file.name for file in recipe.files)
        words.append(f"--returns={source.sheet if same_file and source.sheet else _file(source.name)}")
        words.append(f"--returns-column={column}")
        if source.sheet and not same_file:
            words.append(f"--returns-sheet={source.sheet}")
    for other in recipe.beside:
        words += [f"--with={_file(source.name)}" for source in other.files]
        words += [f"--map={other.mapping.kind}.{role}={header}" for role, header in other.mapping.roles]
    words += _preparing(recipe.options)
    words += [_setting(name, value) for name, value in changed_params(recipe.params)]
    words += _list_words(recipe.spec)
    return " ".join(shlex.quote(word) for word in [*words, f"--out={out}"])


def _setting(name: str, value: str) -> str:
    """A parameter as an option; a saved model is a file of its own."""
    return "--use-model=model.json" if name == "model" else f"--set={name}={value}"


def _file(name: str) -> str:
    return f"./{name}" if name.startswith("-") else name


def _reading(files: Sequence[SourceFile]) -> list[str]:
    words = []
    if any(file.sheet for file in files):
        same = len({file.sheet for file in files}) == 1
        words += [f"--sheet={file.sheet or ''}" for file in (files[:1] if same else files)]
    for option, value in (
        ("encoding", files[0].encoding),
        ("delimiter", files[0].delimiter),
        ("header-row", files[0].header_row),
    ):
        if value is not None:
            words.append(f"--{option}={value}")
    return words


def _preparing(options: PrepareOptions) -> list[str]:
    words = ["--drop-duplicates"] if options.drop_duplicates else []
    words += [f"--status={text}={status}" for text, status in options.status_classes]
    if options.amount_per_order is not None:
        words.append("--amount-per-order" if options.amount_per_order else "--amount-per-line")
    if options.epoch_offset_hours != PrepareOptions().epoch_offset_hours:
        words.append(f"--epoch-hours={options.epoch_offset_hours:g}")
    return words


def changed_params(params: Any) -> list[tuple[str, str]]:
    """(name, text) of the parameters that differ from their defaults, as ``--set`` takes them."""
    return [
        (known.name, param_text(getattr(params, known.name)))
        for known in fields(params)
        if getattr(params, known.name) != known.default
    ]


def param_text(value: Any) -> str:
    """A parameter's value as ``--set`` takes it: 30,60,90 · 2024-01-03 · net · tea,"cup, white" · () for nothing."""
    if isinstance(value, tuple):
        return ",".join(_quoted(param_text(part)) for part in value) or "()"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"@{value}" if isinstance(value, str) and value.startswith("@") else str(value)  # @FILE reads a file


def _quoted(text: str) -> str:
    """As csv does it: a name that holds a comma must not become two."""
    plain = text.strip() == text and not any(mark in text for mark in ",\n\r") and not text.startswith('"')
    return text if plain else '"' + text.replace('"', '""') + '"'


def group_file(name: str) -> str:
    """What a saved group's file is called when it is downloaded: no character that a file name or a path minds."""
    safe = "".join("_" if c in _NOT_IN_NAMES or not c.isprintable() else c for c in name)
    return f"{safe}.csv"


def _list_words(spec: ListSpec) -> list[str]:
    words = [f"--segment={key}" for key in spec.segments]
    for condition in spec.filters:
        if condition.kind == "in":
            words += [f"--filter={condition.column}={value}" for value in condition.values]
        else:
            low, high = ("" if end is None else repr(float(end)) for end in (condition.low, condition.high))
            words.append(f"--filter={condition.column}={low}..{high}")
    words += [f"--within={group_file(name)}" for name in spec.within]
    words += [f"--without={group_file(name)}" for name in spec.without]
    if spec.columns is not None:
        words.append(f"--columns={','.join(spec.columns)}")
    if spec.control_percent:
        words += [f"--control={spec.control_percent:g}", f"--seed={spec.seed}"]
    if spec.campaign_id:
        words.append(f"--campaign={spec.campaign_id}")
    return words
