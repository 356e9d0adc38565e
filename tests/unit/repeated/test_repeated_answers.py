"""What a fit answers: tables, families, residuals, predictions, sums; and what it refuses to be asked."""

from __future__ import annotations

import doctest
import sys

import numpy as np
import pandas as pd
import pytest
from long_trials import FORMULA, KEYS, fitted, trial
from scipy import stats

from analytics import Moments, fit_mmrm
from analytics.domain.errors import DataRefused, NotWritten, OutcomesError, PlanRefused, UsageError
from analytics.inference.multiplicity import NOTES, PROCEDURES


def sums(frame: pd.DataFrame, formula: str = FORMULA, **options) -> Moments:
    return Moments.from_frame(formula, frame, **KEYS, **options)


# --- tables ----------------------------------------------------------------------------------------------------------


def test_columns_of_the_tables():
    fit = fitted(trial())
    tail = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
    assert list(fit.coefficients()) == ["term", *tail]
    assert list(fit.contrasts("arm", by="week")) == ["week", "contrast", "arm", "reference", *tail, "status"]
    assert list(fit.adjusted_means("arm", by="week"))[:3] == ["week", "arm", "estimate"]
    assert list(fit.test("arm")) == ["term", "num_df", "denom_df", "statistic", "p_value", "test"]
    assert list(fit.contrasts("arm", by="week")["contrast"])[:3] == ["b - a", "c - a", "c - b"]
    assert list(fit.contrasts("arm", kind="reference")["contrast"]) == ["b - a", "c - a"]


def test_limits_and_p_values_follow_from_estimate_error_and_df():
    found = fitted(trial()).contrasts("arm", by="week", confidence_level=0.9)
    half = stats.t.ppf(0.95, found["df"]) * found["std_error"]
    np.testing.assert_allclose(found["conf_high"], found["estimate"] + half)
    np.testing.assert_allclose(found["p_value"], 2 * stats.t.sf(np.abs(found["statistic"]), found["df"]))


def test_contrasts_are_differences_of_adjusted_means_and_combinations_of_them():
    fit = fitted(trial())
    means = fit.adjusted_means("arm", by="week").pivot(index="week", columns="arm", values="estimate")
    found = fit.contrasts("arm", by="week").pivot(index="week", columns="contrast", values="estimate")
    np.testing.assert_allclose(found["c - b"], means["c"] - means["b"])
    custom = fit.contrasts("arm", by="week", kind={"b v rest": {"b": 1, "a": -0.5, "c": -0.5}})
    np.testing.assert_allclose(custom["estimate"], (means["b"] - (means["a"] + means["c"]) / 2).to_numpy())
    over = fit.contrasts(["arm", "week"], kind={"change of a": {("a", 12): 1, ("a", 4): -1}})
    np.testing.assert_allclose(over["estimate"], means.loc[12, "a"] - means.loc[4, "a"])


def test_observed_means_average_predictions():
    fit, frame = fitted(trial(), "y ~ arm * week + base * clinic"), trial()
    by_hand = [fit.predict(frame.assign(arm=arm, week=8)).mean() for arm in "abc"]
    found = fit.adjusted_means("arm", by="week").query("week == 8")["estimate"]
    np.testing.assert_allclose(found, by_hand, rtol=1e-10)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"kind": "all"}, "pairwise"), ({"kind": {}}, "not known"), ({"kind": {"x": {"z": 1}}}, "no level"),
     ({"kind": {"x": 5}}, "number for each level"), ({"kind": {"x": {"a": "one"}}}, "number for each level"),
     ({"adjust": "tukeys"}, "tukey"), ({"by": "arm"}, "different"), ({"by": 5}, "names no category"),
     ({"by": "nope"}, "no category"), ({"weights": "proportional"}, "observed or equal"), ({"df": "kr"}, "not known"),
     ({"confidence_level": 95}, "0.95")],
)  # fmt: skip
def test_contrasts_that_cannot_be_meant(options, words):
    with pytest.raises(OutcomesError, match=words) as caught:
        fitted(trial()).contrasts("arm", **options)
    assert caught.value.fix


@pytest.mark.parametrize("term", ["nope", "arm:base", "", None])
def test_terms_that_are_not_there(term):
    with pytest.raises(UsageError, match="no term"):
        fitted(trial()).test(term)


