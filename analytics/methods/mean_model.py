"""Marginal mean models (log or logit link) by Newton's method, and the dispersion of counts by moments.

McCullagh and Nelder 1989, chapters 2, 6 and 9; dispersion: Breslow 1984 (Pearson's statistic equal to N - p, as
MASS::theta.mm). Rows count as independent here: the errors by patient are analytics.inference.sandwich's. The
quasi-likelihoods are concave in the coefficients, so shortened Newton steps reach the one maximum if there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, xlogy

from analytics.inference.contrasts import Errors
from analytics.inference.sandwich import generalised

STEPS = 200
SETTLED = 1e-9  # a step this small that no longer shrinks is rounding: nothing moves any more
LONGEST = 2.0  # of one coefficient in one step: larger ones overshoot on the log scale
RUNAWAY = 30.0  # a linear predictor beyond it (mean 1e-13) is on its way to infinity
SMALLEST = 1e-9  # a standard error at or below it: nothing varied

Array = np.ndarray


@dataclass(frozen=True)
class Link:
    """``inverse`` and ``slope`` = d mu / d eta of eta; ``variance`` of (mu, alpha); ``start``: eta of a first guess.

    Of (response, mu, alpha): ``quasi``, the quasi-likelihood up to a constant, what every step must raise; ``bend``,
    minus its second derivative in eta, row by row (observed information).
    """

    inverse: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    variance: Callable[[Array, float], Array]
    start: Callable[[Array], Array]
    quasi: Callable[[Array, Array, float], float]
    bend: Callable[[Array, Array, float], Array]


def _quasi_counts(response: Array, mean: Array, alpha: float) -> float:
    if alpha == 0.0:
        return float(np.sum(xlogy(response, mean) - mean))
    grown = np.log1p(alpha * mean)
    return float(np.sum(xlogy(response, mean) - response * grown - grown / alpha))


def _quasi_shares(response: Array, mean: Array, alpha: float) -> float:
    return float(np.sum(xlogy(response, mean) + xlogy(1 - response, 1 - mean)))


LOG = Link(
    inverse=np.exp,
    slope=np.exp,
    variance=lambda mean, alpha: mean + alpha * mean**2,
    start=lambda response: np.log(response + 0.5),
    quasi=_quasi_counts,
    bend=lambda response, mean, alpha: mean * (1 + alpha * response) / (1 + alpha * mean) ** 2,
)
LOGIT = Link(
    inverse=expit,
    slope=lambda eta: expit(eta) * expit(-eta),
    variance=lambda mean, alpha: mean * (1 - mean),
    start=lambda response: logit((response + 0.5) / 2),
    quasi=_quasi_shares,
    bend=lambda response, mean, alpha: mean * (1 - mean),
)


@dataclass(frozen=True, eq=False)
class MeanModel:
    """g(mean) = design @ beta + offset. ``design`` (N, p), ``beta`` (p,), the others (N,); ``alpha``: dispersion.

    ``status``: estimated | not_estimable (the fit runs away: separation) | did_not_converge.
    """

    link: Link
    design: Array
    response: Array
    offset: Array
    beta: Array
    mean: Array
    alpha: float
    status: str

    @property
    def slope(self) -> Array:
        return self.link.slope(self.design @ self.beta + self.offset)

    @property
    def variance(self) -> Array:
        return self.link.variance(self.mean, self.alpha)

    def errors(self, clusters: Array) -> Errors:
        """Mancl-DeRouen covariance by cluster with Bell-McCaffrey df of any contrast."""
        made = generalised(
            self.design, self.response - self.mean, clusters, derivative=self.slope, variance=self.variance
        )
        return Errors.of(made, smallest=SMALLEST)


def fit_mean(
    design: Array,
    response: Array,
    link: Link,
    *,
    offset: Array | None = None,
    alpha: float = 0.0,
    start: Array | None = None,
) -> MeanModel:
    """Quasi-likelihood estimates by Newton's steps from ``start`` until nothing moves; LinAlgError if singular."""
    shift = np.zeros(len(response)) if offset is None else offset
    first = np.linalg.lstsq(design, link.start(response) - shift, rcond=None)[0]
    beta = first if start is None else start
    last, status = np.inf, "did_not_converge"
    for _ in range(STEPS):
        step = _newton_step(design, response, link, beta=beta, offset=shift, alpha=alpha)
        size = float(np.max(np.abs(step)))
        beta = _climb(design, response, link, beta=beta, step=step, offset=shift, alpha=alpha)
        if np.max(np.abs(design @ beta)) > RUNAWAY:
            status = "not_estimable"
            break
        if size < SETTLED and size >= last / 2:
            status = "estimated"
            break
        last = size
    return MeanModel(link, design, response, shift, beta, link.inverse(design @ beta + shift), alpha, status)


