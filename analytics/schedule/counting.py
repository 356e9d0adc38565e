"""From when each export's dates count, and how far they are written down: computed from the state, not from waking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analytics.schedule.rule import Rule
from analytics.schedule.slots import Damaged, Slot, checked, unchecked
from analytics.store.places import make_folder, write_whole

MOST_DATES = 31
LONGEST_SILENCE = dt.timedelta(days=35)
BACKWARDS = dt.timedelta(days=1)  # a clock corrected by less is no reason to ask
LEAST = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Counted:
    """``rule`` as last seen; every date up to ``through`` has a slot or was never due; ``seen``: the last call."""

    rule: Rule
    through: dt.datetime
    seen: dt.datetime


def first_sight(rule: Rule, now: dt.datetime) -> Counted:
    """A new schedule: the date of this very moment counts, nothing before."""
    return Counted(rule, now - LEAST, now)


def read_counted(folder: Path) -> Counted | None:
    """What schedule.json in ``folder`` says; None where there is none. Raises Damaged."""
    path = folder / "schedule.json"
    if not path.exists():
        return None
    try:
        found = unchecked(path.read_bytes())
        rule = Rule(**{**found["rule"], "holidays": tuple(found["rule"]["holidays"])})
        return Counted(rule, _moment(found["through"]), _moment(found["seen"]))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise Damaged from error


def _moment(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise Damaged
    return found


def write_counted(folder: Path, counted: Counted) -> None:
    """Raises OSError."""
    body: dict[str, Any] = {
        "rule": asdict(counted.rule),
        "through": counted.through.astimezone(dt.UTC).isoformat(),
        "seen": counted.seen.astimezone(dt.UTC).isoformat(),
    }
    make_folder(folder)
    write_whole(folder / "schedule.json", checked(body))


def missed(counted: Counted, rule: Rule, now: dt.datetime) -> list[dt.datetime]:
    """Dates behind ``through`` up to ``now``. A changed rule counts from now: until then the old one stood."""
    return list(counted.rule.dates(counted.through + LEAST, now))


def too_much(counted: Counted, now: dt.datetime) -> str:
    """What about the clock a person must look at before anything is sent; empty where nothing is."""
    if now < counted.seen - BACKWARDS:
        before = _day(counted, counted.seen)
        return f"the clock has gone backwards: the last call was on {before}, now it is {_day(counted, now)}"
    if now > counted.seen + LONGEST_SILENCE:
        days = (now - counted.seen).days
        return f"the last call was {days} days ago ({_day(counted, counted.seen)}); is the clock right?"
    return ""


def too_many(dates: Sequence[dt.datetime]) -> str:
    return f"{len(dates)} dates are due at once" if len(dates) > MOST_DATES else ""


def _day(counted: Counted, moment: dt.datetime) -> str:
    return f"{counted.rule.local(moment):%Y-%m-%d %H:%M}"


def slots_for(export: str, dates: Sequence[dt.datetime], *, catch_up: str, rule: Rule, now: dt.datetime) -> list[Slot]:
    """The slots of dates that became due: what is made, what is caught up, what is skipped and why."""
    found = []
    for number, due in enumerate(dates):
        newest = number == len(dates) - 1
        slot = Slot(export, due, late=not newest)
        if catch_up == "latest" and not newest:
            slot = Slot(export, due, "skipped", late=True, why=("a later date was due too (catch_up: latest)",))
        elif catch_up == "none" and rule.local(due).date() != rule.local(now).date():
            slot = Slot(export, due, "skipped", late=True, why=("missed on its day (catch_up: none)",))
        found.append(slot)
    return found


def rebuilt(rule: Rule, stamps: Sequence[dt.datetime]) -> Counted:
    """After a damaged schedule.json: the slots say how far it was written down."""
    return Counted(rule, stamps[-1], stamps[-1])
