"""What holds for every repeated-measures fit: order, names, units, codings do not matter; sums; classics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.anova import AnovaRM
from trial_in_three_arms import FORMULA, KEYS, trial

from analytics import Moments, fit_mmrm
from analytics.repeated.structures import STRUCTURES
from analytics.repeated.uncertainty import DF, VCOV


def fitted(frame: pd.DataFrame, formula: str = FORMULA, *, covariance: str = "us", **options):
    where = {"coordinates": "week_no"} if covariance == "sp_exp" else {}
    if where:
        frame = frame.assign(week_no=pd.Series(frame["week"]).astype(float))
    return fit_mmrm(formula, frame, covariance=covariance, **KEYS, **where, **options)


def same(one, other, *, unit: float = 1.0, rtol: float = 1e-8, **asked) -> None:
    """Contrasts of the arms at each visit, whatever names and codings; ``unit``: the other's y is in 1 / unit."""
    ours, theirs = (fit.contrasts("arm", by="week", **asked) for fit in (one, other))
    scale = ours["std_error"].to_numpy()
    assert np.isfinite(scale).all()
    np.testing.assert_allclose(theirs["estimate"] / unit / scale, ours["estimate"] / scale, atol=rtol)
    np.testing.assert_allclose(theirs["std_error"] / unit, scale, rtol=rtol)
    np.testing.assert_allclose(theirs["df"], ours["df"], rtol=10 * rtol)
    np.testing.assert_allclose(theirs["p_value"], ours["p_value"], atol=10 * rtol)


# --- order, names, units, codings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("vcov", VCOV)
@pytest.mark.parametrize("covariance", STRUCTURES)
def test_order_of_rows_and_names_of_patients_do_not_matter(covariance, vcov):
    frame = trial()
    names = {code: f"{(code * 7919) % 1000}-{code}" for code in frame["patient"].unique()}
    turned = frame.assign(patient=frame["patient"].map(names)).sample(frac=1, random_state=3)
    one, other = (fitted(each, covariance=covariance, vcov=vcov) for each in (frame, turned))
    same(one, other)
    np.testing.assert_allclose(other.log_likelihood, one.log_likelihood, rtol=1e-10)
    np.testing.assert_allclose(other.residuals("raw").loc[frame.index], one.residuals("raw"), atol=1e-7)


def test_visits_may_have_any_names_in_their_order():
    frame = trial()
    named = frame.assign(week=pd.Categorical(frame["week"].map({4: "z", 8: "m", 12: "a"}), categories=["z", "m", "a"]))
    one, other = fitted(frame, covariance="ar1h"), fitted(named, covariance="ar1h")
    ours, theirs = (fit.contrasts("arm", by="week") for fit in (one, other))
    np.testing.assert_allclose(theirs["estimate"], ours["estimate"], rtol=1e-8)
    assert list(theirs["week"].unique()) == list(other.visit_covariance.index) == ["z", "m", "a"]


@pytest.mark.parametrize("df", DF)
@pytest.mark.parametrize("covariance", STRUCTURES)
def test_units_and_origins_do_not_matter(covariance, df):
    frame = trial()
    moved = frame.assign(y=1000 * frame["y"] + 1e6, base=frame["base"] + 1e6)
    one, other = (fitted(each, covariance=covariance, df=df) for each in (frame, moved))
    same(one, other, unit=1000, rtol=1e-6)
    means = [fit.adjusted_means("arm", by="week")["estimate"] for fit in (one, other)]
    np.testing.assert_allclose((means[1] - 1e6) / 1000, means[0], atol=1e-6)


@pytest.mark.parametrize("vcov", ["model", "cr2"])
def test_the_reference_levels_do_not_matter(vcov):
    frame = trial()
    turned = frame.assign(clinic=pd.Categorical(frame["clinic"], categories=["west", "north", "south"]))
    one, other = fitted(frame, vcov=vcov), fitted(turned, vcov=vcov)
    same(one, other)
    for coding in ("contr.sum", "contr.helmert", "contr.treatment(base='c')"):
        coded = fitted(frame, f"y ~ C(arm, {coding}) * week + base + clinic", vcov=vcov)
        same(one, coded)
        np.testing.assert_allclose(coded.test(f"C(arm, {coding}):week")["statistic"],
                                   one.test("arm:week")["statistic"], rtol=1e-7)  # fmt: skip
        np.testing.assert_allclose(coded.test("week")["statistic"], one.test("week")["statistic"], rtol=1e-7)


def test_arms_swapped_change_signs():
    frame = trial()
    turned = frame.assign(arm=pd.Categorical(frame["arm"], categories=["c", "b", "a"]))
    ours = fitted(frame).contrasts("arm", by="week").set_index(["week", "arm", "reference"])
    theirs = fitted(turned).contrasts("arm", by="week").set_index(["week", "reference", "arm"]).loc[ours.index]
    np.testing.assert_allclose(theirs["estimate"], -ours["estimate"], rtol=1e-8)
    np.testing.assert_allclose(theirs["conf_low"], -ours["conf_high"], rtol=1e-8)
    np.testing.assert_allclose(theirs["p_value"], ours["p_value"], rtol=1e-8)


