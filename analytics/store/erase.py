"""``outcomes store erase``: a patient out of the store, its batches and its history; never by DELETE.

A deleted row stays in the file's blocks. So the rest is written to a new file, which takes the old one's place; the
batches with lines of the patient are written anew. A journal says that it was begun: the next writer finishes it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analytics.domain.dataset import TABLES
from analytics.domain.errors import DataRefused, UsageError
from analytics.store.batches import CLINIC, PATIENT, batch_bytes, keep_batch, read_batch
from analytics.store.database import columns_of, exists, quoted, reading, working_copy
from analytics.store.erased import erased_list, hashes, is_erased, keep_erased
from analytics.store.heal import sweep
from analytics.store.ingest import store_key
from analytics.store.key import Tokens, plain_id
from analytics.store.lock import writing
from analytics.store.places import Places, places_of, reasons, sync_folder, write_whole
from analytics.store.pseudonyms import only
from analytics.store.telling import patient_keys_of
from analytics.store.versions import last, state_sha256

Line = tuple[str, str, int]  # table, file, row
SHORTEST = 3  # letters of an id below which it is not looked for in the reason: "1" stands in every date


@dataclass(frozen=True)
class Erased:
    """What an erasure took away. ``lines``: lines of batches; ``before``: the patient was on the list already."""

    version: int
    rows: int
    lines: int
    before: bool = False


def erase(folder: Path, patient: str, *, reason: str, clinic: str = "", now: dt.datetime | None = None) -> Erased:
    """Take a patient out of the store for good; their later rows are refused.

    Raises UsageError (no reason, several clinics have this id), DataRefused (nothing of the patient is there).
    """
    _check_reason(reason, patient)
    places = places_of(folder)
    with reading(places):
        pass
    with writing(places, "erase"):
        sweep(places)
        tokens = store_key(places)
        finish_erasing(places, tokens)
        token = tokens.patient(patient)
        with reading(places) as connection:
            keys = patient_keys_of(connection, token, clinic)
            number = last(connection)
        clinics = sorted({key.rpartition("|")[0] for key in keys})
        listed = erased_list(places)
        if not keys:
            if is_erased(tokens, listed, clinic, token):
                return Erased(number, 0, 0, before=True)
            raise DataRefused(
                "The store holds nothing of this patient" + (f" in {clinic}." if clinic else "."),
                fix="write the id as it stands in the clinic's files",
            )
        if len(clinics) > 1:
            raise UsageError(
                f"Patients of {', '.join(c or 'no clinic' for c in clinics)} have this id.",
                fix="say whose it is with --clinic",
            )
        when = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
        entry = {"at": when.isoformat(timespec="seconds"), "reason": reason.strip()}
        fresh = dict.fromkeys(hashes(tokens, clinics[0], token), entry)
        with reasons(places.root):
            write_whole(places.journal, json.dumps(fresh).encode())
            keep_erased(places, {**listed, **fresh})
        return without_erased(places, tokens, erased_list(places), when)


def _check_reason(reason: str, patient: str) -> None:
    if not reason.strip():
        raise UsageError("An erasure needs a reason; it is kept.", fix='--reason "asked for on 2026-03-02"')
    if len(plain_id(patient)) >= SHORTEST and plain_id(patient).casefold() in reason.casefold():
        raise UsageError(
            "The reason is kept, so it must not hold the patient's id.", fix='--reason "asked for on 2026-03-02"'
        )


def finish_erasing(places: Places, tokens: Tokens) -> None:
    """Finish an erasure that was begun by a call that has died."""
    if places.journal.exists() and exists(places):
        fresh = json.loads(places.journal.read_bytes())  # renamed into place whole, so it is
        listed = {**erased_list(places), **fresh}
        with reasons(places.root):
            keep_erased(places, listed)
        at = max(dt.datetime.fromisoformat(entry["at"]) for entry in fresh.values())
        without_erased(places, tokens, listed, at)
    with reasons(places.root):
        places.journal.unlink(missing_ok=True)


def without_erased(places: Places, tokens: Tokens, listed: dict, when: dt.datetime) -> Erased:
    """Write the store without everybody listed; afterwards nothing of them is in any file of it."""
    renamed, lines = _batches(places, tokens, listed)
    rows = _data(places, tokens, listed, renamed, lines, when)
    sweep(places)  # the batches that held them are named no more
    with reasons(places.root):
        if places.batches.exists():
            sync_folder(places.batches)
        places.journal.unlink(missing_ok=True)
        sync_folder(places.root)
    with reading(places) as connection:
        return Erased(last(connection), rows, len(lines))


def _batches(places: Places, tokens: Tokens, listed: dict) -> tuple[dict[str, tuple[str, str, int]], list[Line]]:
    """Batches with lines of the erased, written anew: old name -> (new name, hash, lines); and the lines left out."""
    with reading(places) as connection:
        named = connection.execute("SELECT batch, parquet FROM batches ORDER BY batch, part").fetchall()
    renamed: dict[str, tuple[str, str, int]] = {}
    gone: list[Line] = []
    for batch, name in named:
        out = _erased_pairs(places.batches / name, tokens, listed)
        if not out:
            continue
        raw, whose = read_batch(places.batches / name)
        lines = np.array([pair in out for pair in zip(whose.clinic.tolist(), whose.patient.tolist())], bool)
        misfits = np.array([pair in out for pair in whose.misfits], bool)
        rows = [*raw.rows[lines].tolist(), *(row for (row, _, _), hit in zip(raw.misfits, misfits) if hit)]
        gone += [(raw.table, raw.file, int(row)) for row in rows]
        raw = only(raw, ~lines, ~misfits)
        left = type(whose)(
            whose.clinic[~lines],
            whose.patient[~lines],
            tuple(one for one, hit in zip(whose.misfits, misfits) if not hit),
        )
        with reasons(places.root):
            new, digest = keep_batch(places, batch, batch_bytes(used_texts(raw), left))
        renamed[name] = (new, digest, len(raw.rows) + len(raw.misfits))
    return renamed, gone


def _erased_pairs(path: Path, tokens: Tokens, listed: dict) -> set[tuple[str, str]]:
    """Clinic and token of the erased in a batch, from its distinct pairs: the rest of it is not read."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=[CLINIC, PATIENT]).group_by([CLINIC, PATIENT]).aggregate([])
    pairs = zip(table.column(CLINIC).to_pylist(), table.column(PATIENT).to_pylist())
    about = json.loads(pq.read_schema(path).metadata[b"outcomes"])["misfits"]
    every = {*pairs, *((clinic, patient) for _, _, clinic, patient in about)}
    return {pair for pair in every if is_erased(tokens, listed, *pair)}


