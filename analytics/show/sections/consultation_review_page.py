"""Page one of the consultation review: who got what was advised, who kept instructions, and what went with either."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Answer, Answers, Block, Number, Paragraph, Runs
from analytics.show import names
from analytics.show.numbers import finite, result, results
from analytics.show.runs import NBSP, bullets, heading, joined, listed, note, runs
from analytics.show.sections.consultation_review_sure import clear_of_none, how_sure, told_advice, what_to_do
from analytics.show.sections.data_quality_page import kicker
from analytics.show.sections.page_one import provenance
from analytics.show.stories import Evidence, Row
from analytics.show.tables import consultation_review as tables
from analytics.show.tables.benchmark import answered, level_unit
from analytics.show.tables.data_quality import held

MOST = 3  # outcomes told on page one
NOTHING = "There is nothing to tell: no consultation was recorded."
BELOW = "What this copy holds stands in the tables below."
LABELS = {
    "concordance": ("Outcomes and advice", "where the recommended treatment was given", "where another was"),
    "instructions_followed": ("Outcomes and instructions", "where instructions were kept", "where they were not"),
}


def consultation_review_page_one(source: Evidence) -> tuple[Block, ...]:
    """The whole page, from the kicker to the line of provenance."""
    answers = tuple(
        answer for answer in (
            _advice(source), _outcomes(source, "concordance"), _instructions(source),
            _outcomes(source, "instructions_followed"),
        ) if answer is not None
    )  # fmt: skip
    return (
        Paragraph(kicker(source, "Consultation review"), role="kicker"),
        Paragraph(headline(source), role="headline", level=1),
        Paragraph(lead(source), role="lead"),
        *([Answers(answers)] if answers else [note(NOTHING if held(source, "agreement") else BELOW)]),
        heading("How sure can you be?", level=2, anchor="sure"),
        bullets(how_sure(source)),
        heading("What to do", level=2, anchor="act"),
        bullets(what_to_do(source)),
        Paragraph(provenance(source), role="provenance"),
    )


def headline(source: Evidence) -> Runs:
    """How many got what was recommended."""
    if not held(source, "agreement"):
        return runs("Advice and treatment side by side: the counts that may leave the clinic.")
    row = told_advice(source)
    if row is None:
        return runs("Nothing can be said of advice and treatment: no recommendation was written down.")
    total = result("agreement", row, "total", "whole")
    if row["count"] == row["total"] == 1:
        return runs("The only patient with a known recommendation got that treatment.")
    if row["count"] == row["total"]:
        return runs("Every patient got the treatment that was recommended: all ", total, ".")
    if row["unknown"]:
        return runs(_count(row, "count"), " of ", total, " patients with a known recommendation got that treatment.")
    return runs(_count(row, "count"), " of ", total, " patients got the treatment that was recommended to them.")


def _count(row: Row, statistic: str) -> Runs:
    return runs("None" if not row[statistic] else result("agreement", row, statistic, "whole"))


def lead(source: Evidence) -> Runs:
    """What follows from advice, and what cannot be said."""
    if told_advice(source) is None and held(source, "agreement"):
        return runs("Without a recommendation nobody can tell whether patients were treated as advised.")
    return runs(
        "Advice follows skin and concern, so those who were treated otherwise differ from the others in more than the "
        "treatment. What is told of outcomes here goes together; it need not be cause and effect."
    )


# --- answers --------------------------------------------------------------------------------------------------------


def _tag(*parts: object, mood: str = "none") -> Paragraph:
    return Paragraph(runs(*parts), role="tag", mood=mood)


def _advice(source: Evidence) -> Answer | None:
    row = told_advice(source)
    if row is None:
        return None
    share = runs(result("agreement", row, "percent", "percent"), f"{NBSP}%")
    limits = runs(result("agreement", row, "conf_low", "percent"), f"{NBSP}% and ",
                  result("agreement", row, "conf_high", "percent"), f"{NBSP}%")  # fmt: skip
    text = runs(
        "Of patients whose recommendation is known ",
        share,
        " got it (likely between ",
        limits,
        ").",
        _by_advice(source),
    )
    blanks = result("agreement", row, "unknown", "whole")
    small = runs("Not known for ", blanks, " patients: a blank is not a no.") if row["unknown"] else ()
    return Answer(runs("Treated as advised"), _tag(share, " did"), text, small)


def _by_advice(source: Evidence) -> Runs:
    """Recommendation by recommendation, in the order of the plan."""
    rows = [
        r
        for r in source.rows("agreement", by="recommended")
        if finite(r["count"]) and finite(r["total"]) and r["total"]
    ]
    parts = [
        runs(result("agreement", row, "count", "whole"), " of ", result("agreement", row, "total", "whole"), " for ",
             names.arm(source, str(row["level"])))
        for row in rows
    ]  # fmt: skip
    return runs(" By what was recommended: ", listed(parts), ".") if parts else ()


def _outcomes(source: Evidence, factor: str) -> Answer | None:
    """Each main outcome where care went one way and the other, and what the data fit after adjustment."""
    rows = [row for row in source.rows("care_difference", factor=factor) if finite(row["n"]) and row["n"]]
    if not rows:
        return None
    title, first, second = LABELS[factor]
    parts = [part for row in rows[:MOST] if (part := _pair(source, row))]
    if not parts:
        return None
    text = runs(f"Seen {first}, and {second}: ", joined(parts, "; "), ".")
    return Answer(runs(title), _tagged(source, rows), text, _gaps(source, rows[:MOST], first))


def _pair(source: Evidence, row: Row) -> Runs:
    """ "texture 50 % and 44 % responded"."""
    levels = list(tables.FACTORS[str(row["factor"])])[:2]
    mine = [source.row("care_outcomes", outcome=row["outcome"], factor=row["factor"], level=level) for level in levels]
    told = [each for each in mine if each is not None and finite(each["observed"]) and finite(each["n"])]
    if len(told) < 2:
        return ()
    outcome = source.outcome(str(row["outcome"]))
    subject = names.subject(source, outcome)
    if row["measure"] == "share":
        first, second = (_responded(each) for each in told)
        return runs(subject, " ", first, " and ", second, f" {answered(outcome)}")
    form = f"decimals:{tables.places(told)}"
    first, second = (runs(result("care_outcomes", each, "observed", form)) for each in told)
    change = " changed by " if outcome.baseline == "before" else " was "
    return runs(subject, change, first, " and ", second, level_unit(outcome), " on average")


def _responded(row: Row) -> Runs:
    people = runs(
        result("care_outcomes", row, "responders", "whole"), " of ", result("care_outcomes", row, "n", "whole")
    )
    return runs(people, " (", result("care_outcomes", row, "observed", "percent"), f"{NBSP}%)")


def _tagged(source: Evidence, rows: Sequence[Row]) -> Paragraph:
    if not any(finite(row["conf_low"]) for row in rows):
        return _tag("too few to compare", mood="unknown")
    apart = [row for row in rows if clear_of_none(row)]
    if apart:
        return _tag("seen for ", listed([names.subject(source, source.outcome(str(r["outcome"]))) for r in apart]),
                    mood="unknown")  # fmt: skip
    return _tag("no difference shown")


def _gaps(source: Evidence, rows: Sequence[Row], first: str) -> Runs:
    """What the data fit after adjustment, outcome by outcome; those with too few are described only."""
    if not any(finite(row["conf_low"]) for row in rows):
        return runs("There are too few patients for an adjusted comparison.")
    parts = []
    for row in rows:
        subject = names.subject(source, source.outcome(str(row["outcome"])))
        if finite(row["conf_low"]):
            low, _, high = tables.told(row)
            unit = " points" if row["measure"] == "share" else names.unit(source.outcome(str(row["outcome"])))
            parts.append(runs(subject, " from ", low, " to ", high, unit))
        else:
            parts.append(runs(subject, ": too few patients"))
    return runs(f"Exploratory: what the data fit after adjustment, {first}: ", joined(parts, "; "), ".")


def _instructions(source: Evidence) -> Answer | None:
    """Given, and of those kept; counted for each treatment of a patient."""
    given = source.rows("consultation", table="instructions_given")
    kept = source.rows("consultation", table="instructions_followed")
    parts = [part for part in (_given(given), _kept(kept)) if part]
    if not parts:
        return None
    blanks = [row for row in kept or given if row["column"] == tables.UNKNOWN and finite(row["count"]) and row["count"]]
    lost = results([("consultation", row, "count") for row in blanks], "sum whole") if blanks else None
    small = runs("Not known whether kept: ", lost, ", which is not the same as not kept.") if lost and kept else ()
    small = joined([small, runs("Who has other treatments on the sides counts for each.") if _doubled(source) else ()])
    no = [row for row in kept if row["column"] == "no" and finite(row["count"]) and row["count"]]
    tag = (
        _tag(results([("consultation", row, "count") for row in no], "sum whole"), " did not keep them") if no else None
    )
    return Answer(runs("Instructions before treatment"), tag or _tag("as recorded"), joined(parts), small)


def _doubled(source: Evidence) -> bool:
    """Whether patients stand in several arms."""
    arms, whole = source.rows("arms"), source.everybody()
    return sum(r["patients"] for r in arms) > sum(float(r[s]) for _, r, s in whole)


def _given(rows: Sequence[Row]) -> Runs:
    """ "Given to 590 of 635 patients." """
    told = _yes(rows)
    return runs("Given to ", told[0], " of ", told[1], " patients.") if told else ()


def _kept(rows: Sequence[Row]) -> Runs:
    """ "Of 590 who were given any, 493 kept them." """
    told = _yes(rows)
    return runs("Of ", told[1], " who were given any, ", told[0], " kept them.") if told else ()


def _yes(rows: Sequence[Row]) -> tuple[Number, Number] | None:
    """How many said yes, of how many, over all treatments; None where nobody was asked, or not every count is told."""
    told = [row for row in rows if row["column"] == "yes"]
    if not all(finite(row[s]) for row in rows for s in ("count", "total")) or not sum(row["total"] for row in told):
        return None
    count, total = (results([("consultation", row, s) for row in told], "sum whole") for s in ("count", "total"))
    return count, total
