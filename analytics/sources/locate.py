"""Which files and sheets hold which table: a file, a folder or a workbook with some of the four tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from analytics.domain.dataset import TABLES
from analytics.domain.errors import DataRefused
from analytics.domain.mapping import Mapping, TableMapping
from analytics.sources import FORMATS
from analytics.sources.grid import listed

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
    return path.name if path.is_absolute() else str(path)


def format_of(path: Path) -> Any:
    """The reader for the file's ending. Raises DataRefused with what can be read."""
    ending = path.suffix.casefold().lstrip(".")
    if ending in FORMATS:
        return import_module(FORMATS[ending])
    kind = SAVE_AS.get(ending)
    if kind:
        raise DataRefused(f"{shown(path)} is {kind}.", fix="open it and save it as .xlsx or .csv")
    raise DataRefused(
        f"{shown(path)} is of no kind that can be read.", fix=f"files may end in {', '.join('.' + e for e in FORMATS)}"
    )


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises DataRefused where there are none."""
    if not path.exists():
        near = _near(path)
        raise DataRefused(f"There is no file {shown(path)}.", fix=f"did you mean {near}?" if near else "check the path")
    if not path.is_file():
        raise DataRefused(
            f"{shown(path)} is not a file.", fix="name a CSV, TSV, Excel or Parquet file, or a folder of them"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataRefused(
            f"{shown(path)} cannot be read: {(error.strerror or 'unreadable').lower()}.", fix="check its permissions"
        ) from None
    if not content.strip(b"\x00 \r\n\t"):
        raise DataRefused(f"{shown(path)} is empty.", fix="export it again")
    return content


def _near(path: Path) -> str:
    from schemas.vocabulary import Vocabulary

    if not path.parent.is_dir():
        return ""
    return listed(Vocabulary.nearest(path.name, [p.name for p in path.parent.iterdir()], count=1))


def locate(path: Path, mapping: Mapping | None, sheets_of: Any) -> Found:
    """The tables of one DATA argument. ``sheets_of(path)`` gives the sheet names of a file."""
    if path.is_dir():
        found = _folder(path, mapping)
    else:
        found = _file(path, mapping, sheets_of)
    tables = _with_mapped(found.tables, path, mapping, sheets_of)
    used = {f"sheet {item.sheet!r}" for item in tables} | {
        item.path.name for item in tables if item.path.parent == path
    }
    return Found(tables, tuple(name for name in found.left if name not in used))


def _folder(path: Path, mapping: Mapping | None) -> Found:
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
            f"The folder {shown(path)} holds no sessions file (sessions.csv, .tsv, .xlsx or .parquet)"
            + (f"; found {listed(e.name for e in entries)}." if entries else "; it is empty."),
            fix="name the file itself instead of the folder",
        )
    tables = [Located(t, named[t][0], "", mapping if t == "sessions" else None) for t in taken]
    used = {located.path for located in tables}
    return Found(tuple(tables), tuple(e.name + ("/" if e.is_dir() else "") for e in entries if e not in used))


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
            f"{shown(path)} has no sheet {wanted!r}; it has {listed(names)}.", fix="correct sheet: in the mapping"
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


def _with_mapped(tables: Iterable[Located], path: Path, mapping: Mapping | None, sheets_of: Any) -> tuple[Located, ...]:
    """The tables that the mapping names itself take the place of those found beside the sessions."""
    found = {located.table: located for located in tables}
    for table, other in (mapping.tables if mapping is not None else {}).items():
        place = (path if path.is_dir() else path.parent) / other.file if other.file else found["sessions"].path
        sheet = other.sheet or ""
        if other.file is None and table in found and other.sheet is None:
            place, sheet = found[table].path, found[table].sheet
        names = sheets_of(place)
        if tuple(names) != ("",):
            sheet = sheet or (names[0] if len(names) == 1 else "")
            if sheet not in names:
                raise DataRefused(
                    f"{shown(place)} has no sheet {sheet!r} for {table}; it has {listed(names)}.",
                    fix="name it with sheet:",
                )
        found[table] = Located(table, place, sheet, other)
    return tuple(found[table] for table in TABLES if table in found)
