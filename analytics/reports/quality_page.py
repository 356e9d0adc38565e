"""``quality.html``: what is wrong with the files, for those who keep them; what to mend first stands on page one."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Answer, Answers, Paragraph, Runs
from analytics.domain.dataset import Dataset, Sifted
from analytics.intake.loss import Losses
from analytics.reports import quality_tables as tables
from analytics.reports.fault_kinds import Kind, cost, demand, kinds
from analytics.reports.formats.html import page
from analytics.reports.quality_tables import clinic, number, ours, price, where
from analytics.reports.software import version
from analytics.reports.story import Element, Heading, Story
from analytics.show.runs import capital, joined, runs
from schemas.own_rules import told_changes

FIRST = 8  # kinds of faults on page one
PLACES = 10  # of each kind further down
SHOWN = 3  # of them on page one
FILES = 6  # named in the first line
FINGERPRINT = 16  # hexadecimal digits


def quality_page(dataset: Dataset, sifted: Sifted, losses: Losses) -> bytes:
    """The page as one HTML file; equal data give equal bytes."""
    errors = kinds(sifted.quarantine, "error", losses, most=PLACES)
    warnings = kinds(sifted.quarantine, "warning", losses, most=PLACES)
    first = _page_one(sifted, losses, errors, warnings)
    told = Story(tuple(first), tuple(_evidence(dataset, sifted, errors, warnings)))
    return page(told, title=f"Check of the data – {told.title}", version=version())


def _page_one(sifted: Sifted, losses: Losses, errors: Sequence[Kind], warnings: Sequence[Kind]) -> list[Element]:
    told: list[Element] = [
        Paragraph(runs("Check of the data: ", _files(sifted)), role="kicker"),
        Heading(_headline(sifted), 1, "top"),
        Paragraph(_lead(sifted, losses, warnings), role="lead"),
    ]
    if errors:
        told += [Heading(runs("What to mend first"), 2, "mend"), _tasks(errors, " to mend"), *_rest(errors)]
    if warnings:
        told += [Heading(runs("What to check"), 2, "check"), _tasks(warnings, " to check"), *_rest(warnings)]
    mark = clinic(f"clinical-outcomes {version()}, check {sifted.fingerprint[:FINGERPRINT]}")
    lists = ". Every fault stands in quarantine.csv, the faulty rows as they were received in faulty_rows.xlsx."
    return [*told, Paragraph(runs(mark, lists), role="provenance")]


def _files(sifted: Sifted) -> Runs:
    named = joined([clinic(file.name) for file in sifted.files[:FILES]], ", ")
    more = len(sifted.files) - FILES
    return runs(named, " and ", number(more), " more") if more > 0 else named


def _headline(sifted: Sifted) -> Runs:
    rows = sifted.rows
    if not rows["quarantined"]:
        return runs("Every row is fine: ", number(rows["received"]), " received, none set aside")
    if not rows["accepted"]:
        return runs("No row could be used: all ", number(rows["received"]), " were set aside")
    were = " was set aside" if rows["quarantined"] == 1 else " were set aside"
    return runs(number(rows["accepted"]), " of ", number(rows["received"]), " rows are fine, ",
                number(rows["quarantined"]), were)  # fmt: skip


def _lead(sifted: Sifted, losses: Losses, warnings: Sequence[Kind]) -> Runs:
    """What it costs, what was set aside elsewhere, and what is asked of the reader."""
    said: list[Runs] = []
    if not losses.counted:
        said.append(runs("What this costs the comparison is not counted for files of this size."))
    elif cost(losses.whole):
        said.append(runs("What was set aside costs the comparison ", price(losses.whole), "."))
    elif sifted.rows["quarantined"]:
        said.append(runs("What was set aside costs the comparison nothing."))
    aside = [
        runs(number(counts["quarantined"]), f" of {table.replace('_', ' ')}")
        for table, counts in sifted.other_rows.items()
        if counts["quarantined"]
    ]
    if aside:
        said.append(runs("Also set aside: ", joined(aside, ", "), "."))
    entries = sifted.rows["entries_quarantined"]
    if entries:
        said.append(runs("Single entries set aside in rows that are used: ", number(entries), "."))
    if not said:
        said.append(runs("Nothing has to be mended", "; some rows are worth a look." if warnings else "."))
    return joined(said)


def _tasks(found: Sequence[Kind], what: str) -> Answers:
    return Answers(tuple(_task(kind, what) for kind in found[:FIRST]))


def _task(kind: Kind, what: str) -> Answer:
    """One kind: what it is, how often, what to do and what it costs, where it stands first."""
    mood = "unknown" if kind.loss is not None and kind.loss.patients else "none"
    costs = runs(" Costs ", price(kind.loss), ".") if price(kind.loss) else ()
    todo = ours(kind.fixes[0]) if kind.fixes else runs("Look at the rows.")
    asked = runs(ours(demand(kind)), ": ") if demand(kind) else ()
    places = joined([where(place, asked=True) for place in kind.places[:SHOWN]], "; ")
    more = runs(" and ", number(kind.count - SHOWN), " more") if kind.count > SHOWN else ()
    tag = Paragraph(runs(number(kind.count), what), role="tag", mood=mood)
    return Answer(capital(ours(kind.title)), tag, runs(todo, costs), runs(asked, places, more, "."))


def _rest(found: Sequence[Kind]) -> list[Element]:
    more = len(found) - FIRST
    return [Paragraph(runs("More kinds further down: ", number(more), "."), role="note")] if more > 0 else []


def _evidence(dataset: Dataset, sifted: Sifted, errors: Sequence[Kind], warnings: Sequence[Kind]) -> list[Element]:
    listed = sifted.quarantine
    parts: list[tuple[str, str, list[Element]]] = [
        ("rows", "Rows", [tables.by_file(sifted)]),
        ("faults", "What is wrong, kind by kind", _by_kind(errors)),
        ("columns", "Where it stands", [tables.by_column(listed, "error")] if errors else []),
        ("warnings", "What to check, kind by kind", _by_kind(warnings)),
        ("doubts", "Where to check", [tables.by_column(listed, "warning")] if warnings else []),
        ("rules", "Rules changed by the mapping", _changed(sifted)),
        ("repairs", "What was mended on reading", [tables.repaired(sifted)]),
        ("empty", "Empty cells", [tables.empty_cells(dataset)]),
        ("notes", "Good to know", [tables.told_notes(sifted)] if sifted.notes else []),
    ]
    told: list[Element] = []
    for anchor, title, blocks in parts:
        told += [Heading(runs(title), 2, anchor), *blocks] if blocks else []
    return told


def _changed(sifted: Sifted) -> list[Element]:
    # A line that begins with the name of a column keeps it as the file has to write it.
    told = ((line, ours(line)) for line in told_changes(sifted.vocabulary))
    return [Paragraph(runs(capital(said) if line.startswith("the ") else said, ".")) for line, said in told]


def _by_kind(found: Sequence[Kind]) -> list[Element]:
    told: list[Element] = []
    for kind in found:
        told += [Heading(runs(number(kind.count), " ", ours(kind.title)), 3, f"rule-{kind.rule}")]
        told += [tables.kind_table(kind)]
    return told
