"""Retention by a property of the first touch: what the first order or event said (channel, city, product …), or what
the customers' own table says (sex, level …). Each person is in one group; the smallest groups are put together.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from analytics.errors import ParamError
from analytics.expressions import trimmed
from analytics.fields import ROLES
from analytics.i18n import Text, msg, verbatim
from analytics.models.retention_cohorts import count_cells, triangle, weighted_curve
from analytics.models.retention_periods import Calendar

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.retention_activity import Events

MOST_GROUPS = 7
EMPTY, OTHER = "\x1fempty", "\x1fother"  # no cell of a table holds a unit separator
CUSTOMERS = "customers."  # a property of the customers' own table: customers.gender


def properties(data: Dataset) -> tuple[str, ...]:
    """What can be broken down by: columns of the table, then those of the customers' table beside it."""
    people = {"customer_name", "phone"}
    own = tuple(name for name in data.attributes() if name not in people)
    beside = data.companion("customers")
    if beside is None:
        return own
    return own + tuple(CUSTOMERS + name for name in beside.attributes() if name not in people)


def check_name(name: str) -> None:
    """Raises ParamError (param.by) unless a name can be a column's: a role, or x0, x1 … for the user's own columns."""
    column = name.removeprefix(CUSTOMERS)
    if name and column not in ROLES and not re.fullmatch(r"x\d+", column):
        raise ParamError(
            "param.by",
            msg("没有“{name}”这一列可以拆分。", name=name),
            msg("写字段名，比如 channel；自己的列写 x0、x1；客户名单里的列写 customers.gender。"),
        )


def check_property(data: Dataset, name: str) -> None:
    """Raises ParamError (param.by) with the nearest name when the data have no such column."""
    known = properties(data)
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    raise ParamError(
        "param.by",
        msg("没有“{name}”这一列可以拆分。", name=name),
        msg("是不是 {near}？", near=near[0]) if near else msg("可选：{allowed}。", allowed="、".join(known) or "—"),
    )


def grouped_curves(
    data: Dataset,
    by: str,
    first: ibis.Table,
    seen: ibis.Table,
    calendar: Calendar,
    *,
    starts: Events,
    how: tuple[str, str],
) -> pd.DataFrame:
    """The weighted curve of each group, biggest group first: group · size · k · rate · base · customers · cohorts.

    how  measure and mode
    """
    valued = first.left_join(first_touch(data, by, first, starts), "person")
    valued = valued.select("person", "first_at", "first_period", value=valued.value.fill_null(EMPTY)).cache()
    sizes = valued.group_by("value").agg(n=valued.count())
    biggest = [str(v) for v in sizes.order_by(ibis.desc("n"), "value").limit(MOST_GROUPS).execute()["value"]]
    placed = valued.mutate(group=ibis.ifelse(valued.value.isin(biggest), valued.value, OTHER))
    groups = placed.select("person", "group")
    cohort_sizes, cells = count_cells(seen.inner_join(groups, "person"), placed, by=["group"])
    curves = []
    for name, own in cohort_sizes.groupby("group", sort=True):
        grid = triangle(own, cells[cells["group"] == name].drop(columns="group"), calendar, *how)
        curves.append(weighted_curve(grid).assign(group=name, size=int(own["size"].sum())))
    table = pd.concat(curves, ignore_index=True)
    table["last"] = table["group"] == OTHER
    table = table.sort_values(["last", "size", "group", "k"], ascending=[True, False, True, True], ignore_index=True)
    return table[["group", "size", "k", "rate", "base", "customers", "cohorts"]]


def group_name(group: str) -> Text:
    """A group of the breakdown in words."""
    if group == EMPTY:
        return msg("（空）")
    return msg("其他") if group == OTHER else verbatim(group)


def first_touch(data: Dataset, by: str, first: ibis.Table, starts: Events) -> ibis.Table:
    """Person · value of the property (text; blank is EMPTY). Of several rows at one moment the lowest decides."""
    beside = data.companion("customers")
    if beside is not None and by.startswith(CUSTOMERS):
        name = by.removeprefix(CUSTOMERS)
        rows = beside.main.select("row_id", person=beside.main.customer_id, value=beside.main[name].cast("string"))
    else:
        main = data.main
        moment = main.ordered_at if data.kind == "lines" else main.occurred_at
        if data.kind == "events" and starts:
            main = main.filter(main.event.isin(starts))
            moment = main.occurred_at
        rows = main.select("row_id", person=main[data.entity], at=moment, value=main[by].cast("string"))
        rows = rows.inner_join(first.select("person", "first_at"), "person")
        rows = rows.filter(rows.at == rows.first_at)
    ranked = rows.mutate(_place=ibis.row_number().over(group_by="person", order_by=rows.row_id))
    top = ranked.filter(ranked["_place"] == 0)
    text = trimmed(top.value.fill_null(""))
    return top.select("person", value=ibis.ifelse(text == "", EMPTY, text))
