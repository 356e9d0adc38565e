"""Small moves from a known solution: a count goes where it is wanted, its neighbours follow until all relations hold.

A move changes a handful of counts by a few each, as somebody with pencil and paper would: where it succeeds no
programme has to be solved. That it fails says nothing.
"""

from __future__ import annotations

import math

import numpy as np

from analytics.disclosure.bounds import System
from analytics.disclosure.ledger import EPSILON

STEPS = 300  # counts that may follow
REST = 12  # steps before a count may move again
BUSY = 12  # relations of a count that moves once only: half of the report hangs on it
HUB = 2.0  # a count with many relations follows only if others would do as much harm


class Moves:
    """The relations by count and by row, as lists: a move looks at a few of them only."""

    def __init__(self, whole: System) -> None:
        self.of_row: list[list[tuple[int, float]]] = [[] for _ in range(len(whole.low))]
        self.of_count: list[list[tuple[int, float]]] = [[] for _ in range(whole.size)]
        for row, column, coefficient in zip(whole.row.tolist(), whole.column.tolist(), whole.coefficient.tolist()):
            self.of_row[row].append((column, coefficient))
            self.of_count[column].append((row, coefficient))
        self.busy = [len(rows) > BUSY for rows in self.of_count]

    def around(self, now: System, centre: np.ndarray, low: np.ndarray, high: np.ndarray) -> Around:
        """Moves from ``centre``, a solution, between bounds."""
        return Around(self, now, centre, low, high)


class Around:
    """Moves from one solution."""

    def __init__(self, moves: Moves, now: System, centre: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        self.moves = moves
        self.centre = centre
        self.at = centre.tolist()
        self.low, self.high = low.tolist(), high.tolist()
        self.sums = now.product(centre).tolist()
        self.least, self.most = (now.low - EPSILON).tolist(), (now.high + EPSILON).tolist()

    def reach(self, one: int, value: float) -> np.ndarray | None:
        """A solution in which the count has this value; None where none was found."""
        if not self.low[one] <= value <= self.high[one]:
            return None
        moved: dict[int, float] = {}
        sums: dict[int, float] = {}
        broken: dict[int, None] = {}
        self._move(one, value - self.at[one], moved, sums, broken)
        resting: dict[int, int] = {one: STEPS}
        for step in range(STEPS):
            if not broken:
                found = self.centre.copy()
                for count, by in moved.items():
                    found[count] += by
                return found
            row = next(iter(broken))
            choice = self._follower(row, moved, sums, resting, step)
            if choice is None:
                return None
            resting[choice[0]] = STEPS if self.moves.busy[choice[0]] else step + REST
            self._move(*choice, moved, sums, broken)
        return None

    def _move(
        self, count: int, by: float, moved: dict[int, float], sums: dict[int, float], broken: dict[int, None]
    ) -> None:
        moved[count] = moved.get(count, 0) + by
        for row, coefficient in self.moves.of_count[count]:
            total = sums[row] = sums.get(row, self.sums[row]) + coefficient * by
            if self.least[row] <= total <= self.most[row]:
                broken.pop(row, None)
            else:
                broken[row] = None

    def _follower(
        self, row: int, moved: dict[int, float], sums: dict[int, float], resting: dict[int, int], step: int
    ) -> tuple[int, float] | None:
        """The count, and its change, that mends a row with the least harm to others."""
        total = sums.get(row, self.sums[row])
        lacking = self.least[row] + EPSILON - total if total < self.least[row] else self.most[row] - EPSILON - total
        best: tuple[float, int, float] | None = None
        for count, coefficient in self.moves.of_row[row]:
            if resting.get(count, -1) >= step:
                continue
            wanted = lacking / coefficient
            by = math.ceil(wanted - EPSILON) if wanted > 0 else math.floor(wanted + EPSILON)
            at = self.at[count] + moved.get(count, 0)
            by = min(by, self.high[count] - at) if by > 0 else max(by, self.low[count] - at)
            if not by:
                continue
            short = abs(lacking - coefficient * by) if abs(coefficient * by) < abs(lacking) - EPSILON else 0.0
            harm = short + self._harm(count, by, row, sums) + len(self.moves.of_count[count]) / HUB / 4
            if best is None or harm < best[0]:
                best = (harm, count, by)
        return None if best is None else best[1:]

    def _harm(self, count: int, by: float, but: int, sums: dict[int, float]) -> float:
        """How much further other relations are from holding."""
        harm = 0.0
        for row, coefficient in self.moves.of_count[count]:
            if row == but:
                continue
            before = sums.get(row, self.sums[row])
            least, most = self.least[row], self.most[row]
            harm += _gap(before + coefficient * by, least, most) - _gap(before, least, most)
        return harm


def _gap(total: float, least: float, most: float) -> float:
    return least - total if total < least else total - most if total > most else 0.0
