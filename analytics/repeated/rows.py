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
from analytics.domain.patients import numbered
from analytics.repeated.complete import Columns, complete, refuse_text
from analytics.repeated.formulas import categories_of, outcomes_of, variables_of
from analytics.repeated.terms import Key, Levels, Terms, read_terms


@dataclass(frozen=True, eq=False)
class Rows:
    """N rows of n patients, sorted. ``start`` (n + 1,): first row of each patient. ``place`` (N,): row in the data.

    ``codes``: variable -> (N,) level. ``numbers``: expression -> (N, columns), made of the data columns ``raw``
    (N,). ``visit`` (N,) codes. ``group`` (n,)
    codes (0 without groups). ``weight`` (N,) or None; ``frequency`` (n,) or None; ``where`` (N, d) coordinates or None.
    ``subjects`` (n,): labels of the patients.
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
    subjects: np.ndarray | None = None

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
    formula: str,
    data: Any,
    columns: Columns,
    *,
    levels: Levels | None = None,
    terms: Terms | None = None,
    outcome: bool = True,
) -> Rows:
    """The Rows of ``data`` (pandas or anything with an Arrow stream). ``levels``: categories to keep though unused.

    ``outcome`` False: rows without one stay, with y = NaN, and the data need not have it.
    """
    frame, place, missing = complete(formula, data, columns, outcome=outcome)
    if terms is None:
        frame, found, notes = _categories(formula, frame, columns, levels or {})
        terms = read_terms(formula, frame, found)
    else:
        known = {name: _known(frame[name], name, of) for name, of in terms.levels.items() if name in frame}
        frame, notes = frame.assign(**known), ()
        for name in variables_of(terms.formula):
            if name in frame and name not in terms.levels and not pd.api.types.is_numeric_dtype(frame[name]):
                refuse_text(frame[name], name)
    order, start = _sorted(frame, columns)
    y = _outcomes(terms, frame, outcome)[order]
    if outcome:
        _refuse_infinite(y, terms.response.expression, frame, order)
    return Rows(
        terms=terms,
        columns=columns,
        y=y,
        codes={name: frame[name].cat.codes.to_numpy()[order].astype(np.intp) for name in terms.levels if name in frame},
        numbers=_numbers(terms, frame, order),
        raw={name: frame[name].to_numpy(float)[order] for name in _raw(terms, frame)},
        visit=frame[columns.visit].cat.codes.to_numpy()[order].astype(np.intp),
        start=start,
        place=place[order],
        index=frame.index[order],
        group=_of_patient(frame, columns.group, order, start),
        weight=_weights(frame, columns.weights, order),
        frequency=_frequency(frame, columns.frequency, order, start),
        where=_where(frame, columns, order),
        notes=(*missing, *notes),
        subjects=frame[columns.subject].iloc[order[start[:-1]]].to_numpy(),
    )


def _outcomes(terms: Terms, frame: pd.DataFrame, needed: bool) -> np.ndarray:
    """The outcome of each row; NaN where it may and does lack."""
    if needed:
        return terms.response.numbers(frame)[:, 0]
    found = np.full(len(frame), np.nan)
    names = outcomes_of(terms.formula)
    if all(name in frame for name in names):
        here = frame[names].notna().all(axis=1).to_numpy()
        if here.any():
            found[here] = terms.response.numbers(frame[here])[:, 0]
    return found


def _where(frame: pd.DataFrame, columns: Columns, order: np.ndarray) -> np.ndarray | None:
    if not columns.coordinates:
        return None
    named = ", ".join(columns.coordinates)
    found = frame[list(columns.coordinates)].to_numpy(float)[order]
    _refuse_infinite(found, named, frame, order)
    twice = np.flatnonzero(frame.duplicated([columns.subject, *columns.coordinates]))
    if len(twice):
        raise DataRefused(
            f"A patient's visits must differ in {named}; {_called(frame, columns, twice[:1])[0]} has two that do not.",
            fix="look at the coordinates, or leave one of the two rows out",
        )
    return found


def _categories(
    formula: str, frame: pd.DataFrame, columns: Columns, given: Levels
) -> tuple[pd.DataFrame, dict[str, tuple[Hashable, ...]], tuple[str, ...]]:
    """Texts (and always the visit) as categoricals without unused levels, unless those were ``given``."""
    made: dict[str, pd.Series] = {}
    notes = []
    coded, outcomes, used_in = categories_of(formula), outcomes_of(formula), variables_of(formula)
    for name in (one for one in frame if one not in outcomes and (one != columns.subject or one in used_in)):
        column = frame[name]
        if name in given:
            made[name] = _known(column, name, tuple(given[name]))
            continue
        if not _is_category(column) and name not in (columns.visit, columns.group, *coded):
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
    strange = column[~column.isin(list(levels)) & column.notna()]
    if len(strange):
        raise UsageError(
            f"{name} holds {strange.iloc[0]}, which the model does not know.",
            fix=f"it knows {', '.join(str(one) for one in levels)}",
        )
    return column.astype(pd.CategoricalDtype(list(levels)))


def _sorted(frame: pd.DataFrame, columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    """(order of rows by patient and visit, first row of each patient)."""
    subject = pd.factorize(frame[columns.subject])[0].astype(np.int64)
    visit = frame[columns.visit].cat.codes.to_numpy().astype(np.int64)
    key = subject * (int(visit.max()) + 1) + visit
    order = np.arange(len(key)) if np.all(key[1:] > key[:-1]) else np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if len(again):
        _refuse_twice(frame, order[again], columns)
    patients = subject[order]
    first = np.flatnonzero(np.r_[True, patients[1:] != patients[:-1]])
    return order, np.r_[first, len(patients)]


def _refuse_twice(frame: pd.DataFrame, again: np.ndarray, columns: Columns) -> None:
    few, count = again[:3], len(again)
    visits = frame[columns.visit].iloc[few]
    named = [f"{a} at {b}" for a, b in zip(_called(frame, columns, few), visits)]
    raise DataRefused(
        f"A patient has one row per visit; {count} have more: {', '.join(named)}{' ...' if count > 3 else ''}.",
        fix="average or choose them before the fit, or name the column that tells them apart as visit "
        f"(they are the rows where duplicated([{columns.subject!r}, {columns.visit!r}]) is true)",
    )


def _called(frame: pd.DataFrame, columns: Columns, rows: np.ndarray) -> list[str]:
    """The patients of some rows by number, in the order of the data: an error names nobody's id."""
    codes, subjects = pd.factorize(frame[columns.subject])
    names = numbered(subjects)
    return [names[code] for code in codes[rows]]


def _numbers(terms: Terms, frame: pd.DataFrame, order: np.ndarray) -> dict[str, np.ndarray]:
    found = {}
    for expression, factor in terms.factors.items():
        if not factor.is_category:
            found[expression] = factor.numbers(frame)[order]
            _refuse_infinite(found[expression], expression, frame, order)
    return found


def _raw(terms: Terms, frame: pd.DataFrame) -> list[str]:
    """The data columns that numbers of the right-hand side may be made of."""
    if all(factor.is_category for factor in terms.factors.values()):
        return []
    inside = [name for name in frame if name not in terms.levels and pd.api.types.is_numeric_dtype(frame[name])]
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
