"""Texts to values: every distinct text of a column is read once, by the kind of column it fills."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain.dataset import RawColumn
from analytics.domain.layout import Cell, Layout
from analytics.domain.mapping import Reading
from analytics.domain.mapping_checks import column_type
from analytics.intake.sift_dates import date_values
from analytics.intake.sift_numbers import number_values
from analytics.intake.sift_texts import plain_texts
from analytics.intake.sift_values import DATE, NUMBER, Fault, Typed
from analytics.intake.sift_words import NO_CONTROL, word_values
from schemas.spelling import fold
from schemas.vocabulary import Vocabulary

#: All but tab and line ends, which may stand round a text.
HARD_CONTROL = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x{9f}\\x{2028}\\x{2029}]"


def type_column(raw: RawColumn, cell: Cell, layout: Layout, vocabulary: Vocabulary) -> Typed:
    """Read the distinct texts of ``raw`` as values of ``cell.column``."""
    return read_texts(
        raw.texts, raw.kinds, cell.column, cell.entry, vocabulary, decimal=layout.decimal, missing=layout.missing
    )


def read_texts(
    texts: np.ndarray,
    kinds: np.ndarray | None,
    column: str,
    reading: Reading | None,
    vocabulary: Vocabulary,
    *,
    decimal: str = ".",
    missing: Iterable[str] = (),
) -> Typed:
    """Read ``texts`` as values of ``column``; ``reading`` tells the mapping's texts, unit, scale and format."""
    tokens = {fold(t) for t in (*missing, *(reading.missing if reading is not None else ()))}
    empty = np.append(_said_empty(texts, tokens), True)
    kind = column_type(vocabulary, column)
    kinds = kinds if kinds is not None else np.full(len(texts), "t", dtype="U1")
    if kind in NUMBER:
        typed = number_values(texts, kinds, empty, column, reading, vocabulary, decimal)
    elif kind in DATE:
        typed = date_values(texts, kinds, empty, reading)
    else:
        typed = word_values(texts, kinds, empty, column, kind, reading, vocabulary)
    return _without_values(_without_control(typed, texts), texts, kinds)


def _without_control(typed: Typed, texts: np.ndarray) -> Typed:
    """A control character anywhere is a fault in every column: nothing of it is taken away as white space."""
    if not len(texts):
        return typed
    hit = pc.match_substring_regex(pa.array(texts, pa.string()), HARD_CONTROL).to_numpy(zero_copy_only=False)
    if not hit.any():
        return typed
    at = np.flatnonzero(hit)
    values, empty = typed.values.copy(), typed.empty.copy()
    values[at] = values[-1]  # the empty cell
    empty[at] = False
    repairs = {kind: places[~hit[places]] for kind, places in typed.repairs.items()}
    faults = {**typed.faults, **{int(i): Fault("type", NO_CONTROL) for i in at}}
    return Typed(values, empty, faults, repairs, typed.timed)


def _said_empty(texts: np.ndarray, tokens: set[str]) -> np.ndarray:
    """(k,) bool: blank, or one of the folded texts that stand for nothing."""
    unsure = np.flatnonzero(~plain_texts(texts)) if not tokens else np.arange(len(texts))
    found = np.zeros(len(texts), bool)
    found[unsure] = [not t.strip() or (bool(tokens) and fold(t) in tokens) for t in texts[unsure]]
    return found


def _without_values(typed: Typed, texts: np.ndarray, kinds: np.ndarray) -> Typed:
    """A formula that was never calculated or an error value is a fault in every column."""
    bad = {
        int(i): Fault("type", "must be a value; the cell holds a formula without a result or an error")
        for i in np.flatnonzero(kinds == "x")
    }
    return Typed(typed.values, typed.empty, {**typed.faults, **bad}, typed.repairs, typed.timed) if bad else typed
