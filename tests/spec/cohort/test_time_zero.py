"""Chapter 1: when a patient's clock starts, and who is not a new start. One paragraph per rule of statistics.md 1."""

from __future__ import annotations

import pandas as pd

from tests.unit.intake.build import ARMS, cohort, excluded, plan

MDA_AND_PEEL = plan(arms=["mda", "peel"])


def arms(made) -> dict[str, str]:
    return dict(zip(made.members["patient"], made.members["arm"]))


def starts(made) -> dict[str, str]:
    return {p: f"{s:%Y-%m-%d}" for p, s in zip(made.members["patient"], made.members["start"])}


def test_time_zero_is_the_first_session_and_its_treatment_is_the_arm():
    made = cohort("""
        patient | date       | treatment | texture
        ann     | 2024-02-01 | peel      |
        ann     | 2024-01-10 | peel      | 5
        ann     | 2024-03-01 | mda       |
        bob     | 2024-01-20 |           | 6
        bob     | 2024-01-25 | mda       |
    """)
    assert arms(made) == {"ann": ARMS["peel"], "bob": ARMS["mda"]}
    assert starts(made) == {"ann": "2024-01-10", "bob": "2024-01-25"}
    assert set(made.members["design"]) == {"parallel"}


def test_a_patient_without_a_treatment_of_the_plan_is_not_in_it():
    made = cohort(
        """
        patient | date       | treatment | texture
        ann     | 2024-01-10 | peel      | 5
        bob     | 2024-01-10 | mda       | 5
        cat     | 2024-01-10 | roller    | 5
        dan     | 2024-01-10 |           | 5
        """,
        MDA_AND_PEEL,
    )
    assert set(arms(made)) == {"ann", "bob"}
    assert excluded(made) == {"cat": "no_treatment", "dan": "no_treatment"}


def test_a_later_session_number_at_the_start_means_that_treatment_had_begun():
    made = cohort("""
        patient | date       | treatment | session_no | texture
        ann     | 2024-01-10 | peel      | 1          | 5
        bob     | 2024-01-10 | mda       | 3          | 5
        cat     | 2024-01-10 | mda       |            | 5
    """)
    assert excluded(made) == {"bob": "prevalent"}


def test_two_sessions_of_the_first_day_numbered_one_and_two_are_a_start():
    made = cohort("""
        patient | date       | treatment | session_no | texture
        ann     | 2024-01-10 | peel      | 2          | 5
        ann     | 2024-01-10 | peel      | 1          | 5
        bob     | 2024-01-10 | mda       | 1          | 5
    """)
    assert excluded(made) == {}


def test_a_treatment_outside_the_plan_on_the_day_before_is_history():
    made = cohort(
        """
        patient | date       | treatment | texture
        ann     | 2024-01-09 | roller    |
        ann     | 2024-01-10 | peel      | 5
        bob     | 2024-01-10 | mda       | 5
        """,
        MDA_AND_PEEL,
    )
    assert excluded(made) == {"ann": "prevalent"}


def test_any_treatment_in_the_180_days_before_makes_a_start_a_continuation():
    made = cohort(
        """
        patient | date       | treatment | texture
        ann     | 2024-01-01 | roller    |
        ann     | 2024-06-29 | peel      | 5
        bob     | 2024-01-01 | roller    |
        bob     | 2024-06-30 | mda       | 5
        cat     | 2024-06-30 | mda       | 5
        """,
        MDA_AND_PEEL,
    )
    assert pd.Timestamp("2024-06-29") - pd.Timestamp("2024-01-01") == pd.Timedelta(days=180)
    assert excluded(made) == {"ann": "prevalent"}


def test_a_treatment_half_a_year_before_on_other_skin_is_no_history_of_this_one():
    made = cohort(
        """
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | roller    | left  |
        ann     | 2024-02-01 | peel      | right | 5
        bob     | 2024-02-01 | mda       | right | 5
        """,
        MDA_AND_PEEL,
    )
    assert excluded(made) == {}
    assert arms(made) == {"ann": ARMS["peel"], "bob": ARMS["mda"]}


