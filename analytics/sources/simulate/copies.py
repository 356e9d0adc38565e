"""Oddities that are more than a cell: a patient copied under a new id, and columns that look wrong as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.sources.simulate.plot import Plot

COPY = "copied_patient"
LEAST = 14  # readings of a series worth copying
#: Outcomes that are rounded to halves of ten, with the step of their device.
ROUNDED = {"roughness_ra_um": 0.1, "tewl_g_m2_h": 0.1, "melanin_index": 1.0}
ROUNDED_SHARE = 0.6


def copy_patient(plots: Mapping[str, Plot], used: set[str], rng: np.random.Generator) -> bool:
    """All session rows of a patient once more at the end of the sheet, under the next free number."""
    plot = plots["sessions"]
    for patient in plot.shuffled(used, rng):
        if _readings(plot, patient) < LEAST:
            continue
        new = _next_id(plots)
        first = len(plot.lines)
        for name in ("sessions", "patients"):
            if name in plots:
                _append(plots[name], patient, new)
        place = plot.sheet.columns["patient_id"]
        plot.mark(first, place, fault="patient_copied", column="patient_id", rule=COPY, value=new)
        used |= {patient, new}
        return True
    return False


def _readings(plot: Plot, patient: str) -> int:
    if plot.long:
        return len(plot.rows_of[patient])
    outcomes = [place for name, place in plot.sheet.columns.items() if name in ("texture_grade", "acne_iga")]
    return sum(isinstance(plot.lines[row][at], float) for row in plot.rows_of[patient] for at in outcomes)


def _next_id(plots: Mapping[str, Plot]) -> str:
    """The id after the largest there is, written like it."""
    last = max({p for plot in plots.values() for p in plot.patients}, key=lambda p: int(p.split("-")[-1]))
    head, _, number = last.rpartition("-")
    return f"{head}-{int(number) + 1:0{len(number)}d}" if head else str(int(number) + 1)


def _append(plot: Plot, patient: str, new: str) -> None:
    place = plot.sheet.columns["patient_id"]
    for row in plot.rows_of.get(patient, []):
        line: list[Any] = list(plot.lines[row])
        line[place] = new
        plot.lines.append(line)
        plot.patients.append(new)


def spoil_columns(plot: Plot, rng: np.random.Generator) -> None:
    """Six in ten readings of a device rounded to halves of ten; percents as fractions. Both without a row."""
    for name, step in ROUNDED.items():
        cells = list(plot.cells(name))
        if len(cells) >= 60 and not any(facts["rule"] == "digit_preference" for _, _, facts in plot.marks):
            for (row, place), pick in zip(cells, rng.random(len(cells))):
                if pick < ROUNDED_SHARE:
                    half = 5 * step
                    plot.lines[row][place] = round(np.floor(plot.lines[row][place] / half + 0.5) * half, 6)
            plot.mark(None, cells[0][1], fault="rounded_readings", column=name, rule="digit_preference", value="")
    cells = [] if plot.long else list(plot.cells("absorbed_percent"))
    for row, place in cells:
        plot.lines[row][place] = round(plot.lines[row][place] / 100, 6)
    if cells:
        plot.mark(None, cells[0][1], fault="fractions", column="absorbed_percent", rule="fraction_as_percent", value="")
