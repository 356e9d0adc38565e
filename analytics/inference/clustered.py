"""A slope among rows that belong to patients: least squares with CR2 and Bell-McCaffrey degrees of freedom."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.inference.intervals import interval, p_value
from analytics.inference.sandwich import LOST_TOLERANCE, sandwich

EXACT = 1e-10  # residuals this small beside the values are those of a line that fits exactly


@dataclass(frozen=True)
class Slope:
    """``estimate`` per unit of x, its limits and two-sided p; all NaN where it cannot be estimated."""

    estimate: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan


def slope(
    x: np.ndarray, y: np.ndarray, clusters: np.ndarray, *, strata: np.ndarray | None = None, level: float = 0.95
) -> Slope:
    """Slope of ``y`` (n,) on ``x`` (n,), rows clustered by ``clusters`` (n,); each stratum has a level of its own.

    NaN without at least two clusters, without variation of x within strata, where y follows x exactly, or where CR2
    cannot see part of the variance (a cluster alone carries the slope).
    """
    codes = np.unique(strata, return_inverse=True)[1] if strata is not None else np.zeros(len(x), int)
    levels = np.eye(int(codes.max(initial=0)) + 1)[codes]
    return first_slope(np.column_stack([np.asarray(x, float), levels]), y, clusters, level=level)


def first_slope(design: np.ndarray, y: np.ndarray, clusters: np.ndarray, *, level: float = 0.95) -> Slope:
    """The same for the first column of any ``design`` (n, p); NaN where its columns hang together."""
    if len(design) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        return Slope()
    if len(np.unique(clusters)) < 2:
        return Slope()
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
    residual = np.asarray(y, float) - design @ coefficients
    if float(np.abs(residual).max()) <= EXACT * float(np.abs(y).max()):
        return Slope()
    found = sandwich(design, residual, clusters)
    one = np.eye(design.shape[1])[:1]
    variance, df = float(found.covariance[0, 0]), float(found.df(one)[0])
    if not variance > 0 or not df > 0 or found.lost(one)[0] > LOST_TOLERANCE:
        return Slope()
    estimate, error = float(coefficients[0]), math.sqrt(variance)
    low, high = interval(estimate, error, df, level)
    return Slope(estimate, float(low), float(high), float(p_value(estimate, error, df)))
