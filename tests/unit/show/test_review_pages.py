"""The data-quality and safety reports on whole runs of awkward data: each page is honest, each number has its row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clinic_files import ClinicFiles
from reading import results_of, runs_of, text_of, values_of

import analytics as oc
from analytics.domain.block import Answers, Block, Number, Paragraph, Table, Text
from analytics.domain.plan import DataCut, Plan
from analytics.domain.run import Run
from analytics.show.numbers import apply
from analytics.show.sections import section

FOLDER = Path(__file__).resolve().parents[3] / "notebooks"
REPORTS = ("data_quality", "safety_review")
HEAD = "clinic_id,patient_id,session_date,treatment,rater_id,fitzpatrick,texture_grade,inflammatory_lesions\n"
EVENT_HEAD = "clinic_id,patient_id,session_date,event,onset_date,resolved_date,severity,serious\n"
ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")


def told(report: str) -> list[str]:
    cells = json.loads((FOLDER / f"{report}.ipynb").read_text(encoding="utf-8"))["cells"]
    return re.findall(r'oc\.section\(run, "(\w+)"\)', "\n".join("".join(cell["source"]) for cell in cells))


def visits(
    patients: int, *, clinics: int = 1, arms: Sequence[str] = ARMS, grade: str = "{}", clinic: str = "c{}"
) -> str:
    """Four visits of each patient, a reading at each; ``grade``: how a texture grade is written down."""
    lines = []
    for i in range(patients):
        for k, week in enumerate((0, 4, 8, 12)):
            date = np.datetime64("2025-01-06") + 7 * (week + i % 20)
            who = (clinic.format(i % clinics), f"p{i}", date, arms[i % len(arms)] if k < 3 else "")
            cells = (*who, f"r{i % 2}", 1 + i % 6, grade.format(6 - k / 2), 20 - 3 * k + i % 7)
            lines.append(",".join(map(str, cells)))
    return HEAD + "\n".join(lines) + "\n"


def events(patients: int, *, every: int = 3, clinics: int = 1, clinic: str = "c{}") -> str:
    lines = [
        f"{clinic.format(i % clinics)},p{i},{np.datetime64('2025-01-06') + 7 * (i % 20)},erythema,"
        f"{np.datetime64('2025-01-06') + 7 * (i % 20)},{np.datetime64('2025-01-06') + 7 * (i % 20) + 2},1,false"
        for i in range(0, patients, every)
    ]
    return EVENT_HEAD + "\n".join(lines) + "\n"


ELSEWHERE = "c1,q,2025-01-06,chemical_peel,r9,3,5,9\n"
LONG = "The clinic of the very long name beside the old bridge over the river in the middle of the town {}"
CASES: dict[str, dict[str, str]] = {
    "no list of events": {"sessions": visits(30)},
    "an empty list of events": {"sessions": visits(30), "adverse_events": EVENT_HEAD},
    "one patient": {"sessions": visits(1) + ELSEWHERE, "adverse_events": events(1)},
    "nothing measured": {"sessions": visits(12, grade="").replace(",\n", "\n"), "adverse_events": events(12)},
    "one treatment": {"sessions": visits(30, arms=ARMS[:1]) + ELSEWHERE, "adverse_events": events(30)},
    "sixty clinics": {"sessions": visits(120, clinics=60), "adverse_events": events(120, clinics=60)},
    "long names": {
        "sessions": visits(30, clinics=2, clinic=LONG),
        "adverse_events": events(30, clinics=2, clinic=LONG),
    },
    "every first row faulty": {"sessions": visits(12).replace(",6.0,", ",66.0,")},
}


PLANNED = ("one patient", "one treatment")  # the other treatment was given in another clinic only
CENTRE = DataCut(clinics=("c0",))
PLAN = Plan(arms=ARMS[:2], primary=("texture_grade",), secondary=("inflammatory_lesions",), data=CENTRE)
ALL = [pytest.param("simulated", marks=pytest.mark.long), *CASES]


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """Runs of the cases and of the simulated clinics, each made once."""
    made: dict[str, Run] = {}

    def get(name: str) -> Run:
        if name not in made:
            if name == "simulated":
                data: Any = oc.example(patients=60)
            else:
                data = oc.read(ClinicFiles(tmp_path_factory.mktemp("clinic")).folder_of(**CASES[name]))
            made[name] = oc.analyse(oc.validate(data), PLAN if name in PLANNED else None)
        return made[name]

    return get


def blocks_of(run: Run, report: str) -> list[tuple[str, Block]]:
    return [(name, block) for name in told(report) for block in section(run, name)]


def page(run: Run, report: str) -> str:
    return text_of(section(run, told(report)[0])).replace("\u00a0", " ")


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("case", ALL)
def test_every_number_is_the_transform_of_the_rows_it_names(
    awkward: Callable[[str], Run], case: str, report: str
) -> None:
    run = awkward(case)
    known = results_of(run)
    told_blocks = [block for _, block in blocks_of(run, report)]
    for run_part in runs_of(told_blocks):
        if isinstance(run_part, Text):
            assert not any(map(str.isdigit, run_part.text)), run_part
            assert "nan" not in run_part.text.split(), run_part
        elif isinstance(run_part, Number) and run_part.kind == "R":
            assert apply(run_part.transform, values_of(run_part, known)) == run_part.text, run_part


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("case", ALL)
def test_page_one_has_a_headline_answers_or_a_reason_what_to_do_and_provenance(
    awkward: Callable[[str], Run], case: str, report: str
) -> None:
    first = section(awkward(case), told(report)[0])
    roles = [block.role for block in first if isinstance(block, Paragraph)]
    assert roles[:3] == ["kicker", "headline", "lead"]
    assert roles[-1] == "provenance"
    headings = [text_of([b]) for b in first if isinstance(b, Paragraph) and b.role == "heading"]
    assert headings == ["How sure can you be?", "What to do"]
    assert all(b.items and all(b.items) for b in first if isinstance(b, Paragraph) and not b.runs)
    assert any(isinstance(b, Answers) and b.items for b in first) or "note" in roles


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("case", ALL)
def test_tables_and_figures_of_a_report_have_a_name_of_their_own(
    awkward: Callable[[str], Run], case: str, report: str
) -> None:
    names = [block.name for _, block in blocks_of(awkward(case), report) if not isinstance(block, (Paragraph, Answers))]
    assert len(names) == len(set(names))


def test_no_list_of_events_is_not_no_event(awkward: Callable[[str], Run]) -> None:
    run = awkward("no list of events")
    assert page(run, "safety_review").count("no list of adverse events came with the data") == 1
    assert "Send the list of adverse events" in page(run, "safety_review")
    for name in told("safety_review")[1:-2]:
        shown = section(run, name)
        assert not [b for b in shown if isinstance(b, Table)], name
        assert re.search("no list of adverse events|not recorded", text_of(shown), re.IGNORECASE), name


def test_an_empty_list_says_none_with_the_most_that_may_be(awkward: Callable[[str], Run]) -> None:
    text = page(awkward("an empty list of events"), "safety_review")
    assert text.startswith("Safety review")
    assert "No serious adverse event was reported in 90 sessions." in text
    assert re.search(r"None of 30 treated patients; with so many, at most 1[12] % of patients", text)
    assert "after microdermabrasion none of 10 (at most 31 %)" in text


def test_nothing_set_aside_is_an_answer(awkward: Callable[[str], Run]) -> None:
    run = awkward("one treatment")
    text = page(run, "data_quality")
    assert "Every row is fine: all 121 could be used." in text
    assert "Nothing was lost to the comparison." in text
    assert "Nothing was set aside, so nothing was lost." in text_of(section(run, "faults"))
    assert "No fault was found." in text_of(section(run, "faults"))


def test_what_was_set_aside_is_told_with_its_price(awkward: Callable[[str], Run]) -> None:
    run = awkward("every first row faulty")
    text = page(run, "data_quality")
    rows = run.facts["rows"]
    assert rows["quarantined"] == 12
    assert f"{rows['accepted']} of 48 rows" in text
    assert f"{rows['quarantined']} were set aside." in text
    assert re.search(r"Values outside what is possible\d+ rows to mend", text)
    assert re.search(r"costs the comparison \d+ patients and \d+ readings", text)


def test_sixty_clinics_are_all_counted(awkward: Callable[[str], Run]) -> None:
    table = next(
        b
        for b in section(awkward("sixty clinics"), "rows_received")
        if isinstance(b, Table) and b.name == "aside-clinic"
    )
    assert len(table.rows) == 60


def test_the_costs_are_those_of_the_check_of_the_files(tmp_path: Path) -> None:
    from analytics.intake.loss import losses

    data = oc.read(ClinicFiles(tmp_path).folder_of(**CASES["every first row faulty"]))
    sifted = oc.validate(data)
    known = losses(data, sifted)
    from analytics.analysis.costs import costs

    told_costs = {
        row["rule"]: (row["lines"], row["readings"], row["patients"]) for row in costs(sifted).to_dict("records")
    }
    assert told_costs.pop("all") == (known.whole.rows, known.whole.readings, known.whole.patients)
    assert told_costs == {rule: (loss.rows, loss.readings, loss.patients) for rule, loss in known.rules.items()}


def test_a_copy_without_a_table_does_not_say_that_there_was_nothing(awkward: Callable[[str], Run]) -> None:
    whole = awkward("sixty clinics")
    lacking = ("costs", "faults", "aside", "missing", "raters", "digits", "exposure", "severity", "resolution",
               "instructions", "instructions_difference", "serious")  # fmt: skip
    kept = {name: table for name, table in whole.tables.items() if name not in lacking}
    copy = Run(kept, whole.plan, whole.vocabulary, whole.facts)
    for name in ("faults", "missing_readings", "rater_drift", "clinic_tasks", "over_time", "severity", "how_long"):
        assert "This copy of the report does not hold it." in text_of(section(copy, name)), name
    assert "is not in this copy" in page(copy, "data_quality")
