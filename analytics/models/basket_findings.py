"""What a basket analysis says in words: a rule as a sentence, the findings, the method card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analytics.fields import ROLES
from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.basket_lists import side_text
from analytics.models.basket_mine import MOST_ITEMSETS

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.basket import Result
    from analytics.models.basket_facts import Facts
    from analytics.models.basket_params import Params

FEW_SEVERAL = 0.3  # a smaller share of baskets with several items leaves little to learn from
_NAMED = 4

BASKETS: dict[str, Text] = {"order": msg("一张订单算一单"), "customer_day": msg("同一客户同一天买的算一单")}
CORRECTIONS: dict[str, Text] = {
    "bh": msg("Benjamini–Hochberg：显示的规则里碰巧的不超过这个比例"),
    "holm": msg("Holm：更严，所有规则里有一条碰巧的可能不超过这个比例"),
    "none": msg("不校正：规则多时会混进碰巧的"),
}
FREE: dict[str, Text] = {"out": msg("没花钱的商品不算（多半是赠品）"), "in": msg("没花钱的商品也算")}
VERDICTS: dict[str, Text] = {
    "held": msg("后来也成立"),
    "gone": msg("后来不成立"),
    "unsure": msg("后来单数太少，说不准"),
}


def rule_sentence(rule: Mapping[Any, Any], *, people: bool) -> Text:
    """A row of Result.rules in words; people: whether the baskets are orders of customers (Facts.people)."""
    values: dict[str, Any] = {
        "left": side_text(rule["left"]), "right": side_text(rule["right"]), "confidence": rule["confidence"],
        "lift": rule["lift"], "extra": rule["extra_orders"],
    }  # fmt: skip
    if people:
        return msg(
            "买了“{left}”的订单里 {confidence:pct} 也买了“{right}”，是平时的 {lift:num} 倍，多卖约 {extra:int} 单",
            **values,
        )
    return msg(
        "有“{left}”的购物篮里 {confidence:pct} 也有“{right}”，是平时的 {lift:num} 倍，多卖约 {extra:int} 单", **values
    )


def find(result: Result) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them."""
    return (
        *_overview(result.facts),
        *_best(result),
        *_later(result),
        *_several(result.facts),
        *_threshold(result.facts),
        *_excluded(result.facts),
    )


def _overview(facts: Facts) -> list[Finding]:
    if not facts.shown:
        text = msg(
            "在 {n:int} 单里没有找到站得住的搭配：一起买的次数和碰巧差不多，或者不到 {orders:int} 单",
            n=facts.searched, orders=facts.min_orders,
        )  # fmt: skip
        if facts.item_role == "product":
            text = (
                msg("{text}。把“最少几单”调低，或者按品类再看", text=text)
                if facts.people
                else msg("{text}。把“最少几单”调低再看", text=text)
            )
        return [Finding("no_rules", text, "warn")]
    text = msg(
        "在 {n:int} 单、{items:int} 种商品里找到 {shown:int} 条搭配：一起买不是碰巧，也没有更简单的说法能代替",
        n=facts.searched, items=facts.items, shown=facts.shown,
    )  # fmt: skip
    if facts.shown > facts.listed:
        text = msg("{text}；下面列出多卖最多的 {n:int} 条", text=text, n=facts.listed)
    return [Finding("overview", text)]


def _best(result: Result) -> list[Finding]:
    shown = result.rules[result.rules["status"] == "shown"]
    if shown.empty:
        return []
    listed = result.segments.set_index("segment")["customers"]
    top = shown.iloc[0].to_dict()
    key = top["rule"]
    sentence = rule_sentence(top, people=result.facts.people)
    if top["extra_amount"] > 0:
        sentence = msg("{rule}、{money:money}", rule=sentence, money=top["extra_amount"])
    found = [Finding("most_extra", sentence, "good", key if key in listed.index else None)]
    strong = shown.sort_values(["lift", "rule"], ascending=[False, True]).iloc[0].to_dict()
    if {*strong["left"], *strong["right"]} != {*top["left"], *top["right"]}:
        segment = strong["rule"] if strong["rule"] in listed.index else None
        told = rule_sentence(strong, people=result.facts.people)
        found.append(Finding("strongest", msg("绑得最紧：{rule}", rule=told), "info", segment))
    if key in listed.index:
        sides = {"left": side_text(top["left"]), "right": side_text(top["right"]), "n": int(listed[key])}
        text = (
            msg("买过“{left}”、还没买过“{right}”的客户有 {n:int} 位，名单在下面", **sides)
            if result.facts.people
            else msg("有“{left}”、没有“{right}”的购物篮有 {n:int} 个，名单在下面", **sides)
        )
        found.append(Finding("candidates", text, "info", key))
    return found


