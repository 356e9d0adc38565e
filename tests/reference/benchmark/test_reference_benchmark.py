"""Spread between units, shrunken values and expected counts against metafor, lme4 and glm."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.inference.between import between
from analytics.inference.case_mix import expected

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())
EXACT = 1e-7


@pytest.mark.parametrize("name", sorted(REFERENCE["pooled"]))
def test_between_is_metafor_reml_with_knapp_hartung(name: str) -> None:
    case = REFERENCE["pooled"][name]
    found = between(np.array(case["y"]), np.array(case["v"]))
    for key in ("tau2", "mean", "variance", "q", "p_value", "shrunk", "low", "high"):
        np.testing.assert_allclose(getattr(found, key), case[key], rtol=EXACT, atol=1e-9, err_msg=key)
    np.testing.assert_allclose([found.tau2_low, found.tau2_high], [case["tau2_low"], case["tau2_high"]], rtol=1e-5)


def test_shrunken_values_are_those_that_were_printed() -> None:
    case = REFERENCE["pooled"]["raudenbush"]
    found = between(np.array(case["y"]), np.array(case["v"])).shrunk
    np.testing.assert_allclose(found, REFERENCE["published"]["raudenbush"], atol=6e-4)


def test_equal_groups_give_the_random_intercept_of_lme4() -> None:
    case = REFERENCE["mixed"]
    found = between(np.array(case["y"]), np.array(case["v"]))
    np.testing.assert_allclose(found.tau2, case["tau2"], rtol=1e-5)
    np.testing.assert_allclose(found.mean, case["mean"], rtol=EXACT)
    np.testing.assert_allclose(found.shrunk, case["shrunk"], rtol=1e-6)


def design(data: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return np.column_stack([np.ones(len(data)), data[columns].to_numpy(float)])


def test_expected_counts_are_those_of_glm() -> None:
    data, case = pd.read_csv(HERE / "data.csv"), REFERENCE["case_mix"]["share"]
    found = expected(design(data, ["age", "parity", "spontaneous"]), data["case"].to_numpy(float), share=True)
    sums = pd.Series(found.value).groupby(data["education"]).sum()
    np.testing.assert_allclose(sums, [case["expected"][level] for level in sums.index], rtol=EXACT)
    assert found.value.sum() == pytest.approx(data["case"].sum()), "as many expected as seen, over all"
    assert found.sigma == pytest.approx(np.sqrt(np.mean(found.value * (1 - found.value))))


def test_expected_means_are_those_of_lm() -> None:
    data, case = pd.read_csv(HERE / "data.csv"), REFERENCE["case_mix"]["mean"]
    found = expected(design(data, ["age", "parity"]), data["spontaneous"].to_numpy(float), share=False)
    sums = pd.Series(found.value).groupby(data["education"]).sum()
    np.testing.assert_allclose(sums, [case["expected"][level] for level in sums.index], rtol=EXACT)
    np.testing.assert_allclose([found.sigma, found.df], [case["sigma"], case["df"]], rtol=EXACT)
