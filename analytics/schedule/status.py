"""``outcomes exports status``: how far every export has come, what is open, and when it comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from analytics.schedule.calling import Place
from analytics.schedule.config import Exports
from analytics.schedule.counting import Counted, read_counted
from analytics.schedule.slots import Damaged, Slot, moment_of

SHOWN = 10


def status_of(settings: Exports, now: dt.datetime) -> dict[str, Any]:
    """As JSON: for each export its counts by status, the last date sent, the next one, and every open date."""
    return {"exports": [_export(Place(settings, one), now) for one in settings.exports]}


def _export(place: Place, now: dt.datetime) -> dict[str, Any]:
    slots: list[Slot] = []
    damaged: list[str] = []
    for stamp in place.ledger.stamps():
        try:
            slots.append(place.ledger.read(stamp))
        except Damaged:
            damaged.append(_local(place, moment_of(stamp)))
    done = [slot for slot in slots if slot.status == "done"]
    counted = _counted(place)
    dates = place.settings.rule(place.export).next_after(now)
    return {
        "name": place.export.name,
        "dates": {status: sum(slot.status == status for slot in slots) for status in sorted({s.status for s in slots})},
        "last_call": None if counted is None else _local(place, counted.seen),
        "last_sent": None if not done else _local(place, done[-1].due),
        "headline": None if not done or done[-1].sealed is None else done[-1].sealed.headline,
        "next": _local(place, dates[0]) if dates else None,
        "open": [_open(place, slot) for slot in slots if not slot.finished],
        "damaged": damaged,
    }


def _counted(place: Place) -> Counted | None:
    try:
        return read_counted(place.folder)
    except Damaged:
        return None


def _local(place: Place, moment: dt.datetime) -> str:
    return place.settings.local(moment).isoformat(timespec="minutes")


def _open(place: Place, slot: Slot) -> dict[str, Any]:
    return {
        "date": _local(place, slot.due),
        "status": slot.status,
        "caught_up": slot.late,
        "why": list(slot.why),
        "destinations": {
            label: {"state": leg.state, "why": leg.why, "tries": leg.tries} for label, leg in slot.legs.items()
        },
    }


def status_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person."""
    for one in found["exports"]:
        dates = ", ".join(f"{count:,} {status}" for status, count in one["dates"].items()) or "no date yet"
        yield f"{one['name']}: {dates}"
        yield f"  last sent {_day(one['last_sent'])}, next {_day(one['next'])}, last call {_day(one['last_call'])}"
        if one["headline"]:
            yield from wrap(one["headline"], 80, initial_indent="  ", subsequent_indent="  ")
        for slot in one["open"][:SHOWN]:
            yield f"  {_day(slot['date'])}: {slot['status']}{''.join(f'; {why}' for why in slot['why'])}"
            for label, leg in slot["destinations"].items():
                why = f": {leg['why']}" if leg["why"] and leg["state"] != "sent" else ""
                yield f"    {label} {leg['state']}{why}"
        if len(one["open"]) > SHOWN:
            yield f"  and {len(one['open']) - SHOWN} more: --json"
        for date in one["damaged"]:
            yield f"  {_day(date)}: its entry in the ledger is damaged; the next run-due asks the destinations"


def _day(text: str | None) -> str:
    return "never" if text is None else text[:16].replace("T", " ")
