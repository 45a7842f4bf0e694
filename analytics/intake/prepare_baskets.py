"""From one basket a row, its items side by side, to one row per basket and item."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import ibis

from analytics.expressions import trimmed
from analytics.intake.prepare_sources import FILE_NO, ROW_ID, SOURCE_ROW

_CELLS_PER_ROW = 2048  # row_id = that of the row × this + column; more columns than Limits.columns allows


def with_basket(rows: ibis.Table, roles: frozenset[str], *, several_files: bool) -> ibis.Table:
    """Rows with ``order_id``: the mapped column, else the number of the line (2:15 in the second of several files)."""
    if "order_id" in roles:
        return rows
    line = rows[SOURCE_ROW].cast("string")
    file = (rows[FILE_NO] + 1).cast("string")
    return rows.mutate(order_id=ibis.literal(":").join([file, line]) if several_files else line)


def reason(rows: ibis.Table, columns: Sequence[str]) -> Any:
    """Why a row is no basket: no number where there is a column of them, or no item."""
    holds = reduce(or_, [trimmed(rows[column]).fill_null("") != "" for column in columns], ibis.literal(False))
    return ibis.cases((rows["order_id"].isnull(), "no_id"), (~holds, "no_text"), else_=ibis.null("string"))


def items_of(rows: ibis.Table, columns: Sequence[str]) -> ibis.Table:
    """One row per filled cell of the columns: ROW_ID (unique), SOURCE_ROW, order_id, product."""
    wide = rows.select(ROW_ID, SOURCE_ROW, "order_id", *columns)
    long = wide.pivot_longer(
        list(columns), names_to="column", names_pattern=r"h(\d+)", names_transform=int, values_to="product"
    )
    long = long.mutate(
        **{ROW_ID: long[ROW_ID] * _CELLS_PER_ROW + long["column"].cast("int64"), "product": trimmed(long["product"])}
    )
    return long.filter(long["product"] != "").drop("column")
