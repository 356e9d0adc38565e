"""Outcomes by how care went: as recommended or otherwise, instructions kept or not. Associations, never effects."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.descriptions.advice import advised
from analytics.descriptions.judged import SHARE, Judged, complete, judged, mix
from analytics.descriptions.within import UNKNOWN, wilson_percent
from analytics.domain.cohort import Cohort
from analytics.inference.clustered import first_slope
from analytics.inference.intervals import interval

COLUMNS = (
    "outcome", "visit", "factor", "level", "measure", "n", "responders", "observed", "conf_low", "conf_high",
)  # fmt: skip
DIFFERENCE_COLUMNS = (
    "outcome", "visit", "factor", "measure", "n", "n_first", "n_second", "difference", "conf_low", "conf_high", "terms",
    "terms_left",
)  # fmt: skip
FACTORS = {
    "concordance": ("as_recommended", "otherwise", UNKNOWN),
    "instructions_followed": ("yes", "no", UNKNOWN),
}
WORST = ("no", UNKNOWN, "yes")  # of several answers of a patient the first counts: any no is a no
ENOUGH = 20  # patients on either side of an adjusted difference; fewer are described only (convention of this project)


def care_outcomes(cohort: Cohort) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(COLUMNS of each level, DIFFERENCE_COLUMNS of each factor) per primary outcome at the last visit.

    ``observed``: percent who responded where there is a rule (Wilson limits), else the mean (t limits). ``difference``:
    first level minus second, in percentage points or the outcome's unit, by least squares with the start, treatment,
    design and covariates, errors clustered by patient (CR2); NaN with fewer than ENOUGH patients in either. Blanks are
    ``unknown``. Who has other treatments on the sides counts for each treatment.
    """
    rows: list[tuple] = []
    differences: list[tuple] = []
    factors = dict(_factors(cohort))
    for item in cohort.plan.primary:
        found = judged(cohort, item.outcome, by=("patient", "arm")) if factors else None
        if found is None:
            continue
        for factor, said in factors.items():
            keyed = pd.MultiIndex.from_frame(found.rows[["patient", "arm"]])
            levels = pd.Series(said.reindex(keyed).fillna(UNKNOWN).to_numpy(), dtype=object)
            key = (item.outcome, cohort.plan.visits.last, factor)
            rows += [(*key, level, found.kind, *_told(found.rows[levels == level], found, cohort))
                     for level in FACTORS[factor]]  # fmt: skip
            differences.append((*key, found.kind, *_difference(cohort, found, levels, FACTORS[factor][:2])))
    whole = dict.fromkeys(("n", "n_first", "n_second"), "int64")
    counted = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "int64"})
    return counted, pd.DataFrame(differences, columns=list(DIFFERENCE_COLUMNS)).astype(whole)


def _factors(cohort: Cohort) -> Iterator[tuple[str, pd.Series]]:
    """Each factor that somebody wrote down: its level by (patient, arm)."""
    members = cohort.members
    keys = [members["patient"], members["arm"]]
    if "recommended_treatment" in members:
        said = advised(members["recommended_treatment"])
        level = pd.Series(np.where(said == members["arm"], "as_recommended", "otherwise"), members.index, dtype=object)
        level = level.where(said != UNKNOWN, UNKNOWN)
        if (level != UNKNOWN).any():
            yield "concordance", level.groupby(keys).first()
    if "instructions_followed" in members:
        kept = members["instructions_followed"]
        kept = kept.where(kept.isin(["yes", "no"]), UNKNOWN)
        if (kept != UNKNOWN).any():
            worst = kept.map(WORST.index).groupby(keys).min()
            yield "instructions_followed", worst.map(dict(enumerate(WORST)))


def _told(part: pd.DataFrame, found: Judged, cohort: Cohort) -> tuple:
    """n, responders, observed and its limits of one level."""
    level = cohort.plan.confidence_level
    people = part.groupby("patient")["y"].min() if found.kind == SHARE else part.groupby("patient")["y"].mean()
    n = len(people)
    if found.kind == SHARE:
        good = int(people.sum())
        return (n, float(good), *wilson_percent(good, n, level=level))
    mean = float(people.mean()) if n else math.nan
    if n < 2:
        return (n, math.nan, mean, math.nan, math.nan)
    error = float(people.std(ddof=1)) / math.sqrt(n)
    return (n, math.nan, mean, *(float(v) for v in interval(mean, error, n - 1.0, level)))


def _difference(cohort: Cohort, found: Judged, levels: pd.Series, pair: tuple[str, ...]) -> tuple:
    known = levels.isin(pair).to_numpy()
    part, _ = complete(cohort, Judged(found.rows[known].assign(level=levels[known].to_numpy()), found.kind))
    rows = part.rows
    sizes = [rows.loc[rows["level"] == level, "patient"].nunique() for level in pair]
    if min(sizes, default=0) < ENOUGH:
        return (rows["patient"].nunique(), *sizes, math.nan, math.nan, math.nan, "", "")
    terms = mix(cohort, part, more=1)
    first = (rows["level"] == pair[0]).to_numpy(float)
    design = np.column_stack([first, terms.design])
    slope = first_slope(
        design, rows["y"].to_numpy(float), rows["patient"].to_numpy(), level=cohort.plan.confidence_level
    )
    unit = 100.0 if found.kind == SHARE else 1.0
    size = (unit * v for v in (slope.estimate, slope.low, slope.high))
    return (rows["patient"].nunique(), *sizes, *size, ";".join(terms.used), ";".join(terms.left))
