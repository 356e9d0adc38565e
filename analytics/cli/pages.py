"""The pages that commands print: what was found in a file, what a report says, in words for a clinic and 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

WIDTH = 78
EMPTY = "(empty)"
MOST_NOTES = 4
MOST_LINES = 12  # of findings in words, so that the whole summary stays under 20
LONGEST_PAGE = 40  # lines of the page on a file


def validation_page(sifted: Any, losses: Any) -> Iterator[str]:
    """Rows fine and set aside and what that costs, then the faults by kind, the dearest first, then warnings."""
    from analytics.reports.fault_kinds import kinds

    top = [*_balances(sifted), *_cost(losses)]
    notes = _notes(list(sifted.notes))
    errors, warnings = (kinds(sifted.quarantine, severity, losses) for severity in ("error", "warning"))
    room = LONGEST_PAGE - len(top) - len(notes)
    faults = _kinds(errors, "What is wrong: the row (or entry) was set aside", room - _kept(warnings))
    yield from top
    yield from faults
    yield from _kinds(warnings, "Please check: the row is used as it is", room - len(faults))
    yield from notes


def _kept(warnings: Sequence[Any]) -> int:
    """Lines kept for the warnings: heading, the first in full, one more and what is not told."""
    return 2 + len(list(_kind(warnings[0]))) + 2 * (len(warnings) > 1) if warnings else 0


def _balances(sifted: Any) -> Iterator[str]:
    rows = sifted.rows
    yield _balance(rows, "rows ")
    if rows["entries_quarantined"]:
        count = rows["entries_quarantined"]
        yield f"{count:,} {'entries were' if count > 1 else 'entry was'} set aside in accepted rows"
    for table, counts in sifted.other_rows.items():
        yield f"{table}: {_balance(counts)}"
    yield from _changes(sifted.vocabulary)


def _changes(vocabulary: Any) -> Iterator[str]:
    """What mappings change in the rules."""
    from schemas.own_rules import told_changes

    told = told_changes(vocabulary)
    if told:
        yield from _wrapped(f"Rules changed by the mapping: {'; '.join(told)}.")


def _balance(counts: Any, what: str = "") -> str:
    received, accepted, aside = counts["received"], counts["accepted"], counts["quarantined"]
    return f"{received:,} {what}received = {accepted:,} accepted + {aside:,} set aside"


def _cost(losses: Any) -> Iterator[str]:
    from analytics.reports.fault_kinds import cost

    if not losses.counted:
        yield "What this costs the comparison is not counted for a file of this size."
    elif cost(losses.whole):
        yield from _wrapped(f"What was set aside costs the comparison {cost(losses.whole)}.")


def _notes(notes: list[str]) -> list[str]:
    if not notes:
        return []
    lines = ["", "Good to know"]
    for note in notes[:MOST_NOTES]:
        lines += _wrapped(f"- {note}")[:2]
    if len(notes) > MOST_NOTES:
        lines.append(f"- and {len(notes) - MOST_NOTES} more, in receipt.json")
    return lines


def _kinds(found: Sequence[Any], heading: str, room: int) -> list[str]:
    """As many kinds in full as there is room for (at least one), the others in a line each."""
    if not found:
        return []
    lines = ["", heading]
    for at, kind in enumerate(found):
        more = list(_kind(kind))
        others = len(found) - at - 1
        if at and len(lines) + len(more) + (others + 1 if others else 0) > room:
            return [*lines, *_others(found[at:], room - len(lines) - 1)]
        lines += more
    return lines


def _others(kinds: Sequence[Any], room: int) -> Iterator[str]:
    """A line for each of the kinds that are not told in full: how many, what, and where the first is."""
    told = kinds if len(kinds) <= max(room, 1) else kinds[: max(room - 1, 1)]
    for kind in told:
        yield _cut(f"  {kind.count:,} {kind.title}: {_place(kind.places[0])}")
    left = len(kinds) - len(told)
    yield f"  {f'and {left} more kinds; ' if left else ''}--out DIR lists them all, and what to do"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."


def _kind(kind: Any) -> Iterator[str]:
    """What it is and costs, the first places, what to do."""
    from analytics.reports.fault_kinds import cost, demand

    price = f": costs {cost(kind.loss)}" if cost(kind.loss) else ""
    yield from _wrapped(f"{kind.count:,} {kind.title} ({kind.rule}){price}", indent="  ")
    if demand(kind):
        yield from _wrapped(demand(kind), indent="      ")
    for place in kind.places:
        own = f" ({place.must})" if kind.must and place.must else f" {place.must}" if place.must else ""
        yield from _wrapped(f"{_place(place)}{own}", indent="      ")
    if kind.fixes:
        yield from _wrapped(f"What to do: {kind.fixes[0]}", indent="    ")


def _place(one: Any) -> str:
    """File, row, column and text of a fault; the table too where it is not the sessions."""
    table = "" if one.table == "sessions" else f" ({one.table})"
    where = f"{_plain(one.file)}{table}" + (f" row {one.row}" if one.row else "")
    if not one.column:
        return where if not one.value else f"{where}: {_short(one.value)}"
    value = f": {_short(one.value)}" if one.value or one.row else ""
    return f"{where}, {_plain(one.column)}{value}"


def _plain(name: str) -> str:
    """A name that somebody else gave, fit for one line of a terminal."""
    from analytics.domain.printable import printable

    told = " ".join(printable(name).split())
    return told if len(told) <= 40 else f"{told[:37]}..."


def _short(value: str) -> str:
    told = repr(value) if value else EMPTY
    return told if len(told) <= 40 else f"{told[:37]}..."


def _wrapped(text: str, *, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ") or [""]


def _patients(run: Any) -> str:
    """Patients compared, each once, and how many had which treatment."""
    flow = run.tables["flow"]
    whole = flow[(flow["unit"] == "patients") & (flow["step"] == "analysed") & (flow["arm"].fillna("") == "")]
    count = int(whole["count"].iloc[-1])
    arms = run.tables["arms"]
    named = [f"{run.vocabulary.treatments[a].label} {int(n):,}" for a, n in zip(arms["arm"], arms["patients"])]
    twice = " (different sides count for each)" if arms["patients"].sum() > count else ""
    whom = "patient" if count == 1 else "patients"
    return f"{count:,} {whom} compared: {', '.join(named)}{twice}"


def _told(sentences: list[str]) -> list[str]:
    """As many whole sentences as fit; the rest stand in the report."""
    lines: list[str] = []
    for sentence in sentences:
        more = _wrapped(sentence)
        if len(lines) + len(more) > MOST_LINES:
            return [*lines, "... and more in the report"]
        lines += more
    return lines


def delivery_page(done: Any) -> Iterator[str]:
    """At most 20 lines: rows, patients, the headline findings in words, and where the report is."""
    from analytics.show.words import sentence

    rows = done.run.facts.get("rows")
    if rows:  # an outside copy has rounded counts only, and tells them itself
        yield _balance(rows, "rows ")
        yield from _wrapped(_patients(done.run))
        yield ""
    yield from _told(sentence(done.run).split("\n"))
    yield ""
    yield f"Run {done.run.run_id}"
    yield f"{'Findings' if done.first == 'findings.csv' else 'Report'}: {done.out / done.first}"
