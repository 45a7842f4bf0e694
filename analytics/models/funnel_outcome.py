"""What the outcome of a funnel adds up to: the steps, the groups of users, the money that stopped on the way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import ibis
import pandas as pd

from analytics.i18n import Text, msg
from analytics.models.base import ListColumn, Segment
from analytics.models.funnel_match import UNIT
from analytics.models.funnel_steps import hits
from analytics.models.funnel_units import Matched, Spec, unit_of

CONVERTED, PENDING = "converted", "pending"
_HOUR = 3600.0
_MONEY = ("stake", "value")
_COLUMNS = (
    ListColumn("depth", msg("做到第几步"), "int"),
    ListColumn("entered_at", msg("进入时间"), "datetime"),
    ListColumn("reached_at", msg("做到这一步的时间"), "datetime", default=False),
    ListColumn("hours", msg("转化用时（小时）"), "number"),
    ListColumn("last_seen_at", msg("最近出现"), "datetime"),
    ListColumn("stake", msg("停下那步的金额（元）"), "money"),
    ListColumn("value", msg("累计成交（元）"), "money"),
)
_SEGMENT_COLUMNS = (
    ListColumn("customers", msg("人数"), "int"),
    ListColumn("customer_share", msg("占进入的人"), "share"),
    ListColumn("stake", msg("停下那步的金额"), "money"),
    ListColumn("value", msg("累计成交"), "money"),
)


def list_columns(*, money: bool) -> tuple[ListColumn, ...]:
    """The columns of a list; those with money only where there is any."""
    return tuple(column for column in _COLUMNS if money or column.name not in _MONEY)


def segment_columns(*, money: bool) -> tuple[ListColumn, ...]:
    """The columns of the table of segments."""
    return tuple(column for column in _SEGMENT_COLUMNS if money or column.name not in _MONEY)


def dropped(depth: int) -> str:
    """The key of those who stopped after a step."""
    return f"dropped_{depth}"


def named_segments(required: Sequence[Text], *, any_order: bool) -> tuple[Segment, ...]:
    """Every group that users can be in. ``required``: the names of the steps that count, in their order."""
    found = [
        Segment(CONVERTED, msg("已转化"), msg("窗口内走完全部步骤"), msg("致谢，引导复购或评价；不用再催"), "value")
    ]
    for depth in range(1, len(required)):
        if any_order:
            name = msg("只做了 {n:int} 步", n=depth)
            meaning = msg("窗口内做了 {n:int} 步，没做全", n=depth)
            action = msg("提醒还没做的步骤")
        else:
            name = msg("停在“{step}”", step=required[depth - 1])
            meaning = msg("做完“{step}”，窗口内没有“{next}”", step=required[depth - 1], next=required[depth])
            action = msg("提醒去“{next}”，附上理由：优惠、答疑或库存提示", next=required[depth])
        found.append(Segment(dropped(depth), name, meaning, action, "win_back"))
    found.append(
        Segment(
            PENDING, msg("还在窗口内"), msg("没走完，但最近一次进入的窗口还没到期"), msg("趁热推进；先别算流失"), "grow"
        )
    )
    return tuple(found)


def with_money(matched: Matched, events: ibis.Table, spec: Spec, *, money: bool) -> ibis.Table:
    """The outcome with ``stake``: the amount of the events of the last step that was reached (null: none known)."""
    outcome = matched.outcome
    if not money:
        return outcome.mutate(stake=ibis.null("float64"))
    numbers = range(1, len(spec.steps) + 1)
    amounts = events.filter(events.amount.notnull())
    amounts = amounts.select(
        paid_unit=unit_of(amounts, spec.unit),
        paid_at=amounts.occurred_at.cast("timestamp"),
        paid=amounts.amount.cast("float64"),
        **{f"hit_{k}": hits(amounts, spec.steps[k - 1].events, spec.columns) for k in numbers},
    )
    if spec.shape.order == "any":
        of_step: Any = reduce(or_, (amounts[f"hit_{k}"] for k in numbers))
        last = ibis.cases(*((outcome.step == k, outcome[f"t_{k}"]) for k in numbers))
        pairs: list[Any] = [of_step]
    else:
        last = ibis.cases(*((outcome.step == k, outcome[f"t_{k}"]) for k in numbers))
        pairs = [ibis.cases(*((outcome.step == k, amounts[f"hit_{k}"]) for k in numbers))]
    joined = outcome.join(amounts, [outcome[UNIT] == amounts.paid_unit, last == amounts.paid_at, *pairs])
    sums = joined.group_by(UNIT).agg(stake=joined.paid.cast("decimal(18, 4)").sum().cast("float64"))
    sums = sums.rename(stake_unit=UNIT)
    found = outcome.left_join(sums, outcome[UNIT] == sums.stake_unit)
    return found.select(*outcome.columns, "stake")


def seconds_between(earlier: Any, later: Any) -> Any:
    """Whole seconds, the same on every engine."""
    return (later.truncate("s").epoch_seconds() - earlier.truncate("s").epoch_seconds()).cast("float64")


def step_table(outcome: ibis.Table, spec: Spec, keys: Sequence[str]) -> pd.DataFrame:
    """The table ``steps`` of a Result, in one query."""
    required = spec.shape.required()
    full, any_order = len(required), spec.shape.order == "any"
    wanted: dict[str, Any] = {"deal": outcome.stake.mean(where=outcome.depth == full)}
    for step in range(1, spec.shape.steps + 1):
        depth = required.index(step) + 1 if step in required else 0
        here = outcome.depth == depth
        lost = here & ~outcome.pending if 0 < depth < full else outcome.depth < 0  # nobody
        done = outcome.depth >= depth if depth else outcome[f"t_{step}"].notnull()
        before = max((k for k in required if k < step), default=1)
        wanted |= {
            f"{step}_units": done.sum(),
            f"{step}_pending": (here & outcome.pending).sum(),
            f"{step}_dropped": lost.sum(),
            f"{step}_stake": outcome.stake.sum(where=lost),
            f"{step}_known": (lost & outcome.stake.notnull()).sum(),
        }
        if step > 1 and (not any_order or step == full):
            for name, start in (("hours", before), ("total", 1)):
                if any_order and name == "hours":
                    continue
                span = seconds_between(outcome[f"t_{start}"], outcome[f"t_{step}"])
                wanted[f"{step}_{name}"] = ibis.ifelse(done, span, ibis.null("float64")).quantile(0.5) / _HOUR
    row = outcome.agg(**wanted).execute().iloc[0]
    return pd.DataFrame([_step_row(row, step, spec, keys[step - 1]) for step in range(1, spec.shape.steps + 1)])


def _step_row(row: pd.Series, step: int, spec: Spec, key: str) -> dict[str, Any]:
    required = spec.shape.required()
    before = max((k for k in required if k < step), default=None)
    units, lost = int(row[f"{step}_units"] or 0), int(row[f"{step}_dropped"] or 0)
    base = None if before is None else int(row[f"{before}_units"] or 0)
    first = int(row["1_units"] or 0)
    known, deal = int(row[f"{step}_known"] or 0), row["deal"]
    stake = float("nan")
    if lost and known * 2 >= lost:
        stake = float(row[f"{step}_stake"])
    elif lost and pd.notna(deal):
        stake = lost * float(deal)
    return {
        "step": step,
        "key": key,
        "optional": step not in required,
        "units": units,
        "pending": int(row[f"{step}_pending"] or 0),
        "dropped": lost,
        "overall_rate": units / first if first else float("nan"),
        "step_rate": units / base if base else float("nan"),
        "median_hours": _number(row.get(f"{step}_hours")),
        "median_total_hours": _number(row.get(f"{step}_total")),
        "stake": stake,
        "stake_known": bool(lost and known * 2 >= lost),
    }


def _number(value: Any) -> float:
    return float("nan") if value is None or pd.isna(value) else float(value)


def customers_of(outcome: ibis.Table, events: ibis.Table, spec: Spec, *, money: bool, entity: str) -> ibis.Table:
    """One row per user: the unit that got furthest (of equals the one that entered last) and what it says."""
    numbers = range(1, spec.shape.steps + 1)
    full = len(spec.shape.required())
    if spec.unit != "user":
        best = ibis.row_number().over(
            ibis.window(group_by=outcome.user, order_by=[outcome.depth.desc(), outcome.t_1.desc(), outcome[UNIT]])
        )
        outcome = outcome.mutate(best=best)
        outcome = outcome.filter(outcome.best == 0)
    steps = [(outcome.depth == depth, dropped(depth)) for depth in range(1, full)]
    segment = ibis.cases((outcome.depth == full, CONVERTED), (outcome.pending, PENDING), *steps, else_=CONVERTED)
    reached = ibis.cases(*((outcome.step == k, outcome[f"t_{k}"]) for k in numbers))
    hours = seconds_between(outcome.t_1, outcome[f"t_{spec.shape.steps}"]) / _HOUR
    users = outcome.select(
        "user", "depth", segment=segment,
        stake=ibis.ifelse(outcome.depth == full, ibis.null("float64"), outcome.stake),
        entered_at=outcome.t_1, reached_at=reached,
        hours=ibis.ifelse(outcome.depth == full, hours, ibis.null("float64")),
    )  # fmt: skip
    seen: dict[str, Any] = {"last_seen_at": events.occurred_at.max()}
    if money:
        sold = hits(events, spec.steps[-1].events, spec.columns) & events.amount.notnull()
        cents = ibis.ifelse(sold, events.amount.cast("decimal(18, 4)"), ibis.literal(0).cast("decimal(18, 4)"))
        seen["value"] = cents.sum().cast("float64")
    people = events.group_by(person=events.user_id).agg(**seen)
    joined = users.join(people, users.user == people.person)
    names = [column.name for column in list_columns(money=money)]
    return joined.select(**{entity: joined.user}, segment=joined.segment, **{name: joined[name] for name in names})


def segment_table(customers: ibis.Table, named: Sequence[Segment], *, money: bool) -> pd.DataFrame:
    """Columns segment · customers · customer_share · stake · value, in display order."""
    sums = {name: customers[name].sum() for name in _MONEY if money}
    grouped = customers.group_by("segment").agg(customers=customers.count(), **sums)
    found: pd.DataFrame = grouped.execute()
    counts = found.set_index("segment")
    counts = counts.reindex([segment.key for segment in named if segment.key in counts.index])
    counts.insert(1, "customer_share", counts["customers"] / counts["customers"].sum())
    counts["customers"] = counts["customers"].astype("int64")
    return counts.reset_index()[["segment", *(column.name for column in segment_columns(money=money))]]


def window_over(outcome: ibis.Table, spec: Spec) -> Any:
    """Whether a unit's window is over: that of the last entry, or of the entry from which it got through.

    Leaving out the pending alone would keep the quick ones among the last entries and flatter the rate.
    """
    full = len(spec.shape.required())
    entry = ibis.ifelse(outcome.depth == full, outcome.t_1, outcome.last_entry)
    return entry + ibis.interval(seconds=spec.shape.window_seconds) <= ibis.literal(spec.end)


def settled(outcome: ibis.Table, spec: Spec) -> tuple[int, int]:
    """How many units' window is over, and how many of them got through."""
    over, full = window_over(outcome, spec), len(spec.shape.required())
    row = outcome.agg(over=over.sum(), through=(over & (outcome.depth == full)).sum()).execute().iloc[0]
    return int(row["over"] or 0), int(row["through"] or 0)
