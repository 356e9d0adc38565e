"""ancova and its families against R (sandwich, clubSandwich, emmeans, mvtnorm): anorexia, three arms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import MeasureBlock
from analytics.inference.effect_size import correction, hedges_g, pooled_sd
from analytics.inference.max_t import correlation_of, maximum
from analytics.inference.multiplicity import adjust
from analytics.inference.sandwich import sandwich
from analytics.methods import METHODS
from schemas.vocabulary import Outcome

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())
ARMS = ("Cont", "CBT", "FT")
PAIRS = (("CBT", "Cont"), ("FT", "Cont"), ("FT", "CBT"))
EXACT = 1e-8
DATA = pd.read_csv(HERE / "data.csv")


def column(table: list[dict], name: str) -> np.ndarray:
    return np.array([row[name] for row in table])


def anorexia(*, baseline: bool = True) -> Sample:
    patient = DATA["patient"].astype(str).str.zfill(3)
    rows = pd.DataFrame(
        {"patient": patient, "unit": patient, "arm": DATA["arm"], "side": "", "value": DATA["post"],
         "baseline": DATA["base"], "change": DATA["post"] - DATA["base"]}
    )  # fmt: skip
    weight = Outcome("weight", "Weight", "reported", "continuous", "lb", "higher", None, None)
    return Sample(rows, weight, ARMS, baseline=baseline, respond="change")


def fitted(**kwargs):
    adjustment = "covariates" if kwargs.get("baseline", True) else "change_score"
    return METHODS["ancova"](anorexia(**kwargs), Estimand("weight", 12, "all", ARMS, "ancova", adjustment))


@pytest.fixture(scope="module")
def block() -> MeasureBlock:
    return fitted().blocks(PAIRS)[0]


def test_pairwise_differences_errors_and_degrees_of_freedom(block):
    expected = REFERENCE["pairwise"]["HC2"]
    np.testing.assert_allclose(block.estimate, column(expected, "estimate"), rtol=EXACT)
    np.testing.assert_allclose(block.std_error, column(expected, "se"), rtol=EXACT)
    np.testing.assert_allclose(block.df, column(expected, "df"), rtol=EXACT)
    raw = adjust(block, "none")
    np.testing.assert_allclose(raw.p_value, column(expected, "p"), rtol=EXACT)
    np.testing.assert_allclose(raw.low, column(expected, "lower"), rtol=EXACT)
    np.testing.assert_allclose(raw.high, column(expected, "upper"), rtol=EXACT)


def test_adjusted_means_with_their_own_degrees_of_freedom():
    means = fitted().arm_means()
    for mean, expected in zip(means, REFERENCE["adjusted_means"]["HC2"]):
        assert (mean.arm, mean.n) == (expected["term"], REFERENCE["n"][expected["term"]])
        got = [mean.estimate, mean.std_error, mean.df, mean.conf_low, mean.conf_high]
        np.testing.assert_allclose(got, [expected[k] for k in ("estimate", "se", "df", "lower", "upper")], rtol=EXACT)


@pytest.mark.parametrize(("kind", "name"), [("CR2", "HC2"), ("CR3", "HC3")])
def test_covariance_and_df_of_every_coefficient(kind, name):
    design = np.column_stack([np.ones(len(DATA)), DATA["arm"] == "CBT", DATA["arm"] == "FT", DATA["base"]]).astype(
        float
    )
    change = (DATA["post"] - DATA["base"]).to_numpy()
    residual = change - design @ np.linalg.lstsq(design, change, rcond=None)[0]
    made = sandwich(design, residual, DATA["patient"].to_numpy(), kind=kind)
    expected = REFERENCE["coefficients"][name]
    np.testing.assert_allclose(np.sqrt(np.diag(made.covariance)), column(expected, "se"), rtol=EXACT)
    np.testing.assert_allclose(made.df(np.eye(4)), column(expected, "df"), rtol=EXACT)
    if name == "HC2":
        np.testing.assert_allclose(made.covariance, REFERENCE["vcov_hc2"]["matrix"], rtol=EXACT)


def test_unadjusted_change():
    block = fitted(baseline=False).blocks(PAIRS)[0]
    expected = REFERENCE["other_models"]["change_unadjusted_anova"]
    np.testing.assert_allclose(block.estimate, column(expected, "estimate"), rtol=EXACT)
    np.testing.assert_allclose(block.std_error, column(expected, "se"), rtol=EXACT)
    np.testing.assert_allclose(block.df, column(expected, "df"), rtol=EXACT)


def test_max_t_family_with_the_smallest_df(block):
    family, expected = adjust(block, "max_t"), REFERENCE["max_t"]["hc2_smallest_df"]
    assert block.df.min() == pytest.approx(expected["nu"], rel=EXACT)
    np.testing.assert_allclose(correlation_of(block.covariance), expected["correlation"]["matrix"], rtol=EXACT)
    np.testing.assert_allclose(family.p_adjusted, column(expected["table"], "p_max_t"), rtol=EXACT)
    np.testing.assert_allclose(family.low, column(expected["table"], "lower"), rtol=EXACT)
    np.testing.assert_allclose(family.high, column(expected["table"], "upper"), rtol=EXACT)


@pytest.mark.parametrize("name", sorted(REFERENCE["max_t"]))
def test_max_t_integral(name):
    expected = REFERENCE["max_t"][name]
    family = maximum(np.array(expected["correlation"]["matrix"]), expected["nu"])
    assert family.critical_value(0.95) == pytest.approx(expected["critical_value"], rel=1e-10)
    for row in expected["table"]:
        assert family.p_value(row["t"]) == pytest.approx(row["p_max_t"], rel=1e-10)


@pytest.mark.parametrize(
    ("method", "name"), [("holm", "holm"), ("bonferroni", "bonferroni"), ("tukey", "tukey_kramer_smallest_df")]
)
def test_other_families(block, method, name):
    expected = column(REFERENCE["p_families"]["HC2"], name)
    np.testing.assert_allclose(adjust(block, method).p_adjusted, expected, rtol=EXACT)


def test_hedges_g_on_the_pooled_baseline_spread(block):
    expected = REFERENCE["hedges_g"]
    spread, df = pooled_sd(DATA["base"].to_numpy(), DATA["arm"].to_numpy())
    assert (spread, df) == (pytest.approx(expected["baseline_sd_pooled"], rel=EXACT), expected["df_of_sd"])
    assert correction(df) == pytest.approx(expected["J_exact"], rel=1e-10)
    for k, row in enumerate(expected["table"]):
        g = hedges_g(block.estimate[k], block.std_error[k], block.df[k], sd=spread, sd_df=df)
        got = [g.estimate, g.std_error, g.conf_low, g.conf_high]
        wanted = [row[key] for key in ("g_exact_J", "se_delta", "lower_delta", "upper_delta")]
        np.testing.assert_allclose(got, wanted, rtol=EXACT)
