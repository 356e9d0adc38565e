"""Data at the edge: few patients, empty cells, no variance; an answer or a message that says what is the matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from long_trials import FORMULA, asked_everything, fitted, trial

from analytics.domain.errors import DataRefused, UsageError
from analytics.repeated.structures import FALLBACKS, STRUCTURES


def test_one_visit():
    frame = trial().query("week == 8")
    fit = fitted(frame)
    assert fit.status == "estimated"
    assert np.isfinite(fit.contrasts("arm", by="week")["p_value"]).all()
    assert fit.test("week").loc[0, "test"] == "not estimable"
    asked_everything(fit, frame)


def test_one_visit_with_coordinates():
    frame = trial().query("week == 8").assign(day=56.0)
    fit = fitted(frame, "y ~ arm + base", covariance="sp_exp", coordinates="day")
    plain = fitted(frame, "y ~ arm + base")
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood)
    asked_everything(fit, frame)


def test_a_visit_that_nobody_has_is_left_out_and_named():
    frame = trial()
    frame = frame.assign(week=pd.Categorical(frame["week"], categories=[4, 6, 8, 12]))
    fit = fitted(frame)
    assert any("nobody" in note and "6" in note for note in fit.notes)
    assert list(fit.visit_covariance) == [4, 8, 12]
    assert fit.log_likelihood == pytest.approx(fitted(trial()).log_likelihood)


def test_a_visit_that_one_patient_has_does_not_converge_and_says_which():
    frame = pd.concat([trial(), trial().iloc[:1].assign(week=99)])
    fit = fitted(frame)
    assert fit.status == "did_not_converge"
    assert any("only one patient at 99" in note for note in fit.notes)
    asked_everything(fit, frame)


def test_visits_that_no_patient_has_both_of_are_named():
    frame = trial()
    apart = frame[
        ((frame["patient"] % 2 == 0) & (frame["week"] == 4)) | ((frame["patient"] % 2 == 1) & (frame["week"] == 8))
    ]
    fit = fitted(apart, "y ~ arm + week")
    assert fit.status == "did_not_converge"
    assert any("no patient at both 4 and 8" in note for note in fit.notes)


def test_two_rows_of_a_patient_at_a_visit_are_named():
    with pytest.raises(DataRefused, match=r"patient 1 at 4, patient 1 at 8") as caught:
        fitted(pd.concat([trial(), trial().iloc[:2]]))
    assert "average" in str(caught.value)


@pytest.mark.parametrize(("name", "values"), [("k", 3.0), ("k", 0.0), ("double", None)])
def test_constant_and_collinear_covariates_are_dropped_and_named(name, values):
    frame = trial()
    frame = frame.assign(**{name: 2 * frame["base"] + 1 if values is None else values})
    fit = fitted(frame, f"{FORMULA} + {name}")
    assert any(name in note and "left out" in note for note in fit.notes)
    np.testing.assert_allclose(fit.contrasts("arm")["estimate"], fitted(frame).contrasts("arm")["estimate"], rtol=1e-7)
    assert name not in list(fit.coefficients()["term"])
    assert fit.test(name).loc[0, "test"] == "not estimable"


def test_a_covariate_far_from_zero_is_no_constant_but_one_beyond_rounding_is():
    frame = trial()
    near, far = (fitted(frame.assign(base=frame["base"] + far)) for far in (1e7, 1e13))
    np.testing.assert_allclose(near.contrasts("arm")["estimate"], fitted(frame).contrasts("arm")["estimate"], rtol=1e-5)
    assert any("base" in note for note in far.notes)
    assert far.test("base").loc[0, "test"] == "not estimable"


@pytest.mark.parametrize("vcov", ["model", "cr2"])
def test_an_arm_absent_at_a_visit_takes_that_cell_only(vcov):
    frame = trial()
    fit = fitted(frame[~((frame["arm"] == "c") & (frame["week"] == 8))], vcov=vcov)
    assert fit.status == "estimated"
    means = fit.adjusted_means("arm", by="week").set_index(["week", "arm"])["status"]
    assert list(means[means == "not_estimable"].index) == [(8, "c")]
    contrasts = fit.contrasts("arm", by="week", adjust="max_t")
    empty = (contrasts["week"] == 8) & (contrasts["contrast"] != "b - a")
    assert (contrasts.loc[empty, "status"] == "not_estimable").all()
    assert np.isfinite(contrasts.loc[~empty, ["estimate", "p_value", "conf_low"]]).all(axis=None)
    averaged = fit.adjusted_means("arm").set_index("arm")["status"]
    assert dict(averaged) == {"a": "estimated", "b": "estimated", "c": "not_estimable"}
    assert fit.test("arm:week").loc[0, "num_df"] == 3


def test_the_rest_of_an_empty_cell_is_the_fit_of_the_cells_there_are():
    """Arms and visits as one factor of the cells with data say the same."""
    frame = trial()
    frame = frame[~((frame["arm"] == "c") & (frame["week"] == 8))]
    cells = frame.assign(cell=frame["arm"] + frame["week"].astype(str))
    one, other = fitted(frame), fitted(cells, "y ~ 0 + cell + base")
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-7)
    ours = one.contrasts("arm", by="week").query("status == 'estimated'")
    theirs = other.contrasts("cell").set_index(["arm", "reference"])
    for row in ours.itertuples():
        pair = theirs.loc[(f"{row.arm}{row.week}", f"{row.reference}{row.week}")]
        np.testing.assert_allclose(
            [row.estimate, row.std_error, row.df], pair[["estimate", "std_error", "df"]].astype(float)
        )


def test_one_patient_alone_in_an_arm_has_no_cr2_error():
    frame = trial()
    lone = frame.assign(arm=frame["arm"].mask(frame["patient"] == 0, "z"))
    found = fitted(lone, vcov="cr2").contrasts("arm", by="week").set_index(["week", "contrast"])["status"]
    assert found[(4, "z - a")] == "not_estimable"
    assert found[(4, "b - a")] == "estimated"


def test_fewer_patients_than_covariance_parameters_may_do():
    frame = trial(patients=9, visits=4, missing=0.0)
    fit = fitted(frame, "y ~ week")
    assert fit.uncertainty.criterion.size == 10 > fit.n_patients == 9
    assert fit.status == "estimated"


def test_fewer_values_than_parameters_are_not_estimable():
    frame = trial(patients=2, missing=0.0, arms="a")
    fit = fitted(frame, "y ~ week")
    assert fit.status == "not_estimable"
    assert "do not determine 6 variances and correlations" in fit.why
    asked_everything(fit, frame)


@pytest.mark.parametrize("patients", [1, 2, 3])
@pytest.mark.parametrize("covariance", ["us", "cs"])
def test_one_to_three_patients_end_with_an_answer(patients, covariance):
    frame = trial(patients=patients, missing=0.0, arms="a")
    fit = fitted(frame, "y ~ week", covariance=covariance)
    assert (fit.status == "estimated") == (covariance == "cs" and patients > 1)
    assert fit.why or np.isfinite(fit.contrasts("week")["p_value"]).all()
    asked_everything(fit, frame)


@pytest.mark.parametrize("covariance", [name for name in STRUCTURES if name != "sp_exp"])
def test_nothing_varies(covariance):
    frame = trial().assign(y=2.0)
    fit = fitted(frame, covariance=covariance)
    assert (fit.status, fit.why) == ("not_estimable", "nothing varies: every value is fitted exactly")
    asked_everything(fit, frame)


def test_nothing_varies_at_one_visit_names_it():
    frame = trial(missing=0.0)
    fit = fitted(frame.assign(y=frame["y"].where(frame["week"] != 8, 1.0)), "y ~ arm * week")
    assert fit.status == "did_not_converge"
    assert any("nothing varies at 8" in note for note in fit.notes)


@pytest.mark.parametrize("covariance", [name for name in STRUCTURES if name != "sp_exp"])
def test_perfect_correlation_does_not_converge(covariance):
    frame = trial(missing=0.0)
    own = np.random.default_rng(4).normal(size=40)[frame["patient"]]
    fit = fitted(
        frame.assign(y=own * (frame["week"] if covariance in ("us", "csh") else 1)),
        "y ~ arm * week",
        covariance=covariance,
    )
    assert fit.status == "did_not_converge"
    assert "singular" in fit.why or "still rises" in fit.why
    assert fit.contrasts("arm")["status"].eq("did_not_converge").all()


@pytest.mark.parametrize(("value", "words"), [(0, "above 0"), (-1, "-1"), (np.inf, "finite")])
@pytest.mark.parametrize("name", ["weights", "frequency"])
def test_weights_and_frequencies_must_be_above_zero(name, value, words):
    with pytest.raises(DataRefused, match=words):
        fitted(trial().assign(w=np.where(trial()["patient"] == 3, value, 1.0)), **{name: "w"})


def test_a_missing_weight_leaves_the_row_out():
    fit = fitted(trial().assign(w=np.where(trial().index == 3, np.nan, 1.0)), weights="w")
    assert any("1 of" in note and "w (1)" in note for note in fit.notes)
    assert fit.n_values == len(trial()) - 1


def test_frequencies_are_whole_and_of_a_patient():
    frame = trial()
    with pytest.raises(DataRefused, match="whole number"):
        fitted(frame.assign(w=1.5), frequency="w")
    with pytest.raises(DataRefused, match="same in all rows"):
        fitted(frame.assign(w=np.where(frame.index == 3, 2, 1)), frequency="w")


@pytest.mark.parametrize("name", ["y", "base"])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_values_are_refused_with_their_row(name, value):
    frame = trial()
    with pytest.raises(DataRefused, match=f"{name} must be a finite number.*row 5"):
        fitted(frame.assign(**{name: frame[name].where(frame.index != 5, value)}))


def test_a_factor_with_one_level():
    frame = trial().assign(arm="x")
    fit = fitted(frame)
    assert fit.test("arm").loc[0, "test"] == "not estimable"
    assert len(fit.adjusted_means("arm", by="week")) == 3
    with pytest.raises(UsageError, match="one level has no contrasts"):
        fit.contrasts("arm")


def test_twelve_visits_of_thirty_patients_stop_at_the_edge_and_fall_back_aloud():
    frame = trial(patients=30, visits=12, arms="ab")
    alone = fitted(frame, "y ~ arm * week")
    assert alone.status == "did_not_converge"
    assert len(alone.uncertainty.optimum.tried) == 2  # both starts end at a singular covariance: nothing else is tried
    again = fitted(frame, "y ~ arm * week", fallback=True)
    assert (again.status, again.covariance, again.asked) == ("estimated", "toeph", "us")
    assert any("us did not converge: the covariance of the visits becomes singular" in note for note in again.notes)
    assert any("us did not converge" in note and "tried Newton" in note for note in again.notes)
    assert any("toeph used instead of us" in note for note in again.notes)


def test_where_everything_fails_the_structure_asked_for_is_told():
    frame = trial(patients=6, visits=3, arms="ab")
    frame = frame.assign(y=frame.groupby("patient")["y"].transform("first") + frame["week"].astype(float))
    alone, all_of_them = (fitted(frame, "y ~ arm * week", fallback=fallback) for fallback in (False, True))
    assert (alone.status, all_of_them.status) == ("did_not_converge",) * 2
    assert (all_of_them.covariance, all_of_them.why) == ("us", alone.why)
    assert sum("did not converge" in note for note in all_of_them.notes) == 1 + len(FALLBACKS)


def test_fallbacks_are_never_compound_symmetry_without_variances():
    assert FALLBACKS == ("toeph", "ar1h", "csh")


def test_coordinates_must_differ_within_a_patient():
    with pytest.raises(DataRefused, match="must differ"):
        fitted(trial().assign(day=1.0), covariance="sp_exp", coordinates="day")


@pytest.mark.parametrize("group", [None, "arm"])
def test_spatial_exponential_by_group(group):
    frame = trial(missing=0.4).assign(day=lambda one: one["week"] * 1.0)
    fit = fitted(frame, covariance="sp_exp", coordinates="day", group=group)
    assert fit.status == "estimated"
    assert fit.uncertainty.criterion.size == (6 if group else 2)
    asked_everything(fit, frame)
    fallback = fitted(frame, covariance="sp_exp", coordinates="day", group=group, fallback=True)
    assert fallback.covariance == "sp_exp"


@pytest.mark.parametrize(("unit", "origin"), [(1, 0), (7, 19_000), (168, 0), (604_800, 0), (1 / 52, 0)])
@pytest.mark.parametrize("group", [None, "arm"])
def test_the_unit_of_coordinates_does_not_matter(unit, origin, group):
    """Start values follow the distances: an hour or a second is as good as a week."""
    frame = trial(patients=90)
    fit = fitted(frame.assign(day=frame["week"] * unit + origin), covariance="sp_exp", coordinates="day", group=group)
    weeks = fitted(frame.assign(day=frame["week"] * 1.0), covariance="sp_exp", coordinates="day", group=group)
    assert fit.status == "estimated"
    assert fit.log_likelihood == pytest.approx(weeks.log_likelihood, abs=1e-7)
    numbers = ["estimate", "std_error", "df"]
    np.testing.assert_allclose(fit.coefficients()[numbers], weeks.coefficients()[numbers], rtol=1e-5)


def test_visits_and_pairs_that_a_group_lacks_are_named():
    frame = trial()
    absent = fitted(frame[~((frame["arm"] == "c") & (frame["week"] == 8))], group="arm")
    assert absent.status == "did_not_converge"
    assert "arm c: no patient at 8" in absent.notes[-1]
    lone = fitted(frame.assign(who=np.where(frame["patient"] == 0, "one", "rest")), group="who")
    assert any("who one: only one patient at 4, 8, 12" in note for note in lone.notes)


@pytest.mark.parametrize(
    ("name", "values"), [("k", lambda d: 3.0), ("double", lambda d: 2 * d["base"] + 1), ("zero", lambda d: 0.0)]
)
@pytest.mark.parametrize("vcov", ["model", "cr2"])
def test_a_number_left_out_leaves_the_coefficients_of_the_model_without_it(name, values, vcov):
    frame = trial()
    one = fitted(frame.assign(**{name: values}), f"{FORMULA} + {name}", vcov=vcov)
    other = fitted(frame, vcov=vcov)
    ours, theirs = one.coefficients(), other.coefficients()
    assert list(ours["term"]) == list(theirs["term"])
    np.testing.assert_allclose(ours.iloc[:, 1:], theirs.iloc[:, 1:], rtol=1e-6)
    for term in ("base", "arm:week"):
        np.testing.assert_allclose(
            one.test(term).iloc[0, 1:5].astype(float), other.test(term).iloc[0, 1:5].astype(float), rtol=1e-6
        )
    assert one.test(name).loc[0, "test"] == "not estimable"


def test_an_empty_cell_of_the_first_visit_leaves_its_coefficient_unknown():
    """Without data of arm c at week 4 "c - a at week 4" is not told, whatever the other columns say."""
    frame = trial()
    found = fitted(frame[~((frame["arm"] == "c") & (frame["week"] == 4))]).coefficients().set_index("term")
    assert np.isnan(found.loc["arm[T.c]", "estimate"])
    assert np.isfinite(found.loc["arm[T.b]", "estimate"])
