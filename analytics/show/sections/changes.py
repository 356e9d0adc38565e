"""What changed since the last report: the main answers then and now, and what may be the reason."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import finite, result, row_id
from analytics.show.orient import Row
from analytics.show.runs import NBSP, listed, name, note, runs, strong, text
from analytics.show.stories import Evidence, blank
from analytics.show.tables.cells import NONE, grid, places, spoken
from analytics.show.tables.contrasts import READINGS, pair_label

MOST = 8  # reasons that are told
SIZES = tuple(f"{part}_{when}" for part in ("estimate", "low", "high") for when in ("before", "now"))


def changes(source: Evidence) -> tuple[Block, ...]:
    """The main answers then and now; a remark where no earlier report was named."""
    if "changes" not in source.tables:
        return (note("No earlier report was named, so nothing is set beside this one."),)
    rows = compared(source)
    blocks: list[Block] = [*_summary(rows)]
    for outcome in dict.fromkeys(row["outcome"] for row in rows):
        blocks.append(_table(source, str(outcome), [row for row in rows if row["outcome"] == outcome]))
    return (*blocks, *_reasons(source))


def compared(source: Evidence) -> list[Row]:
    """The rows of ``changes`` where there was or is a comparison."""
    return [r for r in source.rows("changes") if finite(r["estimate_before"]) or finite(r["estimate_now"])]


def differs(row: Row) -> bool:
    """Whether both reports give an answer, and not the same."""
    return answer(row, "before") != answer(row, "now") and NONE not in (answer(row, "before"), answer(row, "now"))


def answer(row: Row, when: str) -> str:
    """The answer in a few words, as it was or is."""
    verdict = row[f"verdict_{when}"]
    return NONE if blank(verdict) else READINGS.get(str(verdict), spoken(verdict))


def _summary(rows: Sequence[Row]) -> tuple[Block, ...]:
    if not any(NONE not in (answer(row, "before"), answer(row, "now")) for row in rows):
        return (text("The two reports have no main comparison in common."),)
    moved = any(differs(row) for row in rows)
    if not moved:
        return (text(strong("Every main answer is as it was."), " The figures below say by how much they moved."),)
    return (text(strong("Some main answers are not what they were."), " They are marked below."),)


def _table(source: Evidence, outcome_id: str, rows: Sequence[Row]) -> Block:
    outcome = source.vocabulary.outcomes.get(outcome_id)
    label = names.label(outcome) if outcome is not None else name(outcome_id, "changes")
    body: list[list[object]] = []
    for row in rows:
        count = places([r for r in rows if r["measure"] == row["measure"]], SIZES, zero=row["measure"] == "difference")
        cells: list[object] = [_comparison(source, row, rows)]
        for when in ("before", "now"):
            cells += [_patients(row, when), _size(row, when, count), answer(row, when)]
        body.append([*cells, "changed" if differs(row) else ""])
    heads = ["Comparison", "n then", "Then", "Answer then", "n now", "Now", "Answer now", ""]
    return grid(label, heads, body, name=f"changes-{outcome_id}", texts=(3, 6, 7),
                remark="First-named minus, or over, second-named, with the interval for all pairs.")  # fmt: skip


def _comparison(source: Evidence, row: Row, rows: Sequence[Row]) -> Runs:
    """The pair and the visit; who, where the outcome is told of several populations."""
    several = len({each["population"] for each in rows}) > 1
    who = runs(", ", names.population(source, str(row["population"]))) if several else ()
    return runs(pair_label(source, row["arm"], row["reference"]), ", ", names.visit(source, float(row["visit"])), who)


def _patients(row: Row, when: str) -> Runs:
    arm, other = f"n_arm_{when}", f"n_reference_{when}"
    if not finite(row[arm]):
        return runs(NONE)
    both = (result("changes", row, column, "whole") for column in (arm, other))
    return runs(next(both), f"{NBSP}v{NBSP}", next(both))


def _size(row: Row, when: str, count: int) -> Runs:
    parts = [f"{part}_{when}" for part in ("estimate", "low", "high")]
    if not all(finite(row[part]) for part in parts):
        return runs(NONE)
    estimate, low, high = (result("changes", row, part, f"decimals:{count}") for part in parts)
    return runs(estimate, " (", low, " to ", high, ")")


def _reasons(source: Evidence) -> tuple[Block, ...]:
    """What the two reports do not share, and how much of the numbers behind moved."""
    causes = source.rows("changed_causes")
    if not causes:
        return (note("Data, plan, mapping and software are the same."),)
    told = [
        name(f"{row['what']} ({row['before'] or 'none'} then, {row['now'] or 'none'} now)",
             row_id("changed_causes", row, "before"), kind="D")
        for row in causes[:MOST]
    ]  # fmt: skip
    more = ["others; outcomes diff lists them"] if len(causes) > MOST else []
    return (note(runs(strong("What is not the same: "), listed([*told, *more]), ".")),)
