"""The rows one estimand analyses: population, visit and arms chosen, what is missing dropped and counted."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from analytics.domain.cohort import Cohort, Estimand, Sample
from analytics.domain.errors import UsageError
from analytics.intake.covariates import UNKNOWN
from analytics.methods import ALL_VISITS
from schemas.vocabulary import Outcome

ADJUSTED = ("covariates", "change_score", "weights", "doubly_robust")
_PARTS: WeakKeyDictionary[Cohort, dict] = WeakKeyDictionary()
TEXTS = ["patient", "unit", "arm", "side", "body_site"]
# A number, or a range of numbers: 3, 1-3, 18.5-24.9, -2--1.
RANGE = re.compile(r"(-?[\d.]+(?:e[+-]?\d+)?)(?:-(-?[\d.]+(?:e[+-]?\d+)?))?")
READ = [*TEXTS, "visit", "value", "baseline", "change"]


def sample(cohort: Cohort, estimand: Estimand) -> Sample:
    """The Sample of ``estimand``: one row per unit with a value at the visit and nothing missing that the model needs.

    A method of repeated measures gets the rows of all planned visits, with a column ``visit``.

    ``paired`` where every patient has different arms within (split-face): then only whole pairs are kept. For
    ``standardised_risk`` on an outcome that is not yes / no itself, ``value`` is the responder (1.0 / 0.0).
    """
    outcome = cohort.outcome(estimand.outcome)
    if estimand.method not in ALL_VISITS:
        return _sample(cohort, estimand, outcome)
    parts = _parts(cohort)
    key = ("sample", outcome.id, estimand.population, estimand.arms, estimand.method, estimand.adjustment)
    if key not in parts:  # one Sample for all visits: its model is fitted once
        parts[key] = _sample(cohort, estimand, outcome)
    return parts[key]


def _sample(cohort: Cohort, estimand: Estimand, outcome: Outcome) -> Sample:
    drawn = _drawn(cohort, estimand, outcome)
    based = has_baseline(cohort, outcome)
    return Sample(
        rows=drawn.rows,
        outcome=outcome,
        arms=tuple(arm for arm in cohort.plan.arms if arm in estimand.arms),
        covariates=drawn.covariates,
        baseline=based and estimand.adjustment not in ("none", "change_score"),
        respond="change" if based else "value",
        paired=drawn.paired,
        notes=drawn.notes,
    )


class Drawn(NamedTuple):
    """The part of a Sample that estimators of one question share."""

    rows: pd.DataFrame
    covariates: Mapping[str, str]
    paired: bool
    notes: tuple[str, ...]


def _drawn(cohort: Cohort, estimand: Estimand, outcome: Outcome) -> Drawn:
    """Rows of an estimand, drawn once for all estimators that want the same ones."""
    responders = estimand.method == "standardised_risk" and outcome.kind != "binary"
    adjusts = estimand.adjustment in ADJUSTED
    key = ("drawn", outcome.id, _visits(cohort, estimand), estimand.population, estimand.arms, responders, adjusts)
    parts = _parts(cohort)
    if key not in parts:
        parts[key] = _draw(cohort, estimand, outcome, responders=responders, adjusts=adjusts)
    return parts[key]


def _draw(cohort: Cohort, estimand: Estimand, outcome: Outcome, *, responders: bool, adjusts: bool) -> Drawn:
    members = _members(cohort, estimand.population)
    rows, responder = _of(cohort, members, estimand)
    unruled: tuple[str, ...] = ()
    if responders:
        rows, unruled = _responders(rows, responder)
    rows, notes = _complete(rows, based=has_baseline(cohort, outcome))
    kinds: Mapping[str, str] = cohort.covariates if adjusts and not members.paired else {}
    rows, kinds, dropped = _with_covariates(rows, members.rows, kinds)
    rows, alone = _whole_pairs(rows) if members.paired else (rows, ())
    return Drawn(rows, kinds, members.paired, (*unruled, *notes, *dropped, *alone))


def _of(cohort: Cohort, members: Members, estimand: Estimand) -> tuple[pd.DataFrame, np.ndarray]:
    """What was read of the members in the estimand's arms, and who responded: chosen once for all estimators."""
    parts, visits = _parts(cohort), _visits(cohort, estimand)
    key = ("rows", estimand.outcome, visits, estimand.population, estimand.arms)
    if key not in parts:
        table = _at(cohort, estimand.outcome, visits)
        here = table["arm"].isin(estimand.arms).to_numpy() & (members.rows.index.get_indexer(table["unit"]) >= 0)
        parts[key] = table.loc[here, READ].reset_index(drop=True), table["responder"].to_numpy(float)[here]
    return parts[key]


