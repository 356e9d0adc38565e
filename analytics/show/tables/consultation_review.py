"""Tables of the consultation review: who was advised and given what, who got it, and outcomes by how care went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import decimals, exact, finite, result
from analytics.show.runs import NBSP, capital, joined, lower, name, runs
from analytics.show.stories import Evidence, Row
from analytics.show.tables.benchmark import answered, terms
from analytics.show.tables.cells import NONE, empty, grid, part, share, span, spoken, value
from analytics.show.tables.data_quality import ELSEWHERE, held
from analytics.show.tables.safety_review import limited

ALL, UNKNOWN = "all", "unknown"
BY = {"fitzpatrick": "Fitzpatrick type", "skin_type": "Skin type", "concerns": "Concern"}
KINDS = {"recommended": "recommended", "delivered": "given"}
AGREEMENT = {"all": "All", "recommended": "Recommended", "fitzpatrick": "Fitzpatrick type", "clinic": "Clinic"}
FACTORS = {
    "concordance": {"as_recommended": "As recommended", "otherwise": "Otherwise", UNKNOWN: "Not known"},
    "instructions_followed": {"yes": "Kept", "no": "Not kept", UNKNOWN: "Not known"},
}
TITLES = {
    "concordance": "by whether the treatment was the recommended one",
    "instructions_followed": "by whether instructions were kept",
}


def mix(source: Evidence, by: str, kind: str) -> Block:
    """Patients of each level by treatment recommended, or given."""
    title = f"{BY[by]} and treatment {KINDS[kind]}"
    if not held(source, "mix"):
        return empty(f"{title}: ", ELSEWHERE)
    rows = source.rows("mix", by=by, kind=kind)
    if not rows:
        return empty(f"{title}: not recorded.")
    columns = list(dict.fromkeys(str(row["treatment"]) for row in rows))
    columns = [c for c in columns if c != UNKNOWN or any(row["count"] for row in rows if row["treatment"] == c)]
    body = []
    for level in dict.fromkeys(str(row["level"]) for row in rows):
        mine = {str(row["treatment"]): row for row in rows if row["level"] == level}
        cells = [_count(mine.get(column)) for column in columns]
        body.append([_level(by, level), value("mix", next(iter(mine.values())), "total", "whole"), *cells])
    several = " Who has several concerns counts for each." if by == "concerns" else ""
    remark = "Patients, with their share of the line. Who has other treatments on the sides counts for each." + several
    head = [BY[by], "Patients", *(_treatment(source, column) for column in columns)]
    return grid(title, head, body, name=f"mix-{by.replace('_', '-')}-{kind}", remark=remark)


def _count(row: Row | None) -> Runs:
    if row is None:
        return runs(NONE)
    if not finite(row["count"]) or not finite(row["total"]):
        return value("mix", row, "count", "whole")
    if not row["count"]:
        return runs("none")
    return runs(value("mix", row, "count", "whole"), share([("mix", row, "count")], [("mix", row, "total")]))


def _level(by: str, level: str) -> Runs:
    if level == UNKNOWN:
        return runs("Not recorded")
    if by == "fitzpatrick":
        return runs("Type ", name(level, by))
    return capital(name(spoken(level), by))


def _treatment(source: Evidence, code: str) -> Runs:
    if code == UNKNOWN:
        return runs("Not known")
    return names.arm_title(source, code)


def agreement(source: Evidence) -> Block:
    """Patients who got what was recommended, over all and by who they are."""
    title = "Patients who got what was recommended"
    if not held(source, "agreement"):
        return empty(f"{title}: ", ELSEWHERE)
    rows = source.rows("agreement")
    if not rows:
        return empty(f"{title}: no recommendation was recorded.")
    body = [
        [
            AGREEMENT[str(row["by"])], _group(source, row),
            limited(row, "count", "total", "percent", "conf_low", "conf_high", table="agreement"),
            value("agreement", row, "unknown", "whole"),
        ]
        for row in rows
    ]  # fmt: skip
    remark = (
        "In brackets the likely range. A blank is not known and stands in the last column, never as a no. Who "
        "has other "
        "treatments on the sides got it if a side did. Groups were not drawn by lot: differences are descriptions."
    )
    return grid(title, ["By", "", "Got it", "Not known"], body, name="agreement", remark=remark, heads=2)


def _group(source: Evidence, row: Row) -> Runs:
    by, level = str(row["by"]), str(row["level"])
    if by == ALL:
        return runs("All patients")
    if level == UNKNOWN:
        return runs("Not recorded")
    if by == "recommended":
        return names.arm_title(source, level)
    return name(level, by) if by == "clinic" else _level(by, level)


def outcomes(source: Evidence, factor: str) -> Block:
    """The primary outcomes by one factor, with the adjusted difference where there are enough patients."""
    title = f"Outcomes {TITLES[factor]}"
    if not held(source, "care_outcomes", "care_difference"):
        return empty(f"{title}: ", ELSEWHERE)
    rows = source.rows("care_outcomes", factor=factor)
    if not rows:
        return empty(f"{title}: not recorded, or no main outcome was read at the last visit.")
    body = []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        mine = {str(r["level"]): r for r in rows if r["outcome"] == outcome}
        apart = source.row("care_difference", outcome=outcome, factor=factor)
        label = runs(names.label(source.outcome(outcome)), _what(source, mine))
        body.append([label, *(observed(mine.get(level), mine) for level in FACTORS[factor]), gap(source, apart)])
    head = ["Outcome", *FACTORS[factor].values(), "Adjusted difference (exploratory)"]
    return grid(title, head, body, name=f"outcomes-{factor.replace('_', '-')}", remark=_remark(source, factor))


def _what(source: Evidence, mine: Mapping[str, Row]) -> Runs:
    row = next(iter(mine.values()))
    outcome = source.outcome(str(row["outcome"]))
    if row["measure"] == "share":
        return runs(f": who {answered(outcome)}")
    change = "average change" if outcome.baseline == "before" else "average"
    return runs(f": {change}, ", name(outcome.unit or "points", f"vocabulary.outcomes.{outcome.id}.unit"))


def observed(row: Row | None, beside: Mapping[str, Row]) -> Runs:
    """ "197 of 392, 50 % (45 to 55)", or "22.2 (20.8 to 23.5) of 189"; nobody: a dash."""
    if row is None or not finite(row["n"]) or not row["n"]:
        return runs(NONE)
    if row["measure"] == "share":
        return part("care_outcomes", row, "responders", "n")
    count = places(list(beside.values()))
    limits = span("care_outcomes", row, "conf_low", "conf_high", count)
    middle = value("care_outcomes", row, "observed", f"decimals:{count}")
    return runs(middle, " (", limits, ") of ", value("care_outcomes", row, "n", "whole"))


def places(rows: Sequence[Row]) -> int:
    """Common decimals of observed means and limits."""
    told = [exact(row[s]) for row in rows for s in ("observed", "conf_low", "conf_high") if finite(row[s])]
    return decimals(told, digits=3)


def gap(source: Evidence, row: Row | None) -> Runs:
    """ "+5.7 (−5.9 to +17.3) points"; too few: says so."""
    if row is None or not finite(row["difference"]) or not finite(row["conf_low"]):
        return runs("too few patients")
    low, middle, high = told(row)
    unit = runs(" points") if row["measure"] == "share" else names.unit(source.outcome(str(row["outcome"])))
    return runs(middle, " (", low, " to ", high, ")", unit)


def told(row: Row) -> tuple[Runs, Runs, Runs]:
    """Low limit, difference and high limit, signed, on common decimals."""
    group = [exact(row[s]) for s in ("difference", "conf_low", "conf_high")]
    form = f"signed:{decimals(group, digits=2, landmarks=[exact(0)])}"
    low, middle, high = (runs(result("care_difference", row, s, form)) for s in ("conf_low", "difference", "conf_high"))
    return low, middle, high


def _remark(source: Evidence, factor: str) -> Runs:
    first, second = list(FACTORS[factor].values())[:2]
    row = next((r for r in source.rows("care_difference", factor=factor) if finite(r["difference"])), None)
    allowed = terms(source, row) if row is not None else ()
    after = runs(" It allows for ", allowed, ", as far as the patients carry it.") if allowed else ()
    return joined([
        runs("Shares: of the patients of that column."),
        runs(f"Difference: {lower(first)} minus {lower(second)}, with its likely range", "" if allowed else ".",
             "." if allowed else "", after),
        runs("An association found by looking, not corrected for how many were looked at; no effect of care can "
             "be read "
             "from it. Not known is a blank, never a no."),
    ])  # fmt: skip


__all__ = ["ALL", "BY", "FACTORS", "NBSP", "agreement", "gap", "mix", "observed", "outcomes", "places", "told"]
