"""Frames as CSV for spreadsheets and programs: UTF-8, line feeds, at most 6 significant digits, no formulas."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analytics.domain.formula_text import guarded
from analytics.domain.run import DIGITS, tidy


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


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV bytes."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


__all__ = ["cell", "frame_csv", "guarded", "written"]
