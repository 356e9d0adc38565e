"""The evidence of the data-quality report: rows, faults and their price, what is missing, who rounds or wanders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain.block import Block, Figure, Runs, Table
from analytics.show import names
from analytics.show.runs import capital, joined, name, note, runs, strong
from analytics.show.stories import Evidence
from analytics.show.tables import data_quality as tables
from analytics.show.tables import records, screens
from analytics.show.tables.cells import NONE, grid
from schemas.own_rules import told_changes

if TYPE_CHECKING:
    from analytics.show.figures.missingness import Missing

DRAWN = 8  # outcomes of a missingness map; the table holds them all


def rows_received(source: Evidence) -> tuple[Block, ...]:
    """Rows by file, clinic and month."""
    by = (tables.aside_by(source, "clinic"), tables.aside_by(source, "month"))
    return records.files(source), *by


def faults(source: Evidence) -> tuple[Block, ...]:
    """What was set aside with its price, and where faults and warnings stand."""
    return tables.costs(source), tables.places(source, "error"), tables.places(source, "warning")


def repairs(source: Evidence) -> tuple[Block, ...]:
    """What was mended on reading, and rules that a mapping changes."""
    told = [name(each, "vocabulary.rules", kind="P") for each in told_changes(source.vocabulary)]
    changed = (note(runs(strong("Rules changed by the mapping: "), joined(told, "; "), ".")),) if told else ()
    notes = [name(each, "facts.notes", kind="D") for each in source.facts.get("notes", ())]
    remarks = (note(runs(strong("Noted on reading: "), joined(notes, "; "), ".")),) if notes else ()
    return (records.repairs(source), *changed, *remarks)


def missing_readings(source: Evidence) -> tuple[Block, ...]:
    """The missingness map and its table, for each population."""
    if not tables.held(source, "missing"):
        return (note("Missing readings: ", tables.ELSEWHERE),)
    blocks: list[Block] = []
    for population in tables.populations(source):
        picture = _map(source, population)
        blocks += [picture] if picture is not None else []
        blocks.append(tables.missing(source, population))
    return tuple(blocks) or (note("Nobody has a reading, so none can be missing."),)


def _map(source: Evidence, population: str) -> Figure | None:
    from analytics.show.figures import to_svg
    from analytics.show.figures.missingness import alt, drawn, missingness

    stem = "missingness" if population == "all" else f"missingness-{population.replace('=', '-')}"
    found = drawn(source, population, most=DRAWN)
    if found is None:
        return None
    svg = to_svg(missingness(source, found, stem=stem), stem)
    return Figure(svg, alt(source, found), _caption(source, population), _numbers(source, found, stem), stem)


def _caption(source: Evidence, population: str) -> Runs:
    whom = runs(capital(names.population(source, population)), ". ") if population != "all" else ()
    shown = "" if len(source.plan.outcomes) <= DRAWN else " The first outcomes of the plan; the table has them all."
    return runs(whom, "Percent of the patients due at a visit who have no reading of the outcome: the darker, the more."
                f" A dash: nobody was due.{shown}")  # fmt: skip


def _numbers(source: Evidence, found: Missing, stem: str) -> Table:
    from analytics.show.figures.missingness import share

    body = []
    for outcome in found.outcomes:
        for arm in found.arms:
            cells = [share(found.cells.get((outcome, arm, visit))) for visit in found.visits]
            if any(cell is not None for cell in cells):
                line = [runs(cell, "\u00a0%") if cell is not None else runs(NONE) for cell in cells]
                body.append([names.label(source.outcome(outcome)), names.arm_title(source, arm), *line])
    heads = [capital(names.visit(source, visit)) for visit in found.visits]
    return grid("Numbers of the figure", ["Outcome", "Treatment", *heads], body, name=f"{stem}-numbers", heads=2)


def rater_drift(source: Evidence) -> tuple[Block, ...]:
    """Raters, then devices."""
    return screens.drift(source, "rater"), screens.drift(source, "device")


def rounded_and_copied(source: Evidence) -> tuple[Block, ...]:
    """Last digits, copied series and doubtful persons."""
    return screens.rounded(source), screens.copies(source)


def clinic_tasks(source: Evidence) -> tuple[Block, ...]:
    """The list for the clinic."""
    return (tables.tasks(source),)
