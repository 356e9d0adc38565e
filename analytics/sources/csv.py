"""CSV and TSV: separator from the header line, quotes taken strictly, every record with the row number a sheet shows.

Plain files go through pyarrow's reader (csv_fast); where it is not sure through the csv module in strict mode
(csv_strict), because two quotes that are never closed would swallow the rows between.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from analytics.domain.errors import DataRefused
from analytics.sources.csv_fast import fast
from analytics.sources.csv_strict import any_length, unreadable
from analytics.sources.csv_strict import strict as _strict
from analytics.sources.grid import Grid, Options, check_header, grid_of
from analytics.sources.text import as_utf8

OBEYS = ("header_row", "separator", "encoding")
SEPARATORS = (",", ";", "\t", "|")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """A text file is one table."""
    return ("",)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """The file as a Grid. Raises DataRefused for what cannot be read without guessing."""
    data, notes = as_utf8(content, where, options.encoding)
    if not data[:64].decode(errors="ignore").strip() and not data.decode().strip():
        raise DataRefused(f"{where} is empty.", fix="export it again")
    start, skipped, told = _told_separator(data)
    separator = options.separator or told or _separator(data, start, options.header_row - skipped)
    header, offset = _header(data, start, options.header_row - skipped, separator, where)
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    check_header(names, where)
    body = fast(data, offset, separator, len(names))
    if body is None:
        body = _strict(data[offset:].decode(), separator, len(names), where, options.header_row)
    rows = body.numbers + options.header_row
    misfits = [(number + options.header_row, raw, cells) for number, raw, cells in body.misfits]
    return grid_of(names, body.columns, rows, where=where, options=options, misfits=misfits, notes=notes)


def _told_separator(data: bytes) -> tuple[int, int, str | None]:
    """A first line ``sep=;`` names the separator; (where the rest begins, lines skipped, separator)."""
    found = _LINE.match(data)
    told = re.fullmatch(r"sep=(.)(?:\r\n|\r|\n)", found.group()[:12].decode(errors="replace")) if found else None
    return (found.end(), 1, told.group(1)) if found and told else (0, 0, None)


def _separator(data: bytes, start: int, header_row: int) -> str:
    """The one that cuts the header line into most names (first of the list where equal)."""
    lines = _lines(data, start)
    line = b""
    for _ in range(max(header_row, 1)):
        line = next(lines, b"")
    plain = re.sub(r'"[^"]*"', "", line.decode())
    return max(SEPARATORS, key=plain.count)


def _header(data: bytes, start: int, header_row: int, separator: str, where: str) -> tuple[list[str], int]:
    """The cells of the header record and where the records after it begin."""
    consumed = [start]

    def lines() -> Iterator[str]:
        for line in _lines(data, start):
            consumed[0] += len(line)
            yield line.decode()

    record: list[str] = []
    try:
        with any_length():
            reader = csv.reader(lines(), delimiter=separator, strict=True)
            for _ in range(max(header_row, 1)):
                record = next(reader)
    except StopIteration:
        raise DataRefused(f"{where} has no row {header_row}.", fix="look at header_row in the mapping") from None
    except csv.Error as error:
        raise unreadable(where, 1, error) from None
    return record, consumed[0]


def _lines(data: bytes, start: int = 0) -> Iterator[bytes]:
    for found in _LINE.finditer(data, start):
        if found.group():
            yield found.group()
