"""Different arms on the two sides of a patient: the difference within the patient regressed on arm codes +1 / -1.

No intercept, HC2 errors and Bell-McCaffrey df by patient; with one type of pair exactly the paired t test. Whatever is
the same on both sides of a patient cancels. Formulas and limits: docs/methods/paired_difference.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd
from scipy.linalg import helmert

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.fit import Fit
from analytics.inference.contrasts import Errors, Margins, Reasons
from analytics.inference.sandwich import sandwich
from analytics.methods.design import texts
from analytics.methods.linear import LinearFit, Response, respond

MINIMUM_PATIENTS = 2


@dataclass(frozen=True, eq=False)
class Differences:
    """``codes`` (D, arms), ``difference`` (D,) and ``clusters`` (D,): one row per patient with two arms.

    ``together``: the sets of arms that patients have. ``n``: patients per arm that have another arm too; ``single``:
    patients without one. ``sides``: arm -> sides on which those patients had it.
    """

    codes: np.ndarray
    difference: np.ndarray
    clusters: np.ndarray
    together: tuple[tuple[str, ...], ...]
    n: Mapping[str, int]
    single: int
    sides: Mapping[str, tuple[str, ...]]


def fit(sample: Sample, estimand: Estimand) -> Fit:
    """The Fit of a split-face ``sample``: contrasts within patients only, no arm means."""
    response = respond(sample)
    pairs = differences(response.sample.rows, sample.arms)
    group = _linked(pairs.together, sample.arms)
    free = [i for i, arm in enumerate(sample.arms) if group[arm] != arm]
    notes = _notes(sample, pairs)
    if len(pairs.difference) <= max(1, len(free)):
        patients = int(pairs.clusters.max(initial=-1)) + 1
        return response.failed(f"too few patients with two arms ({patients})", n=pairs.n, notes=notes)
    return _fitted(response, pairs, free, reasons={**_too_few(pairs.n), **_apart(group)}, notes=notes)


def _fitted(
    response: Response, pairs: Differences, free: Sequence[int], *, reasons: Reasons, notes: tuple[str, ...]
) -> Fit:
    matrix, arms = pairs.codes[:, free], response.sample.arms
    coefficients = np.linalg.lstsq(matrix, pairs.difference, rcond=None)[0]
    residual = pairs.difference - matrix @ coefficients
    if float(np.sqrt(np.mean(residual**2))) <= response.smallest:
        return response.failed("the differences within patients do not vary", n=pairs.n, notes=notes)
    return LinearFit(
        arms=arms,
        n=dict(pairs.n),
        response=response,
        margins=Margins.linear(arms, np.eye(len(arms))[:, free], coefficients),
        errors=Errors.of(sandwich(matrix, residual, pairs.clusters), smallest=response.smallest),
        reasons=reasons,
        notes=(*response.notes, *notes),
        within=True,
    )


def differences(rows: pd.DataFrame, arms: tuple[str, ...]) -> Differences:
    """Differences within the patients of ``rows`` (patient, arm, response, side), in the order of the patients' keys.

    Several places of a patient with one arm are averaged. A patient with two arms gives their difference; with m arms
    m - 1 orthogonal ones of the same spread (Helmert). Patients stay clusters, so none counts twice.
    """
    rows = rows[rows["arm"].isin(arms)]
    patient = np.unique(texts(rows["patient"]), return_inverse=True)[1]
    held = _by_patient(patient, texts(rows["arm"]), rows["response"].to_numpy(float), arms)
    here = np.isfinite(held)
    several = here.sum(axis=1) >= 2
    patterns, pattern = np.unique(here[several], axis=0, return_inverse=True)
    blocks = [_block(held[several], pattern.ravel() == k, here_k) for k, here_k in enumerate(patterns)]
    codes, difference, clusters = (np.concatenate(parts) for parts in zip(_nothing(len(arms)), *blocks))
    kept = rows[several[patient]]
    return Differences(
        codes,
        difference,
        np.unique(clusters, return_inverse=True)[1],
        tuple(tuple(arm for arm, has in zip(arms, here_k) if has) for here_k in patterns),
        {arm: int(count) for arm, count in zip(arms, here[several].sum(axis=0))},
        int((here.sum(axis=1) == 1).sum()),
        {arm: tuple(sorted(set(texts(kept["side"])[texts(kept["arm"]) == arm]))) for arm in arms},
    )


def _by_patient(patient: np.ndarray, arm: np.ndarray, response: np.ndarray, arms: tuple[str, ...]) -> np.ndarray:
    """Mean response (patients, arms), NaN where a patient did not have an arm."""
    held = np.full((patient.max(initial=-1) + 1, len(arms)), np.nan)
    for k, name in enumerate(arms):
        own = arm == name
        total, count = (np.bincount(patient[own], w, minlength=len(held)) for w in (response[own], None))
        held[count > 0, k] = total[count > 0] / count[count > 0]
    return held


def _nothing(arms: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.zeros((0, arms)), np.zeros(0), np.zeros(0, int)


def _block(held: np.ndarray, chosen: np.ndarray, has: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(codes, differences, patient numbers) of the ``chosen`` patients, who all have the arms ``has``."""
    contrast = np.sqrt(2) * helmert(int(has.sum()))
    patients = np.flatnonzero(chosen)
    codes = np.tile(contrast @ np.eye(len(has))[has], (len(patients), 1))
    return codes, (held[chosen][:, has] @ contrast.T).ravel(), np.repeat(patients, len(contrast))


def _notes(sample: Sample, pairs: Differences) -> tuple[str, ...]:
    notes = []
    if pairs.single:
        word = "patient" if pairs.single == 1 else "patients"
        notes.append(f"{pairs.single} {word} without a reading on both sides left out")
    for arm, sides in pairs.sides.items():
        if len(sides) == 1 and sides[0]:
            notes.append(f"{arm} was always on the {sides[0]} side: arm and side cannot be told apart")
    if sample.covariates:
        notes.append(f"compared within patients, where {', '.join(sample.covariates)} cancel")
    return tuple(notes)


def _too_few(n: Mapping[str, int]) -> Reasons:
    return {
        arm: f"{arm} has {count or 'no'} {'patient' if count == 1 else 'patients'} with another arm; "
        f"at least {MINIMUM_PATIENTS} are needed"
        for arm, count in n.items()
        if count < MINIMUM_PATIENTS
    }


def _linked(together: Sequence[tuple[str, ...]], arms: tuple[str, ...]) -> dict[str, str]:
    """Arm -> the first of the arms that it is linked with through patients: its coefficient is fixed at 0."""
    group = {arm: arm for arm in arms}
    for held in together:
        joined = {group[arm] for arm in held}
        first = min(joined, key=arms.index)
        group = {arm: first if now in joined else now for arm, now in group.items()}
    return group


def _apart(group: Mapping[str, str]) -> Reasons:
    apart = [pair for pair in permutations(group, 2) if group[pair[0]] != group[pair[1]]]
    return {" v ".join(pair): "no patients link these two arms" for pair in apart}
