"""The store with a million session rows: ingest, the same again, a correction of one row in a hundred, an erasure.

    python -m benchmarks.store [ROWS] [FILE]

Each is a command in a process of its own, start of Python included: seconds, and the highest memory it held.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks.intake_file import write_file

#: What must hold for a million rows on two cores: seconds and GB.
TARGETS = {"ingest": (30.0, 2.0), "again": (1.0, 2.0), "correction": (3.0, 2.0), "erase": (10.0, 2.0)}
ROWS, EVERY = 1_000_000, 100


def correction(source: Path, target: Path) -> None:
    """One row in a hundred of ``source`` with another grade."""
    whole = pd.read_csv(source, dtype=str, keep_default_na=False, on_bad_lines="skip")
    some = whole.iloc[::EVERY]
    some.assign(texture_grade=some["texture_grade"].map({"4": "5"}).fillna("4")).to_csv(target, index=False)


def timed(*arguments: str) -> tuple[float, float, str]:
    """Seconds, GB and what was said."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "analytics", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, state, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(state)
    if process.returncode:
        raise SystemExit(said)
    return time.perf_counter() - began, used.ru_maxrss / 2**20, said


def main(rows: int = ROWS, given: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        source, store = Path(given) if given else where / "sessions.csv", str(where / "store")
        if not given:
            write_file(source, rows)
        correction(source, where / "correction.csv")
        patient = pd.read_csv(source, nrows=1, dtype=str)["patient_id"].iloc[0]
        steps = {
            "ingest": ("ingest", str(source), "--store", store),
            "again": ("ingest", str(source), "--store", store),
            "correction": ("ingest", str(where / "correction.csv"), "--store", store),
            "full": ("ingest", str(source), "--store", store, "--full"),
            "status": ("store", "status", "--store", store),
            "erase": ("store", "erase", patient, "--reason", "asked for", "--store", store),
            "check": ("store", "check", "--store", store),
        }
        for name, arguments in steps.items():
            seconds, memory, said = timed(*arguments)
            target = TARGETS.get(name)
            told = f" (at most {target[0]:g} s, {target[1]:g} GB)" if target else ""
            print(f"{name:<11}{seconds:7.2f} s {memory:6.2f} GB{told}  {said.splitlines()[-1]}", flush=True)


if __name__ == "__main__":
    main(*(int(a) if n == 0 else a for n, a in enumerate(sys.argv[1:3])))  # type: ignore[arg-type]
