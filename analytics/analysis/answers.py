"""From one question to its finding rows: every estimator fitted, family, verdict, disagreements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics.analysis.questions import Question
from analytics.domain.cohort import Cohort, Sample
from analytics.domain.fit import Fit, MeasureBlock, sized_as
from analytics.domain.plan import Plan
from analytics.inference.intervals import interval, p_value
from analytics.inference.meaning import verdict
from analytics.inference.multiplicity import Family, adjust
from analytics.intake.select import sample
from analytics.methods import method

DEPENDS = "depends on the baseline model"
BASELINE_MODELS = ("covariates", "change_score")
FRAGILE = "fragile: another adjusted estimate has the opposite sign or its interval leaves this one out"


@dataclass(frozen=True, eq=False)
class Fitted:
    """One estimator of a question with what it was fitted on."""

    method: str
    adjustment: str
    fit: Fit
    sample: Sample
    blocks: tuple[MeasureBlock, ...]

    @property
    def first(self) -> MeasureBlock | None:
        return self.blocks[0] if self.blocks else None


@dataclass(frozen=True, eq=False)
class Answer:
    """All rows of one question. ``fitted`` keeps the fits for effect sizes and figures."""

    question: Question
    rows: list[dict[str, Any]] = field(default_factory=list)
    means: list[dict[str, Any]] = field(default_factory=list)
    fitted: tuple[Fitted, ...] = ()


def answer(cohort: Cohort, question: Question) -> Answer:
    """Fit every estimator of ``question`` and tell what came out, failures included."""
    fitted = tuple(_fitted(cohort, question, *estimator) for estimator in question.estimators)
    checks = tuple(_fitted(cohort, question, *estimator) for estimator in question.checks)
    rows = _main_rows(cohort.plan, question, (*fitted, *checks))
    for one in fitted[1:]:
        rows += _beside_rows(cohort.plan, question, one)
    means = [row for one in fitted for row in _mean_rows(cohort.plan, question, one)]
    return Answer(question, rows, means, fitted)


def _fitted(cohort: Cohort, question: Question, method_id: str, adjustment: str) -> Fitted:
    estimand = question.estimand(cohort, method_id, adjustment)
    drawn = sample(cohort, estimand)
    fit = method(method_id)(drawn, estimand)
    return Fitted(method_id, adjustment, fit, drawn, fit.blocks(cohort.plan.pairs()))


def meaningful(question: Question, measure: str) -> float | None:
    """The difference between arms that matters on this measure: the plan's, else the vocabulary's; None = not known."""
    planned = question.item.meaningful_difference
    if planned is not None:
        return planned.get(sized_as(measure, planned))
    known = question.outcome.meaningful_difference
    threshold = known.get(sized_as(measure, known))
    return threshold.value if threshold else None


def _family(plan: Plan, question: Question, block: MeasureBlock) -> Family | None:
    if question.analysis != "primary" or plan.multiplicity == "none" or not block.estimable.any():
        return None
    across = len(plan.primary) if plan.across == "bonferroni" else 1
    return adjust(block, plan.multiplicity, plan.confidence_level, reference=plan.reference, across=across)


def _main_rows(plan: Plan, question: Question, fitted: Sequence[Fitted]) -> list[dict[str, Any]]:
    main = fitted[0]
    rows = []
    for number, block in enumerate(main.blocks):
        plain = _plain_rows(plan, question, main, block)
        if number == 0:
            family = _family(plan, question, block)
            for k, row in enumerate(plain):
                _judge(row, question, block, k, family)
            _compare_baseline_models(plan, question, plain, fitted)
            _mark_fragile(plan, plain, fitted)
        for row in plain:
            row["analysis"] = question.analysis
        rows += plain
    return rows


def _judge(row: dict[str, Any], question: Question, block: MeasureBlock, k: int, family: Family | None) -> None:
    low, high = row["conf_low"], row["conf_high"]
    row["p_value"] = (
        float(p_value(block.estimate[k], block.std_error[k], block.df[k])) if block.estimable[k] else math.nan
    )
    if family is not None and block.estimable[k]:
        row["p_value_adjusted"] = float(family.p_adjusted[k])
        row["conf_low_adjusted"], row["conf_high_adjusted"] = _natural(block, np.array([family.low[k], family.high[k]]))
        low, high = _natural(block, np.array([family.verdict_low[k], family.verdict_high[k]]))
        _note(row, family.note)
    row["verdict"] = verdict(
        row["status"], low, high, scale=block.scale, direction=question.outcome.direction,
        meaningful=meaningful(question, block.measure),
    )  # fmt: skip
    row["_low"], row["_high"] = low, high


def _beside_rows(plan: Plan, question: Question, one: Fitted) -> list[dict[str, Any]]:
    rows = [row for block in one.blocks for row in _plain_rows(plan, question, one, block)]
    for row in rows:
        row["analysis"] = "sensitivity"
    return rows


def _plain_rows(plan: Plan, question: Question, one: Fitted, block: MeasureBlock) -> list[dict[str, Any]]:
    low, high = interval(block.estimate, block.std_error, block.df, plan.confidence_level)
    rows = []
    for k, (arm, reference) in enumerate(block.pairs):
        estimable = bool(block.estimable[k])
        estimate, lower, upper = _natural(block, np.array([block.estimate[k], low[k], high[k]]))
        status = "estimated" if estimable else (one.fit.status if one.fit.status != "estimated" else "not_estimable")
        row = {
            "outcome": question.outcome.id, "visit": question.visit, "population": question.population,
            "contrast": f"{arm} v {reference}", "arm": arm, "reference": reference, "method": one.method,
            "adjustment": one.adjustment, "measure": block.measure, "n_arm": one.fit.n.get(arm, 0),
            "n_reference": one.fit.n.get(reference, 0), "estimate": estimate if estimable else math.nan,
            "std_error": float(block.std_error[k]) if estimable else math.nan,
            "df": float(block.df[k]) if estimable and np.isfinite(block.df[k]) else math.nan,
            "conf_low": lower if estimable else math.nan, "conf_high": upper if estimable else math.nan,
            "p_value": math.nan, "p_value_adjusted": math.nan, "conf_low_adjusted": math.nan,
            "conf_high_adjusted": math.nan, "verdict": "", "status": status, "notes": "",
        }  # fmt: skip
        for text in (question.note, *one.sample.notes, *one.fit.notes, block.notes[k] if block.notes else ""):
            _note(row, text)
        rows.append(row)
    return rows


def _natural(block: MeasureBlock, values: np.ndarray) -> list[float]:
    with np.errstate(over="ignore"):
        return [float(v) for v in (np.exp(values) if block.scale == "ratio" else values)]


def _note(row: dict[str, Any], text: str) -> None:
    if text and text not in row["notes"].split("; "):
        row["notes"] = f"{row['notes']}; {text}" if row["notes"] else text


def _direction(low: float, high: float, null: float) -> int:
    return 1 if low > null else -1 if high < null else 0


def _compare_baseline_models(
    plan: Plan, question: Question, rows: list[dict[str, Any]], fitted: Sequence[Fitted]
) -> None:
    """Verdict ``not_shown`` where covariate adjustment and change score disagree in direction (statistics.md 3)."""
    method_id = fitted[0].method
    models = [f for f in fitted if f.method == method_id and f.adjustment in BASELINE_MODELS and f.first is not None]
    if len(models) < len(BASELINE_MODELS):
        return
    directions = [_directions(plan, question, one, rows if one is fitted[0] else None) for one in models]
    for row, found in zip(rows, zip(*directions)):
        if row["status"] == "estimated" and None not in found and len(set(found)) > 1:
            row["verdict"] = "not_shown"
            _note(row, DEPENDS)


def _directions(plan: Plan, question: Question, one: Fitted, judged: list[dict[str, Any]] | None) -> list[int | None]:
    """Up, down or neither by pair, from the limits a verdict rests on (``judged``: rows that have them); None: none."""
    block = one.blocks[0]
    null = _null(block)
    if judged is not None:
        limits = [[row["_low"], row["_high"]] for row in judged]
    else:
        family = _family(plan, question, block)
        low, high = interval(block.estimate, block.std_error, block.df, plan.confidence_level)
        low, high = (family.verdict_low, family.verdict_high) if family is not None else (low, high)
        limits = [_natural(block, np.array(pair)) for pair in zip(low, high)]
    return [_direction(pair[0], pair[1], null) if here else None for pair, here in zip(limits, block.estimable)]


def _mark_fragile(plan: Plan, rows: list[dict[str, Any]], fitted: Sequence[Fitted]) -> None:
    """Note where an adjusted estimate beside has the opposite sign or excludes the primary one (statistics.md 5)."""
    for other in fitted[1:]:
        block = other.first
        if other.method != fitted[0].method or other.adjustment == "none" or block is None:
            continue
        low, high = interval(block.estimate, block.std_error, block.df, plan.confidence_level)
        null = _null(block)
        for k, row in enumerate(rows):
            if row["status"] != "estimated" or not block.estimable[k]:
                continue
            centre, lower, upper = _natural(block, np.array([block.estimate[k], low[k], high[k]]))
            if (centre - null) * (row["estimate"] - null) < 0 or not lower <= row["estimate"] <= upper:
                _note(row, FRAGILE)


def _null(block: MeasureBlock) -> float:
    """No difference, on the reported scale."""
    return {"ratio": 1.0, "probability": 0.5}.get(block.scale, 0.0)


def _mean_rows(plan: Plan, question: Question, one: Fitted) -> list[dict[str, Any]]:
    means = one.fit.arm_means(plan.confidence_level) or ()
    return [
        {
            "outcome": question.outcome.id, "visit": question.visit, "population": question.population, "arm": mean.arm,
            "method": one.method, "adjustment": one.adjustment, "n": mean.n, "estimate": mean.estimate,
            "std_error": mean.std_error, "df": mean.df if np.isfinite(mean.df) else math.nan,
            "conf_low": mean.conf_low, "conf_high": mean.conf_high, "scale": mean.scale,
        }
        for mean in means
    ]  # fmt: skip
