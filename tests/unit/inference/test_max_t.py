"""The maximum of correlated t statistics against the studentized range, Dunnett's double integral and plain t."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.inference.max_t import correlation_of, maximum


def all_pairs(arms: int) -> np.ndarray:
    rows = np.array([np.eye(arms)[j] - np.eye(arms)[i] for i in range(arms) for j in range(i + 1, arms)])
    return correlation_of(rows @ rows.T)


def equicorrelated(k: int, rho: float) -> np.ndarray:
    return np.full((k, k), rho) + (1 - rho) * np.eye(k)


def dunnett(t: float, k: int, df: float, rho: float) -> float:
    """P(max |T| > t) of k equally correlated t: integral over the shared normal and the chi scale."""
    x, w = np.polynomial.legendre.leggauss(80)
    y, v = np.polynomial.legendre.leggauss(200)
    top = 1 + 14 / np.sqrt(2 * df)
    s = (y + 1) / 2 * top
    density = v / 2 * top * 2 * df * s * stats.chi2.pdf(df * s * s, df)
    z, weight = 9 * x, 9 * w * stats.norm.pdf(9 * x)
    upper, lower = ((sign * t * s[:, None] + np.sqrt(rho) * z) / np.sqrt(1 - rho) for sign in (1, -1))
    return float(1 - density @ ((stats.norm.cdf(upper) - stats.norm.cdf(lower)) ** k @ weight))


@pytest.mark.parametrize(("arms", "near"), [(3, 1e-12), (4, 1e-6), (5, 3e-6), (6, 1e-5), (7, 3e-5)])
@pytest.mark.parametrize("df", [5, 20])
def test_balanced_pairs_are_tukeys_range(arms, near, df):
    family = maximum(all_pairs(arms), df)
    for t in (1.5, 2.5, 3.5):
        expected = stats.studentized_range.sf(t * np.sqrt(2), arms, df)
        assert family.p_value(t) == pytest.approx(expected, abs=near)
    assert stats.studentized_range.cdf(family.critical_value(0.95) * np.sqrt(2), arms, df) == pytest.approx(
        0.95, abs=near
    )


@pytest.mark.parametrize(("k", "near"), [(2, 1e-12), (3, 1e-6), (4, 3e-6), (5, 1e-5)])
@pytest.mark.parametrize("rho", [0.2, 0.5])
def test_equally_correlated_contrasts_are_dunnetts(k, near, rho):
    family = maximum(equicorrelated(k, rho), 12.0)
    for t in (1.2, 2.4, 3.3):
        assert family.p_value(t) == pytest.approx(dunnett(t, k, 12.0, rho), abs=near)


def test_infinite_df_is_the_normal_limit():
    for arms in (3, 4):
        far, limit = maximum(all_pairs(arms), 1e8), maximum(all_pairs(arms), np.inf)
        assert limit.p_value(2.2) == pytest.approx(far.p_value(2.2), rel=1e-6)
        assert limit.critical_value() == pytest.approx(far.critical_value(), rel=1e-6)


def test_one_contrast_or_the_same_one_twice_is_the_t_test():
    for correlation in (np.ones((1, 1)), np.ones((2, 2)), np.array([[1.0, -1], [-1, 1]])):
        family = maximum(correlation, 9.5)
        assert family.p_value(2.0) == pytest.approx(2 * stats.t.sf(2.0, 9.5), rel=1e-12)
        assert family.critical_value(0.9) == pytest.approx(stats.t.ppf(0.95, 9.5), rel=1e-12)


def test_two_uncorrelated_contrasts_of_the_normal_are_independent():
    alone = 2 * stats.norm.sf(1.7)
    assert maximum(np.eye(2), np.inf).p_value(1.7) == pytest.approx(1 - (1 - alone) ** 2, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(2, 300), st.floats(0, 6))
def test_between_one_test_and_bonferroni_and_falling(seed, df, t):
    rows = np.random.default_rng(seed).normal(size=(3, 2))
    family = maximum(correlation_of(rows @ rows.T), df)
    alone = 2 * stats.t.sf(t, df)
    assert alone - 1e-12 <= family.p_value(t) <= min(1.0, 3 * alone) + 1e-12
    assert family.p_value(-t) == family.p_value(t) >= family.p_value(t + 0.1)
    assert family.p_value(family.critical_value(0.9)) == pytest.approx(0.1, abs=1e-10)


@pytest.mark.parametrize(("rank", "near"), [(2, 1e-12), (3, 1e-6)])
def test_order_and_signs_of_contrasts_do_not_matter(rank, near):
    rows = np.random.default_rng(4).normal(size=(4, rank))
    flip = np.diag([1.0, -1, 1, -1])[[2, 0, 3, 1]]
    first, again = (maximum(correlation_of(m @ m.T), 15.0) for m in (rows, flip @ rows))
    assert first.p_value(2.1) == pytest.approx(again.p_value(2.1), abs=near)
    assert first.critical_value() == pytest.approx(again.critical_value(), abs=10 * near)


def test_missing_and_endless_statistics():
    family = maximum(all_pairs(3), 10.0)
    assert np.isnan(family.p_value(np.nan))
    assert family.p_value(np.inf) == 0.0
    assert family.p_value(0.0) == 1.0
