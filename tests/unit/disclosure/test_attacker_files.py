"""An attacker with nothing but the delivered files, in every format and report: no small count can be worked out.

He takes every count that any file names, every numeral of the formats that name none, and every coordinate of the
drawings; what he must not find is a count under the least cell with fewer than three values left for it.
"""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pandas as pd
import pyarrow.parquet as pq
import pytest
from attacker import narrowed, truth_of
from attacker_cells import COUNTED, Told, Unknown, of_files, unknown
from attacker_structure import Law, learned
from conftest import Delivered
from drawn_numbers import numbers, sheet
from file_numerals import EVERYTHING, Report, notebook_texts
from planted_clinics import REPORTS
from test_outside_copy import ADDS_UP, LEAST, linked
from told_numerals import element_runs, numerals, told_numbers

from analytics.disclosure.coarse import significant
from analytics.disclosure.copy import disclose
from analytics.domain.block import Figure, Number
from analytics.domain.run import Run
from analytics.reports.formats import FORMATS
from analytics.reports.formats.csv import csv_files
from analytics.reports.narrate import narrate
from analytics.reports.sealed import open_sealed, seal
from analytics.reports.story import figures, story
from analytics.show.figures.missingness import shade
from analytics.show.numbers import JOIN, apply, turn

STEMS = ("report", *REPORTS[1:])
KINDS = ("forest", "trajectory", "funnel", "missingness")


@pytest.fixture(scope="module")
def files(delivered: Delivered) -> dict[str, bytes]:
    return contents(delivered.outside)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def results(files: Mapping[str, bytes]) -> pd.DataFrame:
    return pq.read_table(io.BytesIO(files["run/results.parquet"])).to_pandas()


@pytest.fixture(scope="module")
def cells(files: Mapping[str, bytes]) -> list[Told]:
    return of_files(files)


@pytest.fixture(scope="module")
def truth(delivered: Delivered) -> dict[Unknown, int]:
    return truth_of(open_sealed(delivered.house))


@pytest.fixture(scope="module")
def laws(delivered: Delivered) -> list[Law]:
    """What he knows from the report of another house."""
    return learned([truth_of(open_sealed(delivered.other))])


@pytest.mark.long
def test_every_kind_of_file_is_read(files: Mapping[str, bytes], cells: list[Told]) -> None:
    endings = {name.rpartition(".")[2] for name in files}
    assert endings == {"html", "pdf", "docx", "xlsx", "json", "csv", "parquet", "svg", "ipynb", "yml"}
    assert {one.file.rpartition(".")[2] for one in cells} == {"json", "csv", "parquet", "ipynb"}
    assert {one.file for one in cells if one.file.endswith(".ipynb")} == {f"{stem}.ipynb" for stem in STEMS}
    assert {kind for kind in KINDS if any(kind in name for name in files if name.endswith(".svg"))} == set(KINDS)
    tables = {one.what.kind.partition(".")[0] for one in cells}
    assert tables >= {
        *("safety", "exposure", "serious", "severity", "resolution", "instructions", "eligibility_counts"),
        *("missing", "aside", "costs", "files", "faults", "quality", "raters", "digits"),
        *("benchmark", "benchmark_overall", "mix", "agreement", "care_outcomes", "care_difference", "consultation"),
    }


@pytest.mark.long
def test_every_file_tells_of_a_count_the_same_coarse_thing(cells: list[Told]) -> None:
    words = ("not shown", f"fewer than {LEAST}")
    assert [
        one for one in cells if one.text not in words and (float(one.text) % LEAST or float(one.text) < LEAST)
    ] == []
    told: dict[Unknown, set[str]] = {}
    for one in cells:
        told.setdefault(one.what, set()).add(one.text)
    assert [what for what, texts in told.items() if len(texts) > 1] == []


@pytest.mark.long
def test_no_small_count_is_narrowed_by_all_the_files_together(
    cells: list[Told], results: pd.DataFrame, truth: Mapping[Unknown, int], laws: list[Law]
) -> None:
    assert sum(value < LEAST for value in truth.values()) > 2_000
    assert narrowed(cells, results, truth, laws, LEAST) == []


