"""Which dates are owed now: new ones are written down first, damaged ones healed, then all that are not finished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analytics.schedule.archive import archived
from analytics.schedule.calling import Call, Place, Trouble
from analytics.schedule.counting import (
    Counted,
    first_sight,
    missed,
    read_counted,
    rebuilt,
    slots_for,
    too_many,
    too_much,
    write_counted,
)
from analytics.schedule.healing import heal
from analytics.schedule.rule import Rule
from analytics.schedule.slots import Damaged, Slot, moment_of

ASK = "if it is right, call again with --yes; to begin anew from now: outcomes exports adopt"


def count(call: Call, place: Place) -> Trouble | None:
    """Write down the dates that became due. The trouble where a person must be asked first: then nothing is written."""
    rule = place.settings.rule(place.export)
    counted = counted_of(call, place, rule)
    if isinstance(counted, Trouble):
        return counted
    before, doubt = counted, too_much(counted, call.now)
    if doubt and not call.yes:
        return _asked(call, place, "clock", doubt)
    if doubt and call.now < counted.through:
        counted = replace(counted, through=call.now, seen=call.now)
        take_back(call, place)
    dates = missed(counted, rule, call.now)
    many = too_many(dates)
    if many and not call.yes:
        return _asked(call, place, "many", many)
    _write_down(call, place, rule, dates)
    later = replace(counted, rule=rule, through=max(counted.through, call.now), seen=max(counted.seen, call.now))
    if later != before or not (place.folder / "schedule.json").exists():
        write_counted(place.folder, later)
    return None


def counted_of(call: Call, place: Place, rule: Rule) -> Counted | Trouble:
    """What schedule.json says; rebuilt from the slots where it is damaged or gone; first sight where all is new."""
    stamps = [moment_of(stamp) for stamp in place.ledger.stamps()]
    try:
        found = read_counted(place.folder)
    except Damaged:
        call.log("damaged", export=place.export.name, file="schedule.json")
        if stamps:
            return rebuilt(rule, stamps)
        if not call.yes:
            return _asked(call, place, "state", "its schedule.json is damaged, and no date is written down")
        found = None
    if found is not None:
        return found
    if stamps:
        return rebuilt(rule, stamps)
    if not call.yes and (last := archived(place)):
        return _asked(
            call, place, "state", f"its state is not there, and the archive holds reports up to {last[-1].name[-10:]}"
        )
    return first_sight(rule, call.now)


def _asked(call: Call, place: Place, what: str, said: str) -> Trouble:
    call.log("asked", export=place.export.name, what=what)
    fix = ASK if what != "state" else "to go on from what the archive holds: outcomes exports adopt; or --yes: from now"
    return Trouble(place.export.name, "", what, said, fix)


def _write_down(call: Call, place: Place, rule: Rule, dates: list) -> None:
    """A slot for each date; one that is there already stays, unless it is skipped now before anything was made."""
    there = set(place.ledger.stamps())
    for slot in slots_for(place.export.name, dates, catch_up=place.export.catch_up, rule=rule, now=call.now):
        if slot.stamp in there and not (slot.status == "skipped" and _unmade(place, slot.stamp)):
            continue
        place.ledger.write(slot)
        call.log("date", export=slot.export, due=slot.stamp, status=slot.status)


def take_back(call: Call, place: Place) -> None:
    """A clock that was ahead has skipped dates that are still to come."""
    for stamp in place.ledger.stamps():
        if moment_of(stamp) > call.now and _is(place, stamp, "skipped", "due"):
            place.ledger.remove(stamp)


def _unmade(place: Place, stamp: str) -> bool:
    return _is(place, stamp, "due") and not place.run(stamp).exists()


def _is(place: Place, stamp: str, *statuses: str) -> bool:
    try:
        return place.ledger.read(stamp).status in statuses
    except Damaged:
        return False


def owed(call: Call, place: Place) -> Iterator[Slot]:
    """The dates that are not finished, oldest first, damaged ones healed."""
    for slot in slots_of(call, place):
        if not slot.finished:
            yield slot


def slots_of(call: Call, place: Place) -> Iterator[Slot]:
    """Every date that has a slot, rising, damaged ones healed."""
    for stamp in place.ledger.stamps():
        try:
            yield place.ledger.read(stamp)
        except Damaged:
            yield heal(call, place, stamp)
