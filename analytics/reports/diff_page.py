"""Two reports beside each other as text, page and JSON: main answers, reasons, every number that moved."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from analytics.domain.block import Block, Paragraph, Runs, Table
from analytics.domain.run import SHAPE, Run
from analytics.reports.changes import with_changes
from analytics.reports.compare import KINDS, Comparison
from analytics.reports.formats.html import page
from analytics.reports.receipt import canonical_json
from analytics.reports.story import Element, Heading, Story
from analytics.show.numbers import finite
from analytics.show.runs import NBSP, name, runs
from analytics.show.sections.changes import answer, changes, compared, differs
from analytics.show.stories import evidence

MOST_TEXT, MOST_PAGE = 10, 200  # moved numbers that are told one by one
VERSION = "1"  # of the JSON
WIDTH = 78


def diff_json(found: Comparison) -> bytes:
    """Canonical JSON: both runs, the causes, and every number or text that is not the same in both."""
    rows = _told(found)
    body = {
        "schema": f"outcomes-diff-{VERSION}",
        "before": _run(found.before),
        "now": _run(found.now),
        "causes": [{"what": cause.what, "before": cause.before, "now": cause.now} for cause in found.causes],
        "same": found.same,
        "rows": {
            kind: [_row(row) for row in rows[rows["kind"] == kind].to_dict("records")] for kind in KINDS
        },
    }  # fmt: skip
    return canonical_json(body)


def _run(run: Run) -> dict[str, Any]:
    facts = run.facts
    return {"run_id": run.run_id, "title": run.title, "cutoff": facts.get("cutoff"), "plan": facts.get("plan_sha256")}


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    told = {"id": row["id"], "before": row["before"], "now": row["now"]}
    return told if math.isnan(row["steps"]) else {**told, "standard_errors": float(f"{row['steps']:.3g}")}


def _told(found: Comparison) -> pd.DataFrame:
    """The rows that are numbers of the report, those that moved farthest first."""
    rows = found.rows[found.rows["statistic"] != SHAPE]
    return rows.assign(_far=-rows["steps"].fillna(-1)).sort_values(["kind", "_far", "id"]).drop(columns="_far")


def diff_text(found: Comparison) -> Iterator[str]:
    """Lines for a terminal of 80 columns."""
    for line in _lines(found):
        yield from textwrap.wrap(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False) or [""]


def _lines(found: Comparison) -> Iterator[str]:
    rows = _told(found)
    yield f"Then: run {found.before.run_id}, {_until(found.before)}"
    yield f"Now:  run {found.now.run_id}, {_until(found.now)}"
    yield ""
    counts = ", ".join(f"{int((rows['kind'] == kind).sum()):,} {kind}" for kind in KINDS)
    yield f"Numbers and texts: {found.same:,} the same, {counts}."
    yield "What is not the same:" if found.causes else "Data, plan, mapping and software are the same."
    yield from (f"  {cause}" for cause in found.causes)
    yield from _answers_text(found)
    moved = rows[(rows["kind"] == "changed") & rows["steps"].notna()]
    if len(moved):
        yield "Estimates that moved most:"
    for row in moved.head(MOST_TEXT).to_dict("records"):
        yield f"  {place(row)}: {row['before']} then, {row['now']} now ({row['steps']:.2g} standard errors)"
    if len(rows):
        yield "Every number that is not the same: --format json, or --out DIR."


def _until(run: Run) -> str:
    return f"data up to {run.facts['cutoff']}" if run.facts.get("cutoff") else "data without dates"


def place(row: dict[Any, Any]) -> str:
    """Where a number stands: its table, its keys, its statistic."""
    keys = json.loads(row["keys"])
    where = ", ".join(f"{value}" for value in keys.values() if value not in (None, ""))
    return f"{row['table']}, {where + ', ' if where else ''}{row['statistic']}"


def _answers_text(found: Comparison) -> Iterator[str]:
    """The main answers that are not what they were."""
    rows = compared(evidence(with_changes(found.now, found.before)))
    moved = [row for row in rows if differs(row)]
    if not any(finite(row["estimate_before"]) and finite(row["estimate_now"]) for row in rows):
        yield "The two reports have no main comparison in common."
    else:
        yield "Main answers that changed:" if moved else "Every main answer is as it was."
    for row in moved:
        pair = f"{row['outcome']}, visit {row['visit']:g}, {row['contrast']}"
        yield f"  {pair}: {answer(row, 'before')} then, {answer(row, 'now')} now"


def diff_html(found: Comparison) -> bytes:
    """The page in the house's look."""
    from analytics.reports.software import version

    told = Story(tuple(_page_one(found)), tuple(_evidence(found)))
    return page(told, title=told.title, version=version())


def _page_one(found: Comparison) -> Iterator[Element]:
    rows = _told(found)
    yield Paragraph(runs("Two reports beside each other"), role="kicker")
    yield Heading(_headline(found), 1, "top")
    yield Paragraph(runs("Then: ", _which(found.before), ". Now: ", _which(found.now), "."), role="lead")
    counts = [f"{int((rows['kind'] == kind).sum()):,} {kind}" for kind in KINDS]
    yield Paragraph(name(f"Numbers and texts: {found.same:,} the same, {', '.join(counts)}."))
    yield Heading(runs("What is not the same"), 2, "causes")
    if found.causes:
        yield Paragraph(items=tuple(name(str(cause), kind="D") for cause in found.causes))
    else:
        yield Paragraph(runs("Data, plan, mapping and software are the same."))


def _headline(found: Comparison) -> Runs:
    moved = any(differs(row) for row in compared(evidence(with_changes(found.now, found.before))))
    if not len(found.rows):
        return runs("Nothing changed between the two reports")
    return runs("Some main answers changed" if moved else "Every main answer is as it was; figures moved")


def _which(run: Run) -> Runs:
    return name(f"run {run.run_id[:12]}, {_until(run)}", "facts.run_id", kind="D")


def _evidence(found: Comparison) -> Iterator[Element]:
    blocks: Sequence[Block] = changes(evidence(with_changes(found.now, found.before)))
    yield Heading(runs("Main answers"), 2, "answers")
    yield from (block for block in blocks if isinstance(block, Table))
    yield Heading(runs("Numbers that moved"), 2, "moved")
    rows = _told(found)
    for kind in KINDS:
        part = rows[rows["kind"] == kind]
        if len(part):
            yield _table(kind, part)


def _table(kind: str, rows: pd.DataFrame) -> Table:
    left = len(rows) - MOST_PAGE
    note = name(f"and {left:,} more: see the JSON") if left > 0 else ()
    body = [
        (name(place(row)), name(row["before"] or "–"), name(row["now"] or "–"), name(_far(row["steps"])))
        for row in rows.head(MOST_PAGE).to_dict("records")
    ]
    heads = (runs("Number"), runs("Then"), runs("Now"), runs("In standard errors"))
    return Table(name(f"{kind}: {len(rows):,}"), heads, tuple(body), align=("l", "r", "r", "r"), note=note, name=kind)


def _far(steps: float) -> str:
    return NBSP if math.isnan(steps) else f"{steps:.2g}"
