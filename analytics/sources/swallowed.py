"""Rows that two quotes swallowed: a quoted cell with line breaks, inside which whole rows of the table stand.

The csv format permits such a cell, so what tells is the look of its lines: as many cells as the table has columns,
and numbers or dates where the other rows of the file have them. A comment of several lines has not.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

LOOKED = 1_000  # rows that tell how a column looks
FILLED = 3  # cells that a row has at least: whose, when, and a value
_NUMBER = re.compile(r"[0-9\s.,:/T+-]*[0-9][0-9\s.,:/T+-]*")


def swallowing(columns: Sequence[Sequence[str]], separator: str) -> int | None:
    """The index of the first record with a cell that holds rows of the table, or None."""
    width = len(columns)
    suspects = [
        (line, place)
        for place, column in enumerate(columns)
        for line, text in enumerate(column)
        if ("\n" in text or "\r" in text) and text.count(separator) >= width - 1
    ]
    odd = {line for line, _ in suspects}
    plain = [line for line in range(len(columns[0]) if columns else 0) if line not in odd][:LOOKED] if suspects else []
    looks = [{_look(column[line]) for line in plain} for column in columns]
    for line, place in sorted(suspects):
        record = [column[line] for column in columns]
        if any(_is_row(cells, looks) for cells in _lines(record, place, separator)):
            return line
    return None


def _lines(record: Sequence[str], place: int, separator: str) -> Iterator[list[str]]:
    """The lines inside the cell after its first, as records; the last goes on with the cells after it."""
    inner = re.split(r"\r\n|\r|\n", record[place])[1:]
    for number, text in enumerate(inner, start=1):
        cells = next(csv.reader([text], delimiter=separator, quoting=csv.QUOTE_NONE), [])
        yield [*cells, *record[place + 1 :]] if number == len(inner) else cells


def _is_row(cells: Sequence[str], looks: Sequence[set[str]]) -> bool:
    if len(cells) != len(looks):
        return False
    found = [_look(cell) for cell in cells]
    enough = "number" in found and len(found) - found.count("") >= FILLED
    return enough and all(not look or look in known for look, known in zip(found, looks))


def _look(cell: str) -> str:
    """number (dates and times too), text, or nothing for an empty cell."""
    return "" if not cell.strip() else "number" if _NUMBER.fullmatch(cell) else "text"
