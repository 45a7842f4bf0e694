"""The commands of the command line, made from the catalogue, with their help in either language."""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from analytics.catalog import MODELS, Model
from analytics.i18n import LANGUAGES, Lang, Text, msg, word

_PATH = click.Path(path_type=Path)
_STATUSES = ("paid", "unpaid", "refunded", "partly_refunded")


class _Formatter(click.HelpFormatter):
    """click's own headings in the chosen language."""

    def __init__(self, lang: Lang) -> None:
        super().__init__(width=100)
        self._lang = lang

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:  # noqa: ARG002
        super().write_usage(prog, args, word(msg("用法："), self._lang) + " ")

    def write_heading(self, heading: str) -> None:
        words = {gettext.gettext("Options"): msg("选项"), gettext.gettext("Commands"): msg("命令")}
        super().write_heading(word(words.get(heading, heading), self._lang))


class _Context(click.Context):
    def make_formatter(self) -> click.HelpFormatter:
        command = self.find_root().command
        return _Formatter(command.lang if isinstance(command, _Group) else "zh")


class _Command(click.Command):
    context_class = _Context


class _Group(click.Group):
    context_class = _Context
    lang: Lang = "zh"


def build(lang: Lang) -> click.Group:
    """``inspect`` and a command for each model, their help worded in a language."""
    help_text = word(msg("知客：打开表格，看懂客户，导出名单。"), lang)
    group = _Group(
        "analytics", help=help_text, no_args_is_help=False, params=[_language_option(lang, expose_value=False)]
    )
    group.lang = lang
    group.add_command(_inspect(lang))
    for model in MODELS:
        group.add_command(_model(model, lang))
    for command in (group, *group.commands.values()):
        command.add_help_option = False
        command.params.append(_help_option(lang))
    return group


def _help_option(lang: Lang) -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit()

    return click.Option(
        ["--help"], is_flag=True, is_eager=True, expose_value=False, callback=show, help=word(msg("显示这份说明"), lang)
    )


def _option(lang: Lang, *names: str, text: Text, **how: Any) -> click.Option:
    return click.Option(list(names), help=word(text, lang), **how)


def _reading_options(lang: Lang) -> list[click.Parameter]:
    return [
        _option(
            lang, "--sheet", "sheets", multiple=True, metavar="NAME",
            text=msg("工作表；几个文件时可以每个文件写一次"),
        ),
        _option(lang, "--encoding", metavar="NAME", text=msg("文字编码，如 big5；不写就自动判断")),
        _option(lang, "--delimiter", metavar="CHAR", text=msg("分隔符；不写就自动判断")),
        _option(lang, "--header-row", type=int, metavar="N", text=msg("表头在第几行；0 表示没有表头")),
        _option(
            lang, "--password", envvar="ZHIKE_PASSWORD", metavar="TEXT",
            text=msg("打开密码；也可以放在环境变量 ZHIKE_PASSWORD 里"),
        ),
    ]  # fmt: skip


def _answer_options(lang: Lang) -> list[click.Parameter]:
    return [
        _option(lang, "--json", "as_json", is_flag=True, text=msg("输出 JSON")),
        _language_option(lang),
    ]


def _language_option(lang: Lang, **how: Any) -> click.Option:
    return _option(lang, "--lang", type=click.Choice(LANGUAGES), default="zh", text=msg("语言：zh 或 en"), **how)


def _inspect(lang: Lang) -> click.Command:
    def call(*, file: Path, out: Path | None, as_json: bool, **typed: Any) -> None:
        from analytics import cli_output, cli_run

        found = cli_run.inspect(file, _reading(typed), out)
        if as_json:
            _echo_json(cli_output.inspected_as_json(found, lang))
        else:
            click.echo(cli_output.inspected_as_text(found, lang))
            if out is not None:
                click.echo(word(msg("表格写到 {path}", path=str(out)), lang))

    params = [
        click.Argument(["file"], type=_PATH),
        _option(
            lang,
            "--out",
            type=_PATH,
            metavar="TABLE.csv",
            text=msg("把看懂的表格写成 csv（一行表头，单元格原样，公式也原样）"),
        ),
        *_reading_options(lang),
        *_answer_options(lang),
    ]
    text = word(msg("看一看文件：是什么表、哪一列是什么、能用哪些模型"), lang)
    return _Command("inspect", params=params, callback=call, help=text, options_metavar=word(msg("[选项]"), lang))


def _model(model: Model, lang: Lang) -> click.Command:
    params = [
        click.Argument(["files"], nargs=-1, required=True, metavar="FILE..."),
        *_preparing_options(lang),
        *([_kind_option(model, lang)] if len(model.tables) > 1 else ()),
        *(_saving_options(lang) if model.saves else ()),
        *_list_options(lang),
        *_reading_options(lang),
        *_answer_options(lang),
        _option(
            lang,
            "--engine",
            metavar="URL",
            text=msg("在哪里计算或取数：spark://、sc://、postgres://；FILE 就是表名。不写就在本机"),
        ),
    ]
    text = word(msg("{title}：{question}", title=model.title, question=model.question), lang)
    return _Command(
        model.key, params=params, callback=_runner(model, lang), help=text, options_metavar=word(msg("[选项]"), lang)
    )


