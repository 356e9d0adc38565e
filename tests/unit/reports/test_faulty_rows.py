"""The workbook of faulty rows: every cell as it was, faulty ones coloured with the reason, nothing that could run."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from clinic_files import ClinicFiles

from analytics.domain.errors import DataRefused
from analytics.intake.sift import sift
from analytics.reports import faulty_rows as room
from analytics.reports.faulty_rows import ROW, TODO, faulty_rows
from analytics.reports.workbook import FAULT, LONGEST, sheet_name
from analytics.sources.read import read

HEAD = "patient_id,session_date,treatment,texture_grade,rater_id\n"
FINE = "a,2026-01-01,chemical_peel,5,AB\nb,2026-01-01,dermal_roller,6,\n"
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "-2+3",
    "\u05e9\u05dc\u05d5\u05dd \u202eevil", "\U0001f9f4\u200d\U0001f525", "a\x01b\x1bc", "x" * 40_000, "line\nbreak",
    "{{ 7*7 }}", "_x0041_", "]]>", "\ufffe", "\t=1",
]  # fmt: skip


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicFiles:
    return ClinicFiles(tmp_path)


def made(clinic: ClinicFiles, text: str, mapping: Any = None, name: str = "visits.csv") -> Any:
    data = clinic.read(text, mapping, name=name)
    try:
        found = sift(data)
    except DataRefused as refused:
        found = refused.sifted  # type: ignore[attr-defined]
    content = faulty_rows(data, found.quarantine)
    assert content == faulty_rows(data, found.quarantine), "same bytes"
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_faulty_row_stands_there_as_it_was_with_its_number_and_what_to_do(clinic: ClinicFiles) -> None:
    sheet = made(clinic, HEAD + FINE + "c,2026-01-02, Peel?,12,007\n")["visits"]
    assert [c.value for c in sheet[1]] == [
        ROW,
        "patient_id",
        "session_date",
        "treatment",
        "texture_grade",
        "rater_id",
        TODO,
    ]
    assert [c.value for c in sheet[2]][:6] == [4, "c", "2026-01-02", " Peel?", "12", "007"]
    assert "texture_grade: must be from 0 to 9. Correct" in sheet["G2"].value
    assert sheet["E2"].comment.text == "must be from 0 to 9"
    coloured = [c.coordinate for c in sheet[2] if c.fill.fgColor.rgb == f"FF{FAULT[1:].upper()}"]
    assert coloured == ["D2", "E2"]
    assert sheet.freeze_panes == "B2"
    assert sheet.max_row == 2


def test_rows_of_another_width_keep_all_their_cells(clinic: ClinicFiles) -> None:
    sheet = made(clinic, HEAD + FINE + "c,2026-01-02\nd,2026-01-02,chemical_peel,5,AB,more,and more\n")["visits"]
    assert [c.value for c in sheet[1]][-3:] == ["(surplus)", "(surplus)", TODO]
    assert [c.value for c in sheet[3]][:8] == [5, "d", "2026-01-02", "chemical_peel", "5", "AB", "more", "and more"]
    assert "as many cells" in sheet["A2"].comment.text


def test_a_row_to_look_at_has_a_sheet_of_its_own(clinic: ClinicFiles) -> None:
    text = "patient_id,session_date,treatment,inflammatory_lesions\na,2026-01-01,chemical_peel,450\n"
    book = made(clinic, text + "b,2026-01-01,dermal_roller,12\n")
    assert book.sheetnames == ["visits to check"]
    assert [c.value for c in book.active[2]][:5] == [2, "a", "2026-01-01", "chemical_peel", "450"]


def test_nothing_wrong_is_said_in_words(clinic: ClinicFiles) -> None:
    book = made(clinic, HEAD + FINE)
    assert book.sheetnames == ["nothing to mend"]


def test_one_sheet_for_each_file_with_a_name_that_excel_takes(tmp_path: Path) -> None:
    names = ["a[1]: north*.csv", f"{'long ' * 12}.csv", f"{'long ' * 12}!.csv", "History.csv"]
    for name in names:
        (tmp_path / name).write_text(HEAD + FINE + "c,2026-01-02,chemical_peel,12,\n")
    data = read([tmp_path / name for name in names])
    found = sift(data)
    book = openpyxl.load_workbook(io.BytesIO(faulty_rows(data, found.quarantine)))
    assert len(book.sheetnames) == 4
    assert max(map(len, book.sheetnames)) <= 31


def test_sheet_names_are_told_apart_whatever_they_are() -> None:
    used: set[str] = set()
    made_names = [sheet_name(text, used) for text in ("", "'", "A", "a", "x" * 40, "x" * 50, "[]:*?/\\")]
    assert len({name.casefold() for name in made_names}) == len(made_names)
    assert all(0 < len(name) <= 31 for name in made_names)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_text_is_written_as_text_and_never_runs(value: str, clinic: ClinicFiles) -> None:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["c", "2026-01-02", value, value, value])
    book = made(clinic, (HEAD + FINE + line.getvalue()).encode("utf-8", "surrogatepass"))
    cell = next(c for c in book["visits"][2] if c.column == 4)
    assert cell.data_type == "s"
    told = "".join(ch if ch.isprintable() or ch in "\n\t" or ch == "\u200d" else "\ufffd" for ch in value)
    assert str(cell.value).startswith(told[: min(len(told), LONGEST)]) or cell.value == value
    assert len(str(cell.value)) < LONGEST + 100
    assert cell.quotePrefix is (value.lstrip(" ").startswith(("=", "+", "-", "@", "\t")))
    assert not [c for row in book["visits"].iter_rows() for c in row if c.data_type == "f"]


def test_no_more_rows_than_somebody_can_look_at(clinic: ClinicFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_ROWS", 3)
    rows = "".join(f"p{n},2026-01-02,chemical_peel,12,\n" for n in range(8))
    sheet = made(clinic, HEAD + FINE + rows)["visits"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [4, 5, 6, "and 5 more rows: see quarantine.csv"]


def test_thousands_of_columns_give_fewer_rows(clinic: ClinicFiles) -> None:
    wide = ",".join(f"c{n}" for n in range(3000))
    rows = "".join(f"p{n},2026-01-02,chemical_peel,12,{',' * 2999}\n" for n in range(200))
    sheet = made(clinic, f"patient_id,session_date,treatment,texture_grade,{wide}\n{rows}")["visits"]
    assert sheet.max_row == 1 + room.MOST_CELLS // 3006 + 1
