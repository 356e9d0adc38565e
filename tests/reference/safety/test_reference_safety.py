"""Time to resolution, exact rates and clustered slopes against R (survival, stats, clubSandwich) and statsmodels.

A quantile on a flat stretch of the curve is the first day of the stretch ("by that day so many were gone"); R takes the
middle of it, so the cases here have none.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from analytics.inference.clustered import Slope, slope
from analytics.inference.proportions import clopper_pearson
from analytics.inference.rates import poisson_rate
from analytics.inference.survival import kaplan_meier, quantile

R = json.loads((Path(__file__).parent / "reference.json").read_text())


def same(found: float, wanted: float | None) -> bool:
    return np.isnan(found) if wanted is None else found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("case", list(R["resolution"]))
def test_quantiles_of_the_time_until_gone_equal_those_of_survival(case: str) -> None:
    known = R["resolution"][case]
    curve = kaplan_meier(np.array(known["days"], float), np.array(known["over"], bool))
    for k, part in enumerate(known["parts"]):
        found = quantile(curve, part)
        for value, name in zip(found, ("quantile", "lower", "upper")):
            assert same(value, known[name][k]), (part, name, found)


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_equals_that_of_statsmodels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days, over = rng.integers(0, 15, 60).astype(float), rng.random(60) < 0.8
    curve, other = kaplan_meier(days, over), SurvfuncRight(days, over.astype(int))
    assert curve.times.tolist() == other.surv_times.tolist()
    assert np.allclose(curve.share, other.surv_prob)
    inside = curve.share > 0
    assert np.allclose(curve.share[inside] * np.sqrt(curve.spread[inside]), other.surv_prob_se[inside])
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = other.quantile_ci(0.5, method="cloglog")
    assert quantile(curve, 0.5)[1:] == (low, high)


def test_nobody_gone_has_no_quantile() -> None:
    curve = kaplan_meier(np.array([3.0, 5.0]), np.array([False, False]))
    assert all(np.isnan(v) for v in quantile(curve, 0.5))


@pytest.mark.parametrize("case", R["rates"], ids=lambda case: str(case["events"][0]))
def test_rates_equal_poisson_test(case: dict) -> None:
    events, time = int(case["events"][0]), case["time"][0]
    rate, low, high = poisson_rate(events, time)
    assert rate == events / time
    assert (low, high) == pytest.approx((case["low"][0], case["high"][0]), rel=1e-9)


def test_a_zero_has_the_upper_limit_of_the_rule_of_three() -> None:
    assert poisson_rate(0, 100.0, level=0.9)[2] == pytest.approx(-np.log(0.05) / 100)  # 3 / n, one-sided 95 %
    assert clopper_pearson(0, 39, level=0.9)[1] == pytest.approx(1 - 0.05 ** (1 / 39))
    assert np.isnan(poisson_rate(0, 0.0)).all()


@pytest.mark.parametrize("case", ["plain", "strata"])
def test_clustered_slopes_equal_those_of_club_sandwich(case: str) -> None:
    known = R["slope"]
    x, y, g = (np.array(known[name], float) for name in ("x", "y", "g"))
    strata = np.array(known["s"]) if case == "strata" else None
    found = slope(x, y, g, strata=strata)
    assert (found.estimate, found.low, found.high, found.p_value) == pytest.approx(known[case], rel=1e-8)


@pytest.mark.parametrize(
    ("x", "y", "g"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], [1, 2, 3, 4]),  # x does not vary
        ([0, 1, 2, 3], [5, 5, 5, 5], [1, 2, 3, 4]),  # y does not vary
        ([0, 1, 2, 3], [0, 1, 2, 3], [1, 2, 3, 4]),  # y follows x exactly
        ([0, 1, 2, 3], [1, 0, 2, 5], [1, 1, 1, 1]),  # one patient
        ([1, 0, 0, 0, 0], [1, 0, 1, 0, 1], [1, 2, 3, 4, 5]),  # one patient alone carries the slope
        ([], [], []),
    ],
)
def test_what_cannot_be_estimated_is_nothing(x: list, y: list, g: list) -> None:
    found = slope(np.array(x, float), np.array(y, float), np.array(g))
    assert all(np.isnan(v) for v in vars(found).values()) or found == Slope()
