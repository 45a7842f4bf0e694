"""The five stages, for the whole range and per period, from counts that the database made.

A period that is not over by ``as_of`` is NaN throughout; a rate is NaN where its group could not be watched to the
end (activation: somebody's days are not over; retention: the next period is not over).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from analytics.models.aarrr_people import FALSE

if TYPE_CHECKING:
    from analytics.models.aarrr_people import Sources
    from analytics.models.retention_periods import Calendar

STAGES = ("acquisition", "activation", "retention", "revenue", "referral")


def trend(
    people: ibis.Table, seen: ibis.Table, calendar: Calendar, start: int, *, refer_by_event: bool
) -> pd.DataFrame:
    """One row per period from ``start`` to the last one: period · complete · acquired · activated · activation_base ·
    activation_rate · active · retained · retention_base · retention_rate · revenue · payers · arpu (of the active) ·
    referred · referral_base · referral_rate.
    """
    table = pd.DataFrame({"period": np.arange(start, calendar.last + 1)}).set_index("period")
    table["complete"] = table.index <= calendar.last_complete
    counts = _joined_counts(people).set_index("joined_period").join(table[[]], how="right")
    table = table.join(counts.reindex(table.index)).join(_visit_counts(seen).set_index("period"))
    table = table.fillna(0).infer_objects()
    table["retained"] = _returns(seen).set_index("period")["n"].reindex(table.index).fillna(0)
    table["retention_base"] = table["active"]
    if refer_by_event:
        table["referred"], table["referral_base"] = table["sharers"], table["active"]
    complete = table["complete"].to_numpy()
    next_complete = np.append(complete[1:], False)
    activated = complete & (table["closed"] == table["acquired"]).to_numpy()
    table["activation_rate"] = _rate(table["activated"], table["closed"]).where(activated)
    table["activation_base"] = table["closed"]
    table["retention_rate"] = _rate(table["retained"], table["active"]).where(complete & next_complete)
    table["arpu"] = _rate(table["revenue"], table["active"])
    table["referral_rate"] = _rate(table["referred"], table["referral_base"])
    for columns, seen_whole in (
        (["acquired", "active", "revenue", "payers", "arpu", "referred", "referral_base", "referral_rate"], complete),
        (["activated", "activation_base"], activated),
        (["retained", "retention_base"], complete & next_complete),
    ):
        table[columns] = table[columns].astype(float).where(pd.Series(seen_whole, index=table.index))
    columns = ["complete", "acquired", "activated", "activation_base", "activation_rate", "active", "retained",
               "retention_base", "retention_rate", "revenue", "payers", "arpu", "referred", "referral_base",
               "referral_rate"]  # fmt: skip
    return table[columns].reset_index()


def stages(
    people: ibis.Table, table: pd.DataFrame, sources: Sources, *, orders: bool, refer_by_event: bool
) -> pd.DataFrame:
    """One row per stage: stage · value · base · rate · each · missing. value: people, for revenue money; each: money
    per active person. Missing stages are NaN throughout.
    """
    inside = people.joined
    row = people.agg(
        acquired=inside.cast("int64").sum(),
        closed=people.closed.cast("int64").sum(),
        activated=(people.closed & people.activated).cast("int64").sum(),
        active=(people.active_periods > 0).cast("int64").sum(),
        payers=(people.payments > 0).cast("int64").sum(),
        revenue=people.revenue.sum(),
        listed=(inside & people.listed).cast("int64").sum(),
        referred=(inside & people.listed & (people.inviter != "").fill_null(FALSE)).cast("int64").sum(),
        sharers=(people.refers > 0).cast("int64").sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n = {name: float(value or 0) for name, value in row.items()}
    watched = table[table["retention_base"].notna()]
    returned, base = float(watched["retained"].sum()), float(watched["retention_base"].sum())
    knows_pay = orders or bool(sources.pay_events)
    nan = math.nan
    lines = [
        ("acquisition", n["acquired"], nan, nan, nan, n["acquired"] == 0),
        ("activation", n["activated"], n["closed"], _share(n["activated"], n["closed"]), nan, n["closed"] == 0),
        ("retention", returned, base, _share(returned, base), nan, base == 0),
        (
            "revenue", n["revenue"] if sources.has_amount else nan, n["active"], _share(n["payers"], n["active"]),
            _share(n["revenue"], n["active"]) if sources.has_amount else nan, not knows_pay,
        ),
    ]  # fmt: skip
    if refer_by_event:
        lines.append(("referral", n["sharers"], n["active"], _share(n["sharers"], n["active"]), nan, n["active"] == 0))
    else:
        missing = not sources.inviters or n["listed"] == 0
        lines.append(("referral", n["referred"], n["listed"], _share(n["referred"], n["listed"]), nan, missing))
    found = pd.DataFrame(lines, columns=["stage", "value", "base", "rate", "each", "missing"])
    found["payers"] = [n["payers"] if stage == "revenue" and knows_pay else nan for stage in found["stage"]]
    numbers = ["value", "base", "rate", "each", "payers"]
    found[numbers] = found[numbers].astype(float).mask(found["missing"], axis=0)
    return found


def blank_missing(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The trend without the columns of stages that the data cannot tell: NaN, not 0."""
    missing = set(found.loc[found["missing"], "stage"])
    shown = table.copy()
    if "revenue" in missing:
        shown[["payers"]] = math.nan
    if found.set_index("stage")["value"].isna()["revenue"]:
        shown[["revenue", "arpu"]] = math.nan
    if "referral" in missing:
        shown[["referred", "referral_base", "referral_rate"]] = math.nan
    return shown


def _joined_counts(people: ibis.Table) -> pd.DataFrame:
    inside = people.filter(people.joined)
    referred = inside.listed & (inside.inviter != "").fill_null(FALSE)
    frame: pd.DataFrame = inside.group_by("joined_period").agg(
        acquired=inside.count(),
        closed=inside.closed.cast("int64").sum(),
        activated=(inside.closed & inside.activated).cast("int64").sum(),
        referral_base=inside.listed.cast("int64").sum(),
        referred=referred.cast("int64").sum(),
    ).execute()  # fmt: skip
    return frame


def _visit_counts(seen: ibis.Table) -> pd.DataFrame:
    frame: pd.DataFrame = seen.group_by("period").agg(
        active=(seen.active > 0).cast("int64").sum(),
        payers=(seen.payments > 0).cast("int64").sum(),
        sharers=(seen.refers > 0).cast("int64").sum(),
        revenue=seen.revenue.sum(),
    ).execute()  # fmt: skip
    frame["revenue"] = frame["revenue"].astype(float)
    return frame


def _returns(seen: ibis.Table) -> pd.DataFrame:
    """Period · n: people active in a period and in the next one."""
    active = seen.filter(seen.active > 0).select("person", "period")
    following = active.select(next_person=active.person, next_period=active.period - 1)
    both = active.inner_join(
        following, [active.person == following.next_person, active.period == following.next_period]
    )
    frame: pd.DataFrame = both.group_by("period").agg(n=both.count()).execute()
    return frame


def _rate(amount: pd.Series, base: pd.Series) -> pd.Series:
    return (amount.astype(float) / base.astype(float)).where(base > 0)


def _share(amount: float, base: float) -> float:
    return amount / base if base else math.nan
