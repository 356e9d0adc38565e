"""Rows ready for the store: which row is the same row again (its key), and whether it says the same (its content)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.dataset import RawTable
from analytics.store.database import ROW_COLUMNS, columns_of, quoted
from schemas.vocabulary import Vocabulary

SEPARATOR = "chr(31)"
BATCH = "CAST(regexp_extract(_file, '\\(batch ([0-9]+)\\)$', 1) AS INTEGER)"  # labelled when they were received
#: Beside the data's own columns: outcome of a line of a long file; several records per line; readings are averaged.
HELP = ("_outcome", "_several", "_mean")
NOT_CONTENT = frozenset((*ROW_COLUMNS, *HELP, "readable_patient", "possible_treatment"))
PLACE = ("side", "body_site", "timing")
LATER = ("hours_since_session", "product", "rater_id", "device_id", "_outcome")
TYPES = {"f": "DOUBLE", "i": "BIGINT", "b": "BOOLEAN", "M": "TIMESTAMP_NS"}


def prepared(frame: pd.DataFrame, raws: Sequence[RawTable], words: Vocabulary) -> pd.DataFrame:
    """A sifted frame with the HELP columns."""
    files = {raw.file: raw for raw in raws}
    codes, names = pd.factorize(frame["_file"])
    layouts = [files[name].layout for name in names]
    long = np.array([layout.long for layout in layouts], bool)[codes]
    several = np.array([len(layout.records) > 1 for layout in layouts], bool)[codes]
    mean = np.array([layout.replicates == "mean" for layout in layouts], bool)[codes]
    return frame.assign(_outcome=_outcomes(frame, long, words), _several=several, _mean=mean)


def _outcomes(frame: pd.DataFrame, long: np.ndarray, words: Vocabulary) -> np.ndarray:
    """The outcome that a line of a long file reads; "" elsewhere. One that is a sum of others comes last."""
    found = np.full(len(frame), "", dtype=object)
    if not long.any():
        return found
    names = sorted((n for n in words.outcomes if n in frame), key=lambda n: bool(words.outcomes[n].derived_from))
    for name in names:
        found[long & (found == "") & frame[name].notna().to_numpy()] = name
    return found


def load(connection: Any, name: str, frame: pd.DataFrame, table: str) -> None:
    """Put a prepared frame into the temporary table ``name`` with key, content and clinic."""
    import pyarrow as pa

    own = frame.rename(columns=str)
    connection.register("arrived", pa.Table.from_pandas(own, preserve_index=False).replace_schema_metadata(None))
    columns = ", ".join(f"CAST({quoted(c)} AS {sql_type(own[c])}) AS {quoted(c)}" for c in own)
    have = {column: sql_type(own[column]) for column in own}
    clinic = "coalesce(CAST(clinic_id AS VARCHAR), '')" if "clinic_id" in have else "''"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns} FROM arrived")
    connection.unregister("arrived")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *, {BATCH} AS batch, {clinic} AS clinic, "
        f"{key_sql(table, have)} AS key, {content_sql(have)} AS content FROM {name}"
    )


def sql_type(values: pd.Series) -> str:
    return TYPES.get(values.dtype.kind, "VARCHAR") if not isinstance(values.dtype, pd.StringDtype) else "VARCHAR"


def _text(name: str, have: Mapping[str, str], form: str = "CAST({} AS VARCHAR)") -> str:
    return f"coalesce({form.format(quoted(name))}, '')" if name in have else "''"


def key_sql(table: str, have: Mapping[str, str]) -> str:
    """The key of a row as SQL: 128 bits of a hash."""
    day, clock = "strftime({}, '%Y-%m-%d')", "strftime({}, '%H:%M:%S')"
    clinic, patient = _text("clinic_id", have), _text("patient", have)
    if table == "patients":
        parts = [clinic, patient]
    elif table == "consultations":
        parts = [clinic, patient, _text("consultation_date", have, day)]
    elif table == "adverse_events":
        parts = [clinic, patient, _text("event", have), _text("onset_date", have, day)]
    else:
        when = [_text("session_date", have, day), _text("visit", have), _text("study_day", have)]
        moment = " || chr(30) || ".join(["'p'", patient, *when, _text("treatment", have)])
        time = (
            f"CASE WHEN has_time THEN {_text('session_date', have, clock)} ELSE '' END" if "has_time" in have else "''"
        )
        if "session_id" in have:
            moment = f"CASE WHEN session_id IS NULL OR _several THEN {moment} ELSE 's' || session_id END"
        parts = [clinic, moment, *(_text(n, have) for n in PLACE), time, *(_text(n, have) for n in LATER)]
    return f"md5_number(concat_ws({SEPARATOR}, '{table}', {', '.join(parts)}))"


def content_sql(have: Mapping[str, str]) -> str:
    """What a row says, typed (4 = 4.0) and whatever columns are absent or empty, as SQL: 128 bits of a hash."""
    parts = []
    for name in sorted(set(have) - NOT_CONTENT):
        value = (
            f"CASE WHEN {quoted(name)} THEN 'true' END" if name == "has_time" else f"CAST({quoted(name)} AS VARCHAR)"
        )
        if have[name] == "DOUBLE":  # not a number is an empty cell
            value = f"CASE WHEN NOT isnan({quoted(name)}) THEN CAST({quoted(name)} + 0.0 AS VARCHAR) END"
        parts.append(f"'{name}=' || {value}")
    return f"md5_number(concat_ws({SEPARATOR}, {', '.join(parts)}))"


def conflicting(connection: Any, name: str) -> list[tuple[str, int]]:
    """(file, row) of the lines of ``name`` that have a key in common and say different things."""
    found = connection.execute(
        f"SELECT DISTINCT _file, _row FROM {name} WHERE NOT _mean AND key IN (SELECT key FROM {name} WHERE NOT _mean "
        "GROUP BY key HAVING min(content) <> max(content)) ORDER BY ALL"
    ).fetchall()
    return [(str(file), int(row)) for file, row in found]


def numbered(connection: Any, name: str) -> None:
    """Rows of one key that may stand beside each other (the same content, or averaged) get keys of their own."""
    several = connection.execute(f"SELECT count(*) - count(DISTINCT key) FROM {name}").fetchall()[0][0]
    if several:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * EXCLUDE (nth) REPLACE (CASE WHEN nth = 1 THEN key ELSE "
            "md5_number(CAST(key AS VARCHAR) || '#' || nth) END AS key) FROM (SELECT *, row_number() OVER "
            f"(PARTITION BY key ORDER BY _file, _row, _record) AS nth FROM {name})"
        )


def widen(connection: Any, table: str, name: str) -> list[str]:
    """Give ``table`` the columns it has not; the columns to insert."""
    have, new = columns_of(connection, table), columns_of(connection, name)
    for column, kind in new.items():
        if column not in have and column not in HELP:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(column)} {kind}")
    return [column for column in new if column not in HELP]
