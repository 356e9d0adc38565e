"""Averages behind a sentence: adjusted means, responders, readings as they were taken, and the clinics one by one."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.numbers import finite, hidden, planned, result
from analytics.show.orient import Row
from analytics.show.runs import capital, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import (
    NONE,
    arm_heads,
    arms_present,
    empty,
    grid,
    percent_span,
    places,
    share,
    span,
    spoken,
    value,
)
from analytics.show.tables.contrasts import level
from schemas.vocabulary import Outcome


def means(source: Evidence, outcome: Outcome) -> Block:
    """Adjusted means by visit and arm."""
    rows = [row for row in source.rows("arm_means", outcome=outcome.id) if finite(row["estimate"])]
    rows = [r for r in rows if source.estimator(outcome.id, r["population"]) == (r["method"], r["adjustment"])]
    if not rows:
        return empty("No averages by treatment: the comparison was made within patients, or not at all.")
    count = places(rows, ("estimate", "conf_low", "conf_high"))
    order = arms_present(source, rows)
    body: list[list[object]] = []
    for visit, population, scale in dict.fromkeys((row["visit"], row["population"], row["scale"]) for row in rows):
        mine = [r for r in rows if (r["visit"], r["population"], r["scale"]) == (visit, population, scale)]
        who = () if population == "all" else runs(", ", names.population(source, population))
        head = runs(capital(names.visit(source, float(visit))), who)
        body.append([head, name(spoken(scale), "scale"), *(_mean(mine, arm, count) for arm in order)])
    remark = runs("Average (", level(source), " interval); patients. ", _adjusted(source, outcome))
    return grid("Averages after adjustment", ["Visit", "Of", *arm_heads(source, order)], body,
                name=f"means-{outcome.id}",
                remark=remark, heads=2)  # fmt: skip


def _adjusted(source: Evidence, outcome: Outcome) -> Runs:
    what = names.adjusted_for(source, baseline=outcome.baseline != "none")
    return runs("Adjusted for ", what, ".") if what else runs("Not adjusted.")


def _mean(rows: Sequence[Row], arm: str, count: int) -> Runs:
    row = next((r for r in rows if r["arm"] == arm), None)
    if row is None:
        return runs(NONE)
    mean = value("arm_means", row, "estimate", f"decimals:{count}")
    limits = span("arm_means", row, "conf_low", "conf_high", count)
    return runs(mean, " (", limits, "); n = ", value("arm_means", row, "n", "whole"))


def responders(source: Evidence, outcome: Outcome) -> Block:
    """Patients who reached the outcome's own rule of response."""
    rows = source.rows("responders", outcome=outcome.id)
    if not rows:
        why = "no rule says who counts as a responder" if outcome.responder is None else "nobody could be judged"
        return empty(f"Responders are not shown: {why}.")
    order = arms_present(source, rows)
    body: list[list[object]] = []
    for visit, population in dict.fromkeys((row["visit"], row["population"]) for row in rows):
        mine = {row["arm"]: row for row in rows if (row["visit"], row["population"]) == (visit, population)}
        who = () if population == "all" else runs(", ", names.population(source, population))
        cells = [_responder(mine[arm]) if arm in mine else runs(NONE) for arm in order]
        body.append([runs(capital(names.visit(source, float(visit))), who), *cells])
    rule = name(outcome.responder.sentence, f"vocabulary.outcomes.{outcome.id}.responder") if outcome.responder else ()
    remark = runs("Responder: ", rule, ". As measured, without adjustment, among patients with a reading; ",
                  level(source),
                  " interval.")  # fmt: skip
    return grid("Patients who responded", ["Visit", *arm_heads(source, order)], body, name=f"responders-{outcome.id}",
                remark=remark)  # fmt: skip


def _responder(row: Row) -> Runs:
    both = runs(value("responders", row, "responders", "whole"), " of ", value("responders", row, "n", "whole"))
    if hidden((row["responders"], row["n"])):
        return both
    return runs(both, ", ", percent_span("responders", row, "percent", "conf_low", "conf_high"))


def measured(source: Evidence, outcome: Outcome) -> Block:
    """Readings as they were taken: mean (SD) by visit and arm, or the share of each grade."""
    rows = source.rows("descriptions", outcome=outcome.id)
    if not rows:
        return empty("Not recorded in these data.")
    order = arms_present(source, rows)
    grades = [row for row in rows if row["statistic"] == "count"]
    body = _grades(source, outcome, grades, rows, order) if grades else _averages(source, rows, order)
    remark = "As measured, without adjustment. Missing: patients of the arm without a reading at that visit."
    head = ["Visit", *(["Grade"] if grades else []), *arm_heads(source, order)]
    return grid("As measured", head, body, name=f"measured-{outcome.id}", remark=remark, heads=2 if grades else 1)


