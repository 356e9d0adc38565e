"""Clinics and providers beside what their patients let expect: funnel limits, shrunken values, never a ranking."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.descriptions.judged import MEAN, SHARE, Judged, complete, judged, mix
from analytics.descriptions.within import UNKNOWN
from analytics.domain.cohort import Cohort
from analytics.inference.between import Between, between
from analytics.inference.case_mix import Expected, expected
from analytics.inference.funnel import INNER, OUTER, Funnel

LEVELS = ("clinic", "provider")
COLUMNS = (
    "outcome", "visit", "level", "clinic", "provider", "n", "responders", "expected_responders", "observed", "expected",
    "adjusted", "shrunk", "shrunk_low", "shrunk_high", "inner_low", "inner_high", "outer_low", "outer_high", "outside",
)  # fmt: skip
OVERALL_COLUMNS = (
    "outcome", "visit", "level", "measure", "n", "places", "hidden", "unplaced", "without", "most_in_clinic", "centre",
    "sigma", "residual_df", "middle", "spread", "spread_low", "spread_high", "q", "df", "p_value", "outside_inner",
    "outside_outer", "expected_outside", "terms", "terms_left",
)  # fmt: skip
WHOLE = ("n", "places", "hidden", "unplaced", "without", "most_in_clinic", "outside_inner", "outside_outer")
WIDEST = 50.0  # percentage points: no shares can have a larger standard deviation
ALIKE = 1e-9  # of the largest answer: patients of a place that differ by less are alike
NOT_TERMS = ("clinic_id", "provider_id")  # what is looked at is not allowed for


def benchmark(cohort: Cohort) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(COLUMNS of each clinic and provider with at least ``minimum_cell`` patients, OVERALL_COLUMNS of each outcome).

    Per primary outcome at the last visit: patients, seen and expected (case-mix model: start, treatment, covariates),
    ``adjusted`` = overall mean + seen - expected, ``shrunk`` (analytics.inference.between) and limits of the funnel:
    percent of patients where responders are counted, else the outcome's unit. A provider is one of a clinic. By name,
    never by result. Nothing is set beside anything where only one is left.
    """
    places: list[tuple] = []
    overall: list[tuple] = []
    for item in cohort.plan.primary:
        found = judged(cohort, item.outcome)
        if found is None:
            continue
        kept, without = complete(cohort, found)
        if kept.rows.empty:
            continue
        for level, lines, row in _outcome(cohort, kept):
            key = (item.outcome, cohort.plan.visits.last, level)
            places += [(*key, *line) for line in lines]
            overall.append((*key, kept.kind, *row[:4], without, *row[4:]))
    counted = pd.DataFrame(places, columns=list(COLUMNS)).astype({"n": "int64", "outside": "int64"})
    return counted, pd.DataFrame(overall, columns=list(OVERALL_COLUMNS)).astype(dict.fromkeys(WHOLE, "int64"))


def _outcome(cohort: Cohort, found: Judged) -> Iterator[tuple[str, list[tuple], tuple]]:
    """(level, lines of its places, the overall line) of the levels that the data know."""
    rows, share = found.rows, found.kind == SHARE
    terms = mix(cohort, found, without=NOT_TERMS)
    model = expected(terms.design, rows["y"].to_numpy(float), share=share)
    told = rows.assign(expected=model.value, clinic=_names(rows, "clinic_id"), provider=_names(rows, "provider_id"))
    for level in LEVELS:
        mine = told[told[level] != ""]
        if mine.empty:
            continue
        keys = ["clinic"] if level == "clinic" else ["clinic", "provider"]
        funnel = _funnel(told, mine, keys, model, terms.design.shape[1], share=share)
        groups = mine.groupby(keys, sort=True)
        seen = groups.agg(n=("y", "size"), y=("y", "sum"), e=("expected", "sum")).reset_index()
        shown = seen[seen["n"] >= cohort.plan.minimum_cell].assign(**({} if level == "provider" else {"provider": ""}))
        most = int(seen.groupby("clinic").size().max())
        counts = (len(rows), len(shown), len(seen) - len(shown), len(rows) - len(mine))
        yield level, *_lines(shown, funnel, (*counts, most), cohort, (terms.used, terms.left))


