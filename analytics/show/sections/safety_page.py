"""Page one of the safety review: what happened after how many sessions, in whom, for how long, and what to do."""

from __future__ import annotations

from analytics.domain.block import Answers, Block, Paragraph, Runs
from analytics.show import names
from analytics.show.numbers import finite, result, results
from analytics.show.runs import bullets, heading, listed, note, runs, strong
from analytics.show.sections.data_quality_page import kicker
from analytics.show.sections.page_one import provenance
from analytics.show.sections.safety_answers import answers, any_rows, summed, total
from analytics.show.stories import Evidence
from analytics.show.tables.safety_review import ALL, ANY


def safety_page_one(source: Evidence) -> tuple[Block, ...]:
    """The whole page, from the kicker to the line of provenance."""
    found = answers(source)
    return (
        Paragraph(kicker(source, "Safety review"), role="kicker"),
        Paragraph(headline(source), role="headline", level=1),
        Paragraph(lead(source), role="lead"),
        *([Answers(found)] if found else [note("There is nothing to tell: no treatment was followed.")]),
        heading("How sure can you be?", level=2, anchor="sure"),
        bullets(_sure(source)),
        heading("What to do", level=2, anchor="act"),
        bullets(_act(source)),
        Paragraph(provenance(source), role="provenance"),
    )


def headline(source: Evidence) -> Runs:
    """Serious events first; nothing known is not nothing."""
    rows = source.rows("safety", group=ALL, event=ANY, **{"class": "adverse"})
    over = [row for row in rows if row["treatment"] != "unattributed"]
    if not rows:
        return runs("Nothing can be said about safety: no list of adverse events came with the data.")
    grave = source.row("serious", treatment=ALL)
    if grave is not None:  # each event and each session once, whatever the sides
        told = [grave["events"]]
        count = result("serious", grave, "events", "whole")
        sessions = runs(" in ", result("serious", grave, "sessions", "whole"), " sessions")
    else:
        told = [row["serious"] for row in rows]
        count = total(rows, "serious")
        sessions = runs(" in ", total(over, "sessions"), " sessions") if over else ()
    if not all(map(finite, told)):
        return runs("Serious adverse events are too few to be told here", sessions, ".")
    if not sum(told):
        return runs("No serious adverse event was reported", sessions, ".")
    were = " serious adverse event was reported" if sum(told) == 1 else " serious adverse events were reported"
    return runs(count, were, sessions, ".")


def lead(source: Evidence) -> Runs:
    """Who was treated with what, and what is looked at."""
    rows = any_rows(source, "adverse")
    if not source.rows("safety"):
        return runs("Without a list nobody can tell whether nothing happened or nothing was written down.")
    if not rows:
        return runs("No session of a treatment is known, so nothing can be counted over them.")
    parts = [
        runs(
            names.arm(source, str(row["treatment"])),
            " (",
            result("safety", row, "sessions", "whole"),
            " sessions of ",
            result("safety", row, "patients", "whole"),
            " patients)",
        )
        for row in rows
    ]
    grave = source.row("serious", treatment=ALL)
    sides = grave is not None and sum(float(row["sessions"]) for row in rows) > grave["sessions"]
    both = " A session with different treatments on the sides counts for each." if sides else ""
    apart = " Reactions that belong to a treatment are told apart from adverse events."
    return runs("Looked at: ", listed(parts), f".{both}{apart}")


def _sure(source: Evidence) -> tuple[Runs, ...]:
    found = []
    if source.rows("safety"):
        found += [
            runs(strong("Only what was written down."), " An event nobody reported is not here."),
            runs(strong("None is not never."), " Where nothing happened the upper limit says how often it may."),
            runs(strong("Treatments were not compared."), " Other patients had other treatments: no test is made.")
            if not source.plan.randomised
            else (),
        ]
        lost = [
            r
            for r in source.rows("safety", treatment="unattributed", event=ANY, **{"class": ANY})
            if finite(r["patients_with"]) and r["patients_with"]
        ]
        if lost:
            found.append(
                runs(
                    strong("Not all could be placed."),
                    " Patients with an event that follows no known session: ",
                    total(lost, "patients_with"),
                    ".",
                )
            )
    else:
        found.append(runs(strong("Not at all."), " What was not recorded cannot be counted."))
    return tuple(item for item in found if item)


def _act(source: Evidence) -> tuple[Runs, ...]:
    if not source.rows("safety"):
        return (runs(strong("Send the list of adverse events"), " with the next export, also if it is empty."),)
    found = []
    rows = source.rows("safety", group=ALL, event=ANY, **{"class": "adverse"})
    if summed(rows, "serious"):
        found.append(runs(strong("Read each serious event"), " in the clinic's own notes."))
    lasting = [
        row for row in source.rows("resolution", treatment=ALL, event=ANY) if finite(row["open"]) and row["open"]
    ]
    if lasting:
        many = results([("resolution", row, "open") for row in lasting], "sum whole")
        found.append(runs(strong("Ask after"), " the ", many, " reactions or events that have no end written down."))
    if source.rows("eligibility_counts") and not source.rounded_to:
        found.append(runs(strong("Go through eligibility.csv:"), " sessions against the policy, with file and row."))
    return tuple(found) or (
        runs(strong("Nothing special"), ": keep writing events down, with onset, end and severity."),
    )
