"""Solutions that show how far small counts may move: by hand first, then with programmes for those that are left.

A solution is a set of whole counts that fits everything told. From a known one most counts can be moved a little, their
neighbours following; where none of the known ones will do, a programme over everything looks for another in which many
of those that are left lie elsewhere. What this does not show is left to branch and bound among the nearest counts.
"""

from __future__ import annotations

import numpy as np

from analytics.disclosure.bounds import Programme, System, neighbourhood
from analytics.disclosure.moves import Moves
from analytics.disclosure.neighbours import Neighbours

TURNS = 4  # programmes over everything, for all targets that are left together
MANY = 60  # targets from which that is done before each is looked at by itself
SLOW = 0.9  # of the targets still left after a turn: another would help few
ROUNDS = 4  # and how often in one audit
CLOSE = 120  # counts that move with one that is looked at by itself,
MOST = 300  # and how often that is done in one audit
WHOLE = 1  # that then move with everything, at a time, where no more than FINAL are left,
FINAL = 1
WIDE = 4  # and in one audit: what is unproven after that counts as narrow
FEW = 15  # targets below which no other solution is looked for first
ROUGH = 0.5  # of the best sum over many targets: any solution that moves a good part of them will do
STEPS = (2, -2, 1, -1)


class Witnesses:
    """The least and the largest value of every count in any solution found; hiding more never makes one wrong."""

    def __init__(self, truth: np.ndarray, near: Neighbours, width: int, moves: Moves) -> None:
        self.truth, self.near, self.width, self.moves = truth, near, width, moves
        self.least, self.most = truth.copy(), truth.copy()
        self.budget, self.wide, self.rounds = MOST, WIDE, ROUNDS
        self.rooms: dict[int, tuple[bytes, tuple[float, float] | None]] = {}  # what was asked near a count, and found
        self.other: np.ndarray | None = None  # a second centre; it stays a solution when more is hidden

    def narrow(
        self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The targets that cannot take ``width`` values, or of which that is not known; and all bounds found."""
        self._by_hand(now, targets, low, high)
        lows, highs = low.copy(), high.copy()
        if len(self.left(targets)) >= MANY:
            self._all(now, targets, low, high)
        doubtful = self._unproven(now, self.left(targets), low, high, lows, highs)
        if len(doubtful) > FINAL and self.rounds:
            self.rounds -= 1
            self._all(now, doubtful, low, high)
        for one in map(int, self.left(doubtful)[: self.budget]):
            self.budget -= 1
            self.close(now, one, low, high, lows, highs)
        left = self.left(doubtful)
        for one in map(int, left[: min(WHOLE, self.wide)] if len(left) <= FINAL else ()):
            self.wide -= 1
            self.shut(now, one, low, high)
            lows[one], highs[one] = self.least[one], self.most[one]
        return self.left(targets), lows, highs

    def _unproven(
        self, now: System, left: np.ndarray, low: np.ndarray, high: np.ndarray, lows: np.ndarray, highs: np.ndarray
    ) -> np.ndarray:
        """Those that what is near does not show to be narrow; of the others the room that it leaves is entered."""
        doubtful = []
        for one in map(int, left):
            room = self._room(now, one, low, high)
            if room is None:
                doubtful.append(one)
            else:
                lows[one], highs[one] = room
        return np.array(doubtful, dtype=int)

    def _by_hand(self, now: System, targets: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Move each target around the truth, and around a solution in which small hubs are as large as they can be."""
        self.around(now, self.truth, targets, low, high)
        if self.other is None and len(self.left(targets)) >= FEW:
            small = self.near.hubs & np.isin(np.arange(now.size), targets)
            self.other, _ = Programme(now, np.arange(now.size), low, high).solve(-small.astype(float), gap=ROUGH)
            if self.other is not None:
                self.take(self.other)
        if self.other is not None:
            self.around(now, self.other, targets, low, high)

    def around(self, now: System, centre: np.ndarray, targets: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
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
        before = np.inf
        for turn in range(TURNS):
            left = self.left(targets)
            if not len(left) or len(left) > before * SLOW:
                return
            before = len(left)
            weights, near, far = np.zeros(now.size), low.copy(), high.copy()
            near[left] = np.maximum(low[left], self.truth[left] - self.width + 1)
            far[left] = np.minimum(high[left], self.truth[left] + self.width - 1)
            weights[left] = (-1.0 if turn % 2 == 0 else 1.0) * np.where(np.arange(len(left)) % (1 + turn // 2), -1, 1)
            found, _ = Programme(now, np.arange(now.size), near, far).solve(weights, gap=ROUGH)
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

    def close(
        self, now: System, one: int, low: np.ndarray, high: np.ndarray, lows: np.ndarray, highs: np.ndarray
    ) -> None:
        """Move ``one`` with what is near it, all else staying as it truly is; what it came to is entered."""
        part = self._near(now, one, low, high)
        for sign in (1.0, -1.0):
            found, _ = part.solve(sign * (part.columns == one)) if self.tight(one) else (None, False)
            if found is not None:
                whole = self.truth.copy()
                whole[part.columns] = found
                self.take(whole)
        lows[one], highs[one] = self.least[one], self.most[one]

    def shut(self, now: System, one: int, low: np.ndarray, high: np.ndarray) -> bool:
        """Whether it is proven that there is no room: by what is near alone, or else over everything."""
        if self._room(now, one, low, high) is not None:
            return True
        whole = Programme(now, np.arange(now.size), low, high)
        ends = [whole.solve(sign * (np.arange(now.size) == one)) for sign in (1.0, -1.0)]
        for found, _ in ends:
            if found is not None:
                self.take(found)
        return self.tight(one) and all(found is not None and proven for found, proven in ends)

    def _room(self, now: System, one: int, low: np.ndarray, high: np.ndarray) -> tuple[float, float] | None:
        """Least and largest value where the relations of what is near, all else being anywhere, leave too little."""
        part = neighbourhood(now, self._around(now, one), low, high)
        asked = part.mark()
        if self.rooms.get(one, (b"", None))[0] != asked:
            self.rooms[one] = (asked, self._narrow_in(part, one))
        return self.rooms[one][1]

    def _narrow_in(self, part: Programme, one: int) -> tuple[float, float] | None:
        ends = []
        for sign in (1.0, -1.0):
            found, proven = part.solve(sign * (part.columns == one))
            if found is None or not proven:
                return None
            ends.append(float(found[part.columns == one][0]))
        return (ends[0], ends[1]) if ends[1] - ends[0] < self.width - 1 else None

    def _near(self, now: System, one: int, low: np.ndarray, high: np.ndarray) -> Programme:
        """The programme of at most CLOSE counts around one; the bounds of the others are where they are."""
        free = self._around(now, one)
        return neighbourhood(now, free, np.where(free, low, self.truth), np.where(free, high, self.truth))

    def _around(self, now: System, one: int) -> np.ndarray:
        """Which counts are near one: at most CLOSE, hubs apart."""
        inside: list[int] = []
        for _, columns, _ in self.near.around(one):
            inside += [int(column) for column in columns if not self.near.hubs[column]]
            if len(inside) > CLOSE:
                break
        free = np.zeros(now.size, dtype=bool)
        free[[one, *inside[:CLOSE]]] = True
        return free
