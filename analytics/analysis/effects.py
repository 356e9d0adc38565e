"""What stands beside a comparison: standardised effect, equivalence, number needed, interaction, power."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.answers import Answer, Fitted, meaningful
from analytics.domain.cohort import Cohort
from analytics.domain.fit import MeasureBlock
from analytics.domain.plan import Plan
from analytics.inference.effect_size import hedges_g, number_needed, pooled_sd
from analytics.inference.equivalence import equivalence, non_inferiority
from analytics.inference.heterogeneity import heterogeneity
from analytics.inference.intervals import interval
from analytics.inference.meaning import detectable_difference, pairs_needed, patients_needed, size

EFFECT_COLUMNS = (
    "outcome", "visit", "population", "contrast", "method", "adjustment", "quantity", "estimate", "conf_low",
    "conf_high", "p_value",
)  # fmt: skip
POWER_COLUMNS = (
    "outcome", "visit", "population", "contrast", "measure", "meaningful", "detectable", "patients_per_arm",
)  # fmt: skip


def effects(cohort: Cohort, answers: Iterable[Answer]) -> pd.DataFrame:
    """EFFECT_COLUMNS of every primary estimator, and of the responder analyses the number needed to treat."""
    answers = list(answers)
    rows = [row for a in answers for f in a.fitted for row in _of(cohort, a, f)]
    return pd.DataFrame([*rows, *interactions(answers)], columns=list(EFFECT_COLUMNS))


def _of(cohort: Cohort, a: Answer, fitted: Fitted) -> list[dict[str, Any]]:
    found = _needed(a, fitted, cohort.plan) if fitted.method == "standardised_risk" else []
    if fitted is not a.fitted[0] or fitted.first is None:
        return found
    spread = _baseline_spread(a, fitted)
    for k in np.flatnonzero(fitted.first.estimable):
        numbers = _tests(cohort.plan, a, fitted.first, int(k)) + _hedges(cohort, fitted.first, int(k), spread)
        found += [_row(a, fitted, int(k), *one) for one in numbers]
    return found


Numbers = tuple[str, float, float, float, float]  # quantity, estimate, low, high, p


def _row(a: Answer, fitted: Fitted, k: int, quantity: str, *numbers: float) -> dict[str, Any]:
    arm, reference = fitted.blocks[0].pairs[k]
    return {
        "outcome": a.question.outcome.id, "visit": a.question.visit, "population": a.question.population,
        "contrast": f"{arm} v {reference}", "method": fitted.method, "adjustment": fitted.adjustment,
        "quantity": quantity, **dict(zip(("estimate", "conf_low", "conf_high", "p_value"), numbers)),
    }  # fmt: skip


def _tests(plan: Plan, a: Answer, block: MeasureBlock, k: int) -> list[Numbers]:
    """Equivalence within the meaningful difference at 90 %, and non-inferiority where the plan names a margin."""
    estimate, error, df = float(block.estimate[k]), float(block.std_error[k]), float(block.df[k])
    found: list[Numbers] = []
    null = 0.5 if block.scale == "probability" else 0.0
    bound = size(block.scale, meaningful(a.question, block.measure))
    if bound is not None:
        test = equivalence(estimate - null, error, df, low=-bound, high=bound)
        low, high = _reported(block, test.conf_low + null), _reported(block, test.conf_high + null)
        found.append(("equivalence_90", _reported(block, estimate), low, high, test.p_value))
    margin = size(block.scale, a.question.item.margin)
    if margin is not None and a.question.outcome.direction != "none":
        better = "higher" if block.scale == "probability" else a.question.outcome.direction
        level = plan.confidence_level
        shown = non_inferiority(estimate - null, error, df, margin=margin, direction=better, level=level)
        found.append(("non_inferiority", float(shown.shown), *_loss(block, shown.limit + null, better), shown.p_value))
    return found


def _loss(block: MeasureBlock, gain: float, direction: str) -> tuple[float, float]:
    """(low, high) on the reported scale with only the limit on the side of loss; ``gain``: it, more = better."""
    limit = _reported(block, -gain if direction == "lower" else gain)
    return (math.nan, limit) if direction == "lower" else (limit, math.nan)


def _reported(block: MeasureBlock, value: float) -> float:
    return math.exp(value) if block.scale == "ratio" else value


def _baseline_spread(a: Answer, fitted: Fitted) -> tuple[float, float] | None:
    """Pooled baseline SD and its df, for plain differences of a continuous outcome with a baseline."""
    if fitted.blocks[0].measure != "difference" or a.question.outcome.kind != "continuous":
        return None
    # One value per patient and arm: the sides or sites of a patient are not independent spreads.
    first = fitted.sample.rows.groupby(["patient", "arm"], as_index=False, observed=True)["baseline"].mean().dropna()
    sd, df = pooled_sd(first["baseline"].to_numpy(float), first["arm"].to_numpy()) if len(first) > 3 else (math.nan, 0)
    return (sd, df) if df and math.isfinite(sd) and sd > 0 else None


def _hedges(cohort: Cohort, block: MeasureBlock, k: int, spread: tuple[float, float] | None) -> list[Numbers]:
    """Hedges' g of one pair on the pooled baseline SD."""
    if spread is None:
        return []
    sd, df = spread
    found = hedges_g(
        float(block.estimate[k]), float(block.std_error[k]), float(block.df[k]), sd=sd, sd_df=df,
        level=cohort.plan.confidence_level,
    )  # fmt: skip
    return [("hedges_g", found.estimate, found.conf_low, found.conf_high, math.nan)]


