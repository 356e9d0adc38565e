"""The evidence behind a sentence: every comparison, every average, responders and averages as they were measured."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.domain.block import Block, Runs
from analytics.show import names
from analytics.show.names import measure_words, method_words
from analytics.show.numbers import finite, planned, result
from analytics.show.orient import Row
from analytics.show.runs import NBSP, capital, name, runs
from analytics.show.stories import Evidence, Story
from analytics.show.tables.cells import (
    NONE, arm_heads, arms_present, empty, grid, percent_span, places, share, span, spoken, value,
)  # fmt: skip
from schemas.vocabulary import Outcome

READINGS = {
    "better_meaningful": "better, a patient would notice", "better": "better, size open",
    "better_small": "better, too little to notice", "equivalent": "about equal",
    "not_shown_loss_excluded": "not shown; noticeably worse is unlikely",
    "not_shown_gain_excluded": "not shown; noticeably better is unlikely", "not_shown": "too uncertain",
    "worse_small": "worse, too little to notice", "worse": "worse, size open",
    "worse_meaningful": "worse, a patient would notice", "not_estimable": "cannot be compared",
}  # fmt: skip
STATUS = {"not_estimable": "cannot be compared", "did_not_converge": "did not settle", "suppressed": "too few to show"}
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


def contrasts(source: Evidence, outcome: Outcome, analyses: Sequence[str], *, caption: str, table: str) -> Block:
    """Comparisons as they stand in findings.csv: first-named minus (or over) second-named."""
    rows = [row for row in source.rows("findings", outcome=outcome.id) if row["analysis"] in analyses]
    if not rows:
        return empty("No comparison of this kind was made.")
    many = len({row["population"] for row in rows}) > 1
    sensitivity = "sensitivity" in analyses
    head: list[object] = ["Comparison", "Visit", *(["Patients"] if many else []), "Measure", "n", "Estimate"]
    head += [runs(level(source), " interval"), *([] if sensitivity else [runs(level(source), ", all pairs"), "p", "Reading"])]
    body = [_contrast(source, outcome, row, rows, many=many, sensitivity=sensitivity) for row in rows]
    return grid(runs(caption), head, body, name=table, remark=_remark(source, outcome, sensitivity=sensitivity))


def _contrast(
    source: Evidence, outcome: Outcome, row: Row, rows: Sequence[Row], *, many: bool, sensitivity: bool
) -> list[object]:
    alike = [r for r in rows if r["measure"] == row["measure"]]
    count = places(alike, LIMITS, zero=row["measure"] == "difference")
    pair = runs(names.arm_title(source, row["arm"]), " v ", names.arm_short(source, row["reference"]))
    patients = runs(value("findings", row, "n_arm", "whole"), " v ", value("findings", row, "n_reference", "whole"))
    line: list[object] = [pair, names.visit(source, float(row["visit"]))]
    line += [capital(names.population(source, row["population"]))] if many else []
    line += [_measure(row, sensitivity=sensitivity), patients, value("findings", row, "estimate", f"decimals:{count}")]
    line.append(span("findings", row, "conf_low", "conf_high", count))
    if not sensitivity:
        line.append(span("findings", row, "conf_low_adjusted", "conf_high_adjusted", count))
        line += [_p(source, row), reading(row, outcome) or NONE]
    return line


def _measure(row: Row, *, sensitivity: bool) -> Runs:
    text = runs(measure_words(row["measure"]))
    if not sensitivity:
        return text
    return runs(text, f", {method_words(row['method'])}, {ADJUSTMENTS.get(row['adjustment'], spoken(row['adjustment']))}")


ADJUSTMENTS = {
    "none": "nothing allowed for", "covariates": "adjusted", "change_score": "change since the start as response",
    "weights": "weighted", "doubly_robust": "doubly robust",
}  # fmt: skip


def _p(source: Evidence, row: Row) -> Runs:
    column = "p_value_adjusted" if finite(row.get("p_value_adjusted")) else "p_value"
    alpha = f"{1 - source.plan.confidence_level:.6g}"
    return value("findings", row, column, f"p:{alpha}")


def _remark(source: Evidence, outcome: Outcome, *, sensitivity: bool) -> Runs:
    better = {"lower": " Lower is better.", "higher": " Higher is better."}.get(outcome.direction, "")
    first = runs(f"First-named minus, or over, second-named, as in findings.csv.{better}")
    if sensitivity:
        return runs(first, " Other ways of analysing the same comparison: they bear no verdict.")
    family = f" {METHOD_OF_FAMILY.get(source.plan.multiplicity, spoken(source.plan.multiplicity))}"
    return runs(first, " Where an interval for all pairs stands, it and p allow for all pairs of the outcome:", family,
                "; outcomes are judged each by itself." if source.plan.across == "none" else
                "; and for all primary outcomes together.")  # fmt: skip


METHOD_OF_FAMILY = {"max_t": "single-step maximum t", "none": "none", "bh": "Benjamini and Hochberg", "by": "Benjamini and Yekutieli"}


def means(source: Evidence, outcome: Outcome) -> Block:
    """Adjusted means by visit and arm."""
    rows = [row for row in source.rows("arm_means", outcome=outcome.id) if finite(row["estimate"])]
    adjustment = "covariates" if source.plan.primary_estimator == "adjusted" else "none"
    rows = [row for row in rows if row["adjustment"] == adjustment]
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
    return grid("Averages after adjustment", ["Visit", "Of", *arm_heads(source, order)], body, name=f"means-{outcome.id}",
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
    remark = runs("Responder: ", rule, ". As measured, without adjustment, among patients with a reading; ", level(source),
                  " interval.")  # fmt: skip
    return grid("Patients who responded", ["Visit", *arm_heads(source, order)], body, name=f"responders-{outcome.id}",
                remark=remark)  # fmt: skip


def _responder(row: Row) -> Runs:
    both = runs(value("responders", row, "responders", "whole"), " of ", value("responders", row, "n", "whole"))
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
    remark = runs("As measured. Groups under ", planned(source.plan.minimum_cell, "plan.minimum_cell"), " patients are marked.")
    caption = runs("Average change by clinic, ", names.visit(source, visit))
    return grid(caption, ["Clinic", *arm_heads(source, order)], body, name=f"clinics-{outcome.id}", remark=remark)


def _clinic(source: Evidence, row: Row | None, count: int) -> Runs:
    if row is None:
        return runs(NONE)
    few = " (few)" if row["n"] < source.plan.minimum_cell else ""
    mean = value("clinics", row, "mean_change", f"decimals:{count}")
    return runs(mean, "; n = ", value("clinics", row, "n", "whole"), few)


def picture_numbers(each: Story) -> Block:
    """The numbers of the forest plot."""
    source = each.evidence
    body = []
    for pair in each.pairs:
        label = runs(names.arm_title(source, pair.ahead), " v ", names.arm_short(source, pair.behind))
        patients = runs(_n(pair.row, pair.swapped, 0), " v ", _n(pair.row, pair.swapped, 1))
        limits = runs(pair.number("low"), " to ", pair.number("high"))
        body.append([label, patients, runs(pair.number("estimate")), limits])
    return grid("Numbers of the figure", ["Comparison", "Patients", "Estimate", "Range"], body, name=f"forest-{each.outcome.id}")


def _n(row: Row, swapped: bool, place: int) -> Runs:
    return value("findings", row, ("n_arm", "n_reference")[place if not swapped else 1 - place], "whole")