def _visits(source: Evidence, rows: Sequence[Row]) -> list[tuple[float, str, Runs]]:
    found = dict.fromkeys((float(row["visit"]), str(row["population"])) for row in rows)
    made = []
    for visit, population in sorted(found):
        who = () if population == "all" else runs(", ", names.population(source, population))
        made.append((visit, population, runs(capital(names.visit(source, visit)) if visit else "Start", who)))
    return made


def _averages(source: Evidence, rows: Sequence[Row], order: Sequence[str]) -> list[list[object]]:
    body: list[list[object]] = []
    for visit, population, head in _visits(source, rows):
        mine = [r for r in rows if float(r["visit"]) == visit and r["population"] == population]
        body.append([head, *(_average([r for r in mine if r["arm"] == arm]) for arm in order)])
    return body


def _average(rows: Sequence[Row]) -> Runs:
    found = {str(row["statistic"]): row for row in rows}
    if "n" not in found or not found["n"]["value"]:
        return runs("nobody")
    if hidden((found["n"]["value"],)):
        return value("descriptions", found["n"], "value", "whole")
    middle = "mean" if "mean" in found and finite(found["mean"]["value"]) else "median"
    spread = value("descriptions", found["sd"], "value", "significant:2") if "sd" in found else runs(NONE)
    text = value("descriptions", found[middle], "value", "significant:3") if middle in found else runs(NONE)
    lost = runs(", missing ", value("descriptions", found["missing"], "value", "whole")) if "missing" in found else ()
    return runs(text, " (", spread, "); n = ", value("descriptions", found["n"], "value", "whole"), lost)


def _grades(
    source: Evidence, outcome: Outcome, counts: Sequence[Row], rows: Sequence[Row], order: Sequence[str]
) -> list[list[object]]:
    body: list[list[object]] = []
    for visit, population, head in _visits(source, counts):
        mine = [r for r in counts if float(r["visit"]) == visit and r["population"] == population]
        for grade in dict.fromkeys(str(row["level"]) for row in mine):
            alike = {str(r["arm"]): r for r in mine if str(r["level"]) == grade}
            cells = [_grade(alike.get(arm), _seen(rows, visit, population, arm)) for arm in order]
            body.append([head, _grade_name(outcome, grade), *cells])
    return body


def _seen(rows: Sequence[Row], visit: float, population: str, arm: str) -> Row | None:
    """The row that holds the arm's number of readings."""
    cell = (visit, population, arm, "n")
    return next((r for r in rows if (r["visit"], r["population"], r["arm"], r["statistic"]) == cell), None)


def _grade_name(outcome: Outcome, grade: str) -> Runs:
    text = next((words for level, words in outcome.levels.items() if f"{level:g}" == grade.removesuffix(".0")), "")
    return name(f"{grade.removesuffix('.0')} {text}".strip(), f"vocabulary.outcomes.{outcome.id}.levels")


def _grade(row: Row | None, seen: Row | None) -> Runs:
    if row is None or seen is None:
        return runs(NONE)
    both = runs(result("descriptions", row, "value", "whole"), " of ", result("descriptions", seen, "value", "whole"))
    return runs(both, share([("descriptions", row, "value")], [("descriptions", seen, "value")]))


def clinics(source: Evidence, outcome: Outcome, visit: float) -> Block | None:
    """Average change by clinic; None where there is one clinic."""
    rows = source.rows("clinics", outcome=outcome.id, visit=visit)
    if len({row["clinic"] for row in rows}) < 2:
        return None
    order, count = arms_present(source, rows), places(rows, ("mean_change",))
    body: list[list[object]] = []
    for clinic in dict.fromkeys(str(row["clinic"]) for row in rows):
        mine = {row["arm"]: row for row in rows if str(row["clinic"]) == clinic}
        body.append([name(clinic, "clinic"), *(_clinic(source, mine.get(arm), count) for arm in order)])
    remark = runs(
        "As measured. Groups under ", planned(source.plan.minimum_cell, "plan.minimum_cell"), " patients are marked."
    )
    caption = runs("Average change by clinic, ", names.visit(source, visit))
    return grid(caption, ["Clinic", *arm_heads(source, order)], body, name=f"clinics-{outcome.id}", remark=remark)


def _clinic(source: Evidence, row: Row | None, count: int) -> Runs:
    if row is None:
        return runs(NONE)
    few = " (few)" if row["n"] < source.plan.minimum_cell else ""
    if hidden((row["n"],)):
        return value("clinics", row, "n", "whole")
    mean = value("clinics", row, "mean_change", f"decimals:{count}")
    return runs(mean, "; n = ", value("clinics", row, "n", "whole"), few)
