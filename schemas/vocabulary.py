"""The words of the house as frozen values: treatments, outcomes, columns, codes, and the Vocabulary that holds them.

Nothing here knows a particular clinic. ``STANDARD`` (schemas/standard.py) is one Vocabulary; a mapping makes another
one with ``with_treatment`` / ``with_outcome``, and the Dataset carries it from there to the report.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from schemas.changes import RuleChanges

Kind = Literal["continuous", "positive", "count", "percent", "ordinal", "binary"]
Direction = Literal["lower", "higher", "none"]
KINDS: tuple[str, ...] = ("continuous", "positive", "count", "percent", "ordinal", "binary")
DOMAINS: tuple[str, ...] = ("texture", "breakouts", "absorption", "barrier", "tone", "elasticity", "reported")


@dataclass(frozen=True)
class Threshold:
    """A size of difference with where it comes from. ``standing`` is ``published`` or ``convention``, never blank."""

    value: float
    source: str
    standing: Literal["published", "convention"] = "convention"


@dataclass(frozen=True)
class Responder:
    """When one patient counts as a responder.

    ``rule``: ``fall`` (baseline - value >= amount, towards better), ``percent_fall`` (>= amount percent towards
    better), ``level_and_fall`` (value <= level and fall >= amount). Any rule counts only patients whose
    baseline is at least ``floor`` (None: everybody). ``source`` and ``standing`` say where the rule comes from.
    """

    rule: Literal["fall", "percent_fall", "level_and_fall"]
    amount: float
    level: float | None = None
    floor: float | None = None
    sentence: str = ""
    source: str = ""
    standing: Literal["published", "convention"] = "convention"


@dataclass(frozen=True)
class Parameter:
    """A setting recorded with a treatment (needle length, peel strength).

    ``low``/``high``: what may be recorded, in ``unit`` (outside: ``severity``); ``soft_low``/``soft_high``: what is
    usual (outside: always a warning).
    """

    id: str
    label: str
    unit: str
    low: float | None = None
    high: float | None = None
    codes: tuple[str, ...] = ()
    severity: Literal["error", "warning"] = "error"
    source: str = ""
    soft_low: float | None = None
    soft_high: float | None = None
    step: float | None = None
    definition: str = ""


@dataclass(frozen=True)
class Treatment:
    """One arm. ``course_days``: usual days between sessions of a course (low, high).

    ``expected_reactions``: codes of the list ``event`` that belong to the treatment when gone within ``expected_days``.
    """

    id: str
    label: str
    short_label: str
    definition: str
    parameters: tuple[Parameter, ...] = ()
    course_days: tuple[int, int] | None = None
    expected_reactions: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    expected_days: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """One measured outcome: what it is, what may be recorded, which way is better, what size matters.

    ``baseline``: ``before`` (a reading before the first treatment is needed) or ``none`` (an impression of change, or
    uptake after a session). ``baseline_when_measured``: with ``none``, a reading from before any treatment is the
    baseline all the same where the file has it. Kind ``positive``: ``low`` itself is not permitted (a log is taken).
    ``method`` is set only where it departs from the kind's default. ``meaningful_difference``: measure -> Threshold.
    """

    id: str
    label: str
    domain: str
    kind: Kind
    unit: str
    direction: Direction
    low: float | None
    high: float | None
    step: float | None = None
    soft_high: float | None = None
    responder_change: Threshold | None = None
    meaningful_difference: Mapping[str, Threshold] = field(default_factory=dict)
    responder: Responder | None = None
    washout_hours: float = 0.0
    baseline: Literal["before", "none"] = "before"
    method: str | None = None
    derived_from: tuple[str, ...] = ()
    averaged: bool = True
    definition: str = ""
    notes: tuple[str, ...] = ()
    axis_text: str = ""
    short_label: str = ""
    levels: Mapping[float, str] = field(default_factory=dict)
    soft_low: float | None = None
    range_source: str = ""
    washout_source: str = ""
    baseline_when_measured: bool = False

    @property
    def axis(self) -> str:
        """Axis title: label with its unit."""
        return self.axis_text or (f"{self.label} ({self.unit})" if self.unit else self.label)


@dataclass(frozen=True)
class Column:
    """A column of a canonical table that is not an outcome.

    ``type``: text | number | integer | date | datetime | code | codes (several, separated by ``;``) | boolean.
    ``codes``: id of a CodeList, or ``treatment`` (the arms of the Vocabulary); on a number column the list only tells
    other spellings of the numbers (IV = 4). ``role``: key | covariate | consultation | session | event | parameter.
    """

    id: str
    label: str
    type: str
    tables: tuple[str, ...] = ("sessions",)
    unit: str = ""
    low: float | None = None
    high: float | None = None
    codes: str = ""
    required: bool = False
    severity: Literal["error", "warning"] = "error"
    role: str = "session"
    definition: str = ""
    step: float | None = None
    source: str = ""


@dataclass(frozen=True)
class CodeList:
    """The permitted texts of a coded column, with their meaning and other spellings that mean the same.

    ``open``: other texts are kept as they are (a clinic has its own words for concerns and events).
    """

    id: str
    codes: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open: bool = False
    definition: str = ""


def _frozen(entries: Iterable[Any]) -> Mapping[str, Any]:
    return MappingProxyType({entry.id: entry for entry in entries})


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All words in force for one Dataset. Lookups by id keep the order of entry; ``with_*`` return a new Vocabulary.

    ``rules``: what mappings change in the rules for their own files, as (mapping or clinic, changes).
    """

    treatments: Mapping[str, Treatment]
    outcomes: Mapping[str, Outcome]
    columns: Mapping[str, Column]
    codes: Mapping[str, CodeList]
    rules: tuple[tuple[str, RuleChanges], ...] = ()

    @classmethod
    def of(
        cls,
        treatments: Iterable[Treatment],
        outcomes: Iterable[Outcome],
        columns: Iterable[Column],
        codes: Iterable[CodeList],
    ) -> Vocabulary:
        """Build from entries; a second entry of one id is a programming error and raises ValueError."""
        groups: list[list[Any]] = [list(treatments), list(outcomes), list(columns), list(codes)]
        for group in groups:
            ids = [entry.id for entry in group]
            if len(ids) != len(set(ids)):
                raise ValueError(f"two entries of one id: {sorted({i for i in ids if ids.count(i) > 1})}")
        one, two, three, four = (_frozen(group) for group in groups)
        return cls(one, two, three, four)

    def with_treatment(self, treatment: Treatment) -> Vocabulary:
        """A new Vocabulary with this arm added (or replaced)."""
        return replace(self, treatments=MappingProxyType({**self.treatments, treatment.id: treatment}))

    def with_outcome(self, outcome: Outcome) -> Vocabulary:
        """A new Vocabulary with this outcome added (or replaced)."""
        return replace(self, outcomes=MappingProxyType({**self.outcomes, outcome.id: outcome}))

    def with_column(self, column: Column) -> Vocabulary:
        """A new Vocabulary with this column (an extra covariate) added (or replaced)."""
        return replace(self, columns=MappingProxyType({**self.columns, column.id: column}))

    def with_codes(self, codes: CodeList) -> Vocabulary:
        """A new Vocabulary with this code list added (or replaced)."""
        return replace(self, codes=MappingProxyType({**self.codes, codes.id: codes}))

    def with_rules(self, owner: str, changes: RuleChanges) -> Vocabulary:
        """A new Vocabulary that also tells what ``owner`` changes in the rules (nothing: the same as it was)."""
        added = () if not changes or (owner, changes) in self.rules else ((owner, changes),)
        return replace(self, rules=(*self.rules, *added))

    def parameters(self) -> Mapping[str, tuple[Treatment, Parameter]]:
        """Every treatment parameter by id, with the treatment it belongs to."""
        return {p.id: (t, p) for t in self.treatments.values() for p in t.parameters}

    def columns_of(self, table: str) -> tuple[Column, ...]:
        """The columns that may stand in ``table``, in order."""
        return tuple(c for c in self.columns.values() if table in c.tables)

    def known(self, table: str = "sessions") -> tuple[str, ...]:
        """Every column name that means something in ``table`` (outcomes and parameters included for sessions)."""
        names = [c.id for c in self.columns_of(table)]
        if table == "sessions":
            names += [*self.parameters(), *self.outcomes, "outcome", "value"]
        return tuple(dict.fromkeys(names))

    @staticmethod
    def nearest(name: str, among: Iterable[str], count: int = 3) -> tuple[str, ...]:
        """The names most like ``name``: what an error suggests."""
        pool = list(among)
        folded = {p.casefold(): p for p in pool}
        return tuple(folded[m] for m in difflib.get_close_matches(name.casefold(), list(folded), n=count, cutoff=0.55))
