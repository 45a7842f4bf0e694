"""Every customer placed by the engine: prepared measures, group, place on the map; and the groups counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from analytics.models.clusters_names import INCOMPLETE, NOISE, Profile
from analytics.models.clusters_shape import NOISE as NOISE_LABEL
from analytics.models.clusters_shape import assign
from analytics.models.rfm_segments import NO_NET_SPEND

if TYPE_CHECKING:
    from analytics.models.clusters_features import Feature
    from analytics.models.clusters_saved import Plane, SavedModel

_Z = "_z{at}"
OUTSIDE_GROUPS = (INCOMPLETE, NO_NET_SPEND)


def numbered_key(label: int) -> str:
    """The segment key of a group's number: c1 is the first."""
    return NOISE if label == NOISE_LABEL else f"c{label + 1}"


def place(table: ibis.Table, model: SavedModel, *, named: bool = True) -> ibis.Table:
    """Add segment, typicality, map_x and map_y; without ``named`` also keep the prepared measures (_z0, _z1, …).

    table  of clusters_features.feature_table, with the model's features
    """
    names = [_Z.format(at=at) for at in range(len(model.steps))]
    prepared = table.mutate(
        **{name: step.expression(table[step.key]) for name, step in zip(names, model.steps, strict=True)}
    )
    labelled = assign(prepared, names, model.shape)
    placed = labelled.mutate(
        segment=_key(labelled, max(p.cluster for p in model.shape.prototypes) + 1),
        typicality=(1 / (1 + labelled.distance)).round(6),
        map_x=_along(labelled, names, model.plane, model.plane.x),
        map_y=_along(labelled, names, model.plane, model.plane.y),
    )
    return placed.drop("cluster", "distance", *(names if named else ()))


def _key(table: ibis.Table, clusters: int) -> ibis.Value:
    known = [(table.cluster == label, numbered_key(label)) for label in (NOISE_LABEL, *range(clusters))]
    key = ibis.cases(*known, else_=INCOMPLETE)
    if "monetary" not in table.columns:
        return key
    return ibis.ifelse((table.frequency > 0) & (table.monetary > 0), key, NO_NET_SPEND)


def _along(table: ibis.Table, names: Sequence[str], plane: Plane, axis: Sequence[float]) -> ibis.Value:
    parts = [(table[name] - centre) * weight for name, centre, weight in zip(names, plane.centre, axis, strict=True)]
    total: Any = reduce(lambda left, right: left + right, parts)
    return total.round(6)


