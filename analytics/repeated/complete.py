"""The columns that a model needs, as rows without gaps: what is left out is counted, numbers are numbers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.errors import DataRefused, UsageError
from analytics.repeated.formulas import outcome_only_of, outcomes_of, variables_of
from analytics.repeated.terms import nearest


class NoWholeRow(DataRefused):
    """Every row has a gap in a column that the model needs."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Which columns of the data carry what: patient, visit, and optionally the rest."""

    subject: str
    visit: str
    group: str | None = None
    weights: str | None = None
    frequency: str | None = None
    coordinates: tuple[str, ...] = ()

    @property
    def needed(self) -> list[str]:
        some = [self.subject, self.visit, self.group, self.weights, self.frequency, *self.coordinates]
        return [name for name in some if name is not None]


def as_frame(data: Any) -> pd.DataFrame:
    """``data`` as a pandas frame: itself, or read from an Arrow table or stream."""
    if isinstance(data, pd.DataFrame):
        return data
    if hasattr(data, "__arrow_c_stream__"):
        import pyarrow

        return pyarrow.table(data).to_pandas()
    raise UsageError(f"data is {type(data).__name__}.", fix="give a pandas frame or an Arrow table, one row per visit")


def complete(
    formula: str, data: Any, columns: Columns, *, outcome: bool
) -> tuple[pd.DataFrame, np.ndarray, tuple[str, ...]]:
    """The columns needed, rows without a gap, their places in the data, and how many rows had a gap."""
    data = as_frame(data)
    _refuse_strange_columns(data, columns)
    there = list(data.columns)
    outcomes = outcomes_of(formula, there if outcome else None)
    own = variables_of(formula, there if outcome else [*there, *outcomes])
    names = [name for name in dict.fromkeys([*own, *columns.needed]) if name in there]
    numbers = [*outcomes, *(one for one in (columns.weights, columns.frequency) if one), *columns.coordinates]
    frame = _typed(data[names], columns, numbers if outcome else [])
    spared = [] if outcome else outcome_only_of(formula)
    needed = [name for name in names if name not in spared]
    gaps = frame[needed].isna().to_numpy()
    whole = ~gaps.any(axis=1)
    if not whole.any():
        named = [name for name in needed if outcome or name != columns.subject]
        raise NoWholeRow("No row has a value in every column of the model.", fix=f"look at {', '.join(named)}")
    place = np.flatnonzero(whole)
    if whole.all():
        return frame, place, ()
    lacking = ", ".join(f"{name} ({int(gaps[:, i].sum())})" for i, name in enumerate(needed) if gaps[:, i].any())
    return frame[whole], place, (f"{int((~whole).sum())} of {len(whole)} rows left out, no value for {lacking}",)


def _refuse_strange_columns(data: pd.DataFrame, columns: Columns) -> None:
    for name in columns.needed:
        if not isinstance(name, Hashable):
            raise UsageError(
                f"A column is named by its name, not by {type(name).__name__}.", fix="put the values into the data"
            )
        if name not in data:
            raise UsageError(f"The data have no column {name!r}.", fix=f"choose among {nearest(name, data.columns)}")
    if columns.subject == columns.visit:
        raise UsageError(
            f"subject and visit are both {columns.visit!r}.", fix="name the patient's and the visit's column"
        )
    twice = data.columns[data.columns.duplicated()]
    if len(twice):
        raise DataRefused(f"Two columns are named {twice[0]!r}.", fix="rename or drop one of them")


def _typed(frame: pd.DataFrame, columns: Columns, numbers: Sequence[str]) -> pd.DataFrame:
    """Numbers that stand as objects (None among them, Decimal, booleans of an outcome) as numbers; texts as they are.

    UsageError where one of ``numbers`` holds none.
    """
    made = {}
    for name in frame:
        column = frame[name]
        if column.dtype == object and name not in (columns.subject, columns.visit, columns.group):
            kind = pd.api.types.infer_dtype(column, skipna=True)
            if kind in ("integer", "floating", "mixed-integer-float", "decimal"):
                made[name] = column = column.astype(float)
        if name in numbers and name not in made:
            if pd.api.types.is_bool_dtype(column):
                made[name] = column.astype(float)
            elif not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_complex_dtype(column):
                refuse_text(column, name)
    return frame.assign(**made) if made else frame


def refuse_text(column: pd.Series, name: str) -> None:
    known = column.dropna()
    raise UsageError(
        f"{name} must be numbers; it is {column.dtype}" + (f", for example {known.iloc[0]}." if len(known) else "."),
        fix="convert it, for example with pandas.to_numeric; dates as days since the start",
    )
