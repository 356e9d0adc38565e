"""Time until something is over, of which some is not over yet: Kaplan and Meier 1958, quantiles with their limits.

Limits of a quantile after Brookmeyer and Crowley 1982, from pointwise limits of the curve on the log(-log) scale
(Greenwood's variance).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

TIE = 1e-12  # two shares nearer than this are one: 1 - 3/6 must reach a half


@dataclass(frozen=True, eq=False)
class Curve:
    """The product-limit curve at its ``times`` (k,), rising: ``share`` (k,) still going after each; ``spread`` (k,)
    Greenwood's sum, the variance of log(share); infinite where nobody is left."""

    times: np.ndarray
    share: np.ndarray
    spread: np.ndarray


def kaplan_meier(times: np.ndarray, over: np.ndarray) -> Curve:
    """The curve of ``times`` (n,), not below 0; ``over`` (n,): False where it was still going when last looked at."""
    when, ended = np.asarray(times, dtype=float), np.asarray(over, dtype=bool)
    at = np.unique(when[ended])
    going = np.array([(when >= t).sum() for t in at], dtype=float)
    gone = np.array([(when[ended] == t).sum() for t in at], dtype=float)
    with np.errstate(divide="ignore"):
        steps = np.where(going > gone, gone / (going * np.maximum(going - gone, 1.0)), np.inf)
    return Curve(at, np.cumprod(1.0 - gone / going), np.cumsum(steps))


def quantile(curve: Curve, part: float, *, level: float = 0.95) -> tuple[float, float, float]:
    """(time, low, high) by which ``part`` of all were over; NaN where the curve, or its limit, does not get there."""
    left = 1.0 - part
    z = float(stats.norm.ppf(0.5 + level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(curve.share)
        half = z * np.sqrt(curve.spread) / np.abs(log)
        # Where nobody is left the curve has no limits (as in R): a limit that is not reached before stays open.
        known = np.isfinite(half)
        lower = np.where(known, curve.share ** np.exp(half), np.inf)
        upper = np.where(known, curve.share ** np.exp(-half), np.inf)
    return _first(curve.times, curve.share, left), _first(curve.times, lower, left), _first(curve.times, upper, left)


def _first(times: np.ndarray, share: np.ndarray, left: float) -> float:
    """The first time at which the share is at most ``left``."""
    reached = np.flatnonzero(share <= left + TIE)
    return float(times[reached[0]]) if len(reached) else math.nan
