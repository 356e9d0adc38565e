"""CSV: fixed columns, six digits, line feeds, UTF-8, empty for what is not known, and nothing a spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from report_by_hand import number, runs

from analytics.domain.block import Number, Table
from analytics.domain.csv_text import cell, frame_csv, guarded
from analytics.domain.finding import FINDING_COLUMNS
from analytics.domain.run import Run
from analytics.reports.formats.csv import csv_files, table_csv


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_all_files_with_their_columns(run: Run) -> None:
    files = csv_files(run)
    assert sorted(files) == [
        "arm_means.csv", "descriptions.csv", "eligibility.csv", "findings.csv", "flow.csv", "quarantine.csv",
    ]  # fmt: skip
    assert files["findings.csv"].decode().splitlines()[0] == ",".join(FINDING_COLUMNS)
    assert files["eligibility.csv"] == b"file,row,patient_id,treatment,condition,level,policy\n"
    assert all(b"\r" not in content and content.endswith(b"\n") for content in files.values())


def test_values_are_read_back(run: Run) -> None:
    first, second = read(csv_files(run)["findings.csv"])
    assert (first["visit"], first["n_arm"], first["estimate"], first["std_error"]) == ("12", "79", "-0.123457", "1e-09")
    assert first["df"] == "", "infinite degrees of freedom: a normal distribution"
    assert first["p_value"] == ""
    assert second["notes"] == "'=1+1"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|'/C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\uff1dSUM(A1)",
        "\uff0b1",
        "-a",
        "+",
    ],
)
def test_what_could_be_a_formula_is_guarded(text: str) -> None:
    assert guarded(text).startswith("'")
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.2", "-1,5", "-12%", "a=b", "", "peel", "1-2", "'x", "\u22125"])
def test_what_is_no_formula_stays_as_it_was(text: str) -> None:
    assert guarded(text) == text


def test_control_characters_and_odd_line_ends() -> None:
    content = frame_csv(pd.DataFrame({"a": ["x\x00y\r\nz", "\u202eabc", "\U0001f642 \u05d0"]}), ["a", "b"])
    assert content.decode() == 'a,b\n"x\ufffdy\nz",\n\ufffdabc,\n\U0001f642 \u05d0,\n'


def test_types_of_cells() -> None:
    frame = pd.DataFrame({"b": [True, False], "i": [1234567, 2], "f": [1234567.0, float("nan")], "t": ["x", None]})
    assert frame_csv(frame, list(frame.columns)).decode() == "b,i,f,t\ntrue,1234567,1.23457e+06,x\nfalse,2,,\n"


def test_a_table_of_the_report_reads_as_numbers_in_a_spreadsheet() -> None:
    table = Table(
        runs("T"),
        (runs("Arm"), runs("Value")),
        (
            (runs("=HYPERLINK(1)"), runs(number("\u22120.3"), " to ", number("\u22120.1"))),
            (runs(number("7", "L"), "x"), runs(number("+1.5"))),
            (runs("\u2212a"), runs(Number("-1", "L"), "+cmd")),
            (runs("a\u00a0b"), ()),
        ),
    )
    assert list(csv.reader(io.StringIO(table_csv(table).decode()))) == [
        ["Arm", "Value"], ["'=HYPERLINK(1)", "-0.3 to -0.1"], ["7x", "+1.5"], ["'-a", "'-1+cmd"], ["a b", ""],
    ]  # fmt: skip
