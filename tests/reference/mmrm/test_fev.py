"""The repeated-measures model against R's mmrm and emmeans (fev), SAS PROC MIXED, nlme and clubSandwich."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dense_model import Dense
from formulaic import Formula

from analytics import fit_mmrm
from analytics.repeated.structures import STRUCTURES
from analytics.repeated.uncertainty import DF, VCOV
from analytics.repeated.value import RepeatedFit

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text())
SPATIAL = json.loads((HERE / "spatial.json").read_text())["fits"]
HTZ = json.loads((HERE / "htz.json").read_text())
FITS, VARIANTS, SAS = REFERENCE["fits"], REFERENCE["unstructured_variants"], REFERENCE["published"]
FORMULA = "fev1 ~ race + sex + armcd * avisit"
CLOSE = {"estimate": 1e-6, "error": 1e-6, "df": 1e-5}  # us: in standard errors, relative, relative
OTHERS = {"estimate": 1e-5, "error": 1e-5, "df": 1e-3}
ROBUST = {"cr0": "robust_empirical", "cr2": "robust_empirical_bias_reduced", "cr3": "robust_empirical_jackknife"}


@cache
def data() -> pd.DataFrame:
    found = pd.read_csv(HERE / "data.csv")
    sex = pd.Categorical(found["sex"], categories=["Male", "Female"])
    return found.assign(sex=sex, day=found["visitn"].map({1: 1, 2: 2, 3: 4, 4: 8}))


@cache
def fitted(covariance: str = "us", **options) -> RepeatedFit:
    where = {"coordinates": "day"} if covariance == "sp_exp" else {}
    return fit_mmrm(FORMULA, data(), subject="usubjid", visit="avisit", covariance=covariance, **where, **options)


def tolerances(covariance: str) -> dict[str, float]:
    return CLOSE if covariance == "us" else OTHERS


def agrees(found: pd.DataFrame, expected, within: dict[str, float], *, value="estimate", error="SE") -> None:
    """Rows in the same order: estimates in standard errors, errors and df relative."""
    expected = pd.DataFrame(expected)
    assert len(found) == len(expected) > 0
    distance = np.abs(found["estimate"].to_numpy() - expected[value].to_numpy()) / expected[error].to_numpy()
    assert distance.max() < within["estimate"]
    np.testing.assert_allclose(found["std_error"], expected[error], rtol=within["error"])
    np.testing.assert_allclose(found["df"], expected["df"], rtol=within["df"])


def adjusted_agree(fit: RepeatedFit, expected: dict, within: dict[str, float], df: str | None = None) -> None:
    """Adjusted means at each visit and over the visits, and the difference of the arms."""
    means = fit.adjusted_means("armcd", by="avisit", weights="equal", df=df)
    rows = expected["emmeans_armcd_within_avisit"]
    assert [*zip(means["armcd"], means["avisit"])] == [(row["armcd"], row["avisit"]) for row in rows]
    agrees(means, rows, within, value="emmean")
    rows = expected["difference_TRT_minus_PBO"]
    differences = fit.contrasts("armcd", by="avisit", weights="equal", df=df)
    assert list(differences["contrast"]) == [row["contrast"] for row in rows]
    agrees(differences, rows, within)
    error = pd.DataFrame(rows)["SE"]
    for name, theirs in (("conf_low", "lower.CL"), ("conf_high", "upper.CL")):
        limit = pd.DataFrame(rows)[theirs]
        assert (np.abs(differences[name] - limit) / error).max() < 3 * within["estimate"] + within["df"] / 10
    averaged = fit.adjusted_means("armcd", weights="equal", df=df)
    agrees(averaged, expected["emmeans_armcd_averaged_over_visits"], within, value="emmean")


def counted(df: str, fit: RepeatedFit) -> list[float]:
    """df by counting: 537 values, 197 patients, 11 coefficients; the intercept and 4 more are between patients."""
    if df == "residual":
        return [537 - 11.0] * 11
    between, within = 197 - 5.0, 537 - 197 - 6.0
    return [within if ":" in term or term.startswith(("Intercept", "avisit")) else between
            for term in fit.coefficients()["term"]]  # fmt: skip


@pytest.mark.parametrize("df", DF)
@pytest.mark.parametrize("covariance", STRUCTURES)
def test_every_structure_with_every_df(covariance, df):
    fit, within = fitted(covariance), tolerances(covariance)
    assert (fit.status, fit.covariance) == ("estimated", covariance)
    if covariance == "sp_exp":
        spatial_agrees(fit, df)
        return
    expected = FITS[covariance]
    if df in ("residual", "between_within"):
        found = fit.coefficients(df)
        agrees(found, pd.DataFrame(expected["coefficients"]).assign(df=counted(df, fit)), within, error="se")
        return
    own = {"coefficients": expected["coefficients"], **expected[df]}
    agrees(fit.coefficients(df), own["coefficients"], within, error="se")
    adjusted_agree(fit, own, within, df)
    test, theirs = fit.test("armcd:avisit", df).iloc[0], own["interaction_test"]
    assert test["num_df"] == theirs["num_df"] == 3
    np.testing.assert_allclose(test["statistic"], theirs["F"], rtol=10 * within["error"])
    np.testing.assert_allclose(test["denom_df"], theirs["denom_df"], rtol=within["df"])
    np.testing.assert_allclose(test["p_value"], theirs["p"], rtol=within["df"])


def spatial_agrees(fit: RepeatedFit, df: str) -> None:
    """sp_exp: estimates and errors of nlme, df by counting, the rest from the model written out patient by patient."""
    if df in ("residual", "between_within", "satterthwaite"):
        degrees = counted(df, fit) if df != "satterthwaite" else spatial_by_hand()[2]
        expected = pd.DataFrame(SPATIAL["line_reml"]["coefficients"]).assign(df=degrees)
    else:
        linear, full, degrees = spatial_by_hand()
        error = np.sqrt(np.diag(linear if df == "kenward_roger_linear" else full))
        expected = pd.DataFrame(SPATIAL["line_reml"]["coefficients"]).assign(df=degrees, se=error)
    agrees(fit.coefficients(df), expected, OTHERS, error="se")


@cache
def spatial_by_hand() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(Kenward-Roger covariance linear and full, df) at nlme's estimates; theta = (log sd, logit of r)."""
    frame = data().dropna(subset="fev1")
    x = np.asarray(Formula(FORMULA).get_model_matrix(frame).rhs, float)
    of_patient = frame.reset_index().groupby("usubjid").indices.values()
    patients = [(x[at], frame["fev1"].to_numpy()[at], frame["day"].to_numpy(float)[at]) for at in of_patient]

    def covariance(theta: np.ndarray, day: np.ndarray) -> np.ndarray:
        return np.exp(2 * theta[0]) * (1 / (1 + np.exp(-theta[1]))) ** np.abs(np.subtract.outer(day, day))

    model = Dense(patients, covariance)
    r = np.exp(-1 / SPATIAL["line_reml"]["range"])
    theta = np.array([np.log(SPATIAL["line_reml"]["sigma"]), np.log(r / (1 - r))])
    assert -0.5 * model.twice(theta) == pytest.approx(SPATIAL["line_reml"]["logLik"], abs=1e-7)
    return model.kenward_roger(theta, linear=True), model.kenward_roger(theta, linear=False), model.satterthwaite(theta)


