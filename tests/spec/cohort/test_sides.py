"""Chapter 6: the unit is the patient. Sides, body sites, and what belongs to no arm."""

from __future__ import annotations

import pytest

from analytics.domain.cohort import Estimand
from analytics.intake import flow
from analytics.intake.select import sample
from tests.unit.intake.build import ARMS, cohort, excluded, plan, values

SPLIT = """
    patient | date       | treatment | side  | texture
    ann     | 2024-01-01 | peel      | left  | 6
    ann     | 2024-01-01 | mda       | right | 5
    ann     | 2024-03-25 |           | left  | 3
    ann     | 2024-03-25 |           | right | 4
"""


def units(made) -> dict[str, tuple[str, str]]:
    names = [
        " ".join(filter(None, row))
        for row in zip(made.members["patient"], made.members["side"], made.members["body_site"])
    ]
    return dict(zip(names, zip(made.members["arm"], made.members["design"])))


def drawn(made, outcome="texture_grade", visit=12.0, population="all", method="ancova"):
    return sample(made, Estimand(outcome, visit, population, made.plan.arms, method))


def test_different_treatments_on_the_sides_make_a_pair():
    made = cohort(SPLIT)
    assert units(made) == {
        "ann left": (ARMS["peel"], "split_face"), "ann right": (ARMS["mda"], "split_face"),
    }  # fmt: skip
    assert values(made) == {("ann left", 0): 6, ("ann right", 0): 5, ("ann left", 12): 3, ("ann right", 12): 4}
    rows = drawn(made)
    assert rows.paired
    assert rows.n == {ARMS["mda"]: 1, ARMS["peel"]: 1}
    assert list(rows.rows["change"]) == [-3, -1]


def test_a_reading_without_side_belongs_to_no_arm_of_such_a_patient():
    made = cohort(SPLIT + "    ann     | 2024-03-26 |           |       | 1\n")
    assert ("ann", 12) not in values(made)
    assert flow.count(made, "no_arm", unit="readings") == 1
    assert flow.count(made, "readings", unit="readings") == 5


def test_a_session_without_side_or_on_both_covers_all_sides():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      |       |
        ann     | 2024-01-01 |           | left  |
        ann     | 2023-12-28 |           | left  | 6
        ann     | 2023-12-28 |           | right | 5
        bob     | 2024-01-01 | mda       | both  |
        bob     | 2023-12-28 |           | left  | 6
        bob     | 2023-12-28 |           | right | 5
    """)
    assert units(made) == {
        "ann left": (ARMS["peel"], "parallel"), "ann right": (ARMS["peel"], "parallel"),
        "bob left": (ARMS["mda"], "parallel"), "bob right": (ARMS["mda"], "parallel"),
    }  # fmt: skip


def test_a_later_session_without_side_is_a_switch_on_one_side_of_a_pair():
    made = cohort(SPLIT + "    ann     | 2024-02-01 | peel      | both  |\n")
    assert dict(zip(made.members["side"], made.members["switched"])) == {"left": False, "right": True}


@pytest.mark.parametrize(
    ("event", "sides"),
    [("new_skin_drug", {"left", "right"}), ("pregnancy", {"left", "right"}), ("sunburn", {"left"}), ("stop", {"left"})],
)
def test_a_new_drug_or_pregnancy_concerns_both_sides_anything_else_the_side_of_its_row(event, sides):
    made = cohort(f"""
        patient | date       | treatment | side  | texture | event
        ann     | 2024-01-01 | peel      | left  | 6       |
        ann     | 2024-01-01 | mda       | right | 5       |
        ann     | 2024-02-01 |           | left  |         | {event}
    """)
    assert set(made.members.loc[made.members["events"] == event, "side"]) == sides


def test_sides_first_treated_on_different_days_are_no_pair():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      | left  | 6
        ann     | 2024-01-08 | mda       | right | 5
        bob     | 2024-01-01 | peel      | left  | 6
        bob     | 2024-01-01 | mda       | right | 6
    """)
    assert excluded(made) == {"ann": "unequal_start"}
    assert flow.count(made, "unequal_start", arm=ARMS["mda"]) == 1


def test_a_side_that_is_left_out_takes_its_pair_along():
    made = cohort("""
        patient | date       | treatment | side  | session_no | texture
        ann     | 2024-01-01 | peel      | left  | 3          | 6
        ann     | 2024-01-01 | mda       | right | 1          | 5
        bob     | 2024-01-01 | peel      | left  | 1          | 6
        bob     | 2024-01-01 | mda       | right | 1          | 6
    """)
    assert excluded(made) == {"ann": "prevalent"}


def test_two_treatments_on_one_side_are_combined_whatever_the_other_side_has():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      | left  | 6
        ann     | 2024-01-01 | mda       | both  | 5
        bob     | 2024-01-01 | peel      | left  | 6
        bob     | 2024-01-01 | mda       | right | 6
    """)
    assert excluded(made) == {"ann": "combined"}


@pytest.mark.parametrize("arms", [("mda", "peel"), ("peel", "mda")])
def test_a_combined_side_takes_the_other_side_along_whichever_arm_the_plan_names_first(arms):
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | mda       | left  | 6
        ann     | 2024-01-01 | peel      | left  |
        ann     | 2024-01-01 | mda       | right | 5
        bob     | 2024-01-01 | peel      | left  | 6
        bob     | 2024-01-01 | mda       | right | 6
    """, plan(arms=[ARMS[arm] for arm in arms]))  # fmt: skip
    assert excluded(made) == {"ann": "combined"}


