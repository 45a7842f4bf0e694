"""The sample files are what their generator writes, and as messy as their README says."""

from __future__ import annotations

import datetime as dt
import runpy
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
MOST_BYTES = 3_000_000


@pytest.fixture(scope="module")
def rows() -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(SAMPLES / "订单明细.xlsx", read_only=True)
    return list(book.active.iter_rows(values_only=True))


@pytest.fixture(scope="module")
def lines(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(rows[1], row, strict=True)) for row in rows[2:-1]]


def test_the_generator_writes_these_very_files(tmp_path: Path):
    for generator in sorted(SAMPLES.glob("generate*.py")):
        runpy.run_path(str(generator))["main"](tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in SAMPLES.iterdir() if path.suffix not in {".py", ".md", ""})
    for name in written:
        if not name.endswith(".xlsx"):
            assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes()
            continue
        with zipfile.ZipFile(tmp_path / name) as new, zipfile.ZipFile(SAMPLES / name) as kept:
            assert [i.filename for i in new.infolist()] == [i.filename for i in kept.infolist()]
            assert [i.date_time for i in new.infolist()] == [i.date_time for i in kept.infolist()]
            # Compressed bytes may differ between builds of zlib; what is inside may not.
            assert all(new.read(entry) == kept.read(entry) for entry in new.namelist())


def test_files_are_small():
    assert all(path.stat().st_size < MOST_BYTES for path in SAMPLES.iterdir())


def test_title_header_and_total(rows: list[tuple[Any, ...]]):
    assert rows[0][0].startswith("店铺：")
    assert not any(rows[0][1:])
    assert rows[1][:3] == ("订单编号", "下单时间", "买家会员名")
    assert rows[-1][0] == "合计"
    assert rows[-1][1] is None


def test_the_total_is_that_of_the_lines_without_the_repeated_ones(
    rows: list[tuple[Any, ...]], lines: list[dict[str, Any]]
):
    once = list({tuple(line.values()): line for line in lines}.values())
    assert len(lines) - len(once) == 12
    assert rows[-1][12] == pytest.approx(sum(amount(line["实付金额"]) for line in once), abs=0.005)


def test_the_mess_that_the_readme_names(lines: list[dict[str, Any]]):
    assert sum(isinstance(line["实付金额"], str) for line in lines) in range(60, 65)  # a repeated line may be one
    assert len({line["订单编号"] for line in lines if line["买家会员名"] is None}) == 9
    assert {line["订单状态"] for line in lines} == {"交易成功", "已退款", "待付款", "交易关闭"}
    assert all(amount(line["实付金额"]) == 0 for line in lines if line["订单状态"] in {"待付款", "交易关闭"})
    assert any(str(line["买家会员名"]).startswith("0") for line in lines)


def test_dates_reach_from_july_2024_to_the_last_day_of_2025(lines: list[dict[str, Any]]):
    times = [line["下单时间"] for line in lines]
    assert min(times).date() == dt.date(2024, 7, 1)
    assert max(times).date() == dt.date(2025, 12, 31)


def test_no_more_comes_back_than_was_paid(lines: list[dict[str, Any]]):
    assert all(0 <= line["退款金额"] <= amount(line["实付金额"]) for line in lines)
    refunded = sum(line["退款金额"] > 0 for line in lines) / len(lines)
    assert 0.03 < refunded < 0.06


def test_one_order_is_one_buyer_and_one_time(lines: list[dict[str, Any]]):
    seen = {(line["订单编号"], line["买家会员名"], line["下单时间"]) for line in lines}
    assert len(seen) == len({line["订单编号"] for line in lines})


def amount(cell: float | str) -> float:
    return float(cell.lstrip("¥").replace(",", "")) if isinstance(cell, str) else float(cell)
