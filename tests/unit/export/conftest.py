"""A dataset of four customers, written by hand, with everything that a list can trip over."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.dataset import Dataset, Extra, Facts, LeftOut, Manifest, write_manifest
from analytics.engine import embedded
from analytics.export.roster import Roster
from analytics.i18n import msg
from analytics.models.base import Segment
from analytics.models.rfm import COLUMNS

MONEY = pa.decimal128(18, 4)


def day(number: int) -> dt.datetime:
    return dt.datetime(2024, 1, number, 10, 30)


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    """Customer 001 moved from 北京 to 上海; the last line of 002 has a hostile note; 003 has no region."""
    lines = pa.table(
        {
            "row_id": pa.array([1, 2, 3, 4, 5, 6], pa.int64()),
            "source_row": pa.array([2, 3, 4, 5, 6, 7], pa.int64()),
            "customer_id": ["001", "001", "002", "003", "004", "002"],
            "order_id": ["a", "b", "c", "d", "e", "c"],
            "ordered_at": pa.array([day(1), day(5), day(3), day(4), day(9), day(3)], pa.timestamp("us")),
            "amount": pa.array([Decimal(10)] * 6, MONEY),
            "region": ["北京", "上海", "广东", None, "上海", "广东"],
            "quantity": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            "x0": ["5", "12", "甲", None, "-3", "=1+1"],
        }
    )
    left = pa.table(
        {
            "source_row": pa.array([8, 9], pa.int64()),
            "reason": ["total_row", "bad_date"],
            "content": ["合计 | 60", "=cmd|' /C calc'!A0"],
            "file": ["订单.csv", "订单.csv"],
        }
    )
    folder = tmp_path / "data"
    folder.mkdir()
    pq.write_table(lines, folder / "lines.parquet")
    pq.write_table(left, folder / "left_out.parquet")
    facts = Facts(
        8,
        6,
        (LeftOut("total_row", 1, (8,)), LeftOut("bad_date", 1, (9,))),
        0,
        day(1),
        day(9),
        False,
        4,
        5,
        60.0,
        0.0,
        0,
    )
    roles = (
        ("customer_id", "会员号"), ("order_id", "单号"), ("ordered_at", "时间"), ("amount", "金额"),
        ("region", "省份"), ("quantity", "件数"),
    )  # fmt: skip
    manifest = Manifest("ab" * 32, "lines", ("订单.csv",), roles, (Extra("x0", "=备注"),), facts, ())
    write_manifest(folder, manifest)
    return Dataset.open(folder, embedded())


@pytest.fixture
def customers() -> ibis.Table:
    return ibis.memtable(
        pd.DataFrame(
            {
                "customer_id": ["001", "002", "003", "004"],
                "segment": ["loyal", "loyal", "lost", "lost"],
                "recency_days": [5, 7, 6, 1],
                "frequency": [2, 1, 1, 1],
                "monetary": [Decimal("20.5000"), Decimal("300.0000"), Decimal("-4.2500"), Decimal("300.0000")],
                "first_order_at": [day(1), day(3), day(4), day(9)],
                "last_order_at": [day(5), day(3), day(4), day(9)],
                "refund": [Decimal("0.0000")] * 4,
                "score": [4.5, 3.0, None, 1.0],
            }
        ).astype({"score": "float64"}),
        schema={
            "customer_id": "string", "segment": "string", "recency_days": "int64", "frequency": "int64",
            "monetary": "decimal(18,4)", "first_order_at": "timestamp", "last_order_at": "timestamp",
            "refund": "decimal(18,4)", "score": "float64",
        },
    )  # fmt: skip


NAMED = tuple(
    Segment(key, msg(name), msg("说明"), msg("动作"), "x")
    for key, name in (("loyal", "忠诚客户"), ("lost", "流失客户"))
)


@pytest.fixture
def roster(data: Dataset, customers: ibis.Table) -> Roster:
    """The four customers as an RFM answer has them."""
    return Roster(data, customers, COLUMNS, "monetary", NAMED)
