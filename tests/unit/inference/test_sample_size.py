"""Patients needed and power against statsmodels, against a simulation, and in their own limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower, TTestPower

from analytics.inference.sample_size import Trial, correlation, pooled

SIZES = (0.2, 0.35, 0.5, 0.8, 1.2, 2.0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_patients_of_two_groups_are_those_of_statsmodels(size: float, power: float) -> None:
    theirs = TTestIndPower().solve_power(effect_size=size, alpha=0.05, power=power)
    assert Trial(1.3).patients(1.3 * size, power) == max(math.ceil(theirs - 1e-9), 3)


@pytest.mark.parametrize("size", SIZES)
def test_pairs_are_those_of_statsmodels(size: float) -> None:
    theirs = TTestPower().solve_power(effect_size=size, alpha=0.05, power=0.8)
    assert Trial(0.7, groups=1).patients(0.7 * size, 0.8) == max(math.ceil(theirs - 1e-9), 3)


@pytest.mark.parametrize("n", [5, 17, 40, 250])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_power_and_smallest_difference_are_those_of_statsmodels(n: int, level: float) -> None:
    trial = Trial(2.0, level=level)
    assert trial.power(n, 1.1) == pytest.approx(TTestIndPower().power(1.1 / 2, n, 1 - level), abs=1e-9)
    theirs = TTestIndPower().solve_power(nobs1=n, alpha=1 - level, power=0.8)
    assert trial.detectable(n, 0.8) == pytest.approx(2 * theirs, rel=1e-5)
    assert trial.power(n, trial.detectable(n, 0.8)) == pytest.approx(0.8, abs=1e-9)


def test_what_is_needed_finds_it_and_one_patient_fewer_does_not() -> None:
    for trial in (Trial(1.0), Trial(1.0, covariates=1), Trial(1.0, groups=1)):
        n = trial.patients(0.6, 0.8)
        assert trial.power(n, 0.6) >= 0.8 > trial.power(n - 1, 0.6)


def test_the_start_takes_a_degree_of_freedom() -> None:
    assert [Trial(1.0).df(10), Trial(1.0, covariates=1).df(10), Trial(1.0, groups=1).df(10)] == [18, 17, 9]
    shift, limit = 1.2 / math.sqrt(2 / 10), stats.t.ppf(0.975, 17)
    by_hand = stats.nct.sf(limit, 17, shift) + stats.nct.cdf(-limit, 17, shift)
    assert Trial(1.0, covariates=1).power(10, 1.2) == pytest.approx(by_hand, abs=1e-12)


def test_far_out_and_impossible() -> None:
    assert Trial(1.0).power(100_000, 50.0) == pytest.approx(1.0)
    assert math.isinf(Trial(1.0).patients(1e-5, 0.8))
    assert math.isnan(Trial(1.0).patients(0.0, 0.8))
    assert math.isnan(Trial(0.0).patients(1.0, 0.8))
    assert math.isnan(Trial(1.0).detectable(1, 0.8))


def test_a_simulated_trial_with_a_start_finds_the_difference_as_often_as_said() -> None:
    """Analysis of covariance on 4,000 simulated trials: residual spread sd sqrt(1 - r^2), one df for the start."""
    rng, n, sd, r, size, runs = np.random.default_rng(8), 24, 1.5, 0.7, 0.9, 4000
    start = rng.normal(size=(runs, 2 * n))
    arm = np.r_[np.zeros(n), np.ones(n)]
    value = sd * (r * start + math.sqrt(1 - r**2) * rng.normal(size=(runs, 2 * n))) + size * arm
    found = 0
    trial = Trial(sd * math.sqrt(1 - r**2), covariates=1)
    limit = stats.t.ppf(0.975, trial.df(n))
    for x, y in zip(start, value):
        design = np.column_stack([np.ones(2 * n), arm, x])
        beta, rest, *_ = np.linalg.lstsq(design, y, rcond=None)
        error = math.sqrt(rest[0] / (2 * n - 3) * np.linalg.inv(design.T @ design)[1, 1])
        found += abs(beta[1] / error) > limit
    # The arms' starts differ by chance, which costs 1 / (2 n - 4) of the information: within the error of 4,000 runs.
    assert found / runs == pytest.approx(trial.power(n, size), abs=0.025)


def test_spread_and_correlation_are_taken_within_groups() -> None:
    one = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
    groups = np.array(["a", "a", "a", "b", "b", "b"])
    assert pooled(one, groups) == pytest.approx(1.0)
    assert correlation(one, -one, groups) == pytest.approx(-1.0)
    assert correlation(one, np.ones(6), groups) == 0.0
