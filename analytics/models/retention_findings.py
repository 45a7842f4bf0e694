"""What a retention result says in words: the findings, most useful first, and the method card."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.retention_groups import group_name
from analytics.models.retention_periods import NAMES
from analytics.models.retention_segments import after
from analytics.models.rfm_findings import POLICIES

if TYPE_CHECKING:
    import pandas as pd

    from analytics.dataset import Dataset
    from analytics.models.retention import Result

_Z = 1.959963984540054
FEW = 30  # a cohort of fewer people is named as small
_RECENT = 3
_WORTH_CALLING = 10
_OLD_CUSTOMERS = 2.0  # a first cohort this many times the next ones holds old customers

MEASURE_NAMES: dict[str, Text] = {"users": msg("客户数"), "orders": msg("次数"), "revenue": msg("金额")}
MODE_NAMES: dict[str, Text] = {"period": msg("那一期来过"), "unbounded": msg("那一期或以后来过")}
_DEFINITIONS: dict[str, Text] = {
    "users": msg("这批新客里来过的人 ÷ 这批新客的人数"),
    "orders": msg("这批新客那一期的次数 ÷ 他们第 0 期的次数"),
    "revenue": msg("这批新客那一期的净消费 ÷ 他们第 0 期的净消费"),
}
_PERIOD_RULES: dict[str, Text] = {
    "day": msg("自然日"), "week": msg("自然周，周一到周日，用周一的日期表示"), "month": msg("自然月"),
}  # fmt: skip
MILESTONES, SHORT_MILESTONES = (30, 90, 180), (1, 3, 7)


def find(data: Dataset, result: Result) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them."""
    return (
        _overview(result),
        *_rate(result),
        *_recent(result),
        *_repurchase(data, result),
        *_groups(data, result),
        *_worth(result),
        *_whom(result),
        *_incomplete(result),
        *_old_customers(result),
        *_small(result),
    )


def _overview(result: Result) -> Finding:
    sizes = _sizes(result)
    text = msg(
        "截至 {as_of:date}，{n:int} 位新客按{how}分成 {cohorts:int} 批（同期群）：{first} 到 {last}。",
        as_of=result.as_of - dt.timedelta(days=1),
        n=int(sizes["size"].sum()),
        how=_how(result),
        cohorts=len(sizes),
        first=result.calendar.label(int(sizes["cohort"].iloc[0])),
        last=result.calendar.label(int(sizes["cohort"].iloc[-1])),
    )
    return Finding("overview", text)


def _how(result: Result) -> Text:
    return {"day": msg("首次来的日子"), "week": msg("首次来的那一周"), "month": msg("首次来的月份")}[
        result.calendar.period
    ]


def _rate(result: Result) -> list[Finding]:
    at = result.curve[result.curve["k"] == 1]
    if at.empty:
        text = msg("还没有一批新客过完{when}，留存要再等一等。", when=after(1, result.calendar.period))
        return [Finding("too_early", text, "warn")]
    row = at.iloc[0]
    if result.params.measure != "users":
        text = msg(
            "{when}的{measure}是第 0 期的 {rate:pct}（按 {n:int} 位、{cohorts:int} 批加权）。",
            when=after(1, result.calendar.period),
            measure=MEASURE_NAMES[result.params.measure],
            rate=float(row["rate"]),
            n=int(row["customers"]),
            cohorts=int(row["cohorts"]),
        )
        return [Finding("rate", text)]
    low, high = wilson(float(row["rate"]) * float(row["base"]), float(row["base"]))
    template = (
        msg(
            "{when}留存 {rate:pct}（95% 区间 {low:pct}–{high:pct}）：{base:int} 位能看完整的新客里 {back:int} 位来了。",
            when=after(1, result.calendar.period), rate=float(row["rate"]), low=low, high=high,
            base=int(row["base"]), back=round(float(row["rate"]) * float(row["base"])),
        )
        if result.params.mode == "period"
        else msg(
            "{when}或以后还来过的占 {rate:pct}（95% 区间 {low:pct}–{high:pct}）：{base:int} 位新客里 {back:int} 位。",
            when=after(1, result.calendar.period), rate=float(row["rate"]), low=low, high=high,
            base=int(row["base"]), back=round(float(row["rate"]) * float(row["base"])),
        )
    )  # fmt: skip
    return [Finding("rate", template)]


