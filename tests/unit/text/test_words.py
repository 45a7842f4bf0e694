"""Aspects, phrases and repeats, on texts whose answers can be counted."""

from __future__ import annotations

import pytest

from analytics.text import aspects, duplicates, phrases


def test_every_trade_has_a_long_dictionary_with_names():
    for domain in aspects.DOMAINS:
        words = aspects.stored(domain)
        assert len({word for listed in words.values() for word in listed}) >= 290
        assert set(words) <= set(aspects.NAMES)


def test_a_clause_can_speak_of_two_aspects():
    found = aspects.dictionary("shop").find("快递很快包装也好")
    assert [mention.aspect for mention in found] == ["logistics", "packaging"]


def test_the_user_adds_changes_and_removes_aspects():
    known = aspects.dictionary("shop", (("停车", ("车位",)), ("物流", ("飞船",)), ("价格", ())))
    assert [m.aspect for m in known.find("车位满，飞船慢，快递贵")] == ["logistics", "停车"]


def test_english_words_only_whole():
    assert [m.aspect for m in aspects.dictionary("app").find("happy address")] == []


@pytest.mark.parametrize(
    ("texts", "domain"),
    [
        (["服务员上菜慢", "锅底好吃", "摆盘精致"], "food"),
        (["前台办理入住慢", "酒店大床房隔音差"], "hotel"),
        (["老师讲课好", "课件清晰", "孩子提分了"], "education"),
        (["闪退", "开屏广告太多", "登录不了"], "app"),
        (["快递很快", "面料起球"], "shop"),
        ([], "shop"),
    ],
)
def test_the_trade_is_guessed(texts: list[str], domain: str):
    assert aspects.guess_domain(texts) == domain


def test_log_odds_put_the_words_of_each_side_at_its_end():
    good = phrases.count_words(["物流很快 味道新鲜"] * 10)
    bad = phrases.count_words(["物流很慢 味道变质"] * 10)
    table = phrases.compare(good, 10, bad, 10)
    assert set(table.loc[table["phrase"], "word"]) == {"物流很快", "味道新鲜", "味道变质"}  # none across
    table = table[~table["phrase"]].set_index("word")
    assert table["z"].idxmax() in {"新鲜", "很快"}
    assert table["z"].idxmin() in {"变质", "很慢"}
    assert table.loc["物流", "z"] == pytest.approx(0, abs=1e-9)
    assert table.loc["新鲜", ["one", "other"]].tolist() == [10, 0]


def test_copies_are_found_and_short_texts_are_not_copies():
    template = "宝贝收到了，质量非常好，与卖家描述的完全一致，非常满意，真的很喜欢，完全超出期望值，下次还会来"
    texts = [
        template,
        template.replace("宝贝", "东西") + "！",
        "好评",
        "好评",
        "完全不同的一条评论，说的是茶叶有霉味，不能喝",
        template,
    ]
    assert duplicates.groups(texts) == [0, 0, 2, 3, 4, 0]


def test_a_phrase_needs_words_with_something_to_say():
    counts = phrases.count_words(["这个东西是不干净的"])
    assert counts["不 干净"] == 0 or counts["不干净"] == 0  # once, whichever way it is cut
    assert not any("的" in phrase.split() for phrase in counts)
