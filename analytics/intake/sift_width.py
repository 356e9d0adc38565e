"""Lines with more or fewer cells than the header: set aside whole, and what can still be told of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.dataset import QUARANTINE_COLUMNS, RawTable
from analytics.intake.sift_faults import LONGEST
from analytics.intake.sift_stack import Stack
from schemas.rules import NAMED


def misfits_of(stack: Stack) -> list[tuple[RawTable, int, str, tuple[str, ...]]]:
    """Every line of another width, with its file."""
    raws = {id(piece.raw): piece.raw for piece in stack.pieces}
    return [(raw, *misfit) for raw in raws.values() for misfit in raw.misfits]


def misfit_frame(stack: Stack) -> pd.DataFrame:
    """The lines as rows of the quarantine; ``value`` is the line as it stands in the file."""
    rule = NAMED["width"]
    rows = [
        (
            stack.table,
            raw.file,
            row,
            "",
            rule.id,
            rule.severity,
            line[:LONGEST],
            rule.sentence + _counted(len(raw.columns), len(cells)),
            rule.fix,
            -1,
        )
        for raw, row, line, cells in misfits_of(stack)
    ]
    return pd.DataFrame(rows, columns=[*QUARANTINE_COLUMNS, "_place"])


def _counted(columns: int, cells: int) -> str:
    """Both numbers; nothing where they are equal, because empty columns without a name are not counted."""
    return f" ({columns}, not {cells})" if columns != cells else ""


def misfit_patients(stack: Stack, known: frozenset[str]) -> list[tuple[RawTable, int, str | None]]:
    """(file, row, patient key) of the lines; the key only where the cell in the patient's place is a patient we know.

    Which cell is which cannot be told for sure in such a line, so nothing but the patient is believed.
    """
    return [(raw, row, _patient(raw, cells, known)) for raw, row, _, cells in misfits_of(stack)]


def _patient(raw: RawTable, cells: tuple[str, ...], known: frozenset[str]) -> str | None:
    found = {cell.column: cell for cell in raw.layout.records[0].cells}
    headers = list(raw.columns)

    def text(column: str) -> str | None:
        cell = found.get(column)
        if cell is None or cell.header is None:
            return cell.constant if cell is not None else None
        place = headers.index(cell.header)
        return cells[place].strip() if place < len(cells) else None

    clinic, patient = text("clinic_id"), text("patient_id")
    for key in (f"{clinic}|{patient}", patient):
        if key in known:
            return key
    return None


def misfit_rows(stack: Stack, known: frozenset[str], columns: dict[str, object]) -> pd.DataFrame:
    """The lines as rows of ``rejected_sessions``: file, row, patient where known; no date, no treatment."""
    rows = misfit_patients(stack, known)
    frame = pd.DataFrame(
        {
            "_file": pd.array([raw.file for raw, _, _ in rows], dtype="str"),
            "_row": np.array([row for _, row, _ in rows], np.int64),
            "_record": np.zeros(len(rows), np.int64),
            "patient": pd.array([key for _, _, key in rows], dtype="str"),
            "readable_patient": np.array([key is not None for _, _, key in rows], bool),
            "possible_treatment": np.ones(len(rows), bool),
        }
    )
    for name, dtype in columns.items():
        if name not in frame:
            blank = False if name == "has_time" else None
            frame[name] = pd.Series([blank] * len(frame), dtype=dtype, index=frame.index)
    if "patient_id" in columns:
        ids = [key.rsplit("|", 1)[-1] if key is not None else None for _, _, key in rows]
        frame["patient_id"] = pd.array(ids, dtype="str")
    return frame
