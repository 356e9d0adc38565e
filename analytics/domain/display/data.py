"""Dataset and Sifted as pages: what was received, what each column is, what was set aside and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.domain import patients
from analytics.domain.display.digits import short
from analytics.domain.display.page import Grid, Page, counted, cut
from schemas.rule_words import title
from schemas.vocabulary import Vocabulary

if TYPE_CHECKING:
    from analytics.domain.dataset import Dataset, RawTable, Sifted

SHORT_HASH = 12
MOST_COLUMNS, MOST_NOTES = 30, 5
HEAD, MOST_OUTCOMES = 5, 4
ID_COLUMNS = ("patient_id", "patient")
ID_RULES = ("width", "id_spelling", "copied_patient")  # what they found is a whole line, or names other patients


def dataset_page(data: Dataset) -> Page:
    """What was read, file by file, and what the columns of the sessions are."""
    lines = {name: sum(raw.received for raw in raws) for name, raws in data.tables.items() if raws}
    told = ", ".join(f"{counted(count, 'line')} of {name.replace('_', ' ')}" for name, count in lines.items())
    raws = data.tables.get("sessions", ())
    return Page(
        f"Dataset: {told or 'no lines'}. Nothing is judged yet.",
        [*_some(data.notes), f"Fingerprint {data.fingerprint[:SHORT_HASH]}."],
        [_files(data), _columns(raws, data.vocabulary)],
        "Next: oc.validate(data). to_frame() gives the cells as they stand in the files, the clinic's own ids too.",
    )


def _files(data: Dataset) -> Grid:
    rows = [(f.name, ", ".join(f.tables), f"{f.rows:,}", f.sha256[:SHORT_HASH]) for f in data.files]
    return Grid("Files", ("File", "Tables", "Lines", "SHA-256"), rows, heads=2)


def _columns(raws: tuple[RawTable, ...], vocabulary: Vocabulary) -> Grid:
    """Which column of the file fills which of ours, with its unit and how many lines have it."""
    rows = []
    total = sum(len(raw.rows) for raw in raws)
    filled: dict[tuple[str, str], int] = {}
    for raw in raws:
        for cell in (cell for record in raw.layout.records for cell in record.cells if cell.header in raw.columns):
            key = (cell.column, str(cell.header))
            filled[key] = filled.get(key, 0) + int((raw.columns[str(cell.header)].codes >= 0).sum())
    for (column, header), count in filled.items():
        rows.append((column, unit_of(column, vocabulary), cut(header, 30), f"{count:,}"))
    more = f"and {len(rows) - MOST_COLUMNS} more" if len(rows) > MOST_COLUMNS else ""
    heads = ("Column", "Unit", "In the file", f"Filled, of {total:,} lines")
    return Grid("Columns of the sessions", heads, rows[:MOST_COLUMNS], heads=3, note=more)


def unit_of(column: str, vocabulary: Vocabulary) -> str:
    """The unit of an outcome, a setting or another column; empty where there is none."""
    entry: Any = vocabulary.outcomes.get(column) or vocabulary.columns.get(column)
    parameter = vocabulary.parameters().get(column)
    return entry.unit if entry is not None else parameter[1].unit if parameter is not None else ""


def _some(notes: tuple[str, ...]) -> Iterator[str]:
    """The first notes; the ids that a note lists for the clinic are left out."""
    for note in notes[:MOST_NOTES]:
        told = note.split("; each was taken for one patient")[0]
        yield f"Note: {told.rstrip('.')}."
    if len(notes) > MOST_NOTES:
        yield f"And {counted(len(notes) - MOST_NOTES, 'more note')} in .notes."


def sifted_page(sifted: Sifted) -> Page:
    """Received = accepted + set aside, the faults by rule with the first example of each, and the first rows."""
    rows, frame = sifted.rows, sifted.sessions
    entries = rows.get("entries_quarantined", 0)
    more = f"; {counted(entries, 'entry', 'entries')} set aside in accepted lines" if entries else ""
    lines = [*_period(sifted), *_other_tables(sifted), *_some(sifted.notes)]
    return Page(
        f"Sifted: {rows['received']:,} lines received = {rows['accepted']:,} accepted + "
        f"{rows['quarantined']:,} set aside{more}.",
        lines,
        [
            _faults(sifted, "error", "Set aside, by rule"),
            _faults(sifted, "warning", "Please check: used as it is"),
            _head(frame, sifted),
        ],
        f"{patients.TO_FRAME} All faults: .quarantine. Next: oc.cohort(sifted).",
    )


def _period(sifted: Sifted) -> Iterator[str]:
    frame = sifted.sessions
    who = counted(int(frame["patient"].nunique()), "patient")
    clinics = frame["clinic_id"].dropna().nunique() if "clinic_id" in frame else 0
    where = f" at {counted(clinics, 'clinic')}" if clinics else ""
    when = ""
    if "session_date" in frame and frame["session_date"].notna().any():
        when = f", {frame['session_date'].min():%Y-%m-%d} to {frame['session_date'].max():%Y-%m-%d}"
    yield f"{who}{where}{when}."


def _other_tables(sifted: Sifted) -> Iterator[str]:
    for table, counts in sifted.other_rows.items():
        yield (
            f"{table.replace('_', ' ').capitalize()}: {counts['received']:,} received = {counts['accepted']:,} "
            f"accepted + {counts['quarantined']:,} set aside."
        )


def _faults(sifted: Sifted, severity: str, caption: str) -> Grid:
    quarantine = sifted.quarantine[sifted.quarantine["severity"] == severity]
    rows = []
    for rule, found in quarantine.groupby("rule", sort=False):
        first = found.iloc[0].to_dict()
        lines = len(found[["table", "file", "row"]].drop_duplicates())
        rows.append((title(str(rule), len(found)), _place(sifted, first), _found(sifted, first), f"{lines:,}"))
    rows.sort(key=lambda row: -int(row[3].replace(",", "")))
    return Grid(caption, ("What", "First", "Found", "Lines"), rows, heads=3)


def _place(sifted: Sifted, fault: Mapping[str, Any]) -> str:
    """ "visits.csv row 12 (patient 3)"."""
    if pd.isna(fault["row"]):
        return cut(fault["file"], 30)
    frames = {
        "sessions": [sifted.sessions, sifted.rejected_sessions], "patients": [sifted.patients],
        "consultations": [sifted.consultations], "adverse_events": [sifted.adverse_events],
    }[fault["table"]]  # fmt: skip
    for frame in (frame for frame in frames if frame is not None):
        here = frame.loc[(frame["_file"] == fault["file"]) & (frame["_row"] == fault["row"]), "patient"].dropna()
        if len(here):
            return f"{cut(fault['file'], 30)} row {fault['row']} ({patients.labels(sifted, here.iloc[:1])[0]})"
    return f"{cut(fault['file'], 30)} row {fault['row']}"


def _found(sifted: Sifted, fault: Mapping[str, Any]) -> str:
    """Column and text found, never where they tell a patient's id."""
    column = str(fault["column"] or "")
    fills = sifted.filled.get((fault["file"], column), (column,))
    value = fault["value"]
    if fault["rule"] in ID_RULES or set(ID_COLUMNS) & set(fills) or pd.isna(value) or not column:
        return cut(column, 30)
    if fault["table"] != "sessions" and str(value) in _ids(sifted):
        return cut(column, 30)
    return f"{cut(column, 30)}: {cut(repr(str(value)), 30)}" if value else f"{cut(column, 30)}: empty"


