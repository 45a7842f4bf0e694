"""Clustering 1M customers × 8 measures, paired in one run: a plain scikit-learn sweep against ours.

The plain sweep is what an analyst writes: KMeans(k, n_init=10) for k 2 to 8 on all rows, and silhouette_score on a
sample of 10,000. Ours is analytics.models.clusters_fit.fit, which also measures stability by bootstrap samples.
``python benchmarks/clusters.py [ROWS]`` prints seconds, their ratio, and the ratio of the sums of squares by k. One
thread each, so that a machine with other work on it gives a fair ratio. Assignment by the engine is timed as well.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import ibis
import numpy as np
import pyarrow as pa

from analytics.engine import embedded
from analytics.models.clusters_fit import fit
from analytics.models.clusters_shape import Shape, assign, label_rows

KS = range(2, 9)
FEATURES = 8
SAMPLE = 10_000


def customers(rows: int, seed: int = 7) -> np.ndarray:
    """Five overlapping kinds of customers, as standardised measures."""
    draw = np.random.default_rng(seed)
    centres = draw.normal(scale=1.6, size=(5, FEATURES))
    kind = draw.choice(5, size=rows, p=[0.35, 0.25, 0.2, 0.12, 0.08])
    z = centres[kind] + draw.normal(size=(rows, FEATURES)) * draw.uniform(0.6, 1.2, size=(5, 1))[kind]
    standardised: np.ndarray = (z - z.mean(axis=0)) / z.std(axis=0)
    return standardised


def plain(z: np.ndarray) -> dict[int, float]:
    """The sum of squares by k."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    found = {}
    for k in KS:
        model = KMeans(k, n_init=10, random_state=0).fit(z)
        silhouette_score(z, model.labels_, sample_size=SAMPLE, random_state=0)
        found[k] = float(model.inertia_)
    return found


def squares(z: np.ndarray, shape: Shape) -> float:
    """The sum of squared distances to the nearest centre, as scikit-learn's inertia_ counts."""
    labels = label_rows(z, shape)
    centres = np.array([prototype.centre for prototype in shape.prototypes])
    return float(((z - centres[labels]) ** 2).sum())


def assignment_seconds(shape: Shape, rows: int) -> float:
    """Counting the groups of so many customers, assigned by the engine."""
    draw = np.random.default_rng(1)
    names = [f"f{at}" for at in range(FEATURES)]
    table = embedded().backend.create_table(
        "many", pa.table({name: draw.normal(size=rows) for name in names}), temp=True
    )
    started = time.perf_counter()
    placed = assign(table, names, shape)
    placed.group_by("cluster").agg(n=placed.count(), far=ibis._.distance.max()).execute()
    return time.perf_counter() - started


def main(rows: int) -> None:
    """Measure and print."""
    z = customers(rows)
    fit(z[:2_000], "kmeans", (2, 3), seed=1, min_size=10)  # imports are nobody's work
    started = time.perf_counter()
    ours = fit(z, "kmeans", tuple(KS), seed=1, min_size=10)
    ours_seconds = time.perf_counter() - started
    started = time.perf_counter()
    theirs = plain(z)
    their_seconds = time.perf_counter() - started
    print(f"rows {rows:,} × {FEATURES}, k {KS.start}–{KS.stop - 1}")
    ratio = ours_seconds / their_seconds
    print(f"plain sweep {their_seconds:.1f} s, ours with stability {ours_seconds:.1f} s: {ratio:.3f}")
    for k, inertia in zip(ours.sweep["k"], ours.sweep["inertia"], strict=True):
        print(f"k {k}: sum of squares, ours / plain {inertia * rows / theirs[k]:.5f}")
    many = 10 * rows
    print(f"engine assigns {many:,} to {ours.shape.clusters} groups in {assignment_seconds(ours.shape, many):.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
