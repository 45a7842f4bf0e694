"""What a lifecycle result says in words: whom to contact first and what is at stake, then the flow, then the limits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.lifecycle_activity import paying_events
from analytics.models.lifecycle_segments import NO_NET_SPEND
from analytics.models.lifecycle_stage import registrations
from analytics.models.rfm_findings import FEW_CUSTOMERS, ORDER_RULES, POLICIES, QUIET_DAYS

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.lifecycle import Params, Result
    from analytics.models.lifecycle_flow import Interval
    from analytics.models.lifecycle_stage import Limits

FEW_GAPS = 100
INTERVALS: dict[str, Text] = {"day": msg("天"), "week": msg("周"), "month": msg("月")}
LIMIT_NAMES: dict[str, Text] = {
    "at_risk_days": msg("有风险"), "dormant_days": msg("沉睡"), "lost_days": msg("流失"),
}  # fmt: skip


def find(data: Dataset, result: Result) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them."""
    table = result.segments.set_index("segment")
    staged = table.drop(index=NO_NET_SPEND, errors="ignore")
    if staged.empty:
        text = msg("{n:int} 位客户都没有付了款的订单，分不出阶段。", n=int(table["customers"].sum()))
        return (Finding("overview", text, "warn", NO_NET_SPEND),)
    return (
        *_overview(result, staged),
        *_contact_first(result, staged),
        *_early(result),
        *_asleep(result, staged),
        *_last_interval(result),
        *_usual_gap(result),
        *_weak_data(data, result, int(staged["customers"].sum())),
    )


def _overview(result: Result, staged: pd.DataFrame) -> list[Finding]:
    everyone = int(staged["customers"].sum())
    here = int(sum(staged["customers"].get(key, 0) for key in ("new", "active")))
    text = msg(
        "截至 {last:date}，{all:int} 位客户里 {here:int} 位（{share:pct}）还在正常来："
        "{active:int} 位活跃，{new:int} 位新客。",
        last=result.as_of - dt.timedelta(days=1), all=everyone, here=here, share=here / everyone,
        active=int(staged["customers"].get("active", 0)), new=int(staged["customers"].get("new", 0)),
    )  # fmt: skip
    return [Finding("overview", text, "info", "active" if "active" in staged.index else None)]


def _contact_first(result: Result, staged: pd.DataFrame) -> list[Finding]:
    if "at_risk" not in staged.index:
        return []
    row = {name: float(staged[name]["at_risk"]) for name in map(str, staged.columns)}
    if not result.valued:
        text = msg(
            "先联系“有流失风险”的 {n:int} 位（{share:pct}）：平均 {days:int} 天没来，平时 {usual:num} 天来一次。",
            n=int(row["customers"]), share=float(row["customer_share"]), days=float(row["recency_days"]),
            usual=float(row["usual_gap_days"]),
        )  # fmt: skip
        return [Finding("contact_first", text, "warn", "at_risk")]
    year, top, top_year = float(row["year_revenue"]), int(result.early["top"]), result.early["top_year"]
    if top < int(row["customers"]) and year > 0:
        text = msg(
            "先联系“有流失风险”的 {n:int} 位：他们近一年花了 {year:money}，不来就没了；"
            "其中花得最多的 {top:int} 位占 {top_year:money}（{share:pct}）。",
            n=int(row["customers"]), year=year, top=top, top_year=top_year, share=top_year / year,
        )  # fmt: skip
    else:
        text = msg(
            "先联系“有流失风险”的 {n:int} 位：他们近一年花了 {year:money}，不来就没了。",
            n=int(row["customers"]), year=year,
        )  # fmt: skip
    return [Finding("contact_first", text, "warn", "at_risk")]


def _early(result: Result) -> list[Finding]:
    customers = int(result.early["customers"])
    if customers == 0:
        return []
    if result.valued:
        text = msg(
            "预警：{n:int} 位客户已经超过平时的间隔还没来（还没到沉睡），近一年花了 {year:money}。",
            n=customers, year=result.early["year_value"],
        )  # fmt: skip
    else:
        text = msg("预警：{n:int} 位客户已经超过平时的间隔还没来（还没到沉睡）。", n=customers)
    return [Finding("early_warning", text, "warn")]


