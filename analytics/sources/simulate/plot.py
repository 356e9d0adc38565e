"""A sheet of a clinic while something is planted in it, and the marks that say where each thing stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from analytics.sources.simulate.containers import printed
from analytics.sources.simulate.dialect import Dialect
from analytics.sources.simulate.export import Sheet
from schemas.rules import NAMED

Line = list[Any]
TONES = ("melanin_index", "erythema_index")


@dataclass(eq=False)
class Plot:
    """``lines`` and their ``patients``; ``extra``: original row -> rows written under it. A mark without a row is about
    the whole column.
    """

    sheet: Sheet
    dialect: Dialect
    lines: list[Line]
    patients: list[str]
    marks: list[tuple[int | None, int, dict[str, Any]]] = field(default_factory=list)  # row, offset below it, facts
    extra: dict[int, list[Line]] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: Sheet, dialect: Dialect) -> Plot:
        return cls(sheet, dialect, [list(row) for row in sheet.rows], list(sheet.patients))

    @property
    def long(self) -> bool:
        """One line per reading (sessions of a long dialect)."""
        return "value" in self.sheet.columns

    def mark(
        self, row: int | None, place: int | None, *, fault: str, column: str, rule: str, value: Any, offset: int = 0
    ) -> None:
        facts = {
            "fault": fault,
            "table": self.sheet.table,
            "column": "" if place is None else self.sheet.header[place],
            "canonical_column": column,
            "rule": rule,
            "severity": NAMED[rule].severity,
            "value": printed(value, self.dialect),
            "patient_id": "" if row is None else self.patients[row],
        }
        self.marks.append((row, offset, facts))

    def row_shown(self, row: int | None, offset: int) -> int | None:
        """Row number as a spreadsheet shows it (the top line is 1), after the rows that were put in above it."""
        if row is None:
            return None
        above = sum(len(lines) for at, lines in self.extra.items() if at < row)
        return self.sheet.header_row + 1 + row + above + offset

    def finished(self) -> Sheet:
        rows, patients = [], []
        for k, line in enumerate(self.lines):
            written = [line, *self.extra.get(k, [])]
            rows += [tuple(one) for one in written]
            patients += [self.patients[k]] * len(written)
        return replace(self.sheet, rows=tuple(rows), patients=tuple(patients))

    @cached_property
    def rows_of(self) -> dict[str, list[int]]:
        """Rows of each patient as the sheet came."""
        found: dict[str, list[int]] = {}
        for row, patient in enumerate(self.sheet.patients):
            found.setdefault(patient, []).append(row)
        return found

    def cells(self, name: str) -> Iterator[tuple[int, int]]:
        """(row, place) of every number of an outcome, wherever the sheet keeps it."""
        if self.long:
            wanted = self.dialect.outcomes[name].header if name in self.dialect.outcomes else None
            place, at = self.sheet.columns["value"], self.sheet.columns["outcome"]
            rows = [row for row, line in enumerate(self.lines) if wanted is not None and line[at] == wanted]
        elif name in self.sheet.columns:
            place = self.sheet.columns[name]
            rows = [row for row, line in enumerate(self.lines) if isinstance(line[place], (int, float))]
        else:
            return
        yield from ((row, place) for row in rows)

    @cached_property
    def toned(self) -> frozenset[int]:
        """Rows with a reading of tone as the sheet came."""
        return frozenset(row for name in TONES for row, _ in self.cells(name))

    def shuffled(self, used: set[str], rng: np.random.Generator) -> list[str]:
        """Patients in whom nothing is planted yet, in random order."""
        free = [patient for patient in self.rows_of if patient not in used]
        return [free[int(k)] for k in rng.permutation(len(free))]
