"""What a funnel says in words: the findings, most useful first, and the method card."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.funnel_outcome import CONVERTED, PENDING, dropped

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.funnel import Result
    from analytics.models.funnel_units import Spec

FEW_UNITS = 100

ORDERS: dict[str, Text] = {
    "sequential": msg("按顺序：中间可以做别的事"),
    "strict": msg("严格相邻：两步之间不能有别的行为"),
    "any": msg("不限顺序：窗口内做全就算"),
}
UNITS: dict[str, Text] = {"user": msg("用户"), "session": msg("会话"), "order": msg("订单")}
COUNTED: dict[str, Text] = {"user": msg("位用户"), "session": msg("次会话"), "order": msg("张订单")}


def find(data: Dataset, result: Result, excluded: int) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them."""
    return (
        _overview(result),
        *_worst(result),
        *_money(result),
        *_time(data, result),
        *_pending(result),
        *_excluded(result, excluded),
        *_weak(data, result),
    )


def _required(result: Result) -> pd.DataFrame:
    return result.steps[~result.steps["optional"]]


def _overview(result: Result) -> Finding:
    steps = _required(result)
    entered, through = int(steps["units"].iloc[0]), int(steps["units"].iloc[-1])
    text = msg(
        "{entered:int} {unit}进入“{first}”，{through:int} {unit}走到“{last}”，总转化率 {rate:pct}。",
        entered=entered, through=through, unit=COUNTED[result.unit], rate=through / entered,
        first=result.names[0], last=result.names[-1],
    )  # fmt: skip
    if result.params.order == "any":
        text = msg(
            "{entered:int} {unit}至少做了一步，{through:int} {unit}做全了 {n:int} 步，占 {rate:pct}。",
            entered=entered, through=through, unit=COUNTED[result.unit], n=len(steps), rate=through / entered,
        )  # fmt: skip
    return Finding("overview", text, "info", CONVERTED if through else None)


def _worst(result: Result) -> list[Finding]:
    steps = _required(result).reset_index(drop=True)
    if not steps["dropped"].any():
        return []
    at = int(steps["dropped"].to_numpy().argmax())
    units = int(steps["units"][at])
    if result.params.order == "any":
        text = msg(
            "停得最多的是只做了 {n:int} 步的，{lost:int} {unit}。",
            n=at + 1, lost=int(steps["dropped"][at]), unit=COUNTED[result.unit],
        )  # fmt: skip
    else:
        text = msg(
            "流失最多的一步：“{here}”到“{next}”，{lost:int} {unit}没有往下走，占做过“{here}”的 {share:pct}。",
            here=_name(result, steps, at), next=_name(result, steps, at + 1), lost=int(steps["dropped"][at]),
            unit=COUNTED[result.unit], share=int(steps["dropped"][at]) / units,
        )  # fmt: skip
    return [Finding("worst_step", text, "warn", dropped(at + 1))]


def _name(result: Result, steps: pd.DataFrame, at: int) -> Text:
    return result.names[int(steps["step"][at]) - 1]


def _money(result: Result) -> list[Finding]:
    steps = _required(result).reset_index(drop=True)
    if result.params.order == "any" or not steps["stake"].notna().any():
        return []
    if steps["stake_known"].any():
        at = int(steps["stake"].where(steps["stake_known"], -1.0).to_numpy().argmax())
        text = msg(
            "停在“{here}”的 {lost:int} {unit}，涉及金额 {money:money}。",
            here=_name(result, steps, at), lost=int(steps["dropped"][at]), unit=COUNTED[result.unit],
            money=float(steps["stake"][at]),
        )  # fmt: skip
        return [Finding("stake", text, "warn", dropped(at + 1))]
    at = 1 + int(steps["dropped"].iloc[1:].to_numpy().argmax()) if len(steps) > 2 else 0
    if not int(steps["dropped"][at]):
        return []
    text = msg(
        "停在“{here}”的 {lost:int} {unit}如果都成交，按成交均额 {each:money} 估算是 {money:money}；是上限，不是预测。",
        here=_name(result, steps, at), lost=int(steps["dropped"][at]), unit=COUNTED[result.unit],
        each=float(steps["stake"][at]) / int(steps["dropped"][at]), money=float(steps["stake"][at]),
    )  # fmt: skip
    return [Finding("stake", text, "info", dropped(at + 1))]


def _time(data: Dataset, result: Result) -> list[Finding]:
    hours = float(result.steps["median_total_hours"].iloc[-1])
    if math.isnan(hours):
        return []
    if data.facts.date_only:
        return [Finding("time", msg("从进入到走完，一半的人用不到 {days:num} 天。", days=hours / 24))]
    return [Finding("time", msg("从进入到走完，一半的人用不到 {span}。", span=tell_hours(hours)))]


