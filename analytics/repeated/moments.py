"""Moments: all that a repeated-measures likelihood needs of a data set, sums over patients and no patient.

Patients with the same observed visits (and group) share a pattern; per pattern and pair of visits (s, t) the sum of
products of [U_s, y_s] and [U_t, y_t] is kept. After this pass the cost of a fit does not depend on the number of
patients, and the sums of separate files add up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from analytics.domain.errors import UsageError
from analytics.repeated.basis import Basis, basis_of
from analytics.repeated.complete import Columns, as_frame
from analytics.repeated.grid import Averages, averages_of
from analytics.repeated.rows import Rows, read_rows
from analytics.repeated.terms import Levels, Terms

CHUNK = 8192  # patients multiplied at a time
Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over patients. ``seen`` (P, m) bool: visits of each pattern; ``group`` (P,); ``count`` (P,) patients.

    ``places`` (m,): which of the visit's levels the m visits with data are.

    ``products``: pair of visits (s <= t) -> (patterns that have both (Pst,), sums (Pst, K + 1, K + 1)).
    ``varies`` (K,): whether a column changes within a patient.
    ``log_weight``: sum of the logs of the rows' weights. ``averages``: means of columns, for adjusted means.
    ``where`` (P, m, d): coordinates of a pattern's visits, or None.
    """

    terms: Terms
    columns: Columns
    basis: Basis
    places: np.ndarray
    seen: np.ndarray
    group: np.ndarray
    count: np.ndarray
    products: Mapping[Pair, tuple[np.ndarray, np.ndarray]]
    averages: Averages
    varies: np.ndarray
    log_weight: float = 0.0
    where: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def from_frame(
        cls,
        formula: str,
        data: Any,
        *,
        subject: str,
        visit: str,
        weights: str | None = None,
        frequency: str | None = None,
        group: str | None = None,
        levels: Mapping[str, tuple[Hashable, ...]] | None = None,
    ) -> Moments:
        """The Moments of one file: ``data`` long, a row per patient and visit.

        ``levels``: variable -> all its categories, where a file may lack some that another one has (a categorical
        column without them is enough too). Errors: as ``fit_mmrm``.
        """
        columns = Columns(subject, visit, group, weights, frequency)
        return moments_of(read_rows(formula, data, columns, levels=_kept(data, levels, subject)))

    def __add__(self, other: Moments) -> Moments:
        """The Moments of both files together; DataRefused where they are not of one model."""
        from analytics.repeated.addition import added

        return added(self, other) if isinstance(other, Moments) else NotImplemented

    def __radd__(self, other: object) -> Moments:
        """So that ``sum(moments of files)`` works, which starts with 0."""
        return self if other == 0 else NotImplemented

    def save(self, path: str | Path, *, minimum_cell: int = 5) -> None:
        """Write to one file. Refused where a pattern of visits has fewer patients than ``minimum_cell``."""
        from analytics.repeated.storage import save

        save(self, Path(path), minimum_cell=minimum_cell)

    @classmethod
    def load(cls, path: str | Path) -> Moments:
        """Read what ``save`` wrote."""
        from analytics.repeated.storage import load

        return load(Path(path))

    @property
    def visits(self) -> tuple[Hashable, ...]:
        """Levels of the visit with data, (m,)."""
        return tuple(self.terms.levels[self.columns.visit][place] for place in self.places)

    @property
    def groups(self) -> tuple[Hashable, ...]:
        return self.terms.levels[self.columns.group] if self.columns.group else ("",)

    @property
    def n_patients(self) -> int:
        return round(float(self.count.sum()))

    @property
    def n_values(self) -> int:
        return round(float((self.count[:, None] * self.seen).sum()))

    @cached_property
    def maps(self) -> np.ndarray:
        """R (m, K, q) of the basis."""
        found: np.ndarray = self.basis.maps(self.terms, self.columns.visit)[self.places]
        return found

    def __repr__(self) -> str:
        return (
            f"Moments of {self.n_values:,} values of {self.n_patients:,} patients at {len(self.visits)} visits: "
            f"{self.terms.formula}"
        )


