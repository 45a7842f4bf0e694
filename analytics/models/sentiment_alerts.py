"""Early warning: where complaints, or reviews, are more than this file's own past explains.

Cells are a period (day or week) and a slice: all reviews, a product, a store, an aspect. A cell is compared with the
periods before it in the same slice, never with later ones.
Share: the slice's earlier complaints are drawn to the share of its whole dimension (worth PRIOR reviews), and the
number of complaints in the cell is judged by the beta-binomial that follows; three reviews cannot alarm by chance.
Volume: counts are negative binomial around the mean of the periods before, as spread out as the slice's usual ones; a
product's or a store's mean is raised by as much as all reviews are, so that a sale is one alert and not a hundred; by
day the slice's own weekdays are allowed for. Weekdays and spread are those of the slice's whole time.
Cells are many, so the chance of each is corrected among those of its kind and dimension (Benjamini & Hochberg 1995);
cells so small that they could not alarm whatever they said are not counted among them (after Tarone 1990).
An incomplete first or last week is judged like any other: it can only hide an alert, not make one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis
import numpy as np
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.i18n import Text, msg
from analytics.models.sentiment import Result

Period = Literal["week", "day"]
PRIOR = 20.0
FEWEST_BEFORE = 3  # earlier periods with reviews, before a cell is judged
FEWEST_COMPLAINTS = 3
MOST_SLICES = 60  # of products, and of stores, the largest
MUTE = 0.01
CLEAR_Z = 1.5  # from here on a word is said more than elsewhere
DIMENSIONS: dict[str, Text] = {
    "all": msg("全部评论"),
    "product": msg("商品"),
    "store": msg("店铺"),
    "aspect": msg("方面"),
}
KINDS: dict[str, Text] = {"share": msg("差评变多"), "volume": msg("评论变多")}


@dataclass(frozen=True)
class AlertParams:
    """period: week (from Monday) or day; threshold: the corrected chance below which a cell is an alert, 0 to 0.5."""

    period: Period = "week"
    threshold: float = 0.1

    def __post_init__(self) -> None:
        if self.period not in ("week", "day"):
            raise ParamError("param.period", msg("周期只能是 week 或 day。"), msg("按周看用 week，按天看用 day。"))
        if not 0 < self.threshold <= 0.5:
            raise ParamError("param.threshold", msg("灵敏度要在 0 到 0.5 之间。"), msg("常用 0.1。"))


def alerts(data: Dataset, result: Result, params: AlertParams) -> pd.DataFrame:
    """The alerts: first where complaints are more, then where reviews are; the most surprising first.

    kind (share, volume) · dimension · slice · start (first day of the period) · reviews · complaints · share ·
    usual_share · usual_reviews · chance (corrected). Empty without times.
    """
    cells = count_cells(data, result, params.period)
    if cells.empty:
        return pd.DataFrame(columns=_COLUMNS)
    sums = cells.groupby("dimension")[["complaints", "reviews"]].sum()
    overall = (sums["complaints"] + 1) / (sums["reviews"] + 4)
    surge = _surge(_judge(cells[cells["dimension"] == "all"], params.period, float(overall["all"])))
    judged = pd.concat(
        [
            _judge(part, params.period, float(overall[str(dimension)]), None if dimension == "all" else surge)
            for (dimension, _), part in cells.groupby(["dimension", "slice"])
        ]
    )
    judged.loc[judged["dimension"] == "aspect", "volume_chance"] = np.nan  # as many as there are reviews
    found = []
    for kind in KINDS:
        tested = judged.assign(kind=kind, raw=judged[f"{kind}_chance"]).dropna(subset=["raw"])
        tested["chance"] = tested.groupby("dimension")["raw"].transform(lambda raw: _corrected(raw.to_numpy()))
        enough = tested["complaints"] >= (FEWEST_COMPLAINTS if kind == "share" else 0)
        order = ["raw", "complaints", "dimension", "slice", "start"]
        alarming = tested[enough & (tested["chance"] <= params.threshold)]
        found.append(alarming.sort_values(order, ascending=[True, False, True, True, True]))
    return pd.concat(found, ignore_index=True)[_COLUMNS]


_COLUMNS = [
    "kind", "dimension", "slice", "start", "reviews", "complaints", "share", "usual_share", "usual_reviews", "chance",
]  # fmt: skip


def count_cells(data: Dataset, result: Result, period: Period) -> pd.DataFrame:
    """Dimension · slice · start · reviews · complaints, for the reviews that have a time."""
    if "reviewed_at" not in data.main.columns:
        return pd.DataFrame(columns=["dimension", "slice", "start", "reviews", "complaints"])
    names = [name for name in ("product", "store") if name in data.main.columns]
    told = result.customers.select("row_id", "segment").execute()
    frame = data.main.select("row_id", "reviewed_at", *names).execute().merge(told, on="row_id")
    frame = frame.dropna(subset=["reviewed_at"])
    frame["start"] = _starts(frame["reviewed_at"], period)
    frame["complaint"] = (frame["segment"] == "negative").astype(int)
    parts = [_counted(frame.assign(slice=""), "all")]
    for name in names:
        largest = frame[name].value_counts().sort_index().nlargest(MOST_SLICES).index
        parts.append(_counted(frame[frame[name].isin(largest)].rename(columns={name: "slice"}), name))
    mentions = result.mentions.select("row_id", "aspect", "polarity").execute()
    if len(mentions):
        mentioned = mentions.groupby(["row_id", "aspect"], as_index=False)["polarity"].min()
        joined = mentioned.merge(frame[["row_id", "start"]], on="row_id")
        joined["complaint"] = (joined["polarity"] < 0).astype(int)
        parts.append(_counted(joined.rename(columns={"aspect": "slice"}), "aspect"))
    return pd.concat(parts, ignore_index=True)


def behind(data: Dataset, result: Result, alert: pd.Series, period: Period) -> pd.DataFrame:
    """row_id · text · segment · probability · evidence · words of the reviews in an alert's cell, worst first."""
    names = [name for name in ("product", "store") if name in data.main.columns]
    frame = data.main.select("row_id", "reviewed_at", *names).execute().dropna(subset=["reviewed_at"])
    frame = frame[_starts(frame["reviewed_at"], period) == alert["start"]]
    if alert["dimension"] in names:
        frame = frame[frame[alert["dimension"]] == alert["slice"]]
    told = result.customers.filter(result.customers.row_id.isin(frame["row_id"].tolist())).execute()
    found = told.merge(frame[["row_id"]], on="row_id")
    if alert["dimension"] == "aspect":
        rows = result.mentions.filter(result.mentions.aspect == ibis.literal(alert["slice"])).execute()
        if alert["kind"] == "share":
            rows = rows[rows["polarity"] < 0]
        found = found[found["row_id"].isin(rows["row_id"])]
    elif alert["kind"] == "share":
        found = found[found["segment"] == "negative"]
    elif alert["kind"] == "segment":  # not an alert: all reviews of a period and a segment
        found = found[found["segment"] == alert["slice"]]
    ranked: pd.DataFrame = found.sort_values(["probability", "row_id"], ignore_index=True)
    return ranked


