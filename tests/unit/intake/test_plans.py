"""The plan in force: blanks filled from the data, and every name that is not there refused with the nearest ones."""

from __future__ import annotations

import pytest

from analytics.domain.errors import PlanRefused
from analytics.domain.plan import Plan
from analytics.domain.plan_file import load_plan
from analytics.intake.plans import blank_plan, check_plan, default_plan, resolve
from schemas.standard import STANDARD
from tests.unit.intake.build import ARMS, plan, sifted, vocabulary_of

TABLE = """
    patient | clinic | date             | treatment | texture | roughness_ra_um | visia_percentile | age
    ann     | north  | 2024-01-10 11:00 | roller    | 5       | 20              | 50               | 30
    bob     | north  | 2024-03-02 09:00 | mda       | 5       | 21              | 40               | 31
"""


def outcomes(items) -> list[str]:
    return [item.outcome for item in items]


def test_default_plan_takes_what_is_in_the_data_in_the_vocabularys_order():
    made = default_plan(sifted(TABLE))
    assert made.arms == (ARMS["mda"], ARMS["roller"])
    assert outcomes(made.primary) == ["texture_grade"]
    assert outcomes(made.secondary) == ["roughness_ra_um"]  # a percentile is shown, never averaged
    assert made.visits.weeks == (4, 8, 12)
    assert made.visits.primary == 12
    assert made.covariates == ("age", "clinic_id")
    assert made.data.cutoff.isoformat() == "2024-03-02"


def test_the_mappings_own_outcomes_are_primary_where_the_usual_three_are_absent():
    vocabulary = vocabulary_of(outcomes=[{"id": "my_score"}])
    table = TABLE.replace("texture", "my_score")
    made = default_plan(sifted(table, vocabulary=vocabulary))
    assert outcomes(made.primary) == ["my_score"]
    assert outcomes(made.secondary) == ["roughness_ra_um"]
    assert outcomes(default_plan(sifted(TABLE.replace("texture", "unheard"))).primary) == ["roughness_ra_um"]


def test_one_treatment_or_no_outcome_is_refused():
    with pytest.raises(PlanRefused, match="only dermal_roller was given"):
        resolve(None, sifted(TABLE.replace("mda", "roller")))
    with pytest.raises(PlanRefused, match="no outcome to compare"):
        resolve(
            None,
            sifted("""
            patient | date       | treatment
            ann     | 2024-01-10 | roller
            bob     | 2024-01-10 | mda
        """),
        )


def test_without_a_plan_nothing_was_planned():
    assert not resolve(None, sifted(TABLE)).planned
    assert resolve(plan(title="Mine"), sifted(TABLE)).planned


def test_a_plan_keeps_what_was_written_and_fills_the_rest():
    made = resolve(plan(title="Mine", primary=["roughness_ra_um"], confidence_level=0.9), sifted(TABLE)).plan
    assert (made.title, made.confidence_level) == ("Mine", 0.9)
    assert made.arms == (ARMS["mda"], ARMS["roller"])
    assert outcomes(made.primary) == ["roughness_ra_um"]
    assert made.secondary == ()  # who names the primary outcome says what is looked at


def test_resolving_twice_changes_nothing():
    once = resolve(None, sifted(TABLE)).plan
    assert resolve(once, sifted(TABLE)).plan == once


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"arms": ["microdermabrasion", "dermal_rolller"]}, r"no arm 'dermal_rolller' \(nearest: dermal_roller"),
        ({"arms": ["mda", "peel"]}, r"arm 'chemical_peel' is not in the data"),
        ({"primary": ["texture_grad"]}, r"no outcome 'texture_grad' \(nearest: texture_grade"),
        ({"secondary": ["acne_iga"]}, r"outcome 'acne_iga' is not in the data"),
        ({"primary": ["visia_percentile"]}, "shown, never averaged"),
        ({"covariates": ["agee"]}, r"covariates\.1: there is no column 'agee' for a covariate \(nearest: age\)"),
        ({"covariates": ["age", "sex"]}, r"covariate 'sex' is not in the data"),
        (
            {"covariates": ["session_date"]},
            r"'session_date' tells who, where or when.*\(columns that can be used: age, cl",
        ),
        ({"subgroups": ["side"]}, "subgroup 'side' tells who, where or when, not what a patient is like"),
        ({"covariates": ["planned_sessions"]}, "'planned_sessions' tells who, where or when"),
        ({"covariates": ["texture_grade"]}, "'texture_grade' is an outcome; only its own baseline is adjusted for"),
        ({"subgroups": ["qqq"]}, r"no column 'qqq' for a subgroup \(columns that can be used: age, clinic_id\)"),
        ({"subgroups": ["skin_type"]}, r"subgroup 'skin_type' is not in the data"),
        ({"data": {"clinics": ["nort"]}}, r"clinic 'nort' is not in the data \(nearest: north\)"),
        ({"primary": [{"outcome": "texture_grade", "method": "anova"}]}, r"no method 'anova' \(nearest: ancova"),
        (
            {"primary": [{"outcome": "texture_grade", "method": "negative_binomial"}]},
            "negative_binomial analyses count",
        ),
        ({"visits": {"weeks": [4, 7], "window_days": 11}}, "week 4 and week 7 overlap: they lie 21 days apart"),
        ({"visits": {"weeks": [4, 7], "window_days": 11}}, "the largest window_days that works is 10"),
        ({"visits": {"weeks": [4, 4.2]}}, "name weeks further apart"),
        ({"visits": {"window_days": 15}}, "overlap"),
        ({"reference": "chemical_peel"}, "reference 'chemical_peel' was not given"),
    ],
)
def test_what_is_named_and_not_there_is_refused(written, said):
    with pytest.raises(PlanRefused, match=said) as caught:
        resolve(plan(**written), sifted(TABLE))
    assert caught.value.exit_code == 12


