"""Clinics and providers beside what their patients let expect: tables by name, and the words that figures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.domain.block import Block, Runs, Table
from analytics.show import names
from analytics.show.numbers import decimals, exact, finite, planned, result
from analytics.show.runs import NBSP, listed, lower, name, runs
from analytics.show.stories import Evidence, Row
from analytics.show.tables.cells import NONE, empty, grid, span, value
from analytics.show.tables.data_quality import ELSEWHERE, held
from schemas.vocabulary import Outcome

ONE_OF = {"clinic": "clinic", "provider": "provider"}
SEVERAL = {"clinic": "clinics", "provider": "providers"}
TERMS = {"baseline": "starting condition", "treatment": "treatment", "design": "whether sides were treated differently"}
STATISTICS = ("observed", "expected", "adjusted", "shrunk", "shrunk_low", "shrunk_high")


def wholes(source: Evidence, level: str) -> Sequence[Row]:
    """The overall line of each outcome at one level, in the order of the plan."""
    return source.rows("benchmark_overall", level=level)


def places_of(source: Evidence, whole: Row) -> Sequence[Row]:
    """The places of an overall line, by name."""
    return source.rows("benchmark", outcome=whole["outcome"], visit=whole["visit"], level=whole["level"])


def is_share(whole: Row) -> bool:
    return str(whole["measure"]) == "share"


def form(rows: Sequence[Row], whole: Row, *, digits: int = 3) -> str:
    """The rounding that all figures of a table share."""
    if is_share(whole):
        return "percent"
    told = [exact(row[s]) for row in rows for s in STATISTICS if finite(row.get(s))]
    return f"decimals:{decimals([*told, exact(whole['centre'])], digits=digits)}"


def unit(source: Evidence, whole: Row) -> Runs:
    """What stands behind a number."""
    return runs(f"{NBSP}%") if is_share(whole) else level_unit(source.outcome(str(whole["outcome"])))


def level_unit(outcome: Outcome) -> Runs:
    """The unit behind an average: "% of dose", where a difference would be in percentage points."""
    if outcome.unit.startswith("%"):
        return runs(NBSP, name(outcome.unit, f"vocabulary.outcomes.{outcome.id}.unit"))
    return names.unit(outcome)


def place(row: Row) -> Runs:
    """ "north", or "north: NP1"."""
    clinic = name(row["clinic"], "clinic")
    if not row["provider"]:
        return clinic
    who = name(row["provider"], "provider")
    return runs(clinic, ": ", who) if row["clinic"] else who


def answered(outcome: Outcome) -> str:
    """What a patient who counts did: of an outcome that is yes or no itself, had it."""
    return "had it" if outcome.kind == "binary" else "responded"


def average(source: Evidence, whole: Row) -> Runs:
    """What the axis and the columns tell."""
    outcome = source.outcome(str(whole["outcome"]))
    if is_share(whole):
        return runs(f"% of patients who {answered(outcome)}, after adjustment")
    change = ", change since the start" if outcome.baseline == "before" else ""
    unit_text = name(outcome.unit, f"vocabulary.outcomes.{outcome.id}.unit") if outcome.unit else runs("points")
    return runs("Average in ", unit_text, change, ", after adjustment")


def centre(source: Evidence, whole: Row) -> Runs:
    """ "47 %": the overall mean."""
    return runs(result("benchmark_overall", whole, "centre", form([], whole)), unit(source, whole))


def apart(source: Evidence, whole: Row, row: Row) -> Runs:
    """ "north 62 %"."""
    return runs(place(row), " ", value("benchmark", row, "adjusted", form([row], whole)), unit(source, whole))


def many(whole: Row, statistic: str = "places") -> Runs:
    """ "12 providers"; "1 clinic"."""
    one = whole[statistic] == 1
    return runs(
        result("benchmark_overall", whole, statistic, "whole"), " ", (ONE_OF if one else SEVERAL)[str(whole["level"])]
    )


def summary(source: Evidence, whole: Row, found: Any) -> Runs:
    """The figure in words, behind the outcome's name."""
    return runs(": ", many(whole), " by number of patients. Overall ", centre(source, whole), "; ", found, ".")


def terms(source: Evidence, whole: Row, statistic: str = "terms") -> Runs:
    """ "starting condition, treatment, age and skin type"; empty where there are none."""
    told = [term for term in str(whole.get(statistic) or "").split(";") if term and term != "nan"]
    return listed([_term(source, term) for term in told])


