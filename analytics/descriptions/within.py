"""Parts of a cohort: one of its populations, the visits and outcomes it has, and shares with an interval in percent."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from analytics.domain.cohort import Cohort

UNKNOWN = "unknown"


def within(rows: pd.DataFrame, population: str) -> pd.DataFrame:
    """The rows of one of the cohort's populations: all, or one design."""
    return rows if population == "all" else rows[rows["design"] == population.removeprefix("design=")]


def outcomes_in(cohort: Cohort) -> tuple[str, ...]:
    """Outcomes that were read, in the order of the vocabulary."""
    seen = set(cohort.table["outcome"].unique())
    return tuple(name for name in cohort.vocabulary.outcomes if name in seen)


def visits_of(cohort: Cohort, outcome: str) -> tuple[float, ...]:
    """Visit 0 where the outcome has a baseline, then the visits of the plan."""
    rows = cohort.table[cohort.table["outcome"] == outcome]
    based = cohort.outcome(outcome).baseline == "before" or (rows["visit"] == 0).any()
    return (*((0.0,) if based else ()), *(float(week) for week in cohort.plan.visits.weeks))


def arms_of(cohort: Cohort, population: str) -> dict[str, int]:
    """Patients of each arm of the plan in a population."""
    counts = within(cohort.members, population).groupby("arm")["patient"].nunique()
    return {arm: int(counts.get(arm, 0)) for arm in cohort.plan.arms}


def ordered_levels(levels: Iterable[str], cohort: Cohort, column: str) -> list[str]:
    """Levels in the order of their code list (treatments: of the vocabulary), other texts after them, unknown last."""
    entry = cohort.vocabulary.columns.get(column)
    listed: list[str] = []
    if entry is not None and entry.codes == "treatment":
        listed = list(cohort.vocabulary.treatments)
    elif entry is not None and entry.codes in cohort.vocabulary.codes:
        listed = list(cohort.vocabulary.codes[entry.codes].codes)
    rank = {code: k for k, code in enumerate(listed)}
    return sorted(set(levels), key=lambda text: (text == UNKNOWN, rank.get(text, len(rank)), text))


def wilson_percent(count: int, n: int, *, level: float) -> tuple[float, float, float]:
    """Share in percent with Wilson's interval; NaN without anyone."""
    from analytics.inference.proportions import wilson

    return _percent(count, n, wilson(count, n, level=level))


def exact_percent(count: int, n: int, *, level: float) -> tuple[float, float, float]:
    """Share in percent with the exact interval of Clopper and Pearson; none of n still has its upper limit."""
    from analytics.inference.proportions import clopper_pearson

    return _percent(count, n, clopper_pearson(count, n, level=level))


def _percent(count: int, n: int, limits: tuple[float, float]) -> tuple[float, float, float]:
    share = 100.0 * count / n if n else math.nan
    return share, 100.0 * limits[0], 100.0 * limits[1]
