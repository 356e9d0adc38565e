"""The rules that a mapping makes stricter or adds, as rules like all others; and what it changed, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from schemas import expressions as ex
from schemas.changes import RuleChanges
from schemas.limits import Limits, limits, span
from schemas.rules import NAMED, Rule
from schemas.vocabulary import Vocabulary

OWN = "the mapping's own limits"
OPEN = Limits(None, None, None, "")


def limits_of(vocabulary: Vocabulary, column: str) -> Limits:
    """What the vocabulary permits in a column of numbers (open where it says nothing)."""
    entry = vocabulary.outcomes.get(column) or vocabulary.columns.get(column)
    parameter = vocabulary.parameters().get(column)
    known = entry if entry is not None else parameter[1] if parameter is not None else None
    return limits(known) if known is not None else OPEN


def own_rules(changes: RuleChanges, vocabulary: Vocabulary, columns_present: Iterable[str]) -> tuple[Rule, ...]:
    """The stricter and added rules for the columns that are there; what is outside our range has its own rule."""
    present = set(columns_present)
    found = []
    for id, bounds in (("range", changes.ranges), ("soft_range", changes.usual)):
        for column, low, high in bounds:
            if column in present:
                ours = limits_of(vocabulary, column)
                check = partial(ex.usual, column, ours.low, ours.high, low, high)
                usually = "usually " if id == "soft_range" else ""
                must = f"must {usually}be {span(low, high, ours.unit)} ({OWN})"
                found.append(replace(NAMED[id], columns=(column,), sentence=must, expression=check))
    for column in changes.required:
        if column in present:
            must = f"{NAMED['missing'].sentence} (the mapping requires it)"
            check = partial(ex.filled, (column,))
            found.append(replace(NAMED["missing"], columns=(column,), sentence=must, stage="row", expression=check))
    return tuple(found)


def told_changes(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Every change of every mapping in force as a sentence, with the mapping it comes from where only some say it."""
    lines: dict[str, list[str]] = {}
    for owner, changes in vocabulary.rules:
        for line in _sentences(changes, vocabulary):
            lines.setdefault(line, []).append(owner)
    return tuple(f"{line} ({', '.join(owners)})" if any(owners) else line for line, owners in lines.items())


def _sentences(changes: RuleChanges, vocabulary: Vocabulary) -> Iterable[str]:
    for id in changes.off:
        yield f"the rule {id} is switched off"
    for column, low, high in changes.ranges:
        ours = limits_of(vocabulary, column)
        before = span(ours.low, ours.high, ours.unit, above=ours.above)
        yield f"{column} must be {span(low, high, ours.unit)}{f' (else {before})' if before else ''}"
    for column, low, high in changes.usual:
        ours = limits_of(vocabulary, column)
        before = span(ours.soft_low, ours.soft_high, ours.unit)
        yield f"{column} must usually be {span(low, high, ours.unit)}{f' (else {before})' if before else ''}"
    for column in changes.required:
        yield f"{column} must not be empty"
