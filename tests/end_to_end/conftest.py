"""Whole reports for the tests that look at them from outside: one made by hand, one of the example clinics."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from command_line import EVERYTHING, OTHERS, outcomes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit" / "reports"))
PATIENTS, CLINICS = 90, 3
# Few outcomes of different kinds: quick to make and to look at. Other tests use the standard plan.
PLAN = """
title: Review of the example clinics
primary: [texture_grade, inflammatory_lesions, absorbed_percent]
secondary: [acne_iga, melanin_index, gais]
"""


@pytest.fixture(scope="session")
def example_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of small simulated clinics."""
    folder = tmp_path_factory.mktemp("example") / "data"
    done = outcomes("simulate", "--out", folder, "--patients", PATIENTS, "--clinics", CLINICS, "--seed", 1)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def example_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan for them."""
    path = tmp_path_factory.mktemp("plan") / "plan.yml"
    path.write_text(PLAN)
    return path


@pytest.fixture(scope="session")
def example_report(example_data: Path, example_plan: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of their report."""
    folder = tmp_path_factory.mktemp("report") / "out"
    done = outcomes("report", example_data, "--plan", example_plan, "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def few_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two clinics with few patients: every report of it is quickly made."""
    folder = tmp_path_factory.mktemp("few") / "data"
    done = outcomes("simulate", "--out", folder, "--patients", 60, "--clinics", 2, "--seed", 1)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def few_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of one outcome for them."""
    path = tmp_path_factory.mktemp("few_plan") / "plan.yml"
    path.write_text("primary: [texture_grade]\nsecondary: []\n")
    return path


@pytest.fixture(scope="session")
def every_report(few_data: Path, few_plan: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all five reports in all six formats."""
    folder = tmp_path_factory.mktemp("every") / "out"
    done = outcomes("report", few_data, "--plan", few_plan, "--out", folder, *EVERYTHING)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def report_by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the HTML report of the notebook made by hand: every kind of block, some of them awkward."""
    import report_by_hand

    from analytics.reports.formats import html

    folder = tmp_path_factory.mktemp("by_hand")
    (folder / "report.html").write_bytes(html.render(report_by_hand.notebook(), report_by_hand.run()))
    return folder


@pytest.fixture(scope="session")
def crowded_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with as much on page one as it may ever hold."""
    import report_by_hand

    from analytics.reports.formats import html

    folder = tmp_path_factory.mktemp("crowded")
    (folder / "report.html").write_bytes(html.render(report_by_hand.crowded(), report_by_hand.run()))
    return folder


@pytest.fixture(
    scope="session",
    params=["report_by_hand", "example_report", *(pytest.param(name, marks=pytest.mark.long) for name in OTHERS)],
)
def page_file(request: pytest.FixtureRequest) -> Path:
    """The HTML of each report: by hand, the director's of the example clinics, and the four others."""
    if request.param in OTHERS:
        return request.getfixturevalue("every_report") / f"{request.param}.html"
    return request.getfixturevalue(request.param) / "report.html"
