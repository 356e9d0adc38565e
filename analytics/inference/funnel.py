"""Limits of a funnel plot: how far a unit of n patients may lie from the overall mean by chance alone.

Spiegelhalter 2005 (Stat Med 24:1185): exact binomial limits, interpolated, for shares; Student's t for means. Two
things make them narrower, so that as many units lie outside as promised: what the case mix explains, and the unit's
own part in the overall mean (analysis of means: Nelson, Wludyka, Copeland 2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analytics.inference.intervals import quantile

INNER, OUTER = 0.95, 0.998  # Spiegelhalter's two pairs: about two and three standard deviations


@dataclass(frozen=True)
class Funnel:
    """``centre``: the overall mean (share: percent); ``total``: patients in it; ``sigma``: standard deviation of one
    patient around what is expected, on ``df``; ``share``: whether patients are counted, or measured."""

    centre: float
    total: float
    sigma: float
    df: float
    share: bool

    def limits(self, n: float, level: float) -> tuple[float, float]:
        """(low, high) for a unit of ``n`` of the patients, in the units of ``centre``; equal at n = total."""
        own = math.sqrt(max(0.0, 1 - n / self.total))
        tail = (1 - level) / 2
        if not self.share:
            half = quantile(1 - tail, self.df) * self.sigma * own / math.sqrt(n)
            return self.centre - half, self.centre + half
        p = self.centre / 100
        if not 0 < p < 1:
            return self.centre, self.centre
        explained = self.sigma / (100 * math.sqrt(p * (1 - p)))
        low, high = (binomial_limit(n, p, q) for q in (tail, 1 - tail))
        return tuple(100 * (p + own * explained * (q - p)) for q in (low, high))  # type: ignore[return-value]

    def outside(self, value: float, n: float) -> int:
        """0 within the inner limits, 1 outside them, 2 outside the outer ones."""
        return sum(not low <= value <= high for low, high in (self.limits(n, at) for at in (INNER, OUTER)))


def binomial_limit(n: float, p: float, probability: float) -> float:
    """The share that ``probability`` of binomial shares of ``n`` patients lie under, interpolated between counts."""
    count = max(1, round(n))
    under = special.bdtr(np.arange(count + 1), count, p)
    r = min(int(np.searchsorted(under, probability)), count)
    below = under[r - 1] if r else 0.0
    share = (r - (under[r] - probability) / (under[r] - below)) / count if under[r] > below else r / count
    return float(min(max(share, 0.0), 1.0))
