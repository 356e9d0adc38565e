"""Units that differ from one another: spread between them by REML, each drawn towards their mean (empirical Bayes).

The normal-normal model y_i ~ N(mu, tau^2 + v_i) with known v_i. REML: Viechtbauer 2005 (J Educ Behav Stat 30:261);
variance of the mean: Hartung and Knapp 2001 (Stat Med 20:3875), never below its usual size; limits of tau^2: Q-profile,
Viechtbauer 2007 (Stat Med 26:37); shrunken values: Raudenbush and Bryk 1985 (J Educ Stat 10:75).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from analytics.inference.intervals import quantile

GRID = 80  # values of tau^2 among which the highest restricted likelihood is looked for before it is refined


@dataclass(frozen=True, eq=False)
class Between:
    """``tau2`` with its limits; ``mean`` of the units and its ``variance``; ``q``: Cochran's statistic on ``df``.

    ``shrunk`` (k,) with limits ``low`` and ``high`` on df of Student's t: they take tau^2 for known.
    """

    tau2: float
    tau2_low: float
    tau2_high: float
    mean: float
    variance: float
    q: float
    df: int
    p_value: float
    shrunk: np.ndarray
    low: np.ndarray
    high: np.ndarray


def between(estimate: np.ndarray, variance: np.ndarray, *, level: float = 0.95) -> Between:
    """The model for ``estimate`` (k,) with known ``variance`` (k,), all above 0; at least two units (ValueError)."""
    y, v = np.asarray(estimate, float), np.asarray(variance, float)
    if len(y) < 2 or not (v > 0).all():
        raise ValueError("at least two units, each with a variance above 0, can differ from one another")
    tau2, df = _reml(y, v), len(y) - 1
    weight = 1 / (v + tau2)
    mean = float(weight @ y / weight.sum())
    unsure = max(1.0, float(weight @ (y - mean) ** 2) / df) / float(weight.sum())
    kept = tau2 / (tau2 + v)
    shrunk = mean + kept * (y - mean)
    half = quantile(0.5 + level / 2, float(df)) * np.sqrt(kept * v + (1 - kept) ** 2 * unsure)
    q = _q(0.0, y, v)
    low, high = _profile(y, v, level)
    return Between(
        tau2, low, high, mean, unsure, q, df, float(special.chdtrc(df, q)), shrunk, shrunk - half, shrunk + half
    )


def _reml(y: np.ndarray, v: np.ndarray) -> float:
    """tau^2 of the highest restricted likelihood, which may be 0."""
    most = 4 * float(np.var(y, ddof=1))
    if not most > 0:
        return 0.0
    grid = np.concatenate([[0.0], np.geomspace(1e-6 * most, most, GRID)])
    best = int(np.argmax([_likelihood(t, y, v) for t in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, GRID)]
    if _slope(low, y, v) <= 0:
        return float(low)
    return float(optimize.brentq(_slope, low, high, args=(y, v), xtol=1e-14 * most, rtol=1e-13)) \
        if _slope(high, y, v) < 0 else float(high)  # fmt: skip


def _likelihood(tau2: float, y: np.ndarray, v: np.ndarray) -> float:
    w = 1 / (v + tau2)
    return 0.5 * float(np.log(w).sum() - np.log(w.sum()) - _q(tau2, y, v))


def _slope(tau2: float, y: np.ndarray, v: np.ndarray) -> float:
    """Derivative of the restricted log likelihood."""
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return 0.5 * float(w**2 @ (y - mean) ** 2 - w.sum() + (w**2).sum() / w.sum())


def _q(tau2: float, y: np.ndarray, v: np.ndarray) -> float:
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


def _profile(y: np.ndarray, v: np.ndarray, level: float) -> tuple[float, float]:
    """Limits of tau^2: where the generalised Q meets the quantiles of its chi-square distribution."""
    df, tail = len(y) - 1, (1 - level) / 2
    return tuple(_meets(float(special.chdtri(df, p)), y, v) for p in (tail, 1 - tail))  # type: ignore[return-value]


def _meets(wanted: float, y: np.ndarray, v: np.ndarray) -> float:
    if _q(0.0, y, v) <= wanted:
        return 0.0
    end = float(np.var(y, ddof=1)) + float(v.max())
    while _q(end, y, v) > wanted:
        end *= 4
    return float(optimize.brentq(lambda t: _q(t, y, v) - wanted, 0.0, end, xtol=1e-14 * end, rtol=1e-13))