@pytest.mark.long
def test_one_file_that_tells_more_gives_small_counts_away(
    files: Mapping[str, bytes], results: pd.DataFrame, truth: Mapping[Unknown, int], laws: list[Law]
) -> None:
    """The exact patients of each visit, those who were seen and those who responded, in one JSON file only."""
    told = json.loads(files["safety_review.json"])
    for one in told["statistics"]:
        exact = truth.get(unknown(one["table"], one["keys"], one["statistic"]), 0)
        if one["table"] in ("visits", "missing", "clinics", "safety") and one["value"] is not None and exact >= LEAST:
            one["value"] = exact
    exactly = json.dumps(told, separators=(",", ":")).encode()
    cells = of_files({"run/results.parquet": files["run/results.parquet"], "safety_review.json": exactly})
    assert any(float(one.text) % LEAST for one in cells if one.text[0].isdigit())
    assert narrowed(cells, results, truth, laws, LEAST, enough=1)


@pytest.mark.long
@pytest.mark.parametrize("stem", STEMS)
def test_every_numeral_of_a_page_is_one_of_the_blocks(
    files: Mapping[str, bytes], results: pd.DataFrame, stem: str
) -> None:
    report = Report(files, stem)
    values = results.set_index("id")["value"].to_dict()
    assert sum(report.blocks.values()) > 100
    for ending in EVERYTHING:
        assert report.body(ending) == ({}, {}), ending
        assert report.strangers(ending) == [], ending
    assert report.finer(values) == []
    seen = numerals(notebook_texts(files[f"{stem}.ipynb"]))
    assert seen


@pytest.mark.long
def test_a_numeral_too_many_is_seen_in_every_format(files: Mapping[str, bytes]) -> None:
    report = Report(files, "safety_review")
    page = files["safety_review.html"]
    report.files = {**files, "safety_review.html": page.replace(b"</h1>", b" 97531</h1>", 1)}
    assert report.body("html")[1] == {"97531": 1}
    report.files = {**files, "safety_review.html": page.replace(b"<title>", b"<title>97531 ", 1)}
    assert report.body("html") == ({}, {})
    assert report.strangers("html") == ["97531"]
    report.blocks = report.blocks - Counter([next(n for n in report.blocks if len(n) > 1)])
    assert all(report.body(ending)[1] for ending in ("docx", "xlsx"))


@pytest.mark.long
def test_every_numeral_of_the_blocks_is_made_of_delivered_rows(
    files: Mapping[str, bytes], results: pd.DataFrame
) -> None:

    values = results.set_index("id")["value"].to_dict()
    for stem in STEMS:
        for one in told_numbers(story(_notebook(files, stem))):
            rows = [values.get(ref, float("nan")) for ref in one.ref.split(JOIN)] if one.kind == "R" else []
            if rows and not one.transform.startswith(("fewer", "not_shown")):
                assert apply(one.transform, rows).casefold() == one.text.casefold(), one


# Percent -> the columns of its row that it is made of; in long tables the lines for the level and for all.
PERCENTS = {
    "responders": {"percent": ("responders", "n")}, "depth": {"percent": ("responders", "n")},
    "digits": {"percent": ("rounded", "readings")}, "instructions": {"percent": ("sessions_with", "sessions")},
    "agreement": {"percent": ("count", "total")}, "care_outcomes": {"observed": ("responders", "n")},
    "benchmark": {"observed": ("responders", "n")},
    **{table: {"per_session_percent": ("sessions_with", "sessions"), "patient_percent": ("patients_with", "patients")}
       for table in ("safety", "serious")},
}  # fmt: skip
MEASURES = ("visit", "meaningful")  # of the plan and the vocabulary


@pytest.mark.long
def test_no_figure_is_finer_than_two_digits_or_two_told_counts(results: pd.DataFrame) -> None:
    rows = results[~results["statistic"].str.contains("#") & results["value"].notna()]
    by = rows.set_index(["table", "keys", "statistic"])["value"].to_dict()
    heads = results[results["statistic"] == "#columns"]
    types = {table: dict(json.loads(note)) for table, note in zip(heads["table"], heads["note"])}
    made = 0
    for (table, keys, statistic), value in by.items():
        parts = PERCENTS.get(table, {}).get(statistic)
        if parts and all((table, keys, part) in by for part in parts):
            part, whole = (by[table, keys, name] for name in parts)
            assert value in (math.floor(100 * part / whole + 0.5), significant(value)), (table, keys)
            made += 1
        elif types[table].get(statistic) != "int64" and statistic not in (*MEASURES, *COUNTED):
            assert value == significant(value), (table, keys, statistic, value)
    assert made > 100


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_coordinates_give_back_no_more_than_is_told(
    files: Mapping[str, bytes], results: pd.DataFrame, kind: str
) -> None:
    values = results.set_index("id")["value"].to_dict()
    drawn = [one for stem in STEMS for one in figures(story(_notebook(files, stem))) if kind in one.name]
    lying = [content.decode() for name, content in files.items() if name.endswith(".svg") and kind in name]
    assert drawn
    assert {_bare(figure.svg) for figure in drawn} == {_bare(svg) for svg in lying}
    for figure in drawn:
        if kind == "missingness":
            assert set(sheet(figure.svg).fields) <= _shades(results)
            continue
        read = numbers(kind, figure.svg)
        told = told_of(figure, values)
        assert len(read) >= 4, figure.name
        assert [one for one in read if not one.is_one_of(told)] == [], figure.name


