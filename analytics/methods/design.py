"""The model matrix that every regression method takes: arms, optional baseline, covariates, and rows with the arm set.

Standardisation over the observed covariates (g-computation; emmeans' reference grid at observed proportions) is the
average over ``Design.rows_for(arm)``, or the single ``Design.mean_row(arm)`` where the model is linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.domain.cohort import Sample

SAME = "every reading was the same"  # how a director is told that nothing varies at all
COLLINEAR_TOLERANCE = 1e-9  # residual norm of a unit column on those before it


@dataclass(frozen=True, eq=False)
class Design:
    """``matrix`` (N, p): column 0 the intercept, then one dummy per arm but the first, then the covariates.

    ``rows``: the sample's rows behind the matrix, in the same order (sorted by patient and unit, arms that are too
    small left out). ``clusters`` (N,): integer code of the patient. ``arms``: arms in the matrix, first = reference.
    ``n``: patients per arm with all numbers needed (arms left out too). ``reasons``: arm -> why it is not in the
    matrix. ``notes``: what was dropped.
    """

    matrix: np.ndarray
    columns: tuple[str, ...]
    rows: pd.DataFrame
    clusters: np.ndarray
    arms: tuple[str, ...]
    n: Mapping[str, int]
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def rows_for(self, arm: str) -> np.ndarray:
        """The same rows (N, p) as if everyone had been in ``arm``."""
        changed = self.matrix.copy()
        changed[:, 1 : len(self.arms)] = 0.0
        if arm != self.arms[0]:
            changed[:, self.arms.index(arm)] = 1.0
        return changed

    def mean_row(self, arm: str) -> np.ndarray:
        """The average (p,) of ``rows_for(arm)``: the adjusted mean of a linear model."""
        return self.rows_for(arm).mean(axis=0)

    @property
    def mean_rows(self) -> np.ndarray:
        """``mean_row`` of every arm of ``arms``; (arms, p)."""
        return np.array([self.mean_row(arm) for arm in self.arms])

    @property
    def without_intercept(self) -> np.ndarray:
        """The matrix (N, p - 1) for models whose thresholds are the intercepts."""
        return self.matrix[:, 1:]


def build(sample: Sample, *, baseline: Callable[[np.ndarray], np.ndarray] | None = None, minimum: int = 2) -> Design:
    """The Design of ``sample``.

    ``baseline``: transform of the baseline column before it is centred (e.g. log), used when ``sample.baseline``.
    ``minimum``: arms with fewer patients stay out, each with its reason. Numbers are centred; categories become dummies
    in sorted order without the first level; a paired sample gets its side. Constant and collinear columns are dropped
    and named. With fewer than two ``arms`` left nothing can be compared: the method says so.
    """
    rows, dropped = _complete(sample)
    given = texts(rows["arm"])
    patients = rows["patient"].to_numpy(object)
    counts = {arm: len(set(patients[given == arm])) for arm in sample.arms}
    reasons = {arm: _too_few(arm, count, minimum) for arm, count in counts.items() if count < minimum}
    arms = tuple(arm for arm in sample.arms if arm not in reasons)
    inside = np.isin(given, arms)
    rows, given = rows[inside].reset_index(drop=True), given[inside]
    clusters = pd.factorize(rows["patient"])[0]
    if not arms:
        return Design(np.zeros((0, 1)), ("intercept",), rows, clusters, arms, counts, reasons, dropped)
    fixed = {"intercept": np.ones(len(rows))} | {f"arm = {arm}": _is(given, arm) for arm in arms[1:]}
    kept, notes = _independent(fixed, _covariates(rows, sample, baseline))
    matrix = np.column_stack(list(kept.values()))
    return Design(matrix, tuple(kept), rows, clusters, arms, counts, reasons, (*dropped, *notes))


def _complete(sample: Sample) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows in a fixed order, without those that lack a number the model needs."""
    order = [texts(sample.rows[name]) for name in ("patient", "unit", "side", "arm") if name in sample.rows]
    keys = list(zip(*order))
    rows = sample.rows.take(sorted(range(len(keys)), key=keys.__getitem__)).reset_index(drop=True)
    needed = ["value"] + ["baseline"] * sample.baseline
    needed += [name for name, kind in sample.covariates.items() if kind == "number"]
    numbers = np.column_stack([rows[name].to_numpy(float) for name in needed])
    whole = np.isfinite(numbers).all(axis=1)
    if whole.all():
        return rows, ()
    lacking = [name for i, name in enumerate(needed) if not np.isfinite(numbers[:, i]).all()]
    note = f"{readings(int((~whole).sum()))} left out: no number for {', '.join(lacking)}"
    return rows[whole].reset_index(drop=True), (note,)


def readings(count: int) -> str:
    """ "1 reading", "2 readings"."""
    return f"{count} reading" if count == 1 else f"{count} readings"


def _too_few(arm: str, count: int, minimum: int) -> str:
    held = "no patient" if count == 0 else "one patient" if count == 1 else f"{count} patients"
    return f"{arm} has {held} here (at least {minimum} are needed)"


def texts(column: pd.Series) -> np.ndarray:
    """The column as an array of plain texts: comparing and sorting those is ten times faster than a text Series."""
    plain = pd.api.types.infer_dtype(column, skipna=False) == "string"
    return (column if plain else column.astype(str)).to_numpy(object)


def _is(column: np.ndarray, level: str) -> np.ndarray:
    return (column == level).astype(float)


def _covariates(
    rows: pd.DataFrame, sample: Sample, baseline: Callable[[np.ndarray], np.ndarray] | None
) -> dict[str, np.ndarray]:
    columns: dict[str, np.ndarray] = {}
    if sample.baseline:
        numbers = rows["baseline"].to_numpy(float)
        columns["baseline"] = _centred(numbers if baseline is None else baseline(numbers))
    side = {"side": "category"} if sample.paired else {}
    for name, kind in {**side, **sample.covariates}.items():
        if kind == "number":
            columns[name] = _centred(rows[name].to_numpy(float))
        else:
            column = texts(rows[name])
            levels = sorted(set(column))
            dummies = {f"{name} = {level}": _is(column, level) for level in levels[1:]}
            columns |= dummies or {name: np.zeros(len(rows))}
    return columns


def _centred(numbers: np.ndarray) -> np.ndarray:
    return numbers - numbers.mean()


def _independent(
    fixed: Mapping[str, np.ndarray], extra: Mapping[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """``fixed`` and those of ``extra`` that are no combination of columns before them; a note for each other one."""
    kept = dict(fixed)
    arms = _basis(fixed.values())
    basis = arms
    notes = []
    for name, column in extra.items():
        if np.ptp(column) <= COLLINEAR_TOLERANCE * np.max(np.abs(column), initial=1e-300):
            notes.append(f"{name} left out: it is the same for everyone")
            continue
        unit = column - column.mean()
        unit = unit / np.linalg.norm(unit)
        rest = unit - basis @ (basis.T @ unit)
        rest = rest - basis @ (basis.T @ rest)  # twice is enough (Kahan, Parlett)
        if np.linalg.norm(rest) > COLLINEAR_TOLERANCE:
            kept[name] = column
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
            continue
        with_arms = np.linalg.norm(unit - arms @ (arms.T @ unit)) <= COLLINEAR_TOLERANCE
        why = "it cannot be told apart from the arms" if with_arms else "it is a combination of the other covariates"
        notes.append(f"{name} left out: {why}")
    return kept, tuple(notes)


def _basis(columns: Iterable[np.ndarray]) -> np.ndarray:
    return np.linalg.qr(np.column_stack(list(columns)))[0]
