"""One record of a layout over all lines of a file: its columns typed, with the faults and repairs of their cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analytics.domain.dataset import RawColumn
from analytics.domain.errors import PlanRefused
from analytics.domain.layout import Cell
from analytics.intake.sift_faults import Block
from analytics.intake.sift_stack import Piece
from analytics.intake.sift_texts import coded, constant
from analytics.intake.sift_typing import read_texts, type_column
from analytics.intake.sift_values import Typed
from schemas.rules import NAMED
from schemas.vocabulary import Vocabulary

Column: TypeAlias = "np.ndarray | pd.Categorical"
IN_LONG = ("outcome", "value")


@dataclass
class Part:
    """A piece being filled. ``filled``: column -> values by line (categories for texts). ``bad``: unreadable."""

    piece: Piece
    filled: dict[str, Column] = field(default_factory=dict)
    bad: dict[str, np.ndarray] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    repairs: dict[tuple[str, str], list[np.ndarray]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        return len(self.piece.raw.rows)

    def fill(self, column: str, typed: Typed, codes: np.ndarray) -> None:
        """All lines of a column from the codes of its texts."""
        self.filled[column] = taken(typed.values, codes)
        if column == "session_date":
            timed = typed.timed if typed.timed is not None else np.zeros(len(typed.values), bool)
            self.filled["has_time"] = timed[codes]
        if typed.faults or any(map(len, typed.repairs.values())):
            self.note(column, typed, codes, np.arange(len(codes)))

    def note(self, column: str, typed: Typed, codes: np.ndarray, at: np.ndarray) -> None:
        """Faults and repairs of the cells with these codes; ``at``: their lines within the piece."""
        if typed.faults:
            hit = _among(typed, list(typed.faults))[codes]
            self.bad.setdefault(column, np.zeros(self.lines, bool))[at[hit]] = True
            self._faults(column, typed, codes[hit], self.piece.start + at[hit])
        for kind, positions in typed.repairs.items():
            if len(positions):
                done = self.piece.start + at[_among(typed, positions)[codes]]
                self.repairs.setdefault((kind, column), []).append(done)

    def _faults(self, column: str, typed: Typed, codes: np.ndarray, records: np.ndarray) -> None:
        """One block per rule; the sentences are looked up once per distinct text."""
        rules = sorted({fault.rule for fault in typed.faults.values()})
        table = np.full((3, len(typed.values)), "", dtype=object)
        for i, fault in typed.faults.items():
            table[:, i] = (fault.rule, *fault.said)
        rule, must, fix = table[:, codes]
        for name in rules:
            of = rule == name
            self.blocks.append(Block(records[of], column, name, "error", must[of], fix[of]))

    def missing(self, column: str, lines: np.ndarray, must: str) -> None:
        """Cells that had to be filled, lines within the piece."""
        self.bad.setdefault(column, np.zeros(self.lines, bool))[lines] = True
        rule = NAMED["missing"]
        self.blocks.append(Block(self.piece.start + lines, column, rule.id, rule.severity, must, rule.fix))


def part_of(piece: Piece, vocabulary: Vocabulary, known: dict[Any, Typed]) -> Part:
    """Fill every column of ``piece``. ``known``: columns of the same file that were typed for another record."""
    part = Part(piece)
    layout = piece.raw.layout
    for cell in piece.record.cells:
        if layout.long and cell.column in IN_LONG:
            continue
        if cell.row_number:
            part.filled[cell.column] = coded(piece.raw.rows.astype("U").astype(object), np.arange(part.lines))
        elif cell.header is None:
            part.fill(cell.column, constant_typed(cell, vocabulary), np.zeros(part.lines, np.int32))
        else:
            raw = piece.raw.columns[cell.header]
            key = (cell.column, cell.header, id(cell.entry))
            if key not in known:
                known[key] = type_column(raw, cell, layout, vocabulary)
            part.fill(cell.column, known[key], raw.codes)
    for name, value in piece.record.qualifiers.items():
        text = isinstance(value, str)
        part.filled[name] = constant(value, part.lines) if text else np.full(part.lines, float(value))
    return part


def constant_typed(cell: Cell, vocabulary: Vocabulary) -> Typed:
    """The constant of a mapping as a value. Raises PlanRefused where it cannot be one."""
    typed = read_texts(np.array([cell.constant], dtype=object), None, cell.column, None, vocabulary)
    if typed.faults:
        must, _ = typed.faults[0].said
        raise PlanRefused(
            f"The mapping's constant {cell.column}: {cell.constant!r} {must}.", fix="correct it under constants"
        )
    return typed


def texts_of(piece: Piece, name: str) -> RawColumn:
    """The raw texts of a cell, also where it is a constant."""
    cell: Cell = piece.cells[name]
    if cell.header is not None:
        return piece.raw.columns[cell.header]
    return RawColumn(name, np.array([cell.constant], dtype=object), np.zeros(len(piece.raw.rows), np.int32))


def taken(values: np.ndarray, codes: np.ndarray) -> Column:
    """Values by line from values by text (code -1: the last, the empty cell)."""
    return values[codes] if values.dtype != object else coded(values, codes)


def _among(typed: Typed, positions: Any) -> np.ndarray:
    """(k+1,) bool: the texts at these positions."""
    which = np.zeros(len(typed.values), bool)
    which[positions] = True
    return which


def with_cell(piece: Piece, column: str, cell: Cell) -> Piece:
    """The piece with one more column, filled from ``cell``."""
    cells: Mapping[str, Cell] = {**piece.cells, column: cell}
    return Piece(piece.raw, piece.record, piece.number, piece.start, piece.first_line, cells)