def _recent(result: Result) -> list[Finding]:
    """The last three cohorts against those before. Not for unbounded rates: recent ones are low by nature."""
    if result.params.measure != "users" or result.params.mode != "period":
        return []
    seen = result.cells[(result.cells["k"] == 1) & result.cells["observed"]]
    if len(seen) < 2 * _RECENT:
        return []
    recent, before = seen.iloc[-_RECENT:], seen.iloc[:-_RECENT]
    n, m = float(recent["size"].sum()), float(before["size"].sum())
    if min(n, m) < FEW:
        return []
    now, then = float(recent["users"].sum()) / n, float(before["users"].sum()) / m
    width = _Z * math.sqrt(now * (1 - now) / n + then * (1 - then) / m)
    low, high = (now - then - width) * 100, (now - then + width) * 100
    values = {
        "when": after(1, result.calendar.period), "now": now, "n": int(n), "then": then, "m": int(m),
        "low": low, "high": high, "count": _RECENT,
    }  # fmt: skip
    if low > 0 or high < 0:
        text = msg(
            "最近 {count:int} 批的{when}留存 {now:pct}（{n:int} 位），之前 {then:pct}（{m:int} 位）："
            "差 {gap:num} 个百分点（95% 区间 {low:num} 到 {high:num}）。",
            gap=(now - then) * 100,
            **values,
        )
        return [Finding("recent", text, "good" if low > 0 else "warn")]
    text = msg(
        "最近 {count:int} 批的{when}留存 {now:pct}（{n:int} 位），之前 {then:pct}（{m:int} 位），"
        "差别在误差之内（95% 区间 {low:num} 到 {high:num} 个百分点）。",
        **values,
    )
    return [Finding("recent", text)]


def _repurchase(data: Dataset, result: Result) -> list[Finding]:
    curve = result.repurchase
    orders = data.kind == "lines"
    within = []
    for days in SHORT_MILESTONES if math.isnan(curve.within(MILESTONES[0])[0]) else MILESTONES:
        share, _, _ = curve.within(days)
        if not math.isnan(share):
            within.append(msg("{days:int} 天内 {share:pct}", days=days, share=share))
    told = join(within) if within else msg("时间太短，看不出")
    if curve.median_days is not None:
        text = (
            msg("第二次下单：{told}；一半的客户在首单后 {days:int} 天内再下单。", told=told, days=curve.median_days)
            if orders
            else msg("改天再来：{told}；一半的用户在第一次后 {days:int} 天内再来。", told=told, days=curve.median_days)
        )
    else:
        text = (
            msg("第二次下单：{told}；还没到一半的客户再下单，中位天数未达到。", told=told)
            if orders
            else msg("改天再来：{told}；还没到一半的用户再来，中位天数未达到。", told=told)
        )
    return [Finding("repurchase", text)]


def _groups(data: Dataset, result: Result) -> list[Finding]:
    """The best and the worst group of the breakdown in the next period; of people only when their intervals part."""
    at = result.groups[(result.groups["k"] == 1) & (result.groups["customers"] >= FEW)]
    if len(at) < 2:
        return []
    ranked = at.sort_values(["rate", "group"])
    best, worst = ranked.iloc[-1], ranked.iloc[0]
    name, when = tell_property(data, result.params.by), after(1, result.calendar.period)
    if result.params.measure == "users":
        _, high = wilson(float(worst["rate"]) * float(worst["base"]), float(worst["base"]))
        low, _ = wilson(float(best["rate"]) * float(best["base"]), float(best["base"]))
        if low <= high:
            text = msg("按{name}拆分，各组{when}的差别在误差之内。", name=name, when=when)
            return [Finding("groups", text)]
    text = msg(
        "按{name}拆分，{when}最高的是“{best}”{rate:pct}（{n:int} 位），最低的是“{worst}”{low:pct}（{m:int} 位）。",
        name=name, when=when, best=group_name(str(best["group"])), rate=float(best["rate"]), n=int(best["customers"]),
        worst=group_name(str(worst["group"])), low=float(worst["rate"]), m=int(worst["customers"]),
    )  # fmt: skip
    return [Finding("groups", text)]


