"""Validation of large files: ``outcomes validate --out`` beside plain pandas.read_csv and pandera, as whole processes.

The commands take turns, so that a busy moment meets them all; printed are medians, ratios and the highest memory of
each. CPU seconds (user and system) stand beside the seconds waited, for machines that others use too.
Run: ``python -m benchmarks.intake [--rows 100000 1000000] [--repeats 3]``; wanted: at most 6 times read_csv and
1.2 GB at 1,000,000 rows; work after imports per row at 5,000,000 at most twice that at 100,000; 4 GB at 10,000,000.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SMALL = (100_000, 1_000_000)
PANDERA_ROWS = 1_000_000  # above this pandera is left out: it takes minutes
READ_CSV = "import pandas as pd, sys; frame = pd.read_csv(sys.argv[1]); print(len(frame))"
PANDERA = """
import pandas as pd, sys
from schemas.standard import STANDARD
from schemas.tables import column_kind, table_schema
frame = pd.read_csv(sys.argv[1], dtype="str")
for name in frame:
    kind = column_kind(STANDARD, name)
    if kind == "number":
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    if kind == "date":
        frame[name] = pd.to_datetime(frame[name], errors="coerce", format="ISO8601")
try:
    table_schema("sessions", STANDARD, tuple(frame.columns)).validate(frame, lazy=True)
except Exception as error:
    print(type(error).__name__, len(error.failure_cases))
"""
WORK = """
import sys, time
from pathlib import Path
import analytics.cli.pages, analytics.intake.sift, analytics.reports.quality_page, pandera.pandas
import pandera.backends.pandas.builtin_checks, pyarrow.parquet
from analytics.deliver.checks import validate_files
began = time.process_time()
validate_files([Path(sys.argv[1])], (), out=Path(sys.argv[2]))
print(time.process_time() - began)
"""


@dataclass(frozen=True)
class Cost:
    """One run of a command: seconds waited, CPU seconds, highest memory in MB, what it printed."""

    seconds: float
    cpu: float
    memory: float
    printed: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for every number of rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=list(SMALL))
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    per_row = {}
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            per_row[rows] = _size(Path(folder), rows, options.repeats)
    least, most = min(per_row), max(per_row)
    ratio = per_row[most] / per_row[least]
    print(f"CPU per row after imports, {most:,} rows against {least:,}: {ratio:.2f} times (wanted: 2 at 5,000,000)\n")


def _size(folder: Path, rows: int, repeats: int) -> float:
    """The table of one size; CPU seconds per row after imports."""
    path, out = str(folder / "sessions.csv"), str(folder / "checked")
    # In a process of its own: what this one has used counts as the memory of every child.
    measured([sys.executable, "-m", "benchmarks.intake_file", path, str(rows)])
    commands = {
        "outcomes validate --out": [sys.executable, "-m", "analytics", "validate", path, "--out", out],
        "pandas.read_csv": [sys.executable, "-c", READ_CSV, path],
        "pandera, lazy": [sys.executable, "-c", PANDERA, path],
        "work after imports": [sys.executable, "-c", WORK, path, out],
    }
    if rows > PANDERA_ROWS:
        del commands["pandera, lazy"]
    runs = [{name: measured(command) for name, command in commands.items()} for _ in range(repeats)]
    print(f"{rows:,} rows x 11 columns, {os.path.getsize(path) / 1e6:,.0f} MB, medians of {repeats}")
    for name in list(commands)[:-1]:
        print(_line(name, [run[name] for run in runs], [run["pandas.read_csv"] for run in runs]))
    work = statistics.median(float(run["work after imports"].printed.split()[-1]) for run in runs)
    print(f"  {'work after imports':26}{'':9}{work:8.2f} s CPU, {1e6 * work / rows:.2f} microseconds per row\n")
    return work / rows


def _line(name: str, runs: Sequence[Cost], plain: Sequence[Cost]) -> str:
    """Median seconds, CPU, their ratios to read_csv of the same round, and the highest memory."""
    seconds, cpu = (statistics.median(getattr(run, part) for run in runs) for part in ("seconds", "cpu"))
    waited = statistics.median(run.seconds / other.seconds for run, other in zip(runs, plain))
    used = statistics.median(run.cpu / other.cpu for run, other in zip(runs, plain))
    memory = max(run.memory for run in runs)
    return f"  {name:26}{seconds:7.2f} s{cpu:8.2f} s CPU   ratio {waited:4.1f} ({used:.1f} CPU){memory:8,.0f} MB"


def measured(command: Sequence[str]) -> Cost:
    """Run a command to its end."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed:
        child = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, command)
        printed.seek(0)
        return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed.read())


if __name__ == "__main__":
    main()
