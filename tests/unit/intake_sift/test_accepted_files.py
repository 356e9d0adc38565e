"""What validate writes: accepted rows and the list; the same bytes anywhere, no formula for a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from clinic_files import HEADER, ClinicFiles

from analytics.domain.dataset import QUARANTINE_COLUMNS
from analytics.intake.accepted import quarantine_csv, write_files

TEXT = f"{HEADER},product\np1,chemical_peel,2026-01-01,3,1,ü\n=cmd(),laser,2026-01-01,-5,1,x\np3,,2026-01-01,-7,1,x\n"
ROOT = Path(__file__).parents[3]


def test_the_two_files(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(TEXT)
    files = write_files(sifted)
    assert set(files) == {"accepted.parquet", "quarantine.csv"}
    frame = pd.read_parquet(io.BytesIO(files["accepted.parquet"]))
    assert frame["patient_id"].tolist() == ["p1"]


def test_the_list_has_the_text_of_the_file_but_no_formula(clinic: ClinicFiles) -> None:
    rows = list(csv.DictReader(io.StringIO(write_files(clinic.sift(TEXT))["quarantine.csv"].decode())))
    assert tuple(rows[0]) == QUARANTINE_COLUMNS
    assert [(r["row"], r["column"], r["rule"], r["value"]) for r in rows] == [
        ("3", "treatment", "treatment", "laser"),
        ("3", "texture_grade", "range", "-5"),
        ("4", "texture_grade", "range", "-7"),
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-x", "'-x"), ("@a", "'@a"), ("-5", "-5"), ("-", "'-"), ("a=1", "a=1")],
)
def test_the_guard_against_formulas(clinic: ClinicFiles, text: str, written: str) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,{text},2026-01-01,3,1\np2,,2026-01-01,3,1\n")
    rows = list(csv.DictReader(io.StringIO(quarantine_csv(sifted.quarantine).decode())))
    assert [row["value"] for row in rows] == [written]


def test_an_empty_list_has_its_header(clinic: ClinicFiles) -> None:
    sifted = clinic.sift(f"{HEADER}\np1,chemical_peel,2026-01-01,3,1\n")
    assert quarantine_csv(sifted.quarantine).decode() == ",".join(QUARANTINE_COLUMNS) + "\n"


def test_the_same_bytes_with_another_hash_seed_time_zone_and_folder(tmp_path: Path) -> None:
    code = (
        "import sys, hashlib; from pathlib import Path\n"
        "from analytics.sources.read import read; from analytics.intake.sift import sift\n"
        "from analytics.intake.accepted import write_files\n"
        "files = write_files(sift(read([Path(sys.argv[1])], [Path(sys.argv[2])])))\n"
        "print({name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())})\n"
    )
    outputs = set()
    for seed, zone, folder in (("0", "UTC", "a"), ("1", "Asia/Tokyo", "b")):
        here = tmp_path / folder
        here.mkdir()
        (here / "s.csv").write_text(TEXT)
        (here / "m.yml").write_text(
            "missing: [none]\ntreatments: {cream: {label: Cream}}\n"
            "covariates: {spot: {from: product, kind: category}}\n"
        )
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "HOME": str(here), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code, str(here / "s.csv"), str(here / "m.yml")],
            capture_output=True,
            text=True,
            env=env,
            cwd=here,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
