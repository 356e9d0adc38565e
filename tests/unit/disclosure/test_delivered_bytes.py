"""Every byte of an outside copy, in every format and report: no name, no id, no hash, and every count coarse."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pikepdf
import pyarrow.parquet as pq
import pytest
from conftest import Delivered
from planted_clinics import FILE, NOTE, PATIENT, PROVIDER, RATER
from test_outside_copy import LEAST, house_run
from test_outside_report import allowed, is_count

from analytics.disclosure.copy import disclose
from analytics.disclosure.reading import READERS
from analytics.disclosure.roles import ROLES
from analytics.disclosure.staff import unnamed
from analytics.domain.hidden import COUNTS
from analytics.domain.run import Run
from analytics.reports.formats.csv import csv_files
from analytics.reports.sealed import seal


def texts(path: Path) -> Iterator[bytes]:
    """Everything in a file: as it lies there, unzipped, inflated, and the words of its pages."""
    content = path.read_bytes()
    yield content
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    elif path.suffix == ".pdf":
        with pikepdf.open(path) as pdf:
            yield from (one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream) and _plain(one))
        yield subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout
    elif path.suffix == ".parquet":
        yield pq.read_table(path).to_pandas().to_csv().encode()


def _plain(stream: pikepdf.Stream) -> bool:
    return stream.get("/Filter") in (None, "/FlateDecode")


def marks(house: Path) -> list[bytes]:
    """What must be in no file: ids, names, notes, and the hashes of the inputs."""
    receipt = json.loads((house / "receipt.json").read_text(encoding="utf-8"))
    hashes = [one["sha256"].encode() for one in receipt["inputs"]]
    return [
        PATIENT.encode(),
        PROVIDER.encode(),
        RATER.encode(),
        NOTE.encode(),
        *hashes,
        *(h[:12] for h in hashes),
    ]


@pytest.mark.long
def test_no_name_no_id_and_no_hash_of_an_input_is_in_any_file(delivered: Delivered) -> None:
    outside, house = delivered.outside, delivered.house
    wanted = marks(house)
    files = [path for path in sorted(outside.rglob("*")) if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".ipynb", ".json", ".xlsx", ".docx", ".pdf", ".parquet", ".svg"}
    found = [(path.name, mark) for path in files for text in texts(path) for mark in wanted if mark in text]
    assert found == []
    assert not [path.name for path in files if path.stem in ("quarantine", "eligibility")]
    house_text = b"".join(text for path in house.rglob("*") if path.is_file() for text in texts(path))
    assert all(mark in house_text for mark in (PROVIDER.encode(), RATER.encode(), *wanted[4:5]))


@pytest.mark.long
def test_every_told_count_of_every_format_is_coarse(delivered: Delivered) -> None:
    outside = delivered.outside
    for path in sorted(outside.glob("*.json")):
        if path.name in ("receipt.json", "ro-crate-metadata.json"):
            continue
        results = json.loads(path.read_text(encoding="utf-8"))["statistics"]
        told = [one for one in results if is_count(one["id"]) and one.get("value") is not None]
        assert len(told) > 100
        assert [one["id"] for one in told if one["value"] % LEAST or one["value"] < LEAST] == []
    frame = pq.read_table(outside / "run" / "results.parquet").to_pandas()
    counts = frame[[is_count(ref) for ref in frame["id"]]]
    assert ((counts["value"].isna()) | ((counts["value"] % LEAST == 0) & (counts["value"] >= LEAST))).all()


@pytest.mark.long
def test_a_workbook_holds_no_finer_number_than_it_shows(delivered: Delivered) -> None:
    """A cell that is called patients, sessions, events, rows or n is a multiple; formats hide no digits behind it."""
    outside = delivered.outside
    seen = 0
    for path in sorted(outside.glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
            rows = [list(row) for row in sheet.iter_rows(values_only=True)]
            for head in range(len(rows)):
                columns = [i for i, cell in enumerate(rows[head]) if cell in ("Patients", "Sessions", "Events", "Rows")]
                for row in rows[head + 1 :] if columns else ():
                    for value in (row[i] for i in columns if i < len(row)):
                        if isinstance(value, (int, float)) and not isinstance(value, bool):
                            seen += 1
                            assert value % LEAST == 0, (path.name, sheet.title, value)
    assert seen > 50


REVIEWS = {"arms", "raters", "digits", "benchmark", "benchmark_overall", "serious", "instructions", "files", "faults"}

# --- quick: the run alone ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> tuple[Run, Run]:
    inside = house_run(24, 2, 4)
    few = {name: frame for name, frame in inside.tables.items() if name in REVIEWS}
    return inside, disclose(replace(inside, tables=few)).run


def test_every_table_of_a_run_has_a_rule(small: tuple[Run, Run]) -> None:
    inside, outside = small
    assert set(inside.tables) <= set(ROLES) & set(READERS) & set(COUNTS) | {"effects", "power"}
    assert set(outside.tables) == REVIEWS & set(inside.tables)


def test_counts_are_coarse_and_names_are_numbers(small: tuple[Run, Run]) -> None:
    inside, outside = small
    for name, frame in outside.tables.items():
        for column in COUNTS.get(name, ()):
            cells = frame[column][frame["statistic"].isin(["n", "missing", "count"])] if column == "value" else None
            for value in cells if cells is not None else frame.get(column, ()):
                assert value != value or value < 0 or (value >= LEAST and value % LEAST == 0), (name, column, value)
    people = {str(v) for v in (*inside.tables["raters"]["who"], *inside.tables["benchmark"]["provider"]) if v}
    content = b"".join([*csv_files(outside).values(), *seal(outside).values()])
    assert people
    assert not [who for who in people if f'"{who}"'.encode() in content]


def test_numbers_in_the_place_of_names_follow_the_files(small: tuple[Run, Run]) -> None:
    inside, _ = small
    made = [unnamed({"raters": inside.tables["raters"]}, salt)["raters"] for salt in ("a", "a", "b")]
    assert made[0].equals(made[1])
    assert set(made[0]["who"]) == set(made[2]["who"])
    assert list(made[0]["who"]) != list(made[2]["who"])
    before: Mapping[str, str] = dict(zip(inside.tables["raters"]["who"], made[0]["who"]))
    assert len(set(before.values())) == len(before)


def test_a_file_may_bear_the_name_of_a_patient() -> None:
    name = f"{FILE}.xlsx"
    tables = {
        "files": pd.DataFrame({"name": [name], "received": [10]}),
        "quality": pd.DataFrame({"file": [name], "table": ["sessions"]}),
        "faults": pd.DataFrame({"file": [name], "column": ["Grade"]}),
    }
    made = unnamed(tables, "salt")
    assert [made["files"]["name"][0], made["quality"]["file"][0], made["faults"]["file"][0]] == ["file 1"] * 3


def test_words_that_are_allowed_are_few() -> None:
    assert allowed("fewer than 5")
    assert allowed("1,005")
    assert not allowed("1,004")
