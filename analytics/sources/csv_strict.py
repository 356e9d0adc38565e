"""The csv module in strict mode, record by record: for files with line breaks or odd quotes in their cells.

Two quotes that are never closed would swallow the rows between; here they refuse the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain.errors import DataRefused
from analytics.sources.grid import Misfit
from analytics.sources.swallowed import swallowing

#: (distinct texts, code of each row's cell: -1 empty, None: all are texts).
Cells = tuple[np.ndarray, np.ndarray, None]
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, eq=False)
class Body:
    """The records under the header. ``numbers``: 1 = first record after the header. ``misfits``: of another width."""

    columns: list[Cells]
    numbers: np.ndarray
    misfits: list[Misfit]


def strict(text: str, separator: str, width: int, where: str, header_row: int) -> Body:
    """Every record of ``text``, blank ones left out. Raises DataRefused from the first odd quote on."""
    cells: list[list[str]] = [[] for _ in range(width)]
    numbers: list[int] = []
    misfits: list[Misfit] = []
    for number, record, raw in _records(text, separator, where, header_row):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) < width or any(cell.strip() for cell in record[width:]):
            misfits.append((number, raw, tuple(record)))
            continue
        numbers.append(number)
        for column, cell in zip(cells, record):
            column.append(cell)
    found = swallowing(cells, separator)
    if found is not None:
        raise DataRefused(
            f"{where} cannot be read from row {numbers[found] + header_row} on: whole rows stand inside one cell, "
            "between a quote that is opened and the next one.",
            fix='delete the stray quotes; a quote inside a cell is written twice ("")',
        )
    columns = [encoded(pa.chunked_array([pa.array(column, pa.string()).dictionary_encode()])) for column in cells]
    return Body(columns, np.array(numbers, np.int64), misfits)


def encoded(column: pa.ChunkedArray) -> Cells:
    """Distinct texts and codes of a dictionary column; cells of nothing but space are empty."""
    whole = column.unify_dictionaries()
    parts = [chunk.indices.to_numpy(zero_copy_only=False) for chunk in whole.chunks]
    codes = np.concatenate(parts).astype(np.int32, copy=False) if parts else np.zeros(0, np.int32)
    dictionary = whole.chunk(0).dictionary if parts else pa.array([], pa.string())
    texts = np.empty(len(dictionary), dtype=object)
    texts[:] = dictionary.to_pylist()
    blank = blanks(dictionary)
    return texts, np.where(np.append(blank, True)[codes], np.int32(-1), codes) if blank.any() else codes, None


def blanks(texts: pa.Array) -> np.ndarray:
    """(k,) bool: nothing but space. Python says what space is, asked only of texts that begin with a strange sign."""
    unsure = np.flatnonzero(~pc.match_substring_regex(texts, "^[!-~]").to_numpy(zero_copy_only=False))
    found = np.zeros(len(texts), bool)
    found[unsure] = [not text.strip() for text in texts.take(pa.array(unsure)).to_pylist()]
    return found


@contextmanager
def any_length() -> Iterator[None]:
    """Cells longer than the csv module's limit of 131,072 characters."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _lines(text: str) -> Iterator[str]:
    for found in _LINE.finditer(text):
        if found.group():
            yield found.group()


def _records(text: str, separator: str, where: str, header_row: int) -> Iterator[tuple[int, list[str], str]]:
    """(number, cells, text) of every record; blank lines are records without cells."""
    held: list[str] = []

    def lines() -> Iterator[str]:
        for line in _lines(text):
            held.append(line)
            yield line

    number = 0
    with any_length():
        reader = csv.reader(lines(), delimiter=separator, strict=True)
        while True:
            held.clear()
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise unreadable(where, number + header_row + 1, error) from None
            number += 1
            yield number, record, "".join(held).rstrip("\r\n")


def unreadable(where: str, row: int, error: csv.Error) -> DataRefused:
    """The refusal of a file whose quotes do not close."""
    reason = "a quote is opened and never closed" if "end of data" in str(error) else "a quote stands inside a cell"
    return DataRefused(
        f"{where} cannot be read from row {row} on: {reason}.", fix='write a quote inside a cell twice ("")'
    )
