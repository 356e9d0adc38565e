"""Comparisons as the evidence has them: every row of the findings, as signed and scaled in findings.csv."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from analytics.domain.block import Block, Runs, Table
from analytics.domain.finding import READINGS, STATUS
from analytics.show import names
from analytics.show.names import measure_words, method_words
from analytics.show.numbers import finite, planned
from analytics.show.orient import Row
from analytics.show.runs import NBSP, capital, name, runs
from analytics.show.stories import Evidence, Story
from analytics.show.tables.cells import NONE, grid, places, span, spoken, value
from schemas.vocabulary import Outcome

LIMITS = ("estimate", "conf_low", "conf_high", "conf_low_adjusted", "conf_high_adjusted")


def level(source: Evidence) -> Runs:
    """ "95 %"."""
    return runs(planned(source.plan.confidence_level, "plan.confidence_level", "hundred trim"), f"{NBSP}%")


def reading(row: Row, outcome: Outcome) -> str:
    """The verdict in a few words, from the side of the first-named treatment."""
    if row["status"] != "estimated":
        return STATUS.get(str(row["status"]), "cannot be compared")
    text = READINGS.get(str(row["verdict"]), "")
    if outcome.direction == "none":
        text = text.replace("better", "higher").replace("worse", "lower")
    return text


def contrasts(source: Evidence, outcome: Outcome, analyses: Sequence[str], *, caption: str, table: str) -> Block | None:
    """Comparisons as they stand in findings.csv: first-named minus (or over) second-named; None where there are none.

    A column that says the same in every row is left out. Sensitivity rows bear their method instead of a verdict.
    """
    rows = [row for row in source.rows("findings", outcome=outcome.id) if row["analysis"] in analyses]
    if not rows:
        return None
    columns = [c for c in _columns(source, outcome, rows, sensitivity="sensitivity" in analyses) if c.told]
    body = [[column.cell(row) for column in columns] for row in rows]
    texts = [index for index, column in enumerate(columns) if column.left]
    remark = _remark(source, outcome, rows, sensitivity="sensitivity" in analyses)
    return grid(caption, [column.head for column in columns], body, name=table, remark=remark, texts=texts)


class Column(NamedTuple):
    """A column of the table: its head, the cell of a row, whether it stands left, whether it is told at all."""

    head: object
    cell: Callable[[Row], object]
    left: bool
    told: bool


def _columns(source: Evidence, outcome: Outcome, rows: Sequence[Row], *, sensitivity: bool) -> list[Column]:
    def differs(key: str) -> bool:
        return len({str(row[key]) for row in rows}) > 1

    common = {
        measure: places([r for r in rows if r["measure"] == measure], LIMITS, zero=measure == "difference")
        for measure in {row["measure"] for row in rows}
    }

    def number(row: Row) -> int:
        return common[row["measure"]]

    def limits(low: str, high: str) -> Callable[[Row], object]:
        return lambda row: span("findings", row, low, high, number(row))

    return [
        Column("Comparison", lambda row: pair_label(source, row["arm"], row["reference"]), True, True),
        Column("Visit", lambda row: names.visit(source, float(row["visit"])), True, differs("visit")),
        Column("Patients", lambda row: capital(names.population(source, row["population"])), True,
        differs("population")),
        Column("Method", method_and_adjustment, True, sensitivity),
        Column("Measure", lambda row: measure_words(row["measure"]), True, differs("measure")),
        Column("n", _patients, False, True),
        Column("Estimate", lambda row: value("findings", row, "estimate", f"decimals:{number(row)}"), False, True),
        Column(runs(level(source), " interval"), limits("conf_low", "conf_high"), False, True),
        Column(runs(level(source), ", all pairs"), limits("conf_low_adjusted", "conf_high_adjusted"), False,
        not sensitivity),
        Column("p", lambda row: _p(source, row), False, not sensitivity),
        Column("Reading", lambda row: reading(row, outcome) or NONE, True, not sensitivity),
    ]  # fmt: skip


def pair_label(source: Evidence, arm: str, reference: str) -> Runs:
    """ "Peel v microdermabrasion"."""
    return runs(names.arm_title(source, arm), " v ", names.arm_short(source, reference))


def _patients(row: Row) -> Runs:
    return runs(
        value("findings", row, "n_arm", "whole"), f"{NBSP}v{NBSP}", value("findings", row, "n_reference", "whole")
    )


def method_and_adjustment(row: Row) -> str:
    """ "analysis of covariance, nothing allowed for"."""
    return f"{method_words(row['method'])}, {ADJUSTMENTS.get(row['adjustment'], spoken(row['adjustment']))}"


ADJUSTMENTS = {
    "none": "nothing allowed for", "covariates": "adjusted", "change_score": "change since the start as response",
    "weights": "weighted", "doubly_robust": "doubly robust",
}  # fmt: skip


def _p(source: Evidence, row: Row) -> Runs:
    column = "p_value_adjusted" if finite(row.get("p_value_adjusted")) else "p_value"
    alpha = f"{1 - source.plan.confidence_level:.6g}"
    return value("findings", row, column, f"p:{alpha}")


def _remark(source: Evidence, outcome: Outcome, rows: Sequence[Row], *, sensitivity: bool) -> Runs:
    better = {"lower": " Lower is better.", "higher": " Higher is better."}.get(outcome.direction, "")
    first = runs(f"First-named minus, or over, second-named, as in findings.csv.{better}")
    if sensitivity:
        return runs(first, " The same comparison analysed in other ways: these bear no verdict.", _noted(rows))
    family = METHOD_OF_FAMILY.get(source.plan.multiplicity, spoken(source.plan.multiplicity))
    across = "each outcome by itself" if source.plan.across == "none" else "and for all main outcomes together"
    allowed = f" For all pairs: allowing for all pairs of the outcome ({family}), {across}."
    return runs(first, allowed if any(row["analysis"] == "primary" for row in rows) else "", _noted(rows))


MOST_NOTES = 6


def _noted(rows: Sequence[Row]) -> Runs:
    """What the analysis noted on these rows, each remark once."""
    found = dict.fromkeys(note for row in rows for note in str(row.get("notes") or "").split("; "))
    notes = [note for note in found if note and note != "nan"]
    if not notes:
        return ()
    more = " and more in findings.csv" if len(notes) > MOST_NOTES else ""
    return runs(" Noted: ", name("; ".join(notes[:MOST_NOTES]), "notes"), f"{more}.")


METHOD_OF_FAMILY = {
    "max_t": "single-step maximum t",
    "none": "none",
    "bh": "Benjamini and Hochberg",
    "by": "Benjamini and Yekutieli",
}


def picture_numbers(each: Story, *, stem: str) -> Table:
    """The numbers of the forest plot."""
    source = each.evidence
    body = []
    for pair in each.pairs:
        label = runs(names.arm_title(source, pair.ahead), " v ", names.arm_short(source, pair.behind))
        patients = runs(_n(pair.row, pair.swapped, 0), " v ", _n(pair.row, pair.swapped, 1))
        limits = runs(pair.number("low"), " to ", pair.number("high"))
        body.append([label, patients, runs(pair.number("estimate")), limits])
    return grid("Numbers of the figure", ["Comparison", "Patients", "Estimate", "Range"], body, name=f"{stem}-numbers")


def _n(row: Row, swapped: bool, place: int) -> Runs:
    return value("findings", row, ("n_arm", "n_reference")[place if not swapped else 1 - place], "whole")
