"""Scheduled exports: a call of ``run-due`` with nothing due after a year of daily reports.

Target: under 0.4 s, the start of the program included.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analytics.schedule.calling import Due, Made
from analytics.schedule.config import Export
from analytics.schedule.loading import load_exports
from analytics.schedule.running import run_due

TARGET_SECONDS = 0.4
DAYS = 365
TEXT = """timezone: Europe/Rome
store: store
state: state
exports:
  - name: daily
    when: {cron: "0 6 * * *"}
    deliver:
      - {to: folder, path: archive/}
"""


def stand_in(export: Export, due: Due, folder: Path) -> Made:
    """A report of one small page."""
    folder.mkdir()
    (folder / "report.html").write_bytes(b"<p>a report</p>")
    listed = [{"name": "report.html", "sha256": hashlib.sha256(b"<p>a report</p>").hexdigest()}]
    (folder / "receipt.json").write_text(json.dumps({"files": listed, "day": due.day.isoformat()}))
    return Made(
        "Review", "No difference was shown.", measures={"verdicts": {f"outcome {n}": "better" for n in range(20)}}
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "exports.yml"
        config.write_text(TEXT)
        settings = load_exports(config)
        first = dt.datetime(2026, 1, 1, 6, tzinfo=settings.zone)
        started = time.perf_counter()
        for day in range(DAYS):
            run_due(settings, now=first + dt.timedelta(days=day), maker=stand_in)
        print(f"{DAYS} daily reports: {time.perf_counter() - started:.1f} s (stand-in for the maker)")
        now = (first + dt.timedelta(days=DAYS - 1, hours=3)).isoformat()
        command = [sys.executable, "-m", "analytics", "run-due", "--config", str(config), "--now", now]
        best = min(_seconds(command) for _ in range(7))
        print(f"run-due with nothing due: {best:.2f} s (target {TARGET_SECONDS} s)")


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