def test_a_test_of_which_a_part_is_estimable_says_so():
    frame = trial()
    fit = fitted(frame[~((frame["arm"] == "c") & (frame["week"] == 8))])
    assert "3 of 4 rows estimable" in fit.test("arm:week").loc[0, "test"]


# --- families --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adjust", PROCEDURES)
def test_every_procedure_in_its_place(adjust):
    fit = fitted(trial())
    kind = "reference" if adjust == "dunnett" else "pairwise"
    raw, found = fit.contrasts("arm", by="week", kind=kind), fit.contrasts("arm", by="week", kind=kind, adjust=adjust)
    assert found.attrs["note"].partition(",")[0] == NOTES[adjust].partition(",")[0]
    assert "verdict" not in found.attrs["note"]  # by hand there is none
    assert (found["p_value"] >= raw["p_value"] - 1e-12).all()
    assert np.isfinite(found["conf_low"]).all() == ("adjusted p-values only" not in NOTES[adjust])
    if np.isfinite(found["conf_low"]).all():
        agree = (found["conf_low"] > 0) | (found["conf_high"] < 0)
        np.testing.assert_array_equal(agree, found["p_value"] < 0.05)
    one = fit.contrasts("arm", kind=kind, adjust=adjust)  # a family per visit is the family of that visit alone
    assert len(one) == len(raw) / 3


def test_fixed_sequence_goes_in_the_order_given():
    fit = fitted(trial())
    p = fit.contrasts("arm")["p_value"]
    found = fit.contrasts("arm", adjust="fixed_sequence")["p_value"]
    np.testing.assert_allclose(found, np.maximum.accumulate(p))


@pytest.mark.parametrize("adjust", ["tukey", "dunnett", "shaffer"])
def test_procedures_of_pairs_refuse_named_combinations(adjust):
    kind = {"b v rest": {"b": 1, "a": -0.5, "c": -0.5}, "c v a": {"c": 1, "a": -1}}
    with pytest.raises(PlanRefused, match="other combinations"):
        fitted(trial()).contrasts("arm", kind=kind, adjust=adjust)
    assert np.isfinite(fitted(trial()).contrasts("arm", kind=kind, adjust="max_t")["p_value"]).all()


def test_dunnett_wants_one_reference_and_tukey_all_pairs():
    with pytest.raises(PlanRefused, match="one reference"):
        fitted(trial()).contrasts("arm", adjust="dunnett")
    with pytest.raises(PlanRefused, match="all pairs"):
        fitted(trial()).contrasts("arm", kind="reference", adjust="tukey")


# --- residuals and predictions ---------------------------------------------------------------------------------------


def test_residuals_have_the_index_of_the_data_in_its_order():
    frame = trial().set_index(trial().index * 10).sample(frac=1, random_state=1)
    frame["y"] = frame["y"].where(frame.index != 50)
    fit = fitted(frame)
    expected = frame.index[frame.index != 50]
    for kind in ("raw", "pearson", "normalized"):
        assert fit.residuals(kind).index.equals(expected)
    np.testing.assert_allclose(fit.residuals() + fit.predict(frame).loc[expected], frame.loc[expected, "y"])
    with pytest.raises(UsageError, match="raw, pearson, normalized"):
        fit.residuals("std")


@pytest.mark.parametrize("options", [{}, {"group": "arm"}, {"weights": "w"}, {"covariance": "sp_exp"}], ids=str)
def test_normalized_residuals_are_independent_with_variance_one(options):
    frame = trial(patients=300).assign(w=lambda d: 1 + d.index % 3, day=lambda d: d["week"] * 1.0)
    where = {"coordinates": "day"} if "covariance" in options else {}
    fit = fitted(frame, **options, **where)
    found = fit.residuals("normalized")
    # at the optimum of REML the weighted squares sum to values minus coefficients: exact, whatever the structure
    np.testing.assert_allclose((found**2).sum(), fit.n_values - len(fit.coefficients()), rtol=1e-7)
    by_visit = {kind: by_week(fit.residuals(kind), frame) for kind in ("pearson", "normalized")}
    np.testing.assert_allclose(np.diag(by_visit["pearson"].cov()), 1, atol=0.15)
    if "covariance" not in options:  # the true one is not spatial
        np.testing.assert_allclose(by_visit["normalized"].cov(), np.eye(3), atol=0.15)
        assert (by_visit["pearson"].corr() > 0.25).all(axis=None)


