"""Which files and sheets hold which table: a file, a folder or a workbook with some of the four tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from analytics.domain.dataset import TABLES
from analytics.domain.errors import DataRefused, PlanRefused
from analytics.domain.mapping import Mapping, TableMapping
from analytics.sources import FORMATS
from analytics.sources.grid import listed

LONGEST = 300  # characters of a path in a message
BLANK = b"\x00 \r\n\t"
SAVE_AS = {
    "xls": "an old Excel file",
    "ods": "an OpenDocument sheet",
    "numbers": "a Numbers sheet",
    "xlsb": "a binary Excel file",
}


@dataclass(frozen=True)
class Located:
    """One table to read. ``mapping`` None: the columns have our names."""

    table: str
    path: Path
    sheet: str
    mapping: TableMapping | None


@dataclass(frozen=True)
class Found:
    """The tables of one DATA argument, sessions first; ``left``: what lies beside them and was left alone."""

    tables: tuple[Located, ...]
    left: tuple[str, ...] = ()


def shown(path: Path) -> str:
    """A path as a person typed it, without the machine's folders."""
    text = path.name if path.is_absolute() else str(path)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def format_of(path: Path) -> Any:
    """The reader for the file's ending. Raises DataRefused with what can be read."""
    ending = path.suffix.casefold().lstrip(".")
    if ending in FORMATS:
        return import_module(FORMATS[ending])
    if not os.path.lexists(path):
        raise _absent(path)
    kind = SAVE_AS.get(ending)
    if kind:
        raise DataRefused(f"{shown(path)} is {kind}.", fix="open it and save it as .xlsx or .csv")
    raise DataRefused(
        f"{shown(path)} is of no kind that can be read.", fix=f"files may end in {', '.join('.' + e for e in FORMATS)}"
    )


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises DataRefused where there are none."""
    try:
        if not path.exists():
            raise _absent(path)
        if not path.is_file():  # a pipe or a device could be read for ever
            raise DataRefused(
                f"{shown(path)} is not a file.",
                fix="name a CSV, TSV, Excel, Parquet or Arrow file, or a folder of them",
            )
        content = path.read_bytes()
    except OSError as error:
        raise DataRefused(
            f"{shown(path)} cannot be read: {(error.strerror or 'unreadable').lower()}.",
            fix="check the path and its permissions",
        ) from None
    if not content[:64].strip(BLANK) and not content.strip(BLANK):  # a strip of all would copy the file
        raise DataRefused(f"{shown(path)} is empty.", fix="export it again")
    return content


def _absent(path: Path) -> DataRefused:
    near = _near(path)
    what = "file" if path.suffix else "file or folder"
    return DataRefused(f"There is no {what} {shown(path)}.", fix=f"did you mean {near}?" if near else "check the path")


def _near(path: Path) -> str:
    from schemas.vocabulary import Vocabulary

    if not path.parent.is_dir():
        return ""
    return listed(Vocabulary.nearest(path.name, [p.name for p in path.parent.iterdir()], count=1))


def locate(path: Path, mapping: Mapping | None, sheets_of: Any) -> Found:
    """The tables of one DATA argument. ``sheets_of(path)`` gives the sheet names of a file."""
    if is_folder(path):
        found = _folder(path, mapping, sheets_of)
    else:
        found = _file(path, mapping, sheets_of)
    tables = _with_mapped(found.tables, path, mapping, sheets_of)
    used = {f"sheet {item.sheet!r}" for item in tables} | {
        item.path.name for item in tables if item.path.parent == path
    }
    return Found(tables, tuple(name for name in found.left if name not in used))


def is_folder(path: Path) -> bool:
    """Whether it is a folder; False where nobody may look (reading it as a file says why)."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _folder(path: Path, mapping: Mapping | None, sheets_of: Any) -> Found:
    try:
        entries = sorted(path.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise DataRefused(
            f"The folder {shown(path)} cannot be read: {(error.strerror or 'unreadable').lower()}."
        ) from None
    named = {table: [e for e in entries if e.stem.casefold() == table and _readable(e)] for table in TABLES}
    taken = tuple(table for table in TABLES if named[table])
    for table in taken:
        if len(named[table]) > 1:
            raise DataRefused(
                f"The folder {shown(path)} holds {table} more than once: {listed(e.name for e in named[table])}.",
                fix="keep one, or name the file itself instead of the folder",
            )
    if "sessions" not in taken:
        raise DataRefused(
            f"The folder {shown(path)} holds no sessions file (sessions.csv, .tsv, .xlsx, .parquet or .arrow)"
            + (f"; found {listed(e.name for e in entries)}." if entries else "; it is empty."),
            fix="name the file itself; a mapping for it is drafted by: outcomes mapping init FOLDER --out M.yml",
        )
    tables: list[Located] = []
    left: list[str] = []
    for table in taken:
        place, main = named[table][0], mapping if table == "sessions" else None
        sheets = tuple(sheets_of(place))
        sheet = _sheet(place, table, sheets, main.sheet if main is not None else None)
        tables.append(Located(table, place, sheet, main))
        left += [f"sheet {name!r} of {place.name}" for name in sheets if name != sheet]
    used = {located.path for located in tables}
    beside = [e.name + ("/" if e.is_dir() else "") for e in entries if e not in used]
    return Found(tuple(tables), (*beside, *left))


def _sheet(path: Path, table: str, sheets: Sequence[str], wanted: str | None) -> str:
    """The sheet that holds ``table`` in a file of a folder: the mapping's, the only one, or the one of that name."""
    named = {name.strip().casefold(): name for name in sheets}
    sheet = wanted if wanted is not None else named.get(table, sheets[0] if len(sheets) == 1 else "")
    if sheets == ("",):
        return ""
    if sheet not in sheets:
        lacks = f"no sheet {listed([wanted])}" if wanted is not None else f"several sheets and none is called {table}"
        raise DataRefused(
            f"{shown(path)} has {lacks}; it has {listed(sheets)}.",
            fix="correct sheet: in the mapping" if wanted is not None else "give the right sheet the table's name",
        )
    return sheet


def _readable(entry: Path) -> bool:
    return entry.suffix.casefold().lstrip(".") in FORMATS and entry.is_file()


def _file(path: Path, mapping: Mapping | None, sheets_of: Any) -> Found:
    names: Sequence[str] = sheets_of(path)
    if tuple(names) == ("",):
        return Found((Located("sessions", path, "", mapping),))
    by_table = {name.strip().casefold(): name for name in names}
    wanted = mapping.sheet if mapping is not None else None
    if wanted is not None and wanted not in names:
        raise DataRefused(
            f"{shown(path)} has no sheet {listed([wanted])}; it has {listed(names)}.",
            fix="correct sheet: in the mapping",
        )
    main = wanted or by_table.get("sessions") or (names[0] if len(names) == 1 else None)
    if main is None:
        raise DataRefused(
            f"{shown(path)} has several sheets and none is called sessions: {listed(names)}.",
            fix="name the right one with sheet: in a mapping",
        )
    others = [Located(t, path, by_table[t], None) for t in TABLES[1:] if t in by_table and by_table[t] != main]
    tables = (Located("sessions", path, main, mapping), *others)
    used = {located.sheet for located in tables}
    return Found(tables, tuple(f"sheet {name!r}" for name in names if name not in used))


def _beside(path: Path, name: str) -> Path:
    """The file that a mapping names. PlanRefused where a link leads out of the folder."""
    folder = path if is_folder(path) else path.parent
    place = folder / name
    if os.path.commonpath([os.path.realpath(folder), os.path.realpath(place)]) != os.path.realpath(folder):
        raise PlanRefused(
            f"The mapping names the file {name[:60]!r}, a link that leaves the folder of {shown(path)}.",
            fix="put the file itself there, or name the folder that it lies in as DATA",
        )
    return place


def _with_mapped(tables: Iterable[Located], path: Path, mapping: Mapping | None, sheets_of: Any) -> tuple[Located, ...]:
    """The tables that the mapping names itself take the place of those found beside the sessions."""
    found = {located.table: located for located in tables}
    for table, other in (mapping.tables if mapping is not None else {}).items():
        place = _beside(path, other.file) if other.file else found["sessions"].path
        sheet = other.sheet or ""
        if other.file is None and table in found and other.sheet is None:
            place, sheet = found[table].path, found[table].sheet
        names = sheets_of(place)
        if tuple(names) != ("",):
            sheet = sheet or (names[0] if len(names) == 1 else "")
            if sheet not in names:
                raise DataRefused(
                    f"{shown(place)} has no sheet {listed([sheet])} for {table}; it has {listed(names)}.",
                    fix="name it with sheet:",
                )
        found[table] = Located(table, place, sheet, other)
    return tuple(found[table] for table in TABLES if table in found)
