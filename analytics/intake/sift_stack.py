"""The stack: lines of all files of one table as typed records, each knowing the cells it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.domain.dataset import RawTable
from analytics.domain.layout import Cell, Record
from analytics.domain.mapping import Reading
from analytics.intake.sift_faults import LONGEST, Block, FaultLog
from analytics.intake.sift_texts import each_or_all
from analytics.intake.sift_told import Measure, in_file_words


@dataclass(frozen=True, eq=False)
class Piece:
    """The records that one record of a layout gives for all lines of one file: ``start`` .. ``start + lines``."""

    raw: RawTable
    record: Record
    number: int
    start: int
    first_line: int
    cells: Mapping[str, Cell]

    @property
    def stop(self) -> int:
        return self.start + len(self.raw.rows)


@dataclass(frozen=True, eq=False)
class Stack:
    """``frame``: one row per record, typed. ``line`` (records,): the line each belongs to (all files counted through).

    ``piece`` (records,): index into ``pieces``. ``lines``: number of lines that have records. ``faults``: cells that
    could not be read. ``bad``: column -> (records,) bool, where the cell was unreadable. ``listed``: column ->
    (records,) bool, where the cell is one of several of its line. ``repairs``: (kind, column) -> records.
    ``measures``: unit and limits of the columns of numbers.
    """

    table: str
    frame: pd.DataFrame
    line: np.ndarray
    piece: np.ndarray
    pieces: tuple[Piece, ...]
    lines: int
    faults: FaultLog
    bad: Mapping[str, np.ndarray]
    listed: Mapping[str, np.ndarray]
    repairs: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(str(name) for name in self.frame.columns if not str(name).startswith("_") and name != "has_time")

    def located(self, block: Block) -> list[pd.DataFrame]:
        """A block of faults as rows of the quarantine, by piece (with ``_place``, the column's place in the file)."""
        which = self.piece[block.records]
        return [self._located(self.pieces[int(n)], block.only(which == n)) for n in np.unique(which)]

    def _located(self, piece: Piece, block: Block) -> pd.DataFrame:
        """The faults of one piece."""
        lines = block.records - piece.start
        header, place, values = _shown(piece, block.column, lines)
        if block.column in self.measures:
            ours = self.frame[block.column].to_numpy()[block.records]
            block = in_file_words(block, _reading(piece, block.column), self.measures[block.column], ours, values)
        said: dict[str, str | np.ndarray] = {
            "table": self.table, "file": piece.raw.file, "column": header, "rule": block.rule,
            "severity": block.severity, "must": block.must, "fix": block.fix, "value": values,
        }  # fmt: skip
        found = {name: each_or_all(text, len(lines)) for name, text in said.items()}
        return pd.DataFrame({**found, "row": piece.raw.rows[lines], "_place": place}, copy=False)


def _shown(piece: Piece, column: str, lines: np.ndarray) -> tuple[str, int, np.ndarray]:
    """(header, place, texts) of the cell that filled ``column``."""
    cell = piece.cells.get(column)
    if cell is None or cell.header is None:
        told = (
            cell.constant if cell is not None and cell.constant is not None else piece.record.qualifiers.get(column, "")
        )
        return column, -1, np.full(len(lines), str(told), dtype=object)
    raw = piece.raw.columns[cell.header]
    codes, places = np.unique(raw.codes[lines], return_inverse=True)
    texts = np.empty(len(codes), dtype=object)
    texts[:] = ["" if code < 0 else raw.texts[code][:LONGEST] for code in codes.tolist()]
    return cell.header, list(piece.raw.columns).index(cell.header), texts[places]


def _reading(piece: Piece, column: str) -> Reading | None:
    """How the mapping reads the column, where it says so."""
    cell = piece.cells.get(column)
    return piece.raw.layout.readings.get(column) if piece.raw.layout.long else cell.entry if cell else None
