"""The stack: the lines of all files of one table as typed records, each knowing the cells it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.dataset import RawColumn, RawTable
from analytics.domain.errors import PlanRefused
from analytics.domain.layout import Cell, Record
from analytics.domain.mapping_checks import column_type
from analytics.intake.sift_faults import LONGEST, Block, FaultLog
from analytics.intake.sift_typing import DATE, NUMBER, Typed, read_texts, type_column
from schemas.vocabulary import Vocabulary


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

    ``piece`` (records,): index into ``pieces``. ``lines``: number of lines that have records. ``faults``: cells that could
    not be read. ``bad``: column -> (records,) bool, where the cell was unreadable. ``listed``: column -> bool, where the
    cell is one of several of its line. ``empty``: column -> bool, blank cells.
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

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(str(name) for name in self.frame.columns if not str(name).startswith("_") and name != "has_time")

    def located(self, block: Block) -> pd.DataFrame:
        """A block of faults as rows of the quarantine (with ``_place``, the column's place in the file)."""
        parts = []
        which = self.piece[block.records]
        for number in np.unique(which):
            piece = self.pieces[int(number)]
            at = which == number
            lines = block.records[at] - piece.start
            header, place, values = _shown(piece, block.column, lines)
            part = block.only(at)
            parts.append(
                pd.DataFrame(
                    {
                        "table": self.table, "file": piece.raw.file, "row": piece.raw.rows[lines], "column": header,
                        "rule": block.rule, "severity": block.severity, "value": values, "must": part.must,
                        "fix": part.fix, "_place": place,
                    }
                )
            )  # fmt: skip
        return pd.concat(parts, ignore_index=True)


def _shown(piece: Piece, column: str, lines: np.ndarray) -> tuple[str, int, np.ndarray]:
    """(header, place, texts) of the cell that filled ``column``."""
    cell = piece.cells.get(column)
    if cell is None or cell.header is None:
        told = cell.constant if cell is not None and cell.constant is not None else piece.record.qualifiers.get(column, "")
        return column, -1, np.full(len(lines), str(told), dtype=object)
    raw = piece.raw.columns[cell.header]
    texts = np.append(np.array([text[:LONGEST] for text in raw.texts], dtype=object), "")
    return cell.header, list(piece.raw.columns).index(cell.header), texts[raw.codes[lines]]


def stack(raws: Sequence[RawTable], vocabulary: Vocabulary) -> Stack:
    """Type every cell of ``raws`` and stand the records under each other."""
    maker = _Maker(vocabulary, raws)
    for raw in raws:
        maker.add(raw)
    return maker.done()


@dataclass
class _Maker:
    vocabulary: Vocabulary
    raws: Sequence[RawTable]
    pieces: list[Piece] = field(default_factory=list)
    filled: list[dict[str, np.ndarray]] = field(default_factory=list)
    bad: list[dict[str, np.ndarray]] = field(default_factory=list)
    log: FaultLog = field(default_factory=FaultLog)
    repairs: dict[tuple[str, str], list[np.ndarray]] = field(default_factory=dict)
    size: int = 0
    lines: int = 0

    def add(self, raw: RawTable) -> None:
        typed: dict[Any, Typed] = {}
        for number, record in enumerate(raw.layout.records):
            cells = {cell.column: cell for cell in record.cells}
            piece = Piece(raw, record, number, self.size, self.lines, cells)
            self.pieces.append(piece)
            self.filled.append({})
            self.bad.append({})
            for cell in record.cells:
                if raw.layout.long and cell.column in ("outcome", "value"):
                    continue
                self._cell(piece, cell, typed)
            for name, value in record.qualifiers.items():
                self.filled[-1][name] = _constant(value, len(raw.rows))
            if raw.layout.long:
                self._long(piece)
            self.size += len(raw.rows)
        self.lines += len(raw.rows)

    def _cell(self, piece: Piece, cell: Cell, typed: dict[Any, Typed]) -> None:
        count = len(piece.raw.rows)
        if cell.row_number:
            self.filled[-1][cell.column] = np.array([str(row) for row in piece.raw.rows], dtype=object)
        elif cell.header is None:
            self._fill(piece, cell.column, self._constant_typed(cell), np.zeros(count, np.int32))
        else:
            raw = piece.raw.columns[cell.header]
            key = (cell.column, cell.header, id(cell.entry))
            if key not in typed:
                typed[key] = type_column(raw, cell, piece.raw.layout, self.vocabulary)
            self._fill(piece, cell.column, typed[key], raw.codes)

    def _constant_typed(self, cell: Cell) -> Typed:
        typed = read_texts(np.array([cell.constant], dtype=object), None, cell.column, None, self.vocabulary)
        if typed.faults:
            must, _ = typed.faults[0].said
            raise PlanRefused(f"The mapping's constant {cell.column}: {cell.constant!r} {must}.", fix="correct it under constants")
        return typed

    def _fill(self, piece: Piece, column: str, typed: Typed, codes: np.ndarray, target: str | None = None) -> None:
        self.filled[-1][column] = typed.values[codes]
        if column == "session_date":
            self.filled[-1]["has_time"] = (typed.timed if typed.timed is not None else np.zeros(1, bool))[codes]
        self._note(piece, column, typed, codes, np.arange(len(codes)))

    def _note(self, piece: Piece, column: str, typed: Typed, codes: np.ndarray, at: np.ndarray) -> None:
        """Faults and repairs of the cells with these codes; ``at``: their lines within the piece."""
        if typed.faults:
            which = np.zeros(len(typed.values), bool)
            which[list(typed.faults)] = True
            hit = which[codes]
            bad = self.bad[-1].setdefault(column, np.zeros(len(piece.raw.rows), bool))
            bad[at[hit]] = True
            self._faults(column, typed, codes[hit], piece.start + at[hit])
        for kind, positions in typed.repairs.items():
            if len(positions):
                which = np.zeros(len(typed.values), bool)
                which[positions] = True
                self.repairs.setdefault((kind, column), []).append(piece.start + at[which[codes]])

    def _faults(self, column: str, typed: Typed, codes: np.ndarray, records: np.ndarray) -> None:
        said = {i: fault.said for i, fault in typed.faults.items()}
        for rule in sorted({fault.rule for fault in typed.faults.values()}):
            of = np.array([typed.faults[int(code)].rule == rule for code in codes], bool)
            must = np.array([said[int(code)][0] for code in codes[of]], dtype=object)
            fix = np.array([said[int(code)][1] for code in codes[of]], dtype=object)
            self.log.add(Block(records[of], column, rule, "error", must, fix))

    def _long(self, piece: Piece) -> None:
        """``outcome`` and ``value`` of a long file: each line fills the column of its outcome."""
        raw, layout = piece.raw, piece.raw.layout
        count = len(raw.rows)
        which = self._texts(piece, "outcome")
        typed = read_texts(which.texts, which.kinds, "outcome", piece.cells["outcome"].entry, self.vocabulary, missing=layout.missing)
        self._note(piece, "outcome", typed, which.codes, np.arange(count))
        names = typed.values[which.codes]
        readings = self._texts(piece, "value")
        named = np.array([name is not None for name in names], bool)
        unread = self.bad[-1].get("outcome", np.zeros(count, bool))
        lost = ~named & ~unread & (readings.codes >= 0)
        if lost.any():
            self.bad[-1].setdefault("outcome", np.zeros(count, bool))[lost] = True
            self.log.add(Block(piece.start + np.flatnonzero(lost), "outcome", "missing", "error", "must name the outcome of the value", "Fill the cell in."))
        for name in sorted({str(name) for name in names[named]}):
            at = np.flatnonzero(names == name)
            read = read_texts(
                readings.texts, readings.kinds, name, layout.readings.get(name), self.vocabulary, decimal=layout.decimal,
                missing=(*layout.missing, *_missing_of(piece.cells["value"])),
            )  # fmt: skip
            column = np.full(count, np.nan)
            column[at] = read.values[readings.codes[at]]
            self.filled[-1][name] = column
            self._note(piece, name, read, readings.codes[at], at)
            self.pieces[-1] = Piece(raw, piece.record, piece.number, piece.start, piece.first_line, {**self.pieces[-1].cells, name: piece.cells["value"]})

    def _texts(self, piece: Piece, name: str) -> RawColumn:
        cell = piece.cells[name]
        if cell.header is not None:
            return piece.raw.columns[cell.header]
        return RawColumn(name, np.array([cell.constant], dtype=object), np.zeros(len(piece.raw.rows), np.int32))

    def done(self) -> Stack:
        names = list(dict.fromkeys(name for part in self.filled for name in part))
        order = [n for n in (*self.vocabulary.known(self.raws[0].table), "has_time") if n in names]
        names = order + [n for n in names if n not in order]
        frame = pd.DataFrame({name: self._column(name) for name in names}, index=pd.RangeIndex(self.size))
        sizes = [len(piece.raw.rows) for piece in self.pieces]
        line = [np.arange(piece.first_line, piece.first_line + n) for piece, n in zip(self.pieces, sizes)]
        return Stack(
            self.raws[0].table, frame, np.concatenate(line) if line else np.zeros(0, np.int64),
            np.repeat(np.arange(len(self.pieces)), sizes), tuple(self.pieces), self.lines, self.log,
            {n: self._mask(n, self.bad) for n in {k for part in self.bad for k in part}}, self._listed(),
            {key: np.concatenate(found) for key, found in self.repairs.items()},
        )  # fmt: skip

    def _column(self, name: str) -> Any:
        """One column over all pieces; what a piece does not have is blank."""
        kind = "has_time" if name == "has_time" else column_type(self.vocabulary, name)
        blank: Any = False if kind == "has_time" else np.nan if kind in NUMBER else np.datetime64("NaT", "s") if kind in DATE else None
        parts = [
            part[name] if name in part else np.full(len(piece.raw.rows), blank, dtype=None if blank is not None else object)
            for part, piece in zip(self.filled, self.pieces)
        ]
        whole = np.concatenate(parts)
        if kind in NUMBER:
            return whole.astype(np.float64)
        if kind in DATE:
            return whole.astype("datetime64[ns]")
        if kind == "boolean":
            return pd.array([None if v is None else v == "true" for v in whole], dtype="boolean")
        return whole if kind == "has_time" else pd.array(whole, dtype="str")

    def _mask(self, name: str, marks: list[dict[str, np.ndarray]]) -> np.ndarray:
        return np.concatenate([m.get(name, np.zeros(len(p.raw.rows), bool)) for m, p in zip(marks, self.pieces)])

    def _listed(self) -> dict[str, np.ndarray]:
        names = {cell.column for piece in self.pieces for cell in piece.cells.values() if cell.listed}
        return {
            name: np.concatenate(
                [np.full(len(p.raw.rows), name in p.cells and p.cells[name].listed) for p in self.pieces]
            )
            for name in names
        }


def _missing_of(cell: Cell) -> tuple[str, ...]:
    return cell.entry.missing if cell.entry is not None else ()


def _constant(value: Any, count: int) -> np.ndarray:
    return np.full(count, value, dtype=np.float64 if isinstance(value, float) else object)
