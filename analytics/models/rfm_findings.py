"""What an RFM result says in words: the findings, most useful first, and the method card."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.rfm_segments import NO_NET_SPEND, SEGMENTS

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.rfm import Params, Result
    from analytics.models.rfm_scoring import Cuts

QUIET_DAYS = 30
FEW_CUSTOMERS = 500
FEWEST_FOR_A_FIFTH = 20

METHODS: dict[str, Text] = {
    "quantile": msg("分位数：每档人数大致相等"),
    "fixed": msg("固定分界点：按业务规则"),
    "mean": msg("均值：和平均客户比，分八类"),
}
POLICIES: dict[str, Text] = {
    "net": msg("扣除退款：金额减去退款，全退的订单不算次数"),
    "drop": msg("剔除退款单：有退款的订单整单不算"),
    "keep": msg("不管退款：按成交金额算"),
}
ORDER_RULES: dict[str, Text] = {
    "order_id": msg("按订单号"),
    "customer_time": msg("没有订单号：同一客户同一时间算一单"),
    "customer_day": msg("没有订单号：同一客户同一天算一单"),
}


def find(data: Dataset, result: Result, by_score: pd.DataFrame, top_fifth: float | None) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them.

    by_score  the scored customers by r, f and m: customers, and those of them who bought once
    """
    table = result.segments.set_index("segment")
    scored = table.drop(index=NO_NET_SPEND, errors="ignore")
    found = [_overview(result, scored)]
    if scored.empty:
        return (*found, *_no_net_spend(table))
    found += [
        *_best(scored),
        *_slipping(scored),
        *_concentration(scored, top_fifth),
        *_one_time(by_score),
        *_no_net_spend(table),
        *_empty_scores(result, by_score),
        *_weak_data(data, result),
    ]
    return tuple(found)


def _overview(result: Result, scored: pd.DataFrame) -> Finding:
    customers = int(scored["customers"].sum())
    if customers == 0:
        return Finding("overview", msg("{all:int} 位客户都没有净消费，无法分层。", all=result.customers_total), "warn")
    text = msg(
        "截至 {as_of:date}，{customers:int} 位客户有净消费，共 {revenue:money}，人均 {each:money}。",
        as_of=result.as_of - dt.timedelta(days=1),
        customers=customers,
        revenue=float(scored["revenue"].sum()),
        each=float(scored["revenue"].sum()) / customers,
    )
    return Finding("overview", text)


def _best(scored: pd.DataFrame) -> list[Finding]:
    value = scored[[SEGMENTS[key].group == "value" for key in scored.index]]
    if value.empty:
        return []
    customers, revenue = int(value["customers"].sum()), float(value["revenue"].sum())
    text = msg(
        "核心客户（{names}）{customers:int} 位，占 {share:pct}，带来 {revenue:money}，占净消费的 {revenue_share:pct}。",
        names=_names(list(value.index)),
        customers=customers,
        share=customers / int(scored["customers"].sum()),
        revenue=revenue,
        revenue_share=revenue / float(scored["revenue"].sum()),
    )
    return [Finding("value", text, "good", str(value["revenue"].idxmax()))]


def _slipping(scored: pd.DataFrame) -> list[Finding]:
    slipping = scored[[SEGMENTS[key].group == "win_back" for key in scored.index]]
    if slipping.empty:
        return []
    # The one group to call first: the most money per customer among those who are leaving.
    first = str(slipping["monetary"].idxmax())
    text = msg(
        "{customers:int} 位客户正在走远，他们一共花过 {revenue:money}（净消费的 {share:pct}）。"
        "先联系“{first}”：{count:int} 位，人均 {each:money}，平均 {days:int} 天没来。",
        customers=int(slipping["customers"].sum()),
        revenue=float(slipping["revenue"].sum()),
        share=float(slipping["revenue"].sum()) / float(scored["revenue"].sum()),
        first=SEGMENTS[first].name,
        count=int(slipping["customers"][first]),
        each=float(slipping["monetary"][first]),
        days=float(slipping["recency_days"][first]),
    )
    return [Finding("win_back", text, "warn", first)]


def _concentration(scored: pd.DataFrame, top_fifth: float | None) -> list[Finding]:
    if top_fifth is None or scored["customers"].sum() < FEWEST_FOR_A_FIFTH:
        return []
    return [Finding("concentration", msg("花钱最多的 20% 客户贡献了 {share:pct} 的净消费。", share=top_fifth))]


def _one_time(by_score: pd.DataFrame) -> list[Finding]:
    once, everyone = int(by_score["once"].sum()), int(by_score["customers"].sum())
    if once == 0:
        return []
    text = msg("{once:int} 位客户只买过一次，占有净消费客户的 {share:pct}。", once=once, share=once / everyone)
    return [Finding("one_time", text, "warn" if once / everyone > 0.5 else "info")]


