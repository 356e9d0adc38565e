"""Intervals of proportions and their differences against R (Epi, binom.test) and Newcombe 1998 as commonly quoted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analytics.inference.proportions import clopper_pearson, miettinen_nurminen, newcombe, wilson

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text())
ONE, TWO = REFERENCE["one_sample"], REFERENCE["two_sample"]
NEAR = {"rtol": 1e-8, "atol": 1e-12}
PRINTED = {"rtol": 0, "atol": 6e-5}  # four decimals


@pytest.mark.parametrize("name", sorted(ONE))
def test_one_proportion(name):
    case = ONE[name]
    np.testing.assert_allclose(wilson(case["x"], case["n"]), case["wilson"], **NEAR)
    np.testing.assert_allclose(clopper_pearson(case["x"], case["n"]), case["clopper_pearson"], **NEAR)
    np.testing.assert_allclose(wilson(case["x"], case["n"]), case["published"]["wilson"], **PRINTED)
    np.testing.assert_allclose(clopper_pearson(case["x"], case["n"]), case["published"]["clopper_pearson"], **PRINTED)


@pytest.mark.parametrize("name", sorted(TWO))
def test_two_proportions(name):
    case = TWO[name]
    counts = case["x1"], case["n1"], case["x2"], case["n2"]
    np.testing.assert_allclose(newcombe(*counts), case["newcombe_score"], **NEAR)
    np.testing.assert_allclose(miettinen_nurminen(*counts), case["miettinen_nurminen"], rtol=1e-8, atol=1e-11)
    published = case["published"] or {}
    if "newcombe_score" in published:
        np.testing.assert_allclose(newcombe(*counts), published["newcombe_score"], **PRINTED)
    if "miettinen_nurminen" in published:
        np.testing.assert_allclose(miettinen_nurminen(*counts), published["miettinen_nurminen"], **PRINTED)


@pytest.mark.parametrize("case", REFERENCE["noninferiority"], ids=lambda case: f"{case['x1']} of {case['n1']}")
def test_lower_limit_of_non_inferiority(case):
    low, _ = miettinen_nurminen(case["x1"], case["n1"], case["x2"], case["n2"])
    assert low == pytest.approx(case["mn_lower_97.5"], rel=1e-8)
