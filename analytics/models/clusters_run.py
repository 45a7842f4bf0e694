"""From a dataset to groups: measure, sample, prepare, fit, put in order, name, and place every customer.

What is fitted is at most FIT_ROWS customers, those with the lowest md5 of their id (all, where there are no more):
a draw that has nothing to do with the order of rows. Placing all customers is an engine expression.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from analytics.errors import DataError, ParamError
from analytics.i18n import Text, join, msg
from analytics.models.base import Segment
from analytics.models.clusters_features import Feature, Period, choose, feature_table, offer
from analytics.models.clusters_fit import Fit, fit
from analytics.models.clusters_names import SPECIAL, UNCLUSTERED, name_groups
from analytics.models.clusters_place import Counts, count_groups, numbered_key, place
from analytics.models.clusters_prepare import Preparation, learn
from analytics.models.clusters_rules import Rule, find_rules
from analytics.models.clusters_saved import Plane, SavedModel
from analytics.models.clusters_shape import Shape, label_rows
from analytics.models.rfm import resolve_as_of
from analytics.models.rfm_segments import NO_NET_SPEND, SEGMENTS

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.clusters import Params

FIT_ROWS = 100_000
POINTS = 3_000
FEWEST = 20  # customers
FEWEST_IN_GROUP = 5
MOST_K = 12


@dataclass(frozen=True)
class Grouped:
    """Everything the answer is made of; see clusters.Result for the tables."""

    customers: ibis.Table
    segments: pd.DataFrame
    profile: pd.DataFrame
    points: pd.DataFrame
    rules: tuple[Rule, ...]
    features: tuple[Feature, ...]
    named: tuple[Segment, ...]
    model: SavedModel | None
    as_of: dt.date | None
    shown: bool
    clusters: int
    fitted: int
    usable: int
    fit: Fit | None = None
    preparation: Preparation = field(default_factory=lambda: Preparation(()))
    passed_over: tuple[tuple[Feature, Text], ...] = ()

    @property
    def sweep(self) -> pd.DataFrame:
        """The numbers of groups that were tried."""
        return self.fit.sweep if self.fit else pd.DataFrame(columns=["k", "silhouette", "stability", "inertia"])


def resolved_period(data: Dataset, as_of: dt.date | None, window_days: int, policy: str) -> Period | None:
    """The orders that count; None for a table without orders."""
    if data.kind != "lines":
        return None
    return Period(resolve_as_of(data, as_of), window_days, policy)  # type: ignore[arg-type]


def usable(table: ibis.Table) -> ibis.Table:
    """The customers that can be grouped: with orders, those who bought for more than they gave back."""
    return table.filter((table.frequency > 0) & (table.monetary > 0)) if "monetary" in table.columns else table


def grouped(data: Dataset, params: Params) -> Grouped:
    """Find groups. Raises DataError (data.too_few_customers, data.no_features) and ParamError (param.k)."""
    people = data.companion("customers") if data.kind == "lines" else None
    offered = offer(data, people)
    features = choose(offered, params.features)
    if not features:
        raise _no_features(offered.passed_over)
    period = resolved_period(data, params.as_of, params.window_days, params.refund_policy)
    table = feature_table(data, people, features, period).cache()
    rows = first_rows(usable(table), features, FIT_ROWS)
    everyone = int(usable(table).count().execute())
    if everyone < FEWEST:
        raise _too_few(everyone)
    preparation = learn(values_of(rows, features), features, params.rules)
    features = tuple(f for f in features if f.key in {step.key for step in preparation.steps})
    if not features:
        raise _no_features(preparation.dropped)
    z = preparation.array(values_of(rows, features))
    whole = np.isfinite(z).all(axis=1)
    rows, z = rows[whole].reset_index(drop=True), z[whole]
    if len(z) < FEWEST:
        raise _too_few(len(z))
    ks = _ks(z, params)
    found = fit(z, params.method, ks, seed=params.seed, min_size=_min_size(params, len(z)), k=params.k) if ks else None
    start = _Start(data, params, table, features, preparation, period, offered.passed_over, len(z), everyone)
    if found is None or found.shape.clusters < 2 or not (found.found or params.show_weak):
        return _without_groups(start, found)
    return _with_groups(start, found, rows, z)


@dataclass(frozen=True)
class _Start:
    data: Dataset
    params: Params
    table: ibis.Table
    features: tuple[Feature, ...]
    preparation: Preparation
    period: Period | None
    passed_over: tuple[tuple[Feature, Text], ...]
    fitted: int
    usable: int


def first_rows(table: ibis.Table, features: Sequence[Feature], most: int) -> pd.DataFrame:
    """customer_id and the features of up to ``most`` customers, by the md5 of their id."""
    drawn = table.mutate(_hash=table.customer_id.hexdigest("md5"))
    ordered = drawn.order_by([drawn["_hash"], drawn.customer_id]).limit(most)
    frame: pd.DataFrame = ordered.select("customer_id", *(f.key for f in features)).execute()
    return frame


def values_of(rows: pd.DataFrame, features: Sequence[Feature]) -> np.ndarray:
    """The features as floats, NaN where missing."""
    return np.column_stack([pd.to_numeric(rows[f.key]).to_numpy(dtype=float, na_value=np.nan) for f in features])


def _ks(z: np.ndarray, params: Params) -> tuple[int, ...]:
    """The numbers of groups to try; none where all customers are alike."""
    different = len(np.unique(z[:10_000], axis=0))
    most = min(different, len(z) // FEWEST_IN_GROUP)
    if params.k is not None and params.k > most and params.method != "hdbscan":
        raise ParamError(
            "param.k",
            msg("分不成 {k:int} 群：最多 {most:int} 群。", k=params.k, most=most),
            msg("把群数改小，或者不填。"),
        )
    tried = {k for k in range(params.k_min, params.k_max + 1) if k <= most} | ({params.k} if params.k else set())
    return tuple(sorted(tried)) if different >= 2 else ()


def _min_size(params: Params, rows: int) -> int:
    return params.min_size or max(10, round(0.02 * min(rows, 20_000)))


def _with_groups(start: _Start, found: Fit, rows: pd.DataFrame, z: np.ndarray) -> Grouped:
    data, params, features = start.data, start.params, start.features
    plane = principal_plane(z)
    draft = _saved(start, found, found.shape, plane=plane, named=(), counts=_nothing(features))
    counts = count_groups(place(start.table, draft, named=False), features, money=data.kind == "lines")
    order = counts.order()
    shape = found.shape.renumbered(order)
    counts = counts.renumbered(order)
    named = name_groups(counts.profiles(features), counts.everyone(features), features)
    model = _saved(start, found, shape, plane=plane, named=named, counts=counts)
    labels = label_rows(z, shape)
    keys = [numbered_key(int(label)) for label in labels]
    return Grouped(
        customers=place(start.table, model),
        segments=counts.table(features),
        profile=counts.profile(features),
        points=map_points(rows, keys, z, plane),
        rules=find_rules(values_of(rows, features), keys, features, params.seed),
        features=features,
        named=(*named, *specials(data.kind)),
        model=model,
        as_of=start.period.as_of if start.period else None,
        shown=True,
        clusters=len(named),
        fitted=start.fitted,
        usable=start.usable,
        fit=found,
        preparation=start.preparation,
        passed_over=() if params.features else start.passed_over,
    )


def _without_groups(start: _Start, found: Fit | None) -> Grouped:
    """No structure: everyone in one group that says so."""
    table = start.table
    key = ibis.literal(UNCLUSTERED)
    if "monetary" in table.columns:
        bought = (table.frequency > 0) & (table.monetary > 0)
        key = ibis.ifelse(bought, UNCLUSTERED, NO_NET_SPEND)
    customers = table.mutate(segment=key)
    counts = count_groups(customers, start.features, money=start.data.kind == "lines")
    return Grouped(
        customers=customers,
        segments=counts.table(start.features),
        profile=pd.DataFrame(columns=["segment", "feature", "z", "mean", "all"]),
        points=pd.DataFrame(columns=["customer_id", "segment", "map_x", "map_y"]),
        rules=(),
        features=start.features,
        named=(SPECIAL[UNCLUSTERED], *specials(start.data.kind)),
        model=None,
        as_of=start.period.as_of if start.period else None,
        shown=False,
        clusters=0,
        fitted=start.fitted,
        usable=start.usable,
        fit=found,
        preparation=start.preparation,
        passed_over=() if start.params.features else start.passed_over,
    )


def specials(kind: str) -> tuple[Segment, ...]:
    """The groups beside the found ones that a customer can be in."""
    groups = tuple(segment for key, segment in SPECIAL.items() if key != UNCLUSTERED)
    return (*groups, SEGMENTS[NO_NET_SPEND]) if kind == "lines" else groups


def _saved(
    start: _Start, found: Fit, shape: Shape, *, plane: Plane, named: tuple[Segment, ...], counts: Counts
) -> SavedModel:
    facts = start.data.facts
    return SavedModel(
        kind=start.data.kind,
        method=start.params.method,
        features=start.features,
        steps=start.preparation.steps,
        shape=shape,
        plane=plane,
        segments=named,
        shares=counts.shares(),
        shift=tuple(counts.shift),
        width=tuple(counts.width),
        customers=counts.grouped,
        as_of=start.period.as_of if start.period else None,
        span_days=facts.span_days,
        window_days=start.params.window_days,
        refund_policy=start.params.refund_policy,
        silhouette=found.silhouette,
        stability=found.stability,
        digest=start.data.digest,
    )


def _nothing(features: Sequence[Feature]) -> Counts:
    """Stands in before anything is counted."""
    return Counts(pd.DataFrame({"segment": [], "n": []}), np.zeros(len(features)), np.ones(len(features)), False)


def principal_plane(z: np.ndarray) -> Plane:
    """The two directions in which customers differ most (principal components), signs fixed."""
    centre = z.mean(axis=0)
    spread = np.atleast_2d(np.cov((z - centre).T))
    values, vectors = np.linalg.eigh(spread)
    total = float(values.sum()) or 1.0
    axes, shares = [], []
    for at in np.argsort(-values, kind="stable")[:2]:
        vector = vectors[:, at]
        axes.append(vector * np.sign(vector[np.abs(vector).argmax()]))
        shares.append(max(0.0, float(values[at])) / total)
    if len(axes) == 1:  # one measure: a line
        axes.append(np.zeros_like(axes[0]))
        shares.append(0.0)
    x, y = (tuple(float(v) for v in axis) for axis in axes)
    return Plane(tuple(float(v) for v in centre), x, y, (shares[0], shares[1]))


def map_points(rows: pd.DataFrame, keys: Sequence[str], z: np.ndarray, plane: Plane) -> pd.DataFrame:
    """The first POINTS customers with their group and their place on the map."""
    away = z[:POINTS] - np.array(plane.centre)
    points = rows.head(POINTS).copy()
    points.insert(1, "segment", list(keys)[:POINTS])
    points.insert(2, "map_x", away @ np.array(plane.x))
    points.insert(3, "map_y", away @ np.array(plane.y))
    return points


def _too_few(have: int) -> DataError:
    return DataError(
        "data.too_few_customers",
        msg("能用来分群的客户只有 {have:int} 位，至少要 {need:int} 位。", have=have, need=FEWEST),
        msg("换一份客户更多的数据，或者改用 RFM 分层。"),
    )


def _no_features(left: Sequence[tuple[Feature, Text]]) -> DataError:
    reasons = [msg("{label}：{reason}", label=feature.label, reason=reason) for feature, reason in left]
    return DataError(
        "data.no_features",
        msg("没有可以用来分群的数字列。"),
        msg("不能用的：{reasons}。", reasons=join(reasons))
        if reasons
        else msg("换一份有数字列的客户名单，或者用订单表。"),
    )
