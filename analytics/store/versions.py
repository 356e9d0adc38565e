"""Versions: which one is meant, what could be seen in it, and the hash that a report names."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from analytics.domain.dataset import TABLES
from analytics.domain.errors import UsageError

LOW = 2**63 - 1  # the low half of a hash; sums of halves add up within 128 bits


@dataclass(frozen=True)
class Version:
    """One state of the store. ``sha256``: over everything that can be seen in it."""

    number: int
    at: dt.datetime
    kind: str
    sha256: str


def seen(version: int, alias: str = "") -> str:
    """SQL: the row can be seen in this version."""
    at = f"{alias}." if alias else ""
    return f"({at}since <= {version} AND ({at}until IS NULL OR {at}until > {version}))"


def last(connection: Any) -> int:
    """The number of the last version; 0 in a new store."""
    return int(connection.execute("SELECT coalesce(max(version), 0) FROM versions").fetchall()[0][0])


def version_of(connection: Any, as_of: str | int | dt.date | None = None) -> Version:
    """The version meant: the last one, the one of this number, or the last one of this day (UTC) or before.

    Raises UsageError where there is none.
    """
    numbers = [int(n) for (n,) in connection.execute("SELECT version FROM versions ORDER BY version").fetchall()]
    if not numbers:
        raise UsageError("The store holds nothing yet.", fix="ingest a file first")
    number = numbers[-1] if as_of is None else _number(connection, as_of, numbers)
    found = connection.execute(
        "SELECT version, made, kind, sha256 FROM versions WHERE version = ?", [number]
    ).fetchall()
    return Version(*found[0])


def _number(connection: Any, as_of: str | int | dt.date, numbers: list[int]) -> int:
    text = str(as_of).strip()
    if text.isdigit() and len(text) < 8:
        if int(text) not in numbers:
            raise UsageError(
                f"There is no version {text}; the last one is {numbers[-1]}.", fix="outcomes store batches"
            )
        return int(text)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--as-of takes a version or a day; {text[:40]!r} was found.", fix="write it like 12 or 2026-03-31"
        ) from None
    end = dt.datetime.combine(day, dt.time()) + dt.timedelta(days=1)
    found = connection.execute("SELECT max(version) FROM versions WHERE made < ?", [end]).fetchall()[0][0]
    if found is None:
        raise UsageError(f"The store held nothing on {day.isoformat()} yet.", fix="outcomes store batches")
    return int(found)


def state_sha256(connection: Any, version: int) -> str:
    """Over rows, lines set aside, quarantine and mappings of a version: the same again from the same content."""
    parts: list[Any] = []
    for table in TABLES:
        parts.append([table, *_sums(connection, table, "content", seen(version))])
    parts.append(["aside", *_sums(connection, "aside", "ident", seen(version))])
    told = 'md5_number(concat_ws(chr(31), "table", file, "row", "column", rule, severity, value, must))'
    parts.append(["quarantine", *_sums(connection, "quarantine", told, seen(version))])
    parts.append(mappings_of(connection, version))
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _sums(connection: Any, table: str, what: str, where: str) -> list[str]:
    low, high = f"sum(CAST({what} & {LOW}::UHUGEINT AS UBIGINT))", f"sum(CAST({what} >> 64 AS UBIGINT))"
    query = f"SELECT count(*), coalesce({low}, 0), coalesce({high}, 0) FROM {table} WHERE {where}"
    return [str(int(value)) for value in connection.execute(query).fetchall()[0]]


def told_of(connection: Any, version: int, column: str) -> list[Any]:
    """The JSON in ``column`` of every version since the last that sifted everything anew, in order."""
    start = connection.execute(
        "SELECT coalesce(max(version), 0) FROM versions WHERE kind = 'retry' AND version <= ?", [version]
    ).fetchall()[0][0]
    found = connection.execute(
        f"SELECT {column} FROM versions WHERE version BETWEEN ? AND ? AND {column} IS NOT NULL ORDER BY version",
        [start, version],
    ).fetchall()
    return [json.loads(text) for (text,) in found]


def mappings_of(connection: Any, version: int) -> list[str]:
    """The mappings in force, canonical YAML, each once."""
    told = told_of(connection, version, "mappings")
    return list(dict.fromkeys(text for texts in told for text in texts))
