"""How a group differs: for each attribute the shares of its values (or bands of its numbers) in the group and beside.

A number is cut into bands at the quantiles of all customers, rounded to two digits so that they can be read; a value on
a cut belongs to the lower band. Shares are of the customers who have a value.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from analytics.i18n import Text, msg, verbatim
from analytics.models.portrait_tgi import Counted, strength, sure, tgi
from analytics.provinces import PROVINCES

if TYPE_CHECKING:
    from analytics.models.portrait_attributes import Attribute

MOST_VALUES = 20
MOST_PROVINCES = 40
OTHERS = "\x00others"  # no cell can hold it
VALUE_COLUMNS = [
    "attribute", "value", "label", "place", "n_group", "n_base", "share_group", "share_base", "tgi", "low", "high",
    "solid", "sure", "strength", "p",
]  # fmt: skip
ATTRIBUTE_COLUMNS = [
    "attribute", "difference", "sure", "defining", "filled_group", "filled_base", "median_group", "median_base",
    "mean_group", "mean_base",
]  # fmt: skip


@dataclass(frozen=True)
class Sides:
    """Who is compared: boolean columns of the table.

    nested  whether the base holds the whole group (all customers do)
    """

    table: ibis.Table
    group: str
    base: str
    nested: bool


@dataclass(frozen=True)
class Compared:
    """values: VALUE_COLUMNS, the attribute that differs most first; attributes: ATTRIBUTE_COLUMNS, in that order too.

    passed_over  attributes none of whose values enough customers have
    """

    values: pd.DataFrame
    attributes: pd.DataFrame
    passed_over: tuple[Attribute, ...]


def compare(
    sides: Sides, attributes: Sequence[Attribute], *, bands: int, min_n: int, defining: frozenset[str]
) -> Compared:
    """Both sides side by side, attribute by attribute."""
    numbers = [attribute for attribute in attributes if attribute.kind == "number"]
    measured = _measures(sides, attributes, numbers, bands)
    kept, passed, rows = [], [], []
    for attribute in attributes:
        filled = (int(measured[f"{attribute.key}:group"]), int(measured[f"{attribute.key}:base"]))
        cuts = _cuts(attribute, measured, bands) if attribute.kind == "number" else ()
        least = float(measured[f"{attribute.key}:least"]) if attribute.kind == "number" else math.nan
        found = _values(sides, attribute, (cuts, least), filled)
        if attribute.kind == "text" and max((count.n_base for count in found), default=0) < min_n:
            passed.append(attribute)
            continue
        rows += [_value_row(attribute, count, filled, min_n, nested=sides.nested) for count in found]
        kept.append(attribute)
    values = pd.DataFrame(rows, columns=VALUE_COLUMNS)
    candidates = values["solid"].astype(bool) & ~values["attribute"].isin(defining)
    stands = sure([p if known else math.nan for p, known in zip(values["p"], candidates, strict=True)])
    # By definition a group differs in what it was chosen by: no chance is involved, so no test.
    by_rule = values["attribute"].isin(defining) & values["solid"].astype(bool) & (values["strength"] > 0)
    values["sure"] = [a or b for a, b in zip(stands, by_rule, strict=True)]
    return _ordered(values, kept, tuple(passed), measured, defining)


@dataclass(frozen=True)
class _Count:
    value: str
    label: Text
    place: int
    n_group: int
    n_base: int


def _measures(sides: Sides, attributes: Sequence[Attribute], numbers: Sequence[Attribute], bands: int) -> Any:
    """One row: how many have a value on each side, and of numbers the quantiles, medians and means."""
    table = sides.table
    group, base = table[sides.group], table[sides.base]
    told: dict[str, Any] = {"everyone": table.count()}
    for attribute in attributes:
        cell = table[attribute.key]
        told[f"{attribute.key}:group"] = (cell.notnull() & group).cast("int64").sum()
        told[f"{attribute.key}:base"] = (cell.notnull() & base).cast("int64").sum()
    for attribute in numbers:
        cell = table[attribute.key]
        for side, flag in (("group", group), ("base", base)):
            mine = ibis.ifelse(flag, cell, ibis.null("float64"))
            told[f"{attribute.key}:median_{side}"] = mine.quantile(0.5)
            told[f"{attribute.key}:mean_{side}"] = mine.mean()
        told |= {f"{attribute.key}:q{k}": cell.quantile(k / bands) for k in range(1, bands)}
        told[f"{attribute.key}:least"] = cell.min()
    return table.aggregate(**told).execute().iloc[0]


def _cuts(attribute: Attribute, measured: Any, bands: int) -> tuple[float, ...]:
    found = [float(measured[f"{attribute.key}:q{k}"]) for k in range(1, bands)]
    rounded = [_readable(cut, whole=attribute.whole) for cut in found if not math.isnan(cut)]
    return tuple(sorted(set(rounded)))


def _readable(cut: float, *, whole: bool) -> float:
    """Two digits are enough for a band: 12,345 → 12,000, 0.0523 → 0.052."""
    if cut == 0:
        return 0.0
    digits = 1 - math.floor(math.log10(abs(cut)))
    value = round(cut, digits) if not whole or abs(cut) >= 100 else round(cut)
    return float(round(value)) if whole else value


def _values(
    sides: Sides, attribute: Attribute, bands: tuple[Sequence[float], float], filled: tuple[int, int]
) -> list[_Count]:
    """``bands``: the cuts of a number and its least value."""
    table, (cuts, least) = sides.table, bands
    cell = table[attribute.key]
    value = cell
    if attribute.kind == "number":
        steps = [(cell > cut).cast("int64") for cut in cuts]
        value = sum(steps, ibis.literal(0).cast("int64")).cast("string")
    part = table.filter(cell.notnull() & (table[sides.group] | table[sides.base]))
    rows = part.select(value=value, g=part[sides.group].cast("int64"), b=part[sides.base].cast("int64"))
    counts = rows.group_by("value").agg(n_group=rows.g.sum(), n_base=rows.b.sum())
    frame = counts.order_by(ibis.desc("n_base"), ibis.desc("n_group"), "value").limit(MOST_PROVINCES + 1).execute()
    found = [(str(r.value), int(r.n_group), int(r.n_base)) for r in frame.itertuples()]
    if attribute.kind == "number":
        labels = band_labels(attribute, cuts, least)
        by_band = {int(value): (g, b) for value, g, b in found}
        return [_Count(str(at), labels[at], at, *by_band[at]) for at in sorted(by_band)]
    most = MOST_PROVINCES if attribute.provinces else MOST_VALUES
    kept = _in_order(attribute, found[:most])
    counted = [_Count(v, value_label(attribute, v), at, g, b) for at, (v, g, b) in enumerate(kept)]
    left = (filled[0] - sum(c.n_group for c in counted), filled[1] - sum(c.n_base for c in counted))
    return [*counted, _Count(OTHERS, msg("其他"), len(counted), *left)] if any(left) else counted


def _in_order(attribute: Attribute, found: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Levels in their own order (0, 1, 2; a model's groups), all else the commonest first."""
    if attribute.names:
        places = {key: at for at, (key, _) in enumerate(attribute.names)}
        return sorted(found, key=lambda row: places.get(row[0], len(places)))
    try:
        return sorted(found, key=lambda row: float(row[0]))
    except ValueError:
        return found


