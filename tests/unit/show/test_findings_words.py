"""``sentence`` of Findings alone: a whole analysis, a question at the prompt, groups, and nothing at all."""

from __future__ import annotations

import pandas as pd
from run_by_hand import PAIRS, pair, plan, run, standard_findings

from analytics.domain.finding import FINDING_COLUMNS, Findings
from analytics.show.words import sentence
from schemas.standard import STANDARD


def findings(rows: list[dict] | None = None) -> Findings:
    whole = run()
    frame = pd.DataFrame(standard_findings() if rows is None else rows, columns=list(FINDING_COLUMNS))
    return Findings(frame, whole.tables["arm_means"], STANDARD, plan())


def asked(**changes: object) -> list[dict]:
    return [{**pair("texture_grade", c, -0.9, 0.2, analysis="exploratory"), **changes} for c in PAIRS]


def test_a_whole_analysis_has_a_headline_and_a_line_for_each_main_outcome() -> None:
    lines = sentence(findings()).split("\n")
    assert lines[0].startswith("Texture improved more after chemical peel than after microdermabrasion.")
    assert [line.split(":")[0] for line in lines[1:]] == ["Texture", "Breakouts", "Product absorption"]


def test_a_question_at_the_prompt_is_one_line_and_marked() -> None:
    text = sentence(findings(asked()))
    assert "\n" not in text
    assert "Exploratory, asked after the plan" in text


def test_groups_are_told_one_by_one() -> None:
    lines = sentence(findings(asked(population="skin_type=dry") + asked(population="skin_type=oily"))).split("\n")
    assert len(lines) == 2
    assert "dry" in lines[0]
    assert "oily" in lines[1]


def test_no_findings_are_said_to_be_none() -> None:
    assert sentence(findings([])) == "There is no comparison in these findings."


def test_a_run_and_its_findings_are_told_alike_but_for_what_only_a_run_knows() -> None:
    assert sentence(run()).split("\n")[:2] == sentence(findings()).split("\n")[:2]


def test_counts_by_the_repeated_model_take_the_difference_in_counts_from_beside_it() -> None:
    beside = {"measure": "difference", "method": "negative_binomial", "analysis": "sensitivity", "first": False}
    rows = [pair("inflammatory_lesions", c, 0.7, 0.1, measure="ratio", method="mmrm") for c in PAIRS]
    assert "per patient" not in sentence(findings(rows))
    rows += [pair("inflammatory_lesions", c, -4.2, 1.0, **beside) for c in PAIRS]
    assert "30 % fewer inflamed spots were counted" in sentence(findings(rows)).replace("\u00a0", " ")
    assert "about 4.2 fewer per patient" in sentence(findings(rows)).replace("\u00a0", " ")
    other_way = [{**row, "estimate": 4.2} if row["measure"] == "difference" else row for row in rows]
    assert "per patient" not in sentence(findings(other_way))


def test_both_designs_of_a_question_are_told() -> None:
    lines = sentence(findings(asked(population="design=parallel") + asked(population="design=split_face"))).split("\n")
    assert len(lines) == 2
    assert "single treatment" in lines[0]
    assert "different treatments on their sides" in lines[1]
