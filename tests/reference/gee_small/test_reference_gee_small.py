"""Counts and percents against R: own GEE code of lib/gee.R, checked there with clubSandwich, geepack, gee and MASS."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Estimand, Sample
from analytics.methods import METHODS
from analytics.methods.mean_model import LOG, LOGIT, fit_counts, fit_mean
from schemas.vocabulary import Outcome

HERE = Path(__file__).parent
TOLERANCE = 1e-6  # README of the reference numbers: GEE and Bell-McCaffrey df


def numbers(name: str) -> dict:
    return json.loads((HERE / f"{name}.json").read_text())


REFERENCE, MOMENTS, SPLIT = numbers("reference"), numbers("moments"), numbers("split_face")


def outcome(kind: str, low: float, high: float | None) -> Outcome:
    return Outcome("x", "X", "breakouts", kind, "", "lower", low, high)


def estimand(method: str, adjustment: str, arms: tuple[str, ...]) -> Estimand:
    return Estimand("x", 4.0, "all", arms, method, adjustment)


def check(block, expected: dict, *, sign: float = 1.0, ratio: float = 1.0) -> None:
    assert float(block.estimate[0]) == pytest.approx(sign * ratio * expected["estimate"], rel=TOLERANCE)
    assert float(block.std_error[0]) == pytest.approx(ratio * expected["se"], rel=TOLERANCE)
    assert float(block.df[0]) == pytest.approx(expected["df"], rel=TOLERANCE)


def epilepsy(part: str) -> pd.DataFrame:
    rows = pd.read_csv(HERE / "data_epilepsy.csv")
    return {"full": rows, "incomplete": rows[rows["kept"] == 1], "small": rows[rows["small"] == 1]}[part]


def visits_design(rows: pd.DataFrame) -> np.ndarray:
    arm = (rows["trt"] == "progabide").to_numpy(float)
    visits = [(rows["period"] == k).to_numpy(float) for k in (2, 3, 4)]
    return np.column_stack([np.ones(len(rows)), arm, *visits, np.log(rows["base"] / 4), *(arm * v for v in visits)])


@pytest.mark.parametrize("part", ["full", "incomplete", "small"])
@pytest.mark.parametrize(("key", "alpha"), [("epilepsy_poisson", 0.0), ("epilepsy_negbin", 0.39)])
def test_arm_by_visit_counts(key: str, alpha: float, part: str) -> None:
    rows = epilepsy(part)
    design = visits_design(rows)
    model = fit_mean(design, rows["seizures"].to_numpy(float), LOG, alpha=alpha)
    errors = model.errors(rows["subject"].to_numpy())
    expected = pd.DataFrame(REFERENCE[key][part]["independence"]["mancl_derouen"])
    contrasts = np.vstack([np.eye(9), np.zeros((5, 9))])
    for k in range(4):  # arm at visit 1..4, then their mean
        contrasts[9 + k, 1] = 1
        contrasts[9 + k, 6:9] = np.arange(1, 4) == k
    contrasts[13, 1], contrasts[13, 6:9] = 1, 0.25
    np.testing.assert_allclose(contrasts @ model.beta, expected["estimate"], rtol=TOLERANCE)
    spread = np.sqrt(np.diag(contrasts @ errors.covariance @ contrasts.T))
    np.testing.assert_allclose(spread, expected["se"], rtol=TOLERANCE)
    np.testing.assert_allclose(errors.df(contrasts), expected["df"], rtol=TOLERANCE)


@pytest.mark.parametrize("part", ["full", "incomplete", "small"])
def test_standardised_counts_at_visit_four(part: str) -> None:
    rows = epilepsy(part)
    model = fit_mean(visits_design(rows), rows["seizures"].to_numpy(float), LOG, alpha=0.39)
    errors = model.errors(rows["subject"].to_numpy())
    patients = rows.drop_duplicates("subject").assign(period=4)
    at = [visits_design(patients.assign(trt=arm)) for arm in ("placebo", "progabide")]
    means = [float(np.exp(x @ model.beta).mean()) for x in at]
    gradient = np.array([(np.exp(x @ model.beta)[:, None] * x).mean(axis=0) for x in at])
    rows_of = np.vstack([gradient, gradient[1] - gradient[0]])
    expected = pd.DataFrame(REFERENCE["epilepsy_negbin"][part]["independence"]["standardised"]["mancl_derouen"])
    np.testing.assert_allclose([*means, means[1] - means[0]], expected["estimate"], rtol=TOLERANCE)
    np.testing.assert_allclose(
        np.sqrt(np.diag(rows_of @ errors.covariance @ rows_of.T)), expected["se"], rtol=TOLERANCE
    )
    np.testing.assert_allclose(errors.df(rows_of), expected["df"], rtol=TOLERANCE)


CASES = [
    ("covariate_59", "full", "covariates"),
    ("offset_59", "full", "change_score"),
    ("none_59", "full", "none"),
    ("covariate_22", "small", "covariates"),
    ("several_rows", "every visit", "covariates"),
]


@pytest.mark.parametrize(("case", "part", "adjustment"), CASES)
def test_negative_binomial_with_alpha_by_moments(case: str, part: str, adjustment: str) -> None:
    rows = epilepsy("full" if part == "every visit" else part)
    rows = rows if part == "every visit" else rows[rows["period"] == 4]
    names = rows["subject"].map("p{:03d}".format)
    table = pd.DataFrame({"patient": names, "unit": names + "." + rows["period"].astype(str), "arm": rows["trt"]})
    table = table.assign(side="", value=rows["seizures"], baseline=rows["base"], change=rows["seizures"] - rows["base"])
    arms = ("placebo", "progabide")
    sample = Sample(table, outcome("count", 0, None), arms, baseline=adjustment == "covariates")
    fit = METHODS["negative_binomial"](sample, estimand("negative_binomial", adjustment, arms))
    rate, difference = fit.blocks([("progabide", "placebo")])
    expected = MOMENTS[case]
    check(rate, expected["rate_ratio"][0])
    check(difference, expected["standardised"][2])
    for mean, row in zip(fit.arm_means(), expected["standardised"]):
        assert (mean.arm, mean.scale) == (row["term"], "count")
        assert mean.estimate == pytest.approx(row["estimate"], rel=TOLERANCE)
        assert mean.std_error == pytest.approx(row["se"], rel=TOLERANCE)
        assert mean.df == pytest.approx(row["df"], rel=TOLERANCE)
        assert 0 < mean.conf_low < mean.estimate < mean.conf_high


@pytest.mark.parametrize(("case", "part"), [("none_59", "full"), ("covariate_22", "small"), ("covariate_59", "full")])
def test_alpha_by_moments(case: str, part: str) -> None:
    rows = epilepsy(part)
    rows = rows[rows["period"] == 4]
    columns = [np.ones(len(rows)), (rows["trt"] == "progabide").to_numpy(float)]
    if case.startswith("covariate"):
        columns.append(np.log(rows["base"] + 0.5).to_numpy())
    model = fit_counts(np.column_stack(columns), rows["seizures"].to_numpy(float))
    assert model.alpha == pytest.approx(MOMENTS[case]["alpha"], rel=TOLERANCE)


def test_counts_that_spread_less_than_poisson_counts() -> None:
    rows = epilepsy("full")
    rows = rows[rows["period"] == 4]
    counts = np.resize([2.0, 1.0, 2.0, 3.0], len(rows))
    names = rows["subject"].map("p{:03d}".format)
    table = pd.DataFrame({"patient": names, "unit": names, "arm": rows["trt"], "side": "", "value": counts})
    arms = ("placebo", "progabide")
    sample = Sample(table.assign(baseline=np.nan, change=np.nan), outcome("count", 0, None), arms)
    fit = METHODS["negative_binomial"](sample, estimand("negative_binomial", "none", arms))
    assert MOMENTS["underdispersed"]["alpha"] == 0
    assert any("Poisson" in note for note in fit.notes)
    check(fit.blocks([("progabide", "placebo")])[0], MOMENTS["underdispersed"]["rate_ratio"][0])


def test_fractional_logit_at_one_visit() -> None:
    rows = pd.read_csv(HERE / "data_percent.csv")
    rows = rows[rows["visit"] == 3]
    names = rows["patient"].map("p{:03d}".format)
    table = pd.DataFrame(
        {"patient": names, "unit": names, "arm": rows["arm"], "side": "", "value": 100 * rows["share"]}
    )
    table = table.assign(baseline=100 * rows["baseline_share"], change=0.0)
    arms = ("vehicle", "peel")
    sample = Sample(table, outcome("percent", 0, 100), arms, baseline=True)
    fit = METHODS["fractional_logit"](sample, estimand("fractional_logit", "covariates", arms))
    (difference,) = fit.blocks([("peel", "vehicle")])
    expected = REFERENCE["percent_one_visit"]["standardised"]["mancl_derouen"]
    check(difference, expected[2], ratio=100)
    for mean, row in zip(fit.arm_means(), expected):
        assert mean.estimate == pytest.approx(100 * row["estimate"], rel=TOLERANCE)
        assert mean.std_error == pytest.approx(100 * row["se"], rel=TOLERANCE)
        assert mean.df == pytest.approx(row["df"], rel=TOLERANCE)


@pytest.mark.parametrize("case", ["cbpp_fractional_logit", "percent_fractional_logit"])
def test_fractional_logit_with_several_rows_a_cluster(case: str) -> None:
    if case.startswith("cbpp"):
        rows = pd.read_csv(HERE / "data_cbpp.csv")
        columns, cluster = [(rows["period"] == k).to_numpy(float) for k in (2, 3, 4)], rows["herd"]
    else:
        rows = pd.read_csv(HERE / "data_percent.csv")
        arm = (rows["arm"] == "peel").to_numpy(float)
        visits = [(rows["visit"] == k).to_numpy(float) for k in (2, 3)]
        columns = [arm, *visits, rows["baseline_share"].to_numpy(), *(arm * v for v in visits)]
        cluster = rows["patient"]
    design = np.column_stack([np.ones(len(rows)), *columns])
    model = fit_mean(design, rows["share"].to_numpy(), LOGIT)
    errors = model.errors(cluster.to_numpy())
    p = design.shape[1]
    expected = pd.DataFrame(REFERENCE[case]["independence"]["mancl_derouen"]).iloc[:p]
    np.testing.assert_allclose(model.beta, expected["estimate"], rtol=TOLERANCE)
    np.testing.assert_allclose(np.sqrt(np.diag(errors.covariance)), expected["se"], rtol=TOLERANCE)
    np.testing.assert_allclose(errors.df(np.eye(p)), expected["df"], rtol=TOLERANCE)


def split_face(kind: str) -> Sample:
    rows = pd.read_csv(HERE / "data_split_face.csv")
    column = {"count": "count", "binary": "yes", "ordinal": "grade"}[kind]
    names = rows["patient"].map("p{:03d}".format)
    table = pd.DataFrame(
        {"patient": names, "unit": names + "." + rows["side"], "arm": rows["arm"], "side": rows["side"]}
    )
    table = table.assign(value=rows[column], baseline=rows["baseline"], change=rows[column] - rows["baseline"])
    high = {"count": None, "binary": 1, "ordinal": 3}[kind]
    return Sample(table, outcome(kind, 0, high), ("peel", "roller"), baseline=kind == "count", paired=True)


def test_split_face_counts() -> None:
    fit = METHODS["negative_binomial"](
        split_face("count"), estimand("negative_binomial", "covariates", ("peel", "roller"))
    )
    rate, difference = fit.blocks([("roller", "peel")])
    check(rate, SPLIT["count"]["coefficient"][0])
    check(difference, SPLIT["count"]["difference"][0])
    assert fit.arm_means() is None


def test_split_face_risks() -> None:
    fit = METHODS["standardised_risk"](split_face("binary"), estimand("standardised_risk", "none", ("peel", "roller")))
    difference, ratio = fit.blocks([("roller", "peel")])
    check(difference, SPLIT["yes"]["difference"][0])
    check(ratio, SPLIT["yes"]["log_ratio"][0])
    assert fit.arm_means() is None


def test_split_face_grades() -> None:
    fit = METHODS["cumulative_logit"](split_face("ordinal"), estimand("cumulative_logit", "none", ("peel", "roller")))
    odds, win = fit.blocks([("roller", "peel")])
    expected = next(row for row in SPLIT["grade"]["errors"] if row["term"] == "armroller")
    assert float(odds.estimate[0]) == pytest.approx(expected["estimate"], rel=1e-6)
    assert float(odds.std_error[0]) == pytest.approx(expected["se"], rel=1e-6)
    told = SPLIT["grade"]["win_lower_grade_roller"]
    assert float(win.estimate[0]) == pytest.approx(told["win_lower_grade_arm1"], rel=1e-6)
    assert float(win.std_error[0]) == pytest.approx(told["errors"]["CR1_GN"]["se_delta"], rel=1e-6)
    assert fit.arm_means() is None
