"""A second sheet or file that lists returned order numbers: found, and applied to the orders."""

from __future__ import annotations

from dataclasses import dataclass

import ibis

from analytics.dataset import Issue
from analytics.engine import Engine, embedded
from analytics.errors import MappingError
from analytics.i18n import msg
from analytics.intake.aliases import ALIASES, normalise
from analytics.intake.mapping import Mapping
from analytics.intake.prepare_columns import clean_id
from analytics.intake.raw import RawTable

FOUND_SHARE = 0.8  # of a column's different values must be order numbers of the order table
_SHORTEST_ID = 5  # small numbers are found everywhere; under another header an id must be at least this long


@dataclass(frozen=True)
class ReturnedOrders:
    """A table that lists returned orders, and the header of its order number column."""

    table: RawTable
    column: str


def returned_ids(returns: ReturnedOrders, engine: Engine) -> ibis.Table:
    """The different order numbers of a list, in one column ``__returned_id``."""
    if returns.column not in returns.table.columns:
        raise MappingError(
            "mapping.unknown_column",
            msg("表里没有“{column}”这一列。", column=returns.column),
            msg("表里的列：{columns}。", columns="、".join(returns.table.columns[:30])),
        )
    return _ids(returns.table, returns.column, engine)


def apply_returns(rows: ibis.Table, ids: ibis.Table) -> tuple[ibis.Table, Issue]:
    """Rows with ``__returned`` (the order stands in the list), and how much of the list was found."""
    if "order_id" not in rows.columns:
        raise MappingError(
            "mapping.returns_need_order_id",
            msg("要用退货单，订单表得先有订单号。"),
            msg("在列对应表里指定“订单号”是哪一列，或不用退货单。"),
        )
    listed = int(ids.count().execute())
    found = int(ids.semi_join(rows, ids["__returned_id"] == rows["order_id"]).count().execute())
    keep = rows.columns
    joined = rows.left_join(ids, rows["order_id"] == ids["__returned_id"])
    rows = joined.select(*keep, __returned=joined["__returned_id"].notnull())
    text = msg(
        "退货单里有 {listed:int} 个订单号，{found:int} 个在订单表里找到（整单算退款），{lost:int} 个没找到。",
        listed=listed,
        found=found,
        lost=listed - found,
    )
    return rows, Issue("returns_applied", "warn" if found < listed else "info", text, found)


def find_returns(
    orders: RawTable, mapping: Mapping, other: RawTable, engine: Engine | None = None
) -> tuple[str, int] | None:
    """(column, order numbers found) when a column of another table lists order numbers of the order table.

    At least 80 % of its different values must be found. Under a header that is not an order number's, they must be
    five characters or longer on average. None when there is no such column.
    """
    header = mapping.column("order_id")
    if header is None:
        return None
    engine = engine or embedded()
    known = _ids(orders, header, engine)
    best: tuple[str, int] | None = None
    for column in other.columns:
        ids = _ids(other, column, engine)
        found = ids.semi_join(known, "__returned_id")
        counts = ids.aggregate(n=ids.count(), length=ids["__returned_id"].length().mean()).to_pyarrow().to_pylist()[0]
        named = normalise(column) in ALIASES["order_id"]
        if not counts["n"] or (not named and counts["length"] < _SHORTEST_ID):
            continue
        n = int(found.count().execute())
        if n >= FOUND_SHARE * counts["n"] and (best is None or n > best[1]):
            best = (column, n)
    return best


def _ids(raw: RawTable, header: str, engine: Engine) -> ibis.Table:
    table = engine.read_parquet(raw.path)
    cleaned = clean_id(table[raw.disk_name(header)])
    through_float = cleaned.re_search(r"^\d+\.0+\z")
    ids = table.select(__returned_id=ibis.ifelse(through_float, cleaned.re_replace(r"\.0+\z", ""), cleaned))
    return ids.filter(ids["__returned_id"].notnull()).distinct()
