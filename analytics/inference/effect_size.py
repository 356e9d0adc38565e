"""Hedges' g with intervals, and the number needed to treat; rows of results, never the verdict.

Hedges 1981 (exact J); Goulet-Pelletier and Cousineau 2018 (noncentral t); Altman 1998 (number needed to treat).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from analytics.inference.intervals import interval


@dataclass(frozen=True)
class EffectSize:
    """A standardised difference with interval; ``std_error`` NaN where the interval comes from the noncentral t."""

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float


def correction(df: float) -> float:
    """Hedges' exact J: g = J d is unbiased where the SD has ``df`` degrees of freedom."""
    return float(np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) * np.sqrt(2 / df))


def pooled_sd(values: np.ndarray, groups: np.ndarray) -> tuple[float, int]:
    """(SD pooled within groups, its df): of the baseline by arm, one value per patient. NaN without df."""
    labels, codes = np.unique(groups, return_inverse=True)
    means = np.bincount(codes, values) / np.bincount(codes)
    df = len(values) - len(labels)
    return (float(np.sqrt(np.sum((values - means[codes]) ** 2) / df)) if df > 0 else math.nan), df


def hedges_g(
    difference: float, std_error: float, df: float, *, sd: float, sd_df: float, level: float = 0.95
) -> EffectSize:
    """Adjusted ``difference`` over an SD from elsewhere (the pooled baseline SD with ``sd_df``), times J.

    Interval by the delta method, SE^2 = (std_error / sd)^2 + d^2 / (2 sd_df), t with the difference's ``df``.
    """
    d, j = difference / sd, correction(sd_df)
    error = math.sqrt((std_error / sd) ** 2 + d**2 / (2 * sd_df))
    low, high = interval(d, error, df, level)
    return EffectSize(d * j, error * j, low * j, high * j)


def two_sample_g(difference: float, *, sd: float, n_arm: int, n_reference: int, level: float = 0.95) -> EffectSize:
    """Unadjusted ``difference`` of two means over their own pooled SD, times J; exact interval by the noncentral t."""
    df, root = n_arm + n_reference - 2, math.sqrt(1 / n_arm + 1 / n_reference)
    t, j = difference / sd / root, correction(df)

    def centre(probability: float) -> float:
        found: float = optimize.brentq(_off(t, df, probability), t - 12, t + 12, xtol=1e-13)
        return found

    low, high = centre(0.5 + level / 2), centre(0.5 - level / 2)
    return EffectSize(difference / sd * j, math.nan, low * root * j, high * root * j)


def _off(t: float, df: float, probability: float) -> Callable[[float], float]:
    return lambda shift: float(stats.nct.cdf(t, df, shift)) - probability


def number_needed(risk_difference: float, low: float, high: float) -> tuple[float, float, float]:
    """(number needed to treat, low, high), positive, from a risk difference; NaN where the interval includes 0."""
    if not (math.isfinite(low) and math.isfinite(high)) or low <= 0 <= high:
        return math.nan, math.nan, math.nan
    first, second = sorted((1 / abs(low), 1 / abs(high)))
    return 1 / abs(risk_difference), first, second
