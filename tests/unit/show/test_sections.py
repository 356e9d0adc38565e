"""The sections of a report: every number has its source, nothing is missing, and an empty one says why."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from awkward_runs import RUNS
from reading import planned_value, results_of, runs_of, same, text_of, values_of
from run_by_hand import MDA, PAIRS, PEEL, pair, run, standard_findings

from analytics.domain.block import Figure, Number, Paragraph, Table, Text, from_json, to_json
from analytics.domain.errors import UsageError
from analytics.show.numbers import apply, turn
from analytics.show.sections import SECTIONS, display, section
from schemas.standard import STANDARD
from schemas.vocabulary import Outcome, Treatment

NUMBER_WORDS = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|dozen|hundred|thousand|half|third|quarter)\b"
)


CASES = [(kind, name) for kind in RUNS for name in SECTIONS]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_no_literal_holds_a_digit(made: Callable, kind: str, name: str) -> None:
    blocks = made(kind, name)[1]
    assert blocks, "a section with nothing to show says why"
    texts = [r.text for r in runs_of(blocks) if isinstance(r, Text)]
    assert not [text for text in texts if any(c.isdigit() for c in text)]


@pytest.mark.parametrize("kind", list(RUNS))
@pytest.mark.parametrize("name", [name for name in SECTIONS if name.endswith("page_one")])
def test_no_literal_of_page_one_holds_a_number_word(made: Callable, kind: str, name: str) -> None:
    blocks = made(kind, name)[1]
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
            assert block.caption
            assert block.header_columns >= 1
            assert block.name
            assert {len(row) for row in block.rows} <= {len(block.columns)}
            assert len(block.align) == len(block.columns)
            assert all(cell for row in block.rows for cell in row), "an empty cell says that there is nothing"
            names.append(block.name)
        if isinstance(block, Figure):
            assert block.alt
            assert block.caption
            assert block.data is not None
            assert block.data.rows
            names.append(block.name)
    assert len(names) == len(set(names)), "two blocks share a file name"


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_headings_skip_no_level(made: Callable, kind: str, name: str) -> None:
    last = 0 if name.endswith("page_one") else 2  # the notebook's prose stands at level 2 before every other section
    for block in made(kind, name)[1]:
        if isinstance(block, Paragraph) and block.role in ("headline", "heading"):
            level = 1 if block.role == "headline" else block.level
            assert level <= last + 1, block
            last = level


def test_outcomes_come_main_first_then_further_then_exploratory() -> None:
    late = {**pair("dlqi", PAIRS[0], -1.0, 0.4, analysis="exploratory"), "visit": 12.0}
    blocks = section(run([*standard_findings(), late]), "outcomes")
    titles = [text_of([b]) for b in blocks if isinstance(b, Paragraph) and b.role == "heading" and b.level == 3]
    assert titles == ["Texture grade", "Inflammatory lesions", "Product absorbed", "Roughness Ra",
    "Acne severity (IGA)",
                      "Melanin index", "Life quality (DLQI)"]  # fmt: skip
    assert "Exploratory: asked about after the plan." in text_of(blocks)


def test_one_outcome_by_its_name() -> None:
    blocks = section(run(), "outcome:texture_grade")
    assert text_of(blocks[:1]) == "Texture grade"
    assert {b.name for b in blocks if isinstance(b, Table)} >= {"contrasts-texture_grade", "means-texture_grade",
                                                                "responders-texture_grade",
                                                                "measured-texture_grade"}  # fmt: skip


@pytest.mark.parametrize(("asked", "near"), [("page_two", "page_one"), ("outcome:texture_grad", "texture_grade")])
def test_an_unknown_section_suggests_the_nearest(asked: str, near: str) -> None:
    with pytest.raises(UsageError, match=near):
        section(run(), asked)


def test_methods_have_a_sentence_for_every_outcome_with_the_five_attributes(made: Callable) -> None:
    text = text_of(made("whole", "methods")[1]).replace("\u00a0", " ")
    assert (
        "Among patients whose first course was microdermabrasion, chemical peel or dermal roller" in text
    )  # population
    assert "all pairs of treatments are compared" in text  # treatments
    assert "texture grade at week 12" in text  # variable
    assert "readings count whatever happened in between" in text  # intercurrent events
    assert "by the difference in averages" in text  # summary
    assert "The same at week 4 and week 8, for each pair alone." in text
    assert "change since the start as response" in text


@pytest.mark.parametrize(
    "name",
    [n for n in SECTIONS if not n.endswith("page_one") and n not in ("glossary", "plan", "receipt", "outcomes")],
)
def test_an_empty_section_says_why(made: Callable, name: str) -> None:
    text = text_of(made("bare", name)[1])
    assert re.search(r"\b(no|not|nobody|nothing)\b", text, re.IGNORECASE), text


def test_zero_events_print_their_upper_limit(made: Callable) -> None:
    text = text_of(made("whole", "safety")[1])
    assert "none; at most" in text
    assert "Expected reactions" in text
    assert "Adverse events" in text


def test_a_new_outcome_and_a_new_arm_are_told_without_another_change() -> None:
    vocabulary = STANDARD.with_outcome(
        Outcome("glow", "Glow 24", "reported", "continuous", "glows", "higher", 0, 10, short_label="Glow 24")
    ).with_treatment(Treatment("light", 'Light <therapy> & "50"', "Light", "Blue light."))
    rows = [{**pair("texture_grade", (PEEL, MDA), 1.4, 0.2), "outcome": "glow", "arm": "light", "verdict": "better",
             "contrast": "light v microdermabrasion"}]  # fmt: skip
    made = run(rows, vocabulary=vocabulary, arms=(MDA, "light"), primary=("glow",), secondary=())
    for name in SECTIONS:
        blocks = section(made, name)
        assert not [r for r in runs_of(blocks) if isinstance(r, Text) and any(c.isdigit() for c in r.text)], name
    assert 'glow 24 had improved by 1.4 glows more after light <therapy> & "50"' in text_of(section(made, "page_one"))


def test_display_is_what_a_cell_returns() -> None:
    shown = display(run(), "flow")
    assert tuple(shown) == section(run(), "flow")


def test_the_same_run_gives_the_same_blocks() -> None:
    assert to_json(section(run(), "page_one")) == to_json(section(run(), "page_one"))


def test_numbers_are_compared_as_they_are() -> None:
    assert same(0.1 + 0.2, 0.3)
    assert not same(0.3, 0.30001)
