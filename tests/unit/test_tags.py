"""Tag files: what is read, what is refused with its line, and that they come back as they were written."""

from __future__ import annotations

import pytest

from analytics.errors import ParamError
from analytics.tags import read_tags, write_tags

TEXT = """\ufeff# 我的标签
客户价值/高价值: 累计净消费 前 20%

客户价值/普通：全部
活跃/近期来过: 距上次下单 <= 90 且 渠道 = "抖音:小店"|微信
"""


def test_tags_are_read_in_order_and_written_back():
    tags = read_tags(TEXT)
    assert [(tag.name, [choice.value for choice in tag.choices]) for tag in tags] == [
        ("客户价值", ["高价值", "普通"]),
        ("活跃", ["近期来过"]),
    ]
    assert tags[1].choices[0].rule.conditions[1].values == ("抖音:小店", "微信")
    assert read_tags(write_tags(tags)) == read_tags(write_tags(tags, "en")) == tags
    assert read_tags("") == ()


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("客户价值 高 = 1", 1, "param.tags"),
        ("a/b: 全部\n/x: 全部", 2, "param.tags"),
        ("a/b: 全部\na/b: x = 1", 2, "param.tags"),
        ("a/b: 全部\n\na/c: 什么", 3, "param.rule"),
        (f"{'长' * 41}/b: 全部", 1, "param.tags"),
    ],
)
def test_a_wrong_line_is_named(text: str, line: int, code: str):
    with pytest.raises(ParamError) as error:
        read_tags(text)
    assert error.value.code == code
    assert f"第 {line} 行" in str(error.value.message)
    assert f"ine {line}" in error.value.message.in_language("en")


def test_there_are_limits():
    with pytest.raises(ParamError):
        read_tags("\n".join(f"t/{at}: 全部" for at in range(61)))
