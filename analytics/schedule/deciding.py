"""What a person decides: a delivery has arrived or not, a held report goes out, counting begins anew."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analytics.domain.errors import NotWritten, UsageError
from analytics.schedule.alone import alone
from analytics.schedule.archive import archived, receipt_in
from analytics.schedule.calling import Call, Made, Outcome, Place
from analytics.schedule.config import Exports
from analytics.schedule.counting import Counted, first_sight, missed, rebuilt, write_counted
from analytics.schedule.due import counted_of, slots_of, take_back
from analytics.schedule.entry import Entry
from analytics.schedule.log import log_of
from analytics.schedule.running import deliver
from analytics.schedule.seal import manifest_of
from analytics.schedule.slots import SETTLED, Leg, Sealed, Slot, stamp_of
from analytics.schedule.telling import lines_of, troubles_of

DECIDABLE = ("perhaps", "refused", "committing", "pending")


def resolve(settings: Exports, name: str, date: str, destination: str, *, arrived: bool, now: dt.datetime) -> str:
    """Write down that a delivery has arrived, or that it is to be sent again; what was written, in a sentence.

    Raises UsageError where there is no such date or destination, or nothing to decide about it.
    """
    call = _call(settings, name, now)
    (place,) = call.places
    with alone(settings.state_folder):
        slot = _slot(call, place, date)
        leg = slot.legs.get(destination)
        if leg is None:
            raise UsageError(
                f"{name} {date} does not go to {destination!r}.", fix=f"choose from {', '.join(slot.legs) or 'none'}"
            )
        if leg.state not in DECIDABLE:
            raise UsageError(f"{destination} of {name} {date} is {leg.state}: there is nothing to decide.")
        made = replace(leg, state="sent" if arrived else "pending", why="said by a person", at=_at(now))
        _write(place, _decided(slot.with_leg(destination, made)))
    call.log("resolved", export=name, due=slot.stamp, to=destination, state=made.state)
    if arrived:
        return f"{destination} of {name} {date} counts as sent."
    return f"{destination} of {name} {date} is sent again by the next run-due."


def _decided(slot: Slot) -> Slot:
    """Done where nothing is owed any more; made anew where the run is lost and something is."""
    if all(leg.state in SETTLED for leg in slot.legs.values()):
        return replace(slot, status="done")
    if slot.sealed is None and not slot.states("perhaps", "refused", "committing"):
        return replace(slot, status="due", legs={})
    return slot


def release(settings: Exports, name: str, date: str, *, now: dt.datetime) -> Outcome:
    """Send a held report as it was sealed. Raises UsageError where it is not held."""
    call = _call(settings, name, now)
    (place,) = call.places
    with alone(settings.state_folder):
        slot = _slot(call, place, date)
        if slot.status != "held":
            raise UsageError(f"{name} {date} is not held: it is {slot.status}.", fix="outcomes exports status")
        call.log("released", export=name, due=slot.stamp)
        entry = Entry(call, place, _write(place, replace(slot, status="open", released=True)))
        deliver(call, [entry])
    return Outcome(tuple(lines_of([entry])), tuple(troubles_of(entry)))


def adopt(settings: Exports, *, now: dt.datetime, only: Sequence[str] = ()) -> list[str]:
    """Begin anew. Where the state of an export is lost: what its archive holds counts as sent, and dates count from
    the last of these. Else dates count from now: those not written down yet are given up."""
    call = _call(settings, "", now, only)
    with alone(settings.state_folder):
        return [_adopted(call, place) for place in call.places]


def _adopted(call: Call, place: Place) -> str:
    name, rule = place.export.name, place.settings.rule(place.export)
    found = archived(place) if not place.ledger.stamps() else []
    call.log("adopted", export=name, reports=len(found))
    if found:
        slots = [_write(place, slot) for folder in found if (slot := _from_archive(place, folder)) is not None]
        if slots:
            _count(place, rebuilt(rule, [slot.due for slot in slots]))
            many = "1 report of the archive counts" if len(slots) == 1 else f"{len(slots)} reports of the archive count"
            return f"{name}: {many} as sent; dates count from the last of them."
    counted = counted_of(replace(call, yes=True), place, rule)
    given_up = missed(counted, rule, call.now) if isinstance(counted, Counted) and counted.through < call.now else []
    take_back(call, place)
    _count(place, first_sight(rule, call.now))
    return f"{name}: dates count from now; {len(given_up)} {'date is' if len(given_up) == 1 else 'dates are'} given up."


def _from_archive(place: Place, folder: Path) -> Slot | None:
    """The slot of a report in the archive: sent, wherever it was owed."""
    due = _due_of(place, folder.name)
    if due is None:
        return None
    told = receipt_in(folder)
    sealed = Sealed(folder.name, manifest_of(folder), str(told.get("title", "")), "", str(told.get("run_id", "")))
    legs = {one.label: Leg("sent", why="adopted") for one in _call(place.settings, "", due).destinations(place)}
    return Slot(place.export.name, due, "done", sealed=sealed, legs=legs)


def _due_of(place: Place, folder_name: str) -> dt.datetime | None:
    """The date that a folder's name stands for: the one of the rule on that day with this very name."""
    day = dt.date.fromisoformat(folder_name.removeprefix(f"{place.export.name}-")[:10])
    start = dt.datetime.combine(day, dt.time(), place.settings.zone).astimezone(dt.UTC) - dt.timedelta(hours=3)
    for due in place.settings.rule(place.export).dates(start, start + dt.timedelta(hours=30)):
        if place.name_of(due) == folder_name:
            return due
    return dt.datetime.combine(day, dt.time(12), place.settings.zone).astimezone(dt.UTC)


