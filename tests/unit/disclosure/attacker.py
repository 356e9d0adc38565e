"""An attacker who has the delivered files and nothing else: collects every count, and narrows what is not told.

Written apart from the audit: it starts from the files, learns the sums from reports of its own, carries bounds over
all of them and solves small programmes around each count.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from attacker_cells import Told, Unknown, of_results
from attacker_structure import Law, Sum, sums, written
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analytics.disclosure.completing import completed
from analytics.disclosure.staff import unnamed
from analytics.disclosure.support import placed
from analytics.domain.run import Run

TOP = 100_000.0
WIDTH = 3  # values that a small count must keep
NEAR, RINGS = 40, 3  # terms above which a sum is left out of a small programme; sums apart
MOST = 150  # unknowns of a small programme
SWEEPS = 60


class Puzzle:
    """Unknowns with an interval each, and sums over them that lie between two numbers."""

    def __init__(self, step: int, *, exact: bool = False) -> None:
        self.step, self.exact = step, exact  # exact: told counts are taken as they stand
        self.at: dict[Unknown, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.sums: list[tuple[tuple[tuple[int, float], ...], float, float]] = []
        self._known: set[object] = set()

    def enter(self, what: Unknown) -> int:
        if what not in self.at:
            self.at[what] = len(self.low)
            self.low.append(0.0)
            self.high.append(TOP)
        return self.at[what]

    def tell(self, one: Told) -> None:
        """One published cell: a number, "fewer than N" or "not shown". The narrowest that any file tells stands."""
        at = self.enter(one.what)
        if one.text == "not shown":
            return
        if one.text.startswith("fewer than "):
            low, high = 0.0, float(one.text.removeprefix("fewer than ")) - 1
        else:
            value = float(one.text)
            rounded = not self.exact and value % self.step == 0
            low = max(self.step, value - self.step // 2) if rounded else value
            high = value - self.step // 2 + self.step - 1 if rounded else value
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)

    def add(self, terms: Mapping[Unknown, float], low: float, high: float) -> None:
        self._keep(tuple(sorted((self.enter(what), weight) for what, weight in terms.items() if weight)), low, high)

    def _keep(self, kept: tuple[tuple[int, float], ...], low: float, high: float) -> None:
        if kept and (kept, low, high) not in self._known:
            self._known.add((kept, low, high))
            self.sums.append((kept, low, high))

    def unite(self) -> None:
        """Counts that are the same in every report become one unknown."""
        of = list(range(len(self.low)))

        def whole(one: int) -> int:
            while of[one] != one:
                one = of[one]
            return one

        for terms, low, high in self.sums:
            if low == high == 0 and sorted(w for _, w in terms) == [-1.0, 1.0]:
                first, second = sorted(whole(at) for at, _ in terms)
                of[second] = first
        for one in range(len(of)):
            self.low[whole(one)] = max(self.low[whole(one)], self.low[one])
            self.high[whole(one)] = min(self.high[whole(one)], self.high[one])
        self.at = {what: whole(one) for what, one in self.at.items()}
        before, self.sums, self._known = self.sums, [], set()
        for terms, low, high in before:
            made: dict[int, float] = defaultdict(float)
            for at, weight in terms:
                made[whole(at)] += weight
            self._keep(tuple(sorted((at, weight) for at, weight in made.items() if weight)), low, high)

    def squeeze(self) -> None:
        """Interval arithmetic over all sums, until nothing moves."""
        row = np.repeat(np.arange(len(self.sums)), [len(one[0]) for one in self.sums])
        column = np.array([at for one in self.sums for at, _ in one[0]], dtype=int)
        weight = np.array([w for one in self.sums for _, w in one[0]])
        least, most = (np.array([one[k] for one in self.sums], dtype=float) for k in (1, 2))
        low, high = np.array(self.low), np.array(self.high)
        for _ in range(SWEEPS):
            before = low.copy(), high.copy()
            small = np.where(weight > 0, weight * low[column], weight * high[column])
            large = np.where(weight > 0, weight * high[column], weight * low[column])
            room = most[row] - np.bincount(row, small, len(self.sums))[row] + small
            need = least[row] - np.bincount(row, large, len(self.sums))[row] + large
            top, bottom = np.where(weight > 0, room, need) / weight, np.where(weight > 0, need, room) / weight
            np.minimum.at(high, column, np.floor(top + 1e-6))
            np.maximum.at(low, column, np.ceil(bottom - 1e-6))
            if np.array_equal(before[0], low) and np.array_equal(before[1], high):
                break
        self.low, self.high = low.tolist(), high.tolist()
        self._touching: dict[int, list[int]] = defaultdict(list)
        for number, (terms, _, _) in enumerate(self.sums):
            for at, _ in terms if len(terms) <= NEAR else ():
                self._touching[at].append(number)

    def has_room(self, one: int, value: float) -> bool:
        """Whether the small programme has WIDTH values next to one another that hold the true one."""
        part = self._around(one)
        below = next((k for k in (1, 2) if not self._allows(part, one, value - k)), 3) - 1
        if below == WIDTH - 1:
            return True
        above = next((k for k in range(1, WIDTH - below) if not self._allows(part, one, value + k)), WIDTH) - 1
        return below + above >= WIDTH - 1 or self._ends(part, one)

    def _around(self, one: int) -> tuple[list[int], list[int]]:
        """Unknowns near one, and the sums that hold only those."""
        near, ring = {one}, {one}
        for _ in range(RINGS):
            ring = {at for c in ring for s in self._touching[c] for at, _ in self.sums[s][0]} - near
            if len(near) + len(ring) > MOST:
                break
            near |= ring
        inside = sorted({s for c in near for s in self._touching[c] if all(k in near for k, _ in self.sums[s][0])})
        return sorted(near), inside

    def _allows(self, part: tuple[list[int], list[int]], one: int, value: float) -> bool:
        return bool(self.low[one] <= value <= self.high[one]) and self._solve(part, one, 0.0, value) is not None

    def _ends(self, part: tuple[list[int], list[int]], one: int) -> bool:
        low, high = (self._solve(part, one, sign, None) for sign in (1.0, -1.0))
        return low is None or high is None or high - low >= WIDTH - 1

    def _solve(self, part: tuple[list[int], list[int]], one: int, sign: float, value: float | None) -> float | None:
        """The least (or largest) value of one, or any with this ``value``; None without a solution."""
        names, inside = part
        at = {name: i for i, name in enumerate(names)}
        low, high = np.array([self.low[n] for n in names]), np.array([self.high[n] for n in names])
        if value is not None:
            low[at[one]] = high[at[one]] = value
        aim = np.zeros(len(names))
        aim[at[one]] = sign
        entries = [(i, at[n], w) for i, s in enumerate(inside) for n, w in self.sums[s][0]]
        rows, columns, weights = zip(*entries) if entries else ((), (), ())
        matrix = csr_array((weights, (rows, columns)), shape=(len(inside), len(names)))
        limits = LinearConstraint(matrix, [self.sums[s][1] for s in inside], [self.sums[s][2] for s in inside])
        done = milp(aim, integrality=np.ones(len(names)), bounds=Bounds(low, high),
                    constraints=limits if inside else None, options={"node_limit": 500})  # fmt: skip
        return None if done.x is None else float(round(done.x[at[one]]))


def truth_of(run: Run) -> dict[Unknown, int]:
    """The exact counts of a house's run under the names of an outside copy; groups of nobody too."""
    salt = json.dumps(run.facts.get("inputs", ()), sort_keys=True, default=str)
    found: dict[Unknown, int] = {}
    for tables in (completed(run.tables), run.tables):
        whole = Run(_as_outside(tables, salt, run.plan.minimum_cell), run.plan, run.vocabulary, dict(run.facts))
        for one in of_results(whole.results):
            found.setdefault(one.what, int(float(one.text)))
    return found


