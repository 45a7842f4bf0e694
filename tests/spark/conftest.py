"""What the tests over a real Spark and a real PostgreSQL share. `make test-spark` runs them; nothing here may skip.

Spark is set up as an administrator would do it, by a spark-defaults.conf: one small machine, no web page, no network.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analytics.engine import Engine, connect

_CONF = """spark.sql.shuffle.partitions 2
spark.default.parallelism 2
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 2g
spark.buffer.pageSize 1m
spark.sql.warehouse.dir {home}/warehouse
"""
SPARK = "pyspark://local[2]"


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    """Apache Spark in local mode: a real driver with two executor threads."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "spark-defaults.conf").write_text(_CONF.format(home=home), encoding="utf-8")
        os.environ["SPARK_CONF_DIR"] = home
        engine = connect(SPARK)
        yield engine
        engine.backend.disconnect()


def messy_orders(rows: int, seed: int) -> pd.DataFrame:
    """Order lines as text, written in every way that shops write them; a third of the dates and amounts are plain."""
    draw = random.Random(seed)
    return pd.DataFrame([_line(draw, at) for at in range(rows)])


def _line(draw: random.Random, at: int) -> dict[str, str | None]:
    customer = f"{draw.randint(1, 300):05d}"
    year, month, day = 2024, draw.randint(1, 12), draw.randint(1, 28)
    iso, seconds = f"{year}-{month:02d}-{day:02d}", 1_704_067_200 + draw.randint(0, 3 * 10**7)
    dates = [
        iso, f"{year}/{month}/{day}", f"{year}年{month}月{day}日 14:05", f"{year}{month:02d}{day:02d}",
        f"{iso} 09:08:07", f"{iso}T10:11:12+08:00", f"{iso} 14:05+08", f"{iso} 24:00:00", f" {iso}",
        f"{iso} 14:05:01 CST", str(seconds), str(1000 * seconds + 123), f"{iso} 14", "12:30", "2024", "2024-05",
        "坏了", "--", "",
    ]  # fmt: skip
    cents = f"{draw.randint(1, 900)}.{draw.randint(0, 99):02d}"
    amounts = [
        cents, f"¥{draw.randint(1000, 9000):,}.50", f"{draw.randint(1, 99)}元", "１２３.5", "1.2万", "-35.5", "(12.00)",
        "1e2", "2.00045", " 7 ", "1_000", "abc", "",
    ]  # fmt: skip
    return {
        "会员号": customer if at % 20 else draw.choice([f" {customer}", f"'{customer}", f"{customer}\t", "N/A", None]),
        "订单号": f"A{draw.randint(1, 1800):06d}" if at % 9 else None,
        "下单时间": draw.choice(dates) if at % 3 else iso,
        "实付金额": draw.choice(amounts) if at % 4 else cents,
        "数量": draw.choice(["1", "2件", "３"]),
        "退款金额": draw.choice(["", "", "", "¥5", "10.00"]),
        "订单状态": draw.choice(["交易成功", "交易成功", "待付款", "已退款", "部分退款", "怪状态"]),
        "商品": draw.choice([" 茶 ", "v型杯\t", "shelf", '引"号', "反\\斜"]),
        "地区": draw.choice(["华东", "华北", ""]),
    }
