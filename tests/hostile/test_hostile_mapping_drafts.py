"""Drafting and checking mappings of hostile files: one short message and the right exit code, nothing half written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.deliver.mappings import draft_mapping
from analytics.domain.errors import DataRefused
from analytics.domain.mapping import load_mapping

ROOT = Path(__file__).resolve().parents[2]
GOOD = "Patient,Date,Treatment,TEWL\nP1,2024-04-21,peel,12.5\nP2,2024-04-22,MN 1.5,14.1\n"


def outcomes(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analytics", *words]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env={"PYTHONPATH": str(ROOT), "PATH": ""}, check=False
    )


def refused(done: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert len(done.stderr) < 3000
    assert "Traceback" not in done.stderr
    assert "fault of this program" not in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"a,b,c\n", "no rows"),
        (b"Date,Date,X\n1,2,3\n", "two columns have the name"),
        (b"\x89PNG\r\n\x1a\n", "PNG picture"),
        (b"a,b\n\x00\x00,1\n", "not a text file"),
    ],
)
def test_data_that_cannot_be_read_is_11(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_bytes(content)
    refused(outcomes("mapping", "init", "own.csv", "--out", "m.yml", cwd=tmp_path), 11, words)
    assert not (tmp_path / "m.yml").exists()


def test_nothing_there_an_unknown_sheet_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(GOOD)
    (tmp_path / "empty").mkdir()
    refused(outcomes("mapping", "init", "none.csv", cwd=tmp_path), 11, "There is no file none.csv")
    refused(outcomes("mapping", "init", "own.csv", "--sheet", "Visits", cwd=tmp_path), 11, "no sheet 'Visits'")
    refused(outcomes("mapping", "init", "empty", cwd=tmp_path), 11, "holds no file that can be read")


def test_another_file_is_not_overwritten_unless_told(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(GOOD)
    (tmp_path / "m.yml").write_text("mine\n")
    refused(outcomes("mapping", "init", "own.csv", "--out", "m.yml", cwd=tmp_path), 14, "is there already")
    assert (tmp_path / "m.yml").read_text() == "mine\n"
    refused(outcomes("mapping", "init", "own.csv", "--out", ".", cwd=tmp_path), 14, "is a folder")
    done = outcomes("mapping", "init", "own.csv", "--out", "m.yml", "--force", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "mapping check m.yml own.csv" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.yml", "own.csv"]
    checked = outcomes("mapping", "check", "m.yml", "own.csv", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "session_date from Date" in checked.stdout
    assert "MN 1.5 > dermal_roller" in checked.stdout
    assert max(map(len, checked.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("mapping", "code", "words"),
    [
        ("columns: {patient_id: Patient, session_dat: Date}\n", 12, "did you mean 'session_date'"),
        ("columns: {patient_id: Pat, session_date: Date, treatment: Treatment}\n", 12, "'Pat'"),
        ("columns: {patient_id: Patient, treatment: Treatment}\n", 12, "session_date"),
        ("columns: [\n", 12, "m.yml"),
        ("- a\n", 12, "key: value"),
        (
            'columns: {patient_id: Patient, session_date: {from: Date, format: "?"}, treatment: Treatment}\n',
            12,
            "not settled",
        ),
    ],
)
def test_a_faulty_mapping_is_12(mapping: str, code: int, words: str, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(GOOD)
    (tmp_path / "m.yml").write_text(mapping)
    refused(outcomes("mapping", "check", "m.yml", "own.csv", cwd=tmp_path), code, words)


def test_a_mapping_that_is_not_there_and_data_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text("columns: {patient_id: Patient, session_date: Date, treatment: Treatment}\n")
    (tmp_path / "own.csv").write_text(GOOD)
    refused(outcomes("mapping", "check", "none.yml", "own.csv", cwd=tmp_path), 12, "cannot be read")
    refused(outcomes("mapping", "check", "m.yml", "none.csv", cwd=tmp_path), 11, "There is no file")


def test_a_missing_column_names_the_command_that_drafts_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("Klient,Tag,TEWL\nP1,2024-04-21,12.5\n")
    refused(outcomes("validate", "own.csv", cwd=tmp_path), 11, "outcomes mapping init")


@given(
    header=st.lists(
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=12),
        min_size=1,
        max_size=7,
        unique_by=lambda t: " ".join(t.split()),
    ),
    rows=st.lists(
        st.lists(
            st.one_of(
                st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=8),
                st.integers(-99, 9999).map(str),
                st.dates().map(lambda d: d.strftime("%d/%m/%Y")),
                st.sampled_from(["", "GA 35", "MN 1", "yes", "no", "left", "n/a", "999"]),
            ),
            min_size=1,
            max_size=7,
        ),
        min_size=1,
        max_size=25,
    ),
)
@settings(max_examples=120, deadline=None)
def test_whatever_stands_in_a_file_a_draft_loads_or_the_file_is_refused(
    header: list[str], rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("own") / "own.csv"
    lines = [header, *((row + [""] * len(header))[: len(header)] for row in rows)]
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    path.write_bytes(quoted.encode("utf-8"))
    try:
        text = draft_mapping(path).text
    except DataRefused:
        return
    load_mapping(text)