def _visits(cohort: Cohort, estimand: Estimand) -> tuple[float, ...]:
    """The visits whose readings the method is given."""
    return tuple(cohort.plan.visits.weeks) if estimand.method in ALL_VISITS else (float(estimand.visit),)


def _at(cohort: Cohort, outcome: str, visits: Sequence[float]) -> pd.DataFrame:
    """The table's rows of one outcome at some visits; the table is split once per cohort, not once per estimand."""
    parts = _parts(cohort)
    if "readings" not in parts:
        plain = cohort.table[[*READ, "responder", "outcome"]].astype(dict.fromkeys(TEXTS, object))
        parts["readings"] = dict(iter(plain.groupby(["outcome", "visit"])))
        parts["nothing"] = plain.iloc[:0]
    there = [parts["readings"][outcome, visit] for visit in visits if (outcome, visit) in parts["readings"]]
    return pd.concat(there) if len(there) > 1 else there[0] if there else parts["nothing"]


def repeats(cohort: Cohort, outcome: Outcome, population: str) -> bool:
    """Whether patients of a population are read at several planned visits, one place of the skin each."""
    members = _members(cohort, population)
    table = _at(cohort, outcome.id, cohort.plan.visits.weeks)
    inside = table[members.rows.index.get_indexer(table["unit"]) >= 0]
    if members.paired or inside["visit"].nunique() < 2:
        return False
    return not inside.duplicated(["patient", "visit"]).any()


def median_reading(cohort: Cohort, outcome: Outcome, population: str) -> float:
    """Median of an outcome's readings at the planned visits; NaN without any."""
    members = _members(cohort, population)
    table = _at(cohort, outcome.id, cohort.plan.visits.weeks)
    return float(table["value"][members.rows.index.get_indexer(table["unit"]) >= 0].median())


class Members(NamedTuple):
    """``rows``: members of a population, index unit; ``paired``: all of them have different arms within."""

    rows: pd.DataFrame
    paired: bool


def _members(cohort: Cohort, name: str) -> Members:
    """Members of a population, chosen once per cohort, texts as plain objects."""
    parts = _parts(cohort)
    if ("members", name) not in parts:
        members = chosen(cohort, name)
        texts = [column for column in members if isinstance(members[column].dtype, pd.StringDtype)]
        paired = not members.empty and bool((members["design"] == "split_face").all())
        parts["members", name] = Members(members.astype(dict.fromkeys(texts, object)).set_index("unit"), paired)
    return parts["members", name]


def _parts(cohort: Cohort) -> dict:
    """What was cut out of a cohort already. Rows of plain objects are chosen several times faster than pandas texts."""
    return _PARTS.setdefault(cohort, {})


def has_baseline(cohort: Cohort, outcome: Outcome) -> bool:
    """Whether the outcome is analysed against its baseline.

    One that has a baseline only where it was measured before treatment (product uptake) does so only if nobody is lost
    by it: every unit read later has one.
    """
    if outcome.baseline == "before":
        return True
    if not outcome.baseline_when_measured:
        return False
    parts = _parts(cohort)
    if ("based", outcome.id) not in parts:
        later = cohort.table[(cohort.table["outcome"] == outcome.id) & (cohort.table["visit"] > 0)]
        parts["based", outcome.id] = not later.empty and bool(later["baseline"].notna().all())
    return parts["based", outcome.id]


