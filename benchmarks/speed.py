"""How long a person waits: the report for 10,000 rows, the help, a validation; ratios against the plain alternative.

Each command runs as a whole process, several times, interleaved with the command it is compared with; printed are the
medians, their ratio and the highest memory. Run: ``python -m benchmarks.speed [--repeats 3]``.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PATIENTS = 1350  # the simulator makes about 10,000 session rows of them
PLAN = """
title: Spring review
primary: [texture_grade, inflammatory_lesions, absorbed_percent]
secondary: [roughness_ra_um, acne_iga]
"""
READ_CSV = "import pandas as pd, sys; frame = pd.read_csv(sys.argv[1]); print(len(frame))"
PANDERA = """
import pandas as pd, sys
from schemas.standard import STANDARD
from schemas.tables import table_schema
frame = pd.read_csv(sys.argv[1], parse_dates=["session_date"], date_format="ISO8601")
schema = table_schema("sessions", STANDARD, tuple(frame.columns))
try:
    schema.validate(frame, lazy=True)
except Exception as error:
    print(type(error).__name__)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args(arguments).repeats
    with tempfile.TemporaryDirectory() as folder:
        _all(Path(folder), repeats)


def _all(folder: Path, repeats: int) -> None:
    outcomes = [sys.executable, "-m", "analytics"]
    data = folder / "data"
    _timed([*outcomes, "simulate", "--out", str(data), "--patients", str(PATIENTS)])
    sessions = data / "sessions.csv"
    rows = sum(1 for _ in sessions.open()) - 1
    print(f"{rows:,} session rows, {os.cpu_count()} cores, medians of {repeats} runs, whole processes\n")
    (folder / "plan.yml").write_text(PLAN)
    report = [*outcomes, "report", str(data), "--out", str(folder / "report")]
    planned, whole = _median([[*report, "--plan", str(folder / "plan.yml")], report], repeats)
    print(f"report, a plan of five outcomes    {planned:7.2f} s   (wanted: under 15)")
    print(f"report, all eighteen outcomes      {whole:7.2f} s")
    shown = _median([[*outcomes, "--help"]], repeats)[0]
    print(f"outcomes --help                    {shown:7.2f} s   (wanted: under 0.6)")
    validate = [*outcomes, "validate", str(sessions), "--out", str(folder / "checked")]
    plain = [sys.executable, "-c", READ_CSV, str(sessions)]
    guard = [sys.executable, "-c", PANDERA, str(sessions)]
    ours, read, lazy = _median([validate, plain, guard], repeats)
    print(f"outcomes validate --out            {ours:7.2f} s")
    print(f"  against pandas.read_csv          {read:7.2f} s   ratio {ours / read:.1f}")
    print(f"  against pandera, lazy            {lazy:7.2f} s   ratio {ours / lazy:.1f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"highest memory of any of these     {peak:7.0f} MB")


def _median(commands: Sequence[Sequence[str]], repeats: int) -> list[float]:
    """Median seconds of each command; the commands take turns, so that a busy moment meets them all."""
    times = [[_timed(command) for command in commands] for _ in range(repeats)]
    return [statistics.median(column) for column in zip(*times)]


def _timed(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