def _preparing_options(lang: Lang) -> list[click.Parameter]:
    return [
        _option(
            lang, "--map", "roles", multiple=True, metavar="ROLE=COLUMN",
            text=msg("指定哪一列是什么，如 amount=实付金额"),
        ),
        _option(
            lang, "--set", "settings", multiple=True, metavar="PARAM=VALUE",
            text=msg("模型参数，如 method=mean"),
        ),
        _option(lang, "--returns", metavar="SHEET|FILE", text=msg("列出退货订单号的工作表或文件")),
        _option(lang, "--returns-sheet", metavar="NAME", text=msg("退货文件里的工作表")),
        _option(lang, "--returns-column", metavar="COLUMN", text=msg("退货单里的订单号列；不写就自动找")),
        _option(
            lang, "--with", "beside", multiple=True, metavar="FILE",
            text=msg("一起用的另一张表，如客户名单，可写多次；它的列用 --map customers.phone=手机号 指定"),
        ),
        _option(
            lang, "--date-order", type=click.Choice(("ymd", "dmy", "mdy")),
            text=msg("03/04/2024 这类日期怎么读"),
        ),
        _option(lang, "--drop-duplicates", is_flag=True, text=msg("去掉完全相同的行")),
        _option(
            lang, "--status", "statuses", multiple=True, metavar="TEXT=CLASS",
            text=msg("某个订单状态算什么：paid、unpaid、refunded、partly_refunded"),
        ),
        _option(
            lang, "--amount-per-order/--amount-per-line", default=None,
            text=msg("金额是整单的，还是每行各自的；不写就自动判断"),
        ),
        _option(lang, "--epoch-hours", type=float, metavar="H", text=msg("数字时间戳换到哪个时区，默认 8（北京）")),
    ]  # fmt: skip


def _kind_option(model: Model, lang: Lang) -> click.Parameter:
    return _option(lang, "--kind", type=click.Choice(model.tables), text=msg("这是一张什么表；不写就自动判断"))


def _saving_options(lang: Lang) -> list[click.Parameter]:
    return [
        _option(lang, "--save-model", type=_PATH, metavar="MODEL.json", text=msg("把学到的模型存成文件，以后再用")),
        _option(lang, "--use-model", type=_PATH, metavar="MODEL.json", text=msg("不重新学，用以前存的模型")),
    ]


def _list_options(lang: Lang) -> list[click.Parameter]:
    return [
        _option(lang, "--segment", "segments", multiple=True, metavar="NAME", text=msg("名单里要的分层，可写多次")),
        _option(
            lang, "--filter", "filters", multiple=True, metavar="COLUMN=VALUE",
            text=msg("筛选，如 region=华东 或 monetary=100..500，可写多次"),
        ),
        _option(
            lang, "--within", multiple=True, metavar="FILE",
            text=msg("只要这份名单里的客户，可写多次；文件里放一列客户编号"),
        ),
        _option(lang, "--without", multiple=True, metavar="FILE", text=msg("去掉这份名单里的客户，可写多次")),
        _option(lang, "--columns", metavar="A,B,C", text=msg("名单里要的列")),
        _option(lang, "--control", type=float, default=0.0, metavar="PERCENT", text=msg("随机留出百分之几作对照组")),
        _option(lang, "--seed", type=int, default=1, metavar="N", text=msg("对照组的随机种子")),
        _option(lang, "--campaign", default="", metavar="ID", text=msg("活动编号，写进名单的一列")),
        _option(lang, "--out", type=_PATH, metavar="LIST.xlsx", text=msg("把名单写成 xlsx 或 csv")),
    ]  # fmt: skip


def _runner(model: Model, lang: Lang) -> Callable[..., None]:
    def call(
        *, files: tuple[str, ...], as_json: bool, settings: tuple[str, ...], engine: str | None, **typed: Any
    ) -> None:
        from analytics import cli_output, cli_params, cli_run

        params = cli_params.settings(model.params, settings)
        if typed.get("use_model") is not None:
            params = cli_params.with_model(params, typed["use_model"])
        ran = cli_run.run(
            model,
            files,
            reading=_reading(typed),
            preparing=_preparing(typed),
            params=params,
            listing=_listing(typed),
            lang=lang,
            url=engine,
        )
        if typed.get("save_model") is not None:
            cli_run.save_model(ran, typed["save_model"])
        if as_json:
            _echo_json(cli_output.ran_as_json(ran, lang))
        else:
            click.echo(cli_output.ran_as_text(ran, lang))

    return call


def _reading(typed: dict[str, Any]) -> Any:
    from analytics.cli_run import Reading

    delimiter = {"\\t": "\t", "tab": "\t"}.get(typed["delimiter"] or "", typed["delimiter"])
    return Reading(typed["sheets"], typed["encoding"], delimiter, typed["header_row"], typed["password"])


def _listing(typed: dict[str, Any]) -> Any:
    from analytics.cli_run import Listing

    names = ("segments", "filters", "columns", "control", "seed", "campaign", "within", "without", "out")
    return Listing(**{name: typed[name] for name in names})


def _preparing(typed: dict[str, Any]) -> Any:
    from analytics import cli_params
    from analytics.cli_run import Preparing
    from analytics.intake.prepare import PrepareOptions

    hours = typed["epoch_hours"]
    options = PrepareOptions(
        drop_duplicates=typed["drop_duplicates"],
        status_classes=cli_params.statuses(typed["statuses"], _STATUSES),
        amount_per_order=typed["amount_per_order"],
        **({} if hours is None else {"epoch_offset_hours": hours}),
    )
    return Preparing(
        typed["roles"],
        typed["date_order"],
        typed["returns"],
        typed["returns_sheet"],
        typed["returns_column"],
        typed["beside"],
        options,
        typed.get("kind"),
    )


def _echo_json(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False))
