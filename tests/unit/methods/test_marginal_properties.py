"""What must not matter to a marginal method (order of rows, names, arm order) and what must turn round."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marginal_samples import ARMS, MARGINAL, PAIRS, draw, fit, with_rows

from analytics.domain.fit import Fit

ADJUSTMENTS = ("covariates", "change_score", "none")
CASES = [(method, adjustment) for method in MARGINAL for adjustment in ADJUSTMENTS]
cases = pytest.mark.parametrize(("method", "adjustment"), CASES)
seeds = given(seed=st.integers(0, 10_000))
few = settings(max_examples=5, deadline=None)


def same(one: Fit, other: Fit, *, rtol: float = 1e-8) -> None:
    for a, b in zip(one.blocks(PAIRS), other.blocks(PAIRS), strict=True):
        np.testing.assert_allclose(a.estimate, b.estimate, rtol=rtol, atol=1e-9)
        np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(a.df, b.df, rtol=1e-6)
        assert np.isfinite(a.estimate).all()


@cases
@few
@seeds
def test_order_of_rows_changes_no_bit(method: str, adjustment: str, seed: int) -> None:
    sample = draw(method, seed=seed, adjustment=adjustment)
    mixed = with_rows(sample, sample.rows.sample(frac=1, random_state=seed))
    for a, b in zip(fit(method, sample, adjustment).blocks(PAIRS), fit(method, mixed, adjustment).blocks(PAIRS)):
        np.testing.assert_array_equal(a.estimate, b.estimate)
        np.testing.assert_array_equal(a.covariance, b.covariance)


@cases
@few
@seeds
def test_names_of_patients_and_levels_do_not_matter(method: str, adjustment: str, seed: int) -> None:
    sample = draw(method, seed=seed, adjustment=adjustment)
    new = {name: f"q{i:03d}" for i, name in enumerate(sample.rows["patient"])}
    rows = sample.rows.assign(patient=sample.rows["patient"].map(new), unit=sample.rows["unit"].map(new))
    rows = rows.assign(skin=rows["skin"].map({"dry": "z", "oily": "a", "normal": "m"}))
    same(fit(method, sample, adjustment), fit(method, with_rows(sample, rows), adjustment))


@cases
@few
@seeds
def test_order_of_arms_is_only_the_choice_of_a_reference(method: str, adjustment: str, seed: int) -> None:
    sample = draw(method, seed=seed, adjustment=adjustment)
    same(fit(method, sample, adjustment), fit(method, replace(sample, arms=ARMS[::-1]), adjustment))


@cases
def test_swapped_arms_turn_the_estimate_round(method: str, adjustment: str) -> None:
    done = fit(method, draw(method, adjustment=adjustment), adjustment)
    swapped = tuple((b, a) for a, b in PAIRS)
    for there, back in zip(done.blocks(PAIRS), done.blocks(swapped)):
        centre = 0.5 if there.scale == "probability" else 0.0
        np.testing.assert_allclose(there.estimate - centre, centre - back.estimate, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(there.covariance, back.covariance, rtol=1e-9, atol=1e-15)


@cases
def test_unit_of_a_covariate_does_not_matter(method: str, adjustment: str) -> None:
    sample = draw(method, adjustment=adjustment)
    same(
        fit(method, sample, adjustment),
        fit(method, with_rows(sample, sample.rows.assign(age=12 * sample.rows["age"] + 7)), adjustment),
    )


@cases
def test_the_sample_is_left_as_it_was(method: str, adjustment: str) -> None:
    sample = draw(method, adjustment=adjustment)
    before = sample.rows.copy(deep=True)
    fit(method, sample, adjustment).blocks(PAIRS)
    pd.testing.assert_frame_equal(sample.rows, before)


@cases
def test_a_fit_keeps_the_contract(method: str, adjustment: str) -> None:
    sample = draw(method, adjustment=adjustment)
    done = fit(method, sample, adjustment)
    assert isinstance(done, Fit)
    assert (done.status, done.arms, done.n) == ("estimated", ARMS, sample.n)
    for block in done.blocks(PAIRS):
        assert block.estimable.all()
        assert block.covariance.shape == (3, 3)
        np.testing.assert_allclose(block.covariance, block.covariance.T)
        assert np.linalg.eigvalsh(block.covariance).min() > -1e-10  # rank 2: the three pairs close a triangle
    for mean in done.arm_means(0.9):
        assert mean.conf_low < mean.estimate < mean.conf_high


@cases
def test_a_wider_confidence_level_gives_wider_means(method: str, adjustment: str) -> None:
    done = fit(method, draw(method, adjustment=adjustment), adjustment)
    for narrow, wide in zip(done.arm_means(0.9), done.arm_means(0.99)):
        assert wide.conf_low < narrow.conf_low
        assert wide.conf_high > narrow.conf_high


@pytest.mark.parametrize("method", MARGINAL)
@few
@seeds
def test_repeated_rows_of_a_patient_are_not_more_patients(method: str, seed: int) -> None:
    """Every reading twice (two sites read alike): the same estimates, and errors no smaller than without."""
    sample = draw(method, seed=seed, adjustment="none")
    twice = pd.concat([sample.rows, sample.rows.assign(unit=sample.rows["unit"] + ".b")])
    one, two = fit(method, sample, "none"), fit(method, with_rows(sample, twice), "none")
    assert one.n == two.n
    for a, b in zip(one.blocks(PAIRS), two.blocks(PAIRS)):
        if method != "negative_binomial":  # there alpha by moments divides by rows - p: 2N - p is not 2 (N - p)
            np.testing.assert_allclose(a.estimate, b.estimate, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(b.std_error / a.std_error, 1, atol=0.03)


@pytest.mark.parametrize("method", MARGINAL)
def test_one_arm_or_nobody_is_an_answer(method: str) -> None:
    sample = draw(method)
    for rows in (sample.rows[sample.rows["arm"] == ARMS[0]], sample.rows.iloc[:0]):
        done = fit(method, with_rows(sample, rows))
        assert done.status == "not_estimable"
        assert any("chemical_peel" in note for note in done.notes)
        for block in done.blocks(PAIRS):
            assert np.isnan(block.estimate).all()
            assert not block.estimable.any()


@pytest.mark.parametrize("method", MARGINAL)
def test_an_arm_with_one_patient_is_named_and_the_others_go_on(method: str) -> None:
    sample = draw(method, adjustment="none")
    one = sample.rows[sample.rows["arm"] == "dermal_roller"].head(1)
    two = sample.rows[sample.rows["arm"] != "dermal_roller"]
    done = fit(method, with_rows(sample, pd.concat([two, one])), "none")
    alone = fit(method, replace(sample, rows=two, arms=ARMS[:2]), "none")
    for block, other in zip(done.blocks(PAIRS), alone.blocks(PAIRS[:1])):
        assert block.estimable.tolist() == [True, False, False]
        assert "dermal_roller" in block.notes[1]
        if method != "standardised_risk":
            np.testing.assert_array_equal(block.estimate[0], other.estimate[0])
    assert done.n["dermal_roller"] == 1
