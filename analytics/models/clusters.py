"""Clustering: which groups the customers fall into by themselves, what they are like, and who belongs to which.

Customers are compared by measures of their orders (recency, orders, order value by default) or by numeric columns of a
customer file, made comparable (clusters_prepare), and grouped by K-Means, a Gaussian mixture or HDBSCAN
(clusters_fit). How many groups: the silhouette over a range of k, among those that bootstrap samples confirm. Without
structure (silhouette under 0.15, or unstable) no groups are shown. The answer does not depend on the order of rows,
and can be saved and applied to a later file (clusters_saved).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.i18n import msg
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment
from analytics.models.clusters_assign import assigned
from analytics.models.clusters_drift import Drift, measure
from analytics.models.clusters_findings import find, tell_method
from analytics.models.clusters_fit import Method
from analytics.models.clusters_prepare import LogRule, MissingRule, Rules, ScaleRule
from analytics.models.clusters_rules import Rule
from analytics.models.clusters_run import MOST_K, Grouped, grouped
from analytics.models.clusters_saved import SavedModel, dump, load
from analytics.models.rfm_scoring import RefundPolicy

if TYPE_CHECKING:
    from analytics.models.clusters_features import Feature

Model = Literal["kmeans", "mixture", "hdbscan"]

NEEDS = (
    Needs(
        kind="lines",
        must=("customer_id", "ordered_at", "amount"),
        can=("order_id", "status", "refund_amount", "quantity", "category", "discount"),
        solid_entities=200,
        solid_days=60,
        beside=("customers",),
    ),
    Needs(kind="customers", must=("customer_id",), can=("age",), solid_entities=200),
)


@dataclass(frozen=True)
class Params:
    """What to compare customers by, how to prepare it, and how to group.

    features       measures by key, label or column; none: the usual ones
    method         kmeans: groups of similar size and spread; mixture: of any width and slant; hdbscan: dense ones of
                   any form, what lies between them is noise
    k              how many groups; None: suggested from k_min to k_max (HDBSCAN finds its own number)
    min_size       HDBSCAN: the fewest customers that make a group; 0: 2 % of them, at least 10
    log            logarithms for: auto (heavy-tailed measures), all (that are not negative), none
    winsor_share   cut off at each end, 0 to 0.2
    scale          standard (mean and deviation), robust (median and quartiles), minmax, none
    missing        median, zero, or drop: such customers form a group of their own
    show_weak      show groups even where there is hardly any structure
    window_days    only orders of the last so many days before as_of; 0: all
    as_of          the day that is counted to, itself left out; None: the day after the last record
    seed           of everything that is drawn
    model          the text of a saved model: assign to its groups, whatever else is set (but as_of)
    """

    features: tuple[str, ...] = ()
    method: Model = "kmeans"
    k: int | None = None
    k_min: int = 2
    k_max: int = 8
    min_size: int = 0
    log: LogRule = "auto"
    winsor_share: float = 0.01
    scale: ScaleRule = "standard"
    missing: MissingRule = "median"
    show_weak: bool = False
    window_days: int = 0
    as_of: dt.date | None = None
    refund_policy: RefundPolicy = "net"
    seed: int = 1
    model: str = ""

    def __post_init__(self) -> None:
        _one_of("method", self.method, get_args(Method))
        _one_of("log", self.log, get_args(LogRule))
        _one_of("scale", self.scale, get_args(ScaleRule))
        _one_of("missing", self.missing, get_args(MissingRule))
        _one_of("refund_policy", self.refund_policy, get_args(RefundPolicy))
        if not 2 <= self.k_min <= self.k_max <= MOST_K or not (self.k is None or 2 <= self.k <= MOST_K):
            raise ParamError(
                "param.k",
                msg("群数要在 2 到 {most:int} 之间，下限不能大于上限。", most=MOST_K),
                msg("不确定时不要填。"),
            )
        if not 0 <= self.winsor_share <= 0.2:
            raise ParamError(
                "param.winsor_share", msg("每端截去的比例要在 0 到 0.2 之间。"), msg("常用 0.01；0 表示不截。")
            )
        for name in ("min_size", "window_days", "seed"):
            if getattr(self, name) < 0:
                raise ParamError(f"param.{name}", msg("{name} 不能是负数。", name=name), msg("不确定时填 0。"))
        if self.model:
            load(self.model)

    @property
    def rules(self) -> Rules:
        """How to prepare."""
        return Rules(self.log, self.winsor_share, self.scale, self.missing)


@dataclass(frozen=True)
class Result:
    """The answer (models/base.py says what every answer has).

    customers  lazy, one row per customer: customer_id · segment · the measures · typicality (1 at the heart of the
               group, towards 0 far from it) · map_x · map_y; of orders also frequency · monetary · last_order_at
    segments   segment · customers · customer_share · (revenue · revenue_share · monetary) · the means of the measures.
               Shares are of the customers that were grouped and their net spending; NaN for those who were not
    profile    segment · feature · z (the mean in standard deviations from all grouped customers) · mean · all (that
               of everyone), real units; grouped segments only
    points     customer_id · segment · map_x · map_y and the measures: up to POINTS customers for the map
    sweep      k · silhouette · stability · inertia, the numbers of groups that were tried; empty for a saved model
    shown      whether there are groups: False when no structure was found
    saved      the model to keep; None when there are no groups
    drift      against the saved model that was used; None without one
    """

    customers: ibis.Table
    segments: pd.DataFrame
    profile: pd.DataFrame
    points: pd.DataFrame
    sweep: pd.DataFrame
    rules: tuple[Rule, ...]
    features: tuple[Feature, ...]
    named: tuple[Segment, ...]
    columns: tuple[ListColumn, ...]
    segment_columns: tuple[ListColumn, ...]
    rank_by: str
    shown: bool
    saved: SavedModel | None
    drift: Drift | None
    params: Params
    as_of: dt.date | None
    headline: dict[str, float]
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]


def analyze(data: Dataset, params: Params) -> Result:
    """Group the customers, or assign them to a saved model's groups.

    Raises DataError: data.too_few_customers, data.no_features, data.model_feature, data.no_dates.
    """
    if params.model:
        model = load(params.model)
        found = assigned(data, model, params.as_of)
        drift: Drift | None = measure(data, model, found)
    else:
        found, drift = grouped(data, params), None
    return _result(data, params, found, drift)


def save(result: Result) -> str:
    """The text of a file that ``Params.model`` takes. Raises ParamError when there are no groups to save."""
    if result.saved is None:
        raise ParamError(
            "param.no_model", msg("没有分出群，没有模型可以保存。"), msg("换几个特征再试，或者改用 RFM 分层。")
        )
    return dump(result.saved)


def _result(data: Dataset, params: Params, found: Grouped, drift: Drift | None) -> Result:
    money = data.kind == "lines"
    answer = Result(
        customers=found.customers,
        segments=found.segments,
        profile=found.profile,
        points=found.points,
        sweep=found.sweep,
        rules=found.rules,
        features=found.features,
        named=found.named,
        columns=_columns(data, found.features, shown=found.shown),
        segment_columns=_segment_columns(found.features, money=money),
        rank_by="monetary" if money else "typicality" if found.shown else found.features[0].key,
        shown=found.shown,
        saved=found.model if found.shown else None,
        drift=drift,
        params=params,
        as_of=found.as_of,
        headline=_headline(found, money=money),
        findings=(),
        method=tell_method(data, params, found),
    )
    return replace(answer, findings=find(data, answer, found))


def _headline(found: Grouped, *, money: bool) -> dict[str, float]:
    numbers = {"customers": float(found.segments["customers"].sum()), "clusters": float(found.clusters)}
    if money:
        numbers["revenue"] = float(found.segments["revenue"].sum())
    if found.shown and found.model is not None:
        numbers |= {"silhouette": found.model.silhouette, "stability": found.model.stability}
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


_TYPES: dict[str, Literal["int", "number", "money", "share"]] = {
    "days": "number", "count": "number", "money": "money", "share": "share", "number": "number",
}  # fmt: skip
_WHOLE = ("recency_days", "frequency", "categories", "tenure_days")


def _columns(data: Dataset, features: Sequence[Feature], *, shown: bool) -> tuple[ListColumn, ...]:
    columns = [
        ListColumn(
            feature.key,
            msg("{label}（聚类用）", label=feature.label) if feature.source == "column" else feature.header,
            "int" if feature.key in _WHOLE else _TYPES[feature.unit],
        )
        for feature in features
    ]
    if data.kind == "lines":
        extra = (
            ListColumn("frequency", msg("下单次数"), "int"),
            ListColumn("monetary", msg("累计净消费（元）"), "money"),
            ListColumn("last_order_at", msg("最近下单"), "date" if data.facts.date_only else "datetime", default=False),
        )
        columns += [column for column in extra if column.name not in {c.name for c in columns}]
    if shown:
        columns += [
            ListColumn("typicality", msg("典型程度（1 最像这一群）"), "number", default=False),
            ListColumn("map_x", msg("地图横坐标"), "number", default=False),
            ListColumn("map_y", msg("地图纵坐标"), "number", default=False),
        ]
    return tuple(columns)


def _segment_columns(features: Sequence[Feature], *, money: bool) -> tuple[ListColumn, ...]:
    columns = [ListColumn("customers", msg("客户"), "int"), ListColumn("customer_share", msg("占客户"), "share")]
    if money:
        columns += [
            ListColumn("revenue", msg("净消费"), "money"),
            ListColumn("revenue_share", msg("占净消费"), "share"),
            ListColumn("monetary", msg("人均净消费"), "money"),
        ]
    means = [
        ListColumn(feature.key, msg("平均{label}", label=feature.header), _TYPES[feature.unit])
        for feature in features
        if not (money and feature.key == "monetary")
    ]
    return (*columns, *means)


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ParamError(
            f"param.{name}",
            msg("{name} 不能是“{value}”。", name=name, value=str(value)),
            msg("可选：{allowed}。", allowed="、".join(allowed)),
        )
