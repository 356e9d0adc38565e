"""Families of fitted contrasts against R: one visit by ``fit_mmrm`` is the linear model that R was given."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics import fit_mmrm
from analytics.inference.multiplicity import NOTES, PROCEDURES
from analytics.repeated.value import RepeatedFit

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())


@cache
def recovery() -> RepeatedFit:
    frame = pd.read_csv(HERE / "data_recovery.csv").assign(visit=1)
    return fit_mmrm("minutes ~ blanket", frame.assign(patient=range(len(frame))), subject="patient", visit="visit")


@cache
def warpbreaks(formula: str, first: int = 0) -> RepeatedFit:
    frame = pd.read_csv(HERE / "data_warpbreaks.csv").iloc[first:].assign(visit=1)
    frame["tension"] = pd.Categorical(frame["tension"], categories=["L", "M", "H"])
    return fit_mmrm(formula, frame.assign(patient=range(len(frame))), subject="patient", visit="visit")


def turned(found: pd.DataFrame) -> pd.DataFrame:
    """emmeans takes the earlier level minus the later one."""
    return found.assign(estimate=-found["estimate"], conf_low=-found["conf_high"], conf_high=-found["conf_low"])


def agree(found: pd.DataFrame, expected, names: dict[str, str], **tolerance) -> None:
    for ours, theirs in names.items():
        np.testing.assert_allclose(found[ours], [row[theirs] for row in expected], **tolerance)


def test_dunnett():
    expected = REFERENCE["dunnett_recovery"]
    found = recovery().contrasts("blanket", kind="reference", adjust="dunnett")
    assert list(found["contrast"]) == [row["contrast"] for row in expected["estimates"]]
    agree(found, expected["estimates"], {"estimate": "estimate", "std_error": "se", "df": "df"}, rtol=1e-8)
    agree(found, expected["estimates"], {"p_value": "p_dunnett_exact"}, atol=1e-6)
    agree(found, expected["limits"], {"conf_low": "lower", "conf_high": "upper"}, rtol=1e-6)


def test_tukey_of_four_arms():
    expected = REFERENCE["tukey_recovery"]
    found = recovery().contrasts("blanket", adjust="tukey").set_index("contrast")
    found = found.loc[[row["contrast"].replace("-", " - ") for row in expected]]
    agree(found, expected, {"estimate": "diff", "p_value": "p adj", "conf_low": "lwr", "conf_high": "upr"}, rtol=1e-6)


@pytest.mark.parametrize("adjust", ["tukey", "max_t"])
def test_balanced_three_arms(adjust):
    expected = REFERENCE["tukey_warpbreaks"]["emmeans_tukey"]
    found = turned(warpbreaks("breaks ~ wool + tension").contrasts("tension", adjust=adjust))
    agree(found, expected, {"estimate": "estimate", "std_error": "SE", "df": "df"}, rtol=1e-8)
    agree(found, expected, {"p_value": "p.value", "conf_low": "lower.CL", "conf_high": "upper.CL"}, rtol=1e-6)


def test_tukey_within_each_level_of_another_factor():
    expected = REFERENCE["unbalanced_interaction"]["tukey_by_wool"]
    found = turned(warpbreaks("breaks ~ wool * tension", 5).contrasts("tension", by="wool", adjust="tukey"))
    assert list(found["wool"]) == [row["wool"] for row in expected]
    agree(found, expected, {"estimate": "estimate", "std_error": "SE", "df": "df"}, rtol=1e-8)
    agree(found, expected, {"p_value": "p.value", "conf_low": "lower.CL", "conf_high": "upper.CL"}, rtol=1e-6)


def test_dunnett_of_unequal_sizes_averaged_over_another_factor():
    expected = REFERENCE["unbalanced_interaction"]["dunnett_mvt"]
    fit = warpbreaks("breaks ~ wool * tension", 5)
    found = fit.contrasts("tension", kind="reference", weights="equal", adjust="dunnett")
    agree(found, expected, {"estimate": "estimate", "std_error": "SE", "df": "df"}, rtol=1e-8)
    agree(found, expected, {"p_value": "p.value"}, atol=2e-4)  # emmeans integrates by simulation
    agree(found, expected, {"conf_low": "lower.CL", "conf_high": "upper.CL"}, rtol=1e-3)


def by_definition(p: np.ndarray, adjust: str) -> np.ndarray:
    """p-values of three pairs of three arms, from the definitions."""
    ranked, back = np.sort(p), np.argsort(np.argsort(p))
    k = np.arange(1, 4)
    down = np.maximum.accumulate
    up = lambda values: np.minimum.accumulate(values[::-1])[::-1]  # noqa: E731
    simes = np.min(3 * ranked / k)
    found = {
        "none": ranked,
        "bonferroni": 3 * ranked,
        "sidak": 1 - (1 - ranked) ** 3,
        "holm": down(ranked * [3, 2, 1]),
        "hochberg": up(ranked * [3, 2, 1]),
        # closed test with Simes: the whole, then every pair that holds the hypothesis
        "hommel": np.array(
            [max([simes, ranked[i]] + [min(2 * min(ranked[i], ranked[j]), max(ranked[i], ranked[j]))
                                       for j in range(3) if j != i]) for i in range(3)]
        ),
        "bh": up(3 * ranked / k),
        "by": up(3 * ranked / k * (11 / 6)),
        "shaffer": down(ranked * [3, 1, 1]),
    }[adjust]  # fmt: skip
    return np.minimum(found, 1)[back]


@pytest.mark.parametrize("adjust", PROCEDURES)
def test_every_procedure_against_its_definition(adjust):
    fit = warpbreaks("breaks ~ wool + tension")
    kind = "reference" if adjust == "dunnett" else "pairwise"
    raw = fit.contrasts("tension", kind=kind)
    found = fit.contrasts("tension", kind=kind, adjust=adjust)
    assert found.attrs["note"].partition(",")[0] == NOTES[adjust].partition(",")[0]
    p = raw["p_value"].to_numpy()
    if adjust == "fixed_sequence":
        np.testing.assert_allclose(found["p_value"], np.maximum.accumulate(p))
    elif adjust in ("tukey", "max_t"):
        expected = stats.studentized_range.sf(np.sqrt(2) * np.abs(raw["statistic"]), 3, 50)
        np.testing.assert_allclose(found["p_value"], expected, rtol=1e-7)
    elif adjust == "dunnett":  # two balanced comparisons with one arm: correlation 1/2
        for t, value in zip(np.abs(raw["statistic"]), found["p_value"]):
            inside = stats.multivariate_t(shape=[[1, 0.5], [0.5, 1]], df=50, seed=1)
            low = inside.cdf([t, t], lower_limit=[-t, -t], maxpts=200000)
            assert value == pytest.approx(1 - low, abs=1e-4)
    else:
        np.testing.assert_allclose(found["p_value"], by_definition(p, adjust), rtol=1e-8)
