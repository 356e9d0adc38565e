"""Accepted records as the frame everybody reads: what counts as a record, averages, derived outcomes, the guard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.errors import DataRefused
from analytics.domain.layout import Record
from analytics.intake.sift_keys import reading_groups
from analytics.intake.sift_rules import off_step
from analytics.intake.sift_stack import Piece, Stack
from analytics.intake.sift_stages import Standing, averaging
from analytics.intake.sift_width import misfit_rows
from schemas.vocabulary import Vocabulary

FRONT = ("_file", "_row", "_record", "patient")
TIMES = ("visit", "study_day")


# --- which records of a line there are ---


def presence(stack: Stack, frame: pd.DataFrame, outcomes: tuple[str, ...], style: str) -> np.ndarray:
    """(records,) bool. A moment at which nothing was read is no record; a line keeps at least its first moment.

    Sides, sites and arms of a moment that has a reading stay together where they say who was treated: a treatment given
    to both sides began on both, also where only one was read.
    """
    present = np.ones(len(frame), bool)
    by_file: dict[int, list[Piece]] = {}
    for piece in stack.pieces:
        by_file.setdefault(id(piece.raw), []).append(piece)
    for pieces in by_file.values():
        if len(pieces) > 1:
            told = np.column_stack([_told(stack, frame, piece, outcomes) for piece in pieces])
            for piece, keep in zip(pieces, _kept([p.record for p in pieces], told, style).T):
                present[piece.start : piece.stop] = keep
    return present


def _told(stack: Stack, frame: pd.DataFrame, piece: Piece, outcomes: tuple[str, ...]) -> np.ndarray:
    """(lines,) bool: something of this record alone (a reading, its own date) is filled, readable or not."""
    found = np.zeros(len(piece.raw.rows), bool)
    for name, cell in piece.cells.items():
        if cell.listed or name in outcomes:
            part = slice(piece.start, piece.stop)
            found |= frame[name].notna().to_numpy()[part]
            found |= stack.bad[name][part] if name in stack.bad else False
    return found


def _kept(records: list[Record], told: np.ndarray, style: str) -> np.ndarray:
    """(lines, records) bool from ``told`` (the same shape)."""
    times = [tuple((k, v) for k, v in record.qualifiers.items() if k in TIMES) for record in records]
    together = np.array([style != "trial" or "treatment" in record.qualifiers for record in records], bool)
    keep: np.ndarray = np.array(told, dtype=bool)
    for time in dict.fromkeys(times):
        same = np.array([t == time for t in times], bool)
        keep |= told[:, same].any(axis=1, keepdims=True) & (same & together)
    nothing = ~told.any(axis=1)
    first = np.array([time == times[0] for time in times], dtype=bool)
    alone = first & together if bool(np.any(first & together)) else np.arange(len(records)) == 0
    keep[nothing, :] = alone
    return keep


# --- frames ---


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
    known = frozenset(state.frame["patient"].dropna().unique())
    more = misfit_rows(state.stack, known, frame.dtypes.to_dict())
    return pd.concat([frame, more[frame.columns]], ignore_index=True) if len(more) else frame


def _order(state: Standing, keep: np.ndarray) -> np.ndarray:
    """Positions of the kept records by file, line and record."""
    at = np.flatnonzero(keep)
    numbers = np.array([piece.number for piece in state.stack.pieces], np.int64)[state.stack.piece[at]]
    return at[np.lexsort((numbers, state.stack.line[at]))]


def _framed(state: Standing, frame: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    stack = state.stack
    at = _order(state, keep)
    line = stack.line[at]
    rows = np.concatenate([p.raw.rows for p in stack.pieces]) if stack.pieces else np.zeros(0, np.int64)
    files = np.array([p.raw.file for p in stack.pieces], dtype=object)
    starts = np.flatnonzero(np.r_[True, line[1:] != line[:-1]]) if len(line) else np.zeros(0, np.int64)
    within = np.arange(len(line)) - np.repeat(starts, np.diff(np.r_[starts, len(line)]))
    front = pd.DataFrame(
        {"_file": pd.array(files[stack.piece[at]], dtype="str"), "_row": rows[at].astype(np.int64), "_record": within}
    )
    body = frame.iloc[at].reset_index(drop=True)
    names = ["patient", *(n for n in body.columns if n != "patient" and n != "has_time")]
    if "has_time" in body:
        names.insert(names.index("session_date") + 1, "has_time")
    return pd.concat([front, body[names]], axis=1)


def _averaged(state: Standing, frame: pd.DataFrame, words: Vocabulary) -> pd.DataFrame:
    """``replicates: mean``: one reading per patient, moment, place and outcome, the mean, on its first record."""
    may = averaging(state, words)
    if not may:
        return frame
    groups = reading_groups(state.stack, frame)
    changed = {}
    for name, means in may.items():
        values = frame[name].to_numpy(dtype=np.float64).copy()
        at = np.flatnonzero(state.records & means & ~np.isnan(values))
        by = pd.Series(values[at]).groupby(groups[at], sort=False)
        first = ~pd.Series(groups[at]).duplicated().to_numpy()
        several = by.transform("size").to_numpy() > 1
        mean = np.round(by.transform("mean").to_numpy(), 10)
        values[at[several]] = np.where(first[several], mean[several], np.nan)
        changed[name] = values
    return frame.assign(**changed)


def _derived(stack: Stack, frame: pd.DataFrame, standing: np.ndarray, words: Vocabulary) -> pd.DataFrame:
    """Outcomes that are the sum of others, where all parts were read for the same patient, moment and place."""
    for name, outcome in words.outcomes.items():
        parts = outcome.derived_from
        if not parts or any(part not in frame for part in parts):
            continue
        given = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
        total = frame[list(parts)].sum(axis=1, skipna=False)
        total = total.where(given.isna() & standing)
        if total.isna().all():
            total = _over_rows(stack, frame, parts, given, standing)
        filled = given.where(given.notna(), total)
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


# --- counts of repairs, and the guard ---


def repairs_of(states: Iterable[Standing]) -> dict[tuple[str, str], int]:
    """(kind, column) -> cells of accepted rows that were repaired."""
    found: dict[tuple[str, str], int] = {}
    for state in states:
        for (kind, column), records in state.stack.repairs.items():
            kept = records[state.records[records]]
            listed = state.stack.listed.get(column)
            count = len(kept) if listed is not None else _lines_in(state, kept)
            if count:
                found[kind, column] = found.get((kind, column), 0) + count
    return dict(sorted(found.items()))


def _lines_in(state: Standing, records: np.ndarray) -> int:
    found = np.zeros(state.stack.lines, bool)
    found[state.stack.line[records]] = True
    return int(found.sum())


def guarded(frames: Mapping[str, pd.DataFrame], stack: Stack, words: Vocabulary) -> None:
    """The pandera models over what was accepted: they must find nothing, or the sift itself is at fault."""
    from schemas.tables import guard

    free = off_step(stack, words) | {
        name for name in words.outcomes if any(p.raw.layout.replicates == "mean" for p in stack.pieces)
    }
    for name in sorted(free):
        words = words.with_outcome(replace(words.outcomes[name], kind="continuous", step=None))
    for table, frame in frames.items():
        left = guard(frame, table, words) if len(frame) else pd.DataFrame()
        if len(left):
            row = left.iloc[0]
            raise DataRefused(
                f"Accepted rows of {table} break the rule {row['rule']} ({row['sentence']}): the program is at fault.",
                fix="please report it with the file's header and one such row",
            )
