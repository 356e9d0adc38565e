"""The notebooks 00 to 10 run from the first line to the last; errors only where they are announced."""

from __future__ import annotations

import resource
from pathlib import Path

import nbformat
import pytest
from notebook_runs import lasting, outputs, restart_and_run_all
from test_question_notebooks import QUESTIONS

QUICK = ("00_first_hour", "10_plan_before_results")
FEW = {"patients": 60}
MORE = {"09_consultation": {"patients": 150}}  # of sixty, too few were treated otherwise than recommended
MOST_SECONDS = 60  # of work, top to bottom
ON_PURPOSE = "raises-exception"


def check(notebook: nbformat.NotebookNode) -> None:
    """Every announced error is one message of ours; nothing is printed beside what is shown; figures have a text."""
    for cell in notebook.cells:
        found = list(outputs(cell))
        errors = [each for each in found if each.output_type == "error"]
        assert bool(errors) == (ON_PURPOSE in cell.metadata.get("tags", ())), cell.id
        for error in errors:
            (message,) = error.traceback
            assert "What to do: " in message, cell.id
            assert "Traceback" not in message
        for each in found:
            assert each.get("name") != "stderr", each.get("text")
            html = each.get("data", {}).get("text/html", "")
            assert html.count("<img ") == html.count(' alt="') - html.count(' alt=""'), cell.id


@pytest.mark.parametrize("name", QUICK)
def test_it_runs_on_sixty_patients(name: str, tmp_path: Path) -> None:
    check(restart_and_run_all(name, tmp_path, FEW))


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in QUESTIONS if name not in QUICK])
def test_it_runs_on_few_patients_too(name: str, tmp_path: Path) -> None:
    check(restart_and_run_all(name, tmp_path, MORE.get(name, FEW)))


@pytest.mark.long
@pytest.mark.parametrize("name", QUESTIONS)
def test_run_again_it_gives_the_same_outputs_within_a_minute(name: str, tmp_path: Path) -> None:
    before = _worked()
    first = restart_and_run_all(name, tmp_path)
    worked = _worked() - before
    check(first)
    assert lasting(restart_and_run_all(name, tmp_path)) == lasting(first)
    assert worked < MOST_SECONDS


def _worked() -> float:
    """Seconds that kernels and commands of this process worked, however busy the machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