def _worth(result: Result) -> list[Finding]:
    if not result.has_revenue or len(result.curve) < 2:
        return []
    start = result.curve.iloc[0]
    # As far as half of the customers could be watched: further on only the oldest cohorts speak.
    end = result.curve[(result.curve["customers"] >= FEW) & (result.curve["customers"] * 2 >= start["customers"])]
    if end.empty or int(end["k"].iloc[-1]) == 0:
        return []
    last = end.iloc[-1]
    text = msg(
        "一位新客第 0 期平均花 {start:money}，到{when}累计 {end:money}（能看到那时的有 {n:int} 位）。",
        start=float(start["cumulative"]),
        when=after(int(last["k"]), result.calendar.period),
        end=float(last["cumulative"]),
        n=int(last["customers"]),
    )
    return [Finding("worth", text)]


def _whom(result: Result) -> list[Finding]:
    gone = result.segments[result.segments["segment"].str.endswith(":gone")]
    if gone.empty:
        return []
    # The latest cohort worth a campaign is the easiest to win back; a handful of people is none.
    many = gone[gone["customers"] >= _WORTH_CALLING]
    if many.empty:
        return []
    row = many.iloc[-1]
    key = str(row["segment"])
    values = {
        "cohort": key.split(":", maxsplit=1)[0], "n": int(row["customers"]), "share": float(row["cohort_share"]),
    }  # fmt: skip
    text = (
        msg(
            "先联系 {cohort} 那批：{n:int} 位（{share:pct}）来了没再来，一共花过 {money:money}。",
            money=float(row["revenue"]),
            **values,
        )
        if result.has_revenue
        else msg("先联系 {cohort} 那批：{n:int} 位（{share:pct}）来了没再来。", **values)
    )
    return [Finding("whom", text, "warn", key)]


def _incomplete(result: Result) -> list[Finding]:
    calendar = result.calendar
    if calendar.last == calendar.last_complete:
        return []
    text = msg(
        "{label} 只到 {day:date}，还没过完：那一期留空，不进平均。如果数据其实已经到期末，把统计日期改成 {end:date}。",
        label=calendar.label(calendar.last),
        day=result.as_of - dt.timedelta(days=1),
        end=calendar.end(calendar.last),
    )
    return [Finding("incomplete", text)]


def _old_customers(result: Result) -> list[Finding]:
    sizes = _sizes(result)
    if len(sizes) < 3:
        return []
    others = float(sizes["size"].iloc[1:-1].mean()) if len(sizes) > 3 else float(sizes["size"].iloc[1:].mean())
    if float(sizes["size"].iloc[0]) < _OLD_CUSTOMERS * others:
        return []
    text = msg(
        "{label} 那批有 {n:int} 位，是后面各批平均的 {times:num} 倍：数据刚开始，里面多半有老客户，留存会偏高。"
        "可以在设置里用“从哪天起”去掉最早的几批。",
        label=result.calendar.label(int(sizes["cohort"].iloc[0])),
        n=int(sizes["size"].iloc[0]),
        times=float(sizes["size"].iloc[0]) / others,
    )
    return [Finding("old_customers", text, "warn")]


def _small(result: Result) -> list[Finding]:
    small = int((_sizes(result)["size"] < FEW).sum())
    if small == 0:
        return []
    text = msg("{n:int} 批不到 {few:int} 人，单看它们的比例会跳，看加权平均更稳。", n=small, few=FEW)
    return [Finding("small", text)]


