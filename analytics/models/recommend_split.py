"""Would it have worked? Recommend from what was bought up to a day, and look at what was bought after it.

The day splits the lines by time (the last ``holdout`` of them come after), never at random: a random split lets a
model look into the future. Counted are the customers who bought before the day and bought at least one product after
it that could have been recommended (with already-bought products hidden: one that is new to them).

    hit rate@k   share of these customers who bought at least one of their k recommendations
    recall@k     mean share of what they bought that was among the k
    coverage     share of the products known before the day that are recommended to anybody

Customers who came only after the day cannot be tested and are counted apart.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.dataset import Dataset
from analytics.intake.parcel_words import no_goods
from analytics.models.recommend_data import Purchases, like_from, load, sold_lines
from analytics.models.recommend_rank import WAYS, Ranker, Way

if TYPE_CHECKING:
    from analytics.models.recommend import Params

FEWEST_TESTED = 30  # fewer tested customers cannot tell one way from another
MOST_TESTED = 20_000
SURE = 1.645  # standard errors: one-sided 5 %
HALF_LIVES = (0.0, 0.1, 0.03)  # of the days before the split


@dataclass(frozen=True)
class Trial:
    """What the time split told.

    table      way · trend_days · hit_rate · recall · coverage, one row per way and half-life; popularity first
    split_on   the first day that was only looked at; None when the data are too short to split
    tested     customers who were tested; testable: who could be (above MOST_TESTED every n-th of them is tested)
    new_later  customers who first came on or after that day
    gain, gain_error   hit rate of the best personal way less that of popularity, and its standard error
    """

    table: pd.DataFrame
    split_on: dt.date | None
    tested: int
    testable: int
    new_later: int
    gain: float
    gain_error: float

    @property
    def reliable(self) -> bool:
        """Whether enough customers were tested to tell anything."""
        return self.tested >= FEWEST_TESTED

    def best(self, way: Way) -> pd.Series[Any] | None:
        """The row of a way with the best half-life, None without a trial."""
        rows = self.table[self.table["way"] == way]
        return None if rows.empty else rows.iloc[best_row(rows)]

    @property
    def personal(self) -> pd.Series[Any] | None:
        """The row of the best personal way."""
        rows = self.table[self.table["way"] != "popularity"]
        return None if rows.empty else rows.iloc[best_row(rows)]

    @property
    def personal_wins(self) -> bool:
        """Whether the best personal way beats popularity by more than chance explains."""
        return self.reliable and self.gain > SURE * self.gain_error and self.gain > 0


def best_row(rows: pd.DataFrame) -> int:
    """The place of the highest hit rate, of equals the highest recall, of equals the first (the simplest)."""
    return int(np.lexsort((np.arange(len(rows)), -rows["recall"], -rows["hit_rate"]))[0])


NO_TRIAL = Trial(
    pd.DataFrame({name: [] for name in ("way", "trend_days", "hit_rate", "recall", "coverage")}),
    None, 0, 0, 0, math.nan, math.nan,
)  # fmt: skip


def split_day(lines: ibis.Table, holdout: float) -> dt.date | None:
    """The first day of the test: about ``holdout`` of the lines lie on or after it. None when all lie on one day."""
    days = lines.group_by(day=lines.ordered_at.date()).agg(n=lines.count()).order_by("day").execute()
    if len(days) < 2:
        return None
    after = days["n"].iloc[::-1].cumsum().iloc[::-1].to_numpy() / int(days["n"].sum())
    # the first day is never the split: something must be learnt before it
    place = 1 + int(np.argmin(np.abs(after[1:] - holdout)))
    return pd.Timestamp(days["day"].iloc[place]).date()


def run(data: Dataset, params: Params, as_of: dt.date) -> Trial:
    """Try every way (or the one that is asked for, beside popularity) on the time split."""
    split_on = split_day(sold_lines(data, params, as_of), params.holdout)
    if split_on is None:
        return NO_TRIAL
    before = load(data, params, split_on)
    truth, new_later = _bought_later(data, params, as_of, before)
    if truth.nnz == 0 or not before.liked.any():
        return NO_TRIAL
    tested = np.flatnonzero(np.diff(truth.indptr) > 0)
    step = -(-len(tested) // MOST_TESTED)
    sample = tested[::step]
    ways = WAYS if params.method == "auto" else tuple(dict.fromkeys(("popularity", params.method)))
    allowed = _usable(before, params)
    rows = []
    for way in ways:
        ranker = Ranker.fit(way, before, 0, allowed, hide_bought=params.exclude_bought)
        rows += [_tried(ranker.with_half_life(days), sample, truth, params.top) for days in _half_lives(before, params)]
    table = pd.DataFrame(rows)
    gain, error = _gain(table)
    return Trial(table.drop(columns="hits"), split_on, len(sample), len(tested), new_later, gain, error)


def _usable(before: Purchases, params: Params) -> np.ndarray[Any, Any]:
    names = before.items.to_pylist()
    excluded = set(no_goods(names) if params.exclude is None else params.exclude)
    return np.array([code for code, name in enumerate(names) if name not in excluded], np.int64)


def _half_lives(before: Purchases, params: Params) -> tuple[float, ...]:
    if params.trend_days is not None:
        return (params.trend_days,)
    span = float(before.age_days.max(initial=0))
    return tuple(dict.fromkeys(0.0 if share == 0 else float(max(1, round(span * share))) for share in HALF_LIVES))


def _bought_later(data: Dataset, params: Params, as_of: dt.date, before: Purchases) -> tuple[Any, int]:
    """Customers × items that were known before: 1 where bought after the split and, with bought ones hidden, new."""
    from scipy import sparse

    lines = sold_lines(data, params, as_of)
    later = lines.filter(lines.ordered_at >= ibis.literal(dt.datetime.combine(before.until, dt.time())))
    least = like_from(data, params)
    if least is not None:
        later = later.filter(later.rating >= least)
    pairs = later.select("customer_id", "item").distinct().to_pyarrow()
    customer = _place(pairs["customer_id"], before.customers)
    item = _place(pairs["item"], before.items)
    newcomers = pc.unique(pairs["customer_id"].combine_chunks().filter(pa.array(customer < 0)))
    known = (customer >= 0) & np.isin(item, _usable(before, params))
    shape = (len(before.customers), len(before.items))
    truth = sparse.csr_matrix((np.ones(int(known.sum()), np.float32), (customer[known], item[known])), shape=shape)
    if params.exclude_bought:
        truth = truth - truth.multiply(before.bought_matrix)
    truth = truth.tocsr()
    truth.eliminate_zeros()
    truth.sort_indices()
    return truth, len(newcomers)


def _place(names: pa.ChunkedArray, known: pa.Array) -> np.ndarray[Any, Any]:
    found = pc.index_in(names.cast(pa.string()), value_set=known)
    return np.asarray(found.fill_null(-1), np.int64)


def _tried(ranker: Ranker, sample: np.ndarray[Any, Any], truth: Any, top: int) -> dict[str, Any]:
    hits, shown = [], np.zeros(truth.shape[1], bool)
    for batch in ranker.batches(top, sample):
        rows = sample[batch.first : batch.first + len(batch.items)]
        there = batch.items >= 0
        shown[batch.items[there]] = True
        found = np.zeros(batch.items.shape)
        owner = np.repeat(rows, there.sum(axis=1))
        found[there] = np.asarray(truth[owner, batch.items[there]]).ravel()
        hits.append(found.sum(axis=1))
    n = np.concatenate(hits)
    bought = np.diff(truth.indptr)[sample]
    return {
        "way": ranker.way,
        "trend_days": ranker.half_life_days,
        "hit_rate": float((n > 0).mean()),
        "recall": float((n / bought).mean()),
        "coverage": float(shown.mean()),
        "hits": n > 0,
    }


def _gain(table: pd.DataFrame) -> tuple[float, float]:
    """How much more often the best personal way hits than popularity, customer by customer, and the standard error."""
    popular, personal = (table[(table["way"] == "popularity") == baseline] for baseline in (True, False))
    if popular.empty or personal.empty:
        return math.nan, math.nan
    first, second = (rows["hits"].iloc[best_row(rows)].astype(float) for rows in (personal, popular))
    difference = first - second
    return float(difference.mean()), float(difference.std() / math.sqrt(len(difference)))
