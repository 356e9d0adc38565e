"""A batch meets the store: rows that are new, changed, gone or as they were; lines set aside; the new version."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analytics.domain.dataset import TABLES, Dataset, Sifted
from analytics.domain.errors import DataRefused
from analytics.store.aside import aside_rows, in_conflict
from analytics.store.database import columns_of, quoted
from analytics.store.rows import HELP, LATER, PLACE, conflicting, load, numbered, prepared, sql_type, widen
from analytics.store.versions import state_sha256

MOMENT = ("session_id", "session_date", "visit", "study_day")
MOST_GONE = 0.10  # share of a table's rows of the clinics of a full export that may be gone without being asked


@dataclass
class Change:
    """What one call did, in rows."""

    version: int
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    refused: int = 0
    clinics: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        names = ("received", "accepted", "quarantined", "new", "changed", "unchanged", "gone", "refused")
        return {name: getattr(self, name) for name in names}


def without_conflicts(connection: Any, data: Dataset, sifted: Sifted) -> Sifted:
    """Load the accepted rows of every table as ``in_<table>``; rows of one key that differ are set aside."""
    for table in TABLES:
        frame = getattr(sifted, table)
        if frame is None:
            continue
        load(connection, f"in_{table}", prepared(frame, data.tables[table], data.vocabulary), table)
        lines = conflicting(connection, f"in_{table}")
        sifted = in_conflict(sifted, table, lines)
        if lines:
            again = prepared(getattr(sifted, table), data.tables[table], data.vocabulary)
            load(connection, f"in_{table}", again, table)
        numbered(connection, f"in_{table}")
    return sifted


def load_aside(connection: Any, data: Dataset, sifted: Sifted) -> None:
    """Load the lines set aside of every table as ``out_<table>``."""
    for table in TABLES:
        if table not in data.tables:
            continue
        rows = aside_rows(data, sifted, table)
        for name in ("patient", "patient_id"):
            if name not in rows:
                rows = rows.assign(**{name: pd.Series(None, index=rows.index, dtype="str")})
        if "_record" not in rows:
            rows = rows.assign(_record=0)
        rows = rows.assign(_record=rows["_record"].fillna(0).astype("int64"))
        if "has_time" in rows:
            rows = rows.assign(has_time=rows["has_time"].fillna(False).astype(bool))
        load(connection, f"out_{table}", prepared(rows, data.tables[table], data.vocabulary), table)


def apply(
    connection: Any,
    data: Dataset,
    sifted: Sifted,
    version: int,
    *,
    known: Sequence[str] = (),
    full: bool = False,
    allow_gone: bool = False,
    everything: bool = False,
) -> Change:
    """Bring the loaded batch into the store. ``known``: files that were received before and change nothing.

    ``full``: rows of the batch's clinics that are not in it are gone. ``everything``: the batch is all there is.
    """
    change = Change(version)
    tables = [table for table in TABLES if table in data.tables]
    connection.execute("CREATE OR REPLACE TEMP TABLE known AS SELECT unnest(?::VARCHAR[]) AS _file", [list(known)])
    change.clinics = _clinics(connection, tables)
    for table in tables if not everything else TABLES:
        if everything or full:
            change.gone += _gone(connection, table, table in tables, change, everything, allow_gone)
        if table in tables:
            _rows(connection, table, change)
    for table in tables:
        _aside(connection, table, version, full=full, everything=everything)
    _quarantine(connection, sifted, tables, version, everything=everything)
    counts = [sifted.rows, *sifted.other_rows.values()]
    for name in ("received", "accepted", "quarantined"):
        setattr(change, name, sum(int(one[name]) for one in counts))
    return change


def _clinics(connection: Any, tables: Sequence[str]) -> tuple[str, ...]:
    """The clinics of the batch, lines set aside included where theirs could be read."""
    found: set[str] = set()
    for table in tables:
        for name in (f"in_{table}", f"out_{table}"):
            found |= {c for (c,) in connection.execute(f"SELECT DISTINCT clinic FROM {name}").fetchall()}
    if len(found) > 1 and not connection.execute("SELECT 1 FROM in_sessions WHERE clinic = '' LIMIT 1").fetchall():
        found -= {""}  # only lines whose clinic could not be read
    return tuple(sorted(found))


def _rows(connection: Any, table: str, change: Change) -> None:
    version, name = change.version, f"in_{table}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM {name} WHERE _file NOT IN (FROM known)")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE met AS SELECT f.key, t.content IS NULL AS new, coalesce(t.content = f.content, "
        f"false) AS same FROM fresh f LEFT JOIN (SELECT key, content FROM {table} WHERE until IS NULL) t USING (key)"
    )
    new, same, count = connection.execute(
        "SELECT count(*) FILTER (new), count(*) FILTER (same), count(*) FROM met"
    ).fetchall()[0]
    change.new, change.unchanged = change.new + new, change.unchanged + same
    change.changed += count - new - same
    if table == "sessions":
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE newcomers AS SELECT * FROM fresh WHERE key IN (SELECT key FROM met WHERE new)"
        )
    if count - new - same:
        connection.execute(
            f"UPDATE {table} SET until = {version}, ended = 'changed' WHERE until IS NULL AND key IN "
            "(SELECT key FROM met WHERE NOT new AND NOT same)"
        )
    if count - same:
        columns = widen(connection, table, "fresh")
        listed = ", ".join(quoted(column) for column in columns)
        connection.execute(
            f"INSERT INTO {table} ({listed}, since) SELECT {listed}, {version} FROM fresh "
            "WHERE key IN (SELECT key FROM met WHERE NOT same)"
        )


def _gone(connection: Any, table: str, given: bool, change: Change, everything: bool, allow: bool) -> int:
    """End the rows that are not in the batch; how many."""
    if not given and not everything:
        return 0
    here = "true"
    if not everything:
        connection.execute("CREATE OR REPLACE TEMP TABLE covered AS SELECT unnest(?::VARCHAR[]) AS clinic",
                           [list(change.clinics)])  # fmt: skip
        here = "t.clinic IN (FROM covered)"
    kept = ""
    if given:
        kept = f" AND t.key NOT IN (SELECT key FROM in_{table})"
    if given and not everything:
        kept += (
            f" AND t.key NOT IN (SELECT key FROM out_{table} WHERE _sure) AND NOT coalesce(t.patient IN "
            f"(SELECT patient FROM out_{table} WHERE NOT _sure AND patient IS NOT NULL), false)"
        )
    where = f"t.until IS NULL AND {here}{kept}"
    have = {row[0] for row in connection.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()}
    if "patient" not in have:
        return 0
    gone = int(connection.execute(f"SELECT count(*) FROM {table} t WHERE {where}").fetchall()[0][0])
    total = int(connection.execute(f"SELECT count(*) FROM {table} t WHERE t.until IS NULL AND {here}").fetchall()[0][0])
    if not everything and not allow and gone > MOST_GONE * total:
        raise DataRefused(
            f"{gone:,} of {total:,} rows of {table} that the store has of "
            f"{', '.join(c or 'no clinic' for c in change.clinics)} are not in this full export (over 10 %).",
            fix="look whether the export is whole; if those rows are really gone: --allow-gone",
        )
    ended = "set aside" if everything else "gone"
    connection.execute(f"UPDATE {table} t SET until = {change.version}, ended = '{ended}' WHERE {where}")
    return gone


def _aside(connection: Any, table: str, version: int, *, full: bool, everything: bool) -> None:
    """End lines that have come again (right, or wrong in another way), and add those of the batch."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE left_out AS SELECT *, CASE WHEN _sure THEN key END AS sure_key "
        f"FROM out_{table} WHERE _file NOT IN (FROM known)"
    )
    where = "true"
    if not everything:
        again = (
            f"key IN (SELECT key FROM in_{table} WHERE _file NOT IN (FROM known)) "
            "OR key IN (SELECT sure_key FROM left_out WHERE sure_key IS NOT NULL) "
            "OR ident IN (SELECT CAST(ident AS UHUGEINT) FROM left_out)"
        )
        if table == "sessions":
            again += f" OR (_file, _row) IN ({mended_sql(connection)})"
        where = f"({again}{' OR clinic IN (FROM covered)' if full else ''})"
    lines = f"SELECT _file, _row FROM aside WHERE tbl = '{table}' AND until IS NULL AND {where}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE over AS {lines}")
    connection.execute(
        f"UPDATE aside SET until = {version} WHERE tbl = '{table}' AND until IS NULL AND (_file, _row) IN (FROM over)"
    )
    if table == "sessions":
        connection.execute(
            f"UPDATE rejected SET until = {version} WHERE until IS NULL AND (_file, _row) IN (FROM over)"
        )
    connection.execute(
        f"INSERT INTO aside SELECT '{table}', batch, _file, _row, clinic, patient, sure_key, CAST(ident AS UHUGEINT), "
        f"{version}, NULL FROM left_out"
    )
    if table == "sessions":
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE turned_down AS SELECT * EXCLUDE (ident, _sure, sure_key) FROM left_out "
            "WHERE possible_treatment IS NOT NULL"
        )
        columns = widen(connection, "rejected", "turned_down")
        listed = ", ".join(quoted(column) for column in columns)
        connection.execute(f"INSERT INTO rejected ({listed}, since) SELECT {listed}, {version} FROM turned_down")


