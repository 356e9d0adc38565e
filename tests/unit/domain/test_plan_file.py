"""Plans as files: what is read, and that the commented text reads back as the same plan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.documents import load_document, validated
from analytics.domain.errors import PlanRefused
from analytics.domain.plan import Plan
from analytics.domain.plan_file import LAYOUT, dump_plan, load_plan

EXAMPLE = """
title: Spring review
arms: [microdermabrasion, chemical_peel, dermal_roller]
reference: null                      # null: all pairs; or one arm
primary: [texture_grade, inflammatory_lesions, absorbed_percent]
secondary: [roughness_ra_um, {outcome: acne_iga, method: cumulative_logit,
             meaningful_difference: {odds_ratio: 1.5}, margin: 1.2}]
randomised: false
pool_designs: false
visits: {weeks: [4, 8, 12], window_days: 14, primary: 12}
course: {gap_days: 84, baseline_window_days: 30}
data: {from: null, to: null, clinics: null, cutoff: null}
covariates: [age, skin_type, fitzpatrick, clinic_id]
intercurrent: {switch: treatment_policy, stop: treatment_policy, new_skin_drug: treatment_policy}
primary_estimator: adjusted
multiplicity: max_t
across: none
subgroups: []
confidence_level: 0.95
minimum_cell: 5
seed: 1
"""


def test_the_plan_of_the_manual(tmp_path: Path) -> None:
    path = tmp_path / "plan.yml"
    path.write_text(EXAMPLE)
    plan = load_plan(path)
    assert plan.arms == ("microdermabrasion", "chemical_peel", "dermal_roller")
    assert plan.reference is None
    assert plan.secondary[1].meaningful_difference == {"odds_ratio": 1.5}
    assert plan.visits.primary == 12
    assert plan.across == "none"
    assert plan.data.start is None


def test_dates_are_read_as_days() -> None:
    plan = load_document("data: {from: 2026-01-02, to: 2026-03-01, cutoff: '2026-04-01'}\n", Plan, what="the plan")
    assert plan.data.start == dt.date(2026, 1, 2)
    assert plan.data.cutoff == dt.date(2026, 4, 1)


def test_a_date_that_does_not_exist() -> None:
    with pytest.raises(PlanRefused, match=r"line 1, data\.from"):
        load_document("data: {from: 2026-02-30}\n", Plan, what="the plan")


def test_an_empty_file_is_the_default_plan() -> None:
    assert load_document("# nothing\n", Plan, what="the plan") == Plan()


def test_every_entry_of_the_plan_is_written_with_a_comment() -> None:
    assert [key for key, _ in LAYOUT] == [f.alias or name for name, f in Plan.model_fields.items()]
    text = dump_plan(Plan())
    for key in Plan.model_fields:
        assert f"\n{key}: " in text


words = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=12
)


@given(
    words, st.lists(words, min_size=2, max_size=4, unique=True), st.dates(min_value=dt.date(1990, 1, 1)), st.booleans()
)
def test_what_is_written_reads_back_as_the_same_plan(title: str, arms: list[str], day: dt.date, flag: bool) -> None:
    plan = Plan.model_validate(
        {
            "title": title,
            "arms": arms,
            "reference": arms[0],
            "primary": ["texture_grade", {"outcome": "dlqi", "margin": 2}],
            "randomised": flag,
            "data": {"from": day, "clinics": arms},
            "visits": {"weeks": [1.5, 4], "primary": None},
            "subgroups": arms,
            "confidence_level": 0.9,
        }
    )
    assert load_document(dump_plan(plan), Plan, what="the plan").sha256 == plan.sha256


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("arms: [a, a]\n", "named twice"),
        ("arms: [a, b]\nreference: c\n", "not one of the arms"),
        ("visits: {weeks: [8, 4]}\n", "rise"),
        ("multiplicity: maxt\n", "did you mean 'max_t'"),
        ("primary_estimator: weighted\n", "must be 'adjusted' or 'unadjusted'"),
        ("visits: {primary: 5}\n", "not one of the weeks"),
        ("primary: [{outcome: a, meaningful_difference: {odds: 2}}]\n", "not a measure"),
    ],
)
def test_a_plan_that_makes_no_sense(text: str, says: str) -> None:
    with pytest.raises(PlanRefused) as error:
        load_document(text, Plan, what="the plan")
    assert says in str(error.value)
    assert error.value.exit_code == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data: {from: 2025-01-01, to: 2024-01-01}\n", "is before from"),
        ("data: {clinics: north}\n", "a list like [north, south]"),
        ("data: {from: 01/02/2024}\n", "a date like 2026-03-01"),
        ("seed: one\n", "a whole number"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_plain_words(tmp_path, text: str, said: str) -> None:
    path = tmp_path / "plan.yml"
    path.write_text(text)
    with pytest.raises(PlanRefused) as caught:
        load_plan(path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\narms: [a, a]\n", "line 2, arms: an arm is named twice: a"),
        ("title: x\narms: [a]\n", "line 2, arms: a plan compares at least two arms; found a alone"),
        ("arms: [a, b]\nreference: c\n", "line 2, reference: reference 'c' is not one of the arms (a, b)"),
        ("primary: [a]\nsecondary: [a]\n", "line 2, secondary: an outcome is named twice: a"),
        ("visits:\n  weeks: [8, 4]\n", "line 2, visits.weeks: weeks must be above 0 and rise; found 8, 4"),
        ("visits: {weeks: []}\n", "found none"),
        ("data:\n  from: 2025-01-01\n  to: 2024-01-01\n", "line 3, data.to: to (2024-01-01) is before from"),
        ("multiplicity: dunnett\n", "line 1, multiplicity: dunnett compares with one reference"),
    ],
)
def test_a_plan_that_contradicts_itself_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(PlanRefused) as error:
        load_document(text, Plan, what="the plan")
    assert said in str(error.value)
    assert "mend the lines named above" in str(error.value)


def test_lines_are_spoken_of_only_where_lines_are_named() -> None:
    with pytest.raises(PlanRefused) as error:
        validated({"arms": ["a", "a"]}, Plan, name="The plan", lines={})
    assert "arms: an arm is named twice: a" in str(error.value)
    assert "mend what is listed above" in str(error.value)
    assert "line" not in str(error.value)
