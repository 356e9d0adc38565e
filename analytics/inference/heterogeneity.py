"""Do independent groups (levels of a subgroup) differ in one contrast? Welch's test with the df of every group.

Welch 1951: with two groups the squared Welch t, with infinite df Cochran's Q against chi-square. Q alone takes the
errors of small groups for known and rejects too often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Heterogeneity:
    """``q``: Cochran's Q; ``statistic``: Welch's F on ``df1`` and ``df2`` (inf: chi-square), with its ``p_value``."""

    q: float
    statistic: float
    df1: float
    df2: float
    p_value: float


def heterogeneity(estimate: np.ndarray, std_error: np.ndarray, df: np.ndarray) -> Heterogeneity:
    """Test of "the same in all groups" from each group's estimate, error and df, all (groups,); NaN for one group."""
    k = len(estimate)
    if k < 2:
        return Heterogeneity(*(float("nan"),) * 5)
    weight = std_error**-2.0
    centre = float(np.sum(weight * estimate) / np.sum(weight))
    q = float(np.sum(weight * (estimate - centre) ** 2))
    unsure = float(np.sum((1 - weight / np.sum(weight)) ** 2 / df))
    statistic = q / (k - 1) / (1 + 2 * (k - 2) / (k**2 - 1) * unsure)
    df2 = (k**2 - 1) / (3 * unsure) if unsure > 0 else float("inf")
    beyond = stats.f.sf(statistic, k - 1, df2) if np.isfinite(df2) else stats.chi2.sf(q, k - 1)
    return Heterogeneity(q, statistic, k - 1, df2, float(beyond))