def test_two_dated_rows_of_two_treatments_are_combined_but_two_arms_of_one_line_are_a_pair():
    """A mapping with a column per arm makes several records of one line; what was read is then told apart."""
    table = """
        patient | date       | treatment | texture | _row
        ann     | 2024-01-01 | peel      | 6       | {0}
        ann     | 2024-01-01 | mda       | 5       | {1}
        bob     | 2024-01-01 | mda       | 6       | 9
        bob     | 2024-01-01 | peel      | 6       | 9
    """
    assert excluded(cohort(table.format(2, 3))) == {"ann": "combined"}
    made = cohort(table.format(2, 2))
    assert excluded(made) == {}
    assert set(made.members["design"]) == {"split_face"}


def test_pairs_that_lack_a_side_are_listed_and_not_compared():
    made = cohort(
        SPLIT
        + """
    bob     | 2024-01-01 | peel      | left  | 6
    bob     | 2024-01-01 | mda       | right | 6
    bob     | 2024-03-25 |           | right | 5
    """.rstrip()
    )
    assert flow.incomplete_pairs(made).to_dict("records") == [
        {"outcome": "texture_grade", "visit": 12.0, "patient": "bob", "side": "right", "arm": ARMS["mda"]}
    ]
    rows = drawn(made)
    assert set(rows.rows["patient"]) == {"ann"}
    assert rows.notes == ("1 patient left out: one side was not read",)


def test_the_same_treatment_on_both_sides_keeps_all_rows_and_one_patient():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      | left  | 6
        ann     | 2024-01-01 | peel      | right | 5
        ann     | 2024-03-25 |           | left  | 3
        ann     | 2024-03-25 |           | right | 4
        bob     | 2024-01-01 | mda       |       | 6
        bob     | 2024-03-25 |           |       | 6
    """)
    rows = drawn(made)
    assert not rows.paired
    assert len(rows.rows) == 3
    assert rows.n == {ARMS["mda"]: 1, ARMS["peel"]: 1}
    assert len(set(rows.clusters)) == 2


def test_body_sites_are_units_of_their_own_and_a_session_without_site_covers_them():
    made = cohort("""
        patient | date       | treatment | site  | texture
        ann     | 2024-01-01 | peel      |       |
        ann     | 2024-01-01 |           | chest |
        ann     | 2023-12-28 |           | chest | 6
        ann     | 2023-12-28 |           | back  | 5
        bob     | 2024-01-01 | mda       | chest | 6
        bob     | 2024-01-20 | mda       | back  | 6
    """)
    assert set(units(made)) == {"ann back", "ann chest", "bob back", "bob chest"}
    begun = dict(zip(units(made), made.members["start"].dt.strftime("%d.%m.")))
    assert begun == {"ann back": "01.01.", "ann chest": "01.01.", "bob back": "20.01.", "bob chest": "01.01."}


def test_a_session_on_the_face_reaches_its_parts():
    made = cohort("""
        patient | date       | treatment | site  | tewl
        ann     | 2024-01-01 | peel      | face  |
        ann     | 2023-12-28 |           | cheek | 12
        ann     | 2023-12-28 |           | arm   | 9
        bob     | 2024-01-01 | mda       | face  |
        bob     | 2023-12-28 |           | cheek | 10
    """)
    assert set(units(made)) == {"ann cheek", "bob cheek"}
    assert flow.count(made, "no_arm", unit="readings") == 1  # the arm was not treated


def test_a_blank_site_of_a_patient_with_one_named_site_is_that_site():
    made = cohort("""
        patient | date       | treatment | site | texture
        ann     | 2024-01-01 | peel      | face | 6
        ann     | 2024-03-25 |           |      | 3
        bob     | 2024-01-01 | mda       | face | 6
    """)
    assert values(made) == {("ann face", 0): 6, ("ann face", 12): 3, ("bob face", 0): 6}


def test_readings_of_the_untreated_side_belong_to_no_arm():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      | left  | 6
        ann     | 2024-01-01 |           | right | 5
        bob     | 2024-01-01 | mda       | left  | 6
    """)
    assert set(units(made)) == {"ann left", "bob left"}
    assert flow.count(made, "no_arm", unit="readings") == 1


def test_parallel_and_split_face_patients_are_two_populations_unless_pooled():
    table = (
        SPLIT
        + """
    bob     | 2024-01-01 | peel      |       | 6
    bob     | 2024-03-25 |           |       | 3
    cat     | 2024-01-01 | mda       |       | 6
    cat     | 2024-03-25 |           |       | 5
    """.rstrip()
    )
    made = cohort(table)
    assert made.populations == ("design=parallel", "design=split_face")
    parallel, split = (drawn(made, population=p) for p in made.populations)
    assert (set(parallel.rows["patient"]), parallel.paired) == ({"bob", "cat"}, False)
    assert (set(split.rows["patient"]), split.paired) == ({"ann"}, True)
    pooled = cohort(table, plan(pool_designs=True))
    assert pooled.populations == ("all",)
    whole = drawn(pooled)
    assert (len(whole.rows), whole.paired) == (4, False)


def test_a_treatment_always_on_one_side_is_said():
    notes = cohort(SPLIT).notes
    assert any("chemical_peel always lies on one side" in note for note in notes)
    mixed = (
        SPLIT
        + """
    bob     | 2024-01-01 | peel      | right | 6
    bob     | 2024-01-01 | mda       | left  | 6
    """.rstrip()
    )
    assert not any("always lies on one side" in note for note in cohort(mixed).notes)


def test_treatments_on_different_body_sites_are_compared_within_the_patient():
    made = cohort("""
        patient | date       | treatment | site  | texture
        ann     | 2024-01-01 | peel      | chest | 6
        ann     | 2024-01-01 | mda       | back  | 5
        ann     | 2024-03-25 |           | chest | 3
        ann     | 2024-03-25 |           | back  | 4
    """)
    assert set(made.members["design"]) == {"split_face"}
    assert len(drawn(made).rows) == 2
