"""``outcomes store check``: is every file of the store there, readable, whole and closed to others?"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.domain.dataset import TABLES
from analytics.store.backup import holds_erased
from analytics.store.database import columns_of, meta, reading
from analytics.store.erased import erased_list
from analytics.store.key import key_path, known_key
from analytics.store.places import FILE_MODE, FOLDER_MODE, Places, places_of
from analytics.store.rows import HELP, content_sql
from analytics.store.versions import state_sha256


@dataclass(frozen=True)
class Found:
    """What a check looked at, and each fault in a sentence."""

    versions: int
    batches: int
    rows: int
    problems: tuple[str, ...]


def check(folder: Path) -> Found:
    """Look at everything. DataRefused where the store's file cannot be read at all."""
    places = places_of(folder)
    problems = [*_modes(places), *_key(places)]
    if places.journal.exists():
        problems.append("An erasure was begun and not finished: the next ingest finishes it.")
    with reading(places) as connection:
        versions = connection.execute("SELECT version, sha256 FROM versions ORDER BY version").fetchall()
        problems += [
            f"Version {number} is not what it was when it was written."
            for number, sha in versions
            if state_sha256(connection, number) != sha
        ]
        rows = 0
        for table in TABLES:
            count, wrong = _contents(connection, table)
            rows += count
            if wrong:
                problems.append(f"{wrong:,} rows of {table} are not what they were when they were written.")
        batches = connection.execute("SELECT parquet, sha256 FROM batches ORDER BY batch, part").fetchall()
    problems += _batches(places, batches)
    return Found(len(versions), len(batches), rows, tuple(problems))


def _contents(connection: Any, table: str) -> tuple[int, int]:
    """Rows ever kept, and those whose values do not give their hash."""
    have = {name: kind for name, kind in columns_of(connection, table).items() if name not in HELP}
    if "patient" not in have:
        return 0, 0
    count, wrong = connection.execute(
        f"SELECT count(*), count(*) FILTER (content <> {content_sql(have)}) FROM {table}"
    ).fetchall()[0]
    return int(count), int(wrong)


def _batches(places: Places, named: list[tuple[str, str]]) -> Iterator[str]:
    for name, sha in named:
        path = places.batches / name
        if not path.is_file():
            yield f"The batch {name} is not there: retry cannot sift it again."
        else:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha:
                    yield f"The batch {name} is not what it was when it was written."


def _modes(places: Places) -> Iterator[str]:
    for path in (places.root, *sorted(places.root.rglob("*"))):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & ~(FOLDER_MODE if path.is_dir() else FILE_MODE):
            yield f"{path.name} can be opened by others (mode {mode:03o})."


def _key(places: Places) -> Iterator[str]:
    """The key, where it is there: the store can be read without it."""
    if not key_path(places).exists():
        yield "The key is not there: reports can be made, but nothing can be added or erased."
        return
    with reading(places) as connection:
        tokens = known_key(places, str(meta(connection, "fingerprint")))
    listed = erased_list(places)
    if listed and holds_erased(places, tokens, listed):
        yield "Rows of somebody who was erased are there."