def _no_net_spend(table: pd.DataFrame) -> list[Finding]:
    if NO_NET_SPEND not in table.index:
        return []
    text = msg(
        "{customers:int} 位客户只有退款、赠品，或退的比买的多，单独成一组，不参与打分。",
        customers=int(table["customers"][NO_NET_SPEND]),
    )
    return [Finding("no_net_spend", text, "info", NO_NET_SPEND)]


def _empty_scores(result: Result, by_score: pd.DataFrame) -> list[Finding]:
    if result.params.method != "quantile":
        return []
    merged = []
    for measure, name, cuts in (("R", "r", result.cuts.r), ("F", "f", result.cuts.f), ("M", "m", result.cuts.m)):
        # The class beyond the last cut point is empty where nobody lies above it.
        beyond = bool((by_score[name] == (1 if name == "r" else result.params.bins)).any())
        if len(set(cuts)) < len(cuts) or not beyond:
            merged.append(msg("{measure} 只分出 {have:int} 档", measure=measure, have=len(set(cuts)) + beyond))
    if not merged:
        return []
    text = msg(
        "很多客户的数值相同，同值同分，所以{merged}（设的是 {bins:int} 档）。",
        merged=join(merged),
        bins=result.params.bins,
    )
    return [Finding("empty_scores", text)]


def _weak_data(data: Dataset, result: Result) -> list[Finding]:
    found = []
    last = data.facts.last_at
    if last is not None and (result.as_of - last.date()).days > QUIET_DAYS:
        text = msg("统计日期前 {days:int} 天没有任何订单，R 会整体偏低。", days=(result.as_of - last.date()).days)
        found.append(Finding("quiet", text, "warn"))
    if result.customers_total < FEW_CUSTOMERS:
        text = msg("客户只有 {have:int} 位，各组人数少，比例看看就好。", have=result.customers_total)
        found.append(Finding("few_customers", text, "warn"))
    return found


def tell_method(
    data: Dataset, params: Params, cuts: Cuts, as_of: dt.date, grouped: pd.DataFrame
) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same list."""
    without = int(grouped.loc[grouped["segment"] == NO_NET_SPEND, "customers"].sum())
    weights = msg("R {r:num}，F {f:num}，M {m:num}", r=params.r_weight, f=params.f_weight, m=params.m_weight)
    return (
        *tell_data(data),
        MethodLine(msg("统计日期"), msg("{as_of:date}（不含当天）", as_of=as_of)),
        MethodLine(msg("订单"), ORDER_RULES[data.manifest.order_rule]),
        MethodLine(msg("R 最近一次"), msg("最后一次付款订单到统计日期的天数，越小越好")),
        MethodLine(msg("F 次数"), msg("付款订单数，不是商品行数")),
        MethodLine(msg("M 金额"), msg("付款金额合计，退款按下面的规则")),
        MethodLine(msg("退款"), POLICIES[params.refund_policy]),
        MethodLine(msg("打分方法"), METHODS[params.method]),
        MethodLine(msg("分界点"), _tell_cuts(params, cuts)),
        MethodLine(msg("同值同分"), msg("数值相同的客户分数一定相同；人太集中时会有空档")),
        MethodLine(msg("权重"), weights),
        MethodLine(msg("分组"), _tell_map(params)),
        MethodLine(
            msg("无净消费"),
            msg("{n:int} 位客户没有付款订单或净消费不大于 0，单独成组，不打分，也不在占比的分母里", n=without),
        ),
        MethodLine(msg("数据指纹"), verbatim(data.digest[:16])),
    )


def _tell_cuts(params: Params, cuts: Cuts) -> Text:
    if params.method == "mean":
        return msg(
            "均值 R {r:num} 天，F {f:num} 单，M {m:money2}；严格好于均值才算高",
            r=cuts.r[0], f=cuts.f[0], m=cuts.m[0],
        )  # fmt: skip
    return msg(
        "R（天）{r}；F（单）{f}；M（元）{m}；刚好等于分界点的算在较低的数值一侧",
        r=_numbers(cuts.r), f=_numbers(cuts.f), m=_numbers(cuts.m),
    )  # fmt: skip


def _tell_map(params: Params) -> Text:
    if params.method == "mean":
        return msg("R、F、M 各分高低，组合成八类")
    return msg("R 分 × F 与 M 的加权平均分（四舍五入，折算到 5 分制），共 11 组")


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:,.2f}".rstrip("0").rstrip(".") for value in values) or "—"


def _names(keys: list[str]) -> Text:
    return join([SEGMENTS[key].name for key in keys])
