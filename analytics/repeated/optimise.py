"""The minimum of a Criterion: damped Newton steps from robust starts until nothing moves, then other optimisers.

A step uses the observed information where it is positive definite, else its expectation; every try ends in Newton
steps, and only a point with a vanishing Newton decrement and positive definite information counts as converged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.repeated.criterion import Criterion, Point

MOST_STEPS = 60
SEARCH = 150  # iterations of another optimiser: where it has not come near by then, it does not
SMALL_STEP = 1e-3  # squared Newton decrement below which full steps are taken
DONE = 1e-9  # squared Newton decrement: a thousandth of a per cent of a standard error of theta
SINGULAR = 1e-5  # smallest eigenvalue of a visit correlation matrix at a proper optimum: correlations up to 0.99999
NO_VARIANCE = 1e-7  # smallest standard deviation of a visit, of the largest
FLAT = 1e-9  # smallest eigenvalue of the scaled information at a proper optimum
NO_CURVATURE = 1e-6  # a log of a standard deviation or a correlation has at least this much where data speak of it
UNDETERMINED = "the data do not determine every variance and correlation"
EDGE = "the covariance of the visits becomes singular"
FLOOR = 0.05  # of start correlation matrices' eigenvalues


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where it ended: ``point``, ``hessian``, ``slopes`` P_a, ``steps``, what was ``tried``, ``why`` it is not good."""

    point: Point
    hessian: np.ndarray
    slopes: np.ndarray
    steps: int
    tried: tuple[str, ...]
    why: str = ""

    @property
    def converged(self) -> bool:
        return not self.why


def minimise(criterion: Criterion) -> Optimum:
    """The Optimum of ``criterion``; not ``converged`` only after all starts and optimisers."""
    tried: list[str] = []
    last: Optimum | None = None
    ends: list[str] = []
    for name, first in _tries(criterion):
        if ends == [EDGE, EDGE]:
            break  # from both starts the likelihood rises towards a singular covariance: there is nothing else to find
        tried.append(name)
        found = _newton(criterion, first, tuple(tried))
        if found is not None and found.converged:
            return found
        last = found or last
        ends.append(found.why if found else "")
    if last is None:
        point = criterion.nowhere(next(iter(starts(criterion)))[1])
        empty = np.zeros((criterion.size,) * 2)
        return Optimum(point, empty, np.zeros((criterion.size, 0, 0)), 0, tuple(tried), "no start has a likelihood")
    return Optimum(last.point, last.hessian, last.slopes, last.steps, tuple(tried), last.why)


def _tries(criterion: Criterion) -> Iterator[tuple[str, np.ndarray]]:
    """Starts for Newton: two direct ones, then where two other optimisers get from them."""
    both = list(starts(criterion))
    yield from ((f"Newton from {name}", theta) for name, theta in both)
    for method in ("BFGS", "L-BFGS-B"):
        yield from ((f"{method} from {name}", _scipy(criterion, theta, method)) for name, theta in both)


def starts(criterion: Criterion) -> Iterator[tuple[str, np.ndarray]]:
    """theta from the residuals of least squares, and from equal variances without correlation."""
    structure, moments = criterion.structure, criterion.moments
    where = None if moments.where is None else np.where(moments.seen[:, :, None], moments.where, np.nan)
    for name, covariance in (("residuals", _empirical(criterion)), ("equal variances", _plain(criterion))):
        yield name, np.concatenate([structure.start(each, where) for each in covariance])


def _empirical(criterion: Criterion) -> np.ndarray:
    """Residual covariance of least squares, pair by pair, made positive definite; (groups, m, m)."""
    moments, groups = criterion.moments, len(criterion.moments.groups)
    m = moments.seen.shape[1]
    flat = np.where(criterion.both & np.eye(m, dtype=bool), 1.0, 0.0)
    information, score = criterion.normal_equations(flat)
    residual = criterion.residual(np.linalg.solve(information, score))
    total, pairs = np.zeros((groups, m, m)), np.zeros((groups, m, m))
    np.add.at(total, moments.group, residual)
    np.add.at(pairs, moments.group, moments.count[:, None, None] * criterion.both)
    return np.array([_positive(t, n) for t, n in zip(total, pairs)])


def _plain(criterion: Criterion) -> np.ndarray:
    each = _empirical(criterion)
    m = each.shape[1]
    return np.array([np.eye(m) * np.trace(one) / m for one in each])


