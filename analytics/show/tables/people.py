"""Who is in the data: from rows to patients, the arms and their courses, and how the arms started."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import finite, result
from analytics.show.runs import NBSP, capital, lower, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import Row, arm_heads, arms_present, empty, grid, part, share, spoken, value

ARM_ROWS = (  # statistic, what it says, whether it is a part of the arm's patients
    ("patients", "Patients", False), ("units", "Sides or sites analysed", False), ("sessions", "Sessions", False),
    ("median_sessions", "Sessions per course (median)", False), ("no_baseline", "No reading before the first session", True),
    ("baseline_only", "No reading after the first session", True), ("switched", "Went over to another treatment", True),
    ("stopped", "Stopped early", True), ("prevalent", "Left out: treated before", False),
    ("combined", "Left out: two treatments at once", False),
)  # fmt: skip


def _blank(value: object) -> bool:
    return value is None or value != value or value == ""


def flow(source: Evidence) -> Block:
    """From rows received to patients compared, every exclusion with its reason and its denominator."""
    rows = source.rows("flow")
    if not rows:
        return empty("The run holds no account of how rows became patients.")
    first = {unit: next(row for row in rows if row["unit"] == unit) for unit in dict.fromkeys(r["unit"] for r in rows)}
    cells = [[_step(source, row), spoken(row["unit"]), _of(row, first[row["unit"]])] for row in rows]
    remark = "Shares are of the first count in the same unit."
    return grid("From rows to patients", ["Step", "Counted", "Count"], cells, name="flow", remark=remark)


def _step(source: Evidence, row: Row) -> Runs:
    step = capital(name(spoken(row["step"]), "flow"))
    reason = () if _blank(row["reason"]) else runs(": ", name(spoken(row["reason"]), "flow"))
    arm = () if _blank(row["arm"]) else runs(", ", names.arm(source, row["arm"]))
    return runs(step, reason, arm)


def _of(row: Row, first: Row) -> Runs:
    count = value("flow", row, "count", "whole")
    if row is first or not finite(row["count"]) or not finite(first["count"]):
        return count
    return runs(count, share([("flow", row, "count")], [("flow", first, "count")]))


def patients(source: Evidence) -> Sequence[tuple[str, Row, str]]:
    """The cells that give all patients compared: the last count of patients in the flow, else the arms' counts."""
    rows = [row for row in source.rows("flow", unit="patients") if _blank(row["arm"]) and _blank(row["reason"])]
    if rows:
        return [("flow", rows[-1], "count")]
    return [("arms", row, "patients") for row in source.rows("arms")]


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
    remark = "Mean (standard deviation) for numbers; for categories patients and their share. No tests: the arms differ by choice."
    return grid("Patients at the start, by treatment", ["", *arm_heads(source, order)], body, name="baseline", remark=remark)


def _variable(source: Evidence, variable: str, rows: Sequence[Row], order: Sequence[str]) -> list[list[Runs]]:
    entry = source.vocabulary.outcomes.get(variable)
    label = names.label(entry) if entry else capital(name(names.column_label(source, variable), f"column.{variable}"))
    levels = [level for level in dict.fromkeys(str(row["level"]) for row in rows) if level not in ("", "nan", "None")]
    if not levels:
        return [_numbers(label, rows, order)]
    body = []
    for level in levels:
        mine = [row for row in rows if str(row["level"]) == level]
        body.append([runs(label, ": ", name(lower(spoken(level)), f"column.{variable}")), *(_count(mine, arm) for arm in order)])
    return body


def _cells(rows: Sequence[Row], arm: str) -> dict[str, Row]:
    return {str(row["statistic"]): row for row in rows if row["arm"] == arm}


def _numbers(label: Runs, rows: Sequence[Row], order: Sequence[str]) -> list[Runs]:
    line: list[Runs] = [label]
    for arm in order:
        found = _cells(rows, arm)
        if "mean" not in found or not finite(found["mean"]["value"]):
            line.append(runs("–"))
            continue
        mean = runs(result("baseline", found["mean"], "value", "significant:3"))
        spread = value("baseline", found["sd"], "value", "significant:2") if "sd" in found else runs("–")
        known = runs("; n = ", value("baseline", found["n"], "value", "whole")) if "n" in found else ()
        line.append(runs(mean, " (", spread, ")", known))
    return line


def _count(rows: Sequence[Row], arm: str) -> Runs:
    found = _cells(rows, arm)
    if "count" not in found:
        return runs("–")
    percent = ()
    if "percent" in found and finite(found["percent"]["value"]):
        percent = runs(" (", value("baseline", found["percent"], "value", "percent"), f"{NBSP}%)")
    return runs(value("baseline", found["count"], "value", "whole"), percent)
