"""A later file assigned to the groups of a saved model, without fitting anything."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import ibis
import numpy as np

from analytics.errors import DataError
from analytics.fields import KINDS
from analytics.i18n import msg
from analytics.models.clusters_features import feature_table, found_again, offer
from analytics.models.clusters_names import name_groups
from analytics.models.clusters_place import count_groups, numbered_key, place
from analytics.models.clusters_prepare import Preparation
from analytics.models.clusters_rules import find_rules
from analytics.models.clusters_run import (
    FIT_ROWS,
    POINTS,
    Grouped,
    first_rows,
    map_points,
    resolved_period,
    specials,
    usable,
    values_of,
)
from analytics.models.clusters_shape import label_rows

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.clusters_saved import SavedModel


def placed_at(data: Dataset, model: SavedModel, as_of: dt.date | None) -> ibis.Table:
    """Every customer of a file in the model's groups, as of a day. Raises DataError (data.model_kind, …feature)."""
    if data.kind != model.kind:
        raise DataError(
            "data.model_kind",
            msg(
                "模型来自{needed}表，现在是{have}表。", needed=KINDS[model.kind].title, have=KINDS[data.kind].title
            ),
            msg("换一份同类的表，或者不用旧模型，重新聚类。"),
        )  # fmt: skip
    people = data.companion("customers") if data.kind == "lines" else None
    features = found_again(model.features, offer(data, people))
    period = resolved_period(data, as_of, model.window_days, model.refund_policy)
    return place(feature_table(data, people, features, period), model, named=False)


def assigned(data: Dataset, model: SavedModel, as_of: dt.date | None) -> Grouped:
    """The groups of a saved model on a file. Raises also DataError (data.too_few_customers) without anybody."""
    placed = placed_at(data, model, as_of).cache()
    money = data.kind == "lines"
    everyone = int(usable(placed).count().execute())
    if everyone == 0:
        raise DataError(
            "data.too_few_customers",
            msg("没有客户可以归到模型的群里。"),
            msg("检查统计日期和模型要用的列。"),
        )
    counts = count_groups(placed, model.features, money=money)
    counts = counts.renumbered(range(len(model.segments)))
    now = {
        s.key: s for s in name_groups(counts.profiles(model.features), counts.everyone(model.features), model.features)
    }
    # Names and advice stay those of the model; what a group is like is told by this file.
    named = tuple(replace(s, meaning=now[s.key].meaning) if s.key in now else s for s in model.segments)
    rows = first_rows(usable(placed), model.features, FIT_ROWS)
    z = Preparation(model.steps).array(values_of(rows, model.features))
    whole = np.isfinite(z).all(axis=1)
    rows, z = rows[whole].reset_index(drop=True), z[whole]
    keys = [numbered_key(int(label)) for label in label_rows(z, model.shape)]
    period = resolved_period(data, as_of, model.window_days, model.refund_policy)
    return Grouped(
        customers=placed.drop(*(name for name in placed.columns if name.startswith("_z"))),
        segments=counts.table(model.features),
        profile=counts.profile(model.features),
        points=map_points(rows, keys, z, model.plane).head(POINTS),
        rules=find_rules(values_of(rows, model.features), keys, model.features, 1),
        features=model.features,
        named=(*named, *specials(data.kind)),
        model=model,
        as_of=period.as_of if period else None,
        shown=True,
        clusters=len(model.segments),
        fitted=0,
        usable=everyone,
        preparation=Preparation(model.steps),
    )