def test_equal_steps_are_ar1():
    equal = fit_mmrm(FORMULA, data(), subject="usubjid", visit="avisit", covariance="sp_exp", coordinates="visitn")
    for df in ("satterthwaite", "kenward_roger_linear"):
        adjusted_agree(equal, FITS["ar1"][df], OTHERS, df)


@pytest.mark.parametrize("covariance", STRUCTURES)
def test_the_likelihood_is_at_least_r_s(covariance):
    fit = fitted(covariance)
    expected = SPATIAL["line_reml"] if covariance == "sp_exp" else FITS[covariance]
    assert fit.log_likelihood >= expected["logLik"] - 1e-6
    np.testing.assert_allclose(fit.log_likelihood, expected["logLik"], rtol=1e-8)
    if covariance != "sp_exp":
        np.testing.assert_allclose([fit.aic, fit.bic], [expected["AIC"], expected["BIC"]], rtol=1e-8)
        assert (fit.n_values, fit.n_patients) == (expected["n_obs"], expected["n_subjects"])
        matrix = np.array(expected["covariance"]["matrix"])
        np.testing.assert_allclose(fit.visit_covariance, matrix, atol=2e-5 * matrix.max())
        assert list(fit.visit_covariance.index) == expected["covariance"]["labels"]


@pytest.mark.parametrize("case", SPATIAL)
def test_spatial_exponential_against_nlme(case):
    expected, coordinates = SPATIAL[case], ["visitn", "visitn2"] if case.startswith("plane") else ["day"]
    fit = fit_mmrm(FORMULA, data(), subject="usubjid", visit="avisit", covariance="sp_exp", coordinates=coordinates,
                   reml=case.endswith("reml"), df="satterthwaite")  # fmt: skip
    assert fit.log_likelihood >= expected["logLik"] - 1e-6
    found, theirs = fit.coefficients(), pd.DataFrame(expected["coefficients"])
    assert (np.abs(found["estimate"] - theirs["estimate"]) / theirs["se"]).max() < 1e-5
    np.testing.assert_allclose(found["std_error"], theirs["se"], rtol=1e-5)
    np.testing.assert_allclose(np.diag(fit.visit_covariance), expected["sigma"] ** 2, rtol=1e-5)
    if case.startswith("line"):
        correlation = fit.visit_covariance.loc["VIS1", "VIS2"] / expected["sigma"] ** 2
        np.testing.assert_allclose(correlation, np.exp(-1 / expected["range"]), rtol=1e-4)


