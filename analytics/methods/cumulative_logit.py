"""Cumulative logit of an ordered grade at one visit: common odds ratio of a HIGHER value, and the win probability.

McCullagh 1980; patient-clustered errors and the normal distribution. The win probability, P(arm better) + P(tie) / 2,
comes from the standardised grade distributions (delta method), never from the odds ratio; its interval has t with
Satterthwaite's df over the arms (docs/decisions/0013).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import ArmMean, Fit, MeasureBlock, Pair
from analytics.inference.contrasts import Errors, Margins, Reasons, block, block_of
from analytics.methods.design import Design, build
from analytics.methods.mean_model import SMALLEST
from analytics.methods.parallel_cuts import proportional_odds_note
from analytics.methods.proportional_odds import (
    GradeModel,
    clustered_covariance,
    fit_grades,
    spread_df,
    standard_grades,
    win,
)
from analytics.methods.responses import Edges, Prepared, failed, prepare
from analytics.methods.standardise import Quantities, bounded_means, guarded, runaway, separation_note
from schemas.vocabulary import Outcome

MEASURES = (("odds_ratio", "ratio"), ("win_probability", "probability"))
PATIENTS = 10  # per arm: with fewer the cluster-robust z is not to be trusted (statistics.md 3 and 9)
EVEN = 0.5


@dataclass(frozen=True, eq=False)
class Grades:
    """The fitted model with what its measures need. ``grades`` (K,): values of the levels that occur.

    ``standard``: arm -> (probabilities (K,), gradient); ``errors``: of thresholds and slopes.
    """

    arms: tuple[str, ...]
    n: dict[str, int]
    model: GradeModel
    design: Design
    grades: np.ndarray
    errors: Errors
    standard: dict[str, tuple[np.ndarray, np.ndarray]]
    higher_wins: bool
    scale: str
    paired: bool
    reasons: Reasons
    notes: tuple[str, ...]
    status: str = "estimated"

    def blocks(self, pairs: Sequence[Pair]) -> tuple[MeasureBlock, ...]:
        estimate, gradient = self._wins(pairs)
        return (
            block("odds_ratio", "ratio", pairs, margins=self._log_odds(), errors=self.errors, reasons=self.reasons),
            block_of(
                "win_probability",
                "probability",
                pairs,
                estimate=estimate,
                gradient=gradient,
                errors=replace(self.errors, df=self._win_df),
                reasons=self.reasons,
            ),
        )

    def arm_means(self, confidence_level: float = 0.95) -> tuple[ArmMean, ...] | None:
        """Standardised mean grade of every arm: the grades' values weighted by their standardised probabilities."""
        if self.paired:
            return None
        value = np.array([self.grades @ self.standard[arm][0] for arm in self.design.arms])
        gradient = np.array([self.grades @ self.standard[arm][1] for arm in self.design.arms])
        means = Margins(self.design.arms, value, gradient)
        told = Quantities((), means, self.scale, low=float(self.grades[0]), high=float(self.grades[-1]))
        return bounded_means(told, self.n, errors=self.errors, level=confidence_level)

    def _log_odds(self) -> Margins:
        """Arm coefficients (0 for the first arm): their differences are log odds ratios of a higher value."""
        arms = self.design.arms
        rows = np.zeros((len(arms), len(self.model.par)))
        rows[np.arange(1, len(arms)), self.model.cuts + np.arange(len(arms) - 1)] = 1.0
        return Margins.linear(arms, rows, self.model.par)

    def _win_df(self, contrasts: np.ndarray) -> np.ndarray:
        arms = self.design.rows["arm"].to_numpy(str)
        return spread_df(self.model, self.design.clusters, arms)(contrasts)

    def _wins(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
        estimate = np.full(len(pairs), np.nan)
        gradient = np.full((len(pairs), len(self.model.par)), np.nan)
        for k, (arm, reference) in enumerate(pairs):
            if arm in self.standard and reference in self.standard:
                estimate[k], gradient[k] = win(
                    self.standard[arm], self.standard[reference], higher_wins=self.higher_wins
                )
        return estimate, gradient


def fit(sample: Sample, estimand: Estimand) -> Fit:
    """Odds ratio of a higher value (first) and win probability of every pair of arms.

    ``covariates``: baseline grade as a number; ``change_score``: the change in grade is the response. The winner is the
    lower value where the outcome says that lower is better, else the higher. Fewer than PATIENTS patients in an arm, a
    coefficient beyond 10 or a non-finite error: not estimable.
    """
    by_change = estimand.adjustment == "change_score"
    prepared = prepare(sample, response=_change if by_change else None, edges=_observed)
    return guarded(lambda: _fit(prepared, by_change=by_change), fallback=lambda why: failed(prepared, MEASURES, why))


def _change(rows: pd.DataFrame) -> np.ndarray:
    return rows["change"].to_numpy(float)


def _observed(values: np.ndarray) -> Edges:
    """Edges at the lowest and highest grade that occur: beyond them a model of grades knows nothing."""
    if len(values) == 0:
        return Edges()
    return Edges(float(values.min()), float(values.max()), "only the lowest grade", "only the highest grade")


def _fit(prepared: Prepared, *, by_change: bool) -> Fit:
    sample = prepared.sample
    design = build(sample, minimum=PATIENTS)
    if len(design.arms) < 2:
        return failed(prepared, MEASURES, "; ".join(design.reasons.values()))
    grades, grade = np.unique(design.rows["value"].to_numpy(float), return_inverse=True)
    model = fit_grades(design.without_intercept, grade)
    if model.status == "did_not_converge":
        return failed(prepared, MEASURES, "the estimates did not settle", status=model.status)
    slopes = np.concatenate([[0.0], model.slopes])
    if model.status != "estimated" or runaway(design, slopes):
        return failed(prepared, MEASURES, separation_note(design, slopes))
    covariance = clustered_covariance(model, design.clusters)
    if not np.isfinite(covariance).all():
        return failed(prepared, MEASURES, "not estimable: the errors are not finite")
    return Grades(
        arms=tuple(prepared.n),
        n={**prepared.n, **design.n},
        model=model,
        design=design,
        grades=grades,
        errors=Errors(covariance, smallest=SMALLEST),
        standard={arm: standard_grades(model, design.rows_for(arm)[:, 1:]) for arm in design.arms},
        higher_wins=sample.outcome.direction != "lower",
        scale="mean change in grade" if by_change else "mean grade",
        paired=sample.paired,
        reasons={**prepared.reasons, **design.reasons},
        notes=(
            *prepared.notes,
            *design.notes,
            *(() if by_change else _empty(sample.outcome, grades)),
            *proportional_odds_note(design, grade),
        ),
    )


def _empty(outcome: Outcome, grades: np.ndarray) -> tuple[str, ...]:
    """Names the grades of the scale that nobody has: each is one with its neighbour in this model."""
    if outcome.low is None or outcome.high is None or not outcome.step:
        return ()
    scale = outcome.low + outcome.step * np.arange(round((outcome.high - outcome.low) / outcome.step) + 1)
    empty = [level for level in scale.tolist() if not np.isclose(grades, level).any()]
    if not empty:
        return ()
    names = ", ".join(outcome.levels.get(level, f"{level:g}") for level in empty)
    return (f"grades that nobody has are merged with their neighbours: {names}",)
