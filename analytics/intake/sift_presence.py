"""Which records a line has: a moment at which nothing was read is none, but who was treated is kept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.layout import Record
from analytics.intake.sift_stack import Piece, Stack

TIMES = ("visit", "study_day")


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
