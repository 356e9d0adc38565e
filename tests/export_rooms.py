"""A schedule room of a test: an exports file, a stand-in for the maker of reports, and calls at told moments."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analytics.domain.errors import OutcomesError
from analytics.schedule.calling import Due, Made, Outcome, Place
from analytics.schedule.config import Export, Exports
from analytics.schedule.loading import load_exports
from analytics.schedule.running import run_due
from analytics.schedule.slots import Slot

HEAD = "timezone: Europe/Rome\nstore: store\nstate: state\nbudget_minutes: {budget}\n"
WEEKLY = """exports:
  - name: weekly
    when: {cron: "0 6 * * 1"}
    format: [html]
    deliver:
      - {to: folder, path: archive/}
"""
DAILY = WEEKLY.replace("weekly", "daily").replace("0 6 * * 1", "0 6 * * *")


def at(text: str) -> dt.datetime:
    """A moment; without an offset in UTC."""
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def write_report(folder: Path, content: str) -> None:
    """A small report with its manifest."""
    folder.mkdir()
    page = f"<p>{content}</p>".encode()
    (folder / "report.html").write_bytes(page)
    listed = [{"name": "report.html", "sha256": hashlib.sha256(page).hexdigest()}]
    (folder / "receipt.json").write_text(json.dumps({"title": "Review", "run_id": content, "files": listed}))


@dataclass
class StandIn:
    """Makes a report whose content is its date. ``measures``: what it says to the gates. ``fails``: what it raises."""

    measures: Mapping[str, Any] = field(default_factory=dict)
    fails: list[Exception] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    headline: str = "No difference was shown."
    title: str = "Review"
    told: str = "effectiveness_review"

    def __call__(self, export: Export, due: Due, folder: Path) -> Made:
        if self.fails:
            raise self.fails.pop(0)
        self.made.append(due.moment.isoformat())
        write_report(folder, f"{export.name} {due.moment.isoformat()}")
        measures = {"new_rows": 5, "received": 10, **self.measures}
        return Made(self.title, self.headline, "run", 1, measures, self.told)


class Room:
    """One exports file in a folder, and what lies around it."""

    def __init__(self, folder: Path, text: str = WEEKLY, *, budget: float = 0) -> None:
        self.folder, self.config, self.maker = folder, folder / "exports.yml", StandIn()
        self.write(text, budget=budget)

    def write(self, text: str, *, budget: float = 0) -> None:
        self.config.write_text((HEAD.format(budget=budget) if "timezone:" not in text else "") + text)

    @property
    def settings(self) -> Exports:
        return load_exports(self.config)

    def call(self, now: str, **how: Any) -> Outcome:
        return run_due(self.settings, now=at(now), maker=self.maker, **how)

    def refusal(self, now: str) -> OutcomesError | None:
        try:
            self.call(now)
        except OutcomesError as error:
            return error
        return None

    def place(self, number: int = 0) -> Place:
        return Place(self.settings, self.settings.exports[number])

    def slots(self, number: int = 0) -> list[Slot]:
        ledger = self.place(number).ledger
        return [ledger.read(stamp) for stamp in ledger.stamps()]

    @property
    def archive(self) -> list[str]:
        found = self.folder / "archive"
        return sorted(path.name for path in found.iterdir() if path.is_dir()) if found.is_dir() else []

    @property
    def events(self) -> list[dict[str, Any]]:
        files = sorted((self.folder / "state" / "log").glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]
