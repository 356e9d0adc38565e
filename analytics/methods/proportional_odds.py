"""Proportional-odds model of an ordered grade (McCullagh 1980): Newton fit, errors by patient, standardised grades.

logit P(Y <= k | x) = theta_k - x'b, so a positive b means higher grades. The log-likelihood is concave (Pratt 1981):
from the marginal thresholds Newton's steps, shortened where they would fall, reach the one maximum if there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

STEPS = 100
SETTLED = 1e-9  # a step this small that no longer shrinks is rounding: nothing moves any more
RUNAWAY = 30.0  # a linear predictor beyond it is on its way to infinity

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class GradeModel:
    """``par`` (K - 1 + q,): thresholds, then slopes of ``design`` (N, q). ``grade`` (N,): codes 0..K-1, none empty.

    ``score`` (N, K - 1 + q): each row's derivative; ``information``: minus the second derivative.
    ``status``: estimated | not_estimable (runs away: separation) | did_not_converge.
    """

    par: Array
    design: Array
    grade: Array
    score: Array
    information: Array
    log_likelihood: float
    status: str

    @property
    def cuts(self) -> int:
        return len(self.par) - self.design.shape[1]

    @property
    def slopes(self) -> Array:
        return self.par[self.cuts :]


@dataclass(frozen=True, eq=False)
class Curvature:
    log_likelihood: float
    score: Array
    information: Array


def fit_grades(design: Array, grade: Array, *, start: Array | None = None) -> GradeModel:
    """Maximum likelihood of thresholds and slopes, Newton until nothing moves. Raises LinAlgError if singular."""
    below = np.cumsum(np.bincount(grade))[:-1] / len(grade)
    par = np.concatenate([logit(below), np.zeros(design.shape[1])]) if start is None else start
    here, last, status = curvature(par, design, grade), np.inf, "did_not_converge"
    for _ in range(STEPS):
        step = np.linalg.solve(here.information, here.score.sum(axis=0))
        size = float(np.max(np.abs(step)))
        par = par + _share(par, step, design, grade, here.log_likelihood) * step
        here = curvature(par, design, grade)
        if np.max(np.abs(design @ par[-design.shape[1] :]), initial=0.0) > RUNAWAY or not np.isfinite(par).all():
            status = "not_estimable"
            break
        if size < SETTLED and size >= last / 2:
            status = "estimated"
            break
        last = size
    return GradeModel(par, design, grade, here.score, here.information, here.log_likelihood, status)


def curvature(par: Array, design: Array, grade: Array) -> Curvature:
    """Log-likelihood, score of every row and information at ``par``."""
    upper, lower = _sides(par, design, grade)
    probability = _between(upper.at, lower.at)
    with np.errstate(divide="ignore", invalid="ignore"):
        up, low = upper.density / probability, lower.density / probability
        bend_up = upper.density * (1 - 2 * expit(upper.at)) / probability - up**2
        bend_low = -lower.density * (1 - 2 * expit(lower.at)) / probability - low**2
        log_likelihood = float(np.sum(np.log(probability)))
    score = up[:, None] * upper.rows - low[:, None] * lower.rows
    cross = (upper.rows * (up * low)[:, None]).T @ lower.rows
    second = (upper.rows * bend_up[:, None]).T @ upper.rows + (lower.rows * bend_low[:, None]).T @ lower.rows
    return Curvature(log_likelihood, score, -(second + cross + cross.T))


@dataclass(frozen=True, eq=False)
class _Side:
    """``at`` (N,): theta_k - x'b (infinite beyond the ends); ``density`` there; ``rows`` (N, m): d at / d par."""

    at: Array
    density: Array
    rows: Array


def _sides(par: Array, design: Array, grade: Array) -> tuple[_Side, _Side]:
    cuts = len(par) - design.shape[1]
    ends = np.concatenate([[-np.inf], par[:cuts], [np.inf]])
    shift = design @ par[cuts:]

    def side(of: Array) -> _Side:
        at = ends[of] - shift
        inner = ((of > 0) & (of <= cuts)).astype(float)
        threshold = (of[:, None] == np.arange(1, cuts + 1)[None, :]).astype(float)
        return _Side(at, expit(at) * expit(-at), np.column_stack([threshold, -design * inner[:, None]]))

    return side(grade + 1), side(grade)


