"""The audit: whether any small count can be worked out from what is told, and what has to be hidden until none can.

The true counts are whole numbers between what is told of them, tied by the structure of the report. For each count
under the least cell the smallest and the largest possible value are sought; where fewer than WIDTH values are left
between them, the nearest thing that is told and whose hiding helps is hidden, and again, until none is narrow.
The attacker's programmes are those of Fischetti and Salazar 2001 (Management Science 47: 1008).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from analytics.disclosure.bounds import FAR, System, carried, system
from analytics.disclosure.coarse import coarse, possible
from analytics.disclosure.ledger import EPSILON, Count, Ledger, Name, Place, Relation
from analytics.disclosure.moves import Moves
from analytics.disclosure.neighbours import Neighbours
from analytics.disclosure.witnesses import Witnesses
from analytics.domain.hidden import FEWER, NOT_SHOWN

WIDTH = 3  # values that must be left for a count under the least cell
HEADLINE = ("arm", "cohort")  # patients of an arm, the denominators of page one: hidden last
PATIENCE = 4  # things hidden one by one for a count, before more are hidden at once


@dataclass(frozen=True)
class Step:
    """One thing hidden by the audit: a count or the place of a figure, because of the count ``of`` (low to high)."""

    hidden: Name | Place
    of: Name
    low: int
    high: int


@dataclass
class Audit:
    """What is told of every count (``told``: coarse number, FEWER or NOT_SHOWN), and which figures are ``closed``."""

    counts: tuple[Count, ...]
    minimum_cell: int
    told: np.ndarray
    closed: set[Place] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)

    def code(self, name: Name) -> int:
        return int(self.told[self.position[name]])

    @cached_property
    def position(self) -> dict[Name, int]:
        """The number of each count."""
        return {count.name: i for i, count in enumerate(self.counts)}

    def known(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest value of every count, by what is told of itself."""
        low, high = self._coarse
        low, high = low.copy(), high.copy()
        for one in np.flatnonzero(self.told == NOT_SHOWN):
            low[one], high[one] = self.bounds(int(one))
        return low, high

    @cached_property
    def _coarse(self) -> tuple[np.ndarray, np.ndarray]:
        """The same before anything more is hidden."""
        low, high = np.array([self.bounds(i) for i in range(len(self.counts))], dtype=float).reshape(-1, 2).T
        return low, high

    def bounds(self, one: int) -> tuple[float, float]:
        """The same of one count."""
        count, told = self.counts[one], int(self.told[one])
        if not count.places:
            return 0, FAR
        if told >= 0:
            return possible(told, self.minimum_cell)
        return (count.least, self.minimum_cell - 1) if told == FEWER else self.open_bounds(one)

    def open_bounds(self, one: int) -> tuple[float, float]:
        """What is left of one count when it is not shown: the rest of its row may still say whether it is small."""
        count = self.counts[one]
        if not count.basis or not count.places:
            return count.least, FAR
        return (count.least, self.minimum_cell - 1) if count.value < self.minimum_cell else (self.minimum_cell, FAR)

    def can_hide(self, one: int) -> bool:
        """Whether hiding this count would take anything from a reader."""
        return bool(self.told[one] != NOT_SHOWN) and self.bounds(one) != self.open_bounds(one)


def begun(ledger: Ledger, minimum_cell: int) -> Audit:
    """Every count coarse; what rests on too few patients is not shown from the start."""
    counts = tuple(ledger.counts.values())
    told = [coarse(count.value, minimum_cell) for count in counts]
    for i, count in enumerate(counts):
        rests = ledger.counts.get(count.resting)
        if rests is not None and rests.value < minimum_cell:
            told[i] = NOT_SHOWN
    return Audit(counts, minimum_cell, np.array(told))


def audited(ledger: Ledger, minimum_cell: int) -> Audit:
    """What can be told of every count so that no small one can be worked out."""
    audit = begun(ledger, minimum_cell)
    if ledger.relations:
        _Search(ledger, audit).run()
    return audit


