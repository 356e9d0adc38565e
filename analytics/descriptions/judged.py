"""Patients as they are judged at the last visit, one row each, and what they were like before: answers and case mix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.descriptions.within import UNKNOWN
from analytics.domain.cohort import Cohort
from schemas.vocabulary import Outcome

SHARE, MEAN = "share", "mean"
PER_COEFFICIENT = 5  # patients (the rarer answer of a share) for each coefficient: Vittinghoff, McCulloch 2007
START, TREATMENT, DESIGN = "baseline", "treatment", "design"


@dataclass(frozen=True, eq=False)
class Judged:
    """``rows``: one per patient (or patient and arm): patient, y (1 / 0 or a mean), start, clinic, provider,
    covariates, one column ``arm:NAME`` for each arm with its part of the row. ``kind``: share | mean."""

    rows: pd.DataFrame
    kind: str


@dataclass(frozen=True, eq=False)
class Mix:
    """``design`` (n, p): 1, then the terms that fit; ``used`` and ``left``: terms in it, and those too many."""

    design: np.ndarray
    used: tuple[str, ...]
    left: tuple[str, ...]


def kind_of(outcome: Outcome) -> str:
    """Responders are counted where there is a rule for them; else what is measured is averaged; "" where neither."""
    if outcome.responder is not None or outcome.kind == "binary":
        return SHARE
    return MEAN if outcome.averaged else ""


def judged(cohort: Cohort, name: str, *, by: tuple[str, ...] = ("patient",)) -> Judged | None:
    """Everybody with an answer at the plan's last visit; None where the outcome has none.

    A patient with several sides or sites responds if all of them do; what is measured is averaged over them.
    """
    outcome = cohort.outcome(name)
    kind = kind_of(outcome)
    told = _column(outcome, kind)
    table = cohort.table
    read = table[(table["outcome"] == name) & (table["visit"] == cohort.plan.visits.last)]
    read = read[read[told].notna()] if kind else read.iloc[:0]
    if read.empty:
        return None
    known = [c for c in (*cohort.covariates, "clinic_id", "provider_id") if c in cohort.members]
    people = cohort.members[["unit", "design", *dict.fromkeys(known)]].rename(columns={"design": "faces"})
    rows = read[["patient", "unit", "arm", told, "baseline"]].merge(people, on="unit").sort_values(["patient", "unit"])
    for arm in cohort.plan.arms:
        rows[f"arm:{arm}"] = (rows["arm"] == arm).astype(float)
    averaged = ["baseline", *(f"arm:{arm}" for arm in cohort.plan.arms)]
    groups = rows.groupby(list(by), sort=True)
    answer = groups[told].min() if kind == SHARE else groups[told].mean()
    people = rows.drop_duplicates(list(by)).set_index(list(by))[["faces", *dict.fromkeys(known)]]
    made = groups[averaged].mean().join(people)
    return Judged(made.assign(y=answer.astype(float)).reset_index(), kind)


def _column(outcome: Outcome, kind: str) -> str:
    if kind == SHARE:
        return "value" if outcome.kind == "binary" else "responder"
    return "change" if outcome.baseline == "before" else "value"


def complete(cohort: Cohort, found: Judged) -> tuple[Judged, int]:
    """Those whose covariates that are numbers, and start, are all recorded; and how many are left out."""
    numbers = [name for name, kind in cohort.covariates.items() if kind == "number"]
    rows = found.rows
    based = rows["baseline"].notna().any()
    kept = rows[rows[[*numbers, *(["baseline"] if based else [])]].notna().all(axis=1)].reset_index(drop=True)
    return Judged(kept, found.kind), len(rows) - len(kept)


def mix(cohort: Cohort, found: Judged, *, without: tuple[str, ...] = (), more: int = 0) -> Mix:
    """The start, treatment and the plan's covariates as columns, as many as the patients carry (PER_COEFFICIENT).

    ``more``: coefficients that are spent elsewhere. Levels under ``minimum_cell`` stand together; a term that does not
    fit is passed over for the next; columns that say what others say are left out.
    """
    rows, y = found.rows, found.rows["y"]
    carrying = min((y == 1).sum(), (y == 0).sum()) if found.kind == SHARE else len(rows)
    room = int(carrying // PER_COEFFICIENT) - more
    design = np.ones((len(rows), 1))
    used: list[str] = []
    left: list[str] = []
    for term, block in _terms(cohort, rows, without):
        new = _new(design, block)
        if new.shape[1] and design.shape[1] - 1 + new.shape[1] > room:
            left.append(term)
        elif new.shape[1]:
            design, used = np.column_stack([design, new]), [*used, term]
    return Mix(design, tuple(used), tuple(left))


def _terms(cohort: Cohort, rows: pd.DataFrame, without: tuple[str, ...]) -> list[tuple[str, np.ndarray]]:
    arms = rows[[f"arm:{arm}" for arm in cohort.plan.arms]].to_numpy(float)[:, 1:]
    found = [(START, rows[["baseline"]].to_numpy(float))] if rows["baseline"].notna().all() else []
    found += [(TREATMENT, arms), (DESIGN, (rows[["faces"]] == "split_face").to_numpy(float))]
    for name, kind in cohort.covariates.items():
        if name not in without:
            block = rows[[name]].to_numpy(float) if kind == "number" else _levels(rows[name], cohort.plan.minimum_cell)
            found.append((name, block))
    return found


def _levels(values: pd.Series, fewest: int) -> np.ndarray:
    """A column for each level but the most frequent; those of fewer patients than ``fewest`` share one."""
    told = values.fillna(UNKNOWN).astype(str)
    sizes = told.value_counts().sort_index()
    first = str(sizes.idxmax())
    small = [level for level in sizes.index if sizes[level] < fewest and level != first]
    told = told.where(~told.isin(small), "" if sizes[small].sum() >= fewest else first)
    return np.column_stack([np.zeros((len(told), 0)), *((told == v).to_numpy(float)[:, None]
                            for v in sorted(set(told) - {first}))])  # fmt: skip


def _new(design: np.ndarray, block: np.ndarray) -> np.ndarray:
    """The columns of ``block``, each to mean 0 and spread 1, that those before them do not say already."""
    held, kept = design, np.empty((len(design), 0))
    for column in block.T:
        spread = float(np.std(column))
        if not spread > 0:
            continue
        scaled = (column - column.mean()) / spread
        rest = scaled - held @ np.linalg.lstsq(held, scaled, rcond=None)[0]
        if np.sqrt(np.mean(rest**2)) > 1e-6:
            held, kept = np.column_stack([held, scaled]), np.column_stack([kept, scaled])
    return kept
