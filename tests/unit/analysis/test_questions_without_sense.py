"""Questions that make no sense: refused with the reason, and with what to ask instead."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import analytics as oc
from analytics.domain.errors import OutcomesError, PlanRefused, UsageError


@pytest.fixture(scope="module")
def cohort() -> Any:
    return oc.cohort(oc.validate(oc.example(patients=60)))


@pytest.mark.parametrize(
    ("asked", "why", "instead"),
    [
        ({"adjust": "hours_since_session"}, "known only once treatment has begun", "before the first session"),
        ({"adjust": ["age", "session_no"]}, "known only once treatment has begun", "skin_type"),
        ({"by": "session_no"}, "Grouping by it", "before the first session"),
        ({"adjust": "dlqi"}, "its own start is adjusted for by itself", "age"),
        ({"adjust": "roller_needle_mm"}, "take away part of the treatment", "within the treatment"),
        ({"by": "peel_depth"}, "setting of Chemical peel: nobody with another treatment", "oc.section(run, 'peel_str"),
        ({"by": "roller_needle_mm"}, "no other treatment to compare with", "roller_needle_mm under covariates"),
        ({"measure": "percent_change"}, "who starts low would count most", "leave measure out"),
        ({"outcome": "absorption"}, "measures the barrier, and is never product going in", "absorbed_percent"),
        ({"outcome": "visia_percentile"}, "has no mean and no difference", "underlying score"),
        ({"method": "t_test"}, "every reading for a patient of its own", "leave method out"),
        ({"visit": 0}, "before any treatment", "4, 8, 12"),
        ({"visit": "week 12"}, "A visit is a number", "4, 8, 12"),
    ],
)
def test_the_reason_and_the_way_out(cohort: Any, asked: dict, why: str, instead: str) -> None:
    with pytest.raises(UsageError) as refused:
        oc.compare(cohort, **{"outcome": "texture_grade", **asked})
    assert why in refused.value.message
    assert instead in refused.value.fix


def clinic(tmp_path: Any, rows: list[dict[str, Any]]) -> Any:
    path = tmp_path / "sessions.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return oc.cohort(oc.validate(oc.read(path)))


def test_percent_of_nothing_is_counted(tmp_path: Any) -> None:
    rows = []
    for number in range(12):
        arm = ("chemical_peel", "dermal_roller")[number % 2]
        rows.append({"patient_id": f"p{number}", "session_date": "2026-01-05", "treatment": arm,
                     "inflammatory_lesions": number // 4})  # fmt: skip
        rows.append({"patient_id": f"p{number}", "session_date": "2026-03-30", "inflammatory_lesions": 1})
    with pytest.raises(UsageError, match="4 of 12 patients start at 0, and of 0 there is no percent"):
        oc.compare(clinic(tmp_path, rows), outcome="inflammatory_lesions", measure="percent change")


def test_an_unpaired_method_on_the_sides_of_a_face_is_refused(tmp_path: Any) -> None:
    rows = []
    for number in range(12):
        for side, arm in (("left", "chemical_peel"), ("right", "dermal_roller")):
            base = {"patient_id": f"p{number}", "side": side}
            rows.append({**base, "session_date": "2026-01-05", "treatment": arm, "texture_grade": 5 + number % 3})
            rows.append({**base, "session_date": "2026-03-30", "texture_grade": 3 + number % 2 + (side == "left")})
    made = clinic(tmp_path, rows)
    with pytest.raises(UsageError, match="the two sides of a patient as two patients") as refused:
        oc.compare(made, outcome="texture_grade", method="ancova")
    assert "paired_difference" in refused.value.fix
    assert set(oc.compare(made, outcome="texture_grade").frame["method"]) == {"paired_difference"}


def test_groups_that_hold_one_treatment_each_are_refused(tmp_path: Any) -> None:
    rows = []
    for number in range(24):
        arm = ("chemical_peel", "dermal_roller")[number % 2]
        base = {"patient_id": f"p{number}", "provider_id": f"n{number % 8}"}
        rows.append({**base, "session_date": "2026-01-05", "treatment": arm, "texture_grade": 5 + number % 3})
        rows.append({**base, "session_date": "2026-03-30", "texture_grade": 3 + number % 2})
    with pytest.raises(UsageError, match="In none of the 8 groups that provider_id makes") as refused:
        oc.compare(clinic(tmp_path, rows), outcome="texture_grade", by="provider_id")
    assert "make fewer groups" in refused.value.fix
    assert "under covariates: in the mapping" in refused.value.fix


def test_many_numbers_are_split_and_the_page_says_how_to_have_other_groups(cohort: Any) -> None:
    found = oc.compare(cohort, outcome="texture_grade", by="age")
    count = cohort.members["age"].nunique()
    page = " ".join(repr(found).split())
    assert f"Grouped: the {count} values of age are split in two at the middle one" in page
    assert page.count("Grouped:") == 1
    assert "make a column of your own (such as age_group)" in page
    assert "Grouped:" not in repr(oc.compare(cohort, outcome="texture_grade", by="sex"))


def test_a_depth_that_was_not_recorded_is_no_level_of_a_plan(cohort: Any) -> None:
    from analytics.analysis.questions import levels

    assert "" in set(cohort.members["peel_depth"])
    assert "" not in levels(cohort, "peel_depth")


def test_water_loss_cannot_be_mapped_to_absorption(tmp_path: Any) -> None:
    path = tmp_path / "v.csv"
    path.write_text("Client,Date,Service,TEWL left\na,2026-01-05,peel,12\n")
    columns = {"patient_id": "Client", "session_date": "Date", "treatment": "Service"}
    with pytest.raises(PlanRefused, match="water leaving the skin, not product going in"):
        oc.read(path, mapping={"columns": {**columns, "absorbed_percent": "TEWL left"}})


@pytest.mark.parametrize(
    ("asked", "name"),
    [("Texture", "texture_grade"), ("Inflamed spots", "inflammatory_lesions"), ("tewl", "tewl_g_m2_h"),
     ("water loss", "tewl_g_m2_h")],
)  # fmt: skip
def test_a_label_finds_the_name(cohort: Any, asked: str, name: str) -> None:
    with pytest.raises(UsageError) as refused:
        oc.compare(cohort, outcome=asked)
    assert name in refused.value.fix


@pytest.mark.parametrize(
    ("call", "step"),
    [
        (lambda c: oc.compare(c.sifted, outcome="texture_grade"), "oc.cohort(sifted)"),
        (lambda c: oc.describe(c.sifted), "oc.cohort(sifted)"),
        (lambda c: oc.power(c.sifted, outcome="texture_grade"), "oc.cohort(sifted)"),
        (lambda c: oc.explore(c.sifted), "oc.cohort(sifted)"),
        (lambda c: oc.plot("texture_grade"), "oc.compare"),
        (lambda c: oc.table(c.sifted), "oc.compare"),
        (lambda c: oc.sentence(c), "oc.compare"),
        (lambda c: oc.report(c, "out"), "oc.analyse(sifted)"),
        (lambda c: oc.cohort(c.sifted, "plan.yml"), "oc.plan(sifted)"),
        (lambda c: oc.cohort(c.sifted, clinics="nort"), "north"),
    ],
)
def test_the_wrong_value_names_the_missing_step(cohort: Any, call: Any, step: str) -> None:
    with pytest.raises(UsageError) as refused:
        call(cohort)
    assert step in refused.value.fix


def test_an_error_is_one_message_without_a_path(cohort: Any) -> None:
    with pytest.raises(OutcomesError) as refused:
        oc.compare(cohort, outcome="texture")
    (told,) = refused.value._render_traceback_()
    assert "File" not in told
    assert "/" not in told
    assert told == str(refused.value)


def test_covariates_can_be_named(cohort: Any) -> None:
    found = oc.compare(cohort, outcome="texture_grade", adjust=["age", "sex"])
    assert found.covariates == ("age", "sex")
    assert found.plan is cohort.plan
    assert set(oc.compare(cohort, outcome="texture_grade", adjust=[]).frame["adjustment"]) == {"none"}
