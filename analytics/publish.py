"""The only place that writes files: a folder changes as a whole or not at all, also when the power fails.

Everything is written into a hidden staging folder beside the target, flushed to the disk, and takes the target's
place in one step: a plain rename where there was nothing, else an exchange of the two folders (Linux ``renameat2``).
Where the file system cannot exchange, the old folder is renamed into the staging folder and the new one out of it: a
process killed between these two renames leaves no folder, until the next call finds the old one in the staging folder
and puts it back. Staging folders are locked while in use, so what a killed process has left is known, and swept.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

from analytics.disk import exchange as _exchange
from analytics.disk import flush, flush_folder
from analytics.domain.errors import NotWritten

MARK = "receipt.json"  # a folder that holds it is a report of ours and may be replaced
CHECK = "check"  # ``kind`` in the receipt of a check of the data; other receipts with files are those of a report
LEAST_ROOM = 16 * 2**20  # bytes free below which a report is not begun; a report takes 1 to 5 MB
LITTER = ".ipynb_checkpoints"  # Jupyter's copies of the notebook that is being replaced
SHOWN = 300  # characters of a path in a message
NEW, OLD = "new", "old"  # inside a staging folder
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_writable(folder: Path) -> None:
    """Raise NotWritten unless ``publish(folder, ...)`` can be expected to work; to be asked before the work starts.

    A leftover of a killed run is put right here too. Nothing is created.
    """
    target = _target(folder)
    with _reasons(folder):
        _recover(target)
        _refuse_foreign(target, folder)
        _probe(target.parent)


def _probe(near: Path) -> None:
    """Can something be written into this folder, or into the nearest one above that is there?"""
    while not near.exists():
        near = near.parent
    os.rmdir(tempfile.mkdtemp(prefix=_prefix(near), dir=near))
    if shutil.disk_usage(near).free < LEAST_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def publish(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder`` hold ``files`` (relative path with ``/`` -> content), all or nothing.

    The folder may be absent, empty, or a report of ours (MARK lies in it): then the files that its receipt lists are
    replaced, and whatever else a person has put there is kept. Any other folder is refused, untouched.
    Raises NotWritten (exit 14) with the reason; what was there before is then as it was.
    """
    publish_all({folder: files})


def publish_all(folders: Mapping[Path, Mapping[str, bytes]]) -> None:
    """``publish`` of several folders: no one takes its place before all of them are written."""
    with ExitStack() as stack:
        written = [(folder, *_written(folder, files, stack)) for folder, files in folders.items()]
        for folder, target, staging in written:
            with _reasons(folder):
                _swap(staging, target)
                flush_folder(target.parent)


