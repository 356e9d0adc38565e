"""A date's way through its destinations: each on its own, each step in the ledger before and after."""

from __future__ import annotations

import traceback
from pathlib import Path

from analytics.domain.errors import OutcomesError
from analytics.schedule.destinations.parcel import Destination, Parcel, Perhaps, Refused, TryLater
from analytics.schedule.entry import Entry
from analytics.schedule.slots import SETTLED, Leg

GONE = "no longer in exports.yml"
FAULT = "a fault of this program"


def send_all(entry: Entry, destinations: list[Destination], parcel: Parcel, tried: set[str]) -> None:
    """One try for every destination that is still owed. ``tried``: those that had their one try in this call.

    Raises the last TryLater after every destination had its try.
    """
    entry.save()
    known = {one.label: one for one in destinations}
    later: TryLater | None = None
    for label in list(entry.slot.legs):
        try:
            _step(entry, label, known.get(label), parcel, tried)
        except TryLater as error:
            later = error
    if later is not None:
        raise later
    if all(leg.state in SETTLED for leg in entry.slot.legs.values()):
        entry.status("done")


def _step(entry: Entry, label: str, destination: Destination | None, parcel: Parcel, tried: set[str]) -> None:
    leg = entry.slot.legs[label]
    if destination is None:
        if leg.state in ("pending", "refused"):
            entry.leg(label, "gone", GONE)
        return
    if leg.state == "committing":
        if label in tried:
            return
        _look(entry, destination, parcel, tried)
        leg = entry.slot.legs[label]
    if leg.state == "pending" or (leg.state == "refused" and label not in tried):
        _send(entry, destination, parcel, leg, tried)


def _look(entry: Entry, destination: Destination, parcel: Parcel, tried: set[str]) -> None:
    """After a call that ended in the act that cannot be taken back. Who may not look has had the one try."""
    try:
        found = destination.look(parcel)
    except Refused as error:
        tried.add(destination.label)
        entry.unseen[destination.label] = error.message
        return
    states = {"sent": "sent", "repeat": "pending", "perhaps": "perhaps"}
    entry.leg(destination.label, states[found], "" if found == "sent" else "a call ended in the middle of it")


def _send(entry: Entry, destination: Destination, parcel: Parcel, leg: Leg, tried: set[str]) -> None:
    label = destination.label
    try:
        destination.send(parcel, committing=lambda: entry.leg(label, "committing"))
    except TryLater as error:
        if entry.slot.legs[label].state != "pending" or entry.slot.legs[label].why != error.message:
            entry.leg(label, "pending", error.message)
        raise
    except Perhaps as error:
        entry.leg(label, "perhaps", error.message)
    except OutcomesError as error:  # Refused, or a library that is missing
        tried.add(label)
        entry.leg(label, "refused", error.message, error.fix)
    except Exception as error:  # noqa: BLE001  a fault in one client must not keep the other destinations waiting
        _unforeseen(entry, label, error, tried)
    else:
        entry.leg(label, "sent")


def _unforeseen(entry: Entry, label: str, error: Exception, tried: set[str]) -> None:
    """Behind the last step nobody can know; before it nothing has arrived. The text may hold a secret: not kept."""
    tried.add(label)
    begun = entry.slot.legs[label].state == "committing"
    entry.call.log("fault", export=entry.slot.export, due=entry.slot.stamp, at=where(error))
    entry.leg(label, "perhaps" if begun else "refused", f"{FAULT} ({type(error).__name__})")


def where(error: Exception) -> str:
    """The kind of an error and the line of code it came from; its text may hold a secret or a patient."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
