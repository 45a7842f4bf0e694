"""The lists of the AARRR page: everybody by the furthest stage reached, exclusive and exhaustive.

The ladder: joined → activated → retained → paid (events only: among orders everybody has paid) → brought others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from analytics.i18n import msg
from analytics.models.base import Segment

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.aarrr_people import Sources

SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "referral", msg("带来过新客"), msg("邀请过别人"),
        msg("给推荐奖励，请他们继续带人；专人维护"), "value",
    ),
    Segment(
        "revenue", msg("付过款"), msg("付过款，还没带过人"),
        msg("邀请入会，送推荐码请他们带朋友"), "value",
    ),
    Segment(
        "retention", msg("回头客"), msg("在不止一期里来过"),
        msg("会员升级、订阅购；送推荐码请他们带朋友"), "value",
    ),
    Segment(
        "activation", msg("已激活，还没回头"), msg("按口径激活了，只在一期里来过"),
        msg("到了常买的日子提醒一下，推荐搭配商品"), "grow",
    ),
    Segment(
        "open", msg("刚来，激活期没过"), msg("刚来，还没激活，时间也没到"),
        msg("现在最容易激活：新客礼和使用指南"), "grow",
    ),
    Segment(
        "acquisition", msg("来了没激活"), msg("激活时间过了，也没再来过"),
        msg("发召回券，问一问没再来的原因"), "win_back",
    ),
    Segment(
        "before", msg("更早来的或不知道何时来"), msg("不是这段时间的新客，也没到更后面的阶段"),
        msg("不算这段时间的获客；看 RFM 决定怎么联系"), "low",
    ),
)  # fmt: skip


def customers(people: ibis.Table, data: Dataset, *, has_paid_step: bool) -> ibis.Table:
    """Id · segment · joined_at · activated_at · last_at · active_periods · payments · revenue · invited · inviter."""
    rungs = [((people.invited > 0) | (people.refers > 0), "referral")]
    if has_paid_step:
        rungs.append((people.payments > 0, "revenue"))
    rungs += [
        (people.retained, "retention"),
        (people.activated, "activation"),
        (people.joined & ~people.closed, "open"),
        (people.joined, "acquisition"),
    ]
    return people.select(
        "joined_at", "activated_at", "last_at", "active_periods", "payments", "revenue", "invited", "inviter",
        segment=ibis.cases(*rungs, else_="before"),
        **{data.entity: people.person},
    ).select(data.entity, "segment", "joined_at", "activated_at", "last_at", "active_periods", "payments", "revenue",
             "invited", "inviter")  # fmt: skip


def named(data: Dataset, sources: Sources) -> tuple[Segment, ...]:
    """The segments these data can have, furthest stage first."""
    has_paid_step = data.kind == "events" and bool(sources.pay_events)
    return tuple(segment for segment in SEGMENTS if segment.key != "revenue" or has_paid_step)


def count_segments(people: ibis.Table, keys: list[str], *, has_revenue: bool) -> pd.DataFrame:
    """Segment · customers · customer_share (· revenue · revenue_each), furthest stage first."""
    money = {"revenue": people.revenue.sum()} if has_revenue else {}
    frame = people.group_by("segment").agg(customers=people.count(), **money).execute().set_index("segment")
    frame = frame.reindex([key for key in keys if key in frame.index])
    frame.insert(1, "customer_share", frame["customers"] / frame["customers"].sum())
    if has_revenue:
        frame["revenue"] = frame["revenue"].astype(float)
        frame["revenue_each"] = frame["revenue"] / frame["customers"]
    found: pd.DataFrame = frame.reset_index()
    return found
