"""The repeated-measures model of one outcome over all its visits: treatment x visit, baseline x visit, covariates.

Unstructured covariance, CR2 errors by patient with Bell-McCaffrey df (clinic arms have unequal sizes and spreads;
statistics.md 4); counts on log(count + 0.5), other positive outcomes on the log. The model is fitted once for a sample
and asked at each visit. Definitions and error rates: docs/methods/mmrm.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from analytics.domain.cohort import Estimand, Sample
from analytics.domain.errors import DataRefused
from analytics.domain.fit import Fit
from analytics.methods.design import texts
from analytics.methods.linear import Response, respond, unvaried
from analytics.repeated.at_visit import AtVisit
from analytics.repeated.fit import fit_mmrm
from analytics.repeated.structures import WORDS
from analytics.repeated.value import RepeatedFit

HALF = 0.5  # added to counts before the log, so that a face without lesions has one
NOTHING_VARIES = "nothing varies"  # how analytics.repeated begins to say so
MINIMUM = 2  # patients of an arm
_FITTED: WeakKeyDictionary[Sample, _Fitted] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class _Fitted:
    """A sample's model, or why there is none."""

    response: Response
    n: Mapping[str, int]
    reasons: Mapping[str, str]
    fit: RepeatedFit | None = None
    why: str = ""
    notes: tuple[str, ...] = ()


def fit(sample: Sample, estimand: Estimand) -> Fit:
    """The Fit at the estimand's visit. ``sample``: rows of all visits with a column ``visit``."""
    if sample not in _FITTED:
        _FITTED[sample] = _model(sample)
    fitted = _FITTED[sample]
    response = fitted.response
    if fitted.fit is None:
        return response.failed(fitted.why, n=fitted.n)
    visit = float(estimand.visit)
    if visit not in fitted.fit.moments.visits:
        return response.failed(f"nobody was read at visit {visit:g}", n=fitted.n)
    return AtVisit(
        fit=fitted.fit,
        arm="arm",
        visit=visit,
        measure=response.measure,
        scale=response.scale,
        words=response.words,
        back=response.back,
        order=sample.arms,
        reasons=fitted.reasons,
        outside={arm: _patients(response.sample.rows, arm, visit) for arm in fitted.reasons},
        said=(*response.notes, *fitted.notes),
    )


def _model(sample: Sample) -> _Fitted:
    response = respond(_logged(sample))
    rows = response.sample.rows
    given = texts(rows["arm"])
    counts = {arm: len(set(rows["patient"][given == arm])) for arm in sample.arms}
    reasons = {arm: _too_few(arm, n) for arm, n in counts.items() if n < MINIMUM}
    arms = [arm for arm in sample.arms if arm not in reasons]
    bare = _Fitted(response, counts, reasons)
    if sample.paired:
        return replace(bare, why="different arms within one patient are compared by paired_difference")
    if len(arms) < 2:
        return replace(bare, why="; ".join(reasons.values()))
    if rows.duplicated(["patient", "visit"]).any():
        return replace(bare, why="a patient has several sides or sites; take the method of one visit")
    frame, named = _frame(response.sample, arms)
    try:
        found = fit_mmrm(
            _formula(response.sample, named), frame, subject="patient", visit="visit", vcov="cr2", fallback=True
        )
    except DataRefused as error:
        return replace(bare, why=error.message)
    if found.why.startswith(NOTHING_VARIES):
        return replace(bare, why=unvaried(rows))
    used = () if found.why else (f"{WORDS[found.covariance]} covariance",)
    return replace(bare, fit=replace(found, notes=tuple(_told(note, named) for note in found.notes)), notes=used)


def _patients(rows: pd.DataFrame, arm: str, visit: float) -> int:
    """Patients of an arm who were read at a visit."""
    here = (texts(rows["arm"]) == arm) & (rows["visit"].to_numpy(float) == visit)
    return len(set(rows["patient"][here]))


def _logged(sample: Sample) -> Sample:
    """Counts become positive numbers, which are analysed on the log."""
    if sample.outcome.kind != "count":
        return sample
    rows = sample.rows
    shifted = rows.assign(value=rows["value"].astype(float) + HALF, baseline=rows["baseline"].astype(float) + HALF)
    return replace(sample, rows=shifted, outcome=replace(sample.outcome, kind="positive"))


def _too_few(arm: str, count: int) -> str:
    return f"{arm} has {'no patient' if count == 0 else 'one patient'} here (at least {MINIMUM} are needed)"


def _frame(sample: Sample, arms: list[str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """The long table of the model in a fixed order, and the column of each covariate."""
    rows = sample.rows[np.isin(texts(sample.rows["arm"]), arms)]
    order = sorted(range(len(rows)), key=list(zip(texts(rows["patient"]), rows["visit"])).__getitem__)
    rows = rows.iloc[order].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "patient": pd.factorize(texts(rows["patient"]))[0],
            "visit": pd.Categorical(rows["visit"].astype(float)),
            "arm": pd.Categorical(texts(rows["arm"]), categories=arms),
            "response": rows["response"].to_numpy(float),
        }
    )
    if sample.baseline:
        frame["baseline"] = rows["baseline"].to_numpy(float)
    named = {}
    for place, (name, kind) in enumerate(sample.covariates.items()):
        named[f"covariate_{place}"] = name
        column = rows[name]
        frame[f"covariate_{place}"] = column.to_numpy(float) if kind == "number" else pd.Categorical(texts(column))
    return frame, named


def _formula(sample: Sample, named: Mapping[str, str]) -> str:
    return " + ".join(["response ~ arm * visit", *(["baseline * visit"] if sample.baseline else []), *named])


def _told(note: str, named: Mapping[str, str]) -> str:
    """A note of the model in the data's own names, without the list of optimisers."""
    note = note.partition(" (tried ")[0]
    for column in sorted(named, key=len, reverse=True):
        note = note.replace(column, named[column])
    return note.replace("[T.", " [")
