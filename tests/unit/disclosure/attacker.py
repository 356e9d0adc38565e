"""An attacker who has the delivered files and nothing else: collects every count, and narrows what is not told.

Written apart from the audit: it starts from the long results and the CSV files, writes its own sums in its own names,
and solves small programmes by block instead of carrying bounds over everything.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy.optimize import Bounds, LinearConstraint, milp

TOP = 100_000
Unknown = tuple[str, ...]


@dataclass
class Puzzle:
    """Unknowns with an interval each, and sums over them that lie between two numbers."""

    step: int
    exact: bool = False  # whether told counts are taken as they stand
    between: dict[Unknown, list[float]] = field(default_factory=dict)
    sums: list[tuple[dict[Unknown, float], float, float]] = field(default_factory=list)

    def told(self, name: Unknown, text: str) -> None:
        """One published cell: a number, "fewer than N" or "not shown"."""
        if text == "not shown":
            low, high = 0, TOP
        elif text.startswith("fewer than "):
            low, high = 0, int(text.removeprefix("fewer than ")) - 1
        else:
            value = int(float(text))
            low = value if self.exact else max(self.step, value - self.step // 2)
            high = value if self.exact else value - self.step // 2 + self.step - 1
        known = self.between.setdefault(name, [0, TOP])
        known[0], known[1] = max(known[0], low), min(known[1], high)

    def add(self, parts: Mapping[Unknown, float], low: float, high: float) -> None:
        kept = {name: weight for name, weight in parts.items() if weight}
        if all(name in self.between for name in kept):
            self.sums.append((kept, low, high))

    def adds_up(self, whole: Unknown, parts: Iterable[Unknown]) -> None:
        parts = list(parts)
        if parts and whole in self.between:
            self.add({whole: 1.0, **dict.fromkeys(parts, -1.0)}, 0, 0)

    def within(self, part: Unknown, whole: Unknown) -> None:
        if part != whole and part in self.between and whole in self.between:
            self.add({whole: 1.0, part: -1.0}, 0, TOP)

    def squeeze(self) -> None:
        """Interval arithmetic, sum by sum, until nothing moves."""
        for _ in range(40):
            moved = False
            for parts, low, high in self.sums:
                ends = {n: sorted((w * self.between[n][0], w * self.between[n][1])) for n, w in parts.items()}
                least, most = sum(e[0] for e in ends.values()), sum(e[1] for e in ends.values())
                for name, weight in parts.items():
                    bottom, top = (low - most + ends[name][1]) / weight, (high - least + ends[name][0]) / weight
                    bottom, top = min(bottom, top), max(bottom, top)
                    now = self.between[name]
                    new = [max(now[0], math.ceil(bottom - 1e-6)), min(now[1], math.floor(top + 1e-6))]
                    if new != now and new[0] <= new[1]:
                        self.between[name], moved = new, True
            if not moved:
                return

    def solve(self, name: Unknown) -> tuple[float, float]:
        """The range of one unknown by integer programming over the sums that touch it, twice removed."""
        near, sums = {name}, []
        for _ in range(2):
            sums = [one for one in self.sums if near & one[0].keys()]
            near |= {other for one in sums for other in one[0] if len(one[0]) < 40}
        sums = [one for one in self.sums if one[0].keys() <= near]
        names = sorted(near)
        at = {n: i for i, n in enumerate(names)}
        bounds = Bounds([self.between[n][0] for n in names], [self.between[n][1] for n in names])
        if not sums:
            return tuple(self.between[name])  # type: ignore[return-value]
        matrix = np.zeros((len(sums), len(names)))
        for i, (parts, _, _) in enumerate(sums):
            for n, w in parts.items():
                matrix[i, at[n]] = w
        limits = LinearConstraint(matrix, [s[1] for s in sums], [s[2] for s in sums])
        aim = np.zeros(len(names))
        aim[at[name]] = 1.0
        found = []
        for sign in (1.0, -1.0):
            done = milp(sign * aim, integrality=np.ones(len(names)), bounds=bounds, constraints=limits)
            found.append(round(done.x[at[name]]) if done.x is not None else self.between[name][int(sign < 0)])
        return found[0], found[1]


def results(files: Mapping[str, bytes]) -> pd.DataFrame:
    """The long results among delivered files."""
    return pq.read_table(io.BytesIO(files["run/results.parquet"])).to_pandas()


def puzzle(files: Mapping[str, bytes], step: int, *, exact: bool = False) -> Puzzle:
    """What the files tell, as a puzzle."""
    found = Puzzle(step, exact)
    means: dict[Unknown, float] = {}
    for row in results(files).to_dict("records"):
        keys = json.loads(row["keys"])
        known = row["note"] if isinstance(row["note"], str) else None if row["value"] != row["value"] else row["value"]
        if known is None or row["statistic"].startswith("#"):
            continue
        if row["statistic"] == "mean" and row["table"] == "descriptions":
            means[_group(keys)] = float(known)
        for name in _names(str(row["table"]), keys, str(row["statistic"])):
            found.told(name, str(known))
    for row in csv.DictReader(io.StringIO(files["flow.csv"].decode())):
        found.told(("flow", row["unit"], row["step"], row["arm"]), row["count"])
    _sums(found, means)
    return found


def _group(keys: Mapping[str, object]) -> Unknown:
    return tuple(str(keys[c]) for c in ("outcome", "visit", "population", "arm"))


def _names(table: str, keys: Mapping[str, object], statistic: str) -> Iterable[Unknown]:
    if table == "visits" and statistic in ("seen", "cohort"):
        at = _group(keys)
        yield ("seen", *at) if statistic == "seen" else ("cohort", at[2], at[3])
    elif table == "descriptions" and statistic in ("n", "count"):
        yield ("seen", *_group(keys)) if statistic == "n" else ("grade", *_group(keys), str(keys["level"]))
    elif table == "responders" and statistic in ("n", "responders"):
        yield (statistic, *_group(keys))
    elif table == "baseline" and statistic in ("n", "count"):
        yield ("start", str(keys["variable"]), str(keys["arm"]), str(keys.get("level") or ""), statistic)
    elif table == "arms" and statistic not in ("median_sessions",):
        yield ("arm", str(keys["arm"]), statistic)
    elif table == "clinics" and statistic == "n":
        yield ("clinic", *(str(keys[c]) for c in ("outcome", "visit", "clinic", "arm")))
    elif table == "consultation":
        yield ("asked", *(str(keys[c]) for c in ("table", "row", "column")), statistic)
    elif table == "safety" and statistic in ("patients", "patients_with"):
        event = () if statistic == "patients" else (str(keys["event"]), str(keys["class"]))
        yield (statistic, str(keys["treatment"]), str(keys["group"]), *event)
    elif table == "flow" and statistic == "count":
        yield ("flow", str(keys["unit"]), str(keys["step"]), str(keys.get("arm") or ""))


def _sums(found: Puzzle, means: Mapping[Unknown, float]) -> None:
    by: dict[Unknown, list[Unknown]] = defaultdict(list)
    for name in found.between:
        if name[0] == "grade":
            by["seen", *name[1:5]].append(name)
        elif name[0] == "start" and name[4] == "count":
            by["start", name[1], name[2], "", "n"].append(name)
        elif name[0] == "asked" and name[4] == "count" and name[1] != "recommended":
            by["asked", name[1], name[2], name[3], "total"].append(name)
            found.within(name, (*name[:4], "total"))
        elif name[0] == "seen":
            found.within(name, ("cohort", name[3], name[4]))
        elif name[0] in ("n", "responders"):
            found.within(name, ("seen" if name[0] == "n" else "n", *name[1:]))
        elif name[0] == "patients_with":
            found.within(name, ("patients", *name[1:3]))
            found.within(name, (*name[:3], "any", name[4] if name[3] != "any" else "any"))
    for whole, parts in by.items():
        if whole[0] != "start" or whole[1] != "concerns":
            found.adds_up(whole, parts)
    for (table, arm, what), (low, high) in [(n, b) for n, b in found.between.items() if n[0] == "arm"]:
        if what == "patients":
            found.told(("flow", "patients", "analysed", arm), "not shown")
            found.add({(table, arm, what): 1.0, ("flow", "patients", "analysed", arm): -1.0}, 0, 0)
            for other in ("no_baseline", "baseline_only", "switched", "stopped"):
                found.within((table, arm, other), (table, arm, what))
            start = [n for n in found.between if n[0] == "start" and n[2] == arm and n[4] == "n"]
            for name in start:
                found.within(name, (table, arm, what))
            cohorts = [n for n in found.between if n[0] == "cohort" and n[2] == arm]
            found.adds_up((table, arm, what), cohorts)
        del low, high
    reasons = (
        "outside_dates",
        "other_clinic",
        "set_aside_session",
        "two_arms",
        "combined",
        "prevalent",
        "unequal_start",
    )
    for arm in {n[3] for n in found.between if n[0] == "flow" and n[1] == "patients"}:
        parts = [("flow", "patients", step, arm) for step in (*reasons, "analysed")]
        found.adds_up(("flow", "patients", "treated", arm), [n for n in parts if n in found.between])
    for at, mean in means.items():
        grades = [n for n in found.between if n[0] == "grade" and n[1:5] == at]
        digits = 1 - math.floor(math.log10(abs(mean))) if mean else 6
        half = 0.5 * 10.0**-digits * 1.001
        for sign, low, high in ((1, 0, 1e9), (-1, -1e9, 0)):
            found.add({n: float(n[5]) - mean + sign * half for n in grades}, low, high)


def narrowed(files: Mapping[str, bytes], truth: Mapping[Unknown, int], step: int, *, exact: bool = False) -> list[str]:
    """The small counts of ``truth`` that the attacker narrows to fewer than three values."""
    found = puzzle(files, step, exact=exact)
    for name in truth:
        found.between.setdefault(name, [0, TOP])
    found.squeeze()
    wrong = [
        f"{n} = {v}: {found.between[n]}"
        for n, v in truth.items()
        if not found.between[n][0] <= v <= found.between[n][1]
    ]
    if wrong:
        raise AssertionError(f"the attacker believes what is not true: {wrong[:3]}")
    said = []
    for name, value in sorted(truth.items()):
        if value >= step:
            continue
        low, high = found.between[name]
        if high - low >= 2:
            low, high = found.solve(name)
        if high - low < 2:
            said.append(f"{name} = {value}: {low} to {high}")
    return said


def truths(files: Mapping[str, bytes], step: int) -> dict[Unknown, int]:
    """The exact counts of a house copy, under the attacker's names."""
    found = puzzle(files, step, exact=True)
    return {name: int(low) for name, (low, high) in found.between.items() if low == high}
