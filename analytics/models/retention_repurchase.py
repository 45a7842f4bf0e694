"""How long until the second purchase: Kaplan and Meier (1958), so that customers who only just came still count.

Time is in whole days from the day of the first purchase to the next day with one; further purchases on the first day
belong to it. Who has not come back is censored on the last day before ``as_of``. The interval is the log(−log)
one of Kalbfleisch and Prentice, which stays between 0 and 1; the median's interval inverts it (Brookmeyer and
Crowley, 1982). Everything is computed from counts per day, so the number of customers does not matter.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from analytics.models.retention_periods import day_number

_Z = 1.959963984540054
FEWEST_AT_RISK = 10  # beyond this the curve hangs on single people and is not drawn


@dataclass(frozen=True)
class Repurchase:
    """The curve and what can be read off it.

    curve   day · at_risk · events · censored · share · low · high: share = with a second purchase within ``day`` days,
            95 % interval; one row per day on which something happened, day 0 first
    median_days, median_low, median_high   None: not reached within the data
    """

    curve: pd.DataFrame
    customers: int
    returned: int
    median_days: int | None
    median_low: int | None
    median_high: int | None

    def within(self, days: int) -> tuple[float, float, float]:
        """Share with a second purchase within ``days`` days and its interval; NaN beyond what was observed."""
        if self.curve.empty or days > int(self.curve["day"].iloc[-1]):
            return math.nan, math.nan, math.nan
        row = self.curve[self.curve["day"] <= days].iloc[-1]
        return float(row["share"]), float(row["low"]), float(row["high"])


def waits(first: ibis.Table, second: ibis.Table, as_of: dt.date) -> pd.DataFrame:
    """Day · came (bool) · customers: how long people waited for the second purchase, or have waited without one."""
    joined = first.left_join(second, "person")
    start = day_number(joined.first_at)
    last = (as_of - dt.date(1970, 1, 1)).days - 1
    waited = joined.select(
        day=ibis.coalesce(day_number(joined.next_at), ibis.literal(last).cast("int64")) - start,
        came=joined.next_at.notnull(),
    )
    frame: pd.DataFrame = waited.group_by("day", "came").agg(customers=waited.count()).order_by("day", "came").execute()
    return frame


def kaplan_meier(counts: pd.DataFrame) -> Repurchase:
    """The curve from ``day`` · ``came`` · ``customers``."""
    table = counts.pivot_table(index="day", columns="came", values="customers", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=[True, False], fill_value=0)
    if 0 not in table.index:
        table.loc[0] = 0
    table = table.sort_index()
    events, censored = table[True].to_numpy(dtype=float), table[False].to_numpy(dtype=float)
    total = float(events.sum() + censored.sum())
    gone = events + censored
    at_risk = total - np.concatenate([[0.0], np.cumsum(gone)[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        still = np.cumprod(1 - events / at_risk)
        variance = np.cumsum(np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0))
        width = _Z * np.sqrt(variance) / np.abs(np.log(still))
        low, high = 1 - still ** np.exp(-width), 1 - still ** np.exp(width)
    flat = still == 1  # nobody yet: no interval
    ended = still == 0  # everybody: none either
    curve = pd.DataFrame(
        {
            "day": table.index.astype("int64"),
            "at_risk": at_risk.astype("int64"),
            "events": events.astype("int64"),
            "censored": censored.astype("int64"),
            "share": 1 - still,
            "low": np.where(flat, 0.0, np.where(ended, np.nan, low)),
            "high": np.where(flat, 0.0, np.where(ended, np.nan, high)),
        }
    )
    return Repurchase(
        curve, int(total), int(events.sum()),
        _first_at_half(curve, "share"), _first_at_half(curve, "high"), _first_at_half(curve, "low"),
    )  # fmt: skip


def _first_at_half(curve: pd.DataFrame, column: str) -> int | None:
    # 1e-12: a share of one half must not be missed by the last bit of a product
    reached = curve.loc[curve[column] >= 0.5 - 1e-12, "day"]
    return None if reached.empty else int(reached.iloc[0])
