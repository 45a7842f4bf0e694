"""What the commands do: inspect a file; run a model over files and write its list."""

from __future__ import annotations

import csv
import getpass
import io
import sys
from collections.abc import Mapping
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
from analytics.export.lists import ListSpec, build_list, count, write_csv, write_xlsx
from analytics.export.method_sheet import list_method
from analytics.export.sheets import opened
from analytics.fields import KINDS
from analytics.i18n import Lang, Text, msg
from analytics.intake.mapping import DateOrder, Guess
from analytics.intake.mapping import Mapping as Roles
from analytics.intake.prepare import PrepareOptions, ReturnedOrders
from analytics.intake.raw import ROW, RawTable
from analytics.intake.recognise import recognise
from analytics.models.base import Readiness, readiness
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
    options: PrepareOptions = field(default_factory=PrepareOptions)


@dataclass(frozen=True)
class Listing:
    """Which list is wanted, as typed."""

    segments: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    columns: str | None = None
    control: float = 0
    seed: int = 1
    campaign: str = ""
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
    result: Any
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
    if guess.mapping.kind != model.table:
        have, needed = KINDS[guess.mapping.kind].title, KINDS[model.table].title
        return Readiness("red", (msg("需要一张{needed}表，现在是{have}表", needed=needed, have=have),))
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
    names = segment_names(model, params)
    wanted, roles = cli_params.segments(listing.segments, names), cli_params.roles(preparing.roles)
    source, folder = connect(url), api.new_folder()
    tables = _open(files, reading, source, folder)
    engine = source if source.computes else embedded()
    raws = [table.raw for table in tables]
    mapping = api.decide(tables[0].sample, roles, model.table, preparing.date_order)
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
    result = model.analyze(data, params)
    # Built even when it is not written: a wrong filter or column must not pass in silence.
    spec = ListSpec(
        wanted, cli_params.filters(listing.filters, data), cli_params.columns(listing.columns, data),
        listing.control, listing.seed, listing.campaign,
    )  # fmt: skip
    table = build_list(result.customers, data, spec)
    if listing.out is None:
        return Ran(model, data, result, count(table) if _is_narrowed(spec) else None, None)
    listed = count(table)
    if listing.out.suffix.lower() == ".xlsx":
        method = (*result.method, *list_method(spec, data, names, listed))
        write_xlsx(listing.out, table, data=data, method=method, lang=lang, segment_names=names)
    else:
        write_csv(listing.out, table, data=data, lang=lang, segment_names=names)
    return Ran(model, data, result, listed, listing.out)


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
    return bool(spec.segments or spec.filters)


def segment_names(model: Model, params: Any) -> Mapping[str, Text]:
    """The segments that a model can give with these parameters, by key."""
    return {key: segment.name for key, segment in model.named_segments(params).items()}


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
