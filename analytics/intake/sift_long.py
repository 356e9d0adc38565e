"""Long files: the lines of each outcome fill the column of that outcome, read by its own unit and scale."""

from __future__ import annotations

import numpy as np

from analytics.intake.sift_parts import Part, texts_of, with_cell
from analytics.intake.sift_typing import read_texts
from schemas.vocabulary import Vocabulary


def fill_long(part: Part, vocabulary: Vocabulary) -> None:
    """``outcome`` and ``value`` of every line as the columns of the outcomes named."""
    piece, layout = part.piece, part.piece.raw.layout
    which, readings = texts_of(piece, "outcome"), texts_of(piece, "value")
    names = _names(part, vocabulary, filled=readings.codes >= 0)
    entry = piece.cells["value"].entry
    missing = (*layout.missing, *(entry.missing if entry is not None else ()))
    for code, name in enumerate(names):
        if name is None or name in names[:code]:
            continue
        same = np.flatnonzero([other == name for other in names])
        at = np.flatnonzero(np.isin(which.codes, same))
        codes = readings.codes[at]
        used = np.unique(codes[codes >= 0])
        place = np.full(len(readings.texts) + 1, -1, np.int64)
        place[used] = np.arange(len(used))
        kinds = readings.kinds[used] if readings.kinds is not None else None
        typed = read_texts(
            readings.texts[used], kinds, name, layout.readings.get(name), vocabulary,
            decimal=layout.decimal, missing=missing,
        )  # fmt: skip
        column = np.full(part.lines, np.nan)
        column[at] = typed.values[place[codes]]
        part.filled[name] = column
        part.note(name, typed, place[codes], at)
        part.piece = with_cell(part.piece, name, piece.cells["value"])


def _names(part: Part, vocabulary: Vocabulary, *, filled: np.ndarray) -> list[str | None]:
    """The outcome each distinct text means; a value without an outcome is a fault."""
    piece = part.piece
    raw = texts_of(piece, "outcome")
    entry = piece.cells["outcome"].entry
    typed = read_texts(raw.texts, raw.kinds, "outcome", entry, vocabulary, missing=piece.raw.layout.missing)
    part.note("outcome", typed, raw.codes, np.arange(part.lines))
    blank = typed.empty[raw.codes] & filled
    if blank.any():
        part.missing("outcome", np.flatnonzero(blank), "must name the outcome of the value")
    return [None if value is None else str(value) for value in typed.values[:-1]]