class _Search:
    """The loop over narrow counts: first those that bounds give away, then those that only programmes do."""

    def __init__(self, ledger: Ledger, audit: Audit) -> None:
        self.audit, self.relations = audit, ledger.relations
        self.whole = system(ledger.relations, audit.position)
        truth = np.array([count.value for count in audit.counts], dtype=float)
        self.targets = np.flatnonzero(truth < audit.minimum_cell)
        self.near, self.moves = Neighbours(self.whole), Moves(self.whole)
        self.hopeful: set[int] = set()
        self.tries: dict[int, int] = {}
        self.witnesses = Witnesses(truth, self.near, WIDTH, self.moves)
        self.targets = self._protectable(self.targets)

    def run(self) -> None:
        while True:
            now = self.told(self.audit.closed)
            low, high = carried(now, *self.audit.known())
            narrow = self.targets[(high - low)[self.targets] < WIDTH - 1]
            if not self.hide(now, narrow, low, high):
                open_ = self.targets[(high - low)[self.targets] >= WIDTH - 1]
                narrow, low, high = self.witnesses.narrow(now, open_, low, high)
                narrow = self._with_hope(narrow)
                if not self.hide(now, narrow, low, high):
                    return

    def _protectable(self, targets: np.ndarray, *, exactly: bool = False) -> np.ndarray:
        """Those that would have room if nothing at all were told: structure alone gives the others away."""
        audit = replace(self.audit, closed={one.place for one in self.relations if one.place is not None})
        low, high = (np.array(end, dtype=float) for end in zip(*map(audit.open_bounds, range(len(audit.counts)))))
        open_ = self.told(audit.closed)
        low, high = carried(open_, low, high)
        targets = targets[(high - low)[targets] >= WIDTH - 1]
        if exactly and len(targets):
            free = Witnesses(self.witnesses.truth, self.near, WIDTH, self.moves)
            doubtful = free.narrow(open_, targets, low, high)[0]
            targets = np.setdiff1d(targets, [one for one in doubtful if free.shut(open_, int(one), low, high)])
        return targets

    def _with_hope(self, narrow: np.ndarray) -> np.ndarray:
        """Narrow counts that hiding can help; each is looked at once, and the others are targets no more."""
        new = np.array([one for one in narrow if int(one) not in self.hopeful], dtype=int)
        kept = self._protectable(new, exactly=True)
        self.hopeful |= {int(one) for one in kept}
        self.targets = np.setdiff1d(self.targets, np.setdiff1d(new, kept))
        return np.array([one for one in narrow if int(one) in self.hopeful], dtype=int)

    def told(self, closed: set[Place]) -> System:
        """The relations, those of figures that are not told any more open at both ends."""
        shut = np.array([one.place in closed for one in self.relations], dtype=bool)
        low, high = np.where(shut, -FAR * 100, self.whole.low), np.where(shut, FAR * 100, self.whole.high)
        return System(self.whole.row, self.whole.column, self.whole.coefficient, low, high, self.whole.size)

    def hide(self, now: System, narrow: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
        """Hide one thing for the first narrow count of each neighbourhood; whether there was one to hide."""
        done: set[int] = set()
        hidden = False
        for one in narrow:
            block = int(self.near.block[one])
            if block not in done and self._hide(now, int(one), low, high):
                done.add(block)
                hidden = True
        return hidden

    def _hide(self, now: System, one: int, low: np.ndarray, high: np.ndarray) -> bool:
        """Hide the nearest thing told that gives ``one`` room, else the nearest; False where nothing is told.

        Where several have not helped, twice as many are hidden each time.
        """
        self.tries[one] = self.tries.get(one, 0) + 1
        wanted = 2 ** max(0, self.tries[one] - PATIENCE)
        found: list[int | Place] = []
        for distance, columns, rows in self.near.around(one):
            things = self._things(columns, rows)
            if distance <= 1 and wanted == 1:
                helpful = [thing for thing in things if self._helps(now, one, thing, low, high)]
                found = helpful[:1] or found or things[:1]
                if helpful or (found and distance == 1):
                    break
            else:
                found += things[: wanted - len(found)]
                if len(found) >= wanted:
                    break
        for thing in found:
            self._shut(thing, Step(thing if isinstance(thing, Place) else self.audit.counts[thing].name,
                                   self.audit.counts[one].name, int(low[one]), int(high[one])))  # fmt: skip
        return bool(found)

    def _shut(self, thing: int | Place, step: Step) -> None:
        if isinstance(thing, Place):
            self.audit.closed.add(thing)
        else:
            self.audit.told[thing] = NOT_SHOWN
        self.audit.steps.append(step)

    def _things(self, columns: np.ndarray, rows: np.ndarray) -> list[int | Place]:
        """What is told here and can be hidden: figures first, then counts, the smallest first."""
        figures = dict.fromkeys(self.relations[row].place for row in rows)
        counts = [int(c) for c in columns if self.audit.can_hide(int(c))]
        counts.sort(key=lambda c: (self.audit.counts[c].name[0] in HEADLINE, self.audit.counts[c].value, c))
        return [*(p for p in figures if p is not None and p not in self.audit.closed), *counts]

    def _helps(self, now: System, one: int, thing: int | Place, low: np.ndarray, high: np.ndarray) -> bool:
        """Whether the relations of ``one`` leave it room once ``thing`` is hidden, all else being as it is."""
        free_low, free_high = self.audit.open_bounds(thing) if isinstance(thing, int) else (0.0, 0.0)
        least, most = self.audit.open_bounds(one) if thing == one else self.audit.bounds(one)
        for row in self.near.rows_of(one):
            if isinstance(thing, Place) and self.relations[row].place == thing:
                continue
            bottom, top = _given(self.relations[row], now.low[row], now.high[row], one, self.audit.position,
                                 lambda c: (free_low, free_high) if c == thing else (low[c], high[c]))  # fmt: skip
            least, most = max(least, bottom), min(most, top)
        return most - least >= WIDTH - 1


def _given(relation: Relation, low: float, high: float, one: int, position: dict[Name, int],
           between: Callable[[int], tuple[float, float]]) -> tuple[float, float]:  # fmt: skip
    """The bounds of ``one`` by one relation, the others being between theirs."""
    least, most, own = 0.0, 0.0, 1.0
    for name, coefficient in relation.terms:
        at = position[name]
        if at == one:
            own = coefficient
            continue
        ends = sorted(coefficient * end for end in between(at))
        least, most = least + ends[0], most + ends[1]
    ends = sorted(((low - most) / own, (high - least) / own))
    return math.ceil(ends[0] - EPSILON), math.floor(ends[1] + EPSILON)
