"""Files on an SFTP server: is our report there, what lies under a name, the whole report under a temporary name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from analytics.schedule.destinations.contents import is_manifest_of
from analytics.schedule.destinations.parcel import AGAIN, MANIFEST, Parcel, TryLater

FOLDER, OTHER = "folder", "other"
HERE = ("", ".", "..")
LONGEST = 16 * 2**20  # bytes read of what says it is a manifest


async def kind(sftp: Any, path: str) -> str | None:
    """``FOLDER``, ``OTHER`` (a link too) or None where nothing has this name."""
    import asyncssh

    try:
        found = await sftp.lstat(path)
    except asyncssh.SFTPNoSuchFile:
        return None
    return FOLDER if found.type == asyncssh.FILEXFER_TYPE_DIRECTORY else OTHER


async def has_manifest(sftp: Any, final: str, parcel: Parcel) -> bool:
    """Is the folder there, with the parcel's manifest in it? A folder that may not be read is none of ours to tell."""
    import asyncssh

    if await kind(sftp, final) != FOLDER:
        return False
    try:
        async with sftp.open(f"{final}/{MANIFEST}", "rb") as file:
            return is_manifest_of(await file.read(LONGEST), parcel)
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPPermissionDenied):
        return False


async def write_beside(sftp: Any, part: str, files: Mapping[str, bytes]) -> None:
    """The whole report under its temporary name; a temporary folder that was there stays there, emptied first."""
    found = await kind(sftp, part)
    if found == OTHER:
        await sftp.remove(part)
    if found == FOLDER:
        await _empty(sftp, part)
    else:
        await sftp.mkdir(part)
    for folder in sorted({str(parent) for name in files for parent in PurePosixPath(name).parents} - {"."}):
        await sftp.mkdir(f"{part}/{folder}")
    for name, content in files.items():
        await _write(sftp, f"{part}/{name}", content)


async def _write(sftp: Any, path: str, content: bytes) -> None:
    """Flushed where the server can, and of the right length: some servers on a full disk do not say so."""
    import asyncssh

    async with sftp.open(path, "wb") as file:
        await file.write(content)
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()
    if (await sftp.lstat(path)).size not in (len(content), None):
        raise TryLater("sftp: the server kept less than it was sent.", fix=AGAIN)


async def _empty(sftp: Any, folder: str) -> None:
    names = [name async for entry in sftp.scandir(folder) if (name := PurePosixPath(entry.filename).name) not in HERE]
    for name in names:
        path = f"{folder}/{name}"
        if await kind(sftp, path) == FOLDER:
            await sftp.rmtree(path)
        else:
            await sftp.remove(path)
