"""Words in two languages, and the numbers, money and dates inside them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import i18n
from analytics.i18n import Text, format_count, format_money, msg, verbatim, word


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A catalogue of our own, to be filled by the test."""
    catalogue: dict[str, str] = {}
    monkeypatch.setattr(i18n, "english_catalogue", lambda: catalogue)
    return catalogue


def test_a_sentence_is_chinese_until_asked_otherwise(english: dict[str, str]):
    english["共 {n:int} 位客户"] = "{n:int} {n:customer|customers} in all"
    text = msg("共 {n:int} 位客户", n=12345)
    assert str(text) == text.in_language("zh") == "共 12,345 位客户"
    assert text.in_language("en") == "12,345 customers in all"
    assert msg("共 {n:int} 位客户", n=1).in_language("en") == "1 customer in all"


def test_without_a_translation_the_chinese_appears(english: dict[str, str]):
    assert msg("没有译文 {n:int}", n=2).in_language("en") == "没有译文 2"


def test_a_text_within_a_text_follows_its_language(english: dict[str, str]):
    english |= {"缺少{role}": "{role} is missing", "金额": "Amount"}
    text = msg("缺少{role}", role=msg("金额"))
    assert text.in_language("zh") == "缺少金额"
    assert text.in_language("en") == "Amount is missing"


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("{x:int}", 12345.6, "12,346"),
        ("{x:int}", -3, "-3"),
        ("{x:pct}", 0.12345, "12.3%"),
        ("{x:pct}", Decimal("0.5"), "50.0%"),
        ("{x:num}", 1234.56, "1,234.6"),
        ("{x:money2}", Decimal("16117548.237"), "¥16,117,548.24"),
        ("{x:money2}", -5, "-¥5.00"),
        ("{x:date}", dt.datetime(2024, 1, 3, 23, 59), "2024-01-03"),
        ("{x:date}", dt.date(2024, 1, 3), "2024-01-03"),
        ("{x:int}", None, "—"),
        ("{x}", None, "—"),
        ("{x}", "原样", "原样"),
        ("{x:.3f}", 1.23456, "1.235"),
    ],
)
def test_values_are_formatted_by_their_specification(template: str, value: object, expected: str):
    assert str(msg(template, x=value)) == expected


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (0, "¥0", "¥0"),
        (12.5, "¥12.50", "¥12.50"),
        (99.999, "¥100", "¥100"),
        (12, "¥12", "¥12"),
        (1234, "¥1,234", "¥1,234"),
        (9999.4, "¥9,999", "¥9,999"),
        (12345, "¥1.23万", "¥12.3k"),
        (1612345, "¥161.2万", "¥1.61M"),
        (-1612345, "-¥161.2万", "-¥1.61M"),
        (99_999_960, "¥1.00亿", "¥100.0M"),
        (161_234_500, "¥1.61亿", "¥161.2M"),
        (2_500_000_000, "¥25.0亿", "¥2.50B"),
    ],
)
def test_money_is_short_enough_for_a_sentence(value: float, chinese: str, english: str):
    assert format_money(value, "zh") == chinese
    assert format_money(value, "en") == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [(0, "0", "0"), (9999, "9,999", "9,999"), (12000, "1.20万", "12.0k"), (-340_000_000, "-3.40亿", "-340.0M")],
)
def test_counts_are_short_enough_for_an_axis(value: float, chinese: str, english: str):
    assert format_count(value, "zh") == chinese
    assert format_count(value, "en") == english


@given(st.text())
def test_user_text_means_nothing_to_the_formatter(text: str):
    assert verbatim(text).in_language("zh") == verbatim(text).in_language("en") == text


def test_a_template_cannot_reach_into_a_value():
    with pytest.raises(KeyError):
        str(msg("{x.__class__}", x="text"))


def test_word_takes_both():
    assert word("用户的字", "en") == "用户的字"
    assert word(verbatim("用户的字"), "en") == "用户的字"


def test_json_and_back():
    text = msg("{who}在{at:date}付了{paid:money}", who=msg("客户"), at=dt.datetime(2024, 1, 3, 8), paid=Decimal("12.5"))
    back = Text.from_json(json.loads(json.dumps(text.as_json())))
    assert str(back) == str(text) == "客户在2024-01-03付了¥12.50"