def test_maximum_likelihood():
    fit, expected = fitted(reml=False), VARIANTS["ml"]
    assert fit.log_likelihood >= expected["logLik"] - 1e-6
    assert fit.df == "satterthwaite"
    agrees(fit.coefficients(), expected["coefficients"], CLOSE, error="se")
    adjusted_agree(fit, expected, CLOSE)


@pytest.mark.parametrize(("case", "df"), [("weighted", "satterthwaite"), ("weighted_kenward_roger", "kenward_roger")])
def test_weights_are_precisions_of_rows(case, df):
    fit, expected = fitted(weights="weight", df=df), VARIANTS[case]
    assert fit.log_likelihood >= VARIANTS["weighted"]["logLik"] - 1e-6
    agrees(fit.coefficients(), expected["coefficients"], CLOSE, error="se")
    adjusted_agree(fit, expected, CLOSE)


def test_weighted_fit_of_sas():
    expected = SAS["weighted_lsmeans_difference_TRT_minus_PBO"]
    found = fitted(weights="weight", df="satterthwaite").contrasts("armcd", by="avisit", weights="equal")
    np.testing.assert_allclose(found["estimate"].round(4), expected["estimate"], atol=1e-9)
    np.testing.assert_allclose(
        found["std_error"].round(4), expected["se"], atol=1.01e-4
    )  # printed digits, cut or rounded


def test_a_covariance_for_each_arm():
    fit, expected = fitted(group="armcd", df="satterthwaite"), VARIANTS["grouped_by_arm"]
    assert fit.log_likelihood >= expected["logLik"] - 1e-6
    np.testing.assert_allclose([fit.aic, fit.bic], [expected["AIC"], expected["BIC"]], rtol=1e-8)
    agrees(fit.coefficients(), expected["coefficients"], CLOSE, error="se")
    adjusted_agree(fit, expected, CLOSE)
    assert list(fit.visit_covariance) == ["PBO", "TRT"]
    for arm, matrix in fit.visit_covariance.items():
        theirs = np.array(expected["covariance"][arm]["matrix"])
        np.testing.assert_allclose(matrix, theirs, atol=1e-6 * theirs.max())


@pytest.mark.parametrize("vcov", [name for name in VCOV if name != "model"])
def test_empirical_errors_with_their_df(vcov):
    fit, expected = fitted(vcov=vcov), VARIANTS[ROBUST[vcov]]
    agrees(fit.coefficients(), expected["coefficients"], CLOSE, error="se")
    adjusted_agree(fit, expected, CLOSE)


def test_counted_df_of_r():
    agrees(fitted(df="between_within").coefficients(), VARIANTS["between_within_df"]["coefficients"], CLOSE, error="se")
    agrees(fitted(vcov="cr0", df="residual").coefficients(), VARIANTS["residual_df"]["coefficients"], CLOSE, error="se")


