"""Counts that an outside copy does not tell: how a table holds them, and the words that stand in their place.

A count of people or rows is never negative, so two negative numbers can say why it is not there and the column keeps
its type. In the long results such a cell has no value and the words as its note; in CSV files the words stand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

FEWER, NOT_SHOWN = -1, -2
NOT_SHOWN_WORDS, FEWER_WORDS = "not shown", "fewer than"
COUNT_STATISTICS = ("n", "missing", "count")  # what is counted in a table with columns ``statistic`` and ``value``
# The columns of each table that count patients, sessions or rows. A table with counts that is not named here does not
# leave the house (analytics.disclosure); in descriptions and baseline ``value`` counts where the statistic says so.
COUNTS: Mapping[str, tuple[str, ...]] = {
    "flow": ("count",),
    "arms": (
        "patients", "units", "sessions", "no_baseline", "baseline_only", "switched", "stopped", "prevalent", "combined",
    ),
    "visits": ("seen", "cohort"),
    "descriptions": ("value", "n", "n_readings"),
    "baseline": ("value",),
    "responders": ("n", "responders"),
    "findings": ("n_arm", "n_reference"),
    "arm_means": ("n",),
    "clinics": ("n",),
    "depth": ("n", "responders"),
    "consultation": ("count", "total"),
    "safety": ("sessions", "patients", "sessions_with", "patients_with", "serious"),
    "eligibility_counts": ("sessions", "patients"),
    "files": ("received", "accepted", "quarantined"),
    "quality": ("rows",),
    "repairs": ("count",),
    "costs": ("lines", "readings", "patients"),
    "aside": ("received", "set_aside"),
    "faults": ("count",),
    "missing": ("patients", "measured", "n", "seen", "missing"),
    "raters": ("readings", "patients"),
    "digits": ("readings", "rounded"),
    "serious": ("sessions", "patients", "events", "sessions_with", "patients_with"),
    "exposure": ("patients", "events"),
    "severity": ("count", "total", "patients"),
    "resolution": ("events", "undated", "resolved", "open", "patients", "patients_resolved", "patients_open"),
    "instructions": ("sessions", "patients", "sessions_with", "patients_with"),
    "instructions_difference": ("sessions", "patients"),
    "benchmark": ("n", "responders"),
    "benchmark_overall": ("n", "unplaced", "without"),
    "mix": ("count", "total"),
    "agreement": ("count", "total", "unknown"),
    "care_outcomes": ("n", "responders"),
    "care_difference": ("n", "n_first", "n_second"),
    "changes": ("n_arm_before", "n_arm_now", "n_reference_before", "n_reference_now"),
}  # fmt: skip


def is_count(table: str, column: str, statistic: object = "") -> bool:
    """Whether a cell counts something; ``statistic``: the row's own, in a table that has that column."""
    if column not in COUNTS.get(table, ()):
        return False
    return column != "value" or statistic in COUNT_STATISTICS


def words(code: float, minimum_cell: int) -> str:
    """ "fewer than 5" or "not shown"."""
    return f"{FEWER_WORDS} {minimum_cell}" if code == FEWER else NOT_SHOWN_WORDS


def code_of(text: str) -> int:
    """The number that stands in a table for these words."""
    return NOT_SHOWN if text == NOT_SHOWN_WORDS else FEWER


class Hidden(float):
    """A count that is not told, as words and figures meet it: no number in any sum or comparison, its own words."""

    code: int
    least: int

    def __new__(cls, code: float, least: int) -> Hidden:
        made = super().__new__(cls, math.nan)
        made.code, made.least = int(code), least
        return made

    def __repr__(self) -> str:
        return words(self.code, self.least)


def as_told(table: str, frame: pd.DataFrame, minimum_cell: int) -> list[dict[str, Any]]:
    """The rows of a table as words and figures read them: a hidden count is a Hidden."""
    rows = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    for column in COUNTS.get(table, ()):
        if column in frame and (frame[column] < 0).any():
            for row in rows:
                if row[column] < 0 and is_count(table, column, row.get("statistic", "")):
                    row[column] = Hidden(row[column], minimum_cell)
    return rows


def worded(table: str, frame: pd.DataFrame, minimum_cell: int) -> pd.DataFrame:
    """The table with the words where a count is hidden; the same frame where none is."""
    told = {}
    statistics = frame["statistic"] if "statistic" in frame else [""] * len(frame)
    for column in COUNTS.get(table, ()):
        if column in frame and (frame[column] < 0).any():
            told[column] = [
                words(value, minimum_cell) if value < 0 and is_count(table, column, statistic) else _plain(value)
                for value, statistic in zip(frame[column], statistics)
            ]
    return frame.assign(**{c: pd.Series(v, index=frame.index, dtype=object) for c, v in told.items()})


def _plain(value: float) -> str | None:
    if value != value:
        return None
    return f"{int(value)}" if float(value).is_integer() else f"{value:.6g}"
