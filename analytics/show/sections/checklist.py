"""Checklists for readers of reports on cohorts, STROBE and RECORD, ticked from what the run holds.

von Elm et al. 2007 (doi:10.1371/journal.pmed.0040296), Benchimol et al. 2015 (doi:10.1371/journal.pmed.1001885). What
is asked stands in our own words. Nothing is ticked by hand: every tick hangs on rows, plan or facts of the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs, Table
from analytics.show.checklist_items import RECORD, STROBE, Item
from analytics.show.runs import capital, joined, name, note, runs
from analytics.show.sections.appendix import cited
from analytics.show.stories import Evidence
from analytics.show.tables.cells import grid

YES, PART, NO = "yes", "in part", "not available"


def checklist(source: Evidence) -> tuple[Block, ...]:
    """Both lists, after a word on which list is the right one."""
    made = (
        _table(source, STROBE, "STROBE, the items for cohorts", "checklist-strobe"),
        _table(source, RECORD, "RECORD, the items beyond STROBE", "checklist-record"),
    )
    return (_which(source), *made, note(joined([cited("von_elm"), cited("benchimol")])))


def _which(source: Evidence) -> Block:
    ticked = "Ticked by the software from what this report holds; what it cannot know is not available here."
    if source.plan.randomised:
        lot = "The plan says that treatments were drawn by lot: the list to fill in is CONSORT, not these."
        return note(name(f"{lot} ", "plan.randomised"), cited("hopewell"), f" {ticked}")
    return note("Treatments were chosen and not drawn by lot, so the lists are those for cohorts. ", ticked)


def state(source: Evidence, item: Item) -> str:
    """yes: everything that is asked; in part; not available."""
    met = [part.met(source) for part in item.parts]
    if not any(met):
        return NO
    return YES if all(met) and not item.lacking else PART


def _table(source: Evidence, items: Sequence[Item], caption: str, stem: str) -> Table:
    body = [
        [name(f"{item.number} {item.asks}", "checklist"), state(source, item), _where(source, item)] for item in items
    ]
    return grid(caption, ["What it asks", "Here", "Where, or why not"], body, name=stem, texts=(1, 2))


def _where(source: Evidence, item: Item) -> Runs:
    """Where it stands; then what is lacking and why."""
    there = [part.where for part in item.parts if part.met(source)]
    lacking = [part.otherwise for part in item.parts if not part.met(source) and part.otherwise]
    lacking += [item.lacking] if item.lacking else []
    found = runs(name("; ".join(there), "checklist"), ".") if there else ()
    absent = runs("Not here: " if there else "", name("; ".join(lacking), "checklist"), ".") if lacking else ()
    return capital(joined([found, absent]))
