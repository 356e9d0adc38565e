"""One table as a sheet: title, heads that stay in view, numbers that show the told digits, and the note below."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from analytics.domain.printable import printable
from analytics.domain.run import Run
from analytics.reports.formats.apart import Cell, Column, Grid, apart
from analytics.reports.formats.cell_numbers import Value
from analytics.reports.formats.told_tables import ToldTable, unit_of
from analytics.reports.story import plain
from analytics.reports.workbook import HEAD, INK, RULE, like_formula, shown, style

SOFT, LINK, BAND = "#5c5a55", "#0a5f85", "#f6f4ee"
NARROWEST, WIDEST, WORD_WIDTH = 8, 46, 62  # characters of a column; of one that holds sentences
LONG_TEXT = 30_000  # characters; a cell holds 32,767
FILTERED = 8  # rows from which on a filter is of use
HEAD_AT = 3  # row of the heads, counted from 0
FROZEN_WIDTH = 50  # characters: wider row heads stay put only if they leave room for the rest
ONE_LINE = 12  # characters of a head that is not broken
LETTERS = 1.08  # of running text in the width of a digit
HIGHEST = 400  # points; Excel allows 409
LINE = 15  # points of a line of text
A4 = 9  # Excel's number for the paper


class Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.of = cache(lambda **how: book.add_format(style(**how)))

    def text(self, text: str, **how: Any) -> Any:
        """The look of a text; one that would be a formula if it were typed stays text when somebody edits it."""
        return self.of(quote_prefix=True, **how) if like_formula(text) else self.of(**how)


def write_text(sheet: Any, row: int, column: int, text: str, looks: Looks, **how: Any) -> None:
    """A text cell: never a formula, a number or a link."""
    told = shown(text, LONG_TEXT)
    _string(sheet, row, column, told, looks.text(told, **how))


def _string(sheet: Any, row: int, column: int, text: str, look: Any) -> None:
    """No text is an empty cell, which counts as such in the spreadsheet."""
    if text:
        sheet.write_string(row, column, text, look)
    else:
        sheet.write_blank(row, column, None, look)


def high(texts: Iterable[tuple[str, float]], *, size: int = 11) -> float:
    """Points that a row needs for texts in columns of these widths: not every program finds out for itself."""
    lines = max((_lines(text, width * 11 / size) for text, width in texts), default=1)
    return min(LINE * size / 11 * lines + (4 if size > 11 else 0), HIGHEST)


def _lines(text: str, width: float) -> int:
    room = max(width * LETTERS - 1, 1)
    return sum(max(1, math.ceil(len(line) / room)) for line in text.splitlines() or [""])


def write_table(sheet: Any, looks: Looks, told: ToldTable, run: Run) -> None:
    """The sheet of one table."""
    grid = apart(told.table)
    write_text(sheet, 0, 0, plain(told.table.caption) or told.what, looks, bold=True, font_size=14)
    sheet.set_row(0, high([("", 1)], size=14))
    _way_back(sheet, looks, told, run)
    widths = [_width(grid, at) for at in range(len(grid.columns))]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    first = _heads(sheet, looks, grid, widths)
    for at, row in enumerate(grid.rows, start=first):
        _row(sheet, looks, at, row, grid)
        sheet.set_row(at, high((cell, width) for cell, width in zip(row, widths) if isinstance(cell, str)))
    _below(sheet, looks, told, first + max(len(grid.rows), 1) + 1, widths)
    _view(sheet, grid, first, widths)
    _print(sheet, run, first)


def _way_back(sheet: Any, looks: Looks, told: ToldTable, run: Run) -> None:
    """The line under the title: back to the contents, where the table stands in the report, and its unit."""
    unit = unit_of(told.table, run)
    what = told.what if told.figure else ""
    place = [text for text in (told.section, told.part, what, f"unit: {unit}" if unit else "") if text]
    text = printable(" \u00b7 ".join(["\u2190 Contents", *place]))
    look = looks.of(font_color=LINK, underline=1)
    sheet.write_url(1, 0, "internal:'Cover'!A1", look, shown(text, 200), "To the contents")


def _heads(sheet: Any, looks: Looks, grid: Grid, widths: Sequence[float]) -> int:
    """The heads, in two rows where a column of the report has become several; the first row below them."""
    split = any(column.over for column in grid.columns)
    if split:
        for start, end, text in _groups(grid.columns):
            how = {
                "bold": True,
                "text_wrap": True,
                "bg_color": HEAD,
                "align": "center",
                "left": 1,
                "border_color": RULE,
            }
            look = looks.text(text, **how) if text else looks.of(bg_color=HEAD)
            _across(sheet, HEAD_AT, start, end, text, look)
        sheet.set_row(HEAD_AT, high((t, sum(widths[a : b + 1])) for a, b, t in _groups(grid.columns)))
    last = HEAD_AT + split
    for at, column in enumerate(grid.columns):
        how = {"bold": True, "text_wrap": True, "bg_color": HEAD, "valign": "bottom", "bottom": 2, "border_color": INK}
        write_text(sheet, last, at, column.head, looks, **how, align="right" if column.numeric else "left")
    sheet.set_row(last, high((column.head, width - 2) for column, width in zip(grid.columns, widths)))
    return last + 1


def _across(sheet: Any, row: int, start: int, end: int, text: str, look: Any) -> None:
    if start != end:
        sheet.merge_range(row, start, row, end, "", look)
    _string(sheet, row, start, text, look)


def _groups(columns: Sequence[Column]) -> Iterator[tuple[int, int, str]]:
    """(first, last, text) of neighbouring columns under one head of the report."""
    start = 0
    for at in range(1, len(columns) + 1):
        if at == len(columns) or columns[at].over != columns[start].over or not columns[at].over:
            yield start, at - 1, shown(columns[start].over)
            start = at


def _row(sheet: Any, looks: Looks, at: int, row: Sequence[Cell], grid: Grid) -> None:
    for column, cell in enumerate(row):
        how: dict[str, Any] = {"bottom": 1, "border_color": RULE}
        if column < grid.headers:
            how["bg_color"] = BAND
        if isinstance(cell, Value):
            sheet.write_number(at, column, cell.number, looks.of(num_format=cell.form, align="right", **how))
        else:
            side = "right" if grid.columns[column].numeric else "left"
            write_text(sheet, at, column, cell, looks, text_wrap=True, num_format="@", align=side, **how)


def _width(grid: Grid, at: int) -> float:
    """Enough for the heads' longest word and most cells; the rest is wrapped."""
    column = grid.columns[at]
    head = max((len(word) for word in column.head.split()), default=0) + 3  # room for the button of the filter
    cells = [_length(row[at]) for row in grid.rows]
    longest = max(cells, default=0)
    sentence = longest > 2 * WIDEST
    whole = len(column.head) + 3 if len(column.head) <= ONE_LINE else min(len(column.head) / 2 + 3, 24)
    return min(max(head, whole, longest + 2, NARROWEST), WORD_WIDTH if sentence else WIDEST)


