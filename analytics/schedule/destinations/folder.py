"""A folder on this machine or a mounted share: written beside under a fixed name, flushed, renamed in one step."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.disk import flush, flush_folder
from analytics.schedule.destinations.contents import contents, is_manifest_of, reason
from analytics.schedule.destinations.pacing import settle
from analytics.schedule.destinations.parcel import AGAIN, MANIFEST, Parcel, Refused, TryLater

FOLDER_MODE, FILE_MODE = 0o700, 0o600


@dataclass(frozen=True)
class FolderDestination:
    """``root``: the folder that takes one folder per report."""

    label: str
    root: Path

    def send(self, parcel: Parcel, *, committing: Callable[[], None]) -> None:
        """As parcel.py says; the temporary folder is there from before ``committing`` to the rename."""
        files = contents(parcel)
        final, part = self._places(parcel)
        with self._reasons():
            self._open_root()
            if self._is_there(parcel):
                flush_folder(self.root)
                return
            _write_beside(part, files)
        committing()
        try:
            os.rename(part, final)
        except OSError:
            settle(self, parcel)
        with self._reasons():
            flush_folder(self.root)

    def look(self, parcel: Parcel) -> str:
        final, part = self._places(parcel)
        with self._reasons():
            os.stat(self.root)
            if _has_manifest(final, parcel):
                return "sent"
            return "repeat" if _is_folder(part) else "perhaps"

    def _places(self, parcel: Parcel) -> tuple[Path, Path]:
        """The name it will have and the one it has until then."""
        return self.root / parcel.name, self.root / f".{parcel.name}.part"

    def _open_root(self) -> None:
        """Make the folder, never the one above: where a share is not mounted, its reports would land on this disk."""
        if not self.root.is_dir():
            os.mkdir(self.root, FOLDER_MODE)
            flush_folder(self.root.parent)

    def _is_there(self, parcel: Parcel) -> bool:
        """Has it been sent before? Refused where something else has its name."""
        final, _ = self._places(parcel)
        if _has_manifest(final, parcel):
            return True
        if os.path.lexists(final) and not (_is_folder(final) and not any(final.iterdir())):
            raise Refused(
                f"{self.label}: {parcel.name} is there already and is not this report; it was not touched.",
                fix="move it away, or say that the report was sent: outcomes exports resolve NAME DATE DEST --sent",
            )
        return False

    @contextmanager
    def _reasons(self) -> Iterator[None]:
        """What the system says, as a reason to try later: disks are emptied, shares come back."""
        try:
            yield
        except OSError as error:
            raise TryLater(f"{self.label}: the folder cannot be written: {reason(error)}.", fix=AGAIN) from None


def _write_beside(part: Path, files: Mapping[str, bytes]) -> None:
    """The whole report under its temporary name, flushed; what a killed call has left there is replaced.

    A temporary folder that was there stays there, if only empty: it is the proof that nothing was renamed.
    """
    new = not _is_folder(part)
    if new:
        if os.path.lexists(part):
            part.unlink()
        os.mkdir(part, FOLDER_MODE)
    try:
        _empty(part)
        for name, content in files.items():
            _write(part, name, content)
        flush(part)
        flush_folder(part.parent)
    except OSError:
        _give_back(part, whole=new)
        raise


def _write(part: Path, name: str, content: bytes) -> None:
    path = part / name
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
    with open(handle, "wb") as file:
        file.write(content)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if _is_folder(path):
            shutil.rmtree(path)
        else:
            path.unlink()


def _give_back(part: Path, *, whole: bool) -> None:
    """Room on a full disk; what cannot be removed now is replaced by the next try."""
    try:
        _empty(part)
        if whole:
            part.rmdir()
    except OSError:
        return


def _is_folder(path: Path) -> bool:
    """A folder itself, not a link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def _has_manifest(final: Path, parcel: Parcel) -> bool:
    """Is the folder there, with the parcel's manifest in it?"""
    try:
        handle = os.open(final / MANIFEST, os.O_RDONLY | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        return False
    with open(handle, "rb") as file:
        return _is_folder(final) and is_manifest_of(file.read(), parcel)
