"""A small Cohort made by hand for the tests of descriptions: every number in it can be checked with a pencil."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.cohort import FLOW_COLUMNS, Cohort
from analytics.domain.dataset import QUARANTINE_COLUMNS, Sifted, SourceFile
from analytics.domain.plan import Plan
from schemas.standard import STANDARD

MDA, PEEL, ROLLER = ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
PLAN = Plan(arms=ARMS, primary=("texture_grade",), covariates=("age", "skin_type"))
# patient, arm, design, side, age, skin type, recommended, given, followed, clinic, peel depth
MEMBERS = [
    ("a", MDA, "parallel", "", 20.0, "dry", MDA, "yes", "yes", "north", ""),
    ("b", MDA, "parallel", "", 40.0, "oily", PEEL, "yes", "no", "north", ""),
    ("c", MDA, "parallel", "", np.nan, "unknown", "unknown", "no", "unknown", "south", ""),
    ("d", PEEL, "parallel", "", 30.0, "oily", PEEL, "yes", "yes", "north", "superficial"),
    ("e", PEEL, "parallel", "", 50.0, "oily", PEEL, "unknown", "unknown", "south", ""),
    ("s", MDA, "split_face", "left", 33.0, "dry", MDA, "yes", "yes", "north", ""),
    ("s", PEEL, "split_face", "right", 33.0, "dry", MDA, "yes", "yes", "north", "medium"),
]
MEMBER_COLUMNS = (
    "patient", "arm", "design", "side", "age", "skin_type", "recommended_treatment", "instructions_given",
    "instructions_followed", "clinic_id", "peel_depth",
)  # fmt: skip
# unit, visit, outcome, value, baseline, responder, n_readings
READINGS = [
    ("a", 0, "texture_grade", 6.0, 6.0, np.nan, 1),
    ("b", 0, "texture_grade", 5.0, 5.0, np.nan, 2),
    ("d", 0, "texture_grade", 7.0, 7.0, np.nan, 1),
    ("a", 12, "texture_grade", 4.0, 6.0, 1.0, 1),
    ("b", 12, "texture_grade", 5.0, 5.0, 0.0, 3),
    ("c", 12, "texture_grade", 3.0, np.nan, np.nan, 1),
    ("d", 12, "texture_grade", 5.5, 7.0, 1.0, 1),
    ("sl", 12, "texture_grade", 4.0, 5.0, 1.0, 1),
    ("sr", 12, "texture_grade", 2.0, 5.0, 1.0, 1),
    ("a", 12, "acne_iga", 1.0, 3.0, 1.0, 1),
    ("b", 12, "acne_iga", 1.0, 2.0, 0.0, 1),
    ("c", 12, "acne_iga", 3.0, 3.0, 0.0, 1),
    ("a", 12, "gais", 2.0, np.nan, np.nan, 1),
    ("a", 12, "visia_percentile", 40.0, np.nan, np.nan, 1),
    ("b", 12, "visia_percentile", 60.0, np.nan, np.nan, 1),
]


def hand_cohort(**changes: Any) -> Cohort:
    """Five parallel patients (a, b, c had microdermabrasion; d, e peels) and one split-face patient (s)."""
    members = pd.DataFrame(MEMBERS, columns=list(MEMBER_COLUMNS))
    members["unit"] = [p + s[:1] for p, s in zip(members["patient"], members["side"])]
    members["sessions"] = [1, 2, 3, 4, 5, 6, 6]
    table = pd.DataFrame(
        READINGS, columns=["unit", "visit", "outcome", "value", "baseline", "responder", "n_readings"]
    ).merge(members[["unit", "patient", "arm", "design", "side"]], on="unit")
    table = table.assign(change=table["value"] - table["baseline"], visit=table["visit"].astype(float))
    return Cohort(
        members=members,
        table=table,
        flow=pd.DataFrame(columns=list(FLOW_COLUMNS)),
        covariates={"age": "number", "skin_type": "category"},
        plan=changes.pop("plan", PLAN),
        sifted=changes.pop("sifted", sifted_of()),
        excluded=pd.DataFrame(columns=["patient", "reason"]),
        **changes,
    )


def sifted_of(**changes: Any) -> Sifted:
    """Accepted sessions and adverse events; day numbers are January 2024."""
    base = Sifted(
        sessions=sessions_of([("a", 1, MDA, ""), ("a", 15, MDA, ""), ("b", 1, MDA, ""), ("d", 1, PEEL, "")]),
        quarantine=pd.DataFrame(columns=list(QUARANTINE_COLUMNS)),
        vocabulary=STANDARD,
        files=(SourceFile("sessions.csv", "0" * 64, 4),),
        rows={"received": 4, "accepted": 4, "quarantined": 0, "entries_quarantined": 0},
    )
    return replace(base, **changes)


def sessions_of(rows: list[tuple[str, int, str | None, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["patient", "day", "treatment", "side"])
    return frame.assign(
        session_date=[day(d) for d in frame["day"]], _file="sessions.csv", _row=range(2, 2 + len(frame)), _record=0
    )


def day(number: int | None) -> pd.Timestamp:
    return pd.NaT if number is None else pd.Timestamp(2024, 1, 1) + pd.Timedelta(days=number - 1)


def events_of(rows: list[tuple[str, int | None, str, int | None, int | None, float, bool]]) -> pd.DataFrame:
    """patient, session day, event, onset day, resolved day, severity, serious."""
    frame = pd.DataFrame(
        rows, columns=["patient", "session_date", "event", "onset_date", "resolved_date", "severity", "serious"]
    )
    for name in ("session_date", "onset_date", "resolved_date"):
        frame[name] = pd.to_datetime([day(None if pd.isna(v) else int(v)) for v in frame[name]])
    return frame.assign(_file="ae.csv", _row=range(2, 2 + len(frame)), _record=0)
