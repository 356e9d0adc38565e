"""Grades: odds ratio of a higher value, win probability towards better, and what cannot be estimated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from marginal_samples import ARMS, PAIRS, draw, fit, outcome, with_rows
from scipy.optimize import approx_fprime

from analytics.domain.cohort import Sample
from analytics.methods.design import build
from analytics.methods.mean_model import LOGIT, fit_mean
from analytics.methods.parallel_cuts import compare_cuts, proportional_odds_note
from analytics.methods.proportional_odds import clustered_covariance, curvature, fit_grades, standard_grades, win

METHOD = "cumulative_logit"


def grades(levels: dict[str, list[int]]) -> Sample:
    """One patient per entry, arms in the order of ``levels``."""
    rows = pd.DataFrame([(arm, float(v)) for arm, values in levels.items() for v in values], columns=["arm", "value"])
    names = [f"p{i:03d}" for i in range(len(rows))]
    rows = rows.assign(patient=names, unit=names, side="", baseline=np.nan, change=np.nan)
    return Sample(rows, outcome(METHOD), tuple(levels))


def matrices(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sample = draw(METHOD, seed=seed)
    design = build(sample)
    grade = np.unique(design.rows["value"], return_inverse=True)[1]
    return design.without_intercept, grade, design.clusters


def test_a_higher_value_has_the_odds_ratio_above_one() -> None:
    sample = grades({"a": [0, 1, 2] * 6, "b": [1, 2, 3] * 6})
    odds, won = fit(METHOD, sample, "none").blocks([("b", "a")])
    assert (odds.measure, odds.scale, won.measure, won.scale) == (
        "odds_ratio", "ratio", "win_probability", "probability",
    )  # fmt: skip
    assert odds.estimate[0] > 0
    assert won.estimate[0] < 0.5  # lower is better here


@pytest.mark.parametrize(("direction", "better"), [("lower", False), ("higher", True), ("none", True)])
def test_the_winner_follows_the_direction(direction: str, better: bool) -> None:
    sample = grades({"a": [0, 1, 2] * 6, "b": [1, 2, 3] * 6})
    turned = replace(sample, outcome=outcome(METHOD, direction=direction))
    odds, won = fit(METHOD, turned, "none").blocks([("b", "a")])
    assert odds.estimate[0] > 0  # the odds ratio never turns round
    assert bool(won.estimate[0] > 0.5) is better


def test_win_probability_by_hand() -> None:
    """Two fitted distributions (0.5, 0.5) and (0.25, 0.75): the lower grade wins 0.5 x 0.75 + half of 0.5."""
    sample = grades({"a": [0, 1, 1, 1] * 4, "b": [0, 0, 1, 1] * 4})
    won = fit(METHOD, sample, "none").blocks([("b", "a")])[1]
    assert won.estimate[0] == pytest.approx(0.5 * 0.75 + (0.5 * 0.25 + 0.5 * 0.75) / 2, rel=1e-9)


def test_degrees_of_freedom_of_the_win_probability_are_welchs_where_there_are_two_grades() -> None:
    """By hand: each arm's share of the variance is p (1 - p) / n; the odds ratio keeps the normal distribution."""
    levels = {"a": [0, 1, 1, 1] * 4, "b": [0, 0, 0, 0, 1] * 6}
    odds, won = fit(METHOD, grades(levels), "none").blocks([("b", "a"), ("a", "b")])
    share = {arm: np.var(values) / len(values) for arm, values in levels.items()}
    parts = sum(share[arm] ** 2 / (len(levels[arm]) - 1) for arm in levels)
    np.testing.assert_allclose(won.df, sum(share.values()) ** 2 / parts, rtol=1e-8)
    assert np.isinf(odds.df).all()


def test_an_arm_that_the_contrast_does_not_rest_on_lends_it_no_degrees_of_freedom() -> None:
    two = {"a": [0, 1, 2] * 5, "b": [1, 1, 2] * 6}
    alone = fit(METHOD, grades(two), "none").blocks([("b", "a")])[1]
    more = fit(METHOD, grades({**two, "c": [0, 0, 1, 2] * 100}), "none").blocks([("b", "a")])[1]
    assert more.df[0] < 2 * alone.df[0]


