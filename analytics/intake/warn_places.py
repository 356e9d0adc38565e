"""Sides and body sites whose sessions a clinic numbers each for itself, in split-face and many-site patients."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.intake.warn_rows import NO_DAY, Rows, distinct, moment_days, pairs, unpaired

PLACES = ("side", "body_site")
BOTH = "both"
NOWHERE = -1


def numbered_apart(rows: Rows, number: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(records, their series, patient of each series): a series is a patient, or a place where places count apart.

    ``there``: records with a patient and a number. Places of a patient count apart where treatments of one number lie
    on different days at two of them: sides treated on the same days, or in turn, share the numbers of the patient. A
    record without a place belongs to every series of the patient and stands once for each.
    """
    patient = rows.every_patient
    place = _places(rows)
    one_each = there, patient[there], np.arange(patient.max(initial=-1) + 1)
    found = _apart(rows, number, there[place[there] != NOWHERE], place) if place is not None else np.zeros(0, np.int64)
    if place is None or not len(found):
        return one_each
    apart = np.isin(patient[there], found)
    placed = apart & (place[there] != NOWHERE)
    own = pd.DataFrame({"patient": patient[there[placed]], "place": place[there[placed]]}).drop_duplicates()
    own["series"] = np.arange(len(own)) + patient.max(initial=-1) + 1
    codes = patient[there]
    frame = pd.DataFrame({"record": there, "patient": codes, "place": place[there], "series": codes})
    parts = [
        frame[~apart],
        frame[placed].drop(columns="series").merge(own, on=["patient", "place"]),
        frame[apart & ~placed].drop(columns=["place", "series"]).merge(own, on="patient"),
    ]
    every = pd.concat(parts).sort_values(["record", "series"], kind="stable")
    owner = np.concatenate([np.arange(patient.max(initial=-1) + 1), own["patient"].to_numpy(np.int64)])
    return every["record"].to_numpy(np.int64), every["series"].to_numpy(np.int64), owner


def _places(rows: Rows) -> np.ndarray | None:
    """(records,) code of side and body site, NOWHERE where neither is said or both sides are; None: no such columns."""
    frame = rows.state.frame
    if "session_date" not in rows or not any(name in rows for name in PLACES):
        return None
    codes = np.zeros(len(frame), np.int64)
    known = np.zeros(len(frame), bool)
    for name in PLACES:
        if name in rows:
            texts = frame[name].where(frame[name] != BOTH)
            code = pd.factorize(texts)[0].astype(np.int64)
            known |= code >= 0
            codes = pairs(codes, code)
            codes = pd.factorize(codes)[0].astype(np.int64)
    return np.where(known, codes, NOWHERE)


def _apart(rows: Rows, number: np.ndarray, placed: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Codes of patients who were treated with one number on different days at two places."""
    frame = rows.state.frame
    of, _ = unpaired(distinct(pairs(rows.every_patient[placed], place[placed])))
    several = of[1:][of[1:] == of[:-1]]  # patients with two places or more
    placed = placed[np.isin(rows.every_patient[placed], several)]
    if not len(placed):
        return several
    day = moment_days(frame["session_date"])[placed]
    treated = frame["treatment"].notna().to_numpy()[placed] if "treatment" in rows else np.ones(len(placed), bool)
    used = treated & (day != NO_DAY)
    at, day = placed[used], day[used]
    one = pairs(rows.every_patient[at], number[at])
    order = np.lexsort((day, place[at], one))
    one, here, day = one[order], place[at][order], day[order]
    first = np.r_[True, (one[1:] != one[:-1]) | (here[1:] != here[:-1])][: len(one)]  # of a number at a place
    one, day = one[first], day[first]
    differ = (one[1:] == one[:-1]) & (day[1:] != day[:-1])
    return distinct(unpaired(one[1:][differ])[0])
