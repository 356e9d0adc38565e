"""Drawn tables for the tests of intake: a Sifted, as sift would hand it over, from a table one can read.

``sifted('''
    patient | date       | treatment         | texture_grade
    ann     | 2024-01-01 | chemical_peel     | 5
    ann     | 2024-03-25 |                   | 3
''')``  A cell that is blank was not filled; ``date`` may carry a time; columns are ours, or the short names of SHORT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analytics.domain.cohort import Cohort
from analytics.domain.dataset import QUARANTINE_COLUMNS, Sifted, SourceFile
from analytics.domain.plan import Plan
from analytics.intake.derive import derive
from schemas.standard import STANDARD
from schemas.vocabulary import Outcome, Treatment, Vocabulary

SHORT = {
    "patient": "patient_id", "date": "session_date", "texture": "texture_grade", "lesions": "inflammatory_lesions",
    "tewl": "tewl_g_m2_h", "uptake": "absorbed_percent", "site": "body_site", "event": "intercurrent_event",
    "clinic": "clinic_id", "planned": "planned_sessions", "hours": "hours_since_session",
    "stop_days": "product_stop_days",
}  # fmt: skip
ARMS = {"mda": "microdermabrasion", "peel": "chemical_peel", "roller": "dermal_roller"}
DATES = ("session_date", "consultation_date", "intercurrent_date", "onset_date", "resolved_date", "birth_date")


def draw(table: str, vocabulary: Vocabulary = STANDARD) -> pd.DataFrame:
    """A typed frame from a drawn table: numbers, dates and text as sift types them."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if line.strip()]
    head = [SHORT.get(name, name) for name in lines[0]]
    frame = pd.DataFrame(lines[1:], columns=head, dtype=object)
    frame = frame.where(frame != "", None)
    for column in head:
        frame[column] = _typed(frame[column], column, vocabulary)
    if "session_date" in frame:
        frame["has_time"] = [":" in line[head.index("session_date")] for line in lines[1:]]
    return frame


def _typed(cells: pd.Series, column: str, vocabulary: Vocabulary) -> pd.Series:
    if column in DATES:
        return pd.to_datetime(cells, format="mixed").astype("datetime64[ns]")
    entry = vocabulary.columns.get(column)
    parameter = vocabulary.parameters().get(column)
    numeric = column in vocabulary.outcomes or (entry is not None and entry.type in ("number", "integer"))
    if numeric or (parameter is not None and not parameter[1].codes):
        return pd.to_numeric(cells).astype("float64")
    if column in ("treatment", "recommended_treatment"):
        return cells.map(lambda name: ARMS.get(name, name))
    if column in ("readable_patient", "possible_treatment"):
        return cells.map(lambda yes: yes == "yes")
    return cells


def sifted(
    sessions: str | pd.DataFrame,
    *,
    patients: str | None = None,
    consultations: str | None = None,
    rejected: str | None = None,
    vocabulary: Vocabulary = STANDARD,
) -> Sifted:
    """A Sifted from drawn tables; the style follows from the columns (date, visit or study_day)."""
    frame = sessions if isinstance(sessions, pd.DataFrame) else draw(sessions, vocabulary)
    frame = _keyed(frame)
    aside = None if rejected is None else _keyed(draw(rejected, vocabulary), first_row=2 + len(frame))
    style = "dated" if "session_date" in frame else "trial" if "visit" in frame else "study_day"
    lines = len(frame[["_file", "_row"]].drop_duplicates())
    set_aside = 0 if aside is None else len(aside)
    return Sifted(
        sessions=frame,
        quarantine=pd.DataFrame(columns=list(QUARANTINE_COLUMNS)),
        vocabulary=vocabulary,
        files=(SourceFile("sessions.csv", "0" * 64, lines + set_aside),),
        rows={
            "received": lines + set_aside, "accepted": lines, "quarantined": set_aside, "entries_quarantined": 0,
        },
        patients=_keyed(draw(patients, vocabulary)) if patients else None,
        consultations=_keyed(draw(consultations, vocabulary)) if consultations else None,
        rejected_sessions=aside,
        style=style,
        fingerprint="f" * 64,
    )  # fmt: skip


def _keyed(frame: pd.DataFrame, first_row: int = 2) -> pd.DataFrame:
    frame = frame.reset_index(drop=True)
    keyed = frame.assign(_file=frame.get("_file", "sessions.csv"), _record=0)
    keyed["_row"] = (
        pd.to_numeric(frame["_row"]).astype(int) if "_row" in frame else range(first_row, first_row + len(frame))
    )
    clinic = frame["clinic_id"] if "clinic_id" in frame else pd.Series([None] * len(frame))
    joined = [f"{c}|{p}" if c else p for c, p in zip(clinic, frame["patient_id"])]
    return keyed.assign(patient=joined, clinic_id=clinic)


def vocabulary_of(
    *, treatments: Sequence[str] = (), outcomes: Sequence[Mapping[str, Any]] = (), base: Vocabulary = STANDARD
) -> Vocabulary:
    """STANDARD with extra arms and outcomes, as a mapping would add them."""
    for name in treatments:
        base = base.with_treatment(Treatment(name, name.title(), name.title(), f"extra arm {name}"))
    for entry in outcomes:
        plain = {
            "label": entry["id"], "domain": "texture", "kind": "continuous", "unit": "", "direction": "lower",
            "low": None, "high": None,
        }  # fmt: skip
        base = base.with_outcome(Outcome(**{**plain, **entry}))
    return base


def plan(**written: Any) -> Plan:
    """A plan as a person writes it; short arm names allowed."""
    if "arms" in written:
        written["arms"] = tuple(ARMS.get(arm, arm) for arm in written["arms"])
    return Plan.model_validate(written)


def cohort(sessions: str | pd.DataFrame | Sifted, planned: Plan | None = None, **tables: Any) -> Cohort:
    """The cohort of a drawn table."""
    data = sessions if isinstance(sessions, Sifted) else sifted(sessions, **tables)
    return derive(data, planned)


def with_rows(data: Sifted, frame: pd.DataFrame) -> Sifted:
    """``data`` with other session rows."""
    return replace(data, sessions=frame)


def values(made: Cohort, outcome: str = "texture_grade", column: str = "value") -> dict[tuple[str, float], float]:
    """(patient, visit) -> value of one outcome; with sides (patient side, visit)."""
    rows = made.table[made.table["outcome"] == outcome]
    who = [" ".join(filter(None, (p, s, b))) for p, s, b in zip(rows["patient"], rows["side"], rows["body_site"])]
    return dict(zip(zip(who, rows["visit"]), rows[column]))


def excluded(made: Cohort) -> dict[str, str]:
    """Patient -> why left out."""
    return dict(zip(made.excluded["patient"], made.excluded["reason"]))
