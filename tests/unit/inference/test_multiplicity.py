"""Families: what every procedure owes, those without a package to compare with, pairs that cannot be estimated."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.domain.errors import PlanRefused
from analytics.domain.fit import MeasureBlock
from analytics.domain.plan import MULTIPLICITY
from analytics.inference.multiplicity import PROCEDURES, adjust
from analytics.inference.stepwise import shaffer

ARMS = ("a", "b", "c")
PAIRS = (("b", "a"), ("c", "a"), ("c", "b"))
SINGLE_STEP = ("max_t", "bonferroni", "sidak", "tukey", "none")
STEPWISE = ("holm", "hochberg", "hommel", "bh", "by", "fixed_sequence", "shaffer")


def block(means=(0.0, 1.0, 2.2), errors=(0.4, 0.5, 0.6), df=(20.0, 15.0, 30.0), pairs=PAIRS, estimable=None):
    rows = np.array([[(arm == a) - (arm == b) for arm in ARMS] for a, b in pairs], float)
    usable = np.ones(len(pairs), bool) if estimable is None else np.array(estimable)
    seen = np.where(usable, 1.0, np.nan)
    covariance = rows @ np.diag(np.square(errors)) @ rows.T
    return MeasureBlock("difference", "additive", tuple(pairs), rows @ means * seen, covariance * np.outer(seen, seen),
                        np.array(df[: len(pairs)]) * seen, usable)  # fmt: skip


def test_single_step_and_stepwise_are_all_there_is():
    assert {*SINGLE_STEP, *STEPWISE, "dunnett"} == set(PROCEDURES) == set(get_args(MULTIPLICITY))


@pytest.mark.parametrize("method", SINGLE_STEP)
def test_intervals_and_p_values_agree(method):
    for middle in (0.3, 1.0, 1.34, 1.8):
        family = adjust(block(means=(0, middle, 2.2)), method)
        excluded = (family.low > 0) | (family.high < 0)
        np.testing.assert_array_equal(excluded, family.p_adjusted < 0.05)
        np.testing.assert_array_equal(family.verdict_low, family.low)
        np.testing.assert_array_equal(family.verdict_high, family.high)


@pytest.mark.parametrize("method", STEPWISE)
def test_procedures_without_intervals_lend_bonferronis_to_the_verdict(method):
    family, bonferroni = adjust(block(), method), adjust(block(), "bonferroni")
    assert np.isnan(family.low).all()
    assert np.isnan(family.high).all()
    np.testing.assert_allclose(family.verdict_low, bonferroni.low, rtol=1e-12)
    np.testing.assert_allclose(family.verdict_high, bonferroni.high, rtol=1e-12)
    assert "Bonferroni" in family.note


@pytest.mark.parametrize("method", sorted(set(PROCEDURES) - {"dunnett", "none"}))
def test_adjusting_never_makes_a_p_value_smaller_nor_larger_than_bonferronis(method):
    family = adjust(block(), method)
    assert (family.p_adjusted >= family.p_value - 1e-15).all()
    largest = np.minimum(1, 3 * family.p_value) * (11 / 6 if method == "by" else 1)
    if method != "fixed_sequence" and method != "tukey" and method != "max_t":
        assert (family.p_adjusted <= np.minimum(1, largest) + 1e-12).all()


def test_bonferroni_by_hand():
    family, given_block = adjust(block(), "bonferroni", 0.9), block()
    t = given_block.estimate / given_block.std_error
    np.testing.assert_allclose(family.p_adjusted, np.minimum(1, 6 * stats.t.sf(np.abs(t), given_block.df)), rtol=1e-12)
    half = stats.t.ppf(1 - 0.1 / 6, given_block.df) * given_block.std_error
    np.testing.assert_allclose(family.high - given_block.estimate, half, rtol=1e-12)


def test_fixed_sequence_stops_at_the_first_failure():
    family = adjust(block(means=(0, 0.2, 3.0)), "fixed_sequence")
    assert family.p_value[1] < 0.001 < 0.5 < family.p_value[0]
    assert (family.p_adjusted == family.p_value[0]).all()


def test_shaffer_by_hand_for_three_arms_and_five():
    p = np.array([0.02, 0.001, 0.03])
    np.testing.assert_allclose(shaffer(p, PAIRS), [0.02, 0.003, 0.03])
    five = [(i, j) for i in "abcde" for j in "abcde" if i > j]
    # groups of equal arms: all five 10, four 6, three and two 4, three 3, two and two 2, two 1, none 0; so 5 and 7 to 9
    # pairs cannot be all that is true
    ranked = np.arange(1, 11) * 1e-3
    steps = np.array([10, 6, 6, 6, 6, 4, 4, 3, 2, 1])
    np.testing.assert_allclose(shaffer(ranked, five), np.maximum.accumulate(steps * ranked))


def test_shaffer_of_many_to_one_is_holm():
    against = (("b", "a"), ("c", "a"))
    np.testing.assert_allclose(
        adjust(block(pairs=against), "shaffer").p_adjusted, adjust(block(pairs=against), "holm").p_adjusted
    )


@pytest.mark.parametrize("method", sorted(set(PROCEDURES) - {"dunnett", "tukey"}))
def test_a_pair_that_cannot_be_estimated_does_not_count(method):
    with_gap = adjust(block(estimable=(True, False, True)), method)
    alone = adjust(block(pairs=(PAIRS[0], PAIRS[2]), df=(20.0, 30.0)), method)
    for name in ("p_value", "p_adjusted", "low", "high", "verdict_low", "verdict_high"):
        values = getattr(with_gap, name)
        assert np.isnan(values[1])
        np.testing.assert_allclose(values[[0, 2]], getattr(alone, name), rtol=1e-10)


@pytest.mark.parametrize("method", sorted(PROCEDURES))
def test_nothing_estimable_is_an_answer_of_blanks(method):
    family = adjust(block(estimable=(False, False, False)), method)
    assert np.isnan([family.p_value, family.p_adjusted, family.low, family.verdict_low]).all()


@pytest.mark.parametrize("method", sorted(set(PROCEDURES) - {"dunnett"}))
def test_one_pair_needs_no_adjustment(method):
    family = adjust(block(pairs=PAIRS[:1]), method)
    np.testing.assert_allclose(family.p_adjusted, family.p_value, rtol=1e-9)
    plain = adjust(block(pairs=PAIRS[:1]), "none")
    np.testing.assert_allclose(family.verdict_high, plain.high, rtol=1e-8)


def test_sharing_the_error_between_outcomes():
    one, three = adjust(block(), "max_t"), adjust(block(), "max_t", across=3)
    np.testing.assert_allclose(three.p_adjusted, np.minimum(1, 3 * one.p_adjusted), rtol=1e-12)
    np.testing.assert_allclose(three.low, adjust(block(), "max_t", 1 - 0.05 / 3).low, rtol=1e-10)
    assert "3 outcomes" in three.note


def test_tukey_is_for_all_pairs_and_a_gap_leaves_the_arms_that_are_there():
    with pytest.raises(PlanRefused, match="all pairs"):
        adjust(block(pairs=PAIRS[:2]), "tukey")
    family = adjust(block(estimable=(True, False, True)), "tukey")  # all three arms still take part
    whole = adjust(block(df=(20.0, 20.0, 30.0)), "tukey")
    np.testing.assert_allclose(family.p_adjusted[[0, 2]], whole.p_adjusted[[0, 2]], rtol=1e-9)
    two = adjust(block(estimable=(True, False, False)), "tukey")
    np.testing.assert_allclose(two.p_adjusted[0], two.p_value[0], rtol=1e-9)


@pytest.mark.parametrize("method", ["tukey", "dunnett", "shaffer"])
@pytest.mark.parametrize("pairs", [(("", ""), ("", "")), (("b", "a"), ("a", "b"), ("c", "a"))])
def test_procedures_of_pairs_refuse_other_combinations(method, pairs):
    given_block = block(pairs=PAIRS[: len(pairs)])
    with pytest.raises(PlanRefused, match=r"other combinations|one reference"):
        adjust(replace(given_block, pairs=pairs), method)


def test_an_unknown_procedure_is_refused_with_those_that_are_known():
    with pytest.raises(PlanRefused, match="max_t"):
        adjust(block(), "tukeys")


def test_dunnett_wants_one_reference():
    with pytest.raises(PlanRefused, match="one reference"):
        adjust(block(), "dunnett", reference="a")
    family = adjust(block(pairs=PAIRS[:2]), "dunnett", reference="a")
    np.testing.assert_allclose(family.p_adjusted, adjust(block(pairs=PAIRS[:2]), "max_t").p_adjusted)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    st.sampled_from(sorted(set(PROCEDURES) - {"dunnett", "fixed_sequence"})),
    st.permutations(range(3)),
)
def test_order_and_direction_of_pairs_do_not_matter(means, method, order):
    turned = [PAIRS[k][::-1] if k == 1 else PAIRS[k] for k in order]
    df = (20.0, 15.0, 30.0)
    first, again = adjust(block(means), method), adjust(block(means, pairs=turned, df=[df[k] for k in order]), method)
    np.testing.assert_allclose(again.p_adjusted, first.p_adjusted[list(order)], rtol=1e-9, atol=1e-12)
    at = order.index(1)
    np.testing.assert_allclose(again.verdict_low[at], -first.verdict_high[1], rtol=1e-9, atol=1e-12)
