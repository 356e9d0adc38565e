"""Excel workbooks (.xlsx) through openpyxl, read-only: numbers, dates and texts keep what they were."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from analytics.domain.errors import DataRefused
from analytics.sources.grid import Grid, Misfit, Options, check_header, grid_of
from analytics.sources.text import kind_of

UNZIPPED_LIMIT = 1_500_000_000  # bytes; a workbook of a million rows x 12 holds about 0.5 GB
RATIO_LIMIT = 400  # unzipped over zipped; spreadsheets lie near 10-30
OLE = b"\xd0\xcf\x11\xe0"
Value = tuple[str, str]


def sheets(content: bytes, where: str) -> tuple[str, ...]:
    """The names of the sheets, in the workbook's order."""
    return tuple(sheet.title for sheet in _open(content, where, values=True).worksheets)


def grid(content: bytes, where: str, sheet: str, options: Options) -> Grid:
    """One sheet as a Grid."""
    _no_merged_header(content, where, sheet, options.header_row)
    formulas = _formulas(content, where, sheet) if b"<f" in _sheet_xml(content, where, sheet) else {}
    lines = _lines(_open(content, where, values=True)[sheet], formulas)
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


def _lines(sheet: Any, formulas: dict[tuple[int, int], str]) -> Iterator[tuple[int, list[Value]]]:
    sheet.reset_dimensions()  # a stray cell in the last corner would pad every row to 16,384 columns
    for number, row in enumerate(sheet.iter_rows(), start=1):
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
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, EOFError) as error:
        raise DataRefused(
            f"{where} cannot be opened as a workbook ({type(error).__name__}).", fix="save it again as .xlsx"
        ) from None


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
    if "xl/workbook.xml" not in {e.filename for e in entries}:
        raise DataRefused(f"{where} is a zip file but no Excel workbook.", fix="save it as .xlsx")


def _sheet_xml(content: bytes, where: str, sheet: str) -> bytes:
    workbook = _open(content, where, values=True)
    path = getattr(workbook[sheet], "_worksheet_path", "")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(path.lstrip("/")) if path.lstrip("/") in archive.namelist() else b""


def _formulas(content: bytes, where: str, sheet: str) -> dict[tuple[int, int], str]:
    """Cells that hold a formula: an empty saved value there is not an empty cell."""
    found = {}
    source = _open(content, where, values=False)[sheet]
    source.reset_dimensions()
    for number, row in enumerate(source.iter_rows(), start=1):
        for i, cell in enumerate(row):
            if cell.data_type == "f":
                found[(number, i)] = str(getattr(cell.value, "text", cell.value))
    return found


def _no_merged_header(content: bytes, where: str, sheet: str, header_row: int) -> None:
    xml = _sheet_xml(content, where, sheet)
    for first, last in re.findall(rb'<mergeCell [^>]*ref="[A-Z]+([0-9]+):[A-Z]+([0-9]+)"', xml):
        if int(first) <= header_row <= int(last):
            raise DataRefused(
                f"{where}: cells of the header row are merged, so columns have no name of their own.",
                fix="undo the merging and give every column a name",
            )
