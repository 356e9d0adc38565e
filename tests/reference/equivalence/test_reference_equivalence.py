"""Two one-sided tests and non-inferiority against R's t.test and lm."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analytics.inference.equivalence import equivalence, non_inferiority

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text())
EXACT = 1e-8
MEANS = REFERENCE["two_sample"] | REFERENCE["summary_statistics"]


@pytest.mark.parametrize("name", sorted(MEANS))
def test_two_groups(name):
    case = MEANS[name]
    low, high = case["bounds"] if "bounds" in case else (case["input"]["low"], case["input"]["upp"])
    got = equivalence(case["estimate"], case["se"], case["df"], low=low, high=high)
    np.testing.assert_allclose(
        [got.p_lower, got.p_upper, got.p_value], [case["p_lower"], case["p_upper"], case["p_tost"]], rtol=EXACT
    )
    np.testing.assert_allclose([got.conf_low, got.conf_high], case["ci90"], rtol=EXACT)


def test_pairs():
    case = REFERENCE["paired_sleep"]
    low, high = case["bounds"]
    got = equivalence(case["estimate"], case["sd"] / np.sqrt(case["n"]), case["n"] - 1, low=low, high=high)
    np.testing.assert_allclose(
        [got.p_lower, got.p_upper, got.p_value], [case["p_lower"], case["p_upper"], case["p_tost"]], rtol=EXACT
    )
    np.testing.assert_allclose([got.conf_low, got.conf_high], case["ci90"], rtol=EXACT)


def test_ratio_of_geometric_means_on_the_log():
    given, expected = (REFERENCE["ratio_of_geometric_means"][key] for key in ("input", "result"))
    got = equivalence(given["log_difference"], given["se"], given["df"], low=np.log(0.8), high=np.log(1.25))
    np.testing.assert_allclose(np.exp([got.conf_low, got.conf_high]), expected["ci90"], rtol=EXACT)
    np.testing.assert_allclose([got.p_lower, got.p_upper], [expected["p_lower"], expected["p_upper"]], rtol=EXACT)


@pytest.mark.parametrize(("direction", "sign"), [("higher", 1), ("lower", -1)])
def test_non_inferiority(direction, sign):
    case = REFERENCE["noninferiority_adjusted"]
    got = non_inferiority(sign * case["estimate"], case["se"], case["df"], margin=5, direction=direction)
    assert got.p_value == pytest.approx(case["p_one_sided"], rel=EXACT)
    assert got.limit == pytest.approx(case["lower_97.5"], rel=EXACT)
    assert got.shown is (case["lower_97.5"] > -5) is False
    assert non_inferiority(sign * case["estimate"], case["se"], case["df"], margin=5.68, direction=direction).shown
