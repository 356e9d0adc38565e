"""The sections of a report: every number has its source, nothing is missing, and an empty one says why."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from reading import planned_value, results_of, runs_of, same, text_of, values_of
from run_by_hand import ARMS, KEYS, MDA, PAIRS, PEEL, failed, pair, run, standard_findings

from analytics.domain.block import Answers, Block, Figure, Number, Paragraph, Table, Text, from_json, to_json
from analytics.domain.errors import UsageError
from analytics.domain.run import Run
from analytics.show.numbers import apply, turn
from analytics.show.sections import SECTIONS, display, section
from analytics.show.sections.page_one import page_words
from schemas.standard import STANDARD
from schemas.vocabulary import Outcome, Treatment

NUMBER_WORDS = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|dozen|hundred|thousand|half|third|quarter)\b"
)
BANNED_ON_PAGE_ONE = re.compile(r"significan|\btrend|\beffect\b|\bCI\b|\bp\b|odds ratio|[α-ωΑ-Ω]|\bnan\b|(?-i:None)", re.IGNORECASE)


def few() -> Run:
    """A run in which one arm is under the minimum cell."""
    return run([pair("texture_grade", c, -0.9, 0.3, n={MDA: 30, PEEL: 4, ARMS[2]: 25}) for c in PAIRS])


def nothing() -> Run:
    """A run in which nothing could be estimated."""
    return run([failed(o, c) for o in ("texture_grade", "inflammatory_lesions", "absorbed_percent") for c in PAIRS])


def bare() -> Run:
    """A run without a single row in any table."""
    empty = {name: pd.DataFrame(columns=[*keys, "value"]) for name, keys in KEYS.items() if name != "findings"}
    return run([], tables=empty, facts={"rows": {}, "inputs": [], "notes": []})


def two_arms() -> Run:
    """A randomised plan with a reference."""
    rows = [row for row in standard_findings() if (row["arm"], row["reference"]) == PAIRS[0]]
    return run(rows, arms=(MDA, PEEL), reference=MDA, randomised=True)


def designs() -> Run:
    """Parallel and split-face patients apart."""
    whole = standard_findings()
    parts = [{**r, "population": f"design={d}", "n_arm": r["n_arm"] // k} for d, k in (("parallel", 1), ("split_face", 4)) for r in whole]
    return run(parts)


def trial() -> Run:
    """A trial-style file: visits are numbers."""
    return run(facts={"style": "trial", "cutoff": None, "planned": False})


RUNS: dict[str, Callable[[], Run]] = {
    "whole": run, "few": few, "nothing": nothing, "bare": bare, "two arms": two_arms, "designs": designs, "trial": trial,
}  # fmt: skip
CASES = [(kind, name) for kind in RUNS for name in SECTIONS]


@pytest.fixture(scope="module")
def made() -> Callable[[str, str], tuple[Run, tuple[Block, ...]]]:
    """(run, blocks) of a section, each made once."""
    runs: dict[str, Run] = {}
    blocks: dict[tuple[str, str], tuple[Block, ...]] = {}

    def get(kind: str, name: str) -> tuple[Run, tuple[Block, ...]]:
        if kind not in runs:
            runs[kind] = RUNS[kind]()
        if (kind, name) not in blocks:
            blocks[kind, name] = section(runs[kind], name)
        return runs[kind], blocks[kind, name]

    return get


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_no_literal_holds_a_digit(made: Callable, kind: str, name: str) -> None:
    blocks = made(kind, name)[1]
    assert blocks, "a section with nothing to show says why"
    texts = [r.text for r in runs_of(blocks) if isinstance(r, Text)]
    assert not [text for text in texts if any(c.isdigit() for c in text)]


@pytest.mark.parametrize("kind", list(RUNS))
def test_no_literal_of_page_one_holds_a_number_word(made: Callable, kind: str) -> None:
    blocks = made(kind, "page_one")[1]
    assert not [r.text for r in runs_of(blocks) if isinstance(r, Text) and NUMBER_WORDS.search(r.text)]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_result_number_is_the_transform_of_the_rows_it_names(made: Callable, kind: str, name: str) -> None:
    source, blocks = made(kind, name)
    results = results_of(source)
    for number in (r for r in runs_of(blocks) if isinstance(r, Number) and r.kind == "R"):
        values = values_of(number, results)
        assert apply(number.transform, values) == number.text, number


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_calculated_number_of_plan_and_receipt_has_its_source(made: Callable, kind: str, name: str) -> None:
    source, blocks = made(kind, name)
    for number in (r for r in runs_of(blocks) if isinstance(r, Number) and r.transform):
        if number.kind == "P" and number.ref not in ("plan.visits.weeks",):
            value = planned_value(source, number.ref)
            assert apply(number.transform, [value]) == number.text, number
            assert np.isfinite(float(turn([value], number.transform.split()[:-1])))
        assert number.ref


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_blocks_survive_the_notebook(made: Callable, kind: str, name: str) -> None:
    blocks = made(kind, name)[1]
    assert from_json(to_json(blocks)) == tuple(blocks)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_tables_have_headers_and_whole_rows_and_figures_have_words(made: Callable, kind: str, name: str) -> None:
    names = []
    for block in made(kind, name)[1]:
        if isinstance(block, Table):
            assert block.caption and block.header_columns >= 1 and block.name
            assert {len(row) for row in block.rows} <= {len(block.columns)}
            assert len(block.align) == len(block.columns)
            assert all(cell for row in block.rows for cell in row), "an empty cell says that there is nothing"
            names.append(block.name)
        if isinstance(block, Figure):
            assert block.alt and block.caption and block.data is not None and block.data.rows
            names.append(block.name)
    assert len(names) == len(set(names)), "two blocks share a file name"


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_headings_skip_no_level(made: Callable, kind: str, name: str) -> None:
    last = 0 if name == "page_one" else 2  # the notebook's prose stands at level 2 before every other section
    for block in made(kind, name)[1]:
        if isinstance(block, Paragraph) and block.role in ("headline", "heading"):
            level = 1 if block.role == "headline" else block.level
            assert level <= last + 1, block
            last = level


@pytest.mark.parametrize("kind", list(RUNS))
def test_page_one_has_its_parts_in_order(made: Callable, kind: str) -> None:
    blocks = made(kind, "page_one")[1]
    roles = [block.role for block in blocks if isinstance(block, Paragraph) and block.role not in ("heading", "note", "text")]
    assert roles == ["kicker", "headline", "lead", "provenance"]
    answers = next(block for block in blocks if isinstance(block, Answers))
    assert len(answers.items) == 3
    assert all(item.label and item.tag.runs and item.sentence for item in answers.items)
    titles = [text_of([block]) for block in blocks if isinstance(block, Paragraph) and block.role == "heading"]
    assert titles[-2:] == ["How sure can you be?", "Before you act"]
    lists = [block.items for block in blocks if isinstance(block, Paragraph) and block.items]
    assert len(lists) == 2 and all(all(items) for items in lists)


@pytest.mark.parametrize("kind", list(RUNS))
def test_page_one_speaks_plainly(made: Callable, kind: str) -> None:
    text = page_words(made(kind, "page_one")[1])
    assert not BANNED_ON_PAGE_ONE.search(text), BANNED_ON_PAGE_ONE.search(text)


def test_page_one_has_one_forest_plot_and_one_trajectory(made: Callable) -> None:
    figures = [block.name for block in made("whole", "page_one")[1] if isinstance(block, Figure)]
    assert figures == ["page-one-forest", "page-one-trajectory"]
    text = text_of(made("nothing", "page_one")[1])
    assert "No figure is drawn: nothing could be compared." in text


def test_page_one_says_what_the_design_allows(made: Callable) -> None:
    plain, lot = (text_of(made(kind, "page_one")[1]) for kind in ("whole", "two arms"))
    assert "not proof of cause" in plain and "Not randomised." in plain
    assert "adjustment for age, skin type, Fitzpatrick skin type and starting condition" in plain
    assert "assigned by lot" in lot and "not proof of cause" not in lot


def test_rows_received_are_accepted_plus_set_aside(made: Callable) -> None:
    text = text_of(made("whole", "page_one")[1])
    assert "5,204 rows received = 5,092 accepted + 112 set aside" in text
    assert "112 of 5,204 rows were set aside, 88 of them from south.csv" in text


def test_who_was_lost_has_its_denominator(made: Callable) -> None:
    text = text_of(made("whole", "page_one")[1]).replace("\u00a0", " ")
    assert "118 of 440 patients (27 %) were not seen at week 12, most often after dermal roller (28 %)" in text


def test_clinics_that_disagree_are_told() -> None:
    text = text_of(section(run(), "page_one"))
    assert "The clinics do not all agree." in text  # in the south the sign is the other way
    assert "in 2 of 3 clinics" in text


def test_sides_of_one_face_are_not_added_up(made: Callable) -> None:
    paired = [{**row, "method": "paired_difference"} for row in standard_findings()]
    text = text_of(section(run(paired), "page_one")).replace("\u00a0", " ")
    assert "322 of 440" not in text
    assert "Patients seen at week 12, by treatment: Microdermabrasion: 149 of 203; Peel: 104 of 141; Roller: 69 of 96." in text


def test_the_larger_design_leads_and_the_other_stands_beside_it(made: Callable) -> None:
    text = text_of(made("designs", "page_one")[1])
    assert "Patients with different treatments on their sides: better after chemical peel" in text


def test_a_trial_counts_visits_and_the_standard_plan_is_named(made: Callable) -> None:
    text = text_of(made("trial", "page_one")[1]).replace("\u00a0", " ")
    assert "at visit 12" in text.lower() and "week" not in text
    assert "the standard plan, because none was given" in text


def test_many_main_outcomes_stay_on_one_page() -> None:
    ids = [o.id for o in STANDARD.outcomes.values() if o.kind == "continuous" and o.averaged][:8]
    made = run([pair(o, c, -0.9, 0.2) for o in ids for c in PAIRS], primary=tuple(ids), secondary=())
    blocks = section(made, "page_one")
    assert len(next(block for block in blocks if isinstance(block, Answers)).items) == 6
    assert "The other two main outcomes stand in their own sections below." in text_of(blocks)


def test_outcomes_come_main_first_then_further_then_exploratory() -> None:
    late = {**pair("dlqi", PAIRS[0], -1.0, 0.4, analysis="exploratory"), "visit": 12.0}
    blocks = section(run([*standard_findings(), late]), "outcomes")
    titles = [text_of([b]) for b in blocks if isinstance(b, Paragraph) and b.role == "heading" and b.level == 3]
    assert titles == ["Texture grade", "Inflammatory lesions", "Product absorbed", "Roughness Ra", "Acne severity (IGA)",
                      "Melanin index", "Life quality (DLQI)"]  # fmt: skip
    assert "Exploratory: asked about after the plan." in text_of(blocks)


def test_one_outcome_by_its_name() -> None:
    blocks = section(run(), "outcome:texture_grade")
    assert text_of(blocks[:1]) == "Texture grade"
    assert {b.name for b in blocks if isinstance(b, Table)} >= {"contrasts-texture_grade", "means-texture_grade",
                                                                "responders-texture_grade", "measured-texture_grade"}  # fmt: skip


@pytest.mark.parametrize(("asked", "near"), [("page_two", "page_one"), ("outcome:texture_grad", "texture_grade")])
def test_an_unknown_section_suggests_the_nearest(asked: str, near: str) -> None:
    with pytest.raises(UsageError, match=near):
        section(run(), asked)


def test_methods_have_a_sentence_for_every_outcome_with_the_five_attributes(made: Callable) -> None:
    text = text_of(made("whole", "methods")[1]).replace("\u00a0", " ")
    assert "Among patients whose first course was microdermabrasion, chemical peel or dermal roller" in text  # population
    assert "all pairs of treatments are compared" in text  # treatments
    assert "texture grade at week 12" in text  # variable
    assert "readings count whatever happened in between" in text  # intercurrent events
    assert "by the difference in averages" in text  # summary
    assert "The same at week 4 and week 8, for each pair alone." in text
    assert "change since the start as response" in text


@pytest.mark.parametrize("name", [n for n in SECTIONS if n not in ("page_one", "glossary", "plan", "receipt", "outcomes")])
def test_an_empty_section_says_why(made: Callable, name: str) -> None:
    text = text_of(made("bare", name)[1])
    assert re.search(r"\b(no|not|nobody|nothing)\b", text, re.IGNORECASE), text


def test_zero_events_print_their_upper_limit(made: Callable) -> None:
    text = text_of(made("whole", "safety")[1])
    assert "none; at most" in text
    assert "Expected reactions" in text and "Adverse events" in text


def test_a_new_outcome_and_a_new_arm_are_told_without_another_change() -> None:
    vocabulary = STANDARD.with_outcome(
        Outcome("glow", "Glow 24", "reported", "continuous", "glows", "higher", 0, 10, short_label="Glow 24")
    ).with_treatment(Treatment("light", "Light <therapy> & \"50\"", "Light", "Blue light."))
    rows = [{**pair("texture_grade", (PEEL, MDA), 1.4, 0.2), "outcome": "glow", "arm": "light", "verdict": "better",
             "contrast": "light v microdermabrasion"}]  # fmt: skip
    made = run(rows, vocabulary=vocabulary, arms=(MDA, "light"), primary=("glow",), secondary=())
    for name in SECTIONS:
        blocks = section(made, name)
        assert not [r for r in runs_of(blocks) if isinstance(r, Text) and any(c.isdigit() for c in r.text)], name
    assert "glow 24 had improved by 1.4 glows more after light <therapy> & \"50\"" in text_of(section(made, "page_one"))


def test_display_is_what_a_cell_returns() -> None:
    shown = display(run(), "flow")
    assert tuple(shown) == section(run(), "flow")


def test_the_same_run_gives_the_same_blocks() -> None:
    assert to_json(section(run(), "page_one")) == to_json(section(run(), "page_one"))


def test_numbers_are_compared_as_they_are() -> None:
    assert same(0.1 + 0.2, 0.3) and not same(0.3, 0.30001)