def tell_hours(hours: float) -> Text:
    """A length of time in the unit that people would use."""
    if hours < 1 / 60:
        return msg("{n:int} 秒", n=hours * 3600)
    if hours < 1:
        return msg("{n:num} 分钟", n=hours * 60)
    return msg("{n:num} 小时", n=hours) if hours < 48 else msg("{n:num} 天", n=hours / 24)


def _pending(result: Result) -> list[Finding]:
    pending = int(result.steps["pending"].sum())
    if not pending:
        return []
    settled, through = result.settled, result.settled_through
    if settled < 1:
        text = msg(
            "转化窗口 {days:num} 天，比数据还长，没走完的 {n:int} {unit}都不能算流失；"
            "把窗口改短，比如 1 天，才看得出停在哪一步。",
            days=result.params.window_days, n=pending, unit=COUNTED[result.unit],
        )  # fmt: skip
        return [Finding("pending", text, "warn", PENDING)]
    text = msg(
        "{n:int} {unit}还在窗口内，没有算作流失；只看窗口已到期的 {settled:int} {unit}，总转化率 {rate:pct}。",
        n=pending, unit=COUNTED[result.unit], settled=settled, rate=through / settled,
    )  # fmt: skip
    return [Finding("pending", text, "info", PENDING)]


def _excluded(result: Result, excluded: int) -> list[Finding]:
    if not excluded:
        return []
    text = msg("{n:int} {unit}在两步之间有排除行为，整个移出漏斗。", n=excluded, unit=COUNTED[result.unit])
    return [Finding("excluded", text)]


def _weak(data: Dataset, result: Result) -> list[Finding]:
    found = []
    if int(result.steps["units"].iloc[0]) < FEW_UNITS:
        found.append(Finding("few", msg("进入的不到 {n:int}，比例看看就好。", n=FEW_UNITS), "warn"))
    if data.kind == "lines" and len(set(result.params.steps)) == 1:
        found.append(
            Finding(
                "one_time", msg("订单表里只有下单时间，这里看的是第一次和后面几次下单；有付款、发货时间可以看得更细。")
            )
        )
    return found


def tell_method(data: Dataset, result: Result, spec: Spec, excluded: int) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same counts."""
    params = result.params
    steps = join([
        msg("{n:int}. {name}（可跳过）", n=at, name=name) if skipped else msg("{n:int}. {name}", n=at, name=name)
        for at, (name, skipped) in enumerate(zip(result.names, spec.shape.optional, strict=True), start=1)
    ])  # fmt: skip
    span: Any = msg("全部")
    if params.entry_from or params.entry_to:
        first, last = params.entry_from or data.facts.first_at, params.entry_to or data.facts.last_at
        span = msg("{first:date} 至 {last:date}（首尾都含，只管进入，不管后面的步骤）", first=first, last=last)
    lines = [
        *tell_data(data),
        MethodLine(msg("步骤"), steps),
        MethodLine(msg("顺序"), ORDERS[params.order]),
        MethodLine(msg("转化窗口"), msg("从进入起 {days:num} 天，刚好到期的算在内", days=params.window_days)),
        MethodLine(msg("单位"), _tell_unit(result)),
        MethodLine(msg("进入日期"), span),
        MethodLine(msg("多次进入"), msg("每一次进入都试，取走得最深的一次；走完的取第一次走完，其余取最近一次")),
        MethodLine(msg("同一时刻"), msg("同一时刻的行为按步骤的顺序算；两个相同的步骤要做两次")),
        MethodLine(msg("总转化率"), msg("走到这一步的 ÷ 走进第一步的")),
        MethodLine(msg("上步转化率"), msg("走到这一步的 ÷ 走到上一个必经步骤的")),
        MethodLine(
            msg("还在窗口内"),
            msg("没走完，且最近一次进入的窗口超过 {end:date} 的数据末尾，单列，不算流失", end=result.end),
        ),
    ]
    if data.facts.date_only:
        lines.append(MethodLine(msg("只有日期"), msg("数据没有时刻，同一天的行为按步骤顺序算，用时只精确到天")))
    if spec.exclusions:
        names = join([verbatim(text) for text in params.exclusions])
        told = msg(
            "{names}：出现在两步之间就整个移出，共 {n:int}；另有同样深、没碰到的一次则保留", names=names, n=excluded
        )
        lines.append(MethodLine(msg("排除行为"), told))
    if result.steps["stake"].notna().any():
        lines.append(
            MethodLine(msg("涉及金额"), msg("停下那步自己的金额；多数没有金额时，用流失人数 × 成交均额估算，是上限"))
        )
    return (*lines, MethodLine(msg("数据指纹"), verbatim(data.digest[:16])))


def _tell_unit(result: Result) -> Text:
    if result.unit == "user":
        return msg("用户")
    return msg("{unit}；名单里每人一行，取走得最深的一次", unit=UNITS[result.unit])
