"""Chapter 9: the flow adds up. Every row, patient and reading is used or left out for one named reason."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.domain.cohort import FLOW_COLUMNS
from analytics.intake import flow
from analytics.intake.design import REASONS
from tests.unit.intake.build import cohort, plan, sifted

TABLE = """
    patient | clinic | date       | treatment | side  | session_no | texture | tewl | age
    ann     | north  | 2024-01-01 | peel      |       |            | 6       | 10   | 30
    ann     | north  | 2024-01-20 |           |       |            | 5       | 11   |
    ann     | north  | 2024-01-29 |           |       |            | 4       | 12   |
    bob     | north  | 2024-01-01 | mda       |       |            | 6       | 10   |
    bob     | north  | 2024-03-25 |           |       |            | 5       | 11   |
    cat     | north  | 2024-01-01 | mda       |       | 3          | 6       | 10   | 50
    dan     | north  | 2024-01-01 | mda       |       |            | 6       | 10   | 50
    dan     | north  | 2024-01-01 | peel      |       |            |         |      | 50
    eve     | south  | 2024-01-01 | mda       |       |            | 6       | 10   | 50
    fay     | north  | 2024-01-01 | peel      | left  |            | 6       | 10   | 50
    fay     | north  | 2024-01-01 | mda       | right |            | 6       | 10   | 50
    fay     | north  | 2024-03-25 |           | right |            | 4       |      |
    fay     | north  | 2024-03-25 |           |       |            | 4       |      |
    gus     | north  | 2024-01-01 | peel      | left  |            | 6       | 10   | 50
    gus     | north  | 2024-01-05 | mda       | right |            | 6       | 10   | 50
    hal     | north  | 2024-01-01 | roller    |       |            | 6       | 10   | 50
    ivy     | north  | 2024-01-01 |           |       |            | 6       | 10   | 50
    jim     | north  | 2023-11-01 | peel      |       |            | 6       | 10   | 50
    kim     | north  | 2024-01-01 | peel      | left  |            | 6       |      | 50
    kim     | north  | 2024-01-01 | peel      | right | 2          | 5       |      | 50
    lea     | north  | 2024-05-01 | peel      |       |            | 5       |      | 50
    max     | north  | 2024-01-01 | mda       |       |            | 5       |      | 50
"""
REJECTED = """
    patient | clinic | date       | treatment | readable_patient
    max     | north  | 2023-12-01 |           | yes
    zoe     | north  | 2023-12-01 | peel      | yes
"""


@pytest.fixture(scope="module")
def made():
    written = plan(
        arms=["mda", "peel"], data={"from": "2023-12-01", "clinics": ["north"], "cutoff": "2024-04-01"},
        intercurrent={"switch": "hypothetical"},
    )  # fmt: skip
    return cohort(sifted(TABLE, rejected=REJECTED), written)


def test_every_reason_of_this_table(made):
    assert dict(zip(made.excluded["patient"], made.excluded["reason"])) == {
        "north|cat": "prevalent", "north|dan": "combined", "south|eve": "other_clinic", "north|gus": "unequal_start",
        "north|hal": "no_treatment", "north|ivy": "no_treatment", "north|jim": "outside_dates",
        "north|lea": "after_cutoff", "north|max": "set_aside_session",
    }  # fmt: skip
    assert set(made.members["patient"]) == {"north|ann", "north|bob", "north|fay", "north|kim"}


def test_rows_add_up(made):
    rows = {
        step: flow.count(made, step, unit="rows")
        for step in ("received", "set_aside", "accepted", "after_cutoff", "used")
    }
    assert rows == {"received": 24, "set_aside": 2, "accepted": 22, "after_cutoff": 1, "used": 21}


def test_patients_add_up(made):
    seen = flow.count(made, "patients_seen")
    treated = flow.count(made, "treated")
    assert seen == 13
    assert seen - flow.count(made, "after_cutoff") - flow.count(made, "no_treatment") == treated
    assert treated - sum(flow.count(made, reason) for reason in REASONS) == flow.count(made, "analysed")
    assert flow.count(made, "analysed") == made.members["patient"].nunique()
    assert len(made.excluded) == seen - flow.count(made, "analysed")


@pytest.mark.parametrize("arm", ["microdermabrasion", "chemical_peel"])
def test_patients_add_up_in_each_arm(made, arm):
    left = flow.count(made, "treated", arm=arm) - sum(flow.count(made, reason, arm=arm) for reason in REASONS)
    assert left == flow.count(made, "analysed", arm=arm)
    assert left == made.members.loc[made.members["arm"] == arm, "patient"].nunique()


def test_a_combined_start_counts_in_both_arms(made):
    assert flow.count(made, "combined") == 1
    assert [flow.count(made, "combined", arm=arm) for arm in made.plan.arms] == [1, 1]


def test_readings_add_up(made):
    by = made.flow[made.flow["unit"] == "readings"].set_index("step")["count"]
    assert by["readings"] == by.drop("readings").sum()
    sessions = made.sifted.sessions
    mine = sessions[sessions["patient"].isin(made.members["patient"]) & (sessions["session_date"] <= "2024-04-01")]
    assert by["readings"] == mine[["texture_grade", "tewl_g_m2_h"]].notna().to_numpy().sum()
    observed = made.table[made.table["derivation"] != "imputed"]
    assert by["at_baseline"] == observed.loc[observed["visit"] == 0, "n_readings"].sum()
    assert by["at_visit"] == observed.loc[observed["visit"] > 0, "n_readings"].sum()


def test_every_exclusion_has_a_reason_and_every_total_has_none(made):
    assert tuple(made.flow.columns) == FLOW_COLUMNS
    totals = {
        "received",
        "accepted",
        "used",
        "patients_seen",
        "treated",
        "analysed",
        "readings",
        "at_baseline",
        "at_visit",
    }
    for step, reason in zip(made.flow["step"], made.flow["reason"]):
        assert (reason == "") == (step in totals), step
    assert not made.flow.duplicated(["step", "unit", "arm"]).any()
    assert (made.flow["count"] >= 0).all()


def test_visits_count_patients_seen_of_patients_in_the_arm(made):
    counts = flow.visits(made)
    row = counts[(counts["outcome"] == "texture_grade") & (counts["visit"] == 12)].set_index(["population", "arm"])
    assert row.loc[("design=parallel", "microdermabrasion"), ["seen", "cohort"]].tolist() == [1, 1]
    assert row.loc[("design=parallel", "chemical_peel"), ["seen", "cohort"]].tolist() == [0, 2]
    assert row.loc[("design=split_face", "microdermabrasion"), ["seen", "cohort"]].tolist() == [1, 1]
    assert row.loc[("design=parallel", "microdermabrasion"), "median_days_since_session"] == 84
    assert pd.isna(row.loc[("design=parallel", "chemical_peel"), "median_days_since_session"])


def test_the_analysis_table_is_one_row_per_unit_visit_and_outcome(made):
    from schemas.results import result_schema

    result_schema("analysis").validate(made.table)
