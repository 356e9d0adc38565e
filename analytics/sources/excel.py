"""Excel workbooks (.xlsx) through openpyxl, read-only: numbers, dates and texts keep what they were."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from analytics.domain.errors import DataRefused
from analytics.sources.grid import Grid, Misfit, Options, check_header, grid_of, letter
from analytics.sources.text import kind_of

OBEYS = ("sheet", "header_row")
UNZIPPED_LIMIT = 1_500_000_000  # bytes; a workbook of a million rows x 12 holds about 0.5 GB
RATIO_LIMIT = 400  # unzipped over zipped; spreadsheets lie near 10-30
PIECE, OVERLAP = 1 << 20, 200  # bytes of XML looked at in one go, and again with the next
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="[A-Z]+([0-9]+):[A-Z]+([0-9]+)"')
PADDED_LIMIT = 4_000_000  # cells that are only there because a row has one far to its right
PADDED_SHARE = 20  # such cells for each real one
OLE = b"\xd0\xcf\x11\xe0"
#: What openpyxl, zipfile and the XML parser raise over damaged content, some of it only while the rows are read.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, LookupError, ValueError, TypeError, AttributeError, ArithmeticError,
    SyntaxError, EOFError, OSError, RuntimeError,
)  # fmt: skip
Value = tuple[str, str]


@dataclass(frozen=True)
class _Seen:
    """What the XML of a sheet holds. ``merged``: first and last row of each block; ``cells``: how many there are."""

    formulas: bool
    merged: frozenset[tuple[int, int]]
    cells: int


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """The names of the sheets, in the workbook's order."""
    with readable(where):
        return tuple(sheet.title for sheet in _open(content, where, values=True).worksheets)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """One sheet as a Grid."""
    seen = _seen(content, where, sheet)
    _no_merged_header(seen, where, options.header_row)
    formulas = _formulas(content, where, sheet, seen.cells) if seen.formulas else {}
    lines = _lines(_rows(content, where, sheet, seen.cells, values=True), formulas)
    header: list[str] = []
    for number, line in lines:
        if number == options.header_row:
            header = [text.strip() for _, text in line]
            break
    while header and not header[-1]:
        header.pop()
    if not header:
        raise DataRefused(
            f"{where} has no column names in row {options.header_row}.", fix="say header_row: in a mapping"
        )
    check_header([" ".join(name.split()) for name in header], where)
    return _body(header, lines, where, options)


def _body(header: Sequence[str], lines: Iterator[tuple[int, list[Value]]], where: str, options: Options) -> Grid:
    width = len(header)
    known: list[dict[Value, int]] = [{} for _ in header]
    codes: list[list[int]] = [[] for _ in header]
    rows: list[int] = []
    misfits: list[Misfit] = []
    for number, line in lines:
        if not any(text.strip() for _, text in line):
            continue
        if any(text.strip() for _, text in line[width:]):
            cells = tuple(text for _, text in line)
            misfits.append((number, "\t".join(cells).rstrip("\t"), cells))
            continue
        rows.append(number)
        for i in range(width):
            value = line[i] if i < len(line) else ("t", "")
            codes[i].append(known[i].setdefault(value, len(known[i])) if value[1].strip() else -1)
    columns = []
    for seen, found in zip(known, codes):
        texts = np.array([text for _, text in seen], dtype=object)
        columns.append((texts, np.array(found, np.int32), np.array([kind for kind, _ in seen], dtype="U1")))
    return grid_of(header, columns, np.array(rows, np.int64), where=where, options=options, misfits=misfits)


@contextmanager
def readable(where: str) -> Iterator[None]:
    """Whatever a damaged workbook makes of the libraries that read it is one refusal."""
    try:
        yield
    except DAMAGE as error:
        raise DataRefused(
            f"{where} cannot be read as a workbook: it is damaged ({type(error).__name__}).",
            fix="open it in Excel and save it again as .xlsx, or as CSV",
        ) from None


