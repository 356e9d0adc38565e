"""Residuals, predictions and the labelled covariance of a RepeatedFit."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.repeated.rows import Columns, Rows, as_frame, read_rows

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

KINDS = ("raw", "pearson", "normalized")


def visit_covariance(fit: RepeatedFit) -> pd.DataFrame | dict[Hashable, pd.DataFrame]:
    """See RepeatedFit.visit_covariance. With coordinates: that of the patient seen most often."""
    criterion, point = fit.uncertainty.criterion, fit.uncertainty.optimum.point
    covariance = point.covariance * fit.uncertainty.unit**2
    if fit.why:
        covariance = np.full_like(covariance, np.nan)
    labels = list(fit.moments.visits)
    if fit.moments.where is not None:
        most = int(np.argmax(fit.moments.seen.sum(axis=1) * 1e6 + fit.moments.count))
        seen = fit.moments.seen[most]
        kept = [label for label, here in zip(labels, seen) if here]
        return pd.DataFrame(covariance[criterion.kind[most]][np.ix_(seen, seen)], kept, kept)
    frames = [pd.DataFrame(one, labels, labels) for one in covariance]
    return frames[0] if fit.moments.columns.group is None else dict(zip(fit.moments.groups, frames))


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
        if rows.where is not None:
            found = criterion.of_coordinates(point.theta, rows.where[own])
        else:
            found = point.covariance[rows.group[i]][np.ix_(at, at)]
        yield own, found * unit**2


def predict(fit: RepeatedFit, data: Any, *, conditional: bool) -> pd.Series:
    """See RepeatedFit.predict."""
    frame = as_frame(data)
    terms, columns = fit.moments.terms, fit.moments.columns
    group = columns.group if conditional else None
    bare = Columns(columns.subject, columns.visit, group, coordinates=columns.coordinates)
    outcome = terms.response.expression
    if conditional:
        return _conditional(fit, frame, bare, outcome)
    known = frame.assign(**dict.fromkeys(_outcomes(fit), 1.0), **{columns.subject: np.arange(len(frame))})
    found = pd.Series(np.nan, index=frame.index, name=outcome)
    rows = read_rows(terms.formula, known, bare, terms=terms)
    found.iloc[rows.place] = _fitted(fit, rows)
    return found


def _outcomes(fit: RepeatedFit) -> list[str]:
    """Data columns that only the left side needs."""
    from formulaic import Formula

    parsed = Formula(fit.moments.terms.formula)
    left = {str(one) for one in Formula(str(parsed.lhs)).required_variables}
    right = {str(one) for one in Formula(str(parsed.rhs)).required_variables}
    return sorted(left - right)


def _conditional(fit: RepeatedFit, frame: pd.DataFrame, columns: Columns, name: str) -> pd.Series:
    """X b, plus what the patient's own residuals say about the visit."""
    terms = fit.moments.terms
    outcomes = _outcomes(fit)
    gaps = frame[outcomes].isna().any(axis=1).to_numpy()
    filled = frame.assign(**{one: frame[one].fillna(1.0) for one in outcomes})
    rows = read_rows(terms.formula, filled, columns, terms=terms)
    fitted, hidden = _fitted(fit, rows), gaps[rows.place]
    residual = np.where(hidden, 0.0, rows.y - fitted)
    for own, covariance in _covariances(fit, rows):
        seen = ~hidden[own]
        if seen.any():
            known = np.linalg.solve(covariance[np.ix_(seen, seen)], residual[own][seen])
            fitted[own] += covariance[:, seen] @ known
    found = pd.Series(np.nan, index=frame.index, name=name)
    found.iloc[rows.place] = np.where(hidden, fitted, rows.y)
    return found
