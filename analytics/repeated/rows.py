"""From a long table to the rows of a repeated-measures model: sorted, checked, as codes and numbers.

What is left out is counted in ``notes``; what cannot be meant (two rows of one patient at one visit, infinite numbers,
weights of zero or less) is refused with the place.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.errors import DataRefused, UsageError
from analytics.repeated.terms import Key, Levels, Terms, nearest, read_terms, variables_of


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


@dataclass(frozen=True, eq=False)
class Rows:
    """N rows of n patients, sorted. ``start`` (n + 1,): first row of each patient. ``place`` (N,): row in the data.

    ``codes``: variable -> (N,) level. ``numbers``: expression -> (N, columns), made of the data columns ``raw``
    (N,). ``visit`` (N,) codes. ``group`` (n,)
    codes (0 without groups). ``weight`` (N,) or None; ``frequency`` (n,) or None; ``where`` (N, d) coordinates or None.
    """

    terms: Terms
    columns: Columns
    y: np.ndarray
    codes: Mapping[str, np.ndarray]
    numbers: Mapping[str, np.ndarray]
    raw: Mapping[str, np.ndarray]
    visit: np.ndarray
    start: np.ndarray
    place: np.ndarray
    index: pd.Index
    group: np.ndarray
    weight: np.ndarray | None = None
    frequency: np.ndarray | None = None
    where: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> np.ndarray:
        """Visits of each patient, (n,)."""
        return np.diff(self.start)

    @property
    def frequencies(self) -> np.ndarray:
        """How many patients each one stands for, (n,)."""
        return np.ones(len(self.start) - 1) if self.frequency is None else self.frequency

    def column(self, key: Key) -> np.ndarray:
        """The values (N,) of one product of codings and numbers."""
        found = np.ones(len(self.y))
        for variable, vector in key.categories:
            found *= np.array(vector)[self.codes[variable]]
        for expression, column in key.numbers:
            found *= self.numbers[expression][:, column]
        return found


def read_rows(
    formula: str, data: Any, columns: Columns, *, levels: Levels | None = None, terms: Terms | None = None
) -> Rows:
    """The Rows of ``data`` (pandas or anything with an Arrow stream). ``levels``: categories to keep though unused."""
    frame, missing = _complete(formula, data, columns)
    if terms is None:
        frame, found, notes = _categories(formula, frame, columns, levels or {})
        terms = read_terms(formula, frame, found)
    else:
        frame, notes = frame.assign(**{name: _known(frame[name], name, of) for name, of in terms.levels.items()}), ()
    order, start = _sorted(frame, columns)
    y = terms.response.numbers(frame)[order, 0]
    _refuse_infinite(y, terms.response.expression, frame, order)
    return Rows(
        terms=terms,
        columns=columns,
        y=y,
        codes={name: frame[name].cat.codes.to_numpy()[order].astype(np.intp) for name in terms.levels},
        numbers=_numbers(terms, frame, order),
        raw={name: frame[name].to_numpy(float)[order] for name in _raw(terms, frame, columns)},
        visit=frame[columns.visit].cat.codes.to_numpy()[order].astype(np.intp),
        start=start,
        place=frame["__place"].to_numpy()[order],
        index=frame.index[order],
        group=_of_patient(frame, columns.group, order, start),
        weight=_weights(frame, columns.weights, order),
        frequency=_frequency(frame, columns.frequency, order, start),
        where=frame[list(columns.coordinates)].to_numpy(float)[order] if columns.coordinates else None,
        notes=(*missing, *notes),
    )


def _complete(formula: str, data: Any, columns: Columns) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The columns needed, rows without a gap, and how many rows had one."""
    data = as_frame(data)
    names = list(dict.fromkeys([*variables_of(formula, list(data.columns)), *columns.needed]))
    for name in columns.needed:
        if name not in data:
            raise UsageError(f"The data have no column {name!r}.", fix=f"choose among {nearest(name, data.columns)}")
    frame = data[names]
    gaps = frame.isna().to_numpy()
    whole = ~gaps.any(axis=1)
    if not whole.any():
        raise DataRefused("No row has a value in every column of the model.", fix=f"look at {', '.join(names)}")
    frame = frame.assign(__place=np.arange(len(frame)))
    if whole.all():
        return frame, ()
    lacking = ", ".join(f"{name} ({int(gaps[:, i].sum())})" for i, name in enumerate(names) if gaps[:, i].any())
    return frame[whole], (f"{int((~whole).sum())} of {len(whole)} rows left out, no value for {lacking}",)


def as_frame(data: Any) -> pd.DataFrame:
    """``data`` as a pandas frame: itself, or read from an Arrow table or stream."""
    if isinstance(data, pd.DataFrame):
        return data
    if hasattr(data, "__arrow_c_stream__"):
        import pyarrow

        return pyarrow.table(data).to_pandas()
    raise UsageError(f"data is {type(data).__name__}.", fix="give a pandas frame or an Arrow table, one row per visit")


