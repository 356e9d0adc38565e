"""Adjusted means and contrasts from any coefficients, and what becomes of those that cannot be estimated."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.inference.contrasts import Errors, Margins, adjusted_means, block, normal_df
from analytics.inference.intervals import interval, p_value, statistic

PAIRS = (("b", "a"), ("c", "b"), ("c", "a"))
ROWS = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1]])
COVARIANCE = np.array([[2.0, -1, -1], [-1, 3, 1], [-1, 1, 4]])


def made(**changes):
    margins = Margins.linear("abc", ROWS, np.array([5.0, 1.5, -0.5]))
    errors = Errors(COVARIANCE, **{"df": lambda c: np.full(len(c), 12.0), **changes})
    return margins, errors


def test_estimates_and_joint_covariance():
    margins, errors = made()
    got = block("difference", "additive", PAIRS, margins=margins, errors=errors)
    np.testing.assert_allclose(got.estimate, [1.5, -2.0, -0.5])
    rows = np.array([[0, 1, 0], [0, -1, 1], [0, 0, 1.0]])
    np.testing.assert_allclose(got.covariance, rows @ COVARIANCE @ rows.T)
    np.testing.assert_allclose(got.std_error, np.sqrt([3, 5, 4]))
    assert got.estimable.all()
    assert got.notes == ("", "", "")
    assert got.pairs == PAIRS


def test_swapping_arms_flips_signs_only():
    margins, errors = made()
    first = block("difference", "additive", PAIRS, margins=margins, errors=errors)
    swapped = block("difference", "additive", [p[::-1] for p in PAIRS], margins=margins, errors=errors)
    np.testing.assert_array_equal(swapped.estimate, -first.estimate)
    np.testing.assert_array_equal(swapped.covariance, first.covariance)


@pytest.mark.parametrize(
    ("changes", "reasons", "text"),
    [
        ({}, {"c": "c has one patient"}, "c has one patient"),
        ({}, {"c v b": "no patients link these"}, "no patients link these"),
        ({"lost": lambda c: np.where(np.abs(c[:, 2]) > 0, 0.1, 0.0)}, {}, "alone in a cell"),
        ({"lost": lambda c: np.where(np.abs(c[:, 2]) > 0, np.nan, 0.0)}, {}, "alone in a cell"),
        ({"df": lambda c: np.where(np.abs(c[:, 2]) > 0, np.nan, 9.0)}, {}, "no degrees of freedom"),
        ({"smallest": 2.1}, {}, "nothing varies"),
    ],
)
def test_what_cannot_be_estimated_is_blank_with_its_reason(changes, reasons, text):
    margins, errors = made(**changes)
    got = block("difference", "additive", PAIRS, margins=margins, errors=errors, reasons=reasons)
    bad = [k for k, note in enumerate(got.notes) if text in note]
    assert bad
    assert not got.estimable[bad].any()
    assert np.isnan(got.estimate[bad]).all()
    assert np.isnan(got.covariance[bad]).all()
    assert np.isnan(got.covariance[:, bad]).all()
    good = [k for k in range(3) if k not in bad]
    assert got.estimable[good].all()
    assert np.isfinite(got.covariance[np.ix_(good, good)]).all()


def test_an_arm_that_is_not_in_the_model():
    margins, errors = made()
    got = block("difference", "additive", [("d", "a"), ("b", "a")], margins=margins, errors=errors)
    assert list(got.estimable) == [False, True]
    assert "not in the model" in got.notes[0]


def test_few_degrees_of_freedom_are_noted():
    margins, errors = made(df=lambda c: np.array([3.9, 4.1, 12])[: len(c)])
    got = block("difference", "additive", PAIRS, margins=margins, errors=errors)
    assert ["fewer than 4" in note for note in got.notes] == [True, False, False]
    assert got.estimable.all()


def test_means_go_back_to_the_reported_scale_with_their_own_df():
    margins, errors = made(df=lambda c: np.array([5.0, 10, 20])[: len(c)])
    means = adjusted_means(margins, {"a": 3, "b": 4, "c": 5}, errors=errors, scale="geometric mean", back=np.exp)
    assert [(m.arm, m.n, m.df) for m in means] == [("a", 3, 5), ("b", 4, 10), ("c", 5, 20)]
    low, high = interval(5.0, np.sqrt(2.0), 5.0)
    assert (means[0].conf_low, means[0].conf_high) == (pytest.approx(np.exp(low)), pytest.approx(np.exp(high)))
    assert means[0].estimate == pytest.approx(np.exp(5))
    assert means[0].std_error == pytest.approx(np.sqrt(2))


def test_a_little_lost_variance_of_a_mean_is_made_good_and_much_leaves_no_interval():
    margins, errors = made(lost=lambda c: np.array([0.0, 0.04, 0.3])[: len(c)])
    means = adjusted_means(margins, dict.fromkeys("abc", 3), errors=errors, scale="value")
    plain = adjusted_means(margins, dict.fromkeys("abc", 3), errors=made()[1], scale="value")
    assert means[0] == plain[0]
    assert means[1].std_error == pytest.approx(plain[1].std_error / np.sqrt(0.96))
    assert np.isnan([means[2].std_error, means[2].conf_low, means[2].conf_high]).all()
    assert means[2].estimate == plain[2].estimate


def test_normal_intervals_have_infinite_df():
    assert np.isinf(normal_df(np.eye(2))).all()
    assert interval(0.0, 1.0, np.inf)[1] == pytest.approx(1.959963984540054)
    assert p_value(1.959963984540054, 1.0, np.inf) == pytest.approx(0.05)


def test_statistics_without_an_error_are_blank():
    np.testing.assert_array_equal(statistic(np.array([1.0, 1, 1]), np.array([0.0, np.nan, np.inf])), np.full(3, np.nan))
    assert np.isnan(p_value(1.0, 0.0, 3.0))
    np.testing.assert_allclose(
        p_value(np.array([2.0, -2.0]), np.ones(2), np.full(2, 8.0)), [0.0805162, 0.0805162], rtol=1e-6
    )
