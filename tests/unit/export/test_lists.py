"""Who is on the list, with which attributes, and that the files say the same as the table."""

import csv
import io
from dataclasses import replace

import ibis
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.dataset import Dataset, Extra, Manifest, write_manifest
from analytics.errors import FileError, ParamError
from analytics.export import sheets
from analytics.export.lists import (
    Filter,
    ListSpec,
    build_list,
    count,
    present,
    preview,
    write_csv,
    write_left_out,
    write_xlsx,
)
from analytics.i18n import msg
from analytics.models.base import MethodLine

METHOD = (MethodLine(msg("分层"), "=2"),)


def ids(table):
    return list(preview(table).customer_id)


def test_attributes_are_those_of_the_latest_line_and_the_best_come_first(roster):
    table = build_list(roster, ListSpec(columns=("customer_id", "region", "quantity", "x0", "monetary")))
    rows = [tuple(row) for row in preview(table).astype({"monetary": float}).fillna("").itertuples(index=False)]
    assert rows == [
        ("002", "广东", 6.0, "=1+1", 300.0),  # two lines at the same time: the later row
        ("004", "上海", 5.0, "-3", 300.0),
        ("001", "上海", 2.0, "12", 20.5),
        ("003", "", 4.0, "", -4.25),
    ]


def test_default_columns_need_no_attribute_the_file_lacks(roster):
    names = build_list(roster, ListSpec()).columns
    assert names == (
        "customer_id", "segment", "recency_days", "frequency", "monetary", "score", "last_order_at", "region",
    )  # fmt: skip
    assert {column.name for column in roster.list_columns()} >= {"quantity", "x0", "r"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Filter("region", "in", ("上海",)), ["004", "001"]),
        (Filter("region", "in", ("广东", "")), ["002", "003"]),
        (Filter("frequency", "in", ("2",)), ["001"]),
        (Filter("monetary", "between", low=20.5), ["002", "004", "001"]),
        (Filter("monetary", "between", low=-10, high=20.5), ["001", "003"]),
        (Filter("x0", "between", low=-5, high=12), ["004", "001"]),
        (Filter("region", "in", ("' OR 1=1 --",)), []),
    ],
)
def test_filters(roster, condition, expected):
    assert ids(build_list(roster, ListSpec(filters=(condition,)))) == expected