def _positive(total: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Sums over pairs as a covariance: unseen pairs uncorrelated, eigenvalues of the correlation raised to FLOOR."""
    variance = np.diag(total) / np.maximum(np.diag(pairs), 1.0)
    usual = np.mean(variance[variance > 0]) if np.any(variance > 0) else 1.0
    variance = np.maximum(variance, 1e-3 * usual)
    spread = np.sqrt(variance)
    covariance = np.where(pairs > 0, total / np.maximum(pairs, 1.0), 0.0)
    correlation = np.clip(covariance / np.outer(spread, spread), -1, 1)
    np.fill_diagonal(correlation, 1.0)
    value, vector = np.linalg.eigh(correlation)
    raised = (vector * np.maximum(value, FLOOR)) @ vector.T
    size = np.sqrt(np.diag(raised))
    return raised / np.outer(size, size) * np.outer(spread, spread)


def _newton(criterion: Criterion, theta: np.ndarray, tried: tuple[str, ...]) -> Optimum | None:
    point = criterion.at(theta)
    if not np.isfinite(point.value):
        return None
    best, steps = np.inf, 0
    for _ in range(MOST_STEPS):
        observed, expected, slopes = criterion.hessian(point)
        gradient = criterion.gradient(point)
        direction = _direction(observed, expected, gradient)
        decrement = float(-gradient @ direction)
        if decrement < SMALL_STEP and decrement >= best / 4 and best < DONE:
            break  # full Newton steps no longer gain: rounding
        best = min(best, decrement)
        moved = _searched(criterion, point, direction, decrement)
        if moved is None:
            break
        point, steps = moved, steps + 1
        if _singular(criterion, point):
            return Optimum(point, observed, slopes, steps, tried, EDGE)
    why = _fault(criterion, point, observed, best)
    return Optimum(point, observed, slopes, steps, tried, why)


def _direction(observed: np.ndarray, expected: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """The Newton direction; with a curvature that is not positive, a ridge on the expected information."""
    for matrix in (observed, expected):
        scale = np.sqrt(np.maximum(np.abs(np.diag(matrix)), 1e-12))
        value, vector = np.linalg.eigh(matrix / np.outer(scale, scale))
        if value[0] > 1e-10:
            return -(vector @ ((vector.T @ (gradient / scale)) / value)) / scale
    value = np.maximum(np.abs(value), 1e-3)
    return -(vector @ ((vector.T @ (gradient / scale)) / value)) / scale


def _searched(criterion: Criterion, point: Point, direction: np.ndarray, decrement: float) -> Point | None:
    """The next point: the full step, halved until the value falls enough; None where it does not."""
    longest = float(np.abs(direction).max())
    length = min(1.0, 3.0 / longest) if longest > 0 else 1.0
    while length > 1e-10:
        found = criterion.at(point.theta + length * direction)
        if found.value <= point.value - 1e-4 * length * decrement:
            return found
        if decrement < SMALL_STEP and found.value <= point.value + 1e-9 * max(1.0, abs(point.value)):
            return found  # so near that the value no longer shows the gain
        length /= 2
    return None


def _singular(criterion: Criterion, point: Point) -> bool:
    """Whether a visit's variance has gone to nothing, or one visit is a combination of the others."""
    covariance = point.covariance
    if criterion.moments.where is not None:  # a visit that was not seen has no coordinates
        covariance = np.where(criterion.both, covariance, np.eye(covariance.shape[-1]) * covariance)
    spread = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    correlation = covariance / (spread[..., :, None] * spread[..., None, :])
    return bool(spread.min() < NO_VARIANCE * spread.max() or np.linalg.eigvalsh(correlation).min() < SINGULAR)


def _fault(criterion: Criterion, point: Point, hessian: np.ndarray, decrement: float) -> str:
    """Why this point is no proper optimum ("" = it is)."""
    if not decrement < DONE:
        return "the likelihood still rises"
    if _singular(criterion, point):
        return EDGE
    if np.diag(hessian).min() < NO_CURVATURE:
        return UNDETERMINED
    scale = np.sqrt(np.diag(hessian))
    if np.linalg.eigvalsh(hessian / np.outer(scale, scale)).min() < FLAT:
        return UNDETERMINED
    return ""


def _scipy(criterion: Criterion, theta: np.ndarray, method: str) -> np.ndarray:
    def value_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
        point = criterion.at(x)
        if not np.isfinite(point.value):
            return 1e10, np.zeros_like(x)
        return point.value, criterion.gradient(point)

    from scipy import optimize  # slow to load, seldom needed

    with np.errstate(all="ignore"):
        found = optimize.minimize(value_and_gradient, theta, jac=True, method=method, options={"maxiter": SEARCH})
    return np.asarray(found.x, float)
