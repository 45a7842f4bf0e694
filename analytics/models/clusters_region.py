"""Customers inside a region of the map, as an engine expression: a lasso holds people who are not drawn too."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

Polygon = tuple[tuple[float, float], ...]
MOST_CORNERS = 60


def polygon(xs: Sequence[float], ys: Sequence[float]) -> Polygon:
    """The corners of a lasso, thinned to MOST_CORNERS; of a box given by two corners."""
    corners = list(zip(map(float, xs), map(float, ys), strict=True))
    if len(corners) == 2:
        (left, bottom), (right, top) = corners
        corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    step = max(1, -(-len(corners) // MOST_CORNERS))
    return tuple((round(x, 6), round(y, 6)) for x, y in corners[::step])


def inside(customers: ibis.Table, regions: Sequence[Polygon]) -> ibis.Table:
    """The customers of any region, by the even-odd rule: a ray to the right crosses the outline an odd number of times.

    customers  with map_x and map_y
    """
    found = ibis.literal(value=False)
    for region in regions:
        found = found | _within(customers, region)
    return customers.filter(found)


def _within(customers: ibis.Table, region: Polygon) -> ibis.Value:
    x, y = customers.map_x, customers.map_y
    crossings: ibis.Value = ibis.literal(0)
    for (x1, y1), (x2, y2) in zip(region, (*region[1:], region[0]), strict=True):
        if y1 == y2:
            continue
        spans = (y >= min(y1, y2)) & (y < max(y1, y2))
        left_of = x < (y - y1) * ((x2 - x1) / (y2 - y1)) + x1
        crossings = crossings + (spans & left_of).ifelse(1, 0)
    return (crossings % 2) == 1
