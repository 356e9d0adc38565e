"""What was known of a unit up to time zero: last value in sessions, then consultations, then the patients table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analytics.domain.dataset import Sifted
from analytics.intake.records import Records, day_number, number, text
from schemas.vocabulary import Vocabulary

DAYS_A_YEAR = 365.25
UNKNOWN = "unknown"
#: What age is worked out from where it is not recorded.
BIRTH = ("birth_date", "birth_year")
#: Columns that say who or when, not what the patient is like.
NEVER = (
    "patient", "patient_id", "session_id", "session_date", "visit", "study_day", "treatment", "has_time", "value",
    "outcome", "consultation_date", "intercurrent_event", "intercurrent_date", "readable_patient",
)  # fmt: skip


def kind_of(column: str, vocabulary: Vocabulary) -> str:
    """``number`` or ``category``; a number with a list of codes (a skin type from 1 to 6) is a category."""
    entry = vocabulary.columns.get(column)
    parameter = vocabulary.parameters().get(column)
    if entry is not None:
        return "number" if entry.type in ("number", "integer") and not entry.codes else "category"
    return "category" if parameter is None or parameter[1].codes else "number"


def in_data(column: str, sifted: Sifted) -> bool:
    """Whether a column was filled anywhere in sessions, consultations or patients (age: also by the year of birth)."""
    frames = [f for f in (sifted.sessions, sifted.consultations, sifted.patients) if f is not None]
    names = (column, *BIRTH) if column == "age" else (column,)
    return any(name in frame and frame[name].notna().any() for frame in frames for name in names)


def columns_of(sifted: Sifted) -> tuple[str, ...]:
    """Every filled column that may serve as covariate or subgroup."""
    names: list[str] = ["age"]
    for frame in (sifted.sessions, sifted.consultations, sifted.patients):
        names += [] if frame is None else list(frame.columns)
    skip = {*sifted.vocabulary.outcomes, *NEVER}
    return tuple(n for n in dict.fromkeys(names) if not n.startswith("_") and n not in skip and in_data(n, sifted))


def known(units: pd.DataFrame, columns: Iterable[str], sifted: Sifted, records: Records) -> pd.DataFrame:
    """One column per name, index unit: categories as text with ``unknown``, numbers as floats with NaN."""
    found = {}
    for column in columns:
        values = _age(units, sifted, records) if column == "age" else _lookup(units, column, sifted, records)
        if kind_of(column, sifted.vocabulary) == "category":
            values = values.where(values.notna(), UNKNOWN).map(_level).astype(object)
        found[column] = values
    return pd.DataFrame(found, index=units.index)


def _level(value: object) -> str:
    return f"{value:g}" if isinstance(value, (float, int, np.number)) and not isinstance(value, bool) else str(value)


def _lookup(units: pd.DataFrame, column: str, sifted: Sifted, records: Records) -> pd.Series:
    numeric = kind_of(column, sifted.vocabulary) == "number"
    values = _from_sessions(units, column, sifted, records, numeric=numeric)
    for earlier in (_from_consultations, _from_patients):
        later = earlier(units, column, sifted, numeric=numeric)
        values = values.where(values.notna(), later)
    return values.astype("float64") if numeric else values.astype(object)


def _values(frame: pd.DataFrame, column: str, *, numeric: bool) -> pd.Series:
    if numeric:
        return number(frame, column)
    plain = text(frame, column)
    return plain.where(plain != "", np.nan)


def _from_sessions(units: pd.DataFrame, column: str, sifted: Sifted, records: Records, *, numeric: bool) -> pd.Series:
    """Last value up to time zero; in files without dates a value that never changes counts as known at the start.

    Where it differs between the sides or sites of a patient on one day, each has its own; else it is the patient's.
    """
    if column not in sifted.sessions:
        return pd.Series(np.nan, index=units.index, dtype=object)
    frame = sifted.sessions[[column]].reset_index(drop=True).loc[records.rows.index]
    rows = records.rows[["patient", "side", "body_site", "day", "clock"]].assign(
        known=_values(frame, column, numeric=numeric)
    )
    rows = rows.dropna(subset=["known"])
    if rows.empty:
        return pd.Series(np.nan, index=units.index, dtype=object)
    placed = rows.rename(columns={"side": "row_side", "body_site": "row_site"})
    pairs = units[["patient", "side", "body_site", "start"]].reset_index().merge(placed, on="patient")
    own = (pairs["side"] == pairs["row_side"]) & (pairs["body_site"] == pairs["row_site"])
    pairs = pairs[own | ~pairs["patient"].isin(_by_place(rows))]
    early = pairs[pairs["day"] <= pairs["start"]]
    last = early.sort_values(["unit", "day", "clock", "known"]).groupby("unit")["known"].last()
    if records.style != "dated":
        steady = pairs.groupby("unit")["known"].agg(["first", "nunique"])
        last = last.reindex(units.index).fillna(steady.loc[steady["nunique"] == 1, "first"])
    return last.reindex(units.index)


def _by_place(rows: pd.DataFrame) -> list[str]:
    """Patients of whom the value differs between sides or sites on one day."""
    differs = rows.groupby(["patient", "day"])["known"].nunique() > 1
    return list(differs[differs].index.get_level_values("patient").unique())


def _from_consultations(units: pd.DataFrame, column: str, sifted: Sifted, *, numeric: bool) -> pd.Series:
    frame = sifted.consultations
    if frame is None or column not in frame or "patient" not in frame:
        return pd.Series(np.nan, index=units.index, dtype=object)
    rows = pd.DataFrame({"patient": frame["patient"].astype(str).astype(object)})
    rows["known"] = _values(frame, column, numeric=numeric)
    rows["day"] = day_number(frame["consultation_date"]) if "consultation_date" in frame else np.nan
    pairs = units[["patient", "start"]].reset_index().merge(rows.dropna(subset=["known"]), on="patient")
    if sifted.style == "dated":
        pairs = pairs[pairs["day"] <= pairs["start"]]
    return pairs.sort_values(["unit", "day", "known"]).groupby("unit")["known"].last().reindex(units.index)


def _from_patients(units: pd.DataFrame, column: str, sifted: Sifted, *, numeric: bool) -> pd.Series:
    frame = sifted.patients
    if frame is None or column not in frame or "patient" not in frame:
        return pd.Series(np.nan, index=units.index, dtype=object)
    rows = pd.DataFrame({"patient": frame["patient"].astype(str).astype(object)})
    rows["known"] = _values(frame, column, numeric=numeric)
    last = rows.dropna(subset=["known"]).sort_values(["patient", "known"]).groupby("patient")["known"].last()
    return units["patient"].map(last)


def _age(units: pd.DataFrame, sifted: Sifted, records: Records) -> pd.Series:
    """Age as recorded up to time zero, else from the date or year of birth at time zero."""
    age = _lookup(units, "age", sifted, records)
    if sifted.style != "dated":
        return age
    start = pd.Timestamp("1970-01-01") + pd.to_timedelta(units["start"], unit="D")
    born = pd.to_datetime(_lookup(units, "birth_date", sifted, records), errors="coerce")
    age = age.fillna(((start - born) / pd.Timedelta(days=1) / DAYS_A_YEAR).map(np.floor))
    return age.fillna(start.dt.year - _lookup(units, "birth_year", sifted, records))


def in_force(
    members: pd.DataFrame, plan_covariates: Iterable[str], vocabulary: Vocabulary
) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Covariates that differ between members, with their kind; and a note for each that was dropped."""
    kinds, notes = {}, []
    for name in plan_covariates:
        kind = kind_of(name, vocabulary)
        values = members[name].dropna() if name in members else pd.Series(dtype=object)
        filled = values[values != UNKNOWN] if kind == "category" else values
        if filled.empty:
            notes.append(f"covariate {name} left out: it is not recorded before the first treatment")
        elif values.nunique() < 2:
            notes.append(f"covariate {name} left out: it is the same for everybody")
        else:
            kinds[name] = kind
    return kinds, tuple(notes)