def _written(folder: Path, files: Mapping[str, bytes], stack: ExitStack) -> tuple[Path, Path]:
    """The target, and the staging folder beside it that holds what will take its place."""
    target = _target(folder)
    with _reasons(folder):
        _recover(target)
        _refuse_foreign(target, folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = stack.enter_context(_staging(target))
        _write(staging / NEW, files)
        if target.exists():
            _keep(target, staging / NEW, files)
        flush(staging / NEW)
    return target, staging


def check_beside(folder: Path, names: Iterable[str], *, mark: str) -> None:
    """Raise NotWritten if ``names`` cannot be put into ``folder``, or if one is there and is not ours (no ``mark``)."""
    target = Path(os.path.realpath(folder))
    with _reasons(folder):
        _probe(target)
        theirs = [name for name in names if os.path.lexists(target / name)]
        if theirs and not (target / mark).is_file():
            raise NotWritten(
                f"{folder} holds {theirs[0]} already, and it is not example data of ours; nothing was touched.",
                fix="choose a new or an empty folder after --out",
            )


def publish_beside(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put ``files`` into a folder that may hold other things, each file whole or not at all; nothing is removed."""
    target = Path(os.path.realpath(folder))
    with _reasons(folder):
        target.mkdir(parents=True, exist_ok=True)
        inside = target / "files"
        _recover(inside)
        with _staging(inside) as staging:
            _write(staging / NEW, files)
            flush(staging / NEW)
            for name in sorted(files):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / NEW / name, target / name)
            for changed in sorted({(target / name).parent for name in files}):
                flush_folder(changed)


def publish_file(path: Path, content: bytes) -> None:
    """Write one new file, whole or not at all; NotWritten where another one is there, which is left untouched."""
    target = Path(os.path.realpath(path))
    with _reasons(path):
        if os.path.lexists(target):
            if target.is_file() and target.read_bytes() == content:
                return
            raise NotWritten(f"{path} is there already; nothing was touched.", fix="choose another name after --out")
        target.parent.mkdir(parents=True, exist_ok=True)
        with _staging(target) as staging:
            _write(staging / NEW, {target.name: content})
            flush(staging / NEW)
            os.rename(staging / NEW / target.name, target)
            flush_folder(target.parent)


def _target(folder: Path) -> Path:
    """The folder itself, links followed; NotWritten where it cannot be exchanged as a whole."""
    target = Path(os.path.realpath(folder))
    with _reasons(folder):
        taken = target.exists() and not target.is_dir()
    if taken:
        raise NotWritten(f"The output must be a folder, and {folder} is a file.", fix="choose another name after --out")
    if target == Path(target.anchor) or target in (Path.cwd(), *Path.cwd().parents):
        raise NotWritten(
            f"The report takes the place of its folder as a whole, and {folder} is where you stand.",
            fix="name a folder inside it, for example --out report",
        )
    if os.path.ismount(target):
        raise NotWritten(f"{folder} is a disk of its own.", fix=f"name a folder inside it, for example {folder}/report")
    return target


@contextmanager
def _reasons(folder: Path) -> Iterator[None]:
    """Turn what the system says into what a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            found, fix = "the disk is full", "make room and run it again; what was there before is unchanged"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            found = "there is no right to write there (it is needed in the folder above too: a report is made beside)"
            fix = "choose a folder of your own after --out"
        elif error.errno in (errno.ENOTDIR, errno.EEXIST):
            found, fix = "a part of its path is a file", "choose another name after --out"
        else:
            found, fix = error.strerror or type(error).__name__, "choose another folder after --out"
        shown = str(folder) if len(str(folder)) <= SHOWN else f"{str(folder)[:SHOWN]}..."
        raise NotWritten(f"The output could not be written to {shown}: {found}.", fix=fix) from error


def _receipt(target: Path) -> Mapping | None:
    """The receipt in ``target`` if it is one of ours."""
    try:
        found = json.loads((target / MARK).read_bytes())
    except (OSError, ValueError):
        return None
    ours = isinstance(found, dict) and ({"inputs", "rows"} <= {*found} or {"run_id", "files"} <= {*found})
    return found if ours else None  # an outside copy tells neither inputs nor rows


def _refuse_foreign(target: Path, folder: Path) -> None:
    if target.is_dir() and any(target.iterdir()) and _receipt(target) is None:
        raise NotWritten(
            f"{folder} holds files that are not a report of ours ({MARK} is not among them); nothing was touched.",
            fix="choose a new or an empty folder after --out",
        )


def refuse_report(folder: Path) -> None:
    """Raise NotWritten where ``folder`` holds findings or a report: what checks a file never takes a report away."""
    found = _receipt(_target(folder)) or {}
    if "files" in found and found.get("kind") != CHECK:
        raise NotWritten(
            f"{folder} holds a report, which a check of the data would replace; nothing was touched.",
            fix="choose another folder after --out",
        )


def _keep(target: Path, new: Path, files: Mapping[str, bytes]) -> None:
    """Copy what a person has put into the old report: everything that neither its receipt nor the new report names."""
    ours = {entry.get("name") for entry in (_receipt(target) or {}).get("files", ())} | {MARK, *files}
    for path in sorted(p for p in target.rglob("*") if p.is_symlink() or not p.is_dir()):
        name = path.relative_to(target)
        if name.as_posix() not in ours and LITTER not in name.parts and not os.path.lexists(new / name):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, new / name, follow_symlinks=False)


def _write(new: Path, files: Mapping[str, bytes]) -> None:
    new.mkdir()
    for name, content in sorted(files.items()):
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\\" in name:
            raise ValueError(f"not a file name inside a report: {name!r}")
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_bytes(content)


def _swap(staging: Path, target: Path) -> None:
    """The new folder takes the target's place; an old one ends up in the staging folder."""
    if not target.exists() or not any(target.iterdir()):
        os.rename(staging / NEW, target)
    elif not _exchange(staging / NEW, target):
        os.rename(target, staging / OLD)
        os.rename(staging / NEW, target)


def _lock(folder: Path) -> int | None:
    """A lock on a folder that the system takes away when the process dies; None if somebody has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A locked folder beside the target, gone at the end."""
    lock = None
    while lock is None:  # another run may sweep the folder before it is locked: then take a new one
        folder = Path(tempfile.mkdtemp(prefix=_prefix(target), dir=target.parent))
        lock = _lock(folder)
    try:
        yield folder
    finally:
        _put_back(folder, target)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _prefix(target: Path) -> str:
    return f".{target.name}.staging-"


def _put_back(staging: Path, target: Path) -> None:
    if (staging / OLD).exists() and not target.exists():
        os.rename(staging / OLD, target)


def _recover(target: Path) -> None:
    """Put back and sweep what killed runs have left beside the target; what a living one uses stays."""
    if not target.parent.is_dir():
        return
    for folder in sorted(p for p in target.parent.iterdir() if p.name.startswith(_prefix(target))):
        lock = _lock(folder)
        if lock is not None:
            _put_back(folder, target)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
