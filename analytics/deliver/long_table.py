"""The readings of one outcome as a long table, ready for ``fit_mmrm``: a row per patient and planned visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.domain.cohort import Cohort, Estimand, Sample
from analytics.domain.errors import UsageError
from analytics.domain.patients import label
from analytics.intake.select import sample
from schemas.vocabulary import Vocabulary

PARALLEL = "design=parallel"
METHOD = "mmrm"  # the method whose sample has the rows of all visits


def readings_of(cohort: Any, *, outcome: str) -> pd.DataFrame:
    """See ``analytics.readings``."""
    _check(cohort, outcome)
    drawn = sample(cohort, Estimand(outcome, cohort.plan.visits.last, PARALLEL, tuple(cohort.plan.arms), METHOD))
    _refuse_unfit(cohort, drawn)
    rows = drawn.rows.assign(number=cohort.sifted.patient_numbers.reindex(drawn.rows["patient"]).to_numpy())
    rows = rows.sort_values(["number", "visit"], kind="stable", ignore_index=True)
    found = {
        "patient": [label(number) for number in rows["number"]],
        "arm": pd.Categorical(rows["arm"].astype(str), categories=list(drawn.arms)),
        "week": _weeks(rows["visit"], cohort.plan.visits.weeks),
    }
    if drawn.respond == "change":
        found |= {name: rows[name].to_numpy(float) for name in ("baseline", "change")}
    found["value"] = rows["value"].to_numpy(float)
    for name, kind in drawn.covariates.items():
        found[name] = rows[name].to_numpy(float) if kind == "number" else pd.Categorical(rows[name].astype(str))
    table = pd.DataFrame(found)
    table.attrs["notes"] = (*drawn.notes, *_left_out(cohort))
    return table


def _weeks(visits: pd.Series, planned: Sequence[float]) -> pd.Categorical:
    """Planned visits as a category in their order, as whole numbers where all of them are."""
    whole = all(float(week).is_integer() for week in planned)
    weeks = [int(week) if whole else float(week) for week in planned]
    return pd.Categorical(visits.astype(int if whole else float), categories=weeks)


def _left_out(cohort: Cohort) -> tuple[str, ...]:
    members = cohort.members
    count = members.loc[members["design"] != "parallel", "patient"].nunique()
    return (f"{_patients(count)} with different treatments on the sides not in this table",) if count else ()


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count} patients"


def _check(cohort: Any, outcome: str) -> None:
    if not isinstance(cohort, Cohort):
        raise UsageError(
            f"readings takes what cohort returns, not {type(cohort).__name__}.", fix="readings(cohort(validate(data)))"
        )
    read = set(cohort.table["outcome"])
    among = [name for name in cohort.vocabulary.outcomes if name in read]
    if outcome not in among:
        near = Vocabulary.nearest(str(outcome), among) or tuple(among)
        raise UsageError(f"{outcome!r} is no outcome of these data.", fix=f"choose from {', '.join(near)}")
    if not cohort.outcome(outcome).averaged:
        raise UsageError(
            f"{outcome} is shown, never averaged: a place among other people has no mean and no difference.",
            fix="take the underlying score or count instead",
        )


def _refuse_unfit(cohort: Cohort, drawn: Sample) -> None:
    name, rows = drawn.outcome.id, drawn.rows
    if rows.empty:
        weeks = ", ".join(f"{week:g}" for week in cohort.plan.visits.weeks)
        raise UsageError(
            f"{name} was not read at any planned visit ({weeks}) of a patient with one treatment.",
            fix="look at describe(cohort), or compare(...), which knows other designs",
        )
    several = rows.loc[rows.duplicated(["patient", "visit"]), "patient"].nunique()
    if several:
        raise UsageError(
            f"A row must stand for one patient and visit; of {_patients(several)} {name} was read at several places.",
            fix="compare(cohort, outcome=...) takes them visit by visit; or keep one place in the file",
        )
