"""Standardised risks of low birth weight by smoking against R: sandwich, clubSandwich, stacked equations (make.R)."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Estimand, Sample
from analytics.inference.intervals import interval, p_value
from analytics.methods import METHODS
from schemas.vocabulary import Outcome

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())
ARMS = ("no", "yes")


def fitted(adjustment: str):
    rows = pd.read_csv(HERE / "data.csv")
    names = rows["id"].map("p{:03d}".format)
    table = pd.DataFrame(
        {"patient": names, "unit": names, "arm": np.where(rows["smoke"] == 1, "yes", "no"), "side": ""}
    )
    table = table.assign(value=rows["low"], baseline=np.nan, change=np.nan, age=rows["age"], lwt=rows["lwt"])
    table = table.assign(race=rows["race"].astype(str))
    kinds = {} if adjustment == "none" else {"age": "number", "lwt": "number", "race": "category"}
    outcome = Outcome("x", "X", "breakouts", "binary", "", "lower", 0, 1)
    sample = Sample(table, outcome, ARMS, kinds)
    return METHODS["standardised_risk"](sample, Estimand("x", 12.0, "all", ARMS, "standardised_risk", adjustment))


def test_difference_and_ratio() -> None:
    expected = REFERENCE["standardised"]["HC3_bell_mccaffrey_t"]
    difference, ratio = fitted("covariates").blocks([("yes", "no")])
    told = expected["difference"]
    assert float(difference.estimate[0]) == pytest.approx(told["estimate"], rel=1e-8)
    assert float(difference.std_error[0]) == pytest.approx(told["se"], rel=1e-8)
    assert float(difference.df[0]) == pytest.approx(told["df"], rel=1e-6)
    limits = interval(difference.estimate, difference.std_error, difference.df)
    np.testing.assert_allclose([float(x[0]) for x in limits], told["interval"], rtol=1e-6)
    assert float(p_value(difference.estimate, difference.std_error, difference.df)[0]) == pytest.approx(
        told["p"], rel=1e-6
    )
    told = expected["ratio"]
    assert math.exp(ratio.estimate[0]) == pytest.approx(told["estimate"], rel=1e-8)
    assert float(ratio.std_error[0]) == pytest.approx(told["log_se"], rel=1e-8)
    assert float(ratio.df[0]) == pytest.approx(told["df"], rel=1e-6)


def test_standardised_risks() -> None:
    no, yes = fitted("covariates").arm_means()
    expected = REFERENCE["standardised"]["HC3"]
    for mean, told in ((no, expected["risk0"]), (yes, expected["risk1"])):
        assert mean.estimate == pytest.approx(told["estimate"], rel=1e-8)
        assert mean.std_error == pytest.approx(told["se"], rel=1e-8)
        assert 0 < mean.conf_low < mean.estimate < mean.conf_high < 1
    assert (no.n, yes.n) == (REFERENCE["counts"]["n"] - REFERENCE["counts"]["smokers"], REFERENCE["counts"]["smokers"])


def test_unadjusted_is_the_difference_of_proportions() -> None:
    told = REFERENCE["unadjusted"]
    difference, ratio = fitted("none").blocks([("yes", "no")])
    assert float(difference.estimate[0]) == pytest.approx(told["rd"], rel=1e-8)
    assert math.exp(ratio.estimate[0]) == pytest.approx(told["rr"], rel=1e-8)
    parts = [(told["risk1"], told["n1"]), (told["risk0"], told["n0"])]
    expected = math.sqrt(sum(r * (1 - r) / n * (n / (n - 1)) ** 2 for r, n in parts))  # Wald's, each arm n / (n - 1)
    assert float(difference.std_error[0]) == pytest.approx(expected, rel=1e-8)
