"""Compound symmetry against the random intercept of lme4: lmerTest's Satterthwaite, pbkrtest's Kenward-Roger."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics import fit_mmrm
from analytics.repeated.small_sample import SmallSample
from analytics.repeated.value import RepeatedFit

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "random_intercept.json").read_text())
CASES = ("all", "complete")


@cache
def fitted(case: str) -> RepeatedFit:
    data = pd.read_csv(HERE / "data.csv").dropna(subset="fev1")
    if case == "complete":
        data = data[data.groupby("usubjid")["visitn"].transform("size") == 4]
    data = data.assign(sex=pd.Categorical(data["sex"], categories=["Male", "Female"]))
    formula = "fev1 ~ race + sex + armcd * avisit"
    return fit_mmrm(formula, data, subject="usubjid", visit="avisit", covariance="cs")


@pytest.mark.parametrize("case", CASES)
def test_satterthwaite_of_lmertest(case):
    fit, theirs = fitted(case), EXPECTED[case]["satterthwaite"]
    assert fit.n_patients == EXPECTED[case]["patients"]
    assert fit.log_likelihood == pytest.approx(EXPECTED[case]["logLik"], abs=1e-6)
    found = fit.coefficients("satterthwaite")
    assert (np.abs(found["estimate"] - theirs["estimate"]) / theirs["se"]).max() < 1e-5
    np.testing.assert_allclose(found["std_error"], theirs["se"], rtol=1e-5)
    np.testing.assert_allclose(found["df"], theirs["df"], rtol=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_kenward_roger_of_pbkrtest_which_takes_the_expected_information(case):
    """With its information in place of the observed one every digit is there; ours, as SAS and R's mmrm, is near."""
    fit, theirs = fitted(case), EXPECTED[case]["kenward_roger"]
    criterion, optimum = fit.uncertainty.criterion, fit.uncertainty.optimum
    theta = SmallSample(criterion, replace(optimum, hessian=criterion.hessian(optimum.point)[1]))
    rows = criterion.coordinates.combination(np.eye(len(fit.moments.terms.names)))
    error = np.sqrt(np.diag(rows @ theta.kenward_roger_linear @ rows.T)) * fit.uncertainty.unit
    np.testing.assert_allclose(error, theirs["se"], rtol=1e-5)
    np.testing.assert_allclose(theta.satterthwaite(rows), theirs["df"], rtol=1e-4)
    found = fit.coefficients("kenward_roger_linear")
    near = {"all": (1e-4, 0.02), "complete": (1e-8, 1e-8)}[case]
    np.testing.assert_allclose(found["std_error"], theirs["se"], rtol=near[0])
    np.testing.assert_allclose(found["df"], theirs["df"], rtol=near[1])