def _starts(moments: pd.Series, period: Period) -> pd.Series:
    days = moments.dt.normalize()
    starts: pd.Series = days if period == "day" else days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return starts


def _counted(frame: pd.DataFrame, dimension: str) -> pd.DataFrame:
    groups = frame.groupby(["slice", "start"])["complaint"]
    counts = groups.agg(reviews="size", complaints="sum").reset_index()
    counts.insert(0, "dimension", dimension)
    return counts


def _surge(judged: pd.DataFrame) -> pd.Series:
    """How many times the usual number of reviews there are in all, by period; at least 1."""
    return (judged["reviews"] / judged["usual_reviews"]).clip(lower=1).set_axis(judged["start"])


def _judge(cells: pd.DataFrame, period: Period, overall: float, surge: pd.Series | None = None) -> pd.DataFrame:
    """One slice's cells with the chance of so many complaints, and of so many reviews, given what came before."""
    from scipy import stats

    step = "7D" if period == "week" else "D"
    first, last = cells["start"].min(), cells["start"].max()
    every = cells.set_index("start").reindex(pd.date_range(first, last, freq=step))
    n, bad = every["reviews"].fillna(0).to_numpy(), every["complaints"].fillna(0).to_numpy()
    before, earlier, earlier_bad = np.arange(len(n)), np.r_[0, np.cumsum(n)[:-1]], np.r_[0, np.cumsum(bad)[:-1]]
    alpha, beta = earlier_bad + PRIOR * overall, earlier - earlier_bad + PRIOR * (1 - overall)
    usual_bad = stats.betabinom(n.astype(int), alpha, beta)
    share_chance = usual_bad.sf(bad) + usual_bad.pmf(bad) / 2  # mid-p: counts are coarse where reviews are few
    mute = usual_bad.sf(n - 1) > MUTE  # would be no surprise if all complained
    season = _weekdays(pd.DatetimeIndex(every.index), n) if period == "day" else np.ones(len(n))
    weight = np.r_[0, np.cumsum(season)[:-1]]
    usual = (earlier + 1.0) / (weight + 1.0 / max(n.mean(), 1e-9)) * season
    if surge is not None:  # what all reviews do together is told once
        usual = usual * surge.reindex(every.index).fillna(1.0).to_numpy()
    size = _evenness(n, season)
    volume_chance = stats.nbinom.sf(n - 1, size, size / (size + usual))
    quiet = (before < FEWEST_BEFORE) | (n == 0)
    judged = pd.DataFrame(
        {
            "dimension": cells["dimension"].iloc[0],
            "slice": cells["slice"].iloc[0],
            "start": every.index,
            "reviews": n.astype(int),
            "complaints": bad.astype(int),
            "share": np.divide(bad, n, out=np.full(len(n), np.nan), where=n > 0),
            "usual_share": alpha / (alpha + beta),
            "usual_reviews": usual,
            "share_chance": np.where(quiet | mute, np.nan, share_chance),
            "volume_chance": np.where(quiet | (n < 5), np.nan, volume_chance),
        }
    )
    return judged[judged["reviews"] > 0]


