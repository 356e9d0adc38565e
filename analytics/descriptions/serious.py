"""Serious adverse events per session and per patient, with exact limits: none seen still has its upper limit."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.reactions import Reported
from analytics.descriptions.within import exact_percent
from analytics.domain.cohort import Cohort

COLUMNS = (
    "treatment", "sessions", "patients", "events", "sessions_with", "patients_with",
    "per_session_percent", "session_low", "session_high", "patient_percent", "patient_low", "patient_high",
)  # fmt: skip
ALL = "all"


def serious(cohort: Cohort, reported: Reported) -> pd.DataFrame:
    """One row per treatment, and ``all`` together. COLUMNS; shares in percent, limits of Clopper and Pearson.

    ``events``: each once. Those that follow no known session count for ``all`` only, as events and patients. Empty
    without a list of adverse events.
    """
    days, events = reported.days, reported.events
    if cohort.sifted.adverse_events is None:
        return pd.DataFrame(columns=list(COLUMNS))
    grave = events[events["serious"].astype(bool)]
    rows = [_row(ALL, days, grave, cohort)]
    for name in [name for name in cohort.vocabulary.treatments if (days["treatment"] == name).any()]:
        rows.append(_row(name, days[days["treatment"] == name], grave[grave["treatment"] == name], cohort))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(treatment: str, days: pd.DataFrame, grave: pd.DataFrame, cohort: Cohort) -> tuple:
    level = cohort.plan.confidence_level
    at = days[["patient", "day"]].drop_duplicates() if treatment == ALL else days
    sessions, patients = len(at), days["patient"].nunique()
    placed = grave[grave["treatment"] != ""]
    hit = len(placed[["patient", "day"]].drop_duplicates())
    people = int(grave["patient"].isin(set(days["patient"])).groupby(grave["patient"]).any().sum())
    return (
        treatment, sessions, patients, grave["entry"].nunique(), hit, people,
        *exact_percent(hit, sessions, level=level), *exact_percent(people, patients, level=level),
    )  # fmt: skip
