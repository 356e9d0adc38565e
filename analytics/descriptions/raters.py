"""Raters and devices over the calendar: whether the readings of one of them wander, as a screen and no more.

The slope over calendar months of the residual (reading minus the mean of its treatment at that stage of the course),
clustered by patient (CR2, Bell and McCaffrey 2002). Other patients in other months look the same as a wandering rater.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analytics.descriptions.within import UNKNOWN
from analytics.domain.cohort import Cohort

COLUMNS = (
    "kind", "outcome", "clinic", "who", "readings", "patients", "months", "change", "conf_low", "conf_high", "flagged",
)  # fmt: skip
KINDS = {"rater": "rater_id", "device": "device_id"}
LATER_WEEKS = 4.0  # stages after the last visit of the plan


def raters(cohort: Cohort) -> pd.DataFrame:
    """One row per rater or device and outcome of the plan that is averaged. COLUMNS; empty without dates or names.

    ``months``: calendar months from the first reading to the last. ``change``: of the mean residual over that time,
    in the outcome's unit, with its interval at the plan's level; NaN where fewer than ``minimum_cell`` patients, fewer
    than three months, or too little to tell. ``flagged`` 1 where it is not 0 after allowing for all lines (Bonferroni).
    """
    rows = []
    if cohort.style == "dated" and len(cohort.members):
        for kind, column in KINDS.items():
            if column in cohort.sifted.sessions:
                rows += _kind(cohort, kind, column)
    made = pd.DataFrame(rows, columns=[*COLUMNS[:-1], "p_value"])
    estimated = made["p_value"].notna()
    limit = (1 - cohort.plan.confidence_level) / max(int(estimated.sum()), 1)
    made["flagged"] = (estimated & (made["p_value"] < limit)).astype("int64")
    whole = {"readings": "int64", "patients": "int64", "months": "int64"}
    return made[list(COLUMNS)].astype({**whole, **dict.fromkeys(("change", "conf_low", "conf_high"), "float64")})


def _kind(cohort: Cohort, kind: str, column: str) -> list[tuple]:
    rows = []
    sessions, own = _sessions(cohort, column), _courses(cohort)
    for item in cohort.plan.outcomes:
        if not cohort.outcome(item.outcome).averaged or item.outcome not in cohort.sifted.sessions:
            continue
        found = _residuals(cohort, sessions, own, (item.outcome, column))
        for (clinic, who), part in found.groupby(["clinic", "who"], sort=True):
            rows.append((kind, item.outcome, clinic, who, *_drift(cohort, part)))
    return rows


def _courses(cohort: Cohort) -> pd.DataFrame:
    """By patient: the first start, and the treatments of the course as one text."""
    members = cohort.members.sort_values("arm", kind="stable").drop_duplicates(["patient", "arm"])
    return members.groupby("patient").agg(start=("start", "min"), arms=("arm", ";".join))


def _sessions(cohort: Cohort, column: str) -> pd.DataFrame:
    """Accepted sessions of compared patients whose rater or device is named; a date far from all others is left out."""
    sessions, listed = cohort.sifted.sessions, cohort.sifted.quarantine
    far = listed.loc[(listed["rule"] == "isolated_date") & (listed["table"] == "sessions"), ["file", "row"]]
    named = sessions[sessions[column].notna() & sessions["session_date"].notna()]
    if len(far):
        lines = pd.MultiIndex.from_arrays([named["_file"].astype(str), named["_row"].astype("int64")])
        named = named[~lines.isin(list(zip(far["file"].astype(str), far["row"].astype("int64"))))]
    return named[named["patient"].astype(str).isin(set(cohort.members["patient"].astype(str)))]


def residuals(cohort: Cohort, outcome: str, column: str) -> pd.DataFrame:
    """patient, clinic, who, month (a running number) and residual of every accepted reading of a compared patient."""
    return _residuals(cohort, _sessions(cohort, column), _courses(cohort), (outcome, column))


def _residuals(cohort: Cohort, sessions: pd.DataFrame, own: pd.DataFrame, names: tuple[str, str]) -> pd.DataFrame:
    outcome, column = names
    part = sessions[sessions[outcome].notna()]
    patient = part["patient"].astype(str)
    date = part["session_date"].dt.normalize()
    clinic = part["clinic_id"].astype(object).where(part["clinic_id"].notna(), UNKNOWN) if "clinic_id" in part else ""
    made = pd.DataFrame({
        "patient": patient, "clinic": clinic, "who": part[column].astype(str), "value": part[outcome].astype(float),
        "month": date.dt.year * 12 + date.dt.month, "arms": patient.map(own["arms"]),
        "stage": _stages(((date - patient.map(own["start"])).dt.days / 7).to_numpy(float), cohort),
    })  # fmt: skip
    made["residual"] = made["value"] - made.groupby(["arms", "stage"])["value"].transform("mean")
    return made.reset_index(drop=True)


def _stages(weeks: np.ndarray, cohort: Cohort) -> np.ndarray:
    """The nearest of the start, the plan's visits and every four weeks after them; up to the first session is 0."""
    visits = [0.0, *map(float, cohort.plan.visits.weeks)]
    longest = float(np.nanmax(weeks, initial=0.0))
    grid = np.array([*visits, *np.arange(visits[-1] + LATER_WEEKS, longest + LATER_WEEKS, LATER_WEEKS)])
    stage = np.searchsorted((grid[1:] + grid[:-1]) / 2, np.nan_to_num(weeks))
    return np.where(weeks <= 0, 0, np.maximum(stage, 1))


def _drift(cohort: Cohort, part: pd.DataFrame) -> tuple:
    """readings, patients, months, change, low, high, p of one rater or device."""
    from analytics.inference.clustered import slope

    first, last = int(part["month"].min()), int(part["month"].max())
    counts = (len(part), part["patient"].nunique(), last - first)
    if counts[1] < cohort.plan.minimum_cell or part["month"].nunique() < 3:
        return (*counts, *(math.nan,) * 4)
    x, y = part["month"].to_numpy(float) - first, part["residual"].to_numpy(float)
    found = slope(x, y, part["patient"].to_numpy(), level=cohort.plan.confidence_level)
    span = float(counts[2])
    return (*counts, found.estimate * span, found.low * span, found.high * span, found.p_value)
