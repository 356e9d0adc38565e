"""What the front door's verbs put out for Findings and for a Cohort."""

from __future__ import annotations

import pytest
from reading import text_of
from run_by_hand import PAIRS, failed, pair, plan, run, standard_findings

from analytics.domain.block import Table
from analytics.domain.cohort import Cohort
from analytics.domain.dataset import Sifted
from analytics.domain.errors import UsageError
from analytics.domain.finding import FINDING_COLUMNS, Findings
from analytics.show.values import describe_cohort, plot_value, sentence_value, table_value
from schemas.standard import STANDARD

import pandas as pd


def findings(rows: list[dict] | None = None) -> Findings:
    whole = run()
    frame = pd.DataFrame(standard_findings() if rows is None else rows, columns=list(FINDING_COLUMNS))
    return Findings(frame, whole.tables["arm_means"], STANDARD, plan())


def cohort() -> Cohort:
    blank = pd.DataFrame()
    sifted = Sifted(blank, blank, STANDARD, (), {})
    return Cohort(blank, blank, run().tables["flow"], {}, plan(), sifted, blank)


def described() -> dict[str, pd.DataFrame]:
    tables = run().tables
    return {name: tables[name] for name in ("arms", "baseline", "descriptions", "visits")}


def asked(**changes: object) -> list[dict]:
    return [{**pair("texture_grade", c, -0.9, 0.2, analysis="exploratory"), **changes} for c in PAIRS]


def test_whole_findings_have_a_headline_and_a_line_for_each_main_outcome() -> None:
    lines = sentence_value(findings()).split("\n")
    assert lines[0].startswith("Texture improved more after chemical peel than after microdermabrasion.")
    assert [line.split(":")[0] for line in lines[1:]] == ["Texture", "Breakouts", "Product absorption"]


def test_a_question_at_the_prompt_is_one_line_and_marked() -> None:
    text = sentence_value(findings(asked()))
    assert "\n" not in text and "Exploratory, asked after the plan" in text


def test_groups_are_told_one_by_one() -> None:
    rows = asked(population="skin_type=dry") + asked(population="skin_type=oily")
    lines = sentence_value(findings(rows)).split("\n")
    assert len(lines) == 2 and "dry" in lines[0] and "oily" in lines[1]
    assert plot_value(findings(rows)).alt.startswith("Texture")


def test_findings_as_tables_and_figure() -> None:
    tables = [block for block in table_value(findings()) if isinstance(block, Table)]
    assert {table.name for table in tables} >= {"contrasts-texture_grade", "sensitivity-texture_grade", "contrasts-acne_iga"}
    assert plot_value(findings(), outcome="acne_iga").alt.startswith("Acne severity")


def test_nothing_to_draw_says_what_to_do() -> None:
    with pytest.raises(UsageError, match="nothing to draw"):
        plot_value(findings([failed("absorbed_percent", c) for c in PAIRS]))
    with pytest.raises(UsageError, match="texture_grade"):
        plot_value(findings(), outcome="texture_grad")


def test_a_cohort_as_flow_figure_and_description() -> None:
    assert "Compared" in text_of(tuple(table_value(cohort()))) or "Cohort" in text_of(tuple(table_value(cohort())))
    assert "Median" in plot_value(cohort(), outcome="texture_grade", described=described()).alt
    with pytest.raises(UsageError):
        plot_value(cohort())
    text = text_of(tuple(describe_cohort(cohort(), described())))
    for part in ("Patients at the start, by treatment", "Courses by treatment", "Elasticity R2", "As measured"):
        assert part in text
