"""Who was treated with what: patients of each arm as they were at time zero."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from analytics.descriptions.outcomes import quartiles
from analytics.descriptions.within import UNKNOWN, ordered_levels, outcomes_in
from analytics.domain.cohort import Cohort

COLUMNS = ("variable", "level", "arm", "statistic", "value")
# What a reader wants to know of the patients first; the plan's covariates and subgroups follow.
FIRST = ("age", "sex", "fitzpatrick", "skin_type", "concerns", "indication", "clinic_id")
SEVERAL = ("concerns",)  # a patient may have more than one, joined by ";"

Line = tuple[str, str, float]  # level, statistic, value


def baseline(cohort: Cohort) -> pd.DataFrame:
    """One row per variable x level x arm x statistic; ``value`` in the variable's unit or in patients. COLUMNS.

    Numbers: n, missing, mean, sd, median, q1, q3. Categories: n, missing, count and percent of each level, of those
    known (``unknown`` is missing). Outcomes: the units' readings before the first treatment. A patient with other
    treatments on the two sides stands in both arms.
    """
    rows = [
        (name, level, arm, statistic, value)
        for name in _variables(cohort)
        for arm in cohort.plan.arms
        for level, statistic, value in _lines(cohort, name, arm)
    ]
    first = cohort.table[(cohort.table["visit"] == 0) & cohort.table["value"].notna()]
    whole = cohort.members.groupby("arm")["patient"].nunique()
    for name in outcomes_in(cohort):
        values = first[first["outcome"] == name]
        for arm in cohort.plan.arms if len(values) else ():
            own = values[values["arm"] == arm]
            n, averaged = own["patient"].nunique(), cohort.outcome(name).averaged
            lines = _numbers(own["value"], n, int(whole.get(arm, 0)) - n, averaged=averaged)
            rows += [(name, level, arm, statistic, value) for level, statistic, value in lines]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})


def _variables(cohort: Cohort) -> list[str]:
    """Members' columns worth telling, each once and only where somebody has a value."""
    members = cohort.members
    wanted = dict.fromkeys((*FIRST, *cohort.plan.covariates, *cohort.plan.subgroups, "sessions"))
    return [name for name in wanted if name in members and _known(members[name]).any()]


def _known(values: pd.Series) -> pd.Series:
    return values.notna() & ~values.isin(["", UNKNOWN])


def _lines(cohort: Cohort, name: str, arm: str) -> Iterator[Line]:
    members = cohort.members[cohort.members["arm"] == arm].drop_duplicates("patient")
    values = members[name]
    if pd.api.types.is_numeric_dtype(cohort.members[name]):
        known = values.dropna()
        yield from _numbers(known, len(known), len(values) - len(known), averaged=True)
        return
    known = values[_known(values)]
    yield "", "n", float(len(known))
    yield "", "missing", float(len(values) - len(known))
    everybody = cohort.members.loc[_known(cohort.members[name]), name]
    levels = _split(everybody, name)
    counts = _split(known, name).value_counts()
    for level in ordered_levels(levels, cohort, name):
        count = float(counts.get(level, 0))
        yield level, "count", count
        yield level, "percent", 100.0 * count / len(known) if len(known) else math.nan


def _split(values: pd.Series, name: str) -> pd.Series:
    texts = values.astype(str)
    return texts.str.split(";").explode().str.strip() if name in SEVERAL else texts


def _numbers(known: pd.Series, n: int, missing: int, *, averaged: bool) -> Iterator[Line]:
    yield "", "n", float(n)
    yield "", "missing", float(missing)
    if len(known) == 0:
        return
    if averaged:
        yield "", "mean", float(known.mean())
        yield "", "sd", float(known.std(ddof=1)) if len(known) > 1 else math.nan
    yield from quartiles(known)
