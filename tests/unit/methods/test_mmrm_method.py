"""The mmrm method: the repeated-measures model as the analysis calls it, from a Sample to a Fit at one visit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from linear_samples import ARMS, PAIRS, fitted, outcome, parallel

from analytics import fit_mmrm
from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import FailedFit, Fit
from analytics.methods import METHODS, method_for

VISITS = (4.0, 8.0, 12.0)


def course(seed: int = 1, *, sizes=(14, 11, 9), kind: str = "continuous", **settings) -> Sample:
    """Three visits per patient, some not seen later; a change that depends on arm, baseline, age and visit."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, arm in enumerate(np.repeat(range(3), sizes)):
        baseline, age, level = rng.uniform(4, 9), float(rng.integers(20, 70)), rng.normal(0, 0.5)
        for step, visit in enumerate(VISITS):
            if step and rng.uniform() < 0.2:
                break
            change = -0.3 * (arm + 1) - 0.1 * step - 0.1 * baseline + level + rng.normal(0, 0.4 + 0.2 * arm)
            rows.append((f"p{number:03d}", ARMS[arm], visit, baseline + change, baseline, age))
    frame = pd.DataFrame(rows, columns=["patient", "arm", "visit", "value", "baseline", "age"])
    if kind == "count":
        frame = frame.assign(value=np.round(3 * frame["value"].clip(0)), baseline=np.round(3 * frame["baseline"]))
    frame = frame.assign(unit=frame["patient"], side="", change=frame["value"] - frame["baseline"])
    chosen = {"covariates": {"age": "number"}, "baseline": True, "respond": "change"} | settings
    return Sample(frame, outcome(kind), ARMS, **chosen)


def at(sample: Sample, visit: float) -> Fit:
    return METHODS["mmrm"](sample, Estimand("measured", visit, "all", sample.arms, "mmrm"))


def test_one_visit_is_the_analysis_of_covariance():
    sample = parallel()
    sample = replace(sample, rows=sample.rows[sample.rows["side"] == ""].assign(visit=12.0))
    model, plain = at(sample, 12.0), fitted(sample, "ancova")
    a, b = model.blocks(PAIRS)[0], plain.blocks(PAIRS)[0]
    np.testing.assert_allclose(a.estimate, b.estimate, rtol=1e-8)
    np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-7)
    np.testing.assert_allclose(a.df, b.df, rtol=1e-7)
    for ours, theirs in zip(model.arm_means(), plain.arm_means()):
        assert (ours.arm, ours.n) == (theirs.arm, theirs.n)
        assert ours.estimate == pytest.approx(theirs.estimate, rel=1e-8)
        assert ours.std_error == pytest.approx(theirs.std_error, rel=1e-7)
    assert isinstance(model, Fit)


@pytest.mark.parametrize("visit", VISITS)
def test_it_is_the_model_by_hand_with_cr2_errors(visit):
    sample = course()
    frame = sample.rows.assign(arm=pd.Categorical(sample.rows["arm"], categories=list(ARMS)))
    model = "change ~ arm * visit + baseline * visit + age"
    hand = fit_mmrm(model, frame, subject="patient", visit="visit", vcov="cr2")
    rows = hand.contrasts("arm", by="visit")
    rows = rows[rows["visit"] == visit].set_index(["arm", "reference"]).loc[list(PAIRS)]
    block = at(sample, visit).blocks(PAIRS)[0]
    np.testing.assert_allclose(block.estimate, rows["estimate"], rtol=1e-9)
    np.testing.assert_allclose(block.std_error, rows["std_error"], rtol=1e-8)
    np.testing.assert_allclose(block.df, rows["df"], rtol=1e-8)
    assert at(sample, visit).n == sample.rows[sample.rows["visit"] == visit].groupby("arm").size()[list(ARMS)].to_dict()


def test_all_visits_share_one_fit():
    sample = course()
    assert at(sample, 4.0).fit is at(sample, 12.0).fit


def test_counts_are_compared_on_the_log_of_count_and_a_half():
    sample = course(kind="count")
    rows = sample.rows.assign(
        y=np.log((sample.rows["value"] + 0.5) / (sample.rows["baseline"] + 0.5)),
        start=np.log(sample.rows["baseline"] + 0.5),
        arm=pd.Categorical(sample.rows["arm"], categories=list(ARMS)),
    )
    hand = fit_mmrm("y ~ arm * visit + start * visit + age", rows, subject="patient", visit="visit", vcov="cr2")
    wanted = hand.contrasts("arm", by="visit").query("visit == 12").set_index(["arm", "reference"]).loc[list(PAIRS)]
    block = at(sample, 12.0).blocks(PAIRS)[0]
    assert (block.measure, block.scale) == ("ratio", "ratio")
    np.testing.assert_allclose(block.estimate, wanted["estimate"], rtol=1e-9)
    assert {mean.scale for mean in at(sample, 12.0).arm_means()} == {"ratio to baseline"}


