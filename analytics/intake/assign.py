"""The best total assignment of columns to roles (the Hungarian method)."""

from __future__ import annotations

from collections.abc import Sequence


def best_assignment(scores: Sequence[Sequence[float]]) -> dict[int, int]:
    """Row → column with the largest sum of scores, each column at most once; pairs that score 0 are left out.

    scores: rows × columns, none negative. O(rows² × columns), potentials as in Kuhn's and Munkres' method.
    """
    if not scores or not scores[0]:
        return {}
    rows, columns = len(scores), len(scores[0]) + len(scores)  # a column of zeros per row: "nothing"
    cost = [[-value for value in line] + [0.0] * rows for line in scores]
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner = [0] * (columns + 1)  # column → row, both from 1; 0 is free
    for row in range(1, rows + 1):
        owner[0] = row
        column, came_from = 0, [0] * (columns + 1)
        least, used = [float("inf")] * (columns + 1), [False] * (columns + 1)
        while owner[column]:
            used[column] = True
            at, step, following = owner[column], float("inf"), 0
            for candidate in range(1, columns + 1):
                if used[candidate]:
                    continue
                reduced = cost[at - 1][candidate - 1] - row_price[at] - column_price[candidate]
                if reduced < least[candidate]:
                    least[candidate], came_from[candidate] = reduced, column
                if least[candidate] < step:
                    step, following = least[candidate], candidate
            for candidate in range(columns + 1):
                if used[candidate]:
                    row_price[owner[candidate]] += step
                    column_price[candidate] -= step
                else:
                    least[candidate] -= step
            column = following
        while column:
            owner[column] = owner[came_from[column]]
            column = came_from[column]
    pairs = {owner[column] - 1: column - 1 for column in range(1, len(scores[0]) + 1) if owner[column]}
    return {row: column for row, column in sorted(pairs.items()) if scores[row][column] > 0}
