"""A date's run is sealed once: made beside, flushed, and put in its place by one rename, before anything is sent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from analytics.disk import flush, flush_folder
from analytics.domain.errors import NotWritten, OutcomesError
from analytics.schedule.calling import Due, Maker, Place
from analytics.schedule.destinations.parcel import MANIFEST, Parcel
from analytics.schedule.slots import Damaged, Sealed, Slot, checked, unchecked
from analytics.store.places import make_folder

COPY, SEAL = "copy", "seal.json"  # in the folder of a run: what goes out, and what we say of it


def seal(place: Place, slot: Slot, due: Due, maker: Maker) -> Sealed:
    """The sealed run of a date; one that a killed call has left is taken as it is. Raises what the maker raises."""
    target = place.run(slot.stamp)
    if target.is_dir():
        return read_seal(target)
    _sweep(place.making)
    make_folder(place.making)
    try:
        made = maker(place.export, due, place.making / COPY)
    except (OutcomesError, OSError):
        _sweep(place.making)
        raise
    found = Sealed(
        place.name_of(slot.due),
        manifest_of(place.making / COPY),
        made.title,
        made.headline,
        made.run_id,
        made.version,
        place.export.audience,
        made.measures,
        made.told,
    )
    (place.making / SEAL).write_bytes(checked(asdict(found)))
    _for_the_owner(place.making)
    flush(place.making)
    make_folder(target.parent)
    os.rename(place.making, target)
    flush_folder(target.parent)
    return found


def read_seal(folder: Path) -> Sealed:
    """What was sealed in ``folder``. Raises Damaged where it is not as it was."""
    try:
        found = Sealed(**unchecked((folder / SEAL).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise Damaged from error
    if manifest_of(folder / COPY) != found.manifest:
        raise Damaged
    return found


def manifest_of(folder: Path) -> str:
    """SHA-256 of the manifest in ``folder``."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise Damaged from error


def files_of(folder: Path) -> tuple[str, ...]:
    """The files that the manifest in ``folder`` names, and the manifest. Raises Damaged."""
    try:
        listed = json.loads((folder / MANIFEST).read_bytes())["files"]
        return (*(str(entry["name"]) for entry in listed), MANIFEST)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged from error


def parcel_of(place: Place, slot: Slot, sealed: Sealed) -> Parcel:
    """The sealed run on its way. Raises Damaged where it lies there no more."""
    folder = place.run(slot.stamp) / COPY
    return Parcel(
        folder=folder,
        name=sealed.name,
        export=slot.export,
        due=place.settings.local(slot.due),
        title=sealed.title,
        headline=sealed.headline,
        manifest_sha256=sealed.manifest,
        files=files_of(folder),
    )


def _sweep(folder: Path) -> None:
    """What a killed call has left half made."""
    if folder.is_symlink():
        raise NotWritten(f"{folder.name} in the state folder is a link.", fix="remove it; nothing of ours is a link")
    if folder.is_dir():
        shutil.rmtree(folder)


def _for_the_owner(folder: Path) -> None:
    for where, _, names in os.walk(folder):
        os.chmod(where, 0o700)
        for name in names:
            os.chmod(Path(where, name), 0o600)
