"""Tables of the evidence: numbers as in the files, denominators beside them, nothing decided twice."""

from __future__ import annotations

import pandas as pd
from reading import text_of
from run_by_hand import PAIRS, pair, run, standard_findings

from analytics.domain.block import Table
from analytics.show import tables
from analytics.show.runs import words
from analytics.show.stories import ANALYSES, evidence
from schemas.standard import STANDARD

SOURCE = evidence(run())
TEXTURE = STANDARD.outcomes["texture_grade"]


def grid(table: object) -> list[list[str]]:
    assert isinstance(table, Table)
    lines = [[words(cell) for cell in row] for row in (table.columns, *table.rows)]
    return [[cell.replace("\u00a0", " ") for cell in line] for line in lines]


def test_contrasts_bear_the_signs_of_the_file() -> None:
    made = tables.contrasts(SOURCE, TEXTURE, ANALYSES, caption="Comparisons", table="c")
    head, *rows = grid(made)
    assert head == ["Comparison", "Visit", "n", "Estimate", "95 % interval", "95 %, all pairs", "p", "Reading"]
    last = next(row for row in rows if row[:2] == ["Peel v microdermabrasion", "week 12"])
    assert last[2:6] == ["104 v 149", "−0.91", "−1.32 to −0.51", "−1.39 to −0.43"]
    assert last[6:] == ["< 0.001", "better, size open"]


def test_sensitivity_rows_bear_a_method_and_no_verdict() -> None:
    head, *rows = grid(tables.contrasts(SOURCE, TEXTURE, ("sensitivity",), caption="x", table="s"))
    assert "Method" in head
    assert "Reading" not in head
    assert "p" not in head
    assert {row[1] for row in rows} == {"analysis of covariance, nothing allowed for",
                                        "analysis of covariance, change since the start as response"}  # fmt: skip


def test_notes_of_the_analysis_are_told_under_the_table() -> None:
    rows = [{**row, "notes": "2 patients left out; model fell back"} for row in standard_findings()]
    made = tables.contrasts(evidence(run(rows)), TEXTURE, ANALYSES, caption="x", table="c")
    assert isinstance(made, Table)
    assert "Noted: 2 patients left out; model fell back." in words(made.note)


def test_without_rows_there_is_no_table() -> None:
    assert tables.contrasts(evidence(run([])), TEXTURE, ANALYSES, caption="x", table="c") is None


def test_responders_have_count_denominator_share_and_interval() -> None:
    _, row = grid(tables.responders(SOURCE, TEXTURE))
    assert row == ["Week 12", "61 of 149, 41 % (34 to 48)", "75 of 104, 72 % (65 to 79)", "38 of 69, 55 % (48 to 62)"]


def test_grades_are_counted_out_of_those_with_a_reading() -> None:
    _, *rows = grid(tables.measured(SOURCE, STANDARD.outcomes["acne_iga"]))
    assert rows[0] == ["Start", "0 clear", "20 of 203 (10 %)", "14 of 141 (10 %)", "10 of 96 (10 %)"]
    assert rows[-1][:3] == ["Week 12", "4 severe", "15 of 149 (10 %)"]


def test_means_are_those_of_the_estimator_that_bears_the_verdict() -> None:
    other = run().tables["arm_means"].assign(method="cumulative_logit", estimate=99.0)
    both = pd.concat([run().tables["arm_means"], other], ignore_index=True)
    _, *rows = grid(tables.means(evidence(run(tables={"arm_means": both})), TEXTURE))
    assert len(rows) == 3
    assert "99" not in str(rows)
    assert rows[-1][2] == "−1.02 (−1.28 to −0.76); n = 149"


def test_the_flow_has_a_table_for_each_unit_and_shares_of_its_first_line() -> None:
    rows, patients = (grid(table) for table in tables.flow(SOURCE))
    assert rows[1:] == [["Received", "5,204"], ["Set aside", "112 (2 %)"], ["Accepted", "5,092 (98 %)"]]
    assert patients[0] == ["Step", "All", "Microdermabrasion", "Peel", "Roller"]
    assert patients[-1] == ["Cohort", "440 (86 %)", "203", "141", "96"]


def test_reasons_that_met_nobody_are_left_out() -> None:
    flow = pd.concat([run().tables["flow"], pd.DataFrame([{"step": "combined", "unit": "patients", "count": 0,
                                                           "reason": "two at once", "arm": ""}])],
                                                           ignore_index=True)  # fmt: skip
    assert "two at once" not in text_of(tables.flow(evidence(run(tables={"flow": flow}))))


def test_categories_have_counts_and_shares_and_numbers_their_n() -> None:
    _, *rows = grid(tables.baseline(SOURCE))
    assert rows[0] == ["Age", "34.2 (9.1); n = 200", "35.2 (9.1); n = 138", "36.2 (9.1); n = 93"]
    assert rows[2] == ["Skin type: oily", "102 (50 %)", "70 (50 %)", "48 (50 %)"]


def test_safety_has_both_denominators_and_limits_for_none() -> None:
    _, *rows = grid(tables.safety(SOURCE, "adverse"))
    assert rows[0][:6] == [
        "Any event",
        "Microdermabrasion",
        "6 of 812",
        "0.7 % (0.3 to 1)",
        "5 of 203",
        "2 % (0.4 to 4)",
    ]
    none = next(row for row in rows if row[0] == "Scarring")
    assert none[2:4] == ["0 of 812", "none; at most 0.5 %"]


def test_the_policy_is_told_in_its_own_words() -> None:
    _, first, second = grid(tables.eligibility(SOURCE))
    assert first == [
        "Sun, tan or sunburn in the last 14 days",
        "Peel",
        "Should not have been treated",
        "41 of 564",
        "33 of 141",
    ]
    assert second[2] == "Needed care"


def test_small_groups_are_marked() -> None:
    clinics = run().tables["clinics"].assign(n=4)
    made = tables.clinics(evidence(run(tables={"clinics": clinics})), TEXTURE, 12.0)
    assert made is not None
    assert text_of([made]).count("(few)") == 9


def test_the_plan_and_the_receipt_are_whole() -> None:
    plan_lines = {row[0]: row[1] for row in grid(tables.plan(SOURCE))[1:]}
    assert plan_lines["multiplicity"] == "max_t"
    assert plan_lines["confidence_level"] == "0.95"
    assert plan_lines["visits.weeks"] == "4, 8, 12"
    assert plan_lines["randomised"] == "no"
    receipt = {row[0]: row[1] for row in grid(tables.receipt(SOURCE))[1:]}
    assert receipt["Run"] == "7f3a2c91d0e4b865"
    assert receipt["File centre.csv"] == f"2,100 rows, {'ab' * 32}"


def test_every_word_of_the_glossary_is_explained() -> None:
    made = tables.glossary(SOURCE)
    assert len(made) > 5
    assert all(words(row[0]) and words(row[1]) for table in made if isinstance(table, Table) for row in table.rows)


def test_intervals_in_tables_never_reach_nothing_by_rounding() -> None:
    near = [{**pair("texture_grade", PAIRS[0], -0.9, 0.2), "conf_high": -0.0004}]
    made = tables.contrasts(evidence(run(near)), TEXTURE, ANALYSES, caption="x", table="c")
    assert "to −0.0004" in text_of([made]) or "to −0.0" not in text_of([made])
