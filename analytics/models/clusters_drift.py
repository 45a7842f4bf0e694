"""Whether a saved model still fits: group sizes then and now, measures outside what was learnt, who moved.

Shift of sizes: population stability index (PSI), the sum of (now − then) × ln(now / then) over the groups; by custom
above 0.25 is a different population. Who moved is read from the same file: every customer placed at the model's day
and now. It needs orders from before that day, so a file of customers, or of the new month alone, cannot tell.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from analytics.models.clusters_assign import placed_at
from analytics.models.clusters_place import OUTSIDE_GROUPS

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.clusters_run import Grouped
    from analytics.models.clusters_saved import SavedModel

CHANGED = 0.25
OUTSIDE = 0.05
NEWCOMER = "newcomer"
_LEAST = 1e-4


@dataclass(frozen=True)
class Drift:
    """A saved model against a later file.

    sizes    segment · then · now: shares of the grouped customers
    features feature · then · now (means, real units) · outside: share of customers outside the trained range
    moved    source · target · customers · revenue, source NEWCOMER for who had not bought by then; None: cannot tell
    earlier  the model's day
    """

    sizes: pd.DataFrame
    features: pd.DataFrame
    moved: pd.DataFrame | None
    earlier: dt.date | None
    psi: float
    same_file: bool

    @property
    def worn(self) -> bool:
        """Whether the model should be made anew."""
        return self.psi > CHANGED or bool((self.features["outside"] > OUTSIDE).any())


def measure(data: Dataset, model: SavedModel, found: Grouped) -> Drift:
    """Compare a file with what the model was made from."""
    then = dict(model.shares)
    inside = found.segments[~found.segments["segment"].isin(OUTSIDE_GROUPS)]
    now = dict(zip(inside["segment"], inside["customer_share"].astype(float), strict=True))
    keys = [segment.key for segment in model.segments]
    keys += [key for key in {**then, **now} if key not in keys]
    sizes = pd.DataFrame(
        {"segment": keys, "then": [then.get(k, 0.0) for k in keys], "now": [now.get(k, 0.0) for k in keys]}
    )
    psi = sum(
        (max(b, _LEAST) - max(a, _LEAST)) * math.log(max(b, _LEAST) / max(a, _LEAST))
        for a, b in zip(sizes["then"], sizes["now"], strict=True)
    )
    moved = _moved(data, model, found)
    same = data.digest == model.digest and found.as_of == model.as_of
    return Drift(sizes, _features(model, found), moved, model.as_of, psi, same)


def _features(model: SavedModel, found: Grouped) -> pd.DataFrame:
    table = found.customers.filter(~found.customers.segment.isin(OUTSIDE_GROUPS))
    told = {}
    for at, step in enumerate(model.steps):
        value = table[step.key].cast("float64")
        told[f"mean{at}"] = value.mean()
        told[f"outside{at}"] = ((value < step.trained_low) | (value > step.trained_high)).fill_null(False).mean()
    facts = table.aggregate(**told).execute().iloc[0]
    return pd.DataFrame(
        {
            "feature": [step.key for step in model.steps],
            "then": [step.trained_mean for step in model.steps],
            "now": [float(facts[f"mean{at}"]) for at in range(len(model.steps))],
            "outside": [float(facts[f"outside{at}"]) for at in range(len(model.steps))],
        }
    )


def _moved(data: Dataset, model: SavedModel, found: Grouped) -> pd.DataFrame | None:
    first = data.facts.first_at
    if model.as_of is None or found.as_of is None or first is None or not first.date() < model.as_of < found.as_of:
        return None
    before = placed_at(data, model, model.as_of).select("customer_id", source="segment")
    after = found.customers.select("customer_id", "monetary", target="segment")
    both = after.left_join(before, "customer_id").select("customer_id", "monetary", "target", "source")
    flows = (
        both.mutate(source=both.source.fill_null(NEWCOMER))
        .group_by("source", "target")
        .agg(customers=ibis._.count(), revenue=ibis._.monetary.sum().cast("float64"))
        .order_by("source", "target")
    )
    frame: pd.DataFrame = flows.execute()
    return frame
