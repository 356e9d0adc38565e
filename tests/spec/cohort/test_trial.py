"""Chapter 7: files with visit numbers, and files with study days, instead of dates."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analytics.domain.cohort import Estimand
from analytics.domain.errors import PlanRefused
from analytics.intake import flow
from analytics.intake.select import sample
from tests.unit.intake.build import ARMS, cohort, draw, excluded, plan, sifted, values, vocabulary_of

TRIAL = """
    patient | visit | treatment | texture | age
    ann     | 0     | peel      | 6       | 30
    ann     | 4     | peel      | 5       | 30
    ann     | 8     |           | 4       | 30
    bob     | 0     | mda       | 6       | 40
    bob     | 4     | mda       | 6       | 40
    bob     | 9     | mda       | 5       | 40
"""


def test_visit_zero_is_the_baseline_and_all_visits_seen_are_the_plan():
    made = cohort(TRIAL)
    assert made.plan.visits.weeks == (4, 8, 9)
    assert made.plan.visits.last == 9
    assert made.plan.data.cutoff is None
    assert values(made) == {
        ("ann", 0): 6, ("ann", 4): 5, ("ann", 8): 4, ("bob", 0): 6, ("bob", 4): 6, ("bob", 9): 5,
    }  # fmt: skip
    assert values(made, column="change")["ann", 8] == -2
    assert made.table["day"].isna().all()
    assert made.members["start"].isna().all()
    assert made.members["sessions"].isna().all()


def test_with_a_plan_its_visits_must_be_there_and_no_window_applies():
    assert set(values(cohort(TRIAL, plan(visits={"weeks": [4, 8]})))) == {
        ("ann", 0), ("ann", 4), ("ann", 8), ("bob", 0), ("bob", 4),
    }  # fmt: skip
    with pytest.raises(PlanRefused, match=r"visit 12 is not in the data \(there: 4, 8, 9\)"):
        cohort(TRIAL, plan(visits={"weeks": [4, 12]}))


def test_readings_at_other_visits_are_counted():
    made = cohort(TRIAL, plan(visits={"weeks": [4]}))
    assert flow.count(made, "no_visit", unit="readings") == 2


def test_a_row_of_readings_only_has_the_arm_of_its_patient():
    made = cohort("""
        patient | visit | treatment | texture
        ann     | 0     |           | 6
        ann     | 4     | peel      |
        ann     | 8     |           | 4
        bob     | 8     | mda       | 5
    """)
    arms = {(who, visit): arm for (who, visit), arm in values(made, column="arm").items()}
    assert arms == {("ann", 0): ARMS["peel"], ("ann", 8): ARMS["peel"], ("bob", 8): ARMS["mda"]}


def test_a_patient_with_two_arms_over_the_visits_is_left_out_and_counted():
    made = cohort("""
        patient | visit | treatment | texture
        ann     | 0     | peel      | 6
        ann     | 4     | mda       | 5
        bob     | 0     | mda       | 6
        bob     | 4     | mda       | 5
        cat     | 0     | peel      | 5
        cat     | 4     |           | 5
    """)
    assert excluded(made) == {"ann": "two_arms"}
    assert flow.count(made, "two_arms") == 1
    assert flow.count(made, "two_arms", arm=ARMS["mda"]) == 1


def test_scores_after_the_first_treatment_are_no_baseline():
    made = cohort("""
        patient | visit | treatment | timing | hours | texture
        ann     | 0     | peel      | post   |       | 6
        ann     | 4     | peel      |        |       | 5
        bob     | 0     | mda       |        | 2     | 6
        bob     | 4     | mda       |        |       | 5
    """)
    assert set(values(made)) == {("ann", 4), ("bob", 4)}


def test_several_readings_of_one_visit_are_averaged():
    made = cohort(TRIAL + "    ann     | 4     | peel      | 4       | 30\n")
    assert values(made)["ann", 4] == 4.5
    assert values(made, column="derivation")["ann", 4] == "averaged"


def test_sides_with_different_arms_are_pairs():
    made = cohort("""
        patient | visit | treatment | side  | texture
        ann     | 0     | peel      | left  | 6
        ann     | 0     | mda       | right | 5
        ann     | 4     | peel      | left  | 3
        ann     | 4     | mda       | right | 4
    """)
    assert set(made.members["design"]) == {"split_face"}
    assert values(made, column="change") == {
        ("ann left", 0): 0, ("ann left", 4): -3, ("ann right", 0): 0, ("ann right", 4): -1,
    }  # fmt: skip


def test_an_outcome_read_under_two_arms_at_one_visit_without_sides_is_a_pair_too():
    """One line per sample with a column per arm: each arm is a unit of its own, within its patient."""
    vocabulary = vocabulary_of(
        treatments=["reference", "generic"], outcomes=[{"id": "uptake_log", "baseline": "none", "direction": "higher"}]
    )
    table = draw(
        """
        patient | visit | treatment | uptake_log
        one     | 1     | reference | 5.7
        one     | 1     | generic   | 5.8
        two     | 1     | reference | 6.5
        two     | 1     | generic   | 6.8
        """,
        vocabulary,
    )
    made = cohort(sifted(table, vocabulary=vocabulary))
    assert list(made.members["design"]) == ["split_face"] * 4
    assert list(made.members["side"]) == [""] * 4
    rows = sample(made, Estimand("uptake_log", 1.0, "all", made.plan.arms, "paired_difference"))
    assert rows.paired
    by = rows.rows.pivot(index="patient", columns="arm", values="value")
    assert list((by["generic"] - by["reference"]).round(3)) == [0.1, 0.3]


def test_two_treatments_at_one_visit_without_readings_of_their_own_are_combined():
    made = cohort("""
        patient | visit | treatment | texture
        ann     | 0     | peel      | 6
        ann     | 0     | mda       |
        ann     | 4     |           | 5
        bob     | 0     | mda       | 6
        bob     | 4     | mda       | 5
    """)
    assert excluded(made) == {"ann": "combined"}


def test_recorded_events_apply_by_visit():
    made = cohort(
        """
        patient | visit | treatment | texture | event
        ann     | 0     | peel      | 6       |
        ann     | 4     | peel      | 5       | stop
        ann     | 8     |           | 4       |
        bob     | 0     | mda       | 6       |
        bob     | 4     | mda       | 5       | new_skin_drug
        bob     | 8     | mda       | 4       |
        """,
        plan(intercurrent={"stop": "hypothetical", "new_skin_drug": "while_on_treatment"}),
    )
    assert values(made) == {("ann", 0): 6, ("ann", 4): 5, ("bob", 0): 6}
    assert list(made.members["stopped"]) == [True, False]


def test_covariates_that_never_change_are_known_at_the_start():
    made = cohort("""
        patient | visit | treatment | texture | age | skin_type
        ann     | 4     | peel      | 5       | 30  | dry
        ann     | 8     | peel      | 5       | 30  | oily
        bob     | 4     | mda       | 5       | 40  | dry
        bob     | 8     | mda       | 5       | 40  | dry
        cat     | 0     | mda       | 5       | 50  | oily
        cat     | 8     | mda       | 5       | 51  | dry
    """)
    known = made.members.set_index("patient")
    assert known["age"].to_dict() == {"ann": 30, "bob": 40, "cat": 50}
    assert known["skin_type"].to_dict() == {"ann": "unknown", "bob": "dry", "cat": "oily"}


def test_a_plan_with_dates_cannot_meet_data_without_dates():
    with pytest.raises(PlanRefused, match=r"data\.from: from 2024-01-01 needs dates"):
        cohort(TRIAL, plan(data={"from": "2024-01-01"}))


STUDY = """
    patient | study_day | treatment | texture
    ann     | -10       | peel      | 6
    ann     | 0         | peel      | 5
    ann     | 27        | peel      | 4
    ann     | 84        |           | 3
    bob     | 12        | mda       | 6
    bob     | 84        | mda       | 5
    cat     | -40       | mda       | 5
    cat     | 41        | mda       | 4
    cat     | 42        | mda       | 3