# --- sums ------------------------------------------------------------------------------------------------------------


def sums(frame: pd.DataFrame, formula: str = FORMULA, **options) -> Moments:
    return Moments.from_frame(formula, frame, **KEYS, **options)


def equal_fits(one, other, rtol: float = 1e-10) -> None:
    np.testing.assert_allclose(other.log_likelihood, one.log_likelihood, rtol=rtol)
    ours, theirs = one.coefficients(), other.coefficients()
    assert list(ours["term"]) == list(theirs["term"])
    scale = ours["std_error"].to_numpy()
    np.testing.assert_allclose(theirs["estimate"] / scale, ours["estimate"] / scale, atol=1e-9)
    np.testing.assert_allclose(theirs["std_error"], scale, rtol=1e-9)
    np.testing.assert_allclose(theirs["df"], ours["df"], rtol=1e-7)
    for weights in ("observed", "equal"):
        means = [fit.adjusted_means("arm", by="week", weights=weights) for fit in (one, other)]
        np.testing.assert_allclose(means[1]["estimate"], means[0]["estimate"], rtol=1e-9)
    assert (other.n_patients, other.n_values) == (one.n_patients, one.n_values)


def halves(frame: pd.DataFrame, case: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    first = frame["patient"] < 22
    if case == "a clinic in one file only":
        first = frame["clinic"] != "west"
    if case == "a visit in one file only":
        first = ~frame["patient"].isin(frame.loc[frame["week"] == 12, "patient"])
    if case == "a third visit first":
        first = frame["patient"].isin(frame.loc[frame["week"] == 12, "patient"])
    return frame[first], frame[~first]


@pytest.mark.parametrize("options", [{}, {"weights": "w"}, {"frequency": "times"}, {"group": "arm"}], ids=str)
@pytest.mark.parametrize(
    "case", ["plain", "a clinic in one file only", "a visit in one file only", "a third visit first"]
)
def test_sums_of_two_files_are_the_sums_of_the_whole(case, options):
    frame = trial(missing=0.25)
    first, second = halves(frame, case)
    whole = fitted(frame, **options)
    for one, other in ((first, second), (second, first)):
        added = fit_mmrm(sums(one, **options) + sums(other, **options))
        equal_fits(whole, added)
    equal_fits(whole, fit_mmrm(sums(frame, **options)))


def test_sums_of_files_far_apart_and_in_three_parts():
    frame = trial()
    far = frame.assign(base=frame["base"] + 1e4 * (frame["patient"] % 3), y=frame["y"] + 1e4 * (frame["patient"] % 3))
    parts = [
        sums(far[far["patient"] % 3 == k], "y ~ arm * week + base", levels={"arm": ("a", "b", "c")}) for k in range(3)
    ]
    one, other = fitted(far, "y ~ arm * week + base"), fit_mmrm(parts[2] + parts[0] + parts[1])
    np.testing.assert_allclose(other.log_likelihood, one.log_likelihood, rtol=1e-9)
    same(one, other, rtol=1e-6)


@pytest.mark.parametrize("options", [{}, {"weights": "w", "group": "arm"}], ids=str)
def test_sums_saved_and_loaded(tmp_path, options):
    made = sums(trial(), **options)
    made.save(tmp_path / "sums.npz", minimum_cell=0)
    again = Moments.load(tmp_path / "sums.npz")
    equal_fits(fit_mmrm(made), fit_mmrm(again), rtol=1e-13)
    equal_fits(fit_mmrm(made + made), fit_mmrm(again + made), rtol=1e-12)


@pytest.mark.parametrize("vcov", VCOV)
def test_frequency_two_is_every_patient_twice(vcov):
    frame = trial()
    twice = pd.concat([frame, frame.assign(patient=frame["patient"] + 1000)])
    one, other = fitted(twice, vcov=vcov), fitted(frame.assign(f=2), frequency="f", vcov=vcov)
    equal_fits(one, other)
    for term in ("arm:week", "clinic"):
        ours, theirs = one.test(term).iloc[0], other.test(term).iloc[0]
        np.testing.assert_allclose([theirs["statistic"], theirs["denom_df"]], [ours["statistic"], ours["denom_df"]])
    mixed = pd.concat([frame, frame[frame["times"] == 2].assign(patient=lambda one: one["patient"] + 1000)])
    equal_fits(fitted(mixed, vcov=vcov), fitted(frame, frequency="times", vcov=vcov))


def test_equal_weights_scale_the_covariance_only():
    frame = trial()
    one, other = fitted(frame), fitted(frame.assign(four=4.0), weights="four")
    same(one, other)
    np.testing.assert_allclose(other.visit_covariance, 4 * one.visit_covariance, rtol=1e-7)
    np.testing.assert_allclose(other.log_likelihood, one.log_likelihood, rtol=1e-10)


# --- classics --------------------------------------------------------------------------------------------------------


def complete(patients: int = 12, visits: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    who, week = np.repeat(np.arange(patients), visits), np.tile(np.arange(visits), patients)
    y = rng.normal(size=patients)[who] + rng.normal(size=len(who)) + 0.3 * week
    return pd.DataFrame({"patient": who, "week": week, "y": y, "arm": np.where(who % 2, "b", "a")})


@pytest.mark.parametrize("df", ["kenward_roger_linear", "kenward_roger", "satterthwaite"])
def test_compound_symmetry_is_repeated_measures_anova(df):
    frame = complete()
    found = fit_mmrm("y ~ week", frame, covariance="cs", **KEYS).test("week", df).iloc[0]
    theirs = AnovaRM(frame, "y", "patient", within=["week"]).fit().anova_table.iloc[0]
    if df != "kenward_roger":  # with logs of standard deviations as parameters the full one has other errors, as in R
        np.testing.assert_allclose(found["statistic"], theirs["F Value"], rtol=1e-8)
    assert found["num_df"] == theirs["Num DF"]
    np.testing.assert_allclose(found["denom_df"], theirs["Den DF"], rtol=1e-6)


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
def test_split_plot_anova_of_arms_and_visits():
    frame = complete()
    fit = fit_mmrm("y ~ arm * week", frame, covariance="cs", **KEYS)
    patient = frame.groupby(["arm", "patient"])["y"].mean().reset_index()
    means = {arm: own["y"].to_numpy() for arm, own in patient.groupby("arm")}
    arm = fit.test("arm").iloc[0]
    np.testing.assert_allclose(arm["statistic"], stats.ttest_ind(means["b"], means["a"]).statistic ** 2, rtol=1e-8)
    np.testing.assert_allclose(arm["denom_df"], 10, rtol=1e-6)
    inside = smf.ols("y ~ C(patient) + C(week) * arm", frame).fit()
    without = smf.ols("y ~ C(patient) + C(week)", frame).fit()
    theirs = inside.compare_f_test(without)
    found = fit.test("arm:week").iloc[0]
    np.testing.assert_allclose(found["statistic"], theirs[0], rtol=1e-8)
    np.testing.assert_allclose(found["denom_df"], 30, rtol=1e-6)


@pytest.mark.parametrize("covariance", ["us", "cs", "toep", "ar1", "csh"])
def test_two_visits_are_the_paired_t_test(covariance):
    frame = complete(visits=2)
    found = fit_mmrm("y ~ week", frame, covariance=covariance, **KEYS).contrasts("week").iloc[0]
    wide = frame.pivot(index="patient", columns="week", values="y")
    theirs = stats.ttest_rel(wide[1], wide[0])
    np.testing.assert_allclose([found["statistic"], found["p_value"]], [theirs.statistic, theirs.pvalue], rtol=1e-8)
    np.testing.assert_allclose(found["df"], 11, rtol=1e-7)
    low, high = theirs.confidence_interval()
    np.testing.assert_allclose([found["conf_low"], found["conf_high"]], [low, high], rtol=1e-8)


@pytest.mark.parametrize("covariance", [name for name in STRUCTURES if name != "sp_exp"])
@pytest.mark.parametrize("df", DF)
def test_one_visit_is_least_squares_with_its_df(covariance, df):
    frame = trial()
    frame = frame[frame["week"] == 8]
    found = fitted(frame, "y ~ arm + base + clinic", covariance=covariance, df=df).coefficients()
    theirs = smf.ols("y ~ arm + base + clinic", frame).fit()
    expected = theirs.params.rename(lambda name: "Intercept" if name == "(Intercept)" else name)[list(found["term"])]
    np.testing.assert_allclose(found["estimate"], expected, rtol=1e-8)
    if df != "kenward_roger":  # see above
        np.testing.assert_allclose(found["std_error"], theirs.bse[expected.index], rtol=1e-8)
    np.testing.assert_allclose(found["df"], theirs.df_resid, rtol=1e-6)


@pytest.mark.parametrize("covariance", [name for name in STRUCTURES if name != "sp_exp"])
def test_separate_arms_are_one_fit_by_group(covariance):
    """With every coefficient of its own in each arm, a fit by group is the fits of the arms."""
    frame = trial()
    whole = fitted(frame, "y ~ 0 + arm:week + arm:base", covariance=covariance, group="arm", df="satterthwaite")
    parts = {arm: fitted(own, "y ~ 0 + week + base", covariance=covariance, df="satterthwaite")
             for arm, own in frame.groupby("arm")}  # fmt: skip
    np.testing.assert_allclose(whole.log_likelihood, sum(fit.log_likelihood for fit in parts.values()), rtol=1e-9)
    for arm, fit in parts.items():
        np.testing.assert_allclose(whole.visit_covariance[arm], fit.visit_covariance, rtol=1e-5)
        ours = whole.coefficients().loc[lambda one, arm=arm: one["term"].str.contains(f"arm[{arm}]", regex=False)]
        theirs = fit.coefficients()
        np.testing.assert_allclose(np.sort(ours["estimate"]), np.sort(theirs["estimate"]), rtol=1e-6)
        np.testing.assert_allclose(np.sort(ours["df"]), np.sort(theirs["df"]), rtol=1e-4)
