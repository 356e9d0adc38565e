"""Chapter 4: which reading stands for a visit."""

from __future__ import annotations

import pytest

from analytics.domain.errors import PlanRefused
from analytics.intake.flow import count
from tests.unit.intake.build import cohort, plan, sifted, values

START = """
    patient | date       | treatment | texture | tewl | hours
    bob     | 2024-01-01 | mda       | 7       | 10   |
    ann     | 2024-01-01 | peel      | 6       | 10   |
"""


def texture(rows: str, written=None) -> dict[float, float]:
    made = cohort(START.rstrip() + "\n" + rows.strip(), written)
    return {visit: value for (who, visit), value in values(made).items() if who == "ann" and visit > 0}


def test_windows_reach_from_fourteen_days_before_to_thirteen_after():
    # Week 4 is day 28: days 14 to 41. Week 8 begins on day 42, week 12 ends with day 97.
    assert texture("ann | 2024-01-14 | | 1 | |") == {}  # day 13
    assert texture("ann | 2024-01-15 | | 1 | |") == {4: 1}  # day 14
    assert texture("ann | 2024-02-11 | | 1 | |") == {4: 1}  # day 41
    assert texture("ann | 2024-02-12 | | 1 | |") == {8: 1}  # day 42
    assert texture("ann | 2024-04-07 | | 1 | |") == {12: 1}  # day 97
    assert texture("ann | 2024-04-08 | | 1 | |") == {}  # day 98


def test_the_reading_nearest_to_the_nominal_day():
    assert texture("""
        ann | 2024-01-24 | | 1 | |
        ann | 2024-01-27 | | 2 | |
        ann | 2024-02-03 | | 3 | |
    """) == {4: 2}


def test_a_tie_goes_to_the_later_reading():
    assert texture("""
        ann | 2024-01-26 | | 1 | |
        ann | 2024-02-01 | | 2 | |
    """) == {4: 2}


def test_the_others_are_counted():
    made = cohort(
        START.rstrip()
        + """
    ann | 2024-01-10 | | 5 | |
    ann | 2024-01-26 | | 1 | |
    ann | 2024-02-01 | | 2 | |
    """.rstrip()
    )
    assert count(made, "not_nearest", unit="readings") == 1
    assert count(made, "no_visit", unit="readings") == 1
    assert count(made, "at_visit", unit="readings") == 1
    assert count(made, "at_baseline", unit="readings") == 4


def test_readings_of_the_nearest_day_by_several_raters_are_averaged():
    assert texture("""
        ann | 2024-01-28 | | 1 | |
        ann | 2024-01-29 | | 2 | |
        ann | 2024-01-29 | | 3 | |
    """) == {4: 2.5}


def test_weeks_and_window_are_the_plans():
    written = plan(visits={"weeks": [2, 6], "window_days": 3})
    assert texture("ann | 2024-01-14 | | 1 | |", written) == {2: 1}
    assert texture("ann | 2024-02-15 | | 1 | |", written) == {}
    assert texture("ann | 2024-02-14 | | 1 | |", written) == {6: 1}


def test_windows_that_overlap_are_refused_when_dated_data_meet_the_plan():
    with pytest.raises(PlanRefused, match="week 4 and week 6 overlap"):
        cohort(sifted(START), plan(visits={"weeks": [4, 6, 12]}))
    cohort(sifted(START), plan(visits={"weeks": [4, 6, 12], "window_days": 7}))


def test_a_barrier_reading_within_the_washout_of_a_session_is_not_eligible():
    # Barrier readings keep seven days away from a session.
    made = cohort(
        START.rstrip()
        + """
    ann | 2024-01-22 | peel |   |    |
    ann | 2024-01-28 |      | 3 | 30 |
    ann | 2024-02-05 |      | 3 | 12 |
    bob | 2024-01-22 | mda  |   |    |
    bob | 2024-01-29 |      | 3 | 20 |
    """.rstrip()
    )
    assert values(made, "tewl_g_m2_h") == {("ann", 0): 10, ("bob", 0): 10, ("ann", 4): 12, ("bob", 4): 20}
    assert count(made, "washout", unit="readings") == 1


def test_recorded_hours_since_the_session_decide_over_the_dates():
    made = cohort(
        START.rstrip()
        + """
    ann | 2024-01-22 | peel |   |    |
    ann | 2024-01-29 |      | 3 | 30 | 160
    bob | 2024-01-29 |      | 3 | 20 | 168
    """.rstrip()
    )
    assert ("ann", 4) not in values(made, "tewl_g_m2_h")
    assert values(made, "tewl_g_m2_h")["bob", 4] == 20


def test_scores_on_the_row_of_a_later_session_were_taken_before_that_session():
    made = cohort(
        START.rstrip()
        + """
    ann | 2024-01-22 | peel |   |    |
    ann | 2024-01-30 | peel | 3 | 12 |
    """.rstrip()
    )
    row = made.table[(made.table["visit"] == 4) & (made.table["outcome"] == "tewl_g_m2_h")].iloc[0]
    assert (row["value"], row["days_since_session"]) == (12, 8)


def test_days_and_hours_since_the_last_session_stand_in_the_table():
    made = cohort("""
        patient | date             | treatment | texture | hours
        ann     | 2024-01-01 10:00 | peel      | 6       |
        ann     | 2024-01-15 10:00 | peel      |         |
        ann     | 2024-01-27 16:00 |           | 4       |
        bob     | 2024-01-01       | mda       | 6       |
        bob     | 2024-01-27       |           | 4       | 50
        cat     | 2024-01-01       | mda       | 6       |
        cat     | 2024-01-27       |           | 4       |
    """)
    rows = made.table[made.table["visit"] == 4].set_index("patient")
    assert rows["days_since_session"].to_dict() == {"ann": 12, "bob": 2, "cat": 26}
    assert rows.loc["ann", "hours_since_session"] == 12 * 24 + 6
    assert rows.loc["bob", "hours_since_session"] == 50
    assert rows["hours_since_session"].isna().to_dict()["cat"]


def test_readings_before_and_after_the_session_of_one_day_are_not_mixed():
    made = cohort("""
        patient | date       | treatment | timing | texture
        ann     | 2024-01-01 | peel      |        | 6
        ann     | 2024-01-29 | peel      |        | 4
        ann     | 2024-01-29 |           | post   | 8
        bob     | 2024-01-01 | mda       |        | 6
    """)
    row = made.table[(made.table["patient"] == "ann") & (made.table["visit"] == 4)].iloc[0]
    assert (row["value"], row["n_readings"]) == (8, 1)  # a tie in days goes to the later


def test_a_session_number_is_another_axis_than_weeks():
    assert texture("""
        ann | 2024-01-08 | peel | 5 | |
        ann | 2024-02-26 | peel | 4 | |
    """) == {8: 4}