def test_sas_listing_to_its_printed_digits():
    fit = fitted(df="satterthwaite")
    difference = -2 * fit.log_likelihood - SAS["minus2_reml_loglik"]
    assert -1e-5 < difference < 1e-7  # not above the value at which SAS' iterations ended
    assert round(fit.aic, 1) == SAS["AIC"]
    matrix = np.array(SAS["sigma_by_visit_VIS1_to_VIS4"])  # its iterations stop where the likelihood is 3e-6 lower
    np.testing.assert_allclose(fit.visit_covariance, matrix, atol=2e-4 * matrix.max())
    means = fit.adjusted_means("armcd", by="avisit", weights="equal")
    for found, key in ((fit.coefficients(), "coefficients"), (means, "lsmeans")):
        theirs = pd.DataFrame(SAS[key])
        np.testing.assert_allclose(found["estimate"], theirs["estimate"], atol=3e-4)  # 2e-4 standard errors
        np.testing.assert_allclose(found["std_error"], theirs["se"], atol=2e-4)
        np.testing.assert_allclose(found["df"], theirs["df"], atol=0.52)  # 143.485 here, 144 there


@pytest.mark.parametrize("term", ["armcd", "avisit", "race", "armcd:avisit"])
def test_type_three_tests_of_sas(term):
    key = {"armcd": "arm", "avisit": "visit", "race": "race", "armcd:avisit": "interaction"}[term]
    expected, found = SAS[f"type3_{key}"], fitted(df="satterthwaite").test(term).iloc[0]
    assert (found["num_df"], round(found["denom_df"])) == (expected["num_df"], expected["denom_df"])
    assert found["statistic"] == pytest.approx(expected["F"], abs=0.0101)  # SAS stopped its iterations earlier
    if "p" in expected:
        assert found["p_value"] == pytest.approx(expected["p"], abs=2e-4)


def test_kenward_roger_of_sas_and_r_in_a_model_of_the_arm_alone():
    fit = fit_mmrm("fev1 ~ armcd", data(), subject="usubjid", visit="avisit")
    agrees(fit.coefficients(), REFERENCE["simple_model"]["kenward_roger_linear"], CLOSE, error="se")
    published = SAS["kenward_roger_simple_model"]
    found = fit.coefficients().iloc[1]
    assert found["std_error"] == pytest.approx(published["se"], rel=1e-4)
    assert found["df"] == pytest.approx(published["df"], rel=1e-3)
    full = fit.coefficients("kenward_roger")
    theirs = pd.DataFrame(REFERENCE["simple_model"]["kenward_roger_default_optimizer"])
    np.testing.assert_allclose(full["std_error"], theirs["se"], rtol=1e-3)  # R's default optimiser is 2e-4 off


@pytest.mark.parametrize("case", ["main", "interaction"])
def test_one_visit_with_cr2_is_clubsandwich_on_lm(case):
    formula = {"main": "fev1 ~ race + sex + armcd", "interaction": "fev1 ~ race * armcd + sex"}[case]
    one = data()[data()["avisit"] == "VIS4"]
    fit = fit_mmrm(formula, one, subject="usubjid", visit="avisit", vcov="cr2")
    theirs = pd.DataFrame(HTZ[case]["coefficients"]).set_index("term")
    found = fit.coefficients().set_index("term")
    found.index = found.index.str.replace(r"\[T\.([^]]*)\]", r"\1", regex=True).str.replace("Intercept", "(Intercept)")
    agrees(found.loc[theirs.index], theirs, {"estimate": 1e-9, "error": 1e-9, "df": 1e-8}, error="se")
    term = {"main": "race", "interaction": "race:armcd"}[case]
    test, (expected,) = fit.test(term).iloc[0], HTZ[case]["tests"].values()
    assert test["num_df"] == expected["num_df"] == 2
    assert "HTZ" in test["test"]
    np.testing.assert_allclose(
        [test["statistic"], test["denom_df"], test["p_value"]], [expected["F"], expected["denom_df"], expected["p"]],
        rtol=1e-7,
    )  # fmt: skip