def test_arms_swapped_change_the_sign_and_rows_permuted_nothing():
    sample = course()
    block = at(sample, 12.0).blocks(PAIRS)[0]
    turned = at(sample, 12.0).blocks([(b, a) for a, b in PAIRS])[0]
    np.testing.assert_allclose(turned.estimate, -block.estimate, rtol=1e-12)
    shuffled = replace(sample, rows=sample.rows.sample(frac=1.0, random_state=3))
    np.testing.assert_allclose(at(shuffled, 12.0).blocks(PAIRS)[0].covariance, block.covariance, rtol=1e-10)


def test_an_arm_with_one_patient_is_left_out_with_its_reason():
    sample = course(sizes=(14, 11, 1))
    fit = at(sample, 4.0)
    block = fit.blocks(PAIRS)[0]
    assert block.estimable.tolist() == [True, False, False]
    assert "dermal_roller has one patient" in block.notes[1]
    assert fit.status == "estimated"
    assert fit.n == {ARMS[0]: 14, ARMS[1]: 11, ARMS[2]: 1}  # who is not in the model was read all the same


def test_an_arm_absent_at_a_visit_is_not_estimable_there_alone():
    sample = course()
    gone = (sample.rows["arm"] == ARMS[2]) & (sample.rows["visit"] == 12.0)
    sample = replace(sample, rows=sample.rows[~gone])
    assert at(sample, 12.0).blocks(PAIRS)[0].estimable.tolist() == [True, False, False]
    assert at(sample, 8.0).blocks(PAIRS)[0].estimable.all()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda s: replace(s, paired=True), "paired_difference"),
        (lambda s: replace(s, rows=pd.concat([s.rows, s.rows.head(1)])), "several sides or sites"),
        (lambda s: replace(s, rows=s.rows[s.rows["arm"] == ARMS[0]]), "has no patient"),
        (lambda s: replace(s, rows=s.rows.assign(change=1.0)), "not estimable: nothing varies within the arms"),
        (lambda s: replace(s, rows=s.rows.assign(change=0.0, value=2.0, baseline=2.0)), "every reading was the same"),
    ],
)
def test_what_it_cannot_analyse_is_an_answer_with_a_reason(change, why):
    fit = at(change(course()), 12.0)
    assert fit.status == "not_estimable"
    assert why in " ".join(fit.notes)
    assert not fit.blocks(PAIRS)[0].estimable.any()
    assert fit.arm_means() is None


def test_a_visit_that_nobody_reached():
    fit = at(course(), 24.0)
    assert isinstance(fit, FailedFit)
    assert "nobody was read at visit 24" in fit.notes[-1]


def test_the_notes_name_the_covariance_and_covariates_by_their_own_name():
    sample = course(covariates={"age": "number", "again": "number"})
    sample = replace(sample, rows=sample.rows.assign(again=2 * sample.rows["age"]))
    notes = at(sample, 12.0).notes
    assert "unstructured covariance" in notes
    assert any("again" in note and "left out" in note for note in notes)


def test_the_notes_name_what_failed_and_what_was_used_instead():
    sample = course(seed=3)
    change = sample.rows.set_index(["patient", "visit"])["change"]
    rows = sample.rows.assign(change=[change[who, 8.0] if at == 12.0 else change[who, at] for who, at in change.index])
    fit = at(replace(sample, rows=rows), 12.0)
    assert (fit.status, fit.fit.covariance) == ("estimated", "toeph")
    assert "Toeplitz, a variance per visit covariance" in fit.notes
    assert "us did not converge: the covariance of the visits becomes singular" in fit.notes
    assert "covariance toeph used instead of us" in fit.notes


def test_where_every_structure_fails_each_is_named_once_and_none_as_used():
    fit = at(course(seed=1, sizes=(3, 2, 2)), 12.0)
    assert fit.status == "did_not_converge"
    assert [note.split(":")[0] for note in fit.notes] == [
        f"{name} did not converge" for name in ("us", "toeph", "ar1h", "csh")
    ]


@pytest.mark.parametrize(
    ("kind", "repeated", "paired", "median", "method"),
    [
        ("continuous", True, False, None, "mmrm"),
        ("continuous", False, False, None, "ancova"),
        ("continuous", True, True, None, "paired_difference"),
        ("positive", True, False, None, "mmrm"),
        ("percent", True, False, None, "mmrm"),
        ("percent", False, False, None, "fractional_logit"),
        ("count", True, False, 3.0, "mmrm"),
        ("count", True, False, 2.5, "negative_binomial"),
        ("count", True, True, 8.0, "negative_binomial"),
        ("count", False, False, 8.0, "negative_binomial"),
        ("ordinal", True, False, None, "cumulative_logit"),
        ("binary", True, False, None, "standardised_risk"),
    ],
)
def test_the_method_follows_kind_and_repetition(kind, repeated, paired, median, method):
    assert method_for(outcome(kind), paired=paired, repeated=repeated, median=median) == method
