"""What the store says about itself: how much it holds, what came when, and the history of one patient."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.domain.dataset import TABLES
from analytics.domain.errors import DataRefused
from analytics.store.database import columns_of, meta, quoted, reading
from analytics.store.key import known_key
from analytics.store.places import places_of
from analytics.store.reading import visible_quarantine
from analytics.store.rows import NOT_CONTENT
from analytics.store.versions import Version, seen, version_of


@dataclass(frozen=True)
class Status:
    """How much can be seen in a version. ``rows``: by table."""

    rows: dict[str, int]
    patients: int
    version: int
    at: str
    batches: int
    quarantined: int
    sha256: str


def status(folder: Path, *, as_of: str | int | dt.date | None = None) -> Status:
    """Rows, patients, version, batches and lines set aside. DataRefused where there is no store."""
    with reading(places_of(folder)) as connection:
        version = version_of(connection, as_of)
        where = seen(version.number)
        rows = {t: _one(connection, f"SELECT count(*) FROM {t} WHERE {where}") for t in TABLES}
        patients = _one(connection, f"SELECT count(DISTINCT patient) FROM sessions WHERE {where}")
        batches = _one(connection, f"SELECT count(DISTINCT batch) FROM batches WHERE batch <= {version.number}")
        aside = _one(connection, f"SELECT count(*) FROM (SELECT DISTINCT tbl, _file, _row FROM aside WHERE {where})")
        at = version.at.isoformat(timespec="seconds") + "Z"
        return Status(rows, patients, version.number, at, batches, aside, version.sha256)


def _one(connection: Any, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def batch_list(folder: Path) -> list[dict[str, Any]]:
    """Every version in order: when, what kind, from which files, and what it did."""
    with reading(places_of(folder)) as connection:
        files: dict[int, list[str]] = {}
        for batch, file in connection.execute("SELECT batch, file FROM received ORDER BY batch, file").fetchall():
            files.setdefault(batch, []).append(file.rsplit(" (batch ", 1)[0])
        found = connection.execute(
            "SELECT version, made, kind, clinics, counts FROM versions ORDER BY version"
        ).fetchall()
    return [
        {
            "version": number,
            "at": at.isoformat(timespec="seconds") + "Z",
            "kind": kind,
            "clinics": json.loads(clinics),
            "files": files.get(number, []),
            **json.loads(counts),
        }
        for number, at, kind, clinics, counts in found
    ]


def quarantine_list(folder: Path, *, as_of: str | int | dt.date | None = None) -> pd.DataFrame:
    """What was set aside or warned of, as it was. QUARANTINE_COLUMNS."""
    with reading(places_of(folder)) as connection:
        return visible_quarantine(connection, version_of(connection, as_of).number)


@dataclass(frozen=True)
class Event:
    """One change of one row. ``values``: what it says now, or which values changed (before -> now)."""

    version: int
    at: str
    what: str
    table: str
    row: str
    values: dict[str, str]


def history(folder: Path, patient: str, *, clinic: str = "") -> list[Event]:
    """Everything the store has ever held of a patient, oldest first. DataRefused where there is nothing."""
    places = places_of(folder)
    with reading(places) as connection:
        tokens = known_key(places, str(meta(connection, "fingerprint")))
        keys = patient_keys_of(connection, tokens.patient(patient), clinic)
        when = {
            number: Version(number, at, kind, "")
            for number, at, kind in connection.execute("SELECT version, made, kind FROM versions").fetchall()
        }
        events = [event for table in TABLES for event in _events(connection, table, keys, when)]
    if not events:
        raise DataRefused(
            "The store holds nothing of this patient" + (f" in {clinic}." if clinic else "."),
            fix="write the id as it stands in the clinic's files",
        )
    return sorted(events, key=lambda event: event.version)


def patient_keys_of(connection: Any, token: str, clinic: str = "") -> list[str]:
    """Every patient key with this token (``clinic|token`` or the token alone) in any table, now or ever."""
    found: set[str] = set()
    for table in (*TABLES, "aside", "rejected"):
        if "patient" not in columns_of(connection, table):
            continue
        rows = connection.execute(
            f"SELECT DISTINCT patient, clinic FROM {table} WHERE patient = ? OR patient LIKE ?", [token, f"%|{token}"]
        ).fetchall()
        found |= {key for key, of in rows if not clinic or of == clinic or (key == token and of == "")}
    return sorted(found)


def _events(connection: Any, table: str, keys: list[str], when: dict[int, Version]) -> list[Event]:
    if not keys or "patient" not in columns_of(connection, table):
        return []
    names = [name for name in columns_of(connection, table) if name not in NOT_CONTENT]
    listed = ", ".join(map(quoted, names))
    rows = connection.execute(
        f"SELECT key, since, until, ended, _file, _row, {listed} FROM {table} WHERE patient IN "
        "(SELECT unnest(?::VARCHAR[])) ORDER BY key, since",
        [keys],
    ).fetchall()
    events: list[Event] = []
    before: dict[Any, dict[str, str]] = {}
    for key, since, until, ended, file, line, *values in rows:
        now = {n: _said(v) for n, v in zip(names, values) if v is not None and n not in ("patient", "patient_id")}
        old = before.get(key)
        where = f"{file} row {line}"
        if old is None:
            events.append(_event(when[since], "new", table, where, now))
        else:
            moved = {n: f"{old.get(n, '')} -> {now.get(n, '')}" for n in {**old, **now} if old.get(n) != now.get(n)}
            events.append(_event(when[since], "changed", table, where, moved))
        if until is not None and ended != "changed":
            events.append(_event(when[until], ended, table, where, {}))
        before[key] = now
    return events


def _event(version: Version, what: str, table: str, row: str, values: dict[str, str]) -> Event:
    return Event(version.number, version.at.date().isoformat(), what, table, row, values)


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(value)
