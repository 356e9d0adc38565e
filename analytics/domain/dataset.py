"""Dataset and Sifted: what was read, and what was accepted of it, each row knowing the file and row it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.domain.layout import Layout
from schemas.vocabulary import Vocabulary

if TYPE_CHECKING:  # pandas is loaded while a file is read
    import pandas as pd

TABLES = ("sessions", "patients", "consultations", "adverse_events")
QUARANTINE_COLUMNS = ("table", "file", "row", "column", "rule", "severity", "value", "must", "fix")


@dataclass(frozen=True)
class SourceFile:
    """One file that was read. ``rows``: lines received in its tables. ``sha256`` of the bytes; name without folder."""

    name: str
    sha256: str
    rows: int
    tables: tuple[str, ...] = ("sessions",)


@dataclass(frozen=True, eq=False)
class RawColumn:
    """One column of a file as it was found: each distinct text once, and which line has which.

    ``texts`` (k,) object array of str; ``codes`` (lines,) int32 into it, -1 = empty cell. ``kinds`` (k,) one letter per
    text, or None where all are text (cells of Excel and Parquet have types): t text, n number, d date or time,
    b boolean, x a cell without a value (a formula that was never calculated, an error value).
    """

    header: str
    texts: np.ndarray
    codes: np.ndarray
    kinds: np.ndarray | None = None

    def text(self, line: int) -> str:
        """The text in the file at ``line``; "" for an empty cell."""
        code = int(self.codes[line])
        return "" if code < 0 else str(self.texts[code])


@dataclass(frozen=True, eq=False)
class RawTable:
    """One table of one file, nothing judged yet, and the layout that tells what its columns become.

    ``rows`` (lines,): the row numbers a spreadsheet shows. ``columns``: by the file's own header, in its order.
    ``misfits``: lines with another number of cells than the header, as (row, raw line, its cells): fault ``width``.
    ``source``: number of the DATA argument it came from (patients without clinic are joined over several of them).
    """

    table: str
    file: str
    rows: np.ndarray
    columns: Mapping[str, RawColumn]
    layout: Layout
    misfits: tuple[tuple[int, str, tuple[str, ...]], ...] = ()
    source: int = 0

    @property
    def received(self) -> int:
        return len(self.rows) + len(self.misfits)


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Everything received, still text in the file's own columns; nothing judged yet.

    ``tables[name]``: a tuple of RawTable, one per file that has the table, in the order given; it holds every cell as
    the text found, the row number of each line, and the layout (from the mapping) that makes its columns ours.
    ``vocabulary``: STANDARD plus what the mappings define. ``notes``: unused columns, files left alone, encodings,
    warnings: each a sentence, in order.
    """

    tables: Mapping[str, tuple[RawTable, ...]]
    vocabulary: Vocabulary
    files: tuple[SourceFile, ...]
    notes: tuple[str, ...] = ()
    mapping_text: str = ""  # canonical YAML of the mappings in force ("" when canonical files need none)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the bytes read and the mapping: what cache keys and run ids rest on."""
        import hashlib

        whole = "\n".join(f"{f.sha256} {f.name}" for f in self.files) + "\n" + self.mapping_text
        return hashlib.sha256(whole.encode()).hexdigest()

    def to_frame(self, table: str = "sessions") -> pd.DataFrame:
        """A row per line of ``table``, every cell the text found, with ``_file`` and ``_row``: the clinic's own ids."""
        from analytics.domain.frames import as_found

        return as_found(self.tables.get(table, ()))

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from analytics.domain.display.data import dataset_page

        return dataset_page(self).text()

    def _repr_html_(self) -> str:
        from analytics.domain.display.data import dataset_page

        return dataset_page(self).html()


@dataclass(frozen=True, eq=False, repr=False)
class Sifted:
    """Accepted rows and the quarantine. ``received = accepted + set_aside`` in lines of the sessions table, always.

    ``sessions``: one row per *record*: a line, or one of several records of a line whose mapping lists a column per
    visit, side or arm. Typed canonical columns (those present in the data only): ``_file`` str, ``_row`` int,
    ``_record`` int (0, 1, ... within the line), ``patient`` (the internal key that identifies a patient over all
    files), ``patient_id`` str, ``clinic_id`` str (missing texts are NaN), ``session_date`` datetime64[ns] (time of day
    kept when given; ``has_time`` bool beside it), ``visit`` float, ``study_day`` float, ``treatment`` str or NaN
    (assessment-only), other columns of schemas/columns.py, treatment parameters and outcome columns as float64 (NaN =
    not read), codes as str, lists as ``;``-joined str. Derived outcomes (total_lesions) are filled here when their
    parts are.
    ``patients`` / ``consultations`` / ``adverse_events``: same conventions, or None when not supplied.
    ``rejected_sessions``: what could be read of sessions lines set aside (same columns plus ``readable_patient`` and
    ``possible_treatment`` bool; the latter False where the treatment cell was empty): a line that may have been a
    treatment takes a course out of the primary analysis.
    ``quarantine``: QUARANTINE_COLUMNS, errors and warnings.
    ``rows``: {"received", "accepted", "quarantined", "entries_quarantined"} for the sessions table.
    ``other_rows``: the same counts by other table. ``last_date``: latest accepted date or None (trial-style files).
    ``cutoff``: the day after which a date was a fault; None where no such rule was asked for.
    """

    sessions: pd.DataFrame
    quarantine: pd.DataFrame
    vocabulary: Vocabulary
    files: tuple[SourceFile, ...]
    rows: Mapping[str, int]
    patients: pd.DataFrame | None = None
    consultations: pd.DataFrame | None = None
    adverse_events: pd.DataFrame | None = None
    rejected_sessions: pd.DataFrame | None = None
    other_rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    repairs: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (kind, column) -> count
    notes: tuple[str, ...] = ()
    mapping_text: str = ""
    fingerprint: str = ""
    style: str = "dated"  # dated | trial (visits are numbers) | study_day
    cutoff: dt.date | None = None
    # (file, header) of the sessions table -> the columns of ours that it fills
    filled: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def last_date(self) -> pd.Timestamp | None:
        if "session_date" not in self.sessions or self.sessions["session_date"].isna().all():
            return None
        return self.sessions["session_date"].max().normalize()

    @cached_property
    def patient_numbers(self) -> pd.Series:
        """Patient key -> 1, 2, ... in the order of the files: how displays call a patient."""
        from analytics.domain.patients import numbers

        return numbers(self)

    def to_frame(self) -> pd.DataFrame:
        """A copy of the accepted sessions, with the clinic's own ids."""
        from analytics.domain.frames import accepted

        return accepted(self)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from analytics.domain.display.data import sifted_page

        return sifted_page(self).text()

    def _repr_html_(self) -> str:
        from analytics.domain.display.data import sifted_page

        return sifted_page(self).html()
