"""STROBE and RECORD: the whole list, ticks that hang on rows, plan and facts, and sections that exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from awkward_runs import RUNS
from reading import text_of
from run_by_hand import PAIRS, failed, pair, run, standard_findings

from analytics.domain.block import Table
from analytics.domain.run import Run
from analytics.reports.formats.html import FOLDED
from analytics.show.checklist_items import RECORD, STROBE
from analytics.show.sections import section

NOTEBOOK = Path(__file__).resolve().parents[3] / "notebooks" / "effectiveness_review.ipynb"


def read(made: Run) -> dict[str, tuple[str, str]]:
    """Item -> (tick, where or why not), in both lists."""
    tables = [block for block in section(made, "checklist") if isinstance(block, Table)]
    rows = [["".join(part.text for part in cell) for cell in row] for each in tables for row in each.rows]
    return {row[0].split()[0]: (row[1], row[2]) for row in rows}


def without(*tables: str) -> Run:
    """The whole run without these tables."""
    made = run()
    return run(tables={name: made.tables[name].iloc[:0] for name in tables})


def test_the_lists_are_whole() -> None:
    assert [item.number for item in STROBE] == [*map(str, range(1, 23)), "–"]
    assert [item.number for item in RECORD] == [
        "1.1", "1.2", "1.3", "6.1", "6.2", "6.3", "7.1", "12.1", "12.2", "12.3", "13.1", "19.1", "22.1"
    ]  # fmt: skip


@pytest.mark.parametrize("kind", list(RUNS))
def test_what_is_not_available_says_why(kind: str) -> None:
    for number, (tick, where) in read(RUNS[kind]()).items():
        assert tick in ("yes", "in part", "not available"), number
        assert where.strip(" ."), number
        assert ("Not here" in where) == (tick == "in part"), number


@pytest.mark.parametrize("number", ["2", "22", "–", "6.2", "12.1"])
def test_what_the_software_cannot_know_is_never_ticked(number: str) -> None:
    assert read(run())[number] == ("not available", "Not recorded by this software.")


@pytest.mark.parametrize(
    ("tables", "number", "after"),
    [
        (("flow",), "4", "not available"),
        (("flow", "eligibility_counts"), "6", "not available"),
        (("flow",), "13", "not available"),
        (("baseline",), "14", "in part"),
        (("baseline", "descriptions"), "14", "not available"),
        (("descriptions",), "15", "not available"),
        (("files",), "12.2", "not available"),
        (("flow",), "6.1", "not available"),
        (("files",), "13.1", "in part"),
    ],
)
def test_a_tick_goes_with_its_table(tables: tuple[str, ...], number: str, after: str) -> None:
    assert read(run())[number][0] == "yes"
    assert read(without(*tables))[number][0] == after


@pytest.mark.parametrize(
    ("tables", "number"), [(("power",), "10"), (("files",), "8"), (("files",), "1.1"), (("flow",), "6.3")]
)
def test_a_tick_in_part_goes_with_its_table(tables: tuple[str, ...], number: str) -> None:
    assert read(run())[number][0] == "in part"
    assert read(without(*tables))[number][0] == "not available"


def by(**facts: Any) -> Run:
    return run(facts=facts)


ESTIMATED = [row for row in standard_findings() if row["analysis"] != "sensitivity"]
FAILED = [failed(outcome, PAIRS[0]) for outcome in ("texture_grade", "acne_iga")]
WITHIN = {**pair("texture_grade", PAIRS[0], -0.9, 0.2, analysis="secondary"), "population": "skin_type=dry"}


@pytest.mark.parametrize(
    ("number", "before", "made", "after"),
    [
        ("3", "yes", lambda: by(planned=False), "in part"),
        ("5", "in part", lambda: run(facts={"cutoff": None}, tables={"clinics": pd.DataFrame()}), "not available"),
        ("1.2", "in part", lambda: by(cutoff=None), "not available"),
        ("18", "yes", lambda: run(FAILED), "not available"),
        ("17", "in part", lambda: run(ESTIMATED), "not available"),
        ("17", "in part", lambda: run([*standard_findings(), WITHIN]), "yes"),
        ("12", "in part", lambda: run([*standard_findings(), WITHIN]), "yes"),
        ("16", "yes", lambda: run(ESTIMATED), "in part"),
        ("7.1", "in part", lambda: by(mapping_sha256="a" * 64), "yes"),
        ("11", "yes", lambda: run([]), "not available"),
        ("1.3", "yes", lambda: run(tables={"files": run().tables["files"].iloc[:1]}), "not available"),
    ],
)  # fmt: skip
def test_a_tick_hangs_on_findings_plan_and_facts(number: str, before: str, made: Callable[[], Run], after: str) -> None:
    assert read(run())[number][0] == before
    assert read(made())[number][0] == after


def test_a_plan_drawn_by_lot_is_sent_to_the_right_list() -> None:
    drawn = text_of(section(run(randomised=True), "checklist"))
    assert "the list to fill in is CONSORT, not these. Hopewell" in drawn
    assert "CONSORT" not in text_of(section(run(), "checklist"))


def test_every_place_named_is_a_heading_of_the_directors_review() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    headings = {line.removeprefix("## ") for c in cells for line in c.source.splitlines() if line.startswith("## ")}
    for item in (*STROBE, *RECORD):
        for part in item.parts:
            for place in re.split("; ", part.where):
                name = re.split("[:,]", place)[0]
                known = name in headings or name in ("first page", "the reasons beside") or name.startswith("run/")
                assert known, (item.number, place)


def test_the_tables_that_stand_folded_are_those_of_the_appendix_and_the_lists() -> None:
    blocks = [*section(run(), "methods_appendix"), *section(run(), "checklist")]
    assert {block.name for block in blocks if isinstance(block, Table)} == set(FOLDED)
