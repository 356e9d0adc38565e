"""Reports of the example clinics in every format, as whole processes with their kernels: seconds and memory together.

Beside them what one would use instead: nbconvert running the same notebook on the same sealed run into one HTML file.
Run: ``python -m benchmarks.reports [--patients 600] [--repeats 3]``; wanted: the director's review in all formats under
10 s, all five reports in all formats under 30 s together and 1.5 GB, on 2 cores.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FORMATS = "html,pdf,xlsx,docx,ipynb,json"
REPORTS = "effectiveness_review,data_quality,safety_review,clinic_benchmark,consultation_review"
LOOK = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Cost:
    """Seconds waited, and the most memory (MB) that the process and all it started had at one time."""

    seconds: float
    memory: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=600)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        _all(Path(folder), options.patients, options.repeats)


def _all(folder: Path, patients: int, repeats: int) -> None:
    outcomes = [sys.executable, "-m", "analytics"]
    data, out = str(folder / "data"), folder / "out"
    subprocess.run([*outcomes, "simulate", "--out", data, "--patients", str(patients)], check=True, capture_output=True)
    report = [*outcomes, "report", data, "--out", str(out)]
    orders = {
        "usual: director, html and ipynb": report,
        "director, all formats": [*report, "--format", FORMATS],
        "five reports, all formats": [*report, "--report", REPORTS, "--format", FORMATS],
        "the same, outside copy": [*report, "--report", REPORTS, "--format", FORMATS, "--audience", "external"],
        "findings alone (analyse)": [*outcomes, "analyse", data, "--out", str(folder / "findings")],
    }
    found: dict[str, list[Cost]] = {name: [] for name in [*orders, NBCONVERT]}
    for _ in range(repeats):
        for name, command in orders.items():
            found[name].append(measured(command))
        found[NBCONVERT].append(measured(_nbconvert(out)))
    print(f"{patients} patients, medians of {repeats} runs, memory of all processes together")
    for name, costs in found.items():
        seconds = statistics.median(cost.seconds for cost in costs)
        print(f"  {name:38}{seconds:7.2f} s{max(cost.memory for cost in costs):8,.0f} MB")


NBCONVERT = "nbconvert: notebook alone, one HTML"


def _nbconvert(out: Path) -> list[str]:
    """The report's notebook run again and shown by nbconvert, as somebody without this project's formats would."""
    return [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", "--stdout", str(out / "report.ipynb")]


def measured(command: Sequence[str]) -> Cost:
    """Run a command to its end, looking at the memory of its process tree."""
    began = time.perf_counter()
    most = 0.0
    with subprocess.Popen(command, cwd=_root(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        while child.poll() is None:
            most = max(most, sum(_memory(pid) for pid in _tree(child.pid)))
            time.sleep(LOOK)
    seconds = time.perf_counter() - began
    if child.returncode not in (0, 13):
        raise subprocess.CalledProcessError(child.returncode, command)
    return Cost(seconds, most)


def _root() -> Path:
    return Path(__file__).resolve().parents[1]


def _tree(pid: int) -> list[int]:
    """A process and all that it has started, as Linux lists them."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(text) for text in task.read_text().split()]
        except OSError:  # gone in the meantime
            children = []
        for child in children:
            found += _tree(child)
    return found


def _memory(pid: int) -> float:
    """Megabytes of a process, what it shares with others counted in part (Pss)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    main()
