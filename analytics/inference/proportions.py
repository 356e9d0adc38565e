"""Intervals of proportions and of their differences: Wilson, Clopper-Pearson, Newcombe, Miettinen-Nurminen.

Newcombe 1998 (Stat Med 17: 857 and 873); Miettinen and Nurminen 1985, with the factor N / (N - 1). statsmodels' score
interval of a difference is wrong (56/70 v 48/80: 0.0526, published 0.0528) and fails for 9/10 v 3/10: not used.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, stats

Interval = tuple[float, float]
NOTHING: Interval = (math.nan, math.nan)
EDGE = 1e-12


def wilson(count: int, n: int, *, level: float = 0.95) -> Interval:
    """Score interval of ``count`` of ``n``; NaN without anyone."""
    if n == 0:
        return NOTHING
    z, p = _z(level), count / n
    middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    return (0.0 if count == 0 else low), (1.0 if count == n else high)


def clopper_pearson(count: int, n: int, *, level: float = 0.95) -> Interval:
    """Exact interval of ``count`` of ``n``; NaN without anyone."""
    if n == 0:
        return NOTHING
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(stats.beta.ppf(tail, count, n - count + 1))
    return low, (1.0 if count == n else float(stats.beta.isf(tail, count + 1, n - count)))


def newcombe(count: int, n: int, count_reference: int, n_reference: int, *, level: float = 0.95) -> Interval:
    """Interval of the risk difference arm - reference from the two Wilson intervals (Newcombe's method 10)."""
    if n == 0 or n_reference == 0:
        return NOTHING
    first, second = wilson(count, n, level=level), wilson(count_reference, n_reference, level=level)
    p, q = count / n, count_reference / n_reference
    return p - q - math.hypot(p - first[0], second[1] - q), p - q + math.hypot(first[1] - p, q - second[0])


def miettinen_nurminen(count: int, n: int, count_reference: int, n_reference: int, *, level: float = 0.95) -> Interval:
    """Score interval of the risk difference arm - reference; NaN without anyone in an arm."""
    if n == 0 or n_reference == 0:
        return NOTHING
    z, difference = _z(level), count / n - count_reference / n_reference

    def off(at: float, wanted: float) -> float:
        return _score(count, n, count_reference, n_reference, at) - wanted

    def limit(wanted: float, end: float) -> float:
        inside = math.copysign(1 - EDGE, end)
        if abs(difference - end) < EDGE or (off(inside, wanted) < 0) == (end < 0):
            return end
        found: float = optimize.brentq(off, *sorted((inside, difference)), args=(wanted,), xtol=1e-14)
        return found

    return limit(z, -1.0), limit(-z, 1.0)


def _z(level: float) -> float:
    return float(stats.norm.ppf(0.5 + level / 2))


def _score(x: int, n: int, y: int, m: int, difference: float) -> float:
    """The score statistic of p - q = ``difference``, falling in it."""
    p, q = _restricted(x, n, y, m, difference)
    variance = (p * (1 - p) / n + q * (1 - q) / m) * (n + m) / (n + m - 1)
    off = x / n - y / m - difference
    if variance <= 0:
        return 0.0 if abs(off) < EDGE else math.copysign(math.inf, off)
    return off / math.sqrt(variance)


def _restricted(x: int, n: int, y: int, m: int, difference: float) -> tuple[float, float]:
    """Maximum likelihood of (p, q) given p - q = ``difference``: a root of a cubic (Farrington, Manning 1990)."""
    ratio, p, q = m / n, x / n, y / m
    a = 1 + ratio
    b = -(1 + ratio + p + ratio * q + difference * (ratio + 2))
    c = difference**2 + difference * (2 * p + ratio + 1) + p + ratio * q
    d = -p * difference * (1 + difference)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = math.copysign(math.sqrt(max(0.0, b**2 / (3 * a) ** 2 - c / (3 * a))), v if v else -1.0)
    angle = math.pi / 3 if u == 0 else (math.pi + math.acos(float(np.clip(v / u**3, -1, 1)))) / 3
    first = min(1.0, max(0.0, 2 * u * math.cos(angle) - b / (3 * a)))
    return first, min(1.0, max(0.0, first - difference))
