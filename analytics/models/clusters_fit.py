"""Finding groups in a matrix: K-Means, Gaussian mixture or HDBSCAN; how many; how distinct and how stable they are.

Rows must come in an order that has nothing to do with their values (by the hash of the customer id): every sample
is then a first part, and a shuffled file gives the same answer. Silhouette: Rousseeuw (1987), on at most
SILHOUETTE_ROWS rows, whose distances are computed once for every k. Stability: mean adjusted Rand index (Hubert and
Arabie, 1985) between the groups and those found in bootstrap samples.

K-Means is started ten times on START_ROWS rows, and the best is run to its end on POLISH_ROWS: on a million rows that
costs a fraction of ten starts on all of them, and the sum of squares agrees to well under 1 % (benchmarks/clusters.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analytics.models.clusters_shape import Prototype, Shape, label_rows

Method = Literal["kmeans", "mixture", "hdbscan"]
SILHOUETTE_ROWS = 10_000
START_ROWS = 10_000
POLISH_ROWS = 100_000
STARTS = 10
STABILITY_ROWS = 3_000
BOOTSTRAPS = 6
DENSITY_ROWS = 20_000
MIXTURE_ROWS = 20_000
NO_STRUCTURE = 0.15  # silhouette
STABLE = 0.7  # adjusted Rand index
AS_GOOD = 0.02  # silhouettes that differ by less are equally good: the finer split tells more
EXEMPLARS = 12


@dataclass(frozen=True)
class Fit:
    """Groups of a matrix.

    sweep       k · silhouette · stability · inertia, one row per k that was tried (HDBSCAN: the one it found).
                inertia is the mean squared distance to the nearest centre
    silhouette, stability   of the chosen groups; NaN when fewer than two were found
    agreement   HDBSCAN only: share of rows whose group the stored exemplars give back
    """

    shape: Shape
    sweep: pd.DataFrame
    silhouette: float
    stability: float
    agreement: float | None = None

    @property
    def found(self) -> bool:
        """Whether there is structure worth showing."""
        return self.silhouette >= NO_STRUCTURE and self.stability >= STABLE


def fit(z: np.ndarray, method: Method, ks: Sequence[int], *, seed: int, min_size: int, k: int | None = None) -> Fit:
    """Fit every k (HDBSCAN: once, with at least ``min_size`` rows a group) and keep the best, or the given one.

    z  rows × features, prepared, without NaN
    """
    if method == "hdbscan":
        return _fit_dense(z, seed, min_size)
    shapes = {tried: one_shape(z, method, tried, seed) for tried in ks}
    seen = z[:SILHOUETTE_ROWS]
    labels = {tried: label_rows(seen, shape) for tried, shape in shapes.items()}
    silhouettes = silhouette_means(seen, labels)
    rows = [
        {
            "k": tried, "silhouette": silhouettes[tried], "inertia": inertia(z, shapes[tried]),
            "stability": _stability(z, labels[tried], method, tried, seed),
        }
        for tried in ks
    ]  # fmt: skip
    sweep = pd.DataFrame(rows, columns=["k", "silhouette", "stability", "inertia"])
    best = suggest(sweep) if k is None else k
    chosen = sweep[sweep["k"] == best].iloc[0]
    return Fit(shapes[best], sweep, float(chosen["silhouette"]), float(chosen["stability"]))


def suggest(sweep: pd.DataFrame) -> int:
    """The k to take: among the stable ones the best silhouette; of those as good as it, the most groups."""
    stable = sweep[sweep["stability"] >= STABLE]
    pool = stable if len(stable) else sweep
    if pool["silhouette"].isna().all():
        return int(pool["k"].iloc[0])
    best = float(pool["silhouette"].max())
    least = max(best - AS_GOOD, min(best, NO_STRUCTURE))  # never traded for a split without structure
    good = pool[pool["silhouette"] >= least]
    return int(good["k"].max()) if len(stable) else int(pool.loc[pool["silhouette"] == best, "k"].iloc[0])


def one_shape(z: np.ndarray, method: Method, k: int, seed: int) -> Shape:
    """The groups for one k."""
    return _mixture(z[:MIXTURE_ROWS], k, seed) if method == "mixture" else Shape.of_centres(kmeans(z, k, seed))


def kmeans(z: np.ndarray, k: int, seed: int, starts: int = STARTS) -> np.ndarray:
    """Centres of K-Means: ten starts on the first rows, then many more rows from the best of them."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # sums over several threads differ in their last bits from run to run
        first = KMeans(k, n_init=starts, random_state=seed, tol=1e-3).fit(z[:START_ROWS])
        centres = first.cluster_centers_
        if len(z) > START_ROWS:
            centres = KMeans(k, init=centres, n_init=1, max_iter=100, tol=1e-4).fit(z[:POLISH_ROWS]).cluster_centers_
    return np.asarray(centres)


