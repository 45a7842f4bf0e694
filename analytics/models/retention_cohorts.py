"""From people's acts to the triangle of cohorts: counts per cohort and period in the database, rates from the counts.

Only grouped counts leave the database (one row per cohort and period), however many people there are. A cell whose
period is not over by ``as_of`` is NaN, and so is out of every mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from analytics.errors import DataError
from analytics.i18n import msg
from analytics.models.retention_periods import Calendar, check_span, index_column

if TYPE_CHECKING:
    from collections.abc import Sequence

MEASURES = ("users", "orders", "revenue")
MODES = ("period", "unbounded")


def visits(acts: ibis.Table, first: ibis.Table, calendar: Calendar) -> ibis.Table:
    """One row per person and period with a record, from the first on: person · first_period · k · orders · revenue ·
    last_at · next_at.

    k is 0 in the period of the first act; orders counts the acts that count; next_at is the first of them on a later
    day than the first act (acts on the first day itself are one visit), null where there is none.
    """
    joined = acts.inner_join(first, "person")
    placed = joined.mutate(k=index_column(joined.at, calendar.period) - joined.first_period)
    inside = placed.filter(placed.k >= 0)
    return inside.group_by("person", "first_period", "k").agg(
        orders=inside.counts.cast("int64").sum(),
        revenue=inside.value.sum().cast("decimal(38,4)"),
        last_at=inside.at.max(where=inside.counts | inside.starts),
        next_at=inside.at.min(where=inside.counts & (inside.at.date() > inside.first_at.date())),
    )


def second_visits(seen: ibis.Table) -> ibis.Table:
    """Person · next_at: the first act that counts on a later day, of those who had one."""
    again = seen.filter(seen.next_at.notnull())
    return again.group_by("person").agg(next_at=again.next_at.min())


def count_cells(seen: ibis.Table, first: ibis.Table, by: Sequence[str] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts per cohort (and ``by``): sizes (size), and per k the cells (users · later · orders · revenue).

    users were there in the period, later in that period or after it (period 0 is left to the size).
    """
    keys = ["first_period", *by]
    sizes = first.group_by(keys).agg(size=first.count()).order_by(keys).execute()
    sums = seen.group_by([*keys, "k"]).agg(
        users=(seen.orders > 0).cast("int64").sum(), orders=seen.orders.sum(), revenue=seen.revenue.sum()
    )
    there = seen.filter((seen.orders > 0) & (seen.k > 0))
    last = there.group_by([*keys, "person"]).agg(k=there.k.max())
    ends = last.group_by([*keys, "k"]).agg(ended=last.count())
    cells = sums.order_by([*keys, "k"]).execute().merge(ends.execute(), how="left", on=[*keys, "k"])
    cells["revenue"] = cells["revenue"].astype(float)
    cells["orders"] = cells["orders"].astype("int64")
    return sizes, cells.fillna({"ended": 0})


def triangle(sizes: pd.DataFrame, cells: pd.DataFrame, calendar: Calendar, measure: str, mode: str) -> pd.DataFrame:
    """Every cohort and every period up to ``as_of``, in order: cohort (a period number) · k · size · observed · users ·
    orders · revenue · amount · base · rate · cumulative (revenue per customer up to and with this period).

    amount is the measure; base is what it is divided by: the size, or the orders or revenue of period 0. All are NaN
    where the period is not complete; a rate is NaN too where its base is not above zero.
    """
    if sizes.empty:
        raise DataError(
            "data.no_cohorts",
            msg("统计日期之前没有可以算作“第一次”的记录。"),
            msg("检查统计日期、“从哪天起”和选的行为。"),
        )
    check_span(int(sizes["first_period"].min()), calendar.last, calendar.period)
    grid = pd.concat(
        [
            pd.DataFrame({"cohort": cohort, "size": size, "k": np.arange(calendar.last - cohort + 1)})
            for cohort, size in zip(sizes["first_period"], sizes["size"], strict=True)
        ],
        ignore_index=True,
    )
    grid = grid.merge(cells.rename(columns={"first_period": "cohort"}), how="left", on=["cohort", "k"])
    grid = grid.sort_values(["cohort", "k"], ignore_index=True)
    counts = ["users", "orders", "revenue", "ended"]
    grid[counts] = grid[counts].fillna(0.0)
    grid["observed"] = grid["cohort"] + grid["k"] <= calendar.last_complete
    if mode == "unbounded":
        # Who was last there in period j was there "in period k or later" for every k up to j.
        grid["users"] = grid.iloc[::-1].groupby("cohort")["ended"].cumsum().iloc[::-1]
    grid.loc[grid["k"] == 0, "users"] = grid["size"]
    grid["cumulative"] = grid.groupby("cohort")["revenue"].cumsum() / grid["size"]
    start = grid[grid["k"] == 0].set_index("cohort")[measure]
    grid["amount"] = grid[measure]
    grid["base"] = grid["cohort"].map(start)
    grid["rate"] = (grid["amount"] / grid["base"]).where(grid["base"] > 0)
    blank = ["users", "orders", "revenue", "amount", "rate", "cumulative"]
    grid[blank] = grid[blank].astype(float).where(grid["observed"])
    columns = ["cohort", "k", "size", "observed", "users", "orders", "revenue", "amount", "base", "rate", "cumulative"]
    return grid[columns].astype({"cohort": "int64", "k": "int64", "size": "int64", "base": "float64"})


def weighted_curve(cells: pd.DataFrame) -> pd.DataFrame:
    """Means over the cohorts that could be observed: k · rate · base · customers · cohorts · cumulative.

    rate = sum of amounts ÷ sum of bases: weighted by cohort size (users), or by what period 0 brought. cumulative is
    weighted by cohort size.
    """
    seen = cells[cells["observed"] & (cells["base"] > 0)]
    paid = (seen["cumulative"] * seen["size"]).rename("paid")
    sums = seen.assign(paid=paid).groupby("k")[["amount", "base", "size", "paid"]].sum()
    cohorts = seen.groupby("k")["cohort"].nunique()
    curve = pd.DataFrame(
        {
            "rate": sums["amount"] / sums["base"],
            "base": sums["base"],
            "customers": sums["size"].astype("int64"),
            "cohorts": cohorts.astype("int64"),
            "cumulative": sums["paid"] / sums["size"],
        }
    )
    return curve.rename_axis("k").reset_index()
