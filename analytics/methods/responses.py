"""What a marginal model asks of a Sample before the fit: a response, and arms and levels off the edge of the scale.

A group whose responses all lie on one edge (no event, nothing counted) has no finite coefficient: an arm is named and
left out; a covariate level, or one of a single patient, is pooled with its neighbour, so that one rare level does not
cost the whole comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
import pandas as pd

from analytics.domain.cohort import Sample
from analytics.domain.fit import FailedFit
from analytics.inference.contrasts import Reasons
from analytics.methods.design import SAME, texts

Measures = tuple[tuple[str, str], ...]  # (measure, scale)


@dataclass(frozen=True)
class Edges:
    """The least and greatest possible response (None = no edge), and how to say that a group has nothing else."""

    low: float | None = None
    high: float | None = None
    at_low: str = "only the lowest value"
    at_high: str = "only the highest value"

    def word(self, values: np.ndarray) -> str:
        """Why a group with these values has no finite coefficient; "" if it has one."""
        if self.low is not None and len(values) and bool(np.all(values <= self.low)):
            return self.at_low
        if self.high is not None and len(values) and bool(np.all(values >= self.high)):
            return self.at_high
        return ""


@dataclass(frozen=True, eq=False)
class Prepared:
    """``sample``: with the response as its ``value``, ready for the model matrix.

    ``n``: patients per arm with a response, arms that are out too. ``outside``: rows of the arms that are out.
    ``reasons``: arm, or "arm v reference", -> why it is out. ``notes``: what was left out or pooled.
    """

    sample: Sample
    n: Mapping[str, int]
    reasons: Reasons
    notes: tuple[str, ...]
    outside: pd.DataFrame


def prepare(
    sample: Sample,
    *,
    response: Callable[[pd.DataFrame], np.ndarray] | None = None,
    edges: Callable[[np.ndarray], Edges] | Edges | None = None,
) -> Prepared:
    """``sample`` with ``response(rows)`` (default: the value) as its value.

    ``edges``: those of the response, or what makes them from all responses (N,).
    Rows without a finite response go; of a split-face sample also patients with one arm only, and its covariates, which
    cancel within a patient. An arm whose responses all lie on one edge goes with its reason; a covariate level of that
    kind, or of one patient, is pooled with its neighbour in sorted order and named.
    """
    values = sample.rows["value"] if response is None else response(sample.rows)
    rows = sample.rows.assign(value=np.asarray(values, float))
    rows, notes = _finite(rows)
    covariates = {} if sample.paired else dict(sample.covariates)
    if sample.paired:
        rows, said = _whole_pairs(rows, sample)
        notes += said
    full = replace(sample, rows=rows, covariates=covariates)
    edge = edges(rows["value"].to_numpy(float)) if callable(edges) else edges or Edges()
    n = full.n
    reasons = _at_the_edge(rows, n, edge)
    outside = rows["arm"].isin(list(reasons))
    inside, said = _pool_levels(rows[~outside], covariates, edge)
    arms = tuple(arm for arm in sample.arms if arm not in reasons)
    if sample.paired:
        reasons |= _unlinked(rows, sample.arms)
    kept = replace(full, rows=inside.reset_index(drop=True), arms=arms)
    return Prepared(kept, n, reasons, (*notes, *said), rows[outside].reset_index(drop=True))


def _at_the_edge(rows: pd.DataFrame, n: Mapping[str, int], edges: Edges) -> dict[str, str]:
    """Arms with nothing but an edge value. An arm of one patient is left to the model matrix, which turns it away."""
    if edges.low is not None and edges.low == edges.high and len(rows):
        return {arm: f"not estimable: {SAME}" for arm, count in n.items() if count > 1}
    given, values = rows["arm"].to_numpy(object), rows["value"].to_numpy(float)
    stuck = {arm: edges.word(values[given == arm]) for arm, count in n.items() if count > 1}
    return {arm: f"not estimable: {word} in {arm}" for arm, word in stuck.items() if word}


def _finite(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    whole = np.isfinite(rows["value"].to_numpy(float))
    if whole.all():
        return rows, ()
    return rows[whole], (f"{int((~whole).sum())} readings left out: no response to analyse",)


def _whole_pairs(rows: pd.DataFrame, sample: Sample) -> tuple[pd.DataFrame, tuple[str, ...]]:
    pairs = Counter(patient for patient, _ in set(zip(rows["patient"], rows["arm"])))
    count = rows["patient"].map(pairs)
    kept, notes = rows[count > 1], []
    if alone := rows.loc[count == 1, "patient"].nunique():
        notes.append(f"{alone} {'patient' if alone == 1 else 'patients'} without a reading on both sides left out")
    for arm in sample.arms:
        sides = set(texts(kept["side"])[kept["arm"].to_numpy(object) == arm])
        if len(sides) == 1 and (side := sides.pop()):
            notes.append(f"{arm} was always on the {side} side: arm and side cannot be told apart")
    if sample.covariates:
        notes.append(f"compared within patients, where {', '.join(sample.covariates)} cancel")
    return kept, tuple(notes)


def _unlinked(rows: pd.DataFrame, arms: Sequence[str]) -> dict[str, str]:
    """Pairs of arms that no chain of patients joins: a difference between them would be one between patients."""
    place = {arm: i for i, arm in enumerate(arms)}
    patients, held = pd.factorize(rows["patient"])[0], np.array([place[arm] for arm in rows["arm"]], dtype=int)
    met = np.zeros((patients.max(initial=-1) + 1, len(arms)), dtype=bool)
    met[patients, held] = True
    joined = met.T @ met | np.eye(len(arms), dtype=bool)
    for _ in arms:
        joined = joined @ joined
    apart = [(i, j) for i, j in permutations(range(len(arms)), 2) if not joined[i, j]]
    return {f"{arms[i]} v {arms[j]}": "no patients link these two arms" for i, j in apart}


def _pool_levels(
    rows: pd.DataFrame, covariates: Mapping[str, str], edges: Edges
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    notes: list[str] = []
    for name, kind in covariates.items():
        if kind == "category":
            merged, said = _pooled(rows, name, edges)
            rows = rows.assign(**{name: merged})
            notes += [f"{name}: {text}" for text in said]
    return rows, tuple(notes)


def _pooled(rows: pd.DataFrame, name: str, edges: Edges) -> tuple[pd.Series, list[str]]:
    levels, values = texts(rows[name]), rows["value"].to_numpy(float)
    patients = rows["patient"].to_numpy(object)
    said: list[str] = []
    while True:
        present = sorted(set(levels))
        words = [_alone(patients[levels == level]) or edges.word(values[levels == level]) for level in present]
        at = next((i for i, word in enumerate(words) if word), None)
        if at is None or len(present) < 2:
            return pd.Series(levels, rows.index), said
        other = at - 1 if at else 1
        pair = (present[min(at, other)], present[max(at, other)])
        levels = np.where(np.isin(levels, pair), " or ".join(pair), levels).astype(object)
        said.append(f"{pair[0]} and {pair[1]} taken together ({words[at]} in {present[at]})")


def _alone(patients: np.ndarray) -> str:
    """One patient alone in a level is fitted exactly: a standardised mean resting on him has no error to speak of."""
    return "one patient only" if len(set(patients)) == 1 else ""


def failed(prepared: Prepared, measures: Measures, why: str, *, status: str = "not_estimable") -> FailedFit:
    """The answer of a model that could not be fitted, with the reasons of arms that were out already."""
    arms = tuple(prepared.n)
    told = (*prepared.notes, *prepared.reasons.values(), why)
    notes = tuple(dict.fromkeys(note for note in told if note))
    return FailedFit(arms, dict(prepared.n), status, notes, measures)