def _sizes(result: Result) -> pd.DataFrame:
    return result.cells[result.cells["k"] == 0]


def wilson(hits: float, n: float) -> tuple[float, float]:
    """95 % interval of a share (Wilson, 1927)."""
    if n == 0:
        return math.nan, math.nan
    p, z2 = hits / n, _Z**2
    middle, width = p + z2 / (2 * n), _Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (middle - width) / (1 + z2 / n)), min(1.0, (middle + width) / (1 + z2 / n))


def tell_method(data: Dataset, result: Result) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same table."""
    outside = (
        msg("{n:int} 次，{money:money}", n=result.outside.records, money=result.outside.revenue)
        if result.has_revenue
        else msg("{n:int} 次", n=result.outside.records)
    )
    curve = msg(
        "Kaplan–Meier：从第一天到下一个来的日子的天数，同一天再来不算第二次；"
        "还没回来的算到统计日期为止（删失）；95% 区间为 log(−log)"
    )
    return (
        *tell_data(data),
        *_tell_counting(data, result),
        *_tell_choices(data, result),
        MethodLine(msg("复购曲线"), curve),
        MethodLine(msg("不在同期群里的记录"), outside),
        MethodLine(msg("数据指纹"), verbatim(data.digest[:16])),
    )


def _tell_counting(data: Dataset, result: Result) -> list[MethodLine]:
    params, period = result.params, result.calendar.period
    cohort = (
        msg("第一张付款订单落在同一期的客户；“第一张”指这份数据里的第一张")
        if data.kind == "lines"
        else msg(
            "第一次行为（{events}）落在同一期的用户；“第一次”指这份数据里的第一次", events=_events(params.start_events)
        )
    )
    mean = (
        msg("按各批人数加权，只算能看到那一期的批次")
        if params.measure == "users"
        else msg("各批合计相除（按第 0 期的量加权），只算能看到那一期的批次")
    )
    counted = msg("第 0 期是第一次来的那一期，是分母；第 1 期是下一期；{mode}才算", mode=MODE_NAMES[params.mode])
    return [
        MethodLine(msg("统计日期"), msg("{as_of:date}（不含当天）", as_of=result.as_of)),
        MethodLine(msg("周期"), msg("{name}：{rule}", name=NAMES[period], rule=_PERIOD_RULES[period])),
        MethodLine(msg("同期群"), cohort),
        MethodLine(msg("指标"), _DEFINITIONS[params.measure]),
        MethodLine(msg("第几期"), counted),
        MethodLine(msg("看不全的格子"), msg("那一期在统计日期前没有过完就留空，不算 0，也不进平均")),
        MethodLine(msg("平均"), mean),
    ]


def _tell_choices(data: Dataset, result: Result) -> list[MethodLine]:
    """The lines that depend on what was chosen."""
    params, lines = result.params, []
    if params.mode == "unbounded":
        lines.append(MethodLine(msg("以后来过"), msg("数的是到统计日期为止；近的几批以后还可能来，数字只会往上走")))
    if data.kind == "lines":
        lines.append(MethodLine(msg("退款"), POLICIES[params.refund_policy]))
    else:
        lines.append(MethodLine(msg("算回来的行为"), _events(params.return_events)))
    if params.since:
        lines.append(MethodLine(msg("从哪天起"), msg("第一次早于 {since:date} 的人不在内", since=params.since)))
    if params.by:
        told = msg("按第一次来时的“{name}”；同一时刻有几行时看最靠前的一行", name=tell_property(data, params.by))
        lines.append(MethodLine(msg("拆分"), told))
    return lines


def _events(names: tuple[str, ...]) -> Text:
    return verbatim("、".join(names)) if names else msg("任何行为")


def tell_property(data: Dataset, by: str) -> Text:
    """What a column to break down by is called."""
    beside = data.companion("customers")
    if beside is not None and by.startswith("customers."):
        return beside.label(by.removeprefix("customers."))
    return data.label(by)
