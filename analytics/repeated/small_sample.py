"""Small-sample inference of a model-based fit: Kenward-Roger covariances and df, Satterthwaite df, df by counting.

Kenward and Roger 1997 (full) and 2009 (without second derivatives, "linear": SAS' default, R mmrm's
Kenward-Roger-Linear); Satterthwaite by the delta method with the observed information (Giesbrecht and Burns 1985;
several rows: Fai and Cornelius 1996). Everything in the orthonormal coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.repeated.criterion import Criterion
from analytics.repeated.optimise import Optimum


@dataclass(frozen=True, eq=False)
class SmallSample:
    """What an optimum says about how sure its coefficients are. ``phi`` (r, r): model covariance of y's own unit."""

    criterion: Criterion
    optimum: Optimum

    @property
    def phi(self) -> np.ndarray:
        return self.optimum.point.phi

    @cached_property
    def theta_covariance(self) -> np.ndarray:
        """Twice the inverse observed Hessian of -2 log-likelihood: covariance of theta, (k, k)."""
        return 2.0 * np.linalg.inv(self.optimum.hessian)

    @cached_property
    def kenward_roger_linear(self) -> np.ndarray:
        """Phi + 2 Phi sum w_ab (Q_ab - P_a Phi P_b) Phi."""
        return self._adjusted(self._bias)

    @cached_property
    def kenward_roger(self) -> np.ndarray:
        """The same with - R_ab / 4, the second derivatives of S; depends on the parameterisation."""
        point, w = self.optimum.point, self.theta_covariance
        curve = np.einsum("ab,cabst->cst", w, point.second, optimize=True)
        middle = point.weight @ curve[self.criterion.kind] @ point.weight
        return self._adjusted(self._bias - self._contracted(middle) / 4.0)

    def _adjusted(self, bias: np.ndarray) -> np.ndarray:
        found = self.phi + 2.0 * self.phi @ bias @ self.phi
        return (found + found.T) / 2

    @cached_property
    def _bias(self) -> np.ndarray:
        """sum w_ab (Q_ab - P_a Phi P_b), contracted per pattern: no Q_ab is made."""
        point, w, p = self.optimum.point, self.theta_covariance, self.optimum.slopes
        y = point.weight[:, None] @ point.first[self.criterion.kind]
        weighed = np.einsum("ab,pbst->past", w, y, optimize=True)
        middle = np.einsum("past,patu->psu", weighed, y, optimize=True) @ point.weight
        products = np.einsum("ab,bij->aij", w, p, optimize=True)
        return self._contracted(middle) - np.einsum("aij,jk,akl->il", p, self.phi, products, optimize=True)

    def _contracted(self, middle: np.ndarray) -> np.ndarray:
        """sum x' middle_p x over patients."""
        return self.criterion.slopes(self.optimum.point, middle[None])[0][0]

    def satterthwaite(self, rows: np.ndarray) -> np.ndarray:
        """df of each combination (k, r); (k,). Kenward-Roger's are the same for one row."""
        half = rows @ self.phi
        variance = np.einsum("kr,kr->k", half, rows)
        slope = np.einsum("ki,aij,kj->ka", half, self.optimum.slopes, half, optimize=True)
        spread = np.einsum("ka,ab,kb->k", slope, self.theta_covariance, slope, optimize=True)
        with np.errstate(all="ignore"):
            return np.where(spread > 0, 2.0 * variance**2 / spread, np.nan)

    def satterthwaite_test(self, rows: np.ndarray, beta: np.ndarray) -> tuple[float, float]:
        """(F, denominator df) of "all rows are zero", by the eigenvectors of their covariance."""
        covariance = rows @ self.phi @ rows.T
        value, vector = np.linalg.eigh(covariance)
        turned = vector.T @ rows
        statistic = float(np.mean((turned @ beta) ** 2 / value))
        df = self.satterthwaite(turned)
        if len(df) == 1:
            return statistic, float(df[0])
        if np.ptp(df) < 1e-8 * df.mean():
            return statistic, float(df.mean())
        total = float(np.sum(np.where(df > 2, df / (df - 2), 0.0)))
        return statistic, 2.0 * total / (total - len(df)) if total > len(df) else 0.0

    def kenward_roger_test(self, rows: np.ndarray, beta: np.ndarray, adjusted: np.ndarray) -> tuple[float, float]:
        """(scaled F, denominator df) with the ``adjusted`` covariance (r, r); Kenward and Roger 1997, section 3."""
        size = len(rows)
        estimate = rows @ beta
        wald = float(estimate @ np.linalg.solve(rows @ adjusted @ rows.T, estimate)) / size
        if size == 1:
            return wald, float(self.satterthwaite(rows)[0])
        scale, df = self._scale_and_df(rows)
        return scale * wald, df

    def _scale_and_df(self, rows: np.ndarray) -> tuple[float, float]:
        size, w = len(rows), self.theta_covariance
        theta = rows.T @ np.linalg.solve(rows @ self.phi @ rows.T, rows)
        turned = theta @ self.phi @ self.optimum.slopes @ self.phi
        trace = np.einsum("aii->a", turned)
        a1 = float(trace @ w @ trace)
        a2 = float(np.einsum("ab,aij,bji->", w, turned, turned, optimize=True))
        b = (a1 + 6 * a2) / (2 * size)
        g = ((size + 1) * a1 - (size + 4) * a2) / ((size + 2) * a2)
        bottom = 3 * size + 2 * (1 - g)
        c1, c2, c3 = g / bottom, (size - g) / bottom, (size + 2 - g) / bottom
        mean = 1 / (1 - a2 / size)
        variance = 2 / size * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        ratio = variance / (2 * mean**2)
        df = 4 + (size + 2) / (size * ratio - 1)
        return float(df / (mean * (df - 2))), float(df)