def value_label(attribute: Attribute, value: str) -> Text:
    """What a value is called."""
    named = dict(attribute.names).get(value)
    if named is not None:
        return named
    if attribute.provinces and value in PROVINCES:
        return PROVINCES[value].title
    return verbatim(value)


def band_labels(attribute: Attribute, cuts: Sequence[float], least: float) -> list[Text]:
    """What the bands between the cuts are called; a cut belongs to the lower one. ``least``: the smallest value."""
    if not cuts:
        return [msg("所有数值")]
    first = cuts[0]
    labels = [told(attribute, first) if first == least else msg("不超过 {high}", high=told(attribute, first))]
    for low, high in itertools.pairwise(cuts):
        above = low + 1 if attribute.whole else low
        if attribute.whole and high == above:
            labels.append(told(attribute, high))
        elif low == 0 == least and not attribute.whole:
            labels.append(msg("有，但不超过 {high}", high=told(attribute, high)))
        else:
            labels.append(msg("{low} 到 {high}", low=_bare(attribute, above), high=told(attribute, high)))
    last = cuts[-1]
    if not attribute.whole:
        return [*labels, msg("超过 {low}", low=told(attribute, last))]
    beyond = _bare(attribute, last + 1)
    return [*labels, msg("{low} 天以上", low=beyond) if attribute.unit == "days" else msg("{low} 以上", low=beyond)]