def used_texts(raw: Any) -> Any:
    """``raw`` without texts that no line has any more: a dictionary would keep them."""
    columns = {}
    for name, column in raw.columns.items():
        used = np.unique(column.codes[column.codes >= 0])
        table = np.full(len(column.texts) + 1, -1, np.int32)
        table[used] = np.arange(len(used), dtype=np.int32)
        kinds = column.kinds[used] if column.kinds is not None else None
        columns[name] = replace(column, texts=column.texts[used], codes=table[column.codes], kinds=kinds)
    return replace(raw, columns=columns)


def _data(places: Places, tokens: Tokens, listed: dict, renamed: dict, lines: list[Line], when: dt.datetime) -> int:
    """The store's file without the erased and their ``lines``, written new; how many rows went."""
    old = str(places.data).replace("'", "''")
    with working_copy(places, empty=True) as connection:
        connection.execute(f"ATTACH '{old}' AS before (READ_ONLY)")
        rows = _gone(connection, tokens, listed, lines)
        for table in (*TABLES, "rejected", "aside", "quarantine"):
            _copy(connection, table)
        for table in ("meta", "versions", "received", "batches"):
            connection.execute(f"INSERT INTO {table} FROM before.{table}")
        connection.execute("DETACH before")
        for name, (new, digest, count) in renamed.items():
            connection.execute(
                "UPDATE batches SET parquet = ?, sha256 = ?, lines = ? WHERE parquet = ?", [new, digest, count, name]
            )
        _versions(connection, rows, when)
    return rows


