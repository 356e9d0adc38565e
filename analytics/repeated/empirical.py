"""Cluster-robust covariances of a repeated-measures fit, CR0 / CR2 / CR3 by patient, with Bell-McCaffrey df.

Whitened rows x = U'X_i (U U' = S_i^-1), H_i = x M x', A_i = (I - H_i)^-1/2 (CR2) or ^-1 (CR3), V = M (sum x'A e e'A x)
M. Bell and McCaffrey 2002; Pustejovsky and Tipton 2018; several rows: their Hotelling T-squared (HTZ). Two passes over
the patients in chunks, patients of a pattern together; no matrix of patients by patients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.inference.sandwich import POWERS, adjustment
from analytics.repeated.criterion import Criterion, Point
from analytics.repeated.moments import patterns
from analytics.repeated.rows import Rows

CHUNK = 256  # patients at a time: 8,192 is three times slower and takes 250 MiB
Block = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Empirical:
    """The sandwich of a fit. Everything in orthonormal coordinates, for scaled and centred y."""

    criterion: Criterion
    point: Point
    rows: Rows
    kind: str  # CR0 | CR2 | CR3

    @cached_property
    def half(self) -> np.ndarray:
        """M^1/2 (r, r): half @ half.T = Phi."""
        return np.linalg.cholesky(self.point.phi)

    @cached_property
    def covariance(self) -> np.ndarray:
        """V (r, r)."""
        meat = np.zeros((len(self.half),) * 2)
        for (q, residual, times), (adjust, _) in zip(self._chunks(with_residual=True), self._adjustments):
            scores = ((adjust @ residual[:, :, None]).swapaxes(1, 2) @ q)[:, 0]
            meat += scores.T @ (scores * times[:, None])
        return self.half @ meat @ self.half.T

    def df(self, rows: np.ndarray) -> np.ndarray:
        """Bell-McCaffrey df of each combination (k, r) under the fitted covariance; (k,)."""
        z = rows @ self.half
        parts = self._sums(z)
        found = np.full(len(z), np.nan)
        for k in range(len(z)):
            trace = parts.d[k] - parts.f[k]
            square = parts.dd[k] - 2 * parts.df[k] + float(np.sum(parts.ff[k] ** 2))
            if square > 0 and trace > 0:
                found[k] = trace**2 / square
        return found

    def lost(self, rows: np.ndarray) -> np.ndarray:
        """Share of each combination's variance where I - H_i is singular; above 1e-6 the error is not known. (k,)."""
        z = rows @ self.half
        whole = np.einsum("kr,kr->k", z, z)
        gone = np.zeros(len(z))
        if all(null is None for _, null in self._adjustments):
            return np.where(whole > 0, 0.0, np.nan)
        for (q, _, times), (_, null) in zip(self._chunks(), self._adjustments):
            if null is not None:
                turned = np.einsum("nij,nkj->nki", null, np.einsum("nmr,kr->nkm", q, z))
                gone += np.einsum("nkm,nkm,n->k", turned, turned, times)
        return np.divide(gone, whole, out=np.full(len(z), np.nan), where=whole > 0)

    def by_patient(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]]:
        """(patients (n,), whitened rows times half (n, m, r), whitened residuals (n, m), A_i (n, m, m), null space)."""
        for (_, who), (q, left, _), each in zip(self._order, self._chunks(with_residual=True), self._adjustments):
            yield who, q, left, *each

    def hotelling(self, rows: np.ndarray, beta: np.ndarray) -> tuple[float, float]:
        """(F, denominator df) of "all rows are zero": Hotelling's T-squared with the HTZ df."""
        size = len(rows)
        inside = np.linalg.cholesky(np.linalg.inv(rows @ self.point.phi @ rows.T)).T @ rows  # working variance 1
        estimate = inside @ beta
        wald = float(estimate @ np.linalg.solve(inside @ self.covariance @ inside.T, estimate))
        if size == 1:
            return wald, float(self.df(rows)[0])
        expected, variance = self._moments_of(inside @ self.half)
        root = np.linalg.inv(np.linalg.cholesky(expected))
        _, variance = self._moments_of(root @ inside @ self.half)
        eta = size * (size + 1) / variance
        return (eta - size + 1) / (eta * size) * wald, eta - size + 1

    def _moments_of(self, z: np.ndarray) -> tuple[np.ndarray, float]:
        """Expectation (k, k) of z'V z-like sums under the fitted covariance, and the sum of their variances."""
        size, r = len(z), len(self.half)
        mean, square, cross = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size))
        f_sums = np.zeros((size * r, size * r))
        for (q, _, times), (adjust, _) in zip(self._chunks(), self._adjustments):
            g = _adjusted(q, adjust, z)
            f = g @ q
            a, b = g @ np.swapaxes(g, 1, 2), f @ np.swapaxes(f, 1, 2)
            own_a, own_b = np.einsum("nkk->nk", a), np.einsum("nkk->nk", b)
            mean += np.einsum("nkl,n->kl", a - b, times)
            square += np.einsum("nk,nl,n->kl", own_a, own_a, times) - np.einsum("nk,nl,n->kl", own_a, own_b, times)
            square -= np.einsum("nk,nl,n->kl", own_b, own_a, times)
            cross += np.einsum("nkl,nkl,n->kl", a, a, times) - 2 * np.einsum("nkl,nkl,n->kl", a, b, times)
            flat = f.reshape(len(f), -1)
            f_sums += (flat * times[:, None]).T @ flat
        four = f_sums.reshape(size, r, size, r)
        square += np.einsum("krls,krls->kl", four, four)
        cross += np.einsum("krls,kslr->kl", four, four)
        return mean, float((square + cross).sum())

    def _sums(self, z: np.ndarray) -> _Sums:
        count, r = len(z), len(self.half)
        d, f, dd, df = np.zeros((4, count))
        found = _Sums(d, f, dd, df, np.zeros((count, r, r)))
        for (q, _, times), (adjust, _) in zip(self._chunks(), self._adjustments):
            g = _adjusted(q, adjust, z)
            turned = g @ q
            each, size = np.einsum("nkm,nkm->nk", g, g), np.einsum("nkr,nkr->nk", turned, turned)
            found.add(each, size, np.swapaxes(turned, 0, 1), times)
        return found

    @cached_property
    def _adjustments(self) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """Per chunk: A_i (n, m, m), and the projection on the null space of I - H_i where there is one."""
        return [adjustment(q, POWERS[self.kind]) for q, _, _ in self._chunks()]

    @cached_property
    def _matrix(self) -> np.ndarray:
        return self.criterion.moments.basis.matrix(self.rows)

    @cached_property
    def _order(self) -> list[tuple[int, np.ndarray]]:
        """(pattern, patients) of each chunk."""
        pattern = patterns(self.rows)[0]
        by = np.argsort(pattern, kind="stable")
        bounds = np.r_[0, np.cumsum(np.bincount(pattern))]
        return [
            (p, by[low : min(low + CHUNK, bounds[p + 1])])
            for p in range(len(bounds) - 1)
            for low in range(bounds[p], bounds[p + 1], CHUNK)
        ]

    def _chunks(self, *, with_residual: bool = False) -> Iterator[Block]:
        """(whitened rows times half (n, m, r), whitened residuals (n, m), frequencies (n,)) pattern by pattern."""
        matrix = self._matrix
        maps, frequency = self.criterion.coordinates.maps, self.rows.frequencies
        gamma = np.tile(self.criterion.shift, (len(maps), 1))
        gamma[:, : maps.shape[1]] -= maps @ self.point.beta
        halved = maps @ self.half
        for p, patients in self._order:
            at = np.flatnonzero(self.criterion.moments.seen[p])
            block = matrix[self.rows.start[patients, None] + np.arange(len(at))]
            q = np.matmul(np.swapaxes(block[:, :, : maps.shape[1]], 0, 1), halved[at])
            root = self._roots[p]
            residual = np.einsum("nsk,sk->ns", block, gamma[at]) @ root.T if with_residual else np.empty(0)
            white = np.ascontiguousarray(np.swapaxes(np.tensordot(root, q, 1), 0, 1))
            yield white, residual, frequency[patients]

    @cached_property
    def _roots(self) -> list[np.ndarray]:
        """Per pattern: U' with U U' = S^-1."""
        seen, covariance = self.criterion.moments.seen, self.point.covariance[self.criterion.kind]
        roots = [np.linalg.cholesky(whole[np.ix_(here, here)]) for whole, here in zip(covariance, seen)]
        return [np.linalg.inv(root) for root in roots]


@dataclass(eq=False)
class _Sums:
    """Running sums over patients for the df of k combinations."""

    d: np.ndarray
    f: np.ndarray
    dd: np.ndarray
    df: np.ndarray
    ff: np.ndarray

    def add(self, d: np.ndarray, size: np.ndarray, f: np.ndarray, times: np.ndarray) -> None:
        self.d += times @ d
        self.f += times @ size
        self.dd += times @ d**2
        self.df += times @ (d * size)
        self.ff += np.swapaxes(f * times[None, :, None], 1, 2) @ f


def _adjusted(q: np.ndarray, adjust: np.ndarray, z: np.ndarray) -> np.ndarray:
    """A_i q_i z for each of z (k, r); (n, k, m)."""
    turned = (q.reshape(-1, q.shape[2]) @ z.T).reshape(*q.shape[:2], len(z))
    return np.swapaxes(adjust @ turned, 1, 2)
