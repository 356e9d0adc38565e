"""Reading: files, folders and workbooks into one Dataset, every cell still text with its row number; nothing judged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import replace
from pathlib import Path
from typing import Any

from analytics.domain.dataset import TABLES, Dataset, RawTable, SourceFile
from analytics.domain.errors import DataRefused, PlanRefused, UsageError
from analytics.domain.layout import Layout, lay_out
from analytics.domain.mapping import Mapping, load_mapping
from analytics.domain.mapping_words import joint_vocabulary
from analytics.sources import READING
from analytics.sources.grid import Grid, Options, listed, plain_list
from analytics.sources.locate import Located, content_of, format_of, locate, shown
from analytics.sources.unsettled import refuse_unsettled
from analytics.sources.written import as_written
from schemas.columns import REQUIRED_COLUMNS
from schemas.vocabulary import Vocabulary

#: What to do where columns are missing, after what may be done by hand.
DRAFT = "a draft is made by: outcomes mapping init DATA --out M.yml"
LACKING_SHOWN = 12
Progress = Callable[[str, int, int], None] | None
Source = str | Path


class ColumnsLacking(DataRefused):
    """The file has not the columns that its table or its mapping needs."""


def read(
    paths: Source | Sequence[Source],
    mappings: Sequence[Source | MappingType[str, Any] | Mapping] = (),
    *,
    progress: Progress = None,
    vocabulary: Vocabulary | None = None,
) -> Dataset:
    """Read every DATA in ``paths``; several are stacked.

    ``mappings``: none, one for all, or one per DATA in order (files, texts, dicts or Mapping values). ``vocabulary``:
    the words to start from (STANDARD). Raises DataRefused for a file that cannot be used, PlanRefused for a mapping.
    """
    places = [Path(p) for p in ([paths] if isinstance(paths, (str, Path)) else paths)]
    if not places:
        raise UsageError("There is no DATA to read.", fix="name a file or a folder")
    loaded = [load_mapping(m) for m in mappings]
    if len(loaded) not in (0, 1, len(places)):
        raise UsageError(
            f"{len(loaded)} mappings for {len(places)} DATA.",
            fix="give one mapping for all, or one per DATA in the same order",
        )
    for place, mapping in zip(places, loaded * len(places) if len(loaded) == 1 else loaded):
        refuse_unsettled(place, mapping)
    words = joint_vocabulary(loaded, vocabulary if vocabulary is not None else _standard())
    chosen: list[Mapping | None] = [None] * len(places)
    if loaded:
        chosen = [*(loaded * len(places) if len(loaded) == 1 else loaded)]
    return _dataset(places, chosen, loaded, words, progress)


def _standard() -> Vocabulary:
    from schemas.standard import STANDARD

    return STANDARD


def _dataset(
    places: Sequence[Path],
    chosen: Sequence[Mapping | None],
    loaded: Sequence[Mapping],
    words: Vocabulary,
    progress: Progress,
) -> Dataset:
    bytes_of: dict[Path, bytes] = {}
    hashes: dict[Path, str] = {}

    def content(path: Path) -> bytes:
        if path not in bytes_of:
            bytes_of[path] = content_of(path)
            hashes[path] = hashlib.sha256(bytes_of[path]).hexdigest()
        return bytes_of[path]

    def sheets_of(path: Path) -> tuple[str, ...]:
        reader = format_of(path)
        return reader.sheets(content(path), shown(path))

    tables: list[RawTable] = []
    notes: list[str] = []
    located: list[tuple[int, Located, Mapping | None]] = []
    for number, (place, mapping) in enumerate(zip(places, chosen)):
        found = locate(place, mapping, sheets_of)
        located += [(number, table, mapping) for table in found.tables]
        if found.left:
            # Without the folder's name: the same data in another folder must give the same bytes.
            notes.append(f"Left alone: {plain_list(found.left)}.")
    names = _names([(number, item.path) for number, item, _ in located])
    for step, (number, item, mapping) in enumerate(located):
        if progress is not None:
            progress("reading", step, len(located))
        raw, said = _table(item, mapping, words, content(item.path), names[number, item.path], number)
        tables.append(raw)
        notes += said
        if all(item.path != later.path for _, later, _ in located[step + 1 :]):
            del bytes_of[item.path]  # a large file is not held while its rows are judged
    _one_style(tables)
    if progress is not None:
        progress("reading", len(located), len(located))
    read_tables = {name: tuple(raw for raw in tables if raw.table == name) for name in TABLES}
    return Dataset(
        tables={name: found for name, found in read_tables.items() if found},
        vocabulary=words,
        files=_files(tables, located, names, hashes),
        notes=tuple(dict.fromkeys(notes)),
        mapping_text="---\n".join(m.canonical() for m in loaded),
    )


def _table(
    item: Located, mapping: Mapping | None, words: Vocabulary, content: bytes, name: str, number: int
) -> tuple[RawTable, list[str]]:
    how = item.mapping
    where = f"{name}, sheet {item.sheet!r}" if item.sheet else name
    needed = item.table == "sessions"
    told = (how.header_row, how.separator, how.encoding) if how is not None else (1, None, None)
    options = Options(*told, rows_needed=needed)
    grid: Grid = format_of(item.path).grid(content, where, item.sheet, options)
    headers = [column.header for column in grid.columns]
    layout = lay_out(item.table, headers, words, how, mapping)
    _check_columns(layout, headers, words, where)
    told_writing: tuple[str, ...] = ()
    if not layout.mapped:
        text = content if "separator" in format_of(item.path).OBEYS else b""
        layout, told_writing = as_written(layout, grid.columns, words, text, where)
    raw = RawTable(
        item.table, name, grid.rows, {column.header: column for column in grid.columns}, layout, grid.misfits, number
    )
    return raw, [*grid.notes, *_not_obeyed(item, where), *told_writing, *_unused(layout, headers, words, where)]


def _not_obeyed(item: Located, where: str) -> list[str]:
    """What the mapping says about opening the file and such a file has no use for."""
    told = item.mapping.model_fields_set if item.mapping is not None else frozenset()
    idle = [name for name in READING if name in told and name not in format_of(item.path).OBEYS]
    kind = item.path.suffix.casefold()
    return [f"{where}: a {kind} file has no {READING[name]}; {name}: in the mapping was not used." for name in idle]


def _check_columns(layout: Layout, headers: Sequence[str], words: Vocabulary, where: str) -> None:
    """Every mapped column must be in the file, and what a table needs must be filled by some column."""
    absent = [header for header in layout.headers if header not in headers]
    if absent:
        unused = [header for header in headers if header not in layout.headers]
        raise _lacking(
            where,
            "that the mapping names",
            {f"'{header[:60]}'": _near((header,), unused) for header in absent[:LACKING_SHOWN]},
            headers,
            f"correct the name in the mapping (spelling and capitals count); {DRAFT}",
            more=len(absent[LACKING_SHOWN:]),
        )
    groups = [group for group in REQUIRED_COLUMNS[layout.table] if not set(group) & set(layout.columns)]
    if {"outcome", "value"} & set(layout.columns) and not layout.long:
        groups.append(("value",) if "outcome" in layout.columns else ("outcome",))
    if groups:
        raise _no_columns(groups, layout, headers, where)
    if layout.long and set(layout.columns) & set(words.outcomes):
        both = [name for name in layout.columns if name in words.outcomes]
        raise DataRefused(
            f"{where} has columns outcome and value, and {listed(both)} beside them.", fix="use one of the two shapes"
        )


def _no_columns(groups: Sequence[Sequence[str]], layout: Layout, headers: Sequence[str], where: str) -> DataRefused:
    """All that is missing at once, each with the nearest columns of the file that nothing uses yet."""
    cut = len(headers) > 1  # one column is a whole line that nothing has cut: no name is near to it
    unused = [header for header in headers if cut and header not in layout.headers]
    lacking = {" or ".join(group): _near(group, unused) for group in groups}
    first = listed([group[0] for group in groups], quote="")
    named = f"name the column{'s' if len(groups) > 1 else ''} {first}, or write a mapping"
    fix = f"add {first} to the mapping's columns" if layout.mapped else named
    return _lacking(where, f"for {layout.table}", lacking, headers, f"{fix}; {DRAFT}")


def _near(wanted: Sequence[str], headers: Sequence[str]) -> tuple[str, ...]:
    """The headers most like the names wanted, else those that share a word with one (Date for session_date)."""
    like = dict.fromkeys(name for each in wanted for name in Vocabulary.nearest(each, headers, count=2))
    words = {word for each in wanted for word in each.split("_")}
    return tuple(like) or tuple(h for h in headers if words & set(re.split(r"[\W_]+", h.casefold())))[:2]


def _lacking(
    where: str, role: str, lacking: MappingType[str, Sequence[str]], headers: Sequence[str], fix: str, *, more: int = 0
) -> ColumnsLacking:
    """One sentence for one missing column, a line for each of several, then what the file has."""
    hints = {name: f"; nearest: {listed(near)}" if near else "" for name, near in lacking.items()}
    there = "" if all(lacking.values()) else f"its columns are {listed(headers)}"
    if len(hints) + more == 1:
        ((name, hint),) = hints.items()
        return ColumnsLacking(f"{where} has no column {name} {role}{hint}{'; ' if there else ''}{there}.", fix=fix)
    count = len(hints) + more
    lines = [f"{where} lacks {count} columns {role}:", *(f"  {name}{hint}" for name, hint in hints.items())]
    lines += [f"  and {more:,} more"] if more else []
    return ColumnsLacking("\n".join([*lines, *([f"  {there}"] if there else [])]), fix=fix)


def _unused(layout: Layout, headers: Sequence[str], words: Vocabulary, where: str) -> list[str]:
    """Columns that nobody uses, said once; names of ours that a mapping leaves out apart."""
    left = [header for header in headers if header not in layout.headers]
    ours = [header for header in left if header in words.known(layout.table)]
    others = [header for header in left if header not in ours]
    notes = [f"Columns not used in {where}: {plain_list(others)}."] if others else []
    if ours:
        notes.append(f"Columns of ours that the mapping leaves out in {where}, not used: {plain_list(ours)}.")
    return notes


def _one_style(tables: Sequence[RawTable]) -> None:
    styles = {raw.layout.style: raw.file for raw in reversed(tables) if raw.table == "sessions"}
    if len(styles) > 1:
        words = {"dated": "by date", "trial": "by visit", "study_day": "by study day"}
        told = "; ".join(f"{file} goes {words[style]}" for style, file in sorted(styles.items()))
        raise DataRefused(
            f"The files cannot be stacked: {told}.", fix="give them in separate runs, or map both in the same way"
        )


def _names(located: Sequence[tuple[int, Path]]) -> dict[tuple[int, Path], str]:
    """A short name per file, the same in every folder: its own, with its folder's where two would be the same."""
    found = {key: key[1].name for key in located}
    for rename in (lambda n, p: f"{p.parent.name}/{p.name}", lambda n, p: f"{p.name} ({n + 1})"):
        for name in {n for n in found.values() if len({k for k in found if found[k] == n}) > 1}:
            for key in [k for k in found if found[k] == name]:
                found[key] = rename(*key)
    return found


def _files(
    tables: Sequence[RawTable], located: Sequence[tuple[int, Located, Any]], names: MappingType, hashes: MappingType
) -> tuple[SourceFile, ...]:
    found: dict[str, SourceFile] = {}
    for raw, (number, item, _) in zip(tables, located):
        name = names[number, item.path]
        known = found.get(name) or SourceFile(name, hashes[item.path], 0, ())
        found[name] = replace(known, rows=known.rows + raw.received, tables=(*known.tables, raw.table))
    return tuple(found.values())


__all__ = ["PlanRefused", "read"]