def by_week(residuals: pd.Series, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(r=residuals).pivot(index="patient", columns="week", values="r")


def test_conditional_predictions_are_the_regression_on_what_was_seen():
    fit, frame = fitted(trial()), trial()
    hidden = frame.assign(y=frame["y"].where(frame["week"] != 8))
    found, plain = fit.predict(hidden, conditional=True), fit.predict(hidden)
    seen = frame["week"] != 8
    np.testing.assert_allclose(found[seen], frame.loc[seen, "y"])
    s = fit.visit_covariance
    one = frame[frame["patient"] == frame.loc[frame["week"] == 8, "patient"].iloc[0]]
    others = [week for week in one["week"] if week != 8]
    residual = (one["y"] - plain[one.index])[one["week"] != 8].to_numpy()
    by_hand = s.loc[8, others].to_numpy() @ np.linalg.solve(s.loc[others, others], residual)
    at = one.index[one["week"] == 8][0]
    assert found[at] == pytest.approx(plain[at] + by_hand)


def test_predictions_name_what_they_do_not_know():
    fit = fitted(trial())
    with pytest.raises(UsageError, match="arm holds z, which the model does not know"):
        fit.predict(trial().assign(arm="z"))
    with pytest.raises(UsageError, match="week holds 99"):
        fit.predict(trial().assign(week=99))
    with pytest.raises(UsageError, match="no column 'base'"):
        fit.predict(trial().drop(columns="base"))
    with pytest.raises(UsageError, match="base must be numbers"):
        fit.predict(trial().assign(base="x"))
    with pytest.raises(UsageError, match="no column 'patient'"):
        fit.predict(trial().drop(columns="patient"), conditional=True)
    holed = fit.predict(trial().assign(base=trial()["base"].where(trial().index != 0)))
    assert np.isnan(holed[0])
    assert np.isfinite(holed[1:]).all()
    assert len(fit.predict(trial().head(0))) == 0
    assert len(fit.predict(trial()[["arm", "week", "base"]])) == len(trial())


# --- in words --------------------------------------------------------------------------------------------------------


def test_a_fit_in_words():
    fit = fitted(trial(), covariance="ar1h", group="arm")
    text = repr(fit)
    counts = "112 values of 40 patients at 3 visits"
    for words in (FORMULA, counts, "first-order autoregressive", "of its own for each arm", "REML", "converged in"):
        assert words in text
    for words in ("Kenward-Roger (linear, as SAS)", "arm[T.b]:week[T.12]"):
        assert words in text
    page = fitted(trial().assign(arm=trial()["arm"].replace("b", "<b>")))._repr_html_()
    assert "<b>" not in page
    assert "<table" in page
    failed = fitted(trial(patients=2, missing=0.0, arms="a"), "y ~ week")
    assert "not_estimable: 3 values beyond" in repr(failed)


# --- sums ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [({"vcov": "cr2"}, "every patient"), ({"covariance": "sp_exp"}, "coordinates"), ({"data": trial()}, "all the data"),
     ({"covariance": "sp_exp", "coordinates": "week"}, "carry their"), ({"weights": "w"}, "carry their columns"),
     ({"group": "arm"}, "carry their columns"), ({"frequency": "w"}, "carry their columns")],
)  # fmt: skip
def test_what_sums_cannot_do(options, words):
    with pytest.raises(UsageError, match=words):
        fit_mmrm(sums(trial()), **options)


def test_a_fit_of_sums_has_no_rows():
    fit = fit_mmrm(sums(trial()), **KEYS)
    with pytest.raises(UsageError, match="moments hold none"):
        fit.residuals()
    np.testing.assert_allclose(fit.predict(trial()), fitted(trial()).predict(trial()), rtol=1e-9)


