"""The folders that exports deliver to, as they are found: reports of ours by name and manifest."""

from __future__ import annotations

import json
import re
from pathlib import Path

from analytics.schedule.calling import Place
from analytics.schedule.destinations.parcel import MANIFEST


def archived(place: Place) -> list[Path]:
    """Folders in the archives of an export that bear its name and a date and hold a manifest, by name."""
    named = re.compile(re.escape(place.export.name) + r"-\d{4}-\d{2}-\d{2}(-\d{4}z)?")
    found = [
        path
        for archive in place.archives()
        if archive.is_dir()
        for path in archive.iterdir()
        if named.fullmatch(path.name) and not path.is_symlink() and (path / MANIFEST).is_file()
    ]
    return sorted(found, key=lambda path: path.name)


def receipt_in(folder: Path) -> dict:
    """The manifest of a report in an archive; empty where it cannot be read."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
