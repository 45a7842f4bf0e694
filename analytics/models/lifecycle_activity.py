"""Which events count as a visit, and whether what they carry can be added up as money."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from analytics.errors import ParamError
from analytics.i18n import msg

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.lifecycle import Params

MOST_NAMES = 200


def event_names(data: Dataset) -> list[str]:
    """The events of an event file, most frequent first, at most MOST_NAMES; none for other kinds."""
    if data.kind != "events":
        return []
    events = data.main.filter(data.main.event.notnull())
    counts = events.group_by("event").agg(n=events.count())
    frame = counts.order_by([counts.n.desc(), counts.event]).limit(MOST_NAMES).execute()
    return [str(name) for name in frame["event"]]


def check_activity(data: Dataset, params: Params) -> None:
    """Raises ParamError for an event that does not occur, and for events of a file that has none."""
    if not params.activity:
        return
    if data.kind != "events":
        raise ParamError(
            "param.activity",
            msg("订单表按付款订单算，不能选行为。"),
            msg("去掉 activity；要按行为算，就上传行为日志。"),
        )
    known = event_names(data)
    for name in params.activity:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = (
                msg("是不是 {near}？", near=near[0]) if near
                else msg("文件里的行为：{names}。", names="、".join(known[:20]))
            )  # fmt: skip
            raise ParamError("param.activity", msg("文件里没有“{name}”这种行为。", name=name), hint)


def paying_events(data: Dataset, params: Params) -> list[str]:
    """Which of the events that count carry an amount."""
    if data.kind != "events" or "amount" not in data.main.columns:
        return []
    events = data.main.filter(data.main.amount.notnull() & (data.main.amount != 0))
    if params.activity:
        events = events.filter(events.event.isin(params.activity))
    return sorted(str(name) for name in events.select("event").distinct().execute()["event"])


def has_value(data: Dataset, params: Params) -> bool:
    """Whether ¥ can be told. Amounts on several events (placed and paid) would count the same money twice."""
    return data.kind == "lines" or len(paying_events(data, params)) == 1
