"""Patients needed and the smallest difference found, from a cohort's own spread, correlation and missing readings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.analysis.answers import meaningful
from analytics.analysis.questions import is_paired, question
from analytics.analysis.senseless import check_outcome
from analytics.descriptions import missing
from analytics.domain.cohort import Cohort
from analytics.domain.errors import UsageError
from analytics.domain.power import Power
from analytics.inference.sample_size import Trial, correlation, pooled
from analytics.intake.select import has_baseline
from schemas.vocabulary import Outcome

HALF = 0.5  # added to counts before the log, as in the repeated-measures model
FEWEST = 10  # patients from whom a spread is taken
CURVE = (5, 6, 7, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 250, 320, 400, 500)
MEASURES = {"additive": "difference", "ratio": "ratio", "share": "risk_difference"}


@dataclass(frozen=True, eq=False)
class _Spread:
    """One row per patient and arm on the working scale: ``start`` (NaN: none), ``value``; ``scale`` of the answers."""

    rows: pd.DataFrame
    scale: str
    based: bool


def power_of(cohort: Cohort, *, outcome: str, difference: float | None = None, power: float = 0.8) -> Power:
    """See ``analytics.power``."""
    entry = check_outcome(cohort, outcome)
    _check_power(power)
    population = cohort.populations[0]
    paired = is_paired(cohort, population)
    spread = _spread(cohort, entry, population)
    wanted = _wanted(cohort, entry, population, spread.scale, difference)
    sd, together, residual, counted = _within_patients(spread) if paired else _between(spread)
    if counted < FEWEST or not residual > 0:
        found = "nothing varies between them" if counted >= FEWEST else f"{counted} were found"
        raise UsageError(
            f"The spread of {outcome} is taken from at least {FEWEST} patients with a reading at the visit; {found}.",
            fix="choose another outcome, or plan with a published spread",
        )
    covariates = int(spread.based and not paired)
    trial = Trial(residual, 1 if paired else 2, covariates, cohort.plan.confidence_level)
    now = _now(spread, paired=paired)
    dropout = _dropout(cohort, entry, population)
    needed = math.nan if wanted is None else trial.patients(_working(wanted, spread.scale), power)
    direction = -1.0 if entry.direction == "lower" else 1.0
    sizes = sorted({*CURVE, now} - {0, 1, 2})
    return Power(
        outcome=entry, visit=cohort.plan.visits.last, population=population, scale=spread.scale, sd=sd,
        correlation=together, residual_sd=residual, dropout=dropout, power=power, level=cohort.plan.confidence_level,
        arms=len(cohort.plan.arms), paired=paired, difference=wanted, patients=needed,
        enrolled=needed if not math.isfinite(needed) else float(math.ceil(needed / (1 - dropout) - 1e-9)), now=now,
        detectable=_reported(trial.detectable(now, power), spread.scale, direction),
        curve=pd.DataFrame({
            "patients": sizes,
            "detectable": [_reported(trial.detectable(n, power), spread.scale, direction) for n in sizes],
        }),
        counted=counted, where=_where(cohort, population), style=cohort.style, notes=_notes(spread, entry),
    )  # fmt: skip


def _check_power(power: Any) -> None:
    if isinstance(power, bool) or not isinstance(power, (int, float)) or not 0.5 <= power < 1:
        raise UsageError(
            f"power is the chance to find a difference that is there, from 0.5 to below 1; {power!r} was found.",
            fix="take 0.8 or 0.9",
        )


def _spread(cohort: Cohort, outcome: Outcome, population: str) -> _Spread:
    table = cohort.table
    here = (table["outcome"] == outcome.id) & (table["visit"] == cohort.plan.visits.last)
    if population != "all":
        here &= table["design"] == population.removeprefix("design=")
    rows = table.loc[here, ["patient", "arm", "baseline", "value", "responder"]]
    based = has_baseline(cohort, outcome)
    scale = {"positive": "ratio", "count": "ratio", "ordinal": "share", "binary": "share"}.get(outcome.kind, "additive")
    if scale == "share":
        value = rows["value"] if outcome.kind == "binary" else rows["responder"]
        made, based = pd.DataFrame({"start": np.nan, "value": value.to_numpy(float)}), False
    else:
        made = pd.DataFrame({"start": _scaled(rows["baseline"], outcome), "value": _scaled(rows["value"], outcome)})
    made = made.assign(patient=rows["patient"].to_numpy(object), arm=rows["arm"].to_numpy(object))
    made = made[made["value"].notna() & (made["start"].notna() | (not based))]
    whole = made.groupby(["patient", "arm"], as_index=False, sort=True)[["start", "value"]].mean()
    return _Spread(whole, scale, based)


def _scaled(values: pd.Series, outcome: Outcome) -> np.ndarray:
    numbers = values.to_numpy(float)
    if outcome.kind == "count":
        return np.log(numbers + HALF)
    if outcome.kind == "positive":
        return np.log(np.where(numbers > 0, numbers, np.nan))
    return numbers


def _between(spread: _Spread) -> tuple[float, float, float, int]:
    """(spread of values, correlation with the start, spread left, patients), within arms."""
    rows = spread.rows
    arms, value = rows["arm"].to_numpy(), rows["value"].to_numpy(float)
    if len(rows) < 2:
        return math.nan, 0.0, math.nan, len(rows)
    if spread.scale == "share":
        share = float(value.mean())
        sd = math.sqrt(share * (1 - share))
        return sd, 0.0, sd, len(rows)
    sd = pooled(value, arms)
    together = correlation(rows["start"].to_numpy(float), value, arms) if spread.based else 0.0
    return sd, together, sd * math.sqrt(1 - together**2), int(rows["patient"].nunique())


def _within_patients(spread: _Spread) -> tuple[float, float, float, int]:
    """The same of the differences between the two sides of a patient, pooled over the pairs of arms."""
    rows = spread.rows
    change = rows["value"] - rows["start"] if spread.based else rows["value"]
    wide = rows.assign(change=change).pivot(index="patient", columns="arm", values="change")
    parts, groups = [], []
    for i, first in enumerate(wide.columns):
        for second in wide.columns[i + 1 :]:
            found = (wide[second] - wide[first]).dropna().to_numpy(float)
            parts.append(found)
            groups += [f"{second} v {first}"] * len(found)
    if not groups:
        return math.nan, 0.0, math.nan, 0
    sd = pooled(np.concatenate(parts), np.array(groups))
    return sd, 0.0, sd, len(groups)


def _now(spread: _Spread, *, paired: bool) -> int:
    rows = spread.rows
    if paired:
        return int((rows.groupby("patient")["arm"].nunique() > 1).sum())
    return int(rows.groupby("arm")["patient"].nunique().min())


def _dropout(cohort: Cohort, outcome: Outcome, population: str) -> float:
    """Share without a reading at the primary visit, of those with one at some visit whose visit was due."""
    found = missing.missing(cohort)
    here = found[(found["outcome"] == outcome.id) & (found["visit"] == cohort.plan.visits.last)]
    here = here[here["population"] == population]
    return float(here["missing"].sum() / here["n"].sum()) if here["n"].sum() else 0.0


def _wanted(cohort: Cohort, outcome: Outcome, population: str, scale: str, difference: float | None) -> float | None:
    """The size asked for, or the one that is agreed to matter; checked on the scale of the answers."""
    measure = MEASURES[scale]
    if difference is None:
        asked = question(cohort, cohort.plan.item(outcome.id), population=population, visit=cohort.plan.visits.last)
        return meaningful(asked, measure)
    number = isinstance(difference, (int, float)) and not isinstance(difference, bool)
    if scale == "ratio" and not (number and difference > 0 and difference != 1 and math.isfinite(difference)):
        raise UsageError(
            f"{outcome.id} is compared as a ratio: difference must be a ratio above 0 other than 1; {difference!r} was "
            "found.",
            fix="write 0.8 for a fifth less, 1.25 for a quarter more",
        )
    if scale == "share" and not (number and 0 < abs(difference) < 1):
        raise UsageError(
            f"{outcome.id} is compared by the share of responders: difference must lie between 0 and 1; {difference!r} "
            "was found.",
            fix="write 0.15 for 15 of 100 patients",
        )
    if not (number and difference != 0 and math.isfinite(difference)):
        raise UsageError(f"difference must be a number other than 0, in {outcome.unit}; {difference!r} was found.",
                         fix="name the smallest difference that would matter to a patient")  # fmt: skip
    return float(difference) if scale == "ratio" else abs(float(difference))


def _working(size: float, scale: str) -> float:
    return abs(math.log(size)) if scale == "ratio" else size


def _reported(size: float, scale: str, direction: float) -> float:
    return math.exp(direction * size) if scale == "ratio" else size


def _where(cohort: Cohort, population: str) -> str:
    whom = {"design=split_face": "different treatments on the sides", "design=parallel": "one treatment each"}
    told = whom.get(population, "all patients")
    return f"{told}, {'visit' if cohort.style == 'trial' else 'week'} {cohort.plan.visits.last:g}"


def _notes(spread: _Spread, outcome: Outcome) -> tuple[str, ...]:
    if spread.scale == "share":
        rule = outcome.responder.sentence if outcome.responder is not None else "yes"
        return (f"Responders: {rule}; their shares are compared as averages",)
    return ("Counts on log(count + 0.5)",) if outcome.kind == "count" else ()
