"""Which rows go back to the clinic: those with a fault as they were received, each fault with its reason.

One sheet for each table of a file. Rows that were set aside come first; rows that were used but should be looked at
have a sheet of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analytics.domain.dataset import Dataset, RawTable
from analytics.intake.received import as_received, tables
from analytics.reports.fault_kinds import text
from analytics.reports.faulty_book import ROW, TODO, Fault, Line, Sheet, book_bytes

MOST_ROWS = 5_000
MOST_CELLS = 300_000  # of all sheets; a file of thousands of columns gives fewer rows


def faulty_rows(dataset: Dataset, quarantine: pd.DataFrame) -> bytes:
    """The workbook; a sentence instead of rows where nothing was wrong."""
    return book_bytes(faulty_sheets(dataset, quarantine))


def faulty_sheets(dataset: Dataset, quarantine: pd.DataFrame) -> tuple[Sheet, ...]:
    """What the workbook shows, as plain values: the first MOST_ROWS rows with a fault."""
    return tuple(_sheets(dataset, quarantine))


def _sheets(dataset: Dataset, quarantine: pd.DataFrame) -> Iterator[Sheet]:
    left_rows, left_cells = MOST_ROWS, MOST_CELLS
    for severity, more in (("error", ""), ("warning", " to check")):
        for raw in tables(dataset):
            found = _faults(quarantine, raw, severity)
            width = len(raw.columns) + 2
            rows = sorted(found)[: max(0, min(left_rows, left_cells // width))]
            if not found or (severity == "warning" and not rows):
                continue
            left_rows, left_cells = left_rows - len(rows), left_cells - len(rows) * width
            received = as_received(raw, rows)
            lines = tuple(Line(row, received.get(row, ()), tuple(found[row])) for row in rows)
            title = _title(raw, dataset)[: 31 - len(more)] + more
            yield Sheet(title, tuple(raw.columns), lines, omitted=len(found) - len(rows))


def _title(raw: RawTable, dataset: Dataset) -> str:
    """The file's name, with the table's where one file has several or the file is not named after it."""
    of_file = sum(other.file == raw.file for other in tables(dataset))
    stem = raw.file.rsplit(".", 1)[0].replace("/", " ")
    return f"{stem} {raw.table}" if of_file > 1 else stem


def _faults(quarantine: pd.DataFrame, raw: RawTable, severity: str) -> Mapping[int, list[Fault]]:
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


__all__ = ["MOST_CELLS", "MOST_ROWS", "ROW", "TODO", "faulty_rows", "faulty_sheets"]
