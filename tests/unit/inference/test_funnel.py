"""Funnel limits: exact binomial quantiles, the part of the unit in the mean, and Student's t."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analytics.inference.funnel import INNER, OUTER, Funnel, binomial_limit

MANY = 1e12


@pytest.mark.parametrize(("n", "p"), [(10, 0.5), (37, 0.1), (200, 0.93), (5, 0.02)])
@pytest.mark.parametrize("probability", [0.001, 0.025, 0.975, 0.999])
def test_the_limit_lies_between_the_counts_of_the_binomial_quantile(n: int, p: float, probability: float) -> None:
    r = stats.binom.ppf(probability, n, p)
    found = n * binomial_limit(n, p, probability)
    assert max(r - 1, 0) - 1e-9 <= found <= r + 1e-9
    under, below = stats.binom.cdf([r, r - 1], n, p)
    if r > 0:
        assert found == pytest.approx(r - (under - probability) / (under - below))


def test_many_patients_make_it_normal() -> None:
    low, high = Funnel(30.0, MANY, 100 * math.sqrt(0.21), MANY, True).limits(20_000, INNER)
    half = 100 * stats.norm.ppf(0.975) * math.sqrt(0.21 / 20_000)
    assert (low, high) == pytest.approx((30 - half, 30 + half), abs=0.01)


def test_means_have_the_limits_of_analysis_of_means() -> None:
    funnel = Funnel(-1.0, 100, 2.0, 90, False)
    half = stats.t.ppf(0.999, 90) * 2 * math.sqrt((100 - 20) / (100 * 20))
    assert funnel.limits(20, OUTER) == pytest.approx((-1 - half, -1 + half))
    assert funnel.limits(100, OUTER) == (-1, -1), "whoever has all patients is the mean"


def test_the_funnel_narrows_and_the_outer_limits_lie_outside() -> None:
    funnel = Funnel(40.0, 500, 45.0, 480, True)
    wide = [np.diff(funnel.limits(n, INNER))[0] for n in (5, 20, 80, 320)]
    assert wide == sorted(wide, reverse=True)
    assert funnel.limits(20, OUTER)[0] < funnel.limits(20, INNER)[0]
    assert [funnel.outside(v, 20) for v in (40, 65, 90)] == [0, 1, 2]


def test_nothing_varies() -> None:
    assert Funnel(100.0, 50, 0.0, 40, True).limits(10, INNER) == (100, 100)