def _term(source: Evidence, term: str) -> Runs:
    if term in TERMS:
        return runs(TERMS[term])
    return name(lower(names.column_label(source, term)), f"vocabulary.columns.{term}.label")


def not_shown(source: Evidence, whole: Row) -> Runs:
    """How many are not shown, and why; empty where all are."""
    if not finite(whole["hidden"]) or not whole["hidden"]:
        return ()
    fewest = planned(source.plan.minimum_cell, "plan.minimum_cell")
    were = " is" if whole["hidden"] == 1 else " are"
    return runs(many(whole, "hidden"), " with fewer than ", fewest, " patients", rare(source, [whole]), were,
                " not shown.")  # fmt: skip


def rare(source: Evidence, shown: Sequence[Row]) -> Runs:
    """Why a place may not be shown besides: outside, few of its patients may have responded, or all but a few."""
    if not source.rounded_to or not any(is_share(whole) for whole in shown):
        return ()
    did = {answered(source.outcome(str(whole["outcome"]))) for whole in shown if is_share(whole)}
    fewest = planned(source.plan.minimum_cell, "plan.minimum_cell")
    return runs(", or fewer than ", fewest, f" who {' or '.join(sorted(did))} or who did not")


def why_none(source: Evidence, level: str, whole: Row | None) -> Runs:
    """Why nothing is set beside anything; empty where something is."""
    what, several = ONE_OF[level], SEVERAL[level]
    if whole is None and not source.rows("benchmark_overall"):
        why = "no main outcome was read at the last visit, or the data do not say who was treated where."
        return runs(f"No {what} can be set beside another: {why}")
    if whole is None:
        return runs(f"No {what} can be set beside another: the data do not say who was treated ",
                    "where." if level == "clinic" else "by whom.")  # fmt: skip
    if not whole["places"] and not whole["hidden"]:
        return runs(ELSEWHERE)
    if not whole["places"] and whole["hidden"]:
        return runs(f"No {what} has enough patients to be shown: ", not_shown(source, whole))
    if whole["places"] == 1:
        return runs(f"There is a single {what} to show: nothing to set beside it. ", not_shown(source, whole))
    if not whole["sigma"]:
        return runs(f"All patients had the same result, so the {several} cannot differ.")
    if level == "provider" and whole["most_in_clinic"] == 1 and clinics_known(source):
        return runs("Each clinic has a single provider, so clinic and provider cannot be told apart: see the clinics.")
    return ()


def clinics_known(source: Evidence) -> bool:
    return bool(wholes(source, "clinic"))


def table(source: Evidence, whole: Row) -> Block:
    """Seen, expected, adjusted and shrunken, by name."""
    rows, level = places_of(source, whole), str(whole["level"])
    outcome = source.outcome(str(whole["outcome"]))
    why = why_none(source, level, whole)
    if why or not rows:
        return empty(why or f"No {ONE_OF[level]} is shown.")
    shape = form(rows, whole)
    body = [[place(row), value("benchmark", row, "n", "whole"), *_cells(row, whole, shape), WHERE[int(row["outside"])]]
            for row in rows]  # fmt: skip
    what = f"who {answered(outcome)}" if is_share(whole) else "averages"
    caption = runs(names.label(outcome), ": ", what, f" by {ONE_OF[level]}")
    within, after = (" (%)", f"{NBSP}%") if is_share(whole) else ("", "")
    head = [ONE_OF[level].capitalize(), "Patients", f"Seen{within}", f"Expected{within}", f"Adjusted{after}",
            f"Likely{after} (range)", "Limits"]  # fmt: skip
    return grid(caption, head, body, name=f"benchmark-{level}-{outcome.id}", remark=_remark(source, whole), texts=(6,))


WHERE = ("within", "outside the inner", "outside the outer")


def _cells(row: Row, whole: Row, shape: str) -> list[Runs]:
    seen, wanted = (value("benchmark", row, s, shape) for s in ("observed", "expected"))
    if is_share(whole):
        seen = runs(value("benchmark", row, "responders", "whole"), " (", seen, ")")
        wanted = runs(value("benchmark", row, "expected_responders", "decimals:1"), " (", wanted, ")")
    likely = runs(NONE)
    if finite(row["shrunk"]):
        limits = (
            _percents(row)
            if shape == "percent"
            else span("benchmark", row, "shrunk_low", "shrunk_high", int(shape[9:]))
        )
        likely = runs(value("benchmark", row, "shrunk", shape), " (", limits, ")")
    return [seen, wanted, value("benchmark", row, "adjusted", shape), likely]


