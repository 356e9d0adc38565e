"""Influence: what each patient does to the coefficients, by deletion in one step at the covariance as it was fitted.

With M the model's covariance of the coefficients and H_i = S_i^-1/2 X_i M X_i' S_i^-1/2, the estimates lose without
patient i at the same S exactly delta_i = M X_i' S_i^-1/2 (I - H_i)^-1 S_i^-1/2 r_i; Cook's distance is delta' M^-1
delta / p (Cook 1977; Christensen, Pearson and Johnson 1992 for mixed models).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.domain.errors import UsageError
from analytics.repeated.empirical import Empirical
from analytics.repeated.rows import Rows

if TYPE_CHECKING:
    from analytics.repeated.value import RepeatedFit

SINGULAR = "CR3"  # its adjustment is (I - H)^-1
LOST = 1e-6  # share of a coefficient's variance known from one patient alone, above which it goes with the patient


def influence(fit: RepeatedFit) -> pd.DataFrame:
    """See RepeatedFit.influence."""
    rows = fit.uncertainty.rows
    if rows is None:
        raise UsageError("influence looks at patients; moments hold none.", fix="fit the rows themselves")
    count = len(rows.size)
    distance, change, lost = np.full(count, np.nan), np.full(count, np.nan), np.zeros(count)
    coefficient = np.zeros(count, np.intp)
    if not fit.why:
        _fill(fit, rows, distance, change, coefficient, lost)
    gone = lost > LOST
    names = np.array([fit.moments.terms.names[j] for j in fit.uncertainty.criterion.coordinates.kept], object)
    found = pd.DataFrame(
        {
            "visits": rows.size,
            "distance": np.where(gone, np.nan, distance),
            "change": np.where(gone, np.nan, change),
            "coefficient": "" if fit.why else names[coefficient],
            "status": fit.status if fit.why else np.where(gone, "not_estimable", "estimated"),
        }
    )
    found.insert(0, rows.columns.subject, rows.subjects, allow_duplicates=True)
    return found


def _fill(
    fit: RepeatedFit, rows: Rows, distance: np.ndarray, change: np.ndarray, coefficient: np.ndarray, lost: np.ndarray
) -> None:
    """Write each patient's distance, largest change and its coefficient; ``lost`` where one goes with the patient."""
    criterion = fit.uncertainty.criterion
    left = Empirical(criterion, fit.uncertainty.optimum.point, rows, SINGULAR)
    to_errors = criterion.coordinates.back @ left.half  # whitened coordinates -> coefficients
    to_errors /= np.linalg.norm(to_errors, axis=1, keepdims=True)  # -> in units of their standard errors
    for patients, q, residual, adjust, null in left.by_patient():
        delta = np.einsum("nmr,nml,nl->nr", q, adjust, residual)
        moved = delta @ to_errors.T
        most = np.argmax(np.abs(moved), axis=1)
        if null is not None:
            share = np.square(np.einsum("nij,njr,kr->nki", null, q, to_errors)).sum(axis=2)
            lost[patients] = share.max(axis=1)
            most = np.where(lost[patients] > LOST, share.argmax(axis=1), most)
        distance[patients] = np.square(delta).sum(axis=1) / delta.shape[1]
        change[patients] = np.take_along_axis(moved, most[:, None], axis=1)[:, 0]
        coefficient[patients] = most
