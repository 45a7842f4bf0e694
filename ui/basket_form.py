"""The settings of the basket page: what a basket and an item are, what is left out, and how strict to be."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.fields import ROLES
from analytics.i18n import Text, msg
from analytics.intake.parcel_words import PARCEL_WORDS
from analytics.models.basket_findings import CORRECTIONS, FREE
from analytics.models.basket_params import MOST_RULE_ITEMS, Basket, Correction, FreeLines, Params
from ui import params_box
from ui.i18n import t
from ui.look import choose_placeholder
from ui.notice import show_error

_SHORT: dict[str, Text] = {"order": msg("一张订单算一单"), "customer_day": msg("同一客户同一天算一单")}
_ONE_A_ROW = msg("一个购物篮算一单")


def ask(data: Dataset) -> Params:
    """The parameters in force. Submitting the form puts new ones in force; wrong input leaves the old ones."""
    params = params_box.in_force("basket", data, Params())
    with (
        st.expander(_summary(params, data), icon=":material/tune:", key="basket-settings"),
        st.form("basket-form", border=False),
    ):
        values = _ask_basket(params, data) if _has_people(data) else {}
        values |= _ask_strictness(params) | _ask_exclusions(params, data) | _ask_checks(params, data)
        if st.form_submit_button(t("应用"), type="primary"):
            try:
                chosen = Params(**values)
            except AnalyticsError as error:
                show_error(error)
            else:
                params_box.put_in_force("basket", data, chosen)
                st.rerun()
    return params


def _summary(params: Params, data: Dataset) -> str:
    orders = t("按数据定") if params.min_orders is None else t("{n:int} 单", n=params.min_orders)
    return t(
        "设置：{basket} · 按{item} · 最少几单：{orders} · 也买的比例 ≥ {share:pct}",
        basket=_SHORT[params.basket] if _has_people(data) else _ONE_A_ROW, item=ROLES[_item(params, data)].title,
        orders=orders, share=params.min_confidence,
    )  # fmt: skip


def _has_people(data: Dataset) -> bool:
    """Whether customers, times and amounts are known, and with them what the settings about those mean."""
    return data.kind != "baskets"


def _item(params: Params, data: Dataset) -> str:
    choices = _items(data)
    return params.item if params.item in choices else choices[0]


def _items(data: Dataset) -> list[str]:
    """What the table can be looked at by; a table with neither was not let in."""
    return [role for role in ("product", "category") if role in data.roles] or ["product"]


def _ask_basket(params: Params, data: Dataset) -> dict[str, Any]:
    left, right = st.columns(2)
    item = left.segmented_control(
        t("按什么看"),
        _items(data),
        default=_item(params, data),
        required=True,
        format_func=lambda role: t(ROLES[role].title),
        help=t("商品太多、每样单数太少时，按品类看更稳。"),
    )
    basket = right.segmented_control(
        t("什么算一单"),
        get_args(Basket),
        default=params.basket,
        required=True,
        format_func=lambda name: t(_SHORT[name]),
        help=t("常分几单买的店，按同一客户同一天看更全。"),
    )
    automatic = item == _items(data)[0]  # what "auto" means; the command line then needs no setting
    return {"item": "auto" if automatic else item or "auto", "basket": basket or params.basket}


def _ask_strictness(params: Params) -> dict[str, Any]:
    one, two, three, four = st.columns(4)
    orders = one.number_input(
        t("最少几单"),
        min_value=1,
        value=params.min_orders,
        placeholder=t("按数据定"),
        help=t("左右两边一起买过这么多单才算。空着就按数据定：总单数的千分之一，10 到 30 之间。"),
    )
    share = two.number_input(
        t("也买的比例不低于（%）"),
        min_value=0.0,
        max_value=100.0,
        value=round(params.min_confidence * 100, 4),
        step=5.0,
        help=t("买了左边的单里，有多少也买了右边（置信度）。"),
    )
    lift = three.number_input(
        t("至少是平时的几倍"),
        min_value=0.0,
        value=params.min_lift,
        step=0.1,
        help=t("和所有单里买右边的比例相比（提升度）。1 倍就是没有关系。"),
    )
    most = four.number_input(
        t("一条规则最多几种商品"),
        min_value=2,
        max_value=MOST_RULE_ITEMS,
        value=params.max_rule_items,
        help=t("左右两边加起来。超过 4 种的规则很少用得上，还慢。"),
    )
    return {
        "min_orders": None if orders is None else int(orders),
        "min_confidence": round(float(share) / 100, 9),
        "min_lift": float(lift),
        "max_rule_items": int(most),
    }


def _ask_exclusions(params: Params, data: Dataset) -> dict[str, Any]:
    start = list(PARCEL_WORDS) if params.exclude_words is None else [w for w in params.exclude_words if w != "-"]
    words = st.multiselect(
        t("名称里有这些词的不算商品（赠品、运费、包装）"),
        list(dict.fromkeys([*PARCEL_WORDS, *start])),
        default=start,
        accept_new_options=True,
        placeholder=t("输入一个词，按回车"),
        help=t("不分大小写。以 = 开头的词要和整个名称相同。"),
    )
    left, right = st.columns(2)
    keep = left.text_area(
        t("其实是商品，留下（每行一个名称）"), "\n".join(params.keep_items), height=80,
        help=t("被上面的词误伤的商品，写全名。"),
    )  # fmt: skip
    drop = right.text_area(
        t("也不算商品（每行一个名称）"), "\n".join(params.drop_items), height=80,
        help=t("词挡不住的，写全名，比如“会员卡”。"),
    )  # fmt: skip
    free = params.free_lines
    if _has_people(data):
        free = st.selectbox(
            t("没花钱的商品"),
            get_args(FreeLines),
            index=get_args(FreeLines).index(params.free_lines),
            format_func=lambda name: t(FREE[name]),
        )
    given = tuple(word.strip() for word in words if word.strip())
    return {
        "exclude_words": None if given == PARCEL_WORDS else given or ("-",),
        "keep_items": _lines(keep),
        "drop_items": _lines(drop),
        "free_lines": free,
    }


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def _ask_checks(params: Params, data: Dataset) -> dict[str, Any]:
    one, two, three, four = st.columns(4)
    smallest = one.number_input(
        t("一单最少几种商品"),
        min_value=1,
        max_value=100,
        value=params.min_items,
        help=t("更少的单不算，也不在比例的分母里。"),
    )
    largest = two.number_input(
        t("一单最多几种商品"), min_value=2, value=params.max_items, placeholder=t("不限"),
        help=t("批发单一次买上百种，会让什么都像一起买。"),
    )  # fmt: skip
    listed = three.number_input(t("最多显示几条"), min_value=1, max_value=1000, value=params.most_rules)
    left, middle, right = st.columns([2, 1, 1])
    correction = left.selectbox(
        t("怎么排除碰巧"),
        get_args(Correction),
        index=get_args(Correction).index(params.correction),
        format_func=lambda name: t(CORRECTIONS[name]),
        placeholder=choose_placeholder(),
    )
    alpha = middle.number_input(
        t("碰巧的比例不超过（%）"), min_value=0.0, max_value=100.0, value=round(params.alpha * 100, 6), step=1.0
    )
    dated = _ask_time(params, data, four, right) if _has_people(data) else {}
    sides = st.toggle(t("右边也可以有几种商品"), value=params.consequents == "all")
    return dated | {
        "min_items": int(smallest),
        "max_items": None if largest is None else int(largest),
        "most_rules": int(listed),
        "correction": correction,
        "alpha": round(float(alpha) / 100, 9),
        "consequents": "all" if sides else "one",
    }


def _ask_time(params: Params, data: Dataset, share_place: Any, day_place: Any) -> dict[str, Any]:
    """What only baskets with a time can be asked for."""
    later = share_place.number_input(
        t("留多少后来的单检验（%）"), min_value=0.0, max_value=50.0, step=5.0,
        value=round(params.holdout_share * 100, 4),
        help=t("最后这部分订单不参与找规则，只用来看规则后来还成不成立。0 就是全部用来找。"),
    )  # fmt: skip
    as_of = params_box.ask_as_of(day_place, data, params.as_of)
    return {"holdout_share": round(float(later) / 100, 9), "as_of": as_of}
