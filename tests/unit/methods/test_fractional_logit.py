"""Percents and bounded scores: differences in points of their own unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from marginal_samples import ARMS, PAIRS, draw, fit, with_rows

from analytics.methods.mean_model import LOGIT, fit_mean

METHOD = "fractional_logit"


@pytest.mark.parametrize(("adjustment", "column"), [("none", "value"), ("change_score", "change")])
def test_without_covariates_it_is_the_difference_of_raw_means(adjustment: str, column: str) -> None:
    sample = replace(draw(METHOD, adjustment=adjustment), covariates={})
    raw = sample.rows.groupby("arm")[column].mean()
    done = fit(METHOD, sample, adjustment)
    (block,) = done.blocks(PAIRS)
    assert (block.measure, block.scale) == ("difference", "additive")
    for k, (arm, reference) in enumerate(PAIRS):
        assert block.estimate[k] == pytest.approx(raw[arm] - raw[reference], rel=1e-9)
        parts = [sample.rows.loc[sample.rows["arm"] == a, column] for a in (arm, reference)]
        spread = sum(float(((v - v.mean()) ** 2).sum()) / (len(v) - 1) ** 2 for v in parts)
        assert block.std_error[k] == pytest.approx(np.sqrt(spread), rel=1e-9)
    means = done.arm_means()
    assert [m.estimate for m in means] == pytest.approx([raw[arm] for arm in ARMS], rel=1e-9)
    assert {m.scale for m in means} == {"percent" if adjustment == "none" else "change"}


def test_a_scale_of_another_width_only_stretches_the_answer() -> None:
    sample = draw(METHOD)
    rows = sample.rows.assign(**{c: sample.rows[c] / 10 - 5 for c in ("value", "baseline")})
    wide = fit(METHOD, sample).blocks(PAIRS)[0]
    narrow = fit(METHOD, replace(sample, rows=rows, outcome=replace(sample.outcome, low=-5.0, high=5.0))).blocks(PAIRS)[
        0
    ]
    np.testing.assert_allclose(narrow.estimate, wide.estimate / 10, rtol=1e-8)
    np.testing.assert_allclose(narrow.std_error, wide.std_error / 10, rtol=1e-8)
    np.testing.assert_allclose(narrow.df, wide.df, rtol=1e-8)


def test_turning_the_scale_round_turns_the_sign() -> None:
    sample = draw(METHOD)
    rows = sample.rows.assign(**{c: 100 - sample.rows[c] for c in ("value", "baseline")})
    one, other = fit(METHOD, sample).blocks(PAIRS)[0], fit(METHOD, with_rows(sample, rows)).blocks(PAIRS)[0]
    np.testing.assert_allclose(other.estimate, -one.estimate, rtol=1e-8)
    np.testing.assert_allclose(other.std_error, one.std_error, rtol=1e-8)


def test_means_stay_inside_the_range() -> None:
    sample = draw(METHOD, adjustment="none")
    edge = sample.rows["arm"] == ARMS[0]
    rng = np.random.default_rng(3)
    rows = sample.rows.assign(value=sample.rows["value"].mask(edge, 100.0 * (rng.random(len(edge)) < 0.05)))
    mean = fit(METHOD, with_rows(sample, rows), "none").arm_means()[0]
    assert 0 < mean.conf_low < mean.estimate < mean.conf_high < 100
    assert mean.estimate - 2 * mean.std_error < 0  # a symmetric interval would leave the range


@pytest.mark.parametrize("value", [-1.0, 100.5])
def test_values_outside_the_range_are_refused(value: float) -> None:
    sample = draw(METHOD)
    done = fit(
        METHOD, with_rows(sample, sample.rows.assign(value=sample.rows["value"].mask(sample.rows.index == 4, value)))
    )
    assert done.status == "not_estimable"
    assert "not estimable: a value outside the range of the outcome" in done.notes


def test_an_outcome_without_a_range_has_no_share() -> None:
    sample = draw(METHOD)
    done = fit(METHOD, replace(sample, outcome=replace(sample.outcome, high=None)))
    assert done.status == "not_estimable"
    assert "no range" in done.notes[-1]


def test_an_arm_at_the_edge_is_named() -> None:
    sample = draw(METHOD)
    rows = sample.rows.assign(value=sample.rows["value"].mask(sample.rows["arm"] == "dermal_roller", 0.0))
    (block,) = fit(METHOD, with_rows(sample, rows)).blocks(PAIRS)
    assert block.estimable.tolist() == [True, False, False]
    assert block.notes[2] == "not estimable: only the lowest value in dermal_roller"


def test_agrees_with_statsmodels() -> None:
    import statsmodels.api as sm

    sample = draw(METHOD)
    design = np.column_stack([np.ones(78), sample.rows["age"] - 40, sample.rows["baseline"] - 50])
    share = sample.rows["value"].to_numpy() / 100
    theirs = sm.GLM(share, design, family=sm.families.Binomial()).fit(tol=1e-14)
    np.testing.assert_allclose(fit_mean(design, share, LOGIT).beta, theirs.params, rtol=1e-8)


def test_missing_values_are_counted_out() -> None:
    sample = draw(METHOD)
    done = fit(METHOD, with_rows(sample, sample.rows.assign(value=sample.rows["value"].mask(sample.rows.index < 2))))
    assert "2 readings left out: no response to analyse" in done.notes
    assert isinstance(sample.rows, pd.DataFrame)
    assert sum(done.n.values()) == 76
