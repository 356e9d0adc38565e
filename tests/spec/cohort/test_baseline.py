"""Chapter 3: which reading is the baseline. Never one that was taken after a treatment."""

from __future__ import annotations

import math

import pytest

from tests.unit.intake.build import cohort, plan, values, vocabulary_of

BOB = """
        bob     | 2024-02-01       | mda       | 7       |        |"""


def baseline(rows: str, outcome: str = "texture_grade") -> dict[str, float]:
    made = cohort("patient | date | treatment | texture | timing | hours\n" + rows.strip() + BOB)
    return {who: value for (who, visit), value in values(made, outcome).items() if visit == 0 and who != "bob"}


def test_the_last_reading_before_the_first_treatment():
    assert baseline("""
        ann | 2024-01-10 |      | 3 |  |
        ann | 2024-01-20 |      | 4 |  |
        ann | 2024-02-01 | peel |   |  |
        ann | 2024-02-08 | peel | 5 |  |
    """) == {"ann": 4}


def test_at_most_thirty_days_old():
    assert baseline("""
        ann | 2024-01-02 |      | 3 |  |
        ann | 2024-02-01 | peel |   |  |
        cat | 2024-01-01 |      | 3 |  |
        cat | 2024-02-01 | peel |   |  |
    """) == {"ann": 3}


def test_scores_on_the_row_of_the_treatment_were_taken_before_it():
    assert baseline("ann | 2024-02-01 | peel | 5 |  |") == {"ann": 5}


@pytest.mark.parametrize("said", ["post |", "| 0", "| 1.5", "pre | 2"])
def test_unless_the_row_says_that_they_were_taken_after_it(said):
    assert baseline(f"""
        ann | 2024-01-20 |      | 4 |  |
        ann | 2024-02-01 | peel | 5 | {said}
    """) == {"ann": 4}


def test_a_reading_of_the_same_day_counts_if_its_row_says_before():
    assert baseline("""
        ann | 2024-02-01 | peel |   |     |
        ann | 2024-02-01 |      | 5 | pre |
    """) == {"ann": 5}


def test_a_reading_of_the_same_day_counts_if_it_is_stamped_before_the_session():
    assert baseline("""
        ann | 2024-02-01 10:00 | peel |   |  |
        ann | 2024-02-01 09:30 |      | 5 |  |
        cat | 2024-02-01 10:00 | peel |   |  |
        cat | 2024-02-01 10:30 |      | 5 |  |
        dan | 2024-02-01 10:00 | peel |   |  |
        dan | 2024-02-01 10:00 |      | 5 |  |
    """) == {"ann": 5}


def test_a_reading_of_the_same_day_of_which_nothing_is_said_does_not_count():
    assert (
        baseline("""
        ann | 2024-02-01 | peel |   |  |
        ann | 2024-02-01 |      | 5 |  |
    """)
        == {}
    )


def test_scores_on_a_second_session_of_the_first_day_are_of_treated_skin():
    assert baseline("""
        ann | 2024-02-01 09:00 | peel | 5 |  |
        ann | 2024-02-01 15:00 | peel | 8 |  |
    """) == {"ann": 5}


def test_readings_of_one_day_by_other_raters_are_averaged_and_nothing_else():
    made = cohort("""
        patient | date       | treatment | rater_id | timing | texture
        ann     | 2024-01-20 |           | r1       |        | 9
        ann     | 2024-02-01 | peel      | r1       |        | 5
        ann     | 2024-02-01 | peel      | r2       |        | 6
        ann     | 2024-02-01 | peel      | r2       | post   | 9
        bob     | 2024-02-01 | mda       | r1       |        | 4
    """)
    row = made.table[(made.table["patient"] == "ann") & (made.table["visit"] == 0)].iloc[0]
    assert (row["value"], row["n_readings"], row["derivation"]) == (5.5, 2, "averaged")
    other = made.table[(made.table["patient"] == "bob") & (made.table["visit"] == 0)].iloc[0]
    assert (other["value"], other["n_readings"], other["derivation"]) == (4, 1, "observed")


def test_each_outcome_has_its_own_last_reading():
    made = cohort("""
        patient | date       | treatment | texture | lesions
        ann     | 2024-01-10 |           | 3       | 30
        ann     | 2024-01-20 |           | 4       |
        ann     | 2024-02-01 | peel      |         |
        bob     | 2024-02-01 | mda       | 6       | 20
    """)
    assert values(made)["ann", 0] == 4
    assert values(made, "inflammatory_lesions")["ann", 0] == 30


def test_change_is_value_minus_baseline_and_blank_without_one():
    made = cohort("""
        patient | date       | treatment | texture
        ann     | 2024-02-01 | peel      | 5
        ann     | 2024-04-25 |           | 3
        bob     | 2024-02-01 | mda       |
        bob     | 2024-04-25 |           | 4
    """)
    change = values(made, column="change")
    assert change["ann", 12] == -2
    assert math.isnan(change["bob", 12])
    assert values(made)["bob", 12] == 4


def test_an_impression_of_change_has_no_baseline():
    made = cohort("""
        patient | date       | treatment | gais
        ann     | 2024-02-01 | peel      | 3
        ann     | 2024-04-25 |           | 1
        bob     | 2024-02-01 | mda       |
        bob     | 2024-04-25 |           | 4
    """)
    assert values(made, "gais") == {("ann", 12): 1, ("bob", 12): 4}


def test_uptake_has_a_baseline_only_if_it_was_measured_before_any_treatment():
    made = cohort("""
        patient | date       | treatment | timing | hours | uptake
        ann     | 2024-02-01 | peel      |        |       | 30
        ann     | 2024-04-25 |           |        | 48    | 35
        bob     | 2024-02-01 | mda       | pre    |       | 10
        bob     | 2024-04-25 |           |        | 48    | 25
        cat     | 2024-01-25 |           |        |       | 12
        cat     | 2024-02-01 | mda       |        | 1     | 40
        cat     | 2024-04-25 |           |        | 48    | 20
    """)
    assert values(made, "absorbed_percent") == {
        ("ann", 12): 35, ("bob", 0): 10, ("bob", 12): 25, ("cat", 0): 12, ("cat", 12): 20,
    }  # fmt: skip


def test_a_reading_too_soon_after_an_earlier_session_is_no_baseline_either():
    vocabulary = vocabulary_of(outcomes=[{"id": "redness", "washout_hours": 10_000 * 24}])
    made = cohort(
        """
        patient | date       | treatment | redness
        ann     | 2023-01-10 | roller    |
        ann     | 2024-01-31 |           | 9
        ann     | 2024-02-01 | peel      |
        bob     | 2024-01-31 |           | 4
        bob     | 2024-02-01 | mda       |
        """,
        plan(arms=["mda", "peel"]),
        vocabulary=vocabulary,
    )
    assert values(made, "redness") == {("bob", 0): 4}