def test_segments(roster):
    table = build_list(roster, ListSpec(segments=("lost",)))
    assert (ids(table), count(table)) == (["004", "003"], 2)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"control_percent": 100}, "param.control_percent"),
        ({"control_percent": -1}, "param.control_percent"),
        ({"campaign_id": "x" * 101}, "param.campaign_id"),
        ({"columns": ()}, "param.no_columns"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(spec, code):
    with pytest.raises(ParamError) as caught:
        ListSpec(**spec)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (Filter("regoin", "in", ("上海",)), "param.unknown_column"),
        (Filter("last_order_at", "between", low=1), "param.filter_date"),
        (Filter("frequency", "in", ("many",)), "param.filter_number"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(roster, condition, code):
    with pytest.raises(ParamError) as caught:
        build_list(roster, ListSpec(filters=(condition,)))
    assert caught.value.code == code


def many(shuffled: bool):
    people = [{"customer_id": f"c{n:03}", "segment": "loyal" if n < 25 else "lost", "monetary": n} for n in range(40)]
    return ibis.memtable(people[::-1] if shuffled else people)


def test_the_control_group_is_exact_in_each_segment_seeded_and_blind_to_row_order(roster):
    def held_out(shuffled, seed):
        spec = ListSpec(columns=("customer_id", "segment"), control_percent=10, seed=seed)
        frame = preview(build_list(replace(roster, customers=many(shuffled)), spec))
        return frame[frame.group == "control"]

    first = held_out(False, 1)
    assert first.segment.value_counts().to_dict() == {"loyal": 3, "lost": 2}  # 2.5 and 1.5 round up
    assert set(first.customer_id) == set(held_out(True, 1).customer_id)
    assert set(first.customer_id) != set(held_out(False, 2).customer_id)


def written(roster, table, lang="zh"):
    target = io.BytesIO()
    write_xlsx(target, table, roster=roster, method=METHOD, lang=lang)
    return openpyxl.load_workbook(target)


def test_xlsx_holds_the_list_and_the_method_and_no_formula(roster):
    spec = ListSpec(
        columns=("customer_id", "segment", "monetary", "last_order_at", "score", "x0"),
        control_percent=50, campaign_id="@双十一",
    )  # fmt: skip
    book = written(roster, build_list(roster, spec))
    assert book.sheetnames == ["名单", "口径"]
    header, first, *_, last = book["名单"].iter_rows()
    assert [c.value for c in header] == [
        "客户编号", "分层", "累计净消费（元）", "最近下单", "综合分", "=备注", "分组", "活动编号",
    ]  # fmt: skip
    assert [first[at].value for at in (0, 1, 2, 5, 7)] == ["002", "忠诚客户", 300, "=1+1", "@双十一"]
    assert first[6].value in ("实验组", "对照组")
    assert [first[n].data_type for n in (0, 5, 7)] == ["s", "s", "s"]
    assert header[5].data_type == "s"
    assert (last[2].value, last[4].value, first[3].number_format) == (-4.25, None, "yyyy-mm-dd hh:mm")
    assert [c.value for c in book["口径"][2]] == ["分层", "=2"]
    assert book["口径"]["B2"].data_type == "s"
    assert book["名单"].freeze_panes == "A2"


def test_xlsx_in_english(roster):
    book = written(roster, build_list(roster, ListSpec(columns=("customer_id", "segment"))), "en")
    assert book.sheetnames == ["List", "Method"]
    assert book["List"]["B1"].value == "Segment"


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(roster, monkeypatch):
    monkeypatch.setattr(sheets, "SHEET_ROWS", 15)
    book = written(
        roster, build_list(replace(roster, customers=many(shuffled=True)), ListSpec(columns=("customer_id",)))
    )
    assert book.sheetnames == ["名单", "名单 2", "名单 3", "口径"]
    read = [row[0] for name in book.sheetnames[:3] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert read == [f"c{n:03}" for n in range(39, -1, -1)]


def test_an_empty_list_is_a_header(roster):
    table = build_list(roster, ListSpec(segments=("none",), columns=("customer_id",)))
    assert [[c.value for c in row] for row in written(roster, table)["名单"].iter_rows()] == [["客户编号"]]
    target = io.BytesIO()
    write_csv(target, table, roster=roster, lang="zh")
    assert target.getvalue().decode("utf-8-sig") == '"客户编号"\n'


def test_csv_is_utf8_with_bom_and_guards_text_but_not_numbers(roster):
    spec = ListSpec(columns=("customer_id", "segment", "monetary", "last_order_at", "x0"))
    target = io.BytesIO()
    write_csv(target, build_list(roster, spec), roster=roster, lang="zh")
    assert target.getvalue().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"))))
    assert rows == [
        ["客户编号", "分层", "累计净消费（元）", "最近下单", "'=备注"],
        ["002", "忠诚客户", "300", "2024-01-03 10:30", "'=1+1"],
        ["004", "流失客户", "300", "2024-01-09 10:30", "'-3"],
        ["001", "忠诚客户", "20.5", "2024-01-05 10:30", "12"],
        ["003", "流失客户", "-4.25", "2024-01-04 10:30", ""],
    ]


def test_a_path_appears_whole_or_not_at_all(roster, tmp_path):
    table = build_list(roster, ListSpec(columns=("customer_id",)))
    write_csv(tmp_path / "名单.csv", table, roster=roster, lang="zh")
    assert (tmp_path / "名单.csv").read_text("utf-8-sig").count("\n") == 5
    with pytest.raises(FileError) as caught:
        write_xlsx(tmp_path / "no" / "x.xlsx", table, roster=roster, method=METHOD, lang="zh")
    assert caught.value.code == "file.cannot_write"
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith((".part", ".xlsx"))] == []


def test_a_customer_file_adds_its_columns_by_id(data, roster, tmp_path):
    folder = tmp_path / "members"
    folder.mkdir()
    people = {
        "row_id": [1, 2, 3], "source_row": [2, 3, 4], "customer_id": ["002", "001", "002"],
        "registered_at": pa.array([None] * 3, pa.timestamp("us")), "phone": ["138", "139", "137"],
        "x0": ["金", "银", "钻"],
    }  # fmt: skip
    pq.write_table(pa.table(people), folder / "customers.parquet")
    facts = replace(data.facts, first_at=None, last_at=None)
    roles = (("customer_id", "会员号"), ("phone", "手机"))
    write_manifest(folder, Manifest("cd" * 32, "customers", ("会员.csv",), roles, (Extra("x0", "等级"),), facts, ()))
    both = data.with_beside([Dataset.open(folder, data.engine)])
    assert both.digest != data.digest
    with_people = replace(roster, data=both)
    defaults = build_list(with_people, ListSpec()).columns
    assert defaults[:3] == ("customer_id", "profile_phone", "segment")
    spec = ListSpec(
        columns=("customer_id", "profile_phone", "profile_x0"), filters=(Filter("profile_x0", "in", ("钻", "银")),)
    )
    rows = preview(build_list(with_people, spec)).to_dict("split")["data"]
    assert rows == [["002", "137", "钻"], ["001", "139", "银"]]  # 002 stands there twice: the later row


def test_rows_left_out_can_be_downloaded(data):
    target = io.BytesIO()
    write_left_out(target, data, "zh")
    sheet = openpyxl.load_workbook(target).active
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["行号", "原因", "内容", "文件"],
        [8, "合计、总计或小计行", "合计 | 60", "订单.csv"],
        [9, "日期看不懂", "=cmd|' /C calc'!A0", "订单.csv"],
    ]
    assert sheet["C3"].data_type == "s"


def test_a_preview_for_people_has_labels_and_names(roster):
    frame = preview(build_list(roster, ListSpec(columns=("customer_id", "segment", "monetary"))), limit=1)
    assert present(frame, roster, "zh").to_dict("records") == [
        {"客户编号": "002", "分层": "忠诚客户", "累计净消费（元）": 300.0}
    ]
    assert list(present(frame, roster, "en").columns)[1:] == ["Segment", "Net spend (¥)"]
