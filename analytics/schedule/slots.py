"""The ledger: one checksummed file per export and date, written whole or not at all, that says how far it has come."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from analytics.disk import flush_folder
from analytics.schedule.first_words import MAIN
from analytics.store.places import make_folder, write_whole

# A date: due (nothing made yet), held (sealed, a gate stands), open (on its way), done, skipped (never made).
STATUSES = ("due", "held", "open", "done", "skipped")
# A destination: perhaps is for a person; gone: no longer in exports.yml before anything was sent.
STATES = ("pending", "committing", "sent", "refused", "perhaps", "gone")
SETTLED = ("sent", "gone")
STAMP = "%Y%m%dT%H%M%SZ"
NAMED = re.compile(r"\d{8}T\d{6}Z")


@dataclass(frozen=True)
class Leg:
    """One destination of a date: where it stands, since when, why, and what a person can do."""

    state: str = "pending"
    at: str = ""
    why: str = ""
    tries: int = 0
    fix: str = ""


@dataclass(frozen=True)
class Sealed:
    """What was made, once: ``manifest``: SHA-256 of receipt.json. ``measures``: see gates.py. ``told``: the
    report that title and headline are of."""

    name: str
    manifest: str
    title: str
    headline: str
    run_id: str = ""
    version: int | None = None
    audience: str = "internal"
    measures: Mapping[str, Any] = field(default_factory=dict)
    told: str = MAIN


@dataclass(frozen=True)
class Slot:
    """One date of one export. ``late``: caught up. ``told``: problems that were mailed."""

    export: str
    due: dt.datetime
    status: str = "due"
    late: bool = False
    why: tuple[str, ...] = ()
    sealed: Sealed | None = None
    legs: Mapping[str, Leg] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    released: bool = False

    @property
    def stamp(self) -> str:
        return stamp_of(self.due)

    @property
    def finished(self) -> bool:
        return self.status in ("done", "skipped")

    def with_leg(self, label: str, leg: Leg) -> Slot:
        return replace(self, legs={**self.legs, label: leg})

    def states(self, *among: str) -> list[str]:
        """Labels of destinations in these states."""
        return [label for label, leg in self.legs.items() if leg.state in among]


class Damaged(Exception):
    """A file of the ledger that is not as it was written."""


def stamp_of(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime(STAMP)


def moment_of(stamp: str) -> dt.datetime:
    return dt.datetime.strptime(stamp, STAMP).replace(tzinfo=dt.UTC)


def checked(body: Mapping[str, Any]) -> bytes:
    """JSON in two lines: the SHA-256 of the second, and the second."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text + b"\n"


def unchecked(content: bytes) -> dict[str, Any]:
    """What ``checked`` wrote. Raises Damaged."""
    head, _, text = content.partition(b"\n")
    if hashlib.sha256(text.removesuffix(b"\n")).hexdigest().encode() != head:
        raise Damaged
    return dict(json.loads(text))


@dataclass(frozen=True)
class Ledger:
    """The slots of one export in ``folder`` (state/NAME/slots)."""

    export: str
    folder: Path

    def path(self, due: dt.datetime) -> Path:
        return self.folder / f"{stamp_of(due)}.json"

    def stamps(self) -> list[str]:
        """Dates that have a slot, rising."""
        found = self.folder.glob("*.json") if self.folder.is_dir() else ()
        return sorted(path.stem for path in found if NAMED.fullmatch(path.stem))

    def read(self, stamp: str) -> Slot:
        """Raises Damaged."""
        try:
            found = unchecked((self.folder / f"{stamp}.json").read_bytes())
            return _slot(self.export, moment_of(stamp), found)
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise Damaged from error

    def write(self, slot: Slot) -> Slot:
        """The slot, on the disk before this returns. Raises OSError."""
        make_folder(self.folder)
        write_whole(self.path(slot.due), checked(_body(slot)))
        return slot

    def remove(self, stamp: str) -> None:
        """Forget a date that never was: nothing was made of it. Raises OSError."""
        (self.folder / f"{stamp}.json").unlink()
        flush_folder(self.folder)

    def set_apart(self, stamp: str) -> Path:
        """A damaged file keeps its content under another name."""
        path = self.folder / f"{stamp}.json"
        apart = path.with_suffix(".damaged")
        path.replace(apart)
        flush_folder(self.folder)
        return apart


def _body(slot: Slot) -> dict[str, Any]:
    return {**asdict(slot), "due": slot.due.astimezone(dt.UTC).isoformat()}


def _slot(export: str, due: dt.datetime, found: Mapping[str, Any]) -> Slot:
    if found["export"] != export or dt.datetime.fromisoformat(found["due"]) != due or found["status"] not in STATUSES:
        raise Damaged
    sealed = found["sealed"]
    return Slot(
        **{
            **found,
            "due": due,
            "why": tuple(found["why"]),
            "told": tuple(found["told"]),
            "sealed": None if sealed is None else Sealed(**sealed),
            "legs": {label: Leg(**leg) for label, leg in found["legs"].items()},
        }
    )


def last_let_out(ledger: Ledger, before: str) -> Sealed | None:
    """The sealed run of the latest date before this stamp whose report was let out."""
    for stamp in reversed([one for one in ledger.stamps() if one < before]):
        try:
            found = ledger.read(stamp)
        except Damaged:
            continue
        if found.sealed is not None and found.status in ("open", "done"):
            return found.sealed
    return None
