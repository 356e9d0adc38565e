"""Solutions that show how far small counts may move: many at a time first, one by one for those that are left.

A solution is a set of whole counts that fits everything told. Around a known one, with the hubs held where they are,
the report falls into small parts that do not touch each other: a linear programme moves all of them at once, and a part
in which it came out uneven stays as it was. What this does not show is left to branch and bound on the whole component.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analytics.disclosure.bounds import Programme, System, carried, components, neighbourhood, programme
from analytics.disclosure.ledger import EPSILON
from analytics.disclosure.moves import Moves
from analytics.disclosure.neighbours import Neighbours

ROUNDS = 9  # of moving all together
TURNS = 4  # programmes over everything, for all targets that are left together
WHOLE = 6  # targets looked at in their whole component at a time,
MOST = 60  # and in one audit: what is unproven after that counts as narrow
FEW = 15  # targets below which each is moved by itself at once
WORTH = 5  # targets that a round must settle to be worth another


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
        self._by_moves(now, targets, low, high)
        around = []
        for centre in self._centres(now, targets, low, high):
            around.append(_Around(self, now, centre, low, high))
            around[-1].together(targets)
        for each in around:
            each.apart(self.left(targets))
        lows, highs = low.copy(), high.copy()
        label = components(now, low, high)
        proven = {int(one) for one in self.left(targets) if self._apart(now, int(one), low, high, lows, highs)}
        self._all(now, np.setdiff1d(targets, list(proven)), low, high)
        open_ = np.setdiff1d(self.left(targets), list(proven))[: min(WHOLE, self.budget)]
        self.budget -= len(open_)
        for one in open_:
            self.move(programme(now, low, high, label, int(one)), int(one), self.truth, (1.0, -1.0))
            lows[one], highs[one] = self.least[one], self.most[one]
        return self.left(targets), lows, highs

    def _by_moves(self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Let each target go up and down a little, its neighbours following."""
        left = self.left(targets)
        for centre in (self.truth, self.other) if len(left) else ():
            if centre is None:
                continue
            around = self.moves.around(now, centre, low, high)
            for one in map(int, left):
                for by in (2, -2, 1, -1):
                    found = around.reach(one, centre[one] + by) if self.tight(one) else None
                    if found is not None:
                        self.take(found)

    def _all(self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Move what is left in the whole system at once, hubs and all."""
        for turn in range(TURNS):
            left = self.left(targets)
            if not len(left):
                return
            weights = np.zeros(now.size)
            weights[left] = (-1.0 if turn % 2 == 0 else 1.0) * np.where(np.arange(len(left)) % (1 + turn // 2), -1, 1)
            found, _ = Programme(now, np.arange(now.size), low, high).solve(weights)
            if found is not None:
                self.take(found)

    def _centres(self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray) -> Iterator[np.ndarray]:
        """Known solutions: the truth, and one with the small hubs as large as they can be together."""
        if len(self.left(targets)):
            yield self.truth
        if len(self.left(targets)) >= FEW and self.other is None:
            small = self.near.hubs & np.isin(np.arange(now.size), targets)
            self.other, _ = Programme(now, np.arange(now.size), low, high).solve(-small.astype(float))
            if self.other is not None:
                self.take(self.other)
        if self.other is not None:
            yield self.other

    def tight(self, one: int) -> bool:
        """Whether no solution has shown room yet."""
        return bool(self.most[one] - self.least[one] < self.width - 1)

    def left(self, targets: np.ndarray) -> np.ndarray:
        return targets[(self.most - self.least)[targets] < self.width - 1]

    def take(self, found: np.ndarray) -> None:
        """Remember a solution."""
        self.least, self.most = np.minimum(self.least, found), np.maximum(self.most, found)

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

    def move(self, part: Programme, one: int, centre: np.ndarray, ways: tuple[float, float]) -> None:
        """Move ``one`` within a programme, down (1) and up (-1), until it has room; all else stays at ``centre``."""
        for sign in ways:
            if self.tight(one):
                self.settle(part, sign * (part.columns == one), centre)

    def settle(self, part: Programme, weights: np.ndarray, centre: np.ndarray) -> None:
        """Take the solution of a programme in, all else staying at ``centre``."""
        found, _ = part.solve(weights)
        if found is not None:
            whole = centre.copy()
            whole[part.columns] = found
            self.take(whole)


class _Around:
    """The system with its hubs held at a known solution."""

    def __init__(self, known: Witnesses, now: System, centre: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        self.known, self.now, self.centre = known, now, centre
        held = known.near.hubs
        self.low, self.high = carried(now, np.where(held, centre, low), np.where(held, centre, high))
        self.label = components(now, self.low, self.high)

    def together(self, targets: np.ndarray) -> None:
        """Move all targets that have no room yet: down, up, and against each other."""
        left = self.known.left(targets)
        for number in range(ROUNDS):
            before = len(left)
            if before < FEW:
                return
            self._move(left, number)
            left = self.known.left(targets)
            if number > 1 and before - len(left) < WORTH:
                return

    def _move(self, left: np.ndarray, number: int) -> None:
        """One linear programme; in the first everything goes down, in the second up, then half and half."""
        order = np.argsort(self.label[left], kind="stable")
        rank = np.empty(len(left), dtype=int)
        rank[order] = np.arange(len(left))
        ways = np.ones(len(left)) if number < 2 else np.where((rank >> (number // 2 - 1)) & 1, 1.0, -1.0)
        weights = np.zeros(self.now.size)
        weights[left] = ways * (-1.0 if number % 2 else 1.0) * (1 + (rank % 7) / 10)
        found = Programme(self.now, np.arange(self.now.size), self.low, self.high).relaxed(weights)
        if found is None:
            return
        values = self.now.product(found)
        uneven = (values < self.now.low - EPSILON) | (values > self.now.high + EPSILON)
        kept = np.isin(self.label[: self.now.size], np.unique(self.label[self.now.size :][uneven]))
        found = np.where(kept, self.centre, found)
        if self.now.holds(found):
            self.known.take(found)

    def apart(self, targets: np.ndarray) -> None:
        """Move the counts of each small part, in whole numbers: all of them up, then down, then those left alone."""
        parts: dict[int, list[int]] = {}
        for one in targets:
            if self.high[one] - self.low[one] >= 1:
                parts.setdefault(int(self.label[one]), []).append(int(one))
        for inside in parts.values():
            part = programme(self.now, self.low, self.high, self.label, inside[0])
            if len(inside) > 1:
                for sign in (-1.0, 1.0):
                    self.known.settle(part, np.isin(part.columns, inside) * sign, self.centre)
            for one in inside:
                up = self.high[one] - self.centre[one] >= self.centre[one] - self.low[one]
                self.known.move(part, one, self.centre, (-1.0, 1.0) if up else (1.0, -1.0))
