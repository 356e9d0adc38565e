"""Warnings about time: treatments too close together, a date far from all others of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from analytics.intake.sift_faults import Block
from analytics.intake.warn_rows import NO_DAY, Rows, distinct, first_of
from schemas.named_rules import ISOLATED_DAYS, SHORT_DAYS

DATES = ("session_date", "consultation_date", "onset_date", "resolved_date", "intercurrent_date")


def short_interval(rows: Rows, style: str) -> Iterable[Block]:
    """The first row of every day on which a patient was treated less than SHORT_DAYS after the treatment before it.

    Only where rows are dated: in files that go by visit the treatment is the arm, said on every row.
    """
    if style != "dated" or "treatment" not in rows or not len(rows):
        return
    day = rows.day("session_date")
    treated = np.flatnonzero(rows.filled("treatment") & (day != NO_DAY))
    every = rows.patient_day[treated]
    days = distinct(every)
    apart = np.diff(days)
    late = np.flatnonzero(apart < SHORT_DAYS) + 1
    if len(late):
        musts = [_apart(n) for n in apart[late - 1].tolist()]
        yield rows.block("short_interval", "session_date", treated[first_of(every, days[late])], musts)


def _apart(days: int) -> str:
    found = "1 day was" if days == 1 else f"{days} days were"
    return f"must be at least {SHORT_DAYS} days after the treatment before it; {found} found"


def isolated_date(tables: Mapping[str, Rows]) -> dict[str, list[Block]]:
    """Table -> the dates of a file that lie more than ISOLATED_DAYS from any other date of that file.

    Nothing is said of a file in which that holds for half of the dates or more: it has no body to be far from.
    """
    found: dict[str, list[Block]] = {}
    dated = [(table, rows, name) for table, rows in tables.items() for name in DATES if name in rows and len(rows)]
    days = {(table, name): rows.day(name) for table, rows, name in dated}
    files = {table: _files(rows) for table, rows in tables.items()}
    for file in dict.fromkeys(name for of in files.values() for name in of):
        parts = [(t, r, n, np.flatnonzero(files[t].get(file, _none(r)) & (days[t, n] != NO_DAY))) for t, r, n in dated]
        every = np.concatenate([days[t, n][at] for t, _, n, at in parts]) if parts else np.zeros(0, np.int64)
        lone = _alone(every)
        if not len(lone) or 2 * len(lone) >= len(every):
            continue
        for table, rows, name, at in parts:
            far = at[np.isin(days[table, name][at], lone)]
            if len(far):
                found.setdefault(table, []).append(rows.block("isolated_date", name, far))
    return found


def _files(rows: Rows) -> dict[str, np.ndarray]:
    """File -> (n,) bool: the rows that stand in it."""
    pieces = rows.state.stack.pieces
    which = rows.state.stack.piece[rows.at]
    names = dict.fromkeys(piece.raw.file for piece in pieces)
    if len(names) == 1:
        return {name: np.ones(len(rows), bool) for name in names}
    return {name: np.array([p.raw.file == name for p in pieces], bool)[which] for name in names}


def _none(rows: Rows) -> np.ndarray:
    return np.zeros(len(rows), bool)


def _alone(days: np.ndarray) -> np.ndarray:
    """The days that occur once and have no other within ISOLATED_DAYS; none where there is only one date."""
    if len(days) < 2:
        return np.zeros(0, np.int64)
    first = int(days.min())
    counts = np.bincount(days - first)
    there = np.flatnonzero(counts)
    gaps = np.diff(there) > ISOLATED_DAYS
    far = np.r_[True, gaps] & np.r_[gaps, True] & (counts[there] == 1)
    return there[far] + first
