"""The charts and tables of the basket page, each made only when its tab is open."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.charts import basket as charts
from analytics.i18n import Text, msg
from analytics.models.basket import Result
from analytics.models.basket_bundles import bundles
from analytics.models.basket_findings import VERDICTS, rule_sentence
from analytics.models.basket_lists import plain_side
from ui import result, session, target_list
from ui.i18n import keyed, lang, literal, t

_KEY = "basket"
_SORTS: dict[str, Text] = {
    "extra_orders": msg("多卖的单数"),
    "extra_amount": msg("多卖的金额"),
    "lift": msg("平时的倍数"),
    "confidence": msg("也买的比例"),
    "both_orders": msg("一起买的单数"),
}
_MOST_BUNDLES = 20
_MOST_IN_WORDS = 25


def overview(answer: Result) -> None:
    """The rules with the most extra orders: a click picks the rule for the list."""
    figure = charts.top_rules(answer, lang=lang(), dark=result.is_dark(), most=7)
    clicked = result.clickable_chart(figure, "basket-top", alt=t("多卖单数最多的搭配"))
    held = set(answer.segments["segment"])
    target_list.pick(_KEY, [key for key in clicked if key in held])
    if answer.segments.empty:
        return
    if answer.facts.people:
        st.caption(t("比各买各的多出来的单数。点一条，下面的名单就是买了左边、还没买右边的客户。"))
    else:
        st.caption(t("比各买各的多出来的单数。点一条，下面的名单就是有左边、没有右边的购物篮。"))


def details(answer: Result) -> None:
    """The tabs below the first screen."""
    show = {
        t("规则"): partial(rule_table, answer),
        t("搭配网络"): partial(network, answer),
        t("矩阵"): partial(matrix, answer),
        t("单个商品"): partial(partners, answer),
        t("组合点子"): partial(bundle_ideas, answer),
        t("口径"): partial(result.method_card, answer.method),
    }
    result.tabs("basket-tabs", show)


def rule_table(answer: Result) -> None:
    """The rules in words, with their numbers."""
    one, two, three = st.columns([2, 2, 3], vertical_alignment="bottom")
    wanted = one.text_input(t("只看含这个商品的"), key="basket-filter", placeholder=t("商品名称的一部分"))
    sorts = [name for name in _SORTS if answer.facts.people or name != "extra_amount"]
    sort = two.selectbox(t("排序"), sorts, format_func=lambda name: t(_SORTS[name]), key=keyed("basket-sort"))
    with three.container(horizontal=True):
        repeated = st.toggle(
            t("也看重复的"), key="basket-redundant", help=t("左边更短的规则说得一样准，所以默认不显示。")
        )
        unsure = st.toggle(t("也看可能碰巧的"), key="basket-weak", help=t("显著性检验没有通过。"))
        everything = st.toggle(t("全部指标"), key="basket-measures")
    rules = _chosen(answer.rules, wanted or "", repeated=repeated, unsure=unsure)
    by = list(dict.fromkeys([sort or "extra_orders", "confidence"]))  # the surer direction of a pair first
    rules = rules.sort_values([*by, "rule"], ascending=[*[False] * len(by), True])
    if rules.empty:
        st.info(t("没有符合的规则。换个商品名，或者把门槛调低。"), icon=":material/filter_alt_off:")
        return
    if everything:
        shown = _known(answer, _measures(rules))
        st.dataframe(
            shown, hide_index=True, placeholder="", height=390, key="basket-rules", column_config=_formats(shown)
        )
    else:
        with st.container(key="numbers-and-words"):
            st.table(
                _known(answer, _in_words(rules.head(_MOST_IN_WORDS), people=answer.facts.people)),
                hide_index=True,
                border="horizontal",
            )
        if len(rules) > _MOST_IN_WORDS:
            st.caption(t("还有 {n:int} 条，打开“全部指标”看", n=len(rules) - _MOST_IN_WORDS))
    st.caption(_base(answer))


def _known(answer: Result, shown: pd.DataFrame) -> pd.DataFrame:
    """The table without the columns that baskets of nobody and no time leave empty."""
    return shown if answer.facts.people else shown.drop(columns=[t("多卖（¥）"), t("后来")])


def _base(answer: Result) -> str:
    """What the shares are of."""
    if not answer.facts.people:
        return t("比例的分母是有左边的购物篮。表里没有金额和时间，所以没有多卖的钱，也没有后期检验。")
    if answer.facts.boundary:
        return t(
            "比例的分母是参与寻找的 {n:int} 单里买了左边的那些；“后来”是没参与寻找的单里的倍数。",
            n=answer.facts.searched,
        )
    return t("比例的分母是买了左边的单。没有留后期检验，“后来”是空的。")


def _chosen(rules: pd.DataFrame, wanted: str, *, repeated: bool, unsure: bool) -> pd.DataFrame:
    statuses = {"shown"} | ({"redundant"} if repeated else set()) | ({"not_significant"} if unsure else set())
    rules = rules[rules["status"].isin(statuses)]
    word = wanted.strip().lower()
    if not word:
        return rules
    named = [any(word in name.lower() for name in (*a, *b)) for a, b in zip(rules["left"], rules["right"], strict=True)]
    return rules[np.array(named, dtype=bool)]


def _in_words(rules: pd.DataFrame, *, people: bool) -> pd.DataFrame:
    """A table whose sentences wrap."""
    return pd.DataFrame(
        {
            t("规则"): [literal(t(rule_sentence(row, people=people))) for row in rules.to_dict("records")],
            t("一起买（单）"): [result.worded(value, "int") for value in rules["both_orders"]],
            t("多卖（¥）"): [result.worded(value, "money") for value in rules["extra_amount"]],
            t("后来"): _later(rules),
        }
    )


def _later(rules: pd.DataFrame) -> list[str]:
    """What became of each rule in the orders kept back, with the lift there."""
    told = []
    for verdict, lift in zip(rules["later"], rules["later_lift"], strict=True):
        if verdict not in VERDICTS:
            told.append("—")
        elif pd.isna(lift):  # the left side was not bought later
            told.append(t(VERDICTS[verdict]))
        else:
            told.append(t("{verdict}（{lift:num} 倍）", verdict=VERDICTS[verdict], lift=lift))
    return told


def _measures(rules: pd.DataFrame) -> pd.DataFrame:
    """Every number, one column each, to sort and to download."""
    columns: dict[str, Any] = {
        t("左边"): [plain_side(side) for side in rules["left"]],
        t("右边"): [plain_side(side) for side in rules["right"]],
        t("一起买（单）"): rules["both_orders"],
        t("也买的比例"): rules["confidence"],
        t("平时的倍数"): rules["lift"],
        t("多卖（单）"): rules["extra_orders"].round(),
        t("多卖（¥）"): rules["extra_amount"],
        t("后来"): _later(rules),
        t("买左边（单）"): rules["left_orders"],
        t("买右边（单）"): rules["right_orders"],
        t("支持度"): rules["support"],
        t("杠杆率"): rules["leverage"],
        t("确信度"): ["∞" if np.isinf(value) else f"{value:,.2f}" for value in rules["conviction"]],
        "Zhang": rules["zhang"],
        t("校正后 p 值"): [f"{value:.2g}" for value in rules["p_adjusted"]],
    }
    return pd.DataFrame({name: list(values) for name, values in columns.items()})


def _formats(shown: pd.DataFrame) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    formats: dict[str, Any] = {t(name): number(format="localized") for name in (msg("一起买（单）"), msg("多卖（单）"))}
    formats |= {t(name): number(format="localized") for name in (msg("买左边（单）"), msg("买右边（单）"))}
    formats |= {t("也买的比例"): number(format="percent"), t("平时的倍数"): number(format="%.1f")}
    formats |= {t("支持度"): number(format="%.4f"), t("杠杆率"): number(format="%.4f"), "Zhang": number(format="%.2f")}
    formats[t("多卖（¥）")] = number(format="accounting")
    return {name: one for name, one in formats.items() if name in shown.columns}


def network(answer: Result) -> None:
    """Items and what joins them: a click on an item opens it in the tab of one item."""
    st.caption(
        t("线越粗，比各买各的多出来的单越多；越深，绑得越紧。点越大，买的单越多。点一个商品，在下面看它和谁一起买。")
    )
    figure = charts.network(answer, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "basket-network", alt=t("商品之间的搭配网络"))
    item = _pick_item(answer, clicked[0] if clicked else None, "network")
    if item is not None:
        _draw_partners(answer, item, "network")


def matrix(answer: Result) -> None:
    """Lift of pairs."""
    st.caption(
        t(
            "格子里是平时的倍数：蓝的常一起买，橙的很少一起买，1.0 是没有关系。空格是一起不到 {n:int} 单。",
            n=answer.facts.min_orders,
        )
    )
    result.chart(
        charts.matrix(answer, lang=lang(), dark=result.is_dark()), "basket-matrix", alt=t("商品两两一起买的倍数")
    )


def partners(answer: Result) -> None:
    """One item: what is bought with it, and the rules that speak of it."""
    item = _pick_item(answer, None, "item")
    if item is None:
        st.info(t("没有哪样商品的搭配过了门槛。"), icon=":material/info:")
        return
    _draw_partners(answer, item, "item")


def _pick_item(answer: Result, clicked: str | None, place: str) -> str | None:
    """The menu that does what a click does. A new click moves it."""
    orders = answer.items.set_index("item")["orders"]
    names = sorted(set(answer.pairs["left"]), key=lambda name: (-int(orders.get(name, 0)), name))
    if not names:
        return None
    slot = f"basket.item.{place}"
    if clicked in names and clicked != session.get(f"{slot}.clicked", None):
        session.put(slot, clicked)
        session.put(f"{slot}.clicked", clicked)
    start = session.get(slot, None)
    chosen = st.selectbox(
        t("看哪个商品"),
        names,
        index=names.index(start) if start in names else 0,
        format_func=lambda name: t("{item}（{n:int} 单）", item=name, n=int(orders[name])),
        key=keyed(f"basket-item-{place}-{start}"),
    )
    return str(chosen) if chosen else None


def _draw_partners(answer: Result, item: str, place: str) -> None:
    figure = charts.partners(answer, item, lang=lang(), dark=result.is_dark())
    result.chart(figure, f"basket-partners-{place}", alt=t("和这个商品一起买的商品"))
    st.caption(t("条是买了它的单里也买的比例，竖线是平时的比例。橙色表示反而更少一起买。"))


def bundle_ideas(answer: Result) -> None:
    """Sets of items worth selling together, under an assumption that the reader sets."""
    share = st.slider(t("假设：只买了左边的单里，有多少会加上右边（%）"), 1, 50, 10, key="basket-added", width=420)
    table = bundles(answer.rules, answer.items, share / 100).head(_MOST_BUNDLES)
    if table.empty:
        st.info(t("还没有站得住的搭配，想不出组合。"), icon=":material/info:")
        return
    columns: dict[str, Any] = {
        t("组合"): [
            f"**{literal(plain_side(left))}** + **{literal(plain_side(right))}**"
            for left, right in zip(table["left"], table["right"], strict=True)
        ],
        t("已经一起买"): [t("{n:int} 单", n=n) for n in table["both_orders"]],
        t("只买左边"): [t("{n:int} 单", n=n) for n in table["open_orders"]],
    }
    columns |= _bundle_money(table) if answer.facts.people else _bundle_orders(table)
    with st.container(key="numbers-and-words"):
        st.table(pd.DataFrame(columns), hide_index=True, border="horizontal")
    if not answer.facts.people:
        st.caption(t("还能多卖 = 只买左边的单数 × 上面的假设。表里没有金额，算不出钱。"))
        return
    st.caption(
        t(
            "单价是每单的平均净额，没有打折。还能多卖 = 只买左边的单数 × 上面的假设 × 右边的单价；"
            "后来不成立的规则不在里面。"
        )
    )


def _bundle_orders(table: pd.DataFrame) -> dict[str, list[str]]:
    return {t("还能多卖"): [t("{n:int} 单", n=n) for n in table["added_orders"]]}


def _bundle_money(table: pd.DataFrame) -> dict[str, list[str]]:
    columns = {
        t("合计单价"): [result.worded(value, "money") for value in table["price"]],
        t("现在多卖"): [result.worded(value, "money") for value in table["extra_amount"]],
        t("还能多卖"): [
            t("{n:int} 单、{money:money}", n=n, money=money)
            for n, money in zip(table["added_orders"], table["added_amount"], strict=True)
        ],
    }
    if table["added_margin"].notna().any():
        columns[t("其中毛利")] = [result.worded(value, "money") for value in table["added_margin"]]
    return columns
