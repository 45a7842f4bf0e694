"""What a clause is about: dictionaries of aspects by trade (aspects/*.toml), which the user can add to.

A clause mentions an aspect when one of its words stands in it; the longest words are read first and do not overlap,
so 快递费 is not also 费. No mention is no opinion: it is never counted as neutral.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from analytics.i18n import Text, msg, verbatim

Domain = Literal["shop", "food", "hotel", "education", "app", "bank"]
DOMAINS: tuple[Domain, ...] = get_args(Domain)
FOLDER = Path(__file__).resolve().parent / "aspects"
MOST_TEXTS = 2000  # that a domain is guessed from
DOMAIN_NAMES: dict[str, Text] = {
    "shop": msg("电商商品"),
    "food": msg("餐饮外卖"),
    "hotel": msg("酒店民宿"),
    "education": msg("教育培训"),
    "app": msg("应用软件"),
    "bank": msg("银行金融"),
}
NAMES: dict[str, Text] = {
    "logistics": msg("物流"), "quality": msg("质量"), "service": msg("服务"), "aftersales": msg("售后"),
    "price": msg("价格"), "packaging": msg("包装"), "size": msg("尺码大小"), "appearance": msg("外观"),
    "authenticity": msg("正品与描述"), "taste": msg("口味"), "portion": msg("分量"), "recommend": msg("推荐意愿"),
    "look": msg("卖相"), "wait": msg("等待"), "delivery": msg("外卖配送"), "environment": msg("环境"),
    "noise": msg("安静程度"), "space": msg("空间"), "hygiene": msg("卫生"), "location": msg("位置"),
    "parking": msg("停车"), "room": msg("房间"), "facilities": msg("设施"), "breakfast": msg("早餐餐饮"),
    "safety": msg("安全"), "teacher": msg("老师"), "course": msg("课程"), "effect": msg("学习效果"),
    "sales": msg("推销与承诺"), "refund": msg("退费"), "platform": msg("平台"), "performance": msg("性能"),
    "interface": msg("界面"), "feature": msg("功能"), "ads": msg("广告"), "account": msg("账号"),
    "privacy": msg("隐私"), "content": msg("内容"), "process": msg("办理流程"), "hotline": msg("电话客服"),
    "app": msg("手机银行"), "fees": msg("收费"), "product": msg("产品"), "security": msg("资金安全"),
}  # fmt: skip


@dataclass(frozen=True)
class Mention:
    """An aspect in a clause, and where in the clause its words stand."""

    aspect: str
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Dictionary:
    """Aspects in display order, each with its words; ``pattern`` finds them, longest first."""

    words: Mapping[str, tuple[str, ...]]
    owner: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]

    def find(self, clause: str) -> list[Mention]:
        """The aspects that a clause mentions, in display order."""
        found: dict[str, list[tuple[int, int]]] = {}
        for match in self.pattern.finditer(clause.lower()):
            for aspect in self.owner[match.group()]:
                found.setdefault(aspect, []).append(match.span())
        return [Mention(aspect, tuple(found[aspect])) for aspect in self.words if aspect in found]


def name_of(aspect: str) -> Text:
    """What an aspect is called: our own in both languages, the user's as typed."""
    return NAMES.get(aspect) or verbatim(aspect)


@lru_cache(maxsize=8)
def stored(domain: str) -> Mapping[str, tuple[str, ...]]:
    """The aspects of a trade and their words, as they are kept with the code."""
    kept = tomllib.loads((FOLDER / f"{domain}.toml").read_text(encoding="utf-8"))
    return {aspect: tuple(dict.fromkeys(part["words"].lower().split())) for aspect, part in kept.items()}


def dictionary(domain: str, extra: Sequence[tuple[str, Sequence[str]]] = ()) -> Dictionary:
    """The aspects of a trade with the user's changes: (aspect, its words); no words take the aspect out."""
    words = dict(stored(domain))
    keys = {str(name_of(aspect)): aspect for aspect in words}
    for named, given in extra:
        aspect = keys.get(named, named)
        if given:
            words[aspect] = tuple(word.lower() for word in given)
        else:
            words.pop(aspect, None)
    owner: dict[str, tuple[str, ...]] = {}
    for aspect, listed in words.items():
        for word in listed:
            owner[word] = (*owner.get(word, ()), aspect)
    longest = sorted(owner, key=lambda word: (-len(word), word))
    return Dictionary(words, owner, re.compile("|".join(map(_alone, longest)) or r"(?!)"))


def _alone(word: str) -> str:
    """English words only whole: "app" is not in "happy"."""
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() and word[0].isalpha() else re.escape(word)


def guess_domain(cleaned: Sequence[str]) -> Domain:
    """The trade whose own words (those of no other trade) stand in the most texts; shop when none does."""
    everyone = [word for domain in DOMAINS for word in {w for listed in stored(domain).values() for w in listed}]
    shared = {word for word in everyone if everyone.count(word) > 1}
    sample, best, most = cleaned[:MOST_TEXTS], DOMAINS[0], 0
    for domain in DOMAINS:
        own = {w for listed in stored(domain).values() for w in listed if len(w) > 1} - shared
        pattern = re.compile("|".join(map(_alone, sorted(own, key=lambda word: (-len(word), word)))))
        hits = sum(1 for text in sample if pattern.search(text.lower()))
        if hits > most:
            best, most = domain, hits
    return best
