"""Single-step maximum of correlated t statistics: p-values and critical value that control one family together.

A contrast family with correlation R = A A' of rank r is T = A u rho, with u uniform on the unit sphere of r dimensions
and rho^2 / r ~ F(r, nu): P(max |T| > t) is the average over u of P(rho > t / m(u)), m(u) = max_k |a_k u|. Three arms
(r = 2): one integral over a half circle, split where the maximum changes hands, exact to 1e-12. More arms: fixed points
on the sphere; largest error of p found over families known otherwise, in any rotation: four arms 3e-7, five 2e-6, six
7e-6, seven and eight 3e-5 (a third of that where p is small).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from analytics.inference.intervals import quantile

RANK_TOLERANCE = 1e-9
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
LATTICES = {  # angles -> (points, prime; generator): the best of ten over random rotations of known families
    2: (131071, 59759),
    3: (524287, 66155),
    4: (524287, 77266),
    5: (524287, 310871),
    6: (524287, 14450),
}
CHUNK = 65536  # points at a time
GROUP = 64  # neighbours in m(u) that are averaged: changes p by less than 1e-9


@dataclass(frozen=True, eq=False)
class Maximum:
    """The distribution of max |T| of ``count`` contrasts: m(u) = ``reach`` (points,) with ``weight`` (points,)."""

    reach: np.ndarray
    weight: np.ndarray
    rank: int
    count: int
    df: float

    def p_value(self, t: float) -> float:
        """P(max |T| > |t|); NaN stays NaN."""
        if np.isnan(t):
            return float("nan")
        square = (t / self.reach) ** 2
        if self.rank == 2:
            beyond = np.exp(-square / 2) if np.isinf(self.df) else np.exp(-self.df / 2 * np.log1p(square / self.df))
        elif np.isinf(self.df):
            beyond = special.gammaincc(self.rank / 2, square / 2)
        else:
            beyond = special.betainc(self.df / 2, self.rank / 2, self.df / (self.df + square))
        return min(1.0, float(self.weight @ beyond))

    def critical_value(self, level: float = 0.95) -> float:
        """The c with P(max |T| <= c) = ``level``: estimate +- c SE are simultaneous intervals of the family."""
        alpha = 1.0 - level
        alone = -float(quantile(alpha / 2, self.df))
        bonferroni = -float(quantile(alpha / (2 * self.count), self.df)) * (1 + 1e-9)
        if self.rank == 1 or self.p_value(alone) <= alpha:
            return alone
        from scipy import optimize  # slow to load

        found: float = optimize.brentq(lambda c: self.p_value(c) - alpha, alone, bonferroni, xtol=1e-13)
        return found


def maximum(correlation: np.ndarray, df: float) -> Maximum:
    """The Maximum of contrasts with ``correlation`` (k, k) and common ``df`` (inf = normal)."""
    value, vector = np.linalg.eigh(correlation)
    kept = value > RANK_TOLERANCE * len(correlation)
    root = vector[:, kept] * np.sqrt(value[kept])
    rank = root.shape[1]
    if rank == 1:
        reach, weight = np.abs(root).max(axis=0), np.ones(1)
    elif rank == 2:
        reach, weight = _half_circle(root)
    else:
        reach, weight = _grouped(np.concatenate([np.abs(u @ root.T).max(axis=1) for u in _sphere(rank)]))
    return Maximum(reach, weight, rank, len(correlation), df)


def correlation_of(covariance: np.ndarray) -> np.ndarray:
    """Correlation matrix of ``covariance``, with an exact unit diagonal."""
    error = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(error, error)
    np.fill_diagonal(correlation, 1.0)
    return (correlation + correlation.T) / 2


def _half_circle(root: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre between the angles at which two contrasts are equally large."""
    first, second = np.triu_indices(len(root), 1)
    equal = np.vstack([root[first] - root[second], root[first] + root[second]])
    kinks = np.sort(np.arctan2(-equal[:, 0], equal[:, 1]) % np.pi)
    edges = np.concatenate([[0.0], kinks, [np.pi]])
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    angle = (middle[:, None] + half[:, None] * NODES).ravel()
    weight = (half[:, None] * WEIGHTS).ravel() / np.pi
    return np.abs(root @ np.vstack([np.cos(angle), np.sin(angle)])).max(axis=0), weight


def _grouped(reach: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Equally weighted values as their averages over GROUP neighbours, with weights."""
    starts = np.arange(0, len(reach), GROUP)
    size = np.diff(np.append(starts, len(reach)))
    return np.add.reduceat(np.sort(reach), starts) / size, size / len(reach)


def _sphere(rank: int) -> Iterator[np.ndarray]:
    """Fixed points (CHUNK, rank) spread evenly over the unit sphere: a Korobov lattice through its angles.

    Coordinates go in pairs (radius, angle): the integrand is then periodic in the angles; radii are folded.
    """
    points, generator = LATTICES[min(rank - 1, max(LATTICES))]
    steps = [pow(generator, j, points) for j in range(rank - 1)]
    for at in range(0, points, CHUNK):
        index = np.arange(at, min(at + CHUNK, points))
        yield _on_sphere((np.outer(index, steps) % points + 0.5) / points)


def _on_sphere(cube: np.ndarray) -> np.ndarray:
    """Points of the unit cube (n, r - 1) to points of the sphere (n, r), uniform to uniform; u and -u count once."""
    rank = cube.shape[1] + 1
    square, columns, at = np.ones(len(cube)), [], 0  # what is left of the squared radius
    if rank % 2:
        shape = (rank - 1) / 2
        columns.append(2 * special.betaincinv(shape, shape, _folded(cube[:, 0])) - 1)
        square, at = 1 - columns[0] ** 2, 1
    for pairs_left in range(rank // 2 - 1, -1, -1):
        kept = _folded(cube[:, at]) ** (1 / pairs_left) if pairs_left else 0.0
        angle = (2 if pairs_left else 1) * np.pi * cube[:, at + 1 if pairs_left else at]
        radius = np.sqrt(square * (1 - kept))
        columns += [radius * np.cos(angle), radius * np.sin(angle)]
        square, at = square * kept, at + 2
    return np.column_stack(columns)


def _folded(x: np.ndarray) -> np.ndarray:
    return 1 - np.abs(2 * x - 1)
