"""The pages that commands print: what was found in a file, what a report says, in words for a clinic and 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

WIDTH = 78
PLACES = 3  # first places shown of each kind of fault
EMPTY = "(empty)"
NEAREST = "; nearest: "  # what a demand may add about the text that was found
MOST_KINDS = 12
MOST_NOTES = 6
MOST_LINES = 12  # of findings in words, so that the whole summary stays under 20


def validation_page(sifted: Any) -> Iterator[str]:
    """Rows fine and set aside, then the faults by kind with the first places and what to do."""
    rows = sifted.rows
    yield _balance(rows, "rows ")
    if rows["entries_quarantined"]:
        count = rows["entries_quarantined"]
        yield f"{count:,} {'entries were' if count > 1 else 'entry was'} set aside in accepted rows"
    for table, counts in sifted.other_rows.items():
        yield f"{table}: {_balance(counts)}"
    for severity, title in (("error", "Faults (row or entry set aside)"), ("warning", "Warnings (row stays)")):
        yield from _kinds(sifted.quarantine, severity, title)
    notes = list(sifted.notes)
    if notes:
        yield ""
        yield "Good to know"
    for note in notes[:MOST_NOTES]:
        yield from _wrapped(f"- {note}")
    if len(notes) > MOST_NOTES:
        yield f"- and {len(notes) - MOST_NOTES} more, in receipt.json"


def _balance(counts: Any, what: str = "") -> str:
    received, accepted, aside = counts["received"], counts["accepted"], counts["quarantined"]
    return f"{received:,} {what}received = {accepted:,} accepted + {aside:,} set aside"


def _kinds(quarantine: Any, severity: str, title: str) -> Iterator[str]:
    found = quarantine[quarantine["severity"] == severity]
    if found.empty:
        return
    yield ""
    yield f"{title}: {len(found):,}"
    counts = found.groupby("rule").size().sort_values(ascending=False, kind="stable")
    for rule in counts.index[:MOST_KINDS]:
        here = found[found["rule"] == rule]
        demands = here["must"].str.split(NEAREST).str[0].unique()
        alike = len(demands) == 1
        yield from _wrapped(f"{counts[rule]:,} x {rule}: {demands[0] if alike else _general(rule)}", indent="  ")
        for _, one in _places(here).iterrows():
            yield from _wrapped(f"{_place(one)}{_own(one['must'], alike=alike)}", indent="      ")
        if here["fix"].iloc[0]:
            yield from _wrapped(f"What to do: {here['fix'].iloc[0]}", indent="    ")
    if len(counts) > MOST_KINDS:
        yield f"  and {len(counts) - MOST_KINDS} more kinds, in quarantine.csv"


def _general(rule: str) -> str:
    """What the rule asks for, in words that hold for every column."""
    from schemas.rules import NAMED

    return NAMED[rule].sentence


def _own(must: str, *, alike: bool) -> str:
    """What a place adds to the demand that all places of the rule share."""
    near = must.split(NEAREST)[1:]
    return (f" (nearest: {near[0]})" if near else "") if alike else f" {must}"


def _places(here: Any) -> Any:
    """The first places of a rule, one of each table, column and demand before a second of any."""
    again = here.duplicated(["table", "column", "must"])
    return here.assign(again=again).sort_values("again", kind="stable").head(PLACES)


def _place(one: Any) -> str:
    """File, row, column and text of a fault; the table too where it is not the sessions."""
    table = "" if one["table"] == "sessions" else f" ({one['table']})"
    where = f"{one['file']}{table} row {one['row']}"
    if not one["column"]:
        return where if _short(one["value"]) == EMPTY else f"{where}: {_short(one['value'])}"
    return f"{where}, {one['column']}: {_short(one['value'])}"


def _short(value: Any) -> str:
    text = EMPTY if value is None or str(value) in ("", "nan", "None") else repr(str(value))
    return text if len(text) <= 40 else f"{text[:37]}..."


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
    return f"{count:,} patients compared: {', '.join(named)}{twice}"


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

    rows = done.run.facts["rows"]
    yield _balance(rows, "rows ")
    yield from _wrapped(_patients(done.run))
    yield ""
    yield from _told(sentence(done.run).split("\n"))
    yield ""
    yield f"Run {done.run.run_id}"
    title, name = ("Report", "report.html") if done.kind == "report" else ("Findings", "findings.csv")
    yield f"{title}: {done.out / name}"
