"""The list a shop acts on: customers of the chosen segments, filtered, with their attributes, as xlsx or csv.

Who can be on it and with which attributes: roster.py. Everything up to writing is one lazy Ibis expression, and the
files are written batch by batch.

The control group is a seeded draw without regard to row order: within each segment of the list, customers
are ranked by the md5 of seed and customer id, and the first round(n × percent) of them are held out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.errors import ParamError
from analytics.export.roster import Roster
from analytics.export.sheets import Column, Sheet, write_csv_file, write_workbook
from analytics.groups import narrowed
from analytics.i18n import Lang, Text, msg, word
from analytics.intake.raw import REASONS
from analytics.models.base import ListColumn, MethodLine

CAMPAIGN_CHARS = 100
GROUPS: dict[str, Text] = {"treat": msg("实验组"), "control": msg("对照组")}
_BATCH_ROWS = 50_000


@dataclass(frozen=True)
class Filter:
    """A condition on a column of the list.

    in       the cell is one of ``values``; "" stands for an empty cell
    between  the number lies in [low, high]; None leaves a side open; text that is no number never matches
    """

    column: str
    kind: Literal["in", "between"]
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ListSpec:
    """What goes into a list. Raises ParamError on values outside their range.

    segments         keys; empty: all
    columns          names from Roster.list_columns; None: the default ones
    control_percent  0 to below 100: how much of each segment is held out; 0: no group column
    campaign_id      written into a column of its own when not empty
    within, without  names of the roster's groups: only their members (any of them); none of their members
    """

    segments: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    columns: tuple[str, ...] | None = None
    control_percent: float = 0
    seed: int = 1
    campaign_id: str = ""
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.control_percent < 100:
            raise ParamError(
                "param.control_percent",
                msg("对照组比例是 {percent}%，超出了范围。", percent=self.control_percent),
                msg("填 0 到 99 之间的数；0 表示不留对照组。"),
            )
        if len(self.campaign_id) > CAMPAIGN_CHARS:
            raise ParamError(
                "param.campaign_id",
                msg("活动编号太长（{have:int} 个字）。", have=len(self.campaign_id)),
                msg("不超过 {most:int} 个字。", most=CAMPAIGN_CHARS),
            )
        if self.columns is not None and not self.columns:
            raise ParamError("param.no_columns", msg("名单里一列都没有选。"), msg("至少选一列，比如客户编号。"))


def build_list(roster: Roster, spec: ListSpec) -> ibis.Table:
    """The list as a lazy table, highest ``rank_by`` first, then by id.

    Columns: campaign_id and group when asked for, after the chosen ones. Raises ParamError for an unknown column.
    """
    known = {column.name: column for column in roster.list_columns()}
    wanted = spec.columns or tuple(column.name for column in known.values() if column.default)
    for name in wanted:
        _check_column(name, known)
    matching = _matching(roster, spec, wanted)
    chosen = list(dict.fromkeys(wanted))
    if spec.control_percent:
        matching = _with_group(matching, spec, roster.data.entity)
        chosen.append("group")
    if spec.campaign_id:
        matching = matching.mutate(campaign_id=ibis.literal(spec.campaign_id))
        chosen.append("campaign_id")
    ranks, ids = matching[roster.rank_by].desc(nulls_first=False), matching[roster.data.entity].asc()
    return matching.order_by([ranks, ids, matching.segment.asc()]).select(*chosen)


def count_rows(roster: Roster, spec: ListSpec) -> int:
    """How many rows a list has, without putting them in order, which takes longer than counting them."""
    return count(_matching(roster, spec))


def count_entities(roster: Roster, spec: ListSpec) -> int:
    """How many customers (users, reviews) a list is about; fewer than its rows where one can stand in several."""
    return count(_matching(roster, spec).select(roster.data.entity).distinct())


def _matching(roster: Roster, spec: ListSpec, wanted: Sequence[str] = ()) -> ibis.Table:
    """The rows that the list is about, in no order, with the wanted columns among others."""
    known = {column.name: column for column in roster.list_columns()}
    for condition in spec.filters:
        _check_column(condition.column, known)
    rows = roster.with_attributes({*wanted, *(condition.column for condition in spec.filters)})
    if spec.segments:
        rows = rows.filter(rows.segment.isin(spec.segments))
    for names, keep in ((spec.within, True), (spec.without, False)):
        groups = [roster.group(name) for name in names]
        rows = narrowed(rows, roster.data.entity, groups, roster.data.engine, keep=keep)
    for condition in spec.filters:
        rows = rows.filter(_matches(rows[condition.column], condition, known[condition.column]))
    return rows


def _check_column(name: str, known: Mapping[str, ListColumn]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    hint = msg("是不是 {near}？", near=near[0]) if near else msg("可用的列：{names}。", names="、".join(known))
    raise ParamError("param.unknown_column", msg("名单里没有“{name}”这一列。", name=name), hint)


def _matches(cell: ibis.Value, condition: Filter, column: ListColumn) -> ibis.Value:
    if column.type in ("date", "datetime"):
        raise ParamError(
            "param.filter_date",
            msg("“{column}”是时间，不能这样筛选。", column=column.label),
            msg("改用数字或文字的列来筛选。"),
        )
    if condition.kind == "in":
        return _is_one_of(cell, condition, column)
    number = cell.try_cast("float64") if column.type == "text" else cell.cast("float64")
    inside = ibis.literal(value=True)
    if condition.low is not None:
        inside = inside & (number >= condition.low)
    if condition.high is not None:
        inside = inside & (number <= condition.high)
    return inside & number.notnull()


def _is_one_of(cell: ibis.Value, condition: Filter, column: ListColumn) -> ibis.Value:
    given = [value for value in condition.values if value != ""]
    if column.type == "text":
        found = cell.isin(given)
        empty = cell.isnull() | (cell == "")
    else:
        found = cell.cast("float64").isin([_number(value, column) for value in given])
        empty = cell.isnull()
    return found | empty if "" in condition.values else found & ~empty


def _number(value: str, column: ListColumn) -> float:
    try:
        return float(value)
    except ValueError:
        raise ParamError(
            "param.filter_number",
            msg("“{column}”只能和数字比，“{value}”不是数字。", column=column.label, value=value),
            msg("改成数字，比如 {column}=3。", column=column.label),
        ) from None


def _with_group(table: ibis.Table, spec: ListSpec, entity: str) -> ibis.Table:
    drawn = (ibis.literal(f"{spec.seed}:") + table[entity].cast("string")).hexdigest("md5")
    ranked = table.mutate(
        _rank=ibis.row_number().over(group_by="segment", order_by=[drawn, table[entity]]),
        _all=table.count().over(group_by="segment"),
    )
    held_out = (ranked["_all"].cast("float64") * float(spec.control_percent) / 100 + 0.5).floor().cast("int64")
    return ranked.mutate(group=ibis.ifelse(ranked["_rank"] < held_out, "control", "treat")).drop("_rank", "_all")


def count(table: ibis.Table) -> int:
    """How many rows a list has."""
    return int(table.count().execute())


def preview(table: ibis.Table, limit: int = 1000) -> pd.DataFrame:
    """The first rows of a list, keys untranslated."""
    frame: pd.DataFrame = table.limit(limit).execute()
    return frame


def present(frame: pd.DataFrame, roster: Roster, lang: Lang) -> pd.DataFrame:
    """A preview for people: labels for names, words for keys, money as floats, empty text as nothing."""
    columns = _columns(list(frame.columns), roster, lang)
    words = _words(lang, roster)
    return pd.DataFrame(
        {
            column.header: frame[name].map(words[name]) if name in words
            else pd.to_numeric(frame[name]) if column.type == "money"
            else frame[name].fillna("") if column.type == "text" else frame[name]
            for name, column in zip(frame.columns, columns, strict=True)
        }
    )  # fmt: skip


def write_xlsx(
    target: Path | BinaryIO, table: ibis.Table, *, roster: Roster, method: Sequence[MethodLine], lang: Lang
) -> None:
    """Write the list and its method card as sheets 名单 and 口径 (List and Method); 1,048,575 rows a sheet.

    Raises FileError (file.cannot_write).
    """
    columns = _columns(table.columns, roster, lang)
    batches = _batches(table, roster.data.engine, _words(lang, roster))
    listed = Sheet(word(msg("名单"), lang), columns, batches, count(table))
    write_workbook(target, [listed, method_sheet(method, lang)])


def write_csv(target: Path | BinaryIO, table: ibis.Table, *, roster: Roster, lang: Lang) -> int:
    """Write the list as utf-8 csv with BOM; returns the number of its rows.

    A text that could run as a formula gets an apostrophe in front: who reads the file back by program takes it off
    with ``analytics.export.safe.unguard``. Raises FileError.
    """
    batches = _batches(table, roster.data.engine, _words(lang, roster))
    return write_csv_file(target, _columns(table.columns, roster, lang), batches)


def write_left_out(target: Path | BinaryIO, data: Dataset, lang: Lang) -> None:
    """Write the rows that no model sees as xlsx: row number in the source, reason, content, file."""
    columns = (
        Column(word(msg("行号"), lang), "int"),
        Column(word(msg("原因"), lang), width=24),
        Column(word(msg("内容"), lang), width=60),
        Column(word(msg("文件"), lang), width=24),
    )
    rows = data.left_out.select("source_row", "reason", "content", "file").order_by(["file", "source_row"])
    words = {"reason": {key: word(text, lang) for key, text in REASONS.items()}}
    write_workbook(
        target, [Sheet(word(msg("没有用上的行"), lang), columns, _batches(rows, data.engine, words), count(rows))]
    )


def method_sheet(method: Iterable[MethodLine], lang: Lang) -> Sheet:
    """The method card as a sheet of two columns."""
    lines = [(word(line.label, lang), word(line.value, lang)) for line in method]
    batch = pa.RecordBatch.from_arrays(
        [pa.array([label for label, _ in lines], pa.string()), pa.array([value for _, value in lines], pa.string())],
        names=["label", "value"],
    )
    columns = (Column(word(msg("项目"), lang), width=24), Column(word(msg("说明"), lang), width=100))
    return Sheet(word(msg("口径"), lang), columns, [batch], len(lines))


def _columns(names: Sequence[str], roster: Roster, lang: Lang) -> tuple[Column, ...]:
    known = {c.name: Column(word(c.label, lang), c.type) for c in roster.list_columns()}
    known["group"] = Column(word(msg("分组"), lang))
    known["campaign_id"] = Column(word(msg("活动编号"), lang))
    return tuple(known[name] for name in names)


def _words(lang: Lang, roster: Roster) -> dict[str, dict[str, str]]:
    """By column: the keys that stand in it, and their words."""
    own = {column.name: dict(column.words) for column in roster.columns if column.words}
    keyed = own | {"segment": roster.segment_names, "group": GROUPS}
    return {name: {key: word(text, lang) for key, text in named.items()} for name, named in keyed.items()}


def _batches(table: ibis.Table, engine: Engine, words: Mapping[str, Mapping[str, str]]) -> Iterator[pa.RecordBatch]:
    """A table's rows batch by batch, keys replaced by words; a key without a word stays."""
    for batch in engine.batches(table, _BATCH_ROWS):
        cells = [
            _worded(values, words[name]) if name in words else values
            for name, values in zip(batch.schema.names, batch.columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(cells, names=batch.schema.names)


def _worded(keys: pa.Array, words: Mapping[str, str]) -> pa.Array:
    found = pc.index_in(keys, value_set=pa.array(list(words), pa.string()))
    return pc.coalesce(pc.take(pa.array(list(words.values()), pa.string()), found), keys)
