"""A version of the store as validated data: accepted rows, lines set aside, quarantine and mapping as they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.domain.dataset import QUARANTINE_COLUMNS, TABLES, Sifted, SourceFile
from analytics.domain.errors import DataRefused
from analytics.domain.mapping import load_mapping
from analytics.domain.mapping_words import joint_vocabulary
from analytics.intake.sift_rules import MAIN_DATES
from analytics.store.database import columns_of, meta, quoted, reading
from analytics.store.places import places_of
from analytics.store.versions import Version, mappings_of, seen, told_of, version_of
from schemas.rules import NAMED
from schemas.standard import STANDARD

NAME = "session store, version"
ORDER = "ORDER BY batch, _file, _row, _record"
LINE = ["_file", "_row"]


def store_sifted(folder: Path, *, as_of: str | int | dt.date | None = None, cutoff: dt.date | None = None) -> Sifted:
    """The rows of a version (default: the last) as the sift gave them. ``cutoff``: later rows are set aside.

    Its first file is the version itself, by number and hash, so every receipt names it (``version_named``).
    Raises DataRefused where there is no store or nothing in it, UsageError for a version that is not there.
    """
    with reading(places_of(folder)) as connection:
        version = version_of(connection, as_of)
        found = _sifted(connection, version)
    found = found if cutoff is None else until(found, cutoff)
    if not found.rows["accepted"]:
        raise DataRefused(f"Version {version.number} of the store holds no accepted row.", fix="choose another --as-of")
    return found


def version_named(inputs: Sequence[dict[str, Any]]) -> tuple[int, str] | None:
    """(version, hash) that the inputs of a receipt name; None where the report was not made from a store."""
    for one in inputs:
        name = str(one.get("name", ""))
        if name.startswith(f"{NAME} ") and name.rsplit(" ", 1)[-1].isdigit():
            return int(name.rsplit(" ", 1)[-1]), str(one.get("sha256", ""))
    return None


def _sifted(connection: Any, version: Version) -> Sifted:
    v = version.number
    texts = mappings_of(connection, v)
    frames = {table: _frame(connection, table, v) for table in TABLES}
    quarantine = visible_quarantine(connection, v)
    counts = {table: _counts(connection, table, v, quarantine) for table in TABLES}
    repairs: dict[tuple[str, str], int] = {}
    for told in told_of(connection, v, "repairs"):
        for kind, column, count in told:
            repairs[kind, column] = repairs.get((kind, column), 0) + count
    filled = {(file, header): tuple(names) for told in told_of(connection, v, "filled") for file, header, names in told}
    return Sifted(
        sessions=frames["sessions"] if frames["sessions"] is not None else pd.DataFrame(),
        quarantine=quarantine,
        vocabulary=joint_vocabulary([load_mapping(text) for text in texts], STANDARD),
        files=(SourceFile(f"{NAME} {v}", version.sha256, 0, ()), *_files(connection, v)),
        rows=counts["sessions"],
        patients=frames["patients"],
        consultations=frames["consultations"],
        adverse_events=frames["adverse_events"],
        rejected_sessions=_frame(connection, "rejected", v),
        other_rows={table: counts[table] for table in TABLES[1:] if counts[table]["received"]},
        repairs=repairs,
        mapping_text="---\n".join(texts),
        fingerprint=version.sha256,
        style=str(meta(connection, "style")),
        filled=filled,
    )


def _frame(connection: Any, table: str, version: int) -> pd.DataFrame | None:
    """The rows of a table that can be seen, with the columns that its files had; None where it never came."""
    told = [columns[table] for columns in told_of(connection, version, "columns") if table in columns]
    names = list(dict.fromkeys(name for columns in told for name in columns))
    if not told or not names:
        return None
    have = columns_of(connection, table)
    names = [name for name in _ordered(names) if name in have]
    listed = ", ".join(map(quoted, names))
    where = seen(version) if table != "rejected" else f"{seen(version)} AND {NOT_ACCEPTED.format(seen(version, 't'))}"
    query = f"SELECT {listed} FROM {table} WHERE {where} {ORDER}"
    return typed(connection.sql(query).to_arrow_table())


#: Lines of several records may have some accepted again since: a line is one or the other.
NOT_ACCEPTED = "(_file, _row) NOT IN (SELECT (t._file, t._row) FROM sessions t WHERE {})"


def _ordered(names: Sequence[str]) -> list[str]:
    """``has_time`` stays behind its date, whichever file brought it."""
    found = [name for name in names if name != "has_time"]
    if "has_time" in names:
        found.insert(found.index("session_date") + 1, "has_time")
    return found


def typed(table: Any) -> pd.DataFrame:
    """Arrow as a frame with the types of the sift."""
    frame = table.to_pandas()
    found = {}
    for name in frame:
        values = frame[name]
        kind = str(table.schema.field(name).type)
        if kind.startswith(("string", "large_string")) or kind == "null":
            found[name] = values.astype("str")
        elif kind == "bool":
            found[name] = values.fillna(False).astype(bool)
        elif kind.startswith("timestamp"):
            found[name] = values.astype("datetime64[ns]")
        elif kind == "double":
            found[name] = values.astype("float64")
        else:
            found[name] = values
    return pd.DataFrame(found)


def lines_sql(version: int) -> str:
    """SQL: every line that can be seen, accepted or set aside."""
    parts = [f"SELECT '{table}' AS tbl, _file, _row FROM {table} WHERE {seen(version)}" for table in TABLES]
    return " UNION ".join([*parts, f"SELECT tbl, _file, _row FROM aside WHERE {seen(version)}"])


def visible_quarantine(connection: Any, version: int) -> pd.DataFrame:
    """What was said about the lines that can be seen. QUARANTINE_COLUMNS."""
    listed = ", ".join(f"q.{quoted(name)}" for name in QUARANTINE_COLUMNS)
    query = (
        f'SELECT {listed} FROM quarantine q WHERE {seen(version, "q")} AND (q."row" = 0 OR (q."table", q.file, '
        f'q."row") IN ({lines_sql(version)})) ORDER BY q.since, q."order"'
    )
    frame = typed(connection.sql(query).to_arrow_table())
    return frame.fillna({name: "" for name in QUARANTINE_COLUMNS if name != "row"})


def _counts(connection: Any, table: str, version: int, quarantine: pd.DataFrame) -> dict[str, int]:
    """received = accepted + quarantined, in lines that can be seen."""
    lines = f"SELECT DISTINCT _file, _row FROM {table} WHERE {seen(version)}"
    accepted = connection.execute(f"SELECT count(*) FROM ({lines})").fetchall()[0][0]
    aside = connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT _file, _row FROM aside WHERE tbl = '{table}' AND {seen(version)} "
        f"EXCEPT ({lines}))"
    ).fetchall()[0][0]
    wrong = quarantine[(quarantine["table"] == table) & (quarantine["severity"] == "error")]
    entries = 0
    if len(wrong):
        told = wrong[["file", "row", "column"]].drop_duplicates()
        connection.register("told", told)
        entries = connection.execute(f'SELECT count(*) FROM told WHERE (file, "row") IN ({lines})').fetchall()[0][0]
        connection.unregister("told")
    return {
        "received": int(accepted + aside),
        "accepted": int(accepted),
        "quarantined": int(aside),
        "entries_quarantined": int(entries),
    }


def _files(connection: Any, version: int) -> tuple[SourceFile, ...]:
    """The files that some line of this version came from, with the lines that can be seen."""
    found = connection.execute(
        "SELECT r.file, r.sha256, count(*), list_sort(list(DISTINCT l.tbl)) FROM received r "
        f"JOIN ({lines_sql(version)}) l ON l._file = r.file GROUP BY r.file, r.sha256, r.batch ORDER BY r.batch, r.file"
    ).fetchall()
    return tuple(SourceFile(file, sha, int(rows), tuple(tables)) for file, sha, rows, tables in found)


def until(sifted: Sifted, cutoff: dt.date) -> Sifted:
    """``sifted`` with the rows after the cut-off set aside, as the sift would have."""
    end = pd.Timestamp(cutoff) + pd.Timedelta(days=1)
    rule = NAMED["future"]
    changes: dict[str, Any] = {}
    parts, others = [sifted.quarantine], dict(sifted.other_rows)
    for table, column in MAIN_DATES.items():
        frame = getattr(sifted, table)
        if frame is None or column not in frame or not (frame[column] >= end).any():
            continue
        late = (frame[column] >= end).to_numpy()
        lines = frame.loc[late, LINE].drop_duplicates()
        gone = pd.MultiIndex.from_frame(frame[LINE]).isin(pd.MultiIndex.from_frame(lines))
        must = f"must not be after the cut-off, {cutoff.isoformat()}"
        parts.append(_told(table, lines, column, rule, must, sifted.quarantine))
        changes[table] = frame[~gone].reset_index(drop=True)
        counts = sifted.rows if table == "sessions" else others[table]
        moved = {
            **counts,
            "accepted": counts["accepted"] - len(lines),
            "quarantined": counts["quarantined"] + len(lines),
        }
        if table == "sessions":
            changes["rows"] = moved
            out = frame[gone].assign(readable_patient=True, possible_treatment=frame.loc[gone, "treatment"].notna())
            had = sifted.rejected_sessions
            changes["rejected_sessions"] = out if had is None else pd.concat([had, out], ignore_index=True)
        else:
            others[table] = moved
    whole = pd.concat(parts, ignore_index=True)
    return replace(sifted, **changes, other_rows=others, quarantine=whole, cutoff=cutoff)


def _told(table: str, lines: pd.DataFrame, column: str, rule: Any, must: str, like: pd.DataFrame) -> pd.DataFrame:
    said = {"table": table, "column": column, "rule": rule.id, "severity": rule.severity, "value": "", "must": must}
    frame = pd.DataFrame({"file": lines["_file"].to_numpy(), "row": lines["_row"].to_numpy(np.int64)})
    return frame.assign(**said, fix=rule.fix)[list(QUARANTINE_COLUMNS)].astype(like.dtypes.to_dict())
