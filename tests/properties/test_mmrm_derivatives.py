"""Analytic derivatives of covariance structures and of the likelihood against central differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from trial_in_three_arms import FORMULA, trial

from analytics.repeated.complete import Columns
from analytics.repeated.coordinates import coordinates_of
from analytics.repeated.criterion import Criterion
from analytics.repeated.moments import moments_of
from analytics.repeated.rows import read_rows
from analytics.repeated.structures import STRUCTURES


def differences(function, at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """First derivatives by central differences of the fourth order, first axis = theta."""
    found = []
    for unit in step * np.eye(len(at)):
        near, far = function(at + unit) - function(at - unit), function(at + 2 * unit) - function(at - 2 * unit)
        found.append((8 * near - far) / (12 * step))
    return np.array(found)


@pytest.mark.parametrize("m", [2, 3, 5])
@pytest.mark.parametrize("name", STRUCTURES)
def test_derivatives_of_every_structure(name, m):
    structure, rng = STRUCTURES[name], np.random.default_rng(m)
    where = rng.uniform(0, 3, size=(4, m, 2)) if name == "sp_exp" else None
    for _ in range(3):
        theta = rng.normal(scale=0.7, size=structure.size(m))
        whole, first, second = structure.evaluate(theta, m, where)
        axis = 0 if where is None else 1
        by_difference = differences(lambda t: structure.evaluate(t, m, where)[0], theta)
        np.testing.assert_allclose(np.moveaxis(first, axis, 0), by_difference, atol=1e-8 * np.abs(whole).max())
        by_difference = differences(lambda t: structure.evaluate(t, m, where)[1], theta)
        np.testing.assert_allclose(np.moveaxis(second, axis, 0), by_difference, atol=1e-8 * np.abs(whole).max())
        if name not in ("toep", "toeph"):  # those are not positive definite everywhere
            assert (np.linalg.eigvalsh(whole) > 0).all()


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("options", [{}, {"group": "arm"}, {"weights": "w", "frequency": "times"}], ids=str)
@pytest.mark.parametrize("name", STRUCTURES)
def test_gradient_and_hessian_of_the_likelihood(name, options, reml):
    frame, rng = trial(missing=0.2), np.random.default_rng(5)
    frame = frame.assign(day=frame["week"] / 4 + 0.2 * np.sin(frame["patient"]))
    columns = replace(Columns("patient", "week", coordinates=("day",) if name == "sp_exp" else ()), **options)
    moments = moments_of(read_rows(FORMULA, frame, columns))
    criterion = Criterion(moments, coordinates_of(moments), STRUCTURES[name], reml)
    theta = rng.normal(scale=0.3, size=criterion.size)
    point = criterion.at(theta)
    assert np.isfinite(point.value)
    gradient, (observed, _, _) = criterion.gradient(point), criterion.hessian(point)
    scale = np.abs(observed).max()
    by_difference = differences(lambda t: np.array(criterion.at(t).value), theta, 1e-4)
    np.testing.assert_allclose(gradient, by_difference, atol=1e-8 * scale)
    by_difference = differences(lambda t: criterion.gradient(criterion.at(t)), theta, 1e-4)
    np.testing.assert_allclose(observed, by_difference, atol=1e-8 * scale)
