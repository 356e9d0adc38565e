"""Warning about session numbers: one that is skipped, where no row set aside can be the missing one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from analytics.intake.sift_faults import Block
from analytics.intake.sift_width import misfit_patients
from analytics.intake.warn_places import numbered_apart
from analytics.intake.warn_rows import NO_DAY, Rows, distinct, first_of, moment_days, pairs, unpaired

HIGHEST = 1000  # session numbers are at most 100; what is above is a fault of its own


def session_gap(rows: Rows) -> Iterable[Block]:
    """The first row of every session number of a patient whose number before is nowhere, while a smaller one is.

    Sides and body sites that have numbers of their own are counted apart. Rows set aside count as there. Nothing is
    said of a patient with a session set aside whose number is not known, nor where a row of nobody has the missing
    number between the days of its neighbours.
    """
    if "session_no" not in rows or not len(rows):
        return
    number = _whole(rows.state.frame["session_no"].to_numpy(dtype=np.float64))
    there = np.flatnonzero(rows.state.present & (number >= 0) & (rows.every_patient >= 0))
    there, series, patient = numbered_apart(rows, number, there)
    every = pairs(series, number[there])
    known = distinct(every)
    of, found = unpaired(known)
    after = np.flatnonzero((np.diff(of) == 0) & (np.diff(found) > 1)) + 1
    if not len(after):
        return
    standing = np.flatnonzero(rows.state.records[there])
    shown = first_of(every[standing], known[after])
    certain = (shown >= 0) & ~np.isin(patient[of[after]], _unsure(rows, number))  # not on rows set aside only
    after, shown = after[certain], there[standing[shown[certain]]]
    first, second = (there[first_of(every, known[places])] for places in (after - 1, after))
    certain = ~_strayed(rows, number, first, second)
    once = np.sort(np.unique(shown[certain], return_index=True)[1])  # a row of no side follows on both
    after, shown = after[certain][once], shown[certain][once]
    if len(after):
        beside = zip(found[after - 1].tolist(), found[after].tolist())
        musts = [f"must follow the session number before it; {late} comes after {early}" for early, late in beside]
        yield rows.block("session_gap", "session_no", np.searchsorted(rows.at, shown), musts)


def _whole(values: np.ndarray) -> np.ndarray:
    """Session numbers as integers; -1: none."""
    fine = np.isfinite(values) & (values >= 0) & (values < HIGHEST)
    return np.where(fine, values, -1).astype(np.int64)


def _unsure(rows: Rows, number: np.ndarray) -> np.ndarray:
    """Codes of patients with a row set aside that may be a session and whose number is not known."""
    state, none = rows.state, np.zeros(len(number), bool)
    bad = state.stack.bad
    given = state.frame["treatment"].notna().to_numpy() if "treatment" in rows else none
    session = given | bad.get("treatment", none) | bad.get("session_no", none)
    aside = state.present & state.aside[state.stack.line] & (number < 0) & session
    codes = distinct(rows.every_patient[aside])
    lost = [key for _, _, key in misfit_patients(state.stack, frozenset(rows.keys)) if key is not None]
    return np.concatenate([codes, np.flatnonzero(np.isin(rows.keys, lost))]) if lost else codes


def _strayed(rows: Rows, number: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(gaps,) bool: a row of nobody in the same file fits between the records before and after the gap."""
    state = rows.state
    stray = np.flatnonzero(state.present & (number >= 0) & (rows.every_patient < 0))
    found = np.zeros(len(first), bool)
    if not len(stray):
        return found
    dated = "session_date" in rows
    day = moment_days(state.frame["session_date"]) if dated else np.zeros(len(number), np.int64)
    file = np.array([id(piece.raw) for piece in state.stack.pieces])[state.stack.piece]
    unknown = stray[day[stray] == NO_DAY]
    stray = stray[np.argsort(day[stray], kind="stable")]
    low = np.searchsorted(day[stray], day[first]) if dated else np.zeros(len(first), np.int64)
    high = np.searchsorted(day[stray], day[second], "right") if dated else np.full(len(first), len(stray))
    for i in np.flatnonzero((high > low) | (len(unknown) > 0)):
        a, b = first[i], second[i]
        near = np.concatenate([stray[low[i] : high[i]], unknown])
        between = (number[near] > number[a]) & (number[near] < number[b]) & (file[near] == file[b])
        found[i] = bool(between.any())
    return found
