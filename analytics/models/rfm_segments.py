"""The named groups of RFM: what each is called, what it means and what a shop does about it.

Two maps, each exhaustive and exclusive over the scores:

- eleven segments for scores on a scale of 1 to 5, by R and the mean of F and M. The grid follows the one that
  Putler published and most tools copy, made exclusive (the published ranges overlap).
- the Chinese eight types, by whether R, F and M are better than the average customer's.

A customer without net spending is in neither: it has a group of its own.
"""

from __future__ import annotations

from analytics.i18n import Text, msg
from analytics.models.base import Segment

# What to do with a segment, in the order of a table.
GROUPS: dict[str, Text] = {
    "value": msg("核心客户"),
    "grow": msg("可培育"),
    "win_back": msg("要挽回"),
    "low": msg("低优先"),
    "none": msg("无净消费"),
}


_ALL = (
    Segment(
        "champions", msg("重要价值客户"), msg("最近来过，买得多，花得多"),
        msg("专人维护，新品先给，不必打折；请他们晒单和推荐朋友"), "value",
    ),
    Segment(
        "loyal", msg("忠诚客户"), msg("常来，花费中上"),
        msg("会员升级、积分加倍，推荐更高一档的商品"), "value",
    ),
    Segment(
        "potential", msg("潜力客户"), msg("最近来过，买过几次"),
        msg("满减券促下一单，推荐搭配商品，引导入会"), "grow",
    ),
    Segment(
        "new", msg("新客户"), msg("刚来，只买过一两次，花得少"),
        msg("发新客礼和使用指南，30 天内促成第二单"), "grow",
    ),
    Segment(
        "promising", msg("有希望客户"), msg("不久前来过，买得少，花得少"),
        msg("推热销单品和小额券，让他们再来一次"), "grow",
    ),
    Segment(
        "need_attention", msg("需要关注客户"), msg("有一阵没来，次数和花费中等"),
        msg("限时券加个性推荐，趁还记得时拉回来"), "win_back",
    ),
    Segment(
        "about_to_sleep", msg("快要沉睡客户"), msg("有一阵没来，买得少，花得少"),
        msg("低成本触达：短信或推送热销榜，不值得打电话"), "win_back",
    ),
    Segment(
        "at_risk", msg("流失风险客户"), msg("以前常来，很久没来了"),
        msg("发专属召回券，问一问没来的原因"), "win_back",
    ),
    Segment(
        "cant_lose", msg("不能失去客户"), msg("以前花得最多，最久没来"),
        msg("一对一电话或企业微信联系，给最好的召回条件"), "win_back",
    ),
    Segment(
        "hibernating", msg("沉睡客户"), msg("很久没来，买得少，花得少"),
        msg("大促时顺带触达，平时不花预算"), "low",
    ),
    Segment(
        "lost", msg("流失客户"), msg("最久没来，买得最少"),
        msg("不主动投入；清理名单，减少无效短信"), "low",
    ),
    Segment(
        "key_value", msg("重要价值"), msg("近期来过、次数多、花费高，三项都好于平均"),
        msg("专人维护，新品先给，不必打折；请他们晒单和推荐朋友"), "value",
    ),
    Segment(
        "key_develop", msg("重要发展"), msg("近期来过、花费高，但次数少"),
        msg("提高频次：会员日、订阅购、到期提醒"), "grow",
    ),
    Segment(
        "key_keep", msg("重要保持"), msg("次数多、花费高，但有一阵没来"),
        msg("主动联系，发专属召回券，别等他们走远"), "win_back",
    ),
    Segment(
        "key_retain", msg("重要挽留"), msg("花费高，但次数少、有一阵没来"),
        msg("一对一联系，弄清原因，给最好的召回条件"), "win_back",
    ),
    Segment(
        "plain_value", msg("一般价值"), msg("近期来过、次数多，但花费低"),
        msg("提高客单价：凑单满减、套装、加价购"), "grow",
    ),
    Segment(
        "plain_develop", msg("一般发展"), msg("近期来过，但次数少、花费低"),
        msg("发新客礼，30 天内促成第二单"), "grow",
    ),
    Segment(
        "plain_keep", msg("一般保持"), msg("次数多，但花费低、有一阵没来"),
        msg("推送热销榜和小额券，低成本触达"), "low",
    ),
    Segment(
        "plain_retain", msg("一般挽留"), msg("次数少、花费低、有一阵没来"),
        msg("大促时顺带触达，平时不花预算"), "low",
    ),
    Segment(
        "no_net_spend", msg("无净消费客户"), msg("只有退款、赠品，或退的比买的多"),
        msg("不做营销；看看为什么退货"), "none",
    ),
)  # fmt: skip

# In the order in which tables and charts show them.
SEGMENTS: dict[str, Segment] = {segment.key: segment for segment in _ALL}
NO_NET_SPEND = "no_net_spend"

# ELEVEN[R - 1][FM - 1]: R and the rounded mean of F and M, both on the scale of 1 to 5.
ELEVEN: tuple[tuple[str, ...], ...] = (
    ("lost", "hibernating", "at_risk", "cant_lose", "cant_lose"),
    ("hibernating", "hibernating", "at_risk", "at_risk", "at_risk"),
    ("about_to_sleep", "need_attention", "need_attention", "loyal", "loyal"),
    ("promising", "potential", "loyal", "loyal", "champions"),
    ("new", "potential", "potential", "champions", "champions"),
)

# (R high, F high, M high) → type.
EIGHT: dict[tuple[bool, bool, bool], str] = {
    (True, True, True): "key_value",
    (True, False, True): "key_develop",
    (False, True, True): "key_keep",
    (False, False, True): "key_retain",
    (True, True, False): "plain_value",
    (True, False, False): "plain_develop",
    (False, True, False): "plain_keep",
    (False, False, False): "plain_retain",
}


def segment_keys(method: str) -> tuple[str, ...]:
    """The segments a method can give, in display order, the group without net spending last."""
    own = set(EIGHT.values()) if method == "mean" else {key for row in ELEVEN for key in row}
    return (*(key for key in SEGMENTS if key in own), NO_NET_SPEND)
