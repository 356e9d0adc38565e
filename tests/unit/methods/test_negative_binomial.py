"""Rate ratios and differences in counts: what they are without covariates, and what cannot be estimated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from marginal_samples import ARMS, PAIRS, draw, fit, with_rows

from analytics.methods.mean_model import LOG, fit_counts, fit_mean, moment_dispersion

METHOD = "negative_binomial"


def test_without_covariates_rates_are_those_of_the_raw_means() -> None:
    sample = draw(METHOD, adjustment="none")
    raw = sample.rows.groupby("arm")["value"].mean()
    done = fit(METHOD, sample, "none")
    rate, difference = done.blocks(PAIRS)
    assert (rate.measure, rate.scale, difference.measure, difference.scale) == (
        "rate_ratio", "ratio", "difference", "additive",
    )  # fmt: skip
    for k, (arm, reference) in enumerate(PAIRS):
        assert np.exp(rate.estimate[k]) == pytest.approx(raw[arm] / raw[reference], rel=1e-10)
        assert difference.estimate[k] == pytest.approx(raw[arm] - raw[reference], rel=1e-9)
    for mean in done.arm_means():
        assert mean.estimate == pytest.approx(raw[mean.arm], rel=1e-10)
        assert (mean.scale, mean.n) == ("count", 26)


def test_saturated_errors_by_hand() -> None:
    """Arms only, one row a patient: (I - H)^-1 is n / (n - 1), so the error is sqrt(sum of squares) / (n - 1)."""
    sample = draw(METHOD, adjustment="none")
    rate, difference = fit(METHOD, sample, "none").blocks(PAIRS[:1])
    parts = [sample.rows.loc[sample.rows["arm"] == arm, "value"] for arm in PAIRS[0]]
    squares = [float(((v - v.mean()) ** 2).sum()) / (len(v) - 1) ** 2 for v in parts]
    assert difference.std_error[0] == pytest.approx(np.sqrt(sum(squares)), rel=1e-9)
    on_log = [s / v.mean() ** 2 for s, v in zip(squares, parts)]
    assert rate.std_error[0] == pytest.approx(np.sqrt(sum(on_log)), rel=1e-9)


def test_change_score_sets_counts_against_the_baseline() -> None:
    """One baseline for all is no offset. Twice (baseline + 0.5) for all: half the rates, the same ratios."""
    sample = replace(draw(METHOD, adjustment="change_score"), covariates={})
    plain = fit(METHOD, sample, "none").blocks(PAIRS)
    for baseline in (0.0, 20.0):
        same = fit(METHOD, with_rows(sample, sample.rows.assign(baseline=baseline)), "change_score").blocks(PAIRS)
        for one, other in zip(plain, same):
            np.testing.assert_allclose(other.estimate, one.estimate, rtol=1e-9)
            np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-8)
    doubled = with_rows(sample, sample.rows.assign(baseline=2 * sample.rows["baseline"] + 0.5))
    one, other = (fit(METHOD, s, "change_score").blocks(PAIRS) for s in (sample, doubled))
    for before, after in zip(one, other):
        np.testing.assert_allclose(after.estimate, before.estimate, rtol=1e-9)
    assert not np.allclose(one[0].estimate, plain[0].estimate)


def test_a_reading_without_a_baseline_has_no_change_score() -> None:
    sample = draw(METHOD, adjustment="change_score")
    rows = sample.rows.assign(baseline=sample.rows["baseline"].mask(sample.rows.index < 3))
    done = fit(METHOD, with_rows(sample, rows), "change_score")
    assert any(note.startswith("3 readings left out") for note in done.notes)
    assert sum(done.n.values()) == sum(sample.n.values()) - 3


def test_alpha_solves_its_equation_together_with_the_estimates() -> None:
    sample = draw(METHOD)
    design = np.column_stack([np.ones(78), sample.rows["age"] - 40])
    counts = sample.rows["value"].to_numpy()
    model = fit_counts(design, counts)
    assert model.alpha > 0
    residual = counts - model.mean
    assert float(np.sum(residual**2 / model.variance)) == pytest.approx(76, rel=1e-12)
    scores = design.T @ (residual * model.slope / model.variance)
    np.testing.assert_allclose(scores, 0, atol=1e-9)


def test_no_bit_depends_on_where_the_fit_starts() -> None:
    sample = draw(METHOD)
    design = np.column_stack([np.ones(78), sample.rows["age"] - 40])
    counts = sample.rows["value"].to_numpy()
    fits = [
        fit_mean(design, counts, LOG, alpha=0.4, start=np.array(s)) for s in ([0.0, 0.0], [3.0, 0.01], [1.0, -0.02])
    ]
    for other in fits[1:]:
        np.testing.assert_allclose(other.beta, fits[0].beta, rtol=1e-14)


def test_moment_dispersion_is_zero_without_extra_spread() -> None:
    assert moment_dispersion(np.array([3.0, 4.0, 5.0]), np.full(3, 4.0), 2) == 0.0
    assert moment_dispersion(np.array([1.0, 4.0, 9.0]), np.full(3, 4.0), 0) == 0.0


def test_agrees_with_statsmodels_at_the_same_alpha() -> None:
    import statsmodels.api as sm

    sample = draw(METHOD)
    design = np.column_stack([np.ones(78), sample.rows["age"] - 40, sample.rows["arm"] == ARMS[1]]).astype(float)
    counts = sample.rows["value"].to_numpy()
    model = fit_counts(design, counts)
    theirs = sm.GLM(counts, design, family=sm.families.NegativeBinomial(alpha=model.alpha)).fit(tol=1e-14)
    np.testing.assert_allclose(model.beta, theirs.params, rtol=1e-8)


def test_an_arm_without_any_count_is_named_and_the_others_go_on() -> None:
    sample = draw(METHOD)
    rows = sample.rows.assign(value=sample.rows["value"].where(sample.rows["arm"] != "dermal_roller", 0.0))
    done = fit(METHOD, with_rows(sample, rows))
    for block in done.blocks(PAIRS):
        assert block.estimable.tolist() == [True, False, False]
        assert block.notes[1] == "not estimable: nothing was counted in dermal_roller"
    others = rows[rows["arm"] != "dermal_roller"]
    alone = fit(METHOD, replace(sample, rows=others, arms=ARMS[:2]))
    np.testing.assert_array_equal(done.blocks(PAIRS)[0].estimate[0], alone.blocks(PAIRS[:1])[0].estimate[0])
    assert done.n["dermal_roller"] == 26


def test_nothing_counted_but_in_one_arm_is_not_estimable() -> None:
    sample = draw(METHOD)
    rows = sample.rows.assign(value=sample.rows["value"].where(sample.rows["arm"] == ARMS[0], 0.0))
    done = fit(METHOD, with_rows(sample, rows))
    assert done.status == "not_estimable"
    assert "not estimable: nothing was counted in chemical_peel" in done.notes


def test_a_covariate_level_without_any_count_is_pooled_and_named() -> None:
    sample = draw(METHOD)
    clear = sample.rows.index % 13 == 0
    rows = sample.rows.assign(
        skin=sample.rows["skin"].mask(clear, "sensitive"), value=sample.rows["value"].mask(clear, 0.0)
    )
    done = fit(METHOD, with_rows(sample, rows))
    assert done.status == "estimated"
    assert "skin: oily and sensitive taken together (nothing was counted in sensitive)" in done.notes


def test_counts_below_zero_are_refused() -> None:
    sample = draw(METHOD)
    done = fit(METHOD, with_rows(sample, sample.rows.assign(value=sample.rows["value"] - 5)))
    assert done.status == "not_estimable"
    assert "not estimable: a count below 0" in done.notes
