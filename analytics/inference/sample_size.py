"""Patients needed, power and smallest difference found, from the noncentral t distribution.

Two arms of n patients each with residual standard deviation s: the statistic has noncentrality d / (s sqrt(2 / n)) and
2 n - 2 degrees of freedom, one fewer where the start is a covariate (Borm and others 2007, J Clin Epidemiol 60:1234:
analysis of covariance needs (1 - r^2) of the patients). Within patients: d / (s sqrt(1 / n)) with n - 1. Two-sided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

MOST_PATIENTS = 1_000_000
FEWEST = 3


@dataclass(frozen=True)
class Trial:
    """A comparison of means as it would be run. ``sd``: residual, on the working scale; ``level`` of the interval.

    ``groups``: 2 for patients with one treatment each, 1 for differences within patients. ``covariates``: degrees of
    freedom they take.
    """

    sd: float
    groups: int = 2
    covariates: int = 0
    level: float = 0.95

    def df(self, n: float) -> float:
        """Degrees of freedom with ``n`` patients per arm (or pairs)."""
        return self.groups * (n - 1) - self.covariates

    def power(self, n: float, difference: float) -> float:
        """Chance to find ``difference`` with ``n`` patients per arm, in either direction."""
        df = self.df(n)
        if df <= 0:
            return 0.0
        shift = abs(difference) / (self.sd * math.sqrt(self.groups / n))
        limit = stats.t.ppf(0.5 + self.level / 2, df)
        found = stats.nct.sf(limit, df, shift) + stats.nct.cdf(-limit, df, shift)
        if math.isfinite(found):
            return float(min(found, 1.0))
        return float(stats.norm.sf(limit - shift))  # so far out that the noncentral t overflows: normal to 6 digits

    def patients(self, difference: float, power: float) -> float:
        """Smallest whole number per arm that finds ``difference`` with ``power``; inf beyond MOST_PATIENTS."""
        if not (math.isfinite(difference) and difference != 0 and self.sd > 0):
            return math.nan
        if self.power(MOST_PATIENTS, difference) < power:
            return math.inf
        low, high = FEWEST - 1, MOST_PATIENTS
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.power(middle, difference) >= power else (middle, high)
        return float(high)

    def detectable(self, n: float, power: float) -> float:
        """Smallest difference found with ``power`` by ``n`` patients per arm; NaN where there are too few to say."""
        if self.df(n) <= 0 or not self.sd > 0:
            return math.nan
        unit = self.sd * math.sqrt(self.groups / n)
        high = unit
        while self.power(n, high) < power:
            high *= 2
        return float(optimize.brentq(lambda d: self.power(n, d) - power, 1e-9 * unit, high, xtol=1e-12 * unit))


def pooled(values: np.ndarray, groups: np.ndarray) -> float:
    """Standard deviation within groups, pooled; NaN without a degree of freedom."""
    return math.sqrt(pooled_products(values, values, groups))


def pooled_products(one: np.ndarray, two: np.ndarray, groups: np.ndarray) -> float:
    """Covariance within groups, pooled over them."""
    total, free = 0.0, 0
    for group in np.unique(groups):
        here = groups == group
        if here.sum() > 1:
            total += float(np.sum((one[here] - one[here].mean()) * (two[here] - two[here].mean())))
            free += int(here.sum()) - 1
    return total / free if free else math.nan


def correlation(one: np.ndarray, two: np.ndarray, groups: np.ndarray) -> float:
    """Correlation within groups, pooled; 0 where one of the two does not vary."""
    spread = pooled(one, groups) * pooled(two, groups)
    return pooled_products(one, two, groups) / spread if spread > 0 else 0.0
