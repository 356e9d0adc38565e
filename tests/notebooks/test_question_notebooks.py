"""The notebooks 00 to 10 as they are committed: short, unrun, told in prose, one line of code to a cell."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

import analytics as oc

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
QUESTIONS = (
    "00_first_hour", "01_data_quality", "02_texture", "03_breakouts", "04_absorption", "05_tone_and_elasticity",
    "06_dose_and_depth", "07_enhancing_other_treatments", "08_split_face", "09_consultation", "10_plan_before_results",
)  # fmt: skip
MOST, WIDEST = 40, 115  # cells; characters that show in a cell of JupyterLab
TAGS = {"parameters", "raises-exception"}
IMPORTS = {"import analytics as oc", "import sys", "from pathlib import Path"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CLAIM = re.compile(r"\b(peels?|rollers?|microdermabrasion|treatments?) (improves?|cures?|heals?|increases?)\b", re.I)


@pytest.fixture(params=QUESTIONS)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    found = nbformat.read(FOLDER / f"{request.param}.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(found)
    return found


def cells(notebook: nbformat.NotebookNode, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def python(cell: nbformat.NotebookNode) -> list[ast.stmt]:
    """The statements of a cell, a line for the shell turned into a call as IPython does."""
    return ast.parse(TransformerManager().transform_cell(cell.source)).body


def test_the_notebooks_are_those_of_the_list() -> None:
    assert tuple(sorted(path.stem for path in FOLDER.glob("[0-9]*.ipynb"))) == QUESTIONS


def test_it_is_short_and_was_not_run(notebook: nbformat.NotebookNode) -> None:
    assert len(notebook.cells) < MOST
    assert notebook.metadata == METADATA
    for cell in cells(notebook, "code"):
        assert (cell.outputs, cell.execution_count) == ([], None), cell.id


def test_every_cell_has_an_id_that_says_what_it_does(notebook: nbformat.NotebookNode) -> None:
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for name in ids:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), f"{name}: a random id changes whenever a cell is made anew"


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_file_is_written_as_jupyter_writes_it(name: str) -> None:
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    again = nbformat.writes(nbformat.reads(text, as_version=nbformat.NO_CONVERT))
    assert text == again.rstrip("\n") + "\n", "saving it unchanged would change it"


def test_it_opens_with_a_question_and_its_number_of_patients(notebook: nbformat.NotebookNode) -> None:
    first, second = notebook.cells[:2]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert second.metadata.tags == ["parameters"]
    assert re.fullmatch(r"patients = \d+", second.source)
    assert not [tag for cell in notebook.cells for tag in cell.metadata.get("tags", ()) if tag not in TAGS]


def test_it_is_told_in_prose_and_claims_no_cause(notebook: nbformat.NotebookNode) -> None:
    prose = [cell.source for cell in cells(notebook, "markdown")]
    assert len(prose) * 4 >= len(notebook.cells)
    text = "\n".join(prose)
    assert "simulated" in text.lower()
    assert not CLAIM.search(re.sub(r"\*never improves\*|never \*?improves\*?", "", text))
    for name in re.findall(r"`(\d\d_\w+)`", text):
        assert name in QUESTIONS


def test_a_code_cell_is_one_statement_on_one_line(notebook: nbformat.NotebookNode) -> None:
    for cell in cells(notebook, "code"):
        (statement,) = python(cell)
        assert max(map(len, cell.source.splitlines())) <= WIDEST, cell.id
        if "\n" in cell.source:
            assert ".write_text(" in cell.source, f"{cell.id}: only a file that is written may take several lines"
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            assert cell.source in IMPORTS
        assert not [node for node in ast.walk(statement) if isinstance(node, (ast.Lambda, ast.For, ast.comprehension))]


def test_every_verb_is_one_of_the_front_door(notebook: nbformat.NotebookNode) -> None:
    for cell in cells(notebook, "code"):
        for node in ast.walk(ast.Module(python(cell), [])):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "oc":
                assert node.attr in oc.__all__


def test_the_guide_names_every_notebook() -> None:
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\|[^|]*\| `(\w+)` \||^\| `(\w+)` \|", guide, flags=re.MULTILINE))
    assert {one or other for one, other in named} == {path.stem for path in FOLDER.glob("*.ipynb")}
