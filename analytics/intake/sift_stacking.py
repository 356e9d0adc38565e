"""Stacking: the typed parts of all files of one table under each other, as one frame of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.dataset import RawTable
from analytics.domain.mapping_checks import column_type
from analytics.intake.sift_faults import FaultLog
from analytics.intake.sift_long import fill_long
from analytics.intake.sift_parts import Part, part_of
from analytics.intake.sift_stack import Piece, Stack
from analytics.intake.sift_texts import no_texts, stacked
from analytics.intake.sift_told import Measure
from analytics.intake.sift_values import DATE, NUMBER, Typed
from schemas.vocabulary import Vocabulary


def stack(raws: Sequence[RawTable], vocabulary: Vocabulary) -> Stack:
    """Type every cell of ``raws`` and stand the records under each other."""
    parts: list[Part] = []
    size = lines = 0
    for raw in raws:
        known: dict[Any, Typed] = {}
        for number, record in enumerate(raw.layout.records):
            cells = {cell.column: cell for cell in record.cells}
            part = part_of(Piece(raw, record, number, size, lines, cells), vocabulary, known)
            if raw.layout.long:
                fill_long(part, vocabulary)
            parts.append(part)
            size += len(raw.rows)
        lines += len(raw.rows)
    return _stacked(raws[0].table, parts, lines, vocabulary)


def _stacked(table: str, parts: Sequence[Part], lines: int, vocabulary: Vocabulary) -> Stack:
    present = {name for part in parts for name in part.filled}
    first = [name for name in (*vocabulary.known(table), "has_time") if name in present]
    names = [*first, *sorted(present - set(first))]
    size = sum(part.lines for part in parts)
    pieces = tuple(part.piece for part in parts)
    line = [np.arange(piece.first_line, piece.first_line + len(piece.raw.rows)) for piece in pieces]
    keys = sorted({key for part in parts for key in part.repairs})
    return Stack(
        table=table,
        frame=pd.DataFrame(
            {name: _column(name, parts, vocabulary) for name in names}, index=pd.RangeIndex(size), copy=False
        ),
        line=np.concatenate(line) if line else np.zeros(0, np.int64),
        piece=np.repeat(np.arange(len(parts)), [part.lines for part in parts]),
        pieces=pieces,
        lines=lines,
        faults=FaultLog([block for part in parts for block in part.blocks]),
        bad={name: _mask(name, parts) for name in sorted({n for part in parts for n in part.bad})},
        listed=_listed(pieces),
        measures={n: Measure.of(vocabulary, n) for n in names if _measured(n, vocabulary)},
        repairs={key: np.concatenate([r for part in parts for r in part.repairs.get(key, [])]) for key in keys},
    )


def _measured(name: str, vocabulary: Vocabulary) -> bool:
    return name != "has_time" and column_type(vocabulary, name) in NUMBER


def _column(name: str, parts: Sequence[Part], vocabulary: Vocabulary) -> Any:
    """One column over all parts; what a part does not have is blank."""
    kind = "flag" if name == "has_time" else column_type(vocabulary, name)
    if kind in NUMBER or kind in DATE or kind == "flag":
        blank: Any = np.nan if kind in NUMBER else np.datetime64("NaT", "s") if kind in DATE else False
        whole = np.concatenate([part.filled.get(name, np.full(part.lines, blank)) for part in parts])
        return whole.astype("datetime64[ns]") if kind in DATE else whole
    texts = stacked([part.filled[name] if name in part.filled else no_texts(part.lines) for part in parts])
    if kind == "boolean":
        true = np.append(np.asarray(texts.categories == "true"), False)[texts.codes]
        return pd.arrays.BooleanArray(true, texts.codes < 0)
    return texts


def _mask(name: str, parts: Sequence[Part]) -> np.ndarray:
    return np.concatenate([part.bad.get(name, np.zeros(part.lines, bool)) for part in parts])


def _listed(pieces: Sequence[Piece]) -> dict[str, np.ndarray]:
    names = sorted({cell.column for piece in pieces for cell in piece.cells.values() if cell.listed})

    def told(piece: Piece, name: str) -> np.ndarray:
        return np.full(len(piece.raw.rows), name in piece.cells and piece.cells[name].listed)

    return {name: np.concatenate([told(piece, name) for piece in pieces]) for name in names}
