"""Chapter 8: what may be adjusted for is what was known when treatment began."""

from __future__ import annotations

import math

from analytics.domain.cohort import Estimand
from analytics.intake import flow
from analytics.intake.select import sample
from tests.unit.intake.build import cohort, plan

TABLE = """
    patient | date       | treatment | texture | age | skin_type | fitzpatrick
    ann     | 2024-01-01 |           | 6       | 30  | dry       |
    ann     | 2024-01-05 | peel      | 6       |     | oily      | 3
    ann     | 2024-03-25 |           | 4       | 31  | normal    | 4
    bob     | 2024-01-05 | mda       | 6       | 40  |           |
    bob     | 2024-03-25 |           | 5       | 41  | dry       | 2
    cat     | 2024-01-05 | mda       | 6       |     | dry       | 3
    cat     | 2024-03-25 |           | 5       | 60  |           |
"""


def known(made, column: str) -> dict[str, object]:
    return dict(zip(made.members["patient"], made.members[column]))


def test_the_last_value_up_to_time_zero_and_never_a_later_one():
    made = cohort(TABLE)
    assert known(made, "skin_type") == {"ann": "oily", "bob": "unknown", "cat": "dry"}
    assert known(made, "fitzpatrick") == {"ann": "3", "bob": "unknown", "cat": "3"}
    age = known(made, "age")
    assert (age["ann"], age["bob"]) == (30, 40)
    assert math.isnan(age["cat"])


def test_sessions_before_consultations_before_patients():
    made = cohort(
        TABLE,
        consultations="""
        patient | consultation_date | skin_type | concerns
        ann     | 2023-12-01        | normal    | acne
        bob     | 2023-12-01        | normal    | acne
        bob     | 2023-12-20        | oily      | scars;acne
        bob     | 2024-02-01        | dry       | ageing
        """,
        patients="""
        patient | birth_year | sex    | fitzpatrick | skin_type
        ann     | 1990       | female | 6           | sensitive
        bob     | 1980       | male   | 5           | sensitive
        cat     | 1965       | female | 1           | sensitive
        """,
    )
    assert known(made, "skin_type") == {"ann": "oily", "bob": "oily", "cat": "dry"}
    assert known(made, "fitzpatrick") == {"ann": "3", "bob": "5", "cat": "3"}
    assert known(made, "concerns") == {"ann": "acne", "bob": "scars;acne", "cat": "unknown"}
    assert known(made, "sex") == {"ann": "female", "bob": "male", "cat": "female"}


def test_age_is_worked_out_from_the_year_of_birth_where_it_is_not_recorded():
    made = cohort(
        TABLE,
        patients="""
        patient | birth_year
        ann     | 1900
        cat     | 1965
    """,
    )
    assert known(made, "age") == {"ann": 30, "bob": 40, "cat": 2024 - 1965}


def test_age_from_a_date_of_birth_is_in_whole_years():
    made = cohort(
        TABLE,
        patients="""
        patient | birth_date
        cat     | 1964-01-06
        bob     | 1980-01-04
    """,
    )
    assert known(made, "age")["cat"] == 59
    assert known(made, "age")["bob"] == 40


def test_covariates_are_categories_or_numbers_by_their_column():
    assert cohort(TABLE).covariates == {"age": "number", "skin_type": "category", "fitzpatrick": "category"}


def test_constant_and_absent_covariates_are_dropped_with_a_note():
    made = cohort("""
        patient | date       | treatment | texture | age | skin_type
        ann     | 2024-01-05 | peel      | 6       | 30  | dry
        bob     | 2024-01-05 | mda       | 6       | 40  | dry
    """)
    assert made.covariates == {"age": "number"}
    assert "covariate skin_type left out: it is the same for everybody" in made.notes
    assert "covariate fitzpatrick left out: it is not in the data" in made.notes


def test_a_named_covariate_that_is_there_but_constant_is_dropped_too():
    made = cohort(TABLE.replace("oily", "dry"), plan(covariates=["skin_type"]))
    assert made.covariates == {"skin_type": "category"}  # dry and unknown
    recorded_later = cohort(
        """
        patient | date       | treatment | texture | skin_type
        ann     | 2024-01-05 | peel      | 6       |
        bob     | 2024-01-05 | mda       | 6       |
        bob     | 2024-02-05 | mda       | 6       | dry
    """,
        plan(covariates=["skin_type"]),
    )
    assert recorded_later.covariates == {}
    assert "covariate skin_type left out: it is not recorded before the first treatment" in recorded_later.notes


def test_patients_without_a_number_are_left_out_where_it_is_adjusted_for_and_counted():
    made = cohort(TABLE)
    adjusted = sample(made, Estimand("texture_grade", 12.0, "all", made.plan.arms, "ancova", "covariates"))
    assert set(adjusted.rows["patient"]) == {"ann", "bob"}
    assert "1 patient left out: a covariate is not recorded" in adjusted.notes
    plain = sample(made, Estimand("texture_grade", 12.0, "all", made.plan.arms, "ancova", "none"))
    assert set(plain.rows["patient"]) == {"ann", "bob", "cat"}
    assert flow.count(made, "without_covariate") == 1
    assert flow.count(made, "without_covariate", arm="microdermabrasion") == 1
    assert flow.count(made, "analysed") == 3


def test_clinics_are_a_category_with_unknown():
    made = cohort("""
        patient | clinic | date       | treatment | texture
        ann     | north  | 2024-01-05 | peel      | 6
        bob     | south  | 2024-01-05 | mda       | 6
        cat     |        | 2024-01-05 | mda       | 6
    """)
    assert sorted(made.members["clinic_id"]) == ["north", "south", "unknown"]
    assert made.covariates == {"clinic_id": "category"}


def test_what_differs_between_sides_on_one_day_belongs_to_the_side():
    made = cohort(
        """
        patient | date       | treatment | side  | texture | indication | age
        ann     | 2024-01-05 | peel      | left  | 6       | scars      | 30
        ann     | 2024-01-05 | peel      | right | 6       | acne       | 30
        bob     | 2024-01-05 | mda       | left  | 6       | acne       |
        bob     | 2024-01-05 | mda       | right | 6       |            | 40
    """,
        plan(covariates=["indication", "age"]),
    )
    places = zip(made.members["patient"], made.members["side"])
    assert dict(zip(places, made.members["indication"])) == {
        ("ann", "left"): "scars", ("ann", "right"): "acne", ("bob", "left"): "acne", ("bob", "right"): "acne",
    }  # fmt: skip
    assert list(made.members["age"]) == [30, 30, 40, 40]


def test_the_depth_of_the_first_peel_stands_with_its_patient():
    made = cohort("""
        patient | date       | treatment | peel_agent    | peel_percent | peel_depth  | texture
        ann     | 2024-01-05 | peel      | glycolic_acid | 70           | superficial | 6
        ann     | 2024-02-05 | peel      | glycolic_acid | 20           |             | 6
        bob     | 2024-01-05 | mda       |               |              |             | 6
        cat     | 2024-01-05 | peel      | other         |              | medium      | 6
        dan     | 2024-01-05 | peel      |               |              |             | 6
    """)
    assert known(made, "peel_depth") == {"ann": "medium", "bob": "", "cat": "medium", "dan": ""}
