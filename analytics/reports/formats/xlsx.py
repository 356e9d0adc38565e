"""The report as a workbook: cover, the words in order, and a sheet per table with one statistic per cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analytics.domain.printable import printable
from analytics.domain.run import MOCK, Run
from analytics.reports.formats.told_tables import ToldTable, told_tables
from analytics.reports.formats.xlsx_cover import write_cover, write_words
from analytics.reports.formats.xlsx_sheet import Looks, write_table
from analytics.reports.story import Story, story
from analytics.reports.workbook import BEGAN, sheet_name, workbook_bytes

if TYPE_CHECKING:
    from analytics.reports.notebook_file import NotebookNode

COVER, WORDS = "Cover", "Words"
LONGEST_TAB = 31  # characters of a sheet's name in Excel
LONGEST_PART = 19


def render(notebook: NotebookNode, run: Run, *, told: Story | None = None) -> bytes:
    """The report as XLSX bytes; equal notebooks and runs give equal bytes.

    A number is written as it is told, with a format that shows just these digits. Text is never a formula or a link.
    """
    told = told or story(notebook)
    tables = tuple(told_tables(told))

    def fill(book: Any) -> None:
        book.set_properties(_properties(told, run))
        book.set_size(2400, 1400)
        names = _names(tables, first=f"{MOCK} " if run.facts.get("mock") else "")
        sheets = [book.add_worksheet(name) for name in names]
        looks = Looks(book)
        write_cover(sheets[0], looks, told, run, list(zip(names[2:], tables)))
        write_words(sheets[1], looks, told, {id(t.table): (name, t) for name, t in zip(names[2:], tables)})
        for sheet, table in zip(sheets[2:], tables):
            write_table(sheet, looks, table, run)

    return workbook_bytes(fill)


def _names(tables: Sequence[ToldTable], *, first: str) -> list[str]:
    """Names of all sheets; ``first`` stands before each."""
    used: set[str] = set()
    return [sheet_name(first + name, used) for name in (COVER, WORDS, *map(_tab, tables))]


def _tab(told: ToldTable) -> str:
    """The name of a table's sheet: what it shows cut at a word, so that what it is about can still be read."""
    about = _cut(told.part, LONGEST_PART)
    return f"{_cut(told.what, LONGEST_TAB - len(about) - 2)}, {about}" if about else _cut(told.what, LONGEST_TAB)


def _cut(text: str, longest: int) -> str:
    text = " ".join(printable(text).split())
    if len(text) <= longest:
        return text
    whole = text[: longest - 1].rpartition(" ")[0].rstrip(" ,:;") or text[: longest - 1]
    return f"{whole}\u2026"


def _properties(told: Story, run: Run) -> dict[str, Any]:
    """Properties of the file. It is as old as the data's last day: no clock is asked."""
    cutoff = run.facts.get("cutoff")
    made = dt.datetime.combine(dt.date.fromisoformat(cutoff), dt.time()) if cutoff else BEGAN
    return {"title": printable(told.title), "subject": printable(f"Run {run.run_id}"), "created": made}
