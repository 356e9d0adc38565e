"""Page one: its parts in order, in plain words, every claim with its denominator."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from awkward_runs import RUNS
from reading import text_of
from run_by_hand import PAIRS, pair, run, standard_findings

from analytics.domain.block import Answers, Figure, Paragraph
from analytics.show.sections import section
from analytics.show.sections.page_one import page_words
from schemas.standard import STANDARD

BANNED = re.compile(r"significan|\btrend|\beffect\b|\bCI\b|\bp\b|odds ratio|[α-ωΑ-Ω]|\bnan\b|(?-i:None)", re.IGNORECASE)


@pytest.mark.parametrize("kind", list(RUNS))
def test_page_one_has_its_parts_in_order(made: Callable, kind: str) -> None:
    blocks = made(kind, "page_one")[1]
    roles = [
        block.role for block in blocks if isinstance(block, Paragraph) and block.role not in ("heading", "note", "text")
    ]
    assert roles == ["kicker", "headline", "lead", "provenance"]
    answers = next(block for block in blocks if isinstance(block, Answers))
    assert len(answers.items) == 3
    assert all(item.label and item.tag.runs and item.sentence for item in answers.items)
    titles = [text_of([block]) for block in blocks if isinstance(block, Paragraph) and block.role == "heading"]
    assert titles[-2:] == ["How sure can you be?", "Before you act"]
    lists = [block.items for block in blocks if isinstance(block, Paragraph) and block.items]
    assert len(lists) == 2
    assert all(all(items) for items in lists)


@pytest.mark.parametrize("kind", list(RUNS))
def test_page_one_speaks_plainly(made: Callable, kind: str) -> None:
    text = page_words(made(kind, "page_one")[1])
    assert not BANNED.search(text), BANNED.search(text)


def test_page_one_has_one_forest_plot_and_one_trajectory(made: Callable) -> None:
    figures = [block.name for block in made("whole", "page_one")[1] if isinstance(block, Figure)]
    assert figures == ["page-one-forest", "page-one-trajectory"]
    text = text_of(made("nothing", "page_one")[1])
    assert "No figure is drawn: nothing could be compared." in text
    assert "these are differences" not in text


def test_page_one_says_what_the_design_allows(made: Callable) -> None:
    plain, lot = (text_of(made(kind, "page_one")[1]) for kind in ("whole", "two arms"))
    assert "not proof of cause" in plain
    assert "Not randomised." in plain
    assert "adjustment for age, skin type, Fitzpatrick skin type and starting condition" in plain
    assert "assigned by lot" in lot
    assert "not proof of cause" not in lot


def test_rows_received_are_accepted_plus_set_aside(made: Callable) -> None:
    text = text_of(made("whole", "page_one")[1])
    assert "5,204 rows received = 5,092 accepted + 112 set aside" in text
    assert "112 of 5,204 rows were set aside, 88 of them from south.csv" in text


def test_who_was_lost_has_its_denominator(made: Callable) -> None:
    text = text_of(made("whole", "page_one")[1]).replace("\u00a0", " ")
    assert "118 of 440 patients (27 %) were not seen at week 12, most often after dermal roller (28 %)" in text


def test_without_a_plan_nobody_claims_to_know_how_treatments_were_assigned() -> None:
    text = text_of(section(run(facts={"planned": False}), "page_one"))
    assert "Nothing says that treatments were assigned by lot" in text
    assert "Not known to be randomised." in text
    assert "chosen at the consultation" not in text


def test_a_start_is_allowed_for_only_where_an_outcome_has_one() -> None:
    rows = [pair("gais", c, o, 0.2, measure="odds_ratio") for c, o in zip(PAIRS, (0.5, 0.9, 1.4))]
    text = text_of(section(run(rows, primary=("gais",), secondary=()), "page_one"))
    assert "starting condition" not in text
    assert "adjustment for age, skin type and Fitzpatrick skin type, not proof of cause" in text


def test_one_patient_lost_is_one_patient_and_no_pattern() -> None:
    visits = run().tables["visits"]
    seen = visits["cohort"] - (visits["arm"] == PAIRS[0][1]).astype(int)
    text = text_of(section(run(tables={"visits": visits.assign(seen=seen)}), "page_one")).replace("\u00a0", " ")
    assert "1 of 440 patients (0.2 %) was not seen at week 12. How they fared" in text


def test_clinics_that_all_disagree_count_none() -> None:
    clinics = run().tables["clinics"]
    text = text_of(section(run(tables={"clinics": clinics.assign(mean_change=-clinics["mean_change"])}), "page_one"))
    assert "in 1 of 3 clinics" in text
    flat = text_of(section(run(tables={"clinics": clinics.assign(mean_change=0.0)}), "page_one"))
    assert "in none of 3 clinics" in flat


def test_a_single_visit_makes_no_course() -> None:
    means = run().tables["arm_means"]
    late = means[(means["visit"] == 12.0)].assign(scale="value")
    blocks = section(run(tables={"arm_means": late}), "page_one")
    assert [block.name for block in blocks if isinstance(block, Figure)] == ["page-one-forest"]
    assert "No course is drawn" in text_of(blocks)


def test_clinics_that_disagree_are_told() -> None:
    text = text_of(section(run(), "page_one"))
    assert "The clinics do not all agree." in text  # in the south the sign is the other way
    assert "in 2 of 3 clinics" in text


def test_sides_of_one_face_are_not_added_up(made: Callable) -> None:
    paired = [{**row, "method": "paired_difference"} for row in standard_findings()]
    text = text_of(section(run(paired), "page_one")).replace("\u00a0", " ")
    assert "322 of 440" not in text
    assert (
        "Patients seen at week 12, by treatment: Microdermabrasion: 149 of 203; Peel: 104 of 141; Roller: 69 of 96."
        in text
    )


def test_the_larger_design_leads_and_the_other_stands_beside_it(made: Callable) -> None:
    text = text_of(made("designs", "page_one")[1])
    assert "Patients with different treatments on their sides: better after chemical peel" in text


def test_a_trial_counts_visits_and_the_standard_plan_is_named(made: Callable) -> None:
    text = text_of(made("trial", "page_one")[1]).replace("\u00a0", " ")
    assert "at visit 12" in text.lower()
    assert "week" not in text
    assert "the standard plan, because none was given" in text


def test_many_main_outcomes_stay_on_one_page() -> None:
    ids = [o.id for o in STANDARD.outcomes.values() if o.kind == "continuous" and o.averaged][:8]
    made = run([pair(o, c, -0.9, 0.2) for o in ids for c in PAIRS], primary=tuple(ids), secondary=())
    blocks = section(made, "page_one")
    assert len(next(block for block in blocks if isinstance(block, Answers)).items) == 6
    assert "The other two main outcomes stand in their own sections below." in text_of(blocks)
