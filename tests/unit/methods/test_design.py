"""The model matrix: what stands in it, in which order, and what is left out with a word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.domain.cohort import Sample
from analytics.methods.design import build
from schemas.vocabulary import Outcome

OUTCOME = Outcome("texture_grade", "Texture", "texture", "continuous", "grade", "lower", 0, 9)
ROWS = pd.DataFrame(
    [
        ("p3", "p3", "b", "", 3.0, 5.0, 40.0, "north", "oily"),
        ("p1", "p1l", "a", "left", 1.0, 4.0, 30.0, "south", "dry"),
        ("p1", "p1r", "a", "right", 2.0, 4.0, 30.0, "south", "dry"),
        ("p2", "p2", "a", "", 2.5, 6.0, 50.0, "north", "unknown"),
        ("p4", "p4", "b", "", 3.5, 7.0, 35.0, "south", "dry"),
        ("p5", "p5", "c", "", 4.0, 5.5, 45.0, "south", "oily"),
        ("p6", "p6", "c", "", 2.0, 6.5, 60.0, "north", "dry"),
    ],
    columns=["patient", "unit", "arm", "side", "value", "baseline", "age", "clinic_id", "skin_type"],
)


def sample(rows=ROWS, arms=("a", "b", "c"), **changes) -> Sample:
    settings = {"covariates": {"age": "number", "clinic_id": "category"}, "baseline": True} | changes
    return Sample(rows, OUTCOME, arms, **settings)


def test_columns_in_order_with_centred_numbers():
    design = build(sample())
    assert design.columns == ("intercept", "arm = b", "arm = c", "baseline", "age", "clinic_id = south")
    assert list(design.rows["unit"]) == ["p1l", "p1r", "p2", "p3", "p4", "p5", "p6"]
    np.testing.assert_allclose(design.matrix[:, 3], design.rows["baseline"] - design.rows["baseline"].mean())
    np.testing.assert_array_equal(design.matrix[:, 1], design.rows["arm"] == "b")
    np.testing.assert_array_equal(design.clusters, [0, 0, 1, 2, 3, 4, 5])
    assert design.n == {"a": 2, "b": 2, "c": 2}
    np.testing.assert_array_equal(design.without_intercept, design.matrix[:, 1:])


def test_the_first_arm_of_the_plan_is_the_reference():
    design = build(sample(arms=("c", "a", "b")))
    assert design.columns[1:3] == ("arm = a", "arm = b")


def test_rows_with_the_arm_set_change_nothing_else():
    design = build(sample())
    for arm in design.arms:
        rows = design.rows_for(arm)
        np.testing.assert_array_equal(rows[:, 3:], design.matrix[:, 3:])
        np.testing.assert_array_equal(rows[:, 1:3], np.tile([arm == "b", arm == "c"], (7, 1)))
        np.testing.assert_allclose(design.mean_row(arm), rows.mean(axis=0))
    assert design.mean_rows.shape == (3, 6)
    assert design.matrix[0, 1] == 0


def test_order_of_rows_does_not_matter_to_the_bit():
    first, again = build(sample()), build(sample(ROWS.sample(frac=1, random_state=3)))
    np.testing.assert_array_equal(first.matrix, again.matrix)
    np.testing.assert_array_equal(first.clusters, again.clusters)


def test_baseline_may_be_transformed():
    design = build(sample(), baseline=np.log)
    logged = np.log(design.rows["baseline"])
    np.testing.assert_allclose(design.matrix[:, 3], logged - logged.mean())


def test_sides_stand_in_the_matrix_of_a_paired_sample():
    rows = ROWS.assign(side=["left", "right"] * 3 + ["left"])
    assert "side = right" in build(sample(rows, paired=True)).columns
    assert "side = right" not in build(sample(rows)).columns


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"age": 40.0}, "age left out: it is the same for everyone"),
        ({"clinic_id": "north"}, "clinic_id left out: it is the same for everyone"),
        ({"age": ROWS["baseline"] * 10 + 3}, "age left out: it is a combination of the other covariates"),
        (
            {"clinic_id": ROWS["arm"].map({"a": "1", "b": "2", "c": "1"})},
            "clinic_id = 2 left out: it cannot be told apart",
        ),
    ],
)
def test_columns_that_say_nothing_new_are_dropped_and_named(changes, note):
    design = build(sample(ROWS.assign(**changes)))
    assert any(text.startswith(note) for text in design.notes), design.notes
    assert np.linalg.matrix_rank(design.matrix) == design.matrix.shape[1] == 5


def test_large_numbers_are_not_taken_for_constants():
    design = build(sample(ROWS.assign(age=1e7 + np.arange(7.0) ** 2)))
    assert "age" in design.columns


def test_small_arms_stay_out_with_their_reason():
    rows = ROWS[~ROWS["unit"].isin(["p6"])]
    design = build(sample(rows, covariates={}))
    assert design.arms == ("a", "b")
    assert design.reasons == {"c": "c has one patient here (at least 2 are needed)"}
    assert set(design.rows["arm"]) == {"a", "b"}
    assert design.n == {"a": 2, "b": 2, "c": 1}
    assert build(sample(minimum := ROWS), minimum=3).arms == ()
    assert len(minimum) == 7


def test_one_patient_with_two_rows_is_one_patient():
    rows = ROWS[ROWS["unit"] != "p2"]
    assert build(sample(rows)).reasons["a"].startswith("a has one patient")


def test_rows_without_a_number_are_counted_not_guessed():
    design = build(sample(ROWS.assign(age=[np.nan, 30, 30, 50, 35, 45, 60])))
    assert design.notes[0] == "1 reading left out: no number for age"
    assert len(design.rows) == 5  # p4 is then alone in b
    assert "b" in design.reasons


def test_nobody_at_all():
    design = build(sample(ROWS.iloc[:0]))
    assert design.arms == ()
    assert design.reasons["a"].startswith("a has no patient")
    assert design.matrix.shape == (0, 1)


def test_the_sample_is_not_changed():
    rows = ROWS.copy()
    build(sample(rows))
    pd.testing.assert_frame_equal(rows, ROWS)
