"""Words by which shops name what goes into a parcel but was not chosen by the buyer: gifts, postage, packaging.

And by which their books name what is no parcel at all: fees, corrections, discounts.
"""

from __future__ import annotations

from collections.abc import Sequence

# Lower case. English ones are narrow on purpose: "gift bag" and "gift wrap" are goods in many shops. "=x" is the whole
# name.
PARCEL_WORDS = (
    "赠品", "赠送", "非卖品", "运费", "邮费", "快递费", "补差", "补拍", "差价", "包装",
    "礼袋", "手提袋", "购物袋", "塑料袋", "贺卡",
    "postage", "=carriage", "day carriage", "shipping fee", "packaging", "free gift", "carrier bag", "bank charges",
    "amazon fee", "=shipping", "=manual", "=discount", "=samples", "=cruk commission", "=adjust bad debt",
)  # fmt: skip


def no_goods(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that read like no goods, in the given order."""
    whole = {word[1:] for word in PARCEL_WORDS if word.startswith("=")}
    parts = [word for word in PARCEL_WORDS if not word.startswith("=")]
    return tuple(name for name in names if name.strip().lower() in whole or any(part in name.lower() for part in parts))
