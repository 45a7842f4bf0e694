"""Words by which shops name what goes into a parcel but was not chosen by the buyer: gifts, postage, packaging."""

from __future__ import annotations

# Lower case. English ones are narrow on purpose: "gift bag" and "gift wrap" are goods in many shops. "=x" is the whole
# name.
PARCEL_WORDS = (
    "赠品", "赠送", "非卖品", "运费", "邮费", "快递费", "补差", "差价", "包装",
    "礼袋", "手提袋", "购物袋", "塑料袋", "贺卡",
    "postage", "=carriage", "day carriage", "shipping fee", "packaging", "free gift", "carrier bag", "bank charges",
    "amazon fee",
)  # fmt: skip
