"""The faulty rows as they were received, to send back to the clinic: faulty cells coloured, with the reason as a note.

One sheet for each table of a file. Rows that were set aside come first; rows that were used but should be looked at
have a sheet of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analytics.domain.dataset import Dataset, RawTable
from analytics.intake.received import as_received, tables
from analytics.reports.fault_kinds import text
from analytics.reports.workbook import (
    DOUBT,
    FAULT,
    HEAD,
    LONGEST,
    RULE,
    like_formula,
    sheet_name,
    shown,
    style,
    workbook_bytes,
)  # fmt: skip

MOST_ROWS = 5_000
MOST_CELLS = 300_000  # of all sheets; a file of thousands of columns gives fewer rows
MOST_SURPLUS = 20  # cells behind the last column that are shown one by one
ROW, TODO = "row in the file", "what to do"
WIDEST, NARROWEST = 40, 9
TODO_WIDTH = 60
Cells = Mapping[int, Sequence["Fault"]]
Fault = tuple[str, str, str, str]  # column, must, fix, severity


def faulty_rows(dataset: Dataset, quarantine: pd.DataFrame) -> bytes:
    """The workbook; a sentence instead of rows where nothing was wrong."""

    def fill(book: Any) -> None:
        pen = _Pen(book)
        used: set[str] = set()
        left = [MOST_ROWS, MOST_CELLS]
        for severity, more in (("error", ""), ("warning", " to check")):
            for raw in tables(dataset):
                found = _faults(quarantine, raw, severity)
                width = len(raw.columns) + 2
                rows = sorted(found)[: max(0, min(left[0], left[1] // width))]
                if not found or (severity == "warning" and not rows):
                    continue
                left[0], left[1] = left[0] - len(rows), left[1] - len(rows) * width
                sheet = book.add_worksheet(sheet_name(_title(raw, dataset)[: 31 - len(more)] + more, used))
                _sheet(sheet, pen, raw, {row: found[row] for row in rows}, omitted=len(found) - len(rows))
        if not used:
            _nothing(book.add_worksheet("nothing to mend"), pen)

    return workbook_bytes(fill)


def _title(raw: RawTable, dataset: Dataset) -> str:
    """The file's name, with the table's where one file has several or the file is not named after it."""
    of_file = sum(other.file == raw.file for other in tables(dataset))
    stem = raw.file.rsplit(".", 1)[0].replace("/", " ")
    return f"{stem} {raw.table}" if of_file > 1 else stem


def _faults(quarantine: pd.DataFrame, raw: RawTable, severity: str) -> dict[int, list[Fault]]:
    """Row -> its faults, for the rows that have one of ``severity`` (a warning: and no error)."""
    here = quarantine[(quarantine["table"] == raw.table) & (quarantine["file"] == raw.file)]
    here = here[here["row"].notna()]
    named = pd.unique(here.loc[here["severity"] == severity, "row"])
    if severity == "warning":
        named = named[~pd.Series(named).isin(here.loc[here["severity"] == "error", "row"]).to_numpy(dtype=bool)]
    chosen = here[here["row"].isin(sorted(named)[:MOST_ROWS])]
    found: dict[int, list[Fault]] = {int(row): [] for row in named}
    columns = (chosen[name] for name in ("row", "column", "must", "fix", "severity"))
    for row, column, must, fix, how in zip(*columns):
        found[int(row)].append((text(column), str(must), text(fix), str(how)))
    return found


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


def _sheet(sheet: Any, pen: _Pen, raw: RawTable, faults: Cells, *, omitted: int) -> None:
    headers = list(raw.columns)
    received = as_received(raw, list(faults))
    surplus = min(max((len(cells) - len(headers) for cells in received.values()), default=0), MOST_SURPLUS)
    names = [ROW, *headers, *["(surplus)"] * max(surplus, 0), TODO]
    for at, name in enumerate(names):
        sheet.write_string(0, at, shown(name), pen.look(HEAD, formula=like_formula(name), bold=True))
    place = {header: at for at, header in enumerate(headers, start=1)}
    for line, (row, found) in enumerate(faults.items(), start=1):
        mine: dict[int, list[Fault]] = {}
        for fault in found:  # one of no column is about the whole row: it stands at the row's number
            mine.setdefault(place.get(fault[0], 0), []).append(fault)
        sheet.write_number(line, 0, row, pen.look(_colour(mine.get(0, ()))))
        for at, cell in enumerate(_fitted(received.get(row, ()), len(names) - 2), start=1):
            if cell or at in mine:
                told, formula = pen.text(cell)
                sheet.write_string(line, at, told, pen.look(_colour(mine.get(at, ())), formula=formula))
        for at, here in mine.items():
            _note(sheet, line, at, here)
        sheet.write_string(line, len(names) - 1, _todo(found), pen.look())
    if omitted:
        sheet.write_string(len(faults) + 1, 0, _omitted(omitted), pen.look(DOUBT))
    _shape(sheet, names, [_fitted(cells, len(names) - 2) for cells in received.values()], len(faults))


def _shape(sheet: Any, names: Sequence[str], rows: Sequence[Sequence[str]], lines: int) -> None:
    """Columns as wide as what stands in them, header and row number always in sight."""
    last = len(names) - 1
    sheet.set_column(0, 0, 9)
    for at, name in enumerate(names[1:last]):
        longest = max((len(line) for row in rows[:200] for line in row[at].split("\n")), default=0)
        words = max((len(word) for word in name.split()), default=0)
        sheet.set_column(at + 1, at + 1, min(max(longest, words, NARROWEST - 2) + 2, WIDEST))
    sheet.set_column(last, last, TODO_WIDTH)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(lines, 1), last)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{lines + 2}"})


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    """Exactly ``width`` cells: blanks behind a short row, the surplus of a long one together in the last."""
    if len(cells) > width:
        return [*cells[: width - 1], " | ".join(cells[width - 1 :])[: LONGEST * 2]]
    return [*cells, *[""] * (width - len(cells))]


def _colour(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    return FAULT if any(fault[3] == "error" for fault in faults) else DOUBT


def _note(sheet: Any, line: int, at: int, faults: Sequence[Fault]) -> None:
    told = "\n".join(dict.fromkeys(shown(must, 400) for _, must, _, _ in faults))
    size = {"x_scale": 2, "y_scale": 0.5 + 0.35 * min(1 + len(told) // 45, 8), "author": ""}
    sheet.write_comment(line, at, told, size)


def _todo(faults: Sequence[Fault]) -> str:
    """Every fault of the row in a line: column, what is asked, what to do."""
    lines = []
    for column, must, fix, severity in faults[:8]:
        check = "" if severity == "error" else "check: "
        lines.append(f"{check}{column + ': ' if column else ''}{must}. {fix}")
    return shown("\n".join(dict.fromkeys(lines)))


def _omitted(count: int) -> str:
    return f"and {count:,} more rows: see quarantine.csv"


def _nothing(sheet: Any, pen: _Pen) -> None:
    sheet.set_column(0, 0, TODO_WIDTH)
    sheet.write_string(0, 0, "No row was set aside, and none has to be looked at.", pen.look())
