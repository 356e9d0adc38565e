"""Finding the tables of files nobody has described: sheets, header row and separator, read as text and not judged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from analytics.domain.dataset import RawColumn
from analytics.domain.errors import DataRefused
from analytics.domain.found import FoundTable
from analytics.sources import FORMATS
from analytics.sources.csv import SEPARATORS
from analytics.sources.excel import readable
from analytics.sources.grid import Options, listed, plain_list
from analytics.sources.locate import content_of, format_of, is_folder, shown
from analytics.sources.text import decode

LOOKED = 40  # first lines among which the header is looked for
MOST_FILES = 40
MOST_COLUMNS = 500
LONGEST = 1_000  # characters of a name or text
Lines = list[list[str]]


def find_tables(path: Path, sheet: str | None = None) -> tuple[FoundTable, ...]:
    """Every table of a file, or of all files of a folder that can be read. Raises DataRefused where there is none."""
    if not is_folder(path):
        return _tables(path, sheet)
    try:
        files = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.casefold().lstrip(".") in FORMATS)
    except OSError as error:
        raise DataRefused(
            f"The folder {shown(path)} cannot be read: {(error.strerror or 'unreadable').lower()}."
        ) from None
    if not files:
        raise DataRefused(
            f"The folder {shown(path)} holds no file that can be read.",
            fix="name a CSV, TSV, Excel, Parquet or Arrow file",
        )
    found: list[FoundTable] = []
    faults: list[DataRefused] = []
    for file in files[:MOST_FILES]:
        try:
            found += _tables(file, sheet if len(files) == 1 else None)
        except DataRefused as error:
            faults.append(error)
    if not found:
        raise faults[0]
    return tuple(found)


def _tables(path: Path, sheet: str | None) -> tuple[FoundTable, ...]:
    reader, content, where = format_of(path), content_of(path), shown(path)
    names = reader.sheets(content, where)
    if sheet is not None and sheet not in names:
        has = "is no workbook and has no sheets" if tuple(names) == ("",) else f"it has {listed(names)}"
        raise DataRefused(f"{where} has no sheet {sheet!r}; {has}.", fix="correct the name after --sheet")
    found, faults = [], []
    for name in names if sheet is None else (sheet, *(n for n in names if n != sheet)):
        try:
            found.append(_table(path, reader, content, name))
        except DataRefused as error:
            faults.append(error)
    if not found or (faults and sheet is not None and found[0].sheet != sheet):
        raise faults[0]
    return tuple(found)


def _table(path: Path, reader, content: bytes, sheet: str) -> FoundTable:
    where = f"{path.name}, sheet {sheet!r}" if sheet else path.name
    row, separator = _header(path, content, sheet, where)
    grid = reader.grid(content, where, sheet, Options(row, separator, None, rows_needed=True))
    if len(grid.columns) > MOST_COLUMNS:
        raise DataRefused(
            f"{where} has {len(grid.columns):,} columns; a draft is made of up to {MOST_COLUMNS}.",
            fix="keep the columns of patients, treatments, dates and readings, or write the mapping by hand",
        )
    columns = {column.header: _short(column) for column in grid.columns if len(column.header) <= LONGEST}
    return FoundTable(path.name, sheet, row, columns, grid.rows, separator, grid.notes)


def _short(column: RawColumn) -> RawColumn:
    """The column with only the beginning of very long texts: none of them is a word of ours."""
    if all(len(text) <= LONGEST for text in column.texts):
        return column
    return replace(column, texts=np.array([text[:LONGEST] for text in column.texts], dtype=object))


def _header(path: Path, content: bytes, sheet: str, where: str) -> tuple[int, str | None]:
    """(header row, separator where the header line would tell a wrong one)."""
    ending = path.suffix.casefold().lstrip(".")
    if FORMATS[ending].endswith("excel"):
        return _header_row(_sheet_lines(content, sheet, where)), None
    if not FORMATS[ending].endswith("csv"):
        return 1, None
    text, _ = decode(content, where)
    told = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)
    if told:
        text = text[told.end() :]
    separator = told.group(1) if told else _separator(text)
    row = _header_row(_text_lines(text, separator))
    lines = text.splitlines()
    line = re.sub(r'"[^"]*"', "", lines[row - 1] if row <= len(lines) else "")
    plain = told or max(SEPARATORS, key=line.count) == separator
    return row + (1 if told and row > 1 else 0), None if plain else separator


def _text_lines(text: str, separator: str) -> Lines:
    head = "\n".join(text.splitlines()[:LOOKED])
    try:
        return list(csv.reader(io.StringIO(head), delimiter=separator))
    except csv.Error:
        return []


def _separator(text: str) -> str:
    """The one that cuts most lines into the same number of cells, more than one."""

    def regular(separator: str) -> tuple[int, int]:
        widths = [len(line) for line in _text_lines(text, separator) if line]
        usual = max(sorted(set(widths), reverse=True), key=widths.count, default=1)
        return (sum(w == usual for w in widths) if usual > 1 else 0, usual)

    return max(SEPARATORS, key=regular)


def _sheet_lines(content: bytes, sheet: str, where: str) -> Lines:
    import openpyxl

    found = []
    with readable(where):
        page = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)[sheet]
        page.reset_dimensions()
        for row in page.iter_rows(max_row=LOOKED, values_only=True):
            found.append(["" if value is None else str(value) for value in row])
    return found


def _header_row(lines: Lines) -> int:
    """The first line that is nearly as wide as the table and holds names, not numbers."""
    widths = [sum(bool(cell.strip()) for cell in line) for line in lines]
    usual = sorted(w for w in widths if w)[len([w for w in widths if w]) // 2] if any(widths) else 0
    for number, (line, width) in enumerate(zip(lines, widths), start=1):
        names = [cell for cell in line if cell.strip()]
        if width >= max(1, min(usual, 0.6 * max(widths))) and _are_names(names):
            return number
    return 1


def _are_names(cells: Sequence[str]) -> bool:
    plain = [cell for cell in cells if not re.fullmatch(r"[\d\s.,:/-]+", cell)]
    return len(plain) >= 0.7 * len(cells) and len({c.strip() for c in cells}) == len(cells)


__all__ = ["find_tables", "plain_list"]
