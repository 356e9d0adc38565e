"""ancova: what must change its figures, what must not, and what it says when it cannot answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_samples import ARMS, PAIRS, fitted, outcome, parallel, split

from analytics.domain.fit import FailedFit, Fit


def same(first, again, *, rtol=1e-9):
    for a, b in zip(first, again):
        np.testing.assert_allclose(b.estimate, a.estimate, rtol=rtol, atol=1e-12)
        np.testing.assert_allclose(b.covariance, a.covariance, rtol=rtol, atol=1e-12)
        np.testing.assert_allclose(b.df, a.df, rtol=1e-8)


def with_rows(sample, **columns):
    return replace(sample, rows=sample.rows.assign(**columns))


def test_estimates_are_least_squares_as_statsmodels_has_them():
    sample = parallel()
    model = smf.ols(
        "change ~ C(arm, Treatment('microdermabrasion')) + baseline + age + C(skin_type)", sample.rows
    ).fit()
    block = fitted(sample).blocks(PAIRS)[0]
    assert block.estimate[0] == pytest.approx(model.params.filter(like="chemical_peel").iloc[0], rel=1e-9)
    assert block.estimate[1] == pytest.approx(model.params.filter(like="dermal_roller").iloc[0], rel=1e-9)
    means = {m.arm: m for m in fitted(sample).arm_means()}
    for arm in ARMS:
        assert means[arm].estimate == pytest.approx(model.predict(sample.rows.assign(arm=arm)).mean(), rel=1e-9)
    assert isinstance(fitted(sample), Fit)


def test_one_reading_per_patient_gives_hc2_as_statsmodels_has_it():
    sample = parallel()
    sample = replace(sample, rows=sample.rows[sample.rows["side"] == ""])
    formula = "change ~ C(arm, Treatment('microdermabrasion')) + baseline + age + C(skin_type)"
    errors = smf.ols(formula, sample.rows).fit(cov_type="HC2").bse
    block = fitted(sample).blocks(PAIRS)[0]
    assert block.std_error[0] == pytest.approx(errors.filter(like="chemical_peel").iloc[0], rel=1e-9)


def test_both_sides_of_a_patient_are_one_patient():
    sample = parallel(sizes=(6, 6, 6))
    doubled = replace(sample, rows=sample.rows[sample.rows["side"] == ""])
    copy = doubled.rows.assign(side="right", unit=doubled.rows["patient"] + "right")
    twice = replace(
        doubled, rows=type(copy)(np.concatenate([doubled.rows, copy]), columns=copy.columns).infer_objects()
    )
    first, again = fitted(doubled), fitted(twice)
    assert again.n == first.n == dict.fromkeys(ARMS, 6)
    same(first.blocks(PAIRS), again.blocks(PAIRS), rtol=1e-8)
    apart = replace(twice, rows=twice.rows.assign(patient=twice.rows["unit"]))
    assert fitted(apart).blocks(PAIRS)[0].std_error[0] < 0.8 * first.blocks(PAIRS)[0].std_error[0]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-50, 50))
def test_rows_names_and_units(seed, factor, shift):
    sample = parallel(seed % 50)
    first = fitted(sample).blocks(PAIRS)
    order = np.random.default_rng(seed).permutation(len(sample.rows))
    names = {p: f"z{(7 * i) % 101:03d}" for i, p in enumerate(sample.rows["patient"].unique())}
    shuffled = replace(sample, rows=sample.rows.iloc[order])
    np.testing.assert_array_equal(fitted(shuffled).blocks(PAIRS)[0].estimate, first[0].estimate)
    same(first, fitted(with_rows(sample, patient=sample.rows["patient"].map(names))).blocks(PAIRS))
    moved = with_rows(
        sample, age=sample.rows["age"] * factor + shift, baseline=sample.rows["baseline"] * factor + shift
    )
    same(first, fitted(moved).blocks(PAIRS), rtol=1e-7)
    larger = fitted(with_rows(sample, change=sample.rows["change"] * factor)).blocks(PAIRS)[0]
    np.testing.assert_allclose(larger.estimate, factor * first[0].estimate, rtol=1e-8)
    np.testing.assert_allclose(larger.std_error, factor * first[0].std_error, rtol=1e-8)
    np.testing.assert_allclose(larger.df, first[0].df, rtol=1e-8)


def test_swapping_arms_flips_signs():
    sample = parallel()
    turned = fitted(replace(sample, arms=ARMS[::-1])).blocks([pair[::-1] for pair in PAIRS])[0]
    np.testing.assert_allclose(turned.estimate, -fitted(sample).blocks(PAIRS)[0].estimate, rtol=1e-9)
    np.testing.assert_allclose(turned.df, fitted(sample).blocks(PAIRS)[0].df, rtol=1e-9)


def test_change_and_value_have_the_same_contrasts_given_the_baseline():
    change, value = parallel(), parallel(respond="value")
    same(fitted(change).blocks(PAIRS), fitted(value).blocks(PAIRS), rtol=1e-8)
    assert {m.scale for m in fitted(change).arm_means()} == {"change"}
    assert {m.scale for m in fitted(value).arm_means()} == {"value"}


def test_without_covariates_the_means_are_the_means():
    sample = parallel(covariates={}, baseline=False)
    for mean in fitted(sample).arm_means():
        values = sample.rows.loc[sample.rows["arm"] == mean.arm, "change"]
        assert mean.estimate == pytest.approx(values.mean(), rel=1e-10)


def test_positive_outcomes_are_ratios_whatever_their_unit():
    sample = parallel(kind="positive")
    fit = fitted(sample)
    block = fit.blocks(PAIRS)[0]
    assert (block.measure, block.scale) == ("ratio", "ratio")
    logs = with_rows(parallel(), change=np.log(sample.rows["value"] / sample.rows["baseline"]),
                     baseline=np.log(sample.rows["baseline"]))  # fmt: skip
    same([block], fitted(logs).blocks(PAIRS))
    microns = with_rows(sample, value=1000 * sample.rows["value"], baseline=1000 * sample.rows["baseline"])
    same([block], fitted(microns).blocks(PAIRS), rtol=1e-7)
    assert {m.scale for m in fit.arm_means()} == {"ratio to baseline"}
    assert all(0 < m.conf_low < m.estimate < m.conf_high < 2 for m in fit.arm_means())
    level = fitted(replace(sample, respond="value")).arm_means()
    assert {m.scale for m in level} == {"geometric mean"}


def test_positive_outcomes_without_a_logarithm_are_counted():
    sample = parallel(kind="positive")
    value = sample.rows["value"].to_numpy().copy()
    value[[0, 3]] = 0.0
    fit = fitted(with_rows(sample, value=value))
    assert "2 readings left out: no change can be computed" in fit.notes
    assert fit.n[ARMS[0]] < fitted(sample).n[ARMS[0]] + 1


def test_an_arm_with_one_patient_is_named_and_the_others_are_compared():
    sample = parallel(sizes=(10, 10, 1))
    fit = fitted(sample)
    block = fit.blocks(PAIRS)[0]
    assert list(block.estimable) == [True, False, False]
    assert block.notes[1] == "dermal_roller has one patient here (at least 2 are needed)"
    assert [m.arm for m in fit.arm_means()] == list(ARMS[:2])
    without = replace(sample, rows=sample.rows[sample.rows["arm"] != ARMS[2]])
    np.testing.assert_array_equal(fitted(without).blocks(PAIRS)[0].estimate[0], block.estimate[0])


@pytest.mark.parametrize(
    ("sample", "word"),
    [
        (parallel(sizes=(8, 1, 1)), "has one patient"),
        (parallel(sizes=(8, 0, 0)), "has no patient"),
        (parallel(sizes=(2, 2, 2)), "residual degrees of freedom"),
        (split(), "paired_difference"),
    ],
)
def test_what_cannot_be_answered_is_an_answer(sample, word):
    fit = fitted(sample)
    assert isinstance(fit, FailedFit)
    assert fit.status == "not_estimable"
    assert any(word in note for note in fit.notes), fit.notes
    block = fit.blocks(PAIRS)[0]
    assert (block.measure, block.estimable.any()) == ("difference", False)
    assert fit.arm_means() is None


def test_nothing_varies():
    sample = parallel(covariates={}, baseline=False)
    flat = with_rows(sample, change=sample.rows["arm"].map(dict(zip(ARMS, (0.1, 0.3, 1e6)))))
    assert "nothing varies" in fitted(flat).notes[-1]
    still = with_rows(sample, change=0.0, value=2.0)
    assert fitted(still).notes[-1] == "not estimable: nothing varies: every reading was the same"
    noise = np.where(sample.rows["arm"] == ARMS[2], sample.rows["change"], -1.0)
    block = fitted(with_rows(sample, change=noise)).blocks(PAIRS)[0]
    assert list(block.estimable) == [False, True, True]
    assert "nothing varies" in block.notes[0]


def test_a_covariate_level_with_one_patient_costs_no_contrast_and_no_mean():
    sample = parallel(covariates={"skin_type": "category"})
    skin = np.where(sample.rows["patient"] == "p003", "sensitive", sample.rows["skin_type"])
    fit = fitted(with_rows(sample, skin_type=skin))
    assert fit.blocks(PAIRS)[0].estimable.all()
    assert all(np.isfinite(m.std_error) for m in fit.arm_means())
    left_out = replace(sample, rows=sample.rows[sample.rows["patient"] != "p003"])
    same(fitted(left_out).blocks(PAIRS), fit.blocks(PAIRS), rtol=1e-8)


def test_wider_confidence_means_wider_intervals():
    fit = fitted(parallel())
    for narrow, wide in zip(fit.arm_means(0.9), fit.arm_means(0.99)):
        assert wide.conf_low < narrow.conf_low < narrow.estimate < narrow.conf_high < wide.conf_high


@pytest.mark.parametrize("kind", ["count", "percent", "ordinal"])
def test_other_kinds_are_differences_when_the_plan_asks_for_it(kind):
    sample = parallel(kind=kind)
    assert sample.outcome == outcome(kind)
    assert fitted(sample).blocks(PAIRS)[0].measure == "difference"
