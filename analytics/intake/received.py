"""Looking back into the files: which column of ours a header fills, how many cells are empty, a row as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.domain.dataset import TABLES, Dataset, RawTable
from analytics.domain.layout import Layout
from schemas.spelling import fold


@dataclass(frozen=True)
class Emptiness:
    """A used column of a file: ``ours`` what it fills, ``empty`` cells (or texts that say so) of ``lines``."""

    table: str
    file: str
    column: str
    ours: tuple[str, ...]
    empty: int
    lines: int


def tables(dataset: Dataset) -> Iterator[RawTable]:
    """Every table of every file, in the order of the tables."""
    for name in TABLES:
        yield from dataset.tables.get(name, ())


def fills(dataset: Dataset, table: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """(file, header) -> the columns of ours that the header fills."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for raw in dataset.tables.get(table, ()):
        for header, ours in _ours(raw.layout).items():
            found[raw.file, header] = ours
    return found


def _ours(layout: Layout) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for record in layout.records:
        for cell in record.cells:
            if cell.header is not None:
                found.setdefault(cell.header, []).append(cell.column)
    return {header: tuple(dict.fromkeys(columns)) for header, columns in found.items()}


def emptiness(dataset: Dataset) -> tuple[Emptiness, ...]:
    """Every used column of every file with its empty cells, in the order of the files and their columns."""
    found = []
    for raw in tables(dataset):
        ours = _ours(raw.layout)
        missing = _missing(raw.layout)
        for header, column in raw.columns.items():
            if header not in ours:
                continue
            tokens = {*(fold(t) for t in raw.layout.missing), *missing.get(header, ())}
            # A blank text has no code; so only what a mapping takes for nothing is looked for.
            blank = [i for i, text in enumerate(column.texts) if fold(text) in tokens] if tokens else []
            empty = int((column.codes < 0).sum() + (np.isin(column.codes, blank).sum() if blank else 0))
            found.append(Emptiness(raw.table, raw.file, header, ours[header], empty, len(raw.rows)))
    return tuple(found)


def _missing(layout: Layout) -> dict[str, set[str]]:
    """header -> folded texts that its own entry in the mapping takes for nothing."""
    found: dict[str, set[str]] = {}
    for record in layout.records:
        for cell in record.cells:
            if cell.header is not None and cell.entry is not None:
                found.setdefault(cell.header, set()).update(fold(text) for text in cell.entry.missing)
    return found


def as_received(raw: RawTable, rows: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Row number -> its cells as they stand in the file (a row of another width has more or fewer than the header)."""
    wanted = np.unique(np.asarray(rows, np.int64))
    order = np.argsort(raw.rows, kind="stable")
    ranked = raw.rows[order]
    at = np.searchsorted(ranked, wanted)
    inside = at < len(ranked)
    hit = np.zeros(len(wanted), bool)
    hit[inside] = ranked[at[inside]] == wanted[inside]
    found = {
        int(row): tuple(column.text(int(line)) for column in raw.columns.values())
        for row, line in zip(wanted[hit], order[at[hit]])
    }
    asked = set(wanted.tolist())
    return {**found, **{row: cells for row, _, cells in raw.misfits if row in asked}}
