"""Excel files that are safe and the same every time: text stays text, no formula, no clock, no invisible marks."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analytics.domain.formula_text import like_formula
from analytics.domain.printable import printable

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

LAST_ROW = 1_048_575  # of a sheet, counted from 0
LONGEST = 2_000  # characters of a cell; Excel itself holds 32,767
BEGAN = dt.datetime(2000, 1, 1)  # a workbook wants to know when it was made; no clock is asked
INK, PAPER, RULE = "#1d1d1b", "#ffffff", "#d9d6cf"
NEEDED, FAULT, DOUBT, HEAD = "#0a5f85", "#f8d7c8", "#fbf1e3", "#ece8df"
_SHEET = re.compile(r"[\[\]:*?/\\']+")


def workbook_bytes(fill: Callable[[Workbook], None]) -> bytes:
    """The bytes of the workbook that ``fill`` writes: equal contents, equal bytes."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"created": BEGAN})
    fill(book)
    book.close()
    return stream.getvalue()


def shown(text: str, longest: int = LONGEST) -> str:
    """Printable text of a cell, cut where it is very long; line breaks stay."""
    told = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return told if len(told) <= longest else f"{told[:longest]} … (cut: {len(text):,} characters)"


def sheet_name(wanted: str, used: set[str]) -> str:
    """A name Excel accepts, of at most 31 characters and not in ``used`` (any case), where it is added."""
    stem = _SHEET.sub("-", printable(wanted)).strip("-' ")[:31] or "sheet"
    name, number = stem, 1
    while name.casefold() in used or name.casefold() == "history":
        number += 1
        name = f"{stem[: 30 - len(str(number))]} {number}"
    used.add(name.casefold())
    return name


def style(**more: Any) -> dict[str, Any]:
    """A cell's look: the house's ink, aligned to the top."""
    return {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top", **more}


__all__ = ["like_formula", "sheet_name", "shown", "style", "workbook_bytes"]