def test_two_grades_are_a_logistic_model() -> None:
    sample = grades({"a": [0, 1, 1, 1] * 4, "b": [0, 0, 1, 1] * 4})
    odds = fit(METHOD, sample, "none").blocks([("b", "a")])[0]
    assert odds.estimate[0] == pytest.approx(np.log(1.0 / 3.0), rel=1e-9)
    design = np.column_stack([np.ones(32), sample.rows["arm"] == "b"]).astype(float)
    assert odds.estimate[0] == pytest.approx(fit_mean(design, sample.rows["value"].to_numpy(), LOGIT).beta[1], rel=1e-9)


def test_derivatives_are_those_of_the_likelihood() -> None:
    design, grade, _ = matrices()
    model = fit_grades(design, grade)
    par = model.par + 0.1 * np.sin(np.arange(len(model.par)))
    here = curvature(par, design, grade)
    numeric = approx_fprime(par, lambda p: curvature(p, design, grade).log_likelihood, 1e-7)
    np.testing.assert_allclose(here.score.sum(axis=0), numeric, rtol=1e-4, atol=1e-4)
    bend = approx_fprime(par, lambda p: curvature(p, design, grade).score.sum(axis=0), 1e-7)
    np.testing.assert_allclose(here.information, -bend, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(model.score.sum(axis=0), 0, atol=1e-9)


def test_gradient_of_the_win_probability() -> None:
    design, grade, _ = matrices()
    model = fit_grades(design, grade)
    one, other = design.copy(), design.copy()
    one[:, :2], other[:, :2] = [1, 0], [0, 1]

    def won(par: np.ndarray) -> float:
        at = replace(model, par=par)
        return win(standard_grades(at, one), standard_grades(at, other), higher_wins=True)[0]

    _, gradient = win(standard_grades(model, one), standard_grades(model, other), higher_wins=True)
    np.testing.assert_allclose(gradient, approx_fprime(model.par, won, 1e-7), rtol=1e-4, atol=1e-6)


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.HessianInversionWarning")
def test_agrees_with_ordered_model_and_its_clustered_errors() -> None:
    """statsmodels with cov_type "cluster": the same (N - 1)/(N - k) factor; its Hessian is numeric, hence 1e-4."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    design, grade, _ = matrices()
    clusters = np.arange(len(grade)) // 2  # two rows a patient
    model = fit_grades(design, grade)
    covariance = clustered_covariance(model, clusters)
    start = OrderedModel(grade, design, distr="logit").fit(method="bfgs", disp=0)
    theirs = OrderedModel(grade, design, distr="logit").fit(
        start_params=start.params, method="newton", disp=0, cov_type="cluster", cov_kwds={"groups": clusters}
    )
    q = design.shape[1]
    np.testing.assert_allclose(model.slopes, theirs.params[:q], rtol=1e-6, atol=1e-6)
    assert model.log_likelihood == pytest.approx(theirs.llf, rel=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance))[-q:], theirs.bse[:q], rtol=1e-4)


def test_no_bit_depends_on_where_the_fit_starts() -> None:
    design, grade, _ = matrices()
    model = fit_grades(design, grade)
    other = fit_grades(design, grade, start=model.par * 0.7 + np.linspace(-0.2, 0.2, len(model.par)))
    np.testing.assert_allclose(other.par, model.par, rtol=1e-13, atol=1e-14)


def test_mean_grade_without_covariates_is_near_the_raw_mean() -> None:
    sample = draw(METHOD, adjustment="none")
    raw = sample.rows.groupby("arm")["value"].mean()
    for mean in fit(METHOD, sample, "none").arm_means():
        assert mean.estimate == pytest.approx(raw[mean.arm], abs=0.15)
        assert mean.scale == "mean grade"
        assert np.isinf(mean.df)


def test_empty_grades_are_merged_and_named() -> None:
    named = replace(outcome(METHOD), levels={3.0: "severe"})
    sample = grades({"a": [0, 1, 2] * 5, "b": [0, 0, 2] * 5})
    done = fit(METHOD, replace(sample, outcome=named), "none")
    assert "grades that nobody has are merged with their neighbours: severe, 4" in done.notes
    full = grades({"a": [0, 1, 2, 3, 4] * 4, "b": [0, 0, 2, 3, 4] * 4})
    assert not any("nobody" in note for note in fit(METHOD, full, "none").notes)


def test_fewer_than_ten_patients_in_an_arm() -> None:
    sample = grades({"a": [0, 1, 2] * 4, "b": [0, 1, 2] * 4, "c": [0, 1, 2] * 3})
    pairs = [("b", "a"), ("c", "a")]
    for block in fit(METHOD, sample, "none").blocks(pairs):
        assert block.estimable.tolist() == [True, False]
        assert block.notes[1] == "c has 9 patients here (at least 10 are needed)"
    two = grades({"a": [0, 1, 2] * 4, "c": [0, 1, 2] * 3})
    assert fit(METHOD, two, "none").status == "not_estimable"


def test_arms_that_do_not_overlap_are_not_estimable() -> None:
    for levels in (
        {"a": [0, 1] * 6, "b": [2, 3] * 6},
        {"a": [0] * 12, "b": [1, 2] * 6},
        {"a": [1] * 12, "b": [1] * 12},
    ):
        done = fit(METHOD, grades(levels), "none")
        assert done.status == "not_estimable"
        assert any(note.startswith("not estimable") for note in done.notes)
        assert not done.blocks([("b", "a")])[0].estimable.any()


def test_change_score_is_the_change_in_grade() -> None:
    sample = replace(draw(METHOD, adjustment="change_score"), covariates={})
    done = fit(METHOD, sample, "change_score")
    as_value = with_rows(sample, sample.rows.assign(value=sample.rows["change"]))
    for one, other in zip(done.blocks(PAIRS), fit(METHOD, as_value, "none").blocks(PAIRS)):
        np.testing.assert_array_equal(one.estimate, other.estimate)
    assert done.arm_means()[0].scale == "mean change in grade"


def cuts_sample(shift_low: float, shift_high: float) -> Sample:
    """Two arms of 80 with grades 0..3; the arm moves the lower and the upper cut by different log odds."""
    rng = np.random.default_rng(5)
    uniform = {arm: rng.permutation((np.arange(80) + 0.5) / 80) for arm in ("a", "b")}

    def graded(u: np.ndarray, low: float, high: float) -> list[int]:
        above = [1 / (1 + np.exp(-x)) for x in (1.2 + low, 0.0 + (low + high) / 2, -1.2 + high)]
        return [int(sum(v < a for a in above)) for v in u]

    return grades({"a": graded(uniform["a"], 0, 0), "b": graded(uniform["b"], shift_low, shift_high)})


def test_proportional_odds_are_looked_at() -> None:
    even, bent = cuts_sample(0.8, 0.8), cuts_sample(-1.2, 1.2)
    assert not any("proportional" in note for note in fit(METHOD, even, "none").notes)
    assert any("proportional odds look doubtful" in note for note in fit(METHOD, bent, "none").notes)
    design = build(bent)
    cuts = compare_cuts(design, design.rows["value"].to_numpy(int))
    assert cuts.at.tolist() == [0, 1, 2]
    np.testing.assert_allclose(cuts.log_odds.ravel(), [-1.2, 0.0, 1.2], atol=0.2)
    assert cuts.p_value < 0.01


def test_proportional_odds_that_cannot_be_looked_at_are_said() -> None:
    sample = grades({"a": [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2], "b": [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]})
    design = build(sample)
    (note,) = proportional_odds_note(design, design.rows["value"].to_numpy(int))
    assert "could not be looked at" in note
    assert proportional_odds_note(design, (design.rows["value"] > 0).to_numpy(int)) == ()


@pytest.mark.long
def test_the_look_raises_few_false_alarms() -> None:
    rng, alarms, runs = np.random.default_rng(11), 0, 600
    for _ in range(runs):
        latent = rng.logistic(size=80) + 0.7 * np.repeat([0, 1], 40)
        values = np.digitize(latent, [-1.2, 0.2, 1.6])
        design = build(grades({"a": values[:40].tolist(), "b": values[40:].tolist()}))
        alarms += compare_cuts(design, np.unique(values, return_inverse=True)[1]).p_value < 0.05
    assert alarms / runs < 0.08


def test_a_patient_with_two_sites_counts_once() -> None:
    sample = draw(METHOD, adjustment="none")
    two = pd.concat([sample.rows, sample.rows.assign(unit=sample.rows["unit"] + ".b")])
    done = fit(METHOD, with_rows(sample, two), "none")
    assert done.n == dict.fromkeys(ARMS, 26)
