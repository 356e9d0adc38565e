"""The workbook of faulty rows, drawn from plain values: faulty cells coloured, with the reason as a note.

Where there are many rows it is drawn in a process of its own (analytics.apart), so this imports nothing large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.domain.formula_text import like_formula
from analytics.reports.workbook import (
    DOUBT,
    FAULT,
    HEAD,
    LONGEST,
    RULE,
    sheet_name,
    shown,
    style,
    workbook_bytes,
)  # fmt: skip

MOST_SURPLUS = 20  # cells behind the last column that are shown one by one
ROW, TODO = "row in the file", "what to do"
WIDEST, NARROWEST = 40, 9
TODO_WIDTH = 60
Fault = tuple[str, str, str, str]  # column, must, fix, severity


@dataclass(frozen=True)
class Line:
    """A row of a file: its number, its cells as they were received, what is wrong with it."""

    row: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Sheet:
    """Rows of one table of one file. ``omitted``: how many more have a fault."""

    title: str
    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    omitted: int


def book_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook of the sheets; a sentence where there are none."""

    def fill(book: Any) -> None:
        pen, used = _Pen(book), set[str]()
        for sheet in sheets:
            _draw(book.add_worksheet(sheet_name(sheet.title, used)), pen, sheet)
        if not sheets:
            _nothing(book.add_worksheet("nothing to mend"), pen)

    return workbook_bytes(fill)


class _Pen:
    """The looks of cells, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[str, bool, bool], Any] = {}
        self.told: dict[str, tuple[str, bool]] = {}

    def text(self, cell: str) -> tuple[str, bool]:
        """What is written of a cell, and whether it looks like a formula; most texts come again and again."""
        if cell not in self.told:
            self.told[cell] = shown(cell), like_formula(cell)
        return self.told[cell]

    def look(self, colour: str = "", *, formula: bool = False, bold: bool = False) -> Any:
        """``formula``: a mark that keeps the cell a text also after somebody has edited it."""
        key = (colour, formula, bold)
        if key not in self.made:
            how = style(text_wrap=True, bottom=1, border_color=RULE, num_format="@", bold=bold, quote_prefix=formula)
            self.made[key] = self.book.add_format({**how, **({"bg_color": colour} if colour else {})})
        return self.made[key]


def _draw(page: Any, pen: _Pen, sheet: Sheet) -> None:
    longest = max((len(line.cells) for line in sheet.lines), default=0)
    surplus = min(max(longest - len(sheet.headers), 0), MOST_SURPLUS)
    names = [ROW, *sheet.headers, *["(surplus)"] * surplus, TODO]
    for at, name in enumerate(names):
        page.write_string(0, at, shown(name), pen.look(HEAD, formula=like_formula(name), bold=True))
    place = {header: at for at, header in enumerate(sheet.headers, start=1)}
    for number, line in enumerate(sheet.lines, start=1):
        _write(page, pen, number, line, place, len(names))
    if sheet.omitted:
        page.write_string(len(sheet.lines) + 1, 0, _omitted(sheet.omitted), pen.look(DOUBT))
    _shape(page, names, sheet.lines)


def _write(page: Any, pen: _Pen, number: int, line: Line, place: dict[str, int], width: int) -> None:
    """One line: the row's number, its cells, what to do. A fault of no column stands at the row's number."""
    mine: dict[int, list[Fault]] = {}
    for fault in line.faults:
        mine.setdefault(place.get(fault[0], 0), []).append(fault)
    page.write_number(number, 0, line.row, pen.look(_colour(mine.get(0, ()))))
    for at, cell in enumerate(_fitted(line.cells, width - 2), start=1):
        if cell or at in mine:
            told, formula = pen.text(cell)
            page.write_string(number, at, told, pen.look(_colour(mine.get(at, ())), formula=formula))
    for at, here in mine.items():
        _note(page, number, at, here)
    page.write_string(number, width - 1, _todo(line.faults), pen.look())


def _shape(page: Any, names: Sequence[str], lines: Sequence[Line]) -> None:
    """Columns as wide as what stands in them, header and row number always in sight."""
    last = len(names) - 1
    rows = [_fitted(line.cells, last - 1) for line in lines[:200]]
    page.set_column(0, 0, 9)
    for at, name in enumerate(names[1:last]):
        longest = max((len(text) for row in rows for text in row[at].split("\n")), default=0)
        words = max((len(word) for word in name.split()), default=0)
        page.set_column(at + 1, at + 1, min(max(longest, words, NARROWEST - 2) + 2, WIDEST))
    page.set_column(last, last, TODO_WIDTH)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(lines), 1), last)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{len(lines) + 2}"})


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    """Exactly ``width`` cells: blanks behind a short row, the surplus of a long one together in the last."""
    if len(cells) > width:
        return [*cells[: width - 1], " | ".join(cells[width - 1 :])[: LONGEST * 2]]
    return [*cells, *[""] * (width - len(cells))]


def _colour(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    return FAULT if any(fault[3] == "error" for fault in faults) else DOUBT


def _note(page: Any, line: int, at: int, faults: Sequence[Fault]) -> None:
    told = "\n".join(dict.fromkeys(shown(must, 400) for _, must, _, _ in faults))
    size = {"x_scale": 2, "y_scale": 0.5 + 0.35 * min(1 + len(told) // 45, 8), "author": ""}
    page.write_comment(line, at, told, size)


def _todo(faults: Sequence[Fault]) -> str:
    """Every fault of the row in a line: column, what is asked, what to do."""
    lines = []
    for column, must, fix, severity in faults[:8]:
        check = "" if severity == "error" else "check: "
        lines.append(f"{check}{column + ': ' if column else ''}{must}. {fix}")
    return shown("\n".join(dict.fromkeys(lines)))


def _omitted(count: int) -> str:
    return f"and {count:,} more rows: see quarantine.csv"


def _nothing(page: Any, pen: _Pen) -> None:
    page.set_column(0, 0, TODO_WIDTH)
    page.write_string(0, 0, "No row was set aside, and none has to be looked at.", pen.look())
