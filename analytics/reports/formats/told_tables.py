"""Every table of a story, those behind figures too, with where it stands: for the formats that set tables apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.domain.block import Figure, Number, Table
from analytics.domain.run import Run
from analytics.reports.story import Heading, Story, plain

PART = 3  # level of the headings under a section
SHORT = 70  # characters of a sentence that a line of contents can take
JOIN = "\n"  # between the ids of a number that rests on several rows
PAGE_ONE = "page-one-"  # how the names of the figures on page one begin


@dataclass(frozen=True)
class ToldTable:
    """``section`` and ``part``: the headings above it, empty where there are none; ``figure``: it holds its numbers."""

    table: Table
    section: str
    part: str
    figure: Figure | None = None

    @property
    def name(self) -> str:
        """A short name: what it shows, and of what where that has a heading of its own."""
        return f"{self.what}, {self.part}" if self.part else self.what

    @property
    def title(self) -> str:
        """The name with what the caption of a figure begins with: two of a kind differ there."""
        first = plain(self.figure.caption).partition(". ")[0] if self.figure else ""
        return f"{self.name}: {first[:1].lower()}{first[1:]}" if 0 < len(first) <= SHORT else self.name

    @property
    def what(self) -> str:
        """What it shows: the table's caption, or the kind of figure."""
        if self.figure is None:
            return plain(self.table.caption) or "Table"
        first, is_first, kind = self.figure.name.partition(PAGE_ONE)
        words = f"Page one, {kind}" if is_first and not first else self.figure.name.partition("-")[0]
        return (words[:1].upper() + words[1:]).replace("_", " ") or "Figure"


def told_tables(told: Story) -> Iterator[ToldTable]:
    """The tables in the order of the report."""
    section = part = ""
    for element in (*told.page_one, *told.evidence):
        if isinstance(element, Heading) and element.level <= PART:
            part = plain(element.runs) if element.level == PART else ""
            section = section if element.level == PART else plain(element.runs)
        elif isinstance(element, Table):
            yield ToldTable(element, section, part)
        elif isinstance(element, Figure) and element.data is not None:
            yield ToldTable(element.data, section, part, element)


def unit_of(table: Table, run: Run) -> str:
    """The unit of the one outcome that the table's numbers are about; empty where there are several, or none."""
    cells = (cell for row in table.rows for cell in row)
    refs = {piece.ref for cell in cells for piece in cell if isinstance(piece, Number) and piece.kind == "R"}
    outcomes = {_outcome(ref) for several in refs for ref in several.split(JOIN)}
    found = run.vocabulary.outcomes.get(outcomes.pop() or "") if len(outcomes) == 1 else None
    return found.unit if found is not None else ""


def _outcome(ref: str) -> str | None:
    """The outcome among the keys of a results row: its id is table | keys | statistic."""
    keys = ref.partition("|")[2].rpartition("|")[0]
    return json.loads(keys).get("outcome") if keys else None
