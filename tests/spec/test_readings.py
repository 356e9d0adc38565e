"""The long table of an outcome: what an analyst gets from ``oc.readings`` and may put into ``oc.fit_mmrm``."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import analytics as oc
from analytics.deliver.long_table import readings_of
from analytics.domain.errors import UsageError
from tests.unit.intake.build import cohort, plan

FORMULA = "change ~ arm * week + baseline * week + age + skin_type + fitzpatrick + clinic_id"


@pytest.fixture(scope="module")
def example():
    return oc.cohort(oc.validate(oc.example(patients=120)))


def test_one_row_per_patient_and_visit_in_the_plan_s_order(example):
    table = oc.readings(example, outcome="texture_grade")
    assert list(table.columns) == [
        "patient", "arm", "week", "baseline", "change", "value", "age", "skin_type", "fitzpatrick", "clinic_id",
    ]  # fmt: skip
    assert not table.duplicated(["patient", "week"]).any()
    assert list(table["arm"].cat.categories) == list(example.plan.arms)
    assert list(table["week"].cat.categories) == [4, 8, 12]
    np.testing.assert_allclose(table["value"] - table["baseline"], table["change"])
    numbers = [int(name.removeprefix("patient ")) for name in dict.fromkeys(table["patient"])]
    assert numbers == sorted(numbers)
    own = set(example.members.loc[example.members["design"] == "parallel", "patient"])
    assert set(numbers) <= set(example.sifted.patient_numbers.loc[list(own)])
    assert (table.groupby("patient", sort=False)["week"].apply(lambda weeks: weeks.is_monotonic_increasing)).all()


def test_the_clinic_s_own_ids_are_not_in_it(example):
    text = oc.readings(example, outcome="texture_grade").to_csv()
    assert not [name for name in example.members["patient_id"] if str(name) in text]


def test_it_gives_the_analysis_own_answer(example):
    """Fitted by hand like the house's default, the table gives the findings of ``compare``."""
    table = oc.readings(example, outcome="texture_grade")
    fit = oc.fit_mmrm(FORMULA, table, subject="patient", visit="week", vcov="cr2")
    found = fit.contrasts("arm", by="week")
    found = found[found["week"] == 12].set_index(["arm", "reference"])
    rows = oc.compare(example, outcome="texture_grade", visit=12).frame
    rows = rows[(rows["population"] == "design=parallel") & (rows["method"] == "mmrm")]
    assert len(rows) == len(found) == 3
    for row in rows.to_dict("records"):
        later, earlier = row["arm"], row["reference"]
        sign = 1 if (later, earlier) in found.index else -1
        own = found.loc[(later, earlier) if sign > 0 else (earlier, later)]
        assert row["estimate"] == pytest.approx(sign * own["estimate"], rel=1e-6)
        assert row["std_error"] == pytest.approx(own["std_error"], rel=1e-6)
        assert row["df"] == pytest.approx(own["df"], rel=1e-5)


def test_the_course_of_the_notebook_is_what_equal_weights_over_the_visits_say(example):
    table = oc.readings(example, outcome="texture_grade")
    fit = oc.fit_mmrm("change ~ arm * week + baseline * week", table, subject="patient", visit="week", vcov="cr2")
    signs = {"dermal_roller": 1, "microdermabrasion": -1}
    course = {(arm, week): signs[arm] / 3 for arm in signs for week in (4, 8, 12)}
    named = fit.contrasts(("arm", "week"), kind={"course": course}).iloc[0]
    equal = fit.contrasts("arm", weights="equal").set_index(["arm", "reference"]).loc[tuple(signs)]
    for column in ("estimate", "std_error", "df", "conf_low", "conf_high"):
        assert named[column] == pytest.approx(equal[column], rel=1e-9)


def test_who_is_left_out_is_counted(example):
    table = oc.readings(example, outcome="texture_grade")
    sides = example.members[example.members["design"] == "split_face"]["patient"].nunique()
    assert sides > 0
    assert f"{sides} patients with different treatments on the sides not in this table" in table.attrs["notes"]
    assert any("no baseline" in note for note in table.attrs["notes"])
    parallel = example.table[(example.table["design"] == "parallel") & (example.table["outcome"] == "texture_grade")]
    kept = parallel[(parallel["visit"] > 0) & parallel["baseline"].notna()]
    assert table["patient"].nunique() == kept["patient"].nunique()
    assert sorted(table["value"]) == sorted(kept["value"])


def test_an_outcome_without_baseline_has_its_value_only(example):
    table = oc.readings(example, outcome="absorbed_percent")
    assert not {"baseline", "change"} & set(table.columns)
    assert table["value"].notna().all()


def test_the_cohort_is_not_changed(example):
    before = example.table.copy()
    table = oc.readings(example, outcome="texture_grade")
    table["value"] = 0.0
    pd.testing.assert_frame_equal(example.table, before)
    assert (oc.readings(example, outcome="texture_grade")["value"] != 0).any()


def test_weeks_are_whole_numbers_where_all_of_them_are():
    drawn = """
        patient | date       | treatment | texture
        ann     | 2024-01-01 | peel      | 6
        ann     | 2024-01-29 |           | 4
        bob     | 2024-01-01 | mda       | 5
        bob     | 2024-01-29 |           | 5
    """
    whole = readings_of(cohort(drawn, plan(visits={"weeks": [4]})), outcome="texture_grade")
    assert list(whole["week"]) == [4, 4]
    assert list(whole["change"]) == [-2, 0]
    half = readings_of(cohort(drawn, plan(visits={"weeks": [1.5, 4], "window_days": 8})), outcome="texture_grade")
    assert list(half["week"].cat.categories) == [1.5, 4.0]
    assert list(half["week"]) == [4.0, 4.0]


def test_several_places_of_a_patient_are_refused():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      |       |
        ann     | 2023-12-28 |           | left  | 6
        ann     | 2023-12-28 |           | right | 5
        ann     | 2024-03-25 |           | left  | 4
        ann     | 2024-03-25 |           | right | 4
        bob     | 2024-01-01 | mda       |       | 5
        bob     | 2024-03-25 |           |       | 5
    """)
    with pytest.raises(UsageError, match="1 patient texture_grade was read at several places"):
        readings_of(made, outcome="texture_grade")


def test_patients_with_different_treatments_on_their_sides_only():
    made = cohort("""
        patient | date       | treatment | side  | texture
        ann     | 2024-01-01 | peel      | left  | 6
        ann     | 2024-01-01 | mda       | right | 5
        ann     | 2024-03-25 |           | left  | 3
        ann     | 2024-03-25 |           | right | 4
    """)
    with pytest.raises(UsageError, match="not read at any planned visit"):
        readings_of(made, outcome="texture_grade")


def test_what_cannot_be_meant_is_said(example):
    with pytest.raises(UsageError, match="'texture' is no outcome") as refused:
        oc.readings(example, outcome="texture")
    assert "texture_grade" in str(refused.value.fix)
    with pytest.raises(UsageError, match="takes what cohort returns"):
        oc.readings(example.sifted, outcome="texture_grade")
