"""Two one-sided tests of equivalence (Schuirmann 1987) and non-inferiority: rows of results, never the verdict.

All numbers stand on the working scale: for ratios the log of estimate, bounds and margin.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

from analytics.inference.intervals import interval


@dataclass(frozen=True)
class Equivalence:
    """``p_lower``: of "below the low bound"; ``p_upper``: of "above the high bound"; ``p_value``: the larger."""

    p_lower: float
    p_upper: float
    p_value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True)
class NonInferiority:
    """``limit``: confidence limit on the side of loss, more = better; ``shown``: it excludes a loss of the margin."""

    limit: float
    p_value: float
    shown: bool


def equivalence(
    estimate: float, std_error: float, df: float, *, low: float, high: float, alpha: float = 0.05
) -> Equivalence:
    """Is the difference inside ``low`` to ``high``? Equivalent at ``alpha`` where p_value <= alpha."""
    below = float(stats.t.sf((estimate - low) / std_error, df))
    above = float(stats.t.cdf((estimate - high) / std_error, df))
    bottom, top = interval(estimate, std_error, df, 1 - 2 * alpha)
    return Equivalence(below, above, max(below, above), bottom, top)


def non_inferiority(
    estimate: float, std_error: float, df: float, *, margin: float, direction: str, level: float = 0.95
) -> NonInferiority:
    """Is arm worse than reference by less than ``margin`` > 0? One-sided at half of 1 - ``level``.

    ``direction``: lower means that less of the outcome is better.
    """
    gain = -estimate if direction == "lower" else estimate
    limit = float(interval(gain, std_error, df, level)[0])
    return NonInferiority(limit, float(stats.t.sf((gain + margin) / std_error, df)), limit > -margin)
