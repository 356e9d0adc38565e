"""Procedures for families against R: p.adjust, multcomp, TukeyHSD, emmeans, and Dunnett by numerical integration."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.domain.fit import MeasureBlock
from analytics.inference.multiplicity import adjust

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())
CASES = REFERENCE["p_adjust"]["cases"]
NAMES = {"bonferroni": "bonferroni", "holm": "holm", "hochberg": "hochberg", "hommel": "hommel", "bh": "BH", "by": "BY"}


def block_of(estimate, covariance, df, pairs) -> MeasureBlock:
    estimate = np.asarray(estimate, float)
    usable = np.isfinite(estimate)
    return MeasureBlock(
        "difference",
        "additive",
        tuple(pairs),
        estimate,
        np.asarray(covariance, float),
        np.full(len(estimate), df),
        usable,
    )


def from_p(p) -> MeasureBlock:
    """A block whose raw p-values are ``p``; a missing one is a contrast that could not be estimated."""
    p = np.array([np.nan if value is None else value for value in p])
    return block_of(stats.norm.isf(p / 2), np.eye(len(p)), np.inf, [(f"arm {k}", "reference") for k in range(len(p))])


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("method", sorted(NAMES))
def test_adjusted_p_values(case, method):
    expected = np.array(CASES[case]["adjusted"][NAMES[method]], float)
    np.testing.assert_allclose(adjust(from_p(CASES[case]["p"]), method).p_adjusted, expected, rtol=1e-8)


@pytest.mark.parametrize("case", sorted(CASES))
def test_sidak(case):
    expected = np.array(CASES[case]["sidak"], float)
    np.testing.assert_allclose(adjust(from_p(CASES[case]["p"]), "sidak").p_adjusted, expected, rtol=1e-8)


def recovery(pairs) -> MeasureBlock:
    """One-way least squares with its model covariance: minutes by blanket."""
    data = pd.read_csv(HERE / "data_recovery.csv")
    groups = data.groupby("blanket")["minutes"]
    df = len(data) - groups.ngroups
    variance = float(((data["minutes"] - groups.transform("mean")) ** 2).sum() / df)
    names = sorted(data["blanket"].unique())
    rows = np.array([[(name == a) - (name == b) for name in names] for a, b in pairs], float)
    covariance = rows @ np.diag(variance / groups.size().loc[names]) @ rows.T
    return block_of(rows @ groups.mean().loc[names], covariance, df, pairs)


def test_dunnett():
    expected = REFERENCE["dunnett_recovery"]
    family = adjust(recovery([("b1", "b0"), ("b2", "b0"), ("b3", "b0")]), "dunnett", reference="b0")
    exact = [row["p_dunnett_exact"] for row in expected["estimates"]]
    np.testing.assert_allclose(family.p_adjusted, exact, atol=1e-6, rtol=0)
    np.testing.assert_allclose(family.low, [row["lower"] for row in expected["limits"]], rtol=1e-6)
    np.testing.assert_allclose(family.high, [row["upper"] for row in expected["limits"]], rtol=1e-6)


def test_tukey_of_four_arms():
    expected = REFERENCE["tukey_recovery"]
    family = adjust(recovery([tuple(row["contrast"].split("-")) for row in expected]), "tukey")
    np.testing.assert_allclose(family.p_adjusted, [row["p adj"] for row in expected], rtol=1e-6)
    np.testing.assert_allclose(family.low, [row["lwr"] for row in expected], rtol=1e-6)
    np.testing.assert_allclose(family.high, [row["upr"] for row in expected], rtol=1e-6)


@pytest.mark.parametrize("method", ["tukey", "max_t"])
def test_balanced_three_arms_max_t_is_tukey(method):
    expected = REFERENCE["tukey_warpbreaks"]["tukeyHSD"]
    error = REFERENCE["tukey_warpbreaks"]["emmeans_tukey"][0]["SE"]
    pairs = [tuple(row["contrast"].split("-")) for row in expected]
    rows = np.array([[(name == a) - (name == b) for name in "LMH"] for a, b in pairs], float)
    block = block_of([row["diff"] for row in expected], error**2 / 2 * rows @ rows.T, 50, pairs)
    family = adjust(block, method)
    np.testing.assert_allclose(family.p_adjusted, [row["p adj"] for row in expected], rtol=1e-8)
    np.testing.assert_allclose(family.low, [row["lwr"] for row in expected], rtol=1e-8)
    np.testing.assert_allclose(family.high, [row["upr"] for row in expected], rtol=1e-8)


@pytest.mark.parametrize("wool", ["A", "B"])
def test_tukey_kramer_of_unequal_sizes(wool):
    expected = [row for row in REFERENCE["unbalanced_interaction"]["tukey_by_wool"] if row["wool"] == wool]
    pairs = [tuple(row["contrast"].split(" - ")) for row in expected]
    block = block_of([r["estimate"] for r in expected], np.diag([r["SE"] ** 2 for r in expected]), 43, pairs)
    family = adjust(block, "tukey")
    np.testing.assert_allclose(family.p_adjusted, [row["p.value"] for row in expected], rtol=1e-8)
    np.testing.assert_allclose(family.low, [row["lower.CL"] for row in expected], rtol=1e-6)
    np.testing.assert_allclose(family.high, [row["upper.CL"] for row in expected], rtol=1e-6)


def test_dunnett_of_unequal_sizes_with_the_covariance_of_the_model():
    expected = REFERENCE["unbalanced_interaction"]["dunnett_mvt"]
    size = np.array([[4, 9, 9], [9, 9, 9]])  # wool A lost the first five rows, all of tension L
    unit = np.diag((1 / size).sum(axis=0) / 4)
    rows = np.array([[-1, 1, 0], [-1, 0, 1]])
    covariance = rows @ unit @ rows.T * expected[0]["SE"] ** 2 / (rows @ unit @ rows.T)[0, 0]
    pairs = [tuple(row["contrast"].split(" - ")) for row in expected]
    block = block_of([row["estimate"] for row in expected], covariance, expected[0]["df"], pairs)
    family = adjust(block, "dunnett")
    np.testing.assert_allclose(block.std_error, [row["SE"] for row in expected], rtol=1e-8)
    # emmeans integrates the multivariate t by simulation, to about 1e-4
    np.testing.assert_allclose(family.p_adjusted, [row["p.value"] for row in expected], atol=2e-4)
    np.testing.assert_allclose(family.low, [row["lower.CL"] for row in expected], rtol=1e-3)
