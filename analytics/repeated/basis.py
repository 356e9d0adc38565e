"""The columns that a row is made of at each visit: X_s = U R_s, U without what is zero or equal at that visit.

A coefficient at visit s is a coding value of the visit times a column that knows no visit: 26 coefficients of three
arms at six visits with a baseline slope per visit are six such columns. U is centred and scaled by constants kept here
and the algebra puts them back, so that y x 1000 + 1e6 gives the same fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.repeated.rows import Rows
from analytics.repeated.terms import Key, Terms

CONSTANT = Key()


@dataclass(frozen=True, eq=False)
class Basis:
    """``keys`` (K,) of U, the first one the constant; y is column K.

    ``centre``, ``scale`` (K + 1,): a column is (raw - centre) / scale.
    """

    keys: tuple[Key, ...]
    centre: np.ndarray
    scale: np.ndarray

    def matrix(self, rows: Rows) -> np.ndarray:
        """[U, y] centred and scaled, times the root of the rows' weights; (N, K + 1)."""
        made = [rows.column(key) for key in self.keys] + [rows.y]
        found = np.empty((len(rows.y), len(made)))
        for k, column in enumerate(made):
            np.subtract(column, self.centre[k], out=found[:, k])
            found[:, k] /= self.scale[k]
        if rows.weight is not None:
            found *= np.sqrt(rows.weight)[:, None]
        return found

    def maps(self, terms: Terms, visit: str) -> np.ndarray:
        """R (m, K, q): X at visit s is (centred and scaled U) R_s."""
        count = len(terms.levels[visit])
        place = {key: k for k, key in enumerate(self.keys)}
        found = np.zeros((count, len(self.keys), len(terms.keys)))
        for j, key in enumerate(terms.keys):
            k = place[key.without(visit)]
            for s in range(count):
                value = key.coding(visit, s) * terms.scales[j]
                found[s, k, j] += value * self.scale[k]
                found[s, 0, j] += value * self.centre[k]
        return found


def basis_of(terms: Terms, visit: str, rows: Rows) -> Basis:
    """The Basis of a formula, centred and scaled by what ``rows`` look like."""
    keys = tuple(dict.fromkeys([CONSTANT, *(key.without(visit) for key in terms.keys)]))
    raw = Basis(keys, np.zeros(len(keys) + 1), np.ones(len(keys) + 1))
    columns = [rows.column(key) for key in keys] + [rows.y]
    centre = np.array([column.mean() for column in columns])
    spread = np.array([column.std() for column in columns])
    size = np.array([np.abs(column).max() for column in columns])
    centre[0], spread[0] = 0.0, 1.0
    varied = spread > 1e-13 * np.maximum(size, 1e-300)
    return replace(raw, centre=centre, scale=np.where(varied, spread, 1.0))
