"""Cohorts at the edge: nobody left, nothing read, odd names and types, times of day, and almost empty tables."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analytics.domain.cohort import Estimand
from analytics.intake import flow
from analytics.intake.derive import derive
from analytics.intake.select import sample
from schemas.results import result_schema
from tests.unit.intake.build import cohort, draw, excluded, plan, sifted, values

NOBODY = """
    patient | date       | treatment | session_no | texture
    ann     | 2024-01-01 | peel      | 2          | 5
    bob     | 2024-01-01 | mda       | 3          | 5
"""
STRATEGIES = {"switch": "composite", "stop": "while_on_treatment", "new_skin_drug": "hypothetical"}


def ask(made, visit=12.0):
    return sample(made, Estimand("texture_grade", visit, "all", made.plan.arms, "ancova"))


@pytest.mark.parametrize("strategies", [{}, STRATEGIES])
def test_nobody_is_left(strategies):
    made = cohort(NOBODY, plan(intercurrent=strategies))
    assert excluded(made) == {"ann": "prevalent", "bob": "prevalent"}
    assert made.members.empty
    assert made.table.empty
    assert made.populations == ("all",)
    assert ask(made).rows.empty
    assert list(flow.arms(made)["patients"]) == [0, 0]
    assert (flow.visits(made)["seen"] == 0).all()
    result_schema("analysis").validate(made.table)


def test_nothing_was_read_after_the_start():
    made = cohort(NOBODY.replace("| 2  ", "| 1  ").replace("| 3  ", "| 1  "), plan(intercurrent=STRATEGIES))
    assert set(values(made)) == {("ann", 0), ("bob", 0)}
    assert ask(made).rows.empty
    assert list(flow.arms(made)["baseline_only"]) == [1, 1]


def test_nothing_was_read_of_those_who_were_treated():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      | left  |
        ann     | 2024-01-01 | mda       | right |
        bob     | 2024-01-01 | mda       |       |
        cat     | 2024-01-01 |           |       | 5
    """)
    assert len(made.members) == 3
    assert made.table.empty
    assert excluded(made) == {"cat": "no_treatment"}


def test_names_with_bars_and_blanks_stay_apart():
    made = cohort(
        """
        patient  | date       | treatment | side  | texture
        a;left   | 2024-01-01 | peel      |       | 5
        a        | 2024-01-01 | mda       | left  | 6
    """.replace(";", "\u2502")
    )
    assert made.members["unit"].is_unique
    assert len(values(made)) == 2


def test_types_as_they_come_from_a_file_make_no_difference():
    table = """
        patient | date             | treatment | side | texture | age | skin_type | fitzpatrick
        ann     | 2024-01-01 09:00 | peel      |      | 5       | 30  | dry       | 2
        ann     | 2024-03-25       |           |      | 4       |     |           |
        bob     | 2024-01-01 09:00 | mda       |      | 6       | 40  | oily      | 3
    """
    frame = draw(table)
    typed = frame.astype({
        "treatment": "string", "side": "string", "skin_type": "category", "has_time": "boolean", "fitzpatrick": "Int64",
    })  # fmt: skip
    one, other = cohort(frame), cohort(typed)
    pd.testing.assert_frame_equal(one.members, other.members)
    pd.testing.assert_frame_equal(one.table, other.table)


def test_a_time_of_day_does_not_move_a_day():
    made = cohort("""
        patient | date             | treatment | texture
        ann     | 2024-01-01 18:00 | peel      | 5
        ann     | 2024-02-11 23:59 |           | 4
        bob     | 2024-01-01 00:00 | mda       | 6
        bob     | 2024-02-12 00:00 |           | 6
    """)
    assert values(made)["ann", 4] == 4  # day 41
    assert values(made)["bob", 8] == 6  # day 42


def test_has_time_may_be_absent():
    data = sifted("""
        patient | date             | treatment | texture
        ann     | 2024-01-01 10:00 | peel      |
        ann     | 2024-01-01 09:00 |           | 5
        bob     | 2024-01-01       | mda       | 6
    """)
    made = derive(replace(data, sessions=data.sessions.drop(columns="has_time")), None)
    assert values(made) == {("ann", 0): 5, ("bob", 0): 6}


def test_side_tables_that_hold_nothing_of_use():
    bare = pd.DataFrame({"patient": ["ann"], "patient_id": ["ann"]})
    data = sifted(
        NOBODY.replace("| 2  ", "| 1  "),
        rejected="""
        patient | readable_patient
        zoe     | no
    """,
    )
    made = derive(replace(data, patients=bare, consultations=bare), None)
    assert list(made.members["patient"]) == ["ann"]
    assert made.eligibility.empty


def test_a_cohort_says_whether_it_was_planned():
    data = sifted(NOBODY)
    assert not derive(data, None).planned
    assert derive(data, plan()).planned
    assert not derive(data, plan(), planned=False).planned


def test_the_fingerprint_follows_the_plan():
    data = sifted(NOBODY)
    assert derive(data, None).fingerprint == derive(data, None).fingerprint
    assert derive(data, None).fingerprint != derive(data, plan(seed=2)).fingerprint
