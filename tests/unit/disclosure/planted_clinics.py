"""Clinic files in which every name, id and note bears a mark, and some rows a fault; and whole reports of them."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Rows = list[dict[str, str]]
REPORTS = ("effectiveness_review", "data_quality", "safety_review", "clinic_benchmark", "consultation_review")
FORMATS = "html,ipynb,json,xlsx,docx,pdf"
PATIENT, PROVIDER, RATER, NOTE, FILE = "PTZQX", "DRZQX", "RTZQX", "called Mrs Zqxsmith", "zqxfile"
STAFF = {"provider_id": PROVIDER, "rater_id": RATER}
# A value that breaks a rule, or that is mended: column -> (value, rows between two of them, the first).
FAULTS = {"texture_grade": ("77", 31, 4), "session_date": ("not known", 97, 12), "melanin_index": ("-5", 143, 9),
          "dlqi": ("3 points", 151, 20), "pore_count": ("-1", 211, 0)}  # fmt: skip


def run_cli(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "analytics", *words], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr


def planted(folder: Path, *, patients: int = 60, seed: int = 5) -> Path:
    """Simulated clinics, marked and with faults."""
    made, marked = folder / f"made-{seed}", folder / f"marked-{seed}"
    run_cli("simulate", "--out", str(made), "--patients", str(patients), "--clinics", "2", "--seed", str(seed))
    marked.mkdir()
    for source in sorted(made.glob("*.csv")):
        rewritten(source, marked / source.name, lambda rows: faulty(marked_rows(rows)))
    return marked


def rewritten(source: Path, target: Path, change: Callable[[Rows], Rows]) -> None:
    """A CSV file with other rows."""
    rows = list(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8"))))
    with target.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(change(rows))


def marked_rows(rows: Rows) -> Rows:
    return [{name: _marked(name, value) for name, value in row.items()} for row in rows]


def _marked(name: str, value: str) -> str:
    if name == "patient_id":
        return f"{PATIENT}{value}"
    if name in STAFF:
        return f"{STAFF[name]}{value}" if value else value
    return NOTE if name in ("notes", "note", "comment") else value


def faulty(rows: Rows) -> Rows:
    """Some rows of the sessions with a fault: one that sets them aside, or one that is mended."""
    made = [dict(row) for row in rows]
    for column, (value, every, first) in FAULTS.items():
        for row in made[first::every] if column in made[0] and "treatment" in made[0] else ():
            row[column] = value
    return made
