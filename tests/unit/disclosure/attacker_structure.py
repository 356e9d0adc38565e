"""What an attacker knows of how the counts hang together: learned from reports of a house of his own, and by reading.

Every pair of columns, over every table, is looked at in all the ways that levels can be added up; what holds in every
group of several reports is taken for a law of the report and believed of the one under attack. New tables are learned
like the old ones. What holds between steps that stand below one another (the flow of patients) is written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from attacker_cells import Keys, Unknown

TOTALS = {"all", "any"}  # levels that stand for all others
Values = Mapping[Unknown, int]
Group = Mapping[Keys, tuple[Unknown, ...]]
ENOUGH = 3  # groups with somebody in them, for a law
Sum = tuple[dict[Unknown, float], float, float]
FAR = 1e9


@dataclass(frozen=True, order=True)
class View:
    """A kind with some of its keys at their total (``at``), some added up (``over``), and the others kept."""

    kind: str
    at: tuple[str, ...]
    over: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Law:
    """``relation`` of the views, group by group: "same", "within" (the first in the second) or "parts" (1 = 2 + 3)."""

    relation: str
    views: tuple[View, ...]


class Report:
    """The counts of one report by kind and group."""

    def __init__(self, unknowns: Iterable[Unknown]) -> None:
        self.kinds: dict[str, list[Unknown]] = defaultdict(list)
        for one in sorted(unknowns):
            self.kinds[one.kind].append(one)
        self._made: dict[View, Group] = {}

    def views(self) -> Iterator[View]:
        for kind, cells in self.kinds.items():
            names = sorted({k for one in cells for k, _ in one.keys})
            whole = [k for k in names if any(dict(one.keys).get(k) in TOTALS for one in cells)]
            for done in product(*(("keep", "over", "at") if n in whole else ("keep", "over") for n in names)):
                over = tuple(n for n, what in zip(names, done) if what == "over")
                if len(over) <= 2:
                    yield View(kind, tuple(n for n, what in zip(names, done) if what == "at"), over)

    def group(self, view: View) -> Group:
        """Kept keys -> the counts that are added up there."""
        if view not in self._made:
            found: dict[Keys, list[Unknown]] = defaultdict(list)
            for one in self.kinds.get(view.kind, ()):
                keys = dict(one.keys)
                if any(keys.get(k) not in TOTALS for k in view.at) or any(keys.get(k, "all") in TOTALS
                                                                          for k in view.over):  # fmt: skip
                    continue
                found[tuple(i for i in one.keys if i[0] not in (*view.at, *view.over))].append(one)
            self._made[view] = {keys: tuple(cells) for keys, cells in found.items()}
        return self._made[view]


def kept(report: Report, view: View) -> frozenset[str]:
    return frozenset(name for keys in report.group(view) for name, _ in keys)


def learned(reports: Sequence[Values]) -> list[Law]:
    """The laws that hold in all of some exact reports."""
    laws: set[Law] | None = None
    for values in reports:
        found = set(_laws(values, laws))
        laws = found
    return sorted(law for law in laws or () if not _follows(law, laws or set()))


def _follows(law: Law, laws: set[Law]) -> bool:
    """Whether a law says of sums only what another says of each part."""
    first, second = law.views[:2]
    return any(
        Law(law.relation, tuple(replace(v, over=tuple(k for k in v.over if k != key)) for v in law.views)) in laws
        for key in set(first.over) & set(second.over)
    )


def _laws(values: Values, only: set[Law] | None) -> Iterator[Law]:
    report = Report(values)
    if only is not None:
        yield from (law for law in only if _holds(report, values, law))
        return
    by: dict[frozenset[str], list[View]] = defaultdict(list)
    for view in report.views():
        if report.group(view):
            by[kept(report, view)].append(view)
    for views in by.values():
        for first, second in combinations(views, 2):
            yield from (law for law in _candidates(first, second) if _holds(report, values, law))
        yield from _parts(report, values, [view for view in views if not view.over])


def _candidates(first: View, second: View) -> Iterator[Law]:
    yield Law("same", (first, second))
    if not (first.over and second.over):
        yield Law("within", (first, second))
        yield Law("within", (second, first))


def _parts(report: Report, values: Values, views: Sequence[View]) -> Iterator[Law]:
    """One column is the sum of two others of its table."""
    tables: dict[tuple[str, tuple[str, ...]], list[View]] = defaultdict(list)
    for view in views:
        tables[view.kind.partition(".")[0], view.at].append(view)
    for same in tables.values():
        for whole in same:
            for pair in combinations([view for view in same if view != whole], 2):
                law = Law("parts", (whole, *pair))
                if _holds(report, values, law):
                    yield law


def _holds(report: Report, values: Values, law: Law) -> bool:
    """Whether a law holds in every group that has its parts, in some of them with somebody in it."""
    groups = [report.group(view) for view in law.views]
    seen = 0
    for keys in groups[0].keys() & groups[1].keys():
        if any(keys not in group for group in groups):
            continue
        sums = [sum(values[one] for one in group[keys]) for group in groups]
        if not _true(law.relation, sums):
            return False
        seen += min(sums[:2]) > 0 if law.relation != "parts" else min(sums) > 0
    return seen >= ENOUGH


def _true(relation: str, sums: Sequence[int]) -> bool:
    if relation == "same":
        return sums[0] == sums[1]
    return sums[0] <= sums[1] if relation == "within" else sums[0] == sums[1] + sums[2]


def sums(laws: Iterable[Law], unknowns: Iterable[Unknown]) -> Iterator[Sum]:
    """The laws written out for the counts of a report."""
    report = Report(unknowns)
    for law in laws:
        groups = [report.group(view) for view in law.views]
        for keys, cells in groups[0].items():
            if all(keys in group for group in groups[1:]):
                terms: dict[Unknown, float] = defaultdict(float)
                for sign, part in zip((1.0, -1.0, -1.0), [cells, *(group[keys] for group in groups[1:])]):
                    for one in part:
                        terms[one] += sign
                terms = {one: c for one, c in terms.items() if c}
                if terms:
                    yield terms, -FAR if law.relation == "within" else 0.0, 0.0


FATES = ("outside_dates", "other_clinic", "set_aside_session", "two_arms", "combined", "prevalent", "unequal_start")
STEPS = (
    ("patients", "treated", (*FATES, "analysed")), ("rows", "received", ("set_aside", "accepted")),
    ("rows", "accepted", ("after_cutoff", "used")), ("patients", "patients_seen", ("after_cutoff", "no_treatment",
                                                                                   "treated")),
    ("readings", "readings", ("no_arm", "washout", "after_event", "not_baseline", "no_visit", "not_nearest",
                              "at_baseline", "at_visit")),
)  # fmt: skip


def written(unknowns: Iterable[Unknown]) -> Iterator[Sum]:
    """Each step of the flow is the steps after it, over all and by treatment; grades and groups are everybody."""
    known = set(unknowns)
    for keys in {one.keys for one in known if one.kind.startswith("flow.")}:
        for unit, step, after in STEPS:
            whole = Unknown(f"flow.{unit}.{step}.count", keys)
            parts = [Unknown(f"flow.{unit}.{name}.count", keys) for name in after]
            parts = [one for one in parts if one in known]
            if whole in known and parts:
                yield {whole: 1.0, **dict.fromkeys(parts, -1.0)}, 0.0, 0.0
    arms = {one.keys: one for one in known if one.kind == "arms.patients"}
    for keys, one in arms.items():
        analysed = Unknown("flow.patients.analysed.count", keys)
        if analysed in known:
            yield {one: 1.0, analysed: -1.0}, 0.0, 0.0
