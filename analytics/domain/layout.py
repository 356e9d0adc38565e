"""Layout: which column of the file (or constant) fills which column of ours, for every record that a line gives."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.domain.errors import PlanRefused
from analytics.domain.mapping import Entry, Mapping, OtherTable, Reading, TableMapping
from analytics.domain.matching import Matcher
from schemas.changes import NO_CHANGES, RuleChanges
from schemas.spelling import permitted, spellings
from schemas.vocabulary import Vocabulary

TIME_COLUMNS = ("session_date", "study_day", "visit")
STYLE_OF = {"session_date": "dated", "study_day": "study_day", "visit": "trial"}


@dataclass(frozen=True)
class Cell:
    """One value of ours: from the file's column ``header``, or (header None) the ``constant``, or the line's number.

    ``listed``: one of several columns per line; a fault in it sets aside this entry, not the line.
    """

    column: str
    header: str | None
    entry: Entry | None = None
    constant: str | None = None
    listed: bool = False
    row_number: bool = False


@dataclass(frozen=True)
class Record:
    """One record of a line: what the list says about it (visit, side, ...) and the cells that fill it."""

    qualifiers: MappingType[str, Any]
    cells: tuple[Cell, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.qualifiers, *(cell.column for cell in self.cells)]))


@dataclass(frozen=True)
class Layout:
    """How the lines of one table of a file become records. ``style``: dated | study_day | trial | "" (other tables).

    ``rules``: what the file's mapping changes in the rules, for this file alone.
    """

    table: str
    records: tuple[Record, ...]
    mapped: bool = False
    long: bool = False
    decimal: str = "."
    missing: tuple[str, ...] = ()
    replicates: str = "conflict"
    patient_ids: str = "clinic"
    readings: MappingType[str, Reading] = field(default_factory=dict)
    style: str = ""
    rules: RuleChanges = NO_CHANGES

    @property
    def headers(self) -> tuple[str, ...]:
        """The file's columns that are used, in order of first use."""
        cells = [cell for record in self.records for cell in record.cells if cell.header is not None]
        return tuple(dict.fromkeys(str(cell.header) for cell in cells))

    @property
    def columns(self) -> tuple[str, ...]:
        """Our columns that are filled by some record."""
        return tuple(dict.fromkeys(name for record in self.records for name in record.columns))

    @property
    def by_row_number(self) -> bool:
        return any(cell.row_number for record in self.records for cell in record.cells)


def lay_out(
    table: str, headers: Sequence[str], vocabulary: Vocabulary, mapping: TableMapping | None, whole: Mapping | None
) -> Layout:
    """The layout of ``table``. Without a mapping of the table its headers are our names (what is not, is not used)."""
    if mapping is None:
        return _canonical(table, headers, vocabulary, whole)
    entries: dict[str, tuple[Entry, ...]] = dict(mapping.columns) or _own_names(table, headers, vocabulary)
    if isinstance(mapping, Mapping):
        entries.update(mapping.covariates)
    constants = dict(mapping.constants)
    if isinstance(mapping, OtherTable) and "clinic_id" not in mapping.columns:
        constants = {**_clinic(whole), **constants}
    records = _records(entries, constants, vocabulary)
    if isinstance(mapping, Mapping) and not mapping.columns:
        _all_there(mapping.changes.required, headers, vocabulary)
    return Layout(
        table,
        records,
        mapped=True,
        long=isinstance(mapping, Mapping) and mapping.shape == "long",
        decimal=mapping.decimal,
        missing=mapping.missing,
        replicates=mapping.replicates,
        patient_ids=_patient_ids(whole),
        readings=dict(whole.outcomes) if whole is not None else {},
        style=_style(table, records),
        rules=_rules(whole),
    )


def _clinic(whole: Mapping | None) -> dict[str, str]:
    """The clinic of a mapping, which its other tables belong to as well."""
    told = whole.constants if whole is not None else {}
    return {"clinic_id": told["clinic_id"]} if "clinic_id" in told else {}