def _gone(connection: Any, tokens: Tokens, listed: dict, lines: list[Line]) -> int:
    """Fill ``gone`` (patients) and ``gone_lines`` (table, file, row) from the old file; rows that go."""
    pairs: set[tuple[str, str]] = set()
    for table in (*TABLES, "rejected", "aside"):
        if "patient" in _columns(connection, table):
            pairs |= set(
                connection.execute(
                    f"SELECT DISTINCT clinic, patient FROM before.{table} WHERE patient IS NOT NULL"
                ).fetchall()
            )
    keys = sorted({key for clinic, key in pairs if _is_gone(tokens, listed, clinic, key)})
    connection.execute("CREATE TEMP TABLE gone AS SELECT unnest(?::VARCHAR[]) AS patient", [keys])
    parts, rows = [], 0
    for table in (*TABLES, "rejected", "aside"):
        if "patient" not in _columns(connection, table):
            continue
        tbl = "tbl" if table == "aside" else f"'{'sessions' if table == 'rejected' else table}'"
        parts.append(f"SELECT {tbl} AS tbl, _file, _row FROM before.{table} WHERE patient IN (FROM gone)")
        if table in TABLES:
            rows += connection.execute(f"SELECT count(*) FROM before.{table} WHERE patient IN (FROM gone)").fetchall()[
                0
            ][0]
    connection.execute("CREATE TEMP TABLE gone_lines (tbl VARCHAR, _file VARCHAR, _row BIGINT)")
    connection.execute(f"INSERT INTO gone_lines {' UNION '.join(parts)}")
    if lines:  # also those whose patient could not be read when they were judged
        told = [list(column) for column in zip(*lines)]
        connection.execute(
            "INSERT INTO gone_lines SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::BIGINT[])", told
        )
    return int(rows)


def _is_gone(tokens: Tokens, listed: dict, clinic: str, key: str) -> bool:
    own, _, token = key.rpartition("|")
    return is_erased(tokens, listed, own or (clinic or ""), token)


def _columns(connection: Any, table: str) -> dict[str, str]:
    found = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? AND database_name = 'before' "
        "ORDER BY column_index",
        [table],
    ).fetchall()
    return dict(found)


def _copy(connection: Any, table: str) -> None:
    """The rows of a table that stay."""
    columns = _columns(connection, table)
    have = columns_of(connection, table)
    for name, kind in columns.items():
        if name not in have:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(name)} {kind}")
    listed = ", ".join(map(quoted, columns))
    where = []
    if "patient" in columns:
        where.append("NOT coalesce(patient IN (FROM gone), false)")
    if table in ("aside", "rejected", "quarantine"):
        line = {"aside": "(tbl, _file, _row)", "rejected": "('sessions', _file, _row)"}.get(
            table, '("table", file, "row")'
        )
        where.append(f"{line} NOT IN (FROM gone_lines)")
    connection.execute(
        f"INSERT INTO {table} ({listed}) SELECT {listed} FROM before.{table} WHERE {' AND '.join(where) or 'true'}"
    )


def _versions(connection: Any, rows: int, when: dt.datetime) -> None:
    """A version of its own; versions that held the patient get the hash of what is left, and keep the old one."""
    number = last(connection) + 1
    counts = json.dumps({"erased": rows})
    connection.execute(
        "INSERT INTO versions VALUES (?, ?, 'erase', '[]', ?, NULL, NULL, NULL, NULL, '', '[]')",
        [number, when.astimezone(dt.UTC).replace(tzinfo=None), counts],
    )
    rehash(connection)


def rehash(connection: Any) -> None:
    """The hash of every version over what it holds now; one that has changed keeps its earlier ones."""
    for number, old, earlier in connection.execute("SELECT version, sha256, earlier FROM versions").fetchall():
        new = state_sha256(connection, number)
        if new != old:
            known = [*json.loads(earlier), *([old] if old else [])]
            connection.execute(
                "UPDATE versions SET sha256 = ?, earlier = ? WHERE version = ?", [new, json.dumps(known), number]
            )


def rested_on_erased(folder: Path, version: int, sha256: str) -> bool:
    """Whether a report on this version, by the hash it names, rested on somebody erased since."""
    with reading(places_of(folder)) as connection:
        found = connection.execute("SELECT sha256, earlier FROM versions WHERE version = ?", [version]).fetchall()
    return bool(found) and found[0][0] != sha256 and sha256 in json.loads(found[0][1])
