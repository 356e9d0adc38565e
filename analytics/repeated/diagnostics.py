"""Residuals, predictions and the labelled covariance of a RepeatedFit."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.repeated.complete import Columns, NoWholeRow, as_frame
from analytics.repeated.formulas import outcome_only_of
from analytics.repeated.rows import Rows, read_rows

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

KINDS = ("raw", "pearson", "normalized")


def visit_covariance(fit: RepeatedFit) -> pd.DataFrame | dict[Hashable, pd.DataFrame]:
    """See RepeatedFit.visit_covariance. With coordinates: that of the (group's) patient seen most often."""
    covariance = fit.uncertainty.optimum.point.covariance * fit.uncertainty.unit**2
    if fit.why:
        covariance = np.full_like(covariance, np.nan)
    labels = list(fit.moments.visits)
    if fit.moments.where is None:
        frames = [pd.DataFrame(one, labels, labels) for one in covariance]
    else:
        frames = [_of_most(fit, covariance, group) for group in range(len(fit.moments.groups))]
    return frames[0] if fit.moments.columns.group is None else dict(zip(fit.moments.groups, frames))


def _of_most(fit: RepeatedFit, covariance: np.ndarray, group: int) -> pd.DataFrame:
    """The covariance (patterns, m, m) of the group's patient seen most often."""
    moments = fit.moments
    often = np.where(moments.group == group, moments.seen.sum(axis=1) * 1e6 + moments.count, -1.0)
    most = int(np.argmax(often))
    seen = moments.seen[most]
    kept = [label for label, here in zip(moments.visits, seen) if here]
    return pd.DataFrame(covariance[most][np.ix_(seen, seen)], kept, kept)


def residuals(fit: RepeatedFit, kind: str) -> pd.Series:
    """See RepeatedFit.residuals."""
    if kind not in KINDS:
        raise UsageError(f"kind={kind!r} is not known.", fix=f"write one of {', '.join(KINDS)}")
    rows = _rows(fit, "residuals")
    found = rows.y - _fitted(fit, rows)
    if kind != "raw":
        found = _scaled(fit, rows, found, whole=kind == "normalized")
    return _as_given(found, rows, kind)


def _rows(fit: RepeatedFit, what: str) -> Rows:
    if fit.uncertainty.rows is None:
        raise UsageError(f"{what} look at rows; moments hold none.", fix="fit the rows themselves")
    return fit.uncertainty.rows


def _as_given(values: np.ndarray, rows: Rows, name: str) -> pd.Series:
    order = np.argsort(rows.place, kind="stable")
    return pd.Series(values[order], index=rows.index[order], name=name)


def _fitted(fit: RepeatedFit, rows: Rows) -> np.ndarray:
    """X b of each row, (N,)."""
    if fit.why:
        return np.full(len(rows.y), np.nan)
    criterion = fit.uncertainty.criterion
    basis, coordinates = criterion.moments.basis, criterion.coordinates
    place = {int(code): s for s, code in enumerate(fit.moments.places)}
    levels = len(rows.terms.levels[rows.columns.visit])
    known = np.array([place.get(code, -1) for code in range(levels)])[rows.visit]
    per_visit = coordinates.maps @ fit.uncertainty.optimum.point.beta  # (m, K)
    plain = basis.matrix(replace(rows, weight=None))
    found = np.einsum("nk,nk->n", plain[:, :-1], per_visit[known]) * basis.scale[-1]
    if coordinates.constant is not None:
        found += basis.centre[-1]
    return np.where(known >= 0, found, np.nan)


def _scaled(fit: RepeatedFit, rows: Rows, raw: np.ndarray, *, whole: bool) -> np.ndarray:
    found = np.empty_like(raw)
    weight = np.ones_like(raw) if rows.weight is None else rows.weight
    for own, covariance in _covariances(fit, rows):
        middle = covariance / np.sqrt(np.outer(weight[own], weight[own]))
        if whole:
            found[own] = np.linalg.solve(np.linalg.cholesky(middle), raw[own])
        else:
            found[own] = raw[own] / np.sqrt(np.diag(middle))
    return found


def _covariances(fit: RepeatedFit, rows: Rows) -> Iterator[tuple[slice, np.ndarray]]:
    """(slice of rows, covariance of its visits) patient by patient."""
    criterion, point, unit = fit.uncertainty.criterion, fit.uncertainty.optimum.point, fit.uncertainty.unit
    place = {int(code): s for s, code in enumerate(fit.moments.places)}
    for i, (low, high) in enumerate(zip(rows.start[:-1], rows.start[1:])):
        own = slice(low, high)
        at = [place[int(code)] for code in rows.visit[own]]
        if criterion.moments.where is not None and rows.where is not None:
            found = criterion.of_coordinates(point.theta, rows.where[own], int(rows.group[i]))
        else:
            found = point.covariance[rows.group[i]][np.ix_(at, at)]
        yield own, found * unit**2


def predict(fit: RepeatedFit, data: Any, *, conditional: bool) -> pd.Series:
    """See RepeatedFit.predict."""
    frame = as_frame(data)
    terms, columns = fit.moments.terms, fit.moments.columns
    found = pd.Series(np.nan, index=frame.index, name=terms.response.expression)
    if not len(frame):
        return found
    if not conditional:
        alone = _unused(frame)
        columns = Columns(alone, columns.visit)
        frame = frame.drop(columns=outcome_only_of(terms.formula), errors="ignore")
        frame = frame.assign(**{alone: np.arange(len(frame))})
    try:
        rows = read_rows(terms.formula, frame, columns, terms=terms, outcome=False)
    except NoWholeRow:
        return found
    found.iloc[rows.place] = _conditional(fit, rows) if conditional else _fitted(fit, rows)
    return found


def _unused(frame: pd.DataFrame) -> str:
    """A name for one more column."""
    name = "row"
    while name in frame:
        name += "_"
    return name


def _conditional(fit: RepeatedFit, rows: Rows) -> np.ndarray:
    """X b, plus what the patient's own residuals say about a visit without a value."""
    expected = _fitted(fit, rows)
    if fit.why:
        return expected
    hidden, found = np.isnan(rows.y), np.where(np.isnan(rows.y), expected, rows.y)
    weight = np.ones(len(found)) if rows.weight is None else rows.weight
    for own, covariance in _covariances(fit, rows):
        seen = ~hidden[own]
        if seen.any() and not seen.all():
            middle = covariance / np.sqrt(np.outer(weight[own], weight[own]))
            known = np.linalg.solve(middle[np.ix_(seen, seen)], (rows.y - expected)[own][seen])
            found[own][~seen] += middle[np.ix_(~seen, seen)] @ known
    return found
