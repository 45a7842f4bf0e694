"""Rules over columns as people write them, parsed to a typed structure: 累计净消费 >= 500 且 地区 = 广东|浙江.

    rule       alternatives joined by 或 (or); each is conditions joined by 且 (and). 且 binds tighter.
    condition  COLUMN = a|b    COLUMN != a|b    COLUMN >= 500 (also > < <=)    COLUMN 包含 词 (contains)
               COLUMN 不包含 词 (lacks)    COLUMN 为空 (empty)    COLUMN 不为空 (filled)
               COLUMN 前 20% (top)    COLUMN 后 20% (bottom)    在:GROUP (in)    不在:GROUP (not in)    全部 (all)

A name or value in double quotes may hold anything, "" standing for one quote. Operators and words of either language
are understood, full-width signs too. Nothing here reaches a database as text: rules_match.py makes expressions of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from analytics.errors import ParamError
from analytics.i18n import Lang, Text, msg

Op = Literal[
    "is", "is_not", "above", "at_least", "below", "at_most", "contains", "lacks", "empty", "filled", "top", "bottom",
    "inside", "outside", "all",
]  # fmt: skip
MOST_CHARS = 4000
MOST_CONDITIONS = 40

_SIGNS: dict[str, Op] = {
    ">=": "at_least", "≥": "at_least", "<=": "at_most", "≤": "at_most", "!=": "is_not", "≠": "is_not", "<>": "is_not",
    "=": "is", ">": "above", "<": "below",
}  # fmt: skip
# What each operator is written as: Chinese, English.
WRITTEN: dict[Op, tuple[str, str]] = {
    "is": ("=", "="), "is_not": ("!=", "!="), "above": (">", ">"), "at_least": (">=", ">="), "below": ("<", "<"),
    "at_most": ("<=", "<="), "contains": ("包含", "contains"), "lacks": ("不包含", "lacks"), "empty": ("为空", "empty"),
    "filled": ("不为空", "filled"), "top": ("前", "top"), "bottom": ("后", "bottom"), "inside": ("在:", "in:"),
    "outside": ("不在:", "not in:"), "all": ("全部", "all"),
}  # fmt: skip
# What conditions are joined by: Chinese, English.
JOINTS: dict[Literal["and", "or"], tuple[str, str]] = {"and": ("且", "and"), "or": ("或", "or")}
_NO_COLUMN: frozenset[Op] = frozenset({"inside", "outside", "all"})
_ONE_VALUE: frozenset[Op] = frozenset(
    {"above", "at_least", "below", "at_most", "contains", "lacks", "top", "bottom", "inside", "outside"}
)

_QUOTED = re.compile(r'"((?:[^"]|"")*)"|“([^”]*)”')
_FIRST_MASK = 0xE000  # quoted parts stand as one private-use character each while the rest is taken apart
_MASKS = re.compile("[\ue000-\uf8ff]")
_WIDE = str.maketrans("＝＞＜｜：％！（）　", "=><|:%!() ")
_OR = re.compile(r"\s+(?:或者?|or)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+(?:且|并且|and)\s+", re.IGNORECASE)
_ALL = re.compile(r"\*|全部|all", re.IGNORECASE)
_GROUP = re.compile(r"(不在|not\s+in|在|in)\s*:\s*(.+)", re.IGNORECASE)
_EMPTY = re.compile(r"(.+?)\s*(?:(不为空|(?<=\s)(?:is\s+)?filled)|(为空|(?<=\s)(?:is\s+)?empty))", re.IGNORECASE)
_RANKED = re.compile(r"(.+?)\s*(?:(前|(?<=\s)top)|(后|(?<=\s)bottom))\s*(\d+(?:\.\d+)?)\s*%", re.IGNORECASE)
_TEXTUAL = re.compile(r"(.+?)\s+(?:(不包含|lacks)|(包含|contains))\s+(.+)", re.IGNORECASE)
_COMPARED = re.compile(r"(.+?)\s*(>=|<=|!=|<>|≥|≤|≠|=|>|<)\s*(.+)")
_PLAIN = re.compile(r'[^\s=<>!≥≤≠|:"“”＝＞＜｜：％！（）%*]+')


@dataclass(frozen=True)
class Condition:
    """One condition. ``column`` is what the user calls it; ``values``: texts, for inside and outside a group's name."""

    column: str
    op: Op
    values: tuple[str, ...] = ()

    def write(self, lang: Lang = "zh") -> str:
        """As it is typed, in the words of a language."""
        word = WRITTEN[self.op][0 if lang == "zh" else 1]
        if self.op == "all":
            return word
        if self.op in _NO_COLUMN:
            return word + quote(self.values[0])
        if self.op in ("top", "bottom"):
            return f"{quote(self.column)} {word} {self.values[0]}%"
        return " ".join([quote(self.column), word, *(["|".join(map(quote, self.values))] if self.values else [])])


