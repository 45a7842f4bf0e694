"""Events: which times are plausible; and the steps that the times of an order file are.

A log holds strays: a phone's clock that stands in another month, a test before the launch. They are told from the data:
days at either end are cut off
- when all of them together hold at most one row in a thousand and the day after them at least fifty times as many rows
  as any of them (a log that grows from a slow start is not cut: its days rise by degrees), or
- when all of them together hold at most one row in a hundred and lie further from the rest than the rest is long, and
  at least a month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import ibis

from analytics.dataset import Issue
from analytics.i18n import msg
from analytics.intake.prepare_columns import MONEY, first_rows

ODD_TIME = "odd_time"
STEP_TIMES = ("paid_at", "shipped_at", "finished_at")
_FEW, _JUMP = 0.001, 50
_FEW_FAR, _FAR_DAYS = 0.01, 30

Day = tuple[dt.date, int]


def plausible_span(days: Sequence[Day]) -> tuple[dt.date, dt.date] | None:
    """First and last day that belong to the bulk, both included, from rows per day in order; None without days."""
    if not days:
        return None
    first = _cut(days)
    backwards = [(dt.date.fromordinal(-day.toordinal() + _MIRROR), n) for day, n in reversed(days[first:])]
    last = len(days) - _cut(backwards)
    return days[first][0], days[last - 1][0]


_MIRROR = 2 * dt.date(2000, 1, 1).toordinal()


def _cut(days: Sequence[Day]) -> int:
    """How many days at the beginning do not belong to the rest."""
    total, before, most, cut = sum(n for _, n in days), 0, 0, 0
    for at in range(1, len(days)):
        before, most = before + days[at - 1][1], max(most, days[at - 1][1])
        if before > _FEW_FAR * total:
            break
        rest = (days[-1][0] - days[at][0]).days + 1
        gap = (days[at][0] - days[at - 1][0]).days
        jumps = before <= _FEW * total and days[at][1] >= _JUMP * most
        if jumps or gap > max(rest, _FAR_DAYS):
            cut = at
    return cut


def with_plausible_times(rows: ibis.Table, reasons: str) -> tuple[ibis.Table, list[Issue]]:
    """Rows of events with the reason ODD_TIME where their time is a stray, and what to tell about it."""
    used = rows.filter(rows[reasons].isnull())
    counts = used.group_by(day=used.occurred_at.date()).agg(n=used.count()).order_by("day").to_pyarrow().to_pylist()
    span = plausible_span([(found["day"], int(found["n"])) for found in counts])
    if span is None:
        return rows, []
    n = sum(int(found["n"]) for found in counts if not span[0] <= found["day"] <= span[1])
    if not n:
        return rows, []
    start = dt.datetime.combine(span[0], dt.time())
    end = dt.datetime.combine(span[1] + dt.timedelta(days=1), dt.time())
    odd: Any = rows[reasons].isnull() & (
        (rows.occurred_at < ibis.literal(start)) | (rows.occurred_at >= ibis.literal(end))
    )
    text = msg(
        "{n:int} 个行为的时间离其他记录太远（最早 {first:date}，最晚 {last:date}），没有用上；"
        "其余都在 {start:date} 至 {end:date}。",
        n=n, first=counts[0]["day"], last=counts[-1]["day"], start=span[0], end=span[1],
    )  # fmt: skip
    issue = Issue("odd_times", "warn", text, n, first_rows(rows, odd))
    return rows.mutate(**{reasons: ibis.ifelse(odd, ODD_TIME, rows[reasons])}), [issue]


def paid_or_not(rows: ibis.Table, reasons: str) -> ibis.Table:
    """The order lines that a funnel sees: those that count, and those whose money never came."""
    kept = rows.filter(rows[reasons].isnull() | (rows[reasons] == "unpaid"))
    return kept.mutate(__step_amount=kept["__paid"].fill_null(ibis.literal(0).cast(MONEY)).cast(MONEY))
