"""The groups of a portrait: which one is looked at when none is set, what they are called, how large they are."""

from __future__ import annotations

import ibis
import pandas as pd

from analytics.i18n import msg
from analytics.models.base import ListColumn, Segment
from analytics.models.portrait_attributes import Attribute
from analytics.models.portrait_columns import Worked
from analytics.rules import EVERYONE, Condition, Rule
from analytics.rules_match import short_name

GROUP, BASE, BOTH, REST = "group", "base", "both", "rest"
USUAL_TOP = "20"  # percent
USUAL_VALUES = (2, 12)  # how many values a column may have to choose the usual group by


def default_rule(worked: Worked) -> Rule:
    """The group when none is set: the fifth that spends most, or does most; of a customer file without either the
    rarer value of the last column of two values (the outcome stands last in most files), else the commonest value of
    the first column of a few.
    """
    attributes = worked.people.compared
    keys = {attribute.key for attribute in attributes}
    for key in ("monetary", "events"):
        if key in keys:
            return Rule(((Condition(key, "top", (USUAL_TOP,)),),))
    few = [(a, counts) for a in attributes if a.kind == "text" and (counts := _counts(worked, a))]
    pairs = [(a, counts) for a, counts in few if len(counts) == USUAL_VALUES[0]]
    if pairs:
        attribute, counts = pairs[-1]
        return Rule(((Condition(attribute.key, "is", (counts[-1],)),),))
    if few:
        attribute, counts = few[0]
        return Rule(((Condition(attribute.key, "is", (counts[0],)),),))
    number = next((a for a in attributes if a.kind == "number"), None)
    return Rule(((Condition(number.key, "top", (USUAL_TOP,)),),)) if number else EVERYONE


def _counts(worked: Worked, attribute: Attribute) -> list[str]:
    """The values of a column, the commonest first; empty when there are too many."""
    table = worked.people.table
    rows = table.filter(table[attribute.key].notnull()).group_by(value=table[attribute.key]).agg(n=lambda t: t.count())
    frame = rows.order_by(ibis.desc("n"), "value").limit(USUAL_VALUES[1] + 1).execute()
    values = [str(value) for value in frame["value"]]
    return values if USUAL_VALUES[0] <= len(values) <= USUAL_VALUES[1] else []


def named_segments(rules: tuple[Rule, Rule], worked: Worked) -> tuple[Segment, ...]:
    """group, base, both, rest. The group is called what its rule says."""
    columns = [attribute.column for attribute in worked.people.attributes]
    group, base = (short_name(rule, columns) for rule in rules)
    beside = rules[1] != EVERYONE
    return (
        Segment(GROUP, group, msg("要看的这一组"), msg("照上面的特点定内容和渠道，先小范围试"), "value"),
        Segment(BASE, base, msg("拿来对比的一组"), msg("和左边那组分开联系，话术不同"), "grow"),
        Segment(
            BOTH,
            msg("两组都在：{group}，又{base}", group=group, base=base),
            msg("同时符合两组的条件"), msg("只联系一次，免得收到两条"), "grow",
        ),
        Segment(
            REST, msg("不在这两组里") if beside else msg("其余客户"),
            msg("两组的条件都不符合") if beside else msg("不符合这一组的条件"), msg("这次不联系"), "low",
        ),
    )  # fmt: skip


def segment_table(customers: ibis.Table, *, valued: bool) -> pd.DataFrame:
    """A row per segment with customers, in display order; shares are of all customers and their net spending."""
    sums = {"customers": customers.count()}
    if valued:
        sums["revenue"] = customers.monetary.cast("decimal(38,4)").sum()
    frame = customers.group_by("segment").agg(**sums).execute()
    frame["place"] = frame["segment"].map({key: at for at, key in enumerate((GROUP, BASE, BOTH, REST))})
    frame = frame.sort_values("place", ignore_index=True)
    counts = frame["customers"].astype("int64")
    table = pd.DataFrame({"segment": frame["segment"], "customers": counts, "customer_share": counts / counts.sum()})
    if valued:
        revenue = frame["revenue"].astype(float).fillna(0.0)
        whole = float(revenue.sum())
        table["revenue"] = revenue
        table["revenue_share"] = revenue / whole if whole else float("nan")
        table["monetary"] = revenue / counts
    return table


def segment_columns(segments: pd.DataFrame) -> tuple[ListColumn, ...]:
    """What the columns of the table of segments are."""
    columns: dict[str, ListColumn] = {
        "customers": ListColumn("customers", msg("客户"), "int"),
        "customer_share": ListColumn("customer_share", msg("占客户"), "share"),
        "revenue": ListColumn("revenue", msg("净消费"), "money"),
        "revenue_share": ListColumn("revenue_share", msg("占净消费"), "share"),
        "monetary": ListColumn("monetary", msg("人均净消费"), "money"),
    }
    return tuple(columns[name] for name in segments.columns if name in columns)
