"""What the commands do: inspect a file; run a model over files and write its list."""

from __future__ import annotations

import csv
import getpass
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from analytics import api, cli_params
from analytics.catalog import MODELS, Model
from analytics.dataset import Dataset
from analytics.engine import Engine, connect, embedded
from analytics.errors import AnalyticsError, FileError, ParamError, PasswordNeededError
from analytics.export.lists import ListSpec, build_list, count_rows, write_csv, write_xlsx
from analytics.export.method_sheet import list_method
from analytics.export.reproduce import group_file
from analytics.export.roster import Roster
from analytics.export.sheets import opened
from analytics.fields import KINDS, Kind
from analytics.groups import Group, group_from_file
from analytics.i18n import Lang, msg
from analytics.intake.mapping import DateOrder, Guess
from analytics.intake.mapping import Mapping as Roles
from analytics.intake.prepare import PrepareOptions, ReturnedOrders
from analytics.intake.raw import ROW, RawTable
from analytics.intake.recognise import recognise
from analytics.models.base import Answer, Readiness, readiness, wrong_kind
from analytics.source_tables import SourceTable, open_table


@dataclass(frozen=True)
class Reading:
    """How to read the files, as typed. Several sheets: one a file; one: for all."""

    sheets: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    password: str | None = None


@dataclass(frozen=True)
class Preparing:
    """How to prepare them, as typed."""

    roles: tuple[str, ...] = ()
    date_order: DateOrder | None = None
    returns: str | None = None
    returns_sheet: str | None = None
    returns_column: str | None = None
    beside: tuple[str, ...] = ()
    options: PrepareOptions = field(default_factory=PrepareOptions)
    kind: Kind | None = None


@dataclass(frozen=True)
class Listing:
    """Which list is wanted, as typed."""

    segments: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    columns: str | None = None
    control: float = 0
    seed: int = 1
    campaign: str = ""
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    out: Path | None = None


@dataclass(frozen=True)
class Inspected:
    """A file as it was understood. ``data`` is None when it could not be prepared; ``problem`` then says why."""

    raw: RawTable
    guess: Guess
    data: Dataset | None
    problem: AnalyticsError | None
    readiness: dict[str, Readiness]


@dataclass(frozen=True)
class Ran:
    """A model's answer and the list that was written."""

    model: Model
    data: Dataset
    result: Answer
    listed: int | None
    out: Path | None


def read(files: tuple[Path, ...], reading: Reading, folder: Path) -> list[RawTable]:
    """The files as raw tables, each in a folder of its own; asks for a password where a person can answer."""
    sheets = reading.sheets * len(files) if len(reading.sheets) == 1 else reading.sheets
    if sheets and len(sheets) != len(files):
        raise ParamError(
            "param.sheets",
            msg("有 {files:int} 个文件，却给了 {sheets:int} 个 --sheet。", files=len(files), sheets=len(sheets)),
            msg("只给一个，或每个文件给一个。"),
        )
    wanted = sheets or (None,) * len(files)
    return [
        _read_one(path, replace(reading, sheets=(sheet,) if sheet else ()), folder / f"file{at}")
        for at, (path, sheet) in enumerate(zip(files, wanted, strict=True))
    ]


def _read_one(path: Path, reading: Reading, folder: Path) -> RawTable:
    sheet = reading.sheets[0] if reading.sheets else None

    def attempt(password: str | None) -> RawTable:
        return api.open_file(
            path, sheet=sheet, encoding=reading.encoding, delimiter=reading.delimiter,
            header_row=reading.header_row, password=password, folder=folder,
        )  # fmt: skip

    try:
        return attempt(reading.password)
    except PasswordNeededError:
        if reading.password is not None or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        return attempt(getpass.getpass(f"{path.name}: "))


def inspect(path: Path, reading: Reading, out: Path | None) -> Inspected:
    """How a file is understood, and which models it is ready for."""
    folder = api.new_folder()
    engine = connect()
    raw = read((path,), reading, folder)[0]
    guess = recognise(raw)
    data, problem = None, None
    try:
        guess.mapping.check(raw.columns)
        if guess.mapping.kind != "returns":
            data = api.prepare(raw, guess.mapping, folder=folder / "dataset", engine=engine)
    except AnalyticsError as error:  # shown as part of the answer: the file was understood this far
        problem = error
    if out is not None:
        write_understood(raw, engine, out)
    return Inspected(raw, guess, data, problem, {m.key: _ready(m, data, guess, problem) for m in MODELS})


