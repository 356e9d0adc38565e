"""Chapter 2: a row that was set aside may have been the first treatment; then its course is not analysed."""

from __future__ import annotations

from analytics.intake.flow import count
from tests.unit.intake.build import cohort, excluded, sifted

DATED = """
    patient | date       | treatment | side | texture
    ann     | 2024-02-01 | peel      |      | 5
    bob     | 2024-02-01 | mda       |      | 5
    cat     | 2024-02-01 | mda       |      | 5
"""


def out(rejected: str, sessions: str = DATED) -> dict[str, str]:
    return excluded(cohort(sifted(sessions, rejected=rejected)))


def test_a_row_at_or_before_the_start_takes_the_course_out():
    assert out("""
        patient | date       | treatment | readable_patient
        ann     | 2024-01-05 | peel      | yes
        bob     | 2024-02-01 |           | yes
    """) == {"ann": "set_aside_session", "bob": "set_aside_session"}


def test_an_undated_row_takes_the_course_out():
    assert out("""
        patient | date | treatment | readable_patient
        ann     |      | peel      | yes
    """) == {"ann": "set_aside_session"}


def test_a_later_row_or_one_of_an_unreadable_patient_does_not():
    assert (
        out("""
        patient | date       | treatment | readable_patient
        ann     | 2024-02-02 | peel      | yes
        bob     | 2024-01-05 | mda       | no
    """)
        == {}
    )


def test_a_row_that_says_that_nothing_was_done_does_not():
    assert out("""
        patient | date       | treatment | readable_patient | possible_treatment
        ann     | 2024-01-05 |           | yes              | no
        bob     | 2024-01-05 |           | yes              | yes
    """) == {"bob": "set_aside_session"}


def test_an_accepted_row_of_the_same_patient_day_side_and_treatment_shows_what_it_was():
    assert out("""
        patient | date       | treatment | side | readable_patient
        ann     | 2024-02-01 | peel      |      | yes
        bob     | 2024-02-01 | peel      |      | yes
        cat     | 2024-02-01 | mda       | left | yes
    """) == {"bob": "set_aside_session", "cat": "set_aside_session"}


def test_a_row_of_the_other_side_says_nothing_about_this_one():
    sessions = """
        patient | date       | treatment | side  | texture
        ann     | 2024-02-01 | peel      | left  | 5
        bob     | 2024-02-01 | mda       | right | 5
    """
    assert out(
        """
        patient | date       | treatment | side  | readable_patient
        ann     | 2024-01-05 | peel      | right | yes
        bob     | 2024-01-05 | peel      |       | yes
        """,
        sessions,
    ) == {"bob": "set_aside_session"}


def test_files_with_visit_numbers_are_left_alone():
    sessions = """
        patient | visit | treatment | texture
        ann     | 0     | peel      | 5
        ann     | 12    | peel      | 4
        bob     | 0     | mda       | 5
        bob     | 12    | mda       | 4
    """
    assert (
        out(
            """
        patient | visit | treatment | readable_patient
        ann     | 0     | peel      | yes
        bob     |       |           | yes
    """,
            sessions,
        )
        == {}
    )


def test_it_is_counted_in_the_flow_by_arm():
    made = cohort(
        sifted(
            DATED,
            rejected="""
        patient | date       | treatment | readable_patient
        bob     | 2024-01-05 |           | yes
    """,
        )
    )
    assert count(made, "set_aside_session") == 1
    assert count(made, "set_aside_session", arm="microdermabrasion") == 1
    assert count(made, "set_aside_session", arm="chemical_peel") == 0
    assert count(made, "received", unit="rows") == 4
    assert count(made, "set_aside", unit="rows") == 1