def _ids(sifted: Sifted) -> set[str]:
    return {str(key).rsplit("|", 1)[-1] for key in sifted.patient_numbers.index}


def _head(frame: pd.DataFrame, sifted: Sifted) -> Grid:
    """The first accepted sessions: who, when, what was done, and the outcomes that are read most."""
    words = sifted.vocabulary
    read = [name for name in words.outcomes if name in frame and frame[name].notna().any()]
    outcomes = sorted(read, key=lambda name: -int(frame[name].notna().sum()))[:MOST_OUTCOMES]
    times = [name for name in ("session_date", "visit", "study_day") if name in frame and frame[name].notna().any()]
    plain = [name for name in ("clinic_id", "treatment", "side") if name in frame and frame[name].notna().any()]
    top = frame.head(HEAD)
    columns = [patients.labels(sifted, top["patient"])]
    columns += [[_when(value) for value in top[name]] for name in times]
    columns += [["" if pd.isna(value) else cut(value, 24) for value in top[name]] for name in plain]
    columns += [[short(float(value)) for value in top[name]] for name in outcomes]
    heads = ["Patient", *times, *plain, *(f"{n} ({words.outcomes[n].unit or 'score'})" for n in outcomes)]
    left = f"{counted(len(frame), 'row')} in all; outcomes read: {len(read)}; columns filled: {len(frame.columns)}."
    return Grid("First accepted sessions", heads, list(zip(*columns)), heads=1 + len(times) + len(plain), note=left)


def _when(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else short(float(value))
