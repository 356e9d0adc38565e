"""The mail that somebody must look: once per date, problem and recipient; one that fails stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from analytics.domain.errors import OutcomesError
from analytics.schedule.calling import Call, Place, Trouble
from analytics.schedule.destinations.parcel import Perhaps
from analytics.schedule.entry import Entry
from analytics.schedule.slots import Damaged, checked, unchecked
from analytics.schedule.telling import short, troubles_of
from analytics.store.places import make_folder, write_whole


def alarm(call: Call, entries: Sequence[Entry], asked: Sequence[Trouble]) -> None:
    """Tell what a person must act on. ``asked``: what concerns an export as a whole (clock, state, many dates)."""
    for entry in entries:
        new = [one for one in troubles_of(entry) if not one.waits]
        told = _told(call, entry.place, new, entry.slot.told, date=short(entry))
        if told:
            _keep(call, entry, told)
    for place in call.places:
        own = [one for one in asked if one.export == place.export.name and not one.waits]
        _of_the_export(call, place, own)


def _keep(call: Call, entry: Entry, told: Iterable[str]) -> None:
    try:
        entry.put(replace(entry.slot, told=(*entry.slot.told, *told)))
    except OutcomesError:
        call.log("untold", export=entry.slot.export, due=entry.slot.stamp)


def _of_the_export(call: Call, place: Place, own: Sequence[Trouble]) -> None:
    """Problems of the export as a whole: forgotten as soon as it counts again."""
    path = place.folder / "told.json"
    try:
        if not own:
            path.unlink(missing_ok=True)
            return
        before = _read(path)
        told = _told(call, place, own, before, date="")
        if told:
            make_folder(path.parent)
            write_whole(path, checked({"told": [*before, *told]}))
    except OSError:
        call.log("untold", export=place.export.name)


def _read(path: Path) -> list[str]:
    try:
        return [str(one) for one in unchecked(path.read_bytes())["told"]]
    except (OSError, ValueError, KeyError, Damaged):
        return []


def _told(call: Call, place: Place, new: Sequence[Trouble], before: Iterable[str], *, date: str) -> list[str]:
    """What was told now, as ``problem|recipient``."""
    export, server = place.export, call.settings.mail
    if export.on_problem is None or server is None or not new:
        return []
    from analytics.schedule.destinations.notify import notify

    found = []
    for recipient in export.on_problem.mail:
        fresh = [one for one in new if f"{one.what}|{recipient}" not in before]
        text = "\n\n".join(f"{one.said}\nWhat to do: {one.fix}" for one in fresh)
        subject = f"{export.name} {date}".strip() + ": somebody must look"
        base = call.settings.base
        if fresh and _mailed(call, lambda: notify(server, [recipient], subject, text, base=base)):  # noqa: B023
            found += [f"{one.what}|{recipient}" for one in fresh]
    return found


def _mailed(call: Call, send: Callable[[], None]) -> bool:
    try:
        send()
    except Perhaps:
        return True
    except OutcomesError as error:
        call.log("untold", why=type(error).__name__)
        return False
    return True
