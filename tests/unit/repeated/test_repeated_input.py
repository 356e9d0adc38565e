"""Types, names, formulas and mistakes: a fit that does not depend on them, or an error that a person can act on."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from long_trials import asked_everything, fitted, trial

from analytics import fit_mmrm
from analytics.domain.errors import DataRefused, OutcomesError, UsageError

START = pd.Timestamp("2024-01-01")
SAME = {
    "Float64 outcome": lambda d: d.assign(y=d["y"].astype("Float64")),
    "object outcome": lambda d: d.assign(y=d["y"].astype(object)),
    "arrow outcome": lambda d: d.assign(y=d["y"].astype("double[pyarrow]")),
    "object covariate": lambda d: d.assign(base=d["base"].astype(object)),
    "string arm": lambda d: d.assign(arm=d["arm"].astype("string")),
    "string[pyarrow] arm": lambda d: d.assign(arm=d["arm"].astype("string[pyarrow]")),
    "object arm": lambda d: d.assign(arm=d["arm"].astype(object)),
    "categorical arm": lambda d: d.assign(arm=d["arm"].astype("category")),
    "Int64 visit": lambda d: d.assign(week=d["week"].astype("Int64")),
    "float visit": lambda d: d.assign(week=d["week"].astype(float)),
    "date visit": lambda d: d.assign(week=START + pd.to_timedelta(7 * d["week"], "D")),
    "timedelta visit": lambda d: d.assign(week=pd.to_timedelta(7 * d["week"], "D")),
    "period visit": lambda d: d.assign(week=pd.PeriodIndex.from_ordinals(d["week"], freq="M")),
    "categorical patient": lambda d: d.assign(patient=d["patient"].astype("category")),
    "float patient": lambda d: d.assign(patient=d["patient"].astype(float)),
    "text patient": lambda d: d.assign(patient="p" + d["patient"].astype(str)),
    "mixed patient": lambda d: d.assign(patient=[p if p % 2 else str(p) for p in d["patient"]]),
    "index not unique": lambda d: d.set_index(np.zeros(len(d), int)),
    "index of two levels": lambda d: d.set_index(["patient", "week"], drop=False),
    "unused columns": lambda d: d.assign(row=1, __place=np.nan),
}


@pytest.mark.parametrize("case", SAME)
def test_types_do_not_matter(case):
    frame, plain = SAME[case](trial()), fitted(trial())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = fitted(frame)
        asked_everything(fit, frame)
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(fit.contrasts("arm")["p_value"], plain.contrasts("arm")["p_value"], rtol=1e-9)


@pytest.mark.parametrize("made", [pa.table, lambda d: pa.table(d).to_reader()], ids=["table", "stream"])
def test_arrow_data(made):
    plain = fitted(trial())
    assert fitted(made(trial())).log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(plain.predict(made(trial())), plain.predict(trial()))


@pytest.mark.parametrize("kind", ["bool", object, "boolean"])
def test_booleans_are_categories(kind):
    frame = trial().assign(old=(trial()["age"] > 50).astype(kind))
    fit = fitted(frame, "y ~ arm * week + old")
    number = fitted(frame.assign(old=(trial()["age"] > 50) * 1.0), "y ~ arm * week + old")
    assert fit.log_likelihood == pytest.approx(number.log_likelihood, rel=1e-10)
    assert len(fit.adjusted_means("old")) == 2


@pytest.mark.parametrize("kind", ["Int64", "Float64", object])
def test_gaps_of_nullable_types_are_counted(kind):
    frame = trial()
    holed = frame.assign(base=frame["base"].round().astype(kind).mask(frame.index % 11 == 0))
    fit = fitted(holed)
    assert fit.n_values == len(frame) - len(frame.iloc[::11])
    assert any("base (11)" in note for note in fit.notes)


NAMES = {"y": "my y", "week": "the week", "base": "class", "arm": "study.arm", "patient": "patient id"}


def test_names_with_spaces_dots_and_keywords():
    frame = trial().rename(columns=NAMES)
    fit = fit_mmrm("`my y` ~ `study.arm` * `the week` + class", frame, subject="patient id", visit="the week")
    assert fit.log_likelihood == pytest.approx(fitted(trial()).log_likelihood)
    assert len(fit.contrasts("study.arm", by="the week")) == 9
    fit.predict(frame.drop(columns="my y"))
    asked_everything(fit, frame)


# formula -> the columns that say the same by hand
EXPRESSIONS = {
    "y ~ arm * week + np.log(age)": {"x": lambda d: np.log(d["age"])},
    "y ~ arm * week + log(age)": {"x": lambda d: np.log(d["age"])},
    "y ~ arm * week + {age ** 2}": {"x": lambda d: d["age"] ** 2},
    "y ~ arm * week + I(age ** 2)": {"x": lambda d: d["age"] ** 2},
    "y ~ arm * week + center(age)": {"x": lambda d: d["age"] - d["age"].mean()},
    "y ~ arm * week + poly(age, 2, raw=True)": {"x": lambda d: d["age"], "z": lambda d: d["age"] ** 2},
}


@pytest.mark.parametrize("formula", EXPRESSIONS)
def test_expressions_are_the_columns_that_they_name(formula):
    frame = trial().assign(**EXPRESSIONS[formula])
    fit = fitted(frame, formula)
    other = fitted(frame, " + ".join(["y ~ arm * week", *EXPRESSIONS[formula]]))
    assert fit.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-9)
    asked_everything(fit, frame)
    np.testing.assert_allclose(fit.predict(frame.iloc[:3]), other.predict(frame.iloc[:3]), rtol=1e-8)


@pytest.mark.parametrize("left", ["np.log(count + 0.5)", "log(count + 0.5)", "{np.log(count + 0.5)}"])
def test_the_outcome_may_be_an_expression(left):
    frame = trial().assign(response=np.log(trial()["count"] + 0.5))
    fit = fitted(frame, f"{left} ~ arm * week")
    assert fit.log_likelihood == pytest.approx(fitted(frame, "response ~ arm * week").log_likelihood, rel=1e-12)
    asked_everything(fit, frame)
    fit.predict(frame.assign(count=-5))  # a prediction does not look at the outcome


@pytest.mark.parametrize(
    "formula",
    ["y ~ C(arm, contr.sum) * week + base", "y ~ 0 + arm * week + base", "y ~ arm:week + base - 1",
     "y ~ arm * C(week) + base", "y ~ week + arm:week + base", "y ~ C(arm, contr.helmert) * week + base"],
)  # fmt: skip
def test_codings_give_the_same_differences(formula):
    fit = fitted(trial(), formula)
    np.testing.assert_allclose(fit.contrasts("arm", by="week")["p_value"],
                               fitted(trial()).contrasts("arm", by="week")["p_value"], rtol=1e-6)  # fmt: skip
    asked_everything(fit, trial())


def test_poly_bs_and_the_like_learn_once_and_predict_alike():
    for term in ("poly(age, 2)", "bs(age, df=4)", "scale(age)", "cr(age, df=3)"):
        fit = fitted(trial(), f"y ~ arm * week + {term}")
        asked_everything(fit, trial())
        few = trial().iloc[20:25]
        np.testing.assert_allclose(fit.predict(few), fit.predict(trial()).loc[few.index], rtol=1e-9)


def test_numbers_in_c_are_categories():
    frame = trial().assign(code=trial()["arm"].map({"a": 1, "b": 2, "c": 3}))
    fit = fitted(frame, "y ~ C(code) * week + base")
    assert fit.log_likelihood == pytest.approx(fitted(trial()).log_likelihood)
    assert list(fit.adjusted_means("code")["code"]) == [1, 2, 3]
    with pytest.raises(UsageError, match="category in C\\(code\\) and a number"):
        fitted(frame, "y ~ C(code) * week + np.log(code)")


def test_the_visit_need_not_stand_in_the_formula_nor_several_arms():
    fit = fitted(trial(), "y ~ base")
    assert list(fit.visit_covariance) == [4, 8, 12]
    asked_everything(fit, trial())
    with pytest.raises(UsageError, match="'week' is no category of the model"):
        fit.adjusted_means("week")


def test_the_patient_may_stand_in_the_formula():
    fit = fitted(trial(), "y ~ arm * week + patient")
    asked_everything(fit, trial())


MISTAKES = {
    "y ~ arm *": "cannot be read",
    "y ~ arm + (week": "cannot be read",
    "y ~ arm ~ week": "cannot be read",
    "y ~ .": "cannot be read",
    "": "no left side",
    "y": "no left side",
    "~ arm": "no left side",
    "y ~ arm | week": "several parts",
    "y + age ~ arm": "one outcome",
    "y - base ~ arm": "one outcome",
    "y:age ~ arm": "one outcome",
    "y ~ nope * week": "no column 'nope'",
    "nope ~ arm * week": "no column 'nope'",
    "y ~ poly(nope, 2)": "no column 'nope'",
    "y ~ foo(age)": "no function",
    "y ~ np.nope(age)": "cannot be computed",
    "y ~ log(arm)": "cannot be computed",
    "y ~ np.log(week)": "cannot be computed",
    "y ~ C(age > 50)": "by a calculation",
    "y ~ C(arm + clinic)": "cannot be computed|by a calculation",
    "y ~ np.random.normal(size=3)": "cannot be computed",
    "y ~ arm + (age > 50)": "cannot be read",
    "np.log(y) ~ arm": "no finite number in .* rows",
    "y ~ arm + np.log(base - 10)": "no finite number in .* rows",
    "arm ~ week": "arm must be numbers",
    "y ~ 0": "No coefficient",
}


@pytest.mark.parametrize("formula", MISTAKES)
def test_formulas_that_cannot_be_meant(formula):
    with pytest.raises(OutcomesError, match=MISTAKES[formula]) as caught:
        fitted(trial(), formula)
    assert caught.value.fix
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("formula", [5, None, ["y ~ arm"]])
def test_a_formula_is_a_text(formula):
    with pytest.raises(UsageError, match="The formula is"):
        fitted(trial(), formula)


ARGUMENTS = [
    ({"subject": "nope"}, "no column 'nope'"), ({"visit": "nope"}, "no column 'nope'"),
    ({"subject": "patint"}, "patient"), ({"subject": None}, "needs data"), ({"visit": "patient"}, "both 'patient'"),
    ({"group": "nope"}, "no column"), ({"weights": "nope"}, "no column"), ({"frequency": "nope"}, "no column"),
    ({"weights": "arm"}, "arm must be numbers"), ({"frequency": "clinic"}, "clinic must be numbers"),
    ({"weights": np.ones(3)}, "named by its name"), ({"group": "week"}, "same in all rows of a patient"),
    ({"covariance": "UN"}, "us, toep"), ({"covariance": ["us"]}, "not known"), ({"vcov": "CR2"}, "cr2"),
    ({"vcov": None}, "model"), ({"df": "kr"}, "kenward_roger_linear"), ({"df": 5}, "not known"),
    ({"covariance": "sp_exp"}, "needs coordinates"), ({"coordinates": "week"}, "takes no coordinates"),
    ({"covariance": "sp_exp", "coordinates": "arm"}, "arm must be numbers"),
    ({"covariance": "sp_exp", "coordinates": "date"}, "days"),
    ({"vcov": "cr2", "df": "kenward_roger"}, "Kenward-Roger corrects"),
    ({"vcov": "cr2", "df": "kenward_roger_linear"}, "Bell-McCaffrey"),
    ({"reml": False, "df": "kenward_roger"}, "needs REML"), ({"formula": "y ~ arm * week + text"}, "no column"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "words"), ARGUMENTS, ids=lambda one: str(one)[:40])
def test_arguments_that_cannot_be_meant(options, words):
    with pytest.raises(OutcomesError, match=words) as caught:
        fitted(trial().assign(date=START), **options)
    assert caught.value.fix


@pytest.mark.parametrize(
    "data", [None, 5, "file.csv", {"y": [1]}, np.ones(3), trial().head(0), trial()[["patient", "week"]]]
)
def test_data_that_cannot_be_used(data):
    with pytest.raises(OutcomesError) as caught:
        fitted(data)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("change", "words"),
    [({"y": lambda d: d["y"].astype(str)}, "y must be numbers; it is str"), ({"y": np.nan}, "No row has a value"),
     ({"y": lambda d: d["y"] + 1j}, "complex"), ({"y": START}, "y must be numbers")],
)  # fmt: skip
def test_outcomes_that_are_no_numbers(change, words):
    with pytest.raises(OutcomesError, match=words):
        fitted(trial().assign(**change))


def test_two_columns_of_one_name():
    with pytest.raises(DataRefused, match="Two columns are named 'y'"):
        fitted(pd.concat([trial(), trial()["y"]], axis=1))


def test_kenward_roger_left_out_becomes_bell_mccaffrey_and_is_refused_when_written():
    fit = fitted(trial(), vcov="cr2")
    assert "CR2 errors by patient, Bell-McCaffrey" in repr(fit)
    with pytest.raises(UsageError, match="Kenward-Roger corrects"):
        fit.contrasts("arm", df="kenward_roger_linear")
    assert fitted(trial(), reml=False).df == "satterthwaite"
    with pytest.raises(UsageError, match="needs REML"):
        fitted(trial(), reml=False).coefficients("kenward_roger")


def test_gaps_are_counted_by_column():
    frame = trial().copy()
    frame.loc[[1, 2], "y"] = np.nan
    frame.loc[2, "base"] = np.nan
    frame.loc[4, "patient"] = np.nan
    note = fitted(frame).notes[0]
    assert note.startswith(f"3 of {len(frame)} rows left out")
    assert all(words in note for words in ("y (2)", "base (1)", "patient (1)"))


def test_a_covariate_may_be_part_of_the_outcome():
    frame = trial().assign(change=trial()["y"] - trial()["base"])
    fit, other = fitted(frame, "I(y - base) ~ arm * week + base"), fitted(frame, "change ~ arm * week + base")
    assert fit.log_likelihood == pytest.approx(other.log_likelihood)
    holed = frame.assign(base=frame["base"].where(frame.index != 3))
    np.testing.assert_allclose(fit.predict(holed), other.predict(holed))
    assert np.isnan(fit.predict(holed)[3])
    np.testing.assert_allclose(fit.predict(frame.drop(columns="y"), conditional=True), fit.predict(frame))
