"""A clinic's tables in its own words: canonical rows become rows of its sheets, each remembering where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.sources.simulate.dialect import PEEL_SHORT, Dialect, Field, Layout
from analytics.sources.simulate.parameters import PARAMETER_COLUMNS
from analytics.sources.simulate.text import number_text

GAP_SHARE = 0.1  # of missing readings that carry a text instead of an empty cell


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table as the clinic keeps it. ``columns``: ours -> position; ``patients``: patient id of each row.

    Cells are None, text, numbers or Timestamps; how they are printed is decided by the container.
    """

    table: str
    layout: Layout
    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    columns: Mapping[str, int]
    patients: tuple[str, ...]
    header_row: int


def clinic_sheets(dialect: Dialect, tables: Mapping[str, pd.DataFrame], rng: np.random.Generator) -> dict[str, Sheet]:
    """All sheets of one clinic from its canonical rows (frames of this clinic only)."""
    found = {}
    for table, layout in dialect.layouts.items():
        frame = tables[table]
        if table == "sessions" and "patients" not in dialect.layouts:
            frame = frame.merge(tables["patients"].drop(columns="clinic_id"), on="patient_id", how="left")
        found[table] = _sheet(table, layout, frame, dialect, rng)
    return found


def _sheet(table: str, layout: Layout, frame: pd.DataFrame, dialect: Dialect, rng: np.random.Generator) -> Sheet:
    records = frame.to_dict("records")
    used = {name: f for name, f in layout.fields.items() if name in frame and frame[name].notna().any()}
    cells = {name: _column(field, name, records, rng) for name, field in used.items()}
    header = [field.header for field in used.values()]
    lines = [list(line) for line in zip(*cells.values())]
    patients = frame["patient_id"].tolist()
    columns = {name: k for k, name in enumerate(used)}
    if table == "sessions" and dialect.shape == "long":
        lines, patients = _long(lines, records, dialect)
        header += [dialect.outcome_field.header if dialect.outcome_field else "", dialect.value_header]
        columns |= {"outcome": len(header) - 2, "value": len(header) - 1}
    for name, texts in layout.leftovers.items():
        header.append(name)
        for line, pick in zip(lines, rng.integers(0, len(texts), len(lines))):
            line.append(texts[pick] or None)
    return Sheet(
        table=table,
        layout=layout,
        header=tuple(header),
        rows=tuple(tuple(line) for line in lines),
        columns=columns,
        patients=tuple(patients),
        header_row=3 if layout.title else 1,
    )


def _column(field: Field, name: str, records: list[dict[str, Any]], rng: np.random.Generator) -> list[Any]:
    """The cells of one column. Draws are made whether or not they are needed: columns do not disturb each other."""
    picks = rng.random((len(records), 2))
    return [_cell(field, record[name], record, pick) for record, pick in zip(records, picks)]


def _cell(field: Field, value: Any, record: Mapping[str, Any], pick: np.ndarray) -> Any:
    if is_empty(value):
        return field.gaps[int(pick[0] * len(field.gaps))] if field.gaps and pick[1] < GAP_SHARE else None
    if field.texts:
        texts = field.texts[value if isinstance(value, str) else number_text(value)]
        return _filled(texts[int(pick[0] * len(texts))], record)
    return value if isinstance(value, (str, pd.Timestamp)) else theirs(field, float(value))


def theirs(field: Field, value: float) -> float:
    """A number on the clinic's scale. Factors are whole numbers, so nothing is lost on the way there and back."""
    value = field.mirror[0] + field.mirror[1] - value if field.mirror else value
    return round(value * field.times / field.divided, 6)


def is_empty(value: Any) -> bool:
    """Whether a canonical cell holds nothing."""
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)


def _filled(text: str, record: Mapping[str, Any]) -> str:
    """A treatment text with the settings of its row written into it, as in GA35/3min/x1."""
    if "{" not in text:
        return text
    settings = {
        k: "" if is_empty(v) or isinstance(v, str) else number_text(v)
        for k, v in record.items()
        if k in PARAMETER_COLUMNS
    }
    return text.format(agent=PEEL_SHORT.get(str(record["peel_agent"]), "Acid peel"), **settings).strip()


def _long(lines: list[list[Any]], records: list[dict[str, Any]], dialect: Dialect) -> tuple[list[list[Any]], list[str]]:
    """One line per reading: the row's other cells repeated, then the outcome's name and its value."""
    found, patients = [], []
    for line, record in zip(lines, records):
        for name, field in dialect.outcomes.items():
            if not is_empty(record[name]):
                found.append([*line, field.header, theirs(field, float(record[name]))])
                patients.append(record["patient_id"])
    return found, patients
