"""From dropped files to a dataset, step by step, without a widget: store, read, understand, finish."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from analytics.dataset import Dataset, read_manifest
from analytics.errors import AnalyticsError
from analytics.export.reproduce import SourceFile
from analytics.intake.mapping import Guess, Mapping
from analytics.intake.prepare import PrepareOptions, ReturnedOrders, find_returns, prepare
from analytics.intake.prepare_sources import stack, surplus_duplicates
from analytics.intake.raw import RawTable, ReadOptions
from analytics.intake.reader import read_file
from analytics.intake.recognise import header_key, recognise, replay
from analytics.workspace import Workspace, no_room
from analytics.workspace_keep import Keep
from ui import session
from ui.source import Dropped, IntakeSource, Pending, ReturnsFound

_SHEETS_TRIED = 6  # other sheets that are looked at for returned orders
_RETURNS_ROWS = 500_000


def store(files: Iterable[tuple[str, BinaryIO]], *, limit_bytes: int) -> tuple[Dropped, ...]:
    """Copy dropped files to the workspace. A file that is too large comes back with its problem."""
    workspace = session.workspace()
    stored = []
    for name, stream in files:
        try:
            room = session.upload_room_bytes(stream.seek(0, os.SEEK_END))
            stream.seek(0)
            path = workspace.save_upload(stream, name, limit_bytes=limit_bytes, room_bytes=room)
            stored.append(Dropped(name, path))
        except AnalyticsError as problem:
            stored.append(Dropped(name, Path(), problem=problem))
    return tuple(stored)


def read(file: Dropped) -> Dropped:
    """Read one file with the options the user gave; an error the user can mend stays with the file."""
    try:
        table = read_file(file.path, _raw_folder(file.path), file_name=file.name, options=file.options)
        return replace(file, table=table, guess=recognise(table), problem=None)
    except AnalyticsError as problem:
        return replace(file, table=None, guess=None, problem=problem)


def understand(files: Sequence[Dropped], *, sample: bool = False) -> Pending:
    """Which of the files make up one table, how its columns map, and which one lists returned orders."""
    read_files = tuple(file if file.table or file.problem else read(file) for file in files)
    main = _appendable(read_files)
    pending = Pending(secrets.token_hex(4), read_files, main, sample=sample)
    if not main or pending.guess is None:
        return pending
    first = pending.tables[0]
    replayed = _replayed(first, pending.guess)
    mapping = replayed or pending.guess.mapping
    pending = replace(pending, mapping=mapping, replayed=replayed is not None)
    return replace(pending, returns=_look_for_returns(pending, mapping), duplicates=_duplicate_rows(pending.tables))


def _replayed(table: RawTable, guess: Guess) -> Mapping | None:
    """The mapping that was confirmed for these headers before.

    Without a header only the number of columns is the same: baskets and other tables are not taken for one another.
    """
    remembered = session.workspace().recall_mapping(header_key(table.columns))
    if remembered is None:
        return None
    kinds = {remembered.kind, guess.mapping.kind}
    if table.header_row == 0 and "baskets" in kinds and len(kinds) > 1:
        return None
    return replay(remembered, table)


def replace_pending(files: Sequence[Dropped]) -> None:
    """Let newly dropped files wait to be confirmed, instead of any that still waited."""
    earlier = session.pending()
    session.set_pending(understand(files))
    if earlier is not None and not session.in_use(earlier):
        discard(earlier)


def _appendable(files: Sequence[Dropped]) -> tuple[int, ...]:
    """Files of one kind that have the columns the first of them needs; orders come before everything else."""
    guesses = [(at, file.guess) for at, file in enumerate(files) if file.guess is not None]
    tables = [(at, guess) for at, guess in guesses if guess.mapping.kind != "returns"] or guesses
    if not tables:
        return ()
    first, guess = min(tables, key=lambda item: (item[1].mapping.kind != "lines", item[0]))
    needed = {header for _, header in guess.mapping.roles}
    return tuple(
        at
        for at, other in tables
        if other.mapping.kind == guess.mapping.kind and (at == first or needed & set(_columns(files[at])) == needed)
    )


def _columns(file: Dropped) -> tuple[str, ...]:
    return file.table.columns if file.table else ()


def _look_for_returns(pending: Pending, mapping: Mapping) -> ReturnsFound | None:
    """The first other file, or other sheet of the same workbook, that lists order ids of the orders."""
    if mapping.kind != "lines" or mapping.column("order_id") is None:
        return None
    orders = pending.tables[0]
    candidates = [(f.name, f.options, f.table) for at, f in enumerate(pending.files) if at not in pending.main]
    candidates += _other_sheets(pending.files[pending.main[0]])
    for name, options, table in candidates:
        if table is None or table.rows > _RETURNS_ROWS:
            continue
        hit = find_returns(orders, mapping, table, session.engine())
        if hit is not None:
            column, found = hit
            return ReturnsFound(name, options, table, column, _distinct(table, column), found)
    return None


def _other_sheets(file: Dropped) -> list[tuple[str, ReadOptions, RawTable | None]]:
    """The other sheets of a workbook that are small enough to be looked at."""
    table = file.table
    if table is None:
        return []
    names = [s.name for s in table.sheets if s.name != table.sheet and 0 < s.rows <= _RETURNS_ROWS][:_SHEETS_TRIED]
    others: list[tuple[str, ReadOptions, RawTable | None]] = []
    for name in names:
        options = ReadOptions(sheet=name, password=file.options.password)
        other = read(Dropped(file.name, file.path, options))
        others.append((file.name, options, other.table))
    return others


def _distinct(table: RawTable, column: str) -> int:
    rows = session.engine().read_parquet(table.path)
    return int(rows[table.disk_name(column)].nunique().execute())


def _duplicate_rows(tables: Sequence[RawTable]) -> int:
    surplus = surplus_duplicates(stack(tables, session.engine()))
    return 0 if surplus is None else int(surplus.count().execute())


def finish(pending: Pending, mapping: Mapping, *, with_returns: bool, options: PrepareOptions) -> Dataset:
    """Prepare what the user confirmed, put it in the place of its kind, remember the mapping. Raises AnalyticsError.

    The earlier dataset of this kind stays in use until the new one is complete. The dropped originals are deleted;
    the raw tables stay, so that the mapping can still be changed.
    """
    workspace = session.workspace()
    returns = pending.returns if with_returns else None
    applied = ReturnedOrders(returns.table, returns.column) if returns else None
    built = workspace.datasets / f".new-{secrets.token_hex(8)}"
    prepare(pending.tables, mapping, built, session.engine(), returns=applied, options=options)
    data = _put_in_place(built, workspace)
    source = IntakeSource(
        tuple(_source_file(pending.files[at]) for at in pending.main),
        mapping,
        options,
        (SourceFile.of(returns.table, encrypted=returns.options.password is not None), returns.column)
        if returns
        else None,
        pending.sample,
    )
    workspace.set_current(data.folder, source.as_json(), mapping.kind)
    workspace.remember_mapping(header_key(pending.tables[0].columns), mapping)
    _replace_intake(pending, mapping, options)
    workspace.drop_unused()
    session.set_pending(None)
    return data


def _replace_intake(pending: Pending, mapping: Mapping, options: PrepareOptions) -> None:
    """Remember this intake for its kind and let go of what it replaces."""
    _let_go_of_originals(pending)
    earlier = session.last_intake(mapping.kind)
    if earlier is not None and earlier.key != pending.key:
        discard(earlier)
    for kind in [kind for kind in session.tables() if kind != mapping.kind]:
        other = session.last_intake(kind)
        if other is not None and other.key == pending.key:  # the same file, confirmed as another kind before
            session.remove_table(kind)
    files = tuple(replace(file, options=replace(file.options, password=None)) for file in pending.files)
    session.set_last_intake(mapping.kind, replace(pending, files=files, mapping=mapping, prepare=options))


def _put_in_place(built: Path, workspace: Workspace) -> Dataset:
    """Move a new dataset to its place if there is room for it; else FileError, and it is deleted."""
    most = Keep.from_environment().workspace_bytes
    workspace.trim_results(most, keep=frozenset())
    if workspace.size_bytes() > most:
        shutil.rmtree(built)
        raise no_room()
    digest = read_manifest(built).digest
    return Dataset.open(workspace.adopt(built, digest), session.engine())


def discard(pending: Pending) -> None:
    """Delete the files of an intake that nobody confirmed."""
    for file in pending.files:
        session.workspace().drop_upload(file.path)


def _source_file(file: Dropped) -> SourceFile:
    if file.table is None:
        raise ValueError(f"not read: {file.name}")
    return SourceFile.of(file.table, encrypted=file.options.password is not None)


def _let_go_of_originals(pending: Pending) -> None:
    for file in pending.files:
        if file.path.is_file():
            file.path.unlink()


def _raw_folder(source: Path) -> Path:
    folder = source.parent / f"raw-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    return folder