def test_two_treatments_on_one_side_on_the_first_day_are_combined_and_not_an_arm():
    made = cohort(
        """
        patient | date       | treatment | texture
        ann     | 2024-01-10 | peel      | 5
        ann     | 2024-01-10 | mda       |
        bob     | 2024-01-10 | mda       | 5
        bob     | 2024-01-10 | roller    |
        cat     | 2024-01-10 | peel      | 5
        cat     | 2024-01-24 | mda       |
        """,
        MDA_AND_PEEL,
    )
    assert excluded(made) == {"ann": "combined", "bob": "combined"}
    assert arms(made) == {"cat": ARMS["peel"]}


def test_courses_count_by_their_start_date_both_days_included():
    table = """
        patient | date       | treatment | texture
        ann     | 2024-01-09 | peel      | 5
        ann     | 2024-01-12 | peel      | 5
        bob     | 2024-01-10 | mda       | 5
        cat     | 2024-01-20 | peel      | 5
        dan     | 2024-01-21 | mda       | 5
    """
    made = cohort(table, plan(data={"from": "2024-01-10", "to": "2024-01-20"}))
    assert excluded(made) == {"ann": "outside_dates", "dan": "outside_dates"}


def test_only_the_clinics_of_the_plan_by_the_clinic_of_the_first_session():
    made = cohort(
        """
        patient | clinic | date       | treatment | texture
        ann     | north  | 2024-01-09 | peel      | 5
        bob     | south  | 2024-01-10 | mda       | 5
        cat     | north  | 2024-01-20 | mda       | 5
        """,
        plan(data={"clinics": ["north"]}),
    )
    assert excluded(made) == {"south|bob": "other_clinic"}
    assert set(made.members["clinic_id"]) == {"north"}


def test_rows_after_the_cut_off_are_not_looked_at():
    made = cohort(
        """
        patient | date       | treatment | texture
        ann     | 2024-01-01 | peel      | 5
        ann     | 2024-03-25 |           | 3
        bob     | 2024-01-01 | mda       | 6
        bob     | 2024-03-26 |           | 4
        cat     | 2024-04-01 | mda       | 6
        """,
        plan(data={"cutoff": "2024-03-25"}),
    )
    assert excluded(made) == {"cat": "after_cutoff"}
    assert set(made.table.loc[made.table["visit"] == 12, "patient"]) == {"ann"}


def test_a_course_counts_sessions_without_a_gap_and_never_ends_follow_up():
    made = cohort("""
        patient | date       | treatment | texture
        ann     | 2024-01-01 | peel      | 5
        ann     | 2024-01-15 | peel      |
        ann     | 2024-01-15 | peel      |
        ann     | 2024-04-08 | peel      |
        ann     | 2024-07-02 | peel      |
        bob     | 2024-01-01 | mda       | 6
        bob     | 2024-03-25 |           | 4
    """)
    sessions = dict(zip(made.members["patient"], made.members["sessions"]))
    # 15 January to 8 April are 84 days (no gap over 84), 8 April to 2 July are 85.
    assert sessions == {"ann": 3, "bob": 1}


def test_nothing_after_time_zero_leaves_a_patient_out():
    """Later switches, stops, events and missing readings leave everybody in."""
    made = cohort("""
        patient | date       | treatment | texture | event
        ann     | 2024-01-01 | peel      | 5       |
        ann     | 2024-01-20 | mda       |         | switch
        bob     | 2024-01-01 | mda       |         |
        cat     | 2024-01-01 | mda       | 6       | stop
        dan     | 2024-01-01 | peel      | 6       |
        dan     | 2024-03-25 |           | 4       | pregnancy
    """)
    assert excluded(made) == {}
    assert len(made.members) == 4
