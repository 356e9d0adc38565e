"""Orthonormal coordinates of the model matrix, made from sums: rank, names of what is left out, and the way back.

X'X of a visit is U'U seen through R_s; with U'U = F'F the stacked F R_s has the singular values of X, so one QR of it
gives coordinates in which the likelihood is well conditioned, without squaring the condition number twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.repeated.moments import Moments

RANK_TOLERANCE = 1e-9  # of a column's own norm, on the columns before it
ZERO = 1e-11  # of what a column is summed from: a column that is zero leaves its rounding
INSIDE = 1e-7  # a combination of coefficients is estimable if the null space holds less of it than this


@dataclass(frozen=True, eq=False)
class Coordinates:
    """``kept`` (r,) columns of the q; ``back`` (r, r): coefficients = back @ coordinates.

    ``null`` (q, q - r): coefficients that change no fitted value, times ``size`` (q,), the columns' norms.
    ``maps`` (m, K, r): R_s in coordinates.
    ``constant`` (r,): the fit of "1", or None. ``dropped``: names of columns left out. ``log_det``: of back.
    ``numeric`` (q,): which columns left out are made of numbers. The model is one without them; a product of
    categories is left out because a cell is empty, and what that takes with it stays unknown.
    """

    kept: np.ndarray
    back: np.ndarray
    null: np.ndarray
    size: np.ndarray
    maps: np.ndarray
    constant: np.ndarray | None
    dropped: tuple[str, ...]
    log_det: float
    numeric: np.ndarray

    def combination(self, rows: np.ndarray) -> np.ndarray:
        """Combinations of all q coefficients (k, q) in coordinates (k, r)."""
        return np.atleast_2d(rows)[:, self.kept] @ self.back

    def estimable(self, rows: np.ndarray, *, fewer: bool = False) -> np.ndarray:
        """Whether each combination (k, q) is the same for every solution; (k,) bool. ``fewer``: see ``unseen``."""
        return np.linalg.norm(self.unseen(rows, fewer=fewer), axis=1) <= INSIDE

    def unseen(self, rows: np.ndarray, *, fewer: bool = False) -> np.ndarray:
        """How much of each combination (k, q), of size 1, no fitted value shows; (k, q - r). Free of units.

        ``fewer``: in the model without the numbers that were left out.
        """
        scaled = np.atleast_2d(rows) / self.size
        size = np.linalg.norm(scaled, axis=1, keepdims=True)
        null = self.null
        if fewer:
            out = np.setdiff1d(np.arange(len(self.size)), self.kept)
            null = null[:, ~self.numeric[out]]
        found: np.ndarray = scaled @ null / np.where(size > 0, size, 1.0)
        return found


def coordinates_of(moments: Moments) -> Coordinates:
    """The Coordinates of a data set; columns that are combinations of those before them are left out."""
    stacked, size = _columns(moments)
    names = moments.terms.names
    kept, dropped, basis = _independent(stacked)
    triangle = basis.T @ stacked[:, kept]
    back = np.linalg.inv(np.triu(triangle))
    null = np.zeros((len(names), len(dropped)))
    null[kept] = -back @ (basis.T @ stacked[:, dropped])
    null[dropped, np.arange(len(dropped))] = 1.0
    null *= size[:, None]
    norms = np.linalg.norm(null, axis=0)
    maps = moments.maps[:, :, kept] @ back
    return Coordinates(
        kept=np.array(kept, int),
        back=back,
        null=null / np.where(norms > 0, norms, 1.0),
        size=size,
        maps=maps,
        constant=_constant(moments, maps),
        dropped=tuple(names[j] for j in dropped),
        log_det=float(np.sum(np.log(np.abs(np.diag(back))))),
        numeric=np.array([j in dropped and bool(key.numbers) for j, key in enumerate(moments.terms.keys)], bool),
    )


def _columns(moments: Moments) -> tuple[np.ndarray, np.ndarray]:
    """(columns with the inner products of X's, their norms); a column that is zero but for rounding is zero."""
    roots = [_root(moments, s) for s in range(len(moments.visits))]
    found = np.vstack([root @ own for root, own in zip(roots, moments.maps)])
    summed = np.vstack([np.abs(root) @ np.abs(own) for root, own in zip(roots, moments.maps)])
    size, largest = np.linalg.norm(found, axis=0), np.linalg.norm(summed, axis=0)
    found[:, size <= ZERO * largest] = 0.0
    return found, np.where(size > ZERO * largest, size, np.where(largest > 0, largest, 1.0))


def _root(moments: Moments, visit: int) -> np.ndarray:
    """F (K, K) with F'F = U'U over the rows of a visit; eigenvalues below rounding are none."""
    width = len(moments.basis.keys)
    if (visit, visit) not in moments.products:
        return np.zeros((1, width))
    total = moments.products[visit, visit][1].sum(axis=0)[:width, :width]
    size = np.sqrt(np.maximum(np.diag(total), 1e-300))
    value, vector = np.linalg.eigh(total / np.outer(size, size))
    value = np.where(value > 1e-13 * len(value), value, 0.0)
    found: np.ndarray = (np.sqrt(value)[:, None] * vector.T) * size
    return found


def _independent(columns: np.ndarray) -> tuple[list[int], list[int], np.ndarray]:
    """(kept, dropped, orthonormal basis) of columns taken in their order."""
    kept: list[int] = []
    dropped: list[int] = []
    basis = np.zeros((len(columns), 0))
    for j, column in enumerate(columns.T):
        size = np.linalg.norm(column)
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)  # twice is enough (Kahan, Parlett)
        if size > 0 and np.linalg.norm(rest) > RANK_TOLERANCE * size:
            kept.append(j)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
        else:
            dropped.append(j)
    return kept, dropped, basis


def _constant(moments: Moments, maps: np.ndarray) -> np.ndarray | None:
    """The coordinates whose fitted value is 1 everywhere, if there are any: then y may be centred."""
    seen = [s for s in range(len(maps)) if (s, s) in moments.products]
    system = np.vstack([maps[s] for s in seen])
    wanted = np.zeros((len(seen), maps.shape[1]))
    wanted[:, 0] = 1.0
    found = np.linalg.lstsq(system, wanted.ravel(), rcond=None)[0]
    return found if np.abs(system @ found - wanted.ravel()).max() < 1e-9 else None


def word_dropped(names: Sequence[str]) -> tuple[str, ...]:
    """A note for columns that were left out."""
    if not names:
        return ()
    return (f"left out, a combination of the columns before or without data: {', '.join(names)}",)