def _count(place: Place, counted: Counted) -> None:
    try:
        write_counted(place.folder, counted)
    except OSError as error:
        raise _unwritten(error) from error


def _write(place: Place, slot: Slot) -> Slot:
    try:
        return place.ledger.write(slot)
    except OSError as error:
        raise _unwritten(error) from error


def _unwritten(error: OSError) -> NotWritten:
    reason = (error.strerror or type(error).__name__).lower()
    return NotWritten(f"The ledger cannot be written: {reason}.", fix="make room on the state's disk")


def _call(settings: Exports, name: str, now: dt.datetime, only: Sequence[str] = ()) -> Call:
    return Call(
        settings,
        now,
        _makes_nothing,
        log_of(settings.state_folder, now),
        only=(name,) if name else tuple(only),
        ends=time.monotonic() + 60 * settings.budget_minutes,
    )


def _makes_nothing(*_: object) -> Made:
    raise UsageError("A decision makes no report.")


def _at(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).isoformat()


def _slot(call: Call, place: Place, date: str) -> Slot:
    """The slot that a person means by a day, or by a time where a day has several."""
    text = date.strip().replace(" ", "T")
    slots = [slot for slot in slots_of(call, place) if text in _names(place, slot)]
    if len(slots) == 1:
        return slots[0]
    name = place.export.name
    if slots:
        times = ", ".join(place.settings.local(slot.due).isoformat(timespec="minutes") for slot in slots)
        raise UsageError(f"{name} has {len(slots)} dates on {date[:40]}.", fix=f"name one of {times}")
    near = ", ".join(sorted({_names(place, slot)[0] for slot in slots_of(call, place) if not slot.finished}))
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        raise UsageError(f"DATE is a day like 2026-03-02; {date[:40]!r} was found.")
    raise UsageError(f"{name} has no date {date[:40]}.", fix=f"open are {near}" if near else "nothing is open")


def _names(place: Place, slot: Slot) -> list[str]:
    """How a person may write a date."""
    local, utc = place.settings.local(slot.due), slot.due.astimezone(dt.UTC)
    told = [local.date().isoformat()]
    told += [one.isoformat(timespec=spec) for one in (local, utc) for spec in ("minutes", "seconds")]
    told += [local.strftime("%Y-%m-%dT%H:%M"), utc.strftime("%Y-%m-%dT%H:%MZ"), stamp_of(slot.due)]
    return told