def mended_sql(connection: Any) -> str:
    """Lines set aside for a fault in what says which row they are (a treatment nobody knows) that come right now.

    A row that is new, of the same patient, and the same in everything that could be read there, a date at least.
    """
    have, new = columns_of(connection, "rejected"), columns_of(connection, "newcomers")
    if not {"patient", "session_date", "visit", "study_day", "session_id"} & set(have) or "patient" not in have:
        return "SELECT '', 0 WHERE false"
    names = [n for n in (*MOMENT, "treatment", *PLACE, *LATER) if n in have and n not in HELP]
    same = [f"(r.{n} IS NULL OR r.{n} = n.{n})" if n in new else f"r.{n} IS NULL" for n in names]
    told = " OR ".join(f"r.{n} IS NOT NULL" for n in MOMENT if n in have) or "false"
    return (
        "SELECT r._file, r._row FROM rejected r JOIN aside a ON a._file = r._file AND a._row = r._row AND a.until IS "
        "NULL AND a.tbl = 'sessions' AND a.key IS NULL JOIN newcomers n ON n.patient = r.patient AND "
        f"{' AND '.join(same) or 'true'} WHERE r.until IS NULL AND ({told})"
    )


def _quarantine(connection: Any, sifted: Sifted, tables: Sequence[str], version: int, *, everything: bool) -> None:
    import pyarrow as pa

    if everything:
        connection.execute(f"UPDATE quarantine SET until = {version} WHERE until IS NULL")
    frame = sifted.quarantine.assign(order=range(len(sifted.quarantine)))
    connection.register("faults", pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None))
    columns = ("order", *sifted.quarantine.columns)
    told = ", ".join(f"CAST({quoted(c)} AS {sql_type(frame[c])})" for c in columns)
    listed = ", ".join(map(quoted, columns))
    connection.execute(
        f"INSERT INTO quarantine ({listed}, since) SELECT {told}, {version} FROM faults WHERE file NOT IN (FROM known)"
    )
    connection.unregister("faults")


def new_version(
    connection: Any, change: Change, kind: str, now: dt.datetime, sifted: Sifted, mappings: Sequence[str]
) -> str:
    """Write the version's own row; its hash."""
    frames = {table: getattr(sifted, table) for table in TABLES} | {"rejected": sifted.rejected_sessions}
    columns = json.dumps({table: list(frame.columns) for table, frame in frames.items() if frame is not None})
    filled = json.dumps([[*key, list(names)] for key, names in sifted.filled.items()])
    repairs = json.dumps([[*key, int(count)] for key, count in sorted(sifted.repairs.items())])
    connection.execute(
        "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '[]')",
        [
            change.version, now.astimezone(dt.UTC).replace(tzinfo=None), kind, json.dumps(list(change.clinics)),
            json.dumps(change.counts), json.dumps(list(mappings)), columns, filled, repairs,
        ],
    )  # fmt: skip
    digest = state_sha256(connection, change.version)
    connection.execute("UPDATE versions SET sha256 = ? WHERE version = ?", [digest, change.version])
    return digest
