"""Properties of the intervals of proportions, of the number needed to treat and of equivalence tests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.inference.effect_size import correction, hedges_g, number_needed, pooled_sd, two_sample_g
from analytics.inference.equivalence import equivalence, non_inferiority
from analytics.inference.proportions import clopper_pearson, miettinen_nurminen, newcombe, wilson

COUNTS = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.sampled_from([0.9, 0.95, 0.99]))
def test_one_proportion(count, level):
    x, n = count
    for low, high in (wilson(x, n, level=level), clopper_pearson(x, n, level=level)):
        assert 0 <= low <= x / n <= high <= 1
    for make in (wilson, clopper_pearson):
        low, high = make(x, n, level=level)
        np.testing.assert_allclose(make(n - x, n, level=level), (1 - high, 1 - low), atol=1e-12)
    exact, score = clopper_pearson(x, n, level=level), wilson(x, n, level=0.5)
    assert exact[0] <= score[0] + 1e-12
    assert exact[1] >= score[1] - 1e-12


@given(COUNTS)
def test_clopper_pearson_leaves_half_of_alpha_on_each_side(count):
    x, n = count
    low, high = clopper_pearson(x, n)
    if x > 0:
        assert stats.binom.sf(x - 1, n, low) == pytest.approx(0.025, rel=1e-8)
    if x < n:
        assert stats.binom.cdf(x, n, high) == pytest.approx(0.025, rel=1e-8)


@given(COUNTS, COUNTS)
def test_swapping_the_arms_turns_differences_round(first, second):
    for make in (newcombe, miettinen_nurminen):
        low, high = make(*first, *second)
        assert -1 <= low <= first[0] / first[1] - second[0] / second[1] <= high <= 1
        np.testing.assert_allclose(make(*second, *first), (-high, -low), atol=1e-9)


def test_a_zero_of_many_still_has_an_upper_limit_and_nobody_has_none():
    assert clopper_pearson(0, 20)[1] == pytest.approx(1 - 0.025 ** (1 / 20))
    for limits in (wilson(0, 0), clopper_pearson(0, 0), newcombe(0, 0, 1, 2), miettinen_nurminen(1, 2, 0, 0)):
        assert np.isnan(limits).all()


def test_number_needed_only_where_the_interval_excludes_no_difference():
    assert number_needed(0.25, 0.1, 0.4) == pytest.approx((4, 2.5, 10))
    assert number_needed(-0.25, -0.4, -0.1) == pytest.approx((4, 2.5, 10))
    for limits in ((-0.1, 0.4), (0.0, 0.3), (math.nan, 0.3)):
        assert np.isnan(number_needed(0.2, *limits)).all()


def test_equivalence_and_its_interval_agree():
    for estimate in (-0.4, 0.0, 0.2, 0.31, 0.6):
        got = equivalence(estimate, 0.15, 25.0, low=-0.5, high=0.5)
        assert (got.p_value <= 0.05) == (got.conf_low >= -0.5 and got.conf_high <= 0.5)


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_non_inferiority_and_its_limit_agree(direction):
    for estimate in (-0.4, -0.1, 0.0, 0.2):
        got = non_inferiority(estimate, 0.15, 25.0, margin=0.3, direction=direction)
        assert got.shown == (got.p_value < 0.025)


def test_g_is_unbiased_and_its_spread_is_pooled_within_arms():
    assert correction(2) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-12)
    assert correction(1e6) == pytest.approx(1, abs=1e-6)
    spread, df = pooled_sd(np.array([1.0, 3, 10, 14]), np.array(["a", "a", "b", "b"]))
    assert (spread, df) == (pytest.approx(np.sqrt((2 + 8) / 2)), 2)
    assert math.isnan(pooled_sd(np.array([1.0, 2]), np.array(["a", "b"]))[0])


def test_g_of_swapped_arms_and_other_units():
    g = hedges_g(0.6, 0.2, 30.0, sd=1.5, sd_df=40)
    back = hedges_g(-6.0, 2.0, 30.0, sd=15.0, sd_df=40)
    assert (back.estimate, back.conf_low, back.conf_high) == pytest.approx((-g.estimate, -g.conf_high, -g.conf_low))
    two, turned = (two_sample_g(d, sd=1.5, n_arm=12, n_reference=20) for d in (0.6, -0.6))
    assert (turned.conf_low, turned.conf_high) == pytest.approx((-two.conf_high, -two.conf_low))
