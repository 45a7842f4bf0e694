"""The groups as a few numbers: prototypes, and the rule by which any customer belongs to one of them.

A group has one prototype (K-Means: its centre; mixture: its mean and width) or several (HDBSCAN: exemplars with a
radius beyond which a customer is noise). The rule is the same in numpy and as an Ibis expression, so that groups
fitted on a sample are assigned to any number of customers by the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import ibis
import numpy as np

from analytics.models.clusters_prepare import rounded

NOISE = -1
_CHUNK = 50_000
_SCORE = "_score{at}"


@dataclass(frozen=True)
class Prototype:
    """A point that stands for a group. The score of a row is the squared distance to it, plus ``offset``.

    cluster    number of the group
    radius     beyond this distance a row is noise; None: any distance
    precision  upper triangular: the distance is taken of (row − centre) @ precision; None: plain
    """

    cluster: int
    centre: tuple[float, ...]
    radius: float | None = None
    precision: tuple[tuple[float, ...], ...] | None = None
    offset: float = 0.0

    @staticmethod
    def of(
        cluster: int,
        centre: np.ndarray,
        *,
        radius: float | None = None,
        precision: np.ndarray | None = None,
        offset: float = 0.0,
    ) -> Prototype:
        """From arrays, rounded as they are stored."""
        return Prototype(
            cluster,
            tuple(rounded(float(v)) for v in centre),
            None if radius is None else rounded(radius),
            None if precision is None else tuple(tuple(rounded(float(v)) for v in row) for row in precision),
            rounded(offset),
        )


@dataclass(frozen=True)
class Shape:
    """All prototypes, in the order of their groups."""

    prototypes: tuple[Prototype, ...]

    @staticmethod
    def of_centres(centres: np.ndarray) -> Shape:
        """One plain prototype per row."""
        return Shape(tuple(Prototype.of(at, centre) for at, centre in enumerate(centres)))

    @property
    def clusters(self) -> int:
        """How many groups there are, noise aside."""
        return len({prototype.cluster for prototype in self.prototypes})

    @property
    def has_noise(self) -> bool:
        """Whether a row can belong to none."""
        return any(prototype.radius is not None for prototype in self.prototypes)

    def renumbered(self, order: Sequence[int]) -> Shape:
        """``order[new] = old``: the same groups under new numbers."""
        new = {old: at for at, old in enumerate(order)}
        moved = [replace(prototype, cluster=new[prototype.cluster]) for prototype in self.prototypes]
        return Shape(tuple(sorted(moved, key=lambda p: (p.cluster, p.centre))))


def _scores(z: np.ndarray, shape: Shape) -> np.ndarray:
    columns = []
    for prototype in shape.prototypes:
        away = z - np.array(prototype.centre)
        if prototype.precision is not None:
            away = away @ np.array(prototype.precision)
        columns.append((away**2).sum(axis=1) + prototype.offset)
    return np.column_stack(columns)


def label_rows(z: np.ndarray, shape: Shape) -> np.ndarray:
    """The group of each row; -1 for noise."""
    if not shape.prototypes:
        return np.full(len(z), NOISE)
    owner = np.array([prototype.cluster for prototype in shape.prototypes])
    reach = np.array([np.inf if p.radius is None else p.radius**2 for p in shape.prototypes])
    parts = []
    for start in range(0, len(z), _CHUNK):
        scores = _scores(z[start : start + _CHUNK], shape)
        nearest = scores.argmin(axis=1)
        inside = scores[np.arange(len(nearest)), nearest] <= reach[nearest]
        parts.append(np.where(inside, owner[nearest], NOISE))
    return np.concatenate(parts) if parts else np.array([], dtype=int)


def assign(table: ibis.Table, columns: Sequence[str], shape: Shape) -> ibis.Table:
    """Add ``cluster`` (int; -1 noise; null where a prepared column is null) and ``distance`` to the nearest prototype.

    columns  of the prepared measures in the order of the centres
    """
    scores = {_SCORE.format(at=at): _score(table, columns, prototype) for at, prototype in enumerate(shape.prototypes)}
    scored = table.mutate(**scores)
    names = list(scores)
    nearest = scored.mutate(
        _least=ibis.least(*(scored[name] for name in names)) if len(names) > 1 else scored[names[0]]
    )
    owner = ibis.cases(
        *(
            (nearest[name] == nearest["_least"], _owned(nearest["_least"], prototype))
            for name, prototype in zip(names, shape.prototypes, strict=True)
        ),
        else_=ibis.null("int64"),
    )
    distance = ibis.greatest(nearest["_least"], 0.0).sqrt()
    return nearest.mutate(cluster=owner, distance=distance).drop("_least", *names)


def _owned(least: ibis.Value, prototype: Prototype) -> ibis.Value:
    if prototype.radius is None:
        return ibis.literal(prototype.cluster, "int64")
    inside = least <= prototype.radius**2
    return ibis.ifelse(inside, ibis.literal(prototype.cluster, "int64"), ibis.literal(NOISE, "int64"))


def _score(table: ibis.Table, columns: Sequence[str], prototype: Prototype) -> ibis.Value:
    away = [table[name] - centre for name, centre in zip(columns, prototype.centre, strict=True)]
    if prototype.precision is not None:
        away = [_sum([away[row] * prototype.precision[row][at] for row in range(at + 1)]) for at in range(len(columns))]
    return _sum([part * part for part in away]) + prototype.offset


def _sum(parts: Sequence[Any]) -> Any:
    return reduce(lambda left, right: left + right, parts)
