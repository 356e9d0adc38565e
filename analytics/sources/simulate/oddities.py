"""Odd but possible things planted in the exports: what a warning must find, each in a patient without a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.sources.simulate.copies import COPY, copy_patient
from analytics.sources.simulate.plot import Plot
from schemas.named_rules import ISOLATED_DAYS

TONE = "melanin_index"
YEARS_BACK, STEP_BACK = 1461, 100  # days an isolated date lies before its own; more where another one would be near
Rng = np.random.Generator
Cell = tuple[int, int, Any]  # row, place, what is written there


@dataclass(frozen=True)
class Oddity:
    """``find``: where and what to write for a patient of the sessions, None where it does not fit."""

    id: str
    column: str
    rule: str
    find: Callable[[Plot, str, Rng], Cell | None]


def plant_oddities(plots: Mapping[str, Plot], used: set[str], rng: Rng, *, times: int, at_most: int) -> None:
    """Every oddity that fits the clinic's sheets ``times`` times, in at most ``at_most`` patients without anything."""
    deeds: list[Oddity | str] = [*ODDITIES, COPY] * times
    done = 0
    for k in rng.permutation(len(deeds)):
        deed = deeds[int(k)]
        if done >= at_most:
            return
        if isinstance(deed, str):
            done += copy_patient(plots, used, rng)
        else:
            done += _plant(plots["sessions"], deed, used, rng)


def _plant(plot: Plot, oddity: Oddity, used: set[str], rng: Rng) -> bool:
    for patient in plot.shuffled(used, rng):
        found = oddity.find(plot, patient, rng)
        if found is not None:
            row, place, value = found
            plot.mark(row, place, fault=oddity.id, column=oddity.column, rule=oddity.rule, value=value)
            plot.lines[row][place] = value
            used.add(patient)
            return True
    return False


def _treated(plot: Plot, patient: str) -> dict[pd.Timestamp, list[int]]:
    """Day -> rows on which a patient was treated, in the order of days."""
    day, arm = plot.sheet.columns["session_date"], plot.sheet.columns["treatment"]
    found: dict[pd.Timestamp, list[int]] = {}
    for row in plot.rows_of[patient]:
        if plot.lines[row][arm] is not None:
            found.setdefault(plot.lines[row][day], []).append(row)
    return dict(sorted(found.items()))


def _last_treated(plot: Plot, patient: str) -> tuple[int, int] | None:
    """A row of the last treated day and the days since the one before. Wide files: where that day has one row."""
    days = _treated(plot, patient)
    if len(days) < 2:
        return None
    before, last = list(days)[-2:]
    rows = [row for row in days[last] if row not in plot.toned]
    fits = len(days[last]) > 1 if plot.long else len(days[last]) == 1
    return (rows[-1], (last - before).days) if rows and fits else None


def _too_soon(plot: Plot, patient: str, rng: Rng) -> Cell | None:
    """The last treatment three days after the one before it."""
    found, place = _last_treated(plot, patient), plot.sheet.columns["session_date"]
    if found is None or found[1] < 10:
        return None
    row, apart = found
    return row, place, plot.lines[row][place] - pd.Timedelta(days=apart - 3)


def _sided(plot: Plot, row: int) -> bool:
    """The row is about one side: the other side has numbers of its own."""
    side = plot.sheet.columns.get("side")
    return side is not None and plot.lines[row][side] is not None


def _skipped(plot: Plot, patient: str, rng: Rng) -> Cell | None:
    """The number of the last session two too high."""
    found, place = _last_treated(plot, patient), plot.sheet.columns["session_no"]
    if found is None or plot.lines[found[0]][place] is None or _sided(plot, found[0]):
        return None
    return found[0], place, plot.lines[found[0]][place] + 2.0


def _wrong_year(plot: Plot, patient: str, rng: Rng) -> Cell | None:
    """A row years before all others."""
    rows = [row for row in plot.rows_of[patient] if row not in plot.toned]
    if not rows:
        return None
    row, place = rows[int(rng.integers(len(rows)))], plot.sheet.columns["session_date"]
    marked = [at for at, _, facts in plot.marks if facts["rule"] == "isolated_date" and at is not None]
    day = plot.lines[row][place] - pd.Timedelta(days=YEARS_BACK)
    while any(abs((day - plot.lines[at][place]).days) <= ISOLATED_DAYS for at in marked):
        day -= pd.Timedelta(days=STEP_BACK)
    return row, place, day


def _tone_too_soon(plot: Plot, patient: str, rng: Rng) -> Cell | None:
    """Melanin where no tone was read, before a session less than two weeks after another."""
    place = plot.sheet.columns.get(TONE)
    days = _treated(plot, patient)
    near = [day for before, day in zip(list(days), list(days)[1:]) if (day - before).days < 14]
    rows = [days[day][0] for day in near if len(days[day]) == 1 and days[day][0] not in plot.toned]
    return (rows[0], place, 300.0) if rows and place is not None else None


def _spelt_anew(plot: Plot, patient: str, rng: Rng) -> Cell | None:
    """One line of several of its day with small letters, no hyphen, or a letter O for a nought."""
    if "birth_year" not in plot.sheet.columns:  # where patients have a list of their own it would be an unknown one
        return None
    day = plot.sheet.columns["session_date"]
    days = [plot.lines[row][day] for row in plot.rows_of[patient]]
    rows = [row for row, when in zip(plot.rows_of[patient], days) if days.count(when) > 1 and row not in plot.toned]
    if not rows or len(days) < 4:
        return None
    ways = (patient.lower(), patient.replace("-", ""), patient.replace("0", "O", 1), patient.replace("-", " "))
    row = rows[int(rng.integers(len(rows)))]
    return row, plot.sheet.columns["patient_id"], ways[int(rng.integers(len(ways)))]


def _born_twice(plot: Plot, patient: str, rng: Rng) -> Cell | None:
    """One line with another year of birth."""
    place, rows = plot.sheet.columns.get("birth_year"), plot.rows_of[patient]
    if place is None or len(rows) < 4:
        return None
    row = rows[int(rng.integers(len(rows)))]
    return row, place, plot.lines[row][place] - 10.0


def _more_spots(plot: Plot, patient: str, rng: Rng) -> Cell | None:
    """Far more spots than faces have."""
    rows = set(plot.rows_of[patient])
    found = [cell for cell in plot.cells("inflammatory_lesions") if cell[0] in rows]
    return (*found[int(rng.integers(len(found)))], 250.0) if found else None


ODDITIES: tuple[Oddity, ...] = (
    Oddity("treated_too_soon", "session_date", "short_interval", _too_soon),
    Oddity("session_skipped", "session_no", "session_gap", _skipped),
    Oddity("wrong_year", "session_date", "isolated_date", _wrong_year),
    Oddity("tone_too_soon", TONE, "early_tone_reading", _tone_too_soon),
    Oddity("id_spelt_anew", "patient_id", "id_spelling", _spelt_anew),
    Oddity("born_twice", "birth_year", "changed_person", _born_twice),
    Oddity("more_spots_than_usual", "inflammatory_lesions", "soft_range", _more_spots),
)
