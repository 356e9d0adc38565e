"""What a covariance structure is, and those made of standard deviations and a correlation pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

BOUND = 0.95  # start values keep correlations inside


class Structure(Protocol):
    """Covariances of m visits as a function of free numbers theta; derivatives are analytic."""

    def size(self, m: int) -> int:
        """How many numbers."""
        ...

    def start(self, covariance: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
        """theta near an empirical covariance (m, m)."""
        ...

    def evaluate(
        self, theta: np.ndarray, m: int, where: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(S (m, m), dS (k, m, m), d2S (k, k, m, m)); with coordinates ``where`` (P, m, d) each with a leading P."""
        ...


class Correlation(Protocol):
    """A correlation matrix of m visits as a function of free numbers."""

    def size(self, m: int) -> int: ...

    def start(self, correlation: np.ndarray, where: np.ndarray | None) -> np.ndarray: ...

    def evaluate(self, free: np.ndarray, m: int, where: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(R (..., m, m), dR (..., k, m, m), d2R (..., k, k, m, m))."""
        ...


@dataclass(frozen=True)
class Correlated:
    """S = D R D with D = exp(log standard deviations): one for all visits, or one per visit (``heterogeneous``)."""

    correlation: Correlation
    heterogeneous: bool

    def size(self, m: int) -> int:
        return (m if self.heterogeneous else 1) + self.correlation.size(m)

    def start(self, covariance: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
        spread = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(spread, spread)
        logs = np.log(spread) if self.heterogeneous else np.array([0.5 * np.log(np.mean(spread**2))])
        return np.r_[logs, self.correlation.start(correlation, where)]

    def evaluate(
        self, theta: np.ndarray, m: int, where: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        logs = m if self.heterogeneous else 1
        spread = np.exp(theta[:logs]) * np.ones(m)
        product = np.outer(spread, spread)
        r, first, second = self.correlation.evaluate(theta[logs:], m, where)
        share = self._shares(m)  # d log S_ij / d log sd: how often each standard deviation stands in S_ij
        whole = product * r
        by_free = product * first
        d1 = np.concatenate([share * whole[..., None, :, :], by_free], axis=-3)
        upper = np.concatenate(
            [share[:, None] * share[None] * whole[..., None, None, :, :], share[:, None] * by_free[..., None, :, :, :]],
            axis=-3,
        )
        mixed = np.swapaxes(share[:, None] * by_free[..., None, :, :, :], -4, -3)
        lower = np.concatenate([mixed, product * second], axis=-3)
        return whole, d1, np.concatenate([upper, lower], axis=-4)

    def _shares(self, m: int) -> np.ndarray:
        """(log standard deviations, m, m)."""
        if not self.heterogeneous:
            return np.full((1, m, m), 2.0)
        each = np.eye(m)
        return each[:, :, None] + each[:, None, :]


def bounded(free: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """r = t / sqrt(1 + t^2) in (-1, 1) with its first two derivatives."""
    root = np.sqrt(1 + free**2)
    return free / root, root**-3, -3 * free * root**-5


def unbounded(correlation: np.ndarray) -> np.ndarray:
    """The t of a correlation, kept away from the ends."""
    r = np.clip(correlation, -BOUND, BOUND)
    return r / np.sqrt(1 - r**2)
