"""CSV and TSV: separator from the header line, quotes taken strictly, every record with the row number a sheet shows.

Plain files go through pyarrow's reader (serial, all text); files with line breaks or odd quotes in their cells
through the csv module in strict mode, because two quotes that are never closed would swallow the rows between.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from analytics.domain.errors import DataRefused
from analytics.sources.grid import Grid, Misfit, Options, check_header, grid_of
from analytics.sources.text import decode

SEPARATORS = (",", ";", "\t", "|")
BLOCK = 1 << 24
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """A text file is one table."""
    return ("",)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """The file as a Grid. Raises DataRefused for what cannot be read without guessing."""
    text, notes = decode(content, where, options.encoding)
    if not text.strip():
        raise DataRefused(f"{where} is empty.", fix="export it again")
    start, skipped, told = _told_separator(text)
    separator = options.separator or told or _separator(text, start, options.header_row - skipped)
    header, offset = _header(text, start, options.header_row - skipped, separator, where)
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    check_header(names, where)
    width = len(names)
    body = _fast(text[offset:], separator, width) or _strict(text[offset:], separator, width, where, options.header_row)
    rows = body.numbers + options.header_row
    misfits = [(number + options.header_row, raw, cells) for number, raw, cells in body.misfits]
    return grid_of(names, body.columns, rows, where=where, options=options, misfits=misfits, notes=notes)


@dataclass(frozen=True, eq=False)
class _Body:
    columns: list[tuple[np.ndarray, np.ndarray, None]]
    numbers: np.ndarray  # 1 = first record after the header
    misfits: list[Misfit] = field(default_factory=list)


def _told_separator(text: str) -> tuple[int, int, str | None]:
    """A first line ``sep=;`` names the separator; (where the rest begins, lines skipped, separator)."""
    found = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)
    return (found.end(), 1, found.group(1)) if found else (0, 0, None)


def _separator(text: str, start: int, header_row: int) -> str:
    """The one that cuts the header line into most names (first of the list where equal)."""
    lines = _lines(text, start)
    line = ""
    for _ in range(max(header_row, 1)):
        line = next(lines, "")
    plain = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=plain.count)


def _header(text: str, start: int, header_row: int, separator: str, where: str) -> tuple[list[str], int]:
    """The cells of the header record and where the records after it begin."""
    consumed = [start]

    def lines() -> Iterator[str]:
        for line in _lines(text, start):
            consumed[0] += len(line)
            yield line

    record: list[str] = []
    try:
        with _any_length():
            reader = csv.reader(lines(), delimiter=separator, strict=True)
            for _ in range(max(header_row, 1)):
                record = next(reader)
    except StopIteration:
        raise DataRefused(f"{where} has no row {header_row}.", fix="look at header_row in the mapping") from None
    except csv.Error as error:
        raise _unreadable(where, 1, error) from None
    return record, consumed[0]


@contextmanager
def _any_length() -> Iterator[None]:
    """Cells longer than the csv module's limit of 131,072 characters."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _lines(text: str, start: int = 0) -> Iterator[str]:
    for found in _LINE.finditer(text, start):
        if found.group():
            yield found.group()


def _fast(text: str, separator: str, width: int) -> _Body | None:
    """pyarrow's reader, or None where only the strict reader is sure."""
    quotes = '"' in text
    if (quotes and (width == 1 or not _well_quoted(text, separator))) or text.count("\r") != text.count("\r\n"):
        return None
    odd: list[Misfit] = []

    def invalid(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number, row.text or "", ()))
        return "skip"

    names = [str(i) for i in range(width)]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, quote_char='"' if quotes else False, newlines_in_values=quotes,
                ignore_empty_lines=False, invalid_row_handler=invalid,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    columns = [_encoded(table.column(name)) for name in names]
    if quotes and any(_suspicious(texts, separator, width) for texts, _, _ in columns):
        return None
    return _sorted_out(columns, odd, table.num_rows, separator, width)


def _well_quoted(text: str, separator: str) -> bool:
    """Every quote belongs to a cell that is quoted from end to end (quotes inside it doubled)."""
    edge = re.escape(separator) + "\r\n"
    cell = re.compile(rf'(?:(?<=[{edge}])|\A)"[^"]*(?:""[^"]*)*"(?=[{edge}]|\Z)')
    return '"' not in cell.sub("", text)


def _encoded(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray, None]:
    """Distinct texts and codes; cells of nothing but space are empty."""
    joined = column.combine_chunks().dictionary_encode()
    joined = joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
    texts = np.asarray(joined.dictionary.to_pylist(), dtype=object)
    return blanked(texts, joined.indices.to_numpy(zero_copy_only=False).astype(np.int32))


def blanked(texts: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, None]:
    """Codes with -1 where the cell holds nothing but space."""
    blank = np.fromiter((not text or text.isspace() for text in texts), bool, len(texts))
    if blank.any():
        codes = np.where(np.append(blank, True)[codes], np.int32(-1), codes)
    return texts, codes, None


def _suspicious(texts: np.ndarray, separator: str, width: int) -> bool:
    """A cell with a line break and enough separators may be rows that a quote swallowed."""
    return any(("\n" in text or "\r" in text) and text.count(separator) >= width - 1 for text in texts)


def _sorted_out(columns: list, odd: list[Misfit], count: int, separator: str, width: int) -> _Body | None:
    """Records that the reader put aside: blank lines are no rows; surplus cells must be empty (else: strict reader)."""
    taken = np.array([number for number, _, _ in odd], dtype=np.int64)
    numbers = np.setdiff1d(np.arange(1, count + len(odd) + 1), taken, assume_unique=True)
    misfits: list[Misfit] = []
    for number, raw, _ in odd:
        raw = raw.rstrip("\r\n")
        with _any_length():
            cells = tuple(next(csv.reader([raw], delimiter=separator), ()))
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) >= width and not any(cell.strip() for cell in cells[width:]):
            return None
        misfits.append((number, raw, cells))
    return _Body(columns, numbers, misfits)


def _strict(text: str, separator: str, width: int, where: str, header_row: int) -> _Body:
    """The csv module in strict mode, record by record."""
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
    columns = [_encoded(pa.chunked_array([pa.array(column, pa.string())])) for column in cells]
    return _Body(columns, np.array(numbers, np.int64), misfits)


def _records(text: str, separator: str, where: str, header_row: int) -> Iterator[tuple[int, list[str], str]]:
    """(number, cells, text) of every record; blank lines are records without cells."""
    held: list[str] = []

    def lines() -> Iterator[str]:
        for line in _lines(text):
            held.append(line)
            yield line

    number = 0
    with _any_length():
        reader = csv.reader(lines(), delimiter=separator, strict=True)
        while True:
            held.clear()
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _unreadable(where, number + header_row + 1, error) from None
            number += 1
            yield number, record, "".join(held).rstrip("\r\n")


def _unreadable(where: str, row: int, error: csv.Error) -> DataRefused:
    reason = "a quote is opened and never closed" if "end of data" in str(error) else "a quote stands inside a cell"
    return DataRefused(
        f"{where} cannot be read from row {row} on: {reason}.", fix='write a quote inside a cell twice ("")'
    )
