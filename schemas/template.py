"""The columns of an empty file to fill in: what each is, its unit, what may stand there, whether it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.columns import FILLED, REQUIRED_COLUMNS, TABLE_NAMES
from schemas.limits import Limits, limits, number, span
from schemas.spelling import permitted
from schemas.standard import STANDARD
from schemas.vocabulary import Column, Outcome, Parameter, Vocabulary

#: A template goes by dates, one outcome per column: files by visit, study day or in long form are exports.
LEFT_OUT = ("visit", "study_day", "outcome", "value")
GROUPS = {
    "key": "who, when, what", "session": "the session", "covariate": "the patient", "consultation": "consultation",
    "event": "what happened",
}  # fmt: skip
MEASURED, SETTINGS = "measured", "settings of the treatment"
UNLIMITED = Limits(None, None, None, "")
ORDER = ("who, when, what", MEASURED, SETTINGS, "the session", "the patient", "consultation", "what happened")
_KINDS = {"integer": "number", "datetime": "date", "boolean": "code"}
_DAYS = {
    "session_date": "2026-01-31", "consultation_date": "2026-01-20", "onset_date": "2026-02-01",
    "resolved_date": "2026-02-04", "intercurrent_date": "2026-02-14",
}  # fmt: skip
_TEXTS = {
    "patient_id": "P-0071", "clinic_id": "north", "session_id": "S-2041", "provider_id": "AB", "rater_id": "CD",
    "device_id": "D-2", "product": "vitamin C serum", "adjunct": "sunscreen",
}  # fmt: skip
_NUMBERS = {
    "session_no": "1", "planned_sessions": "6", "birth_year": "1988", "age": "38", "fitzpatrick": "3",
    "hours_since_session": "2", "product_stop_days": "7", "exposure_days": "28", "pore_count": "240",
    "inflammatory_lesions": "14", "noninflammatory_lesions": "22", "total_lesions": "36", "flux_ug_cm2_h": "2.5",
}  # fmt: skip


@dataclass(frozen=True)
class TemplateColumn:
    """One column. ``kind``: text | number | date | code | codes (several, separated by ``;``).

    ``codes``: (text to write, meaning) of a coded column; ``open``: a clinic's own word may stand there too.
    ``needed``: the file must have the column; ``filled``: its cells may not be empty.
    """

    name: str
    label: str
    group: str
    kind: str
    what: str
    values: str
    example: str
    unit: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    open: bool = False
    needed: bool = False
    filled: bool = False
    limits: Limits = UNLIMITED


def template(table: str = "sessions", vocabulary: Vocabulary = STANDARD) -> tuple[TemplateColumn, ...]:
    """The columns of ``table`` in the order of a file: what is needed, then group by group. KeyError: no such table."""
    if table not in TABLE_NAMES:
        raise KeyError(f"no table {table!r}: choose from {', '.join(TABLE_NAMES)}")
    needed = [group[0] for group in REQUIRED_COLUMNS[table]]
    found = [entry for entry in _entries(table, vocabulary) if entry.name not in LEFT_OUT]
    rank = {name: i for i, name in enumerate(needed)}
    return tuple(sorted(found, key=lambda c: (rank.get(c.name, len(rank)), ORDER.index(c.group))))


def _entries(table: str, vocabulary: Vocabulary) -> Iterator[TemplateColumn]:
    for column in vocabulary.columns_of(table):
        yield _column(column, table, vocabulary)
    if table != "sessions":
        return
    for treatment, parameter in vocabulary.parameters().values():
        yield _parameter(parameter, treatment.label, vocabulary)
    for outcome in vocabulary.outcomes.values():
        yield _outcome(outcome)


def _column(column: Column, table: str, vocabulary: Vocabulary) -> TemplateColumn:
    lim = limits(column)
    codes = _codes(column, vocabulary)
    listed = vocabulary.codes.get(column.codes)
    is_open = bool(listed and listed.open)
    kind = _KINDS.get(column.type, column.type)
    first = [group[0] for group in REQUIRED_COLUMNS[table]]
    return TemplateColumn(
        column.id, column.label, GROUPS[column.role], kind, column.definition,
        _values(kind, lim, codes, is_open=is_open), _example(column.id, kind, lim, codes),
        "" if codes else lim.unit, codes, is_open, column.id in first,
        column.id in FILLED[table] or (column.id in first and column.id == "session_date"), lim,
    )  # fmt: skip


def _parameter(entry: Parameter, treatment: str, vocabulary: Vocabulary) -> TemplateColumn:
    meanings = vocabulary.codes[entry.id].codes if entry.id in vocabulary.codes else {}
    codes = tuple((code, meanings.get(code, "")) for code in entry.codes)
    kind, lim = "code" if codes else "number", limits(entry)
    what = f"{entry.definition} Only with {treatment}.".strip()
    return TemplateColumn(
        entry.id, entry.label, SETTINGS, kind, what, _values(kind, lim, codes), _example(entry.id, kind, lim, codes),
        "" if codes else entry.unit, codes, limits=lim,
    )  # fmt: skip


def _outcome(entry: Outcome) -> TemplateColumn:
    lim = limits(entry)
    codes = tuple((number(level), text) for level, text in entry.levels.items())
    notes = (f"Only where {' and '.join(entry.derived_from)} are not counted apart.",) if entry.derived_from else ()
    return TemplateColumn(
        entry.id, entry.label, MEASURED, "number", " ".join((entry.definition, *notes)), _values("number", lim, codes),
        _example(entry.id, "number", lim, codes), entry.unit, codes, limits=lim,
    )  # fmt: skip


def _codes(column: Column, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """What may be written with its meaning; yes and no instead of true and false, which a spreadsheet turns over."""
    if column.type == "boolean":
        return (("yes", ""), ("no", ""))
    listed = vocabulary.codes.get(column.codes)
    if listed is not None:
        return tuple(listed.codes.items())
    names = {entry.id: entry.label for entry in vocabulary.treatments.values()}
    return tuple((code, names.get(code, "")) for code in permitted(vocabulary, column.id) or ())


def _values(kind: str, lim: Limits, codes: tuple[tuple[str, str], ...], *, is_open: bool = False) -> str:
    """What may stand in a cell, in words."""
    if codes:
        own = ", or your own word" if is_open else ""
        several = "; several separated by ;" if kind == "codes" else ""
        return ", ".join(code for code, _ in codes) + own + several
    if kind == "date":
        return "a date, like 2026-01-31"
    if kind != "number":
        return "any text"
    steps = "" if lim.step is None else "whole numbers" if lim.step == 1 else f"in steps of {number(lim.step)}"
    return ", ".join(part for part in (span(lim.low, lim.high, lim.unit, above=lim.above), steps) if part) or "a number"


def _example(name: str, kind: str, lim: Limits, codes: tuple[tuple[str, str], ...]) -> str:
    if codes:
        return codes[len(codes) // 2][0] if kind == "number" else codes[0][0]
    if kind == "date":
        return _DAYS[name]
    return _NUMBERS.get(name) or _middle(lim) if kind == "number" else _TEXTS.get(name, "a text")


def _middle(lim: Limits) -> str:
    """A plain value between the usual limits, on the scale's step."""
    low = next((x for x in (lim.soft_low, lim.low) if x is not None), 0.0)
    high = next((x for x in (lim.soft_high, lim.high) if x is not None), low + 10)
    step = lim.step or (1.0 if high - low > 5 else 0.1)
    return number(round(round((low + high) / 2 / step) * step, 6))