def test_all_that_is_missing_is_told_at_once():
    said = r"(?s)covariate 'sex'.*arm 'chemical_peel'.*outcome 'acne_iga'.*reaches as far"
    with pytest.raises(PlanRefused, match=said) as caught:
        resolve(
            plan(arms=["mda", "peel"], primary=["acne_iga"], covariates=["sex"], visits={"window_days": 15}),
            sifted(TABLE),
        )
    assert "5 things to mend" in str(caught.value)


@pytest.mark.parametrize("window", [1, 9, 10, 11, 14])
def test_the_window_that_is_said_to_work_works_and_no_wider_one(window):
    weeks = {"weeks": [4, 7, 12], "window_days": window}
    if window <= 10:
        resolve(plan(visits=weeks), sifted(TABLE))
    else:
        with pytest.raises(PlanRefused, match="window_days that works is 10"):
            resolve(plan(visits=weeks), sifted(TABLE))


def test_overlapping_windows_are_no_missing_name():
    with pytest.raises(PlanRefused) as caught:
        resolve(plan(visits={"weeks": [4, 7], "window_days": 11}), sifted(TABLE))
    assert "not there" not in str(caught.value)
    assert "correct the name" not in str(caught.value)


def test_a_plan_file_is_told_by_its_name_and_line(tmp_path):
    path = tmp_path / "spring.yml"
    path.write_text("title: Spring\ncovariates: [age]\nsubgroups:\n  - agee\nprimary:\n  - {outcome: texture_grad}\n")
    with pytest.raises(PlanRefused) as caught:
        resolve(load_plan(path), sifted(TABLE))
    lines = str(caught.value).splitlines()
    assert lines[0] == "The plan spring.yml cannot be used; 2 things to mend:"
    assert lines[1].startswith("  line 4, subgroups.1: there is no column 'agee' for a subgroup (nearest: age")
    assert lines[2].startswith("  line 6, primary.1: there is no outcome 'texture_grad' (nearest: texture_grade")


def test_where_a_plan_was_written_says_nothing_about_it(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("title: Mine\n")
    assert load_plan(path) == plan(title="Mine")
    assert load_plan(path).sha256 == plan(title="Mine").sha256


def test_the_usual_covariates_are_a_suggestion_and_the_window_touches_are_fine():
    made = resolve(plan(visits={"weeks": [4, 8], "window_days": 14}), sifted(TABLE))
    assert made.plan.covariates == ("age", "clinic_id")
    assert made.notes == (
        "covariate skin_type left out: it is not in the data", "covariate fitzpatrick left out: it is not in the data",
    )  # fmt: skip
    written_out = plan(covariates=["age", "skin_type", "fitzpatrick", "clinic_id"])
    assert resolve(written_out, sifted(TABLE)).plan.covariates == ("age", "clinic_id")


def test_check_plan_looks_up_names_without_data():
    check_plan(
        plan(arms=["mda", "peel"], primary=["acne_iga"], covariates=["sex"], subgroups=["fitzpatrick"]), STANDARD
    )
    check_plan(blank_plan(), STANDARD)
    extra = vocabulary_of(treatments=["cream"])
    check_plan(plan(arms=["mda", "cream"]), extra)
    with pytest.raises(PlanRefused, match="no arm 'cream'"):
        check_plan(plan(arms=["mda", "cream"]), STANDARD)
    with pytest.raises(PlanRefused, match="no reference 'cream'"):
        check_plan(plan(reference="cream"), STANDARD)


def test_the_plan_given_is_not_changed():
    given = plan(arms=["mda", "roller"])
    before = given.canonical()
    resolve(given, sifted(TABLE))
    assert given.canonical() == before
    assert isinstance(given, Plan)
