"""Hostile files and mappings: each ends in accepted rows, or in one message a person can act on, with its exit code."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from clinic_files import HEADER, ClinicFiles, balanced, faults

from analytics.domain.errors import DataRefused, OutcomesError
from analytics.intake.accepted import write_files
from analytics.intake.sift import sift
from analytics.sources.read import read

OK = "p1,chemical_peel,2026-01-01,3,1"
ROW = f"{HEADER}\n{OK}\n"


def with_rows(*rows: str) -> str:
    return "\n".join([HEADER, OK, *rows]) + "\n"


def xlsx(edit: Callable[[openpyxl.Workbook], object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "sessions"
    sheet.append(HEADER.split(","))
    sheet.append(OK.split(","))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zip_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return stream.getvalue()


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("s.csv", ROW)
    return stream.getvalue()


#: name -> (file name, content, what the one message says)
REFUSED_FILES: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("s.csv", b"", "is empty"),
    "only blank lines": ("s.csv", "\n\n \n", "is empty"),
    "header only": ("s.csv", HEADER + "\n", "no rows"),
    "header and blank lines": ("s.csv", HEADER + "\n,,,,\n\n", "no rows"),
    "no header": ("s.csv", f"{OK}\n{OK}\n", "lacks 3 columns for sessions:\n  patient_id"),
    "two columns of one name": (
        "s.csv",
        ROW.replace("texture_grade", "treatment"),
        "two columns have the name 'treatment'",
    ),
    "a picture named csv": ("s.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "by its first bytes it is a PNG picture"),
    "a photograph named csv": ("s.csv", b"\xff\xd8\xff\xe0" + bytes(200), "it is a JPEG picture"),
    "a PDF named csv": ("s.csv", b"%PDF-1.7\n" + b"x" * 200, "it is a PDF"),
    "a gzip named csv": ("s.csv", gzip.compress(ROW.encode()), "it is a gzip archive"),
    "a zip named csv": ("s.csv", zipped(), "it is a zip file."),
    "a workbook named csv": ("s.csv", xlsx(lambda b: None), "it is an Excel workbook (.xlsx)"),
    "a picture named xlsx": ("s.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200), "it is a PNG picture"),
    "a picture named parquet": ("s.parquet", b"\x89PNG\r\n\x1a\n" + bytes(200), "it is a PNG picture"),
    "bytes at random": ("s.csv", random.Random(1).randbytes(4000), "is not a text file (its bytes are letters in no"),
    "few bytes at random": ("s.csv", random.Random(2).randbytes(200), "is not a text file"),
    "bytes at random without NUL": (
        "s.csv",
        random.Random(3).randbytes(4000).replace(b"\x00", b"\x01"),
        "is not a text file",
    ),
    "control characters only": ("s.csv", bytes(range(1, 9)) * 50, "full of control characters"),
    "a csv named xlsx": ("s.xlsx", ROW, "not a whole Excel workbook"),
    "a truncated workbook": ("s.xlsx", xlsx(lambda b: None)[:3000], "not a whole Excel workbook"),
    "a password-protected workbook": ("s.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password-protected"),
    "a zip bomb": ("s.xlsx", zip_bomb(), "would unpack to 300 MB"),
    "merged header cells": ("s.xlsx", xlsx(lambda b: b.active.merge_cells("A1:B1")), "merged"),
    "a csv named parquet": ("s.parquet", ROW, "not a whole Parquet file"),
    "NUL bytes": ("s.csv", ROW.encode() + b"\x00\x00\x00", "NUL"),
    "UTF-16 without a mark": ("s.csv", ROW.encode("utf-16-le"), "NUL"),
    "damaged UTF-8": ("s.csv", with_rows("pü,,2026-01-01,3,1").encode() + b"\xc3\x28\n", "damaged character in line 4"),
    "UTF-8 cut inside a letter": ("s.csv", with_rows("pü").encode()[:-2], "damaged character"),
    "bytes of no encoding": ("s.csv", ROW.encode() + b"\x81\x8d\x8f\n", "not text in windows-1252"),
    "a quote never closed": (
        "s.csv",
        with_rows('"p2,,2026-01-01,3,1', "p3,,2026-01-01,3,1"),
        "cannot be read from row 3 on",
    ),
    "two quotes never closed": (
        "s.csv",
        with_rows('p2,,"2026-01-01,3,1', "p3,,2026-01-01,3,1", 'p4,,"2026-01-01,3,1'),
        "cannot be read from row",
    ),
    "the wrong separator": ("s.csv", ROW.replace(",", "^"), "lacks 3 columns for sessions:\n  patient_id"),
    "every row faulty": ("s.csv", f"{HEADER}\np1,laser,2026-01-01,3,1\n", "Every row was set aside"),
    "every row short": ("s.csv", f"{HEADER}\np1\np2\n", "Every row was set aside"),
    "thousands of columns and no id": (
        "s.csv",
        ",".join(f"x{i}" for i in range(10_000)) + "\n1\n",
        "lacks 3 columns for sessions:\n  patient_id\n  treatment",
    ),
    "a name as long as a book": ("s.csv", "n" * 500_000 + ",b\n1,2\n", "lacks 3 columns for sessions"),
    "names that are nearly right": (
        "s.csv",
        "Patient ID,Treatmnt,Date\n1,,2026-01-01\n",
        "lacks 3 columns for sessions:\n  patient_id; nearest: 'Patient ID'\n  treatment; nearest: 'Treatmnt'\n"
        "  session_date or visit or study_day; nearest: 'Date'\n",
    ),
    "one name that is wrong": (
        "s.csv",
        "patient_id,treatment,Date\n1,,2026-01-01\n",
        "s.csv has no column session_date or visit or study_day for sessions; nearest: 'Date'.",
    ),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_files_that_are_refused(clinic: ClinicFiles, case: str) -> None:
    name, content, says = REFUSED_FILES[case]
    path = clinic.folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = path.read_bytes()
    with pytest.raises(DataRefused) as refused:
        sift(read([path]))
    message = str(refused.value)
    assert says in message
    assert refused.value.exit_code == 11
    assert len(message) < 3000
    assert "Traceback" not in message
    assert str(clinic.folder) not in message
    assert path.read_bytes() == before


#: name -> (content, faults: (row, column, rule) of all that is set aside)
SIFTED_FILES: dict[str, tuple[str | bytes, list[tuple[int, str, str]]]] = {
    "numbers that are none": (
        with_rows(
            "p2,,2026-01-01,nan,1",
            "p3,,2026-01-01,inf,1",
            "p4,,2026-01-01,1e400,1",
            "p5,,2026-01-01,3,1_000",
            "p6,,2026-01-01,٣,1",
        ),
        [
            (3, "texture_grade", "type"),
            (4, "texture_grade", "type"),
            (5, "texture_grade", "type"),
            (6, "inflammatory_lesions", "type"),
            (7, "texture_grade", "type"),
        ],
    ),
    "thousands separators": (
        with_rows('p2,,2026-01-01,3,"1,000"', "p3,,2026-01-01,3,1 000"),
        [(3, "inflammatory_lesions", "type"), (4, "inflammatory_lesions", "type")],
    ),
    "dates that are none": (
        with_rows(
            "p2,,2026-02-29,3,1",
            "p3,,01/02/2026,3,1",
            "p4,,46023,3,1",
            "p5,,2026-13-01,3,1",
            "p6,,0026-01-01,3,1",
            "p7,,2026-01-01T25:00,3,1",
        ),
        [(row, "session_date", "date") for row in range(3, 9)],
    ),
    "a leap day": (with_rows("p2,,2028-02-29,3,1"), []),
    "the header twice": (
        with_rows(HEADER, "p2,,2026-01-01,3,1"),
        [
            (3, "treatment", "treatment"),
            (3, "session_date", "date"),
            (3, "texture_grade", "type"),
            (3, "inflammatory_lesions", "type"),
        ],
    ),
    "ragged lines": (
        with_rows("p2", "p3,,2026-01-01,3,1,9,9", "p4,,2026-01-01,3"),
        [(3, "", "width"), (4, "", "width"), (5, "", "width")],
    ),
    "line breaks in cells": (with_rows('"p\n2",,2026-01-01,3,1', "p3,,2026-01-01,3,1"), [(3, "patient_id", "type")]),
    "ids from right to left and emoji": (with_rows("מטופל,,2026-01-01,3,1", "👩‍⚕️,,2026-01-01,3,1"), []),
    "control characters": (with_rows("p\x07,,2026-01-01,3,1"), [(3, "patient_id", "type")]),
    "formulas as text": (with_rows("=1+1,,2026-01-01,3,1", "@cmd,,2026-01-01,=2,1"), [(4, "texture_grade", "type")]),
    "less than and percent": (
        with_rows("p2,,2026-01-01,<5,1", "p3,,2026-01-01,5%,1"),
        [(3, "texture_grade", "type"), (4, "texture_grade", "type")],
    ),
    "windows line ends and a last line without one": (
        with_rows("p2,,2026-01-01,3,1").replace("\n", "\r\n").rstrip().encode(),
        [],
    ),
    "a cell of sixteen megabytes": (
        with_rows("x" * 16_000_000 + ",laser,2026-01-01,3,1"),
        [(3, "treatment", "treatment")],
    ),
    "spaces everywhere": (with_rows(" p2 , Chemical_Peel , 2026-01-01 , 3 , 1 "), []),
    "one empty column at the end of every line": (with_rows("p2,,2026-01-01,3,1").replace("\n", ",\n"), []),
}


@pytest.mark.parametrize("case", SIFTED_FILES)
def test_files_that_are_sifted(clinic: ClinicFiles, case: str) -> None:
    content, expected = SIFTED_FILES[case]
    path = clinic.folder / "sessions.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = sift(read([path]))
    assert faults(found) == expected
    assert balanced(found)
    assert all(len(value) <= 500 for value in found.quarantine["value"])
    assert write_files(found) == write_files(sift(read([path])))


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi")
)

#: name -> (mapping, what the one message says)
REFUSED_MAPPINGS: dict[str, tuple[str, str]] = {
    "a billion laughs": (BOMB, "anchors"),
    "a python object": ("columns: !!python/object/apply:os.system [ls]\n", "tag"),
    "deep nesting": ("a: " + "[" * 3000 + "]" * 3000 + "\n", "nested more than 20 deep"),
    "a double key": ("columns: {patient_id: A}\ncolumns: {treatment: B}\n", "line 2: the key 'columns' stands twice"),
    "tabs": ("columns:\n\tpatient_id: A\n", "is not YAML"),
    "a list": ("- a\n- b\n", "key: value"),
    "a yes that is no boolean": ("columns: {gais: {from: G, reverse: yes}}\n", "must be true or false"),
    "a norway": ("columns: {treatment: {from: T, values: {no: [x]}}}\n", "'no' is no value of treatment"),
    "an unknown key": ("colmns: {}\n", "there is no key 'colmns'; did you mean 'columns'"),
    "a wrong column": ("columns: {patient_nr: A}\n", "there is no column 'patient_nr'"),
    "a thousand wrong keys": ("".join(f"k{i}: 1\n" for i in range(1000)), "and 992 more"),
    "a key as long as a book": ("x" * 100_000 + ": 1\n", "is not YAML"),
    "a path out of the folder": ("tables: {patients: {file: ../../etc/passwd}}\n", "leaves the folder"),
    "an absolute path": ("tables: {patients: {file: /etc/passwd}}\n", "leaves the folder"),
    "a path with backslashes": ("tables: {patients: {file: '..\\\\x.csv'}}\n", "leaves the folder"),
    "one text for two arms": (
        "columns: {treatment: {from: T, values: {chemical_peel: [a], dermal_roller: [A]}}}\n",
        "keep one",
    ),
    "two columns for one place": (
        "columns: {dlqi: [{from: A, visit: 0}, {from: B, visit: 0}]}\n",
        "for the same place",
    ),
    "a list entry without its visit": (
        "columns:\n  patient_id: A\n  treatment: T\n  dlqi:\n    - {from: A, visit: 0, side: left}\n"
        "    - {from: B, side: right}\n",
        "line 6, columns.dlqi.2: 'B' (side right) says no visit, and other entries do: add its visit",
    ),
    "a list entry without its study day": (
        "columns: {dlqi: [{from: A, study_day: 0, side: left}, {from: B, side: right}]}\n",
        "columns.dlqi.2: 'B' (side right) says no study_day",
    ),
    "a covariate without the visit of the rest": (
        "columns: {dlqi: [{from: A, visit: 0, side: left}]}\n"
        "covariates: {mark: [{from: B, kind: category, side: left}]}\n",
        "line 2, covariates.mark.1: 'B' (side left) says no visit",
    ),
    "an unsettled date format": ("columns: {session_date: {from: D, format: '?'}}\n", "not settled"),
    "a regular expression bomb": ("columns: {session_date: {from: D, format: '(a+)+$'}}\n", "must hold a day"),
    "an outcome of ours redefined": ("outcomes: {dlqi: {range: [0, 3]}}\n", "cannot be changed here"),
    "an arm of ours redefined": ("treatments: {chemical_peel: {label: Mine}}\n", "is a name of ours already"),
    "a unit of nothing": ("columns: {age: {from: A, unit: parsec}}\n", "cannot be turned into years"),
    "not a number": ("columns: {dlqi: [{from: A, visit: .nan}]}\n", "cannot be used"),
    "infinity": ("columns: {dlqi: {from: A, scale: [0, inf]}}\n", "finite"),
    "a megabyte of nothing": ("# " + "x" * 1_100_000, "longer than"),
}


@pytest.mark.parametrize("case", REFUSED_MAPPINGS)
def test_mappings_that_are_refused(clinic: ClinicFiles, case: str) -> None:
    text, says = REFUSED_MAPPINGS[case]
    mapping = clinic.folder / "m.yml"
    mapping.write_text(text)
    with pytest.raises(OutcomesError) as refused:
        read([clinic.write("s.csv", ROW)], [mapping])
    message = str(refused.value)
    assert says in message
    assert refused.value.exit_code == 12
    assert len(message) < 3000
    assert str(clinic.folder) not in message


def test_a_workbook_with_formulas_errors_and_a_corner(clinic: ClinicFiles) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book.active.append(["p2", "", "2026-01-01", "=A1", 1])
        book.active.append(["p3", "", "2026-01-01", "#DIV/0!", 1])
        book.active["XFD5"] = "far away"

    found = sift(read([clinic.write("s.xlsx", xlsx(edit))]))
    assert faults(found) == [(3, "texture_grade", "type"), (4, "texture_grade", "type"), (5, "", "width")]
    assert balanced(found)


def test_wildcards_do_not_hang(clinic: ClinicFiles) -> None:
    mapping = {
        "columns": {
            "patient_id": "patient_id",
            "session_date": "session_date",
            "treatment": {"from": "treatment", "values": {"chemical_peel": ["*a" * 12]}},
        }
    }
    found = sift(read([clinic.write("s.csv", with_rows("p2," + "a" * 40 + "b,2026-01-01,3,1"))], [mapping]))
    assert faults(found) == [(3, "treatment", "treatment")]
