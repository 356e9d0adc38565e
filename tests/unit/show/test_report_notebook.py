"""The report notebooks as committed: prose without digits, one line a cell, only the front door, no outputs."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path

import nbformat
import pytest

from analytics.deliver.order import REPORTS as NAMES
from analytics.show.sections import SECTIONS

FOLDER = Path(__file__).resolve().parents[3] / "notebooks"
SECTION = re.compile(r'oc\.section\(run, "([a-z_]+)"\)')
REPORTS = [FOLDER / f"{name}.ipynb" for name in NAMES]
NUMBER_WORDS = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\b")


@pytest.fixture(scope="module", params=REPORTS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    found = nbformat.read(request.param, as_version=4)
    nbformat.validate(found)
    return found


def cells(notebook: nbformat.NotebookNode, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def test_prose_holds_no_digit_and_no_number_word(notebook: nbformat.NotebookNode) -> None:
    for cell in cells(notebook, "markdown"):
        assert not any(c.isdigit() for c in cell.source), cell.source
        assert not NUMBER_WORDS.search(cell.source), cell.source


def test_code_is_one_line_through_the_front_door(notebook: nbformat.NotebookNode) -> None:
    for cell in cells(notebook, "code"):
        body = ast.parse(cell.source).body
        assert len(body) == 1
        assert "\n" not in cell.source
        for node in ast.walk(body[0]):
            if isinstance(node, ast.Import):
                assert [(alias.name, alias.asname) for alias in node.names] == [("analytics", "oc")]
            assert not isinstance(node, (ast.ImportFrom, ast.BinOp, ast.Lambda))


def test_nothing_was_run(notebook: nbformat.NotebookNode) -> None:
    for cell in cells(notebook, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_the_first_cell_holds_the_parameters(notebook: nbformat.NotebookNode) -> None:
    first = notebook.cells[0]
    assert first.metadata.tags == ["parameters"]
    assert first.source == 'run_folder = "run"'
    assert not [c for c in notebook.cells[1:] if c.metadata.get("tags")]


def test_ids_and_kernel_are_fixed(notebook: nbformat.NotebookNode) -> None:
    for index, cell in enumerate(notebook.cells):
        assert cell.id == hashlib.sha256(f"{index}\n{cell.source}".encode()).hexdigest()[:12]
    assert notebook.metadata.kernelspec.name == "python3"
    assert dict(notebook.metadata.language_info) == {"name": "python"}


def test_page_one_comes_first_and_every_section_is_known_and_told_once(notebook: nbformat.NotebookNode) -> None:
    told = SECTION.findall("\n".join(c.source for c in cells(notebook, "code")))
    assert told[0].endswith("page_one")
    assert not [name for name in told[1:] if name.endswith("page_one")]
    assert len(told) == len(set(told))
    assert set(told) <= set(SECTIONS)


def test_the_directors_notebook_tells_its_sections_in_order() -> None:
    notebook = nbformat.read(FOLDER / "effectiveness_review.ipynb", as_version=4)
    told = SECTION.findall("\n".join(c.source for c in cells(notebook, "code")))
    assert told == [name for name in SECTIONS if name in told]
    assert told[-1] == "receipt"


def test_every_section_is_told_by_a_report() -> None:
    passed = {"log"}  # put in where somebody passes one (deliver/telling.py)
    assert set(SECTIONS) - passed == {
        name for path in REPORTS for name in SECTION.findall(path.read_text().replace("\\", ""))
    }


def test_every_section_after_page_one_has_a_heading_before_it(notebook: nbformat.NotebookNode) -> None:
    for before, cell in zip(notebook.cells, notebook.cells[1:]):
        if "oc.section" in cell.source and "page_one" not in cell.source:
            assert before.cell_type == "markdown"
            assert before.source.startswith("## ")
