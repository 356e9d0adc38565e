"""A plain, slow second way to a cohort: one patient after the other, rules as statistics.md 1 and 2 say them.

It shares no code with analytics.intake: dated files, sides, no body sites, treatment policy only. The referee of
test_cohort_referee.py.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

Row = dict[str, Any]  # patient, at (datetime), timed (bool), treatment, side, session_no, timing, hours, outcomes
WEEKS = (4, 8, 12)
DAY = dt.timedelta(days=1)


@dataclass
class Unit:
    side: str
    start: dt.date
    arm: str
    given: frozenset[str]  # arms of the first day
    reason: str = ""
    values: dict[tuple[str, int], tuple[float, int]] = field(default_factory=dict)  # (outcome, week) -> value, readings


def referee(rows: list[Row], arms: tuple[str, ...], washout: dict[str, float], last: dt.date) -> dict[str, list[Unit]]:
    """Patient -> its units (none: no treatment of the plan)."""
    rows = [row for row in rows if row["at"].date() <= last]
    patients = sorted({row["patient"] for row in rows})
    return {p: _patient([row for row in rows if row["patient"] == p], arms, washout) for p in patients}


def _reaches(session: Row, side: str) -> bool:
    return side == "" or session["side"] in ("", "both", side)


def _patient(rows: list[Row], arms: tuple[str, ...], washout: dict[str, float]) -> list[Unit]:
    sessions = [row for row in rows if row["treatment"]]
    read = {_side(row) for row in rows if any(v is not None for v in row["outcomes"].values())}
    sides = sorted(read | {_side(row) for row in sessions})
    units = []
    for side in sides:
        mine = [s for s in sessions if _reaches(s, side)]
        begun = [s for s in mine if s["treatment"] in arms]
        if begun:
            units.append(_unit(side, mine, min(s["at"].date() for s in begun), arms))
    if len({unit.given for unit in units}) > 1:
        units = _split(units, read)
    else:
        units = [unit for unit in units if unit.side in read] or units
    for unit in units:
        _read(unit, rows, [s for s in sessions if _reaches(s, unit.side)], washout)
    return units


def _side(row: Row) -> str:
    return "" if row["side"] == "both" else row["side"]


def _unit(side: str, sessions: list[Row], start: dt.date, arms: tuple[str, ...]) -> Unit:
    there = [s for s in sessions if s["at"].date() == start]
    ours = [s for s in there if s["treatment"] in arms]
    first = min(ours, key=lambda s: (s["at"].time() if s["timed"] else dt.time.max, arms.index(s["treatment"])))
    unit = Unit(side, start, first["treatment"], frozenset(s["treatment"] for s in ours))
    numbers = [s["session_no"] for s in there if s["session_no"] is not None]
    before = [s for s in sessions if dt.timedelta(0) < start - s["at"].date() <= 180 * DAY]
    if len({s["treatment"] for s in there}) > 1:
        unit.reason = "combined"
    elif (numbers and min(numbers) > 1) or before:
        unit.reason = "prevalent"
    return unit


def _split(units: list[Unit], read: set[str]) -> list[Unit]:
    """Different treatments within the patient: what is of two arms is nobody's; one side takes the other along."""
    arm_of = {unit.side: unit.arm for unit in units}
    if "" in arm_of:
        units = [unit for unit in units if unit.side != ""]
    reasons = [unit.reason for unit in units]
    if len({unit.start for unit in units}) > 1:
        reasons.append("unequal_start")
    for name in ("combined", "prevalent", "unequal_start"):
        if name in reasons:
            for unit in units:
                unit.reason = name
            break
    return units


def _read(unit: Unit, rows: list[Row], sessions: list[Row], washout: dict[str, float]) -> None:
    readings = [row for row in rows if _side(row) == unit.side]
    for outcome in washout:
        taken = [(row, row["outcomes"][outcome]) for row in readings if row["outcomes"][outcome] is not None]
        ok = [(row, v) for row, v in taken if _hours(row, sessions) >= washout[outcome]]
        before = [(row, v) for row, v in ok if _is_before(row, unit.start, sessions)]
        after = [
            (row, v) for row, v in ok if not _is_before(row, unit.start, sessions) and row["at"].date() >= unit.start
        ]
        before = [(row, v) for row, v in before if unit.start - row["at"].date() <= 30 * DAY]
        if before:
            day = max(row["at"].date() for row, _ in before)
            _keep(unit, outcome, 0, [v for row, v in before if row["at"].date() == day])
        for week in WEEKS:
            nominal = 7 * week
            window = [
                (row, v) for row, v in after if nominal - 14 <= (row["at"].date() - unit.start).days < nominal + 14
            ]
            moments = groupby(
                sorted(window, key=lambda p: _moment(p[0], sessions)), key=lambda p: _moment(p[0], sessions)
            )
            groups = [(moment, [v for _, v in group]) for moment, group in moments]
            if groups:
                best = min(
                    groups, key=lambda g: (abs((g[0][0] - unit.start).days - nominal), -g[0][0].toordinal(), -g[0][1])
                )
                _keep(unit, outcome, week, best[1])


def _keep(unit: Unit, outcome: str, week: int, values: list[float]) -> None:
    unit.values[outcome, week] = (math.fsum(values) / len(values), len(values))


def _said_after(row: Row) -> bool:
    return row["timing"] == "post" or row["hours"] is not None


def _is_before(row: Row, start: dt.date, sessions: list[Row]) -> bool:
    day = row["at"].date()
    if day != start:
        return day < start
    if _said_after(row):
        return False
    times = [s["at"] for s in sessions if s["at"].date() == start and s["timed"]]
    first = min(times) if times else None
    if row["timing"] == "pre":
        return True
    if row["treatment"]:
        return not (row["timed"] and first is not None and row["at"] > first)
    return row["timed"] and first is not None and row["at"] < first


def _last(row: Row, sessions: list[Row]) -> Row | None:
    """The last session before a reading; within a day a session comes after it unless something says otherwise."""
    day = row["at"].date()
    earlier = [s for s in sessions if s["at"].date() < day]
    for session in sessions:
        if session["at"].date() == day and (
            _said_after(row) or (row["timed"] and session["timed"] and session["at"] < row["at"])
        ):
            earlier.append(session)
    return max(earlier, key=lambda s: (s["at"].date(), 1 if not s["timed"] else 0, s["at"]), default=None)


def _moment(row: Row, sessions: list[Row]) -> tuple[dt.date, bool]:
    last = _last(row, sessions)
    return row["at"].date(), last is not None and last["at"].date() == row["at"].date()


def _hours(row: Row, sessions: list[Row]) -> float:
    if row["hours"] is not None:
        return row["hours"]
    last = _last(row, sessions)
    if last is None:
        return math.inf
    if row["timed"] and last["timed"]:
        return (row["at"] - last["at"]) / dt.timedelta(hours=1)
    return 24.0 * (row["at"].date() - last["at"].date()).days