def _later(result: Result) -> list[Finding]:
    facts = result.facts
    shown = result.rules[result.rules["status"] == "shown"]
    if facts.boundary is None or shown.empty:
        return []
    count = {verdict: int((shown["later"] == verdict).sum()) for verdict in VERDICTS}
    text = msg(
        "用没参与寻找的 {later:int} 单（{boundary:date} 起）检验列出的 {n:int} 条：{held:int} 条后来也成立，"
        "{gone:int} 条不成立，{unsure:int} 条单数太少说不准",
        later=facts.later, boundary=facts.boundary, n=len(shown), held=count["held"], gone=count["gone"],
        unsure=count["unsure"],
    )  # fmt: skip
    solid = count["held"] >= 2 * count["gone"] and count["held"] > 0
    return [Finding("later", text, "good" if solid else "warn")]


def _several(facts: Facts) -> list[Finding]:
    if facts.several_share >= FEW_SEVERAL:
        return []
    text = (
        msg(
            "只有 {share:pct} 的订单有两种以上商品，能看出的搭配有限；可以试试“同一客户同一天”或按品类看",
            share=facts.several_share,
        )
        if facts.people
        else msg("只有 {share:pct} 的购物篮有两种以上商品，能看出的搭配有限", share=facts.several_share)
    )
    return [Finding("few_several", text, "warn")]


def _threshold(facts: Facts) -> list[Finding]:
    found = []
    if facts.raised:
        text = msg(
            "商品组合太多，“最少几单”自动提高到 {orders:int} 单；想看更少见的搭配，自己调低", orders=facts.min_orders
        )
        found.append(Finding("raised", text))
    if facts.pairs_only:
        found.append(Finding("pairs_only", msg("数据在集群上，只算了两种商品的搭配，也没有留后期检验")))
    return found


def _excluded(facts: Facts) -> list[Finding]:
    if not facts.excluded:
        return []
    names = join([verbatim(name) for name in facts.excluded[:_NAMED]])
    text = msg("{names}当作赠品、运费、包装排除了，可以在设置里改", names=names)
    if len(facts.excluded) > _NAMED:
        text = msg("{names}等 {n:int} 种当作赠品、运费、包装排除了，可以在设置里改", names=names, n=len(facts.excluded))
    return [Finding("excluded", text)]