@dataclass(frozen=True)
class Counts:
    """The groups in numbers.

    rows   segment · n · revenue (with money) · a mean per feature key · a mean per prepared measure (_z0 …)
    shift, width  of each prepared measure over all grouped customers
    """

    rows: pd.DataFrame
    shift: np.ndarray
    width: np.ndarray
    money: bool

    @property
    def groups(self) -> pd.DataFrame:
        """The rows of found groups, noise aside."""
        return self.rows[self.rows["segment"].str.fullmatch(r"c\d+")] if len(self.rows) else self.rows

    @property
    def inside(self) -> pd.DataFrame:
        """The rows of grouped customers: found groups and noise."""
        return self.rows[~self.rows["segment"].isin(OUTSIDE_GROUPS)]

    @property
    def grouped(self) -> int:
        """Customers in groups, noise included."""
        return int(self.inside["n"].sum())

    def shares(self) -> tuple[tuple[str, float], ...]:
        """Segment and its share of the grouped customers."""
        total = max(self.grouped, 1)
        return tuple((str(s), float(n) / total) for s, n in zip(self.inside["segment"], self.inside["n"], strict=True))

    def order(self) -> list[int]:
        """Old numbers in their new order: most money first, without money most customers; then by what they are."""
        columns = [name for name in self.rows.columns if name.startswith("_z")]
        ranked = sorted(
            self.groups.to_dict("records"),
            key=lambda row: (
                -round(float(row["revenue"]), 2) if self.money else 0.0,
                -int(row["n"]),
                tuple(round(float(row[name]), 6) for name in columns),
            ),
        )
        return [int(str(row["segment"])[1:]) - 1 for row in ranked]

    def renumbered(self, order: Sequence[int]) -> Counts:
        """The same counts with the groups renamed, in display order."""
        new = {numbered_key(old): numbered_key(at) for at, old in enumerate(order)}
        rows = self.rows.assign(segment=[new.get(key, key) for key in self.rows["segment"]])
        display = [*new.values(), NOISE, *OUTSIDE_GROUPS]
        rows = rows.sort_values("segment", key=lambda keys: keys.map(display.index), ignore_index=True)
        return replace(self, rows=rows)

    def profiles(self, features: Sequence[Feature]) -> list[Profile]:
        """The found groups as their names are made from."""
        return [
            Profile(
                str(row["segment"]),
                {
                    feature.key: (float(row[_Z.format(at=at)]) - float(self.shift[at])) / (float(self.width[at]) or 1.0)
                    for at, feature in enumerate(features)
                },
                {feature.key: float(row[feature.key]) for feature in features},
            )
            for row in self.groups.to_dict("records")
        ]

    def everyone(self, features: Sequence[Feature]) -> dict[str, float]:
        """The mean of each feature over the grouped customers."""
        weights = self.inside["n"].to_numpy(dtype=float)
        means = {}
        for feature in features:
            values = self.inside[feature.key].to_numpy(dtype=float)
            known = np.isfinite(values)
            means[feature.key] = float(np.average(values[known], weights=weights[known])) if known.any() else np.nan
        return means

    def profile(self, features: Sequence[Feature]) -> pd.DataFrame:
        """What Result.profile holds: segment · feature · z · mean · all."""
        everyone = self.everyone(features)
        rows = [
            {"segment": p.key, "feature": f.key, "z": p.z[f.key], "mean": p.mean[f.key], "all": everyone[f.key]}
            for p in self.profiles(features)
            for f in features
        ]
        return pd.DataFrame(rows, columns=["segment", "feature", "z", "mean", "all"])

    def table(self, features: Sequence[Feature]) -> pd.DataFrame:
        """The segments of an answer."""
        n, outside = self.rows["n"].astype("int64"), self.rows["segment"].isin(OUTSIDE_GROUPS)
        columns: dict[str, Any] = {"segment": self.rows["segment"], "customers": n}
        columns["customer_share"] = (n / max(int(n[~outside].sum()), 1)).mask(outside)
        if self.money:
            revenue = self.rows["revenue"].astype(float)
            total = float(revenue[~outside].sum())
            columns["revenue"] = revenue
            columns["revenue_share"] = (revenue / total if total > 0 else revenue * np.nan).mask(outside)
            columns["monetary"] = revenue / n
        means = {f.key: self.rows[f.key].astype(float) for f in features if f.key not in columns}
        return pd.DataFrame(columns | means).reset_index(drop=True)


def count_groups(placed: ibis.Table, features: Sequence[Feature], *, money: bool) -> Counts:
    """Count the groups: one query over all customers."""
    zs = [name for name in placed.columns if name.startswith("_z")]
    found: dict[str, Any] = {"n": placed.count()}
    if money:
        found["revenue"] = placed.monetary.sum().cast("float64")
    found |= {feature.key: placed[feature.key].cast("float64").mean() for feature in features}
    found |= {name: placed[name].mean() for name in zs}
    found |= {f"{name}:squares": (placed[name] * placed[name]).mean() for name in zs}
    rows: pd.DataFrame = placed.group_by("segment").agg(**found).order_by("segment").execute()
    rows = rows.sort_values("segment", key=lambda keys: keys.isin(OUTSIDE_GROUPS), kind="stable", ignore_index=True)
    inside = rows[~rows["segment"].isin(OUTSIDE_GROUPS)]
    weights = inside["n"].to_numpy(dtype=float)
    shift = np.array([np.average(inside[name].to_numpy(dtype=float), weights=weights) for name in zs])
    squares = np.array([np.average(inside[f"{name}:squares"].to_numpy(dtype=float), weights=weights) for name in zs])
    width = np.sqrt(np.maximum(squares - shift**2, 0.0))
    kept = [name for name in rows.columns if not name.endswith(":squares")]
    return Counts(rows[kept], shift, np.where(width > 0, width, 1.0), money)
