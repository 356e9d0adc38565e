"""Chapter 5: switching, stopping, another skin drug; and the four ways in which a plan may look at what comes after."""

from __future__ import annotations

import math

import pytest

from analytics.intake import flow
from tests.unit.intake.build import cohort, plan, values, vocabulary_of

# ann starts with a peel on 1 January, switches on 12 February (day 42) and is read at weeks 4, 6 and 12.
SWITCH = """
    patient | date       | treatment | texture
    ann     | 2024-01-01 | peel      | 6
    ann     | 2024-01-29 |           | 5
    ann     | 2024-02-12 | mda       | 4
    ann     | 2024-03-25 |           | 2
    bob     | 2024-01-01 | mda       | 6
    bob     | 2024-01-29 |           | 5
    bob     | 2024-02-26 |           | 5
    bob     | 2024-03-25 |           | 5
"""


def ann(strategy: str, column: str = "value", table: str = SWITCH) -> dict[float, float]:
    made = cohort(table, plan(intercurrent={"switch": strategy}))
    return {visit: value for (who, visit), value in values(made, column=column).items() if who == "ann"}


def test_treatment_policy_keeps_every_reading():
    assert ann("treatment_policy") == {0: 6, 4: 5, 8: 4, 12: 2}


def test_hypothetical_leaves_out_what_came_after_the_event():
    """The scores on the row of the switch were taken before it, so they stay."""
    assert ann("hypothetical") == {0: 6, 4: 5, 8: 4}


def test_while_on_treatment_the_last_reading_before_the_event_stands_for_later_visits():
    assert ann("while_on_treatment") == {0: 6, 4: 5, 8: 4, 12: 4}
    assert ann("while_on_treatment", "derivation")[12] == "imputed"
    assert ann("while_on_treatment", "derivation")[8] == "observed"


def test_composite_makes_a_non_responder_and_leaves_the_score_out():
    score = ann("composite")
    assert {v: score[v] for v in (0, 4, 8)} == {0: 6, 4: 5, 8: 4}
    assert math.isnan(score[12])
    responders = ann("composite", "responder")
    assert {v: responders[v] for v in (4, 8, 12)} == {4: 1, 8: 1, 12: 0}
    assert ann("treatment_policy", "responder")[12] == 1


def test_composite_asks_for_no_reading_after_the_event():
    never_seen_again = SWITCH.replace("    ann     | 2024-03-25 |           | 2\n", "")
    assert ann("composite", "responder", never_seen_again)[12] == 0
    assert 12 not in ann("hypothetical", table=never_seen_again)


def test_nothing_is_put_at_visits_that_had_not_come_by_the_cut_off():
    early = SWITCH.replace("    ann     | 2024-03-25 |           | 2\n", "").replace(
        "    bob     | 2024-03-25 |           | 5\n", ""
    )
    for strategy in ("composite", "while_on_treatment"):
        assert 12 not in ann(strategy, table=early)


def test_a_visit_whose_reading_came_after_the_event_is_after_it_though_its_day_was_not():
    """The event on day 86, the reading on day 88, the nominal day 84."""
    table = """
        patient | date       | treatment | texture | event    | intercurrent_date
        ann     | 2024-01-01 | peel      | 6       |          |
        ann     | 2024-01-29 |           | 5       |          |
        ann     | 2024-03-29 |           | 2       | switch   | 2024-03-27
        bob     | 2024-01-01 | mda       | 6       |          |
    """
    assert ann("composite", "responder", table)[12] == 0
    assert ann("while_on_treatment", table=table)[12] == 5


def test_before_any_reading_under_treatment_there_is_nothing_to_carry():
    table = """
        patient | date       | treatment | texture
        ann     | 2024-01-01 | peel      | 6
        ann     | 2024-01-08 | mda       |
        ann     | 2024-03-25 |           | 2
        bob     | 2024-01-01 | mda       | 6
    """
    assert ann("while_on_treatment", table=table) == {0: 6}


def test_a_yes_no_outcome_has_its_worse_value_under_composite():
    vocabulary = vocabulary_of(outcomes=[
        {"id": "clear", "kind": "binary", "direction": "higher", "baseline": "none"},
        {"id": "flare", "kind": "binary", "direction": "lower", "baseline": "none"},
    ])  # fmt: skip
    made = cohort(
        """
        patient | date       | treatment | clear | flare
        ann     | 2024-01-01 | peel      |       |
        ann     | 2024-02-12 | mda       |       |
        ann     | 2024-03-25 |           | 1     | 0
        bob     | 2024-01-01 | mda       |       |
        bob     | 2024-03-25 |           | 1     | 0
        """,
        plan(intercurrent={"switch": "composite"}),
        vocabulary=vocabulary,
    )
    assert values(made, "clear")["ann", 12] == 0
    assert values(made, "flare")["ann", 12] == 1
    assert values(made, "clear")["bob", 12] == 1


def test_a_switch_is_a_session_of_another_treatment_even_one_outside_the_plan():
    made = cohort(
        """
        patient | date       | treatment | texture
        ann     | 2024-01-01 | peel      | 6
        ann     | 2024-02-12 | roller    | 4
        bob     | 2024-01-01 | mda       | 6
        bob     | 2024-02-12 | mda       | 6
        """,
        plan(arms=["mda", "peel"]),
    )
    assert dict(zip(made.members["patient"], made.members["switched"])) == {"ann": True, "bob": False}
    assert dict(zip(made.members["patient"], made.members["events"])) == {"ann": "switch", "bob": ""}