def told(attribute: Attribute, value: float) -> Text:
    """A value of a number attribute as people read it, with its unit."""
    if math.isnan(value):
        return msg("—")
    if attribute.unit == "days":
        return msg("{days} 天", days=_bare(attribute, value))
    return _bare(attribute, value)


def _bare(attribute: Attribute, value: float) -> Text:
    """The same without the unit that would stand twice in "10 to 20 days"; no zeros after the last digit."""
    if attribute.unit == "money":
        return Text("{value:money}", (("value", value),))
    if attribute.unit == "share":
        return verbatim(f"{round(value * 100, 1):,g}%")
    digits = 0 if attribute.whole or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    shown = f"{value:,.{digits}f}"
    return verbatim(shown.rstrip("0").rstrip(".") if "." in shown else shown)


def _value_row(
    attribute: Attribute, count: _Count, filled: tuple[int, int], min_n: int, *, nested: bool
) -> dict[str, Any]:
    share_group = count.n_group / filled[0] if filled[0] else math.nan
    share_base = count.n_base / filled[1] if filled[1] else math.nan
    found = tgi(Counted(count.n_group, filled[0], count.n_base, filled[1], nested))
    # What counts is those there are or, where there are few, those there should be.
    enough = max(count.n_group, share_base * filled[0] if filled[1] else 0.0) >= min_n and count.n_base >= min_n
    return {
        "attribute": attribute.key, "value": count.value, "label": count.label, "place": count.place,
        "n_group": count.n_group, "n_base": count.n_base, "share_group": share_group, "share_base": share_base,
        "tgi": found.value, "low": found.low, "high": found.high, "solid": bool(enough), "sure": False,
        "strength": strength(found), "p": found.p,
    }  # fmt: skip


def _ordered(
    values: pd.DataFrame, kept: Sequence[Attribute], passed: tuple[Attribute, ...], measured: Any,
    defining: frozenset[str],
) -> Compared:  # fmt: skip
    rows = []
    for attribute in kept:
        mine = values[values["attribute"] == attribute.key]
        # The share of the group that would have to have another value for both sides to be alike.
        apart = float((mine["share_group"] - mine["share_base"]).abs().sum() / 2)
        number = attribute.kind == "number"
        told = {
            name: float(measured[f"{attribute.key}:{name}"]) if number else math.nan
            for name in ("median_group", "median_base", "mean_group", "mean_base")
        }
        rows.append(
            {
                "attribute": attribute.key, "difference": apart,
                "sure": bool((mine["sure"] & (mine["value"] != OTHERS)).any()), "defining": attribute.key in defining,
                "filled_group": int(measured[f"{attribute.key}:group"]),
                "filled_base": int(measured[f"{attribute.key}:base"]), **told,
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=ATTRIBUTE_COLUMNS)
    frame["difference"] = frame["difference"].fillna(0.0).round(9)
    by = ["defining", "sure", "difference", "attribute"]
    frame = frame.sort_values(by, ascending=[True, False, False, True], ignore_index=True)
    places = {key: at for at, key in enumerate(frame["attribute"])}
    order = values.assign(_at=values["attribute"].map(places)).sort_values(["_at", "place"], ignore_index=True)
    return Compared(order.drop(columns="_at"), frame, passed)


def strongest(values: pd.DataFrame, *, defining: frozenset[str] = frozenset()) -> pd.DataFrame:
    """The values whose difference is sure, the one that differs most even at its cautious end first."""
    named = values[values["sure"] & (values["value"] != OTHERS) & ~values["attribute"].isin(defining)]
    return named.sort_values(["strength", "attribute", "place"], ascending=[False, True, True], ignore_index=True)


def only(compared: Compared, keys: Sequence[str]) -> Compared:
    """The part about some attributes."""
    chosen = set(keys)
    return replace(
        compared,
        values=compared.values[compared.values["attribute"].isin(chosen)].reset_index(drop=True),
        attributes=compared.attributes[compared.attributes["attribute"].isin(chosen)].reset_index(drop=True),
    )
