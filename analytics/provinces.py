"""The 34 provinces of China by any of their usual names: 广东, 广东省, Guangdong, guangdong province → 广东.

The short Chinese name is the key. ``column`` (from the west) and ``row`` (from the north) say where each stands on a
map of equal squares, so that a map needs no geometry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from analytics.i18n import Text, msg

MOSTLY_PROVINCES = 0.8  # of the customers with a region
FEWEST_PROVINCES = 2


@dataclass(frozen=True)
class Province:
    """A province. ``code``: of ISO 3166-2:CN; ``column`` and ``row``: its place on the map of squares."""

    title: Text
    code: str
    column: int
    row: int
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The short Chinese name."""
        return str(self.title)


_ALL = (
    Province(msg("黑龙江"), "HL", 8, 0), Province(msg("内蒙古"), "NM", 5, 1, ("neimenggu", "nei mongol")),
    Province(msg("吉林"), "JL", 8, 1), Province(msg("新疆"), "XJ", 1, 2), Province(msg("甘肃"), "GS", 3, 2),
    Province(msg("宁夏"), "NX", 4, 2), Province(msg("北京"), "BJ", 6, 2, ("peking",)),
    Province(msg("天津"), "TJ", 7, 2), Province(msg("辽宁"), "LN", 8, 2), Province(msg("青海"), "QH", 2, 3),
    Province(msg("陕西"), "SN", 4, 3), Province(msg("山西"), "SX", 5, 3), Province(msg("河北"), "HE", 6, 3),
    Province(msg("山东"), "SD", 7, 3), Province(msg("西藏"), "XZ", 1, 4, ("xizang",)),
    Province(msg("四川"), "SC", 3, 4), Province(msg("重庆"), "CQ", 4, 4), Province(msg("河南"), "HA", 5, 4),
    Province(msg("安徽"), "AH", 6, 4), Province(msg("江苏"), "JS", 7, 4), Province(msg("上海"), "SH", 8, 4),
    Province(msg("云南"), "YN", 3, 5), Province(msg("贵州"), "GZ", 4, 5), Province(msg("湖南"), "HN", 5, 5),
    Province(msg("湖北"), "HB", 6, 5), Province(msg("浙江"), "ZJ", 7, 5), Province(msg("广西"), "GX", 4, 6),
    Province(msg("广东"), "GD", 5, 6, ("canton",)), Province(msg("江西"), "JX", 6, 6),
    Province(msg("福建"), "FJ", 7, 6), Province(msg("台湾"), "TW", 8, 6, ("臺灣",)),
    Province(msg("澳门"), "MO", 4, 7, ("macao", "澳門")), Province(msg("香港"), "HK", 5, 7, ("hongkong",)),
    Province(msg("海南"), "HI", 4, 8),
)  # fmt: skip

PROVINCES: dict[str, Province] = {province.name: province for province in _ALL}
_TAILS = re.compile(
    r"(壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|特別行政區|省|市"
    r"|\s+(province|city|municipality|sar|autonomous region|zhuang|hui|uygur|uyghur))$"
)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    found: dict[str, str] = {}
    for one in _ALL:
        english = one.title.in_language("en")
        found |= {name.lower(): one.name for name in (one.name, english, english.replace(" ", ""), *one.others)}
    return found


def province(text: str) -> str | None:
    """The short Chinese name of the province that a text names; None when it names none.

    A leading 中国 or China is taken off; a longer address is no province.
    """
    plain = re.sub(r"^(中国|china)[\s,，·-]*", "", " ".join(text.split()).lower())
    known = _known()
    for _ in range(3):
        if plain in known:
            return known[plain]
        shorter = _TAILS.sub("", plain).strip()
        if shorter == plain:
            return None
        plain = shorter
    return known.get(plain)


def spellings(values: Iterable[tuple[str, int]]) -> dict[str, str] | None:
    """Which spelling means which province, when a column is one of provinces; None when it is not.

    values  what the column holds, and how many customers have it
    """
    counted = [(value, n, province(value)) for value, n in values if value]
    everyone = sum(n for _, n, _ in counted)
    found = {value: name for value, _, name in counted if name is not None}
    known = sum(n for value, n, _ in counted if value in found)
    if everyone == 0 or known < MOSTLY_PROVINCES * everyone or len(set(found.values())) < FEWEST_PROVINCES:
        return None
    return found