def _newton_step(design: Array, response: Array, link: Link, *, beta: Array, offset: Array, alpha: float) -> Array:
    eta = design @ beta + offset
    mean = link.inverse(eta)
    score = design.T @ ((response - mean) * link.slope(eta) / link.variance(mean, alpha))
    information = (design * link.bend(response, mean, alpha)[:, None]).T @ design
    return np.linalg.solve(information, score)


def _climb(
    design: Array, response: Array, link: Link, *, beta: Array, step: Array, offset: Array, alpha: float
) -> Array:
    """``beta`` after the step, shortened until the quasi-likelihood rises (not asked of steps that are rounding)."""
    size = float(np.max(np.abs(step)))
    share = min(1.0, LONGEST / size) if size > 0 else 1.0
    if size < 1e-5:
        return beta + step

    def reached(at: Array) -> float:
        return link.quasi(response, link.inverse(design @ at + offset), alpha)

    here = reached(beta)
    for _ in range(30):
        if reached(beta + share * step) >= here:
            break
        share /= 2
    return beta + share * step


def fit_counts(design: Array, response: Array, *, offset: Array | None = None) -> MeanModel:
    """NB2 counts, variance mu + alpha mu^2: alpha by moments and beta in turn until neither moves.

    alpha = 0 (Poisson variance) where the counts spread no wider than Poisson's, or no row is left to tell.
    """
    model = fit_mean(design, response, LOG, offset=offset)
    spare = len(response) - design.shape[1]
    alpha, last = 0.0, np.inf
    for _ in range(STEPS):
        if model.status != "estimated":
            return model
        new = moment_dispersion(response, model.mean, spare)
        moved = abs(new - alpha)
        if new == 0.0 or (moved <= SETTLED * new and moved >= last / 2):
            return fit_mean(design, response, LOG, offset=offset, alpha=new, start=model.beta)
        alpha, last = (new if moved < last else (alpha + new) / 2), moved
        model = fit_mean(design, response, LOG, offset=offset, alpha=alpha, start=model.beta)
    return MeanModel(LOG, design, response, model.offset, model.beta, model.mean, alpha, "did_not_converge")


def moment_dispersion(response: Array, mean: Array, spare: int) -> float:
    """The alpha with sum (y - mu)^2 / (mu + alpha mu^2) = ``spare`` (= N - p); 0 where no positive one does it.

    The left side falls and is convex in alpha, so Newton's steps from 0 rise to the root and never pass it.
    """
    squared = (response - mean) ** 2
    alpha, last = 0.0, np.inf
    if spare <= 0 or float(np.sum(squared / mean)) <= spare:
        return 0.0
    for _ in range(STEPS):
        variance = mean + alpha * mean**2
        excess = float(np.sum(squared / variance)) - spare
        step = excess / float(np.sum(squared * (mean / variance) ** 2))
        alpha += step
        if abs(step) <= SETTLED * alpha and abs(step) >= last / 2:
            break
        last = abs(step)
    return alpha
