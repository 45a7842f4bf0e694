"""One cell at a time: money, numbers, moments, ids, and order statuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from analytics.intake import cells
from analytics.intake.status import status_class


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", "12.5"),
        ("¥1,234.50", "1234.50"),
        ("￥12", "12"),
        ("1,234元", "1234"),
        ("RMB 5", "5"),
        ("$3.20", "3.20"),
        ("£1", "1"),
        ("€9", "9"),
        ("１２．５", "12.5"),
        ("(1,234)", "-1234"),
        ("（12）", "-12"),
        ("-¥12", "-12"),
        ("¥-12", "-12"),
        ("12-", "-12"),
        ("1.2万", "12000"),
        ("3亿", "300000000"),
        ("1 234", "1234"),
        ("1.5e3", "1500"),
    ],
)
def test_money(text: str, value: str):
    assert cells.parse_money(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "1.234,56", "12abc", "约100", "-(3)", "--5", "12%", "1" * 20, "元", "1.2.3"]
)
def test_what_is_no_money(text: str):
    assert cells.parse_money(text) is None
    assert not cells.is_missing(text)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "--", "—", "NULL", "null", "#N/A", "#DIV/0!", "NaN", "免费", "无", "\t"]
)
def test_missing(text: str):
    assert cells.is_missing(text)
    assert cells.parse_money(text) is None


def test_european_amounts_only_when_the_column_says_so():
    assert cells.parse_money("1.234,56", european=True) == Decimal("1234.56")
    assert cells.parse_money("1.234", european=True) == Decimal(1234)
    assert cells.looks_european(["1.234,56", "12,50"])
    assert not cells.looks_european(["1,234"])
    assert not cells.looks_european(["12,50", "12.50"])


@pytest.mark.parametrize(
    ("text", "value"), [("12%", "0.12"), ("-3.5%", "-0.035"), ("3 件", "3"), ("4.5分", "4.5"), ("35岁", "35")]
)
def test_numbers(text: str, value: str):
    assert cells.parse_number(text) == Decimal(value)


MOMENT = dt.datetime(2024, 1, 3, 14, 5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024年1月3日 14:05", MOMENT),
        ("2024年1月3日14时05分", MOMENT),
        ("2024年1月3日", MOMENT.replace(hour=0, minute=0)),
        ("24年1月3日", MOMENT.replace(hour=0, minute=0)),
        ("2024.01.03 14:05", MOMENT),
        ("２０２４／１／３　１４：０５", MOMENT),
        ("2024-01-03 星期三 14:05", MOMENT),
        ("2024/1/3 下午 2:05", MOMENT),
        ("2024/1/3 上午12:05", MOMENT.replace(hour=0)),
        ("2024/1/3 2:05 PM", MOMENT),
        ("2024/1/3 中午12:05", MOMENT.replace(hour=12)),
        ("20240103", MOMENT.replace(hour=0, minute=0)),
        ("20240103.0", MOMENT.replace(hour=0, minute=0)),
        ("202401031405", MOMENT),
        ("20240103140500", MOMENT),
        ("Jan 3, 2024", MOMENT.replace(hour=0, minute=0)),
        ("3 January 2024 14:05", MOMENT),
        ("03-Jan-24", MOMENT.replace(hour=0, minute=0)),
        ("2024-01-03T14:05:00+08:00", MOMENT),
        ("2024-01-03T14:05:00Z", MOMENT),
        ("2024-01-03T14:05:00.250-05:00", MOMENT.replace(microsecond=250_000)),
        ("1704261900", MOMENT),  # 2024-01-03 06:05 UTC, 14:05 in Beijing
        ("1704261900000", MOMENT),
        ("45294", MOMENT.replace(hour=0, minute=0)),
        ("45294.586805555555", MOMENT),
        ('="2024-01-03 14:05"', MOMENT),
        ("24-01-03", MOMENT.replace(hour=0, minute=0)),
        ("13/1/2024", dt.datetime(2024, 1, 13)),
        ("1/13/2024", dt.datetime(2024, 1, 13)),
    ],
)
def test_moments(text: str, moment: dt.datetime):
    assert cells.parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2024-13-01",
        "20241301",
        "1.5",
        "-44-01-01",
        "2024-1-310",
        "2024-01",
        "12:30",
        "昨天",
        "2024-01-03 25:00",
        "2024-01-03 14:05 谢谢",
        "3/4/2024",
        "123456",
    ],
)
def test_what_is_no_moment(text: str):
    assert cells.parse_moment(text) is None


def test_the_order_of_day_and_month_is_an_argument():
    assert cells.parse_moment("03/04/2024", "dmy") == dt.datetime(2024, 4, 3)
    assert cells.parse_moment("03/04/2024", "mdy") == dt.datetime(2024, 3, 4)
    assert cells.parse_moment("3/4/24", "mdy") == dt.datetime(2024, 3, 4)
    assert cells.parse_moment("14/03/2024", "mdy") is None


def test_the_order_of_a_column():
    assert cells.date_order(["2024-01-03", "20240103"]) == ("ymd", False)
    assert cells.date_order(["03/04/2024", "13/04/2024"]) == ("dmy", False)
    assert cells.date_order(["03/04/2024", "03/14/2024"]) == ("mdy", False)
    assert cells.date_order(["03/04/2024", "05/06/2024"]) == ("mdy", True)
    assert cells.date_order(["24-01-03", "24-02-29"]) == ("ymd", False)


def test_serial_days_of_1904():
    assert cells.parse_moment("43832", date_1904=True) == dt.datetime(2024, 1, 3)


def test_zones_and_epochs_are_told_apart_from_plain_dates():
    assert cells.has_zone("2024-01-03T14:05:00Z")
    assert cells.has_zone("2024-01-03 14:05:00-05:00")
    assert not cells.has_zone("2024-01-03")
    assert not cells.has_zone("2024-01-03 14:05:00")
    assert cells.is_epoch("1704261900")
    assert not cells.is_epoch("20240103")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("00123", "00123"),
        (" a1 ", "a1"),
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("\t1234\t", "1234"),
        ("ＡＢ１２", "AB12"),
        ("NULL", None),
        ("aB", "aB"),
        ("", None),
        (None, None),
    ],
)
def test_ids(text: str | None, value: str | None):
    assert cells.clean_id(text) == value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("交易成功", "paid"),
        ("买家已付款,等待卖家发货", "paid"),
        ("卖家已发货，等待买家确认", "paid"),
        ("等待买家付款", "unpaid"),
        ("未付款", "unpaid"),
        ("交易关闭", "unpaid"),
        ("已取消", "unpaid"),
        ("退款成功", "refunded"),
        ("已退货", "refunded"),
        ("部分退款", "partly_refunded"),
        ("未退款", "paid"),
        ("没有申请退款", "paid"),
        ("退款中", "paid"),
        ("Paid", "paid"),
        ("unpaid", "unpaid"),
        ("partially_refunded", "partly_refunded"),
        ("refunded", "refunded"),
        ("wc-on-hold", "unpaid"),
        ("VOIDED", "unpaid"),
        ("已揽收", None),
        (" ", None),
    ],
)
def test_statuses(status: str, kind: str | None):
    assert status_class(status) == kind
