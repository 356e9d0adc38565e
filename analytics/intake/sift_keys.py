"""Who a row is about and which rows mean the same thing: patient keys over files and tables, and hashes of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analytics.intake.sift_hash import grouped, mixed, row_hash
from analytics.intake.sift_stack import Piece, Stack
from analytics.intake.sift_texts import coded, constant, joined, no_texts, stacked

#: What tells two readings of one outcome apart, beside the patient.
READING_KEY = (
    "session_date", "has_time", "visit", "study_day", "timing", "hours_since_session", "product", "side", "body_site",
    "rater_id", "device_id",
)  # fmt: skip


def patient_keys(stack: Stack) -> pd.Series:
    """The internal key of every record: ``clinic|patient``, the bare id (no clinic, a chain), ``file:row``; NaN."""
    parts = [_piece_keys(stack, piece) for piece in stack.pieces]
    return pd.Series(stacked(parts) if parts else no_texts(0))


def _piece_keys(stack: Stack, piece: Piece) -> pd.Categorical:
    frame = stack.frame.iloc[piece.start : piece.stop]
    ids = frame["patient_id"].array
    if piece.raw.layout.by_row_number:
        return joined(constant(piece.raw.file, len(ids)), ids, ":")
    if piece.raw.layout.patient_ids == "chain" or "clinic_id" not in frame:
        return ids
    clinic = frame["clinic_id"].array
    whole = stacked([joined(clinic, ids, "|"), ids])
    own = clinic.codes < 0
    return whole[np.arange(len(ids)) + np.where(own, len(ids), 0)]


def shared_ids(stack: Stack, keys: pd.Series) -> tuple[str, ...]:
    """Ids without a clinic that occur in several DATA: taken for one patient each."""
    seen: dict[int, set[str]] = {}
    if len({piece.raw.source for piece in stack.pieces}) < 2:
        return ()
    for piece in stack.pieces:
        if piece.raw.layout.by_row_number or piece.raw.layout.patient_ids == "chain":
            continue
        frame = stack.frame.iloc[piece.start : piece.stop]
        bare = frame["clinic_id"].isna() if "clinic_id" in frame else pd.Series(True, index=frame.index)
        found = keys.iloc[piece.start : piece.stop][bare.to_numpy()].dropna().unique()
        seen.setdefault(piece.raw.source, set()).update(found)
    groups = list(seen.values())
    return tuple(sorted({i for n, group in enumerate(groups) for other in groups[n + 1 :] for i in group & other}))


def resolved(stack: Stack, keys: pd.Series, known: Iterable[str]) -> tuple[pd.Series, np.ndarray]:
    """Keys of another table in terms of the sessions' keys, and where an id belongs to patients of several clinics.

    A row without clinic is the one patient with that id; one with a clinic is the bare id where sessions name none.
    """
    have = set(known)
    by_id: dict[str, list[str]] = {}
    for key in sorted(have):
        by_id.setdefault(key.rsplit("|", 1)[-1], []).append(key)
    ids = stack.frame["patient_id"]
    found, unclear = [], np.zeros(len(keys), bool)
    for i, (key, id_) in enumerate(zip(keys, ids)):
        if pd.isna(id_) or key in have:
            found.append(key)
        elif key != id_:  # it names a clinic
            found.append(id_ if id_ in have else key)
        else:
            fitting = by_id.get(id_, [])
            unclear[i] = len(fitting) > 1
            found.append(fitting[0] if len(fitting) == 1 else key)
    keys = np.array([None if pd.isna(key) else key for key in found], dtype=object)
    return pd.Series(coded(keys, np.arange(len(keys)))), unclear


def reading_groups(stack: Stack, frame: pd.DataFrame) -> np.ndarray:
    """(records,) group number of the patient, moment and place a record's readings belong to.

    Columns per arm are readings of different skin: there the arm is part of the place.
    """
    arms = [str(piece.record.qualifiers.get("treatment", "")) for piece in stack.pieces]
    columns = ["patient", *(name for name in READING_KEY if name in frame)]
    if any(arms):
        frame = frame.assign(_arm=coded(np.array(arms, dtype=object), stack.piece))
        columns.append("_arm")
    return grouped(row_hash(frame, columns))


def line_hash(stack: Stack, frame: pd.DataFrame, columns: Sequence[str], present: np.ndarray) -> np.ndarray:
    """64 bits per line over all its records, each with its place in the layout."""
    place = np.array([piece.number for piece in stack.pieces], np.uint64)[stack.piece]
    spread = mixed(row_hash(frame, columns) ^ place)
    total = np.zeros(stack.lines, np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(total, stack.line[present], spread[present])
    return total
