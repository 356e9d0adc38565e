"""What leaves: the files that the manifest names, byte for byte as it names them, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path, PurePosixPath

from analytics.schedule.destinations.parcel import MANIFEST, Parcel, Refused

SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,199}")
SEAL_AGAIN = "nothing was sent; look at the sealed run, and make the report anew if it was changed"


def contents(parcel: Parcel) -> dict[str, bytes]:
    """The files by relative name, the manifest last. Refused where a name or a byte is not as sealed.

    The manifest must have the hash the parcel says, the parcel must name what the manifest names, and every file must
    have the hash that the manifest gives it: so neither a stray file nor a changed one can go out.
    """
    if not SAFE_NAME.fullmatch(parcel.name):
        raise Refused("The name of the folder to send may hold only a-z, 0-9 and -.", fix="mend the export's name")
    manifest = _bytes(parcel.folder, MANIFEST)
    if _sha256(manifest) != parcel.manifest_sha256:
        raise Refused(f"{MANIFEST} of {parcel.name} is not the one that was sealed.", fix=SEAL_AGAIN)
    hashes = _hashes(manifest, parcel)
    if {*parcel.files} != {*hashes, MANIFEST}:
        raise Refused(f"The files of {parcel.name} are not those its {MANIFEST} names.", fix=SEAL_AGAIN)
    files = {name: _bytes(parcel.folder, name) for name in sorted(hashes)}
    changed = [name for name, content in files.items() if _sha256(content) != hashes[name]]
    if changed:
        raise Refused(f"{changed[0]} of {parcel.name} is not as it was sealed.", fix=SEAL_AGAIN)
    return {**files, MANIFEST: manifest}


def is_manifest_of(content: bytes, parcel: Parcel) -> bool:
    """Is this the parcel's manifest?"""
    return _sha256(content) == parcel.manifest_sha256


def _hashes(manifest: bytes, parcel: Parcel) -> dict[str, str]:
    """The hash of every file that the manifest names."""
    try:
        listed = json.loads(manifest)["files"]
        hashes = {str(entry["name"]): str(entry["sha256"]) for entry in listed}
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{MANIFEST} of {parcel.name} does not list files with their hashes.", fix=SEAL_AGAIN) from None
    wrong = [name for name in hashes if not _inside(name) or name == MANIFEST]
    if wrong:
        raise Refused(f"{MANIFEST} of {parcel.name} names a file outside its folder.", fix=SEAL_AGAIN)
    return hashes


def _inside(name: str) -> bool:
    """Is it a plain relative path with ``/``, fit for every destination?"""
    parts = name.split("/")
    return name.isprintable() and "\\" not in name and not {"", ".", ".."} & {*parts}


def _bytes(folder: Path, name: str) -> bytes:
    """A file of the sealed folder; links are not followed."""
    path = folder / PurePosixPath(name)
    try:
        if os.path.realpath(path) != os.path.join(os.path.realpath(folder), *name.split("/")):
            raise Refused(f"{name} of the sealed run is reached by a link.", fix=SEAL_AGAIN)
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read()
    except OSError as error:
        raise Refused(f"{name} of the sealed run cannot be read: {reason(error)}.", fix=SEAL_AGAIN) from None


def reason(error: OSError) -> str:
    """What the system says, without a path."""
    return (error.strerror or type(error).__name__).lower()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