def _kept(data: Any, levels: Levels | None, subject: str) -> dict[str, tuple[Hashable, ...]]:
    """Given categories, and all those of categorical columns: another file may use what this one does not."""
    import pandas as pd

    found = dict(levels or {})
    for name in found:
        if name not in as_frame(data):
            raise UsageError(f"levels names {name!r}, which is no column.", fix="name columns of the data")
    if isinstance(data, pd.DataFrame):
        for name in data.columns:
            if isinstance(data[name].dtype, pd.CategoricalDtype) and name != subject:
                found.setdefault(name, tuple(data[name].cat.categories))
    return found


def moments_of(rows: Rows, *, basis: Basis | None = None) -> Moments:
    """The Moments of ``rows``."""
    basis = basis or basis_of(rows.terms, rows.columns.visit, rows)
    matrix = basis.matrix(rows)
    places = np.flatnonzero(np.bincount(rows.visit))
    pattern, seen, group, where = patterns(rows)
    frequency = rows.frequencies
    products = _products(matrix, rows, pattern, seen)
    log_weight = 0.0 if rows.weight is None else float(np.log(rows.weight) @ np.repeat(frequency, rows.size))
    return Moments(
        terms=rows.terms,
        columns=rows.columns,
        basis=basis,
        places=places,
        seen=seen,
        group=group,
        count=np.bincount(pattern, frequency, minlength=len(seen)),
        products=products,
        averages=averages_of(rows),
        varies=np.array([_varies(rows.column(key), rows.start) for key in basis.keys]),
        log_weight=log_weight,
        where=where,
        notes=rows.notes,
    )


def patterns(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """(pattern of each patient (n,), visits seen (P, m), group (P,), coordinates (P, m, d) or None).

    The m visits are those with data, in their order.
    """
    used = np.bincount(rows.visit) > 0
    visit = (np.cumsum(used) - 1)[rows.visit]
    n, m = len(rows.size), int(used.sum())
    patient = np.repeat(np.arange(n), rows.size)
    present = np.zeros((n, m), bool)
    present[patient, visit] = True
    parts = [np.packbits(present, axis=1), rows.group[:, None].astype(">u4").view(np.uint8)]
    if rows.where is not None:
        where = np.zeros((n, m, rows.where.shape[1]))
        where[patient, visit] = rows.where
        parts.append(np.ascontiguousarray(where.reshape(n, -1)).view(np.uint8))
    text = np.ascontiguousarray(np.hstack(parts))
    _, first, pattern = np.unique(text.view(f"V{text.shape[1]}").ravel(), return_index=True, return_inverse=True)
    return pattern, present[first], rows.group[first], where[first] if rows.where is not None else None


def _products(
    matrix: np.ndarray, rows: Rows, pattern: np.ndarray, seen: np.ndarray
) -> dict[Pair, tuple[np.ndarray, np.ndarray]]:
    width = matrix.shape[1]
    found: dict[Pair, list[tuple[int, np.ndarray]]] = {}
    by_pattern = np.argsort(pattern, kind="stable")
    bounds = np.r_[0, np.cumsum(np.bincount(pattern, minlength=len(seen)))]
    for p, visits in enumerate(seen):
        at = np.flatnonzero(visits)
        total = np.zeros((len(at) * width, len(at) * width))
        for low in range(bounds[p], bounds[p + 1], CHUNK):
            patients = by_pattern[low : min(low + CHUNK, bounds[p + 1])]
            block = matrix[rows.start[patients, None] + np.arange(len(at))].reshape(len(patients), -1)
            total += block.T @ (block if rows.frequency is None else block * rows.frequency[patients, None])
        split = total.reshape(len(at), width, len(at), width)
        for i, s in enumerate(at):
            for j in range(i, len(at)):
                found.setdefault((int(s), int(at[j])), []).append((p, split[i, :, j]))
    return {
        pair: (np.array([p for p, _ in sums]), np.array([each for _, each in sums]))
        for pair, sums in sorted(found.items())
    }


def _varies(column: np.ndarray, start: np.ndarray) -> bool:
    low, high = np.minimum.reduceat(column, start[:-1]), np.maximum.reduceat(column, start[:-1])
    return bool(np.any(low != high))