def _length(cell: Cell) -> int:
    if isinstance(cell, Value):
        return len(cell.form.split(";")[0]) + len(f"{abs(cell.number):.0f}") + 1
    return len(cell)


def _below(sheet: Any, looks: Looks, told: ToldTable, row: int, widths: Sequence[float]) -> None:
    """The table's note and the caption of its figure, over as many columns as make a readable line."""
    texts = [plain(told.table.note), *([plain(told.figure.caption)] if told.figure else [])]
    last = next((at for at in range(len(widths)) if sum(widths[: at + 1]) >= 80), max(len(widths) - 1, 0))
    room = max(sum(widths[: last + 1]), NARROWEST)
    for text in filter(None, texts):
        told_text = shown(text, LONG_TEXT)
        look = looks.text(told_text, text_wrap=True, font_color=SOFT)
        _across(sheet, row, 0, last, told_text, look)
        sheet.set_row(row, high([(told_text, room)]))
        row += 1


def _view(sheet: Any, grid: Grid, first: int, widths: Sequence[float]) -> None:
    """Heads and row names stay in view; long tables can be filtered."""
    narrow = sum(widths[: grid.headers]) <= FROZEN_WIDTH
    sheet.freeze_panes(first, grid.headers if narrow else 0)
    sheet.hide_gridlines(2)
    if len(grid.rows) >= FILTERED:
        sheet.autofilter(first - 1, 0, first + len(grid.rows) - 1, len(grid.columns) - 1)
    if grid.rows:
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{first + len(grid.rows)}"})


def _print(sheet: Any, run: Run, first: int) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_AT, first - 1)
    sheet.set_footer(f"&L&8Run {run.run_id.replace('&', '&&')}&R&8Page &P of &N")
