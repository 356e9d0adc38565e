"""The rows a method is given: population, visit and arms, complete, with counted notes."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.domain.cohort import Estimand
from analytics.domain.errors import UsageError
from analytics.intake.select import has_baseline, population, sample
from tests.unit.intake.build import ARMS, cohort, plan, vocabulary_of

TABLE = """
    patient | date       | treatment | texture | lesions | age | skin_type | fitzpatrick | uptake | hours
    ann     | 2024-01-01 | peel      | 6       | 20      | 30  | dry       | 2           |        |
    ann     | 2024-03-25 |           | 4       | 9       |     |           |             | 30     | 48
    bob     | 2024-01-01 | mda       | 6       | 20      | 40  | oily      | 4           |        |
    bob     | 2024-03-25 |           | 5       | 11      |     |           |             | 20     | 48
    cat     | 2024-01-01 | mda       |         | 4       | 50  | dry       | 6           |        |
    cat     | 2024-03-25 |           | 5       | 2       |     |           |             | 25     | 48
    dan     | 2024-01-01 | roller    | 6       | 20      |     | dry       |             |        |
    dan     | 2024-03-25 |           | 3       | 12      |     |           |             | 35     | 48
"""


@pytest.fixture(scope="module")
def made():
    return cohort(TABLE)


def ask(made, outcome="texture_grade", visit=12.0, who="all", arms=None, method="ancova", adjustment="covariates"):
    return sample(made, Estimand(outcome, visit, who, arms or made.plan.arms, method, adjustment))


def patients(drawn) -> list[str]:
    return list(drawn.rows["patient"])


def test_rows_need_a_baseline_and_the_numbers_and_what_is_dropped_is_said(made):
    drawn = ask(made)
    assert patients(drawn) == ["ann", "bob"]
    assert drawn.notes == ("1 patient left out: no baseline", "1 patient left out: a covariate is not recorded")
    assert drawn.n == {ARMS["mda"]: 1, ARMS["peel"]: 1, ARMS["roller"]: 0}
    assert (drawn.respond, drawn.baseline, drawn.paired) == ("change", True, False)
    assert drawn.covariates == {"age": "number", "skin_type": "category", "fitzpatrick": "category"}
    assert set(drawn.covariates) <= set(drawn.rows.columns)


def test_each_adjustment_gets_what_it_uses(made):
    change_score = ask(made, adjustment="change_score")
    assert (change_score.baseline, change_score.respond, len(change_score.covariates)) == (False, "change", 3)
    none = ask(made, adjustment="none")
    assert (none.baseline, none.respond, none.covariates) == (False, "change", {})
    assert patients(none) == ["ann", "bob", "dan"]


def test_an_outcome_without_baseline_is_analysed_on_its_value(made):
    drawn = ask(made, "absorbed_percent", adjustment="none")
    assert (drawn.baseline, drawn.respond) == (False, "value")
    assert patients(drawn) == ["ann", "bob", "cat", "dan"]


def test_uptake_is_analysed_against_a_baseline_only_if_nobody_is_lost():
    before = TABLE + "".join(f"    {who} | 2023-12-28 | | | | | | | 10 |\n" for who in ("ann", "bob", "cat", "dan"))
    whole = cohort(before)
    assert has_baseline(whole, whole.outcome("absorbed_percent"))
    assert ask(whole, "absorbed_percent", adjustment="none").respond == "change"
    one_lacks = cohort(before.replace("    dan | 2023-12-28 | | | | | | | 10 |\n", ""))
    assert not has_baseline(one_lacks, one_lacks.outcome("absorbed_percent"))
    assert patients(ask(one_lacks, "absorbed_percent", adjustment="none")) == ["ann", "bob", "cat", "dan"]


def test_standardised_risk_gets_the_responder_as_its_value(made):
    drawn = ask(made, method="standardised_risk", adjustment="none")
    assert dict(zip(patients(drawn), drawn.rows["value"])) == {"ann": 1, "bob": 1, "dan": 1}
    lesions = ask(made, "inflammatory_lesions", method="standardised_risk", adjustment="none")
    # cat started with 4 lesions: from below five a percentage says nothing
    assert dict(zip(patients(lesions), lesions.rows["value"])) == {"ann": 1, "bob": 0, "dan": 0}


def test_a_yes_no_outcome_keeps_its_own_value():
    made = cohort(
        """
        patient | date       | treatment | clear
        ann     | 2024-01-01 | peel      |
        ann     | 2024-03-25 |           | 1
        bob     | 2024-01-01 | mda       |
        bob     | 2024-03-25 |           | 0
        """,
        vocabulary=vocabulary_of(
            outcomes=[{"id": "clear", "kind": "binary", "baseline": "none", "direction": "higher"}]
        ),
    )
    drawn = ask(made, "clear", method="standardised_risk")
    assert dict(zip(patients(drawn), drawn.rows["value"])) == {"ann": 1, "bob": 0}


def test_arms_and_visit_of_the_estimand(made):
    assert patients(ask(made, arms=(ARMS["mda"], ARMS["roller"]), adjustment="none")) == ["bob", "dan"]
    assert ask(made, arms=(ARMS["roller"], ARMS["mda"])).arms == (ARMS["mda"], ARMS["roller"])
    nothing = ask(made, visit=4.0)
    assert nothing.rows.empty
    assert {"patient", "unit", "arm", "side", "value", "baseline", "change"} <= set(nothing.rows.columns)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("all", ["ann", "bob", "cat", "dan"]),
        ("skin_type=dry", ["ann", "cat", "dan"]),
        ("fitzpatrick=4", ["bob"]),
        ("fitzpatrick=4-6", ["bob", "cat"]),
        ("fitzpatrick=unknown", ["dan"]),
        ("age=30-40", ["ann", "bob"]),
        ("age=50", ["cat"]),
        ("design=parallel", ["ann", "bob", "cat", "dan"]),
        ("design=split_face", []),
    ],
)
def test_populations(made, who, expected):
    assert list(population(made.members, who)["patient"]) == expected


def test_a_population_that_does_not_exist_is_a_usage_error(made):
    with pytest.raises(UsageError, match="no population 'colour=red'"):
        ask(made, who="colour=red")


def test_a_covariate_that_is_the_same_for_all_who_remain_is_left_out_with_a_note(made):
    drawn = ask(made, who="skin_type=dry", adjustment="none")
    assert drawn.covariates == {}
    drawn = ask(made, "inflammatory_lesions", who="skin_type=dry")
    assert patients(drawn) == ["ann", "cat"]
    assert "skin_type" not in drawn.covariates
    assert "covariate skin_type is the same for everybody here" in drawn.notes


def test_pairs_take_no_covariates_because_they_cancel():
    made = cohort("""
        patient | date       | treatment | side  | texture | age
        ann     | 2024-01-01 | peel      | left  | 6       |
        ann     | 2024-01-01 | mda       | right | 5       |
        ann     | 2024-03-25 |           | left  | 3       |
        ann     | 2024-03-25 |           | right | 4       |
        bob     | 2024-01-01 | mda       | left  | 6       | 40
        bob     | 2024-01-01 | peel      | right | 6       |
        bob     | 2024-03-25 |           | left  | 3       |
        bob     | 2024-03-25 |           | right | 4       |
        cat     | 2024-01-01 | mda       | left  | 6       | 50
        cat     | 2024-01-01 | peel      | right | 6       |
    """)
    drawn = ask(made)
    assert (drawn.paired, drawn.covariates) == (True, {})
    assert patients(drawn) == ["ann", "ann", "bob", "bob"]


def test_pairs_at_several_sites_keep_the_sites_read_under_both_arms():
    made = cohort("""
        patient | date       | treatment | side  | site     | texture
        ann     | 2024-01-01 | peel      | left  |          |
        ann     | 2024-01-01 | mda       | right |          |
        ann     | 2023-12-30 |           | left  | cheek    | 6
        ann     | 2023-12-30 |           | right | cheek    | 6
        ann     | 2023-12-30 |           | left  | forehead | 6
        ann     | 2023-12-30 |           | right | forehead | 6
        ann     | 2024-03-25 |           | left  | cheek    | 3
        ann     | 2024-03-25 |           | right | cheek    | 4
        ann     | 2024-03-25 |           | left  | forehead | 2
    """)
    drawn = ask(made)
    assert list(zip(drawn.rows["side"], drawn.rows["body_site"])) == [("left", "cheek"), ("right", "cheek")]


def test_a_plan_may_pool_both_designs():
    table = """
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      | left  | 6
        ann     | 2024-01-01 | mda       | right | 5
        ann     | 2024-03-25 |           | left  | 3
        ann     | 2024-03-25 |           | right | 4
        bob     | 2024-01-01 | mda       |       | 6
        bob     | 2024-03-25 |           |       | 4
    """
    pooled = ask(cohort(table, plan(pool_designs=True)))
    assert (len(pooled.rows), pooled.paired) == (3, False)


def test_whom_the_responder_rule_cannot_judge_is_counted(made):
    """Cat starts at 4 lesions: below five a percentage says nothing."""
    drawn = ask(made, "inflammatory_lesions", method="standardised_risk", adjustment="none")
    assert patients(drawn) == ["ann", "bob", "dan"]
    assert drawn.notes == ("1 patient left out: the responder rule does not apply",)


@pytest.mark.parametrize(
    ("level", "held"),
    [("-2--1", [-2.0, -1.0]), ("-1-0.5", [-1.0, 0.0, 0.5]), ("0.5", [0.5]), ("-2", [-2.0]), ("2-3", [])],
)
def test_a_range_may_begin_below_zero_and_between_whole_numbers(level, held):
    members = pd.DataFrame({"score": [-2.0, -1.0, 0.0, 0.5, 1.5]})
    assert population(members, f"score={level}")["score"].tolist() == held
