"""Sheets as files: delimited text with the clinic's decimal sign, date order and encoding, or one Excel workbook."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analytics.sources.simulate.dialect import Dialect
from analytics.sources.simulate.export import Sheet
from analytics.sources.simulate.text import delimited, number_text

CREATED = dt.datetime(2024, 1, 1)  # a workbook says when it was made; a clock would change its bytes


def clinic_files(dialect: Dialect, sheets: Mapping[str, Sheet]) -> dict[str, bytes]:
    """File name -> bytes of one clinic's export."""
    if dialect.container == "xlsx":
        return {dialect.workbook: _workbook(sheets.values())}
    return {sheet.layout.place: _text_file(dialect, sheet) for sheet in sheets.values()}


def _text_file(dialect: Dialect, sheet: Sheet) -> bytes:
    rows = [[printed(cell, dialect) for cell in row] for row in sheet.rows]
    return delimited(sheet.header, rows, separator=dialect.separator, encoding=dialect.encoding)


def printed(cell: Any, dialect: Dialect) -> str:
    """One cell as the clinic prints it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, pd.Timestamp):
        return cell.strftime(dialect.date or "%Y-%m-%d")
    return number_text(float(cell)).replace(".", dialect.decimal)


def _workbook(sheets: Iterable[Sheet]) -> bytes:
    """One workbook with a sheet per table; real dates and numbers, ids of digits as numbers, as people type them."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.layout.place)
        page.write_string(0, 0, sheet.layout.title, bold)
        page.freeze_panes(sheet.header_row, 1)
        for column, name in enumerate(sheet.header):
            page.write_string(sheet.header_row - 1, column, name, bold)
        for row, cells in enumerate(sheet.rows, start=sheet.header_row):
            for column, cell in enumerate(cells):
                _write(page, row, column, cell, day)
    book.close()
    return out.getvalue()


def _write(page: Any, row: int, column: int, cell: Any, day: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, pd.Timestamp):
        page.write_datetime(row, column, cell.to_pydatetime(), day)
    elif isinstance(cell, str) and not (column == 0 and cell.isdecimal()):
        page.write_string(row, column, cell)
    else:
        page.write_number(row, column, float(cell))
