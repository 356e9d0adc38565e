"""A story: all that the findings say about one outcome at one visit, sorted by what can be told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analytics.domain.finding import VERDICTS, Findings
from analytics.domain.hidden import NOT_SHOWN, Hidden, as_told
from analytics.domain.plan import Plan
from analytics.domain.run import Run
from analytics.show.numbers import finite
from analytics.show.orient import Row, Told, told
from schemas.vocabulary import Outcome, Vocabulary

DESCRIBED = "descriptive: "  # how the analysis begins the note that an outcome cannot be confirmatory
ANALYSES = ("primary", "secondary", "exploratory")  # sensitivity rows bear no verdict and are told in tables only


def blank(value: object) -> bool:
    """Whether a text cell holds nothing."""
    return value is None or value != value or value == ""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What words and figures may look at: the tables of a Run, or of Findings alone."""

    tables: dict[str, pd.DataFrame]
    plan: Plan
    vocabulary: Vocabulary
    facts: dict[str, Any]
    _records: dict[str, list[dict[str, Any]]] = field(default_factory=dict, repr=False)  # each table read once

    def rows(self, table: str, /, **keys: Any) -> list[dict[str, Any]]:
        """The rows of a table with these keys, in the table's order; nothing where the run has no such table."""
        if table not in self._records:
            frame = self.tables.get(table)
            self._records[table] = [] if frame is None else as_told(table, frame, self.plan.minimum_cell)
        kept = self._records[table]
        for column, value in keys.items():
            wanted = value if isinstance(value, (tuple, list)) else (value,)
            kept = [row for row in kept if row[column] in wanted]
        return list(kept)

    def row(self, table: str, /, **keys: Any) -> dict[str, Any] | None:
        return next(iter(self.rows(table, **keys)), None)

    def outcome(self, name: str) -> Outcome:
        return self.vocabulary.outcomes[name]

    @property
    def rounded_to(self) -> int | None:
        """What counts are rounded to in a copy for outside the house; None inside it."""
        return self.facts.get("rounded_to")

    def everybody(self) -> list[tuple[str, dict[str, Any], str]]:
        """The cells that give all patients compared: the last count of patients in the flow, else the arms' counts."""
        rows = [row for row in self.rows("flow", unit="patients") if blank(row["arm"]) and blank(row["reason"])]
        return [("flow", rows[-1], "count")] if rows else [("arms", row, "patients") for row in self.rows("arms")]

    def estimator(self, outcome: str, population: str) -> tuple[str, str] | None:
        """(method, adjustment) of the estimator that bears the verdicts; None where nothing was asked."""
        rows = [
            row for row in self.rows("findings", outcome=outcome, population=population) if row["analysis"] in ANALYSES
        ]
        first = min(rows, key=lambda row: ANALYSES.index(row["analysis"]), default=None)
        return (str(first["method"]), str(first["adjustment"])) if first else None


@dataclass(frozen=True, eq=False)
class Story:
    """One outcome at one visit in one population.

    ``pairs``: comparisons with enough patients; ``few``: rows of pairs with an arm under ``minimum_cell``; ``failed``:
    rows that were not estimated. ``lead``: the pair that the sentence is about. ``others``: populations told beside it.
    ``answer``: shown | equal | not_shown | depends | few | none.
    """

    evidence: Evidence
    outcome: Outcome
    visit: float
    population: str
    analysis: str
    pairs: tuple[Told, ...] = ()
    few: tuple[Row, ...] = ()
    failed: tuple[Row, ...] = ()
    lead: Told | None = None
    answer: str = "none"
    others: tuple[Story, ...] = ()

    @property
    def rest(self) -> tuple[Told, ...]:
        return tuple(pair for pair in self.pairs if pair is not self.lead)

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms of the pairs that can be told, in the order of the plan."""
        told_arms = {arm for pair in self.pairs for arm in (pair.ahead, pair.behind)}
        return tuple(arm for arm in self.evidence.plan.arms if arm in told_arms) or tuple(sorted(told_arms))

    @property
    def descriptive(self) -> bool:
        """Whether the intervals look at each pair alone: secondary, exploratory, or unfit for a confirmatory answer."""
        return any(pair.descriptive for pair in self.pairs)

    @property
    def why_descriptive(self) -> str:
        """Why a main outcome is described only, as the analysis noted it; empty otherwise."""
        notes = [note for row in self.rows for note in str(row.get("notes") or "").split("; ")]
        return next((note.removeprefix(DESCRIBED) for note in notes if note.startswith(DESCRIBED)), "")

    @property
    def rows(self) -> tuple[Row, ...]:
        """The verdict's row of every pair."""
        return (*(pair.row for pair in self.pairs), *self.few, *self.failed)

    @property
    def doubled(self) -> bool:
        """Whether patients stand in more than one arm (sides of one face), so that arms must not be added up."""
        if self.population == "design=split_face" or any(row["method"] == "paired_difference" for row in self.rows):
            return True
        arms, whole = self.evidence.rows("arms"), self.evidence.everybody()
        if any(isinstance(row[s], Hidden) for _, row, s in [*whole, *(("arms", row, "patients") for row in arms)]):
            return self.population == "all"  # not known: nothing is added up
        return self.population == "all" and sum(r["patients"] for r in arms) > sum(float(r[s]) for _, r, s in whole)