"""


def test_study_days_count_from_time_zero_and_windows_apply():
    made = cohort(STUDY)
    assert values(made) == {
        ("ann", 0): 5, ("ann", 4): 4, ("ann", 12): 3, ("bob", 12): 5, ("cat", 4): 4, ("cat", 8): 3,
    }  # fmt: skip
    assert dict(zip(zip(made.table["patient"], made.table["visit"]), made.table["day"]))["ann", 4] == 27
    assert math.isnan(values(made, column="baseline")["bob", 12])


def test_before_day_zero_the_same_treatment_is_a_label_and_another_one_history():
    made = cohort(
        STUDY
        + """
    dan     | -20       | peel      | 5
    dan     | 0         | mda       | 5
    """
    )
    assert excluded(made) == {"dan": "prevalent"}


def test_a_session_of_another_arm_later_is_a_switch():
    made = cohort(STUDY + "    bob     | 30        | peel      |\n")
    assert dict(zip(made.members["patient"], made.members["switched"])) == {"ann": False, "bob": True, "cat": False}


def test_windows_that_overlap_are_refused_for_study_days_too():
    with pytest.raises(PlanRefused, match="overlap"):
        cohort(STUDY, plan(visits={"weeks": [4, 6]}))


def test_the_skin_condition_trial_among_those_seen(shared):
    """Improving (1 or 2) at visit 3: placebo 12 of 63, test 66 of 79; missing at visits 1 to 3: 3, 16, 30."""
    file = pd.read_csv(shared / "data" / "sanon_skin_condition.csv")
    vocabulary = vocabulary_of(
        treatments=["placebo", "test"], outcomes=[{"id": "improving", "kind": "ordinal", "baseline": "none"}]
    )
    long = file.assign(patient_id=[f"r{i}" for i in range(len(file))]).melt(
        id_vars=["patient_id", "treat"], value_vars=["res1", "res2", "res3"], value_name="improving"
    )
    long["visit"] = long["variable"].str[-1].astype(float)
    made = cohort(sifted(long.rename(columns={"treat": "treatment"}).drop(columns="variable"), vocabulary=vocabulary))
    table = made.table
    counts = flow.visits(made).set_index(["visit", "arm"])
    missing = (counts["cohort"] - counts["seen"]).groupby("visit").sum()
    assert missing.to_dict() == {1: 3, 2: 16, 3: 30}
    last = table[table["visit"] == 3]
    improved = (last["value"] <= 2).groupby(last["arm"]).agg(["sum", "size"])
    assert improved.loc["placebo"].tolist() == [12, 63]
    assert improved.loc["test"].tolist() == [66, 79]


def test_the_three_body_regions_of_the_seborrheic_trial(shared):
    """All rows of all regions, the patient as cluster: the numbers of rows and of patients per arm in the file."""
    file = pd.read_csv(shared / "data" / "sanon_seborrheic_dermatitis.csv")
    vocabulary = vocabulary_of(
        treatments=["placebo", "test"], outcomes=[{"id": "global_score", "kind": "ordinal", "baseline": "none"}]
    )
    parts = [
        pd.DataFrame({"patient_id": [f"r{i}" for i in file.index], "treatment": file["treat"], "visit": 1.0,
                      "body_site": site, "global_score": file[f"score{k}"]})
        for k, site in ((1, "face"), (2, "scalp"), (3, "chest"))
    ]  # fmt: skip
    made = cohort(sifted(pd.concat(parts, ignore_index=True), vocabulary=vocabulary))
    scores = file[["score1", "score2", "score3"]].notna()
    assert len(made.table) == int(scores.to_numpy().sum())
    assert set(made.members["design"]) == {"parallel"}
    rows = sample(made, Estimand("global_score", 1.0, "all", made.plan.arms, "cumulative_logit"))
    expected = file.loc[scores.any(axis=1), "treat"].value_counts()
    assert rows.n == {"placebo": int(expected["placebo"]), "test": int(expected["test"])}


def test_the_paired_econazole_samples(shared):
    """The standard deviation of the paired difference of the logs is 0.54 over 17 pairs."""
    file = pd.read_csv(shared / "data" / "ctost_econazole_paired_absorption.csv")
    vocabulary = vocabulary_of(
        treatments=["reference", "generic"], outcomes=[{"id": "econazole_log", "baseline": "none"}]
    )
    parts = [
        pd.DataFrame({"patient_id": file["sample"], "treatment": name.lower(), "visit": 1.0,
                      "econazole_log": file[name], "_row": range(2, 19)})
        for name in ("Reference", "Generic")
    ]  # fmt: skip
    made = cohort(sifted(pd.concat(parts, ignore_index=True), vocabulary=vocabulary))
    rows = sample(made, Estimand("econazole_log", 1.0, "all", made.plan.arms, "paired_difference")).rows
    by = rows.pivot(index="patient", columns="arm", values="value")
    difference = by["generic"] - by["reference"]
    assert len(difference) == 17
    assert round(float(difference.std()), 2) == 0.54
