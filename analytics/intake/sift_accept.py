"""Accepted records as the frame everybody reads, with averages and derived outcomes; and what is known of the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.intake.sift_keys import reading_groups
from analytics.intake.sift_numbers import DIGITS
from analytics.intake.sift_presence import presence
from analytics.intake.sift_stack import Stack
from analytics.intake.sift_stages import Standing, averaging
from analytics.intake.sift_texts import as_strings, coded, same_texts
from analytics.intake.sift_width import misfit_rows, misfits_of
from schemas.vocabulary import Vocabulary


def accepted_frame(state: Standing, words: Vocabulary, style: str) -> pd.DataFrame:
    """The accepted records of one table, sorted by file, row and record."""
    frame = state.frame.assign(**{name: state.values(name) for name in state.cut})
    frame = _averaged(state, frame, words)
    if state.stack.table == "sessions":
        frame = _derived(state.stack, frame, state.records, words)
    keep = state.records
    if state.cut:
        told = state.stack
        outcomes = tuple(name for name in words.outcomes if name in frame)
        keep = keep & presence(replace(told, bad={}), frame, outcomes, style)
    return _framed(state, frame, keep)


def rejected_frame(state: Standing, style: str) -> pd.DataFrame:
    """What could be read of the lines set aside; the same columns plus ``readable_patient`` and ``possible_treatment``.

    The latter is False where the line says that nothing was done (an empty treatment cell): only readings were taken.
    """
    keep = state.present & state.aside[state.stack.line]
    frame = _framed(state, state.frame, keep)
    at, none = _order(state, keep), np.zeros(len(keep), bool)
    unread, lost = (state.stack.bad.get(name, none)[at] for name in ("patient_id", "treatment"))
    frame["readable_patient"] = frame["patient"].notna().to_numpy() & ~unread
    frame["possible_treatment"] = frame["treatment"].notna().to_numpy() | lost
    if not misfits_of(state.stack):
        return frame
    known = frozenset(state.frame["patient"].dropna().unique())
    more = misfit_rows(state.stack, known, frame.dtypes.to_dict())
    return pd.concat([frame, more[frame.columns]], ignore_index=True) if len(more) else frame


def _order(state: Standing, keep: np.ndarray) -> np.ndarray:
    """Positions of the kept records by file, line and record."""
    at = np.flatnonzero(keep)
    line = state.stack.line[at]
    if (line[1:] > line[:-1]).all():
        return at
    numbers = np.array([piece.number for piece in state.stack.pieces], np.int64)[state.stack.piece[at]]
    return at[np.lexsort((numbers, line))]


def _framed(state: Standing, frame: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    stack = state.stack
    at = _order(state, keep)
    line = stack.line[at]
    rows = np.concatenate([p.raw.rows for p in stack.pieces]) if stack.pieces else np.zeros(0, np.int64)
    files = coded(np.array([p.raw.file for p in stack.pieces], dtype=object), stack.piece[at])
    starts = np.flatnonzero(np.r_[True, line[1:] != line[:-1]]) if len(line) else np.zeros(0, np.int64)
    within = np.arange(len(line)) - np.repeat(starts, np.diff(np.r_[starts, len(line)]))
    front = {"_file": as_strings(pd.Series(files)).array, "_row": rows[at].astype(np.int64), "_record": within}
    names = ["patient", *(n for n in frame.columns if n != "patient" and n != "has_time")]
    if "has_time" in frame:
        names.insert(names.index("session_date") + 1, "has_time")
    body = {name: as_strings(frame[name].iloc[at]).array for name in names if name != "patient"}
    same = "patient_id" in frame and same_texts(frame["patient"], frame["patient_id"])
    who = body["patient_id"] if same else as_strings(frame["patient"].iloc[at]).array
    return pd.DataFrame({**front, "patient": who, **body}, copy=False)


def _averaged(state: Standing, frame: pd.DataFrame, words: Vocabulary) -> pd.DataFrame:
    """``replicates: mean``: one reading per patient, moment, place and outcome, the mean, on its first record."""
    groups = reading_groups(state.stack, frame) if averaging(state, words) else np.zeros(0, np.int64)
    changed = {}
    for name, at in averaged_readings(state, words, groups).items():
        values = frame[name].to_numpy(dtype=np.float64).copy()
        mean = pd.Series(values[at]).groupby(groups[at], sort=False).transform("mean").to_numpy()
        first = ~pd.Series(groups[at]).duplicated().to_numpy()
        values[at] = np.where(first, np.round(mean, DIGITS), np.nan)
        changed[name] = values
    return frame.assign(**changed)


def averaged_readings(state: Standing, words: Vocabulary, groups: np.ndarray) -> dict[str, np.ndarray]:
    """outcome -> records whose readings go into a mean with another's."""
    found = {}
    for name, means in averaging(state, words).items():
        read = state.values(name).notna().to_numpy()
        at = np.flatnonzero(state.records & means & read)
        several = pd.Series(groups[at]).duplicated(keep=False).to_numpy()
        if several.any():
            found[name] = at[several]
    return found


def _derived(stack: Stack, frame: pd.DataFrame, standing: np.ndarray, words: Vocabulary) -> pd.DataFrame:
    """Outcomes that are the sum of others, where all parts were read for the same patient, moment and place."""
    for name, outcome in words.outcomes.items():
        parts = outcome.derived_from
        if not parts or any(part not in frame for part in parts):
            continue
        given = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
        total = frame[list(parts)].sum(axis=1, skipna=False)
        filled = given.where(given.notna(), total.where(standing))
        across = _over_rows(stack, frame, parts, filled, standing)
        filled = filled.where(filled.notna(), across)
        if filled.notna().any():
            frame = frame.assign(**{name: filled.to_numpy(dtype=np.float64)})
    return frame


def _over_rows(
    stack: Stack, frame: pd.DataFrame, parts: tuple[str, ...], given: pd.Series, standing: np.ndarray
) -> pd.Series:
    """The sum where the parts stand in different rows (long files): on the row of the first part."""
    groups = reading_groups(stack, frame)
    total = np.zeros(len(frame))
    for part in parts:
        total = total + frame[part].where(standing).groupby(groups).transform("mean").to_numpy()
    total[given.where(standing).notna().groupby(groups).transform("any").to_numpy()] = np.nan
    here = frame[parts[0]].notna().to_numpy() & standing
    here &= ~(pd.Series(groups).where(here).duplicated() & here).to_numpy()
    return pd.Series(np.where(here, total, np.nan), index=frame.index)