def chosen(cohort: Cohort, name: str) -> pd.DataFrame:
    """Members of a population; a subgroup keeps to the parallel patients where the designs are not pooled."""
    members = cohort.members
    if len(cohort.populations) > 1 and not name.startswith("design="):
        members = members[members["design"] == "parallel"]
    return population(members, name)


def population(members: pd.DataFrame, name: str) -> pd.DataFrame:
    """Members of a population: ``all``, or ``column=level`` (a text, a number, or a range of numbers like 1-3)."""
    if name == "all":
        return members
    column, _, level = name.partition("=")
    if column not in members or not level:
        raise UsageError(f"There is no population {name!r}.", fix="write all, design=parallel or column=level")
    values = members[column]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return members[_within(values, level)]
    exact = values.astype(str) == level
    if exact.any():
        return members[exact]
    return members[_within(pd.to_numeric(values.where(values != UNKNOWN), errors="coerce"), level)]


def _within(values: pd.Series, level: str) -> pd.Series:
    found = RANGE.fullmatch(level)
    if found is None:
        return pd.Series(False, index=values.index)
    low, high = float(found[1]), float(found[2] or found[1])
    return (values >= low) & (values <= high)


def _responders(rows: pd.DataFrame, responder: np.ndarray) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """``value`` is the responder; whom the rule cannot judge (no baseline, or one below its floor) is counted."""
    ruled = ~np.isnan(responder)
    judged = rows[ruled].assign(value=responder[ruled])
    read = rows[ruled | rows["value"].notna().to_numpy()]
    return judged, _left_out(read, judged, "the responder rule does not apply")


def _complete(rows: pd.DataFrame, *, based: bool) -> tuple[pd.DataFrame, tuple[str, ...]]:
    rows = rows[rows["value"].notna()]
    if not based:
        return rows, ()
    kept = rows[rows["baseline"].notna()]
    return kept, _left_out(rows, kept, "no baseline")


def _with_covariates(
    rows: pd.DataFrame, members: pd.DataFrame, kinds: Mapping[str, str]
) -> tuple[pd.DataFrame, Mapping[str, str], tuple[str, ...]]:
    """Join the covariates of ``members`` (index unit); drop rows without a number, then those the same for all left."""
    names = list(kinds)
    if not names:
        return rows.reset_index(drop=True), {}, ()
    found = members[names].take(members.index.get_indexer(rows["unit"]))
    joined = rows.assign(**{name: found[name].to_numpy() for name in names})
    kept = joined[found.notna().to_numpy().all(axis=1)].reset_index(drop=True)
    notes = list(_left_out(joined, kept, "a covariate is not recorded"))
    varied = {name: kind for name, kind in kinds.items() if kept[name].nunique() > 1}
    gone = [name for name in names if name not in varied]
    notes += [f"covariate {name} is the same for everybody here" for name in gone] if len(kept) else []
    return kept.drop(columns=gone), varied, tuple(notes)


def _whole_pairs(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep body sites read under both arms; where the arms lie on different sites, patients read under both."""
    patients, arms = rows["patient"].to_numpy(object), rows["arm"].to_numpy(object)
    at_site = _with_both_arms(list(zip(patients, rows["body_site"])), arms)
    matched = np.isin(patients, np.unique(patients[at_site]))
    kept = rows[at_site | (~matched & _with_both_arms(patients, arms))].reset_index(drop=True)
    return kept, _left_out(rows, kept, "one side was not read")


def _with_both_arms(places: Sequence[Hashable], arms: Iterable[str]) -> np.ndarray:
    """Whether each row's place has rows of more than one arm."""
    held: dict[Hashable, set[str]] = {}
    for place, arm in zip(places, arms):
        held.setdefault(place, set()).add(arm)
    return np.array([len(held[place]) > 1 for place in places], bool)


def _left_out(before: pd.DataFrame, after: pd.DataFrame, why: str) -> tuple[str, ...]:
    if len(before) == len(after):
        return ()
    lost = before["patient"].nunique() - after["patient"].nunique()
    return (f"{lost} {'patient' if lost == 1 else 'patients'} left out: {why}",) if lost else ()
