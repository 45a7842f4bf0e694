"""The current stages of a customer's life: what each means and what to do with it."""

from __future__ import annotations

from analytics.i18n import Text, msg
from analytics.models.base import Segment

NO_NET_SPEND = "no_net_spend"

_ALL = (
    Segment(
        "new", msg("新客"), msg("只来过一天，还没到该有第二次的时候"),
        msg("发新客礼，趁热促成第二单"), "grow",
    ),
    Segment(
        "active", msg("活跃客户"), msg("来过不止一天，还在平时的节奏里"),
        msg("不用打折：上新提醒、会员权益、请他们推荐朋友"), "value",
    ),
    Segment(
        "at_risk", msg("有流失风险"), msg("早该来了还没来，但还不算太久"),
        msg("现在就联系：问候、专属券、提醒补货，按花费从高到低"), "win_back",
    ),
    Segment(
        "dormant", msg("沉睡中"), msg("比平时久得多没来，多半把店忘了"),
        msg("发一次有力的召回券，说清新品和变化"), "win_back",
    ),
    Segment(
        "lost", msg("流失"), msg("久到几乎没人会再回来"),
        msg("只在大促时顺带触达，平时不花预算"), "low",
    ),
    Segment(
        NO_NET_SPEND, msg("没有有效订单"), msg("只有退款或赠品，没有一张付了款的订单"),
        msg("不做营销；看看为什么退货"), "none",
    ),
)  # fmt: skip

# In display order.
STAGES: dict[str, Segment] = {stage.key: stage for stage in _ALL}

# The states of an interval, as PostHog's lifecycle has them; named apart from the stages above.
FLOWS: dict[str, tuple[Text, Text]] = {
    "new": (msg("第一次来"), msg("在这份数据里第一次出现")),
    "returning": (msg("连着来"), msg("上一期来过，这一期又来")),
    "resurrecting": (msg("隔期回来"), msg("以前来过，上一期没来，这一期回来了")),
    "dormant": (msg("没再来"), msg("上一期来过，这一期没来")),
}
