"""The columns, constants and lists of a mapping against the words in force: each fault a place and a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingType

from analytics.domain.date_format import compile_format
from analytics.domain.documents import Problem, nearest
from analytics.domain.mapping import Entry, Mapping, Reading, TableMapping
from analytics.domain.matching import Matcher, collisions
from analytics.domain.yaml_text import Place
from schemas.spelling import permitted, spellings
from schemas.units import factor, units_for
from schemas.vocabulary import Column, Vocabulary

TIMES = ("session_date", "visit", "study_day")
DATES = ("date", "datetime")
WATER_LOSS = re.compile(r"\btewl|water[ _]?loss|wasserverlust", re.IGNORECASE)


def table_problems(mapping: Mapping, vocabulary: Vocabulary) -> Iterable[Problem]:
    """Everything that is wrong in the columns and constants of all tables of ``mapping``."""
    yield from _one_table(mapping, "sessions", vocabulary, ())
    yield from _shape(mapping, vocabulary)
    for name, entries in mapping.covariates.items():
        for i, entry in enumerate(entries):
            yield from entry_problems(name, entry, vocabulary, ("covariates", name, i))
    yield from list_problems({**mapping.columns, **mapping.covariates}, mapping, vocabulary)
    for table, other in mapping.tables.items():
        yield from _one_table(other, table, vocabulary, ("tables", table))
        for name, listed in other.columns.items():
            if len(listed) > 1 or listed[0].qualifiers:
                yield ("tables", table, "columns", name), "lists of columns are for the sessions table only"


def _one_table(mapping: TableMapping, table: str, vocabulary: Vocabulary, start: Place) -> Iterable[Problem]:
    known = vocabulary.known(table)
    for name, entries in mapping.columns.items():
        place = (*start, "columns", name)
        if name not in known:
            yield place, f"there is no column {name[:60]!r} in {table}{nearest(name, known)}"
            continue
        if not entries:
            yield place, "name a column of the file"
        for i, entry in enumerate(entries):
            yield from entry_problems(name, entry, vocabulary, (*place, i))
    for name in mapping.constants:
        if name not in known:
            yield (*start, "constants", name), f"there is no column {name[:60]!r} in {table}{nearest(name, known)}"
        elif name in mapping.columns:
            yield (*start, "constants", name), f"{name} stands under columns too: keep one"


def _shape(mapping: Mapping, vocabulary: Vocabulary) -> Iterable[Problem]:
    long = mapping.shape == "long"
    for name in ("outcome", "value"):
        if not long and name in mapping.columns:
            yield ("columns", name), f"{name} is a column of long files: write shape: long"
        if long and name not in mapping.columns:
            yield ("shape",), f"a long file needs columns outcome and value; {name} is not mapped"
    if long:
        for name in sorted(set(mapping.columns) & set(vocabulary.outcomes)):
            yield (
                ("columns", name),
                "in a long file an outcome is a text of the outcome column: map it there under values",
            )
        for i, entry in enumerate(mapping.columns.get("value", ())):
            if entry.unit or entry.scale or entry.reverse or entry.values:
                yield (
                    ("columns", "value", i),
                    "in a long file unit, scale and values hang on the outcome under outcomes:",
                )
    for name, reading in mapping.outcomes.items():
        yield from reading_problems(name, reading, vocabulary, ("outcomes", name))
        told = reading.model_fields_set & {"values", "scale", "reverse", "missing"}
        if not long and (told or (reading.unit and name in vocabulary.outcomes and not reading.kind)):
            yield ("outcomes", name), "how values are read hangs on the column in wide files: put it under columns"


def entry_problems(name: str, entry: Entry, vocabulary: Vocabulary, place: Place) -> Iterable[Problem]:
    """One entry: its date format, texts, unit and scale must fit the column it fills."""
    kind = column_type(vocabulary, name)
    if entry.row_number and name != "patient_id":
        yield place, "row_number serves patient_id only"
    if name in vocabulary.outcomes and vocabulary.outcomes[name].domain == "absorption":
        yield from _water_loss(name, entry, place)
    if entry.format is not None:
        try:
            if kind not in DATES:
                yield (*place, "format"), f"{name} is not a date"
            compile_format(entry.format)
        except ValueError as error:
            yield (*place, "format"), str(error)
    if kind in DATES and entry.values:
        yield (*place, "values"), f"{name} is a date: give its format"
    yield from reading_problems(name, entry, vocabulary, place)


def _water_loss(name: str, entry: Entry, place: Place) -> Iterable[Problem]:
    if WATER_LOSS.search(entry.source or ""):
        yield (
            place,
            f"{entry.source!r} is water leaving the skin, not product going in: {name} would say the opposite"
            "; fill tewl_g_m2_h with it",
        )


def reading_problems(name: str, reading: Reading, vocabulary: Vocabulary, place: Place) -> Iterable[Problem]:
    """Texts, unit and scale of one entry."""
    yield from _value_problems(name, reading, vocabulary, (*place, "values"))
    ours = unit_of(vocabulary, name)
    number = column_type(vocabulary, name) in ("number", "integer")
    if reading.unit is not None and (not number or factor(reading.unit, ours) is None):
        possible = f"; possible are {', '.join(units_for(ours))}" if ours else f"; {name} has no unit"
        yield (*place, "unit"), f"{reading.unit!r} cannot be turned into {ours or 'a value of ours'}{possible}"
    low, high = limits_of(vocabulary, name)
    if (reading.scale or reading.reverse) and (not number or low is None or high is None):
        yield (
            (*place, "scale" if reading.scale else "reverse"),
            f"{name} has no range from lowest to highest to rescale to",
        )
    if reading.scale and reading.unit and name in vocabulary.outcomes:
        yield (*place, "scale"), "give either a unit or a scale"


def _value_problems(name: str, reading: Reading, vocabulary: Vocabulary, place: Place) -> Iterable[Problem]:
    if not reading.values:
        return
    ids = permitted(vocabulary, name)
    number = column_type(vocabulary, name) in ("number", "integer", "boolean")
    known = ids if ids is not None and not number else None
    for id_ in reading.values:
        if number and not _is_number(id_) and name not in ("serious",):
            yield (*place, id_), f"{name} is a number: write the texts that mean it under that number, like 1: [mild]"
        elif known is not None and id_ not in known:
            yield (*place, id_), f"{id_!r} is no value of {name}{nearest(id_, known)}"
    for text, first, second in collisions(reading.values, known or reading.values):
        yield place, f"the text {text!r} stands under {first} and under {second}: keep one"


def list_problems(
    columns: MappingType[str, tuple[Entry, ...]], mapping: Mapping, vocabulary: Vocabulary
) -> Iterable[Problem]:
    """Lists of one column per visit, side, site or arm: no place twice, one kind of time, known sides and arms."""
    single = {n for n, entries in columns.items() if any(not e.qualifiers for e in entries)} | set(mapping.constants)
    kinds: set[str] = set()
    for name, entries in columns.items():
        group = "covariates" if name in mapping.covariates else "columns"
        seen: dict[tuple, int] = {}
        mixed = len({bool(entry.qualifiers) for entry in entries}) > 1
        for i, entry in enumerate(entries):
            told = entry.qualifiers
            if mixed and not told:
                yield (
                    (group, name, i),
                    "every column of a list must say its visit, study_day, side, body_site or treatment",
                )
            kinds |= set(told) & {"visit", "study_day"}
            if seen.setdefault(tuple(sorted(told.items())), i) != i:
                yield (
                    (group, name, i),
                    "a second column for the same place: say visit, study_day, side, body_site or treatment",
                )
            for key in sorted(set(told) & (single | {name})):
                yield (group, name, i, key), f"{key} is a column (or constant) of its own too: keep one"
            yield from _qualifier_problems(told, vocabulary, (group, name, i))
    if len(kinds) > 1:
        yield ("columns",), "lists by visit and lists by study_day cannot stand in one mapping"
    elif kinds and not any(entry.qualifiers for entry in columns.get("session_date", ())):
        yield from _timeless(columns, mapping, *kinds)


def _timeless(columns: MappingType[str, tuple[Entry, ...]], mapping: Mapping, time: str) -> Iterable[Problem]:
    """Entries of lists without the visit (or study_day) that others tell: nobody could say when they were read."""
    for name, entries in columns.items():
        group = "covariates" if name in mapping.covariates else "columns"
        for i, entry in enumerate(entries):
            if entry.qualifiers and time not in entry.qualifiers:
                given = ", ".join(f"{key} {value}" for key, value in entry.qualifiers.items())
                text = f"{entry.source!r} ({given}) says no {time}, and other entries do: add its {time}"
                yield (group, name, i), text


def _qualifier_problems(told: dict, vocabulary: Vocabulary, place: Place) -> Iterable[Problem]:
    if "visit" in told and told["visit"] < 0:
        yield (*place, "visit"), "a visit is 0 (baseline) or above"
    for name in ("side", "treatment"):
        if (
            name in told
            and Matcher.of(permitted(vocabulary, name) or (), spellings=spellings(vocabulary, name))
            .match(told[name])
            .id
            is None
        ):
            yield (*place, name), f"{told[name]!r} is no {name}{nearest(told[name], permitted(vocabulary, name) or ())}"


def column_type(vocabulary: Vocabulary, name: str) -> str:
    """text | number | integer | date | datetime | code | codes | boolean for any column that means something."""
    if name in vocabulary.columns:
        return vocabulary.columns[name].type
    if name in vocabulary.parameters():
        return "code" if vocabulary.parameters()[name][1].codes else "number"
    return "code" if name == "outcome" else "number"


def unit_of(vocabulary: Vocabulary, name: str) -> str:
    """The unit of ours that a column's numbers are in ("" = none)."""
    if name in vocabulary.outcomes:
        return vocabulary.outcomes[name].unit
    parameter = vocabulary.parameters().get(name)
    return parameter[1].unit if parameter else getattr(vocabulary.columns.get(name), "unit", "")


def limits_of(vocabulary: Vocabulary, name: str) -> tuple[float | None, float | None]:
    """Lowest and highest permitted value of a column (None = open)."""
    if name in vocabulary.outcomes:
        return vocabulary.outcomes[name].low, vocabulary.outcomes[name].high
    parameter = vocabulary.parameters().get(name)
    known: Column | None = vocabulary.columns.get(name)
    if parameter:
        return parameter[1].low, parameter[1].high
    return (known.low, known.high) if known is not None else (None, None)


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf") and "_" not in text
    except ValueError:
        return False
