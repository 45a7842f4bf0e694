"""Calendar periods as whole numbers, so that "the next period" is plus one on every engine: days, weeks, months.

A day is counted from 1970-01-01, a week starts on Monday, a month is year × 12 + month − 1. A period is complete when
all its days lie before ``as_of``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, cast

import ibis

from analytics.dataset import Facts
from analytics.errors import ParamError
from analytics.i18n import Text, msg

Period = Literal["day", "week", "month"]
PERIODS: tuple[Period, ...] = ("day", "week", "month")
MOST_PERIODS = 750  # the widest triangle of cohorts that is still worth computing: two years of days

NAMES: dict[str, Text] = {"day": msg("按天"), "week": msg("按周"), "month": msg("按月")}
_EPOCH = dt.date(1970, 1, 1)
_TO_MONDAY = 3  # 1970-01-01 was a Thursday
_DAYS_FOR_DAYS, _DAYS_FOR_WEEKS = 35, 200


@dataclass(frozen=True)
class Calendar:
    """The periods of an analysis: their length, and the last one that can be observed at all and completely."""

    period: Period
    as_of: dt.date

    @property
    def last(self) -> int:
        """The period of the last day before ``as_of``."""
        return index_of(self.as_of - dt.timedelta(days=1), self.period)

    @property
    def last_complete(self) -> int:
        """The last period whose every day lies before ``as_of``."""
        return index_of(self.as_of, self.period) - 1

    def label(self, index: int) -> str:
        """2025-03 for a month, the Monday for a week, the day for a day: the same in every language."""
        day = start_of(index, self.period)
        return f"{day:%Y-%m}" if self.period == "month" else day.isoformat()

    def end(self, index: int) -> dt.date:
        """The first day after a period."""
        return start_of(index + 1, self.period)


def choose(period: str, facts: Facts, since: dt.date | None) -> Period:
    """The given period. "auto" by the days from ``since`` on: up to 35 gives days, up to 200 weeks, else months."""
    if period != "auto":
        return cast("Period", period)
    span_days = facts.span_days
    if since is not None and facts.last_at is not None:
        # One record with a wild date months before must not decide.
        span_days = min(span_days, (facts.last_at.date() - since).days + 1)
    if span_days <= _DAYS_FOR_DAYS:
        return "day"
    return "week" if span_days <= _DAYS_FOR_WEEKS else "month"


def index_of(day: dt.date, period: Period) -> int:
    """The period that a day lies in."""
    if period == "month":
        return day.year * 12 + day.month - 1
    days = (day - _EPOCH).days
    return days if period == "day" else (days + _TO_MONDAY) // 7


def start_of(index: int, period: Period) -> dt.date:
    """The first day of a period."""
    if period == "month":
        return dt.date(index // 12, index % 12 + 1, 1)
    return _EPOCH + dt.timedelta(days=index if period == "day" else index * 7 - _TO_MONDAY)


def index_column(moment: Any, period: Period) -> Any:
    """The period of a timestamp column, as int64."""
    if period == "month":
        return (moment.year() * 12 + moment.month() - 1).cast("int64")
    days = day_number(moment)
    return days if period == "day" else ((days + _TO_MONDAY) / 7).floor().cast("int64")


def day_number(moment: Any) -> Any:
    """Days since 1970-01-01 of a timestamp column, as int64."""
    return moment.date().delta(ibis.date(1970, 1, 1), unit="day").cast("int64")


def check_span(first: int, last: int, period: Period) -> None:
    """Raises ParamError when there are more periods than a table of cohorts can hold."""
    if last - first >= MOST_PERIODS:
        raise ParamError(
            "param.too_many_periods",
            msg("这段时间{name}要分 {n:int} 期，太多了。", name=NAMES[period], n=last - first + 1),
            msg("换成更长的周期，或者填“从哪天起”，少看一些。"),
        )
