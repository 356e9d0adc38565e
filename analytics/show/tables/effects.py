"""Further figures of a comparison: standardised size, equivalence, numbers needed, and what could have been found."""

from __future__ import annotations

from analytics.domain.block import Block, Number, Runs
from analytics.show import names
from analytics.show.names import measure_words
from analytics.show.numbers import finite, result
from analytics.show.runs import NBSP, capital, name, runs
from analytics.show.stories import Evidence
from analytics.show.tables.cells import NONE, Row, grid, places, span, spoken, value
from schemas.vocabulary import Outcome

QUANTITIES = {
    "hedges_g": "standardised difference (Hedges g)", "equivalence_90": "equivalence (90 % interval)",
    "non_inferiority": "no worse by the margin (1 = shown) and its limit",
    "number_needed": "patients to treat for another responder", "interaction": "do groups differ (Welch's test)",
}  # fmt: skip


def _pair(source: Evidence, contrast: str) -> Runs:
    arm, _, reference = str(contrast).partition(" v ")
    return runs(names.arm_title(source, arm), " v ", names.arm_short(source, reference))


def effects(source: Evidence, outcome: Outcome) -> Block | None:
    """Standardised sizes and tests that decide no verdict; None where none was calculated."""
    rows = source.rows("effects", outcome=outcome.id)
    if not rows:
        return None
    alpha = f"{1 - source.plan.confidence_level:.6g}"
    body = []
    for row in rows:
        count = places([row], ("estimate", "conf_low", "conf_high"))
        label = capital(name(QUANTITIES.get(row["quantity"], spoken(row["quantity"])), "quantity"))
        body.append([
            _pair(source, row["contrast"]), names.visit(source, float(row["visit"])), label,
            value("effects", row, "estimate", f"decimals:{count}"), _interval(row, count),
            value("effects", row, "p_value", f"p:{alpha}"),
        ])  # fmt: skip
    head = ["Comparison", "Visit", "Figure", "Value", "Interval", "p"]
    remark = "Beside the comparison, never instead of it: none of these decides what is said."
    return grid("Further figures", head, body, name=f"effects-{outcome.id}", remark=remark, texts=(1, 2))


def _interval(row: Row, count: int) -> Runs:
    """Both limits, or the only one there is."""
    if finite(row["conf_low"]) == finite(row["conf_high"]):
        return span("effects", row, "conf_low", "conf_high", count)
    word, limit = ("from ", "conf_low") if finite(row["conf_low"]) else ("up to ", "conf_high")
    return runs(word, result("effects", row, limit, f"decimals:{count}"))


def power(source: Evidence, outcome: Outcome) -> Block | None:
    """The size of difference that groups like these would usually show, and the patients a meaningful one needs."""
    rows = source.rows("power", outcome=outcome.id)
    if not rows:
        return None
    body = [_power(source, row) for row in rows]
    head = ["Comparison", "Visit", "Measure", "Taken to matter", "Could be found", "Patients per group needed"]
    chance = runs(Number("80", "L", "power"), f"{NBSP}%")
    remark = runs("Found with a chance of ", chance, ". Needed: for the difference that is taken to matter.")
    return grid("What these numbers could show", head, body, name=f"power-{outcome.id}", remark=remark, texts=(1, 2))


def _power(source: Evidence, row: Row) -> list[Runs]:
    found = [value("power", row, statistic, "significant:2") for statistic in ("meaningful", "detectable")]
    needed = value("power", row, "patients_per_arm", "whole")
    return [_pair(source, row["contrast"]), names.visit(source, float(row["visit"])),
                  runs(measure_words(row["measure"])), *found,
            needed or runs(NONE)]  # fmt: skip