def _mixture(z: np.ndarray, k: int, seed: int, starts: int = 3) -> Shape:
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        model = GaussianMixture(k, n_init=starts, reg_covar=1e-3, tol=1e-2, random_state=seed).fit(z)
    widths = [np.asarray(cholesky) for cholesky in model.precisions_cholesky_]
    offsets = [
        -2 * float(np.log(max(weight, 1e-12))) - 2 * float(np.log(np.diag(width)).sum())
        for weight, width in zip(model.weights_, widths, strict=True)
    ]
    parts = zip(model.means_, widths, offsets, strict=True)
    return Shape(
        tuple(Prototype.of(at, mean, precision=width, offset=offset) for at, (mean, width, offset) in enumerate(parts))
    )


def inertia(z: np.ndarray, shape: Shape) -> float:
    """Mean squared distance of a row to the mean of its group."""
    total, labels = 0.0, label_rows(z, shape)
    for group in np.unique(labels[labels >= 0]):
        part = z[labels == group]
        total += float(((part - part.mean(axis=0)) ** 2).sum())
    return total / max(int((labels >= 0).sum()), 1)


def silhouette_means(z: np.ndarray, labelings: Mapping[int, np.ndarray], chunk: int = 100) -> dict[int, float]:
    """The mean silhouette for several labelings of the same rows; NaN with fewer than two groups.

    Rows labelled -1 (noise) are left out; a row that is alone in its group counts 0. Every distance is computed once,
    in chunks that stay in the processor's cache, and summed for all groups of all labelings by one product.
    """
    members, spans = _one_hot(labelings)
    sizes = members.sum(axis=0)
    totals = dict.fromkeys(labelings, 0.0)
    squares = (z**2).sum(axis=1)
    for start in range(0, len(z), chunk):
        rows = slice(start, start + chunk)
        apart = z[rows] @ z.T
        apart *= -2
        apart += squares
        apart += squares[rows, None]
        np.maximum(apart, 0, out=apart)
        np.sqrt(apart, out=apart)
        apart[np.arange(len(apart)), start + np.arange(len(apart))] = 0.0
        sums = apart @ members
        for name, span in spans.items():
            totals[name] += _silhouette_sum(sums[:, span], sizes[span], members[rows, span])
    return {
        name: totals[name] / sizes[span].sum() if span.stop - span.start > 1 else float("nan")
        for name, span in spans.items()
    }


def _one_hot(labelings: Mapping[int, np.ndarray]) -> tuple[np.ndarray, dict[int, slice]]:
    """Rows × groups of all labelings side by side, 1 where a row is in the group; the columns of each labeling."""
    parts, spans, at = [], {}, 0
    for name, labels in labelings.items():
        present = np.unique(labels[labels >= 0])
        parts.append((labels[:, None] == present[None, :]).astype(float))
        spans[name] = slice(at, at + len(present))
        at += len(present)
    return np.hstack(parts), spans


