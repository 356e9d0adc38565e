"""Welch's test of differing groups against statsmodels and against its two limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from analytics.inference.heterogeneity import heterogeneity


def groups(seed: int, sizes):
    rng = np.random.default_rng(seed)
    return [rng.normal(0.4 * i, 1 + i, n) for i, n in enumerate(sizes)]


def summary(data):
    return (
        np.array([g.mean() for g in data]),
        np.array([g.std(ddof=1) / np.sqrt(len(g)) for g in data]),
        np.array([len(g) - 1.0 for g in data]),
    )


@pytest.mark.parametrize("sizes", [(5, 8), (4, 9, 6), (12, 5, 7, 20)])
def test_groups_of_numbers_give_welchs_one_way_test(sizes):
    data = groups(3, sizes)
    got, expected = heterogeneity(*summary(data)), anova_oneway(data, use_var="unequal")
    assert got.p_value == pytest.approx(expected.pvalue, rel=1e-10)
    assert got.statistic == pytest.approx(expected.statistic, rel=1e-10)
    assert (got.df1, got.df2) == pytest.approx(expected.df, rel=1e-10)


def test_two_groups_are_welchs_t_and_known_errors_are_cochrans_q():
    data = groups(5, (6, 11))
    assert heterogeneity(*summary(data)).p_value == pytest.approx(
        stats.ttest_ind(*data, equal_var=False).pvalue, rel=1e-10
    )
    estimate, error, _ = summary(groups(6, (6, 11, 9)))
    known = heterogeneity(estimate, error, np.full(3, np.inf))
    assert known.p_value == pytest.approx(stats.chi2.sf(known.q, 2), rel=1e-12)


def test_small_groups_do_not_reject_too_often():
    rng = np.random.default_rng(8)
    welch, q = [], []
    for _ in range(1500):
        data = [rng.normal(0, s, n) for s, n in ((1, 5), (2, 6), (1, 8))]
        got = heterogeneity(*summary(data))
        welch.append(got.p_value < 0.05)
        q.append(stats.chi2.sf(got.q, 2) < 0.05)
    assert 0.03 < np.mean(welch) < 0.075
    assert np.mean(q) > 0.09


def test_one_group_cannot_differ():
    assert np.isnan(heterogeneity(np.array([1.0]), np.array([0.2]), np.array([5.0])).p_value)
