"""What was looked at besides the plan before the report was made: the log that somebody passed, every look once."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.domain.looks import LOOK_COLUMNS
from analytics.domain.run import PRESENT
from analytics.show import names
from analytics.show.names import method_words
from analytics.show.numbers import results
from analytics.show.orient import Row
from analytics.show.runs import capital, name, note, runs, text
from analytics.show.stories import Evidence
from analytics.show.tables.cells import grid
from analytics.show.tables.contrasts import pair_label


def looks(source: Evidence) -> tuple[Block, ...]:
    """How many looks, and each of them; a remark where no log was passed."""
    if "looks" not in source.tables:
        return (note("No log was passed, so nothing is told of what was looked at besides the plan."),)
    rows = source.rows("looks")
    if not rows:
        return (text("A log was passed, and it is empty: nothing was looked at besides the plan."),)
    counted = results([("looks", {**row, PRESENT: 1.0}, PRESENT) for row in rows], "count whole")
    told = text(
        "Before this report was made, ", counted, " looks were taken besides the plan: a look is one comparison, or "
        "the averages of all treatments, of one outcome at one visit. Of many looks some find something by chance, so "
        "what one of them showed is a reason to plan a comparison, and no answer."
        if len(rows) > 1
        else " look was taken besides the plan. What it showed is a reason to plan a comparison, and no answer.",
    )  # fmt: skip
    return told, _table(source, rows)


def _table(source: Evidence, rows: Sequence[Row]) -> Block:
    body = [_line(source, row) for row in rows]
    heads = ["Outcome", "Visit", "Patients", "Comparison", "Method", "Data"]
    return grid("Looked at", heads, body, name="looks", texts=range(1, len(LOOK_COLUMNS)))


def _line(source: Evidence, row: Row) -> list[Runs]:
    outcome = source.vocabulary.outcomes.get(str(row["outcome"]))
    return [
        names.label(outcome) if outcome is not None else name(row["outcome"]),
        names.visit(source, float(row["visit"])),
        capital(names.population(source, str(row["population"]))),
        _contrast(source, str(row["contrast"])),
        name(method_words(str(row["method"]))),
        name(row["data"], "looks.data", kind="D"),
    ]


def _contrast(source: Evidence, contrast: str) -> Runs:
    arm, between, reference = contrast.partition(" v ")
    return pair_label(source, arm, reference) if between else runs(capital(name(contrast)))
