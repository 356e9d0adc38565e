"""What one call of run-due knows and carries: settings, the moment, who makes reports, and what came of it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from analytics.schedule.config import Export, Exports
from analytics.schedule.destinations.parcel import Destination
from analytics.schedule.first_words import MAIN
from analytics.schedule.log import Log
from analytics.schedule.slots import Ledger


@dataclass(frozen=True)
class Due:
    """What a maker is told of a date: ``moment`` (UTC), ``day`` in the file's time zone, whether it is caught up, and
    the store's version that the run before rested on."""

    moment: dt.datetime
    day: dt.date
    late: bool = False
    before: int | None = None


@dataclass(frozen=True)
class Made:
    """What a maker says of the report it wrote. ``measures``: what the gates look at (gates.py). ``told``: the report
    that title and headline are of."""

    title: str
    headline: str
    run_id: str = ""
    version: int | None = None
    measures: dict[str, Any] = field(default_factory=dict)
    told: str = MAIN


#: Writes a report (with its receipt.json) into the folder, which is not there yet.
Maker = Callable[[Export, Due, Path], Made]


@dataclass(frozen=True)
class Place:
    """One export with its part of the state: ``folder`` is state/NAME."""

    settings: Exports
    export: Export

    @property
    def folder(self) -> Path:
        return self.settings.state_folder / self.export.name

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.export.name, self.folder / "slots")

    @property
    def making(self) -> Path:
        return self.folder / "making"

    def run(self, stamp: str) -> Path:
        """Where the sealed run of a date lies; its files that go out are in ``copy``."""
        return self.folder / "runs" / stamp

    def name_of(self, due: dt.datetime) -> str:
        """The folder's name at the destinations; with the time of day (UTC) where a day may have several."""
        minute, hour = self.export.when.cron.split()[:2]
        once = minute.isdigit() and hour.isdigit()
        day = self.settings.local(due).date().isoformat()
        return f"{self.export.name}-{day}" + ("" if once else due.astimezone(dt.UTC).strftime("-%H%Mz"))

    def archives(self) -> list[Path]:
        """The folders it delivers to."""
        return [self.settings.place(to.path) for to in self.export.deliver if to.to == "folder"]


@dataclass(frozen=True, eq=False)
class Call:
    """One call. ``ends``: when the budget is used up (``time.monotonic``)."""

    settings: Exports
    now: dt.datetime
    maker: Maker
    log: Log
    yes: bool = False
    only: tuple[str, ...] = ()
    sleep: Callable[[float], None] = time.sleep
    ends: float = 0.0
    events: list[str] = field(default_factory=list)

    def left(self) -> float:
        """Seconds left of the budget."""
        return self.ends - time.monotonic()

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The exports that this call is about."""
        chosen = [one for one in self.settings.exports if not self.only or one.name in self.only]
        return tuple(Place(self.settings, one) for one in chosen)

    def destinations(self, place: Place) -> list[Destination]:
        from analytics.schedule.destinations import destinations

        return destinations(place.export.deliver, base=self.settings.base, mail=self.settings.mail)


@dataclass(frozen=True)
class Trouble:
    """Something a person must act on (``waits`` False), or that is tried again by itself (True)."""

    export: str
    date: str
    what: str
    said: str
    fix: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a call came to: lines for a person, and what is left."""

    lines: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def exit_code(self) -> int:
        if any(not one.waits for one in self.troubles):
            return 16
        return 14 if self.troubles else 0
