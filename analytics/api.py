"""The public API behind ``import analytics``: open a file, prepare it, get a Dataset."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from pathlib import Path

from analytics.dataset import Dataset
from analytics.engine import Engine, embedded, work_root
from analytics.errors import MappingError
from analytics.fields import KINDS, Kind
from analytics.i18n import msg
from analytics.intake.mapping import DateOrder, Guess, Mapping
from analytics.intake.prepare import PrepareOptions, ReturnedOrders, find_returns
from analytics.intake.prepare import prepare as prepare_tables
from analytics.intake.raw import OWN_FILE, Limits, RawTable, ReadOptions
from analytics.intake.reader import read_file
from analytics.intake.recognise import recognise

_DEFAULT_OPTIONS = PrepareOptions()


def open_file(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    password: str | None = None,
    folder: Path | None = None,
    limits: Limits = OWN_FILE,
) -> RawTable:
    """Read a spreadsheet or text file as a table of text cells. What is not said is found out.

    folder  where the table lies on disk; None: a new folder that goes away when Python ends
    limits  what reading may cost; intake.raw.Limits() for a file from a stranger
    Raises FileError and PasswordNeededError as intake.reader.read_file does.
    """
    options = ReadOptions(sheet, encoding, delimiter, header_row, password)
    return read_file(Path(path), folder or new_folder(), options=options, limits=limits)


def prepare(
    tables: RawTable | Sequence[RawTable],
    mapping: Mapping | MappingOf[str, str] | None = None,
    *,
    returns: RawTable | ReturnedOrders | None = None,
    kind: Kind | None = None,
    date_order: DateOrder | None = None,
    options: PrepareOptions = _DEFAULT_OPTIONS,
    folder: Path | None = None,
    engine: Engine | None = None,
) -> Dataset:
    """Make a Dataset of one table, or of several of one kind, appended by column name.

    mapping     a Mapping; or role → header for what the recogniser should not decide; None: it decides everything
    returns     a table of returned order numbers; its column is found when it is not named
    kind, date_order   what the table is and how 03/04/2024 is read, when the recogniser should not decide
    Raises MappingError (mapping.unsure when the recogniser needs help), DataError.
    """
    raws = [tables] if isinstance(tables, RawTable) else list(tables)
    engine = engine or embedded()
    decided = mapping if isinstance(mapping, Mapping) else decide(raws[0], mapping or {}, kind, date_order)
    found = returned_orders(raws[0], decided, returns, engine) if isinstance(returns, RawTable) else returns
    target = folder or new_folder() / "dataset"
    return prepare_tables(raws, decided, target, engine, returns=found, options=options)


def decide(
    raw: RawTable,
    given: MappingOf[str, str],
    kind: Kind | None = None,
    date_order: DateOrder | None = None,
    guess: Guess | None = None,
) -> Mapping:
    """The recogniser's mapping with the given roles put over it.

    guess  what the recogniser said, when it was asked already
    Raises MappingError: mapping.unsure when it was not sure and the roles a table must have were not all given.
    """
    guess = guess or recognise(raw)
    wanted = kind or _kind_of(given, guess.mapping.kind)
    order = date_order or guess.mapping.date_order
    known = KINDS[wanted].must + KINDS[wanted].can
    # Where no role is a must, a guess about another kind of table has nothing to say.
    heard = guess.mapping.kind == wanted or KINDS[wanted].must
    guessed = {role: header for role, header in guess.mapping.roles if role in known and heard}
    free = {role: header for role, header in guessed.items() if role not in given and header not in given.values()}
    roles = {**free, **given}
    decided = Mapping(wanted, tuple(sorted(roles.items(), key=lambda item: _place(item[0], known))), order)
    trusted = guess.sure and guess.mapping.kind == wanted
    if not trusted and Mapping(wanted, tuple(given.items())).missing():
        raise _unsure(raw, decided, guess)
    decided.check(raw.columns)
    return decided


def _kind_of(given: MappingOf[str, str], guessed: Kind) -> Kind:
    """The guess, unless a role was given that such a table cannot have: then the first kind that can have all."""
    fits = [kind.name for kind in KINDS.values() if set(given) <= {*kind.must, *kind.can}]
    return guessed if guessed in fits or not fits else fits[0]


def _place(role: str, known: tuple[str, ...]) -> int:
    return known.index(role) if role in known else len(known)


def _unsure(raw: RawTable, decided: Mapping, guess: Guess) -> MappingError:
    must = KINDS[decided.kind].must
    example = "  ".join(f"--map {role}={decided.column(role) or '…'}" for role in must)
    return MappingError(
        "mapping.unsure",
        msg(
            "“{name}”看着像{kind}表，还不能确定哪一列是什么，需要指定：{roles}。",
            name=raw.file_name,
            kind=KINDS[guess.mapping.kind].title,
            roles="、".join(must),
        ),
        msg("指定列再试：{example}。表里的列：{columns}。", example=example, columns="、".join(raw.columns[:30])),
    )


def returned_orders(orders: RawTable, mapping: Mapping, other: RawTable, engine: Engine) -> ReturnedOrders:
    """The column of another table that lists order numbers. Raises MappingError (mapping.no_returns_column)."""
    found = find_returns(orders, mapping, other, engine)
    if found is None:
        raise MappingError(
            "mapping.no_returns_column",
            msg("“{name}”里没有一列是订单表里的订单号。", name=other.sheet or other.file_name),
            msg("换一张退货单，或检查订单表的订单号是哪一列。"),
        )
    return ReturnedOrders(other, found[0])


def new_folder(parent: Path | None = None) -> Path:
    """A folder of our own below ``parent`` (None: the work folder's "cli") that goes away when Python ends."""
    parent = parent or work_root() / "cli"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
