"""pyarrow's CSV reader, serial and all text, each distinct text of a column kept once; None where it is not sure.

The reader's own threads would lose the row numbers; a large file without quotes is read as two halves instead. Two
quotes that are never closed would be one cell with the rows between in it: a file is read here only where every quote
opens or closes a cell.
"""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from analytics.sources.csv_strict import Body, Cells, any_length, encoded
from analytics.sources.grid import Misfit

BLOCK = 1 << 24
LARGE = 1 << 24  # bytes from which two halves are read side by side
QUOTE = ord('"')
_Odd = tuple[int, str]  # a record of another width: its number and text


def fast(data: bytes, offset: int, separator: str, width: int) -> Body | None:
    """The records of ``data`` (UTF-8) from byte ``offset`` on, or None where only the strict reader is sure."""
    quotes = data.find(b'"', offset) >= 0
    if len(separator.encode()) != 1 or (quotes and (width == 1 or not well_quoted(data, offset, separator))):
        return None
    if data.find(b"\r", offset) >= 0 and data.count(b"\r", offset) != data.count(b"\r\n", offset):
        if quotes:
            return None
        data, offset = data[offset:].replace(b"\r\n", b"\n").replace(b"\r", b"\n"), 0
    wide = max(width, _first_width(data, offset, separator))
    try:
        found = _read(data, offset, separator, wide, quotes)
        if wide > width and not _blank(found[0].columns[width:]):
            found = _read(data, offset, separator, width, quotes)
    except pa.ArrowInvalid:
        return None
    return _sorted_out(*found, separator, width, quotes)


def _first_width(data: bytes, offset: int, separator: str) -> int:
    """Cells of the first record: some programs end every row, but not the header, with a separator."""
    ends = [at for at in (data.find(b"\n", offset), data.find(b"\r", offset)) if at >= 0]
    line = data[offset : min(ends, default=len(data))]
    with any_length():
        return len(next(csv.reader([line.decode()], delimiter=separator), ()))


def _blank(columns: list[pa.ChunkedArray]) -> bool:
    return all((encoded(column)[1] < 0).all() for column in columns)


def _read(data: bytes, offset: int, separator: str, width: int, quotes: bool) -> tuple[pa.Table, list[_Odd]]:
    """The records of ``width`` cells, and the others as they stand."""
    whole = pa.py_buffer(data).slice(offset)
    middle = -1 if quotes or len(whole) < LARGE else data.find(b"\n", offset + len(whole) // 2) + 1 - offset
    if not 0 < middle < len(whole):
        return _part(whole, separator, width, quotes)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(_part, whole.slice(middle), separator, width, quotes)
        table, odd = _part(whole.slice(0, middle), separator, width, quotes)
        more, later = second.result()
    before = table.num_rows + len(odd)
    return pa.concat_tables([table, more]), [*odd, *((before + number, text) for number, text in later)]


def _part(part: pa.Buffer, separator: str, width: int, quotes: bool) -> tuple[pa.Table, list[_Odd]]:
    odd: list[_Odd] = []

    def invalid(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number, row.text or ""))
        return "skip"

    names = [str(i) for i in range(width)]
    texts = pa.dictionary(pa.int32(), pa.string())
    table = arrow_csv.read_csv(
        pa.BufferReader(part),
        read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK),
        parse_options=arrow_csv.ParseOptions(
            delimiter=separator, quote_char='"' if quotes else False, newlines_in_values=quotes,
            ignore_empty_lines=False, invalid_row_handler=invalid,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, texts), strings_can_be_null=False
        ),
    )  # fmt: skip
    return table, odd


def well_quoted(data: bytes, offset: int, separator: str) -> bool:
    """Every quote belongs to a cell that is quoted from end to end (quotes inside it doubled).

    Then the first, third, ... quote opens a cell or is the second of a doubled one, and the others close a cell or are
    the first of a doubled one: what stands beside each quote settles it.
    """
    beside = np.zeros(256, bool)
    beside[[QUOTE, ord("\r"), ord("\n"), ord(separator)]] = True
    seen = 0
    for start in range(offset, len(data), BLOCK):
        part = np.frombuffer(data, np.uint8, min(BLOCK, len(data) - start), start)
        at = np.flatnonzero(part == QUOTE) + start
        opening, closing = at[seen % 2 :: 2], at[1 - seen % 2 :: 2]
        seen += len(at)
        whole = np.frombuffer(data, np.uint8)
        inner, last = opening[opening > offset], closing[closing < len(data) - 1]
        if not (beside[whole[inner - 1]].all() and beside[whole[last + 1]].all()):
            return False
    return seen % 2 == 0


def _sorted_out(table: pa.Table, odd: list[_Odd], separator: str, width: int, quotes: bool) -> Body | None:
    """The records with those put aside: blank lines are no rows, surplus cells must be empty."""
    whole = np.ones(table.num_rows + len(odd) + 1, bool)
    whole[[0, *(number for number, _ in odd)]] = False
    numbers = np.flatnonzero(whole)
    misfits, mended = _misfits(odd, separator, width)
    columns = _columns(table, mended, width)
    if quotes and any(_suspicious(texts, separator, width) for texts, _, _ in columns):
        return None
    if not mended:
        return Body(columns, numbers, misfits)
    numbers = np.concatenate([numbers, np.array([number for number, _ in mended], np.int64)])
    order = np.argsort(numbers, kind="stable")
    return Body([(texts, codes[order], kinds) for texts, codes, kinds in columns], numbers[order], misfits)


def _misfits(odd: list[_Odd], separator: str, width: int) -> tuple[list[Misfit], list[tuple[int, tuple[str, ...]]]]:
    """(records of another width, records whose surplus cells are empty, without these)."""
    misfits: list[Misfit] = []
    mended = []
    with any_length():
        for number, text in odd:
            raw = text.rstrip("\r\n")
            cells = tuple(next(csv.reader([raw], delimiter=separator), ()))
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) >= width and not any(cell.strip() for cell in cells[width:]):
                mended.append((number, cells[:width]))
            else:
                misfits.append((number, raw, cells))
    return misfits, mended


def _columns(table: pa.Table, mended: list[tuple[int, tuple[str, ...]]], width: int) -> list[Cells]:
    """Each column as distinct texts and codes; what was mended comes last."""
    columns = []
    for place in range(width):
        column = table.column(place)
        if mended:
            more = pa.array([cells[place] for _, cells in mended], pa.string()).dictionary_encode()
            column = pa.chunked_array([*column.chunks, more], column.type)
        columns.append(encoded(column))
    return columns


def _suspicious(texts: np.ndarray, separator: str, width: int) -> bool:
    """A cell with a line break and enough separators may be rows that a quote swallowed."""
    return any(("\n" in text or "\r" in text) and text.count(separator) >= width - 1 for text in texts)