def _rows(content: bytes, where: str, sheet: str, cells: int, *, values: bool) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows of a sheet with their numbers, each as long as its last cell."""
    padded = 0
    with readable(where):
        page = _open(content, where, values=values)[sheet]
        page.reset_dimensions()  # a stray cell in the last corner would pad every row to 16,384 columns
        for number, row in enumerate(page.iter_rows(), start=1):
            padded += len(row)
            if padded > PADDED_LIMIT + PADDED_SHARE * cells:
                raise DataRefused(
                    f"{where}: many rows have a cell far to the right of the table (row {number}: in column "
                    f"{letter(len(row) - 1)}).",
                    fix="delete the columns to the right of the table, or save the table as CSV",
                )
            yield number, row


def _lines(
    rows: Iterator[tuple[int, Sequence[Any]]], formulas: dict[tuple[int, int], str]
) -> Iterator[tuple[int, list[Value]]]:
    for number, row in rows:
        yield number, [_value(cell, formulas.get((number, i))) for i, cell in enumerate(row)]


def _value(cell: Any, formula: str | None) -> Value:
    """(kind, text) of a cell, see RawColumn."""
    value = cell.value
    if value is None:
        return ("x", formula) if formula else ("t", "")
    if cell.data_type == "e":
        return "x", str(value)
    return value_of(value)


def value_of(value: Any) -> Value:
    """(kind, text) of a typed value; whole numbers lose their .0."""
    if isinstance(value, bool):
        return "b", "true" if value else "false"
    if isinstance(value, (int, float)):
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        return "n", str(int(value)) if whole else repr(value)
    if isinstance(value, Decimal):
        return "n", f"{value:f}"
    if isinstance(value, dt.datetime):
        plain = value.replace(tzinfo=None, microsecond=0)
        return "d", plain.date().isoformat() if plain.time() == dt.time() else plain.isoformat(" ")
    if isinstance(value, dt.date):
        return "d", value.isoformat()
    return "t", str(value)


def _open(content: bytes, where: str, *, values: bool) -> Any:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _check_archive(content, where)
    try:
        with readable(where):
            return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
    except InvalidFileException:
        raise DataRefused(f"{where} cannot be opened as a workbook.", fix="save it again as .xlsx") from None


def _check_archive(content: bytes, where: str) -> None:
    """Looks at the archive before anything is unpacked."""
    if content.startswith(OLE):
        raise DataRefused(f"{where} is password-protected or an old .xls.", fix="save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        told = kind_of(content)
        kind = f"by its first bytes it is {told}" if told else "cut off or another kind of file"
        raise DataRefused(f"{where} is not a whole Excel workbook ({kind}).", fix="save it again as .xlsx") from None
    unzipped, zipped = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if unzipped > UNZIPPED_LIMIT or (unzipped > 50_000_000 and unzipped > RATIO_LIMIT * max(zipped, 1)):
        raise DataRefused(
            f"{where} would unpack to {unzipped / 1e6:,.0f} MB and was not opened.", fix="save the rows as CSV"
        )
    names = [e.filename for e in entries]
    if "xl/workbook.xml" not in names:
        raise DataRefused(f"{where} is a zip file but no Excel workbook.", fix="save it as .xlsx")
    if any("/chartsheets/" in name for name in names) and not any("/worksheets/" in name for name in names):
        raise DataRefused(f"{where} has no sheet with cells.", fix="put the table on a sheet of its own")


def _seen(content: bytes, where: str, sheet: str) -> _Seen:
    """Looks through the XML of a sheet piece by piece: it may be half a gigabyte."""
    formulas, merged, cells, kept = False, set(), 0, b""
    with readable(where), zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = getattr(_open(content, where, values=True)[sheet], "_worksheet_path", "").lstrip("/")
        with archive.open(path) as stream:
            while piece := stream.read(PIECE):
                piece = kept + piece
                formulas = formulas or b"<f" in piece
                merged |= {(int(a), int(b)) for a, b in MERGED.findall(piece)}
                cells += sum(piece.count(mark) - kept.count(mark) for mark in (b"<c ", b":c "))
                kept = piece[-OVERLAP:]
    return _Seen(formulas, frozenset(merged), cells)


def _formulas(content: bytes, where: str, sheet: str, cells: int) -> dict[tuple[int, int], str]:
    """Cells that hold a formula: an empty saved value there is not an empty cell."""
    found = {}
    for number, row in _rows(content, where, sheet, cells, values=False):
        for i, cell in enumerate(row):
            if cell.data_type == "f":
                found[(number, i)] = str(getattr(cell.value, "text", cell.value))
    return found


def _no_merged_header(seen: _Seen, where: str, header_row: int) -> None:
    if any(first <= header_row <= last for first, last in seen.merged):
        raise DataRefused(
            f"{where}: cells of the header row are merged, so columns have no name of their own.",
            fix="undo the merging and give every column a name",
        )