def _percents(row: Row) -> Runs:
    low, high = (value("benchmark", row, s, "percent") for s in ("shrunk_low", "shrunk_high"))
    return runs(low, " to ", high)


def _remark(source: Evidence, whole: Row) -> Runs:
    allowed = terms(source, whole)
    expected = runs("Expected: of patients alike in ", allowed, ". ") if allowed else runs("Expected: as overall. ")
    left = terms(source, whole, "terms_left")
    few = runs("Too few patients to allow for ", left, ". ") if left else ()
    units = "" if is_share(whole) else runs("In ", name(source.outcome(str(whole["outcome"])).unit or "points"), ". ")
    adjusted = runs("Adjusted: seen minus expected, added to ", centre(source, whole), " overall. ")
    likely = "Likely: drawn towards the average. By name, not by result. "
    return runs(units, expected, few, adjusted, likely, not_shown(source, whole), _gone(whole))


def _gone(whole: Row) -> Runs:
    said = [
        runs(result("benchmark_overall", whole, statistic, "whole"), why)
        for statistic, why in (("unplaced", " of no known place"), ("without", " without a figure the model needs"))
        if finite(whole[statistic]) and whole[statistic]
    ]
    return runs(" Patients left out: ", listed(said), ".") if said else ()


def spread_table(source: Evidence) -> Block:
    """Patients, places and the spread between them beyond chance, outcome by outcome."""
    title = "Spread between clinics and between providers"
    if not held(source, "benchmark_overall"):
        return empty(f"{title}: ", ELSEWHERE)
    rows = [row for level in ONE_OF for row in wholes(source, level) if finite(row["spread"])]
    if not rows:
        return empty(f"{title}: there are not several to set side by side.")
    body = []
    for row in rows:
        low, high = (value("benchmark_overall", row, s, "significant:2") for s in ("spread_low", "spread_high"))
        middle = value("benchmark_overall", row, "spread", "significant:2")
        outcome = source.outcome(str(row["outcome"]))
        units = runs("points") if is_share(row) else name(outcome.unit or "points", "unit")
        body.append([
            names.label(outcome), SEVERAL[str(row["level"])].capitalize(),
            value("benchmark_overall", row, "n", "whole"),
            value("benchmark_overall", row, "places", "whole"), runs(middle, " (", low, " to ", high, ") ", units),
            value("benchmark_overall", row, "q", "decimals:1"), value("benchmark_overall", row, "df", "whole"),
            value("benchmark_overall", row, "p_value", "p:0.05"),
        ])  # fmt: skip
    remark = runs(
        "Spread: standard deviation between them that chance does not make, by restricted maximum likelihood "
        "(Viechtbauer), "
        "with the limits of the Q profile. Q: Cochran's test of whether they differ at all; on so many degrees "
        "of freedom "
        "chance alone gives about as much."
    )
    head = ["Outcome", "", "Patients", "Shown", "Spread (likely range)", "Q", "df", "p"]
    return grid(title, head, body, name="benchmark-spread", remark=remark, heads=2)


def numbers(source: Evidence, whole: Row, *, stem: str) -> Table:
    """What the funnel draws."""
    rows = places_of(source, whole)
    shape = form(rows, whole)
    body = []
    for row in rows:
        limits = [
            runs(value("benchmark", row, f"{pair}_low", shape), " to ", value("benchmark", row, f"{pair}_high", shape))
            for pair in ("inner", "outer")
        ]
        told = [value("benchmark", row, s, shape) for s in ("adjusted", "shrunk")]
        body.append([place(row), value("benchmark", row, "n", "whole"), *told, *limits])
    head = ["Name", "Patients", "Adjusted", "Likely", "Inner limits", "Outer limits"]
    return grid("Numbers of the figure", head, body, name=f"{stem}-numbers")


__all__ = [
    "ONE_OF", "SEVERAL", "answered", "apart", "average", "centre", "form", "is_share", "level_unit", "many",
    "not_shown", "numbers", "place", "places_of", "spread_table", "summary", "table", "terms", "unit", "wholes",
    "why_none",
]  # fmt: skip
