"""-2 (restricted) log-likelihood of a repeated-measures model with its derivatives, from Moments alone.

Per pattern p: W = S_p^-1, E = sum of r r', M = sum of x' Phi x; every derivative is a contraction of these with dS, and
only X'W dS W X needs the products again. Notation of Kenward and Roger 1997; Mallinckrodt 2008 for the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.repeated.coordinates import Coordinates
from analytics.repeated.moments import Moments
from analytics.repeated.structures import Structure

SMALLEST = 1e-11  # eigenvalue of a correlation matrix below which it is singular


@dataclass(frozen=True, eq=False)
class Point:
    """The model at one theta. ``value`` = -2 log-likelihood up to a constant, inf where S is not positive definite.

    ``weight`` (P, m, m) = S_p^-1 with zeros at unseen visits. ``beta``, ``phi`` in coordinates, for scaled, centred y.
    ``first`` (P or G, k, m, m), ``second`` (P or G, k, k, m, m): derivatives of S; ``kind`` (P,): which of them.
    """

    value: float
    theta: np.ndarray
    weight: np.ndarray
    beta: np.ndarray
    phi: np.ndarray
    residual: np.ndarray
    spread: np.ndarray
    covariance: np.ndarray
    first: np.ndarray
    second: np.ndarray


@dataclass(frozen=True, eq=False)
class Criterion:
    """The function to minimise. ``reml``: restricted (True) or full likelihood."""

    moments: Moments
    coordinates: Coordinates
    structure: Structure
    reml: bool = True

    @cached_property
    def kind(self) -> np.ndarray:
        """Which covariance a pattern has: its group, or with coordinates its own; (P,)."""
        return np.arange(len(self.moments.seen)) if self.moments.where is not None else self.moments.group

    @property
    def size(self) -> int:
        """Numbers of theta."""
        return len(self.moments.groups) * self.structure.size(self.moments.seen.shape[1])

    @cached_property
    def both(self) -> np.ndarray:
        seen = self.moments.seen
        return seen[:, :, None] & seen[:, None, :]

    @cached_property
    def shift(self) -> np.ndarray:
        """What y is in the basis: column K, plus its centre times the constant where that cannot be fitted."""
        basis = self.moments.basis
        vector = np.zeros(len(basis.keys) + 1)
        vector[-1] = 1.0
        if self.coordinates.constant is None:
            vector[0] = basis.centre[-1] / basis.scale[-1]
        return vector

    def covariances(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """S (C, m, m), dS (C, k, m, m), d2S (C, k, k, m, m) for each kind."""
        moments, m = self.moments, self.moments.seen.shape[1]
        groups = len(moments.groups)
        if moments.where is not None and groups == 1:
            return self.structure.evaluate(theta, m, moments.where)
        if groups == 1:
            s, d1, d2 = self.structure.evaluate(theta, m)
            return s[None], d1[None], d2[None]
        k, of = self.structure.size(m), np.arange(groups) if moments.where is None else moments.group
        s = np.empty((len(of), m, m))
        d1, d2 = np.zeros((len(of), groups * k, m, m)), np.zeros((len(of), groups * k, groups * k, m, m))
        for g in range(groups):
            own, here = slice(g * k, (g + 1) * k), np.flatnonzero(of == g)
            where = None if moments.where is None else moments.where[here]
            s[here], d1[here, own], d2[here, own, own] = self.structure.evaluate(theta[own], m, where)
        return s, d1, d2

    @property
    def residual_variance(self) -> float:
        """Mean squared residual of least squares, in units of y's own variance."""
        times = self.moments.count @ self.moments.seen
        return float(times @ self.residual_variances / times.sum())

    @cached_property
    def residual_variances(self) -> np.ndarray:
        """The same per visit, (m,)."""
        moments = self.moments
        flat = np.where(self.both & np.eye(moments.seen.shape[1], dtype=bool), 1.0, 0.0)
        information, score = self.normal_equations(flat)
        residual = self.residual(np.linalg.solve(information, score))
        found: np.ndarray = np.einsum("pss->s", residual) / (moments.count @ moments.seen)
        return found

    def of_coordinates(self, theta: np.ndarray, where: np.ndarray, group: int) -> np.ndarray:
        """S (v, v) of a group's visits at coordinates (v, d), for scaled y."""
        size = self.structure.size(len(where))
        return self.structure.evaluate(theta[group * size : (group + 1) * size], len(where), where[None])[0][0]

    def nowhere(self, theta: np.ndarray) -> Point:
        """The Point of a model that has no likelihood."""
        empty = np.empty(0)
        return Point(np.inf, theta, empty, empty, empty, empty, empty, *self.covariances(theta))

    def at(self, theta: np.ndarray) -> Point:
        """Value, coefficients and residual sums at ``theta``."""
        moments = self.moments
        with np.errstate(all="ignore"):
            covariance, first, second = self.covariances(theta)
        weight, log_det = self._inverse(covariance)
        if weight is None:
            return self.nowhere(theta)
        information, score = self.normal_equations(weight)
        try:
            root = np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            return self.nowhere(theta)
        inverse = np.linalg.inv(root)
        phi = inverse.T @ inverse
        beta = phi @ score
        residual = self.residual(beta)
        value = float(moments.count @ log_det + np.einsum("pst,pst->", weight, residual))
        if self.reml:
            value += 2.0 * float(np.sum(np.log(np.diag(root))))
        spread = self._spread(phi) if self.reml else np.zeros_like(residual)
        return Point(value, theta, weight, beta, phi, residual, spread, covariance, first, second)

    def _inverse(self, covariance: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
        """(S_p^-1 with zeros at unseen visits (P, m, m), log |S_p| (P,)); None where one is not positive definite."""
        if not np.isfinite(covariance).all():
            return None, np.empty(0)
        whole = np.where(self.both, covariance[self.kind], np.eye(covariance.shape[-1]))
        try:
            root = np.linalg.cholesky(whole)
        except np.linalg.LinAlgError:
            return None, np.empty(0)
        inverse = np.linalg.inv(root)
        weight = np.where(self.both, np.swapaxes(inverse, 1, 2) @ inverse, 0.0)
        return weight, 2.0 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)

    def normal_equations(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(X'WX (r, r), X'Wy (r,))."""
        maps, width = self.coordinates.maps, len(self.moments.basis.keys)
        information = np.zeros((maps.shape[2],) * 2)
        score = np.zeros(maps.shape[2])
        for (s, t), (of, sums) in self.moments.products.items():
            block = (weight[of, s, t] @ sums.reshape(len(of), -1)).reshape(sums.shape[1:])
            half = maps[s].T @ block[:width, :width] @ maps[t]
            score += maps[s].T @ (block[:width] @ self.shift)
            information += half
            if s != t:
                information += half.T
                score += maps[t].T @ (block[:, :width].T @ self.shift)
        return information, score

    def residual(self, beta: np.ndarray) -> np.ndarray:
        """E (P, m, m): sums of r r'."""
        maps = self.coordinates.maps
        gamma = np.tile(self.shift, (len(maps), 1))
        gamma[:, : maps.shape[1]] -= maps @ beta
        return self._quadratic(lambda s, t: np.outer(gamma[s], gamma[t]), whole=True)

    def _spread(self, phi: np.ndarray) -> np.ndarray:
        """M (P, m, m): sums of x' Phi x."""
        half = self.coordinates.maps @ phi
        return self._quadratic(lambda s, t: half[s] @ self.coordinates.maps[t].T, whole=False)

    def _quadratic(self, of_pair: Callable[[int, int], np.ndarray], *, whole: bool) -> np.ndarray:
        width = len(self.moments.basis.keys) + whole
        found = np.zeros(self.moments.seen.shape + (self.moments.seen.shape[1],))
        for (s, t), (of, sums) in self.moments.products.items():
            found[of, s, t] = np.einsum("pkl,kl->p", sums[:, :width, :width], of_pair(s, t))
            found[of, t, s] = found[of, s, t]
        return found

    # --- derivatives -------------------------------------------------------------------------------------------------

    def gradient(self, point: Point) -> np.ndarray:
        """d value / d theta, (k,)."""
        return np.einsum("ckst,cst->k", point.first, self._force(point))

    def _force(self, point: Point) -> np.ndarray:
        """Per kind: sum of n W - W (E + M) W, the derivative by S itself; (C, m, m)."""
        w = point.weight
        each = self.moments.count[:, None, None] * w - w @ (point.residual + point.spread) @ w
        found = np.zeros_like(point.covariance)
        np.add.at(found, self.kind, each)
        return found

    def slopes(self, point: Point, weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(P_a = X'W dS_a W X (k, r, r), g_a = X'W dS_a W r (k, r)); or the same for given middles (J, P, m, m)."""
        middle = self.middles(point) if weights is None else weights
        maps, width, beta = self.coordinates.maps, len(self.moments.basis.keys), point.beta
        gamma = np.tile(self.shift, (len(maps), 1))
        gamma[:, :width] -= maps @ beta
        count, rank = len(middle), maps.shape[2]
        p, g = np.zeros((count, rank, rank)), np.zeros((count, rank))
        for (s, t), (of, sums) in self.moments.products.items():
            block = (middle[:, of, s, t] @ sums.reshape(len(of), -1)).reshape(count, *sums.shape[1:])
            half = maps[s].T @ (block[:, :width, :width] @ maps[t])
            p += half
            g += (block[:, :width] @ gamma[t]) @ maps[s]
            if s != t:
                p += np.swapaxes(half, 1, 2)
                g += (np.swapaxes(block[:, :, :width], 1, 2) @ gamma[s]) @ maps[t]
        return p, g

    def middles(self, point: Point) -> np.ndarray:
        """W dS_a W per pattern; (k, P, m, m)."""
        w = point.weight[None]
        found: np.ndarray = w @ np.swapaxes(point.first[self.kind], 0, 1) @ w
        return found

    def hessian(self, point: Point) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(observed d2 value (k, k), its expectation (k, k), P_a (k, r, r))."""
        k = len(point.theta)
        p, g = self.slopes(point)
        y = point.weight[:, None] @ point.first[self.kind]  # W dS_a: (P, k, m, m)
        transposed = np.swapaxes(y, -1, -2).reshape(len(y), k, -1)
        flat = y.reshape(len(y), k, -1)
        plain = np.einsum("pax,pbx->ab", flat * self.moments.count[:, None, None], transposed, optimize=True)
        both = self._with(point, y, transposed, point.residual + point.spread)
        curve = np.einsum("cabst,cst->ab", point.second, self._force(point), optimize=True)
        fixed = np.einsum("aij,bji->ab", p @ point.phi, p @ point.phi, optimize=True) if self.reml else 0.0
        observed = curve - plain + 2.0 * both - fixed - 2.0 * g @ point.phi @ g.T
        expected = plain + (fixed - 2.0 * self._with(point, y, transposed, point.spread) if self.reml else 0.0)
        return (observed + observed.T) / 2, (expected + expected.T) / 2, p

    def _with(self, point: Point, y: np.ndarray, transposed: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """sum_p tr(W dS_a W dS_b W C), symmetrised; (k, k)."""
        turned = (point.weight @ sums)[:, None] @ y
        found = np.einsum("pax,pbx->ab", turned.reshape(*transposed.shape), transposed, optimize=True)
        return (found + found.T) / 2
