"""Cluster-robust covariances with Bell-McCaffrey df, for least squares and for GLM / GEE working weights.

Bell and McCaffrey 2002; Pustejovsky and Tipton 2018 (CR2); Kauermann and Carroll 2001; Mancl and DeRouen 2001.
Everything is computed from whitened rows x, residuals e (any root of the working covariance gives the same figures) in
the orthonormal basis Q R = x, so that H_i = Q_i Q_i' and no N x N matrix is ever made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["CR0", "CR2", "CR3"]
POWERS: dict[str, float] = {"CR0": 0.0, "CR2": -0.5, "CR3": -1.0}
EIGENVALUE_TOLERANCE = 1e-8  # machine epsilon gives df of 1e-11 where one patient fills a cell
LOST_TOLERANCE = 1e-6  # share of a contrast's variance that CR2 / CR3 cannot see: beyond it, not estimable
CHUNK = 256  # clusters decomposed at a time: more is slower and takes memory


@dataclass(frozen=True, eq=False)
class Sandwich:
    """``covariance`` (p, p) of p coefficients, and what contrasts of them need.

    ``bread`` (p, p) = (sum x'x)^-1. ``half`` (p, p): half @ half.T = bread. ``basis`` (N, p) = x @ half;
    ``adjusted`` (N, p) = A_i basis_i; ``null`` (N, p) = P0_i basis_i (P0: null space of I - H_i); ``clusters`` (N,).
    """

    kind: Kind
    covariance: np.ndarray
    bread: np.ndarray
    half: np.ndarray
    basis: np.ndarray
    adjusted: np.ndarray
    null: np.ndarray
    clusters: np.ndarray

    def df(self, contrasts: np.ndarray) -> np.ndarray:
        """Bell-McCaffrey (Satterthwaite) df of each row of ``contrasts`` (k, p) under the working covariance; (k,)."""
        return np.array([self._df(z) for z in np.atleast_2d(contrasts) @ self.half])

    def lost(self, contrasts: np.ndarray) -> np.ndarray:
        """Share of c'bread c where I - H_i is singular, (k,). Above LOST_TOLERANCE the variance is too small."""
        rows = np.atleast_2d(contrasts) @ self.half
        whole = np.einsum("kp,kp->k", rows, rows)
        gone = np.einsum("kn,kn->k", rows @ self.null.T, rows @ self.null.T)
        return np.divide(gone, whole, out=np.full(len(rows), np.nan), where=whole > 0)

    def _df(self, z: np.ndarray) -> float:
        count = int(self.clusters.max()) + 1
        g = self.adjusted @ z
        d = np.bincount(self.clusters, g * g, minlength=count)
        f = np.column_stack([np.bincount(self.clusters, g * column, minlength=count) for column in self.basis.T])
        size = np.einsum("ip,ip->i", f, f)
        trace = float(np.sum(d) - np.sum(size))
        square = float(np.sum(d * d) - 2.0 * np.sum(d * size) + np.sum((f.T @ f) ** 2))
        return trace * trace / square if square > 0 and trace > 0 else float("nan")


def sandwich(rows: np.ndarray, residual: np.ndarray, clusters: np.ndarray, *, kind: Kind = "CR2") -> Sandwich:
    """Covariance of least-squares coefficients from whitened ``rows`` (N, p), ``residual`` (N,), ``clusters`` (N,).

    CR0: A = I (Liang-Zeger). CR2: A = (I - H_i)^-1/2 (HC2 where every cluster is one row). CR3: A = (I - H_i)^-1 (with
    GLM rows: Mancl-DeRouen). No further small-sample factor. ``rows`` must have full column rank (LinAlgError
    otherwise); ``clusters`` are any labels.
    """
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    half = np.linalg.inv(np.linalg.qr(rows[order])[1])
    basis = rows[order] @ half
    adjusted, null = _leverage(basis, codes[order], POWERS[kind])
    scores = _by_cluster(adjusted * residual[order][:, None], codes[order])
    covariance = half @ (scores.T @ scores) @ half.T
    return Sandwich(kind, covariance, half @ half.T, half, basis, adjusted, null, codes[order])


def generalised(
    design: np.ndarray,
    residual: np.ndarray,
    clusters: np.ndarray,
    *,
    derivative: np.ndarray,
    variance: np.ndarray,
    alpha: float = 0.0,
    kind: Kind = "CR3",
) -> Sandwich:
    """Sandwich of a GLM or GEE: ``residual`` = y - mu, ``derivative`` = d mu / d eta, ``variance`` = v(mu), all (N,).

    ``alpha``: exchangeable working correlation within a cluster (0 = independence). The default kind CR3 is
    Mancl-DeRouen; its df are those of Bell and McCaffrey under the working covariance.
    """
    rows, scaled = whiten(design, residual, clusters, derivative=derivative, variance=variance, alpha=alpha)
    return sandwich(rows, scaled, clusters, kind=kind)


def whiten(
    design: np.ndarray,
    residual: np.ndarray,
    clusters: np.ndarray,
    *,
    derivative: np.ndarray,
    variance: np.ndarray,
    alpha: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows V_i^-1/2 D_i (N, p) and residuals V_i^-1/2 (y - mu)_i (N,), V_i = v^1/2 ((1 - alpha) I + alpha J) v^1/2."""
    root = np.sqrt(variance)
    rows, scaled = design * (derivative / root)[:, None], residual / root
    if alpha == 0.0:
        return rows, scaled
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    size = np.bincount(codes)[codes]
    within, between = (1.0 - alpha) ** -0.5, (1.0 + (size - 1.0) * alpha) ** -0.5
    stacked = np.column_stack([rows, scaled])
    mean = (_by_cluster(stacked, codes) / np.bincount(codes)[:, None])[codes]
    white = within * (stacked - mean) + between[:, None] * mean
    return white[:, :-1], white[:, -1]


def exchangeable_moments(pearson: np.ndarray, clusters: np.ndarray, parameters: int) -> tuple[float, float]:
    """(phi, alpha) by moments of Pearson residuals (N,), denominators N - p, pairs - p; alpha 0 for too few pairs."""
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    size = np.bincount(codes)
    pairs = float(np.sum(size * (size - 1)) / 2)
    phi = float(pearson @ pearson) / (len(pearson) - parameters)
    products = (np.bincount(codes, pearson) ** 2 - np.bincount(codes, pearson**2)) / 2
    if pairs <= parameters or phi <= 0:
        return phi, 0.0
    return phi, float(np.sum(products)) / (phi * (pairs - parameters))


def _by_cluster(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Sums of the rows of ``values`` (N, q) within each code; (clusters, q)."""
    count = int(codes.max()) + 1
    return np.column_stack([np.bincount(codes, column, minlength=count) for column in values.T])


def _leverage(basis: np.ndarray, codes: np.ndarray, power: float) -> tuple[np.ndarray, np.ndarray]:
    """(A_i Q_i, P0_i Q_i) stacked; rows are sorted by code. Clusters of one size are decomposed together."""
    size = np.bincount(codes)
    start = np.cumsum(size) - size
    adjusted, null = np.empty_like(basis), np.empty_like(basis)
    for n in np.unique(size):
        firsts = start[size == n]
        for at in range(0, len(firsts), CHUNK):
            index = firsts[at : at + CHUNK, None] + np.arange(n)
            adjusted[index], null[index] = _blocks(basis[index], power)
    return adjusted, null


def _blocks(q: np.ndarray, power: float) -> tuple[np.ndarray, np.ndarray]:
    """For clusters q (m, n, p): (I - q q')^power q with a pseudo-inverse, and the projection of q on its null space."""
    adjust, null = adjustment(q, power)
    return adjust @ q, np.zeros_like(q) if null is None else null @ q


def adjustment(q: np.ndarray, power: float) -> tuple[np.ndarray, np.ndarray | None]:
    """For clusters q (m, n, p): (I - q q')^power (m, n, n) with a pseudo-inverse, and the projection on the null space
    of I - q q', None where no cluster has one."""
    value, vector = np.linalg.eigh(np.eye(q.shape[1]) - q @ np.swapaxes(q, 1, 2))
    gone = value <= EIGENVALUE_TOLERANCE
    turned = np.swapaxes(vector, 1, 2)
    weight = np.where(gone, 0.0 if power else 1.0, np.where(gone, 1.0, value) ** power)
    null = vector @ (gone[:, :, None] * turned) if gone.any() else None
    return vector @ (weight[:, :, None] * turned), null
