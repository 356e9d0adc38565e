"""Safety: reactions that belong to the treatment apart from adverse events, per session and per patient.

Intervals are exact (Clopper and Pearson 1934), so that an event nobody had still shows how often it may happen.
Sessions of one patient are not independent: the interval per session is a description, the patient is the unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analytics.descriptions.reactions import classified, treated_days
from analytics.descriptions.within import exact_percent
from analytics.domain.cohort import Cohort

COLUMNS = (
    "treatment", "group", "event", "class", "sessions", "patients", "sessions_with", "patients_with",
    "per_session_percent", "session_low", "session_high", "patient_percent", "patient_low", "patient_high", "serious",
)  # fmt: skip
ANY = "any"
GROUPS = (("all", (1, 2, 3, 4, 5, 6)), ("fitzpatrick=1-3", (1, 2, 3)), ("fitzpatrick=4-6", (4, 5, 6)))
UNATTRIBUTED = "unattributed"


def safety(cohort: Cohort) -> pd.DataFrame:
    """One row per treatment x skin type group x event x class (expected, adverse, any). COLUMNS; shares in percent.

    All treated patients of the accepted sessions are counted (not only those of the primary analysis), up to the plan's
    cut-off and in its clinics. The event ``any`` is the total of a class; every event that occurred is listed for every
    treatment. ``serious``: how many of the events were. Events that follow no known session stand under
    ``unattributed``, without denominators. Empty when no adverse events table was supplied: that is not zero events.
    """
    if cohort.sifted.adverse_events is None:
        return pd.DataFrame(columns=list(COLUMNS))
    days = treated_days(cohort)
    events = classified(cohort, days)
    known, lost = events[events["treatment"] != ""], events[events["treatment"] == ""]
    lines, level = _listed(known), cohort.plan.confidence_level
    rows = []
    for treatment in [name for name in cohort.vocabulary.treatments if (days["treatment"] == name).any()]:
        own, had = days[days["treatment"] == treatment], known[known["treatment"] == treatment]
        for group, types in GROUPS:
            base = own if group == "all" else own[own["fitzpatrick"].isin(types)]
            part = had if group == "all" else had[had["fitzpatrick"].isin(types)]
            if group == "all" or len(base):
                rows += [(treatment, group, *row) for row in _rows(base, part, lines, level)]
    if len(lost):
        rows += [(UNATTRIBUTED, "all", *row) for row in _rows(days.iloc[:0], lost, _listed(lost), level)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _listed(events: pd.DataFrame) -> list[tuple[str, str]]:
    """Event and class of every line: totals first, then each event that occurred in that class."""
    seen = sorted(set(zip(events["class"], events["event"])), reverse=False)
    each = [(event, kind) for kind in ("expected", "adverse") for k, event in seen if k == kind]
    return [(ANY, ANY), (ANY, "expected"), (ANY, "adverse"), *each]


def _rows(base: pd.DataFrame, events: pd.DataFrame, lines: Sequence[tuple[str, str]], level: float) -> Iterator[tuple]:
    """COLUMNS from ``event`` on for every line, over the sessions of ``base``."""
    sessions, patients = len(base), base["patient"].nunique()
    had = _by_line(events)
    for event, kind in lines:
        places = had.get((event, kind), [])
        sessions_with = len({(patient, day) for patient, day, _ in places})
        patients_with = len({patient for patient, _, _ in places})
        yield (
            event, kind, sessions, patients, sessions_with, patients_with,
            *exact_percent(min(sessions_with, sessions), sessions, level=level),
            *exact_percent(min(patients_with, patients), patients, level=level),
            sum(serious for _, _, serious in places),
        )  # fmt: skip


def _by_line(events: pd.DataFrame) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """(patient, number of the day, serious) of the events of every line, totals too."""
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    day = pd.factorize(events["day"])[0].tolist()  # one number for all events of no known day
    place = zip(events["patient"], day, events["serious"].astype(int))
    for event, kind, one in zip(events["event"], events["class"], place):
        for line in ((ANY, ANY), (ANY, kind), (event, kind)):
            found.setdefault(line, []).append(one)
    return found
