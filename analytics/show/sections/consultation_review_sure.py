"""How sure page one of the consultation review is, and what to do: associations, many looks, small groups, blanks."""

from __future__ import annotations

from analytics.domain.block import Runs
from analytics.show.numbers import finite, results
from analytics.show.runs import runs, strong
from analytics.show.stories import Evidence, Row
from analytics.show.tables import consultation_review as tables
from analytics.show.tables.data_quality import held

OWN_COPY = runs(strong("Look at the clinic's own copy"), " for what this copy does not hold.")


def told_advice(source: Evidence) -> Row | None:
    """The line of all patients, if somebody's recommendation is known."""
    row = source.row("agreement", by=tables.ALL)
    return row if row is not None and finite(row["total"]) and row["total"] and finite(row["count"]) else None


def clear_of_none(row: Row) -> int:
    """Whether the range after adjustment lies above (1) or below (-1) no difference."""
    if not finite(row["conf_low"]):
        return 0
    return (row["conf_low"] > 0) - (row["conf_high"] < 0)


def how_sure(source: Evidence) -> tuple[Runs, ...]:
    """What the figures cannot say."""
    others = " Who is treated otherwise than advised, or does not keep instructions, may differ in wish, skin or care."
    found = [runs(strong("These are associations."), others)]
    differences = source.rows("care_difference")
    rows = [row for row in differences if finite(row["conf_low"])]
    if rows:
        looks = results([("care_difference", row, "conf_low") for row in rows], "count whole")
        apart = [row for row in rows if clear_of_none(row)]
        clear = results([("care_difference", row, "conf_low") for row in apart], "count whole") if apart else "none"
        found.append(runs(
            strong("Many were looked at."), " There were ", looks, " adjusted differences, none of them planned; the "
            "range of ", clear, " stays clear of no difference. Among many some do by chance.",
        ))  # fmt: skip
    if len(rows) < len(differences):
        few = " Where few were treated otherwise, or few did not keep instructions, nothing is compared."
        found.append(runs(strong("Small groups are described only."), few))
    found.append(runs(strong("Blanks are not known."), " They are counted apart and never taken for a no."))
    return tuple(found)


def what_to_do(source: Evidence) -> tuple[Runs, ...]:
    """What the clinic can ask, write down and do."""
    if not held(source, "agreement"):
        return (OWN_COPY,)
    found = []
    row = told_advice(source)
    if row is None:
        always = " at every consultation, also when nothing is advised."
        found.append(runs(strong("Write down the recommendation"), always))
    elif row["count"] < row["total"]:
        others = results([("agreement", row, "total"), ("agreement", row, "count")], "less whole")
        were = "was" if row["total"] - row["count"] == 1 else "were"
        why = f" {were} treated otherwise: the patient's wish, a change of mind, or a slip?"
        found.append(runs(strong("Ask why"), " ", others, why))
    kept = source.rows("consultation", table="instructions_followed")
    blanks = [each for each in kept if each["column"] == tables.UNKNOWN]
    if not kept or any(finite(each["count"]) and each["count"] for each in blanks):
        found.append(runs(strong("Ask and write down"), " at each session whether instructions were kept."))
    missed = source.rows("consultation", table="instructions_given", column="no")
    if any(finite(each["count"]) and each["count"] for each in missed):
        first = " before the first session, and note that it was done."
        found.append(runs(strong("Give instructions to everybody"), first))
    return tuple(found) or (runs(strong("Nothing special:"), " keep writing advice and instructions down this way."),)
