"""Gates: why a sealed report is held until a person has looked; each a code for the ledger and a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.domain.printable import printable
from analytics.schedule.config import Gates

PRESENT_DAYS = 31  # a clinic without a session for so long is missing


@dataclass(frozen=True)
class Measures:
    """What the gates look at: rows of the sessions table, new ones since the run before, the last session dated by the
    due day, overall and by clinic, and the verdict of each primary comparison. ``None``: not known."""

    received: int | None = None
    aside: int | None = None
    new_rows: int | None = None
    last: str | None = None
    clinics: Mapping[str, str] | None = None
    verdicts: Mapping[str, str] | None = None


def standing(
    gates: Gates, now: Mapping[str, Any], before: Mapping[str, Any] | None, *, day: dt.date, late: bool
) -> list[tuple[str, str]]:
    """(code, sentence) of every gate that stands. ``before``: measures of the last run that was let out."""
    new, old = Measures(**now), None if before is None else Measures(**before)
    return [
        *_few(gates, new, late),
        *_aside(gates, new, old),
        *_stale(gates, new, day),
        *_missing(gates, new, old, day),
        *_flipped(gates, new, old),
    ]


Found = Iterator[tuple[str, str]]


def _few(gates: Gates, new: Measures, late: bool) -> Found:
    if gates.min_new_rows is not None and not late and (new.new_rows or 0) < gates.min_new_rows:
        yield (
            "min_new_rows",
            f"{new.new_rows or 0} new rows since the report before, {gates.min_new_rows} asked for",
        )


def _aside(gates: Gates, new: Measures, old: Measures | None) -> Found:
    most = gates.max_quarantined
    if most is None or not new.received:
        return
    share = (new.aside or 0) / new.received
    if share > most:
        yield "max_quarantined", f"{share:.0%} of the rows are set aside; {most:.0%} are allowed"
    elif old is not None and new.received > (old.received or 0):
        more = new.received - (old.received or 0)
        fresh = max((new.aside or 0) - (old.aside or 0), 0) / more
        if fresh > most:
            yield "max_quarantined", f"{fresh:.0%} of the rows that are new are set aside; {most:.0%} are allowed"


def _stale(gates: Gates, new: Measures, day: dt.date) -> Found:
    if gates.max_age_days is None:
        return
    age = None if new.last is None else (day - dt.date.fromisoformat(new.last)).days
    if age is None or age > gates.max_age_days:
        told = "there is no dated session" if age is None else f"the last session is {age} days before the date"
        yield "max_age_days", f"{told}; {gates.max_age_days} days are allowed"


def _missing(gates: Gates, new: Measures, old: Measures | None, day: dt.date) -> Found:
    asked, there = gates.clinics_present, new.clinics or {}
    if asked is None:
        return
    named = {*there, *((old.clinics or {}) if old is not None else {})} if asked == "all" else {*asked}
    earliest = (day - dt.timedelta(days=PRESENT_DAYS)).isoformat()
    gone = sorted(name for name in named if there.get(name, "") < earliest)
    if gone:
        yield (
            "clinics_present",
            f"no session within {PRESENT_DAYS} days from {', '.join(printable(name)[:40] for name in gone)}",
        )


def _flipped(gates: Gates, new: Measures, old: Measures | None) -> Found:
    if gates.headline_flip != "hold" or old is None:
        return
    before, now = old.verdicts or {}, new.verdicts or {}
    turned = [key for key in now if {_side(before.get(key, "")), _side(now[key])} == {"better", "worse"}]
    if turned:
        yield "headline_flip", f"the answer has turned round since the report before: {'; '.join(turned)}"


def _side(verdict: str) -> str:
    return verdict.partition("_")[0]
