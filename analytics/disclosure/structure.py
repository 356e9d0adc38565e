"""How the counts of a report hang together: what any reader may add and subtract, over all its tables at once.

A relation is taken in where it is true of the exact counts (``Ledger.relate`` looks): patients may have two arms, and
sides may be counted, and what does not hold helps nobody who believes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import pandas as pd

from analytics.disclosure.cells import cohort
from analytics.disclosure.coarse import half_width, significant
from analytics.disclosure.ledger import Ledger, Name, Place
from analytics.disclosure.structure_reviews import relate_reviews

FATES = ("outside_dates", "other_clinic", "set_aside_session", "two_arms", "combined", "prevalent", "unequal_start")
READINGS = ("no_arm", "washout", "after_event", "not_baseline", "no_visit", "not_nearest", "at_baseline", "at_visit")
PEEL = "chemical_peel"


def relate(ledger: Ledger, tables: Mapping[str, pd.DataFrame], minimum_cell: int) -> None:
    """Enter every relation between the counts; a mean on fewer patients than ``minimum_cell`` is told by nobody."""
    for part in (_flow, _courses, _readings, _compared, _levels, _groups, _clinics, _depth, _consultation, _safety):
        part(ledger)
    _eligibility(ledger)
    _files(ledger)
    relate_reviews(ledger, tables, minimum_cell)
    _means(ledger, tables, minimum_cell)


def _flow(ledger: Ledger) -> None:
    def step(name: str, unit: str = "patients", arm: str = "") -> Name:
        return ("arm", arm) if name == "analysed" and arm else ("flow", unit, name, arm)

    ledger.equal([step("received", "rows")], [step("set_aside", "rows"), step("accepted", "rows")])
    ledger.equal([step("accepted", "rows")], [step("after_cutoff", "rows"), step("used", "rows")])
    ledger.equal([step("readings", "readings")], [step(name, "readings") for name in READINGS])
    ledger.equal([step("patients_seen")], [step(name) for name in ("after_cutoff", "no_treatment", "treated")])
    arms = [name[1] for name in ledger.of("arm")]
    for arm in ("", *arms):
        ledger.equal([step("treated", arm=arm)], [step(name, arm=arm) for name in (*FATES, "analysed")])
        ledger.at_most([step("without_covariate", arm=arm)], [step("analysed", arm=arm)])
    for name in ("treated", *FATES, "analysed"):
        parts = [step(name, arm=arm) for arm in arms]
        if not ledger.equal([step(name)], parts):
            ledger.at_most([step(name)], parts)
            for part in parts:
                ledger.at_most([part], [step("treated")] if name in FATES else [step(name)])


def _courses(ledger: Ledger) -> None:
    for arm in ledger.of("arm"):
        own = {name[1]: name for name in ledger.kinds.get("course", ()) if name[2] == arm[1]}
        ledger.at_most([own[c] for c in ("no_baseline", "baseline_only") if c in own], [arm])
        for column, name in own.items():
            ledger.rest(("not", column, arm[1]), arm, [name])
        ledger.at_most([arm], [("units", arm[1])])
        ledger.equal([arm], [("units", arm[1])])
        ledger.at_most([arm], [("sessions", arm[1])])
        ledger.equal([arm], [name for name in ledger.of("cohort") if name[2] == arm[1]])


def _readings(ledger: Ledger) -> None:
    for seen in ledger.of("seen"):
        at = seen[1:]
        whole = cohort(at[2], at[3])
        ledger.equal([whole], [seen, ("missing", *at)])
        ledger.at_most([seen], [whole])
        ledger.at_most([seen], [("readings", *at)])
        ledger.rest(("missing", *at), whole, [seen])


def _compared(ledger: Ledger) -> None:
    for at, alike in ledger.alike.items():
        seen = ("seen", *at)
        for name in alike:
            ledger.at_most([name], [seen])
            if name != seen:
                ledger.rest(("left", *name[1:]), seen, [name])
        for good in ledger.of("responders", *at):
            whole = next((n for n in alike if n != seen), seen) if len(alike) < 3 else None
            for name in [whole] if whole else alike:
                ledger.at_most([good], [name])
                ledger.rest(("no", *good[1:], *name[5:]), name, [good])


def _levels(ledger: Ledger) -> None:
    by: dict[tuple[str, ...], list[Name]] = {}
    for level in ledger.of("level"):
        by.setdefault(level[1:5], []).append(level)
    for at, levels in by.items():
        if not ledger.equal([("seen", *at)], levels):
            ledger.at_most([("seen", *at)], levels)


def _groups(ledger: Ledger) -> None:
    by: dict[tuple[str, ...], list[Name]] = {}
    for group in ledger.of("group"):
        by.setdefault(group[1:3], []).append(group)
    for known in ledger.of("known"):
        variable, arm = known[1:3]
        ledger.equal([("arm", arm)], [known, ("unknown", variable, arm)])
        levels = by.get((variable, arm), [])
        if not ledger.equal([known], levels):
            ledger.at_most([known], levels)
            for level in levels:
                ledger.rest(("not", *level[1:]), known, [level])
        ledger.equal([known], [n for n in ledger.of("seen", variable, "0") if n[4] == arm])
        _somebody(ledger, ledger.of("group", variable), variable, arm)


def _somebody(ledger: Ledger, groups: list[Name], variable: str, arm: str) -> None:
    """A level is listed because somebody has it."""
    for level in dict.fromkeys(name[3] for name in groups if name[2] == arm):
        ledger.relate({name: 1.0 for name in groups if name[3] == level}, 1, float("inf"))


def _sums(ledger: Ledger, total: list[Name], outcome: str, visit: str, arm: str) -> None:
    """``total`` is the n of all populations, or some n of theirs, or at most those who were seen."""
    sets = [alike for at, alike in ledger.alike.items() if (at[0], at[1], at[3]) == (outcome, visit, arm)]
    found = [parts for parts in product(*sets) if ledger.equal(total, parts)] if sets else []
    if not found:
        ledger.at_most(total, [n for n in ledger.of("seen", outcome, visit) if n[4] == arm])


def _clinics(ledger: Ledger) -> None:
    by: dict[tuple[str, ...], list[Name]] = {}
    for clinic in ledger.of("clinic"):
        by.setdefault(clinic[1:4], []).append(clinic)
        ledger.at_most([clinic], [("group", "clinic_id", clinic[3], clinic[4])])
    for (outcome, visit, arm), names in by.items():
        _sums(ledger, names, outcome, visit, arm)


def _depth(ledger: Ledger) -> None:
    by: dict[tuple[str, ...], list[Name]] = {}
    for name in ledger.of("depth"):
        by.setdefault(name[1:3], []).append(name)
        good = ("depth_responders", *name[1:])
        ledger.at_most([good], [name])
        ledger.rest(("no", *name[1:]), name, [good])
    for (outcome, visit), names in by.items():
        _sums(ledger, names, outcome, visit, PEEL)
        responders = [("depth_responders", *name[1:]) for name in names]
        ledger.equal([n for n in ledger.of("responders", outcome, visit) if n[4] == PEEL], responders)


def _consultation(ledger: Ledger) -> None:
    rows: dict[tuple[str, str], list[Name]] = {}
    columns: dict[str, list[Name]] = {}
    for name in ledger.of("said"):
        rows.setdefault((name[1], name[2]), []).append(name)
        if name[1] == "recommended":
            columns.setdefault(name[3], []).append(name)
    for (table, line), names in rows.items():
        total = ("told", line) if table == "recommended" else ("asked", table, line)
        if not ledger.equal([total], names):
            ledger.at_most([total], names)
            for name in names:
                ledger.at_most([name], [total])
        if table != "recommended":
            ledger.equal([("arm", line)], [total])
    for arm, names in columns.items():
        ledger.equal([("arm", arm)], names)
        ledger.equal([("said", "concordance", arm, "as_recommended")], [("said", "recommended", arm, arm)])
        others = [n for n in names if n[2] not in (arm, "unknown")]
        ledger.equal([("said", "concordance", arm, "otherwise")], others)
        ledger.equal([("said", "concordance", arm, "unknown")], [n for n in names if n[2] == "unknown"])
        given = ("said", "instructions_given", arm, "yes")
        ledger.equal([("asked", "instructions_followed", arm)], [given])


def _safety(ledger: Ledger) -> None:
    for had in ledger.of("had"):
        treatment, group, event, kind = had[1:]
        base: Name = ("treated", treatment, group)
        ledger.at_most([had], [base])
        ledger.rest(("not", *had[1:]), base, [had])
        ledger.at_most([had], [("had_in", *had[1:])])
        ledger.at_most([("had_in", *had[1:])], [("treatments", treatment, group)])
        wider: Name = ("had", treatment, group, "any", kind if event != "any" else "any")
        ledger.at_most([had], [wider])
        ledger.at_most([("had_in", *had[1:])], [("had_in", *wider[1:])])
    for base in ledger.of("treated"):
        treatment, group = base[1:]
        ledger.at_most([base], [("treatments", treatment, group)])
        own = ledger.of("had", treatment, group)
        ledger.at_most([("had", treatment, group, "any", "any")], [n for n in own if n[3] == "any" and n[4] != "any"])
        for kind in ("expected", "adverse"):
            each = [n for n in own if n[4] == kind and n[3] != "any"]
            ledger.at_most([("had", treatment, group, "any", kind)], each)
            ledger.at_most([("had_in", treatment, group, "any", kind)], [("had_in", *n[1:]) for n in each])
    _skin_types(ledger)


def _skin_types(ledger: Ledger) -> None:
    """All patients are those of each group of skin types and those whose type is not known, where there are any."""
    for kind in ("treated", "treatments", "had", "had_in", "serious"):
        for whole in [name for name in ledger.of(kind) if name[2] == "all"]:
            parts = [n for n in ledger.of(kind, whole[1]) if n[2] != "all" and n[3:] == whole[3:]]
            if parts and not ledger.equal([whole], parts):
                ledger.rest((kind, whole[1], "unknown", *whole[3:]), whole, parts)
    for had in [name for name in ledger.of("had") if name[2] == "unknown"]:
        ledger.at_most([had], [("treated", had[1], "unknown")])
        ledger.at_most([had], [("had_in", *had[1:])])


def _eligibility(ledger: Ledger) -> None:
    lines: dict[tuple[str, ...], list[Name]] = {}
    for name in ledger.of("against"):
        lines.setdefault(name[1:3], []).append(name)
        ledger.at_most([name], [("against_in", *name[1:])])
        ledger.at_most([name], [("treated", name[3], "all")])
        ledger.at_most([("against_in", *name[1:])], [("treatments", name[3], "all")])
    for names in lines.values():
        ledger.relate(dict.fromkeys(names, 1.0), 1, float("inf"))


def _files(ledger: Ledger) -> None:
    for received in ledger.of("file", "received"):
        ledger.equal([received], [("file", part, received[2]) for part in ("accepted", "quarantined")])


def _means(ledger: Ledger, tables: Mapping[str, pd.DataFrame], minimum_cell: int) -> None:
    """A published mean of grades, or of sessions, is a line through the counts of each."""
    levels: dict[tuple[str, ...], list[Name]] = {}
    for level in ledger.of("level"):
        levels.setdefault(level[1:5], []).append(level)
    for position, row in _told(tables.get("descriptions"), "n", minimum_cell):
        at = (row["outcome"], f"{row['visit']:g}", row["population"], row["arm"])
        _mean(ledger, levels.get(at, ()), row["value"], Place("descriptions", position, "value"))
    for position, row in _told(tables.get("baseline"), "", minimum_cell):
        known, place = ("known", row["variable"], row["arm"]), Place("baseline", position, "value")
        if known not in ledger.counts or ledger.counts[known].value < minimum_cell:
            continue
        if row["variable"] == "sessions":
            _sessions(ledger, known, ("sessions", row["arm"]), row["value"], place)
        start = [names for at, names in levels.items() if at[:2] == (row["variable"], "0") and at[3] == row["arm"]]
        _mean(ledger, [name for names in start for name in names], row["value"], place)


def _told(frame: pd.DataFrame | None, n: str, minimum_cell: int) -> list[tuple[int, dict[str, Any]]]:
    """Position and row of the means of a table."""
    if frame is None:
        return []
    means = frame[frame["statistic"] == "mean"]
    means = means[means[n] >= minimum_cell] if n else means
    return [(int(p), {str(k): v for k, v in row.items()}) for p, row in zip(means.index, means.to_dict("records"))]


def _mean(ledger: Ledger, levels: Iterable[Name], value: float, place: Place) -> None:
    told = significant(value)
    weights = {name: float(name[5]) - told for name in levels}
    half = half_width(told)
    ledger.relate({name: weight - half for name, weight in weights.items()}, -float("inf"), 0, place)
    ledger.relate({name: weight + half for name, weight in weights.items()}, 0, float("inf"), place)


def _sessions(ledger: Ledger, patients: Name, sessions: Name, value: float, place: Place) -> None:
    told, half = significant(value), half_width(significant(value))
    ledger.relate({sessions: 1.0, patients: -(told + half)}, -float("inf"), 0, place)
    ledger.relate({sessions: 1.0, patients: -(told - half)}, 0, float("inf"), place)
