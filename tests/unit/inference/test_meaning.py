"""The verdict table on a grid of every ordering, its symmetry, and the differences and patients that go with it."""

from __future__ import annotations

import itertools
import math

import pytest
from scipy import stats

from analytics.domain.finding import VERDICTS
from analytics.inference.meaning import detectable_difference, pairs_needed, patients_needed, size, verdict

D = 0.5
GRID = (-2, -0.51, -0.5, -0.49, -0.1, 0.0, 0.1, 0.49, 0.5, 0.51, 2)  # every place around -D, 0 and D, borders included
INTERVALS = [(low, high) for low, high in itertools.product(GRID, GRID) if low <= high]
TABLE = {  # statistics.md 7, row by row: no more and no less than one may hold
    "better_meaningful": lambda lo, hi: lo >= D,
    "better": lambda lo, hi: 0 < lo < D <= hi,
    "better_small": lambda lo, hi: lo > 0 and hi < D,
    "equivalent": lambda lo, hi: -D < lo <= 0 <= hi < D,
    "not_shown_loss_excluded": lambda lo, hi: -D < lo <= 0 and hi >= D,
    "not_shown_gain_excluded": lambda lo, hi: lo <= -D and 0 <= hi < D,
    "not_shown": lambda lo, hi: lo <= -D and hi >= D,
    "worse_small": lambda lo, hi: lo > -D and hi < 0,
    "worse": lambda lo, hi: lo <= -D < hi < 0,
    "worse_meaningful": lambda lo, hi: hi <= -D,
}
MIRROR = {
    "better_meaningful": "worse_meaningful",
    "better": "worse",
    "better_small": "worse_small",
    "not_shown_loss_excluded": "not_shown_gain_excluded",
    "equivalent": "equivalent",
    "not_shown": "not_shown",
}
MIRROR |= {there: here for here, there in MIRROR.items()}


def told(low, high, *, scale="additive", direction="higher", meaningful=D, status="estimated"):
    return verdict(status, low, high, scale=scale, direction=direction, meaningful=meaningful)


def on_scale(value: float, scale: str) -> float:
    return {"additive": value, "ratio": math.exp(value), "probability": value / 8 + 0.5}[scale]


@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_exactly_one_row_of_the_table_holds_and_is_the_verdict(low, high):
    rows = [name for name, holds in TABLE.items() if holds(low, high)]
    assert rows == [told(low, high)]


def test_the_grid_reaches_every_verdict():
    assert {told(*i) for i in INTERVALS} | {told(0, 1, status="did_not_converge")} == set(VERDICTS)


@pytest.mark.parametrize("scale", ["additive", "ratio", "probability"])
@pytest.mark.parametrize("direction", ["higher", "none"])
def test_swapping_the_arms_gives_the_mirror_image_on_every_scale(scale, direction):
    inner = [i for i in INTERVALS if not {abs(v) for v in i} & {0.5}]  # exp and log do not return borders exactly
    for low, high in inner:
        interval = on_scale(low, scale), on_scale(high, scale)
        swapped = on_scale(-high, scale), on_scale(-low, scale)
        here = told(*interval, scale=scale, direction=direction, meaningful=on_scale(D, scale))
        assert here == told(low, high)
        assert told(*swapped, scale=scale, direction=direction, meaningful=on_scale(D, scale)) == MIRROR[here]
        assert told(*interval, scale=scale, direction=direction, meaningful=on_scale(-D, scale)) == here


@pytest.mark.parametrize("scale", ["additive", "ratio"])
def test_lower_is_better_turns_the_interval_round(scale):
    for low, high in [i for i in INTERVALS if not {abs(v) for v in i} & {0.5}]:
        interval = on_scale(low, scale), on_scale(high, scale)
        lower = told(*interval, scale=scale, direction="lower", meaningful=on_scale(D, scale))
        assert lower == MIRROR[told(low, high)]


def test_a_win_probability_already_means_better():
    assert told(0.6, 0.8, scale="probability", direction="lower", meaningful=0.55) == "better_meaningful"
    assert told(0.6, 0.8, scale="probability", direction="higher", meaningful=0.55) == "better_meaningful"


@pytest.mark.parametrize("meaningful", [None, 1.0, math.nan])
def test_without_a_meaningful_difference_only_the_direction_is_told(meaningful):
    answers = {told(*i, scale="ratio", meaningful=meaningful) for i in [(1.1, 2), (0.5, 0.9), (0.9, 1.1), (1, 1.2)]}
    assert answers == {"better", "worse", "not_shown"}
    assert told(0, 1, meaningful=None) == told(-1, 0, meaningful=None) == "not_shown"


@pytest.mark.parametrize("limits", [(math.nan, 1), (0, math.nan), (-math.inf, 1), (0, math.inf)])
def test_what_is_not_finite_is_not_estimable(limits):
    assert told(*limits) == "not_estimable"


def test_a_ratio_of_zero_is_not_estimable_and_a_backward_interval_is_refused():
    assert told(0.0, 2.0, scale="ratio", meaningful=1.5) == "not_estimable"
    assert told(1, 2, status="suppressed") == "not_estimable"
    with pytest.raises(ValueError, match="backwards"):
        told(2, 1)


def test_size_is_a_distance_on_the_working_scale():
    assert size("ratio", 1.5) == pytest.approx(size("ratio", 1 / 1.5)) == pytest.approx(math.log(1.5))
    assert size("probability", 0.4) == pytest.approx(0.1)
    assert size("additive", -2.0) == 2.0
    assert size("ratio", -1.0) is size("additive", None) is size("additive", 0.0) is None


def test_detectable_difference_is_found_with_the_power_asked_for():
    found = detectable_difference(0.4, 30)
    assert found == pytest.approx(0.4 * (stats.t.ppf(0.975, 30) + stats.t.ppf(0.8, 30)), rel=1e-12)
    power = stats.nct.sf(stats.t.ppf(0.975, 30), 30, found / 0.4)
    assert power == pytest.approx(0.8, abs=0.005)


def test_patients_needed_is_the_smallest_number_that_suffices():
    spread, d = 1.2, 0.5
    n = patients_needed(spread * math.sqrt(1 / 20 + 1 / 35), 20, 35, d)
    assert n == 92  # textbook: 91 by the normal formula 2 (1.96 + 0.84)^2 s^2 / d^2 = 90.4, one more for t
    for patients, enough in ((n, True), (n - 1, False)):
        error = spread * math.sqrt(2 / patients)
        assert (detectable_difference(error, 2 * patients - 2) <= d) is enough
    assert patients_needed(spread * math.sqrt(1 / 20 + 1 / 35), 20, 35, 2 * d) < n / 3.5


def test_pairs_needed():
    n = pairs_needed(0.8 / math.sqrt(15), 15, 0.5)
    assert (
        detectable_difference(0.8 / math.sqrt(n), n - 1) <= 0.5 < detectable_difference(0.8 / math.sqrt(n - 1), n - 2)
    )


def test_patients_that_cannot_be_computed():
    assert math.isnan(patients_needed(math.nan, 10, 10, 0.5))
    assert math.isnan(patients_needed(0.2, 0, 10, 0.5))
    assert math.isnan(patients_needed(0.2, 10, 10, 0.0))
    assert patients_needed(1.0, 10, 10, 1e-6) == math.inf
