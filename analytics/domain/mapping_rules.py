"""``rules:`` of a mapping: what it switches off, makes stricter or adds; each wrong entry a place and a sentence.

Forms: ``rule: off`` (on, true and false too), ``range`` and ``soft_range`` with limits by column, ``required`` with a
list of columns. What protects the meaning of the data stays on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingType
from typing import Any

from analytics.domain.documents import Problem, nearest
from analytics.domain.mapping_checks import column_type
from schemas.changes import NO_CHANGES, Bounds, RuleChanges
from schemas.limits import span
from schemas.own_rules import limits_of
from schemas.rules import NAMED
from schemas.vocabulary import Vocabulary

PLACE, OFF, ON = "rules", "off", "on"
WORDS = {"off": OFF, "false": OFF, "no": OFF, "on": ON, "true": ON, "yes": ON}
BY_COLUMN = ("range", "soft_range")
REQUIRED = "required"
#: Why these rules cannot be switched off.
PROTECTED = {
    "width": "nobody could tell which cell belongs to which column",
    "missing": "a row without patient or date belongs to nobody",
    "type": "a text that is no number has no value",
    "date": "a date that cannot be read has no place in time",
    "treatment": "a row of an unknown treatment belongs to no arm; name the text under `values`, or a new arm",
    "code": "a text that is no code has no meaning; name it under `values`",
    "unit": "a value in another unit is another value; give the `unit` of the column",
    "range": "ranges can only be made stricter here; another scale is an outcome of your own under `outcomes:`",
    "step": "counts are whole and grades lie on their scale; another scale is an outcome of your own under `outcomes:`",
    "duplicate_row": "rows exported twice would count twice",
    "conflict": "nobody could tell which of two values is right; `replicates: mean` takes their mean",
}


def plain_rules(value: Any) -> Any:
    """The entries in one form, the same whichever way they were written; what cannot be one stays as it was found."""
    if not isinstance(value, MappingType):
        return value
    return {str(name): _plain(entry) for name, entry in value.items()}


def _plain(entry: Any) -> Any:
    if isinstance(entry, bool):
        return ON if entry else OFF
    if isinstance(entry, str):
        return WORDS.get(entry.strip().casefold(), entry)
    if isinstance(entry, MappingType):
        return {str(column): _pair(limits) for column, limits in entry.items()}
    return [str(item) for item in entry] if isinstance(entry, (list, tuple)) else entry


def _pair(limits: Any) -> Any:
    return [_number(item) for item in limits] if isinstance(limits, (list, tuple)) else limits


def _number(item: Any) -> Any:
    try:
        value = float(item)
    except (TypeError, ValueError):
        return item
    return value if math.isfinite(value) and "_" not in str(item) else item


def rule_problems(
    rules: MappingType[str, Any], vocabulary: Vocabulary, mapped: Iterable[str] | None
) -> Iterable[Problem]:
    """Everything that is wrong under ``rules:``. ``mapped``: columns the mapping fills once per row (None: unknown)."""
    for name, entry in rules.items():
        place = (PLACE, name)
        if name == REQUIRED:
            yield from _required_problems(entry, vocabulary, mapped)
        elif name not in NAMED:
            yield place, f"there is no rule {name[:60]!r}{nearest(name, (*NAMED, REQUIRED))}"
        elif isinstance(entry, MappingType) and name in BY_COLUMN:
            for column, limits in entry.items():
                yield from (((*place, column), text) for text in _bounds_problems(name, column, limits, vocabulary))
        elif entry not in (ON, OFF):
            more = ", or limits by column like {texture_grade: [0, 4]}" if name in BY_COLUMN else ""
            yield place, f"write off or on{more}"
        elif entry == OFF and name in PROTECTED:
            yield place, f"{name} cannot be switched off: {PROTECTED[name]}"


def _bounds_problems(rule: str, column: str, limits: Any, vocabulary: Vocabulary) -> Iterable[str]:
    known = [name for name in _columns(vocabulary) if column_type(vocabulary, name) in ("number", "integer")]
    if column not in known:
        numeric = "" if column not in _columns(vocabulary) else " of numbers"
        yield f"there is no column{numeric} {column[:60]!r}{nearest(column, known)}"
        return
    if not isinstance(limits, (list, tuple)) or len(limits) != 2 or not all(_limit(item) for item in limits):
        yield "write the lowest and the highest value, like [0, 4] (null: no limit on that side)"
        return
    low, high = limits
    if low is None and high is None:
        yield "give at least one limit"
    elif low is not None and high is not None and low >= high:
        yield "limits go from the lowest to the highest value"
    elif rule == "range":
        ours = limits_of(vocabulary, column)
        if (low is not None and ours.low is not None and low < ours.low) or (
            high is not None and ours.high is not None and high > ours.high
        ):
            said = span(ours.low, ours.high, ours.unit, above=ours.above)
            yield (
                f"a range can only be made stricter than ours ({said}); "
                "for another scale name an outcome of your own under outcomes:"
            )


def _limit(item: Any) -> bool:
    return item is None or (isinstance(item, (int, float)) and not isinstance(item, bool))


def _required_problems(entry: Any, vocabulary: Vocabulary, mapped: Iterable[str] | None) -> Iterable[Problem]:
    if not isinstance(entry, (list, tuple)):
        yield (PLACE, REQUIRED), "write a list of columns, like [rater_id, side]"
        return
    known = _columns(vocabulary)
    filled = None if mapped is None else frozenset(mapped)
    for i, name in enumerate(entry):
        if name not in known:
            yield (PLACE, REQUIRED, i), f"there is no column {str(name)[:60]!r}{nearest(str(name), known)}"
        elif filled is not None and name not in filled:
            yield (
                (PLACE, REQUIRED, i),
                f"{name} cannot be required: it is not mapped as one column of the file",
            )


def _columns(vocabulary: Vocabulary) -> Sequence[str]:
    """Every column that means something in some table."""
    return tuple(dict.fromkeys((*vocabulary.known("sessions"), *vocabulary.columns)))


def rule_changes(rules: MappingType[str, Any]) -> RuleChanges:
    """What entries without a problem change, in the order of our rules and of the mapping."""
    if not rules:
        return NO_CHANGES
    return RuleChanges(
        off=tuple(name for name in NAMED if rules.get(name) == OFF),
        ranges=_bounds(rules.get("range")),
        usual=_bounds(rules.get("soft_range")),
        required=tuple(dict.fromkeys(rules.get(REQUIRED, ()))),
    )


def _bounds(entry: Any) -> tuple[Bounds, ...]:
    if not isinstance(entry, MappingType):
        return ()
    return tuple((column, *map(_as_float, limits)) for column, limits in entry.items())


def _as_float(item: Any) -> float | None:
    return None if item is None else float(item)
