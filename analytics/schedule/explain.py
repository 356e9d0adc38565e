"""When an export comes and what it tells, in words, with its next dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from textwrap import wrap

from analytics.schedule.config import Export, Exports
from analytics.schedule.gates import PRESENT_DAYS
from analytics.schedule.rule import said
from analytics.schedule.window import said_span, span_of

NEXT = 5
CATCH_UP = {
    "all": "each missed date is made up, with the data of then",
    "latest": "of several missed dates only the latest is made up",
    "none": "a date that is missed on its day is skipped",
}


def listed(settings: Exports, now: dt.datetime) -> Iterator[str]:
    """Each export: name, next date and audience, then its reports and its destinations."""
    wide = max(len(one.name) for one in settings.exports)
    for export in settings.exports:
        dates = settings.rule(export).next_after(now)
        when = settings.local(dates[0]).strftime("%a %Y-%m-%d %H:%M") if dates else "never again"
        to = ", ".join(_labels(settings, export))
        yield f"{export.name:<{wide}}  {when}  {export.audience}"
        yield from wrap(", ".join(export.report), 80, initial_indent="  ", subsequent_indent="  ")
        yield from wrap(f"-> {to}", 80, initial_indent="  ", subsequent_indent="     ", break_on_hyphens=False)


def _labels(settings: Exports, export: Export) -> list[str]:
    from analytics.schedule.destinations import destinations

    return [one.label for one in destinations(export.deliver, base=settings.base, mail=settings.mail)]


def explained(settings: Exports, now: dt.datetime, *, name: str | None = None) -> Iterator[str]:
    """Each export (or the one of this name) in words."""
    chosen = [one for one in settings.exports if name in (None, one.name)]
    for number, export in enumerate(chosen):
        if number:
            yield ""
        yield from _one(settings, export, now)


def _one(settings: Exports, export: Export, now: dt.datetime) -> Iterator[str]:
    rule = settings.rule(export)
    yield export.name
    yield f"  {said(rule)}."
    yield f"  If nobody called in time: {CATCH_UP[export.catch_up]}."
    dates = rule.next_after(now, count=NEXT)
    for date in dates:
        local = settings.local(date)
        yield f"  {local:%a %Y-%m-%d %H:%M} {local.tzname()}   {said_span(span_of(export.data.window, local.date()))}"
    if not dates:
        yield "  It never comes again."
    for place in _labels(settings, export):
        yield f"  goes to {place}"
    yield from _gates(export)


def _gates(export: Export) -> Iterator[str]:
    gates = export.gates
    if gates.min_new_rows is not None:
        yield f"  held with fewer new rows than {gates.min_new_rows}"
    if gates.max_quarantined is not None:
        yield f"  held with more than {gates.max_quarantined:.0%} of the rows set aside"
    if gates.max_age_days is not None:
        yield f"  held where the last session is more than {gates.max_age_days} days old"
    if gates.clinics_present is not None:
        asked = gates.clinics_present
        which = "a clinic" if isinstance(asked, str) else f"one of {', '.join(asked)}"
        yield f"  held where {which} has no session in the {PRESENT_DAYS} days before"
    if gates.headline_flip == "hold":
        yield "  held where an answer turns round"
