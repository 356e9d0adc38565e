"""Which session an event follows, and whether it is a reaction that belongs to the treatment or an adverse event."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Sifted
from schemas.vocabulary import Treatment

SEVERE = 3.0
EVENT_COLUMNS = (
    "patient", "day", "treatment", "fitzpatrick", "event", "class", "serious", "entry", "severity", "onset", "gone",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reported:
    """The sessions, as ``treated_days`` gives them, and the events, as ``classified`` gives them, read once."""

    days: pd.DataFrame
    events: pd.DataFrame

    @property
    def attributed(self) -> pd.DataFrame:
        """Events that follow a known session."""
        return self.events[self.events["treatment"] != ""]


def reported(cohort: Cohort) -> Reported:
    """Sessions and events of a cohort; no events where no list of them came with the data."""
    days = treated_days(cohort)
    return Reported(days, classified(cohort, days))


def treated_days(cohort: Cohort) -> pd.DataFrame:
    """Sessions as patient, day, treatment, fitzpatrick: one per patient, day and treatment, whatever the sides."""
    sifted = cohort.sifted
    frame = sifted.sessions
    given = frame[frame["treatment"].isin(list(cohort.vocabulary.treatments))]
    if cohort.plan.data.clinics is not None and "clinic_id" in given:
        given = given[given["clinic_id"].isin(cohort.plan.data.clinics)]
    found = pd.DataFrame({"patient": given["patient"].astype(str), "treatment": given["treatment"].astype(str)})
    found["day"] = _moment(given, sifted.style)
    if sifted.style == "dated" and cohort.plan.data.cutoff is not None:
        found = found[found["day"] <= pd.Timestamp(cohort.plan.data.cutoff)]
    found = found.drop_duplicates(["patient", "day", "treatment"]).sort_values(["patient", "day", "treatment"])
    return found.assign(fitzpatrick=found["patient"].map(skin_types(sifted))).reset_index(drop=True)


def _moment(frame: pd.DataFrame, style: str) -> pd.Series:
    if style == "dated":
        return frame["session_date"].dt.normalize()
    return frame["study_day" if style == "study_day" else "visit"].astype(float)


def skin_types(sifted: Sifted) -> dict[str, float]:
    """Fitzpatrick type of each patient: from the patients table, else as last written in the sessions."""
    found: dict[str, float] = {}
    for frame in (sifted.sessions, sifted.patients):
        if frame is not None and "fitzpatrick" in frame:
            known = frame[frame["fitzpatrick"].notna()]
            found |= dict(zip(known["patient"].astype(str), known["fitzpatrick"].astype(float)))
    return found


def classified(cohort: Cohort, days: pd.DataFrame) -> pd.DataFrame:
    """Events with the treatment they follow ("" where no session fits), their class and whether serious. EVENT_COLUMNS.

    ``entry``: number of the event in the list, the same for both treatments of an event that may be of either.
    An event belongs to the session of its ``session_date``, else to the last one up to its onset. Where two treatments
    were given that day (two sides) it goes to the one it is expected of, else to both: nobody knows which it was.
    """
    events = _in_report(cohort)
    given: dict[str, list[tuple[Any, str]]] = {}
    for patient, day, treatment in zip(days["patient"], days["day"], days["treatment"]):
        given.setdefault(patient, []).append((day, treatment))
    listed = events is not None and "resolved_date" in events and bool(events["resolved_date"].notna().any())
    rows = []
    for number, event in enumerate(events.to_dict("records") if events is not None else []):
        patient, name, serious = str(event["patient"]), str(event["event"]), _is_true(event.get("serious"))
        for day, treatment in _followed(event, name, given.get(patient, []), cohort):
            entry = cohort.vocabulary.treatments.get(treatment)
            kind = "expected" if entry is not None and belongs(event, entry, day, closed=listed) else "adverse"
            rows.append((patient, day, treatment, name, kind, serious, number, *_course(event, day)))
    frame = pd.DataFrame(rows, columns=[name for name in EVENT_COLUMNS if name != "fitzpatrick"])
    types = skin_types(cohort.sifted)
    return frame.assign(fitzpatrick=frame["patient"].map(types).astype(float))[list(EVENT_COLUMNS)]


def _course(event: Mapping[str, Any], day: Any) -> tuple[float, Any, Any]:
    """Severity (NaN: not recorded), the day it began (else that of its session) and the day it was gone."""
    severity, onset, gone = (event.get(name) for name in ("severity", "onset_date", "resolved_date"))
    begun = day if _blank(onset) else pd.Timestamp(onset).normalize()
    return (
        math.nan if _blank(severity) else float(severity),  # type: ignore[arg-type]
        begun if isinstance(begun, pd.Timestamp) else pd.NaT,
        pd.NaT if _blank(gone) else pd.Timestamp(gone).normalize(),
    )


def _in_report(cohort: Cohort) -> pd.DataFrame | None:
    """Events of the plan's clinics, begun (or, without an onset, treated) up to the cut-off."""
    events, data = cohort.sifted.adverse_events, cohort.plan.data
    if events is None:
        return None
    if data.clinics is not None and "clinic_id" in events:
        events = events[events["clinic_id"].isin(data.clinics)]
    if data.cutoff is not None and cohort.style == "dated":
        begun = pd.Series(pd.NaT, index=events.index, dtype="datetime64[ns]")
        for name in ("onset_date", "session_date"):
            begun = begun.fillna(events[name]) if name in events else begun
        events = events[~(begun.dt.normalize() > pd.Timestamp(data.cutoff))]
    return events


