"""Which questions a cohort is asked: every outcome x population x visit with its primary and sensitivity estimators."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from analytics.analysis.absorption import descriptive_reason
from analytics.domain.cohort import Cohort, Estimand
from analytics.domain.plan import EVENTS, OutcomePlan
from analytics.intake.select import has_baseline, median_reading, repeats
from analytics.methods import method_for
from schemas.vocabulary import Outcome

# An outcome with at most this many grades is also read as ordinal (texture grade: 19 half points), as a sensitivity.
MAX_GRADES = 20
# A numeric subgroup column with more values than this is split in two at its median, or every age would be a group.
MANY_VALUES = 6
# Methods with a response that is a change from baseline: the other baseline model beside the covariate.
WITH_CHANGE = ("mmrm", "ancova", "negative_binomial", "fractional_logit", "cumulative_logit")


@dataclass(frozen=True)
class Question:
    """One outcome in one population at one visit. ``estimators``: (method, adjustment), the primary one first.

    ``checks``: estimators without rows of their own, fitted to see whether the verdict depends on the baseline model.
    """

    outcome: Outcome
    item: OutcomePlan
    visit: float
    population: str
    analysis: str  # primary | secondary | exploratory
    estimators: tuple[tuple[str, str], ...]
    note: str = ""
    checks: tuple[tuple[str, str], ...] = ()

    def estimand(self, cohort: Cohort, method: str, adjustment: str) -> Estimand:
        """The estimand of one estimator of this question."""
        strategies = tuple((event, getattr(cohort.plan.intercurrent, event)) for event in EVENTS)
        return Estimand(
            outcome=self.outcome.id,
            visit=self.visit,
            population=self.population,
            arms=cohort.plan.arms,
            method=method,
            adjustment=adjustment,
            strategies=strategies,
            randomised=cohort.plan.randomised,
            confidence_level=cohort.plan.confidence_level,
        )


def questions(cohort: Cohort) -> Iterator[Question]:
    """Every question of the plan, in the order of the report: primary outcomes, secondary ones, subgroups last."""
    for item in cohort.plan.outcomes:
        outcome = cohort.outcome(item.outcome)
        if not outcome.averaged:
            continue
        for population in cohort.populations:
            for visit in cohort.plan.visits.weeks:
                yield question(cohort, item, population=population, visit=visit)
    yield from subgroup_questions(cohort)


def question(
    cohort: Cohort, item: OutcomePlan, *, population: str, visit: float, analysis: str | None = None
) -> Question:
    """One question with its estimators; a confirmatory one only at the primary visit of a primary outcome."""
    outcome = cohort.outcome(item.outcome)
    note = descriptive_reason(cohort, outcome, population=population, visit=visit)
    at_primary = visit == cohort.plan.visits.last
    confirmatory = item in cohort.plan.primary and at_primary and not note
    return Question(
        outcome=outcome,
        item=item,
        visit=visit,
        population=population,
        analysis=analysis or ("primary" if confirmatory else "secondary"),
        estimators=_estimators(cohort, item, outcome, population=population, at_primary=at_primary),
        note=note,
    )


def is_paired(cohort: Cohort, population: str) -> bool:
    """Whether the population holds patients with different treatments on their sides, and only those."""
    if population == "design=split_face":
        return True
    designs = set(cohort.members["design"])
    return population != "design=parallel" and designs == {"split_face"}


def usual_method(cohort: Cohort, item: OutcomePlan, outcome: Outcome, population: str) -> str:
    """The method that a plan item takes in a population."""
    paired = is_paired(cohort, population)
    repeated = outcome.averaged and not paired and repeats(cohort, outcome, population)
    median = median_reading(cohort, outcome, population) if repeated and outcome.kind == "count" else None
    return method_for(outcome, item, paired=paired, repeated=repeated, median=median)


def _estimators(
    cohort: Cohort, item: OutcomePlan, outcome: Outcome, *, population: str, at_primary: bool
) -> tuple[tuple[str, str], ...]:
    method = usual_method(cohort, item, outcome, population)
    adjusted: tuple[str, ...] = ("none",) if method == "paired_difference" else ("covariates", "none")
    if cohort.plan.primary_estimator == "unadjusted":
        adjusted = tuple(reversed(adjusted))
    found = [(method, adjustment) for adjustment in adjusted]
    found += baseline_models(cohort, outcome, method)
    if at_primary:
        found += _other_readings(outcome, method)
    return tuple(dict.fromkeys(found))


def baseline_models(cohort: Cohort, outcome: Outcome, method: str) -> list[tuple[str, str]]:
    """Baseline as covariate and change score, where the method has both: they must agree in direction."""
    if method not in WITH_CHANGE or not has_baseline(cohort, outcome):
        return []
    return [(method, "covariates"), (method, "change_score")]


def _other_readings(outcome: Outcome, method: str) -> list[tuple[str, str]]:
    """The same outcome read in another way at the primary visit: as grades, as responders."""
    found = []
    if method == "mmrm" and outcome.kind == "count":
        found.append(("negative_binomial", "covariates"))
    if method in ("mmrm", "ancova") and outcome.step and outcome.low is not None and outcome.high is not None:
        grades = (outcome.high - outcome.low) / outcome.step + 1
        if grades <= MAX_GRADES and outcome.kind == "continuous":
            found.append(("cumulative_logit", "covariates"))
    if outcome.responder is not None and method != "standardised_risk":
        found.append(("standardised_risk", "covariates"))
    return found


def only(cohort: Cohort, asked: Question, method: str, adjustment: str) -> Question:
    """The question with one estimator; the baseline models are compared all the same."""
    checks = [pair for pair in baseline_models(cohort, asked.outcome, method) if pair != (method, adjustment)]
    return replace(asked, estimators=((method, adjustment),), checks=tuple(checks))


def subgroup_questions(cohort: Cohort) -> Iterator[Question]:
    """Primary outcomes at the primary visit within each level of the plan's subgroups: exploratory."""
    for column in cohort.plan.subgroups:
        for level in levels(cohort, column):
            for item in cohort.plan.primary:
                whole = question(
                    cohort,
                    item,
                    population=f"{column}={level}",
                    visit=cohort.plan.visits.last,
                    analysis="exploratory",
                )
                yield only(cohort, whole, *whole.estimators[0])


def levels(cohort: Cohort, column: str) -> list[str]:
    """The levels of a subgroup column as populations write them; a number with many values is split at its median."""
    values = cohort.members[column].dropna()
    if halved(cohort, column):
        return _halves(values)
    return sorted({f"{v:.15g}" if isinstance(v, float) else str(v) for v in values} - {""})  # "" is not recorded


def halved(cohort: Cohort, column: str) -> bool:
    """Whether a column holds so many numbers that its two halves are the levels."""
    values = cohort.members[column].dropna()
    return pd.api.types.is_float_dtype(values) and values.nunique() > MANY_VALUES


def _halves(values: pd.Series) -> list[str]:
    """Two ranges that hold every value: whole numbers without a gap, others from the values that occur."""
    middle = values.median()
    if (values == values.round()).all():
        low, cut, high = math.floor(values.min()), math.floor(middle), math.ceil(values.max())
        return [f"{low}-{cut}", f"{cut + 1}-{high}"] if cut + 1 <= high else [f"{low}-{high}"]
    parts = [part for part in (values[values <= middle], values[values > middle]) if len(part)]
    return [f"{part.min():.15g}-{part.max():.15g}" for part in parts]
