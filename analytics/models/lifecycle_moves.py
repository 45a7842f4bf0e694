"""From stage to stage between two dates, and the shape of the gaps that the limits come from."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.i18n import Text, msg
from analytics.models.base import Finding
from analytics.models.lifecycle import Result
from analytics.models.lifecycle_segments import NO_NET_SPEND, STAGES
from analytics.models.lifecycle_stage import add_stage, customer_base, data_begin
from analytics.models.rfm_compare import NEW_BUYER, Migration

BARS = 40
GAP_STAGES = ("active", "at_risk", "dormant", "lost")
# What is told of moves: from these stages, to those, in these words.
_MOVES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[Text, Text]]] = {
    "slipped": (
        ("new", "active"), ("at_risk", "dormant", "lost"),
        (msg("还在正常来的客户"), msg("现在有风险、沉睡或流失")),
    ),
    "came_back": (("at_risk",), ("active",), (msg("有流失风险的客户"), msg("回来了，现在是活跃客户"))),
    "woke_up": (("dormant", "lost"), ("active",), (msg("沉睡或流失的客户"), msg("被唤醒，现在是活跃客户"))),
}  # fmt: skip


def earlier_bounds(data: Dataset, result: Result) -> tuple[dt.date, dt.date] | None:
    """The first and the last day that stages can be compared with; None when the data are too short."""
    begin = data_begin(data, result.params)
    if begin is None or (result.as_of - begin).days < 2:
        return None
    return begin + dt.timedelta(days=1), result.as_of - dt.timedelta(days=1)


def default_earlier(data: Dataset, result: Result) -> dt.date:
    """As long ago as dormancy takes, or the middle of shorter data."""
    begin = data_begin(data, result.params) or result.as_of
    days = min(round(result.limits.dormant_days), (result.as_of - begin).days // 2)
    return result.as_of - dt.timedelta(days=max(1, days))


def moves(data: Dataset, result: Result, earlier: dt.date | None = None) -> Migration:
    """Where each customer of ``result`` stood at an earlier date, by the same limits in days.

    The usual gap of one's own is what was known at that date. ``flows`` as in rfm_compare.Migration; revenue and
    spent_between are NaN without amounts. Raises ParamError outside the data's span.
    """
    earlier, bounds = earlier or default_earlier(data, result), earlier_bounds(data, result)
    if bounds is None or not bounds[0] <= earlier <= bounds[1]:
        first = data_begin(data, result.params) or result.as_of
        raise ParamError(
            "param.earlier",
            msg("对比日期要在 {first:date} 和 {later:date} 之间。", first=first, later=result.as_of),
            msg("换一个日期再试。"),
        )
    base = customer_base(data, result.params, earlier, valued=result.valued)
    then = add_stage(base, result.limits).select(before_who="who", source="segment", before_value="monetary")
    zero = ibis.literal(0).cast("decimal(38,4)")
    id_column = result.customers[data.entity]
    value = result.customers.monetary if result.valued else zero
    now = result.customers.select(who=id_column, target="segment", value=value)
    both = now.left_join(then, now.who == then.before_who)
    both = both.mutate(source=both.source.fill_null(NEW_BUYER), between=both.value - both.before_value.fill_null(zero))
    flows = (
        both.group_by("source", "target")
        .agg(customers=both.count(), revenue=both.value.sum(), spent_between=both.between.sum())
        .execute()
    )
    money = ["revenue", "spent_between"]
    flows[money] = flows[money].astype(float) if result.valued else float("nan")
    place = {key: at for at, key in enumerate((*STAGES, NEW_BUYER))}
    flows = flows.sort_values(["source", "target"], key=lambda keys: keys.map(place), ignore_index=True)
    return Migration(earlier, result.as_of, flows, _tell_moves(flows, earlier, valued=result.valued))


def _tell_moves(flows: pd.DataFrame, earlier: dt.date, *, valued: bool) -> tuple[Finding, ...]:
    """How many slipped, how many came back by themselves: what a campaign is to be compared with."""
    found = []
    known = flows[~flows["source"].isin([NEW_BUYER, NO_NET_SPEND])]
    for code, (sources, targets, words) in _MOVES.items():
        before = known[known["source"].isin(sources)]
        moved = before[before["target"].isin(targets)]
        everyone, n = int(before["customers"].sum()), int(moved["customers"].sum())
        if everyone == 0:
            continue
        text = msg(
            "{earlier:date} 时的 {all:int} 位{who}，{n:int} 位（{share:pct}）{now}。",
            earlier=earlier, all=everyone, who=words[0], n=n, share=n / everyone, now=words[1],
        )  # fmt: skip
        if valued and code == "slipped" and n:
            text = msg("{text}他们一共花过 {revenue:money}。", text=text, revenue=float(moved["revenue"].sum()))
        found.append(Finding(code, text, "warn" if code == "slipped" else "good"))
    return tuple(found)


def gap_bars(result: Result) -> pd.DataFrame:
    """How often which gaps occur: left · right · gaps, in bars of whole days [left, right).

    Also active · at_risk · dormant · lost: how many of the gaps are that long, so that they add up to gaps. The last
    bar holds everything above the 99th percentile (and above the limits); its right end is the maximum.
    """
    counts = result.gaps
    if counts.empty:
        return pd.DataFrame(columns=["left", "right", "gaps", *GAP_STAGES], dtype=float)
    upto = counts["gaps"].cumsum()
    top = max(int(counts["gap_days"][upto >= 0.99 * upto.iloc[-1]].iloc[0]), round(result.limits.lost_days))
    width = max(1, -(-top // BARS))
    last = top // width + 1
    passed = sum((counts["gap_days"] > limit).astype(int) for limit in result.limits.stages)
    stage = pd.Series(passed, index=counts.index).map(dict(enumerate(GAP_STAGES)))
    bar = (counts["gap_days"] // width).clip(upper=last).rename("bar")
    sums = counts["gaps"].groupby([bar, stage.rename("stage")]).sum().unstack(fill_value=0)
    sums = sums.reindex(index=range(last + 1), columns=list(GAP_STAGES), fill_value=0)
    frame = pd.DataFrame({"left": [float(at * width) for at in sums.index]})
    frame["right"] = frame["left"] + width
    frame.loc[frame.index[-1], "right"] = max(float(frame["right"].iloc[-1]), float(counts["gap_days"].max() + 1))
    frame["gaps"] = sums.sum(axis=1).to_numpy()
    for key in GAP_STAGES:
        frame[key] = sums[key].to_numpy()
    return frame.iloc[:-1] if frame["gaps"].iloc[-1] == 0 else frame