def _as_outside(tables: Mapping[str, pd.DataFrame], salt: str, least: int) -> dict[str, pd.DataFrame]:
    """Numbers for the staff whom the copy tells of, as it gives them; the others keep their names, which it lacks."""
    lines = {}
    if {"benchmark", "benchmark_overall"} <= set(tables):
        lines["benchmark"] = placed(tables, least)
    if "raters" in tables:
        lines["raters"] = tables["raters"]["patients"] >= least
    told = {name: frame[lines[name]] if name in lines else frame for name, frame in tables.items()}
    made = unnamed({name: frame.reset_index(drop=True) for name, frame in told.items()}, salt)
    for name, stays in lines.items():
        made[name] = pd.concat([made[name], tables[name][~stays]], ignore_index=True)
    return made


def means_of(results: pd.DataFrame) -> dict[tuple[tuple[str, str], ...], float]:
    """Published means of grades by group."""
    found = {}
    for row in results[(results["table"] == "descriptions") & (results["statistic"] == "mean")].to_dict("records"):
        if row["value"] == row["value"]:
            found[tuple(sorted((k, f"{v:g}" if isinstance(v, float) else str(v)) for k, v in json.loads(row["keys"])
                               .items() if v not in ("", "mean")))] = float(row["value"])  # fmt: skip
    return found


