"""Words and tables of the page on data quality: a clinic's own text is marked off, and cannot disturb the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analytics.domain.block import Block, Number, Paragraph, Runs, Table
from analytics.domain.dataset import Dataset, Sifted
from analytics.domain.printable import printable
from analytics.intake.loss import Loss
from analytics.intake.received import emptiness
from analytics.reports.fault_kinds import Kind, Place, demand
from analytics.show.runs import bullets, joined, name, runs
from analytics.show.tables.records import REPAIRS
from schemas.rule_words import title

LONGEST = 90  # characters of a clinic's text that are shown
MOST_LINES = 400  # of a table of columns
EMPTY = "(empty)"


def clinic(text: object) -> Runs:
    """Text from the clinic's files in one line: isolated, cut where it is very long."""
    told = printable(" ".join(str(text).split()))
    told = told if len(told) <= LONGEST else f"{told[:LONGEST]}…"
    return runs(Number(told, "L", "clinic")) if told else ()


def ours(text: str) -> Runs:
    """A sentence of the house that may hold figures."""
    return name(re.sub("`([^`]*)`", r"“\1”", text), "rules")


def number(count: int) -> Runs:
    return runs(Number(f"{count:,}", "D", "check"))


def price(loss: Loss | None) -> Runs:
    """ "9 readings and 2 patients"; nothing where nothing is known to be lost."""
    if loss is None:
        return ()
    parts = [
        runs(number(n), f" {one}" if n == 1 else f" {one}s")
        for n, one in ((loss.readings, "reading"), (loss.patients, "patient"))
        if n
    ]
    return joined(parts, " and ")


def where(place: Place, *, asked: bool = False) -> Runs:
    """ "visits.csv row 52, Grade: “5”", with what is asked of this place alone."""
    table = f" ({place.table.replace('_', ' ')})" if place.table != "sessions" else ""
    row = runs(" row ", Number(place.row, "D", "check")) if place.row else ()
    column = runs(", ", clinic(place.column)) if place.column else ()
    value = runs(": “", clinic(place.value), "”") if place.value else runs(f": {EMPTY}") if place.column and row else ()
    own = runs(" ", ours(place.must)) if asked and place.must else ()
    return runs(clinic(place.file), table, row, column, value, own)


def kind_table(kind: Kind) -> Table:
    """A kind's first places, what is asked (in a column, or below where it is one thing), and what to do."""
    apart = any(place.must for place in kind.places)
    heads = ("File", "Row", "Column", "What stands there", *(("What is asked",) if apart else ()))
    body = [_place_cells(place) + ((ours(place.must),) if apart else ()) for place in kind.places]
    asked = runs(ours(demand(kind)), ". ") if demand(kind) else ()
    costs = runs("Costs ", price(kind.loss), ". ") if price(kind.loss) else ()
    todo = runs("What to do: ", joined([ours(fix) for fix in kind.fixes])) if kind.fixes else ()
    caption = runs("The first ", number(len(body)), " of ", number(kind.count))
    if kind.count == len(body):
        caption = runs("The place" if len(body) == 1 else "All places", f" (rule {kind.rule.replace('_', ' ')})")
    return _table(caption, heads, body, name=f"kind-{kind.rule}", right=(1,), note=runs(asked, costs, todo))


def _place_cells(place: Place) -> tuple[Runs, ...]:
    file = place.file if place.table == "sessions" else f"{place.file} ({place.table.replace('_', ' ')})"
    value = clinic(place.value) or (runs(EMPTY) if place.column and place.row else ())
    return clinic(file), clinic(place.row), clinic(place.column), value


def by_file(sifted: Sifted) -> Block:
    """Rows received, accepted and set aside, by table; and the files."""
    counts = {"sessions": sifted.rows, **sifted.other_rows}
    body = [
        (runs(table.replace("_", " ")), *(number(int(c[key])) for key in ("received", "accepted", "quarantined")))
        for table, c in counts.items()
    ]
    files = joined([runs(clinic(f.name), " (", number(f.rows), ")") for f in sifted.files[:30]], ", ")
    note = runs("Received is accepted plus set aside, always. Rows by file: ", files, ".")
    heads = ("Table", "Received", "Accepted", "Set aside")
    return _table(runs("Rows by table"), heads, body, name="rows", right=(1, 2, 3), note=note)


def by_column(quarantine: pd.DataFrame, severity: str) -> Block:
    """Faults by file, column and kind, the most frequent first."""
    found = quarantine[quarantine["severity"] == severity]
    counts = found.groupby(["file", "table", "column", "rule"], sort=True, dropna=False).size()
    often = counts.sort_values(ascending=False, kind="stable")
    body = [
        (clinic(file), runs(str(table).replace("_", " ")), clinic(column) or runs("(whole row)"),
         ours(title(str(rule), int(n))), number(int(n)))
        for (file, table, column, rule), n in often.head(MOST_LINES).items()
    ]  # fmt: skip
    heads = ("File", "Table", "Column", "What", "Count")
    caption = runs("Faults by file and column" if severity == "error" else "Warnings by file and column")
    return _table(caption, heads, body, name=f"columns-{severity}", right=(4,))


def repaired(sifted: Sifted) -> Block:
    """Harmless repairs by kind and column."""
    if not sifted.repairs:
        return Paragraph(runs("No value had to be mended before it could be read."), role="note")
    body = [
        (runs(REPAIRS.get(kind, kind.replace("_", " "))), clinic(column), number(int(count)))
        for (kind, column), count in sorted(sifted.repairs.items())
    ]
    note = runs("Nothing else was changed.")
    return _table(runs("Mended on reading"), ("What", "Column", "Cells"), body, name="repairs", right=(2,), note=note)


def empty_cells(dataset: Dataset) -> Block:
    """Empty cells of every used column, by file."""
    found = sorted(emptiness(dataset), key=lambda e: -e.empty / max(e.lines, 1))
    body = [
        (clinic(e.column), joined([clinic(o) for o in e.ours[:4]], ", "), clinic(e.file), number(e.empty),
         runs(Number(_percent(e.empty, e.lines), "D", "check")))
        for e in found[:MOST_LINES]
    ]  # fmt: skip
    heads = ("Column", "Read as", "File", "Empty", "Share")
    note = runs("Also texts that the mapping takes for nothing. Empty is no fault unless the cell is needed.")
    return _table(runs("Empty cells by column"), heads, body, name="empty", right=(3, 4), note=note)


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0.0
    return "< 1 %" if 0 < share < 0.5 else "> 99 %" if 99.5 <= share < 100 else f"{share:.0f} %"


def told_notes(sifted: Sifted) -> Block:
    return bullets([name(text, "facts.notes", kind="L") for text in sifted.notes])


def _table(
    caption: Runs, heads: Sequence[str], body: Sequence[tuple[Runs, ...]], *, name: str, right: Sequence[int] = (),
    note: Runs = (),
) -> Table:  # fmt: skip
    align = tuple("r" if i in right else "l" for i in range(len(heads)))
    return Table(caption, tuple(runs(h) for h in heads), tuple(body), align=align, note=note, name=name)
