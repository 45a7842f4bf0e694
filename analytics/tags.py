"""Tags: named sets of rules that give each customer one value.

A text file holds them, one value a line:

    # comment
    客户价值/高价值: 累计净消费 前 20%
    客户价值/普通: 全部
    活跃/近期来过: 距上次下单 <= 90 且 渠道 = 抖音小店|微信小程序

Within a tag the first rule that fits wins. Who fits none has no value.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.errors import ParamError
from analytics.i18n import Lang, msg
from analytics.rules import Rule, parse

MOST_VALUES = 60  # over all tags
NAME_CHARS = 40


@dataclass(frozen=True)
class Choice:
    """A value of a tag and who gets it."""

    value: str
    rule: Rule


@dataclass(frozen=True)
class Tag:
    """A tag; the rules of its values are tried in order."""

    name: str
    choices: tuple[Choice, ...]


def read_tags(text: str) -> tuple[Tag, ...]:
    """The tags that a text defines. Raises ParamError (param.tags, param.rule) naming the line."""
    found: dict[str, dict[str, Rule]] = {}
    for at, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, value, rule = _parts(line, at)
        choices = found.setdefault(name, {})
        if value in choices:
            raise ParamError(
                "param.tags",
                msg("第 {line:int} 行：标签“{name}”里已经有“{value}”了。", line=at, name=name, value=value),
                msg("把两个条件用“或”连成一行，或者换个名字。"),
            )
        try:
            choices[value] = parse(rule)
        except ParamError as error:
            problem = msg("第 {line:int} 行：{problem}", line=at, problem=error.message)
            raise ParamError(error.code, problem, error.hint) from None
    if sum(map(len, found.values())) > MOST_VALUES:
        raise ParamError(
            "param.tags", msg("标签太多了。"), msg("所有标签加起来最多 {most:int} 个值。", most=MOST_VALUES)
        )
    return tuple(Tag(name, tuple(Choice(v, r) for v, r in choices.items())) for name, choices in found.items())


def _parts(line: str, at: int) -> tuple[str, str, str]:
    head, colon, rule = line.replace("：", ":", 1).partition(":") if _wide_first(line) else line.partition(":")
    name, slash, value = head.partition("/")
    name, value = " ".join(name.split()), " ".join(value.split())
    if not (colon and slash and name and value) or max(len(name), len(value)) > NAME_CHARS:
        raise ParamError(
            "param.tags",
            msg("第 {line:int} 行不是标签：“{text}”。", line=at, text=line.strip()[:60]),
            msg("写成“标签/值: 条件”，比如：{example}。", example="客户价值/高价值: monetary 前 20%"),
        )
    return name, value, rule.strip()


def _wide_first(line: str) -> bool:
    """Whether a full-width colon comes before any other."""
    return "：" in line and (":" not in line or line.index("：") < line.index(":"))


def write_tags(tags: tuple[Tag, ...], lang: Lang = "zh") -> str:
    """The text that ``read_tags`` reads back to the same tags."""
    return "".join(f"{tag.name}/{c.value}: {c.rule.write(lang)}\n" for tag in tags for c in tag.choices)
