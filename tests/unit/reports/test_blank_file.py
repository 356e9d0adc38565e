"""The empty workbook: plain names in the header, and a format, a check, a note and a line of explanation for each."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from analytics.reports.blank_file import HINT, HINT_TITLE, blank_csv, blank_xlsx
from schemas.columns import TABLE_NAMES
from schemas.template import template


def opened(table: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(blank_xlsx(table)))


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_the_header_holds_our_names_and_nothing_else(table: str) -> None:
    sheet = opened(table)[table]
    names = [column.name for column in template(table)]
    assert [cell.value for cell in sheet[1]] == names
    assert sheet.max_row == 1
    assert sheet.freeze_panes == "B2"
    assert blank_csv(table) == (",".join(names) + "\n").encode()


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_same_bytes_every_time(table: str) -> None:
    assert blank_xlsx(table) == blank_xlsx(table)


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_each_column_has_a_note_with_its_unit_and_a_line_on_the_second_sheet(table: str) -> None:
    book = opened(table)
    lines = {row[0].value: [cell.value for cell in row] for row in book["columns"].iter_rows()}
    for cell, column in zip(book[table][1], template(table)):
        assert column.what in cell.comment.text
        assert not column.unit or f"Unit: {column.unit}" in cell.comment.text
        assert (lines[column.name][3] or "") == column.unit
        assert lines[column.name][4:6] == [column.values, column.example]


def test_coded_columns_offer_their_choices_and_closed_ones_refuse_others() -> None:
    book = opened("sessions")
    checks = {str(check.sqref): check for check in book["sessions"].data_validations.dataValidation}
    for at, column in enumerate(template("sessions"), start=1):
        letter = openpyxl.utils.get_column_letter(at)
        check = checks.get(f"{letter}2:{letter}1048576")
        assert check is not None, column.name
        assert len(check.prompt) <= HINT
        assert len(check.promptTitle) <= HINT_TITLE
        if column.codes and column.kind != "codes":
            assert check.type == "list"
            assert check.showErrorMessage is not column.open
            offered = [str(row[0].value) for row in book["codes"][check.formula1.split("!")[1].replace("$", "")]]
            assert offered == [code for code, _ in column.codes], column.name


def test_ids_stay_text_and_dates_look_like_dates() -> None:
    sheet = opened("sessions")["sessions"]
    looks = {}
    for at, column in enumerate(template("sessions"), start=1):
        at_letter = openpyxl.utils.get_column_letter(at)
        looks[column.name] = sheet.column_dimensions[at_letter]
    assert looks["patient_id"].number_format == "@"
    assert looks["session_date"].number_format == "yyyy-mm-dd"
    assert looks["texture_grade"].number_format == "General"
    assert all(look.width >= len(name) for name, look in looks.items())
