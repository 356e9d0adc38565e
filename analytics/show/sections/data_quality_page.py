"""Page one of the data-quality report: how many rows are fine, what costs most, what rules cannot see, what to do."""

from __future__ import annotations

from typing import Any

from analytics.domain.block import Answer, Answers, Block, Paragraph, Runs
from analytics.domain.run import titled
from analytics.show.numbers import fact, finite, result, results
from analytics.show.runs import NBSP, bullets, heading, joined, listed, name, note, runs, strong
from analytics.show.sections.data_quality_sure import unseen
from analytics.show.sections.page_one import date, provenance
from analytics.show.stories import Evidence, Row
from analytics.show.tables import data_quality as tables

MOST = 3  # faults on page one


def data_quality_page_one(source: Evidence) -> tuple[Block, ...]:
    """The whole page, from the kicker to the line of provenance."""
    answers = _answers(source)
    return (
        Paragraph(kicker(source, "Data quality"), role="kicker"),
        Paragraph(headline(source), role="headline", level=1),
        Paragraph(lead(source), role="lead"),
        *([Answers(answers)] if answers else [note("There is no fault to mend.")]),
        heading("How sure can you be?", level=2, anchor="sure"),
        bullets(unseen(source)),
        heading("What to do", level=2, anchor="act"),
        bullets(_act(source)),
        Paragraph(provenance(source), role="provenance"),
    )


def kicker(source: Evidence, title: str) -> Runs:
    """Which report, whether of shuffled treatments, and how far the data go."""
    parts = [runs(titled(title, source.facts))]
    if source.facts.get("cutoff"):
        parts.append(runs("data up to ", date(source.facts["cutoff"], "facts.cutoff")))
    if source.rounded_to:
        parts.append(runs("counts rounded to ", fact(source.rounded_to, "facts.rounded_to"), ", may not add up"))
    return joined(parts, " · ")


def _rows(source: Evidence) -> dict[str, Any]:
    return dict(source.facts.get("rows", {}))


def _fact(source: Evidence, key: str) -> Runs:
    return runs(fact(_rows(source)[key], f"facts.rows.{key}"))


def headline(source: Evidence) -> Runs:
    """How many rows are fine."""
    rows = _rows(source)
    if source.rounded_to:
        return _coarse(source)
    if not rows.get("received"):
        return runs("The run holds no account of its rows.")
    if not rows["quarantined"]:
        return runs("Every row is fine: all ", _fact(source, "received"), " could be used.")
    were = "was" if rows["quarantined"] == 1 else "were"
    aside = runs(_fact(source, "quarantined"), f" {were} set aside.")
    return runs(_fact(source, "accepted"), " of ", _fact(source, "received"), " rows are fine; ", aside)


def _coarse(source: Evidence) -> Runs:
    """The same outside, where the flow alone tells rows."""
    steps = {str(row["step"]): row for row in source.rows("flow", unit="rows")}
    if not {"received", "accepted", "set_aside"} <= set(steps):
        return runs("How many rows came in is not part of an outside copy.")
    received, accepted, aside = (
        result("flow", steps[step], "count", "whole") for step in ("received", "accepted", "set_aside")
    )
    return runs(accepted, " of ", received, " rows are fine; set aside: ", aside, ".")


def lead(source: Evidence) -> Runs:
    """What it costs the comparison, and what was set aside in the other tables."""
    said = [_cost(source)]
    others = dict(source.facts.get("other_rows", {}))
    parts = [
        runs(fact(counts["quarantined"], f"facts.other_rows.{table}.quarantined"), " of ", str(table).replace("_", " "))
        for table, counts in others.items()
        if counts["quarantined"]
    ]
    if parts:
        said.append(runs("Of the other tables were set aside: ", listed(parts), "."))
    if _rows(source).get("entries_quarantined"):
        said.append(
            runs("In rows that are used, single entries set aside: ", _fact(source, "entries_quarantined"), ".")
        )
    return joined(said)


def _cost(source: Evidence) -> Runs:
    whole = source.row("costs", rule=tables.ALL)
    if not tables.held(source, "costs"):
        return runs("What that costs the comparison is not in this copy.")
    if whole is None:
        return runs("Nothing was lost to the comparison.")
    if not finite(whole.get("readings")):
        return runs("What that costs the comparison is not counted for files of this size.")
    paid = tables.price(whole)
    return runs("What was set aside costs the comparison ", paid or "nothing", ".")


