"""The repeated-measures notebook: as committed, and run on 60 patients from the first line to the last."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path

import nbformat
import pytest

from analytics.reports.narrate import narrate, source

NAME = "repeated_measures"
MOST = 40  # cells
VIEWS = ("Adjusted means", "Normalised residuals", "Covariance of a patient's visits", "Cook's distance")


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    found = nbformat.read(Path(__file__).resolve().parents[2] / "notebooks" / f"{NAME}.ipynb", as_version=4)
    nbformat.validate(found)
    return found


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_short_told_in_prose_and_was_not_run(notebook: nbformat.NotebookNode) -> None:
    assert len(notebook.cells) < MOST
    assert len(notebook.cells) - len(code(notebook)) >= 10
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    for index, cell in enumerate(notebook.cells):
        assert cell.id == hashlib.sha256(f"{index}\n{cell.source}".encode()).hexdigest()[:12]
    assert dict(notebook.metadata.language_info) == {"name": "python"}


def test_code_is_one_short_line_through_the_front_door(notebook: nbformat.NotebookNode) -> None:
    for cell in code(notebook):
        body = ast.parse(cell.source).body
        assert len(body) == 1
        assert "\n" not in cell.source
        assert len(cell.source) <= 105, "longer is cut at the edge of a notebook"
        for node in ast.walk(body[0]):
            if isinstance(node, ast.Import):
                assert [(alias.name, alias.asname) for alias in node.names] == [("analytics", "oc")]
            assert not isinstance(node, (ast.ImportFrom, ast.Lambda))


def test_the_prose_says_what_likelihood_does_and_does_not_do(notebook: nbformat.NotebookNode) -> None:
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "missing at random" in prose
    assert "does **not** handle" in prose
    for page in re.findall(r"`(docs/[^`]+)`", prose):
        assert (Path(__file__).resolve().parents[2] / page).exists()


@pytest.mark.long
def test_every_cell_runs_on_sixty_patients_and_the_figures_show() -> None:
    told = narrate({}, source(NAME), parameters={"patients": 60})
    outputs = [output for cell in code(told) for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"execute_result"}, "no warning, no print, no error"
    html = [output.data.get("text/html", "") for output in outputs]
    alts = [found[1] for text in html if (found := re.search(r'<img [^>]*alt="([^"]*)"', text))]
    assert len(alts) == 5
    for view in VIEWS:
        assert any(alt.replace("&#x27;", "'").startswith(view) for alt in alts), view
    fit = next(text for text in html if "Repeated-measures model" in text)
    assert "note:" not in fit
    assert "NaN" not in "".join(html)
    assert "not_estimable" not in "".join(html)