def test_sums_of_other_models_are_refused():
    with pytest.raises(DataRefused, match="formula"):
        sums(trial()) + sums(trial(), "y ~ arm * week")
    with pytest.raises(DataRefused, match="weights"):
        sums(trial()) + sums(trial().assign(w=1.0), weights="w")
    with pytest.raises(DataRefused, match="two orders"):
        sums(trial(), levels={"arm": ("a", "b", "c")}) + sums(trial(), levels={"arm": ("c", "b", "a")})
    with pytest.raises(DataRefused, match="depends on the rows"):
        sums(trial(), "y ~ arm * week + poly(age, 2)") + sums(trial(), "y ~ arm * week + poly(age, 2)")
    with pytest.raises(DataRefused, match="two types"):
        sums(trial()) + sums(trial().assign(week=trial()["week"].astype(str)))
    with pytest.raises(UsageError, match="no column"):
        sums(trial(), levels={"nope": ("a",)})
    with pytest.raises(UsageError, match="arm holds c"):
        sums(trial(), levels={"arm": ("a", "b")})


def test_sums_add_up_by_sum():
    frame = trial()
    parts = [frame[frame["patient"] % 4 == k] for k in range(4)]
    fit = fit_mmrm(sum(sums(part, levels={"arm": ("a", "b", "c")}) for part in parts))
    assert fit.log_likelihood == pytest.approx(fitted(frame).log_likelihood, rel=1e-10)


def test_saving_is_refused_where_a_pattern_would_show_few_patients(tmp_path):
    made = sums(trial())
    with pytest.raises(NotWritten, match="fewer than 5 patients") as caught:
        made.save(tmp_path / "sums.npz")
    assert "minimum_cell=0" in caught.value.fix
    assert not list(tmp_path.iterdir())
    made.save(tmp_path / "sums.npz", minimum_cell=0)
    assert repr(Moments.load(tmp_path / "sums.npz")) == repr(made)
    sums(trial(missing=0.0)).save(tmp_path / "whole.npz")


def test_sums_of_expressions_are_loaded_again(tmp_path):
    formula = "np.log(y + 20) ~ C(arm, contr.sum) * week + np.log(base - 2)"
    made = sums(trial(), formula)
    made.save(tmp_path / "sums.npz", minimum_cell=0)
    again = Moments.load(tmp_path / "sums.npz")
    assert fit_mmrm(again + made).n_patients == 80
    assert fit_mmrm(again).log_likelihood == pytest.approx(fitted(trial(), formula).log_likelihood)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 cut", b"\x80\x04K\x05."])
def test_files_that_are_no_sums(tmp_path, content):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(DataRefused, match="no file of moments"):
        Moments.load(tmp_path / "bad.npz")
    with pytest.raises(DataRefused, match="cannot be read"):
        Moments.load(tmp_path / "absent.npz")
    with pytest.raises(DataRefused, match="cannot be read"):
        Moments.load(tmp_path)


@pytest.mark.parametrize("formula", [FORMULA, "y ~ C(arm, contr.sum) * week", "y ~ arm + week", "y ~ 0 + arm:week"])
def test_sums_know_how_many_patients_an_arm_has_at_a_visit(formula):
    rows, of_sums = fitted(trial(), formula), fit_mmrm(sums(trial(), formula))
    assert of_sums.n == rows.n
    assert sum(rows.n.values()) == trial()["week"].eq(12).sum()
    assert [mean.n for mean in of_sums.arm_means()] == [mean.n for mean in rows.arm_means()]


def test_weighted_sums_do_not():
    weighted = fit_mmrm(sums(trial().assign(w=2.0), weights="w"))
    with pytest.raises(UsageError, match="do not say how many patients"):
        weighted.arm_means()


# --- told ------------------------------------------------------------------------------------------------------------


def test_the_example_of_the_docstring_runs():
    found = doctest.testmod(sys.modules[fit_mmrm.__module__])
    assert (found.failed, found.attempted) == (0, 8)


def test_one_visit_is_told_in_the_singular():
    assert "at one visit," in repr(fitted(trial().query("week == 8")))


def test_predictions_of_rows_that_all_lack_something_are_missing():
    fit, holed = fitted(trial()), trial().assign(base=np.nan)
    assert fit.predict(holed).isna().all()
    assert fit.predict(holed, conditional=True).index.equals(holed.index)
