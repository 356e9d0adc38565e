"""What a call would do, and nothing done: for ``run-due --dry-run``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from analytics.schedule.calling import Call, Made, Place, Trouble
from analytics.schedule.config import Exports
from analytics.schedule.counting import missed, slots_for, too_many, too_much
from analytics.schedule.due import counted_of
from analytics.schedule.log import Log
from analytics.schedule.slots import Damaged, Slot


def preview(settings: Exports, *, now: dt.datetime, only: Sequence[str] = (), yes: bool = False) -> list[str]:
    """A line for every date that a call would work on, and for what it would ask. Nothing is written."""
    call = Call(settings, now, _nobody, Log(None, now), yes=yes, only=tuple(only))
    return [line for place in call.places for line in _lines(call, place)] or ["Nothing is due."]


def _nobody(*_: object) -> Made:
    raise NotImplementedError("a preview makes nothing")


def _lines(call: Call, place: Place) -> Iterator[str]:
    name, rule = place.export.name, place.settings.rule(place.export)
    counted = counted_of(call, place, rule)
    if isinstance(counted, Trouble):
        yield f"{name}: would ask: {counted.said}"
        return
    dates = missed(counted, rule, call.now)
    doubt = too_much(counted, call.now) or too_many(dates)
    if doubt and not call.yes:
        yield f"{name}: would ask: {doubt}"
        return
    there = {*place.ledger.stamps()}
    new = slots_for(name, dates, catch_up=place.export.catch_up, rule=rule, now=call.now)
    for slot in [*_unfinished(place), *(slot for slot in new if slot.stamp not in there)]:
        day = place.settings.local(slot.due)
        late = ", caught up" if slot.late else ""
        owing = ", ".join(label for label, leg in slot.legs.items() if leg.state not in ("sent", "gone"))
        yield f"{name} {day:%Y-%m-%d %H:%M}: {slot.status}{late}{f', owed: {owing}' if owing else ''}"


def _unfinished(place: Place) -> Iterator[Slot]:
    for stamp in place.ledger.stamps():
        try:
            slot = place.ledger.read(stamp)
        except Damaged:
            continue
        if not slot.finished:
            yield slot