def _notebook(files: Mapping[str, bytes], stem: str) -> object:
    return nbformat.reads(files[f"{stem}.ipynb"].decode(), 4)


def _bare(svg: str) -> tuple[object, ...]:
    found = sheet(svg)
    return found.lines, found.signs, found.fields, found.texts


def told_of(figure: Figure, values: Mapping[str, float]) -> list[float]:
    """The numbers that a figure tells: as rows, as they are written beside it, and where an axis begins."""
    found = [0.0, 1.0]
    for runs in (figure.alt, figure.caption, *(element_runs(figure.data) if figure.data else ())):
        for run in runs:
            if isinstance(run, Number) and run.kind == "R":
                rows = [values.get(ref, float("nan")) for ref in run.ref.split(JOIN)]
                found += [float(text.replace(",", "").replace("\u2212", "-")) for text in numerals(run.text)]
                if all(row == row for row in rows):
                    found.append(float(turn(rows, run.transform.split()[:-1])))
    return found


def _shades(results: pd.DataFrame) -> set[str]:
    """The colours of the shares that follow from told counts."""
    rows = results[results["table"] == "missing"].pivot_table(index="keys", columns="statistic", values="value")
    return {
        shade(min((n - seen) / n / 0.5, 1.0)) for n, seen in zip(rows["n"], rows["seen"]) if n == n and seen == seen
    }


@pytest.mark.long
def test_coordinates_of_exact_numbers_are_seen(files: Mapping[str, bytes], results: pd.DataFrame) -> None:
    """A sign one unit of the sheet away from where it is told lies at no told number."""
    values = results.set_index("id")["value"].to_dict()
    figure = next(one for one in figures(story(_notebook(files, "report"))) if "trajectory" in one.name)
    moved = [one.value + 7 * one.within for one in numbers("trajectory", figure.svg)]
    told = told_of(figure, values)
    assert sum(min(abs(value - t) for t in told) > numbers("trajectory", figure.svg)[0].within for value in moved) > 5


@pytest.mark.long
def test_fifty_seven_is_twenty_nine_and_twenty_four_and_four_in_no_format() -> None:
    """Two tables of one report: 57 peels in one, and by sex in the other; rounded, the four stays hidden everywhere."""
    run = disclose(linked()).run
    files = delivered_by_hand(run)
    cells = of_files(files)
    assert {one.file for one in cells} >= {"report.json", "report.ipynb", "run/results.parquet"}
    assert narrowed(cells, run.results, truth_of(linked()), ADDS_UP, LEAST) == []
    report = Report(files, "report")
    for ending in EVERYTHING:
        assert report.body(ending) == ({}, {}), ending
        assert not {"57", "29", "24"} & set(report.strangers(ending)), ending
    assert not {"57", "29", "24", "4"} & {one.text for one in cells}
    exact = [Told(one.what, "57", "a letter") for one in cells if one.what.kind == "arms.patients"]
    levels = {"female": "29", "male": "24"}
    exact += [Told(one.what, levels[level], "a letter") for one in cells
              if (level := dict(one.what.keys).get("level", "")) in levels]  # fmt: skip
    assert narrowed([*cells, *exact], run.results, truth_of(linked()), ADDS_UP, LEAST)


def delivered_by_hand(run: Run) -> dict[str, bytes]:
    """The report of a run in every format."""
    sealed = seal(run)
    notebook = narrate(sealed)
    pages = {f"report.{name}": render(notebook, run) for name, render in FORMATS.items()}
    return {**csv_files(run), **pages, **{f"run/{name}": content for name, content in sealed.items()}}
