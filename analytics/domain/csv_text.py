"""Frames as CSV for spreadsheets and programs: UTF-8, line feeds, at most 6 significant digits, no formulas."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analytics.domain.printable import printable
from analytics.domain.run import DIGITS, tidy

# What makes a spreadsheet read a cell as a formula (OWASP, "CSV injection"), the full-width forms too
FORMULA = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")  # "-5" found in a file is no formula, and stays as it was found


def frame_csv(frame: pd.DataFrame, columns: Sequence[str]) -> bytes:
    """``columns`` of a frame as CSV, with a line of headers; a column that the frame does not have stays empty.

    Empty cell: not known, or an infinite df (normal distribution).
    """
    told = tidy(frame.reindex(columns=list(columns)))
    return written([columns, *([cell(v) for v in row] for row in told.itertuples(index=False, name=None))])


def cell(value: Any) -> str:
    """One value: numbers as numbers, text guarded."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}" if math.isfinite(value) else ""
    return str(value) if isinstance(value, int) else guarded(str(value))


def guarded(text: str) -> str:
    """Printable text that no spreadsheet takes for a formula: an apostrophe before what could start one."""
    text = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) and not NUMBER.fullmatch(text) else text


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV bytes."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()
