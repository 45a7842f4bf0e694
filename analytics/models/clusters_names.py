"""What a group of customers is called: words for what it differs in most, what that means in units, what to do.

A trait is a measure whose mean in the group lies at least TRAIT standard deviations from that of all customers. Two
traits make a name, the strongest first; where two groups would share one, more traits are added, at last a number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.i18n import Text, join, msg
from analytics.models.base import Segment

if TYPE_CHECKING:
    from analytics.models.clusters_features import Feature, Unit

TRAIT = 0.4
TRAITS_A_NAME = 2
NOISE = "noise"
INCOMPLETE = "incomplete"
UNCLUSTERED = "unclustered"

SPECIAL: dict[str, Segment] = {
    NOISE: Segment(
        NOISE, msg("不像任何一群"), msg("离每一群都远，各有各的特点"), msg("逐个看；大客户往往在这里"), "none"
    ),
    INCOMPLETE: Segment(
        INCOMPLETE, msg("资料不全"), msg("缺少要用的数值，没有分进任何一群"), msg("补全资料再分"), "none"
    ),
    UNCLUSTERED: Segment(UNCLUSTERED, msg("没有分群"), msg("客户之间没有明显的界线"), msg("改用 RFM 分层"), "none"),
}

_UNIT_TEXTS: dict[Unit, str] = {"days": "int", "count": "num", "money": "money", "share": "pct", "number": "num"}


@dataclass(frozen=True)
class Profile:
    """A group in numbers, by feature key: ``z`` in standard deviations from all customers, ``mean`` in real units."""

    key: str
    z: Mapping[str, float]
    mean: Mapping[str, float]


def name_groups(
    profiles: Sequence[Profile], everyone: Mapping[str, float], features: Sequence[Feature]
) -> tuple[Segment, ...]:
    """A Segment per group. ``everyone``: the means of all customers, in real units."""
    strongest = [_traits(profile, features) for profile in profiles]
    names = _unique(
        [[_word(profile, feature) for feature in traits] for profile, traits in zip(profiles, strongest, strict=True)]
    )
    return tuple(
        Segment(profile.key, name, _meaning(profile, traits, everyone, features), *_action(profile))
        for profile, traits, name in zip(profiles, strongest, names, strict=True)
    )


def _traits(profile: Profile, features: Sequence[Feature]) -> list[Feature]:
    order = {feature.key: at for at, feature in enumerate(features)}
    marked = [feature for feature in features if abs(profile.z[feature.key]) >= TRAIT]
    return sorted(marked, key=lambda f: (-round(abs(profile.z[f.key]), 3), order[f.key]))


def _word(profile: Profile, feature: Feature) -> Text:
    return feature.high if profile.z[feature.key] > 0 else feature.low


def _unique(words: list[list[Text]]) -> list[Text]:
    """Names of as few words as make them differ."""
    length = [TRAITS_A_NAME] * len(words)
    while True:
        names = [tuple(w[:n]) for w, n in zip(words, length, strict=True)]
        shared = {name for name, times in Counter(frozenset(map(str, name)) for name in names).items() if times > 1}
        longer = [
            at for at, name in enumerate(names) if frozenset(map(str, name)) in shared and length[at] < len(words[at])
        ]
        if not longer:
            break
        for at in longer:
            length[at] += 1
    seen: Counter[frozenset[str]] = Counter()
    worded = []
    for name in names:
        same = frozenset(map(str, name))
        seen[same] += 1
        text = join(list(name)) if name else msg("各项居中")
        worded.append(text if seen[same] == 1 else msg("{name}（{number:int}）", name=text, number=seen[same]))
    return worded


def _meaning(
    profile: Profile, traits: Sequence[Feature], everyone: Mapping[str, float], features: Sequence[Feature]
) -> Text:
    told = list(traits[:3]) or list(features[:2])
    return join(
        [
            msg(
                "{label} {mean}（全体 {all}）", label=feature.label,
                mean=in_units(profile.mean[feature.key], feature.unit),
                all=in_units(everyone[feature.key], feature.unit),
            )
            for feature in told
        ]
    )  # fmt: skip


def in_units(value: float, unit: Unit) -> Text:
    """A value of a feature as people read it."""
    if math.isnan(value):  # nothing to average
        return msg("—")
    if unit in ("number", "count") and abs(value) >= 1000:
        return Text("{value:int}", (("value", value),))
    if unit in ("number", "count") and abs(value) < 1:
        return Text("{value:.2f}", (("value", value),))
    if unit == "days":
        return msg("{days:int} 天", days=value)
    return Text("{value:" + _UNIT_TEXTS[unit] + "}", (("value", value),))


def _action(profile: Profile) -> tuple[Text, str]:
    """What to do, and the group of RFM's GROUPS it falls in; general where there are no orders."""
    z = profile.z
    if "recency_days" not in z:
        return msg("先看画像和规则，再定怎么联系"), "none"
    worth = max((z[key] for key in ("frequency", "monetary", "basket_value") if key in z), default=0.0)
    often, basket = z.get("frequency", 0.0), z.get("basket_value", 0.0)
    away = z["recency_days"] > TRAIT
    return next(rule for holds, rule in (
        (away and worth > TRAIT, (msg("花过不少但很久没来：专人回访，发专属召回券"), "win_back")),
        (away, (msg("低成本触达：短信或推送热销榜，不值得打电话"), "low")),
        (often > TRAIT, (msg("老主顾：会员权益、新品先给，不必打折"), "value")),
        (basket > TRAIT, (msg("肯花钱但来得少：推荐配套商品，促下一单"), "grow")),
        (basket < -TRAIT, (msg("单子小：凑单满减、组合装，把客单价提上去"), "grow")),
        (True, (msg("常规维护：新品和活动照常推送"), "grow")),
    ) if holds)  # fmt: skip
