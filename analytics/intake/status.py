"""Order status words → what they mean for money. Words of Chinese platforms, ERPs and English shop systems."""

from __future__ import annotations

import re
from typing import Literal, get_args

from analytics.intake.cells import plain

# paid: money came; unpaid: none ever did; refunded: all of it went back; partly_refunded: some of it did.
StatusClass = Literal["paid", "unpaid", "refunded", "partly_refunded"]
STATUS_CLASSES: tuple[StatusClass, ...] = get_args(StatusClass)

# Looked for in this order: the first class with a word inside the status wins, so 部分退款 stands before 退款 and
# 未付款 before 付款.
_WORDS: tuple[tuple[StatusClass, tuple[str, ...]], ...] = (
    ("paid", ("退款关闭", "退款失败", "退款取消", "退款撤销", "撤销退款", "取消退款", "拒绝退款", "退款拒绝",
              "退款中", "退款申请", "申请退款", "待退款", "退货中", "售后中", "无退款", "未退款", "没有退款", "无售后",
              "not refunded", "no refund", "refund pending", "refund requested")),
    ("partly_refunded", ("部分退", "部分已退", "partially refunded", "partial refund", "partly refunded",
                         "partially_refunded")),
    ("refunded", ("退款成功", "退款完成", "已退款", "全额退款", "全部退款", "已退货", "退货退款", "退货完成",
                  "退货成功", "退货", "退款", "退单", "已退", "refunded", "returned", "chargeback", "charged back",
                  "chargebacked")),
    ("unpaid", ("未付款", "待付款", "等待买家付款", "未支付", "待支付", "支付失败", "付款失败", "支付中", "交易关闭",
                "已关闭", "订单关闭", "关闭", "已取消", "取消", "作废", "无效", "草稿", "超时", "未成交", "交易失败",
                "失败", "cancelled", "canceled", "unpaid", "pending payment", "awaiting payment", "pending", "on hold",
                "on-hold", "failed", "void", "voided", "expired", "declined", "abandoned", "draft", "requires payment",
                "requires_payment_method", "incomplete", "checkout-draft", "payment review")),
    ("paid", ("交易成功", "交易完成", "已完成", "完成", "成功", "已付款", "已支付", "已收款", "付款", "支付", "待发货",
              "已发货", "部分发货", "发货", "待收货", "已签收", "签收", "已收货", "待评价", "已评价", "已出库", "出库",
              "已审核", "已确认", "正常", "有效", "配送", "运输", "送达", "核销", "待使用", "已使用", "待自提", "自提",
              "paid", "complete", "success", "succeeded", "processing", "shipped", "shipping", "fulfilled",
              "unfulfilled", "delivered", "captured", "authorized", "settled", "closed", "open", "active", "approved",
              "confirmed", "dispatched", "in transit", "ready")),
)  # fmt: skip


def status_class(status: str | None) -> StatusClass | None:
    """What a status means; None for an empty or unknown one (prepare counts those as paid and says so)."""
    if status is None:
        return None
    folded = re.sub(r"\s+", " ", plain(status).lower())
    if not folded:
        return None
    for kind, words in _WORDS:
        if any(_has(folded, word) for word in words):
            return kind
    return None


def _has(status: str, word: str) -> bool:
    """Chinese words anywhere; English ones whole, so that "paid" is not found in "unpaid"."""
    if word.isascii():
        return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", status) is not None
    return word in status
