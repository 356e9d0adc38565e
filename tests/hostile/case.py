"""One hostile input: the files, the command, how it must end; and the small clean file that most of them spoil."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

HEADER = "patient_id,treatment,session_date,texture_grade,inflammatory_lesions"
CLEAN = "p1,chemical_peel,2026-01-01,3,1"
VALIDATE = "validate sessions.csv --out out"
#: A text, bytes, or a function that makes them; or one that makes the file at the path it is given.
Content = str | bytes | Callable[[], str | bytes]


@dataclass(frozen=True)
class Place:
    """What cannot be written as bytes (a link, a pipe, a folder): ``make`` is given its path."""

    make: Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """``says``: phrases of what is printed. ``writes``: a refusal that writes its list of faults all the same."""

    name: str
    files: Mapping[str, Content | Place]
    code: int
    says: tuple[str, ...]
    command: str = VALIDATE
    writes: bool = False
    as_nobody: bool = False
    seconds: int = 60  # of the clock, on a machine that others use too
    megabytes: int = 700
    long: bool = False


def rows(*lines: str) -> str:
    """The clean file with these lines after its one row."""
    return "\n".join([HEADER, CLEAN, *lines]) + "\n"


def make(folder: Path, files: Mapping[str, Content | Place]) -> None:
    """Put the files there."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Place):
            content.make(path)
            continue
        made = content() if callable(content) else content
        path.write_bytes(made.encode() if isinstance(made, str) else made)


def one(name: str, content: Content, code: int, *says: str, file: str = "sessions.csv", **more: object) -> Case:
    """A case of one data file."""
    command = f"validate {file} --out out"
    return Case(name, {file: content}, code, says, **{"command": command, **more})  # type: ignore[arg-type]
