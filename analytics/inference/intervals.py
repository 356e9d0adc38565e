"""t and normal intervals and p-values; df may be infinite (normal) everywhere; numbers and arrays alike.

scipy.special has the digits of scipy.stats and none of its half second of loading.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from scipy import special

Number = TypeVar("Number", float, np.ndarray)


def quantile(probability: float, df: Number) -> Number:
    """Quantile of Student's t with ``df`` degrees of freedom; NaN where df is NaN or not positive."""
    found: Any = special.stdtrit(np.asarray(df, float), probability)
    return found


def interval(estimate: Number, std_error: Number, df: Number, level: float = 0.95) -> tuple[Number, Number]:
    """Two-sided interval of confidence ``level`` on the scale of ``estimate``."""
    half = quantile(0.5 + level / 2, df) * std_error
    return estimate - half, estimate + half


def p_value(estimate: Number, std_error: Number, df: Number) -> Number:
    """Two-sided p-value of "no difference" (0); NaN without a standard error."""
    found: Any = 2.0 * special.stdtr(np.asarray(df, float), -np.abs(statistic(estimate, std_error)))
    return found


def statistic(estimate: Number, std_error: Number) -> Number:
    """estimate / std_error; NaN where the standard error is 0 or not finite."""
    error = np.asarray(std_error, float)
    shape = np.broadcast(estimate, error).shape
    found: Any = np.divide(estimate, error, out=np.full(shape, np.nan), where=np.isfinite(error) & (error > 0))
    return found[()]
