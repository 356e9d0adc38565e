"""The unstructured covariance: S = D L L' D, D = exp(theta), L unit lower triangular (R mmrm's parameterisation)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


class Unstructured:
    """Any positive definite covariance; m logs and m (m - 1) / 2 elements of L by rows."""

    def size(self, m: int) -> int:
        return m * (m + 1) // 2

    def start(self, covariance: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
        root = np.linalg.cholesky(covariance)
        diagonal = np.diag(root)
        unit = root / diagonal[:, None]
        return np.r_[np.log(diagonal), unit[np.tril_indices(len(root), -1)]]

    def evaluate(
        self, theta: np.ndarray, m: int, where: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        below = np.tril_indices(m, -1)
        scale = np.exp(theta[:m])
        unit = np.eye(m)
        unit[below] = theta[m:]
        root = scale[:, None] * unit
        first, second = _derivatives(root, scale, m)
        half = first @ root.T
        flat = first.reshape(-1, m)
        curve = (flat @ flat.T).reshape(len(first), m, len(first), m).transpose(0, 2, 1, 3)
        curve = curve + (second.reshape(-1, m) @ root.T).reshape(second.shape)
        return root @ root.T, half + np.swapaxes(half, -1, -2), curve + np.swapaxes(curve, -1, -2)


def _derivatives(root: np.ndarray, scale: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Of the root D L: its row i by theta_i, one element by L_ij; and their second ones."""
    rows, columns = _below(m)
    k = m + len(rows)
    first, second = np.zeros((k, m, m)), np.zeros((k, k, m, m))
    each = np.arange(m)
    first[each, each] = root
    second[each, each, each] = root
    place = m + np.arange(len(rows))
    first[place, rows, columns] = scale[rows]
    second[place, rows, rows, columns] = scale[rows]
    second[rows, place, rows, columns] = scale[rows]
    return first, second


@lru_cache(maxsize=64)
def _below(m: int) -> tuple[np.ndarray, np.ndarray]:
    return np.tril_indices(m, -1)
