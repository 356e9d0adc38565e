"""Solutions that show how far small counts may move: by hand first, then with programmes for those that are left.

A solution is a set of whole counts that fits everything told. From a known one most counts can be moved a little, their
neighbours following; where none of the known ones will do, a programme over everything looks for another in which many
of those that are left lie elsewhere. What this does not show is left to branch and bound on the whole component.
"""

from __future__ import annotations

import numpy as np

from analytics.disclosure.bounds import Programme, System, components, neighbourhood, programme
from analytics.disclosure.moves import Moves
from analytics.disclosure.neighbours import Neighbours

TURNS = 4  # programmes over everything, for all targets that are left together
WHOLE = 6  # targets looked at in their whole component at a time,
MOST = 60  # and in one audit: what is unproven after that counts as narrow
FEW = 15  # targets below which no other solution is looked for first
STEPS = (2, -2, 1, -1)


class Witnesses:
    """The least and the largest value of every count in any solution found; hiding more never makes one wrong."""

    def __init__(self, truth: np.ndarray, near: Neighbours, width: int, moves: Moves) -> None:
        self.truth, self.near, self.width, self.moves = truth, near, width, moves
        self.least, self.most = truth.copy(), truth.copy()
        self.budget = MOST
        self.other: np.ndarray | None = None  # a second centre; it stays a solution when more is hidden

    def narrow(
        self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The targets that cannot take ``width`` values, or of which that is not known; and all bounds found."""
        self._by_hand(now, targets, low, high)
        lows, highs = low.copy(), high.copy()
        label = components(now, low, high)
        proven = {int(one) for one in self.left(targets) if self._apart(now, int(one), low, high, lows, highs)}
        self._all(now, np.setdiff1d(targets, list(proven)), low, high)
        open_ = np.setdiff1d(self.left(targets), list(proven))[: min(WHOLE, self.budget)]
        self.budget -= len(open_)
        for one in open_:
            self.move(programme(now, low, high, label, int(one)), int(one))
            lows[one], highs[one] = self.least[one], self.most[one]
        return self.left(targets), lows, highs

    def _by_hand(self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Move each target around the truth, and around a solution in which small hubs are as large as they can be."""
        self.around(now, self.truth, targets, low, high)
        if self.other is None and len(self.left(targets)) >= FEW:
            small = self.near.hubs & np.isin(np.arange(now.size), targets)
            self.other, _ = Programme(now, np.arange(now.size), low, high).solve(-small.astype(float))
            if self.other is not None:
                self.take(self.other)
        if self.other is not None:
            self.around(now, self.other, targets, low, high)

    def around(
        self, now: System, centre: np.ndarray, targets: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> None:
        """Let each target that has no room yet go up and down a little from a known solution."""
        left = self.left(targets)
        near = self.moves.around(now, centre, low, high) if len(left) else None
        for one in map(int, left):
            for by in STEPS:
                found = near.reach(one, centre[one] + by) if near is not None and self.tight(one) else None
                if found is not None:
                    self.take(found)

    def _all(self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Move what is left in the whole system at once, hubs and all: up, down, then against each other."""
        for turn in range(TURNS):
            left = self.left(targets)
            if not len(left):
                return
            weights = np.zeros(now.size)
            weights[left] = (-1.0 if turn % 2 == 0 else 1.0) * np.where(np.arange(len(left)) % (1 + turn // 2), -1, 1)
            found, _ = Programme(now, np.arange(now.size), low, high).solve(weights)
            if found is not None:
                self.take(found)
                self.around(now, found, targets, low, high)

    def tight(self, one: int) -> bool:
        """Whether no solution has shown room yet."""
        return bool(self.most[one] - self.least[one] < self.width - 1)

    def left(self, targets: np.ndarray) -> np.ndarray:
        return targets[(self.most - self.least)[targets] < self.width - 1]

    def take(self, found: np.ndarray) -> None:
        """Remember a solution."""
        np.minimum(self.least, found, out=self.least)
        np.maximum(self.most, found, out=self.most)

    def _apart(
        self, now: System, one: int, low: np.ndarray, high: np.ndarray, lows: np.ndarray, highs: np.ndarray
    ) -> bool:
        """Whether the neighbourhood of a count alone leaves it no room; its limits are entered then."""
        if self.near.hubs[one]:
            return False
        part = neighbourhood(now, self.near.block, self.near.hubs, one, low, high)
        ends = [part.solve(sign * (part.columns == one)) for sign in (1.0, -1.0)]
        if any(found is None or not proven for found, proven in ends):
            return False
        least, most = (float(found[part.columns == one][0]) for found, _ in ends if found is not None)
        if most - least >= self.width - 1:
            return False
        lows[one], highs[one] = least, most
        return True

    def move(self, part: Programme, one: int) -> None:
        """Move ``one`` within a programme, down (1) and up (-1), until it has room; all else stays as it truly is."""
        for sign in (1.0, -1.0):
            found, _ = part.solve(sign * (part.columns == one)) if self.tight(one) else (None, False)
            if found is not None:
                whole = self.truth.copy()
                whole[part.columns] = found
                self.take(whole)
