"""A filled template goes through check and report as it is: no mapping, nothing set aside, every value as typed."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from clinic_files import ClinicFiles

from analytics.deliver.report import deliver
from analytics.intake.sift import NothingAccepted, sift
from analytics.reports.blank_file import blank_csv, blank_xlsx
from analytics.sources.read import read
from schemas.columns import TABLE_NAMES
from schemas.standard import STANDARD
from schemas.template import TemplateColumn, template

ARMS = tuple(STANDARD.treatments)


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicFiles:
    return ClinicFiles(tmp_path)


def typed(column: TemplateColumn) -> Any:
    """The example as somebody types it into Excel."""
    if column.kind == "date":
        return dt.datetime.fromisoformat(column.example)
    return float(column.example) if column.kind == "number" else column.example


def filled(table: str, rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """The template of ``table`` with these rows, as CSV and as a workbook."""
    names = [column.name for column in template(table)]
    text = io.StringIO(newline="")
    text.write(blank_csv(table).decode())
    csv.writer(text, lineterminator="\n").writerows([_said(row.get(name)) for name in names] for row in rows)
    book = openpyxl.load_workbook(io.BytesIO(blank_xlsx(table)))
    for at, row in enumerate(rows, start=2):
        for place, name in enumerate(names, start=1):
            if row.get(name) is not None:
                book[table].cell(at, place, row[name])
    stream = io.BytesIO()
    book.save(stream)
    return {"csv": text.getvalue().encode(), "xlsx": stream.getvalue()}


def _said(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def examples(table: str) -> list[dict[str, Any]]:
    """Rows that hold every column's example; settings of a treatment only beside it."""
    columns = template(table)
    whose = {name: treatment.id for name, (treatment, _) in STANDARD.parameters().items()}
    if table != "sessions":
        return [{column.name: typed(column) for column in columns}]
    return [
        {c.name: typed(c) for c in columns if whose.get(c.name, arm) == arm}
        | {"treatment": arm, "patient_id": f"00{n}"}
        for n, arm in enumerate(ARMS, start=1)
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_example_of_the_template_is_accepted(kind: str, tmp_path: Path) -> None:
    rows = {table: examples(table) for table in TABLE_NAMES}
    rows["patients"] = [{**rows["patients"][0], "patient_id": f"00{n}"} for n in (1, 2, 3)]
    for table in TABLE_NAMES:
        if table not in ("sessions", "patients"):
            rows[table] = [{**row, "patient_id": "001"} for row in rows[table]]
        (tmp_path / f"{table}.{kind}").write_bytes(filled(table, rows[table])[kind])
    found = sift(read([tmp_path]))
    errors = found.quarantine[found.quarantine["severity"] == "error"]
    assert errors.empty, errors[["file", "row", "column", "value", "must"]].to_string()
    assert found.rows["accepted"] == len(ARMS)
    assert sorted(found.sessions["patient_id"]) == ["001", "002", "003"], "an id keeps its zeros"
    for column in template("sessions"):
        assert found.sessions[column.name].notna().any(), column.name
    assert found.sessions.loc[0, "texture_grade"] == 4.5
    assert found.sessions.loc[0, "session_date"] == pd.Timestamp("2026-01-31")
    assert found.adverse_events is not None
    assert found.adverse_events["serious"].astype(str).str.lower().tolist() == ["true"]


def course(number: int) -> Iterator[dict[str, Any]]:
    """One patient: treated once, read before it and twelve weeks later."""
    arm = ARMS[number % len(ARMS)]
    first = dt.datetime(2026, 1, 5) + dt.timedelta(days=number)
    start = 4.0 + (number * 7 % 9) / 2
    gain = 0.5 + (number * 5 % 7) / 2 + (1.0 if arm == ARMS[1] else 0.0)
    who = {"patient_id": f"P{number:03d}", "fitzpatrick": float(1 + number % 6), "age": float(20 + number)}
    yield {**who, "session_date": first, "treatment": arm, "texture_grade": start}
    yield {**who, "session_date": first + dt.timedelta(weeks=12), "texture_grade": max(start - gain, 0.0)}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_filled_template_is_reported_without_a_mapping(kind: str, tmp_path: Path) -> None:
    rows = [row for number in range(36) for row in course(number)]
    path = tmp_path / f"ours.{kind}"
    path.write_bytes(filled("sessions", rows)[kind])
    done = deliver([path], (), None, tmp_path / "out")
    assert done.estimated
    found = done.run.tables["findings"]
    compared = found[(found["outcome"] == "texture_grade") & (found["status"] == "estimated")]
    assert len(compared) >= 3
    assert done.run.facts["rows"]["accepted"] == len(rows)


GERMAN = (
    "P1;chemical_peel;31.01.2026;3,5", "P1;chemical_peel;28.02.2026;2,5", "P2;dermal_roller;13.02.2026;4",
)  # fmt: skip


@pytest.mark.parametrize("mark", ["", "sep=;\r\n"])
def test_a_template_saved_by_a_german_spreadsheet_needs_no_mapping(clinic: ClinicFiles, mark: str) -> None:
    lines = "\r\n".join(["patient_id;treatment;session_date;texture_grade", *GERMAN])
    sifted = clinic.sift(f"{mark}{lines}\r\n".encode("cp1252"))
    assert not len(sifted.quarantine)
    assert sifted.sessions["session_date"].dt.strftime("%Y-%m-%d").tolist() == [
        "2026-01-31",
        "2026-02-28",
        "2026-02-13",
    ]
    assert sifted.sessions["texture_grade"].tolist() == [3.5, 2.5, 4.0]
    assert sifted.notes == (
        "sessions.csv: the dates of session_date were read as %d.%m.%Y, which the cells settle.",
        "sessions.csv: the comma was read as the decimal sign; no number there has a point.",
    )


@pytest.mark.parametrize(
    ("lines", "faulty"),
    [
        (["P1;chemical_peel;03/04/2026;4", "P2;;05/06/2026;3"], {"date"}),  # two ways to read the dates
        (["P1;chemical_peel;2026-01-01;3,5", "P2;;2026-01-02;2.5"], {"type"}),  # a comma and a point
        (["P1;chemical_peel;2026-01-01;3,500", "P2;;2026-01-02;4"], {"type"}),  # thousands, or not
        (["P1,chemical_peel,2026-01-01,\"3,5\"", "P2,,2026-01-02,4"], {"type"}),  # commas between the cells
        (["P1;chemical_peel;2026-01-01;3", "P2;;31.01.2026;4"], {"date"}),  # two ways of writing
    ],
)  # fmt: skip
def test_what_the_cells_do_not_settle_is_left_to_a_mapping(
    clinic: ClinicFiles, lines: list[str], faulty: set[str]
) -> None:
    header = "patient_id;treatment;session_date;texture_grade".replace(";", lines[0][2])
    data = clinic.read("\n".join([header, *lines]) + "\n")
    try:
        found = sift(data).quarantine
    except NothingAccepted as refused:
        found = refused.sifted.quarantine
    assert set(found["rule"]) == faulty
    told = 'the dates of session_date may be "%d/%m/%Y" or "%m/%d/%Y": give its format in a mapping.'
    assert data.notes == ((f"sessions.csv: {told}",) if "/" in lines[0] else ())


def test_texts_in_a_workbook_have_dates_that_are_settled_but_no_decimal_comma(clinic: ClinicFiles) -> None:
    book = openpyxl.Workbook()
    rows = [["p1", "chemical_peel", "31.01.2026", "3,5"], ["p2", "chemical_peel", "28.02.2026", 4]]
    rows += [["p3", "chemical_peel", dt.datetime(2026, 3, 1), 2]]
    for row in [["patient_id", "treatment", "session_date", "texture_grade"], *rows]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    sifted = clinic.sift(stream.getvalue(), name="s.xlsx")
    assert sifted.quarantine[["row", "rule", "value"]].to_numpy().tolist() == [[2, "type", "3,5"]]
    assert sifted.sessions["session_date"].tolist() == [pd.Timestamp("2026-02-28"), pd.Timestamp("2026-03-01")]
