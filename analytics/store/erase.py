"""``outcomes store erase``: a patient out of the store, its batches and its history; never by DELETE.

A deleted row stays in the file's blocks. So the rest is written to a new file, which takes the old one's place; the
batches with lines of the patient are written anew. A journal says that it was begun: the next writer finishes it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analytics.domain.dataset import TABLES
from analytics.domain.errors import DataRefused, UsageError
from analytics.store.batches import batch_bytes, keep_batch, read_batch
from analytics.store.database import columns_of, exists, quoted, reading, working_copy
from analytics.store.erased import erased_list, hashes, is_erased, keep_erased, refused
from analytics.store.heal import sweep
from analytics.store.ingest import store_key
from analytics.store.key import Tokens, plain_id
from analytics.store.lock import writing
from analytics.store.places import Places, places_of, reasons, sync_folder, write_whole
from analytics.store.pseudonyms import only
from analytics.store.telling import patient_keys_of
from analytics.store.versions import last, state_sha256

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
            write_whole(places.journal, json.dumps({"at": entry["at"]}).encode())
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
        try:
            at = dt.datetime.fromisoformat(json.loads(places.journal.read_bytes())["at"])
        except (ValueError, KeyError, TypeError):
            at = dt.datetime.now(dt.UTC)
        without_erased(places, tokens, erased_list(places), at)
    with reasons(places.root):
        places.journal.unlink(missing_ok=True)


def without_erased(places: Places, tokens: Tokens, listed: dict, when: dt.datetime) -> Erased:
    """Write the store without everybody listed; afterwards nothing of them is in any file of it."""
    renamed, lines = _batches(places, tokens, listed)
    rows = _data(places, tokens, listed, renamed, when)
    sweep(places)  # the batches that held them are named no more
    with reasons(places.root):
        if places.batches.exists():
            sync_folder(places.batches)
        places.journal.unlink(missing_ok=True)
        sync_folder(places.root)
    with reading(places) as connection:
        return Erased(last(connection), rows, lines)


def _batches(places: Places, tokens: Tokens, listed: dict) -> tuple[dict[str, tuple[str, str, int]], int]:
    """Batches with lines of the erased, written anew: old name -> (new name, hash, lines)."""
    with reading(places) as connection:
        named = connection.execute("SELECT batch, parquet FROM batches ORDER BY batch, part").fetchall()
    renamed, gone = {}, 0
    for batch, name in named:
        if not _concerned(places.batches / name, tokens, listed):
            continue
        raw, whose = read_batch(places.batches / name)
        lines, misfits = (np.array(flags, bool) for flags in refused(tokens, listed, whose))
        gone += int(lines.sum()) + int(misfits.sum())
        raw = only(raw, ~lines, ~misfits)
        left = type(whose)(
            whose.clinic[~lines],
            whose.patient[~lines],
            tuple(one for one, out in zip(whose.misfits, misfits) if not out),
        )
        with reasons(places.root):
            new, digest = keep_batch(places, batch, batch_bytes(used_texts(raw), left))
        renamed[name] = (new, digest, len(raw.rows) + len(raw.misfits))
    return renamed, gone


def _concerned(path: Path, tokens: Tokens, listed: dict) -> bool:
    """Whether a batch has lines of somebody erased: looked at by its distinct patients, without reading the rest."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["_clinic", "_patient"]).group_by(["_clinic", "_patient"]).aggregate([])
    pairs = zip(table.column("_clinic").to_pylist(), table.column("_patient").to_pylist())
    about = json.loads(pq.read_schema(path).metadata[b"outcomes"])["misfits"]
    return any(is_erased(tokens, listed, *pair) for pair in (*pairs, *((c, p) for _, _, c, p in about)))


def used_texts(raw: Any) -> Any:
    """``raw`` without texts that no line has any more: a dictionary would keep them."""
    from dataclasses import replace

    columns = {}
    for name, column in raw.columns.items():
        used = np.unique(column.codes[column.codes >= 0])
        table = np.full(len(column.texts) + 1, -1, np.int32)
        table[used] = np.arange(len(used), dtype=np.int32)
        kinds = column.kinds[used] if column.kinds is not None else None
        columns[name] = replace(column, texts=column.texts[used], codes=table[column.codes], kinds=kinds)
    return replace(raw, columns=columns)


def _data(places: Places, tokens: Tokens, listed: dict, renamed: dict, when: dt.datetime) -> int:
    """The store's file without the erased, written new; how many rows went."""
    old = str(places.data).replace("'", "''")
    with working_copy(places, empty=True) as connection:
        connection.execute(f"ATTACH '{old}' AS before (READ_ONLY)")
        rows = _gone(connection, tokens, listed)
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


def _gone(connection: Any, tokens: Tokens, listed: dict) -> int:
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
    connection.execute(f"CREATE TEMP TABLE gone_lines AS {' UNION '.join(parts)}")
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