@pytest.mark.parametrize(
    ("planned", "last", "stopped"),
    [
        ("3", "2024-01-15", True),  # 85 days before the cut-off, two of three
        ("3", "2024-01-16", False),  # 84 days
        ("2", "2024-01-15", False),  # as many as planned
        ("", "2024-01-15", False),  # not known how many
    ],
)
def test_a_stop_is_derived_from_a_gap_before_the_cut_off_and_fewer_sessions_than_planned(planned, last, stopped):
    made = cohort(
        f"""
        patient | date       | treatment | planned   | texture
        ann     | 2024-01-01 | peel      | {planned} | 6
        ann     | {last}     | peel      |           |
        bob     | 2024-01-01 | mda       |           | 6
        """,
        plan(data={"cutoff": "2024-04-09"}),
    )
    assert dict(zip(made.members["patient"], made.members["stopped"])) == {"ann": stopped, "bob": False}


def test_a_stop_lies_on_the_day_of_the_last_session():
    made = cohort(
        """
        patient | date       | treatment | planned | texture
        ann     | 2024-01-01 | peel      | 6       | 6
        ann     | 2024-01-29 | peel      |         | 5
        ann     | 2024-02-26 |           |         | 4
        bob     | 2024-01-01 | mda       |         | 6
        bob     | 2024-12-01 |           |         | 6
        """,
        plan(intercurrent={"stop": "hypothetical"}),
    )
    assert values(made)["ann", 4] == 5
    assert ("ann", 8) not in values(made)


@pytest.mark.parametrize(
    ("event", "kept"),
    [("stop", True), ("switch", True), ("new_skin_drug", False), ("sunburn", False), ("pregnancy", False)],
)
def test_an_event_without_a_date_has_the_day_of_its_row(event, kept):
    """A stop or switch is decided after the readings of the row; anything else had happened when they were taken."""
    made = cohort(
        f"""
        patient | date       | treatment | texture | event
        ann     | 2024-01-01 | peel      | 6       |
        ann     | 2024-01-29 |           | 5       | {event}
        ann     | 2024-03-25 |           | 4       |
        bob     | 2024-01-01 | mda       | 6       |
        """,
        plan(intercurrent={event: "hypothetical"}),
    )
    assert (("ann", 4) in values(made)) is kept
    assert ("ann", 12) not in values(made)


def test_an_event_with_a_date_leaves_the_readings_of_that_day():
    made = cohort(
        """
        patient | date       | treatment | texture | event         | intercurrent_date
        ann     | 2024-01-01 | peel      | 6       |               |
        ann     | 2024-01-29 |           | 5       |               |
        ann     | 2024-03-25 |           | 4       | new_skin_drug | 2024-01-29
        bob     | 2024-01-01 | mda       | 6       | new_skin_drug | 2023-12-01
        bob     | 2024-01-29 |           | 5       |               |
        """,
        plan(intercurrent={"new_skin_drug": "hypothetical"}),
    )
    assert set(values(made)) == {("ann", 0), ("ann", 4), ("bob", 0), ("bob", 4)}
    assert dict(zip(made.members["patient"], made.members["events"])) == {"ann": "new_skin_drug", "bob": ""}


def test_the_first_event_that_matters_governs():
    table = """
        patient | date       | treatment | texture | event
        ann     | 2024-01-01 | peel      | 6       |
        ann     | 2024-01-29 |           | 5       | stop
        ann     | 2024-02-26 | mda       | 4       |
        ann     | 2024-03-25 |           | 2       |
        bob     | 2024-01-01 | mda       | 6       |
    """
    stop_first = plan(intercurrent={"stop": "hypothetical", "switch": "composite"})
    assert set(values(cohort(table, stop_first))) == {("ann", 0), ("ann", 4), ("bob", 0)}
    switch_only = plan(intercurrent={"switch": "composite"})
    assert values(cohort(table, switch_only))["ann", 8] == 4


def test_readings_after_the_event_are_counted():
    made = cohort(SWITCH, plan(intercurrent={"switch": "hypothetical"}))
    assert flow.count(made, "after_event", unit="readings") == 1
    assert flow.count(made, "at_visit", unit="readings") == 5


def test_switchers_stoppers_and_those_without_readings_are_counted_by_arm():
    made = cohort(
        """
        patient | date       | treatment | planned | texture
        ann     | 2024-01-01 | peel      | 6       | 6
        ann     | 2024-01-15 | peel      |         |
        bob     | 2024-01-01 | mda       |         |
        bob     | 2024-03-25 |           |         | 3
        cat     | 2024-01-01 | mda       |         | 5
        cat     | 2024-02-01 | peel      |         |
        dan     | 2024-01-01 | mda       |         | 5
        dan     | 2024-03-25 |           |         | 3
        eve     | 2024-01-01 | mda       |         |
        fay     | 2024-01-01 | mda       |         | 5
        fay     | 2024-01-01 | peel      |         |
        gus     | 2024-01-01 | roller    |         |
        gus     | 2024-01-20 | peel      |         | 5
        """,
        plan(arms=["mda", "peel"], data={"cutoff": "2024-12-31"}),
    )
    counts = flow.arms(made).set_index("arm")
    assert counts.loc["microdermabrasion"].to_dict() == {
        "patients": 4, "units": 4, "sessions": 4, "median_sessions": 1, "no_baseline": 2, "baseline_only": 1,
        "switched": 1, "stopped": 0, "prevalent": 0, "combined": 1,
    }  # fmt: skip
    assert counts.loc["chemical_peel"].to_dict() == {
        "patients": 1, "units": 1, "sessions": 2, "median_sessions": 2, "no_baseline": 0, "baseline_only": 1,
        "switched": 0, "stopped": 1, "prevalent": 1, "combined": 1,
    }  # fmt: skip
