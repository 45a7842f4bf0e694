"""Real files beside the project: read right, to the row; skipped when they are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics.errors import AnalyticsError
from analytics.intake.raw import RawTable
from analytics.intake.reader import read_file
from tests.conftest import SHARED_DATA
from tests.unit.intake.reading import cells, left_out, row_numbers

SPECTRUM = sorted((SHARED_DATA / "csv_spectrum" / "csvs").glob("*.csv"))
MESSY = sorted(path for path in (SHARED_DATA / "messy_spreadsheets").rglob("*.xls*") if path.is_file())


def read(source: Path, folder: Path) -> RawTable:
    return read_file(source, folder)


def test_superstore(shared_data: Path, tmp_path: Path):
    raw = read(shared_data / "superstore_cn" / "示例-超市.xls", tmp_path)
    assert (raw.rows, len(raw.columns), raw.header_row, raw.sheet) == (10_000, 20, 1, "订单")
    assert [(sheet.name, sheet.rows - 1, sheet.columns) for sheet in raw.sheets] == [
        ("订单", 10_000, 20),
        ("退货", 296, 2),
        ("销售人员", 6, 2),
    ]
    sales = raw.columns.index("销售额")
    assert sum(float(row[sales]) for row in cells(raw)) == pytest.approx(16_117_548.237, abs=0.001)
    assert (raw.left_out, raw.notes) == ((), ())


def test_taobao_comments(shared_data: Path, tmp_path: Path):
    raw = read(shared_data / "taobao_comments_gb18030" / "taobaoComment_data.csv", tmp_path)
    assert raw.encoding == "gb18030"
    assert raw.columns == ("用户ID", "会员级别", "手机参数", "昵称", "购买时间", "评论内容")
    # Six crawls in one file: each begins with a blank row, five of them with the header once more.
    assert (raw.rows, dict(raw.left_out)) == (1720, {"blank_row": 6, "repeated_header": 5})
    assert left_out(raw)[0][:2] == (2, "blank_row")


def test_online_retail(shared_data: Path, tmp_path: Path):
    raw = read(shared_data / "online_retail" / "online_retail.csv.gz", tmp_path)
    assert (raw.rows, len(raw.columns), raw.left_out) == (541_909, 8, ())


@pytest.mark.parametrize(
    ("name", "rows", "columns", "header_row"),
    [
        ("cdnow/CDNOW_master.txt", 69_659, 4, 1),
        ("cdnow/CDNOW_sample.txt", 6_919, 5, 0),
        ("taobao_userbehavior/UserBehavior_100k.csv", 84_476, 5, 0),
        ("groceries/groceries.csv", 9_835, 32, 0),
        ("movielens_100k/ml-100k.inter", 100_000, 4, 1),
        ("asap/dev_sample.csv", 100, 21, 1),
        ("starbucks_geo/starbucks_directory.csv", 25_600, 13, 1),
    ],
)
def test_shapes(shared_data: Path, tmp_path: Path, name: str, rows: int, columns: int, header_row: int):
    raw = read(shared_data / name, tmp_path)
    assert (raw.rows, len(raw.columns), raw.header_row) == (rows, columns, header_row)
    assert row_numbers(raw)[0] == header_row + 1


@pytest.mark.parametrize("source", SPECTRUM, ids=lambda path: path.stem)
def test_csv_spectrum_cell_by_cell(source: Path, tmp_path: Path):
    raw = read(source, tmp_path)
    told = (source.parent.parent / "json" / f"{source.stem}.json").read_text(encoding="utf-8")
    expected = json.loads(told.replace("\\r\\n", "\\n"))  # the stored csv lost its carriage returns on the way
    found = [{name: cell or "" for name, cell in zip(raw.columns, row, strict=True)} for row in cells(raw)]
    if isinstance(expected, dict):  # location_coordinates: its phone number differs from the csv's in the source too
        expected = [expected | {"Contact Phone Number": "2095257564"}]
    assert found == expected


@pytest.mark.parametrize("source", MESSY, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_messy_workbooks_are_read_or_refused(source: Path, tmp_path: Path):
    try:
        raw = read(source, tmp_path)
    except AnalyticsError as error:
        refused = error
    else:
        assert raw.rows == len(row_numbers(raw)) > 0
        return
    assert refused.code.startswith("file.")
