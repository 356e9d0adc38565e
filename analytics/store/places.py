"""Where the parts of a store lie, and how its files are written: for the owner alone, beside, flushed, renamed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.domain.errors import NotWritten

FOLDER_MODE, FILE_MODE = 0o700, 0o600
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Places:
    """The paths of one store. ``data`` is the file that counts: renaming a new one over it is the commit."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "store.duckdb"

    @property
    def working(self) -> Path:
        return self.root / "next.duckdb"

    @property
    def batches(self) -> Path:
        return self.root / "batches"

    @property
    def spill(self) -> Path:
        return self.root / "spill"

    @property
    def restoring(self) -> Path:
        return self.root / "restoring"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def journal(self) -> Path:
        return self.root / "erasing.json"

    @property
    def erased(self) -> tuple[Path, Path]:
        """The list of the erased: in the store, and beside it, where it outlives a folder put back as a whole."""
        return self.root / "erased.json", self.root.with_name(f"{self.root.name}.erased")

    @property
    def key(self) -> Path:
        return self.root.with_name(f"{self.root.name}.key")


def places_of(folder: Path) -> Places:
    """The places of the store in ``folder``, links followed."""
    return Places(Path(os.path.realpath(folder)))


@contextmanager
def reasons(folder: Path) -> Iterator[None]:
    """What the system says while a store is written, as something a person can act on."""
    try:
        yield
    except OSError as error:
        fix = "make room and call it again" if error.errno in FULL else "look at the folder's permissions"
        found = "the disk is full" if error.errno in FULL else (error.strerror or type(error).__name__)
        raise NotWritten(
            f"The store {folder.name} could not be written: {found.lower()}; it is as it was.", fix=fix
        ) from error


def make_folder(path: Path) -> None:
    """A folder for the owner alone."""
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    os.chmod(path, FOLDER_MODE)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, for the owner alone."""
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    sync_folder(path.parent)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file, for the owner alone, and flush it; the target's folder is not flushed."""
    target.unlink(missing_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(handle, "wb") as new, source.open("rb") as old:
        shutil.copyfileobj(old, new, 4 * 2**20)
        new.flush()
        os.fsync(new.fileno())


def sync_file(path: Path) -> None:
    """Flush a file to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Flush the names in a folder to the disk."""
    sync_file(path)
