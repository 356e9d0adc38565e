"""One date while it is worked on: every step is on the disk before the next; what could not be written is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from analytics.schedule.calling import Call, Place
from analytics.schedule.destinations.parcel import TryLater
from analytics.schedule.slots import Leg, Slot

LONGEST_WHY = 500  # characters kept of a reason


class Entry:
    """A slot of the ledger. ``slot`` is what the disk says; ``unsaved`` what happened and could not be written yet."""

    def __init__(self, call: Call, place: Place, slot: Slot) -> None:
        self.call, self.place, self.slot = call, place, slot
        self.problem = self.fix = ""  # why the report cannot be made or sent, and what to do; for a person
        self.waits = ""  # why it is tried again by itself
        self.unsaved: dict[str, Leg] = {}
        self.unseen: dict[str, str] = {}  # destinations that refused to be looked at, and why

    @property
    def date(self) -> str:
        return self.place.settings.local(self.slot.due).strftime("%Y-%m-%d %H:%M")

    def put(self, slot: Slot) -> None:
        """Write the slot. Raises TryLater where the disk does not take it."""
        try:
            self.slot = self.place.ledger.write(slot)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise TryLater(
                f"The ledger of {slot.export} cannot be written: {reason}.", fix="make room on the state's disk"
            ) from error

    def leg(self, label: str, state: str, why: str = "", fix: str = "") -> None:
        """A destination has come to ``state``. What has happened is remembered where it cannot be written."""
        before = self.slot.legs.get(label, Leg())
        tries = before.tries + (state not in ("committing", "gone"))
        at = self.call.now.astimezone(dt.UTC).isoformat()
        made = Leg(state, at, why[:LONGEST_WHY], tries, fix[:LONGEST_WHY])
        if state != "committing":
            self.unsaved[label] = made
        self.put(self.slot.with_leg(label, made))
        self.unsaved.pop(label, None)
        self.call.log("destination", export=self.slot.export, due=self.slot.stamp, to=label, state=state, why=made.why)

    def stuck(self, problem: str, fix: str = "") -> None:
        """The report cannot be made or sent until a person has acted; ``status`` tells why."""
        self.problem, self.fix = problem, fix
        self.status(self.slot.status, why=(problem[:LONGEST_WHY],))

    def save(self) -> None:
        """Write what could not be written before."""
        for label, leg in list(self.unsaved.items()):
            self.put(self.slot.with_leg(label, leg))
            del self.unsaved[label]

    def status(self, status: str, *, why: tuple[str, ...] = ()) -> None:
        if (status, why) != (self.slot.status, self.slot.why):
            self.put(replace(self.slot, status=status, why=why))
            self.call.log("date", export=self.slot.export, due=self.slot.stamp, status=status)
