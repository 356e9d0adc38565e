"""Coarse numbers: counts to the nearest multiple of the least cell, other figures to two significant digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from analytics.domain.hidden import FEWER

SIGNIFICANT = 2


def coarse(count: int, minimum_cell: int) -> int:
    """FEWER under ``minimum_cell`` (0 too), else the nearest multiple of it, the higher one of two as near."""
    return FEWER if count < minimum_cell else (2 * count + minimum_cell) // (2 * minimum_cell) * minimum_cell


def possible(told: int, minimum_cell: int) -> tuple[int, int]:
    """The least and the largest count that ``coarse`` tells as ``told``."""
    if told == FEWER:
        return 0, minimum_cell - 1
    low = told - minimum_cell // 2
    return max(low, minimum_cell), low + minimum_cell - 1


def significant(value: float) -> float:
    """``value`` to two significant digits, half away from zero; NaN and infinities stay what they are."""
    if not math.isfinite(value) or value == 0:
        return value
    exact = Decimal(f"{value:.6g}")
    return float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - SIGNIFICANT + 1), rounding=ROUND_HALF_UP))


def half_width(told: float) -> float:
    """How far the exact figure may lie from ``significant`` of it; six digits were delivered before."""
    if told == 0:
        return 1e-6
    step = Decimal(1).scaleb(Decimal(f"{told:.6g}").adjusted() - SIGNIFICANT + 1)
    return float(step) * (0.5 + 1e-4)


Limits = Callable[..., tuple[float, float]]


def share(part: int, whole: int, limits: Limits, level: float) -> tuple[float, float, float]:
    """Whole percent of two told counts, and limits that follow from them alone; NaN where either is not told."""
    if part < 0 or whole <= 0:
        return math.nan, math.nan, math.nan
    low, high = (significant(100.0 * limit) for limit in limits(min(part, whole), whole, level=level))
    return math.floor(100.0 * part / whole + 0.5), low, high
