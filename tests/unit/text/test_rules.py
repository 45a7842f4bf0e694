"""Clauses and the rules that judge them."""

from __future__ import annotations

import pytest

from analytics.text import clauses, rules
from analytics.text.tokens import clean


def score(text: str) -> float:
    return rules.whole(rules.judge(clauses.cut(clean(text))))


def test_clauses_know_their_place():
    text = "包装很漂亮，但是茶叶一股霉味！客服不错"
    cut = clauses.cut(text)
    assert [part.text for part in cut] == ["包装很漂亮", "但是茶叶一股霉味", "客服不错"]
    assert all(text[part.start : part.end] == part.text for part in cut)


def test_what_follows_but_weighs_more():
    before, after, _ = clauses.cut("包装很漂亮，但是茶叶一股霉味！客服不错")
    assert after.weight > 1 > before.weight


def test_a_contrast_word_cuts_without_a_comma():
    assert [part.text for part in clauses.cut("味道可以不过量太少")] == ["味道可以", "不过量太少"]


@pytest.mark.parametrize(
    ("plain", "denied"), [("好吃", "不好吃"), ("有问题", "没有任何问题"), ("good", "not very good")]
)
def test_a_negator_turns_a_word_round(plain: str, denied: str):
    assert score(plain) * score(denied) < 0


def test_two_negators_cancel():
    assert score("不是不好吃") > 0


def test_a_negator_far_away_denies_nothing():
    assert score("不知道为什么这家店的东西总是这么好吃") > 0


@pytest.mark.parametrize("word", ["不错", "不得不说真香", "差不多", "好几天", "你好"])
def test_the_longest_word_wins(word: str):
    assert score(word) >= 0


def test_english_words_only_whole():
    assert rules.find("unlikely goodness") == []


@pytest.mark.parametrize(("text", "sign"), [("三天才到", -1), ("一周还没发货", -1), ("两天就到了", 1), ("隔天就到", 1)])
def test_times_of_delivery(text: str, sign: int):
    assert score(text) * sign > 0


def test_an_empty_text_has_no_score():
    assert score("") == 0
    assert clauses.cut("") == []


def test_degree_words_move_the_score():
    assert score("非常好吃") > score("好吃") > score("有点好吃") > 0