def _needed(a: Answer, fitted: Fitted, plan: Plan) -> list[dict[str, Any]]:
    """Number needed to treat, only where the interval of the risk difference excludes none."""
    block = next((b for b in fitted.blocks if b.measure == "risk_difference"), None)
    if block is None:
        return []
    low, high = interval(block.estimate, block.std_error, block.df, plan.confidence_level)
    judged = {row["contrast"]: row for row in a.rows if "_low" in row} if fitted is a.fitted[0] else {}
    rows = []
    for k in np.flatnonzero(block.estimable):
        row = judged.get(" v ".join(block.pairs[k]), {})  # a family's interval, so that words and numbers agree
        limits = float(row.get("_low", low[k])), float(row.get("_high", high[k]))
        numbers = number_needed(float(block.estimate[k]), *limits)
        if math.isfinite(numbers[0]):
            rows.append(_row(a, fitted, int(k), "number_needed", *numbers, math.nan))
    return rows


def interactions(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """Do the levels of a subgroup differ in a contrast? Welch's test over the levels, whose patients are disjoint."""
    groups: dict[tuple[str, str, float], list[Answer]] = {}
    for a in answers:
        if "=" in a.question.population and not a.question.population.startswith("design="):
            column = a.question.population.split("=")[0]
            groups.setdefault((a.question.outcome.id, column, a.question.visit), []).append(a)
    return [row for (_, column, _), members in groups.items() for row in _heterogeneity(column, members)]


def _heterogeneity(column: str, members: list[Answer]) -> list[dict[str, Any]]:
    blocks = [a.fitted[0].blocks[0] for a in members if a.fitted and a.fitted[0].blocks]
    rows = []
    for k in range(len(blocks[0].pairs) if blocks else 0):
        usable = [b for b in blocks if b.estimable[k]]
        if len(usable) < 2:
            continue
        test = heterogeneity(
            np.array([b.estimate[k] for b in usable]),
            np.array([b.std_error[k] for b in usable]),
            np.array([b.df[k] for b in usable]),
        )
        row = _row(members[0], members[0].fitted[0], k, "interaction", test.statistic, math.nan, math.nan)
        rows.append({**row, "population": column, "p_value": test.p_value})
    return rows


def power(cohort: Cohort, answers: Iterable[Answer]) -> pd.DataFrame:
    """POWER_COLUMNS: what each primary estimator could have found, on the reported scale, and the patients needed."""
    rows = [row for a in answers for row in _power_rows(cohort.plan, a)]
    return pd.DataFrame(rows, columns=list(POWER_COLUMNS))


def _power_rows(plan: Plan, a: Answer) -> list[dict[str, Any]]:
    fitted = a.fitted[0]
    block = fitted.first
    if block is None:
        return []
    matters = meaningful(a.question, block.measure)
    rows = []
    for k in np.flatnonzero(block.estimable):
        arm, reference = block.pairs[k]
        found = detectable_difference(float(block.std_error[k]), float(block.df[k]), level=plan.confidence_level)
        rows.append({
            "outcome": a.question.outcome.id, "visit": a.question.visit, "population": a.question.population,
            "contrast": f"{arm} v {reference}", "measure": block.measure,
            "meaningful": math.nan if matters is None else matters,
            "detectable": math.exp(found) if block.scale == "ratio" else found,
            "patients_per_arm": _patients(plan, fitted, block, int(k), size(block.scale, matters)),
        })  # fmt: skip
    return rows


def _patients(plan: Plan, fitted: Fitted, block: MeasureBlock, k: int, wanted: float | None) -> float:
    if wanted is None:
        return math.nan
    n: Mapping[str, int] = fitted.fit.n
    arm, reference = block.pairs[k]
    error = float(block.std_error[k])
    if fitted.sample.paired:
        return pairs_needed(error, min(n[arm], n[reference]), wanted, level=plan.confidence_level)
    return patients_needed(error, n[arm], n[reference], wanted, level=plan.confidence_level)