def _own_names(table: str, headers: Sequence[str], vocabulary: Vocabulary) -> dict[str, tuple[Entry, ...]]:
    """A mapping that names no columns adds words only: the file has our names."""
    known = set(vocabulary.known(table))
    return {name: (Entry.model_validate({"from": name}),) for name in headers if name in known}


def _canonical(table: str, headers: Sequence[str], vocabulary: Vocabulary, whole: Mapping | None) -> Layout:
    known = set(vocabulary.known(table))
    cells = [Cell(name, name) for name in headers if name in known]
    if "clinic_id" not in headers:
        cells += [Cell(name, None, constant=text) for name, text in _clinic(whole).items()]
    records = (Record({}, tuple(cells)),)
    long = {"outcome", "value"} <= {cell.column for cell in cells}
    return Layout(
        table, records, long=long, patient_ids=_patient_ids(whole), style=_style(table, records), rules=_rules(whole)
    )


def _all_there(required: Sequence[str], headers: Sequence[str], vocabulary: Vocabulary) -> None:
    """Columns that a mapping without columns requires must be in the file. Raises PlanRefused."""
    absent = [name for name in required if name not in headers and name in vocabulary.known("sessions")]
    if absent:
        raise PlanRefused(
            f"The mapping requires {', '.join(absent)} (rules: required), but the file has no such column.",
            fix="map the column, or take it out of required",
        )


def _rules(whole: Mapping | None) -> RuleChanges:
    return whole.changes if whole is not None else NO_CHANGES


def _patient_ids(whole: Mapping | None) -> str:
    return whole.patient_ids if whole is not None else "clinic"


def _records(
    entries: MappingType[str, tuple[Entry, ...]], constants: MappingType[str, str], vocabulary: Vocabulary
) -> tuple[Record, ...]:
    """One record per distinct set of qualifiers; what has none stands in all of them."""
    shared = [_cell(name, e) for name, listed in entries.items() for e in listed if not e.qualifiers]
    shared += [Cell(name, None, constant=text) for name, text in constants.items()]
    groups: dict[tuple, list[Cell]] = {}
    for name, listed in entries.items():
        for entry in listed:
            if entry.qualifiers:
                groups.setdefault(_qualified(entry, vocabulary), []).append(_cell(name, entry))
    if not groups:
        return (Record({}, tuple(shared)),)
    alone = [cell for cell in shared if cell.column in vocabulary.outcomes]
    rest = [cell for cell in shared if cell not in alone]
    if alone and any(set(dict(key)) & {"visit", "study_day"} for key in groups):
        raise PlanRefused(
            f"The mapping names columns by visit, but no visit for {', '.join(cell.column for cell in alone)}.",
            fix="write it as a list too: [{from: Header, visit: 12}]",
        )
    if alone:
        groups.setdefault((), []).extend(alone)
    return tuple(Record(dict(key), (*rest, *cells)) for key, cells in sorted(groups.items(), key=_order))


def _order(item: tuple[tuple, list[Cell]]) -> tuple:
    """Records in order of time, then as the mapping names them."""
    told = dict(item[0])
    return (float(told.get("visit", told.get("study_day")) or 0.0),)


def _cell(name: str, entry: Entry) -> Cell:
    return Cell(name, entry.source, entry, listed=bool(entry.qualifiers), row_number=entry.row_number)


def _qualified(entry: Entry, vocabulary: Vocabulary) -> tuple[tuple[str, Any], ...]:
    told = dict(entry.qualifiers)
    for name in ("side", "body_site", "treatment"):
        if name in told:
            ids = permitted(vocabulary, name) or ()
            match = Matcher.of(ids, spellings=spellings(vocabulary, name), open=True).match(told[name])
            told[name] = match.id
    return tuple(told.items())


def _style(table: str, records: Sequence[Record]) -> str:
    if table != "sessions":
        return ""
    told = {name for record in records for name in record.qualifiers}
    listed = {cell.column for record in records for cell in record.cells if cell.listed}
    columns = told | {cell.column for record in records for cell in record.cells}
    if told & {"visit", "study_day"} and "session_date" not in listed:
        columns -= {"session_date"}  # one date for a line that holds several visits is not their date
    return next((STYLE_OF[name] for name in TIME_COLUMNS if name in columns), "")
