"""Correlation patterns over visits: by lag, by neighbour, one for all, or by distance in time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analytics.repeated.structures.structure import BOUND, bounded, unbounded

Derivatives = tuple[np.ndarray, np.ndarray, np.ndarray]


@lru_cache(maxsize=64)
def _lag(m: int) -> np.ndarray:
    return np.abs(np.subtract.outer(np.arange(m), np.arange(m)))


def _by_lag(correlation: np.ndarray) -> np.ndarray:
    """Mean correlation at each lag 1 .. m - 1."""
    lag = _lag(len(correlation))
    return np.array([correlation[lag == k].mean() for k in range(1, len(correlation))])


class Toeplitz:
    """One correlation per lag."""

    def size(self, m: int) -> int:
        return m - 1

    def start(self, correlation: np.ndarray, where: np.ndarray | None) -> np.ndarray:
        return unbounded(_by_lag(correlation))

    def evaluate(self, free: np.ndarray, m: int, where: np.ndarray | None) -> Derivatives:
        r, slope, curve = bounded(free)
        lag = _lag(m)
        on = np.array([lag == k for k in range(1, m)], float).reshape(m - 1, m, m)
        whole = np.eye(m) + np.tensordot(r, on, 1)
        second = np.zeros((m - 1, m - 1, m, m))
        second[np.arange(m - 1), np.arange(m - 1)] = curve[:, None, None] * on
        return whole, slope[:, None, None] * on, second


class AutoRegressive:
    """r to the power of the lag."""

    def size(self, m: int) -> int:
        return 1

    def start(self, correlation: np.ndarray, where: np.ndarray | None) -> np.ndarray:
        return unbounded(_by_lag(correlation)[:1]) if len(correlation) > 1 else np.zeros(1)

    def evaluate(self, free: np.ndarray, m: int, where: np.ndarray | None) -> Derivatives:
        (r,), (slope,), (curve,) = bounded(free)
        lag = _lag(m).astype(float)
        one = np.where(lag >= 1, lag * r ** np.maximum(lag - 1, 0), 0.0)
        two = np.where(lag >= 2, lag * (lag - 1) * r ** np.maximum(lag - 2, 0), 0.0)
        return r**lag, (one * slope)[None], (two * slope**2 + one * curve)[None, None]


class CompoundSymmetry:
    """One correlation between any two visits, logistic between -1 / (m - 1) and 1: always positive definite."""

    def size(self, m: int) -> int:
        return 1

    def start(self, correlation: np.ndarray, where: np.ndarray | None) -> np.ndarray:
        m = len(correlation)
        if m == 1:
            return np.zeros(1)
        least = -1 / (m - 1)
        share = np.clip((_by_lag(correlation).mean() - least) / (1 - least), 1 - BOUND, BOUND)
        return np.atleast_1d(np.log(share / (1 - share)))

    def evaluate(self, free: np.ndarray, m: int, where: np.ndarray | None) -> Derivatives:
        least = -1 / (m - 1)
        share = 1 / (1 + np.exp(-free[0]))
        slope = (1 - least) * share * (1 - share)
        off = 1.0 - np.eye(m)
        r = least + (1 - least) * share
        return np.eye(m) + r * off, (slope * off)[None], (slope * (1 - 2 * share) * off)[None, None]


class AnteDependence:
    """The product of the correlations of neighbours between two visits."""

    def size(self, m: int) -> int:
        return m - 1

    def start(self, correlation: np.ndarray, where: np.ndarray | None) -> np.ndarray:
        return unbounded(np.diag(correlation, 1))

    def evaluate(self, free: np.ndarray, m: int, where: np.ndarray | None) -> Derivatives:
        r, slope, curve = bounded(free)
        between = _between(m)
        whole = _products(r, between)
        first = np.array([_products(r, between, (k,)) for k in range(m - 1)]).reshape(m - 1, m, m)
        second = np.zeros((m - 1, m - 1, m, m))
        for k in range(m - 1):
            second[k, k] = curve[k] * first[k]
            for j in range(k):
                second[k, j] = second[j, k] = slope[k] * slope[j] * _products(r, between, (k, j))
        return whole, slope[:, None, None] * first, second


@lru_cache(maxsize=64)
def _between(m: int) -> np.ndarray:
    """(m - 1, m, m): whether step k lies between visits i and j."""
    low = np.minimum.outer(np.arange(m), np.arange(m))
    high = np.maximum.outer(np.arange(m), np.arange(m))
    return np.array([(low <= k) & (k < high) for k in range(m - 1)]).reshape(m - 1, m, m)


def _products(r: np.ndarray, between: np.ndarray, without: tuple[int, ...] = ()) -> np.ndarray:
    """Product of r over the steps between i and j, leaving out some that must be there (0 where they are not)."""
    m = between.shape[1]
    found = np.ones((m, m))
    for k, steps in enumerate(between):
        found *= np.where(steps, 1.0 if k in without else r[k], 0.0 if k in without else 1.0)
    return found


class SpatialExponential:
    """r to the power of the distance of two visits' coordinates, r = logistic(t) between 0 and 1."""

    def size(self, m: int) -> int:
        return 1

    def start(self, correlation: np.ndarray, where: np.ndarray | None) -> np.ndarray:
        """The r with which visits at the usual distance correlate as these do, whatever the unit of the distance."""
        distance = np.zeros(0) if where is None else _distances(where)
        apart = distance[distance > 0]  # not those of visits without coordinates
        if not len(apart):
            return np.zeros(1)
        usual = np.clip(_by_lag(correlation).mean(), 1 - BOUND, BOUND)
        log_r = np.log(usual) / np.median(apart)
        return np.atleast_1d(log_r - np.log(-np.expm1(log_r)))

    def evaluate(self, free: np.ndarray, m: int, where: np.ndarray | None) -> Derivatives:
        if where is None:
            raise ValueError("coordinates are needed")
        distance = _distances(where)
        # log r = -log(1 + exp(-t)); its slope is 1 - r, its curve -r (1 - r)
        log_r, rest = -np.logaddexp(0, -free[0]), np.exp(-np.logaddexp(0, free[0]))
        whole = np.exp(distance * log_r)
        slope = distance * rest
        first = whole * slope
        second = whole * (slope**2 - slope * np.exp(log_r))
        return whole, first[..., None, :, :], second[..., None, None, :, :]


def _distances(where: np.ndarray) -> np.ndarray:
    """Between any two visits, (..., m, m)."""
    found: np.ndarray = np.sqrt(((where[..., :, None, :] - where[..., None, :, :]) ** 2).sum(-1))
    return found
