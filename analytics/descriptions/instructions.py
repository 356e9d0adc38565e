"""Reactions by whether the instructions before a session were kept: an association between sessions, not an effect."""

from __future__ import annotations

import pandas as pd

from analytics.descriptions.reactions import Reported
from analytics.descriptions.within import UNKNOWN, exact_percent
from analytics.domain.cohort import Cohort
from analytics.inference.clustered import slope

COLUMNS = (
    "treatment", "class", "followed", "sessions", "patients", "sessions_with", "percent", "conf_low", "conf_high",
    "patients_with",
)  # fmt: skip
DIFFERENCE_COLUMNS = ("treatment", "class", "sessions", "patients", "difference", "conf_low", "conf_high")
ANSWERS = ("yes", "no", UNKNOWN)
CLASSES = ("expected", "adverse")
ALL = "all"


def instructions(cohort: Cohort, reported: Reported) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts (COLUMNS) and differences (DIFFERENCE_COLUMNS) of sessions followed by a reaction or event.

    ``followed``: yes, no, unknown, as written with the session, else at the consultation. ``percent``: of sessions,
    exact limits; ``patients_with``: whose these are. ``difference``: not kept minus kept in percentage points, by least
    squares clustered by patient (CR2); ``all`` within treatments. NaN where it cannot be estimated. Both empty where
    nothing was written down.
    """
    sessions = _sessions(cohort, reported)
    if sessions is None:
        return pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame(columns=list(DIFFERENCE_COLUMNS))
    rows: list[tuple] = []
    differences: list[tuple] = []
    given = [name for name in cohort.vocabulary.treatments if (sessions["treatment"] == name).any()]
    for treatment in (ALL, *given):
        own = sessions if treatment == ALL else sessions[sessions["treatment"] == treatment]
        for kind in CLASSES:
            rows += [(treatment, kind, answer, *_counts(own[own["followed"] == answer], kind, cohort))
                     for answer in ANSWERS]  # fmt: skip
            differences.append((treatment, kind, *_difference(own[own["followed"] != UNKNOWN], kind, cohort)))
    whole = dict.fromkeys(("sessions", "patients"), "int64")
    with_ = dict.fromkeys(("sessions_with", "patients_with"), "int64")
    counted = pd.DataFrame(rows, columns=list(COLUMNS)).astype({**whole, **with_})
    return counted, pd.DataFrame(differences, columns=list(DIFFERENCE_COLUMNS)).astype(whole)


def _counts(part: pd.DataFrame, kind: str, cohort: Cohort) -> tuple:
    hit = int(part[kind].sum())
    share = exact_percent(hit, len(part), level=cohort.plan.confidence_level)
    people = part.loc[part[kind].astype(bool), "patient"].nunique()
    return (len(part), part["patient"].nunique(), hit, *share, people)


def _difference(part: pd.DataFrame, kind: str, cohort: Cohort) -> tuple:
    found = slope(
        (part["followed"] == "no").to_numpy(float), part[kind].to_numpy(float), part["patient"].to_numpy(),
        strata=part["treatment"].to_numpy(), level=cohort.plan.confidence_level,
    )  # fmt: skip
    return (len(part), part["patient"].nunique(), *(100 * v for v in (found.estimate, found.low, found.high)))


def _sessions(cohort: Cohort, reported: Reported) -> pd.DataFrame | None:
    """patient, day, treatment, followed and whether a reaction of each class came after; None: nothing to look at."""
    if cohort.sifted.adverse_events is None:
        return None
    days = reported.days
    said = _said(cohort, days)
    if said is None or not said.isin(["yes", "no"]).any():
        return None
    events = reported.attributed
    key = ["patient", "day", "treatment"]
    made = days.assign(followed=said)
    for kind in CLASSES:
        hit = events.loc[events["class"] == kind, key].drop_duplicates()
        marked = made[key].merge(hit.assign(hit=True), on=key, how="left")["hit"]
        made[kind] = marked.notna().to_numpy()
    return made


def _said(cohort: Cohort, days: pd.DataFrame) -> pd.Series | None:
    """The answer of each session: any no of that day is a no; where the session says nothing, the consultation's."""
    found = pd.Series(UNKNOWN, index=days.index, dtype=object)
    consulted = cohort.sifted.consultations
    asked = False
    if consulted is not None and "instructions_followed" in consulted:
        last = consulted.sort_values("consultation_date", kind="stable").groupby(consulted["patient"].astype(str))
        found, asked = days["patient"].map(last["instructions_followed"].last()).fillna(UNKNOWN), True
    sessions = cohort.sifted.sessions
    if "instructions_followed" in sessions:
        own = sessions[sessions["instructions_followed"].isin(["yes", "no"])]
        moment = own["session_date"].dt.normalize() if cohort.style == "dated" else own[_MOMENT[cohort.style]]
        by = own.groupby([own["patient"].astype(str), moment.rename("day"), own["treatment"].astype(str)])
        answer = by["instructions_followed"].min()  # "no" comes before "yes"
        mine = pd.MultiIndex.from_frame(days[["patient", "day", "treatment"]])
        here = pd.Series(answer.reindex(mine).to_numpy(), index=days.index)
        found, asked = here.where(here.notna(), found), True
    return found.where(found.isin(["yes", "no"]), UNKNOWN) if asked else None


_MOMENT = {"study_day": "study_day", "trial": "visit"}