def tell_method(data: Dataset, params: Params, facts: Facts, as_of: dt.date | None) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same rules."""
    return (
        *tell_data(data),
        *(_tell_baskets(data, facts) if as_of is None else _tell_orders(params, facts, as_of)),
        MethodLine(msg("排除的词"), verbatim("、".join(params.words) or "—")),
        *([MethodLine(msg("排除的商品"), verbatim("、".join(facts.excluded[:50])))] if facts.excluded else []),
        MethodLine(msg("一单的大小"), _tell_sizes(params, facts)),
        MethodLine(msg("找规则的单"), _tell_split(facts)),
        MethodLine(msg("门槛"), _tell_thresholds(params, facts)),
        *_tell_measures(),
        MethodLine(
            msg("显著性"),
            msg(
                "单侧 Fisher 精确检验，在过了门槛的 {n:int} 条里校正，水平 {alpha}；{how}",
                n=facts.rules, alpha=f"{params.alpha:g}", how=CORRECTIONS[params.correction],
            ),
        ),
        MethodLine(
            msg("重复的规则"),
            msg("左边去掉一些商品，把握一样大或更大的，算重复，默认不显示；这里有 {n:int} 条", n=facts.redundant),
        ),
        MethodLine(
            msg("多卖"),
            msg("多卖的单数 = 一起买的单数 − 各买各的时碰巧一起的单数；金额按右边商品每单的平均净额")
            if facts.people
            else msg("多卖的单数 = 一起买的单数 − 各买各的时碰巧一起的单数；表里没有金额，算不出多卖的钱"),
        ),
        MethodLine(
            msg("名单"),
            msg("在全部数据里买过左边每一种、右边没买齐的客户；每条规则一组，一位客户可以在几组里")
            if facts.people
            else msg("有左边每一种、右边没有齐的购物篮；每条规则一组，一个购物篮可以在几组里。表里没有客户"),
        ),
        MethodLine(msg("算法"), _tell_algorithm(params, facts)),
        MethodLine(msg("数据指纹"), verbatim(data.digest[:16])),
    )  # fmt: skip


def _tell_orders(params: Params, facts: Facts, as_of: dt.date) -> tuple[MethodLine, ...]:
    """What a basket is where the table holds order lines."""
    out = facts.rows_out
    left_out = msg(
        "没写商品 {unnamed:int} 处，退款或没花钱 {refunded:int} 处，"
        "赠品、运费、包装 {excluded:int} 处（一处是一单里的一种）",
        unnamed=out["unnamed"], refunded=out["refunded"], excluded=out["excluded"],
    )  # fmt: skip
    return (
        MethodLine(msg("统计日期"), msg("{as_of:date}（不含当天）", as_of=as_of)),
        MethodLine(msg("一单"), BASKETS[params.basket]),
        MethodLine(msg("商品"), msg("按{role}；同一单里买几件、几行都算一次", role=ROLES[facts.item_role].title)),
        MethodLine(
            msg("退款"),
            msg(
                "一单里整个退掉的商品不算；单独成单的退款对不上原单，只是不当作购买。{free}",
                free=FREE[params.free_lines],
            ),
        ),
        MethodLine(msg("没算进来的"), left_out),
    )


def _tell_baskets(data: Dataset, facts: Facts) -> tuple[MethodLine, ...]:
    """The same where a row of the table is a basket."""
    basket = (
        msg("表里订单号相同的行是一个购物篮，也就是一单")
        if "order_id" in data.roles
        else msg("表里的一行是一个购物篮，也就是一单；表里没有编号，用行号")
    )
    return (
        MethodLine(msg("一单"), basket),
        MethodLine(msg("商品"), msg("一个格子是一种商品；同一个购物篮里写几次都算一次")),
        MethodLine(msg("客户、时间、金额"), msg("表里没有：不分前后期检验，不算金额和退款")),
        MethodLine(
            msg("没算进来的"),
            msg("赠品、运费、包装 {excluded:int} 处（一处是一单里的一种）", excluded=facts.rows_out["excluded"]),
        ),
    )


def _tell_sizes(params: Params, facts: Facts) -> Text:
    limits = (
        msg("不限")
        if params.min_items <= 1 and params.max_items is None
        else msg("{low:int} 到 {high} 种", low=params.min_items, high=params.max_items or "∞")
    )
    return msg(
        "{limits}；因此没用 {out:int} 单。平均 {mean:num} 种，{share:pct} 的单有两种以上",
        limits=limits, out=facts.sized_out, mean=facts.mean_size, share=facts.several_share,
    )  # fmt: skip


def _tell_split(facts: Facts) -> Text:
    if facts.boundary is None:
        return msg("全部 {n:int} 单；没有留后期检验", n=facts.searched)
    return msg(
        "{boundary:date} 之前的 {n:int} 单；之后的 {later:int} 单只用来检验（单侧 Fisher）",
        boundary=facts.boundary, n=facts.searched, later=facts.later,
    )  # fmt: skip


def _tell_thresholds(params: Params, facts: Facts) -> Text:
    text = msg(
        "一起买至少 {orders:int} 单，比例至少 {share:pct}，至少是平时的 {lift} 倍，"
        "一条规则最多 {items:int} 种商品；刚好等于门槛的算通过",
        orders=facts.min_orders, share=params.min_confidence, lift=f"{params.min_lift:g}", items=params.max_rule_items,
    )  # fmt: skip
    return (
        text
        if facts.chosen
        else msg("{text}。单数是按数据定的：总单数的千分之一，10 到 30 之间（两千单以下 5）", text=text)
    )


def _tell_measures() -> tuple[MethodLine, ...]:
    lines = (
        (msg("支持度"), msg("一起买的单数 ÷ 总单数")),
        (msg("置信度（也买的比例）"), msg("一起买的单数 ÷ 买左边的单数")),
        (msg("提升度（平时的倍数）"), msg("置信度 ÷ 买右边的单数占总单数的比例")),
        (msg("杠杆率"), msg("支持度 − 左右两边各自比例的乘积")),
        (msg("确信度"), msg("(1 − 右边比例) ÷ (1 − 置信度)；置信度是 100% 时为 ∞")),
        (verbatim("Zhang"), msg("−1 到 1，正数是互相带动；分母为 0（一边每单都有）时记 0")),
    )
    return tuple(MethodLine(label, value) for label, value in lines)


def _tell_algorithm(params: Params, facts: Facts) -> Text:
    if facts.pairs_only:
        return msg("两种商品的搭配由数据库计算，共 {n:int} 个组合", n=facts.itemsets)
    sides = msg("右边一种商品") if params.consequents == "one" else msg("右边几种都行")
    return msg(
        "FP-growth（rusket），结果精确；{n:int} 个组合，{sides}。先数上限再算，超过 {most:int} 个就停",
        n=facts.itemsets, sides=sides, most=MOST_ITEMSETS,
    )  # fmt: skip
