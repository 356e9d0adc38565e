"""The model written out with one dense covariance per patient and numerical derivatives: slow, plain, independent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Dense:
    """``patients``: (X_i, y_i, what ``covariance(theta, .)`` needs to make S_i)."""

    patients: Sequence[tuple[np.ndarray, np.ndarray, object]]
    covariance: Callable[[np.ndarray, object], np.ndarray]
    reml: bool = True

    def parts(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """(information, coefficients, -2 log-likelihood)."""
        p = self.patients[0][0].shape[1]
        information, score, square, twice, n = np.zeros((p, p)), np.zeros(p), 0.0, 0.0, 0
        for x, y, what in self.patients:
            s = self.covariance(theta, what)
            weighed = np.linalg.solve(s, np.column_stack([x, y]))
            information += x.T @ weighed[:, :-1]
            score += x.T @ weighed[:, -1]
            square += y @ weighed[:, -1]
            twice += np.linalg.slogdet(s)[1]
            n += len(y)
        beta = np.linalg.solve(information, score)
        twice += square - score @ beta + (n - (p if self.reml else 0)) * np.log(2 * np.pi)
        return information, beta, twice + (np.linalg.slogdet(information)[1] if self.reml else 0.0)

    def twice(self, theta: np.ndarray) -> float:
        return self.parts(theta)[2]

    def kenward_roger(self, theta: np.ndarray, *, linear: bool) -> np.ndarray:
        """Adjusted covariance of the coefficients (Kenward and Roger 1997; 2009 where linear)."""
        phi, w = np.linalg.inv(self.parts(theta)[0]), self.theta_covariance(theta)
        k, p = len(theta), len(phi)
        first, cross, second = np.zeros((k, p, p)), np.zeros((k, k, p, p)), np.zeros((k, k, p, p))
        for x, _, what in self.patients:
            inverse = np.linalg.inv(self.covariance(theta, what))
            d1, d2 = differences(lambda t, what=what: self.covariance(t, what), theta)
            half = inverse @ x
            for a in range(k):
                first[a] -= half.T @ d1[a] @ half
                for b in range(k):
                    cross[a, b] += half.T @ d1[a] @ inverse @ d1[b] @ half
                    second[a, b] += half.T @ d2[a, b] @ half
        bias = sum(
            w[a, b] * (cross[a, b] - first[a] @ phi @ first[b] - (0.0 if linear else 0.25) * second[a, b])
            for a in range(k)
            for b in range(k)
        )
        return phi + 2 * phi @ bias @ phi

    def theta_covariance(self, theta: np.ndarray) -> np.ndarray:
        return 2 * np.linalg.inv(differences(lambda t: np.array(self.twice(t)), theta)[1])

    def satterthwaite(self, theta: np.ndarray) -> np.ndarray:
        """df of each coefficient."""
        slopes, _ = differences(lambda t: np.diag(np.linalg.inv(self.parts(t)[0])), theta)
        spread = np.einsum("ai,ab,bi->i", slopes, self.theta_covariance(theta), slopes)
        return 2 * np.diag(np.linalg.inv(self.parts(theta)[0])) ** 2 / spread


def differences(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, step: float = 1e-4) -> tuple:
    """First and second derivatives by central differences."""
    k, middle = len(at), function(at)
    unit = step * np.eye(k)
    first = np.array([(function(at + unit[a]) - function(at - unit[a])) / (2 * step) for a in range(k)])
    second = np.zeros((k, k, *np.shape(middle)))
    for a in range(k):
        for b in range(a + 1):
            if a == b:
                found = function(at + unit[a]) - 2 * middle + function(at - unit[a])
            else:
                found = function(at + unit[a] + unit[b]) + function(at - unit[a] - unit[b])
                found = (found - function(at + unit[a] - unit[b]) - function(at - unit[a] + unit[b])) / 4
            second[a, b] = second[b, a] = found / step**2
    return first, second