def _ready(model: Model, data: Dataset | None, guess: Guess, problem: AnalyticsError | None) -> Readiness:
    if data is not None:
        return readiness(model.needs, data.manifest)
    if guess.mapping.kind not in model.tables:
        return wrong_kind(model.tables, guess.mapping.kind)
    return Readiness("red", (problem.message,) if problem is not None else ())


def write_understood(raw: RawTable, engine: Engine, out: Path) -> None:
    """The table as csv: one header row, text cells, nothing else changed, so nothing is guarded against formulas.

    utf-8 with BOM. Raises FileError (file.cannot_write).
    """
    table = engine.read_parquet(raw.path)
    names = [f"c{at}" for at in range(len(raw.columns))]
    header = io.StringIO()
    csv.writer(header, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(raw.columns)
    with opened(out) as file:
        file.write(header.getvalue().encode("utf-8-sig"))
        for batch in table.order_by(ROW).select(*names).to_pyarrow_batches():
            pa.csv.write_csv(batch, file, pa.csv.WriteOptions(include_header=False))


def run(
    model: Model,
    files: tuple[str, ...],
    *,
    reading: Reading,
    preparing: Preparing,
    params: Any,
    listing: Listing,
    lang: Lang,
    url: str | None,
) -> Ran:
    """Read, prepare, analyze, and write the list when one is asked for.

    files  paths; with the URL of another engine the names of its tables
    """
    if listing.out is not None and listing.out.suffix.lower() not in (".xlsx", ".csv"):
        raise ParamError(
            "param.out",
            msg("名单只能写成 xlsx 或 csv，不能是“{name}”。", name=listing.out.name),
            msg("把文件名改成 .xlsx 或 .csv 结尾。"),
        )
    roles = cli_params.roles(preparing.roles)
    source, folder = connect(url), api.new_folder()
    tables = _open(files, reading, source, folder)
    engine = source if source.computes else embedded()
    raws = [table.raw for table in tables]
    mapping = _decide(model, tables[0].sample, roles.get("", {}), preparing)
    if source.name == "duckdb":
        returns = _returns(
            preparing, first=Path(files[0]), orders=raws[0], mapping=mapping, reading=reading, folder=folder,
            engine=engine,
        )  # fmt: skip
    else:
        returns = _returns_table(preparing, raws[0], mapping, source, folder)
    data = api.prepare(
        raws, mapping, returns=returns, options=preparing.options, folder=folder / "dataset", engine=engine
    )
    data = data.with_beside(_beside(model, data.kind, preparing, roles, folder))
    if model.groups:
        data = data.with_groups(_read_groups(model.module.groups_of(params), engine, folder / "own"))
    result = model.analyze(data, params)
    return _listed(Ran(model, data, result, None, None), listing, lang, folder)


def _listed(ran: Ran, listing: Listing, lang: Lang, folder: Path) -> Ran:
    """Count and write the list. It is built even when it is not written: a wrong filter must not pass in silence."""
    roster = Roster.of(ran.data, ran.result, _groups(listing, ran.data.engine, folder))
    columns = roster.list_columns()
    spec = ListSpec(
        cli_params.segments(listing.segments, roster.segment_names), cli_params.filters(listing.filters, columns),
        cli_params.columns(listing.columns, columns), listing.control, listing.seed, listing.campaign,
        listing.within, listing.without,
    )  # fmt: skip
    table = build_list(roster, spec)
    if listing.out is None:
        return replace(ran, listed=count_rows(roster, spec) if _is_narrowed(spec) else None)
    if listing.out.suffix.lower() == ".xlsx":
        listed = count_rows(roster, spec)
        method = (*ran.result.method, *list_method(spec, roster, listed))
        write_xlsx(listing.out, table, roster=roster, method=method, lang=lang)
    else:
        listed = write_csv(listing.out, table, roster=roster, lang=lang)
    return replace(ran, listed=listed, out=listing.out)


def save_model(ran: Ran, path: Path) -> None:
    """--save-model: what the model learnt, as a file. Raises FileError (file.cannot_write), ParamError without one."""
    text: str = ran.model.module.save(ran.result)
    with opened(path) as file:
        file.write(text.encode("utf-8"))


def _groups(listing: Listing, engine: Engine, folder: Path) -> list[Group]:
    """The files of --within and --without as groups under the names that were typed."""
    return _read_groups((*listing.within, *listing.without), engine, folder)


def _read_groups(names: Sequence[str], engine: Engine, folder: Path) -> list[Group]:
    """Groups from files: a name is a path, or that of a saved group whose downloaded file lies in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for at, name in enumerate(dict.fromkeys(names)):
        path = Path(name) if Path(name).is_file() or not Path(group_file(name)).is_file() else Path(group_file(name))
        raw = _read_one(path, Reading(), folder / f"group{at}")
        found.append(replace(group_from_file(raw, folder / f"group{at}.parquet", engine), name=name))
    return found


def _decide(model: Model, sample: RawTable, roles: Mapping[str, str], preparing: Preparing) -> Roles:
    """The mapping: the kind is what was said, or the recogniser's where the model takes it, or the usual one."""
    guess = recognise(sample)
    guessed: Kind = guess.mapping.kind
    kind = guessed if guessed in model.tables else model.tables[0]
    if len(model.tables) > 1:  # roles said by hand tell the kind of a table that nobody recognises
        fitting = [one for one in model.tables if set(roles) <= {*KINDS[one].must, *KINDS[one].can}] or model.tables
        kind = max(fitting, key=lambda one: (len(set(roles) & set(KINDS[one].must)), one == kind))
    return api.decide(sample, roles, preparing.kind or kind, preparing.date_order, guess)


def _beside(
    model: Model, kind: Kind, preparing: Preparing, roles: Mapping[str, Mapping[str, str]], folder: Path
) -> list[Dataset]:
    """The files of --with, prepared. Raises ParamError for a kind of table that the model has no use for."""
    wanted = next(needs.beside for needs in model.needs if needs.kind == kind)
    found: list[Dataset] = []
    for at, name in enumerate(preparing.beside):
        raw = _read_one(Path(name), Reading(), folder / f"beside{at}")
        guessed = recognise(raw).mapping.kind
        said = next((one for one in roles if one in wanted), None)
        other = said if said is not None and guessed not in wanted else guessed
        if other not in wanted or any(data.kind == other for data in found):
            raise ParamError(
                "param.beside",
                msg("“{name}”看着像{kind}表，这个分析用不上。", name=raw.file_name, kind=KINDS[guessed].title),
                msg("能一起用的：{kinds}。", kinds="、".join(str(KINDS[one].title) for one in wanted) or "—"),
            )
        found.append(api.prepare(raw, roles.get(other, {}), kind=other, folder=folder / f"beside{at}-data"))
    return found


def _open(files: tuple[str, ...], reading: Reading, source: Engine, folder: Path) -> list[SourceTable]:
    """Files, or tables of another engine, ready to be prepared."""
    if source.name == "duckdb":
        return [SourceTable(raw, raw) for raw in read(tuple(map(Path, files)), reading, folder)]
    if reading != Reading(password=reading.password):
        raise ParamError(
            "param.not_a_file",
            msg("表不是文件，没有工作表、编码、分隔符和表头行。"),
            msg("去掉 --sheet、--encoding、--delimiter 和 --header-row。"),
        )
    return [open_table(name, source, folder / f"file{at}") for at, name in enumerate(files)]


def _returns_table(
    preparing: Preparing, orders: RawTable, mapping: Roles, source: Engine, folder: Path
) -> ReturnedOrders | None:
    """The list of returned orders: another table of the same engine."""
    if preparing.returns is None:
        return None
    other = open_table(preparing.returns, source, folder / "returns").raw
    if preparing.returns_column is not None:
        return ReturnedOrders(other, preparing.returns_column)
    return api.returned_orders(orders, mapping, other, source if source.computes else embedded())


def _is_narrowed(spec: ListSpec) -> bool:
    return bool(spec.segments or spec.filters or spec.within or spec.without)


def _returns(
    preparing: Preparing,
    *,
    first: Path,
    orders: RawTable,
    mapping: Roles,
    reading: Reading,
    folder: Path,
    engine: Engine,
) -> ReturnedOrders | None:
    """The list of returned orders: a sheet of the first file, or a file."""
    if preparing.returns is None:
        return None
    sheets = [sheet.name for sheet in orders.sheets]
    if preparing.returns in sheets:
        other = _read_one(first, Reading((preparing.returns,), password=reading.password), folder / "returns")
    elif Path(preparing.returns).is_file():
        sheet = (preparing.returns_sheet,) if preparing.returns_sheet else ()
        other = _read_one(Path(preparing.returns), Reading(sheet, password=reading.password), folder / "returns")
    else:
        raise FileError(
            "file.no_returns",
            msg("“{name}”既不是工作表，也不是文件。", name=preparing.returns),
            msg("工作表有：{sheets}。", sheets="、".join(sheets)) if sheets else msg("检查路径和文件名。"),
        )
    if preparing.returns_column is not None:
        return ReturnedOrders(other, preparing.returns_column)
    return api.returned_orders(orders, mapping, other, engine)