# --- the dearest faults ---------------------------------------------------------------------------------------------


def _answers(source: Evidence) -> tuple[Answer, ...]:
    """The dearest faults; where there is none, the most frequent warnings."""
    dear = [row for row in source.rows("costs") if row["rule"] != tables.ALL][:MOST]
    if dear:
        return tuple(_fault(source, row) for row in dear)
    return tuple(_warning(source, rule, rows) for rule, rows in tables.warned(source)[:MOST])


def _fault(source: Evidence, row: Row) -> Answer:
    rule = str(row["rule"])
    lost = tables.price(row)
    costs = runs(" Costs the comparison ", lost, ".") if lost else runs(" Costs the comparison nothing.")
    tag = Paragraph(
        runs(result("costs", row, "lines", "whole"), _rows_word(row["lines"]), " to mend"),
        role="tag",
        mood="unknown" if row.get("patients") else "none",
    )
    return Answer(
        tables.fault(rule, 2),
        tag,
        runs(_todo(rule), costs if finite(row.get("readings")) else ()),
        _place(source, "error", rule),
    )


def _warning(source: Evidence, rule: str, rows: list[Row]) -> Answer:
    total = sum(row["rows"] for row in rows)
    many = results([("quality", row, "rows") for row in rows], "sum whole")
    tag = Paragraph(runs(many, _rows_word(total), " to look at"), role="tag", mood="none")
    return Answer(tables.fault(rule, 2), tag, _todo(rule), _place(source, "warning", rule))


def _rows_word(count: float) -> str:
    return " row" if count == 1 else " rows"


def _todo(rule: str) -> Runs:
    """What to do, each sentence as the house's rules say it."""
    return tables.spelled(tables.fix(rule), f"rules.{rule}.fix")


def _place(source: Evidence, severity: str, rule: str) -> Runs:
    rows = source.rows("faults", severity=severity, rule=rule)
    top = max(rows, key=lambda row: row["count"], default=None)
    if top is None or not top["file"]:
        return ()
    alike = len(rows) > 1 and min(row["count"] for row in rows) == top["count"]
    column = runs(", column ", name(top["column"], "column")) if top["column"] else ()
    often = "For example in " if alike else "Most often in " if len(rows) > 1 else "In "
    many = () if alike else runs(" (", result("faults", top, "count", "whole"), ")")
    return runs(often, name(top["file"], "files"), column, many, ".")


# --- what to do -------------------------------------------------------------------------------------------------------


def _act(source: Evidence) -> tuple[Runs, ...]:
    rows = _rows(source)
    found = []
    if rows.get("quarantined") or source.rows("costs"):
        if not source.rounded_to:
            found.append(runs(strong("Send back"), " quarantine.csv: it names each faulty row and how to mend it."))
        found.append(_worst(source))
        found.append(runs(strong("Mend in the clinic's own files"), ", the dearest first, and run the report again."))
    if source.rows("quality", severity="warning"):
        found.append(runs(strong("Look at the warnings."), " Those rows are used as they are."))
    if not found:
        found.append(runs(strong("Nothing has to be mended."), " Keep writing things down this way."))
    return tuple(item for item in found if item)


def _worst(source: Evidence) -> Runs:
    """The clinic or file with the largest share set aside, where there are several."""
    rows = [r for r in source.rows("aside", by="clinic") if r["level"] != "unknown" and finite(r["set_aside"])]
    rows = [row for row in rows if finite(row["received"]) and row["received"]]
    top = max(rows, key=lambda row: row["set_aside"] / row["received"], default=None)
    if top is None or len(rows) < 2 or not top["set_aside"]:
        return ()
    share = results([("aside", top, "set_aside"), ("aside", top, "received")], "share percent")
    return runs(
        strong("Begin with"),
        " ",
        name(top["level"], "clinic"),
        ": ",
        result("aside", top, "set_aside", "whole"),
        " of its ",
        result("aside", top, "received", "whole"),
        " rows (",
        share,
        f"{NBSP}%) were set aside, the largest share.",
    )
