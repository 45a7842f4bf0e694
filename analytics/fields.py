"""The vocabulary: kinds of table, the roles a column can play, and what each role is called.

Roles are canonical names used everywhere behind the intake. The many headers a role goes by in real files
(淘宝, 有赞, Shopify, …) live beside it in ``analytics/intake/aliases.py``; this file only says what roles mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.i18n import Text, msg

Kind = Literal["lines", "events", "customers", "reviews", "ratings", "returns", "baskets"]
ValueType = Literal["id", "text", "datetime", "money", "number"]


@dataclass(frozen=True)
class Role:
    """What a column means. ``value_type`` decides how its cells are read."""

    name: str
    value_type: ValueType
    title: Text
    meaning: Text


@dataclass(frozen=True)
class TableKind:
    """A kind of table, the roles it must have and the roles it can use, in the order a form shows them."""

    name: Kind
    title: Text
    meaning: Text
    must: tuple[str, ...]
    can: tuple[str, ...]


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("customer_id", "id", msg("客户编号"), msg("同一个客户在每一行都相同的编号、手机号或昵称")),
        Role("order_id", "id", msg("订单号"), msg("同一张订单的各行相同；没有时，同一客户同一时间算一单")),
        Role("ordered_at", "datetime", msg("下单时间"), msg("下单或付款的日期、时间")),
        Role("paid_at", "datetime", msg("付款时间"), msg("付款的时间，漏斗里的一步")),
        Role("shipped_at", "datetime", msg("发货时间"), msg("发货的时间，漏斗里的一步")),
        Role("finished_at", "datetime", msg("完成时间"), msg("确认收货或交易完成的时间，漏斗里的一步")),
        Role("amount", "money", msg("金额"), msg("这一行实际付的钱；没有时用单价乘数量")),
        Role("unit_price", "money", msg("单价"), msg("一件的价格")),
        Role("quantity", "number", msg("数量"), msg("件数；负数表示退货")),
        Role("refund_amount", "money", msg("退款金额"), msg("这一行退回的钱")),
        Role("discount", "number", msg("折扣"), msg("折扣率或优惠金额，只用来筛选和描述")),
        Role("cost", "money", msg("成本"), msg("这一行的进货成本，只用来算毛利")),
        Role("profit", "money", msg("利润"), msg("这一行的毛利，只用来描述")),
        Role("status", "text", msg("订单状态"), msg("已付款、已退款、已关闭这类文字")),
        Role("product", "text", msg("商品"), msg("商品名称")),
        Role("product_id", "id", msg("商品编号"), msg("商品的编号、货号或 SKU")),
        Role("category", "text", msg("品类"), msg("商品所属的类别")),
        Role("channel", "text", msg("渠道"), msg("订单从哪个平台或渠道来")),
        Role("store", "text", msg("门店"), msg("店铺或门店")),
        Role("region", "text", msg("地区"), msg("省份、大区或国家")),
        Role("city", "text", msg("城市"), msg("城市")),
        Role("customer_name", "text", msg("客户姓名"), msg("只放进名单，不参与计算")),
        Role("phone", "id", msg("联系电话"), msg("只放进名单，不参与计算")),
        Role("user_id", "id", msg("用户编号"), msg("做出这个行为的人")),
        Role("event", "text", msg("行为"), msg("浏览、加购、支付这类行为的名称")),
        Role("occurred_at", "datetime", msg("发生时间"), msg("行为发生的时间")),
        Role("session_id", "id", msg("会话编号"), msg("一次访问的编号")),
        Role("registered_at", "datetime", msg("注册时间"), msg("成为会员或注册的日期")),
        Role("inviter_id", "id", msg("邀请人编号"), msg("是谁邀请来的")),
        Role("gender", "text", msg("性别"), msg("性别")),
        Role("age", "number", msg("年龄"), msg("年龄")),
        Role("member_level", "text", msg("会员等级"), msg("会员等级")),
        Role("text", "text", msg("评论内容"), msg("评论的原文")),
        Role("rating", "number", msg("评分"), msg("星级或分数")),
        Role("reviewed_at", "datetime", msg("评论时间"), msg("评论的日期、时间")),
        Role("rated_at", "datetime", msg("评分时间"), msg("打分的日期、时间")),
        Role("reply", "text", msg("商家回复"), msg("商家对评论的回复")),
    )
}

KINDS: dict[str, TableKind] = {
    kind.name: kind
    for kind in (
        TableKind(
            "lines",
            msg("订单"),
            msg("一行是一张订单，或订单里的一件商品"),
            ("customer_id", "ordered_at", "amount"),
            (
                "order_id", "quantity", "unit_price", "product", "product_id", "category", "status", "refund_amount",
                "channel", "store", "region", "city", "customer_name", "phone", "discount", "cost", "profit",
                "paid_at", "shipped_at", "finished_at",
            ),
        ),
        TableKind(
            "events",
            msg("行为日志"),
            msg("一行是某个用户在某个时间做的一件事"),
            ("user_id", "event", "occurred_at"),
            ("session_id", "product", "product_id", "category", "channel", "region", "city", "amount", "order_id"),
        ),
        TableKind(
            "customers",
            msg("客户名单"),
            msg("一行是一个客户和他的资料"),
            ("customer_id",),
            (
                "customer_name", "phone", "registered_at", "gender", "age", "member_level", "region", "city",
                "channel", "store", "inviter_id",
            ),
        ),
        TableKind(
            "reviews",
            msg("评论"),
            msg("一行是一条评论"),
            ("text",),
            ("rating", "reviewed_at", "product", "store", "customer_id", "order_id", "category", "reply"),
        ),
        TableKind(
            "ratings",
            msg("评分记录"),
            msg("一行是一个客户给一件商品打的分"),
            ("customer_id", "product", "rating", "rated_at"),
            ("product_id", "category", "store"),
        ),
        TableKind(
            "returns",
            msg("退货单"),
            msg("一行是一个被退的订单号，用来冲减订单表"),
            ("order_id",),
            (),
        ),
        TableKind(
            "baskets",
            msg("购物篮"),
            msg("一行是一个购物篮，格子里是一起买的商品"),
            (),
            ("order_id",),
        ),
    )
}  # fmt: skip

# What prepare derives for every table of a kind, whatever was mapped.
DERIVED: dict[str, frozenset[str]] = {
    "lines": frozenset({"amount", "order_id"}),
    "baskets": frozenset({"order_id", "product"}),
}

# Roles that take a column only when no other role of the kind wants it: what else a table means never depends on them.
LEFT_OVER: dict[str, tuple[str, ...]] = {"lines": ("paid_at", "shipped_at", "finished_at"), "events": ("order_id",)}

# What can stand in for a role that a kind must have.
SUBSTITUTES: dict[str, tuple[str, ...]] = {"amount": ("unit_price", "quantity")}
