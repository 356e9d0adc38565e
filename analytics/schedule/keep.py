"""Old runs go when newer ones are there: only files that our manifest names are removed, and never the ledger."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from analytics.schedule.archive import archived
from analytics.schedule.calling import Place
from analytics.schedule.destinations.parcel import MANIFEST
from analytics.schedule.seal import COPY, SEAL, manifest_of
from analytics.schedule.slots import Damaged, Slot

PLAN = "plan.yml"  # beside the copy: the plan with the window of the date


def remove_old(place: Place) -> list[str]:
    """Remove what ``keep`` does not keep, sealed runs and reports in archives; names of what was removed.

    A date that is not finished keeps its run. Raises OSError.
    """
    if place.export.keep is None:
        return []
    kept = place.export.keep.runs
    finished = {slot.stamp: slot for slot in _finished(place)}
    removed = []
    runs = sorted((place.folder / "runs").iterdir()) if (place.folder / "runs").is_dir() else []
    for run in runs[:-kept]:
        if run.name in finished and not run.is_symlink():
            _remove_run(run)
            removed.append(run.name)
    manifests = {slot.sealed.name: slot.sealed.manifest for slot in finished.values() if slot.sealed is not None}
    for folders in _by_archive(place):
        for folder in folders[:-kept]:
            if _is(folder, manifests.get(folder.name)):
                remove_named(folder)
                removed.append(folder.name)
    return removed


def _finished(place: Place) -> Iterator[Slot]:
    for stamp in place.ledger.stamps():
        try:
            slot = place.ledger.read(stamp)
        except Damaged:
            continue
        if slot.finished:
            yield slot


def _by_archive(place: Place) -> Iterator[list[Path]]:
    found = archived(place)
    for archive in place.archives():
        yield [path for path in found if path.parent == archive]


def _is(folder: Path, manifest: str | None) -> bool:
    try:
        return manifest is not None and manifest_of(folder) == manifest
    except Damaged:
        return False


def _remove_run(run: Path) -> None:
    """A sealed run of the state: the copy last of all, so that a killed call leaves a run that says what it is."""
    for inner in (f"{COPY}-internal", COPY):
        if (run / inner / MANIFEST).is_file():
            remove_named(run / inner)
    for name in (PLAN, SEAL):
        (run / name).unlink(missing_ok=True)
    _remove_empty(run)


def remove_named(folder: Path) -> None:
    """Remove the files that the manifest in ``folder`` names, then the manifest, then folders that are empty."""
    for name in _named(folder):
        path = folder / name
        if _inside(folder, path) and _is_file(path):
            path.unlink()
    (folder / MANIFEST).unlink(missing_ok=True)
    for where, _, _ in os.walk(folder, topdown=False):
        _remove_empty(Path(where))


def _named(folder: Path) -> Iterable[str]:
    try:
        listed = json.loads((folder / MANIFEST).read_bytes())["files"]
        return [str(entry["name"]) for entry in listed if entry["name"] != MANIFEST]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _inside(folder: Path, path: Path) -> bool:
    """Whether the file lies in the folder itself, by no link and no ``..``."""
    real = Path(os.path.realpath(folder))
    above = Path(os.path.realpath(path.parent))
    return ".." not in path.parts and path.is_relative_to(folder) and above == real / path.parent.relative_to(folder)


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _remove_empty(folder: Path) -> None:
    if not folder.is_symlink() and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
