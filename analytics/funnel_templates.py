"""Templates of funnels: for each step the words that its events are called by, in Chinese and English logs."""

from __future__ import annotations

from analytics.i18n import Text, msg

TEMPLATES: dict[str, tuple[Text, tuple[str, ...]]] = {
    "shop": (
        msg("电商"),
        (
            r"浏览|访问|曝光|点击|详情|^pv$|view|browse|visit|click|page",
            r"加购|购物车|收藏|cart|fav|wish",
            r"下单|提交订单|生成订单|checkout|(create|place|submit).?order|^order$",
            r"支付|付款|成交|购买|^paid$|^buy$|^pay|purchase|transaction",
        ),
    ),
    "school": (
        msg("教育"),
        (
            r"访问|浏览|曝光|visit|view|page",
            r"注册|留资|加微信|register|sign.?up|lead",
            r"试听|试学|体验课|trial|demo",
            r"报名|下单|enrol|apply",
            r"缴费|支付|付款|购课|pay|purchase",
            r"上课|学习|完课|听课|lesson|learn|attend|complete",
        ),
    ),
}
