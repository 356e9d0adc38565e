"""Tables measured for a page: column widths, type size, upright or across, in parts where even that is too narrow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.domain.block import Runs, Table
from analytics.reports.formats.pdf_glyphs import BREAK, face
from analytics.reports.formats.pdf_text import pieces, said

UPRIGHT, ACROSS, HALF = 523.0, 769.0, 250.0  # points between the margins of A4, the long way, and of half a page
SIZES = (7.8, 7.4, 7.0, 6.6)  # points; the last is the floor
COLUMNS = ((6, 0), (8, 1), (99, 2))  # up to so many columns, the size to begin with
GAP = 0.9  # em to the right of every cell
SHORT = 22  # characters of a figure with its interval that stands in one line
MOST_BESIDE = 24  # rows of a table that may stand beside another one
MOST_LINES = 12  # of a row before its columns are made as narrow as their words
UNFILLED = 0.6  # of the longest word
ROUNDING = 0.0005  # em; the sum of rounded widths stays within the page
TALL_CELL = 900  # characters from which on a row may be broken over pages


@dataclass(frozen=True)
class Measure:
    """A column's width in em: with nothing broken, and with every line broken."""

    whole: float
    least: float

    def narrowed(self, lines: float) -> float:
        """The width at which about ``lines`` lines are enough: a line ends, on average, some part of a word short."""
        return min(self.whole, max(self.least, self.whole / lines + UNFILLED * self.least * (1 - 1 / lines)))


@dataclass(frozen=True)
class Fit:
    """How a table is set: column widths in em, size in points, across the long side of the page or not."""

    widths: tuple[float, ...]
    size: float
    across: bool


def tables(table: Table) -> Iterator[dict[str, Any]]:
    """The table as values for the template, in several parts where its columns do not fit beside one another."""
    head = [pieces(cell) for cell in table.columns]
    body = [[_cell(cell, table, at) for at, cell in enumerate(row)] for row in table.rows]
    measures = [_measured(head[at], [row[at] for row in body if at < len(row)], at, table) for at in range(len(head))]
    for columns in _parts(measures, table.header_columns):
        chosen = [measures[at] for at in columns]
        half = _half(chosen) if len(table.rows) <= MOST_BESIDE else None
        fit = half or fitted(chosen)
        yield {
            "k": "table", "cap": pieces(table.caption), "note": pieces(table.note), "fit": list(fit.widths),
            "size": fit.size, "across": fit.across, "narrow": half is not None,
            "head": [head[at] for at in columns],
            "rows": [row[at] if at < len(row) else "" for row in body for at in columns],
            "align": "".join(_side(table, at) for at in columns),
            "tall": any(len(said(cell)) > TALL_CELL for row in body for cell in row),
        }  # fmt: skip


def _half(columns: Sequence[Measure]) -> Fit | None:
    """The table in half the width of the page with no line broken, if it can be so."""
    widths = [column.whole for column in columns]
    size = next((size for size in SIZES[:-1] if sum(widths) * size <= HALF), None)
    return Fit(_filled(columns, widths, HALF / size), size, False) if size else None


def fitted(columns: Sequence[Measure]) -> Fit:
    """As few lines to a row as there is room for, then the largest size; across the page only if words do not fit."""
    first = next(start for most, start in COLUMNS if len(columns) <= most or most == COLUMNS[-1][0])
    for across, room in ((False, UPRIGHT), (True, ACROSS)):
        for lines in (*range(1, MOST_LINES + 1), math.inf):
            for size in SIZES[first:]:
                widths = [column.narrowed(lines) for column in columns]
                if sum(widths) * size <= room:
                    return Fit(_filled(columns, widths, room / size), size, across)
    return Fit(_squeezed(columns, ACROSS / SIZES[-1]), SIZES[-1], True)


def _filled(columns: Sequence[Measure], widths: Sequence[float], room: float) -> tuple[float, ...]:
    """The room that is left goes to the columns with broken lines, first to the one that lacks least."""
    made, left = list(widths), room - sum(widths)
    for at in sorted(range(len(made)), key=lambda at: (columns[at].whole - made[at], at)):
        more = min(left, columns[at].whole - made[at])
        made[at] += more
        left -= more
    return tuple(round(width - ROUNDING, 3) for width in made)


def _squeezed(columns: Sequence[Measure], room: float) -> tuple[float, ...]:
    total = sum(column.least for column in columns)
    return tuple(round(column.least * room / total, 3) for column in columns)


def _parts(measures: Sequence[Measure], header_columns: int) -> Iterator[list[int]]:
    """The columns of each part, the leading ones in every part."""
    lead = list(range(min(header_columns, len(measures) - 1)))
    room = ACROSS / SIZES[-1]
    part = list(lead)
    for at in range(len(lead), len(measures)):
        if len(part) > len(lead) and sum(measures[i].least for i in [*part, at]) > room:
            yield part
            part = list(lead)
        part.append(at)
    yield part


def _measured(head: Any, cells: Sequence[Any], at: int, table: Table) -> Measure:
    """Of a column; a long text need not stand in one line to be read well."""
    bold, plain = face(bold=True), face()
    whole = max([bold.width(said(head)), *(plain.width(said(cell)) for cell in cells)])
    least = max([bold.width(w) for w in _words(said(head))] + [plain.width(w) for c in cells for w in _words(said(c))])
    return Measure(whole + GAP + 0.1, least + GAP + 0.1)


def _words(text: str) -> list[str]:
    return [word for part in text.replace(BREAK, " ").split(" ") for word in part.split("-")] or [""]


def _cell(cell: Runs, table: Table, at: int) -> Any:
    """A cell's pieces; a short figure with its interval is kept in one line."""
    made = pieces(cell)
    if _side(table, at) == "r" and isinstance(made, str) and len(made) <= SHORT:
        return made.replace(" ", "\u00a0")
    return made


def _side(table: Table, at: int) -> str:
    return "r" if at < len(table.align) and table.align[at] == "r" else "l"
