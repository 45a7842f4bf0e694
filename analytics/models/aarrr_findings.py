"""What AARRR says in words: what each stage means here, the findings, the method card."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from analytics.i18n import Text, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.retention_findings import wilson
from analytics.models.retention_periods import NAMES, start_of
from analytics.models.retention_segments import after
from analytics.models.rfm_findings import POLICIES

if TYPE_CHECKING:
    import pandas as pd

    from analytics.dataset import Dataset
    from analytics.models.aarrr import Params, Result
    from analytics.models.aarrr_people import Sources
    from analytics.models.retention_periods import Calendar

STAGE_NAMES: dict[str, Text] = {
    "acquisition": msg("获客"), "activation": msg("激活"), "retention": msg("留存"), "revenue": msg("收入"),
    "referral": msg("推荐"),
}  # fmt: skip
_FEW = 30


def define(
    data: Dataset, params: Params, sources: Sources, calendar: Calendar, found: pd.DataFrame
) -> tuple[dict[str, Text], dict[str, Text]]:
    """Stage → its definition in words, and for the missing ones what would be needed."""
    orders = data.kind == "lines"
    meaning = {
        "acquisition": _define_acquisition(params, orders=orders),
        "activation": _define_activation(params, sources, orders=orders),
        "retention": msg(
            "{who}里，{when}又来的比例；各期按人数加权",
            who=msg("一期里下单的客户")
            if orders
            else msg("一期里有“{events}”的用户", events=_names(params.retention_events)),
            when=after(1, calendar.period),
        ),
        "revenue": _define_revenue(sources, orders=orders),
        "referral": (
            msg("做过“{events}”的用户，占来过的用户", events=_names(params.referral_events))
            if params.referral_events
            else msg("新客里有邀请人的人数，占客户名单里有的新客；自己邀请自己不算")
        ),
    }
    missing = {str(stage) for stage in found.loc[found["missing"], "stage"]}
    return meaning, {stage: _why(stage, sources) for stage in missing}


def _define_acquisition(params: Params, *, orders: bool) -> Text:
    if params.acquisition == "registered":
        return msg("客户名单里注册时间落在这段时间的人")
    if orders:
        return msg("第一张付款订单落在这段时间的客户（这份数据里的第一张）")
    return msg("第一次“{events}”落在这段时间的用户（这份数据里的第一次）", events=_names(params.acquisition_events))


def _define_activation(params: Params, sources: Sources, *, orders: bool) -> Text:
    days = params.activation_days
    if params.activation == "event":
        return msg(
            "获客后 {days:int} 天内做了“{events}”，占满 {days:int} 天的新客",
            days=days,
            events=_names(params.activation_events),
        )
    if params.activation == "payment":
        if orders:
            return msg("注册后 {days:int} 天内付了第一单，占满 {days:int} 天的新客", days=days)
        return msg(
            "获客后 {days:int} 天内做了“{events}”，占满 {days:int} 天的新客",
            days=days,
            events=_names(sources.pay_events),
        )
    if orders:
        return msg("获客后 {days:int} 天内换一天再下单，占满 {days:int} 天的新客", days=days)
    return msg("获客后 {days:int} 天内换一天再来，占满 {days:int} 天的新客", days=days)


def _define_revenue(sources: Sources, *, orders: bool) -> Text:
    if orders:
        return msg("这段时间的净消费；人均是除以下单客户数")
    if not sources.has_amount:
        return msg("做过“{events}”的用户，占来过的用户", events=_names(sources.pay_events))
    return msg("“{events}”的金额合计；人均是除以来过的用户数", events=_names(sources.pay_events))


def _why(stage: str, sources: Sources) -> Text:
    if stage == "revenue":
        if sources.many_paid:
            return msg("好几种行为都带金额（{events}），在设置里选哪个是付款", events="、".join(sources.many_paid[:5]))
        return msg("在设置里选哪个行为是付款；有金额列才有钱数")
    return {
        "acquisition": msg("这段时间没有新客"),
        "activation": msg("还没有新客满激活天数"),
        "retention": msg("还没有哪一期能看到完整的下一期"),
        "referral": msg("上传带“邀请人编号”的客户名单；行为日志也可以在设置里选邀请的行为"),
    }[stage]


def _names(events: tuple[str, ...]) -> Text:
    return verbatim("、".join(events)) if events else msg("任何行为")


def find(data: Dataset, result: Result) -> tuple[Finding, ...]:
    """The facts worth a sentence: one per stage that there is, then what to do and what to mind."""
    rows = {str(row["stage"]): row for row in result.stages.to_dict("records")}
    found = [_overview(data, result, rows["acquisition"])]
    found += [stage(result, rows[name]) for name, stage in _TELL.items() if not rows[name]["missing"]]
    return (*found, *_missing(result), *_whom(result), *_notes(result))


def _overview(data: Dataset, result: Result, row: dict[Any, Any]) -> Finding:
    values = {
        "start": start_of(int(result.trend["period"].iloc[0]), result.calendar.period),
        "end": result.as_of - dt.timedelta(days=1),
    }
    if data.facts.first_at:
        values["start"] = max(values["start"], data.facts.first_at.date())
    if row["missing"]:
        return Finding("acquisition", msg("{start:date} 到 {end:date} 没有新客。", **values), "warn")
    text = msg("获客：{start:date} 到 {end:date} 来了 {n:int} 位新客。", n=int(row["value"]), **values)
    return Finding("acquisition", text)


def _tell_activation(result: Result, row: dict[Any, Any]) -> Finding:
    low, high = wilson(row["value"], row["base"])
    text = msg(
        "激活：满 {days:int} 天的 {base:int} 位新客里 {n:int} 位激活了，{rate:pct}（95% 区间 {low:pct}–{high:pct}）。",
        days=result.params.activation_days, base=int(row["base"]), n=int(row["value"]), rate=row["rate"],
        low=low, high=high,
    )  # fmt: skip
    return Finding("activation", text)


def _tell_retention(result: Result, row: dict[Any, Any]) -> Finding:
    seen = result.trend[result.trend["retention_rate"].notna()]
    text = msg(
        "留存：来过的人里，{when}又来的平均 {rate:pct}（{periods:int} 期加权，最近一期 {last:pct}）。",
        when=after(1, result.calendar.period), rate=row["rate"], periods=len(seen),
        last=float(seen["retention_rate"].iloc[-1]) if len(seen) else float("nan"),
    )  # fmt: skip
    return Finding("retention", text)


def _tell_revenue(result: Result, row: dict[Any, Any]) -> Finding:
    if result.sources.has_amount:
        text = msg(
            "收入：{money:money}，{payers:int} 位付过款，来过的 {base:int} 位人均 {each:money}。",
            money=row["value"], payers=int(row["payers"]), base=int(row["base"]), each=row["each"],
        )  # fmt: skip
    else:
        text = msg(
            "收入：{payers:int} 位付过款，占来过的 {base:int} 位的 {rate:pct}；数据里没有金额。",
            payers=int(row["payers"]), base=int(row["base"]), rate=row["rate"],
        )  # fmt: skip
    return Finding("revenue", text)


def _tell_referral(result: Result, row: dict[Any, Any]) -> Finding:
    if result.params.referral_events:
        text = msg(
            "推荐：来过的 {base:int} 位里 {n:int} 位邀请过，{rate:pct}。",
            base=int(row["base"]), n=int(row["value"]), rate=row["rate"],
        )  # fmt: skip
    else:
        text = msg(
            "推荐：客户名单里有的 {base:int} 位新客，{n:int} 位是别人邀请来的，{rate:pct}。",
            base=int(row["base"]), n=int(row["value"]), rate=row["rate"],
        )  # fmt: skip
    return Finding("referral", text, segment="referral")


_TELL = {
    "activation": _tell_activation, "retention": _tell_retention, "revenue": _tell_revenue, "referral": _tell_referral,
}  # fmt: skip


def _missing(result: Result) -> list[Finding]:
    order = [stage for stage in STAGE_NAMES if stage in result.why_missing and stage != "acquisition"]
    return [
        Finding(
            f"missing_{stage}", msg("{stage}：无数据。{why}。", stage=STAGE_NAMES[stage], why=result.why_missing[stage])
        )
        for stage in order
    ]


def _whom(result: Result) -> list[Finding]:
    found = result.segments[result.segments["segment"] == "acquisition"]
    if found.empty:
        return []
    text = msg(
        "{n:int} 位来了没激活（占 {share:pct}），名单在下面。",
        n=int(found["customers"].iloc[0]),
        share=float(found["customer_share"].iloc[0]),
    )
    return [Finding("whom", text, "warn", "acquisition")]


def _notes(result: Result) -> list[Finding]:
    found = []
    calendar = result.calendar
    if calendar.last != calendar.last_complete:
        text = msg(
            "{label} 只到 {day:date}，还没过完：趋势里留空。",
            label=calendar.label(calendar.last),
            day=result.as_of - dt.timedelta(days=1),
        )
        found.append(Finding("incomplete", text))
    if result.first_is_old and len(result.trend) > 1:
        text = msg(
            "数据从 {label} 开始，那一期的“新客”里会有老客户，看趋势时别当真。",
            label=calendar.label(int(result.trend["period"].iloc[0])),
        )
        found.append(Finding("old_customers", text, "warn"))
    base = result.stages.set_index("stage")["base"]["activation"]
    if base < _FEW:  # NaN is not
        found.append(Finding("few", msg("满激活天数的新客不到 {few:int} 位，比例看看就好。", few=_FEW), "warn"))
    return found


def tell_method(data: Dataset, result: Result) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same page."""
    lines = [
        MethodLine(msg("统计日期"), msg("{as_of:date}（不含当天）", as_of=result.as_of)),
        MethodLine(msg("周期"), NAMES[result.calendar.period]),
        MethodLine(msg("从哪一期起"), verbatim(result.calendar.label(int(result.trend["period"].iloc[0])))),
        *(MethodLine(name, result.definitions[stage]) for stage, name in STAGE_NAMES.items()),
        MethodLine(msg("无数据"), msg("数据说不出的阶段写“无数据”，不写 0；没过完的一期留空")),
        MethodLine(msg("天数"), msg("按日历天算：当天是第 0 天")),
        MethodLine(
            msg("名单分组"),
            msg("每人一组，按走到的最远一步：获客 → 激活 → 回头（不止一期来过）→ 付款（行为日志才有）→ 带来过新客"),
        ),
    ]
    if data.kind == "lines":
        lines.append(MethodLine(msg("退款"), POLICIES[result.params.refund_policy]))
    return (*tell_data(data), *lines, MethodLine(msg("数据指纹"), verbatim(data.digest[:16])))
