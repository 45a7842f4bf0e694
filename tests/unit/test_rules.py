"""Rules as people write them: what they are taken for, whom they fit, and that nothing in them is more than text."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.errors import ParamError
from analytics.i18n import LANGUAGES, msg, verbatim
from analytics.rules import WRITTEN, Condition, Rule, parse
from analytics.rules_match import Matcher, RuleColumn, readable, short_name, words

PEOPLE = pd.DataFrame(
    {
        "id": list("abcdefghij"),
        "money": [1.0, 2, 3, 3, 5, 6, 7, 8, 9, None],
        "kind": ["x", "y", "", "x", None, "z", "x", "y", "1", "2"],
        "stage": ["new", "new", "old", None, "old", "old", "old", "new", "new", "new"],
        "mine": [True, False] * 5,
    }
)
COLUMNS = (
    RuleColumn("money", msg("累计净消费"), "number"),
    RuleColumn("kind", verbatim("省/自治区"), "text", also=("region",)),
    RuleColumn("stage", msg("生命周期阶段"), "text", (("new", msg("新客")), ("old", msg("活跃客户")))),
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(ibis.memtable(PEOPLE), COLUMNS, {"春季": "mine"})


def fits(matcher: Matcher, rule: str) -> str:
    flagged = matcher.table.select("id", fits=matcher.matches(parse(rule)))
    frame = flagged.execute()
    assert frame["fits"].notna().all()
    return "".join(sorted(frame.loc[frame["fits"], "id"]))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("累计净消费 >= 7", "ghi"),
        ("money > 7", "hi"),
        ("money <= 2", "ab"),
        ("money < 2", "a"),
        ("money = 3|9", "cdi"),
        ("money != 3", "abefghi"),  # the empty cell fits no condition
        ("money 为空", "j"),
        ("money 不为空", "abcdefghi"),
        ("money 前 20%", "hi"),  # of nine with a value 1.8, so two
        ("money bottom 30%", "abcd"),  # 2.7, so three; the fourth equals the third
        ('"省/自治区" = x|y', "abdgh"),
        ("region != x", "bfhij"),
        ('region = ""', "ce"),
        ("region is empty", "ce"),
        ("region 包含 X", "adg"),
        ("region lacks x", "bfhij"),
        ("region >= 2", "j"),  # text that is no number has no size
        ("生命周期阶段 = 新客", "abhij"),
        ("stage = New", "abhij"),  # English name and key
        ("stage != new", "cefg"),
        ("在:春季", "acegi"),
        ("not in:春季", "bdfhj"),
        ("全部", "abcdefghij"),
        ("money >= 7 且 region = x", "g"),
        ("money >= 9 or money = 1 and region = x", "ai"),  # and binds tighter
        ("money ＞＝ 7 且 region ＝ x｜y", "gh"),
        ("money >= ¥7", "ghi"),
        ("money < 0.0003万", "ab"),
        ("money <= 900%", "abcdefghi"),
    ],
)
def test_whom_a_rule_fits(matcher: Matcher, rule: str, expected: str):
    assert fits(matcher, rule) == expected


@pytest.mark.parametrize(
    "rule", ["", "  ", "no such choice", "a =", "前 20%", "a top 0%", "a top 120%", "且", "a = 1 且 ", "a = \0"]
)
def test_what_is_no_rule_is_refused(rule: str):
    with pytest.raises(ParamError) as error:
        parse(rule)
    assert error.value.code == "param.rule"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("钱 > 1", "param.rule_column"),
        ("money > x", "param.rule_number"),
        ("money > nan", "param.rule_number"),
        ("money = x", "param.rule_number"),
        ("stage = 老客", "param.rule_value"),  # a typing error would find nobody, in silence
        ("stage > 1", "param.rule_op"),
        ("在:没有", "param.unknown_group"),
    ],
)
def test_what_a_rule_speaks_of_must_be_there(matcher: Matcher, rule: str, code: str):
    with pytest.raises(ParamError) as error:
        matcher.matches(parse(rule))
    assert error.value.code == code
    assert all(error.value.hint.in_language(lang) for lang in LANGUAGES)


def test_the_nearest_column_is_suggested(matcher: Matcher):
    with pytest.raises(ParamError) as error:
        matcher.matches(parse("累计消费 > 1"))
    assert "累计净消费" in str(error.value.hint)


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE people; --", "x' OR '1'='1", '") OR 1=1 --', "%", "_", "\\", "{money}"]
)
def test_text_in_a_rule_is_only_text(matcher: Matcher, text: str):
    for op in ("is", "contains"):
        rule = Rule(((Condition("kind", op, (text,)),),))
        assert parse(rule.write()) == rule
        assert fits(matcher, rule.write()) == ""
    assert len(matcher.table.execute()) == 10


NAMES = (
    st.text(min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda s: s and not any(0xE000 <= ord(c) <= 0xF8FF or c == "\0" for c in s))
)
CONDITIONS = st.one_of(
    st.builds(lambda c, op, v: Condition(c, op, tuple(dict.fromkeys(v))), NAMES, st.sampled_from(["is", "is_not"]),
              st.lists(NAMES, min_size=1, max_size=3)),
    st.builds(lambda c, op, v: Condition(c, op, (v,)), NAMES,
              st.sampled_from(["above", "at_least", "below", "at_most", "contains", "lacks"]), NAMES),
    st.builds(lambda c, op, v: Condition(c, op, (str(v),)), NAMES, st.sampled_from(["top", "bottom"]),
              st.integers(1, 100)),
    st.builds(Condition, NAMES, st.sampled_from(["empty", "filled"])),
    st.builds(lambda op, v: Condition("", op, (v,)), st.sampled_from(["inside", "outside"]), NAMES),
    st.just(Condition("", "all")),
)  # fmt: skip
RULES = st.lists(st.lists(CONDITIONS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(
    lambda parts: Rule(tuple(parts))
)


@settings(max_examples=300, deadline=None)
@given(RULES, st.sampled_from(LANGUAGES))
@example(Rule(((Condition("不为空", "is", ("或 x",)),),)), "zh")
@example(Rule(((Condition("top", "top", ("5",)),),)), "en")
@example(Rule(((Condition("级别（旧）", "is", ("A！",)),),)), "zh")
def test_what_is_written_is_read_back(rule: Rule, lang):
    assert parse(rule.write(lang)) == rule


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_refused_calmly(text: str):
    try:
        rule = parse(text)
    except ParamError:
        return
    assert rule.conditions


def test_every_operator_can_be_written():
    for op in WRITTEN:
        values = () if op in ("empty", "filled", "all") else ("5",)
        rule = Rule(((Condition("" if op in ("inside", "outside", "all") else "列", op, values),),))
        assert all(parse(rule.write(lang)) == rule for lang in LANGUAGES)


def test_a_rule_in_words():
    rule = parse("money top 20% 且 stage = new 或 在:春季")
    assert str(words(rule, COLUMNS)) == "累计净消费最高的 20%，且生命周期阶段：新客；或者在“春季”里"
    assert str(short_name(parse("stage = new|old"), COLUMNS)) == "新客或活跃客户"
    assert str(short_name(parse("在:春季"), COLUMNS)) == "春季"
    assert readable(parse("money top 20%"), COLUMNS, "zh") == "累计净消费 前 20%"
