"""Who is in the data: from rows to patients, the arms and their courses, and how the arms started."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import finite, result
from analytics.show.runs import NBSP, capital, lower, name, runs
from analytics.show.stories import Evidence, blank
from analytics.show.tables.cells import NONE, Row, arm_heads, arms_present, empty, grid, part, share, spoken, value

ARM_ROWS = (  # statistic, what it says, whether it is a part of the arm's patients
    ("patients", "Patients", False), ("units", "Sides or sites analysed", False), ("sessions", "Sessions", False),
    ("median_sessions", "Sessions per course (median)", False), ("no_baseline",
    "No reading before the first session", True),
    ("baseline_only", "No reading after the first session", True), ("switched", "Went over to another treatment", True),
    ("stopped", "Stopped early", True), ("prevalent", "Left out: treated before", False),
    ("combined", "Left out: two treatments at once", False),
)  # fmt: skip


STEPS = {
    "received": "Received", "set_aside": "Set aside", "accepted": "Accepted", "used": "Used", "treated": "Treated",
    "after_cutoff": "Left out", "patients_seen": "In the data", "no_treatment": "Left out", "analysed": "Compared",
    "without_covariate": "Of these", "readings": "Readings of the patients compared", "no_arm": "Not used",
}  # fmt: skip
UNITS = {"rows": "Rows", "patients": "Patients", "readings": "Readings"}


def flow(source: Evidence) -> tuple[Block, ...]:
    """From rows received to patients compared: a table for each unit, every exclusion with reason and denominator."""
    rows = source.rows("flow")
    if not rows:
        return (empty("The run holds no account of how rows became patients."),)
    units = dict.fromkeys(str(row["unit"]) for row in rows)
    return tuple(_flow(source, unit, [row for row in rows if row["unit"] == unit]) for unit in units)


def _flow(source: Evidence, unit: str, rows: Sequence[Row]) -> Block:
    whole = [row for row in rows if blank(row["arm"]) and (row["count"] or blank(row["reason"]))]
    order = arms_present(source, [row for row in rows if not blank(row["arm"])])
    body = []
    for row in whole:
        mine = {
            r["arm"]: r
            for r in rows
            if (r["step"], r["reason"]) == (row["step"], row["reason"]) and not blank(r["arm"])
        }
        cells = [value("flow", mine[arm], "count", "whole") if arm in mine else runs(NONE) for arm in order]
        body.append([_step(row), _of(row, whole[0]), *cells])
    remark = "Shares are of the first line; reasons that met nobody are left out."
    remark += " A patient with different treatments on the sides counts for each." if order else ""
    head = ["Step", "All" if order else "Count", *arm_heads(source, order)]
    caption = f"{UNITS.get(unit, unit.capitalize())}: from what came in to what is compared"
    return grid(caption, head, body, name=f"flow-{unit}", remark=remark)


def _step(row: Row) -> Runs:
    reason = () if blank(row["reason"]) else name(spoken(row["reason"]), "flow")
    step = STEPS.get(str(row["step"]), "Left out" if reason else "")
    first = runs(step) if step else capital(name(spoken(row["step"]), "flow"))
    return runs(first, ": ", reason) if reason else first


def _of(row: Row, first: Row) -> Runs:
    count = value("flow", row, "count", "whole")
    if row is first or not finite(row["count"]) or not finite(first["count"]):
        return count
    return runs(count, share([("flow", row, "count")], [("flow", first, "count")]))


def arms(source: Evidence) -> Block:
    """Courses, and who was lost, switched or stopped, by arm."""
    rows = {row["arm"]: row for row in source.rows("arms")}
    if not rows:
        return empty("No patient had a course of a treatment of the plan.")
    order = arms_present(source, list(rows.values()))
    body = []
    for statistic, text, of_patients in ARM_ROWS:
        if any(statistic in row for row in rows.values()):
            body.append([_plain(text), *(_arm_cell(rows[arm], statistic, of_patients=of_patients) for arm in order)])
    remark = "Shares are of the patients of the arm."
    return grid("Courses by treatment", ["", *arm_heads(source, order)], body, name="arms", remark=remark)


def _plain(text: str) -> Runs:
    return name(text, "label")


def _arm_cell(row: Row, statistic: str, *, of_patients: bool) -> Runs:
    if of_patients:
        return part("arms", row, statistic, "patients")
    return value("arms", row, statistic, "trim" if statistic.startswith("median") else "whole")


def baseline(source: Evidence) -> Block:
    """How the arms started: numbers as mean (SD), categories as counts with their share."""
    rows = source.rows("baseline")
    if not rows:
        return empty("Nothing about the patients at the start was recorded beside the outcomes.")
    order = arms_present(source, rows)
    body: list[list[Runs]] = []
    for variable in dict.fromkeys(str(row["variable"]) for row in rows):
        body += _variable(source, variable, [row for row in rows if row["variable"] == variable], order)
    remark = (
        "Mean (standard deviation) for numbers; patients and share for categories. No tests: the arms differ by choice."
    )
    return grid(
        "Patients at the start, by treatment", ["", *arm_heads(source, order)], body, name="baseline", remark=remark
    )


def _variable(source: Evidence, variable: str, rows: Sequence[Row], order: Sequence[str]) -> list[list[Runs]]:
    entry = source.vocabulary.outcomes.get(variable)
    label = names.label(entry) if entry else capital(name(names.column_label(source, variable), f"column.{variable}"))
    levels = [level for level in dict.fromkeys(str(row["level"]) for row in rows) if level not in ("", "nan", "None")]
    if not levels:
        return [_numbers(label, rows, order)]
    body = []
    for level in levels:
        mine = [row for row in rows if str(row["level"]) == level]
        body.append(
            [runs(label, ": ", name(lower(spoken(level)), f"column.{variable}")), *(_count(mine, arm) for arm in order)]
        )
    return body


def _cells(rows: Sequence[Row], arm: str) -> dict[str, Row]:
    return {str(row["statistic"]): row for row in rows if row["arm"] == arm}


def _numbers(label: Runs, rows: Sequence[Row], order: Sequence[str]) -> list[Runs]:
    line: list[Runs] = [label]
    for arm in order:
        found = _cells(rows, arm)
        if "mean" not in found or not finite(found["mean"]["value"]):
            line.append(runs(NONE))
            continue
        mean = runs(result("baseline", found["mean"], "value", "significant:3"))
        spread = value("baseline", found["sd"], "value", "significant:2") if "sd" in found else runs(NONE)
        known = runs("; n = ", value("baseline", found["n"], "value", "whole")) if "n" in found else ()
        line.append(runs(mean, " (", spread, ")", known))
    return line


def _count(rows: Sequence[Row], arm: str) -> Runs:
    found = _cells(rows, arm)
    if "count" not in found:
        return runs(NONE)
    percent: Runs = ()
    if "percent" in found and finite(found["percent"]["value"]):
        percent = runs(" (", value("baseline", found["percent"], "value", "percent"), f"{NBSP}%)")
    return runs(value("baseline", found["count"], "value", "whole"), percent)