@dataclass(frozen=True)
class Rule:
    """Alternatives; in each, all conditions hold."""

    any_of: tuple[tuple[Condition, ...], ...]

    def write(self, lang: Lang = "zh") -> str:
        """As it is typed; ``parse`` reads it back to the same rule."""
        and_word, or_word = (f" {JOINTS[joint][0 if lang == 'zh' else 1]} " for joint in ("and", "or"))
        return or_word.join(and_word.join(c.write(lang) for c in part) for part in self.any_of)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions."""
        return tuple(condition for part in self.any_of for condition in part)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it speaks of, as they are called in it."""
        return frozenset(c.column for c in self.conditions if c.op not in _NO_COLUMN)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the groups that it speaks of."""
        return tuple(dict.fromkeys(c.values[0] for c in self.conditions if c.op in ("inside", "outside")))


EVERYONE = Rule(((Condition("", "all"),),))


def quote(name: str) -> str:
    """A name or value as it stands in a rule: in quotes where it could be taken for something else."""
    words = {w.lower() for pair in WRITTEN.values() for w in pair} | {"且", "或", "and", "or", "is", "not"}
    risky = any(word in name for word in ("为空", "前", "后")) or name.lower() in words
    if _PLAIN.fullmatch(name) and not risky and not _MASKS.search(name):
        return name
    return '"' + name.replace('"', '""') + '"'


def parse(text: str) -> Rule:
    """The rule that a text says. Raises ParamError (param.rule) which quotes the part that is not understood."""
    if len(text) > MOST_CHARS:
        raise ParamError("param.rule", msg("条件太长了。"), msg("不超过 {most:int} 个字。", most=MOST_CHARS))
    if "\0" in text:  # no database takes it
        raise _unclear(text.replace("\0", "�"), [])
    masked, held = _masked(text)
    parts = tuple(
        tuple(_condition(piece.strip(), held) for piece in _AND.split(alternative)) for alternative in _OR.split(masked)
    )
    rule = Rule(parts)
    if len(rule.conditions) > MOST_CONDITIONS:
        raise ParamError(
            "param.rule", msg("条件太多了。"), msg("一条规则最多 {most:int} 个条件。", most=MOST_CONDITIONS)
        )
    return rule


def _masked(text: str) -> tuple[str, list[str]]:
    held: list[str] = []

    def hide(found: re.Match[str]) -> str:
        straight, curly = found.groups()
        held.append(straight.replace('""', '"') if straight is not None else curly)
        return chr(_FIRST_MASK + len(held) - 1)

    masked = _QUOTED.sub(hide, _MASKS.sub(" ", text))
    return " " + masked.translate(_WIDE).strip() + " ", held


def _condition(text: str, held: list[str]) -> Condition:
    def plain(part: str) -> str:
        return _MASKS.sub(lambda m: _held(m, held), part.strip())

    if _ALL.fullmatch(text):
        return Condition("", "all")
    if found := _GROUP.fullmatch(text):
        return Condition("", "outside" if found[1][0] in "不nN" else "inside", (_some(plain(found[2]), text, held),))
    if found := _EMPTY.fullmatch(text):
        return Condition(plain(found[1]), "filled" if found[2] else "empty")
    if found := _RANKED.fullmatch(text):
        if not 0 < float(found[4]) <= 100:
            raise _unclear(text, held)
        return Condition(plain(found[1]), "top" if found[2] else "bottom", (found[4],))
    if found := _TEXTUAL.fullmatch(text):
        return Condition(plain(found[1]), "lacks" if found[2] else "contains", (_some(plain(found[4]), text, held),))
    if found := _COMPARED.fullmatch(text):
        op = _SIGNS[found[2]]
        pieces = [found[3]] if op in _ONE_VALUE else found[3].split("|")
        return Condition(plain(found[1]), op, tuple(dict.fromkeys(plain(piece) for piece in pieces)))
    raise _unclear(text, held)


def _held(mask: re.Match[str], held: list[str]) -> str:
    at = ord(mask[0]) - _FIRST_MASK
    return held[at] if at < len(held) else " "


def _some(value: str, text: str, held: list[str]) -> str:
    if not value:
        raise _unclear(text, held)
    return value


def _unclear(text: str, held: list[str]) -> ParamError:
    shown = _MASKS.sub(lambda m: '"' + _held(m, held) + '"', text)[:80]
    message = msg("看不懂条件“{text}”。", text=shown) if shown else msg("条件是空的。")
    return ParamError("param.rule", message, EXAMPLE)


EXAMPLE: Text = msg("写成“列名 比较 值”，比如：{example}。", example="monetary >= 500")
