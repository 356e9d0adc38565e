"""The clinic benchmark and the consultation review run on the example clinics, and every number is made of its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

import analytics as oc
from analytics.domain.block import Number, from_json
from analytics.domain.run import Run
from analytics.show.numbers import JOIN, apply

REPORTS = ("clinic_benchmark", "consultation_review")
MIME = "application/vnd.outcomes.block+json"
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("care") / "report"
    oc.report(oc.analyse(oc.validate(oc.example(patients=60))), out, reports=REPORTS, formats=("html", "ipynb"))
    return out


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return oc.open_run(folder / "run")


def numbers(value: Any) -> list[Number]:
    """Every Number in nested blocks."""
    if isinstance(value, Number):
        return [value]
    if isinstance(value, tuple):
        return [found for part in value for found in numbers(part)]
    parts = vars(value).values() if hasattr(value, "__dataclass_fields__") else ()
    return [found for part in parts for found in numbers(part)]


@pytest.mark.parametrize("stem", ["report", "consultation_review"])
def test_every_number_is_the_transform_of_its_rows(folder: Path, run: Run, stem: str) -> None:
    notebook = nbformat.read(folder / f"{stem}.ipynb", as_version=4)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    assert not [out for out in outputs if out.output_type == "error"]
    values = dict(zip(run.results["id"], run.results["value"]))
    told = [n for out in outputs if MIME in out.get("data", {}) for n in numbers(from_json(out["data"][MIME]))]
    results = [n for n in told if n.kind == "R"]
    assert len(results) > 100
    for number in results:
        assert apply(number.transform, [values[each] for each in number.ref.split(JOIN)]) == number.text, number


def test_the_pages_open_with_an_answer(folder: Path) -> None:
    first = (folder / "report.html").read_text(encoding="utf-8")
    assert "Clinic benchmark" in first
    assert "never ranked" in first
    second = (folder / "consultation_review.html").read_text(encoding="utf-8")
    assert "got the treatment that was recommended to them" in second


def test_small_providers_are_hidden_and_counted(run: Run) -> None:
    places, overall = run.tables["benchmark"], run.tables["benchmark_overall"]
    assert places["n"].min() >= run.plan.minimum_cell
    shown = places[places["level"] == "provider"].groupby("outcome").size()
    lines = overall[overall["level"] == "provider"].set_index("outcome")
    assert lines["places"].to_dict() == {name: int(shown.get(name, 0)) for name in lines.index}
    assert lines["hidden"].sum() > 0
