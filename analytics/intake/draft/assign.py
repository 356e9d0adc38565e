"""One column for each name and one name for each column, so that the whole is as likely as can be (Hungarian method).

Kuhn 1955, Naval Research Logistics Quarterly 2:83-97, with potentials as usually programmed.
"""

from __future__ import annotations

import numpy as np


def best_pairs(scores: np.ndarray, least: float) -> list[tuple[int, int]]:
    """Pairs (row, column) with the greatest sum of scores, none under ``least``; -inf is impossible."""
    able = np.flatnonzero((scores >= least).any(axis=1)) if scores.size else np.arange(0)
    if len(able) < len(scores):  # of ten thousand columns few have a name to win
        return [(int(able[row]), column) for row, column in best_pairs(scores[able], least)]
    rows, columns = scores.shape
    if not rows or not columns:
        return []
    # Every row may also stay alone, at the price of ``least``.
    gain = np.full((rows, columns + rows), least)
    gain[:, :columns] = np.where(scores >= least, scores, -1e6)
    return [(row, column) for row, column in enumerate(_hungarian(-gain)) if column < columns]


def _hungarian(cost: np.ndarray) -> list[int]:
    """Column of each row at the least cost; no more rows than columns."""
    n, m = cost.shape
    rows, columns = np.zeros(n + 1), np.zeros(m + 1)
    owner, way = np.zeros(m + 1, int), np.zeros(m + 1, int)
    for row in range(1, n + 1):
        owner[0], at = row, 0
        least, used = np.full(m + 1, np.inf), np.zeros(m + 1, bool)
        while True:
            used[at] = True
            here = cost[owner[at] - 1] - rows[owner[at]] - columns[1:]
            better = ~used[1:] & (here < least[1:])
            least[1:][better], way[1:][better] = here[better], at
            free = np.flatnonzero(~used[1:]) + 1
            step_to = int(free[np.argmin(least[free])])
            step = least[step_to]
            rows[owner[used]] += step
            columns[used] -= step
            least[~used] -= step
            at = step_to
            if owner[at] == 0:
                break
        while at:
            owner[at], at = owner[way[at]], way[at]
    found = [0] * n
    for column in range(1, m + 1):
        if owner[column]:
            found[owner[column] - 1] = column - 1
    return found
