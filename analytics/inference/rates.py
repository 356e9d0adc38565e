"""Exact limits of a Poisson rate: events over the time in which they could have been seen (Garwood 1936)."""

from __future__ import annotations

import math

from scipy import stats

NOTHING = (math.nan, math.nan, math.nan)


def poisson_rate(events: int, exposure: float, *, level: float = 0.95) -> tuple[float, float, float]:
    """(rate, low, high) per unit of ``exposure``; NaN without exposure. No event still has its upper limit.

    Exact for independent events; events of one patient that go together make the true interval wider.
    """
    if not exposure > 0:
        return NOTHING
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(stats.gamma.ppf(tail, events))
    return events / exposure, low / exposure, float(stats.gamma.isf(tail, events + 1)) / exposure