def evidence(value: Run | Findings | Evidence) -> Evidence:
    """A Run, or Findings, as what words and figures look at."""
    if isinstance(value, Evidence):
        return value
    if isinstance(value, Findings):
        tables = {"findings": value.frame, "arm_means": value.arm_means}
        facts = {"covariates": value.covariates, "style": value.style}
        return Evidence(tables, value.plan, value.vocabulary, facts)
    return Evidence(dict(value.tables), value.plan, value.vocabulary, dict(value.facts))


def story(value: Run | Findings | Evidence, outcome: str, visit: float | None = None) -> Story:
    """What can be told about ``outcome`` at ``visit`` (default: the plan's primary visit) in everybody.

    Where two designs are told apart the larger population leads and the other stands beside it.
    """
    source = evidence(value)
    visit = source.plan.visits.last if visit is None else visit
    found = [row for row in source.rows("findings", outcome=outcome, visit=visit) if row["analysis"] in ANALYSES]
    names = list(dict.fromkeys(row["population"] for row in found if "=" not in row["population"] or _design(row)))
    parts = [_part(source, outcome, visit, name, [r for r in found if r["population"] == name]) for name in names]
    parts.sort(key=lambda part: -sum(int(row["n_arm"]) for row in part.rows if finite(row["n_arm"])))
    if not parts:
        return Story(source, source.outcome(outcome), visit, "all", "")
    main, *others = parts
    return replace(main, others=tuple(others))


def group_stories(source: Evidence, outcome: str, visit: float) -> list[Story]:
    """One story for each level of a column, where the findings look within levels."""
    found = [row for row in source.rows("findings", outcome=outcome, visit=visit) if row["analysis"] in ANALYSES]
    names = dict.fromkeys(row["population"] for row in found if "=" in row["population"] and not _design(row))
    return [_part(source, outcome, visit, name, [r for r in found if r["population"] == name]) for name in names]


def _design(row: Row) -> bool:
    return str(row["population"]).startswith("design=")


def _part(source: Evidence, outcome: str, visit: float, population: str, rows: Sequence[Row]) -> Story:
    analysis = min((row["analysis"] for row in rows), key=ANALYSES.index)
    rows = [row for row in rows if row["analysis"] == analysis]
    method = rows[0]["method"], rows[0]["adjustment"]
    rows = [row for row in rows if (row["method"], row["adjustment"]) == method]
    pairs: list[Told] = []
    few: list[Row] = []
    failed: list[Row] = []
    for contrast in dict.fromkeys(row["contrast"] for row in rows):
        own = _first_measure([row for row in rows if row["contrast"] == contrast])
        one = told(own, source.outcome(outcome), source.plan)
        few_here = min(_count(own[0]["n_arm"]), _count(own[0]["n_reference"])) < source.plan.minimum_cell
        if (few_here and one is not None) or own[0]["status"] == "suppressed":
            few.append(own[0])
        elif one is None:
            failed.append(own[0])
        else:
            pairs.append(one)
    pairs = [pair.beside(pairs) for pair in pairs]
    lead = _lead(pairs)
    whole = (tuple(pairs), tuple(few), tuple(failed), lead, _answer(pairs, few, lead))
    return Story(source, source.outcome(outcome), visit, population, analysis, *whole)


def _count(value: Any) -> int:
    if isinstance(value, Hidden) and value.code == NOT_SHOWN:
        return MANY  # hidden because of another count: the pair is told, its number is not
    return int(value) if finite(value) else 0


MANY = 10**9


def _first_measure(rows: list[Row]) -> list[Row]:
    """The pair's rows, the one that bears the verdict first."""
    return sorted(rows, key=lambda row: str(row["verdict"]) not in VERDICTS)


def _lead(pairs: Sequence[Told]) -> Told | None:
    """The pair for the sentence: the strongest answer, and among equals the arms farthest apart."""
    return max(pairs, key=lambda pair: (pair.strength, pair.reach), default=None)


def _answer(pairs: Sequence[Told], few: Sequence[Row], lead: Told | None) -> str:
    if lead is None:
        return "few" if few else "none"
    if lead.strength:
        return "shown"
    if any(pair.depends for pair in pairs):
        return "depends"
    return "equal" if all(pair.verdict == "equivalent" for pair in pairs) else "not_shown"
