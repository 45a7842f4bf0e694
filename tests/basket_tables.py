"""Baskets made by hand, for tests of the basket analysis: a few order lines in, a prepared dataset out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from analytics.dataset import Dataset
from analytics.engine import Engine
from tests.written import write_dataset


@dataclass(frozen=True)
class Line:
    """One order line. ``back`` is what of it was refunded."""

    order: str
    item: str | None
    customer: str = "c1"
    day: str = "2024-01-01"
    sold: float = 10
    back: float = 0
    cost: float | None = None
    category: str | None = None


def orders(*baskets: str, day: str = "2024-01-01") -> list[Line]:
    """An order for each text, an item for each letter: orders("AB", "A") ; each by a customer of its own."""
    return [
        Line(f"o{day}-{at}", letter, f"c{at}", day) for at, basket in enumerate(baskets) for letter in basket
    ]  # fmt: skip


# One basket a line, as in the files of retail research: no header, rows of different lengths.
FIVE = "milk,bread\nbread,butter,milk\nmilk\nbeer\nbread,beer\n"


def many_baskets(count: int = 300) -> str:
    """Lines of baskets in which bread and butter, and tea and sugar, go together; always the same."""
    lines = []
    for at in range(count):
        items = [["bread", "butter"], ["tea", "sugar"], ["milk"], ["milk", "bread"], ["sugar"]][at * at % 5]
        items = items + (["salt"] if at % 3 == 0 else []) + (["tea", "milk"] if at % 7 == 0 else [])
        lines.append(",".join(dict.fromkeys(items if at % 2 else items[::-1])))
    return "\n".join(lines) + "\n"


def lines_dataset(folder: Path, engine: Engine, lines: Sequence[Line]) -> Dataset:
    """A dataset of kind "lines" with exactly these lines. Roles product and category are mapped, cost when given."""
    money = pa.decimal128(18, 4)
    with_cost = any(line.cost is not None for line in lines)
    columns: dict[str, tuple[pa.DataType, list[object]]] = {
        "row_id": (pa.int64(), list(range(len(lines)))),
        "source_row": (pa.int64(), list(range(2, len(lines) + 2))),
        "customer_id": (pa.string(), [line.customer for line in lines]),
        "order_id": (pa.string(), [line.order for line in lines]),
        "ordered_at": (pa.timestamp("us"), [dt.datetime.fromisoformat(line.day) for line in lines]),
        "gross": (money, [Decimal(str(line.sold)) for line in lines]),
        "refund": (money, [Decimal(str(line.back)) for line in lines]),
        "amount": (money, [Decimal(str(line.sold)) - Decimal(str(line.back)) for line in lines]),
        "product": (pa.string(), [line.item for line in lines]),
        "category": (pa.string(), [line.category for line in lines]),
    }
    if with_cost:
        costs = [None if line.cost is None else Decimal(str(line.cost)) for line in lines]
        columns["cost"] = (money, list(costs))
    table = pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})
    named = {"customer_id": "客户", "ordered_at": "日期", "amount": "金额", "product": "商品", "category": "品类"}
    roles = (*named.items(), *((("cost", "成本"),) if with_cost else ()))
    return write_dataset(
        folder, engine, "lines", table, roles, digest="b" * 64,
        moments=[dt.datetime.fromisoformat(line.day) for line in lines],
        entities=len({line.customer for line in lines}), orders=len({line.order for line in lines}), date_only=True,
    )  # fmt: skip