def _evenness(counts: np.ndarray, season: np.ndarray) -> float:
    """The size parameter of the negative binomial: how little counts vary beyond Poisson, from the quieter half.

    The median absolute deviation stands for the spread, so that the very peaks that are looked for do not hide it.
    """
    level = counts / season
    middle = float(np.median(level))
    spread = (1.4826 * float(np.median(np.abs(level - middle)))) ** 2
    return float(np.clip(middle**2 / max(spread - middle, 1e-9), 2.0, 200.0)) if middle else 2.0


def _corrected(chances: np.ndarray) -> np.ndarray:
    """Benjamini–Hochberg adjusted chances, in the order given."""
    order = np.argsort(chances, kind="stable")
    ranked = chances[order] * len(chances) / np.arange(1, len(chances) + 1)
    adjusted = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    found = np.empty(len(chances))
    found[order] = adjusted
    return found


def _weekdays(days: pd.DatetimeIndex, counts: np.ndarray) -> np.ndarray:
    """How busy each day's weekday usually is, 1 on average; drawn to 1 where weeks are few."""
    total = pd.Series(counts).groupby(days.day_of_week).sum().reindex(range(7), fill_value=0)
    seen = pd.Series(np.ones(len(counts))).groupby(days.day_of_week).sum().reindex(range(7), fill_value=0)
    mean = max(counts.mean(), 1e-9)
    factor = (total / mean + 4) / (seen + 4)
    factors: np.ndarray = factor.reindex(days.day_of_week).to_numpy()
    return factors


def changed_words(result: Result, row_ids: list[int], most: int = 8) -> list[str]:
    """The words that these reviews use more than the other complaints do, the clearest first."""
    from analytics.text.phrases import compare, count_words
    from analytics.text.tokens import clean

    table = result.customers.filter(result.customers.segment == "negative").select("row_id", "text").execute()
    inside = table["row_id"].isin(row_ids)
    counts = [count_words(clean(text) for text in table.loc[chosen, "text"]) for chosen in (inside, ~inside)]
    ranked = compare(counts[0], int(inside.sum()), counts[1], int((~inside).sum()))
    found: list[str] = []
    for word in ranked.loc[ranked["z"] > CLEAR_Z, "word"]:
        if not any(word in told or told in word for told in found):
            found.append(word)
    return found[:most]