def _grades(known: Iterable[Unknown], means: Mapping[tuple[tuple[str, str], ...], float]) -> Iterable[Sum]:
    """All grades are everybody who was seen, and their mean is told to two digits."""
    by: dict[tuple[tuple[str, str], ...], list[Unknown]] = defaultdict(list)
    for one in known:
        if one.kind == "descriptions.count":
            by[tuple(i for i in one.keys if i[0] != "level")].append(one)
    for keys, mean in means.items():
        if keys in by:
            half = 0.5 * 10.0 ** -(1 - math.floor(math.log10(abs(mean))) if mean else 6) * 1.001
            for sign, low, high in ((1, 0.0, 1e9), (-1, -1e9, 0.0)):
                yield {one: float(dict(one.keys)["level"]) - mean + sign * half for one in by[keys]}, low, high


def narrowed(
    cells: Sequence[Told], results: pd.DataFrame, truth: Mapping[Unknown, int], laws: Iterable[Law], step: int,
    *, exact: bool = False, enough: int | None = None,
) -> list[str]:  # fmt: skip
    """The small counts of ``truth`` that the attacker narrows to fewer than three values.

    ``cells``: all that any file tells; ``laws``: what is known of such reports. AssertionError where a file tells of a
    count what cannot be true: the attacker would be misled, and the test with him. ``enough``: so many will do.
    """
    found = Puzzle(step, exact=exact)
    for one in cells:
        found.tell(one)
    for what in truth:
        found.enter(what)
    known = list(found.at)
    for terms, low, high in (*sums(laws, known), *written(known), *_grades(known, means_of(results))):
        if all(what in truth for what in terms) and not low - 1e-6 <= _sum(terms, truth) <= high + 1e-6:
            continue  # he would be wrong, and could not tell
        found.add(terms, low, high)
    found.unite()
    found.squeeze()
    wrong = [f"{w} = {v}: {found.low[found.at[w]]:g} to {found.high[found.at[w]]:g}" for w, v in truth.items()
             if not found.low[found.at[w]] <= v <= found.high[found.at[w]]]  # fmt: skip
    if wrong:
        raise AssertionError(f"the attacker believes what is not true: {wrong[:3]}")
    said = []
    room: dict[int, bool] = {}
    for what, value in sorted(truth.items()):
        one = found.at[what]
        if value < step and one not in room:
            wide = found.high[one] - found.low[one]
            room[one] = wide >= WIDTH - 1 and found.has_room(one, value)
        if value < step and not room[one]:
            said.append(f"{what} = {value}")
        if len(said) == enough:
            break
    return said


def _sum(terms: Mapping[Unknown, float], truth: Mapping[Unknown, int]) -> float:
    return sum(weight * truth[what] for what, weight in terms.items())
