"""The results as CSV files, and each table of a report as the CSV it can be saved as."""

from __future__ import annotations

import pandas as pd

from analytics.domain.block import Number, Runs, Table
from analytics.domain.cohort import FLOW_COLUMNS
from analytics.domain.csv_text import frame_csv, guarded, written
from analytics.domain.dataset import QUARANTINE_COLUMNS
from analytics.domain.finding import ARM_MEAN_COLUMNS, DESCRIPTION_COLUMNS, FINDING_COLUMNS
from analytics.domain.hidden import worded
from analytics.domain.run import MOCK, Run
from analytics.reports.story import plain

ELIGIBILITY_COLUMNS = ("file", "row", "patient_id", "treatment", "condition", "level", "policy")
TABLES = {
    "findings": FINDING_COLUMNS,
    "arm_means": ARM_MEAN_COLUMNS,
    "descriptions": DESCRIPTION_COLUMNS,
    "flow": FLOW_COLUMNS,
}
LISTINGS = {"quarantine": QUARANTINE_COLUMNS, "eligibility": ELIGIBILITY_COLUMNS}
MINUS, NO_BREAK = "\u2212", "\u00a0"


def csv_files(run: Run) -> dict[str, bytes]:
    """``NAME.csv`` -> content for the tables and lists of a run; what it does not have is a line of headers.

    A copy for outside the house has no lists of rows, and words where a count is hidden.
    """
    told = {name: worded(name, frame, run.plan.minimum_cell) for name, frame in run.tables.items() if name in TABLES}
    found = [(told, TABLES)] if "rounded_to" in run.facts else [(told, TABLES), (run.listings, LISTINGS)]
    return {
        f"{name}.csv": _frame(frames.get(name, pd.DataFrame()), columns, mock=bool(run.facts.get("mock")))
        for frames, files in found
        for name, columns in files.items()
    }


def _frame(frame: pd.DataFrame, columns: tuple[str, ...], *, mock: bool) -> bytes:
    """A frame as CSV; in a mock every line begins with the word."""
    return frame_csv(frame.assign(mock=MOCK), ("mock", *columns)) if mock else frame_csv(frame, columns)


def table_csv(table: Table, *, mock: bool = False) -> bytes:
    """A table of a report as it reads, with ASCII minus signs so that a spreadsheet takes its numbers for numbers.

    In a ``mock`` every line begins with the word, as in the other CSV files.
    """
    first = ("mock", *[MOCK] * len(table.rows)) if mock else ()
    lines = [[_read(cell) for cell in row] for row in (table.columns, *table.rows)]
    return written([[word, *line] for word, line in zip(first, lines)] if mock else lines)


def _read(runs: Runs) -> str:
    text = plain(runs).replace(MINUS, "-").replace(NO_BREAK, " ").strip()
    return text if _is_number(runs) else guarded(text)


def _is_number(runs: Runs) -> bool:
    """Whether a cell starts with a number of ours and holds nobody else's words."""
    return bool(runs) and isinstance(runs[0], Number) and not any(isinstance(r, Number) and r.kind == "L" for r in runs)
