"""The manual of the store by example: what a clinic's analyst types, and what is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from analytics.cli.app import app
from analytics.domain.errors import OutcomesError

WEEK_1 = """patient_id,session_date,treatment,texture_grade,notes
P-01,2026-03-02,chemical_peel,4,asked about price
P-02,2026-03-03,dermal_roller,3,
P-03,2026-03-04,laser,3,
"""
WEEK_2 = """patient_id,session_date,treatment,texture_grade,notes
P-01,2026-03-02,chemical_peel,3.5,corrected
P-02,2026-03-03,dermal_roller,3.0,
P-03,2026-03-04,microdermabrasion,3,
P-04,2026-03-10,chemical_peel,2,
"""


class Clinic:
    """A folder in which commands are typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "week1.csv").write_text(WEEK_1)
        (folder / "week2.csv").write_text(WEEK_2)

    def __call__(self, *arguments: str) -> str:
        get_command(app)  # as the program does it
        found = CliRunner().invoke(app, list(arguments))
        if found.exception is not None:
            raise found.exception
        return found.output


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.chdir(tmp_path)
    return Clinic(tmp_path)


def week_by_week(clinic: Clinic) -> None:
    clinic("ingest", "week1.csv", "--store", "store", "--clinic", "north")
    clinic("ingest", "week2.csv", "--store", "store", "--clinic", "north")


def test_a_file_is_brought_in(clinic: Clinic) -> None:
    said = clinic("ingest", "week1.csv", "--store", "store", "--clinic", "north").splitlines()
    assert said[:3] == [
        "Version 1 (north).",
        "3 rows received = 2 accepted + 1 set aside.",
        "2 new, 0 changed, 0 as they were, 0 gone.",
    ]
    assert clinic("ingest", "week1.csv", "--store", "store", "--clinic", "north") == (
        "Received before, nothing changed (version 1): week1.csv.\n"
    )
    assert "1 new" not in clinic("store", "batches", "--store", "store")


def test_next_week_corrects_and_adds(clinic: Clinic) -> None:
    week_by_week(clinic)
    told = json.loads(clinic("store", "status", "--store", "store", "--json"))
    assert told["rows"]["sessions"] == 4
    assert (told["patients"], told["version"], told["batches"], told["quarantined"]) == (4, 2, 2, 0)
    said = clinic("store", "history", "P-01", "--clinic", "north", "--store", "store")
    assert "texture_grade: 4 -> 3.5" in said


def test_what_is_set_aside_and_was(clinic: Clinic) -> None:
    week_by_week(clinic)
    assert clinic("store", "quarantine", "--store", "store") == "0 faults, 0 warnings\n"
    then = clinic("store", "quarantine", "--store", "store", "--as-of", "1")
    assert "week1.csv (batch 1) row 4, treatment" in then


def test_care(clinic: Clinic) -> None:
    week_by_week(clinic)
    assert clinic("store", "check", "--store", "store").startswith("In order: 2 versions, 2 batch files, 5 rows")
    clinic("store", "backup", "kept", "--store", "store")
    shutil.rmtree("store")
    assert "Version 2 is back" in clinic("store", "restore", "kept", "--store", "store")
    assert "4 as they were" in clinic("store", "retry", "--store", "store")


def test_a_patient_is_erased(clinic: Clinic) -> None:
    week_by_week(clinic)
    said = clinic("store", "erase", "P-01", "--clinic", "north", "--reason", "asked for", "--store", "store")
    assert said.startswith("Erased: 2 rows in every version and 2 lines of batches")
    again = clinic("ingest", "week2.csv", "--store", "store", "--clinic", "north", "--again")
    assert "1 rows refused: their patients were erased." in again
    with pytest.raises(OutcomesError) as told:
        clinic("store", "history", "P-01", "--store", "store")
    assert told.value.exit_code == 11


def test_what_cannot_be_meant(clinic: Clinic) -> None:
    with pytest.raises(OutcomesError) as told:
        clinic("store", "status", "--store", "nowhere")
    assert told.value.exit_code == 11
    for wrong in (("week1.csv", "--store", "store"), (), ("--as-of", "1")):
        with pytest.raises(OutcomesError) as told:
            clinic("report", *wrong, "--out", "report")
        assert told.value.exit_code == 2
    assert not Path("nowhere").exists()


@pytest.mark.long
def test_a_report_from_the_store_and_its_proof(clinic: Clinic) -> None:
    clinic("simulate", "--patients", "60", "--out", "example")
    clinic("ingest", "example", "--store", "store")
    clinic("report", "--store", "store", "--as-of", "1", "--format", "html", "--out", "report")
    inputs = json.loads(Path("report/receipt.json").read_text())["inputs"]
    assert inputs[0]["name"] == "session store, version 1"
    assert "computed again" in clinic("verify", "report", "--store", "store")
    clinic("ingest", "week1.csv", "--store", "store", "--clinic", "north")
    assert "computed again" in clinic("verify", "report", "--store", "store")
    patient = Path("example/patients.csv").read_text().splitlines()[1].split(",")
    clinic("store", "erase", patient[1], "--clinic", patient[0], "--reason", "asked for", "--store", "store")
    with pytest.raises(OutcomesError, match="erased") as told:
        clinic("verify", "report", "--store", "store")
    assert told.value.exit_code == 15