def _asleep(result: Result, staged: pd.DataFrame) -> list[Finding]:
    away = [key for key in ("dormant", "lost") if key in staged.index]
    if not away:
        return []
    dormant, lost = (int(staged["customers"].get(key, 0)) for key in ("dormant", "lost"))
    if result.valued:
        text = msg(
            "{dormant:int} 位沉睡，{lost:int} 位流失，他们一共花过 {revenue:money}。",
            dormant=dormant, lost=lost, revenue=float(staged["revenue"].reindex(away).sum()),
        )  # fmt: skip
    else:
        text = msg("{dormant:int} 位沉睡，{lost:int} 位流失。", dormant=dormant, lost=lost)
    return [Finding("asleep", text, "info", away[0])]


def _last_interval(result: Result) -> list[Finding]:
    """The last interval that is over, against the one before it."""
    over = result.flow[~result.flow["incomplete"]]
    if len(over) < 2:
        return []
    row = over.iloc[-1]
    gained, gone = int(row["new"] + row["resurrecting"]), int(row["dormant"])
    text = msg(
        "最近一整{interval}（{start:date} 起）来了 {active:int} 位：第一次来 {new:int}，连着来 {returning:int}，"
        "隔期回来 {resurrecting:int}；再上一期来过的有 {dormant:int} 位没再来。",
        start=row["start"], interval=INTERVALS[result.interval], active=int(row["active"]), new=int(row["new"]),
        returning=int(row["returning"]), resurrecting=int(row["resurrecting"]), dormant=gone,
    )  # fmt: skip
    return [Finding("flow", text, "good" if gained > gone else "warn" if gone > gained else "info")]


def _usual_gap(result: Result) -> list[Finding]:
    limits = result.limits
    if limits.gaps == 0:
        text = msg(
            "没有人来过第二天，算不出平时的间隔；阶段先按 {days} 天分，请在设置里改成你的。",
            days=" / ".join(f"{day:g}" for day in limits.stages),
        )
        return [Finding("no_gaps", text, "warn")]
    text = msg(
        "回头客一般隔 {usual:int} 天再来（中位数，{n:int} 个间隔）；超过 {risk} 天算有风险，"
        "{dormant} 天算沉睡，{lost} 天算流失。",
        usual=limits.usual_days, n=limits.gaps, risk=f"{limits.at_risk_days:g}",
        dormant=f"{limits.dormant_days:g}", lost=f"{limits.lost_days:g}",
    )  # fmt: skip
    found = [Finding("usual_gap", text)]
    if limits.gaps < FEW_GAPS:
        text = msg("只有 {n:int} 个间隔，分界不稳；知道行情就在设置里自己填。", n=limits.gaps)
        found.append(Finding("few_gaps", text, "warn"))
    return found


def _weak_data(data: Dataset, result: Result, customers: int) -> list[Finding]:
    found = []
    begin = result.flow["start"].iloc[0] if len(result.flow) else None
    if begin is not None and bool(result.flow["censored"].iloc[0]):
        text = msg(
            "第一期（{start:date} 起）的人都算“第一次来”，其实多半是老客户：数据从这里才开始。",
            start=begin,
        )
        found.append(Finding("censored", text))
    seen = (result.as_of - begin).days if begin is not None else 0
    if 0 < seen <= result.limits.lost_days:
        text = msg("数据只有 {seen:int} 天，不到流失的 {lost} 天，所以还看不出谁流失了。",
                   seen=seen, lost=f"{result.limits.lost_days:g}")  # fmt: skip
        found.append(Finding("short", text, "warn"))
    if data.kind == "events" and len(paying_events(data, result.params)) > 1:
        text = msg("好几种行为都带金额，加起来会重复，所以不算钱；在设置里只选付款那一种就能算。")
        found.append(Finding("ambiguous_amount", text, "warn"))
    last = data.facts.last_at
    if last is not None and (result.as_of - last.date()).days > QUIET_DAYS:
        text = msg("统计日期前 {days:int} 天没有任何记录，会把人看得更久没来。", days=(result.as_of - last.date()).days)
        found.append(Finding("quiet", text, "warn"))
    found += _stray(result)
    if customers < FEW_CUSTOMERS:
        text = msg("客户只有 {have:int} 位，各组人数少，比例看看就好。", have=customers)
        found.append(Finding("few_customers", text, "warn"))
    return found


