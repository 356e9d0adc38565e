"""Values as pandas tables: what ``to_frame`` gives, with the clinic's own ids and the note that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analytics.domain.patients import marked

if TYPE_CHECKING:
    from analytics.domain.cohort import Cohort
    from analytics.domain.dataset import RawTable, Sifted


def as_found(tables: tuple[RawTable, ...]) -> pd.DataFrame:
    """The lines of one table of several files: ``_file``, ``_row``, and a column of texts per header."""
    frames = [pd.DataFrame({"_file": raw.file, "_row": raw.rows, **_cells(raw)}) for raw in tables]
    return marked(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"_file": [], "_row": []}))


def _cells(raw: RawTable) -> dict[str, list[str]]:
    return {header: [column.text(line) for line in range(len(raw.rows))] for header, column in raw.columns.items()}


def accepted(sifted: Sifted) -> pd.DataFrame:
    """The accepted sessions."""
    return marked(sifted.sessions.copy())


def analysed(cohort: Cohort) -> pd.DataFrame:
    """The analysis table with ``patient_id`` and the clinic beside the key: a row per unit, visit and outcome."""
    wanted = [name for name in ("unit", "patient_id", "clinic_id") if name in cohort.members]
    known = cohort.members[wanted].drop_duplicates("unit")
    return marked(cohort.table.merge(known, on="unit", how="left", validate="many_to_one"))
