"""How far each unknown may move: bounds carried through the relations, then integer programming (HiGHS).

Bounds only say what is impossible; whether a count can take a value is shown by a whole solution in which it does,
checked here in whole numbers. Branch and bound stops after a number of nodes, never after a time: the same report is
the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.disclosure.ledger import EPSILON, Name, Relation

FAR = 1e7  # above any count of people or rows that a report tells
SWEEPS = 60
NODES = 200


@dataclass(frozen=True, eq=False)
class System:
    """Relations over unknowns as sparse rows: ``row``, ``column``, ``coefficient`` of each entry; ``low``, ``high``."""

    row: np.ndarray
    column: np.ndarray
    coefficient: np.ndarray
    low: np.ndarray
    high: np.ndarray
    size: int

    def product(self, values: np.ndarray) -> np.ndarray:
        """Sum of coefficient x value of every relation."""
        return np.bincount(self.row, self.coefficient * values[self.column], minlength=len(self.low))

    def holds(self, values: np.ndarray) -> bool:
        found = self.product(values)
        return bool(np.all(found >= self.low - EPSILON) and np.all(found <= self.high + EPSILON))


def system(relations: Sequence[Relation], position: dict[Name, int]) -> System:
    """The relations over unknowns numbered by ``position``."""
    entries = [(i, position[name], c) for i, one in enumerate(relations) for name, c in one.terms]
    row, column, coefficient = (np.array([e[k] for e in entries]) for k in range(3))
    low, high = (np.array([getattr(one, end) for one in relations], dtype=float) for end in ("low", "high"))
    kinds = (row.astype(int), column.astype(int), coefficient.astype(float))
    return System(*kinds, np.clip(low, -FAR * 100, None), np.clip(high, None, FAR * 100), len(position))


def carried(found: System, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of every unknown once each relation has been used on the bounds of the others, again and again."""
    low, high = low.copy(), high.copy()
    up = found.coefficient > 0
    size = np.abs(found.coefficient)
    for _ in range(SWEEPS):
        at_low, at_high = _ends(found, low, high, up), _ends(found, high, low, up)
        least = np.bincount(found.row, at_low, minlength=len(found.low))
        most = np.bincount(found.row, at_high, minlength=len(found.low))
        room = (found.high - least)[found.row] + at_low  # what the entry may be at most
        need = (found.low - most)[found.row] + at_high
        new_high, new_low = high.copy(), low.copy()
        tops = np.floor(np.where(up, room, -need) / size + EPSILON)
        bottoms = np.ceil(np.where(up, need, -room) / size - EPSILON)
        np.minimum.at(new_high, found.column, tops)
        np.maximum.at(new_low, found.column, bottoms)
        if np.array_equal(new_high, high) and np.array_equal(new_low, low):
            break
        low, high = new_low, new_high
    return low, high


def _ends(found: System, positive: np.ndarray, negative: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Every entry at one end of its unknown."""
    return found.coefficient * np.where(up, positive[found.column], negative[found.column])


@dataclass(frozen=True, eq=False)
class Programme:
    """Integer programming over one connected component, its unknowns between bounds."""

    inner: System
    columns: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def solve(self, weights: np.ndarray, *, gap: float = 0.0) -> tuple[np.ndarray | None, bool]:
        """Whole values with the least weighted sum, or the best found; and whether it is known to be the least.

        ``gap``: how far from the least, as a part of it, is near enough.
        """
        done = self._run(weights, gap)
        if done.x is None:
            return None, False
        values = np.round(done.x)
        inside = bool(np.all(values >= self.low) and np.all(values <= self.high)) and self.inner.holds(values)
        return (values if inside else None), done.status == 0

    def mark(self) -> bytes:
        """The same for two programmes with the same solutions."""
        parts = (self.columns, self.low, self.high, self.inner.row, self.inner.column, self.inner.low, self.inner.high)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).digest()

    def _run(self, weights: np.ndarray, gap: float) -> Any:
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        shape = (len(self.inner.low), self.inner.size)
        matrix = csr_array((self.inner.coefficient, (self.inner.row, self.inner.column)), shape=shape)
        return milp(
            weights, integrality=np.ones(self.inner.size), bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(matrix, self.inner.low, self.inner.high),
            options={"node_limit": NODES, "presolve": True, "mip_rel_gap": gap},
        )  # fmt: skip


def components(found: System, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The number of the connected component of every unknown, then of every relation; fixed unknowns tie nothing."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    free = (low < high)[found.column]
    nodes = found.size + len(found.low)
    ends = (found.column[free], found.size + found.row[free])
    graph = csr_array((np.ones(int(free.sum())), ends), shape=(nodes, nodes))
    label: np.ndarray = connected_components(graph, directed=False)[1]
    return label


def neighbourhood(found: System, free: np.ndarray, low: np.ndarray, high: np.ndarray) -> Programme:
    """The programme of every relation of the ``free`` unknowns; the others in it are held by their bounds."""
    own = np.unique(found.row[free[found.column]])
    entries = np.isin(found.row, own)
    columns = np.unique(np.concatenate([found.column[entries], np.flatnonzero(free)]))
    inner = System(
        np.searchsorted(own, found.row[entries]), np.searchsorted(columns, found.column[entries]),
        found.coefficient[entries], found.low[own], found.high[own], len(columns),
    )  # fmt: skip
    return Programme(inner, columns, low[columns], high[columns])
