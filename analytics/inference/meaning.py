"""What an interval means for a patient: the verdict table, the difference a comparison could find, patients needed.

Limits of ``verdict`` stand on the reported scale (a ratio as a ratio); ``size``, standard errors and detectable
differences on the working scale (log for ratios, distance from 0.5 for probabilities).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

POWER = 0.8
MOST_PATIENTS = 1_000_000


def size(scale: str, meaningful: float | None) -> float | None:
    """A meaningful difference as a distance from "no difference" on the working scale; None where there is none."""
    if meaningful is None or not math.isfinite(meaningful):
        return None
    if scale == "ratio":
        distance = abs(math.log(meaningful)) if meaningful > 0 else 0.0
    else:
        distance = abs(meaningful - 0.5 if scale == "probability" else meaningful)
    return distance if distance > 0 else None


def verdict(
    status: str, low: float, high: float, *, scale: str, direction: str, meaningful: float | None = None
) -> str:
    """The verdict of an interval ``low`` to ``high`` (reported scale) of arm against reference.

    ``scale``: additive | ratio | probability (already means better: never flipped). ``direction`` of the outcome:
    lower | higher | none (then "better" reads "higher"). ``meaningful``: on the reported scale. Exhaustive, exclusive,
    and the mirror image when the arms are swapped. ValueError if ``low`` is above ``high``.
    """
    if status != "estimated" or not _usable(low, high, scale):
        return "not_estimable"
    if low > high:
        raise ValueError(f"an interval from {low} to {high} runs backwards")
    bottom, top = _towards_better(low, high, scale, direction)
    needed = size(scale, meaningful)
    if needed is None:
        return "better" if bottom > 0 else "worse" if top < 0 else "not_shown"
    return _against(bottom, top, needed)


def _against(low: float, high: float, size: float) -> str:
    """The table: ``low`` to ``high`` (more = better) against ``size`` > 0."""
    if low > 0:
        return "better_meaningful" if low >= size else "better_small" if high < size else "better"
    if high < 0:
        return "worse_meaningful" if high <= -size else "worse_small" if low > -size else "worse"
    loss, gain = low <= -size, high >= size  # still possible
    if loss:
        return "not_shown" if gain else "not_shown_gain_excluded"
    return "not_shown_loss_excluded" if gain else "equivalent"


def _usable(low: float, high: float, scale: str) -> bool:
    return math.isfinite(low) and math.isfinite(high) and (scale != "ratio" or (low > 0 and high > 0))


def _towards_better(low: float, high: float, scale: str, direction: str) -> tuple[float, float]:
    """The interval around "no difference" = 0, with more = better."""
    if scale == "probability":
        return low - 0.5, high - 0.5
    if scale == "ratio":
        low, high = math.log(low), math.log(high)
    return (-high, -low) if direction == "lower" else (low, high)


def detectable_difference(std_error: float, df: float, *, level: float = 0.95, power: float = POWER) -> float:
    """The true difference that such a comparison finds with probability ``power``: (t_level + t_power) x SE."""
    return float((stats.t.ppf(0.5 + level / 2, df) + stats.t.ppf(power, df)) * std_error)


def patients_needed(
    std_error: float, n_arm: int, n_reference: int, size: float, *, level: float = 0.95, power: float = POWER
) -> float:
    """Patients per arm, arms of equal size and two-sided, to find a difference of ``size`` with ``power``.

    The spread is what this comparison's error implies: SE^2 = s^2 (1/n_arm + 1/n_reference); t with 2n - 2 df. NaN
    without an error or a size; inf beyond MOST_PATIENTS.
    """
    if n_arm < 1 or n_reference < 1:
        return math.nan
    variance = std_error**2 / (1 / n_arm + 1 / n_reference)
    return _smallest(2 * variance, size, 2, level, power)


def pairs_needed(std_error: float, n: int, size: float, *, level: float = 0.95, power: float = POWER) -> float:
    """Patients with both sides treated, to find a difference of ``size`` within patients; t with n - 1 df."""
    return _smallest(std_error**2 * n, size, 1, level, power)


def _smallest(variance: float, size: float, groups: int, level: float, power: float) -> float:
    """Smallest n with variance / n (t_level + t_power)^2 <= size^2, t with groups (n - 1) df."""
    if not (math.isfinite(variance) and math.isfinite(size)) or variance <= 0 or size <= 0:
        return math.nan

    def enough(n: int) -> bool:
        error = float(np.sqrt(variance / n))
        return detectable_difference(error, groups * (n - 1), level=level, power=power) <= size

    if not enough(MOST_PATIENTS):
        return math.inf
    low, high = 1, MOST_PATIENTS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(high)
