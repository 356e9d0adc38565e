"""A look at proportional odds: does the arms' log odds ratio stay the same over separate cuts of the grade?

One logistic model per cut, their arm coefficients compared by a Wald test on the joint patient-clustered covariance
(Brant 1990, with a sandwich), as an F for the few clusters it rests on. A look, not a gate: it only adds a note.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.methods.design import Design
from analytics.methods.mean_model import LOGIT, fit_mean

PATIENTS = 5  # on each side of a cut, in every arm: a cut with fewer has no odds ratio worth comparing
MOST = 4  # cuts compared: more have no power and no covariance
DOUBTFUL = 0.05


@dataclass(frozen=True, eq=False)
class Cuts:
    """``log_odds`` (c, arms - 1): log odds ratios of a grade above each of ``at`` (c,) against the first arm.

    ``p_value``: of no change over the cuts; NaN with fewer than two cuts.
    """

    at: np.ndarray
    log_odds: np.ndarray
    p_value: float


def compare_cuts(design: Design, grade: np.ndarray) -> Cuts:
    """``grade`` (N,): codes 0..K-1 of the rows of ``design``. Cuts whose model has no finite fit are passed over."""
    tried = [(cut, _one_cut(design, (grade > cut).astype(float))) for cut in _usable(design, grade)]
    fitted = [(cut, *found) for cut, found in tried if found is not None]
    at = np.array([cut for cut, _, _ in fitted], int)
    log_odds = np.array([odds for _, odds, _ in fitted]).reshape(len(fitted), len(design.arms) - 1)
    if len(fitted) < 2:
        return Cuts(at, log_odds, float("nan"))
    influence = np.column_stack([part for _, _, part in fitted])
    return Cuts(at, log_odds, _no_change(log_odds, influence, design.clusters))


def proportional_odds_note(design: Design, grade: np.ndarray) -> tuple[str, ...]:
    """What must be known about proportional odds; nothing where they look as assumed or there is but one cut."""
    if grade.max() < 2:
        return ()
    cuts = compare_cuts(design, grade)
    if not np.isfinite(cuts.p_value):
        return ("proportional odds could not be looked at: too few patients beside the cuts of the grade",)
    if cuts.p_value >= DOUBTFUL:
        return ()
    return ("proportional odds look doubtful: the odds ratio changes with the cut; rely on the win probability",)


def _usable(design: Design, grade: np.ndarray) -> list[int]:
    arm = design.rows["arm"].to_numpy()

    def enough(cut: int) -> bool:
        sides = [
            (design.clusters[(arm == name) & side]) for name in design.arms for side in (grade > cut, grade <= cut)
        ]
        return min(len(set(side.tolist())) for side in sides) >= PATIENTS

    cuts = [cut for cut in range(int(grade.max())) if enough(cut)]
    spread = np.unique(np.round(np.linspace(0, len(cuts) - 1, min(MOST, len(cuts)))).astype(int))
    return [cuts[i] for i in spread]


def _one_cut(design: Design, above: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Log odds ratios (arms - 1,) and every row's influence on them (N, arms - 1); None without a finite fit."""
    try:
        model = fit_mean(design.matrix, above, LOGIT)
        bread = np.linalg.inv((design.matrix * model.variance[:, None]).T @ design.matrix)
    except np.linalg.LinAlgError:
        return None
    if model.status != "estimated":
        return None
    influence = (design.matrix * (above - model.mean)[:, None]) @ bread
    own = slice(1, len(design.arms))
    return model.beta[own], influence[:, own]


def _no_change(log_odds: np.ndarray, influence: np.ndarray, clusters: np.ndarray) -> float:
    """p of the Wald F that ``log_odds`` (c, a) are the same at all cuts; ``influence`` (N, c a) in the same order."""
    cuts, arms = log_odds.shape
    sums = np.column_stack([np.bincount(clusters, column) for column in influence.T])
    groups, tested = len(sums), (cuts - 1) * arms
    if groups <= tested:
        return float("nan")
    step = np.kron(np.diff(np.eye(cuts), axis=0), np.eye(arms))
    moved = step @ log_odds.ravel()
    covariance = groups / (groups - 1) * (step @ (sums.T @ sums) @ step.T)
    wald = float(moved @ np.linalg.solve(covariance, moved))
    return float(stats.f.sf(wald * (groups - tested) / (tested * (groups - 1)), tested, groups - tested))
