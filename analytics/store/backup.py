"""``outcomes store backup`` and ``restore``: the store in a folder of its own with the hash of every file, and back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.domain.errors import DataRefused, NotWritten, PlanRefused
from analytics.store.database import meta, reading, sweep_working
from analytics.store.erase import finish_erasing, without_erased
from analytics.store.erased import erased_list, is_erased, keep_erased
from analytics.store.heal import names_of, sweep
from analytics.store.ingest import store_key
from analytics.store.key import Tokens, known_key
from analytics.store.lock import writing
from analytics.store.places import Places, copy_whole, make_folder, places_of, reasons, sync_folder, write_whole
from analytics.store.telling import Status, status
from analytics.store.versions import last

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Restored:
    """What was put back. ``erased``: rows of patients who were erased since, taken out again."""

    version: int
    files: int
    erased: int


def backup(folder: Path, target: Path) -> Status:
    """Copy the store into the new folder ``target`` (without the key). NotWritten where something is there already."""
    places, goal = places_of(folder), Path(os.path.realpath(target))
    with reading(places):
        pass
    with writing(places, "store backup"):
        sweep(places)
        if places.journal.exists():
            finish_erasing(places, store_key(places))
        if os.path.lexists(goal):
            raise NotWritten(f"{target} is there already; nothing was touched.", fix="name a new folder")
        if goal.is_relative_to(places.root):
            raise NotWritten("A backup inside the store is none.", fix="name a folder elsewhere, on another disk")
        with reasons(goal):
            _copy(places, goal)
    return status(folder)


def _copy(places: Places, goal: Path) -> None:
    beside = goal.with_name(f".{goal.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    make_folder(beside)
    make_folder(beside / "batches")
    with reading(places) as connection:
        names, fingerprint = sorted(names_of(connection)), meta(connection, "fingerprint")
        number = last(connection)
    copy_whole(places.data, beside / places.data.name)
    for name in names:
        copy_whole(places.batches / name, beside / "batches" / name)
    listed = erased_list(places)
    write_whole(beside / "erased.json", json.dumps(listed, sort_keys=True, indent=1).encode() + b"\n")
    files = {name: _sha256(beside / name) for name in (places.data.name, "erased.json", *_batch_names(names))}
    told = {"fingerprint": fingerprint, "version": number, "files": files}
    write_whole(beside / MANIFEST, json.dumps(told, sort_keys=True, indent=1).encode() + b"\n")
    sync_folder(beside / "batches")
    os.rename(beside, goal)
    sync_folder(goal.parent)


def _batch_names(names: list[str]) -> list[str]:
    return [f"batches/{name}" for name in names]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(folder: Path, source: Path, *, now: dt.datetime | None = None) -> Restored:
    """Put a backup in the store's place. Whoever was erased since it was made stays erased.

    Raises DataRefused (no backup, or a damaged one), PlanRefused (another key).
    """
    told = _manifest(Path(source))
    places = places_of(folder)
    with writing(places, "store restore"):
        sweep_working(places)
        tokens = known_key(places, told["fingerprint"])
        staged = Places(places.restoring)
        with reasons(places.root):
            shutil.rmtree(staged.root, ignore_errors=True)
            make_folder(staged.root)
            make_folder(staged.batches)
            copy_whole(Path(source) / places.data.name, staged.data)
            for name in told["files"]:
                if name.startswith("batches/"):
                    copy_whole(Path(source) / name, staged.root / name)
            listed = {**_erased(Path(source)), **erased_list(places)}
            if listed:
                keep_erased(places, listed)
        gone = _erase_again(staged, tokens, listed, now)
        with reasons(places.root):
            _swap(places, staged)
    return Restored(status(folder).version, len(told["files"]), gone)


def _swap(places: Places, staged: Places) -> None:
    """Batches first, which nothing names yet; then the file that names them: this rename commits."""
    make_folder(places.batches)
    for path in sorted(staged.batches.glob("*.parquet")):
        os.replace(path, places.batches / path.name)
    sync_folder(places.batches)
    os.replace(staged.data, places.data)
    sync_folder(places.root)
    shutil.rmtree(staged.root, ignore_errors=True)
    places.journal.unlink(missing_ok=True)
    sweep(places)


def _erase_again(staged: Places, tokens: Tokens, listed: dict[str, Any], now: dt.datetime | None) -> int:
    if not listed or not holds_erased(staged, tokens, listed):
        return 0
    return without_erased(staged, tokens, listed, now or dt.datetime.now(dt.UTC)).rows


def holds_erased(places: Places, tokens: Tokens, listed: dict[str, Any]) -> bool:
    """Whether any row is of somebody on the list."""
    from analytics.store.database import OF_LINES, columns_of

    with reading(places) as connection:
        for table in OF_LINES:
            if "patient" not in columns_of(connection, table):
                continue
            pairs = connection.execute(
                f"SELECT DISTINCT clinic, patient FROM {table} WHERE patient IS NOT NULL"
            ).fetchall()
            for clinic, key in pairs:
                own, _, token = key.rpartition("|")
                if is_erased(tokens, listed, own or clinic or "", token):
                    return True
    return False


def _manifest(source: Path) -> dict[str, Any]:
    try:
        told = json.loads((source / MANIFEST).read_bytes())
        files = {str(name): str(sha) for name, sha in told["files"].items()}
        fingerprint = str(told["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DataRefused(f"{source} is no backup of a store.", fix="name the folder that backup made") from None
    for name, sha in files.items():
        if ".." in name or name.startswith("/") or name.count("/") > 1:
            raise PlanRefused(f"{MANIFEST} of the backup names a file outside it.", fix="use another backup")
        path = source / name
        if not path.is_file() or path.is_symlink() or _sha256(path) != sha:
            raise DataRefused(f"The backup is damaged: {name} is not as it was written.", fix="use another backup")
    return {"fingerprint": fingerprint, "files": files}


def _erased(source: Path) -> dict[str, Any]:
    return json.loads((source / "erased.json").read_bytes())