def _stray(result: Result) -> list[Finding]:
    """A few records long before all others: they stretch the flow and make the first interval an empty one."""
    active = result.flow["active"]
    busy = active[active >= 0.05 * active.max()]
    if len(active) < 3 or busy.index[0] == 0:
        return []
    early = int(active.iloc[: busy.index[0]].sum())
    if early > 0.01 * active.sum():
        return []
    start = result.flow["start"].iloc[busy.index[0]]
    text = msg(
        "{start:date} 以前只有零星 {n:int} 次记录，可能是错的时间；要撇开它们，把开始日期设成这一天。",
        start=start, n=early,
    )  # fmt: skip
    return [Finding("stray", text, "warn")]


def tell_method(
    data: Dataset, params: Params, limits: Limits, as_of: dt.date, interval: Interval, *, valued: bool
) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same list."""
    orders = data.kind == "lines"
    return (
        *tell_data(data),
        MethodLine(msg("统计日期"), msg("{as_of:date}（不含当天）", as_of=as_of)),
        *((MethodLine(msg("开始日期"), msg("只看 {day:date} 起的记录", day=params.since)),) if params.since else ()),
        MethodLine(msg("来过"), _tell_visit(params, orders=orders)),
        *(
            (MethodLine(msg("订单"), ORDER_RULES[data.manifest.order_rule]),
             MethodLine(msg("退款"), POLICIES[params.refund_policy])) if orders else ()
        ),
        MethodLine(msg("金额"), _tell_value(valued=valued, orders=orders)),
        MethodLine(
            msg("平时的间隔"),
            msg(
                "相邻两次来过之间的天数，取中位数；全体是 {usual:int} 天（{n:int} 个间隔，来自 {people:int} 位客户；"
                "来得勤的人间隔多，还没等到的下一次不在内）",
                usual=limits.usual_days, n=limits.gaps, people=limits.repeaters,
            ),
        ),
        MethodLine(msg("自己的节奏"), _tell_own(params)),
        MethodLine(msg("阶段分界"), _tell_limits(params, limits)),
        MethodLine(msg("新客"), _tell_new(data)),
        MethodLine(msg("预警"), msg("距上次的天数超过平时的间隔，而且还没到沉睡")),
        MethodLine(msg("近一年"), msg("统计日期前 365 天")),
        MethodLine(
            msg("进出"),
            msg(
                "按{interval}看（周从周一算起）：来的人＝第一次来＋连着来＋隔期回来；没再来＝上一期来过、这一期没来",
                interval=INTERVALS[interval],
            ),
        ),
        MethodLine(msg("占比"), msg("分母是有阶段的客户和他们的净消费；没有有效订单的客户不在内")),
        MethodLine(msg("数据指纹"), verbatim(data.digest[:16])),
    )  # fmt: skip


def _tell_visit(params: Params, *, orders: bool) -> Text:
    if orders:
        return msg("有付款订单的一天；同一天几张订单算来过一次")
    if params.activity:
        return msg("做过这些行为的一天：{names}；同一天几次算一次", names="、".join(params.activity))
    return msg("有任何行为的一天；同一天几次算一次")


def _tell_value(*, valued: bool, orders: bool) -> Text:
    if orders:
        return msg("付款金额合计，退款按上面的规则；退款算在原订单的日期")
    return msg("所选行为的金额合计") if valued else msg("没有可用的金额，只数人数")


def _tell_own(params: Params) -> Text:
    if not params.own_rhythm:
        return msg("所有客户用同样的天数")
    return msg(
        "来过 {n:int} 天以上的客户，分界按“自己的间隔 ÷ 全体的间隔”放大或缩小；其他人用全体的", n=params.own_visits
    )


def _tell_limits(params: Params, limits: Limits) -> Text:
    told = []
    for name, share in zip(LIMIT_NAMES, params.quantiles, strict=True):
        days = f"{getattr(limits, name):g}"
        if name in limits.from_data:
            text = msg("{name}：超过 {days} 天（{share:pct} 的间隔不超过它）",
                       name=LIMIT_NAMES[name], days=days, share=share)  # fmt: skip
        else:
            text = msg("{name}：超过 {days} 天（自己设的或默认的）", name=LIMIT_NAMES[name], days=days)
        told.append(text)
    return join(told)


def _tell_new(data: Dataset) -> Text:
    if registrations(data) is None:
        return msg("在这份数据里第一次出现，不一定真是第一次；第一期看不到以前，标了出来")
    return msg("在这份数据里第一次出现；注册日期早于数据开始的客户是老客户，不算新客")
