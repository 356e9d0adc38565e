"""No orphan numeral: every format tells the numbers of the blocks, all and no others, and each is made of its row."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import report_by_hand as by_hand
from read_back import docx_text, html_texts, xlsx_text
from told_numerals import drawing_numerals, numerals, story_numerals, told_numbers

from analytics.domain.block import Number
from analytics.domain.run import Run
from analytics.reports.formats import docx, html, xlsx
from analytics.reports.formats import json as json_format
from analytics.reports.sealed import open_sealed
from analytics.reports.story import Story, story
from analytics.show.numbers import JOIN, apply


@dataclass(frozen=True)
class Told:
    story: Story
    run: Run


@pytest.fixture(scope="module")
def example(example_report: Path) -> Told:
    notebook = nbformat.read(example_report / "report.ipynb", as_version=4)
    return Told(story(notebook), open_sealed(example_report))


@pytest.fixture(params=["made by hand", pytest.param("example", marks=pytest.mark.long)])
def told(request: pytest.FixtureRequest) -> Told:
    if request.param == "example":
        return request.getfixturevalue("example")
    return Told(story(by_hand.notebook()), by_hand.run())


def differing(found: Counter[str], expected: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """(too many, missing): empty where both are equal."""
    return found - expected, expected - found


NOTHING: tuple[Counter[str], Counter[str]] = (Counter(), Counter())


def test_the_page_tells_the_numbers_of_the_blocks_and_of_the_drawings(told: Told) -> None:
    words, drawn = html_texts(html.render(None, told.run, told=told.story))  # type: ignore[arg-type]
    assert differing(numerals(words), story_numerals(told.story)) == NOTHING
    assert differing(numerals(drawn), drawing_numerals(told.story)) == NOTHING


def test_the_word_document_tells_the_numbers_of_the_blocks(told: Told) -> None:
    text = docx_text(docx.render(None, told.run, told=told.story))  # type: ignore[arg-type]
    assert differing(numerals(text), story_numerals(told.story)) == NOTHING


def test_the_workbook_tells_the_numbers_of_the_blocks(told: Told) -> None:
    text = xlsx_text(xlsx.render(None, told.run, told=told.story))  # type: ignore[arg-type]
    assert differing(numerals(text), story_numerals(told.story)) == NOTHING


@pytest.mark.long
def test_every_told_result_is_its_transform_of_the_delivered_rows(example: Told) -> None:
    delivered = json.loads(json_format.render(None, example.run))
    values = {row["id"]: row["value"] for row in delivered["statistics"]}
    told = [run for run in told_numbers(example.story) if run.kind == "R"]
    assert len(told) > 1_000
    assert [run for run in told if not _follows(run, values)] == []


def _follows(run: Number, values: dict[str, float | None]) -> bool:
    rows = [values[ref] for ref in run.ref.split(JOIN)]
    return None not in rows and apply(run.transform, rows).casefold() == run.text.casefold()