def _between(upper: Array, lower: Array) -> Array:
    """expit(upper) - expit(lower), taken in the tail where it keeps its digits."""
    flip = lower > 0
    return np.where(flip, expit(-lower) - expit(-upper), expit(upper) - expit(lower))


def _share(par: Array, step: Array, design: Array, grade: Array, log_likelihood: float) -> float:
    """The largest of 1, 1/2, 1/4, ... of ``step`` that does not fall (not asked of steps that are rounding)."""
    share = 1.0
    if float(np.max(np.abs(step))) < 1e-5:
        return share
    for _ in range(40):
        upper, lower = _sides(par + share * step, design, grade)
        with np.errstate(divide="ignore", invalid="ignore"):
            reached = float(np.sum(np.log(_between(upper.at, lower.at))))
        if reached >= log_likelihood:
            break
        share /= 2
    return share


def clustered_covariance(model: GradeModel, clusters: Array) -> Array:
    """H^-1 [sum over patients of s s'] H^-1 x G/(G - 1) x (N - 1)/(N - m): statsmodels' cov_type "cluster".

    N rows, m parameters (thresholds too), G patients.
    """
    sums = _by_patient(model, clusters)
    groups, (rows, size) = len(sums), model.score.shape
    bread = np.linalg.inv(model.information)
    factor = groups / (groups - 1) * (rows - 1) / (rows - size) if groups > 1 and rows > size else np.nan
    return factor * (bread @ (sums.T @ sums) @ bread)


def _by_patient(model: GradeModel, clusters: Array) -> Array:
    """(G, m): the scores of every patient added up."""
    codes = np.unique(clusters, return_inverse=True)[1]
    return np.column_stack([np.bincount(codes, column) for column in model.score.T])


def spread_df(model: GradeModel, clusters: Array, arms: Array) -> Callable[[Array], Array]:
    """df of contrasts (k, m) by Satterthwaite, each arm's share of the variance known from its own patients.

    (sum of V_a)^2 / sum of V_a^2 / (n_a - 1), as Welch for means and Brunner and Munzel 2000 for win probabilities.
    Patients with several arms are a group of their own; ``arms`` (N,) of the rows.
    """
    codes = np.unique(clusters, return_inverse=True)[1]
    held = [",".join(sorted(set(arms[codes == patient]))) for patient in range(int(codes.max()) + 1)]
    group, size = np.unique(held, return_inverse=True, return_counts=True)[1:]
    influence = _by_patient(model, clusters) @ np.linalg.inv(model.information)

    def df(contrasts: Array) -> Array:
        squares = (influence @ np.atleast_2d(contrasts).T) ** 2
        share = np.column_stack([np.bincount(group, column) for column in squares.T])
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Array = share.sum(axis=0) ** 2 / (share**2 / np.maximum(size - 1, 1)[:, None]).sum(axis=0)
        return found

    return df


def standard_grades(model: GradeModel, design: Array) -> tuple[Array, Array]:
    """Mean probability of each grade (K,) over the rows of ``design`` (N, q), and its gradient (K, K - 1 + q)."""
    cuts = model.cuts
    at = model.par[:cuts][None, :] - (design @ model.slopes)[:, None]
    density = expit(at) * expit(-at)
    below = np.concatenate([[0.0], expit(at).mean(axis=0), [1.0]])
    slope = np.zeros((cuts + 2, len(model.par)))
    slope[1:-1, :cuts] = np.diag(density.mean(axis=0))
    slope[1:-1, cuts:] = -density.T @ design / len(design)
    return np.diff(below), np.diff(slope, axis=0)


def win(arm: tuple[Array, Array], other: tuple[Array, Array], *, higher_wins: bool) -> tuple[float, Array]:
    """P(``arm`` better) + P(tie) / 2 for two independent patients, and its gradient; from ``standard_grades``."""
    (here, here_slope), (there, there_slope) = arm, other
    levels = np.arange(len(here))
    ahead = levels[:, None] > levels[None, :] if higher_wins else levels[:, None] < levels[None, :]
    score = ahead + 0.5 * np.eye(len(here))
    return float(here @ score @ there), (score @ there) @ here_slope + (score.T @ here) @ there_slope
