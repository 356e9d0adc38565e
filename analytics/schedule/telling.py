"""What came of a call: a line for each date, and what a person must act on or may leave to the next call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.schedule.calling import Trouble
from analytics.schedule.entry import Entry

RELEASE = "look at the report, then: outcomes exports release {export} {date}"
RESOLVE = 'outcomes exports resolve {export} {date} "{label}" --sent, or --again'
MEND = "mend what it names; the next call tries again"


def troubles_of(entry: Entry) -> Iterator[Trouble]:
    """What is left to do about a date."""
    slot, date = entry.slot, short(entry)
    if entry.problem:
        yield Trouble(slot.export, date, "report", entry.problem, entry.fix or MEND)
    elif entry.waits and not slot.states("pending", "committing"):
        yield Trouble(slot.export, date, "report", entry.waits, waits=True)
    if slot.status == "held":
        fix = RELEASE.format(export=slot.export, date=date)
        yield Trouble(slot.export, date, "held", f"held: {'; '.join(slot.why)}", fix)
    for label in slot.legs if slot.status == "open" else ():
        yield from _left(entry, label)


def _left(entry: Entry, label: str) -> Iterator[Trouble]:
    """What is left to do about a destination."""
    slot, date, leg = entry.slot, short(entry), entry.slot.legs[label]
    if leg.state == "perhaps":
        fix = RESOLVE.format(export=slot.export, date=date, label=label)
        yield Trouble(slot.export, date, f"perhaps:{label}", f"{label}: perhaps sent ({_brief(leg.why, label)})", fix)
    elif leg.state == "refused":
        fix = f"{leg.fix}; the next call tries again" if leg.fix else MEND
        yield Trouble(slot.export, date, f"refused:{label}", f"{label}: refused: {_brief(leg.why, label)}", fix)
    elif leg.state == "committing" and label in entry.unseen:
        yield Trouble(slot.export, date, f"unseen:{label}", f"{label}: {_brief(entry.unseen[label], label)}", MEND)
    elif leg.state in ("pending", "committing") and not entry.problem:
        said = f"{label}: {_brief(leg.why or entry.waits, label)}"
        yield Trouble(slot.export, date, f"kept:{label}", said, waits=True)


def _brief(why: str, label: str) -> str:
    return why.removeprefix(f"{label}: ")


def short(entry: Entry) -> str:
    """The date as a person writes it: the day, with the time (UTC) where a day may have several."""
    name = entry.place.name_of(entry.slot.due).removeprefix(f"{entry.slot.export}-")
    return name if len(name) == 10 else f"{name[:10]}T{name[11:13]}:{name[13:15]}Z"


def lines_of(entries: Sequence[Entry]) -> Iterator[str]:
    """One line a date: where it went."""
    for entry in entries:
        slot = entry.slot
        sent = slot.states("sent")
        if slot.status == "done":
            said = f"sent to {', '.join(sent)}" if sent else "nothing is owed any more"
        elif slot.status == "open":
            said = ", ".join(f"{label} {leg.state}" for label, leg in slot.legs.items())
        else:
            said = {"held": "held", "due": "not made yet"}.get(slot.status, slot.status)
        yield f"{slot.export} {short(entry)}: {said}"