def _followed(
    event: Mapping[str, Any], name: str, sessions: Sequence[tuple[Any, str]], cohort: Cohort
) -> list[tuple[Any, str]]:
    """(day, treatment) of the session before an event; (its own day, "") where there is none."""
    said = event.get("session_date")
    if cohort.style == "dated":
        there = _on_the_day(said, event.get("onset_date"), sessions)
    else:  # without dates only a patient with one treatment ever is clear
        there = list(sessions[:1]) if len({treatment for _, treatment in sessions}) == 1 else []
    if not there:
        return [(pd.NaT if _blank(said) else pd.Timestamp(said).normalize(), "")]
    known = cohort.vocabulary.treatments
    own = [(day, treatment) for day, treatment in there if name in known[treatment].expected_reactions]
    return own or there


def _on_the_day(said: Any, onset: Any, sessions: Sequence[tuple[Any, str]]) -> list[tuple[Any, str]]:
    if not _blank(said):
        there = pd.Timestamp(said).normalize()
        return [one for one in sessions if one[0] == there]
    if _blank(onset):
        return []
    begun = pd.Timestamp(onset).normalize()
    last = max((day for day, _ in sessions if day <= begun), default=None)
    return [one for one in sessions if one[0] == last]


def belongs(event: Mapping[str, Any], treatment: Treatment, day: Any, *, closed: bool) -> bool:
    """Whether it is an expected reaction: of the treatment's list, neither severe nor serious, begun and gone in time.

    ``closed``: the clinic writes down when reactions are gone; a blank then means that it is still there.
    """
    if str(event["event"]) not in treatment.expected_reactions or _is_true(event.get("serious")):
        return False
    severity = event.get("severity")
    if severity is not None and severity == severity and float(severity) >= SEVERE:
        return False
    if treatment.expected_days is None or not isinstance(day, pd.Timestamp):
        return True
    until = day + pd.Timedelta(days=treatment.expected_days)
    onset, gone = event.get("onset_date"), event.get("resolved_date")
    if not _blank(onset) and pd.Timestamp(onset).normalize() > until:
        return False
    return not closed if _blank(gone) else pd.Timestamp(gone).normalize() <= until


def _blank(value: Any) -> bool:
    return value is None or value is pd.NaT or value != value


def _is_true(value: Any) -> bool:
    return bool(value) if isinstance(value, (bool, np.bool_)) else value == "true"
