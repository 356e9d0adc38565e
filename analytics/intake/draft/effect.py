"""What a mapping makes of a file: for each column of ours the first values before and after, and what fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.domain.dataset import RawColumn, RawTable
from analytics.domain.layout import Cell, Layout
from analytics.intake.sift_typing import read_texts, type_column
from analytics.intake.sift_values import Typed
from schemas.vocabulary import Vocabulary

FIRST = 5


@dataclass(frozen=True)
class Effect:
    """One column of ours from one column of the file (header None: a constant or the row's number).

    ``pairs``: (text in the file, value of ours) of the first distinct values; ``faulty``: (text, lines) that cannot be
    read, most frequent first; ``empty``: lines without a value.
    """

    table: str
    target: str
    header: str | None
    told: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    faulty: tuple[tuple[str, int], ...] = ()
    lines: int = 0
    empty: int = 0


def effects(raw: RawTable, vocabulary: Vocabulary) -> Iterator[Effect]:
    """Every column of ``raw`` that the layout uses, once."""
    done: set[tuple] = set()
    for record in raw.layout.records:
        for cell in record.cells:
            told = ", ".join(f"{k} {_plain(v)}" for k, v in record.qualifiers.items()) if cell.listed else ""
            if (cell.column, cell.header, told) in done:
                continue
            done.add((cell.column, cell.header, told))
            yield from _effects(raw, cell, told, vocabulary)


def _plain(value: Any) -> str:
    """A visit as its number is written: 4, not 4.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _effects(raw: RawTable, cell: Cell, told: str, vocabulary: Vocabulary) -> Iterator[Effect]:
    if cell.header is None:
        what = "the number of the row" if cell.row_number else f"always {cell.constant}"
        yield Effect(raw.table, cell.column, None, what, lines=len(raw.rows))
    elif cell.column == "value" and raw.layout.long:
        yield from _by_outcome(raw, cell, vocabulary)
    else:
        column = raw.columns[cell.header]
        yield _effect(raw.table, cell.column, column, told, type_column(column, cell, raw.layout, vocabulary))


def _effect(table: str, target: str, column: RawColumn, told: str, typed: Typed) -> Effect:
    """The first distinct texts that have a value, the texts that have none."""
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.texts))
    order = [int(c) for c in dict.fromkeys(column.codes[column.codes >= 0].tolist())]
    read = [c for c in order if c not in typed.faults and not typed.empty[c]]
    pairs = tuple((str(column.texts[c]), _said(typed.values[c], typed, c)) for c in read[:FIRST])
    faulty = sorted(((str(column.texts[c]), int(counts[c])) for c in order if c in typed.faults),
                    key=lambda item: (-item[1], item[0]))  # fmt: skip
    empty = int((column.codes < 0).sum() + sum(counts[c] for c in order if typed.empty[c]))
    return Effect(table, target, column.header, told, pairs, tuple(faulty), len(column.codes), empty)


def _said(value: Any, typed: Typed, code: int) -> str:
    if isinstance(value, np.datetime64):
        text = str(value).replace("T", " ")
        return text if typed.timed is not None and typed.timed[code] else text[:10]
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)


def _by_outcome(raw: RawTable, cell: Cell, vocabulary: Vocabulary) -> Iterator[Effect]:
    """The values of a long file, outcome by outcome."""
    named = next((c for record in raw.layout.records for c in record.cells if c.column == "outcome"), None)
    if named is None or named.header is None:
        return
    names = raw.columns[named.header]
    meant = type_column(names, named, raw.layout, vocabulary).values
    values = raw.columns[str(cell.header)]
    for outcome in vocabulary.outcomes:
        codes = [i for i in range(len(names.texts)) if meant[i] == outcome]
        here = np.isin(names.codes, codes) & (names.codes >= 0)
        if not here.any():
            continue
        own = RawColumn(values.header, values.texts, values.codes[here], values.kinds)
        typed = _read(own, outcome, cell, raw.layout, vocabulary)
        yield _effect(raw.table, outcome, own, f"where {names.header} is {names.texts[codes[0]]}", typed)


def _read(column: RawColumn, outcome: str, cell: Cell, layout: Layout, vocabulary: Vocabulary) -> Typed:
    missing = (*layout.missing, *(cell.entry.missing if cell.entry is not None else ()))
    return read_texts(
        column.texts, column.kinds, outcome, layout.readings.get(outcome), vocabulary, decimal=layout.decimal,
        missing=missing,
    )  # fmt: skip


def unused(raw: RawTable) -> tuple[str, ...]:
    """Columns of the file that nothing uses."""
    return tuple(header for header in raw.columns if header not in raw.layout.headers)


def all_effects(tables: Mapping[str, Iterable[RawTable]], vocabulary: Vocabulary) -> list[Effect]:
    """The effects of every table."""
    return [effect for raws in tables.values() for raw in raws for effect in effects(raw, vocabulary)]
