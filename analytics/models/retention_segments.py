"""The lists of the retention page: of every cohort, who came back by a chosen period and who did not.

Five states by period k, exclusive and exhaustive; ``in`` is exactly the cell of the heat map:

    in    there in period k (unbounded: in period k or later)
    back  came back in a period from 1 to k − 1, but not then
    late  not once in the periods 1 to k, but after it
    gone  never again after period 0, up to ``as_of``
    open  period k of this cohort is not over yet
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from analytics.i18n import Text, msg
from analytics.models.base import Segment
from analytics.models.retention_periods import Calendar, day_number

if TYPE_CHECKING:
    from collections.abc import Sequence

STATES = ("in", "back", "late", "gone", "open")


def after(k: int, period: str) -> Text:
    """Period k in words: 次月, 第 3 个月."""
    if k == 1:
        return {"day": msg("次日"), "week": msg("次周"), "month": msg("次月")}[period]
    if period == "day":
        return msg("第 {k:int} 天", k=k)
    return msg("第 {k:int} 周", k=k) if period == "week" else msg("第 {k:int} 个月", k=k)


def state_name(state: str, k: int, period: str) -> Text:
    """A state without its cohort."""
    when = after(k, period)
    return {
        "in": msg("{when}来了", when=when), "back": msg("回来过，{when}没来", when=when),
        "late": msg("{when}之后才回来", when=when), "gone": msg("来了没再来"), "open": msg("{when}还没过完", when=when),
    }[state]  # fmt: skip


def named(cohorts: Sequence[int], calendar: Calendar, k: int, mode: str) -> tuple[Segment, ...]:
    """The five segments of every cohort, oldest cohort first."""
    return tuple(
        _segment(calendar.label(cohort), state, after(k, calendar.period), mode)
        for cohort in cohorts
        for state in STATES
    )


def _segment(cohort: str, state: str, when: Text, mode: str) -> Segment:
    key = f"{cohort}:{state}"
    if state == "in":
        name = (
            msg("{cohort} 新客 {when}来了", cohort=cohort, when=when)
            if mode == "period"
            else msg("{cohort} 新客 {when}或以后来了", cohort=cohort, when=when)
        )
        return Segment(key, name, msg("和热力图那一格是同一批人"), msg("趁热推荐搭配商品，引导入会"), state)
    if state == "back":
        name = msg("{cohort} 新客 回来过，{when}没来", cohort=cohort, when=when)
        return Segment(key, name, msg("之前几期回来过，这一期没来"), msg("到了常买的日子提醒一下，附小额券"), state)
    if state == "late":
        name = msg("{cohort} 新客 {when}之后才回来", cohort=cohort, when=when)
        return Segment(key, name, msg("到那一期还没回来，后来回来了"), msg("趁热推荐搭配商品，引导入会"), state)
    if state == "gone":
        name = msg("{cohort} 新客 来了没再来", cohort=cohort)
        return Segment(key, name, msg("第一期之后到统计日期为止没来过"), msg("发第二单专享券，提醒上次买的商品"), state)
    name = msg("{cohort} 新客 {when}还没过完", cohort=cohort, when=when)
    return Segment(key, name, msg("还在观察，先不算留存也不算流失"), msg("现在最容易促成第二单：回访并送限时券"), state)


def customers(first: ibis.Table, seen: ibis.Table, *, calendar: Calendar, k: int, mode: str) -> ibis.Table:
    """One row per person: person · segment · cohort · first_at · next_at · last_at · idle_days · orders · revenue."""
    active = seen.orders > 0
    hit = (seen.k == k) if mode == "period" else (seen.k >= k)
    sums = seen.group_by("person").agg(
        orders=seen.orders.sum(),
        revenue=seen.revenue.sum().cast("decimal(38,4)"),
        next_at=seen.next_at.min(),
        last_at=seen.last_at.max(),
        hit=(active & hit).cast("int64").max(),
        back=(active & (seen.k >= 1) & (seen.k < k)).cast("int64").max(),
        late=(active & (seen.k > k)).cast("int64").max(),
    )
    joined = first.inner_join(sums, "person")  # everybody has a record in period 0: the first act
    label = cohort_label(joined.first_at, calendar.period)
    state = ibis.cases(
        (joined.first_period + k > calendar.last_complete, "open"),
        (joined.hit.fill_null(0) > 0, "in"),
        (joined.back.fill_null(0) > 0, "back"),
        (joined.late.fill_null(0) > 0, "late"),
        else_="gone",
    )
    today = (calendar.as_of - dt.date(1970, 1, 1)).days
    return joined.select(
        "person",
        segment=label + ":" + state,
        cohort=label,
        first_at=joined.first_at,
        next_at=joined.next_at,
        last_at=joined.last_at,
        idle_days=ibis.literal(today).cast("int64") - day_number(joined.last_at),
        orders=joined.orders.fill_null(0),
        revenue=joined.revenue.fill_null(ibis.literal(0).cast("decimal(38,4)")),
    )


def cohort_label(moment: ibis.Value, period: str) -> ibis.Value:
    """The label of a timestamp's period, as Calendar.label writes it."""
    unit = {"day": "D", "week": "W", "month": "M"}[period]
    text = moment.truncate(unit).date().cast("string")
    return text.left(7) if period == "month" else text


def count_segments(people: ibis.Table, order: Sequence[str], *, has_revenue: bool) -> pd.DataFrame:
    """Segment · customers · cohort_share (· revenue · revenue_each), in the given order, those with members only."""
    money = {"revenue": people.revenue.sum()} if has_revenue else {}
    frame: pd.DataFrame = people.group_by("segment", "cohort").agg(customers=people.count(), **money).execute()
    frame["cohort_share"] = frame["customers"] / frame.groupby("cohort")["customers"].transform("sum")
    if has_revenue:
        frame["revenue"] = frame["revenue"].astype(float)
        frame["revenue_each"] = frame["revenue"] / frame["customers"]
    place = {key: at for at, key in enumerate(order)}
    frame = frame.sort_values("segment", key=lambda keys: keys.map(place), ignore_index=True)
    return frame[["segment", "customers", "cohort_share", *(("revenue", "revenue_each") if has_revenue else ())]]