def _silhouette_sum(sums: np.ndarray, sizes: np.ndarray, mine: np.ndarray) -> float:
    """sums: rows × groups, the distances to all members of each; mine: the group of each row, one-hot."""
    inside = mine.any(axis=1)
    if not inside.any() or len(sizes) < 2:
        return 0.0
    sums, mine = sums[inside], mine[inside]
    own = mine.argmax(axis=1)
    rows = np.arange(len(own))
    alone = sizes[own] <= 1
    near = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    others = sums / sizes[None, :]
    others[rows, own] = np.inf
    far = others.min(axis=1)
    widest = np.maximum(near, far)
    values = np.where(alone | (widest == 0), 0.0, (far - near) / np.where(widest == 0, 1.0, widest))
    return float(values.sum())


def _stability(z: np.ndarray, labels: np.ndarray, method: Method, k: int, seed: int) -> float:
    """Mean adjusted Rand index between the groups and those of bootstrap samples, on the first rows."""
    from sklearn.metrics import adjusted_rand_score

    seen = z[:STABILITY_ROWS]
    base, scores = labels[:STABILITY_ROWS], []
    for turn in range(BOOTSTRAPS):
        drawn = np.random.default_rng([seed, k, turn]).integers(0, len(seen), len(seen))
        rows = seen[drawn]
        if len(np.unique(rows, axis=0)) < k:
            scores.append(0.0)
            continue
        again = (
            _mixture(rows, k, seed + turn + 1, starts=1) if method == "mixture"
            else Shape.of_centres(kmeans(rows, k, seed + turn + 1, starts=4))
        )  # fmt: skip
        scores.append(float(adjusted_rand_score(base, label_rows(seen, again))))
    return float(np.mean(scores))


def _fit_dense(z: np.ndarray, seed: int, min_size: int) -> Fit:
    rows = z[:DENSITY_ROWS]
    labels = _dense(rows, min_size)
    shape = _exemplars(rows, labels, seed)
    given = label_rows(rows, shape) if shape.prototypes else labels
    silhouette = silhouette_means(rows[:SILHOUETTE_ROWS], {0: given[:SILHOUETTE_ROWS]})[0]
    stability = (
        _dense_stability(rows[: 2 * STABILITY_ROWS], min_size, len(rows), seed) if shape.clusters > 1 else np.nan
    )
    found = {"k": shape.clusters, "silhouette": silhouette, "stability": stability, "inertia": inertia(z, shape)}
    return Fit(shape, pd.DataFrame([found]), float(silhouette), float(stability), float((given == labels).mean()))


def _dense(z: np.ndarray, min_size: int) -> np.ndarray:
    from sklearn.cluster import HDBSCAN

    model = HDBSCAN(min_cluster_size=max(2, min_size), min_samples=max(2, min(10, min_size)), copy=True)
    return np.asarray(model.fit(z).labels_)


def _exemplars(z: np.ndarray, labels: np.ndarray, seed: int) -> Shape:
    """Points that stand for each dense group, with the distance up to which a customer belongs to them."""
    prototypes = []
    for group in range(int(labels.max()) + 1):
        members = z[labels == group]
        wanted = min(EXEMPLARS, len(np.unique(members, axis=0)), max(1, len(members) // 5))
        centres = kmeans(members, wanted, seed, starts=2)
        nearest = np.sqrt(((members[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2))
        own, apart = nearest.argmin(axis=1), nearest.min(axis=1)
        for at, centre in enumerate(centres):
            mine = apart[own == at]
            if len(mine):
                prototypes.append(Prototype.of(group, centre, radius=float(mine.max()) + 1e-9))
    return Shape(tuple(prototypes))


def _dense_stability(z: np.ndarray, min_size: int, fitted_rows: int, seed: int) -> float:
    """Mean adjusted Rand index between dense groups of four fifths of the rows and those of all of them."""
    from sklearn.metrics import adjusted_rand_score

    size = max(2, round(min_size * len(z) / fitted_rows))
    base, scores = _dense(z, size), []
    for turn in range(BOOTSTRAPS // 2):
        kept = np.sort(np.random.default_rng([seed, turn]).permutation(len(z))[: len(z) * 4 // 5])
        scores.append(float(adjusted_rand_score(base[kept], _dense(z[kept], max(2, size * 4 // 5)))))
    return float(np.mean(scores))
