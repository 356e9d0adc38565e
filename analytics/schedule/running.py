"""``outcomes run-due``: what is due is sealed, passes its gates, and goes to each destination; what fails is kept."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from analytics.domain.errors import NotWritten, OutcomesError
from analytics.schedule.alarm import alarm
from analytics.schedule.alone import alone
from analytics.schedule.calling import Call, Due, Maker, Outcome, Place, Trouble
from analytics.schedule.config import Exports
from analytics.schedule.destinations.parcel import TryLater
from analytics.schedule.due import count, owed
from analytics.schedule.entry import Entry
from analytics.schedule.gates import standing
from analytics.schedule.log import log_of
from analytics.schedule.seal import parcel_of, seal
from analytics.schedule.sending import FAULT, send_all, where
from analytics.schedule.slots import Damaged, Leg, last_let_out
from analytics.schedule.telling import lines_of, troubles_of
from analytics.schedule.tidying import is_untidy, tidy, untidy

LOST_RUN = "put its folder back from a backup, or say of each place: outcomes exports resolve NAME DATE DEST --sent"


def run_due(
    settings: Exports,
    *,
    now: dt.datetime,
    maker: Maker,
    only: Sequence[str] = (),
    yes: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """One call. Raises Busy (17) where another is at work, NotWritten where there can be no state."""
    call = Call(
        settings,
        now,
        maker,
        log_of(settings.state_folder, now),
        yes=yes,
        only=tuple(only),
        sleep=sleep,
        ends=time.monotonic() + 60 * settings.budget_minutes,
    )
    with alone(settings.state_folder):
        return _run(call)


def _run(call: Call) -> Outcome:
    asked = [trouble for place in call.places for trouble in _counted(call, place)]
    stopped = {one.export for one in asked if not one.waits}
    going = [place for place in call.places if place.export.name not in stopped]
    entries = [Entry(call, place, slot) for place in going for slot in owed(call, place)]
    deliver(call, entries)
    alarm(call, entries, asked)
    troubles = asked + [trouble for entry in entries for trouble in troubles_of(entry)]
    call.log("call", dates=len(entries), troubles=len(troubles))
    return Outcome(tuple(lines_of(entries)), tuple(troubles))


def _counted(call: Call, place: Place) -> list[Trouble]:
    try:
        found = count(call, place)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return [Trouble(place.export.name, "", "state", f"its state cannot be written: {reason}", waits=True)]
    return [] if found is None else [found]


def deliver(call: Call, entries: Sequence[Entry]) -> None:
    """Every entry has its try, then those that wait have more, with growing pauses, until the budget is used up."""
    from analytics.schedule.destinations.pacing import within_budget

    if not entries:
        _tidied(call)
        return
    for place in {entry.place.export.name: entry.place for entry in entries}.values():
        untidy(place)
    tried: dict[int, set[str]] = {id(entry): set() for entry in entries}
    waiting = list(entries)

    def one_round() -> None:
        nonlocal waiting
        waiting = [entry for entry in waiting if not _advanced(entry, tried[id(entry)])]
        if waiting:
            raise TryLater("some are kept for later")

    try:
        within_budget(one_round, deadline=call.left, sleep=call.sleep)
    except TryLater:
        call.log("kept", dates=len(waiting))
    _tidied(call)


def _tidied(call: Call) -> None:
    """Also what a call before was killed over."""
    for place in call.places:
        if is_untidy(place):
            tidy(call, place)


def _advanced(entry: Entry, tried: set[str]) -> bool:
    """One try of an entry; False where it is worth another one in this call."""
    try:
        _advance(entry, tried)
    except TryLater as error:
        entry.waits = error.message
        return False
    entry.waits = ""
    return True


def _advance(entry: Entry, tried: set[str]) -> None:
    if entry.slot.sealed is None and not entry.slot.legs:
        _make(entry)
    if entry.slot.status == "due" and entry.slot.sealed is not None:
        _pass_gates(entry)
    if entry.slot.status == "open" and entry.slot.sealed is not None:
        try:
            parcel = parcel_of(entry.place, entry.slot, entry.slot.sealed)
        except Damaged:
            entry.stuck("its sealed run is damaged or gone; nothing is sent", LOST_RUN)
            return
        entry.status("open")
        send_all(entry, entry.call.destinations(entry.place), parcel, tried)


def _make(entry: Entry) -> None:
    """Seal the date's run. What the data or the plan refuse is for a person; a disk that is full is tried again."""
    place, slot = entry.place, entry.slot
    before = last_let_out(place.ledger, slot.stamp)
    day = place.settings.local(slot.due).date()
    due = Due(slot.due, day, slot.late, None if before is None else before.version)
    try:
        sealed = seal(place, slot, due, entry.call.maker)
    except (NotWritten, OSError) as error:
        said = error.message if isinstance(error, NotWritten) else (error.strerror or type(error).__name__).lower()
        raise TryLater(f"The report could not be written: {said}") from error
    except Damaged:
        entry.stuck("what lies in its place in the state is damaged", LOST_RUN)
    except OutcomesError as error:
        entry.stuck(error.message, error.fix)
    except Exception as error:  # noqa: BLE001  a fault in one report must not keep the others from being made
        entry.stuck(f"{FAULT} ({type(error).__name__})", "report it with the line of the log that says fault")
        entry.call.log("fault", export=slot.export, due=slot.stamp, at=where(error))
    else:
        legs = {one.label: Leg() for one in entry.call.destinations(place)}
        entry.put(replace(slot, sealed=sealed, legs=legs))
        entry.call.log("sealed", export=slot.export, due=slot.stamp, version=sealed.version, run=sealed.run_id)


def _pass_gates(entry: Entry) -> None:
    slot, place = entry.slot, entry.place
    if slot.sealed is None:
        return
    before = last_let_out(place.ledger, slot.stamp)
    measures = None if before is None else before.measures
    day = place.settings.local(slot.due).date()
    found = standing(place.export.gates, slot.sealed.measures, measures, day=day, late=slot.late)
    if found:
        entry.call.log("held", export=slot.export, due=slot.stamp, gates=[code for code, _ in found])
    entry.status("held" if found else "open", why=tuple(sentence for _, sentence in found))
