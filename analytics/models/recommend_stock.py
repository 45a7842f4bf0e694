"""A stock list from a file: the column whose cells are names of products that were sold before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow.parquet as pq

from analytics.errors import DataError
from analytics.i18n import msg
from analytics.intake.raw import RawTable


@dataclass(frozen=True)
class Stock:
    """The column's header, its names that are known, sorted, and how many others it has (never sold, or misspelt)."""

    column: str
    known: tuple[str, ...]
    unknown: int


def stock_list(raw: RawTable, products: Collection[str]) -> Stock:
    """The known products of a table's best column. A header that is itself a product counts as a cell.

    Raises DataError (data.no_stock) when no cell of the table is a known product.
    """
    known = set(products)
    table = pq.read_table(raw.path)
    best: tuple[int, str, set[str]] | None = None
    for header in raw.columns:
        cells = {str(cell).strip() for cell in table[raw.disk_name(header)].to_pylist() if cell is not None}
        cells |= {header.strip()} & known
        matched = len(cells & known)
        if best is None or matched > best[0]:
            best = (matched, header, cells)
    if best is None or best[0] == 0:
        raise DataError(
            "data.no_stock",
            msg("“{name}”里没有一格是卖过的商品名。", name=raw.file_name),
            msg("商品名要和订单里的一样，一行一个。"),
        )
    _, header, cells = best
    return Stock(header, tuple(sorted(cells & known)), len({cell for cell in cells if cell} - known))
