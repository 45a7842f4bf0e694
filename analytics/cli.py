"""The command line: ``inspect``, and one command for each model of the catalogue. A stable contract.

Exit 0; 2 with one line on stderr (code: what is wrong, what to do) for anything the user can mend. Any other
exception is a bug and keeps its traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

from analytics.cli_commands import build
from analytics.errors import AnalyticsError
from analytics.i18n import LANGUAGES, Lang, Text, msg


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a Windows console may know neither ¥ nor all of Chinese
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    lang = _language(arguments)
    try:
        code = build(lang).main(list(arguments), prog_name="python -m analytics", standalone_mode=False)
    except AnalyticsError as problem:
        return _complain(f"{problem.code}: {problem.in_language(lang)}")
    except click.ClickException as problem:
        return _complain(_usage(problem, lang))
    except click.Abort:
        return _complain(f"usage.stopped: {msg('已停止。').in_language(lang)}")
    return code if isinstance(code, int) else 0


def _language(arguments: Sequence[str]) -> Lang:
    """--lang, wherever it stands, since help and complaints are worded before it is parsed."""
    found: Lang = "zh"
    for at, argument in enumerate(arguments):
        value = argument.partition("=")[2] if argument.startswith("--lang=") else None
        if argument == "--lang" and at + 1 < len(arguments):
            value = arguments[at + 1]
        found = next((lang for lang in LANGUAGES if lang == value), found)
    return found


def _complain(line: str) -> int:
    click.echo(" ".join(line.split()), err=True)
    return 2


def _usage(problem: click.ClickException, lang: Lang) -> str:
    """Complaints of click in our words: code, message, hint."""
    command = (
        problem.ctx.command_path if isinstance(problem, click.UsageError) and problem.ctx else "python -m analytics"
    )
    hint = msg("用法见 {command} --help。", command=command)
    match problem:
        case click.NoSuchOption():
            code, text = "usage.option", msg("没有 {option} 这个选项。", option=problem.option_name)
            if problem.possibilities:
                hint = msg("是不是 {near}？", near=", ".join(problem.possibilities))
        case click.MissingParameter():
            name = problem.param.human_readable_name if problem.param else ""
            code, text = "usage.missing", msg("还缺 {name}。", name=name)
        case click.BadParameter():
            name = problem.param.opts[0] if problem.param else ""
            code, text = "usage.value", msg("{name} 的值不对。", name=name)
            hint = _allowed(problem.param, hint)
        case click.UsageError() if problem.ctx and isinstance(problem.ctx.command, click.Group):
            unknown = isinstance(problem, click.exceptions.NoSuchCommand)
            code = "usage.command" if unknown else "usage.no_command"
            text = msg("没有这个命令。") if unknown else msg("没有写要做什么。")
            hint = msg("可用：{names}。", names="、".join(problem.ctx.command.commands))
        case _:
            code, text = "usage.arguments", msg("命令写得不对，多了或少了东西。")
    return f"{code}: {text.in_language(lang)} {hint.in_language(lang)}"


def _allowed(param: click.Parameter | None, otherwise: Text) -> Text:
    if param is None:
        return otherwise
    if isinstance(param.type, click.Choice):
        return msg("可用：{names}。", names="、".join(param.type.choices))
    numbers = {"integer": msg("要写整数。"), "float": msg("要写数字。")}
    return numbers.get(param.type.name, otherwise)