def _categories(
    formula: str, frame: pd.DataFrame, columns: Columns, given: Levels
) -> tuple[pd.DataFrame, dict[str, tuple[Hashable, ...]], tuple[str, ...]]:
    """Texts (and always the visit) as categoricals without unused levels, unless those were ``given``."""
    made: dict[str, pd.Series] = {}
    notes = []
    for name in (one for one in frame if one not in ("__place", columns.subject)):
        column = frame[name]
        if name in given:
            made[name] = _known(column, name, tuple(given[name]))
            continue
        if not _is_category(column) and name not in (columns.visit, columns.group):
            continue
        typed = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
        used = typed.cat.remove_unused_categories()
        unused = [str(one) for one in typed.cat.categories if one not in used.cat.categories]
        if unused:
            notes.append(f"{name}: nobody has a value at {', '.join(unused)}")
        made[name] = used
    return frame.assign(**made), {name: tuple(one.cat.categories) for name, one in made.items()}, tuple(notes)


def _is_category(column: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def _known(column: pd.Series, name: str, levels: Sequence[Hashable]) -> pd.Series:
    typed = column.astype(pd.CategoricalDtype(list(levels)))
    strange = column[typed.isna() & column.notna()]
    if len(strange):
        raise UsageError(
            f"{name} holds {strange.iloc[0]!r}, which the model does not know.",
            fix=f"it knows {', '.join(str(one) for one in levels)}",
        )
    return typed


def _sorted(frame: pd.DataFrame, columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    """(order of rows by patient and visit, first row of each patient)."""
    subject = pd.factorize(frame[columns.subject])[0].astype(np.int64)
    visit = frame[columns.visit].cat.codes.to_numpy().astype(np.int64)
    key = subject * (int(visit.max()) + 1) + visit
    order = np.arange(len(key)) if np.all(key[1:] > key[:-1]) else np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if len(again):
        _refuse_twice(frame.iloc[order[again]], columns, len(again))
    patients = subject[order]
    first = np.flatnonzero(np.r_[True, patients[1:] != patients[:-1]])
    return order, np.r_[first, len(patients)]


def _refuse_twice(rows: pd.DataFrame, columns: Columns, count: int) -> None:
    named = [f"{a} at {b}" for a, b in zip(rows[columns.subject].head(3), rows[columns.visit].head(3))]
    raise DataRefused(
        f"A patient has one row per visit; {count} have more: {', '.join(named)}{' ...' if count > 3 else ''}.",
        fix="average or choose them before the fit, or name the column that tells them apart as visit",
    )


def _numbers(terms: Terms, frame: pd.DataFrame, order: np.ndarray) -> dict[str, np.ndarray]:
    found = {}
    for expression, factor in terms.factors.items():
        if not factor.is_category:
            found[expression] = factor.numbers(frame)[order]
            _refuse_infinite(found[expression], expression, frame, order)
    return found


def _raw(terms: Terms, frame: pd.DataFrame, columns: Columns) -> list[str]:
    """The data columns that numbers of the right-hand side may be made of."""
    if all(factor.is_category for factor in terms.factors.values()):
        return []
    inside = [name for name in frame if name not in ("__place", *terms.levels, *columns.needed)]
    return [name for name in inside if any(name in factor.expression for factor in terms.factors.values())]


def _refuse_infinite(values: np.ndarray, name: str, frame: pd.DataFrame, order: np.ndarray) -> None:
    bad = ~np.isfinite(values.reshape(len(order), -1)).all(axis=1)
    if bad.any():
        first = frame.index[order[int(np.flatnonzero(bad)[0])]]
        raise DataRefused(
            f"{name} must be a finite number; it is not in {int(bad.sum())} rows, first in row {first!r}.",
            fix="correct the value, or leave it empty if it is not known",
        )


def _of_patient(frame: pd.DataFrame, name: str | None, order: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Codes of a column that must not change within a patient, (n,)."""
    if name is None:
        return np.zeros(len(start) - 1, np.intp)
    codes = frame[name].cat.codes.to_numpy()[order].astype(np.intp)
    _refuse_changing(codes, name, start)
    return codes[start[:-1]]


def _refuse_changing(values: np.ndarray, name: str, start: np.ndarray) -> None:
    if np.any(np.minimum.reduceat(values, start[:-1]) != np.maximum.reduceat(values, start[:-1])):
        raise DataRefused(f"{name} must be the same in all rows of a patient.", fix="keep one value per patient")


def _weights(frame: pd.DataFrame, name: str | None, order: np.ndarray) -> np.ndarray | None:
    if name is None:
        return None
    found = frame[name].to_numpy(float)[order]
    _refuse_unweighable(found, name)
    return found


def _frequency(frame: pd.DataFrame, name: str | None, order: np.ndarray, start: np.ndarray) -> np.ndarray | None:
    if name is None:
        return None
    found = frame[name].to_numpy(float)[order]
    _refuse_unweighable(found, name)
    _refuse_changing(found, name, start)
    if np.any(found != np.round(found)):
        raise DataRefused(
            f"{name} says how many identical patients a patient stands for and must be a whole number.",
            fix="for the precision of a row use weights=",
        )
    return found[start[:-1]]


def _refuse_unweighable(values: np.ndarray, name: str) -> None:
    bad = ~(np.isfinite(values) & (values > 0))
    if bad.any():
        raise DataRefused(
            f"{name} must be above 0 and finite; {int(bad.sum())} rows are not, for example {values[bad][0]:g}.",
            fix="leave those rows out, or give them a weight",
        )
