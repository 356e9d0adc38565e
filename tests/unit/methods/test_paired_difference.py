"""paired_difference: the paired t test and its generalisation, what cancels within a patient, what it cannot tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_samples import ARMS, PAIRS, fitted, split
from scipy import stats

from analytics.domain.fit import FailedFit
from analytics.methods.paired_difference import differences


def within(sample):
    return fitted(sample, "paired_difference")


def block_of(sample, pairs=PAIRS):
    return within(sample).blocks(pairs)[0]


def same(first, again, rtol=1e-9):
    np.testing.assert_allclose(again.estimate, first.estimate, rtol=rtol, atol=1e-12)
    np.testing.assert_allclose(again.covariance, first.covariance, rtol=rtol, atol=1e-12)
    np.testing.assert_allclose(again.df, first.df, rtol=1e-8)


def with_rows(sample, **columns):
    return replace(sample, rows=sample.rows.assign(**columns))


def test_two_arms_are_the_paired_t_test():
    sample = split(types=((0, 1, 14),))
    wide = sample.rows.pivot(index="patient", columns="arm", values="change")
    expected = stats.ttest_rel(wide[ARMS[1]], wide[ARMS[0]])
    block = block_of(sample)
    assert block.estimate[0] / block.std_error[0] == pytest.approx(expected.statistic, rel=1e-10)
    assert block.df[0] == pytest.approx(13, rel=1e-10)
    assert list(block.estimable) == [True, False, False]
    assert within(sample).n == {ARMS[0]: 14, ARMS[1]: 14, ARMS[2]: 0}
    assert within(sample).arm_means() is None


def test_three_arms_have_the_estimates_of_a_model_with_patient_effects():
    sample = split()
    model = smf.ols("change ~ C(arm, Treatment('microdermabrasion')) + C(patient)", sample.rows).fit()
    block = block_of(sample)
    for k, arm in ((0, "chemical_peel"), (1, "dermal_roller")):
        assert block.estimate[k] == pytest.approx(model.params.filter(like=arm).iloc[0], rel=1e-9)
    np.testing.assert_allclose(block.estimate[1] - block.estimate[0], block.estimate[2], rtol=1e-9)
    assert np.linalg.matrix_rank(block.covariance, tol=1e-10) == 2


def test_three_places_of_a_patient_are_no_three_patients():
    sample = split(types=((0, 1, 6), (1, 2, 5)))
    third = sample.rows[sample.rows["arm"] == ARMS[0]].assign(arm=ARMS[2], unit=lambda r: r["unit"] + "x", side="")
    third = third.assign(change=third["change"] - np.linspace(0.2, 0.9, len(third)))
    rows = pd.concat([sample.rows, third], ignore_index=True)
    block = block_of(replace(sample, rows=rows))
    model = smf.ols("change ~ C(arm, Treatment('microdermabrasion')) + C(patient)", rows).fit()
    assert block.estimate[1] == pytest.approx(model.params.filter(like="dermal_roller").iloc[0], rel=1e-9)
    assert block.df.max() <= 10 + 1e-9  # eleven patients, seventeen differences
    turned = block_of(replace(sample, rows=rows, arms=ARMS[::-1]))
    same(block, turned)


def test_several_places_of_one_arm_are_averaged():
    sample = split()
    other = sample.rows.assign(unit=sample.rows["unit"] + "x", change=sample.rows["change"] + 0.4)
    same(block_of(sample), block_of(replace(sample, rows=pd.concat([sample.rows, other]))))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_rows_names_sides_units_and_what_is_the_same_on_both_sides(seed, factor):
    sample = split(seed % 40)
    first, rng = block_of(sample), np.random.default_rng(seed)
    np.testing.assert_array_equal(
        block_of(replace(sample, rows=sample.rows.iloc[rng.permutation(len(sample.rows))])).estimate, first.estimate
    )
    names = dict(zip(sample.rows["patient"].unique(), rng.permutation(900)))
    same(first, block_of(with_rows(sample, patient=sample.rows["patient"].map(names).astype(str))))
    other_side = sample.rows["side"].map({"left": "right", "right": "left"})
    same(first, block_of(with_rows(sample, side=other_side)))
    level = sample.rows["patient"].map(dict(zip(sample.rows["patient"].unique(), rng.normal(0, 30, 900))))
    same(first, block_of(with_rows(sample, change=sample.rows["change"] + level)), rtol=1e-7)
    scaled = block_of(with_rows(sample, change=factor * sample.rows["change"]))
    np.testing.assert_allclose(scaled.estimate, factor * first.estimate, rtol=1e-8)
    np.testing.assert_allclose(scaled.df, first.df, rtol=1e-8)
    swapped = block_of(sample, [pair[::-1] for pair in PAIRS])
    np.testing.assert_array_equal(swapped.estimate, -first.estimate)


def test_positive_outcomes_are_ratios_within_the_patient():
    sample = split(kind="positive")
    rows = sample.rows.assign(value=np.exp(sample.rows["change"]) * sample.rows["baseline"])
    block = block_of(replace(sample, rows=rows))
    assert (block.measure, block.scale) == ("ratio", "ratio")
    plain = block_of(split())
    np.testing.assert_allclose(block.estimate, plain.estimate, rtol=1e-9)


def test_patients_who_lack_a_side_are_counted_and_change_nothing():
    sample = split()
    lone = sample.rows.iloc[:2].assign(patient=["lone1", "lone2"], unit=["l1", "l2"], change=[50.0, -50.0])
    fit = within(replace(sample, rows=pd.concat([sample.rows, lone])))
    assert "2 patients without a reading on both sides left out" in fit.notes
    same(block_of(sample), fit.blocks(PAIRS)[0])
    assert fit.n == within(sample).n
    gap = with_rows(sample, change=sample.rows["change"].where(sample.rows["unit"] != sample.rows["unit"].iloc[0]))
    assert {"1 reading left out: no change can be computed",
            "1 patient without a reading on both sides left out"} <= set(within(gap).notes)  # fmt: skip


def test_an_arm_that_keeps_to_one_side_is_told():
    sample = split(types=((0, 1, 8),))
    left_only = with_rows(sample, side=np.where(sample.rows["arm"] == ARMS[0], "left", "right"))
    notes = within(left_only).notes
    assert "microdermabrasion was always on the left side: arm and side cannot be told apart" in notes
    assert "chemical_peel was always on the right side: arm and side cannot be told apart" in notes
    assert not any("always" in note for note in within(sample).notes)
    assert not any("always" in note for note in within(with_rows(sample, side="")).notes)


def test_covariates_cancel_and_are_named():
    sample = with_rows(split(covariates={"age": "number"}), age=30.0)
    assert "compared within patients, where age cancel" in within(sample).notes
    same(block_of(split()), block_of(sample))


def test_arms_that_no_patient_links_are_not_compared():
    arms = (*ARMS, "test")
    sample = split(types=((0, 1, 8),))
    others = split(2, types=((1, 2, 8),))
    rename = {ARMS[1]: ARMS[2], ARMS[2]: "test"}
    rows = others.rows.assign(patient="r" + others.rows["patient"], arm=others.rows["arm"].map(rename))
    both = replace(sample, rows=pd.concat([sample.rows, rows]), arms=arms)
    block = block_of(both, [(ARMS[1], ARMS[0]), ("test", ARMS[2]), (ARMS[2], ARMS[0]), ("test", ARMS[1])])
    assert list(block.estimable) == [True, True, False, False]
    assert block.notes[2] == "no patients link these two arms"
    same(block_of(sample, [(ARMS[1], ARMS[0])]), block_of(both, [(ARMS[1], ARMS[0])]), rtol=1e-8)


def test_one_patient_who_alone_links_an_arm():
    block = block_of(split(types=((0, 1, 9), (1, 2, 1))))
    assert list(block.estimable) == [True, False, False]
    assert block.notes[1] == "dermal_roller has 1 patient with another arm; at least 2 are needed"


@pytest.mark.parametrize(
    ("sample", "word"),
    [
        (split(types=((0, 1, 1),)), "too few patients with two arms (1)"),
        (split(types=((0, 1, 1), (1, 2, 1))), "too few patients with two arms (2)"),
        (replace(split(), rows=split().rows.drop_duplicates("patient")), "too few patients with two arms (0)"),
        (replace(split(), rows=split().rows.iloc[:0]), "too few patients with two arms (0)"),
        (with_rows(split(), change=-1.0), "do not vary"),
    ],
)
def test_what_cannot_be_answered_is_an_answer(sample, word):
    fit = within(sample)
    assert isinstance(fit, FailedFit)
    assert fit.status == "not_estimable"
    assert word in fit.notes[-1]
    assert not fit.blocks(PAIRS)[0].estimable.any()


def test_rows_are_plain_differences_with_codes_plus_and_minus_one():
    sample = split(types=((0, 1, 3), (1, 2, 2)))
    made = differences(sample.rows.assign(response=sample.rows["change"]), ARMS)
    wide = sample.rows.pivot(index="patient", columns="arm", values="change").reindex(columns=list(ARMS))
    assert {tuple(np.round(np.abs(row), 12)) for row in made.codes} == {(1, 1, 0), (0, 1, 1)}
    by_hand = np.nansum(made.codes[np.argsort(made.clusters)] * wide.to_numpy(), axis=1)
    np.testing.assert_allclose(made.difference[np.argsort(made.clusters)], by_hand, rtol=1e-12)