def _funnel(
    told: pd.DataFrame, mine: pd.DataFrame, keys: list[str], model: Expected, coefficients: int, *, share: bool
) -> Funnel:
    """The overall mean, and how much a patient varies: where something is measured, within places, so that true
    differences between places do not widen the limits that chance sets."""
    if share:
        return Funnel(100 * float(told["y"].mean()), len(told), 100 * model.sigma, model.df, True)
    left = mine["y"] - mine["expected"]
    inside = left - left.groupby([mine[key] for key in keys]).transform("mean")
    df = float(len(mine) - (coefficients - 1) - mine.groupby(keys).ngroups)
    sigma, df = (float(np.sqrt(inside @ inside / df)), df) if df > 0 else (model.sigma, model.df)
    return Funnel(float(told["y"].mean()), len(told), sigma if sigma > ALIKE * abs(mine["y"]).max() else 0.0, df, False)


def _names(rows: pd.DataFrame, column: str) -> pd.Series:
    """The names of the places; "" where it is not known."""
    if column not in rows:
        return pd.Series("", index=rows.index)
    return rows[column].fillna("").astype(str).replace(UNKNOWN, "")


def _lines(
    shown: pd.DataFrame, funnel: Funnel, counts: tuple[int, ...], cohort: Cohort, terms: tuple[tuple[str, ...], ...]
) -> tuple[list[tuple], tuple]:
    share, n = funnel.share, shown["n"].to_numpy(float)
    unit = 100.0 if share else 1.0
    apart = unit * (shown["y"] - shown["e"]).to_numpy(float) / n
    level = cohort.plan.confidence_level
    told = between(apart, funnel.sigma**2 / n, level=level) if len(shown) > 1 and funnel.sigma > 0 else None
    lines = [
        _line(row, value, funnel, told, at)
        for at, (row, value) in enumerate(zip(shown.to_dict("records"), apart)) if len(shown) > 1
    ]  # fmt: skip
    beyond = [line[-1] for line in lines]
    *first, most = counts
    whole = (
        *first, most, funnel.centre, funnel.sigma, funnel.df, *_spread(funnel, told),
        sum(k > 0 for k in beyond), sum(k > 1 for k in beyond), (1 - INNER) * len(lines), *(";".join(t) for t in terms),
    )  # fmt: skip
    return lines, whole


def _spread(funnel: Funnel, told: Between | None) -> tuple[float, ...]:
    if told is None:
        return (math.nan,) * 7
    spreads = (math.sqrt(t) for t in (told.tau2, told.tau2_low, told.tau2_high))
    most = WIDEST if funnel.share else math.inf
    return (
        funnel.centre + told.mean, *(min(value, most) for value in spreads), told.q,
        float(told.df), told.p_value,
    )  # fmt: skip


def _line(row: dict, apart: float, funnel: Funnel, told: Between | None, at: int) -> tuple:
    n, unit = row["n"], 100.0 if funnel.share else 1.0
    seen, wanted = (unit * row[name] / n for name in ("y", "e"))
    adjusted = _possible(funnel.centre + apart, funnel)
    shrunk: tuple[float, ...] = (math.nan,) * 3
    if told is not None:
        values = (told.shrunk[at], told.low[at], told.high[at])
        shrunk = tuple(_possible(funnel.centre + float(v), funnel) for v in values)
    counts = (float(row["y"]), float(row["e"])) if funnel.share else (math.nan, math.nan)
    limits = (*funnel.limits(n, INNER), *funnel.limits(n, OUTER))
    outside = funnel.outside(funnel.centre + apart, n) if funnel.sigma > 0 else 0
    return (row["clinic"], row["provider"], n, *counts, seen, wanted, adjusted, *shrunk, *limits, outside)


def _possible(value: float, funnel: Funnel) -> float:
    """Shares stay between 0 and 100 percent."""
    return float(np.clip(value, 0.0, 100.0)) if funnel.share else value


__all__ = ["COLUMNS", "LEVELS", "MEAN", "OVERALL_COLUMNS", "SHARE", "benchmark"]
