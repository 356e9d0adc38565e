"""What was read: every outcome by visit, population and arm, and how many patients lack a reading."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.descriptions.within import arms_of, outcomes_in, visits_of, within
from analytics.domain.cohort import Cohort
from analytics.domain.finding import DESCRIPTION_COLUMNS
from schemas.vocabulary import Outcome

READ = ["outcome", "visit", "design", "arm", "patient", "value", "n_readings"]
Line = tuple[str, str, float]  # level, statistic, value


def describe(cohort: Cohort) -> pd.DataFrame:
    """One row per outcome x visit x population x arm x statistic. DESCRIPTION_COLUMNS.

    ``n`` patients with a reading, ``missing`` patients of the arm without one, then mean, sd, median, q1, q3 of the
    units' values (linear quantiles); ordinal and yes / no outcomes also ``count`` and ``percent`` of each ``level``. A
    rank in somebody else's group (``averaged`` False) gets no mean and no sd. Without a reading: n and missing only.
    """
    read = cohort.table.loc[cohort.table["value"].notna(), READ]
    nothing = read.iloc[:0]
    rows = []
    for population in cohort.populations:
        groups = dict(iter(within(read, population).groupby(["outcome", "visit", "arm"])))
        patients = arms_of(cohort, population)
        for name in outcomes_in(cohort):
            for visit in visits_of(cohort, name):
                for arm, whole in patients.items():
                    group = groups.get((name, visit, arm), nothing)
                    n, readings = group["patient"].nunique(), int(group["n_readings"].sum())
                    rows += [
                        (name, visit, population, arm, level, statistic, value, n, readings)
                        for level, statistic, value in _lines(cohort.outcome(name), group["value"], n, whole)
                    ]
    frame = pd.DataFrame(rows, columns=list(DESCRIPTION_COLUMNS))
    return frame.astype({"visit": "float64", "value": "float64", "n": "int64", "n_readings": "int64"})


def _lines(outcome: Outcome, values: pd.Series, n: int, whole: int) -> Iterator[Line]:
    yield "", "n", float(n)
    yield "", "missing", float(whole - n)
    if not n:
        return
    if outcome.averaged:
        yield "", "mean", float(values.mean())
        yield "", "sd", float(values.std(ddof=1)) if len(values) > 1 else math.nan
    yield from quartiles(values)
    if outcome.kind in ("ordinal", "binary"):
        counts = values.value_counts()
        for level in grades(outcome, values):
            count = float(counts.get(level, 0))
            yield f"{level:g}", "count", count
            yield f"{level:g}", "percent", 100.0 * count / len(values)


def quartiles(values: pd.Series) -> Iterator[Line]:
    """Median and quartiles, between two values in proportion (R's type 7)."""
    for statistic, value in zip(("median", "q1", "q3"), np.quantile(values.to_numpy(float), (0.5, 0.25, 0.75))):
        yield "", statistic, float(value)


def grades(outcome: Outcome, values: pd.Series) -> list[float]:
    """Every grade of the scale, so that an empty one shows as none; and any other value that occurs."""
    scale = {float(level) for level in outcome.levels}
    if outcome.kind == "binary":
        scale |= {0.0, 1.0}
    elif outcome.low is not None and outcome.high is not None and outcome.step:
        steps = round((outcome.high - outcome.low) / outcome.step)
        scale |= {outcome.low + k * outcome.step for k in range(steps + 1)}
    return sorted(scale | {float(v) for v in values})
